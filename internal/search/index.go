package search

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"weir/internal/store"
)

// How the index is kept: so many messages at once, the pause when there are none, and how many times as long as a batch took is waited after it while
// others write: so it takes a sixteenth of one processor's time at most, and what it falls behind in a rush it makes good when that is over.
const (
	batch   = 500
	quiet   = time.Second
	yield   = 15
	restMin = 20 * time.Millisecond
)

// Index keeps the index of messages. Any number of processes may run one: a batch is one's, whoever it is.
type Index struct {
	store   *store.Store
	log     *slog.Logger
	indexed prometheus.Counter
	clock   uint64
}

// NewIndex makes one; it works while Run runs.
func NewIndex(s *store.Store, log *slog.Logger, r prometheus.Registerer) *Index {
	x := &Index{store: s, log: log, indexed: prometheus.NewCounter(prometheus.CounterOpts{Name: "weir_search_indexed_total", Help: "Messages put into the index of the search by this process."})}
	r.MustRegister(x.indexed)
	return x
}

// Run puts what was said into the index until the context ends.
func (x *Index) Run(ctx context.Context) {
	for {
		began := time.Now()
		done, err := x.Next(ctx)
		if err != nil && ctx.Err() == nil {
			x.log.Error("messages could not be put into the index of the search; it is tried again", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(x.rest(done, err, time.Since(began))):
		}
	}
}

// Next puts the next batch into the index.
func (x *Index) Next(ctx context.Context) (store.Indexed, error) {
	done, err := x.store.IndexNext(ctx, batch, Pairs)
	x.indexed.Add(float64(done.Messages))
	return done, err
}

// rest is how long to wait before the next batch.
func (x *Index) rest(done store.Indexed, err error, took time.Duration) time.Duration {
	was := x.clock
	x.clock = done.Clock
	switch {
	case err != nil, done.Busy, done.Done:
		return quiet
	case done.Clock-was <= 1: // nobody but us has written meanwhile
		return 0
	}
	return max(restMin, yield*took)
}
