package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/store"
)

// Routing is how soon a session is an agent's who has become able to have it, and how that grows with the queue and with the
// number of agents.
type Routing struct {
	Queued  []int // sessions that queue, with few agents
	Agents  []int // agents, with a short queue
	Samples int   // of each
	Out     io.Writer
}

// hands is how many agents take turns; all others are full, or (where a session arrives) able.
const hands = 10

// Run measures and prints. The error is whatever kept it from measuring.
func (o Routing) Run(ctx context.Context) (err error) {
	m, err := startMachine(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.stop()) }()
	fmt.Fprintf(o.Out, "· %s\n", busy())
	rows := []row{{what: "AN AGENT BECAME ABLE → THE SESSION IS THEIRS, p50 / p99"}}
	measure := func(what string, queued, agents int) error {
		fmt.Fprintf(o.Out, "· %s\n", what)
		h, err := m.hall(ctx, queued, agents)
		if err != nil {
			return err
		}
		defer h.close()
		free, online, bare, err := h.becomeAble(ctx, min(o.Samples, queued*2/3)) // each takes one from the queue
		if err != nil {
			return err
		}
		rounds, err := h.rounds()
		if err != nil {
			return err
		}
		rows = append(rows, row{what + ", a place became free", quantiles(free), quantiles(bare) + " the same rows alone", "", "p99 20 ms"},
			row{what + ", came online", quantiles(online), "", "", "p99 20 ms"},
			row{what + ", transactions for one session", fmt.Sprintf("%.2f", rounds/float64(len(free)+len(online))), "1 is the least", "", ""})
		return nil
	}
	for _, n := range o.Queued {
		if err := measure(fmt.Sprintf("%d queueing, %d agents", n, hands), n, hands); err != nil {
			return err
		}
	}
	for _, n := range o.Agents {
		if err := measure(fmt.Sprintf("%d queueing, %d agents", 1000, n), 1000, n); err != nil {
			return err
		}
	}
	rows = append(rows, row{what: "A SESSION CAME → IT IS AN AGENT'S, p50 / p99"})
	for _, n := range o.Agents {
		what := fmt.Sprintf("%d agents able", n)
		fmt.Fprintf(o.Out, "· %s\n", what)
		h, err := m.hall(ctx, 0, n)
		if err != nil {
			return err
		}
		came, err := h.arrive(ctx, o.Samples)
		h.close()
		if err != nil {
			return err
		}
		rows = append(rows, row{what, quantiles(came), "", "", "p99 20 ms"})
	}
	write(o.Out, rows)
	return nil
}

// hall is a company with agents and a queue, and a desk that gives it out.
type hall struct {
	m       *machine
	company id.ID
	appid   string
	desk    *desk.Desk
	counts  *prometheus.Registry
	stop    context.CancelFunc
	done    chan struct{}

	mu    sync.Mutex
	able  map[int64]time.Time  // when an agent was said to have become able
	came  map[string]time.Time // when a customer's session was made
	given chan gift
}

type gift struct {
	uid     int64
	openid  string
	session id.ID
	took    time.Duration
}

// Committed hears what is in: that somebody became able, and that a session is theirs.
func (h *hall) Committed(_ context.Context, changes []desk.Change) {
	now := time.Now()
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := range changes {
		c := &changes[i]
		if c.Session == nil {
			if c.Status == desk.Online {
				h.able[c.Agent] = now
			}
			continue
		}
		switch s := c.Session; {
		case s.State == int16(desk.Closed) && s.UID != nil:
			h.able[*s.UID] = now
		case c.Was == nil:
			h.came[s.OpenID] = now
		case s.State == int16(desk.Waiting) && c.Was.State == desk.Queueing:
			since, known := h.able[*s.UID]
			if at, new := h.came[s.OpenID]; new {
				since, known = at, true
			}
			if known {
				delete(h.able, *s.UID)
				h.given <- gift{*s.UID, s.OpenID, s.SessionID, now.Sub(since)}
			}
		}
	}
}

