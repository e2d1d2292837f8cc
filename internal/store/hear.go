package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"weir/internal/id"
)

// A Hearing is the transaction in which a group of callbacks is written: two round trips, however many they are. Listen locks
// the customers and reads what is known of them; Keep writes what was decided and commits.
type Hearing struct {
	conn *pgxpool.Conn
	done bool
}

// Heard is what is known when a group of callbacks has been listened to. All of it was read after the customers were locked,
// so nobody else changes it until the hearing ends.
type Heard struct {
	Customers []CustomersHearRow
	Sessions  []Session
	Messages  []MessagesHeardRow // callbacks of the group that were heard before
	Events    []EventsHeardRow
	Channels  []ChannelsHeardRow // by whose codes somebody came
	Versions  []CompanyVersionsRow
}

// Listening names the callbacks of a group: their companies, their customers (each once), their keys and the codes that were scanned.
type Listening struct {
	Companies []id.ID
	Customers CustomersHearParams
	Messages  MessagesHeardParams
	Events    EventsHeardParams
	Channels  ChannelsHeardParams
}

// setHearing names the companies, and has every statement of a hearing planned once, for looking up a few rows by their keys.
// PostgreSQL would choose by the size that a table had when a connection first asked: the month's partition is empty
// then, and to read all of it stays the plan while it grows to millions of rows.
const setHearing = `SELECT set_config('app.company_id', $1, true), set_config('plan_cache_mode', 'force_generic_plan', true),
	set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)`

// Listen begins the transaction.
func (s *Store) Listen(ctx context.Context, l *Listening) (*Hearing, *Heard, error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("hear: %w", err)
	}
	h := &Hearing{conn: conn}
	heard := &Heard{}
	var b pgx.Batch
	b.Queue("BEGIN")
	b.Queue(setHearing, join(l.Companies))
	c := &l.Customers
	b.Queue(customersHear, c.CompanyIDs, c.AppIDs, c.OpenIDs, c.Ats, c.Follows, c.Sources, c.Alloweds, c.Openeds, c.Untils, c.Keys,
		c.EventAlloweds, c.EventOpeneds, c.EventUntils, c.EventKeys).
		Query(collect(&heard.Customers, len(c.OpenIDs), func(r *CustomersHearRow) []any {
			return []any{&r.CompanyID, &r.AppID, &r.OpenID, &r.ExclusiveUID, &r.Remark, &r.QuotaAllowed, &r.QuotaUsed, &r.QuotaUntil, &r.Held, &r.ExclusivePresence}
		}))
	b.Queue(sessionsLive, c.CompanyIDs, c.AppIDs, c.OpenIDs).Query(collect(&heard.Sessions, len(c.OpenIDs), scanSession))
	if m := &l.Messages; len(m.Places) > 0 {
		b.Queue(messagesHeard, m.Places, m.CompanyIDs, m.AppIDs, m.Keys, m.CreatedAts, m.Since, m.Until).
			Query(collect(&heard.Messages, 0, func(r *MessagesHeardRow) []any { return []any{&r.Place, &r.SessionID, &r.Seq} }))
	}
	if e := &l.Events; len(e.Places) > 0 {
		b.Queue(eventsHeard, e.Places, e.CompanyIDs, e.AppIDs, e.Keys).
			Query(collect(&heard.Events, 0, func(r *EventsHeardRow) []any { return []any{&r.Place, &r.Answer, &r.AnswerData} }))
	}
	if q := &l.Channels; len(q.Scenes) > 0 {
		b.Queue(channelsHeard, q.CompanyIDs, q.AppIDs, q.Scenes).Query(collect(&heard.Channels, 0, func(r *ChannelsHeardRow) []any {
			return []any{&r.CompanyID, &r.AppID, &r.Scene, &r.ChannelID, &r.TargetUID, &r.TargetGroupID, &r.Greeting, &r.Name}
		}))
	}
	b.Queue(companyVersions, l.Companies).
		Query(collect(&heard.Versions, len(l.Companies), func(r *CompanyVersionsRow) []any { return []any{&r.CompanyID, &r.Version} }))
	if err := conn.SendBatch(ctx, &b).Close(); err != nil {
		h.Forget()
		return nil, nil, fmt.Errorf("hear: %w", err)
	}
	return h, heard, nil
}

// Keeping is what was decided about a group of callbacks.
type Keeping struct {
	Sessions SessionsHearParams
	Heard    SessionsHeardParams // of those of which nothing but what was written has changed
	Messages MessagesInsertParams
	Events   []EventInsertParams
	Scans    []CustomerChannelledParams
	Counts   ChannelCountsRaiseParams
}

// Queries are statements inside the hearing, for the rare case that needs more than the two round trips.
func (h *Hearing) Queries() *Queries { return New(h.conn) }

