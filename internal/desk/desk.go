package desk

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"weir/internal/id"
	"weir/internal/store"
)

// Desk is the customer-service desk of all companies, in one process. Any number of processes may share a database.
type Desk struct {
	store     *store.Store
	searched  *store.Store
	effects   Effects
	clock     func() time.Time
	log       *slog.Logger
	instance  id.ID
	companies companies
	metrics   *Metrics
	intake    *intake
	queues    *queues
	openings  *openings
	signs     signs
	retimings retimings
	present   func() map[string][]int64
	carried   sync.Map // the messages that were given out as errands and have not come back, by id
	done      sync.WaitGroup
}

// Options are what a desk is made of.
type Options struct {
	Store    *store.Store
	Searched *store.Store     // where is searched, such as a replica; nil: Store
	Effects  Effects          // nil: none
	Clock    func() time.Time // nil: the real one
	Log      *slog.Logger     // nil: the default one
	Instance id.ID            // this process; zero: a new one
	Metrics  *Metrics         // nil: unregistered
	// Present lists the agents of each company who have a stream at this process; nil: nobody does.
	Present func() map[string][]int64
}

// New makes a desk. It takes callbacks and gives out the queue only while Run runs.
func New(o Options) *Desk {
	d := &Desk{store: o.Store, searched: o.Searched, effects: o.Effects, clock: o.Clock, log: o.Log, instance: o.Instance, metrics: o.Metrics,
		intake: newIntake(), queues: newQueues(), openings: newOpenings(), present: o.Present}
	if d.searched == nil {
		d.searched = d.store
	}
	if d.effects == nil {
		d.effects = NoEffects{}
	}
	if d.clock == nil {
		d.clock = time.Now
	}
	if d.log == nil {
		d.log = slog.Default()
	}
	if d.instance.Zero() {
		d.instance = id.New()
	}
	if d.metrics == nil {
		d.metrics = NewMetrics(nil)
	}
	d.companies = companies{store: o.Store, byID: map[id.ID]*Company{}, changed: d.Wake}
	return d
}

// Instance names this process among those that share the database.
func (d *Desk) Instance() id.ID { return d.instance }

// Company is the company as it is now.
func (d *Desk) Company(ctx context.Context, company id.ID) (*Company, error) {
	return d.companies.now(ctx, company)
}

// Run takes callbacks and gives out queues until the context ends. Whoever was let in by then is answered before it returns.
func (d *Desk) Run(ctx context.Context) {
	for range writers {
		d.done.Go(func() { d.listen(context.WithoutCancel(ctx)) })
	}
	defer context.AfterFunc(ctx, d.intake.close)()
	for range dispatchers {
		d.done.Go(func() { d.dispatch(ctx) })
	}
	d.done.Go(func() { d.open(ctx) })
	d.done.Go(func() { d.sweep(ctx) })
	d.done.Go(func() { d.timekeeper(ctx) })
	d.done.Wait()
}

// committed tells the world of changes, and has queues given out that may have become ready.
func (d *Desk) committed(ctx context.Context, changes []Change) {
	if len(changes) == 0 {
		return
	}
	d.effects.Committed(ctx, changes)
	for i := range changes {
		d.wakeFor(&changes[i])
		d.opens(&changes[i])
	}
}

func (d *Desk) now() time.Time { return d.clock().UTC().Truncate(time.Microsecond) }
