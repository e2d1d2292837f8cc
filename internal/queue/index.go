package queue

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/store"
)

// How many changes may wait to be written, and how many are written in one pipeline.
const (
	notesMost = 8192
	batchMost = 500
)

// Index keeps Redis an index of PostgreSQL. It is an effect of the desk's changes.
type Index struct {
	redis *Redis
	store *store.Store
	desk  *desk.Desk
	log   *slog.Logger
	clock func() time.Time
	name  string // of this process, in locks
	notes chan *note
	up    atomic.Bool // Redis answered last time
	mend  struct {
		sync.Mutex
		all   bool           // everything must be compared
		dirty map[id.ID]bool // these companies must be
		bell  chan struct{}
	}
}

// Options are what an index is made of.
type Options struct {
	Redis *Redis
	Store *store.Store
	Desk  *desk.Desk       // whom it asks about PostgreSQL; nil: a desk of its own, that only reads
	Log   *slog.Logger     // nil: the default one
	Clock func() time.Time // nil: the real one
}

// New makes an index. It takes changes at once and writes them while Run runs; Check and Rebuild need no Run.
func New(o Options) *Index {
	x := &Index{redis: o.Redis, store: o.Store, desk: o.Desk, log: o.Log, clock: o.Clock, name: id.New().String(), notes: make(chan *note, notesMost)}
	if x.log == nil {
		x.log = slog.Default()
	}
	if x.clock == nil {
		x.clock = time.Now
	}
	if x.desk == nil {
		x.desk = desk.New(desk.Options{Store: o.Store, Log: x.log, Clock: x.clock})
	}
	x.mend.dirty, x.mend.bell = map[id.ID]bool{}, make(chan struct{}, 1)
	x.mend.all = true // whoever ran before may have been killed between the commit and Redis
	x.up.Store(true)
	return x
}

// Run writes changes, looks after Redis and keeps presence fresh, until the context ends. What was committed by then is
// written before it returns, if Redis answers.
func (x *Index) Run(ctx context.Context) {
	var done sync.WaitGroup
	done.Go(func() { x.write(ctx) })
	done.Go(func() { x.keep(ctx) })
	done.Go(func() { x.beat(ctx) })
	done.Wait()
}

// note is what the index remembers of a change until it is written.
type note struct {
	company  *desk.Company
	session  id.ID // zero: it did not move
	version  int64
	was      Key // zero: it was nowhere
	wasWith  int64
	now      spot
	messages []desk.Message // for the feed of the agent who has the session
	agent    int64          // whose presence changed; 0: nobody's
	online   bool
}

// Committed takes changes to be written. It never waits: what finds the queue full is found again by comparing the company.
func (x *Index) Committed(_ context.Context, changes []desk.Change) {
	for i := range changes {
		if changes[i].Lost {
			x.dirty(changes[i].Company.CompanyID)
			continue
		}
		n, known := x.note(&changes[i])
		if n == nil && known {
			continue
		}
		if !known {
			x.dirty(changes[i].Company.CompanyID)
			continue
		}
		select {
		case x.notes <- n:
		default:
			x.dirty(n.company.CompanyID)
		}
	}
}

// note is nil where nothing of the change is in the index. known is false where a group of it is not known.
func (x *Index) note(c *desk.Change) (n *note, known bool) {
	n = &note{company: c.Company}
	if c.Agent != 0 && c.Status != "" {
		n.agent, n.online = c.Agent, c.Status == desk.Online
	}
	if s := c.Session; s != nil {
		for i := range c.Messages {
			if m := &c.Messages[i]; m.Opercode == desk.FromCustomer && m.UID != 0 {
				n.messages = append(n.messages, *m)
			}
		}
		if c.Moved() {
			r := rowOf(s)
			n.session, n.version = s.SessionID, s.Version
			if n.now, known = x.redis.place(c.Company, &r); !known {
				return nil, false
			}
			if c.Was != nil {
				n.wasWith = c.Was.UID
				if n.was, known = x.redis.was(c.Company, *c.Was); !known {
					return nil, false
				}
			}
		}
	}
	if n.session.Zero() && n.agent == 0 && len(n.messages) == 0 {
		return nil, true
	}
	return n, true
}

