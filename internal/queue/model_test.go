package queue_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/queue"
	"weir/internal/store"
)

// model is a company to which anything may happen, on real PostgreSQL and Redis, and what must hold of it after every step.
type model struct {
	*room
	mu      sync.Mutex
	at      time.Time // the desk's clock
	company id.ID
	appid   string
	heard   map[string]int // messages of each customer that were acknowledged
	byHand  map[int64]bool // agents to whom a person gave a session: they may have more than their capacity
	stop    func()
}

var (
	modelAgents    = []int64{yu, ming, 8084}
	modelCustomers = []string{"o1", "o2", "o3", "o4", "o5", "o6"}
)

const modelCapacity = 2

func (m *model) now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.at
}

// begin makes another company, as a new run of the model.
func (m *model) begin(t *rapid.T) {
	m.company, m.heard, m.byHand = id.New(), map[string]int{}, map[int64]bool{}
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
		return q.CompanyTouch(m.Context(), m.company)
	})
	if err != nil {
		t.Fatal(err)
	}
	m.restart()
}

// restart ends the process, if there is one, and starts another, which remembers nothing.
func (m *model) restart() {
	if m.stop != nil {
		m.stop()
	}
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	m.index = queue.New(queue.Options{Redis: m.redis, Store: m.store, Log: quiet})
	m.desk = desk.New(desk.Options{Store: m.store, Effects: m.index, Clock: m.now, Log: quiet})
	if err := m.desk.Enter(m.Context()); err != nil {
		m.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() { m.index.Run(ctx) })
	done.Go(func() { m.desk.Run(ctx) })
	m.stop = func() { stop(); done.Wait() }
}

func (m *model) write(t *rapid.T, event string) {
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
	s := rapid.SampledFrom(all).Draw(t, "session")
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
		"an agent comes or goes": func(t *rapid.T) {
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
			d := rapid.SampledFrom([]time.Duration{time.Second, 10 * time.Minute, 7 * time.Hour, 25 * time.Hour, 50 * time.Hour}).Draw(t, "for")
			m.mu.Lock()
			m.at = m.at.Add(d)
			m.mu.Unlock()
			if _, err := m.desk.KeepTime(m.Context()); err != nil {
				t.Fatal(err)
			}
		},
		"Redis is emptied": func(t *rapid.T) {
			for _, db := range []int{0, 1, 2} {
				if err := m.redis.DB(db).FlushDB(m.Context()).Err(); err != nil {
					t.Fatal(err)
				}
			}
		},
		"the process starts anew": func(*rapid.T) { m.restart() },
		"":                        m.holds,
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

// settles is what must hold once nothing more is under way: nobody queues whom somebody could take, and Redis says the same.
func (m *model) settles(t *rapid.T) {
	m.until("nobody queues whom somebody could take", func() bool {
		agents, err := m.store.Of(m.company).AgentsOfCompany(m.Context(), m.company)
		if err != nil {
			t.Fatal(err)
		}
		free := map[int64]bool{}
		for _, a := range agents {
			free[a.UID] = a.Presence == desk.Online && a.Load < a.Capacity
		}
		for _, s := range m.sessions(t) {
			if !s.In(desk.Queueing) || s.Held {
				continue
			}
			for uid, able := range free {
				left := s.LeftUID != nil && *s.LeftUID == uid
				mine := s.TargetUID == nil && s.GroupID == nil || s.TargetUID != nil && *s.TargetUID == uid || s.GroupID != nil && uid == ming
				if able && mine && !left {
					return false
				}
			}
		}
		return true
	})
	m.agrees()
}

// Whatever happens, in whatever order, the desk keeps its rules. -rapid.checks=1000 looks longer.
func TestWhateverHappensTheRulesHold(t *testing.T) {
	if f := flag.Lookup("rapid.checks"); f != nil && f.Value.String() == f.DefValue {
		if err := f.Value.Set("12"); err != nil {
			t.Fatal(err)
		}
	}
	r := newRoom(t)
	m := &model{room: r, at: time.Now().UTC()}
	t.Cleanup(func() {
		if m.stop != nil {
			m.stop()
		}
	})
	rapid.Check(t, func(rt *rapid.T) {
		m.begin(rt)
		rt.Repeat(m.actions())
		m.settles(rt)
	})
}
