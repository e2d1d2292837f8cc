package desk

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sort"
	"sync"
	"time"

	"weir/internal/id"
	"weir/internal/store"
)

// How many sessions are given out in one transaction; up to how many agents all of a company are looked at; of more, how many
// of those who can are looked at for one session; and how many agents the sweep asks about.
const (
	dispatchMost  = 64
	rosterAll     = 64
	rosterMost    = 24
	sweepAgents   = 5_000
	rememberHints = 4_096
	pagesMost     = 64 // of sessions that nobody of those asked may have
)

// hint is why a company's queue may be ready to be given out: these sessions came into it, these agents became able. everything: it is
// not known which.
type hint struct {
	everything bool
	sessions   map[id.ID]bool
	agents     map[int64]bool
}

// queues are the companies whose queue may have become ready to be given out, each with what is known of why. Waking one twice
// is waking it once.
type queues struct {
	mu    sync.Mutex
	ready map[id.ID]*hint
	bell  chan struct{}
}

func newQueues() *queues { return &queues{ready: map[id.ID]*hint{}, bell: make(chan struct{}, 1)} }

func (q *queues) note(company id.ID, add func(*hint)) {
	q.mu.Lock()
	h := q.ready[company]
	if h == nil {
		h = &hint{sessions: map[id.ID]bool{}, agents: map[int64]bool{}}
		q.ready[company] = h
	}
	add(h)
	if len(h.sessions) > rememberHints {
		h.everything = true
		clear(h.sessions)
	}
	q.mu.Unlock()
	select {
	case q.bell <- struct{}{}:
	default:
	}
}

func (q *queues) wake(company id.ID) { q.note(company, func(h *hint) { h.everything = true }) }

func (q *queues) take() map[id.ID]*hint {
	q.mu.Lock()
	defer q.mu.Unlock()
	out := q.ready
	q.ready = map[id.ID]*hint{}
	return out
}

// Wake has a company's queue looked at: somebody may have become able to take from it.
func (d *Desk) Wake(company id.ID) { d.queues.wake(company) }

// wakeAgent has what an agent may take looked at: they have become able.
func (d *Desk) wakeAgent(company id.ID, uid int64) {
	d.queues.note(company, func(h *hint) { h.agents[uid] = true })
}

// wakeSession has a session given out: it has come into the queue.
func (d *Desk) wakeSession(company, session id.ID) {
	d.queues.note(company, func(h *hint) { h.sessions[session] = true })
}

// wakeFor wakes what a change may have made ready.
func (d *Desk) wakeFor(c *Change) {
	company := c.Company.CompanyID
	if s := c.Session; s != nil && (c.Moved() || s.In(Queueing) && len(c.Messages) == 0) { // or it is for somebody else now
		if s.In(Queueing) {
			d.wakeSession(company, s.SessionID)
		}
		if c.Was != nil && c.Was.UID != 0 && c.Was.UID != val(s.UID) || c.Was != nil && !State(s.State).Live() && c.Was.UID != 0 {
			d.wakeAgent(company, c.Was.UID)
		}
	}
	if c.Agent != 0 && (c.Status == Online || c.Status == "" && c.Session == nil) {
		d.wakeAgent(company, c.Agent)
	}
}

// dispatch gives out queues the moment somebody may take from them.
func (d *Desk) dispatch(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-d.queues.bell:
		}
		for company, h := range d.queues.take() {
			if err := d.giveOutFor(ctx, company, h); err != nil && ctx.Err() == nil {
				d.log.Error("a queue could not be given out", "company", company, "err", err)
				d.later(ctx, company, h)
			}
		}
	}
}

// later looks again after a moment, when the database is back or who held a lock has let go.
func (d *Desk) later(ctx context.Context, company id.ID, h *hint) {
	time.AfterFunc(250*time.Millisecond, func() {
		if ctx.Err() == nil {
			d.queues.note(company, func(now *hint) {
				now.everything = now.everything || h.everything
				for s := range h.sessions {
					now.sessions[s] = true
				}
				for a := range h.agents {
					now.agents[a] = true
				}
			})
		}
	})
}

