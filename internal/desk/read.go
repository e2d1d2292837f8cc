package desk

import (
	"context"
	"errors"
	"math"
	"time"

	"weir/internal/id"
	"weir/internal/store"
)

// Row is a session as a list shows it.
type Row struct {
	Session
	Remark      string
	AccountName string
	LastFailed  bool // the last message could not be delivered
}

// Lists are what an agent has before them.
type Lists struct {
	Agent      store.Agent
	Status     string // what the chosen status comes to
	Mine       []Row  // waiting and in conversation
	Queue      []Row  // the head of the queue that they may take from
	QueueCount int64  // of it all, counted to QueueMost
	Grab       bool   // agents take from the queue themselves
	Company    *Company
}

// Limits of what a page shows at once.
const (
	mineMost   = 500
	queueShown = 50
	QueueMost  = 1000
)

// Lists reads an agent's lists.
func (d *Desk) Lists(ctx context.Context, who Agent) (*Lists, error) {
	c, err := d.companies.now(ctx, who.Company)
	if err != nil {
		return nil, err
	}
	q := d.store.Of(who.Company)
	l := &Lists{Company: c, Grab: c.Distribution == "grab"}
	if l.Agent, err = q.AgentGet(ctx, store.AgentGetParams{CompanyID: who.Company, UID: who.UID}); err != nil {
		return nil, missing(err, "agent.missing")
	}
	l.Status = l.Agent.Presence
	mine, err := q.SessionsOfAgent(ctx, store.SessionsOfAgentParams{CompanyID: who.Company, UID: &who.UID, Max: mineMost})
	if err != nil {
		return nil, err
	}
	for _, r := range mine {
		l.Mine = append(l.Mine, Row{Session{r.Session}, r.Remark, r.AccountName, r.LastFailed})
	}
	return l, d.queueOf(ctx, q, c, who.UID, l)
}

// queueOf reads the queue that an agent may take from by hand.
func (d *Desk) queueOf(ctx context.Context, q *store.Queries, c *Company, uid int64, l *Lists) error {
	p := c.reach([]int64{uid})
	p.Now, p.AfterRank, p.But, p.Max = farOff, math.MinInt64, []id.ID{}, queueShown
	heads, err := q.SessionsQueueing(ctx, p)
	if err != nil || len(heads) == 0 {
		return err
	}
	ids := make([]id.ID, len(heads))
	for i := range heads {
		ids[i] = heads[i].SessionID
	}
	rows, err := q.SessionsShown(ctx, store.SessionsShownParams{CompanyID: c.CompanyID, SessionIDs: ids})
	if err != nil {
		return err
	}
	for _, r := range rows {
		if s := (Session{r.Session}); s.In(Queueing) {
			l.Queue = append(l.Queue, Row{s, r.Remark, r.AccountName, false})
		}
	}
	if l.QueueCount = int64(len(l.Queue)); len(heads) < queueShown {
		return nil
	}
	p.Max = QueueMost
	all, err := q.SessionsQueueing(ctx, p)
	l.QueueCount = int64(len(all))
	return err
}

// farOff is after everything that a session waits for.
var farOff = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// View is a session as one who may see it sees it.
type View struct {
	Company  *Company
	Session  *Session
	Customer store.Customer
	Ledger   Ledger
	Trouble  *Trouble    // why nothing is sent for the account; nil: it sends
	Viewer   store.Agent // zero for the company itself
}

// View reads a session. To an agent who may not see it, it is missing.
func (d *Desk) View(ctx context.Context, who Agent, session id.ID) (*View, error) {
	c, err := d.companies.now(ctx, who.Company)
	if err != nil {
		return nil, err
	}
	q := d.store.Of(who.Company)
	row, err := q.SessionGet(ctx, store.SessionGetParams{CompanyID: who.Company, SessionID: session})
	if err != nil {
		return nil, missing(err, "session.missing")
	}
	v := &View{Company: c, Session: &Session{row}, Trouble: troubleOf(c.Accounts[row.AppID])}
	if who.UID != 0 {
		if v.Viewer, err = q.AgentGet(ctx, store.AgentGetParams{CompanyID: who.Company, UID: who.UID}); err != nil {
			return nil, missing(err, "agent.missing")
		}
		if ok, err := d.maySee(ctx, q, c, &v.Viewer, v.Session); err != nil {
			return nil, err
		} else if !ok {
			return nil, refuse(Missing, "session.missing")
		}
	}
	v.Customer, v.Ledger, err = d.customer(ctx, q, who.Company, row.AppID, row.OpenID)
	return v, err
}

