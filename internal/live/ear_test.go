package live

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/redis/go-redis/v9"
)

// alone is a hub whose Redis is nowhere, and which does not run.
func alone(t testing.TB) *Hub {
	rdb := redis.NewClient(&redis.Options{Network: "unix", Addr: "/nowhere", MaxRetries: -1, DialerRetries: 1})
	t.Cleanup(func() { rdb.Close() })
	return New(rdb, Options{})
}

func TestAnEar(t *testing.T) {
	for _, tc := range []struct {
		name string
		do   func(h *Hub, e *Ear)
		want []string
	}{
		{"hears nothing unless rung", func(*Hub, *Ear) {}, nil},
		{"hears a topic", func(h *Hub, _ *Ear) { h.Ring("acme", "a") }, []string{"a"}},
		{"hears a topic once, however often it rang", func(h *Hub, _ *Ear) { h.Ring("acme", "a", "a"); h.Ring("acme", "a") }, []string{"a"}},
		{"hears topics in the order of their first ring", func(h *Hub, _ *Ear) { h.Ring("acme", "b", "a"); h.Ring("acme", "b") }, []string{"b", "a"}},
		{"does not hear other topics", func(h *Hub, _ *Ear) { h.Ring("acme", "c") }, nil},
		{"does not hear other companies", func(h *Hub, _ *Ear) { h.Ring("other", "a") }, nil},
		{"hears its agent's", func(h *Hub, _ *Ear) { h.Ring("acme", AgentTopic(7), AgentTopic(8)) }, []string{"agent/7"}},
		{"hears its client's", func(h *Hub, e *Ear) { h.Ring("acme", ClientTopic(e.Client())) }, []string{"client/me"}},
		{"hears again after taking", func(h *Hub, e *Ear) { h.Ring("acme", "a"); e.Take(); h.Ring("acme", "a") }, []string{"a"}},
		{"hears a topic once when it joins it", func(_ *Hub, e *Ear) { e.Join("new", "new") }, []string{"new"}},
		{"joining twice is joining once", func(_ *Hub, e *Ear) { e.Join("a") }, nil},
		{"leaves", func(h *Hub, e *Ear) { e.Leave("a"); h.Ring("acme", "a") }, nil},
		{"leaving takes back what rang", func(h *Hub, e *Ear) { h.Ring("acme", "a", "b"); e.Leave("a") }, []string{"b"}},
		{"does not join what would break a line", func(_ *Hub, e *Ear) { e.Join("x\ny", "x y", "", "\x00", strings.Repeat("x", 201)) }, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h := alone(t)
			e := h.Listen(Listener{Company: "acme", UID: 7, Client: "me", Topics: []string{"a", "b"}})
			defer e.Close()
			first, _ := e.Take()
			if !slices.Equal(first, []string{"company", "client/me", "agent/7", "a", "b"}) {
				t.Fatalf("a new ear heard %q", first)
			}
			tc.do(h, e)
			if got, ok := e.Take(); !ok || !slices.Equal(got, tc.want) {
				t.Errorf("heard %q, %v; want %q", got, ok, tc.want)
			}
		})
	}
}

func TestAClosedEarLeavesNothingBehind(t *testing.T) {
	h := alone(t)
	var ears []*Ear
	for i := range 50 {
		ears = append(ears, h.Listen(Listener{Company: "acme", UID: int64(i % 5), Topics: []string{"a", fmt.Sprint("t/", i%7)}}))
	}
	for i := range ears {
		e := ears[(i*7)%len(ears)]
		e.Close()
		e.Close()
		if _, ok := e.Take(); ok {
			t.Fatal("a closed ear still hears")
		}
		h.Ring("acme", "a")
	}
	c := h.company("acme")
	if len(c.ears)+len(c.topics)+len(c.agents) != 0 {
		t.Errorf("left: %d ears, %d topics, %d agents", len(c.ears), len(c.topics), len(c.agents))
	}
}

// Whoever rings has made a change first; whoever is woken looks. However they interleave, the last look sees the last change.
func TestNoRingIsLostToAWriterRacingAReader(t *testing.T) {
	h := alone(t)
	e := h.Listen(Listener{Company: "acme", Topics: []string{"a"}})
	defer e.Close()
	const writers, each = 4, 5000
	var changes atomic.Int64
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for range each {
				changes.Add(1)
				h.Ring("acme", "a")
			}
		})
	}
	for seen := int64(0); seen < writers*each; seen = changes.Load() {
		if _, err := e.Wait(limited(t)); err != nil {
			t.Fatalf("at %d of %d: %v", seen, writers*each, err)
		}
	}
	wg.Wait()
}

func TestTheBacklogIsBoundedAndLosesNothing(t *testing.T) {
	h := alone(t)
	for i := range 3 * maxBacklog {
		h.Ring("acme", fmt.Sprint("t/", i))
	}
	h.Ring("other", "a")
	b := &h.outgoing
	if b.size > maxBacklog+1 {
		t.Errorf("%d topics are kept", b.size)
	}
	if _, all := b.rings["acme"][everything]; !all {
		t.Error("what did not fit must become: look at everything")
	}
	if len(b.rings["other"]) == 0 {
		t.Error("another company lost its ring")
	}
	for i := range 2 * maxBacklog {
		h.Ring(fmt.Sprint("company", i), "a")
	}
	if !b.all || len(b.rings) > 0 {
		t.Errorf("all = %v with %d companies", b.all, len(b.rings))
	}
}

func BenchmarkRing(b *testing.B) {
	for _, ears := range []int{0, 1, 50, 5000} {
		b.Run(fmt.Sprint(ears, " ears"), func(b *testing.B) {
			h := alone(b)
			for range ears {
				e := h.Listen(Listener{Company: "acme", Topics: []string{"a"}})
				defer e.Close()
			}
			b.ReportAllocs()
			for b.Loop() {
				h.Ring("acme", "a", "agent/7", "session/0123456789abcdef")
			}
		})
	}
}
