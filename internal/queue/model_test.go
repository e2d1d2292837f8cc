package queue_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/queue"
	"weir/internal/store"
	"weir/internal/testkit"
)

// model is a company to which anything may happen, on real PostgreSQL and Redis, and what must hold of it after every step.
type model struct {
	*room
	server  *server // its Redis
	owner   string  // where the schema's owner connects
	mu      sync.Mutex
	at      time.Time // the desks' clock
	company id.ID
	appid   string
	heard   map[string]int // messages of each customer that were acknowledged
	byHand  map[int64]bool // agents to whom a person gave a session: they may have more than their capacity
	grab    bool           // agents take from the queue themselves
	groups  map[string]int64
	desks   []*desk.Desk // of two processes; an act is done in one of them, and desk is that one
	indexes []*queue.Index
	stops   []func()
	before  map[id.ID]*desk.Session // what queued when nothing was under way
	read    map[id.ID]int           // how many decisions of a session were looked at
}

// noSeat may have no session of the account: a colleague without a seat there, always online.
const noSeat = int64(8085)

var (
	modelAgents    = []int64{yu, ming, 8084}
	modelCustomers = []string{"o1", "o2", "o3", "o4", "o5", "o6", "o7", "o8", "o9", "o10", "o11", "o12"}
)

const modelCapacity = 1

func (m *model) now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.at
}

// begin makes another company, as a new run of the model.
func (m *model) begin(t *rapid.T) {
	m.company, m.heard, m.byHand, m.grab, m.groups = id.New(), map[string]int{}, map[int64]bool{}, false, map[string]int64{}
	m.before, m.read = map[id.ID]*desk.Session{}, map[id.ID]int{}
	m.appid = "wx" + m.company.String()[16:]
	m.furnish(m.company, m.appid)
	err := m.store.Tx(m.Context(), m.company, func(q *store.Queries) error {
		for _, uid := range modelAgents {
			role := "agent"
			if uid == 8084 {
				role = "supervisor"
			}
			if err := q.AgentPut(m.Context(), store.AgentPutParams{CompanyID: m.company, UID: uid, Name: fmt.Sprint("客服", uid), Role: role, Email: fmt.Sprintf("%d@%s.example", uid, m.company), Password: "x", Capacity: modelCapacity}); err != nil {
				return err
			}
			if _, err := q.SeatPut(m.Context(), store.SeatPutParams{CompanyID: m.company, AppID: m.appid, UID: uid}); err != nil {
				return err
			}
		}
		if err := q.AgentPut(m.Context(), store.AgentPutParams{CompanyID: m.company, UID: noSeat, Name: "没有坐席", Role: "agent", Email: fmt.Sprintf("%d@%s.example", noSeat, m.company), Password: "x", Capacity: modelCapacity}); err != nil {
			return err
		}
		groups, err := q.GroupsOfCompany(m.Context(), m.company)
		for _, g := range groups {
			m.groups[g.Name] = g.GroupID
		}
		if err != nil {
			return err
		}
		if err := q.GroupMembersSet(m.Context(), store.GroupMembersSetParams{CompanyID: m.company, GroupID: m.groups["售后"], UIDs: []int64{ming, noSeat}}); err != nil {
			return err
		}
		return q.CompanyTouch(m.Context(), m.company)
	})
	if err != nil {
		t.Fatal(err)
	}
	// What waits for 售前 may go to 售后 after a minute, and then to anybody; an exclusive agent who is away is waited for.
	m.sql(t, "UPDATE groups SET overflow_after = 60, overflow_group_id = CASE name WHEN '售前' THEN $1::bigint END", m.groups["售后"])
	m.sql(t, "UPDATE companies SET exclusive_wait = 120, version = version + 1")
	for n := range m.desks {
		m.restart(n)
	}
	if err := m.desk.SetPresence(m.Context(), m.company, noSeat, desk.Online); err != nil {
		t.Fatal(err)
	}
}

