package desk

import (
	"context"
	"maps"
	"sync"
	"time"

	"weir/internal/id"
)

// rememberHints is how many sessions of a company are remembered one by one as having come into its queue.
const rememberHints = 4_096

// hint is why a company's queue may be ready to be given out: these sessions came into it, these agents became able. everything: it is
// not known which.
type hint struct {
	everything bool
	sessions   map[id.ID]bool
	agents     map[int64]bool
	tries      int // how often somebody was in the way in a row
}

func newHint() *hint { return &hint{sessions: map[id.ID]bool{}, agents: map[int64]bool{}} }

// add takes in another hint.
func (h *hint) add(more *hint) {
	h.everything = h.everything || more.everything
	maps.Copy(h.sessions, more.sessions)
	maps.Copy(h.agents, more.agents)
	h.tries = max(h.tries, more.tries)
	if len(h.sessions) > rememberHints {
		h.everything = true
		clear(h.sessions)
	}
}

func (h *hint) empty() bool { return !h.everything && len(h.sessions) == 0 && len(h.agents) == 0 }

// queues are the companies whose queue may have become ready to be given out, each with what is known of why, in the order in
// which they became so. Waking one twice is waking it once. One that is being given out waits for its next turn.
type queues struct {
	mu    sync.Mutex
	ready map[id.ID]*hint
	order []id.ID        // of those that are ready
	busy  map[id.ID]bool // being given out
	bell  chan struct{}
}

func newQueues() *queues {
	return &queues{ready: map[id.ID]*hint{}, busy: map[id.ID]bool{}, bell: make(chan struct{}, 1)}
}

func (q *queues) note(company id.ID, why *hint) {
	q.mu.Lock()
	defer q.mu.Unlock()
	h := q.ready[company]
	if h == nil {
		h = newHint()
		q.ready[company] = h
		q.order = append(q.order, company)
	}
	h.add(why)
	q.ring()
}

func (q *queues) ring() {
	select {
	case q.bell <- struct{}{}:
	default:
	}
}

// next is the company whose turn it is; nil: there is none that nobody is at. Where there are more, another worker is called.
func (q *queues) next() (company id.ID, why *hint) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, c := range q.order {
		if q.busy[c] {
			continue
		}
		company, why = c, q.ready[c]
		q.order = append(q.order[:i], q.order[i+1:]...)
		delete(q.ready, c)
		q.busy[c] = true
		if len(q.order) > 0 {
			q.ring()
		}
		return company, why
	}
	return company, nil
}

// done says that a company's turn is over.
func (q *queues) done(company id.ID) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.busy, company)
	if len(q.order) > 0 {
		q.ring()
	}
}

// Wake has a company's queue looked at: somebody may have become able to take from it.
func (d *Desk) Wake(company id.ID) { d.queues.note(company, &hint{everything: true}) }

// wakeAgent has what an agent may take looked at: they have become able.
func (d *Desk) wakeAgent(company id.ID, uid int64) {
	d.queues.note(company, &hint{agents: map[int64]bool{uid: true}})
}

// wakeSession has a session given out: it has come into the queue.
func (d *Desk) wakeSession(company, session id.ID) {
	d.queues.note(company, &hint{sessions: map[id.ID]bool{session: true}})
}

// wakeFor wakes what a change may have made ready.
func (d *Desk) wakeFor(c *Change) {
	company := c.Company.CompanyID
	if s := c.Session; s != nil && (c.Moved() || s.In(Queueing) && len(c.Messages) == 0) { // or it is for somebody else now
		if s.In(Queueing) {
			d.wakeSession(company, s.SessionID)
		}
		if c.Was != nil && c.Was.UID != 0 && c.Was.UID != val(s.UID) || c.Was != nil && !State(s.State).Live() && c.Was.UID != 0 {
			d.wakeAgent(company, c.Was.UID)
		}
	}
	if c.Agent != 0 && (c.Status == Online || c.Status == "" && c.Session == nil) {
		d.wakeAgent(company, c.Agent)
	}
}

// How long to leave whoever is in the way: soon at first, then longer; and from which try on they are not waited for, but
// passed over.
const (
	againLeast = 10 * time.Millisecond
	againMost  = 250 * time.Millisecond
	patience   = 6
)

// later looks again after a moment, when who held a lock has let go.
func (d *Desk) later(ctx context.Context, company id.ID, h *hint) {
	h.tries++
	d.after(ctx, company, h, min(againLeast<<min(h.tries, 10), againMost))
}

func (d *Desk) after(ctx context.Context, company id.ID, h *hint, wait time.Duration) {
	time.AfterFunc(wait, func() {
		if ctx.Err() == nil {
			d.queues.note(company, h)
		}
	})
}

// How many companies' queues a process gives out at once, and how many transactions one has before it is the others' turn.
const (
	dispatchers = 4
	turnMost    = 32
)

// dispatch gives out queues the moment somebody may take from them: several companies' at once, each company's by one.
func (d *Desk) dispatch(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-d.queues.bell:
		}
		for ctx.Err() == nil {
			company, why := d.queues.next()
			if why == nil {
				break
			}
			d.turnOf(ctx, company, why)
		}
	}
}

// turnOf is one company's turn. What it could not do waits for the next.
func (d *Desk) turnOf(ctx context.Context, company id.ID, why *hint) {
	defer d.queues.done(company)
	left, err := d.giveOutFor(ctx, company, why, turnMost)
	switch {
	case ctx.Err() != nil:
	case KindOf(err) == Missing: // the company is gone
	case err != nil:
		d.log.Error("a queue could not be given out", "company", company, "err", err)
		d.after(ctx, company, why, againMost) // the database may be back
	case !left.empty():
		d.queues.note(company, left)
	}
}
