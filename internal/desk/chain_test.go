package desk_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/store"
)

// chain makes the groups 甲 (小鱼), 乙 (阿明) and 丙 (小红), each of which overflows to the next after a minute, the last to anybody; 主管 is in
// none.
func (r *clocked) chain() (first int64) {
	r.Helper()
	r.staff()
	err := r.store.Tx(r.Context(), r.company, func(q *store.Queries) error {
		if _, err := q.SeatPut(r.Context(), store.SeatPutParams{CompanyID: r.company, AppID: appid, UID: hong}); err != nil {
			return err
		}
		for name, uid := range map[string]int64{"甲": yu, "乙": ming, "丙": hong} {
			g, err := q.GroupPut(r.Context(), store.GroupPutParams{CompanyID: r.company, Name: name, Strategy: "least_busy"})
			if err != nil {
				return err
			}
			if name == "甲" {
				first = g
			}
			if err := q.GroupMembersSet(r.Context(), store.GroupMembersSetParams{CompanyID: r.company, GroupID: g, UIDs: []int64{uid}}); err != nil {
				return err
			}
		}
		return q.CompanyTouch(r.Context(), r.company)
	})
	r.ok(err)
	r.ok(r.sql(`UPDATE groups g SET overflow_after = 60, overflow_group_id = (SELECT group_id FROM groups n WHERE n.company_id = g.company_id AND (g.name, n.name) IN (('甲', '乙'), ('乙', '丙')))
		WHERE name IN ('甲', '乙', '丙')`, true))
	return first
}

// A session for a group goes to the next when nobody took it for a minute, and at last to anybody; whom it came past may still take
// it.
func TestTheChainOfGroups(t *testing.T) {
	for _, tc := range []struct {
		name  string
		able  int64         // who comes online
		comes time.Duration // when
		gets  time.Duration // when the session is theirs
	}{
		{"one of the group", yu, 0, 0},
		{"one of the next group", ming, 0, time.Minute},
		{"one of the last group", hong, 0, 2 * time.Minute},
		{"anybody", boss, 0, 3 * time.Minute},
		{"one of the group, when it has gone on", yu, 130 * time.Second, 130 * time.Second},
		{"one of the group that it went through", ming, 130 * time.Second, 130 * time.Second},
		{"one of the group that it went through, when it is for anybody", ming, 200 * time.Second, 200 * time.Second},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := newStill(t)
			group := r.chain()
			began := r.hands.now()
			s := r.enters("o1")
			r.ok(r.sql("UPDATE sessions SET type = 'group', group_id = $1, due_at = queued_at", true, group))
			look := func(at time.Duration) {
				t.Helper()
				r.hands.move(at - r.hands.now().Sub(began))
				r.tick(r.desk)
				if at >= tc.comes {
					r.be(tc.able, desk.Online)
				}
				r.ok(r.desk.GiveOut(t.Context(), r.company))
			}
			for _, at := range []time.Duration{0, 59 * time.Second, time.Minute, 119 * time.Second, 2 * time.Minute, 130 * time.Second, 179 * time.Second, 3 * time.Minute, 200 * time.Second} {
				if look(at); at == tc.gets {
					break
				} else if r.live("o1").UID != nil {
					t.Fatalf("after %v it is of %d", at, *r.live("o1").UID)
				}
			}
			if !r.live("o1").Of(tc.able) {
				t.Fatalf("after %v it is in state %d; decided %v", tc.gets, r.live("o1").State, r.acts(r.live("o1")))
			}
			ds, err := r.desk.DecisionsAfter(t.Context(), r.live("o1"), id.ID{}, 10)
			r.ok(err)
			if same, err := desk.Replay(ds[len(ds)-1].Reason); !same || err != nil {
				t.Errorf("the decision is made otherwise again: %v", err)
			}
			if s != r.live("o1").SessionID {
				t.Error("it is another session")
			}
		})
	}
}

func TestInAGrabModeWhoWasPassedByMayTakeByHand(t *testing.T) {
	r := newClocked(t, "")
	group := r.chain()
	s := r.enters("o1")
	r.ok(r.sql("UPDATE sessions SET type = 'group', group_id = $1, due_at = queued_at", true, group))
	sees := func(uid int64) int {
		t.Helper()
		l, err := r.desk.Lists(t.Context(), r.agent(uid))
		r.ok(err)
		return len(l.Queue)
	}
	if sees(yu) != 1 || sees(ming) != 0 {
		t.Error("the queue is not that of the group")
	}
	r.after(2 * time.Minute)
	if sees(yu) != 1 || sees(ming) != 1 || sees(hong) != 1 || sees(boss) != 0 {
		t.Error("the queue is not that of the groups of the chain")
	}
	r.refused(r.desk.Accept(t.Context(), r.agent(boss), s), "session.other-group")
	r.ok(r.desk.Accept(t.Context(), r.agent(ming), s))
}