// sql is what somebody does to the company outside of any desk.
func (m *model) sql(t *rapid.T, statement string, args ...any) {
	conn, err := pgx.Connect(m.Context(), m.owner)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(m.Context())
	err = pgx.BeginFunc(m.Context(), conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(m.Context(), "SELECT set_config('app.company_id', $1, true)", m.company.String()); err != nil {
			return err
		}
		_, err := tx.Exec(m.Context(), statement, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// restart ends a process, if there is one, and starts another, which remembers nothing.
func (m *model) restart(n int) {
	if m.stops[n] != nil {
		m.stops[n]()
	}
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	x := queue.New(queue.Options{Redis: m.redis, Store: m.store, Log: quiet})
	d := desk.New(desk.Options{Store: m.store, Effects: x, Clock: m.now, Log: quiet})
	if err := d.Enter(m.Context()); err != nil {
		m.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() { x.Run(ctx) })
	done.Go(func() { d.Run(ctx) })
	m.desks[n], m.indexes[n], m.stops[n] = d, x, func() { stop(); done.Wait() }
	m.desk, m.index = d, x
}

// either has the next act done in one of the processes.
func (m *model) either(t *rapid.T) {
	m.desk = m.desks[rapid.IntRange(0, len(m.desks)-1).Draw(t, "process")]
}

func (m *model) write(t *rapid.T, event string) {
	m.either(t)
	who := rapid.SampledFrom(modelCustomers).Draw(t, "customer")
	a := &desk.Arrival{Company: m.company, AppID: m.appid, OpenID: who, At: m.now().Truncate(time.Second), Key: fmt.Sprintf("m:%d", counter.Add(1)), Type: desk.TypeText, Text: "在吗"}
	if event != "" {
		a.Type, a.Text, a.Event, a.EventKey = 0, "", "click", event
	}
	copies := rapid.IntRange(1, 3).Draw(t, "copies")
	for range copies {
		if _, err := m.desk.Receive(m.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	if event == "" {
		m.heard[who]++
	}
}

// act has somebody do something to a session; a refusal is an answer, too.
func (m *model) act(t *rapid.T, do func(who desk.Agent, session id.ID) error) (done bool) {
	all := m.sessions(t)
	if len(all) == 0 {
		t.Skip("there is no session")
	}
	m.either(t)
	s := all[rapid.IntRange(0, len(all)-1).Draw(t, "session")]
	uid := rapid.SampledFrom(modelAgents).Draw(t, "agent")
	err := do(desk.Agent{Company: m.company, UID: uid}, s.SessionID)
	if no := (*desk.Refusal)(nil); err != nil && !errors.As(err, &no) {
		t.Fatal(err)
	}
	return err == nil
}

func (m *model) sessions(t *rapid.T) []desk.Session {
	all, err := m.desk.Sessions(m.Context(), m.company, desk.Filter{}, id.ID{}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// actions are what may happen, by name.
func (m *model) actions() map[string]func(*rapid.T) {
	other := func(t *rapid.T) int64 { return rapid.SampledFrom(modelAgents).Draw(t, "colleague") }
	return map[string]func(*rapid.T){
		"a customer writes":            func(t *rapid.T) { m.write(t, "") },
		"a customer asks for an agent": func(t *rapid.T) { m.write(t, fmt.Sprintf("kf_user_%d", yu)) },
		"a customer asks for anybody":  func(t *rapid.T) { m.write(t, "kf_other") },
		"a customer asks for a group":  func(t *rapid.T) { m.write(t, fmt.Sprintf("kf_group_%d", m.groups["售前"])) },
		"a customer becomes somebody's own": func(t *rapid.T) {
			m.either(t)
			who, uid := rapid.SampledFrom(modelCustomers).Draw(t, "customer"), other(t)
			err := m.desk.ChangeCustomer(m.Context(), m.company, m.appid, who, desk.CustomerChange{Exclusive: &uid})
			if err != nil && desk.KindOf(err) != desk.Missing {
				t.Fatal(err)
			}
		},
		"a session becomes more or less urgent": func(t *rapid.T) {
			priority := rapid.Int32Range(-2, 5).Draw(t, "priority")
			m.act(t, func(_ desk.Agent, s id.ID) error {
				return m.desk.SetPriority(m.Context(), desk.Agent{Company: m.company}, s, priority)
			})
		},
		"agents take from the queue themselves, or do not": func(t *rapid.T) {
			m.grab = !m.grab
			m.sql(t, "UPDATE companies SET version = version + 1, distribution = CASE WHEN $1::boolean THEN 'grab' ELSE 'average' END", m.grab)
			if _, err := m.desk.Company(m.Context(), m.company); err != nil { // as the page does that changed it
				t.Fatal(err)
			}
		},
		"an agent comes or goes": func(t *rapid.T) {
			m.either(t)
			uid, status := other(t), rapid.SampledFrom([]string{desk.Online, desk.Online, desk.Away, desk.Offline}).Draw(t, "status")
			if err := m.desk.SetPresence(m.Context(), m.company, uid, status); err != nil {
				t.Fatal(err)
			}
		},
		"accept": func(t *rapid.T) {
			m.act(t, func(who desk.Agent, s id.ID) error { return m.desk.Accept(m.Context(), who, s) })
		},
		"answer": func(t *rapid.T) {
			m.act(t, func(who desk.Agent, s id.ID) error {
				_, _, err := m.desk.Reply(m.Context(), who, s, desk.Reply{Text: "您好"})
				return err
			})
		},
		"close": func(t *rapid.T) {
			m.act(t, func(who desk.Agent, s id.ID) error { return m.desk.Close(m.Context(), who, s) })
		},
		"an agent finishes as customers write": func(t *rapid.T) {
			uid := other(t)
			live := map[string]bool{}
			var all sync.WaitGroup
			for _, s := range m.sessions(t) {
				live[s.OpenID] = live[s.OpenID] || desk.State(s.State).Live()
				if s.Of(uid) && live[s.OpenID] {
					all.Go(func() { _ = m.desks[0].Close(m.Context(), desk.Agent{Company: m.company}, s.SessionID) })
				}
			}
			for _, who := range modelCustomers {
				if live[who] {
					continue
				}
				a := &desk.Arrival{Company: m.company, AppID: m.appid, OpenID: who, At: m.now().Truncate(time.Second), Key: fmt.Sprintf("m:%d", counter.Add(1)), Type: desk.TypeText, Text: "在吗"}
				m.heard[who]++
				all.Go(func() {
					if _, err := m.desks[1].Receive(m.Context(), a); err != nil {
						m.Error(err)
					}
				})
			}
			all.Wait()
		},
		"close as admin": func(t *rapid.T) {
			m.act(t, func(who desk.Agent, s id.ID) error { return m.desk.CloseByAdmin(m.Context(), who, s) })
		},
		"release": func(t *rapid.T) {
			m.act(t, func(who desk.Agent, s id.ID) error { return m.desk.Release(m.Context(), who, s) })
		},
		"transfer to an agent": func(t *rapid.T) {
			to := other(t)
			if m.act(t, func(who desk.Agent, s id.ID) error {
				return m.desk.Transfer(m.Context(), who, s, desk.Destination{UID: to})
			}) {
				m.byHand[to] = true
			}
		},
		"transfer to a group": func(t *rapid.T) {
			m.act(t, func(who desk.Agent, s id.ID) error {
				return m.desk.Transfer(m.Context(), who, s, desk.Destination{Group: "售后"})
			})
		},
		"take over": func(t *rapid.T) {
			var by int64
			if m.act(t, func(who desk.Agent, s id.ID) error { by = who.UID; return m.desk.TakeOver(m.Context(), who, s) }) {
				m.byHand[by] = true
			}
		},
		"invite": func(t *rapid.T) {
			guest := other(t)
			m.act(t, func(who desk.Agent, s id.ID) error { return m.desk.Invite(m.Context(), who, s, guest) })
		},
		"leave": func(t *rapid.T) {
			if m.act(t, func(who desk.Agent, s id.ID) error { return m.desk.Leave(m.Context(), who, s) }) {
				for _, uid := range modelAgents { // whoever was a guest has it now, because a person went
					m.byHand[uid] = true
				}
			}
		},
		"time passes": func(t *rapid.T) {
			d := rapid.SampledFrom([]time.Duration{time.Second, time.Minute, 10 * time.Minute, 7 * time.Hour, 25 * time.Hour, 50 * time.Hour, 250 * time.Hour}).Draw(t, "for")
			m.mu.Lock()
			m.at = m.at.Add(d)
			m.mu.Unlock()
			m.either(t)
			if _, err := m.desk.KeepTime(m.Context()); err != nil {
				t.Fatal(err)
			}
		},
		"Redis goes and comes back": func(*rapid.T) {
			if m.server.kill() {
				return
			}
			m.server.start()
		},
		"Redis is emptied": func(t *rapid.T) {
			if !m.server.runs() {
				t.Skip("it is away")
			}
			for _, db := range []int{0, 1, 2} { // a client that found it away takes a moment to find it back
				m.until("Redis is emptied", func() bool { return m.redis.DB(db).FlushDB(m.Context()).Err() == nil })
			}
		},
		"a process starts anew": func(t *rapid.T) { m.restart(rapid.IntRange(0, len(m.desks)-1).Draw(t, "which")) },
		"": func(t *rapid.T) {
			m.holds(t)
			m.settles(t)
			m.decided(t)
		},
	}
}

// holds is what must hold at any moment, whatever is still under way.
func (m *model) holds(t *rapid.T) {
	live, seen := map[string]int{}, map[string]int{}
	for _, s := range m.sessions(t) {
		if desk.State(s.State).Live() {
			if live[s.OpenID]++; live[s.OpenID] > 1 {
				t.Fatalf("%s has two live sessions", s.OpenID)
			}
		}
		ms, err := m.desk.MessagesAfter(m.Context(), &s, 0, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for i, x := range ms {
			if x.Seq != int32(i+1) {
				t.Fatalf("the message at place %d of session %s says %d", i+1, s.SessionID, x.Seq)
			}
			if x.Opercode == desk.FromCustomer {
				seen[s.OpenID]++
			}
		}
		if len(ms) != int(s.LastSeq) {
			t.Fatalf("session %s has %d messages and says %d", s.SessionID, len(ms), s.LastSeq)
		}
	}
	for who, n := range m.heard {
		if seen[who] != n {
			t.Fatalf("%s wrote %d messages, and %d are kept", who, n, seen[who])
		}
	}
	err := m.store.Tx(m.Context(), m.company, func(q *store.Queries) error { // a moment of its own
		agents, err := q.AgentsLock(m.Context(), m.company)
		if err != nil {
			return err
		}
		for _, a := range agents {
			n, err := q.SessionLoad(m.Context(), store.SessionLoadParams{CompanyID: m.company, UID: &a.UID})
			if err != nil {
				return err
			}
			if n != int64(a.Load) {
				return fmt.Errorf("%s has %d sessions, and %d are counted", a.Name, n, a.Load)
			}
			if a.Load > modelCapacity && !m.byHand[a.UID] {
				return fmt.Errorf("%s has %d sessions, and nobody gave them by hand", a.Name, a.Load)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// settles waits until nothing more is under way: nobody queues whom somebody could take.
func (m *model) settles(t *rapid.T) {
	if m.grab {
		return
	}
	m.until("nobody queues whom somebody could take", func() bool {
		agents, err := m.store.Of(m.company).AgentsOfCompany(m.Context(), m.company)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range m.sessions(t) {
			for _, a := range agents {
				if s.In(desk.Queueing) && a.Presence == desk.Online && a.Load < a.Capacity && m.may(&s, a.UID) {
					return false
				}
			}
		}
		return true
	})
}

// may says, in the model's own words, whether an agent may be given a session that queues.
func (m *model) may(s *desk.Session, uid int64) bool {
	in := func(group *int64) bool {
		return group != nil && (uid == yu && *group == m.groups["售前"] || uid == ming && *group == m.groups["售后"])
	}
	is := func(agent *int64) bool { return agent != nil && *agent == uid }
	switch {
	case uid == noSeat, is(s.LeftUID):
		return false
	case is(s.ExclusiveUID):
		return true
	case s.TargetUID != nil:
		return is(s.TargetUID)
	case s.Held:
		return false
	}
	return s.GroupID == nil || in(s.GroupID) || in(s.HomeGroupID)
}

// decided looks at what was decided since: once for each time that a session got an agent, to somebody who could have it, for
// reasons that give the same again; and nobody was overtaken who had queued all the while, and queues still.
func (m *model) decided(t *rapid.T) {
	queueing, given, moved := map[id.ID]*desk.Session{}, map[id.ID]int64{}, map[id.ID]bool{}
	ranks := map[id.ID]int64{}
	for _, s := range m.sessions(t) {
		ranks[s.SessionID] = s.Rank
		ds, err := m.desk.DecisionsAfter(m.Context(), &s, id.ID{}, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if fault := m.wrong(ds); fault != "" {
			t.Fatalf("session %s: %s: %s", s.SessionID, fault, acts(ds))
		}
		for _, d := range ds[m.read[s.SessionID]:] {
			moved[s.SessionID] = true
			if desk.Act(d.Act) == desk.ActAssign {
				given[s.SessionID] = *d.UID
			}
		}
		m.read[s.SessionID] = len(ds)
		if s.In(desk.Queueing) {
			queueing[s.SessionID] = &s
		}
	}
	for one, was := range m.before {
		now := queueing[one]
		if now == nil || moved[one] || now.Rank != was.Rank || now.Version != was.Version {
			continue
		}
		for other, uid := range given {
			first := now.Rank < ranks[other] || now.Rank == ranks[other] && bytes.Compare(one[:], other[:]) < 0
			if first && m.may(was, uid) && m.may(now, uid) {
				t.Fatalf("session %s of rank %d was given to %d, whom %s of rank %d waited for", other, ranks[other], uid, one, now.Rank)
			}
		}
	}
	m.before = queueing
}

// wrong follows a session through its decisions.
func (m *model) wrong(ds []store.Decision) string {
	for _, d := range ds {
		if d.UID != nil && *d.UID == noSeat {
			return "it was of somebody without a seat"
		}
	}
	slices.SortStableFunc(ds, func(a, b store.Decision) int { return a.MadeAt.Compare(b.MadeAt) })
	_, fault := rightLife(ds)
	return fault
}

// Whatever happens, in whatever order, on two processes, the desk keeps its rules. -rapid.checks=1000 looks longer.
func TestWhateverHappensTheRulesHold(t *testing.T) {
	for name, value := range map[string]string{"rapid.checks": "12"} {
		if f := flag.Lookup(name); f != nil && f.Value.String() == f.DefValue {
			if err := f.Value.Set(value); err != nil {
				t.Fatal(err)
			}
		}
	}
	owner, app := testkit.Postgres(t, migrate)
	s, err := store.Open(t.Context(), app)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	server := newServer(t)
	m := &model{room: &room{T: t, store: s, redis: databases(t, server.o), company: id.New()}, server: server, owner: owner, at: time.Now().UTC(),
		desks: make([]*desk.Desk, 2), indexes: make([]*queue.Index, 2), stops: make([]func(), 2)}
	t.Cleanup(func() {
		for _, stop := range m.stops {
			if stop != nil {
				stop()
			}
		}
	})
	rapid.Check(t, func(rt *rapid.T) {
		if !server.runs() {
			server.start()
		}
		m.begin(rt)
		rt.Repeat(m.actions())
		if !server.runs() {
			server.start()
		}
		m.settles(rt)
		m.agrees()
	})
}
