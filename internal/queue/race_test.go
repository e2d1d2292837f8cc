package queue_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/queue"
	"weir/internal/store"
	"weir/internal/testkit"
)

// The race: so many agents from a number on, with so many places each, and so many customers.
const (
	raceFirst     = int64(100)
	raceAgents    = 20
	raceCapacity  = 5
	raceCustomers = 200
)

// partEnv says which process of the race this is, and where the others are.
const partEnv = "WEIR_TEST_RACE"

// racePart is what another process of the race is told.
type racePart struct {
	Database, Redis, Company string
	Number                   int
}

// TestMain runs the tests, or plays the part of another process when asked to.
func TestMain(m *testing.M) {
	told := os.Getenv(partEnv)
	if told == "" {
		testkit.Main(m)
		return
	}
	if err := playPart(context.Background(), []byte(told)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func playPart(ctx context.Context, told []byte) error {
	var p racePart
	if err := json.Unmarshal(told, &p); err != nil {
		return err
	}
	company, err := id.Parse(p.Company)
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, p.Database)
	if err != nil {
		return err
	}
	defer s.Close()
	o, err := redis.ParseURL(p.Redis)
	if err != nil {
		return err
	}
	rd := queue.Databases(*o)
	defer rd.Close()
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	x := queue.New(queue.Options{Redis: rd, Store: s, Log: quiet})
	d := desk.New(desk.Options{Store: s, Effects: x, Log: quiet})
	if err := d.Enter(ctx); err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	var parts sync.WaitGroup
	parts.Go(func() { d.Run(running) })
	err = race(ctx, s, d, company, p.Number)
	stop()
	parts.Wait()
	after, stop := context.WithCancel(ctx)
	stop()
	x.Run(after) // what was noted is written
	return err
}

// race is what one process does: half of the customers write to it, and half of the agents act in it, on whatever they find.
func race(ctx context.Context, s *store.Store, d *desk.Desk, company id.ID, process int) error {
	errs := make(chan error, 4096)
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			for n := process + 2*worker; n < raceCustomers; n += 8 {
				a := &desk.Arrival{Company: company, AppID: appid, OpenID: fmt.Sprintf("o%03d", n), At: time.Now().Truncate(time.Second), Key: fmt.Sprintf("m:%d:%d", process, n), Type: desk.TypeText, Text: "你好"}
				if _, err := d.Receive(ctx, a); err != nil {
					errs <- err
				}
			}
		})
	}
	for worker := range 5 { // each acts for two agents, and never stops at a "no"
		all.Go(func() {
			rnd := rand.New(rand.NewPCG(uint64(process), uint64(worker)))
			for step := range 60 {
				uid := raceFirst + int64(process*10+worker*2+rnd.IntN(2))
				if err := raceAct(ctx, s, d, company, rnd, uid, step < 2); err != nil && desk.KindOf(err) == 0 {
					errs <- fmt.Errorf("agent %d, step %d: %w", uid, step, err)
				}
			}
		})
	}
	all.Wait()
	close(errs)
	var out error
	for err := range errs {
		out = errors.Join(out, err)
	}
	return out
}

// raceAct is one thing that an agent does.
func raceAct(ctx context.Context, st *store.Store, d *desk.Desk, company id.ID, rnd *rand.Rand, uid int64, arrive bool) error {
	if arrive {
		return d.SetPresence(ctx, company, uid, desk.Online)
	}
	live, err := st.Of(company).SessionsLiveOfCompany(ctx, store.SessionsLiveOfCompanyParams{CompanyID: company, Max: 500})
	if err != nil || len(live) == 0 {
		return err
	}
	s, who := live[rnd.IntN(len(live))].SessionID, desk.Agent{Company: company, UID: uid}
	switch rnd.IntN(7) {
	case 0, 1:
		return d.Accept(ctx, who, s)
	case 2:
		return d.Transfer(ctx, desk.Agent{Company: company}, s, desk.Destination{UID: raceFirst + rnd.Int64N(raceAgents)})
	case 3:
		return d.Close(ctx, who, s)
	case 4:
		return d.Release(ctx, who, s)
	case 5:
		return d.SetPresence(ctx, company, uid, desk.Offline)
	}
	return d.SetPresence(ctx, company, uid, desk.Online)
}

