package bench

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"slices"
	"time"
)

// shoutEvery is how far apart events to everybody are.
const shoutEvery = 300 * time.Millisecond

// shout causes one event after another that every page hears, and times each page's hearing. A customer whom nobody knows
// yet does it: the session queues, and all agents of the company are shown the queue.
func (l *load) shout(o *order) (*outcome, error) {
	posters, err := l.posters(1)
	if err != nil {
		return nil, err
	}
	p := posters[0]
	first, result := l.next, &outcome{}
	began := time.Now()
	for time.Since(began) < o.For {
		for _, page := range l.pages {
			page.first.Store(0)
		}
		at := time.Now()
		if o.Tell == "callback" {
			p.post(0, int(l.next-first)+l.world.Customers, l.next)
			l.next++
		} else if err := shoutPlain(p); err != nil {
			return nil, err
		}
		p.acks = append(p.acks, time.Since(at))
		result.Unheard += l.shouted(at, result)
		time.Sleep(time.Until(at.Add(shoutEvery)))
	}
	events, unheard := result.Events, result.Unheard
	result = l.gather(posters, first, time.Since(began))
	slices.Sort(events)
	result.Events, result.Unheard = events, unheard
	return result, nil
}

// shouted waits until every page has heard, and keeps how long it took each.
func (l *load) shouted(at time.Time, into *outcome) (unheard int64) {
	ctx, stop := context.WithTimeout(context.Background(), 3*time.Second)
	defer stop()
	_ = until(ctx, 5*time.Millisecond, func() bool {
		unheard = 0
		for _, p := range l.pages {
			if p.first.Load() == 0 {
				unheard++
			}
		}
		return unheard == 0
	})
	for _, p := range l.pages {
		if t := p.first.Load(); t != 0 {
			into.Events = append(into.Events, time.Duration(t-at.UnixNano()))
		}
	}
	return unheard
}

// shoutPlain has the baseline server do it.
func shoutPlain(p *poster) error {
	c, err := net.Dial("tcp", p.l.addr)
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := fmt.Fprintf(c, "POST /shout HTTP/1.1\r\nHost: plain\r\nContent-Length: 0\r\n\r\n"); err != nil {
		return err
	}
	_, err = bufio.NewReader(c).ReadString('\n')
	return err
}