// Session reads a session for the company itself, with the company as it is now.
func (d *Desk) Session(ctx context.Context, company, session id.ID) (*Company, *Session, error) {
	c, err := d.companies.now(ctx, company)
	if err != nil {
		return nil, nil, err
	}
	row, err := d.store.Of(company).SessionGet(ctx, store.SessionGetParams{CompanyID: company, SessionID: session})
	if err != nil {
		return nil, nil, missing(err, "session.missing")
	}
	return c, &Session{row}, nil
}

// sees says whether an agent may see a session: supervisors and admins see every one of their company. An agent sees their own, those in which
// they are a guest, those of a queue they may take from, and what is over: where they were a guest, and of a customer whom they serve now.
func (c *Company) sees(a *store.Agent, s *Session, wasGuest, serves bool) bool {
	switch {
	case a.DisabledAt != nil:
		return false
	case supervises(a), s.Joined(a.UID), s.In(Queueing) && c.mayTake(s, a.UID):
		return true
	}
	return !State(s.State).Live() && (wasGuest || serves)
}

// maySee asks what else is needed for it, where something is; and a session of which a note names an agent they may see, too.
func (d *Desk) maySee(ctx context.Context, q *store.Queries, c *Company, a *store.Agent, s *Session) (bool, error) {
	if a.DisabledAt != nil || c.sees(a, s, false, false) {
		return a.DisabledAt == nil, nil
	}
	if named, err := q.MentionedIn(ctx, store.MentionedInParams{CompanyID: s.CompanyID, SessionID: s.SessionID, UID: a.UID}); named || err != nil {
		return named, err
	}
	if !c.sees(a, s, true, true) {
		return false, nil
	}
	if was, err := q.ParticipantWas(ctx, store.ParticipantWasParams{CompanyID: s.CompanyID, SessionID: s.SessionID, UID: a.UID}); was || err != nil {
		return was, err
	}
	live, err := q.SessionLiveOf(ctx, store.SessionLiveOfParams{CompanyID: s.CompanyID, AppID: s.AppID, OpenID: s.OpenID})
	if errors.Is(err, store.ErrNone) {
		return false, nil
	}
	now := &Session{live}
	return now.Joined(a.UID), err
}

// Customer reads a customer with what may still be sent to them.
func (d *Desk) Customer(ctx context.Context, company id.ID, appid, openid string) (store.Customer, Ledger, error) {
	return d.customer(ctx, d.store.Of(company), company, appid, openid)
}

func (d *Desk) customer(ctx context.Context, q *store.Queries, company id.ID, appid, openid string) (store.Customer, Ledger, error) {
	c, err := q.CustomerGet(ctx, store.CustomerGetParams{CompanyID: company, AppID: appid, OpenID: openid})
	if err != nil {
		return c, Ledger{}, missing(err, "customer.missing")
	}
	l, err := ledger(ctx, q, &c, d.now())
	return c, l, err
}

// ledger is a customer's ledger with what is on its way.
func ledger(ctx context.Context, q *store.Queries, c *store.Customer, now time.Time) (Ledger, error) {
	pending, err := q.MessagesPending(ctx, store.MessagesPendingParams{CompanyID: c.CompanyID, AppID: c.AppID, OpenID: c.OpenID, Open: LedgerOf(c, 0).Left(now) > 0, WindowKey: windowKey(c)})
	return LedgerOf(c, pending), err
}

// MessagesAfter are those of a session that a reader who has seen the place after still lacks.
func (d *Desk) MessagesAfter(ctx context.Context, s *Session, after int32, most int) ([]Message, error) {
	rows, err := d.store.Of(s.CompanyID).MessagesAfter(ctx, store.MessagesAfterParams{CompanyID: s.CompanyID, SessionID: &s.SessionID, After: &after, Since: s.OldestAt, Max: int32(most)})
	return messagesOf(rows), err
}

// MessagesBefore are the last ones of a session before a place (0: the end), in order.
func (d *Desk) MessagesBefore(ctx context.Context, s *Session, before int32, most int) ([]Message, error) {
	if before == 0 {
		before = s.LastSeq + 1
	}
	rows, err := d.store.Of(s.CompanyID).MessagesBefore(ctx, store.MessagesBeforeParams{CompanyID: s.CompanyID, SessionID: &s.SessionID, Before: &before, Since: s.OldestAt, Max: int32(most)})
	out := messagesOf(rows)
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out, err
}

// changedMost is how far behind the last that a reader has seen a change is still looked for: deliveries end soon, or never.
const changedMost = 200

