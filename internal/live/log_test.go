package live

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// follow reads company's log from after until it has n entries, and fails on a gap.
func follow(t *testing.T, l *Log, company, after string, n int) (entries []Entry) {
	t.Helper()
	until(t, fmt.Sprintf("there are %d entries", n), func() bool {
		more, gap, err := l.Read(limited(t), company, after, 1000)
		if err != nil || gap {
			t.Fatalf("read after %s: gap %v, %v", after, gap, err)
		}
		if len(more) > 0 {
			after = more[len(more)-1].ID
		}
		entries = append(entries, more...)
		return len(entries) >= n
	})
	return entries
}

func tail(t *testing.T, l *Log, company string) string {
	t.Helper()
	id, err := l.Tail(limited(t), company)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestTheLogIsReadInOrderByAnotherProcess(t *testing.T) {
	here, there := newHub(t, shared, Options{}), newHub(t, shared, Options{})
	from := tail(t, there.Log, "acme")
	if again := tail(t, here.Log, "acme"); again != from {
		t.Errorf("nothing happened, yet the tail moved from %s to %s", from, again)
	}
	const n = 5000
	for i := range n {
		here.Log.Append("acme", "message.created", []byte(strconv.Itoa(i)))
	}
	entries := follow(t, there.Log, "acme", from, n)
	for i, e := range entries {
		if string(e.Data) != strconv.Itoa(i) || e.Name != "message.created" {
			t.Fatalf("entry %d is %s %s", i, e.Name, e.Data)
		}
	}
	middle := follow(t, there.Log, "acme", entries[n/2-1].ID, n/2) // resumes anywhere
	if len(middle) != n/2 || string(middle[0].Data) != strconv.Itoa(n/2) {
		t.Errorf("resuming in the middle gave %d entries from %s", len(middle), middle[0].Data)
	}
	if others, gap, err := there.Log.Read(limited(t), "other", from, 10); len(others) > 0 || !gap || err != nil {
		t.Errorf("another company read %d, gap %v, %v", len(others), gap, err)
	}
}

func TestAppendingRingsEvents(t *testing.T) {
	here, there := newHub(t, shared, Options{}), newHub(t, shared, Options{})
	e := there.Listen(Listener{Company: "acme", Topics: []string{EventsTopic}})
	defer e.Close()
	settle(t, e)
	from := tail(t, there.Log, "acme")
	here.Log.Append("acme", "session.updated", []byte("{}"))
	hears(t, e, EventsTopic)
	if entries, gap, err := there.Log.Read(limited(t), "acme", from, 10); len(entries) != 1 || gap || err != nil {
		t.Errorf("when it rings the entry must be there: %v, %v, %v", entries, gap, err)
	}
}

func TestTheLogSaysWhenSomethingMayBeMissing(t *testing.T) {
	type world struct {
		redis *redisServer
		h     *Hub
		from  string // where the reader stopped
	}
	for _, tc := range []struct {
		name string
		do   func(t *testing.T, w *world)
		want bool
	}{
		{"nothing happened", func(*testing.T, *world) {}, false},
		{"it is older than what is kept", func(t *testing.T, w *world) {
			for range 1000 {
				w.h.Log.Append("acme", "e", nil)
			}
			until(t, "it was trimmed", func() bool {
				return w.h.Log.flush(limited(t)) == nil && w.h.rdb.XLen(limited(t), w.h.Log.key("acme")).Val() < 1000
			})
		}, true},
		{"Redis was emptied", func(t *testing.T, w *world) { w.h.rdb.FlushAll(limited(t)) }, true},
		{"Redis was emptied and has new entries", func(t *testing.T, w *world) {
			w.h.rdb.FlushAll(limited(t))
			until(t, "ids of this millisecond are over", func() bool { return w.from < unixMilli(time.Now()) })
			w.h.Log.Append("acme", "e", nil)
			w.h.Log.flush(limited(t))
		}, true},
		{"too much was appended while Redis was away", func(t *testing.T, w *world) {
			w.h.Log.flush(limited(t))
			w.h.Log.writing.Lock() // as if it were away
			for range maxQueued + 1 {
				w.h.Log.Append("acme", "e", nil)
			}
			if len(w.h.Log.queue) > maxQueued {
				t.Errorf("%d are queued", len(w.h.Log.queue))
			}
			w.h.Log.writing.Unlock()
			w.h.Log.flush(limited(t))
			w.from = w.h.rdb.XRevRangeN(limited(t), w.h.Log.key("acme"), "+", "-", 2).Val()[1].ID
		}, true},
		{"the id is none", func(_ *testing.T, w *world) { w.from = "0-0; drop table" }, true},
		{"the id is empty", func(_ *testing.T, w *world) { w.from = "" }, true},
		{"the id is of the future", func(_ *testing.T, w *world) { w.from = "99999999999999-0" }, true},
		{"the id is too long", func(_ *testing.T, w *world) { w.from = strings.Repeat("9", 1000) + "-0" }, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := &world{redis: ownRedis(t)}
			w.h = newHub(t, w.redis, Options{LogLength: 100})
			w.from = tail(t, w.h.Log, "acme")
			tc.do(t, w)
			entries, gap, err := w.h.Log.Read(limited(t), "acme", w.from, 10)
			if err != nil || gap != tc.want || gap && len(entries) > 0 {
				t.Errorf("gap = %v with %d entries, %v; want %v", gap, len(entries), err, tc.want)
			}
			if gap { // and there is a way on from it
				from := tail(t, w.h.Log, "acme")
				w.h.Log.Append("acme", "after", nil)
				if e := follow(t, w.h.Log, "acme", from, 1); e[0].Name != "after" {
					t.Errorf("then read %v", e)
				}
			}
		})
	}
}

