package desk_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/store"
)

// hands are a clock that a test moves.
type hands struct {
	mu sync.Mutex
	at time.Time
}

func (h *hands) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

func (h *hands) move(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = h.at.Add(d)
}

// clocked is a room whose desks go by a clock of the test's, and do nothing by themselves; queues are not given out.
type clocked struct {
	*room
	hands *hands
}

func newClocked(t *testing.T, settings string) *clocked {
	t.Helper()
	r := &clocked{newHouse(t), &hands{at: time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC)}}
	if settings != "" {
		settings = ", " + settings
	}
	if err := r.sql("UPDATE companies SET version = version + 1, distribution = 'grab'"+settings, true); err != nil {
		t.Fatal(err)
	}
	r.desk = r.process()
	return r
}

// process is a desk of its own on the room's database.
func (r *clocked) process() *desk.Desk {
	d := desk.New(desk.Options{Store: r.store, Effects: r.effects, Clock: r.hands.now})
	if err := d.Open(r.Context()); err != nil {
		r.Fatal(err)
	}
	return d
}

// writes has a customer write: a desk runs for as long as it takes.
func (r *clocked) writes(openid string) *desk.Session {
	r.Helper()
	ctx, stop := context.WithCancel(r.Context())
	d := desk.New(desk.Options{Store: r.store, Effects: r.effects, Clock: r.hands.now})
	done := make(chan struct{})
	go func() { d.Run(ctx); close(done) }()
	a := r.text(openid, "在吗")
	a.At = r.hands.now().Truncate(time.Second)
	if _, err := d.Receive(ctx, a); err != nil {
		r.Fatal(err)
	}
	stop()
	<-done
	return r.live(openid)
}

// tick has a desk do what is due, until nothing is.
func (r *clocked) tick(d *desk.Desk) {
	r.Helper()
	for range 100 {
		next, err := d.KeepTime(r.Context())
		if err != nil {
			r.Fatal(err)
		}
		if next.After(r.hands.now()) {
			return
		}
	}
	r.Fatal("it is always something due")
}

func (r *clocked) after(d time.Duration) {
	r.Helper()
	r.hands.move(d)
	r.tick(r.desk)
}

// given has the session given to an agent by hand: the queue is not given out in these rooms.
func (r *clocked) given(s *desk.Session, uid int64, open bool) {
	r.Helper()
	err := r.desk.Transfer(r.Context(), desk.Agent{Company: r.company}, s.SessionID, desk.Destination{UID: uid})
	if err == nil && open {
		err = r.desk.Accept(r.Context(), r.agent(uid), s.SessionID)
	}
	if err != nil {
		r.Fatal(err)
	}
}

func (r *clocked) session(s *desk.Session) *desk.Session {
	r.Helper()
	row, err := r.store.Of(r.company).SessionGet(r.Context(), store.SessionGetParams{CompanyID: r.company, SessionID: s.SessionID})
	if err != nil {
		r.Fatal(err)
	}
	return &desk.Session{Session: row}
}

func (r *clocked) presence(uid int64) string {
	r.Helper()
	all, err := r.desk.Presence(r.Context(), r.company)
	if err != nil {
		r.Fatal(err)
	}
	return all[uid]
}

// acts are the session's decisions, the first first.
func (r *clocked) acts(s *desk.Session) (out []string) {
	r.Helper()
	ds, err := r.desk.DecisionsAfter(r.Context(), s, id.ID{}, 100)
	if err != nil {
		r.Fatal(err)
	}
	for _, d := range ds {
		out = append(out, d.Act)
	}
	return out
}

func (r *clocked) be(uid int64, status string) {
	r.Helper()
	if err := r.desk.SetPresence(r.Context(), r.company, uid, status); err != nil {
		r.Fatal(err)
	}
}

