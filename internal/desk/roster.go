package desk

import (
	"context"
	"slices"
	"time"

	"weir/internal/store"
)

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
		groups, strategy = c.may(home, group), g.Strategy
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
	k := Case{Exclusive: val(s.ExclusiveUID), Held: s.Held, Left: val(s.LeftUID), Target: val(s.TargetUID), Group: val(s.GroupID), Home: val(s.HomeGroupID), AimedBy: s.Aimed(), At: now,
		Candidates: make([]Candidate, len(r.agents)), Others: r.others}
	listed := make(map[int64]bool, len(r.agents))
	for i, a := range r.agents {
		a.Seat = c.Seat(s.AppID, a.UID)
		k.Candidates[i], listed[a.UID] = a, true
	}
	if g := c.Groups[k.Group]; g != nil {
		k.Strategy = g.Strategy
	}
	for _, group := range c.may(k.Home, k.Group) {
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