// Keep writes what was decided and commits. After an error nothing of the group is written.
func (h *Hearing) Keep(ctx context.Context, k *Keeping) error {
	var b pgx.Batch
	if s := &k.Sessions; len(s.SessionIDs) > 0 {
		b.Queue(sessionsHear, s.CompanyIDs, s.SessionIDs, s.AppIDs, s.OpenIDs, s.Types, s.TargetUIDs, s.GroupIDs, s.ExclusiveUIDs, s.CreatedAts, s.OldestAts, s.LastSeqs, s.Heards,
			s.Versions, s.WaitingSinces, s.LastAts, s.LastOpercodes, s.LastTypes, s.LastTexts, s.Helds, s.HomeGroupIDs, s.DueAts, s.NotBefores, s.LeftMessages,
			s.Oweds, s.ToldOpens, s.ToldAheads, s.ToldWaits, s.ToldAts,
			s.Priorities, s.Ranks, s.AimedBys)
	}
	if s := &k.Heard; len(s.SessionIDs) > 0 {
		b.Queue(sessionsHeard, s.CompanyIDs, s.SessionIDs, s.OldestAts, s.LastSeqs, s.Heards, s.Versions, s.WaitingSinces, s.LastAts, s.LastOpercodes, s.LastTypes, s.LastTexts)
	}
	if m := &k.Messages; len(m.MessageIDs) > 0 {
		b.Queue(messagesInsert, m.CompanyIDs, m.MessageIDs, m.CreatedAts, m.SessionIDs, m.Seqs, m.AppIDs, m.OpenIDs, m.UIDs, m.CustomerServiceIDs,
			m.Opercodes, m.MessageTypes, m.Texts, m.Datas, m.WeChatKeys, m.RuleIDs, m.Versions, m.Deliveries)
	}
	for _, e := range k.Events {
		b.Queue(eventInsert, e.CompanyID, e.EventID, e.AppID, e.OpenID, e.CreatedAt, e.Event, e.EventKey, e.WeChatKey, e.SessionID, e.RuleID, e.Answer, e.AnswerData, e.Raw)
	}
	for _, s := range k.Scans {
		b.Queue(customerChannelled, s.At, s.CompanyID, s.AppID, s.OpenID, s.ChannelID)
	}
	if c := &k.Counts; len(c.ChannelIDs) > 0 {
		b.Queue(channelCountsRaise, c.CompanyIDs, c.ChannelIDs, c.Days, c.Scans, c.Follows)
	}
	b.Queue("COMMIT")
	if err := h.conn.SendBatch(ctx, &b).Close(); err != nil {
		h.Forget()
		return fmt.Errorf("keep what was heard: %w", err)
	}
	h.done = true
	h.conn.Release()
	return nil
}

// Forget ends the hearing with nothing written. After Keep it does nothing.
func (h *Hearing) Forget() {
	if h.done {
		return
	}
	h.done = true
	// The context that was given may be over; the connection must be clean or closed before it goes back.
	ctx := context.Background()
	if _, err := h.conn.Exec(ctx, "ROLLBACK"); err != nil {
		_ = h.conn.Conn().Close(ctx)
	}
	h.conn.Release()
}

// collect reads the rows of a batched query into a slice, for which it makes room.
func collect[T any](into *[]T, room int, fields func(*T) []any) func(pgx.Rows) error {
	return func(rows pgx.Rows) error {
		*into = make([]T, 0, room)
		for rows.Next() {
			*into = append(*into, *new(T))
			if err := rows.Scan(fields(&(*into)[len(*into)-1])...); err != nil {
				return err
			}
		}
		return rows.Err()
	}
}

func scanSession(s *Session) []any {
	return []any{&s.CompanyID, &s.SessionID, &s.AppID, &s.OpenID, &s.State, &s.Type, &s.TargetUID, &s.GroupID, &s.ExclusiveUID, &s.UID, &s.CustomerServiceID,
		&s.Priority, &s.CreatedAt, &s.QueuedAt, &s.AssignedAt, &s.TakenAt, &s.ClosedAt, &s.ClosedWhy, &s.OldestAt, &s.LastSeq, &s.Heard, &s.SeenSeq, &s.SeenHeard, &s.Version, &s.WaitingSince,
		&s.LastAt, &s.LastOpercode, &s.LastType, &s.LastText,
		&s.Rank, &s.Held, &s.HomeGroupID, &s.DueAt, &s.RequeuedAt, &s.Guests, &s.LeftUID,
		&s.NotBefore, &s.LeftMessage,
		&s.Owed, &s.ToldOpens, &s.ToldAhead, &s.ToldWait, &s.ToldAt,
		&s.AimedBy}
}