func TestEachTimeoutComesToItsStateAtItsTimeAndNotBefore(t *testing.T) {
	for _, tc := range []struct {
		name  string
		place func(*clocked, *desk.Session)
		after time.Duration
		state desk.State
		act   desk.Act
	}{
		{"nobody received it", func(*clocked, *desk.Session) {}, 48 * time.Hour, desk.NobodyReceived, desk.ActTimeOutQueue},
		{"an agent did not take it", func(r *clocked, s *desk.Session) { r.given(s, yu, false) }, 24 * time.Hour, desk.ReceptionTimeout, desk.ActTimeOutReceive},
		{"nobody said anything more", func(r *clocked, s *desk.Session) { r.given(s, yu, true) }, 48*time.Hour + time.Second, desk.Closed, desk.ActTimeOutIdle},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := newClocked(t, "")
			r.be(yu, desk.Online)
			s := r.writes("o1")
			tc.place(r, s)
			r.after(tc.after - time.Second - time.Millisecond)
			if now := r.session(s); !desk.State(now.State).Live() {
				t.Fatalf("too early: %d", now.State)
			}
			r.after(time.Second + time.Millisecond)
			now, acts := r.session(s), r.acts(s)
			if desk.State(now.State) != tc.state || now.DueAt != nil || acts[len(acts)-1] != string(tc.act) {
				t.Fatalf("state %d, due %v, decided %v", now.State, now.DueAt, acts)
			}
		})
	}
}

func TestAMessageInAConversationPutsItsEndOff(t *testing.T) {
	r := newClocked(t, "idle_timeout = 60")
	r.be(yu, desk.Online)
	s := r.writes("o1")
	r.given(s, yu, true)
	for range 3 {
		r.after(50 * time.Second)
		r.writes("o1")
	}
	if !r.session(s).In(desk.Conversing) {
		t.Fatal("it was ended while the customer wrote")
	}
	r.after(62 * time.Second)
	if !r.session(s).In(desk.Closed) {
		t.Fatal("it was not ended")
	}
}

