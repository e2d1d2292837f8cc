package desk

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"weir/internal/id"
	"weir/internal/store"
)

// repeatWithin is how far the times of a message and of its repeat may lie apart: MessagesHeard looks so far.
const repeatWithin = 24 * time.Hour

// ErrBusy says that more callbacks wait than may: this one was not taken, and WeChat should repeat it.
var ErrBusy = errors.New("more callbacks wait than may")

// Receive takes a callback and returns when it is committed, with what is to be said at once. ErrBusy: it was not taken. Another error: it
// was perhaps not taken, and a repeat will show.
func (d *Desk) Receive(ctx context.Context, a *Arrival) (Answer, error) {
	if err := check(a); err != nil {
		return Answer{}, err
	}
	if ofAccount(a.Event) {
		return d.receiveOfAccount(ctx, a)
	}
	w := &waiting{arrival: a, done: make(chan error, 1)}
	if !d.intake.put(w) {
		d.metrics.Refused.Inc()
		return Answer{}, ErrBusy
	}
	select {
	case err := <-w.done:
		return w.answer, err
	case <-ctx.Done():
		return Answer{}, ctx.Err()
	}
}

// check refuses what could not be kept.
func check(a *Arrival) error {
	switch {
	case len(a.OpenID) == 0 || len(a.OpenID) > 64:
		return refuse(Invalid, "callback.openid")
	case a.Key == "":
		return refuse(Invalid, "callback.key")
	case a.At.Year() < 1970 || a.At.Year() > 9999:
		return refuse(Invalid, "callback.time")
	}
	return nil
}

// listen writes groups until the intake is closed and nobody waits any more: what is queued when a group is in is the next
// one. There is no waiting for a group to fill, because that was measured to cost latency and to gain nothing.
func (d *Desk) listen(ctx context.Context) {
	for g := d.intake.take(); g != nil; g = d.intake.take() {
		d.take(ctx, g.of)
		d.intake.done(g)
	}
}

// take writes a group. One message that cannot be written must not take the others with it: the group is halved until it
// stands alone.
func (d *Desk) take(ctx context.Context, group []*waiting) {
	err := d.takeTogether(ctx, group)
	if contended(err) {
		err = d.takeTogether(ctx, group)
	}
	if err == nil {
		return
	}
	if len(group) == 1 || !poisoned(err) {
		d.log.Error("callbacks could not be written", "callbacks", len(group), "err", err)
		for _, w := range group {
			w.done <- err
		}
		return
	}
	half := len(group) / 2
	d.take(ctx, group[:half])
	d.take(ctx, group[half:])
}

// contended says whether PostgreSQL gave way to another transaction: a deadlock, which is over once it is broken. Making a new month
// may meet one with those who write.
func contended(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (e.Code == "40P01" || e.Code == "40001")
}

// poisoned says whether the database refused what was written, and not to work at all.
func poisoned(err error) bool {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		var scan interface{ Timeout() bool }
		return !errors.As(err, &scan) && !errors.Is(err, context.DeadlineExceeded) && !pgconn.SafeToRetry(err)
	}
	switch e.Code[:2] {
	case "08", "53", "57", "58", "25": // connection, resources, operator, system, wrong state
		return false
	}
	return true
}

func (d *Desk) takeTogether(ctx context.Context, group []*waiting) error {
	ctx, stop := context.WithTimeout(ctx, groupTime)
	defer stop()
	began := time.Now()
	arrivals := make([]*Arrival, len(group))
	for i, w := range group {
		arrivals[i] = w.arrival
	}
	v, changes, err := d.write(ctx, arrivals)
	if err != nil {
		return err
	}
	for i, w := range group {
		w.answer = v.answers[i]
		w.done <- nil
	}
	d.metrics.Group(len(group), time.Since(began))
	d.committed(ctx, changes)
	return nil
}

// write is the one transaction of a group: lock and read, decide, write and commit.
func (d *Desk) write(ctx context.Context, group []*Arrival) (*verdict, []Change, error) {
	k := &known{companies: map[id.ID]*Company{}, now: d.clock().UTC().Truncate(time.Microsecond)}
	for _, a := range group {
		if k.companies[a.Company] != nil {
			continue
		}
		c := d.companies.cached(a.Company)
		if c == nil {
			var err error
			if c, err = d.companies.now(ctx, a.Company); err != nil {
				return nil, nil, err
			}
		}
		k.companies[a.Company] = c
	}
	hearing, heard, err := d.store.Listen(ctx, listening(group, k))
	if err != nil {
		return nil, nil, err
	}
	defer hearing.Forget()
	for _, r := range heard.Versions {
		if c := k.companies[r.CompanyID]; c.Version < r.Version {
			if k.companies[r.CompanyID], err = d.companies.at(ctx, r.CompanyID, r.Version); err != nil {
				return nil, nil, err
			}
		}
	}
	if err := k.read(ctx, hearing, heard, group); err != nil {
		return nil, nil, err
	}
	if err := k.count(ctx, hearing, group); err != nil {
		return nil, nil, err
	}
	v := hear(group, k)
	if err := hearing.Keep(ctx, v.keeping()); err != nil {
		return nil, nil, err
	}
	return v, v.changes(k), nil
}

