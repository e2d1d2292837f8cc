package desk

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"weir/internal/id"
	"weir/internal/store"
)

// Watched is a page of what the monitor shows.
type Watched struct {
	Company *Company
	Rows    []Row
	Counts  map[State]int64 // of all live sessions, each counted to QueueMost
}

// WatchFilter narrows the monitor; nil fields do not.
type WatchFilter struct {
	State *int16
	UID   *int64 // of this agent, or with them as a guest
	Group *int64 // for this group
}

// Watch is the monitor of supervisors and admins: the live sessions of their company, in the order in which they began, after one.
func (d *Desk) Watch(ctx context.Context, who Agent, f WatchFilter, after id.ID, most int) (*Watched, error) {
	c, err := d.companies.now(ctx, who.Company)
	if err != nil {
		return nil, err
	}
	q := d.store.Of(who.Company)
	a, err := q.AgentGet(ctx, store.AgentGetParams{CompanyID: who.Company, UID: who.UID})
	if err != nil {
		return nil, missing(err, "agent.missing")
	}
	if !supervises(&a) || a.DisabledAt != nil {
		return nil, refuse(Denied, "supervisor.only")
	}
	rows, err := q.SessionsMonitored(ctx, store.SessionsMonitoredParams{CompanyID: who.Company, After: after, State: f.State, UID: f.UID, GroupID: f.Group, Max: int32(most)})
	if err != nil {
		return nil, err
	}
	counts, err := q.SessionsCounted(ctx, store.SessionsCountedParams{CompanyID: who.Company, Max: QueueMost})
	if err != nil {
		return nil, err
	}
	w := &Watched{Company: c, Counts: map[State]int64{}}
	for _, r := range rows {
		w.Rows = append(w.Rows, Row{Session{r.Session}, r.Remark, r.AccountName, r.LastFailed})
	}
	for _, n := range counts {
		w.Counts[State(n.State)] = n.Total
	}
	return w, nil
}

// Interject writes to the customer of any session, from the monitor, for supervisors and admins. It goes the way of every
// answer: through the ledger, to be carried. again is as with Reply.
func (d *Desk) Interject(ctx context.Context, who Agent, session id.ID, r Reply) (m Message, again bool, err error) {
	r.admin = true
	return d.Reply(ctx, who, session, r)
}

// CloseByAdmin ends any session from the monitor, for supervisors and admins.
func (d *Desk) CloseByAdmin(ctx context.Context, who Agent, session id.ID) error {
	return d.end(ctx, who, session, ActCloseByAdmin, func(x *changing) error {
		p, err := x.person(ctx, who)
		if err != nil {
			return err
		}
		if !supervises(&p) {
			return refuse(Denied, "supervisor.only")
		}
		return x.session.CloseByAdmin(d.now())
	})
}

// Colleague is one to whom a session could be handed, or who could be invited.
type Colleague struct {
	UID      int64
	Name     string
	Status   string
	Load     int
	Capacity int
}

// Colleagues are those with a seat at the session's account, without the one who asks: the online first, then the least busy.
func (d *Desk) Colleagues(ctx context.Context, who Agent, s *Session) ([]Colleague, error) {
	c, err := d.companies.now(ctx, who.Company)
	if err != nil {
		return nil, err
	}
	agents, err := d.store.Of(who.Company).AgentsOfCompany(ctx, who.Company)
	if err != nil {
		return nil, err
	}
	status, err := d.Presence(ctx, who.Company)
	if err != nil {
		return nil, err
	}
	var out []Colleague
	for i := range agents {
		a := &agents[i]
		if a.UID == who.UID || a.DisabledAt != nil || c.Seat(s.AppID, a.UID) == 0 || s.Joined(a.UID) {
			continue
		}
		out = append(out, Colleague{a.UID, a.Name, status[a.UID], int(a.Load), int(a.Capacity)})
	}
	slices.SortStableFunc(out, func(a, b Colleague) int {
		return cmp.Or(cmp.Compare(rank[a.Status], rank[b.Status]), cmp.Compare(a.Load-a.Capacity, b.Load-b.Capacity))
	})
	return out, nil
}

// rank puts first who can answer soonest.
var rank = map[string]int{Online: 0, Away: 1, Offline: 2}

// Supervises says whether whoever sees it looks after the sessions of others.
func (v *View) Supervises() bool { return v.Viewer.UID != 0 && supervises(&v.Viewer) }

// Supervises says whether the agent of these lists looks after the sessions of others.
func (l *Lists) Supervises() bool { return supervises(&l.Agent) }

// AgentNames are all agents of the company, by uid.
func (c *Company) AgentNames() map[int64]string { return maps.Clone(c.names) }

// SetPriority puts a session elsewhere in the queue, for supervisors and admins: the highest priority goes first, and each step is worth ten
// minutes of waiting.
func (d *Desk) SetPriority(ctx context.Context, who Agent, session id.ID, priority int32) error {
	if priority < PriorityLeast || priority > PriorityMost {
		return refuse(Invalid, "session.priority", PriorityLeast, PriorityMost)
	}
	return d.change(ctx, who, session, func(x *changing) error {
		p, err := x.person(ctx, who)
		switch {
		case err != nil:
			return err
		case !supervises(&p):
			return refuse(Denied, "supervisor.only")
		case x.session.Priority == priority && State(x.session.State).Live():
			return nil
		}
		if err := x.session.Prioritise(priority); err != nil {
			return err
		}
		return x.deed(ctx, who, ActPrioritise, d.now(), Deed{Priority: &priority})
	})
}
