package live

import (
	"context"
	"crypto/rand"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// Options of a Hub. The zero value is good for one installation on one Redis.
type Options struct {
	Prefix   string       // before every key and channel
	Instance string       // names this process among those on the same Redis; random where empty
	Log      *slog.Logger // slog.Default where nil

	Beat         time.Duration // a silent stream gets a comment line this often, so proxies keep it; default 25 s
	WriteTimeout time.Duration // a write that takes longer ends the stream; default 10 s
	Heartbeat    time.Duration // how often this process tells Redis whose streams it holds; default 2 s. After three it is forgotten
	LogLength    int64         // how many entries of a company the Log keeps, at least; default 10,000

	// OnConnect and OnLeave are told, one after another on a goroutine of their own, that the number of an agent's
	// streams in this process has grown or shrunk to streams. Changes in quick succession are told as one, so a page
	// that is left for the next one may go unmentioned; OnLeave with 0 means that the last stream is gone.
	OnConnect, OnLeave func(company string, uid int64, streams int)

	// OnTouch is told that another process touched a company. It must not block.
	OnTouch func(company string)
}

func (o Options) withDefaults() Options {
	if o.Instance == "" {
		o.Instance = rand.Text()
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Beat <= 0 {
		o.Beat = 25 * time.Second
	}
	if o.WriteTimeout <= 0 {
		o.WriteTimeout = 10 * time.Second
	}
	if o.Heartbeat <= 0 {
		o.Heartbeat = 2 * time.Second
	}
	if o.LogLength <= 0 {
		o.LogLength = 10_000
	}
	return o
}

// Hub is this process's part of what goes on live. Its methods may be called from any goroutine, before, during and
// after Run; what other processes should hear waits until Run can send it.
type Hub struct {
	Log *Log // the events other programs read

	rdb redis.UniversalClient
	opt Options

	mu        sync.RWMutex // before any company's
	companies map[string]*company
	closing   bool
	recent    map[string]time.Time // ends, by key, that a stream on its way in may have missed
	said      map[string]time.Time // ends that this process began

	nextEar   atomic.Uint64
	serving   sync.WaitGroup
	streams   context.Context // cancelled by Shutdown
	endAll    context.CancelFunc
	outgoing  backlog
	calm      calm
	publish   sync.Mutex // held while the backlog is being sent
	connected atomic.Bool
	lastHeard atomic.Int64 // when the subscription last showed life, or this hub was made; Unix ns

	subscribers signal // a company came or went
	registry    signal // an ear came, went or changed its topics
	hooks       signal // an agent's number of streams changed
	beside      signal // an ear came, went or changed its topics
}

// New makes a Hub on rdb. It listens and rings within this process at once, and between processes while Run runs.
func New(rdb redis.UniversalClient, opt Options) *Hub {
	h := &Hub{
		rdb:         rdb,
		opt:         opt.withDefaults(),
		companies:   map[string]*company{},
		recent:      map[string]time.Time{},
		said:        map[string]time.Time{},
		subscribers: newSignal(),
		registry:    newSignal(),
		hooks:       newSignal(),
		beside:      newSignal(),
	}
	h.lastHeard.Store(time.Now().UnixNano())
	h.outgoing.init()
	h.streams, h.endAll = context.WithCancel(context.Background())
	h.Log = newLog(h)
	return h
}

// Run carries rings, ends and log entries between processes until ctx is done, then sends what is still queued and
// takes this process's streams off the register. It returns nil; Redis being away is waited out.
func (h *Hub) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	for _, loop := range []func(context.Context){h.subscribe, h.publishQueued, h.register, h.keepBeside, h.callHooks, h.Log.write} {
		wg.Go(func() { loop(ctx) })
	}
	wg.Wait()

	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	h.Log.flush(last)
	h.flush(last)
	h.unregister(last)
	return nil
}

// Connected reports whether this process hears the others.
func (h *Hub) Connected() bool { return h.connected.Load() }

// Shutdown ends every stream of this process, waits until they are gone and sends the rings that are queued. A
// stream that is opened later ends at once, so its browser tries again, elsewhere. The error is ctx's or Redis's.
func (h *Hub) Shutdown(ctx context.Context) error {
	h.mu.Lock()
	h.closing = true
	h.mu.Unlock()
	h.endAll()
	h.ringCalmed()
	h.endEars(func(*Ear) bool { return true })

	gone := make(chan struct{})
	go func() {
		h.serving.Wait()
		close(gone)
	}()
	select {
	case <-gone:
	case <-ctx.Done():
		return ctx.Err()
	}
	return h.flush(ctx)
}

// all is the companies that somebody here listens to, or lately did.
func (h *Hub) all() []*company {
	h.mu.RLock()
	defer h.mu.RUnlock()
	cs := make([]*company, 0, len(h.companies))
	for _, c := range h.companies {
		cs = append(cs, c)
	}
	return cs
}

func (h *Hub) company(id string) *company {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.companies[id]
}

// A signal says that there is something to do; said twice before it is seen, it is seen once.
type signal chan struct{}

func newSignal() signal { return make(signal, 1) }

func (s signal) raise() {
	select {
	case s <- struct{}{}:
	default:
	}
}

// pause waits for d or until ctx is done.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
