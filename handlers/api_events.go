package handlers

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/live"
)

// The event stream is read from the log in Redis. Where the log does not reach back far enough, or was lost, what it lacks
// is read from PostgreSQL, by the time in the last id that the reader has:
//
//	reader's last id ──▶ log knows it? ── yes ──▶ what came after it, and so on
//	                            │ no
//	                            ▼
//	        the log's end ──▶ messages made since (a little earlier, for clocks differ) ──▶ sessions moved since ──▶ presence ──▶ on from that end
//
// So every message is told at least once; near a gap some are told twice, and are known by their message_id.

type eventsInput struct {
	LastID string `header:"Last-Event-ID" doc:"the id of the last event that was read: the stream goes on behind it. Left out: from now on"`
}

type eventsOutput struct{ Body func(huma.Context) }

func eventStreamed(op *huma.Operation) {
	op.Description = "Events are message.created and message.updated (a message), session.updated (a session: made, moved, or changed other than by a message) and " +
		"agent.updated (uid and status). Each is told at least once; after an interruption some come twice. Read messages by message_id, sessions by their latest."
	op.Responses["200"] = &huma.Response{Description: "OK", Content: map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}}}}
}

// GET /events
func (a *API) events(ctx context.Context, in *eventsInput) (*eventsOutput, error) {
	if _, err := timeOf(in.LastID); in.LastID != "" && err != nil {
		return nil, desk.Refuse(desk.Invalid, "events.id")
	}
	who := callerOf(ctx)
	return &eventsOutput{func(hc huma.Context) {
		c := humaecho.Unwrap(hc)
		c.Response().Header().Del("Content-Type")
		a.tokens.watch(who.company, who.token)
		s := &eventStream{api: a, company: who.company, token: who.token, after: in.LastID}
		listener := live.Listener{Company: who.company.String(), Login: who.token.login(), Topics: []string{live.EventsTopic}}
		if err := a.Hub.ServeFunc(c.Response(), c.Request(), listener, s.render); err != nil {
			a.Log.WarnContext(ctx, "api: event stream", "err", err, "request_id", who.request)
		}
	}}, nil
}

// An eventStream is one reader's place in the events of a company.
type eventStream struct {
	api     *API
	company id.ID
	token   tokenHash
	after   string // the id of the last event sent
	gap     *gap   // being filled
}

// eventsAtOnce is how many events are read and written at a time.
const eventsAtOnce = 200

// render writes what comes next: from the log, or into a gap.
func (s *eventStream) render(ctx context.Context, out []byte, _ []string) ([]byte, bool, error) {
	if _, err := s.api.tokens.company(ctx, s.token); err != nil {
		return out, false, err // the token was removed, or nobody knows
	}
	switch {
	case s.after == "":
		return s.begin(ctx, out), true, nil
	case s.gap != nil:
		return s.fill(ctx, out)
	}
	entries, missing, err := s.api.Hub.Log.Read(ctx, s.company.String(), s.after, eventsAtOnce)
	if err != nil {
		return out, false, err
	}
	if missing {
		return out, true, s.open(ctx)
	}
	for _, e := range entries {
		out = live.AppendEvent(out, e.ID, e.Name, e.Data)
		s.after = e.ID
	}
	return out, len(entries) > 0, nil
}

// begin takes the log's end for the place of a reader who has none, and tells it, so that they have one before anything happens.
func (s *eventStream) begin(ctx context.Context, out []byte) []byte {
	tail, err := s.api.Hub.Log.Tail(ctx, s.company.String())
	if err != nil { // Redis is away; from now on it is all the same
		tail = madeID(s.api.Clock())
	}
	s.after = tail
	return appendPlace(out, tail)
}

// A gap is what the log does not tell.
type gap struct {
	since  time.Time
	tail   string // where the log goes on
	behind id.ID  // how far messages, then sessions, were told
	part   int
}

// The parts of filling a gap.
const (
	missedMessages = iota
	missedDeliveries
	missedSessions
	missedPresence
)

// clocksDiffer is how far ahead of its commit, and of Redis's clock, a message's id may have been made.
const clocksDiffer = 30 * time.Second

// deliveredWithin is how long before a gap a message may have been written that was delivered in it.
const deliveredWithin = time.Hour

// liveMost is how long a session is looked for that moved in a gap.
const liveMost = 30 * 24 * time.Hour

