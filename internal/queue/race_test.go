package queue_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/store"
)

// Two processes, 20 agents and 200 sessions, all acting at once: afterwards every count is right, nobody has more than they may
// but by a person's hand, nobody waits whom somebody could take, and Redis is what PostgreSQL says.
func TestTwoProcessesTwentyAgentsTwoHundredSessions(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	const first, agents, capacity, customers = int64(100), 20, 5, 200
	err := r.store.Tx(t.Context(), r.company, func(q *store.Queries) error {
		for uid := first; uid < first+agents; uid++ {
			if err := q.AgentPut(t.Context(), store.AgentPutParams{CompanyID: r.company, UID: uid, Name: fmt.Sprint(uid), Role: "agent", Email: fmt.Sprintf("%d@%s.example", uid, r.company), Password: "x", Capacity: capacity}); err != nil {
				return err
			}
			if _, err := q.SeatPut(t.Context(), store.SeatPutParams{CompanyID: r.company, AppID: appid, UID: uid}); err != nil {
				return err
			}
		}
		return q.CompanyTouch(t.Context(), r.company)
	})
	if err != nil {
		t.Fatal(err)
	}
	second, _ := r.open()
	desks := []*desk.Desk{r.desk, second}
	openid := func(n int) string { return fmt.Sprintf("o%03d", n) }

	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			for n := worker; n < customers; n += 8 {
				r.receive(desks[n%2], openid(n), "你好")
			}
		})
	}
	for worker := range 10 { // each acts for two agents, and never stops at a "no"
		all.Go(func() {
			rnd := rand.New(rand.NewPCG(7, uint64(worker)))
			for step := range 60 {
				uid := first + int64(worker*2+rnd.IntN(2))
				d := desks[rnd.IntN(2)]
				if err := act(r, d, rnd, uid, first, agents, step < 2); err != nil && desk.KindOf(err) == 0 {
					t.Errorf("agent %d, step %d: %v", uid, step, err)
				}
			}
		})
	}
	all.Wait()
	for uid := first; uid < first+agents; uid++ {
		r.presence(uid, desk.Online)
	}
	r.until("nobody queues whom somebody could take", func() bool { return r.count(nil) == 0 || r.free(first, capacity) == 0 })
	r.countsAreRight(first, capacity)
	r.agrees()
}

// act is one thing that an agent does.
func act(r *room, d *desk.Desk, rnd *rand.Rand, uid, first int64, agents int, arrive bool) error {
	ctx := r.Context()
	if arrive {
		return d.SetPresence(ctx, r.company, uid, desk.Online)
	}
	live, err := r.store.Of(r.company).SessionsLiveOfCompany(ctx, store.SessionsLiveOfCompanyParams{CompanyID: r.company, Max: 500})
	if err != nil || len(live) == 0 {
		return err
	}
	s := live[rnd.IntN(len(live))].SessionID
	switch rnd.IntN(6) {
	case 0, 1:
		return d.Accept(ctx, r.agent(uid), s)
	case 2:
		return d.Transfer(ctx, r.agent(0), s, desk.Destination{UID: first + rnd.Int64N(int64(agents))})
	case 3:
		return d.Close(ctx, r.agent(uid), s)
	case 4:
		return d.SetPresence(ctx, r.company, uid, desk.Offline)
	}
	return d.SetPresence(ctx, r.company, uid, desk.Online)
}

// count is how many live sessions an agent has; nil: how many queue.
func (r *room) count(uid *int64) (n int) {
	r.Helper()
	for _, s := range r.alive() {
		if uid == nil && s.UID == nil || uid != nil && s.UID != nil && *s.UID == *uid {
			n++
		}
	}
	return n
}

func (r *room) alive() []store.SessionsLiveOfCompanyRow {
	r.Helper()
	live, err := r.store.Of(r.company).SessionsLiveOfCompany(r.Context(), store.SessionsLiveOfCompanyParams{CompanyID: r.company, Max: 1000})
	if err != nil {
		r.Fatal(err)
	}
	return live
}

// free is how many agents from a number on have a place left.
func (r *room) free(first int64, capacity int) (n int) {
	for uid := first; uid < first+20; uid++ {
		if r.count(&uid) < capacity {
			n++
		}
	}
	return n
}

func (r *room) countsAreRight(first int64, capacity int) {
	r.Helper()
	seen := map[string]id.ID{}
	for _, s := range r.alive() {
		if other, twice := seen[s.OpenID]; twice {
			r.Errorf("%s has the live sessions %s and %s", s.OpenID, other, s.SessionID)
		}
		seen[s.OpenID] = s.SessionID
		if queueing := desk.State(s.State) == desk.Queueing; queueing != (s.UID == nil) {
			r.Errorf("session %s is in state %d and of agent %v", s.SessionID, s.State, s.UID)
		}
	}
	roster, err := r.store.Of(r.company).AgentsOfCompany(r.Context(), r.company)
	if err != nil {
		r.Fatal(err)
	}
	for _, a := range roster {
		n := r.count(&a.UID)
		if int(a.Load) != n {
			r.Errorf("agent %d counts %d sessions and has %d", a.UID, a.Load, n)
		}
		if a.UID >= first && n > capacity && !r.givenByHand(a.UID) {
			r.Errorf("agent %d has %d sessions of %d, and nobody's hand gave them", a.UID, n, capacity)
		}
	}
}

// givenByHand says whether a session that the agent has was transferred to them, which is recorded.
func (r *room) givenByHand(uid int64) bool {
	r.Helper()
	for _, s := range r.alive() {
		if s.UID == nil || *s.UID != uid {
			continue
		}
		_, session, err := r.desk.Session(r.Context(), r.company, s.SessionID)
		if err != nil {
			r.Fatal(err)
		}
		decisions, err := r.desk.Decisions(r.Context(), session, 100)
		if err != nil {
			r.Fatal(err)
		}
		for _, d := range decisions {
			if d.Act == "transferred" && d.UID != nil && *d.UID == uid {
				return true
			}
		}
	}
	return false
}