// Redis with appendfsync everysec may lose its last second, though it had said yes to it.
func TestALogThatRedisTookBackShowsAGap(t *testing.T) {
	s := ownRedis(t)
	h := newHub(t, s, Options{})
	l := h.Log
	from := tail(t, l, "acme")
	l.Append("acme", "kept", nil)
	kept := follow(t, l, "acme", from, 1)[0]
	l.Append("acme", "lost", nil)
	lost := follow(t, l, "acme", kept.ID, 1)[0]
	if err := h.rdb.XDel(limited(t), l.key("acme"), lost.ID).Err(); err != nil { // as a crash would have it
		t.Fatal(err)
	}
	h.rdb.ClientKillByFilter(limited(t), "TYPE", "pubsub")
	until(t, "the reader is told", func() bool {
		entries, gap, err := l.Read(limited(t), "acme", kept.ID, 10)
		return err == nil && gap && len(entries) == 0
	})
	before, gap, err := l.Read(limited(t), "acme", from, 10)
	if err != nil || gap || len(before) != 1 || before[0].Name != "kept" {
		t.Errorf("what came before the gap must still be read first: %v, %v, %v", before, gap, err)
	}
}

func TestTheLogOutlivesRedis(t *testing.T) {
	s := ownRedis(t)
	h := newHub(t, s, Options{})
	s.kill()
	until(t, "cut off", func() bool { return !h.Connected() })
	for i := range 100 {
		h.Log.Append("acme", "e", []byte(strconv.Itoa(i)))
	}
	if err := s.start(); err != nil {
		t.Fatal(err)
	}
	until(t, "all are there, in order", func() bool {
		all, err := h.rdb.XRange(limited(t), h.Log.key("acme"), "-", "+").Result()
		seen := 0
		for _, m := range all {
			if m.Values["n"] == "e" && m.Values["d"] == strconv.Itoa(seen) {
				seen++
			}
		}
		return err == nil && seen == 100
	})
}