// GiveOut gives a company's queueing sessions to whoever can take them, until nobody can.
func (d *Desk) GiveOut(ctx context.Context, company id.ID) error {
	return d.giveOutFor(ctx, company, &hint{everything: true})
}

// giveOutFor gives out what a hint says may be ready.
func (d *Desk) giveOutFor(ctx context.Context, company id.ID, h *hint) error {
	c, err := d.companies.now(ctx, company)
	if err != nil {
		return err
	}
	if c.Distribution == "grab" {
		return nil // agents take from the queue themselves
	}
	if err := d.giveSessions(ctx, c, h); err != nil {
		return err
	}
	return d.giveAgents(ctx, c, h)
}

// giveSessions gives out the sessions that came into the queue, each to the best of those who can.
func (d *Desk) giveSessions(ctx context.Context, c *Company, h *hint) error {
	ids := make([]id.ID, 0, len(h.sessions))
	for s := range h.sessions {
		ids = append(ids, s)
	}
	for len(ids) > 0 {
		n := min(dispatchMost, len(ids))
		rows, err := d.store.Of(c.CompanyID).SessionsByID(ctx, store.SessionsByIDParams{CompanyID: c.CompanyID, SessionIDs: ids[:n]})
		if err != nil {
			return err
		}
		heads := make([]store.SessionsQueueingRow, 0, n)
		for i := range rows {
			if s := (&Session{rows[i]}); s.In(Queueing) && !s.early(d.now()) {
				heads = append(heads, store.SessionsQueueingRow{SessionID: s.SessionID, AppID: s.AppID, OpenID: s.OpenID, Rank: s.Rank})
			}
		}
		r, err := d.round(ctx, c, heads, true)
		if err != nil {
			return err
		}
		if r.held {
			again := &hint{sessions: map[id.ID]bool{}}
			for _, s := range ids[:n] {
				again.sessions[s] = true
			}
			d.later(ctx, c.CompanyID, again)
		}
		if r.short {
			h.everything = true
		}
		ids = ids[n:]
	}
	return nil
}

// giveAgents gives agents who have become able what they may take, the most urgent first, until they have no place or the queue has
// nothing for them.
func (d *Desk) giveAgents(ctx context.Context, c *Company, h *hint) error {
	if !h.everything && len(h.agents) == 0 {
		return nil
	}
	q := d.store.Of(c.CompanyID)
	behind := store.SessionsQueueingRow{Rank: math.MinInt64}
	for page := 0; page < pagesMost; page++ {
		uids := make([]int64, 0, len(h.agents))
		for uid := range h.agents {
			uids = append(uids, uid)
		}
		if h.everything {
			var err error
			if uids, err = q.AgentsFree(ctx, store.AgentsFreeParams{CompanyID: c.CompanyID, Max: sweepAgents}); err != nil {
				return err
			}
		}
		if len(uids) == 0 {
			return nil
		}
		heads, err := q.SessionsQueueing(ctx, store.SessionsQueueingParams{CompanyID: c.CompanyID, AppIDs: c.accountsOf(uids), GroupIDs: c.groupsOf(uids), UIDs: uids,
			Now: d.now(), AfterRank: behind.Rank, AfterID: behind.SessionID, Max: dispatchMost})
		if err != nil || len(heads) == 0 {
			return err
		}
		r, err := d.round(ctx, c, heads, false)
		if err != nil {
			return err
		}
		if r.held {
			d.later(ctx, c.CompanyID, h)
		}
		if len(heads) < dispatchMost {
			return nil
		}
		if r.given == 0 { // none of these is for any of them: what is behind may be
			behind = heads[len(heads)-1]
		} else {
			page = 0
		}
	}
	return nil
}

// accountsOf are the accounts at which any of these agents has a seat.
func (c *Company) accountsOf(uids []int64) []string {
	out := []string{}
	for appid, seats := range c.seats {
		if slices.ContainsFunc(uids, func(uid int64) bool { return seats[uid] != 0 }) {
			out = append(out, appid)
		}
	}
	return out
}