// Two processes, 20 agents and 200 sessions, all acting at once: nobody was given a session that somebody had, or more than they
// may but by a person's hand, which is kept; every count is right, Redis is what PostgreSQL says, and every session gets its
// agent at last.
func TestTwoProcessesTwentyAgentsTwoHundredSessions(t *testing.T) {
	t.Parallel()
	_, app := testkit.Postgres(t, migrate)
	url := testkit.Redis(t)
	s, err := store.Open(t.Context(), app)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	r := &room{T: t, store: s, redis: databases(t, options(t, url)), company: id.New()}
	r.furnish(r.company, appid)
	r.crowd()
	r.desk, r.index = r.open()

	told, err := json.Marshal(racePart{Database: app, Redis: url, Company: r.company.String(), Number: 1})
	if err != nil {
		t.Fatal(err)
	}
	other := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
	other.Env = append(os.Environ(), partEnv+"="+string(told))
	var said bytes.Buffer
	other.Stdout, other.Stderr = &said, &said
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	if err := race(t.Context(), r.store, r.desk, r.company, 0); err != nil {
		t.Error(err)
	}
	if err := other.Wait(); err != nil {
		t.Fatalf("the other process: %v\n%s", err, &said)
	}

	for uid := raceFirst; uid < raceFirst+raceAgents; uid++ {
		r.presence(uid, desk.Online)
	}
	r.settled()
	r.countsAreRight()
	r.agrees()
	for r.count(nil) > 0 { // whoever has served makes room for who waits
		for _, live := range r.alive() {
			if live.UID == nil {
				continue
			}
			if err := r.desk.Close(t.Context(), r.agent(0), live.SessionID); err != nil {
				t.Fatal(err)
			}
		}
		r.settled()
	}
	r.everyDecisionIsRight()
	r.agrees()
}

// crowd makes the agents of the race.
func (r *room) crowd() {
	r.Helper()
	err := r.store.Tx(r.Context(), r.company, func(q *store.Queries) error {
		for uid := raceFirst; uid < raceFirst+raceAgents; uid++ {
			if err := q.AgentPut(r.Context(), store.AgentPutParams{CompanyID: r.company, UID: uid, Name: fmt.Sprint(uid), Role: "agent", Email: fmt.Sprintf("%d@%s.example", uid, r.company), Password: "x", Capacity: raceCapacity}); err != nil {
				return err
			}
			if _, err := q.SeatPut(r.Context(), store.SeatPutParams{CompanyID: r.company, AppID: appid, UID: uid}); err != nil {
				return err
			}
		}
		return q.CompanyTouch(r.Context(), r.company)
	})
	if err != nil {
		r.Fatal(err)
	}
}

// settled waits until nobody queues whom somebody could take.
func (r *room) settled() {
	r.Helper()
	r.until("nobody queues whom somebody could take", func() bool {
		agents, err := r.store.Of(r.company).AgentsOfCompany(r.Context(), r.company)
		if err != nil {
			r.Fatal(err)
		}
		queueing, err := r.desk.Sessions(r.Context(), r.company, desk.Filter{State: new(int16(desk.Queueing))}, id.ID{}, 500)
		if err != nil {
			r.Fatal(err)
		}
		for _, s := range queueing {
			for _, a := range agents {
				if a.UID >= raceFirst && a.Presence == desk.Online && a.Load < a.Capacity && (s.LeftUID == nil || *s.LeftUID != a.UID) && (s.TargetUID == nil || *s.TargetUID == a.UID) {
					return false
				}
			}
		}
		return true
	})
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

// countsAreRight wants one live session for each customer, of somebody unless it queues, and every agent to count what they have.
func (r *room) countsAreRight() {
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
		if n := r.count(&a.UID); int(a.Load) != n {
			r.Errorf("agent %d counts %d sessions and has %d", a.UID, a.Load, n)
		}
	}
}