func TestAKeyThatIsNoStreamDoesNotHoldUpOtherCompanies(t *testing.T) {
	h := newHub(t, shared, Options{})
	h.rdb.Set(limited(t), h.Log.key("broken"), "x", 0)
	from := tail(t, h.Log, "acme")
	for range 3 {
		h.Log.Append("broken", "e", nil)
		h.Log.Append("acme", "e", nil)
	}
	follow(t, h.Log, "acme", from, 3)
	until(t, "the queue is empty", func() bool {
		h.Log.mu.Lock()
		defer h.Log.mu.Unlock()
		return len(h.Log.queue)+len(h.Log.lost) == 0
	})
}

// Two programs read over HTTP, one is cut off in between and resumes with Last-Event-ID: both have read everything once.
func TestTheLogAsAStreamResumes(t *testing.T) {
	here, there := newHub(t, shared, Options{}), newHub(t, shared, Options{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		after := r.Header.Get("Last-Event-ID")
		who := Listener{Company: "acme", Topics: []string{EventsTopic}}
		there.ServeFunc(w, r, who, func(ctx context.Context, out []byte, _ []string) ([]byte, bool, error) {
			entries, gap, err := there.Log.Read(ctx, "acme", after, 7)
			if gap {
				return nil, false, fmt.Errorf("a gap after %q", after)
			}
			for _, e := range entries {
				out, after = AppendEvent(out, e.ID, e.Name, e.Data), e.ID
			}
			return out, len(entries) > 0, err
		})
	}))
	defer s.Close()
	from := tail(t, here.Log, "acme")
	const n = 500
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range n {
			here.Log.Append("acme", "e", []byte(strconv.Itoa(i)))
		}
	})
	read := func(after string, first, last int) {
		t.Helper()
		client := &http.Client{Transport: lastEventID(after)}
		p := open(t, client, s.URL)
		for i := first; i < last; i++ {
			select {
			case e := <-p.events:
				if e != fmt.Sprint("e ", i) {
					t.Fatalf("event %d is %q", i, e)
				}
			case <-time.After(10 * time.Second):
				t.Fatalf("event %d is missing", i)
			}
		}
		p.body.Close()
	}
	read(from, 0, 200)
	entries, _, err := there.Log.Read(limited(t), "acme", from, 200)
	if err != nil || len(entries) != 200 {
		t.Fatal(len(entries), err)
	}
	read(entries[199].ID, 200, n)
	wg.Wait()
}

type lastEventID string

func (id lastEventID) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Last-Event-ID", string(id))
	return http.DefaultTransport.RoundTrip(r)
}

func BenchmarkAppend(b *testing.B) {
	rdb := shared.client()
	defer rdb.Close()
	h := New(rdb, Options{Prefix: "bench:"})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); h.Run(ctx) }()
	data := []byte(strings.Repeat("x", 500))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		for h.Log.waiting() > 10_000 { // so that what is measured is what Redis takes, not what is dropped
			time.Sleep(time.Millisecond)
		}
		h.Log.Append("company"+strconv.Itoa(i%200), "message.created", data)
	}
	b.StopTimer()
	cancel()
	<-done
}

// What go-redis's own XADD would allocate, and ours.
func BenchmarkXADD(b *testing.B) {
	rdb := shared.client()
	defer rdb.Close()
	h, ctx, data := New(rdb, Options{}), context.Background(), []byte(strings.Repeat("x", 500))
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			h.Log.xadd(ctx, "acme", "message.created", data)
		}
	})
	b.Run("go-redis", func(b *testing.B) {
		pipe := rdb.Pipeline()
		b.ReportAllocs()
		for b.Loop() {
			pipe.XAdd(ctx, &redis.XAddArgs{Stream: h.Log.key("acme"), MaxLen: 10_000, Approx: true, Values: []any{"n", "message.created", "d", data}})
			if pipe.Len() > 500 {
				pipe.Discard()
			}
		}
	})
}

func (l *Log) waiting() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.queue)
}
