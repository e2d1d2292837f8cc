package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// page is an agent's open workspace, as far as the network sees it.
type page struct {
	conn    net.Conn
	company int
	shows   int // the customer whose session is open; -1: none

	mu    sync.Mutex
	since time.Time // when the message was due that is waited for; zero: none is
	times []time.Duration
	first atomic.Int64 // when the first event came since it was set to zero, of any kind, Unix ns
}

// openPages opens streams, over the companies by turns, until there are n.
func (l *load) openPages(ctx context.Context, n int) error {
	var g errgroup.Group
	g.SetLimit(16)
	have := len(l.pages)
	for i := have; i < n; i++ {
		c := i % len(l.world.Companies)
		s := l.world.Companies[c].Streams[i/len(l.world.Companies)]
		p := &page{company: c, shows: s.Customer}
		l.pages = append(l.pages, p)
		g.Go(func() error { return p.open(ctx, l, s) })
	}
	return g.Wait()
}

func (p *page) open(ctx context.Context, l *load, s stream) (err error) {
	if p.conn, err = (&net.Dialer{}).DialContext(ctx, "tcp", l.addr); err != nil {
		return err
	}
	path := "/live"
	if s.Session != "" {
		path += "?session=" + s.Session
	}
	if _, err := fmt.Fprintf(p.conn, "GET %s HTTP/1.1\r\nHost: %s\r\nAccept: text/event-stream\r\nCookie: %s\r\n\r\n", path, l.addr, s.Cookie); err != nil {
		return err
	}
	r := bufio.NewReaderSize(p.conn, 512)
	status, err := r.ReadString('\n')
	if err != nil || !strings.Contains(status, " 200 ") {
		return errors.Join(err, fmt.Errorf("a stream was answered with %q", strings.TrimSpace(status)))
	}
	l.open.Add(1)
	go func() { defer l.open.Add(-1); p.listen(r) }()
	return nil
}

// listen notes when events come.
func (p *page) listen(r *bufio.Reader) {
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return
		}
		if len(line) < 8 || string(line[:7]) != "event: " {
			continue
		}
		now := time.Now()
		p.first.CompareAndSwap(0, now.UnixNano())
		if string(line[7:len(line)-1]) == "thread" {
			p.hear(now)
		}
	}
}

func (p *page) hear(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.since.IsZero() && now.After(p.since) {
		p.times = append(p.times, now.Sub(p.since))
		p.since = time.Time{}
	}
}

// expect waits for the event of a message; false: one is waited for already.
func (p *page) expect(due time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.since.IsZero() {
		return false
	}
	p.since = due
	return true
}

func (p *page) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.since = time.Time{}
}

func (l *load) hushPages() {
	for _, p := range l.pages {
		p.mu.Lock()
		p.since, p.times = time.Time{}, nil
		p.mu.Unlock()
	}
}

// awaitPages waits until every page has heard what it waits for, and says how many have not.
func (l *load) awaitPages(most time.Duration) int64 {
	ctx, stop := context.WithTimeout(context.Background(), most)
	defer stop()
	var left int64
	_ = until(ctx, 5*time.Millisecond, func() bool {
		left = 0
		for _, p := range l.pages {
			p.mu.Lock()
			if !p.since.IsZero() {
				left++
			}
			p.mu.Unlock()
		}
		return left == 0
	})
	return left
}

func (l *load) heard() (all []time.Duration) {
	for _, p := range l.pages {
		p.mu.Lock()
		all = append(all, p.times...)
		p.mu.Unlock()
	}
	slices.Sort(all)
	return all
}
