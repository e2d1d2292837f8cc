package desk

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"sort"

	"weir/internal/id"
	"weir/internal/store"
)

// How many sessions are given out in one transaction; up to how many agents all of a company are looked at; of more, how many
// of those who can are looked at for one session; and how many agents the sweep asks about.
const (
	dispatchMost = 64
	rosterAll    = 64
	rosterMost   = 24
	sweepAgents  = 5_000
)

// GiveOut gives a company's queueing sessions to whoever can take them, until nobody can.
func (d *Desk) GiveOut(ctx context.Context, company id.ID) error {
	why := &hint{everything: true}
	for !why.empty() {
		var err error
		if why, err = d.giveOutFor(ctx, company, why, math.MaxInt); err != nil {
			return err
		}
	}
	return nil
}

// giveOutFor gives out what a hint says may be ready, in so many transactions, and says what is left to be looked at.
func (d *Desk) giveOutFor(ctx context.Context, company id.ID, why *hint, most int) (left *hint, err error) {
	c, err := d.companies.now(ctx, company)
	if err != nil {
		return nil, err
	}
	left = newHint()
	if c.Distribution == "grab" {
		return left, nil // agents take from the queue themselves
	}
	o := &handout{d: d, c: c, most: most, patient: why.tries < patience, again: newHint()}
	o.again.tries = why.tries
	left.add(why)
	left.tries = 0
	for !left.empty() && o.rounds < most && err == nil {
		before := o.given
		if err = o.sessions(ctx, left); err == nil {
			err = o.agents(ctx, left)
		}
		if o.given == before { // whom they wait for cannot be given out either: somebody is at it
			o.again.add(left)
			left = newHint()
		}
	}
	if !o.again.empty() {
		d.later(ctx, company, o.again)
	}
	return left, err
}

// handout is one turn of giving out a company's queue.
type handout struct {
	d       *Desk
	c       *Company
	most    int     // transactions
	rounds  int     // that there were
	given   int     // sessions
	patient bool    // who is in the way is waited for
	passed  []id.ID // where not: the sessions passed over
	again   *hint   // what somebody was in the way of
}

// sessions gives out the sessions that came into the queue, each to the best of those who can. Where older ones come first for
// an agent, the agent is looked at next, and the session stays in the hint: it may be somebody else's then.
func (o *handout) sessions(ctx context.Context, left *hint) error {
	ids := slices.Collect(maps.Keys(left.sessions))
	for len(ids) > 0 && o.rounds < o.most {
		n := min(dispatchMost, len(ids))
		rows, err := o.d.store.Of(o.c.CompanyID).SessionsByID(ctx, store.SessionsByIDParams{CompanyID: o.c.CompanyID, SessionIDs: ids[:n]})
		if err != nil {
			return err
		}
		heads := make([]store.SessionsQueueingRow, 0, n)
		for i := range rows {
			if s := (&Session{rows[i]}); s.In(Queueing) && !s.early(o.d.now()) {
				heads = append(heads, store.SessionsQueueingRow{SessionID: s.SessionID, AppID: s.AppID, OpenID: s.OpenID, Rank: s.Rank})
			}
		}
		r, err := o.round(ctx, heads, true)
		if err != nil {
			return err
		}
		for _, s := range ids[:n] {
			if !slices.Contains(r.behind, s) {
				delete(left.sessions, s)
			}
		}
		for _, s := range r.held {
			o.again.sessions[s] = true
		}
		for uid := range r.first {
			left.agents[uid] = true
		}
		left.everything = left.everything || r.short
		ids = ids[n:]
	}
	return nil
}

// agents gives agents who have become able what they may take, the most urgent first, until they have no place or the queue has
// nothing for them.
func (o *handout) agents(ctx context.Context, left *hint) error {
	var behind store.SessionsQueueingRow
	front := func() { behind = store.SessionsQueueingRow{Rank: math.MinInt64} }
	waits := map[int64]bool{} // for what somebody is at
	page := 0
	front()
	for o.rounds < o.most || page > 0 { // one that finds nothing does not end a turn: the next would begin there again
		uids, places, err := o.free(ctx, left, waits)
		if err != nil {
			return err
		}
		if len(uids) == 0 {
			break
		}
		if page++; page > 1 {
			places = dispatchMost
		}
		most := min(places, dispatchMost)
		heads, err := o.c.heads(ctx, o.d.store.Of(o.c.CompanyID), uids, behind, o.d.now(), nil, most)
		if err != nil {
			return err
		}
		if len(heads) == 0 {
			break
		}
		r, err := o.round(ctx, heads, false)
		if err != nil {
			return err
		}
		wider := false
		for uid := range r.first {
			if slices.Contains(uids, uid) {
				waits[uid], o.again.agents[uid] = true, true
			} else if !left.everything {
				left.agents[uid], wider = true, true
			}
		}
		for _, s := range r.held {
			o.again.sessions[s] = true
		}
		switch {
		case r.given > 0 || wider:
			page = 0
			front()
		case len(heads) < most:
			left.everything = false
			clear(left.agents)
			return nil
		default: // none of these is for any of them: what is behind may be
			behind = heads[len(heads)-1]
		}
	}
	if o.rounds < o.most {
		left.everything = false
		clear(left.agents)
	}
	return nil
}