// hall makes it, by the statements that are quickest for many rows.
func (m *machine) hall(ctx context.Context, queued, agents int) (*hall, error) {
	h := &hall{m: m, company: id.New(), counts: prometheus.NewRegistry(), done: make(chan struct{}), able: map[int64]time.Time{}, came: map[string]time.Time{}, given: make(chan gift, 1024)}
	h.appid = "wx" + h.company.String()[16:]
	err := m.admin(ctx, "weir", func(c *pgx.Conn) error {
		for _, sql := range []string{
			`INSERT INTO companies (company_id, name) VALUES (@company, '厅')`,
			`INSERT INTO accounts (company_id, appid, name, mode, secret, token) VALUES (@company, @appid, '公众号', 'plain', 's', 't')`,
			`INSERT INTO appids (appid, company_id) VALUES (@appid, @company)`,
			`INSERT INTO agents (company_id, uid, name, email, password, capacity, load, status, presence)
				SELECT @company, n, 'a' || n, n || '@' || @appid, '-', 1, CASE WHEN n > @hands::int AND @queued::int > 0 THEN 1 ELSE 0 END, CASE WHEN n > @hands::int OR @queued::int = 0 THEN 'online' ELSE 'offline' END,
				CASE WHEN n > @hands::int OR @queued::int = 0 THEN 'online' ELSE 'offline' END FROM generate_series(1, @agents::int) n`,
			`INSERT INTO seats (company_id, appid, uid) SELECT @company, @appid, n FROM generate_series(1, @agents::int) n`,
			`INSERT INTO customers (company_id, appid, openid, first_at, heard_at) SELECT @company, @appid, 'q' || n, now(), now() FROM generate_series(1, @queued::int) n`,
			`INSERT INTO sessions (company_id, session_id, appid, openid, state, type, created_at, queued_at, oldest_at, last_at, rank)
				SELECT @company, gen_random_uuid(), @appid, 'q' || n, 3, 'other', now(), now(), now(), now(), n FROM generate_series(1, @queued::int) n`,
		} {
			if _, err := c.Exec(ctx, sql, pgx.NamedArgs{"company": h.company, "appid": h.appid, "queued": queued, "hands": hands, "agents": agents}); err != nil {
				return err
			}
		}
		_, err := c.Exec(ctx, "VACUUM ANALYZE agents, seats, customers, sessions")
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("make a company of %d agents: %w", agents, err)
	}
	h.desk = desk.New(desk.Options{Store: m.store, Effects: h, Log: slog.New(slog.DiscardHandler), Metrics: desk.NewMetrics(h.counts)})
	if err := h.desk.Enter(ctx); err != nil {
		return nil, err
	}
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	h.stop = stop
	go func() { h.desk.Run(run); close(h.done) }()
	return h, nil
}

func (h *hall) close() { h.stop(); <-h.done }

// rounds is in how many transactions the desk has given out the queue, those that found nobody counted too.
func (h *hall) rounds() (float64, error) {
	all, err := h.counts.Gather()
	for _, m := range all {
		if m.GetName() == "weir_dispatch_rounds_total" {
			return m.GetMetric()[0].GetCounter().GetValue(), err
		}
	}
	return 0, errors.Join(err, errors.New("the desk does not count its rounds"))
}

// next is the next session that was given.
func (h *hall) next(ctx context.Context) (gift, error) {
	late := time.NewTimer(20 * time.Second)
	defer late.Stop()
	select {
	case g := <-h.given:
		return g, nil
	case <-late.C:
		return gift{}, errors.New("a session was not given to an agent within 20 s")
	case <-ctx.Done():
		return gift{}, ctx.Err()
	}
}

// becomeAble has agents come online, and finish sessions, one after the other.
func (h *hall) becomeAble(ctx context.Context, samples int) (free, online, bare []time.Duration, err error) {
	for n := range max(samples/2, hands) {
		uid := int64(1 + n%hands)
		if n >= hands { // who has a session goes, which puts it back, and comes again
			if err = h.desk.SetPresence(ctx, h.company, uid, desk.Offline); err != nil {
				return nil, nil, nil, err
			}
			if err = h.idle(ctx, uid); err != nil {
				return nil, nil, nil, err
			}
		}
		if err = h.desk.SetPresence(ctx, h.company, uid, desk.Online); err != nil {
			return nil, nil, nil, err
		}
		g, err := h.next(ctx)
		if err != nil {
			return nil, nil, nil, err
		}
		online = append(online, g.took)
	}
	q := h.m.store.Of(h.company)
	for n := range samples {
		uid := int64(1 + n%hands)
		mine, err := q.SessionIDsOfAgent(ctx, store.SessionIDsOfAgentParams{CompanyID: h.company, UID: &uid, States: []int16{0, 1, 2}})
		if err != nil || len(mine) == 0 {
			return nil, nil, nil, fmt.Errorf("agent %d has no session: %w", uid, err)
		}
		if err := h.desk.Close(ctx, desk.Agent{Company: h.company, UID: uid}, mine[0]); err != nil {
			return nil, nil, nil, err
		}
		g, err := h.next(ctx)
		if err != nil {
			return nil, nil, nil, err
		}
		free = append(free, g.took)
		took, err := h.alone(ctx, g)
		if err != nil {
			return nil, nil, nil, err
		}
		bare = append(bare, took)
	}
	slices.Sort(free)
	slices.Sort(online)
	slices.Sort(bare)
	return free, online, bare, nil
}

// idle waits until an agent who went has nothing any more.
func (h *hall) idle(ctx context.Context, uid int64) error {
	q := h.m.store.Of(h.company)
	for range 2000 {
		a, err := q.AgentGet(ctx, store.AgentGetParams{CompanyID: h.company, UID: uid})
		if err != nil || a.Load == 0 {
			return err
		}
		time.Sleep(5 * time.Millisecond) // between looks
	}
	return fmt.Errorf("agent %d went and kept the session", uid)
}

// alone writes the rows that giving a session writes, with nothing looked up and nothing decided.
func (h *hall) alone(ctx context.Context, g gift) (time.Duration, error) {
	began := time.Now()
	err := h.m.store.Tx(ctx, h.company, func(q *store.Queries) error {
		if _, err := q.CustomerLock(ctx, store.CustomerLockParams{CompanyID: h.company, AppID: h.appid, OpenID: g.openid}); err != nil {
			return err
		}
		if _, err := q.SessionTurn(ctx, store.SessionTurnParams{CompanyID: h.company, SessionID: g.session}); err != nil {
			return err
		}
		if err := q.CustomerExclusiveSet(ctx, store.CustomerExclusiveSetParams{CompanyID: h.company, AppID: h.appid, OpenID: g.openid, UID: &g.uid, At: began}); err != nil {
			return err
		}
		if err := q.AgentAssigned(ctx, store.AgentAssignedParams{CompanyID: h.company, UID: g.uid, At: began}); err != nil {
			return err
		}
		return q.DecisionInsert(ctx, store.DecisionInsertParams{CompanyID: h.company, DecisionID: id.New(), SessionID: g.session, MadeAt: began, Act: "alone", UID: &g.uid, Reason: []byte("{}")})
	})
	return time.Since(began), err
}

// arrive has new customers write, one after the other, to agents who can all take a session.
func (h *hall) arrive(ctx context.Context, samples int) ([]time.Duration, error) {
	var took []time.Duration
	for n := range samples {
		a := &desk.Arrival{Company: h.company, AppID: h.appid, OpenID: customer(n), At: time.Now().Truncate(time.Second), Key: fmt.Sprint("m:", n), Type: desk.TypeText, Text: "在吗"}
		if _, err := h.desk.Receive(ctx, a); err != nil {
			return nil, err
		}
		g, err := h.next(ctx)
		if err != nil {
			return nil, err
		}
		took = append(took, g.took)
		if err := h.desk.Close(ctx, desk.Agent{Company: h.company, UID: g.uid}, g.session); err != nil {
			return nil, err
		}
	}
	slices.Sort(took)
	return took, nil
}
