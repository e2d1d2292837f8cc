package desk_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/store"
)

// still is a room in which nothing is given out but when a test says so.
func newStill(t *testing.T) *clocked {
	t.Helper()
	r := newClocked(t, "")
	if err := r.sql("UPDATE companies SET version = version + 1, distribution = 'average'", true); err != nil {
		t.Fatal(err)
	}
	return r
}

// line puts so many sessions into the queue, one a second; the first has queued for an hour.
func (r *clocked) line(n int) {
	r.Helper()
	for _, sql := range []string{
		`INSERT INTO customers (company_id, appid, openid, first_at, heard_at) SELECT $1, $2, 'q' || n, now(), now() FROM generate_series(1, $3::int) n`,
		`INSERT INTO sessions (company_id, session_id, appid, openid, state, type, created_at, queued_at, oldest_at, last_at, rank)
			SELECT company_id, gen_random_uuid(), appid, openid, 3, 'other', at, at, at, at, (extract(epoch FROM at) * 1000)::bigint
			FROM (SELECT *, $2::timestamptz - interval '1 h' + substr(openid, 2)::int * interval '1 s' AS at FROM customers WHERE company_id = $1 AND openid LIKE 'q%') c`,
	} {
		args := []any{r.company, appid, n}
		if sql[12:20] == "sessions" {
			args = []any{r.company, r.hands.now()}
		}
		if err := r.sql(sql, true, args...); err != nil {
			r.Fatal(err)
		}
	}
}

func (r *clocked) places(uid int64, n int) {
	r.Helper()
	if err := r.sql("UPDATE agents SET capacity = $1 WHERE uid = $2", true, n, uid); err != nil {
		r.Fatal(err)
	}
}

func TestANewSessionDoesNotOvertakeAnOlderOne(t *testing.T) {
	for _, tc := range []struct {
		name string
		wake func(r *clocked, fresh id.ID) desk.Woken
	}{
		{"it came as the place became free", func(_ *clocked, s id.ID) desk.Woken {
			return desk.Woken{Sessions: []id.ID{s}, Agents: []int64{yu}}
		}},
		{"another process knows of the free place", func(_ *clocked, s id.ID) desk.Woken { return desk.Woken{Sessions: []id.ID{s}} }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := newStill(t)
			r.places(yu, 1)
			r.places(ming, 0)
			r.line(3)
			r.be(yu, desk.Online)
			fresh := r.enters("new")
			if err := r.desk.GiveOutWoken(t.Context(), r.company, tc.wake(r, fresh)); err != nil {
				t.Fatal(err)
			}
			if !r.live("q1").Of(yu) {
				t.Errorf("the oldest is in state %d, the new one of %v", r.live("q1").State, r.live("new").UID)
			}
			if !r.live("new").In(desk.Queueing) {
				t.Error("the new one overtook older ones")
			}
		})
	}
}

