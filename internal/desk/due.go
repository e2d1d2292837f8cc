package desk

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"weir/internal/id"
	"weir/internal/store"
)

// How many sessions or customers time changes in one transaction; how many transactions one company has before it is the
// others' turn; how long the engine sleeps at most and at least; and when it looks again at what it could not change.
const (
	dueMost    = 64
	duePatient = 8
	sleepMost  = time.Second
	sleepLeast = 20 * time.Millisecond
	dueAgain   = time.Minute
)

// timekeeper does what is due the moment it is. Every process has one: what is due is locked before it is looked at, so the
// first to come does it, and whoever comes later finds it done.
func (d *Desk) timekeeper(ctx context.Context) {
	for {
		next, err := d.KeepTime(ctx)
		if err != nil && ctx.Err() == nil {
			d.log.Error("what is due could not be done", "err", err)
		}
		sleep := time.NewTimer(min(max(next.Sub(d.now()), sleepLeast), sleepMost))
		select {
		case <-ctx.Done():
			sleep.Stop()
			return
		case <-sleep.C:
		}
	}
}

// KeepTime does what is due now, and says when to look again.
func (d *Desk) KeepTime(ctx context.Context) (next time.Time, err error) {
	now := d.now()
	next = now.Add(sleepMost)
	err = d.EachCompanies(ctx, func(companies []id.ID) error {
		rows, err := d.store.Across(companies).CompaniesDue(ctx, store.CompaniesDueParams{CompanyIDs: companies, Horizon: next})
		for i := range rows {
			at, err := d.keepTimeOf(ctx, &rows[i], now)
			if err != nil { // the others' time goes on
				d.log.Error("what is due in a company could not be done", "company", rows[i].CompanyID, "err", err)
			} else if at.Before(next) {
				next = at
			}
		}
		return err
	})
	return next, err
}

// keepTimeOf does what is due in one company.
func (d *Desk) keepTimeOf(ctx context.Context, due *store.CompaniesDueRow, now time.Time) (next time.Time, err error) {
	c, err := d.companies.now(ctx, due.CompanyID)
	if err != nil {
		return now, err
	}
	next = now.Add(sleepMost)
	if due.Retime { // what is done meanwhile is done by the new times
		if err := d.retime(ctx, due.CompanyID); err != nil {
			return now, err
		}
		next = now
	}
	for _, x := range []struct {
		at time.Time
		do func(context.Context, *Company) (more bool, err error)
	}{{due.AgentsAt, d.dueAgents}, {due.SessionsAt, d.dueSessions}, {due.CustomersAt, d.dueCustomers}, {due.RemindersAt, d.dueReminders}} {
		if x.at.After(now) {
			if x.at.Before(next) {
				next = x.at
			}
			continue
		}
		next = now // what was done may be due again soon
		for more, turns := true, 0; more && turns < duePatient; turns++ {
			if more, err = x.do(ctx, c); err != nil {
				return now, err
			}
		}
	}
	return next, nil
}

// dueSessions does what is due to some sessions: all in one transaction, or, where one of them cannot be, each by itself.
func (d *Desk) dueSessions(ctx context.Context, c *Company) (more bool, err error) {
	heads, err := d.store.Of(c.CompanyID).SessionsDue(ctx, store.SessionsDueParams{CompanyID: c.CompanyID, Now: d.now(), Max: dueMost})
	if err != nil || len(heads) == 0 {
		return false, err
	}
	done, err := d.elapse(ctx, c, heads)
	if err == nil {
		return len(heads) == dueMost && done > 0, nil
	}
	for _, h := range heads {
		if _, err := d.elapse(ctx, c, []store.SessionsDueRow{h}); err != nil {
			d.log.Error("what is due to a session could not be done", "company", c.CompanyID, "session", h.SessionID, "err", err)
			later := d.now().Add(dueAgain)
			if err := d.store.Of(c.CompanyID).SessionDueSet(ctx, store.SessionDueSetParams{CompanyID: c.CompanyID, SessionID: h.SessionID, DueAt: &later}); err != nil {
				return false, err
			}
		}
	}
	return len(heads) == dueMost, nil
}