func rowOf(s *desk.Session) row {
	return row{CompanyID: s.CompanyID, SessionID: s.SessionID, AppID: s.AppID, OpenID: s.OpenID, State: s.State, UID: s.UID, CustomerServiceID: s.CustomerServiceID,
		GroupID: s.GroupID, Priority: s.Priority, QueuedAt: s.QueuedAt, AssignedAt: s.AssignedAt, TakenAt: s.TakenAt, OldestAt: s.OldestAt}
}

// write writes what is noted, as much at once as is there.
func (x *Index) write(ctx context.Context) {
	batch := make([]*note, 0, batchMost)
	for {
		select {
		case n := <-x.notes:
			batch = x.more(append(batch[:0], n))
			x.apply(ctx, batch)
		case <-ctx.Done():
			x.drain()
			return
		}
	}
}

// more adds what else is noted already.
func (x *Index) more(batch []*note) []*note {
	for len(batch) < batchMost {
		select {
		case n := <-x.notes:
			batch = append(batch, n)
		default:
			return batch
		}
	}
	return batch
}

// drain writes what is left when the process ends.
func (x *Index) drain() {
	ctx, stop := context.WithTimeout(context.Background(), 2*time.Second)
	defer stop()
	for ctx.Err() == nil {
		batch := x.more(nil)
		if len(batch) == 0 {
			return
		}
		x.apply(ctx, batch)
	}
}

// apply writes a batch. While Redis is away nothing is tried: what is not written is found again by comparing.
func (x *Index) apply(ctx context.Context, batch []*note) {
	if x.up.Load() {
		err := x.applyAll(context.WithoutCancel(ctx), batch)
		if err == nil {
			return
		}
		if x.up.Swap(false) {
			x.log.Warn("the index in Redis could not be written and will be mended", "err", err)
		}
	}
	for _, n := range batch {
		x.dirty(n.company.CompanyID)
	}
}

func (x *Index) applyAll(ctx context.Context, batch []*note) error {
	ctx, stop := context.WithTimeout(ctx, 10*time.Second)
	defer stop()
	p := x.redis.pipes()
	moved := map[id.ID]*item{}
	with := companies{x: x, by: map[id.ID]*desk.Company{}}
	feeds := feeds{x: x, p: p}
	for _, n := range batch {
		with.seen(n.company)
		if n.agent != 0 {
			x.present(ctx, p, n.company.CompanyID, n.agent, n.online)
		}
		for i := range n.messages {
			feeds.add(ctx, n.company, &n.messages[i], n.messages[i].UID, n.messages[i].CustomerServiceID)
		}
		if !n.session.Zero() {
			it := moved[n.session]
			if it == nil {
				it = &item{company: n.company.CompanyID, session: n.session, feed: true, with: n.wasWith, version: -1}
				moved[n.session] = it
			}
			it.note(n)
		}
	}
	items := make([]*item, 0, len(moved))
	for _, it := range moved {
		it.write(ctx, p)
		items = append(items, it)
	}
	feeds.trim(ctx)
	if err := p.exec(ctx); err != nil {
		return err
	}
	return x.settle(ctx, &with, items)
}

// dirty has companies compared with PostgreSQL.
func (x *Index) dirty(companies ...id.ID) {
	x.mend.Lock()
	for _, c := range companies {
		x.mend.dirty[c] = true
	}
	x.mend.Unlock()
	select {
	case x.mend.bell <- struct{}{}:
	default:
	}
}

func joined(names map[string]bool) string {
	out := make([]string, 0, len(names))
	for n := range names {
		out = append(out, n)
	}
	slices.Sort(out)
	return strings.Join(out, ",")
}