func TestWhatIsDueIsDoneOnceByTwoProcesses(t *testing.T) {
	r := newClocked(t, "queue_timeout = 1")
	var all []*desk.Session
	for i := range 100 {
		all = append(all, r.writes(fmt.Sprint("o", i)))
	}
	r.hands.move(2 * time.Second)
	other := r.process()
	var wg sync.WaitGroup
	for _, d := range []*desk.Desk{r.desk, other, r.desk, other} {
		wg.Go(func() {
			for range 20 {
				if _, err := d.KeepTime(r.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for _, s := range all {
		if now, acts := r.session(s), r.acts(s); !now.In(desk.NobodyReceived) || len(acts) != 1 {
			t.Fatalf("state %d, decided %v", now.State, acts)
		}
	}
}

func TestWhoGoesOfflineGivesBackWhatWaitsAtOnceAndWhatIsOpenAfterTheGrace(t *testing.T) {
	r := newClocked(t, "grace = 300")
	r.be(yu, desk.Online)
	waiting, open := r.writes("o1"), r.writes("o2")
	r.given(waiting, yu, false)
	r.given(open, yu, true)
	r.hands.move(time.Minute)
	r.be(yu, desk.Away)
	r.after(time.Hour)
	if !r.session(waiting).In(desk.Waiting) {
		t.Fatal("an agent who is away lost what waits for them")
	}
	r.be(yu, desk.Offline)
	r.tick(r.desk)
	if now := r.session(waiting); !now.In(desk.Queueing) || !now.QueuedAt.Equal(waiting.QueuedAt) || now.Rank != waiting.Rank || *now.ExclusiveUID != yu || now.Held {
		t.Fatalf("what waited is %+v", now.Session)
	}
	r.after(299 * time.Second)
	if !r.session(open).In(desk.Conversing) {
		t.Fatal("what was open was taken before the grace was over")
	}
	r.after(time.Second)
	if now := r.session(open); !now.In(desk.Queueing) || !now.QueuedAt.Equal(open.QueuedAt) {
		t.Fatalf("what was open is %+v", now.Session)
	}
	for _, s := range []*desk.Session{waiting, open} {
		if acts := r.acts(s); acts[len(acts)-1] != string(desk.ActReturn) {
			t.Fatalf("decided %v", acts)
		}
	}
}

func TestWhoIsBackWithinTheGraceKeepsWhatWasOpen(t *testing.T) {
	r := newClocked(t, "grace = 300")
	r.be(yu, desk.Online)
	s := r.writes("o1")
	r.given(s, yu, true)
	r.be(yu, desk.Offline)
	r.after(200 * time.Second)
	r.be(yu, desk.Online)
	r.after(200 * time.Second)
	if now := r.session(s); !now.In(desk.Conversing) || !now.Of(yu) {
		t.Fatalf("it is %+v", now.Session)
	}
}

func TestAGroupConversationIsPassedToAGuestWhoIsOnline(t *testing.T) {
	r := newClocked(t, "grace = 10")
	r.be(yu, desk.Online)
	r.be(ming, desk.Online)
	s := r.writes("o1")
	r.given(s, yu, true)
	if err := r.desk.Invite(t.Context(), r.agent(yu), s.SessionID, ming); err != nil {
		t.Fatal(err)
	}
	r.be(yu, desk.Offline)
	r.after(0)
	r.after(10 * time.Second)
	if now := r.session(s); !now.In(desk.Conversing) || !now.Of(ming) {
		t.Fatalf("it is %+v", now.Session)
	}
}

func TestAProcessThatDiedTakesItsAgentsOfflineAndTheirSessionsBack(t *testing.T) {
	r := newClocked(t, "grace = 300")
	dying := r.process()
	if err := dying.Connected(t.Context(), r.company, yu); err != nil {
		t.Fatal(err)
	}
	if r.presence(yu) != desk.Online {
		t.Fatal("an open workspace is not online")
	}
	s := r.writes("o1")
	r.given(s, yu, false)
	r.hands.move(desk.Lease + time.Second)
	if err := r.desk.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.tick(r.desk)
	if r.presence(yu) != desk.Offline || !r.session(s).In(desk.Queueing) {
		t.Fatalf("小鱼 is %s, the session is %+v", r.presence(yu), r.session(s).Session)
	}
	// It was only stopped for a while.
	if err := dying.Enter(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := r.desk.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r.presence(yu) != desk.Online {
		t.Fatal("the process is back, and its agents are not")
	}
}

func TestWhoLeavesIsOfflineAfterAMomentAndWhoIsIdleIsAwayUntilTheyAct(t *testing.T) {
	r := newClocked(t, "away_after = 60")
	alive := func() {
		if err := r.desk.Enter(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.desk.Connected(t.Context(), r.company, yu); err != nil {
		t.Fatal(err)
	}
	r.hands.move(30 * time.Second)
	alive()
	if err := r.desk.Active(t.Context(), r.agent(yu)); err != nil {
		t.Fatal(err)
	}
	r.hands.move(59 * time.Second)
	alive()
	if r.tick(r.desk); r.presence(yu) != desk.Online {
		t.Fatalf("who was active is %s", r.presence(yu))
	}
	if r.after(time.Second); r.presence(yu) != desk.Away {
		t.Fatalf("who is idle is %s", r.presence(yu))
	}
	if err := r.desk.Active(t.Context(), r.agent(yu)); err != nil || r.presence(yu) != desk.Online {
		t.Fatalf("who acts is %s, %v", r.presence(yu), err)
	}
	if err := r.desk.Left(t.Context(), r.company, yu); err != nil {
		t.Fatal(err)
	}
	if r.after(desk.Grace - time.Second); r.presence(yu) != desk.Online {
		t.Fatal("a page change took an agent offline")
	}
	if r.after(time.Second); r.presence(yu) != desk.Offline {
		t.Fatalf("who left is %s", r.presence(yu))
	}
}

func TestWhoIsDisabledIsOfflineAndKeepsNothingThatWaits(t *testing.T) {
	r := newClocked(t, "")
	r.be(yu, desk.Online)
	s := r.writes("o1")
	r.given(s, yu, false)
	at := r.hands.now().Format(time.RFC3339Nano)
	if err := r.sql("UPDATE agents SET disabled_at = '"+at+"' WHERE uid = 8082", true); err != nil {
		t.Fatal(err)
	}
	if r.after(0); r.presence(yu) != desk.Offline || !r.session(s).In(desk.Queueing) {
		t.Fatalf("they are %s, the session is %d", r.presence(yu), r.session(s).State)
	}
}

func TestAnExclusiveAgentIsWaitedForAndThenReclaimed(t *testing.T) {
	r := newClocked(t, "exclusive_wait = 60, queue_timeout = 8640000")
	yus := yu
	first := r.writes("o1")
	if err := r.desk.ChangeCustomer(t.Context(), r.company, appid, "o1", desk.CustomerChange{Exclusive: &yus}); err != nil {
		t.Fatal(err)
	}
	if err := r.desk.Close(t.Context(), desk.Agent{Company: r.company}, first.SessionID); err != nil {
		t.Fatal(err)
	}
	s := r.writes("o1")
	if !s.Held {
		t.Fatal("the exclusive agent is not waited for")
	}
	if r.after(59 * time.Second); !r.session(s).Held {
		t.Fatal("not long enough")
	}
	if r.after(time.Second); r.session(s).Held {
		t.Fatal("too long")
	}
	if r.after(10*24*time.Hour - time.Minute - time.Second); r.session(s).ExclusiveUID == nil {
		t.Fatal("reclaimed too early")
	}
	if r.after(time.Second); r.session(s).ExclusiveUID != nil {
		t.Fatal("not reclaimed")
	}
	if c, _, err := r.desk.Customer(t.Context(), r.company, appid, "o1"); err != nil || c.ExclusiveUID != nil || c.ReclaimAt != nil {
		t.Fatalf("the customer is %+v, %v", c, err)
	}
}

func TestATimeMadeShorterHoldsForWhatIsThere(t *testing.T) {
	r := newClocked(t, "")
	s := r.writes("o1")
	r.tick(r.desk)
	r.hands.move(time.Minute)
	if err := r.sql("UPDATE companies SET version = version + 1, queue_timeout = 30", true); err != nil {
		t.Fatal(err)
	}
	if r.tick(r.desk); !r.session(s).In(desk.NobodyReceived) {
		t.Fatalf("state %d", r.session(s).State)
	}
}

func TestWhatIsDueIsFoundThroughItsIndexAmongThousands(t *testing.T) {
	r := newClocked(t, "")
	for _, sql := range []string{
		`INSERT INTO customers (company_id, appid, openid, first_at, heard_at, exclusive_uid) SELECT current_setting('app.company_id')::uuid, '` + appid + `', 'x' || n, now(), now(), 8082 FROM generate_series(1, 5000) n`,
		`INSERT INTO sessions (company_id, session_id, appid, openid, state, type, created_at, queued_at, oldest_at, last_at, due_at)
			SELECT current_setting('app.company_id')::uuid, gen_random_uuid(), '` + appid + `', 'x' || n, 3, 'other', now(), now(), now(), now(), now() + n * interval '1 second' FROM generate_series(1, 5000) n`,
	} {
		if err := r.sql(sql, true); err != nil {
			t.Fatal(err)
		}
	}
	conn := r.conn()
	for _, sql := range []string{"ANALYZE sessions", "ANALYZE customers"} {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	for name, tc := range map[string]struct{ sql, index string }{
		"sessions":  {`SELECT session_id, appid, openid FROM sessions WHERE company_id = '%s' AND due_at <= now() + interval '10 s' ORDER BY due_at LIMIT 64`, "sessions_due"},
		"customers": {`SELECT * FROM customers WHERE company_id = '%s' AND reclaim_at <= now() ORDER BY reclaim_at LIMIT 64 FOR UPDATE SKIP LOCKED`, "customers_reclaim"},
		"companies": {`SELECT * FROM unnest('{%s}'::uuid[]) k (company_id) LEFT JOIN LATERAL (SELECT s.due_at FROM sessions s WHERE s.company_id = k.company_id AND s.due_at IS NOT NULL ORDER BY s.due_at LIMIT 1) s ON true`, "sessions_due"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := conn.Exec(t.Context(), "SELECT set_config('app.company_id', $1, false)", r.company.String()); err != nil {
				t.Fatal(err)
			}
			rows, err := conn.Query(t.Context(), "EXPLAIN "+fmt.Sprintf(tc.sql, r.company))
			if err != nil {
				t.Fatal(err)
			}
			var plan strings.Builder
			for rows.Next() {
				var line string
				if err := rows.Scan(&line); err != nil {
					t.Fatal(err)
				}
				plan.WriteString(line + "\n")
			}
			if !strings.Contains(plan.String(), tc.index) || strings.Contains(plan.String(), "Seq Scan") {
				t.Errorf("the plan is\n%s", &plan)
			}
		})
	}
}
