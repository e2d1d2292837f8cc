package live

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// Ring tells everyone who listens to any of topics in company that they should look again: those in this process at
// once, those elsewhere as soon as Redis takes it. It never blocks and never fails. Ring after the commit: whoever is
// told earlier looks too early.
func (h *Hub) Ring(company string, topics ...string) {
	if c := h.company(company); c != nil {
		c.ring(topics)
	}
	h.outgoing.ring(company, topics)
}

// maxBacklog is how many topics wait for Redis one by one. Beyond it a company's are merged into "look at everything".
const maxBacklog = 20_000

// everything stands for all topics of a company in the backlog and between processes; nobody can join it.
const everything = "\x00"

// A backlog is what other processes have yet to be told. It merges what is equal, and when it is full it becomes
// coarser: nothing in it is ever lost.
type backlog struct {
	mu    sync.Mutex
	rings map[string]map[string]struct{} // company → topics
	size  int                            // topics in rings
	all   bool                           // every company, everything
	ends  map[string]struct{}
	full  signal
}

func (b *backlog) init() {
	b.full = newSignal()
	b.empty()
}

func (b *backlog) empty() {
	b.rings, b.ends, b.size, b.all = map[string]map[string]struct{}{}, map[string]struct{}{}, 0, false
}

func (b *backlog) ring(company string, topics []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, topic := range topics {
		b.add(company, topic)
	}
	b.full.raise()
}

func (b *backlog) add(company, topic string) {
	if b.all {
		return
	}
	set := b.rings[company]
	if set == nil {
		set = make(map[string]struct{}, 4)
		b.rings[company] = set
	}
	_, coarse := set[everything]
	if _, known := set[topic]; known || coarse {
		return
	}
	if b.size >= maxBacklog || topic == everything {
		b.size -= len(set)
		clear(set)
		topic = everything
	}
	set[topic] = struct{}{}
	b.size++
	if len(b.rings) > maxBacklog {
		b.rings, b.size, b.all = map[string]map[string]struct{}{}, 0, true
	}
}

func (b *backlog) end(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ends[key] = struct{}{}
	b.full.raise()
}

// take empties the backlog into the caller's hands.
func (b *backlog) take() (taken *backlog, any bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	taken = &backlog{rings: b.rings, ends: b.ends, all: b.all}
	any = len(b.rings) > 0 || len(b.ends) > 0 || b.all
	if any {
		b.empty()
	}
	return taken, any
}

// putBack merges what could not be sent with what has come since.
func (b *backlog) putBack(back *backlog) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all = b.all || back.all
	for company, topics := range back.rings {
		for topic := range topics {
			b.add(company, topic)
		}
	}
	maps.Copy(b.ends, back.ends)
	b.full.raise()
}

// publishQueued sends what is queued whenever there is something: what gathers while one batch is under way makes up the next.
func (h *Hub) publishQueued(ctx context.Context) {
	var wait time.Duration
	for {
		select {
		case <-h.outgoing.full:
		case <-ctx.Done():
			return
		}
		if err := h.flush(ctx); err != nil {
			wait = backoff(wait)
			pause(ctx, wait)
		} else {
			wait = 0
		}
	}
}

// flush sends what is queued, or puts it back.
func (h *Hub) flush(ctx context.Context) error {
	h.publish.Lock()
	defer h.publish.Unlock()
	batch, any := h.outgoing.take()
	if !any {
		return nil
	}
	pipe := h.rdb.Pipeline()
	for company, topics := range batch.rings {
		pipe.Publish(ctx, h.ringChannel(company), h.payload(slices.Collect(maps.Keys(topics))...))
	}
	if batch.all {
		pipe.Publish(ctx, h.controlChannel(), h.payload(everything))
	}
	h.publishEnds(ctx, pipe, batch.ends)
	if _, err := pipe.Exec(ctx); err != nil {
		h.outgoing.putBack(batch) // some of it may be told twice; that is harmless
		return err
	}
	return nil
}

func (h *Hub) publishEnds(ctx context.Context, pipe redis.Pipeliner, ends map[string]struct{}) {
	if len(ends) == 0 {
		return
	}
	now := time.Now()
	for end := range ends {
		if strings.HasPrefix(end, touch) {
			pipe.Publish(ctx, h.controlChannel(), h.payload(end))
			continue
		}
		pipe.ZAdd(ctx, h.endedKey(), redis.Z{Score: float64(now.UnixMilli()), Member: end})
		pipe.Publish(ctx, h.controlChannel(), h.payload(end))
	}
	pipe.ZRemRangeByScore(ctx, h.endedKey(), "-inf", unixMilli(now.Add(-endsKept)))
	pipe.PExpire(ctx, h.endedKey(), endsKept)
}

// payload is one line each: who says it, and what.
func (h *Hub) payload(lines ...string) string {
	return h.opt.Instance + "\n" + strings.Join(lines, "\n")
}

func (h *Hub) ringChannel(company string) string { return h.opt.Prefix + "live:ring:{" + company + "}" }
func (h *Hub) controlChannel() string            { return h.opt.Prefix + "live:control" }

// backoff doubles from 50 ms to 1 s.
func backoff(last time.Duration) time.Duration {
	return min(max(2*last, 50*time.Millisecond), time.Second)
}