// free are those of whom the hint tells who still have a place, and how many they have in all.
func (o *handout) free(ctx context.Context, left *hint, but map[int64]bool) (uids []int64, places int, err error) {
	q := o.d.store.Of(o.c.CompanyID)
	var rows []store.AgentsFreeRow
	switch {
	case left.everything:
		rows, err = q.AgentsFree(ctx, store.AgentsFreeParams{CompanyID: o.c.CompanyID, Max: sweepAgents})
	case len(left.agents) > 0:
		var of []store.AgentsFreeOfRow
		of, err = q.AgentsFreeOf(ctx, store.AgentsFreeOfParams{CompanyID: o.c.CompanyID, UIDs: slices.Collect(maps.Keys(left.agents))})
		for _, r := range of {
			rows = append(rows, store.AgentsFreeRow(r))
		}
	}
	for _, r := range rows {
		if !but[r.UID] {
			uids, places = append(uids, r.UID), places+int(r.Places)
		}
	}
	return uids, places, err
}

// outcome is what came of a round.
type outcome struct {
	given  int
	held   []id.ID        // somebody else had their customers just now: look again
	behind []id.ID        // of those for whom older ones come first
	first  map[int64]bool // the agents for whom they do
	short  bool           // agents were found, and not enough of them: there may be more
}

// round gives out some of a queue in one transaction. The customers are locked before the agents, as everywhere; a customer
// who is being heard just now is not waited for here. fresh: these have just come into the queue, and where nobody can have one, that
// is kept, too.
func (o *handout) round(ctx context.Context, heads []store.SessionsQueueingRow, fresh bool) (r outcome, err error) {
	if len(heads) == 0 {
		return r, nil
	}
	d, c := o.d, o.c
	o.rounds++
	d.metrics.rounds.Inc()
	var changes []Change
	err = d.store.Tx(ctx, c.CompanyID, func(q *store.Queries) error {
		changes, r = nil, outcome{first: map[int64]bool{}}
		locked, err := lockCustomers(ctx, q, c.CompanyID, heads)
		if err != nil {
			return err
		}
		for _, h := range heads {
			if !locked[who{c.CompanyID, h.AppID, h.OpenID}] {
				r.held = append(r.held, h.SessionID)
			}
		}
		if !o.patient {
			o.passed = append(o.passed, r.held...)
		}
		sessions, err := queued(ctx, q, c.CompanyID, heads, locked)
		if err != nil || len(sessions) == 0 {
			return err
		}
		roster, err := d.roster(ctx, q, c, sessions)
		if err != nil {
			return err
		}
		for _, s := range sessions {
			change, err := o.give(ctx, q, s, roster, fresh, &r)
			if err != nil {
				return err
			}
			if change != nil {
				changes = append(changes, *change)
			}
		}
		r.given = len(changes)
		r.short = r.given > 0 && r.given < len(sessions) && roster.others > 0
		return nil
	})
	if err != nil {
		return outcome{}, fmt.Errorf("give out the queue of %s: %w", c.CompanyID, err)
	}
	o.given += r.given
	d.metrics.dispatched.Add(float64(r.given))
	d.effects.Committed(ctx, changes)
	for i := range changes {
		d.opens(&changes[i])
	}
	return r, nil
}

// queued are those of the heads that still queue and whose customer we hold, in serving order.
func queued(ctx context.Context, q *store.Queries, company id.ID, heads []store.SessionsQueueingRow, locked map[who]bool) ([]*Session, error) {
	ids := make([]id.ID, len(heads))
	for i := range heads {
		ids[i] = heads[i].SessionID
	}
	rows, err := q.SessionsByID(ctx, store.SessionsByIDParams{CompanyID: company, SessionIDs: ids})
	if err != nil {
		return nil, err
	}
	out := make([]*Session, 0, len(rows))
	for i := range rows {
		s := &Session{rows[i]}
		if s.In(Queueing) && locked[who{company, s.AppID, s.OpenID}] {
			out = append(out, s)
		}
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].Rank != out[j].Rank {
			return out[i].Rank < out[j].Rank
		}
		return string(out[i].SessionID[:]) < string(out[j].SessionID[:])
	})
	return out, nil
}