// everyDecisionIsRight reads what is kept of every session: nobody got what somebody had, nobody got more than they may by the
// desk, whoever got more by hand is said to have, and each decision is made the same again.
func (r *room) everyDecisionIsRight() {
	r.Helper()
	sessions, err := r.desk.Sessions(r.Context(), r.company, desk.Filter{}, id.ID{}, 1000)
	if err != nil {
		r.Fatal(err)
	}
	if len(sessions) < raceCustomers {
		r.Fatalf("%d sessions of %d customers: this test would mean nothing", len(sessions), raceCustomers)
	}
	assigned := 0
	for i := range sessions {
		s := &sessions[i]
		ds, err := r.desk.DecisionsAfter(r.Context(), s, id.ID{}, 1000)
		if err != nil {
			r.Fatal(err)
		}
		slices.SortStableFunc(ds, func(a, b store.Decision) int { return a.MadeAt.Compare(b.MadeAt) }) // two processes made their names
		n, fault := rightLife(ds)
		if assigned += n; fault != "" {
			r.Errorf("session %s: %s: %s", s.SessionID, fault, acts(ds))
		}
		if s.AssignedAt == nil {
			r.Errorf("session %s never got an agent: %s", s.SessionID, acts(ds))
		}
	}
	if assigned < raceCustomers/2 {
		r.Errorf("only %d were given by the desk: this test would mean nothing", assigned)
	}
}

// rightLife follows a session through its decisions: whose it is, and whether they could have it. It says how many the desk made.
func rightLife(ds []store.Decision) (assigned int, fault string) {
	has := int64(0)
	for _, d := range ds {
		switch act := desk.Act(d.Act); act {
		case desk.ActAssign:
			assigned++
			var why desk.Reason
			if err := json.Unmarshal(d.Reason, &why); err != nil {
				return assigned, err.Error()
			}
			i := slices.IndexFunc(why.Case.Candidates, func(c desk.Candidate) bool { return c.UID == why.Decision.UID })
			same, err := desk.Replay(d.Reason)
			switch {
			case has != 0:
				return assigned, fmt.Sprintf("%d was given what %d had", *d.UID, has)
			case i < 0 || d.UID == nil || *d.UID != why.Decision.UID:
				return assigned, "somebody has it who was not chosen"
			case why.Case.Candidates[i].Load >= why.Case.Candidates[i].Capacity, why.Case.Candidates[i].Status != desk.Online, why.Case.Candidates[i].Seat == 0:
				return assigned, fmt.Sprintf("given to %+v", why.Case.Candidates[i])
			case err != nil || !same:
				return assigned, fmt.Sprintf("the decision is made otherwise again (%v)", err)
			}
			has = *d.UID
		case desk.ActGrab:
			if has != 0 {
				return assigned, fmt.Sprintf("%d grabbed what %d had", *d.UID, has)
			}
			has = *d.UID
		case desk.ActTransfer, desk.ActTakeOver:
			var deed desk.Deed
			if err := json.Unmarshal(d.Reason, &deed); err != nil {
				return assigned, err.Error()
			}
			if deed.Over != (deed.Load > deed.Capacity) || deed.From != has {
				return assigned, fmt.Sprintf("by hand, from %d: %+v", has, deed)
			}
			has = *d.UID
		case desk.ActReturn, desk.ActRelease, desk.ActTransferToGroup:
			if has == 0 && act != desk.ActTransferToGroup {
				return assigned, "nobody gave it back"
			}
			if has = 0; d.UID != nil {
				has = *d.UID
			}
		}
	}
	return assigned, ""
}

func acts(ds []store.Decision) (out string) {
	for _, d := range ds {
		out += fmt.Sprintf("%s %v, ", d.Act, d.UID)
		if d.UID != nil {
			out += fmt.Sprintf("(%d) ", *d.UID)
		}
	}
	return out
}