// MessagesChanged are those that a reader has seen and that changed after a version of the session.
func (d *Desk) MessagesChanged(ctx context.Context, s *Session, seen int32, version int64) ([]Message, error) {
	rows, err := d.store.Of(s.CompanyID).MessagesChanged(ctx, store.MessagesChangedParams{CompanyID: s.CompanyID, SessionID: &s.SessionID, First: seen - changedMost, Seen: seen, Version: version, Since: s.OldestAt})
	return messagesOf(rows), err
}

// MessagesMadeAfter are those of a company made after an id, in the order of their ids: for an event stream whose log was lost.
func (d *Desk) MessagesMadeAfter(ctx context.Context, company, after id.ID, most int) ([]Message, error) {
	rows, err := d.store.Of(company).MessagesMadeAfter(ctx, store.MessagesMadeAfterParams{CompanyID: company, After: after, Max: int32(most)})
	return messagesOf(rows), err
}

// SessionsMoved are those of a company that queued, were given out, opened or closed since a time, among those made after an id:
// for an event stream whose log was lost.
func (d *Desk) SessionsMoved(ctx context.Context, company, after id.ID, since time.Time, most int) ([]Session, error) {
	rows, err := d.store.Of(company).SessionsMoved(ctx, store.SessionsMovedParams{CompanyID: company, After: after, Since: since, Max: int32(most)})
	out := make([]Session, len(rows))
	for i := range rows {
		out[i] = Session{rows[i]}
	}
	return out, err
}

// Seen notes how far the session's agent has read.
func (d *Desk) Seen(ctx context.Context, who Agent, s *Session, seq int32) (bool, error) {
	n, err := d.store.Of(who.Company).SessionSeen(ctx, store.SessionSeenParams{CompanyID: who.Company, SessionID: s.SessionID, UID: &who.UID, Seq: seq})
	return n > 0, err
}

// Filter narrows a list of sessions; nil fields do not.
type Filter struct {
	State  *int16
	AppID  *string
	OpenID *string
	UID    *int64
	Left   *bool // the customer left a message outside hours
}

// Sessions are a page of a company's sessions, oldest first, after an id.
func (d *Desk) Sessions(ctx context.Context, company id.ID, f Filter, after id.ID, most int) ([]Session, error) {
	rows, err := d.store.Of(company).SessionsPage(ctx, store.SessionsPageParams{CompanyID: company, After: after, State: f.State, AppID: f.AppID, OpenID: f.OpenID, UID: f.UID, LeftMessage: f.Left, Max: int32(most)})
	out := make([]Session, len(rows))
	for i := range rows {
		out[i] = Session{rows[i]}
	}
	return out, err
}

// Earlier are a customer's sessions before one, newest first.
func (d *Desk) Earlier(ctx context.Context, s *Session, before id.ID, most int) ([]Session, error) {
	rows, err := d.store.Of(s.CompanyID).SessionsOfCustomer(ctx, store.SessionsOfCustomerParams{CompanyID: s.CompanyID, AppID: s.AppID, OpenID: s.OpenID, Before: before, Max: int32(most)})
	out := make([]Session, len(rows))
	for i := range rows {
		out[i] = Session{rows[i]}
	}
	return out, err
}

// Before is the customer's last session before the one that is seen, of those that its viewer may see; nil: there is none.
func (d *Desk) Before(ctx context.Context, v *View) (*Session, error) {
	earlier, err := d.Earlier(ctx, v.Session, v.Session.SessionID, beforeMost)
	if err != nil {
		return nil, err
	}
	q := d.store.Of(v.Session.CompanyID)
	for i := range earlier {
		if ok, err := d.maySee(ctx, q, v.Company, &v.Viewer, &earlier[i]); ok || err != nil {
			return &earlier[i], err
		}
	}
	return nil, nil
}

// beforeMost is how many earlier sessions are looked at for one that may be seen.
const beforeMost = 8

// Events are what the customer did other than write since a session began, newest first.
func (d *Desk) Events(ctx context.Context, s *Session, since time.Time, most int) ([]store.Event, error) {
	return d.store.Of(s.CompanyID).EventsOfCustomer(ctx, store.EventsOfCustomerParams{CompanyID: s.CompanyID, AppID: s.AppID, OpenID: s.OpenID, After: id.At(since), Max: int32(most)})
}

// Decisions say why a session went where it went, newest first.
func (d *Desk) Decisions(ctx context.Context, s *Session, most int) ([]store.Decision, error) {
	return d.store.Of(s.CompanyID).DecisionsOfSession(ctx, store.DecisionsOfSessionParams{CompanyID: s.CompanyID, SessionID: s.SessionID, Max: int32(most)})
}