// give gives one session to whom the rules choose, unless an older one comes first for the agent: that is asked while the agent is
// locked, so nobody is overtaken, however many processes give out the queue. nil: it queues on.
func (o *handout) give(ctx context.Context, q *store.Queries, s *Session, r *roster, fresh bool, out *outcome) (*Change, error) {
	now := o.d.now()
	k := r.caseOf(o.c, s, now)
	choice := Choose(k)
	if choice.UID == 0 {
		if fresh {
			return nil, keepQueued(ctx, q, s, k, choice)
		}
		return nil, nil
	}
	if !out.first[choice.UID] {
		first, err := o.c.heads(ctx, q, []int64{choice.UID}, store.SessionsQueueingRow{Rank: math.MinInt64}, now, o.passed, 1)
		if err != nil {
			return nil, err
		}
		out.first[choice.UID] = len(first) > 0 && first[0].SessionID != s.SessionID && first[0].Rank <= s.Rank
	}
	if out.first[choice.UID] {
		out.behind = append(out.behind, s.SessionID)
		return nil, nil
	}
	delete(out.first, choice.UID)
	was := s.Place()
	if choice.Step == "group" || choice.Step == "other" {
		if err := o.d.noteWait(ctx, q, s); err != nil {
			return nil, err
		}
	}
	if err := s.Assign(choice.UID, choice.Seat, now); err != nil {
		return nil, err
	}
	said, err := o.d.tell(ctx, q, o.c, s, NoticeConnected)
	if err != nil {
		return nil, err
	}
	if err := insert(ctx, q, said); err != nil {
		return nil, err
	}
	if err := o.d.assigned(ctx, q, s, string(ActAssign), nil, reason(k, choice)); err != nil {
		return nil, err
	}
	r.taken(choice.UID, now)
	return &Change{Company: o.c, Session: s, Was: &was, Agent: choice.UID, Messages: said, Errand: len(said) > 0, AppID: s.AppID, OpenID: s.OpenID}, nil
}

// keepQueued keeps why nobody can have a session, unless that is what was kept last: for the same agents it was asked then.
func keepQueued(ctx context.Context, q *store.Queries, s *Session, k Case, none Decision) error {
	last, err := q.DecisionsOfSession(ctx, store.DecisionsOfSessionParams{CompanyID: s.CompanyID, SessionID: s.SessionID, Max: 1})
	if err != nil || len(last) > 0 && last[0].Act == "queued" && k.asksAsBefore(last[0].Reason) {
		return err
	}
	return q.DecisionInsert(ctx, store.DecisionInsertParams{CompanyID: s.CompanyID, DecisionID: id.New(), SessionID: s.SessionID, MadeAt: k.At, Act: "queued", Reason: reason(k, none)})
}

// assigned saves a session that an agent has got: the customer is the agent's own from now on, and the reason is kept.
func (d *Desk) assigned(ctx context.Context, q *store.Queries, s *Session, act string, by *int64, why []byte) error {
	now := d.now()
	if err := d.save(ctx, q, s); err != nil {
		return err
	}
	if err := q.CustomerExclusiveSet(ctx, store.CustomerExclusiveSetParams{CompanyID: s.CompanyID, AppID: s.AppID, OpenID: s.OpenID, UID: s.UID, At: now}); err != nil {
		return err
	}
	if err := q.AgentAssigned(ctx, store.AgentAssignedParams{CompanyID: s.CompanyID, UID: val(s.UID), At: now}); err != nil {
		return err
	}
	return q.DecisionInsert(ctx, store.DecisionInsertParams{CompanyID: s.CompanyID, DecisionID: id.New(), SessionID: s.SessionID, MadeAt: now, Act: act, ByUID: by, UID: s.UID, Reason: why})
}

func lockCustomers(ctx context.Context, q *store.Queries, company id.ID, heads []store.SessionsQueueingRow) (map[who]bool, error) {
	appids, openids := make([]string, len(heads)), make([]string, len(heads))
	for i, h := range heads {
		appids[i], openids[i] = h.AppID, h.OpenID
	}
	rows, err := q.CustomersLockFree(ctx, store.CustomersLockFreeParams{CompanyID: company, AppIDs: appids, OpenIDs: openids})
	if err != nil {
		return nil, err
	}
	out := make(map[who]bool, len(rows))
	for _, r := range rows {
		out[who{company, r.AppID, r.OpenID}] = true
	}
	return out, nil
}