// groupsOf are the groups in which any of these agents is.
func (c *Company) groupsOf(uids []int64) []int64 {
	out := []int64{}
	for n, g := range c.Groups {
		if slices.ContainsFunc(uids, func(uid int64) bool { return g.in[uid] }) {
			out = append(out, n)
		}
	}
	return out
}

// outcome is what came of a round.
type outcome struct {
	given int
	held  bool // somebody else had a customer just now: look again
	short bool // agents were found, and not enough of them: there may be more
}

// round gives out the heads of queues in one transaction. The customers are locked before the agents, as everywhere; a customer
// who is being heard just now is passed over. fresh: these have just come into the queue, and where nobody can have one, that
// is kept, too.
func (d *Desk) round(ctx context.Context, c *Company, heads []store.SessionsQueueingRow, fresh bool) (outcome, error) {
	if len(heads) == 0 {
		return outcome{}, nil
	}
	var changes []Change
	var o outcome
	err := d.store.Tx(ctx, c.CompanyID, func(q *store.Queries) error {
		changes, o = nil, outcome{}
		locked, err := lockCustomers(ctx, q, c.CompanyID, heads)
		if err != nil {
			return err
		}
		o.held = len(locked) < len(heads)
		sessions, err := queued(ctx, q, c.CompanyID, heads, locked)
		if err != nil || len(sessions) == 0 {
			return err
		}
		roster, err := d.roster(ctx, q, c, sessions)
		if err != nil {
			return err
		}
		for _, s := range sessions {
			change, err := d.give(ctx, q, c, s, roster, fresh)
			if err != nil {
				return err
			}
			if change != nil {
				changes = append(changes, *change)
			}
		}
		o.given = len(changes)
		o.short = o.given > 0 && o.given < len(sessions) && roster.others > 0
		return nil
	})
	if err != nil {
		return outcome{}, fmt.Errorf("give out the queue of %s: %w", c.CompanyID, err)
	}
	for range changes {
		d.metrics.dispatched.Inc()
	}
	d.effects.Committed(ctx, changes)
	return o, nil
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

// give gives one session to whom the rules choose; nil: nobody can take it.
func (d *Desk) give(ctx context.Context, q *store.Queries, c *Company, s *Session, r *roster, fresh bool) (*Change, error) {
	now := d.now()
	k := r.caseOf(c, s, now)
	choice := Choose(k)
	if choice.UID == 0 {
		if !fresh {
			return nil, nil
		}
		return nil, q.DecisionInsert(ctx, store.DecisionInsertParams{CompanyID: s.CompanyID, DecisionID: id.New(), SessionID: s.SessionID, MadeAt: now, Act: "queued", Reason: reason(k, choice)})
	}
	was := s.Place()
	if choice.Step == "group" || choice.Step == "other" {
		if err := d.noteWait(ctx, q, s); err != nil {
			return nil, err
		}
	}
	if err := s.Assign(choice.UID, choice.Seat, now); err != nil {
		return nil, err
	}
	said, err := d.tell(ctx, q, c, s, NoticeConnected)
	if err != nil {
		return nil, err
	}
	if err := insert(ctx, q, said); err != nil {
		return nil, err
	}
	if err := d.assigned(ctx, q, s, "assigned", nil, reason(k, choice)); err != nil {
		return nil, err
	}
	r.taken(choice.UID, now)
	return &Change{Company: c, Session: s, Was: &was, Agent: choice.UID, Messages: said, Errand: len(said) > 0, AppID: s.AppID, OpenID: s.OpenID}, nil
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

// roster is who could be given sessions, locked: whoever else counts an agent's sessions waits until this transaction ends.
type roster struct {
	agents []Candidate
	others int // agents who were not looked at
}

// roster reads who is looked at for these sessions: of a small company everybody, of a large one those whom the sessions name and
// the first of those who can, from the front of an index.
func (d *Desk) roster(ctx context.Context, q *store.Queries, c *Company, sessions []*Session) (*roster, error) {
	var agents []store.Agent
	var err error
	if len(c.names) <= rosterAll {
		agents, err = q.AgentsLock(ctx, c.CompanyID)
	} else {
		var uids []int64
		if uids, err = candidates(ctx, q, c, sessions); err == nil {
			agents, err = q.AgentsLockThese(ctx, store.AgentsLockTheseParams{CompanyID: c.CompanyID, UIDs: uids})
		}
	}
	if err != nil {
		return nil, err
	}
	r := &roster{agents: make([]Candidate, 0, len(agents))}
	for _, a := range agents {
		if a.DisabledAt == nil {
			r.agents = append(r.agents, Candidate{UID: a.UID, Status: a.Presence, Load: int(a.Load), Capacity: int(a.Capacity), LastAssigned: val(a.LastAssignedAt), IdleSince: val(a.BusyAt)})
		}
	}
	if len(c.names) > rosterAll {
		r.others = len(c.names) - len(r.agents)
	}
	return r, nil
}

// candidates are whom these sessions name, and for each account and group among them the first who can.
func candidates(ctx context.Context, q *store.Queries, c *Company, sessions []*Session) ([]int64, error) {
	type want struct {
		appid       string
		group, home int64
	}
	asked, uids := map[want]bool{}, []int64{}
	for _, s := range sessions {
		for _, uid := range []*int64{s.ExclusiveUID, s.TargetUID} {
			if uid != nil {
				uids = append(uids, *uid)
			}
		}
		w := want{s.AppID, val(s.GroupID), val(s.HomeGroupID)}
		if s.TargetUID != nil || s.Held || asked[w] {
			continue
		}
		asked[w] = true
		first, err := c.first(ctx, q, w.appid, w.group, w.home)
		if err != nil {
			return nil, err
		}
		uids = append(uids, first...)
	}
	slices.Sort(uids)
	return slices.Compact(uids), nil
}

// first are the first who can take a session of an account and a group (0: any), in the order of its way of choosing.
func (c *Company) first(ctx context.Context, q *store.Queries, appid string, group, home int64) ([]int64, error) {
	groups, strategy := []int64{}, ""
	if g := c.Groups[group]; g != nil {
		groups, strategy = append(groups, group), g.Strategy
		if home != 0 {
			groups = append(groups, home)
		}
	}
	p := store.AgentsFreeLeastBusyParams{CompanyID: c.CompanyID, AppID: appid, GroupIDs: groups, Max: rosterMost}
	switch strategy {
	case RoundRobin:
		return q.AgentsFreeRoundRobin(ctx, store.AgentsFreeRoundRobinParams(p))
	case LongestIdle:
		return q.AgentsFreeLongestIdle(ctx, store.AgentsFreeLongestIdleParams(p))
	case InOrder:
		return q.AgentsFreeInOrder(ctx, store.AgentsFreeInOrderParams{CompanyID: c.CompanyID, AppID: appid, GroupIDs: groups, Max: rosterMost})
	}
	return q.AgentsFreeLeastBusy(ctx, p)
}

func (r *roster) taken(uid int64, at time.Time) {
	for i := range r.agents {
		if r.agents[i].UID == uid {
			r.agents[i].Load++
			r.agents[i].LastAssigned, r.agents[i].IdleSince = at, at
		}
	}
}

// caseOf is what a decision about a session is made from.
func (r *roster) caseOf(c *Company, s *Session, now time.Time) Case {
	k := Case{Exclusive: val(s.ExclusiveUID), Held: s.Held, Left: val(s.LeftUID), Target: val(s.TargetUID), Group: val(s.GroupID), Home: val(s.HomeGroupID), At: now,
		Candidates: make([]Candidate, len(r.agents)), Others: r.others}
	listed := make(map[int64]bool, len(r.agents))
	for i, a := range r.agents {
		a.Seat = c.Seat(s.AppID, a.UID)
		k.Candidates[i], listed[a.UID] = a, true
	}
	if g := c.Groups[k.Group]; g != nil {
		k.Strategy = g.Strategy
	}
	for _, group := range []int64{k.Group, k.Home} {
		if g := c.Groups[group]; g != nil {
			for _, uid := range g.Members {
				if listed[uid] && !slices.Contains(k.Members, uid) {
					k.Members = append(k.Members, uid)
				}
			}
		}
	}
	return k
}
