package live

import (
	"sync"
	"time"
)

// calm is which topics rang a moment ago, and whether they are to ring again.
type calm struct {
	mu   sync.Mutex
	rang map[calmly]bool
}

type calmly struct{ company, topic string }

// RingCalmly rings like Ring, at once, and then at most once in a while: for what changes often and concerns many. What rings
// meanwhile rings together at the end of the while.
func (h *Hub) RingCalmly(while time.Duration, company, topic string) {
	k := calmly{company, topic}
	h.calm.mu.Lock()
	defer h.calm.mu.Unlock()
	if _, lately := h.calm.rang[k]; lately {
		h.calm.rang[k] = true
		return
	}
	if h.calm.rang == nil {
		h.calm.rang = map[calmly]bool{}
	}
	h.calm.rang[k] = false
	h.Ring(company, topic)
	h.later(while, k)
}

func (h *Hub) later(while time.Duration, k calmly) {
	time.AfterFunc(while, func() {
		h.calm.mu.Lock()
		defer h.calm.mu.Unlock()
		if !h.calm.rang[k] {
			delete(h.calm.rang, k)
			return
		}
		h.calm.rang[k] = false
		h.Ring(k.company, k.topic)
		h.later(while, k)
	})
}

// ringCalmed rings what waits for the end of its while: nothing more will ring.
func (h *Hub) ringCalmed() {
	h.calm.mu.Lock()
	defer h.calm.mu.Unlock()
	for k, again := range h.calm.rang {
		if again {
			h.calm.rang[k] = false
			h.Ring(k.company, k.topic)
		}
	}
}