// The ways of choosing, over the rows of a small company of whom all are looked at.
func TestEachWayOfChoosingOverRows(t *testing.T) {
	for strategy, want := range map[string]int64{desk.LeastBusy: 9002, desk.RoundRobin: 9000, desk.LongestIdle: 9001, desk.InOrder: 9003} {
		t.Run(strategy, func(t *testing.T) {
			r := newStill(t)
			group := r.crowd(8, strategy)
			r.ok(r.sql(`UPDATE agents a SET presence = 'online', load = k.load, last_assigned_at = $1::timestamptz - k.assigned * interval '1 min', busy_at = $1::timestamptz - k.busy * interval '1 min'
				FROM (VALUES (9000, 1, 9, 4), (9001, 1, 3, 9), (9002, 0, 1, 3), (9003, 1, 2, 2)) AS k (uid, load, assigned, busy) WHERE a.uid = k.uid`, true, r.hands.now()))
			s := r.enters("o1")
			r.ok(r.sql("UPDATE sessions SET type = 'group', group_id = $1", true, group))
			r.ok(r.desk.GiveOutWoken(t.Context(), r.company, desk.Woken{Sessions: []id.ID{s}}))
			if got := r.live("o1").UID; got == nil || *got != want {
				t.Errorf("%v has it, want %d", got, want)
			}
		})
	}
}

// However a company came to be another (a settings page, a file, SQL), whoever notices has its queue looked at.
func TestAChangedCompanyHasItsQueueGivenOut(t *testing.T) {
	r := newStill(t)
	_, err := r.desk.Company(t.Context(), r.company)
	r.ok(err)
	if r.desk.Woken(r.company) {
		t.Fatal("it was only read")
	}
	r.ok(r.sql("UPDATE companies SET version = version + 1", true))
	_, err = r.desk.Company(t.Context(), r.company)
	r.ok(err)
	if !r.desk.Woken(r.company) {
		t.Error("nobody looks at its queue")
	}
}

func TestOnlyWhatATimeIsAboutIsLookedAtAnew(t *testing.T) {
	for column, want := range map[string][3]bool{ // agents, sessions, customers
		"idle_timeout": {false, true, false}, "exclusive_wait": {false, true, false}, "grace": {true, false, false}, "reclaim_after": {false, false, true}, "timezone": {false, true, false},
	} {
		t.Run(column, func(t *testing.T) {
			r := newStill(t)
			r.line(900) // more than one batch
			far := r.hands.now().Add(1000 * time.Hour)
			for _, sql := range []string{"UPDATE sessions SET due_at = $1", "UPDATE customers SET exclusive_uid = 8082", "UPDATE customers SET reclaim_at = $1", "UPDATE agents SET due_at = $1"} {
				if sql == "UPDATE customers SET exclusive_uid = 8082" {
					r.ok(r.sql(sql, true))
					continue
				}
				r.ok(r.sql(sql, true, far))
			}
			value := column + " + 1"
			if column == "timezone" {
				value = "'Europe/Berlin'"
			}
			r.ok(r.sql("UPDATE companies SET version = version + 1, "+column+" = "+value, true))
			r.ok(r.desk.Retime(t.Context(), r.company))
			var still [3]int
			var retime bool
			conn := r.conn()
			for i, sql := range []string{"SELECT count(*) FROM agents WHERE company_id = $2 AND due_at = $1", "SELECT count(*) FROM sessions WHERE company_id = $2 AND due_at = $1", "SELECT count(*) FROM customers WHERE company_id = $2 AND reclaim_at = $1"} {
				r.ok(r.ask(conn, sql, &still[i], far, r.company))
			}
			r.ok(r.ask(conn, "SELECT retime FROM companies WHERE company_id = $1", &retime, r.company))
			for i, all := range [3]int{2, 900, 900} {
				left := all
				if want[i] {
					left = 0
				}
				if still[i] != left {
					t.Errorf("of kind %d, %d of %d were left alone, want %d", i, still[i], all, left)
				}
			}
			if retime {
				t.Error("it would be done again")
			}
		})
	}
}

func TestATimeChangedAgainMeanwhileIsReckonedAgain(t *testing.T) {
	r := newStill(t)
	r.line(2000) // more than one turn
	r.ok(r.sql("UPDATE companies SET version = version + 1, idle_timeout = 60", true))
	r.ok(r.desk.Retime(t.Context(), r.company))
	r.ok(r.sql("UPDATE companies SET version = version + 1, queue_timeout = 1", true))
	r.hands.move(2 * time.Hour)
	r.tick(r.desk)
	var live int
	r.ok(r.ask(r.conn(), "SELECT count(*) FROM sessions WHERE company_id = $1 AND state >= 0", &live, r.company))
	if live != 0 {
		t.Errorf("%d sessions outlived the shorter time", live)
	}
}

// ask reads one value as the schema's owner, in the company.
func (r *room) ask(conn *pgx.Conn, sql string, into any, args ...any) error {
	return pgx.BeginFunc(r.Context(), conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(r.Context(), "SELECT set_config('app.company_id', $1, true)", r.company.String()); err != nil {
			return err
		}
		return tx.QueryRow(r.Context(), sql, args...).Scan(into)
	})
}
