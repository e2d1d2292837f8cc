package live

import (
	"context"
	"strings"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// A subscription is asked for a sign of life every pingEvery, and given up after deadAfter without one.
const (
	pingEvery = 2 * time.Second
	deadAfter = 6 * time.Second
)

// subscribe hears other processes until ctx is done.
func (h *Hub) subscribe(ctx context.Context) {
	var wait time.Duration
	for ctx.Err() == nil {
		err := h.hear(ctx)
		if h.connected.Swap(false) {
			wait = 0
		}
		if ctx.Err() != nil {
			return
		}
		if wait == 0 {
			h.opt.Log.Warn("live: cut off from the other processes", "err", err)
		}
		wait = backoff(wait)
		pause(ctx, wait)
	}
}

// hear holds one subscription until it breaks. It never mends one: a new one begins with the knowledge that something
// may have been missed.
func (h *Hub) hear(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	sub := h.rdb.Subscribe(ctx, h.controlChannel())
	context.AfterFunc(ctx, func() { sub.Close() }) // a blocked Receive does not see ctx
	var heard atomic.Int64
	heard.Store(time.Now().UnixNano())
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		defer cancel()
		h.keep(ctx, sub, &heard)
	}()
	defer func() { cancel(); <-kept }()

	for {
		msg, err := sub.Receive(ctx)
		if err != nil {
			return err
		}
		heard.Store(time.Now().UnixNano())
		if err := h.receive(ctx, msg); err != nil {
			return err
		}
		if h.connected.Load() {
			h.lastHeard.Store(heard.Load())
		}
	}
}

func (h *Hub) receive(ctx context.Context, msg any) error {
	switch m := msg.(type) {
	case *redis.Subscription:
		if m.Kind == "subscribe" {
			return h.subscribed(ctx, m.Channel)
		}
	case *redis.Message:
		from, said, ok := strings.Cut(m.Payload, "\n")
		if !ok || from == h.opt.Instance {
			return nil
		}
		if m.Channel == h.controlChannel() {
			h.control(said)
		} else if c := h.company(h.companyOf(m.Channel)); c != nil {
			c.hear(said)
		}
	}
	return nil
}

// subscribed is where every gap ends, the first one too: what was said on the channel before this moment was missed.
func (h *Hub) subscribed(ctx context.Context, channel string) error {
	if channel != h.controlChannel() {
		if c := h.company(h.companyOf(channel)); c != nil {
			c.ringAll()
		}
		return nil
	}
	if err := h.catchUpOnEnds(ctx); err != nil {
		return err
	}
	h.Log.redisCameBack()
	h.registry.raise()
	h.connected.Store(true)
	return nil
}

func (h *Hub) control(said string) {
	if h.touched(said) {
		return
	}
	if said != everything {
		h.endHere(said)
		return
	}
	for _, c := range h.all() {
		c.ringAll()
	}
}

func (c *company) hear(said string) {
	if said == everything {
		c.ringAll()
		return
	}
	c.ring(strings.Split(said, "\n"))
}

func (h *Hub) companyOf(channel string) string {
	id := strings.TrimPrefix(channel, h.opt.Prefix+"live:ring:{")
	return strings.TrimSuffix(id, "}")
}

// keep subscribes to the companies that somebody here listens to, as they come and go, and gives a subscription up that
// shows no life. It returns when the subscription is of no more use.
func (h *Hub) keep(ctx context.Context, sub *redis.PubSub, heard *atomic.Int64) {
	have := map[string]struct{}{}
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		if err := h.adjust(ctx, sub, have); err != nil {
			return
		}
		select {
		case <-h.subscribers:
		case <-ping.C:
			if time.Since(time.Unix(0, heard.Load())) > deadAfter || sub.Ping(ctx) != nil {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

func (h *Hub) adjust(ctx context.Context, sub *redis.PubSub, have map[string]struct{}) error {
	var come, gone []string
	h.mu.RLock()
	for id := range h.companies {
		if _, ok := have[id]; !ok {
			come = append(come, h.ringChannel(id))
			have[id] = struct{}{}
		}
	}
	for id := range have {
		if _, ok := h.companies[id]; !ok {
			gone = append(gone, h.ringChannel(id))
			delete(have, id)
		}
	}
	h.mu.RUnlock()
	if len(gone) > 0 {
		if err := sub.Unsubscribe(ctx, gone...); err != nil {
			return err
		}
	}
	if len(come) > 0 {
		return sub.Subscribe(ctx, come...)
	}
	return nil
}