// open begins to fill a gap. The log's end is taken first: what is not in PostgreSQL by then comes behind it.
func (s *eventStream) open(ctx context.Context) error {
	since, err := timeOf(s.after)
	if err != nil {
		return err
	}
	if now := s.api.Clock(); since.After(now) {
		since = now
	}
	since = since.Add(-clocksDiffer)
	tail, err := s.api.Hub.Log.Tail(ctx, s.company.String())
	if err != nil {
		return err
	}
	s.gap = &gap{since: since, tail: tail, behind: id.At(since)}
	return nil
}

func (s *eventStream) fill(ctx context.Context, out []byte) ([]byte, bool, error) {
	c, err := s.api.Desk.Company(ctx, s.company)
	if err != nil {
		return out, false, err
	}
	g := s.gap
	switch g.part {
	case missedMessages:
		out, err = s.fillMessages(ctx, c, out)
	case missedDeliveries:
		out, err = s.fillDeliveries(ctx, c, out)
	case missedSessions:
		out, err = s.fillSessions(ctx, c, out)
	default:
		if out, err = s.fillPresence(ctx, out); err == nil {
			s.after, s.gap = g.tail, nil
			out = appendPlace(out, g.tail)
		}
	}
	return out, err == nil, err
}

func (s *eventStream) fillMessages(ctx context.Context, c *desk.Company, out []byte) ([]byte, error) {
	messages, err := s.api.Desk.MessagesMadeAfter(ctx, s.company, s.gap.behind, eventsAtOnce)
	var data []byte
	for i := range messages {
		m := &messages[i]
		data = appendMessage(data[:0], c, m)
		out = live.AppendEvent(out, madeID(m.ID.Time()), messageCreated, data)
		s.gap.behind = m.ID
	}
	if err == nil && len(messages) < eventsAtOnce {
		s.gap.part, s.gap.behind = missedDeliveries, id.At(s.gap.since.Add(-deliveredWithin))
	}
	return out, err
}

// fillDeliveries tells what became of messages that were written before the gap, as it is now.
func (s *eventStream) fillDeliveries(ctx context.Context, c *desk.Company, out []byte) ([]byte, error) {
	messages, err := s.api.Desk.MessagesMadeAfter(ctx, s.company, s.gap.behind, eventsAtOnce)
	over := len(messages) < eventsAtOnce
	var data []byte
	for i := range messages {
		m := &messages[i]
		if s.gap.behind = m.ID; !m.ID.Time().Before(s.gap.since) {
			over = true
			break
		}
		if m.Delivery != "" {
			data = appendMessage(data[:0], c, m)
			out = live.AppendEvent(out, "", messageUpdated, data)
		}
	}
	if err == nil && over {
		s.gap.part, s.gap.behind = missedSessions, id.At(s.gap.since.Add(-liveMost))
	}
	return out, err
}

// fillSessions tells of sessions, and has no place of its own to resume at: who leaves now is told of them again.
func (s *eventStream) fillSessions(ctx context.Context, c *desk.Company, out []byte) ([]byte, error) {
	sessions, err := s.api.Desk.SessionsMoved(ctx, s.company, s.gap.behind, s.gap.since, eventsAtOnce)
	var data []byte
	for i := range sessions {
		data = appendSession(data[:0], c, &sessions[i])
		out = live.AppendEvent(out, "", sessionUpdated, data)
		s.gap.behind = sessions[i].SessionID
	}
	if err == nil && len(sessions) < eventsAtOnce {
		s.gap.part = missedPresence
	}
	return out, err
}

func (s *eventStream) fillPresence(ctx context.Context, out []byte) ([]byte, error) {
	all, err := s.api.Desk.Presence(ctx, s.company)
	for uid, status := range all {
		out = live.AppendEvent(out, "", agentUpdated, appendAgent(nil, uid, status))
	}
	return out, err
}

// appendPlace tells a reader where they are, without an event.
func appendPlace(out []byte, place string) []byte {
	return append(append(append(out, "id: "...), place...), "\n\n"...)
}

// madeID is the place behind what was made at a time. The log has no entry with it, because Redis counts from 0 in each
// millisecond: who comes back with it is filled in again from there.
func madeID(t time.Time) string {
	return fmt.Sprintf("%d-%d", t.UnixMilli(), int64(999_999_999_999_999_999))
}

// timeOf is the time in the id of an event.
func timeOf(event string) (time.Time, error) {
	ms, n, ok := strings.Cut(event, "-")
	t, err := strconv.ParseUint(ms, 10, 47)
	if _, nerr := strconv.ParseUint(n, 10, 63); !ok || err != nil || nerr != nil {
		return time.Time{}, errors.New("not the id of an event")
	}
	return time.UnixMilli(int64(t)), nil
}
