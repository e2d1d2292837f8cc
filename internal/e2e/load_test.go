package e2e

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A load is many customers who write at once, each one message after the other.
type load struct {
	w     *world
	acked map[string][]string // by customer: what Weir acknowledged, in order
	sent  map[string][]string // and what was sent in all
	count atomic.Int64        // of what was acknowledged
	done  chan struct{}
	mu    sync.Mutex
}

// connections is how many customers write at the same time.
const connections = 16

// writing starts a load of so many messages from each of 32 customers.
func (w *world) writing(each int) *load {
	l := &load{w: w, acked: map[string][]string{}, sent: map[string][]string{}, done: make(chan struct{})}
	var all sync.WaitGroup
	for i := range connections {
		all.Go(func() {
			for n := range each {
				for _, half := range []string{"a", "b"} {
					l.say(fmt.Sprintf("customer-%02d%s", i, half), fmt.Sprintf("m%04d", n))
				}
			}
		})
	}
	go func() { all.Wait(); close(l.done) }()
	return l
}

func (l *load) say(openid, text string) {
	answer, err := l.w.sim.Text(l.w.Context(), appid, openid, text)
	if err != nil {
		return // the test is over
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sent[openid] = append(l.sent[openid], text)
	if answer.Accepted() {
		l.acked[openid] = append(l.acked[openid], text)
		l.count.Add(1)
	}
}

// reaches waits until so many messages were acknowledged.
func (l *load) reaches(n int64) {
	l.w.Helper()
	l.w.until(fmt.Sprintf("%d messages acknowledged", n), 60*time.Second, func() bool { return l.count.Load() >= n })
}

// ends waits until everything was sent.
func (l *load) ends() {
	l.w.Helper()
	select {
	case <-l.done:
	case <-time.After(90 * time.Second):
		l.w.Fatal("the load does not end")
	}
}

// isKept checks that every acknowledged message is there once and in order, in one session of each customer without gaps.
// exactly: and nothing else is.
func (l *load) isKept(exactly bool) {
	l.w.Helper()
	all := l.w.kept("")
	total := 0
	for openid, acked := range l.acked {
		var texts []string
		sessions := map[string]bool{}
		for i, k := range all[openid] {
			if k.Opercode != 5 { // that so many are before them, said by the desk
				texts = append(texts, k.Text)
			}
			sessions[k.Session] = true
			if k.Seq != i+1 {
				l.w.Errorf("%s: message %d has the place %d", openid, i+1, k.Seq)
			}
		}
		total += len(acked)
		switch {
		case len(sessions) != 1:
			l.w.Errorf("%s has %d sessions", openid, len(sessions))
		case !slices.IsSorted(texts):
			l.w.Errorf("%s: out of order: %q", openid, texts)
		case len(slices.Compact(slices.Clone(texts))) != len(texts):
			l.w.Errorf("%s: something is there twice: %q", openid, texts)
		case exactly && !slices.Equal(texts, acked):
			l.w.Errorf("%s: %d messages are there, %d were acknowledged", openid, len(texts), len(acked))
		}
		for _, text := range acked {
			if !slices.Contains(texts, text) {
				l.w.Errorf("%s: %q was acknowledged and is lost", openid, text)
			}
		}
	}
	l.w.Logf("%d messages acknowledged, %d customers", total, len(l.acked))
	if total == 0 {
		l.w.Error("nothing was acknowledged: this test means nothing")
	}
}

// queuesAgree waits until Redis is what PostgreSQL says.
func (w *world) queuesAgree() {
	w.Helper()
	var out []byte
	w.until("weir queues check finds no difference", 45*time.Second, func() bool {
		var err error
		out, err = w.command("queues", "check").CombinedOutput()
		if err != nil {
			w.Logf("queues check: %s", tail(string(out), 300))
		}
		return err == nil
	})
}