// read puts what was heard into the shape in which it is decided.
func (k *known) read(ctx context.Context, hearing *store.Hearing, heard *store.Heard, group []*Arrival) error {
	k.customers = make(map[who]*store.CustomersHearRow, len(heard.Customers))
	for i := range heard.Customers {
		c := &heard.Customers[i]
		k.customers[who{c.CompanyID, c.AppID, c.OpenID}] = c
	}
	k.sessions = make(map[who]*Session, len(heard.Sessions))
	for i := range heard.Sessions {
		s := &heard.Sessions[i]
		k.sessions[who{s.CompanyID, s.AppID, s.OpenID}] = &Session{*s}
	}
	k.channels = make(map[code]*store.ChannelsHeardRow, len(heard.Channels))
	for i := range heard.Channels {
		c := &heard.Channels[i]
		k.channels[code{c.CompanyID, c.AppID, c.Scene}] = c
	}
	k.repeats = make(map[int]Answer, len(heard.Messages)+len(heard.Events))
	for _, e := range heard.Events {
		k.repeats[int(e.Place)] = answered(e.Answer, e.AnswerData).again()
	}
	for _, m := range heard.Messages {
		a := group[m.Place]
		said, err := hearing.Queries().MessageAnswer(ctx, store.MessageAnswerParams{CompanyID: a.Company, SessionID: m.SessionID, Seq: ptr(val(m.Seq) + 1), WeChatKey: ptr(replyKey(a.Key))})
		if err != nil && !errors.Is(err, store.ErrNone) {
			return fmt.Errorf("find what was answered: %w", err)
		}
		k.repeats[int(m.Place)] = answerOf(said).again()
	}
	return nil
}

// listening names the callbacks of a group to the store. A customer who did several things is named once, with the newest
// windows of them.
func listening(group []*Arrival, k *known) *store.Listening {
	l := &store.Listening{}
	for c := range k.companies {
		l.Companies = append(l.Companies, c)
	}
	type act struct {
		a       *Arrival
		message opening
		event   opening
		f       int16
		s       string
	}
	acts := make(map[who]*act, len(group))
	order := make([]*act, 0, len(group))
	for i, a := range group {
		message, event := opens(k.companies[a.Company], a)
		x := acts[a.who()]
		if x == nil {
			x = &act{a: a}
			acts[a.who()] = x
			order = append(order, x)
		}
		x.message, x.event = message.later(x.message), event.later(x.event)
		switch a.Event {
		case "subscribe":
			x.f, x.s = 1, a.EventKey
		case "unsubscribe":
			x.f = -1
		}
		if scene := a.scene(); scene != "" {
			q := &l.Channels
			q.CompanyIDs, q.AppIDs, q.Scenes = append(q.CompanyIDs, a.Company), append(q.AppIDs, a.AppID), append(q.Scenes, scene)
		}
		if a.Event == "" {
			m := &l.Messages
			m.Places, m.CompanyIDs, m.AppIDs = append(m.Places, int32(i)), append(m.CompanyIDs, a.Company), append(m.AppIDs, a.AppID)
			m.Keys, m.CreatedAts = append(m.Keys, a.Key), append(m.CreatedAts, a.At)
			if since := a.At.Add(-repeatWithin); m.Since.IsZero() || since.Before(m.Since) {
				m.Since = since
			}
			if until := a.At.Add(repeatWithin); until.After(m.Until) {
				m.Until = until
			}
		} else {
			e := &l.Events
			e.Places, e.CompanyIDs = append(e.Places, int32(i)), append(e.CompanyIDs, a.Company)
			e.AppIDs, e.Keys = append(e.AppIDs, a.AppID), append(e.Keys, a.Key)
		}
	}
	sort.Slice(order, func(i, j int) bool { return order[i].a.who().less(order[j].a.who()) })
	c := &l.Customers
	for _, x := range order {
		c.CompanyIDs, c.AppIDs, c.OpenIDs = append(c.CompanyIDs, x.a.Company), append(c.AppIDs, x.a.AppID), append(c.OpenIDs, x.a.OpenID)
		c.Ats, c.Follows, c.Sources = append(c.Ats, k.now), append(c.Follows, x.f), append(c.Sources, x.s)
		c.Alloweds, c.Openeds = append(c.Alloweds, x.message.allowed), append(c.Openeds, x.message.opened)
		c.Untils, c.Keys = append(c.Untils, x.message.until), append(c.Keys, x.message.key)
		c.EventAlloweds, c.EventOpeneds = append(c.EventAlloweds, x.event.allowed), append(c.EventOpeneds, x.event.opened)
		c.EventUntils, c.EventKeys = append(c.EventUntils, x.event.until), append(c.EventKeys, x.event.key)
	}
	return l
}

func (a who) less(b who) bool {
	if a.company != b.company {
		return string(a.company[:]) < string(b.company[:])
	}
	if a.appid != b.appid {
		return a.appid < b.appid
	}
	return a.openid < b.openid
}