// elapse is one transaction of it, and says how many were looked at. A customer whom somebody else changes just now is passed
// over: they are still due when the lock is gone.
func (d *Desk) elapse(ctx context.Context, c *Company, heads []store.SessionsDueRow) (looked int, err error) {
	var changes []Change
	err = d.store.Tx(ctx, c.CompanyID, func(q *store.Queries) error {
		changes, looked = nil, 0
		sessions, err := lockDue(ctx, q, c.CompanyID, heads, d.now())
		if err != nil {
			return err
		}
		looked = len(sessions)
		for _, s := range sessions {
			was, guests := s.Place(), s.Guests
			done, err := s.elapse(c, d.now())
			if err != nil {
				return err
			}
			var said []Message
			if !State(s.State).Live() {
				if said, err = d.tell(ctx, q, c, s, NoticeClosed); err != nil {
					return err
				}
				if err := insert(ctx, q, said); err != nil {
					return err
				}
			}
			if err := save(ctx, q, s); err != nil {
				return err
			}
			for _, p := range done {
				if err := d.keep(ctx, q, s, p.act, p.deed); err != nil {
					return err
				}
			}
			if len(done) > 0 {
				changes = append(changes, Change{Company: c, Session: s, Was: &was, Guests: guests, AppID: s.AppID, OpenID: s.OpenID, Agent: was.UID, Messages: said, Errand: len(said) > 0})
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	d.passed(ctx, changes)
	return looked, nil
}

// lockDue locks those of some sessions' customers whom nobody else is changing, then their agents in the order of their
// numbers, as everybody does, and reads the sessions that are still due.
func lockDue(ctx context.Context, q *store.Queries, company id.ID, heads []store.SessionsDueRow, now time.Time) ([]*Session, error) {
	ids, appids, openids := make([]id.ID, len(heads)), make([]string, len(heads)), make([]string, len(heads))
	for i, h := range heads {
		ids[i], appids[i], openids[i] = h.SessionID, h.AppID, h.OpenID
	}
	free, err := q.CustomersLockFree(ctx, store.CustomersLockFreeParams{CompanyID: company, AppIDs: appids, OpenIDs: openids})
	if err != nil {
		return nil, err
	}
	locked := make(map[who]bool, len(free))
	for _, f := range free {
		locked[who{company, f.AppID, f.OpenID}] = true
	}
	rows, err := q.SessionsByID(ctx, store.SessionsByIDParams{CompanyID: company, SessionIDs: ids})
	if err != nil {
		return nil, err
	}
	var out []*Session
	var uids []int64
	for i := range rows {
		r := &rows[i]
		if !locked[who{company, r.AppID, r.OpenID}] || r.DueAt == nil || r.DueAt.After(now) {
			continue
		}
		if out = append(out, &Session{*r}); r.UID != nil {
			uids = append(uids, *r.UID)
		}
	}
	if len(uids) > 0 {
		_, err = q.AgentsLockNamed(ctx, store.AgentsLockNamedParams{CompanyID: company, UIDs: uids})
	}
	return out, err
}

// keep records what time did to a session.
func (d *Desk) keep(ctx context.Context, q *store.Queries, s *Session, act Act, deed Deed) error {
	deed.Seq = s.LastSeq
	why, err := json.Marshal(deed)
	if err != nil {
		return err
	}
	return q.DecisionInsert(ctx, store.DecisionInsertParams{CompanyID: s.CompanyID, DecisionID: id.New(), SessionID: s.SessionID, MadeAt: d.now(), Act: string(act), UID: s.UID, Reason: why})
}

// passed tells what time did. A session that nobody holds any more has moved for those who wait for it, wherever it stands.
func (d *Desk) passed(ctx context.Context, changes []Change) {
	d.committed(ctx, changes)
	for i := range changes {
		if s := changes[i].Session; s != nil && s.In(Queueing) {
			d.wakeSession(s.CompanyID, s.SessionID)
		}
	}
}

// dueAgents looks at some agents' presence, and takes from those who have gone what they are not to keep.
func (d *Desk) dueAgents(ctx context.Context, c *Company) (more bool, err error) {
	uids, err := d.store.Of(c.CompanyID).AgentsDue(ctx, store.AgentsDueParams{CompanyID: c.CompanyID, Now: d.now(), Max: dueMost})
	for _, uid := range uids {
		if err := d.dueAgent(ctx, c, uid); err != nil {
			return false, err
		}
	}
	return len(uids) == dueMost, err
}

func (d *Desk) dueAgent(ctx context.Context, c *Company, uid int64) error {
	if err := d.look(ctx, c.CompanyID, uid, nil); err != nil {
		return err
	}
	q := d.store.Of(c.CompanyID)
	a, err := q.AgentGet(ctx, store.AgentGetParams{CompanyID: c.CompanyID, UID: uid})
	if err != nil || a.Presence != Offline || a.DueAt == nil {
		return err
	}
	over := a.PresenceAt.Add(seconds(c.Grace))
	states, why, next := []State{Waiting}, "offline", &over
	if !d.now().Before(over) {
		states, why, next = []State{Waiting, Conversing, GroupConversation}, "grace", nil
	}
	if err := d.takeBack(ctx, c, uid, states, why); err != nil {
		return err
	}
	return q.AgentDueSet(ctx, store.AgentDueSetParams{CompanyID: c.CompanyID, UID: uid, Was: *a.DueAt, DueAt: next})
}

// errPast: somebody was faster, or the agent is back.
var errPast = errors.New("past")

// takeBack takes the sessions of an agent who has gone, in some states.
func (d *Desk) takeBack(ctx context.Context, c *Company, uid int64, states []State, why string) error {
	in := make([]int16, len(states))
	for i, s := range states {
		in[i] = int16(s)
	}
	sessions, err := d.store.Of(c.CompanyID).SessionIDsOfAgent(ctx, store.SessionIDsOfAgentParams{CompanyID: c.CompanyID, UID: &uid, States: in})
	if err != nil {
		return err
	}
	for _, s := range sessions {
		err := d.change(ctx, Agent{Company: c.CompanyID}, s, func(x *changing) error {
			if !x.session.Of(uid) || !x.session.In(states...) {
				return errPast
			}
			return d.giveUp(ctx, x, uid, why)
		})
		if err != nil && !errors.Is(err, errPast) {
			return err
		}
	}
	return nil
}

// giveUp passes the session of an agent who has gone to a guest who is online and has a free place, or else back to the queue,
// at its old place.
func (d *Desk) giveUp(ctx context.Context, x *changing, uid int64, why string) error {
	s := x.session
	locked, err := x.lock(ctx, append(slices.Clone(s.Guests), uid)...)
	if err != nil {
		return err
	}
	if a := locked[uid]; a == nil || a.Presence != Offline {
		return errPast
	}
	deed, seat := Deed{From: uid, Why: why}, x.heir(locked)
	able := func(guest int64) int64 {
		if a := locked[guest]; a == nil || a.Presence != Online || a.Load >= a.Capacity {
			return 0
		}
		return seat(guest)
	}
	if s.In(GroupConversation) && slices.ContainsFunc(s.Guests, func(g int64) bool { return able(g) != 0 }) {
		if err := s.Leave(uid, able, d.now()); err != nil {
			return err
		}
		deed.To, deed.Seq = *s.UID, s.LastSeq
		if err := x.tell(ctx, d, NoticeConnected); err != nil {
			return err
		}
		return d.assigned(ctx, x.q, s, string(ActReturn), nil, x.why(deed))
	}
	if err := s.Return(); err != nil {
		return err
	}
	if err := x.tell(ctx, d, NoticeReturned); err != nil {
		return err
	}
	return d.keep(ctx, x.q, s, ActReturn, deed)
}

// reclaimAt is when a customer's exclusive agent has not answered for too long.
func reclaimAt(x *store.Customer, c *Company) time.Time {
	last := val(x.ExclusiveSince)
	if replied := val(x.RepliedAt); replied.After(last) {
		last = replied
	}
	return last.Add(seconds(c.ReclaimAfter))
}

// dueCustomers takes exclusive agents who have not answered for too long from some customers.
func (d *Desk) dueCustomers(ctx context.Context, c *Company) (more bool, err error) {
	var changes []Change
	err = d.store.Tx(ctx, c.CompanyID, func(q *store.Queries) error {
		changes = nil
		now := d.now()
		customers, err := q.CustomersDue(ctx, store.CustomersDueParams{CompanyID: c.CompanyID, Now: now, Max: dueMost})
		more = len(customers) == dueMost
		for i := range customers {
			x := &customers[i]
			if at := reclaimAt(x, c); at.After(now) {
				if err := q.CustomerReclaimAt(ctx, store.CustomerReclaimAtParams{CompanyID: x.CompanyID, AppID: x.AppID, OpenID: x.OpenID, ReclaimAt: at}); err != nil {
					return err
				}
				continue
			}
			change, err := d.reclaim(ctx, q, c, x)
			if err != nil {
				return err
			}
			changes = append(changes, change)
		}
		return err
	})
	if err != nil {
		return false, err
	}
	d.passed(ctx, changes)
	return more, nil
}

// reclaim has a customer be nobody's. What queues for the agent queues for anybody; what an agent has, they keep.
func (d *Desk) reclaim(ctx context.Context, q *store.Queries, c *Company, x *store.Customer) (Change, error) {
	change := Change{Company: c, AppID: x.AppID, OpenID: x.OpenID}
	if err := q.CustomerExclusiveSet(ctx, store.CustomerExclusiveSetParams{CompanyID: x.CompanyID, AppID: x.AppID, OpenID: x.OpenID, At: d.now()}); err != nil {
		return change, err
	}
	row, err := q.SessionLiveOf(ctx, store.SessionLiveOfParams{CompanyID: x.CompanyID, AppID: x.AppID, OpenID: x.OpenID})
	if errors.Is(err, store.ErrNone) {
		return change, nil
	} else if err != nil {
		return change, err
	}
	s := &Session{row}
	was := s.Place()
	change.Session, change.Was, change.Guests = s, &was, s.Guests
	if err := s.Reclaim(); err != nil {
		return change, err
	}
	if err := d.save(ctx, q, s); err != nil {
		return change, err
	}
	return change, d.keep(ctx, q, s, ActReclaim, Deed{From: val(x.ExclusiveUID)})
}
