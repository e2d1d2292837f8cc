package desk_test

import (
	"fmt"
	"slices"
	"testing"

	"weir/internal/desk"
	"weir/internal/store"
)

// crowd makes a company of so many agents with seats that not all of them are looked at; the first half is in the group 大组.
func (r *room) crowd(n int, strategy string) (group int64) {
	r.Helper()
	err := r.store.Tx(r.Context(), r.company, func(q *store.Queries) error {
		var members []int64
		for i := range n {
			uid := int64(9000 + i)
			if err := q.AgentPut(r.Context(), store.AgentPutParams{CompanyID: r.company, UID: uid, Name: fmt.Sprint("客服", i), Role: "agent", Email: fmt.Sprintf("%d@%s.example", uid, r.company), Password: "x", Capacity: 2}); err != nil {
				return err
			}
			if _, err := q.SeatPut(r.Context(), store.SeatPutParams{CompanyID: r.company, AppID: appid, UID: uid}); err != nil {
				return err
			}
			if i < n/2 {
				members = append(members, uid)
			}
		}
		slices.Reverse(members)
		var err error
		if group, err = q.GroupPut(r.Context(), store.GroupPutParams{CompanyID: r.company, Name: "大组", Strategy: strategy}); err != nil {
			return err
		}
		if err := q.GroupMembersSet(r.Context(), store.GroupMembersSetParams{CompanyID: r.company, GroupID: group, UIDs: members}); err != nil {
			return err
		}
		if err := q.RulePut(r.Context(), store.RulePutParams{CompanyID: r.company, Name: "大", Kind: "exact", Keywords: []string{"大"}, Reply: desk.PiecesJSON(desk.Texts()), AssignGroupID: &group, Priority: 1}); err != nil {
			return err
		}
		return q.CompanyTouch(r.Context(), r.company)
	})
	if err != nil {
		r.Fatal(err)
	}
	return group
}

func TestInALargeCompanyTheFirstOfAnIndexAreAsked(t *testing.T) {
	for strategy, want := range map[string]int64{desk.InOrder: 9049, desk.LeastBusy: 9000, desk.RoundRobin: 9000, desk.LongestIdle: 9000} {
		t.Run(strategy, func(t *testing.T) {
			r := newRoom(t)
			r.crowd(100, strategy)
			for i := range 100 {
				r.online(int64(9000 + i))
			}
			r.receive(r.text("a", "大"))
			r.until("the session has an agent", func() bool { return r.live("a").UID != nil })
			if got := *r.live("a").UID; got != want {
				t.Errorf("%d has it, want %d", got, want)
			}
			ds, err := r.store.Of(r.company).DecisionsOfSession(t.Context(), store.DecisionsOfSessionParams{CompanyID: r.company, SessionID: r.live("a").SessionID, Max: 10})
			if err != nil {
				t.Fatal(err)
			}
			if same, err := desk.Replay(ds[0].Reason); !same || err != nil {
				t.Errorf("the decision is made otherwise again: %s %v", ds[0].Reason, err)
			}
			if len(ds[0].Reason) > 8000 {
				t.Errorf("the reason takes %d bytes", len(ds[0].Reason))
			}
		})
	}
}

func TestALargeCompanyFillsEveryPlaceAndNotOneMore(t *testing.T) {
	r := newRoom(t)
	r.crowd(80, desk.LeastBusy)
	for i := range 170 {
		r.receive(r.text(fmt.Sprint("c", i), "在吗"))
	}
	for i := range 80 {
		r.online(int64(9000 + i))
	}
	count := func(state desk.State) int {
		n, err := r.store.Of(r.company).SessionsPage(t.Context(), store.SessionsPageParams{CompanyID: r.company, State: new(int16(state)), Max: 500})
		if err != nil {
			t.Fatal(err)
		}
		return len(n)
	}
	r.until("160 places are taken", func() bool { return count(desk.Waiting) == 160 })
	if n := count(desk.Queueing); n != 10 {
		t.Errorf("%d queue", n)
	}
	agents, err := r.store.Of(r.company).AgentsOfCompany(t.Context(), r.company)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range agents {
		if a.Load > a.Capacity {
			t.Errorf("%s has %d sessions", a.Name, a.Load)
		}
	}
}

func TestASessionThatNobodyCanHaveKeepsWhy(t *testing.T) {
	r := newRoom(t)
	r.receive(r.text("a", "在吗"))
	var ds []store.Decision
	r.until("a decision is kept", func() bool {
		var err error
		if ds, err = r.store.Of(r.company).DecisionsOfSession(t.Context(), store.DecisionsOfSessionParams{CompanyID: r.company, SessionID: r.live("a").SessionID, Max: 10}); err != nil {
			t.Fatal(err)
		}
		return len(ds) == 1
	})
	if ds[0].Act != "queued" || ds[0].UID != nil {
		t.Errorf("kept: %+v", ds[0])
	}
	if same, err := desk.Replay(ds[0].Reason); !same || err != nil {
		t.Errorf("the decision is made otherwise again: %s %v", ds[0].Reason, err)
	}
}