// Two hear of new sessions while one place after another becomes free: whoever gives, gives the oldest.
func TestTwoProcessesKeepTheOrder(t *testing.T) {
	r := newStill(t)
	r.places(yu, 1)
	r.places(ming, 0)
	r.line(20)
	r.be(yu, desk.Online)
	other := r.process()
	for n := 1; n <= 20; n++ {
		fresh := r.enters(fmt.Sprint("new", n))
		done := make(chan error, 2)
		go func() {
			done <- r.desk.GiveOutWoken(context.Background(), r.company, desk.Woken{Sessions: []id.ID{fresh}})
		}()
		go func() {
			done <- other.GiveOutWoken(context.Background(), r.company, desk.Woken{Agents: []int64{yu}})
		}()
		for range 2 {
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
		s := r.live(fmt.Sprint("q", n))
		if !s.Of(yu) {
			t.Fatalf("the %d. in the queue is in state %d", n, s.State)
		}
		if err := r.desk.Close(t.Context(), desk.Agent{Company: r.company}, s.SessionID); err != nil {
			t.Fatal(err)
		}
	}
}

// A session whose customer is just being heard is waited for a moment, and not for ever.
func TestWhoIsBeingHeardKeepsTheirPlaceForAMoment(t *testing.T) {
	r := newStill(t)
	r.places(yu, 1)
	r.places(ming, 0)
	r.line(2)
	r.be(yu, desk.Online)
	err := pgx.BeginFunc(t.Context(), r.conn(), func(tx pgx.Tx) error {
		for _, sql := range []string{"SELECT set_config('app.company_id', '" + r.company.String() + "', true)", "SELECT FROM customers WHERE openid = 'q1' FOR UPDATE"} {
			if _, err := tx.Exec(t.Context(), sql); err != nil {
				return err
			}
		}
		if err := r.desk.GiveOutWoken(t.Context(), r.company, desk.Woken{Agents: []int64{yu}}); err != nil {
			return err
		}
		if !r.live("q2").In(desk.Queueing) {
			t.Error("the second overtook the first, who was being heard")
		}
		if err := r.desk.GiveOutWoken(t.Context(), r.company, desk.Woken{Agents: []int64{yu}, Impatient: true}); err != nil {
			return err
		}
		if !r.live("q2").Of(yu) {
			t.Error("one customer who cannot be locked holds the whole queue up")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestOneFreePlaceCostsOneRoundHoweverLongTheQueue(t *testing.T) {
	r := newStill(t)
	r.places(yu, 1)
	r.line(1000)
	counts := prometheus.NewRegistry()
	r.desk = desk.New(desk.Options{Store: r.store, Effects: r.effects, Clock: r.hands.now, Metrics: desk.NewMetrics(counts)})
	r.be(yu, desk.Online)
	rounds := func() float64 {
		all, err := counts.Gather()
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range all {
			if m.GetName() == "weir_dispatch_rounds_total" {
				return m.GetMetric()[0].GetCounter().GetValue()
			}
		}
		t.Fatal("rounds are not counted")
		return 0
	}
	for n := 1; n <= 3; n++ {
		before := rounds()
		if err := r.desk.GiveOutWoken(t.Context(), r.company, desk.Woken{Agents: []int64{yu}}); err != nil {
			t.Fatal(err)
		}
		s := r.live(fmt.Sprint("q", n))
		if got := rounds() - before; got != 1 || !s.Of(yu) {
			t.Errorf("%v rounds, and the first in the queue is in state %d", got, s.State)
		}
		before = rounds()
		if err := r.desk.GiveOutWoken(t.Context(), r.company, desk.Woken{Agents: []int64{yu, ming}}); err != nil { // there is no place
			t.Fatal(err)
		}
		if got := rounds() - before; got != 0 {
			t.Errorf("%v rounds for agents who can take nothing", got)
		}
		if err := r.desk.Close(t.Context(), desk.Agent{Company: r.company}, s.SessionID); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWhatIsBehindThousandsThatNobodyAskedMayHaveIsFound(t *testing.T) {
	r := newStill(t)
	r.places(yu, 1)
	r.places(ming, 1)
	r.line(5000) // all given back by 小鱼, but for the last
	if err := r.sql("UPDATE sessions SET left_uid = 8082 WHERE openid <> 'q5000'", true); err != nil {
		t.Fatal(err)
	}
	if err := r.sql("UPDATE agents SET presence = 'offline' WHERE uid = 8083", true); err != nil {
		t.Fatal(err)
	}
	r.be(yu, desk.Online)
	if err := r.desk.GiveOutWoken(t.Context(), r.company, desk.Woken{Agents: []int64{yu, ming}}); err != nil {
		t.Fatal(err)
	}
	if !r.live("q5000").Of(yu) {
		t.Error("it was not found")
	}
}

func TestWhyItQueuesIsKeptOnceForTheSameQuestion(t *testing.T) {
	r := newStill(t)
	s := r.enters("a")
	ask := func() (n int) {
		t.Helper()
		if err := r.desk.GiveOutWoken(t.Context(), r.company, desk.Woken{Sessions: []id.ID{s}}); err != nil {
			t.Fatal(err)
		}
		return len(r.acts(r.live("a")))
	}
	if n := ask(); n != 1 {
		t.Fatalf("%d decisions", n)
	}
	if n := ask(); n != 1 {
		t.Fatalf("%d decisions after the same was asked again", n)
	}
	r.ok(r.desk.ChangeCustomer(t.Context(), r.company, appid, "a", desk.CustomerChange{Exclusive: new(ming)}))
	if n := ask(); n != 2 {
		t.Fatalf("%d decisions after the session became another's", n)
	}
}

// A company whose turn takes long, or that cannot be read, holds no other up.
func TestACompanyThatIsStuckHoldsNoOtherUp(t *testing.T) {
	r := newHouse(t)
	second := id.New()
	r.furnish(second, "wx0000000000000002")
	r.desk = r.open()
	stuck := r.company
	err := pgx.BeginFunc(t.Context(), r.conn(), func(tx pgx.Tx) error {
		for _, sql := range []string{"SELECT set_config('app.company_id', '" + stuck.String() + "', true)", "SELECT FROM agents FOR UPDATE"} {
			if _, err := tx.Exec(t.Context(), sql); err != nil {
				return err
			}
		}
		r.receive(r.text("a", "在吗"))
		r.until("the first company's turn waits", r.blocked)
		r.company = second
		r.online(yu)
		a := r.text("b", "在吗")
		a.AppID = "wx0000000000000002"
		r.receive(a)
		r.until("the second company's session is given out", func() bool {
			row, err := r.store.Of(second).SessionLiveOf(t.Context(), store.SessionLiveOfParams{CompanyID: second, AppID: a.AppID, OpenID: "b"})
			return err == nil && row.UID != nil
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// enters has a customer's session come into the queue, and nobody told.
func (r *clocked) enters(openid string) id.ID {
	r.Helper()
	s, at := id.New(), r.hands.now()
	for _, x := range []struct {
		sql  string
		args []any
	}{
		{`INSERT INTO customers (company_id, appid, openid, first_at, heard_at) VALUES ($1, $2, $3, $4, $4)`, []any{r.company, appid, openid, at}},
		{`INSERT INTO sessions (company_id, session_id, appid, openid, state, type, created_at, queued_at, oldest_at, last_at, rank) VALUES ($1, $2, $3, $4, 3, 'other', $5, $5, $5, $5, $6)`,
			[]any{r.company, s, appid, openid, at, at.UnixMilli()}},
	} {
		if err := r.sql(x.sql, true, x.args...); err != nil {
			r.Fatal(err)
		}
	}
	r.hands.move(time.Second)
	return s
}

// explain says how PostgreSQL would do a statement of queries/, with these values in it, for the room's company.
func (r *room) explain(file, name string, values map[string]string) string {
	r.Helper()
	text, err := os.ReadFile("../../queries/" + file + ".sql")
	if err != nil {
		r.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "-- name: "+name+" ")
	_, rest, _ = strings.Cut(rest, "\n")
	sql, _, _ := strings.Cut(rest, "\n-- name: ")
	if !found {
		r.Fatalf("there is no statement %s", name)
	}
	for _, v := range slices.Backward(slices.Sorted(maps.Keys(values))) { // a longer name before what it begins with
		sql = strings.ReplaceAll(sql, "@"+v, values[v])
	}
	var plan strings.Builder
	err = pgx.BeginFunc(r.Context(), r.conn(), func(tx pgx.Tx) error {
		if _, err := tx.Exec(r.Context(), "SELECT set_config('app.company_id', $1, true)", r.company.String()); err != nil {
			return err
		}
		rows, err := tx.Query(r.Context(), "EXPLAIN "+sql)
		if err != nil {
			return err
		}
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		plan.WriteString(strings.Join(lines, "\n"))
		return err
	})
	if err != nil {
		r.Fatalf("%s: %v", name, err)
	}
	return plan.String()
}

func TestQueuesAreReadFromTheFrontOfAnIndex(t *testing.T) {
	r := newStill(t)
	r.line(5000)
	if _, err := r.conn().Exec(t.Context(), "ANALYZE sessions, customers, agents, seats"); err != nil {
		t.Fatal(err)
	}
	company := "'" + r.company.String() + "'::uuid"
	for name, values := range map[string]map[string]string{
		"SessionsQueueing": {"company_id": company, "group_appids": "ARRAY['" + appid + "']", "group_ids": "ARRAY[1]", "home_appids": "ARRAY['" + appid + "']", "home_group_ids": "ARRAY[1]", "now_group_ids": "ARRAY[0]",
			"appids": "ARRAY['" + appid + "']", "uids": "ARRAY[8082]", "gave_back": "8082", "now": "now()", "but": "'{}'", "after_rank": "0", "after_id": company, "max": "1"},
		"CompaniesQueueing": {"company_ids": "ARRAY[" + company + "]"},
	} {
		t.Run(name, func(t *testing.T) {
			plan := r.explain("sessions", name, values)
			if strings.Contains(plan, "Seq Scan on sessions") || !strings.Contains(plan, "sessions_queue") {
				t.Errorf("the plan is\n%s", plan)
			}
		})
	}
}

func TestACallbackDoesNotWaitForWhoGivesOutTheQueue(t *testing.T) {
	r := newRoom(t)
	err := r.store.Tx(t.Context(), r.company, func(q *store.Queries) error {
		if _, err := q.AgentsLock(t.Context(), r.company); err != nil {
			return err
		}
		ctx, stop := context.WithTimeout(t.Context(), 3*time.Second)
		defer stop()
		a := r.text("a", "")
		a.Type, a.Event, a.EventKey = 0, "click", fmt.Sprintf("kf_user_%d", yu) // the session's row points at the agent's
		_, err := r.desk.Receive(ctx, a)
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// A company that cannot be read keeps no other from being looked after.
func TestTheSweepGoesOnBehindACompanyThatCannotBeRead(t *testing.T) {
	r := newStill(t)
	broken := r.company
	r.enters("o1")
	healthy := id.New()
	r.furnish(healthy, "wx0000000000000002")
	for _, company := range []id.ID{healthy, broken} {
		r.company = company
		r.ok(r.sql("UPDATE agents SET presence = 'online' WHERE uid = 8082", true)) // though no page of theirs is open
	}
	r.ok(r.sql(`UPDATE companies SET version = version + 1, notice_texts = '[1]'`, true))
	if _, err := r.desk.Company(t.Context(), broken); err == nil {
		t.Fatal("it can be read: this test would mean nothing")
	}
	r.company = healthy
	r.ok(r.desk.Sweep(t.Context()))
	if got := r.presence(yu); got != desk.Offline {
		t.Errorf("whose page is gone is %s", got)
	}
	if !r.desk.Woken(broken) { // its queue is looked at again when it can be read
		t.Error("nobody looks at the queue")
	}
}

// Of two groups whose members may have a session, each is asked in its own order, the one after the other.
func TestInALargeCompanyTheOrderOfEachGroupHolds(t *testing.T) {
	r := newStill(t)
	home := r.crowd(100, desk.InOrder) // 9049 first
	var next int64
	r.ok(r.store.Tx(t.Context(), r.company, func(q *store.Queries) (err error) {
		if next, err = q.GroupPut(t.Context(), store.GroupPutParams{CompanyID: r.company, Name: "后援", Strategy: desk.InOrder}); err != nil {
			return err
		}
		if err := q.GroupMembersSet(t.Context(), store.GroupMembersSetParams{CompanyID: r.company, GroupID: next, UIDs: []int64{9090, 9080, 9070}}); err != nil {
			return err
		}
		return q.CompanyTouch(t.Context(), r.company)
	}))
	r.ok(r.sql("UPDATE agents SET presence = 'online' WHERE uid >= 9000", true))
	for i, want := range []int64{9090, 9090, 9080, 9080, 9070, 9070, 9049} { // each has two places
		s := r.enters(fmt.Sprint("o", i))
		r.ok(r.sql("UPDATE sessions SET type = 'group', group_id = $1, home_group_id = $2 WHERE session_id = $3", true, next, home, s))
		r.ok(r.desk.GiveOutWoken(t.Context(), r.company, desk.Woken{Sessions: []id.ID{s}}))
		if got := r.live(fmt.Sprint("o", i)).UID; got == nil || *got != want {
			t.Errorf("the %d. is of %v, want %d", i+1, got, want)
		}
	}
}
