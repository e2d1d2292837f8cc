package live

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"
)

func TestARingWhileTheStreamIsDownIsHeardWhenItIsBack(t *testing.T) {
	here, there := newHub(t, shared, Options{}), newHub(t, shared, Options{})
	s := site(t, here)
	p := open(t, s.Client(), s.URL+"?topic=session/1")
	p.hears("session/1")
	p.body.Close()
	until(t, "the stream is gone", func() bool { return len(here.here("acme")) == 0 })
	there.Ring("acme", "session/1")
	if err := there.flush(limited(t)); err != nil {
		t.Fatal(err)
	}
	open(t, s.Client(), s.URL+"?topic=session/1").hears("session/1")
}

func TestAChangeBetweenRenderAndStreamIsSeen(t *testing.T) {
	here, there := newHub(t, shared, Options{}), newHub(t, shared, Options{})
	s := site(t, here)
	var state atomic.Int64
	rendered := state.Load()
	state.Add(1)
	there.Ring("acme", "session/1") // nobody of acme listens yet, not even to its channel
	p := open(t, s.Client(), s.URL+"?topic=session/1")
	p.hears("session/1")
	if looked := state.Load(); looked == rendered {
		t.Error("the first ring must lead to a look that sees the change")
	}
}

// The subscription to a company's channel begins after its first ear: what another process rings in between would be lost.
func TestAChangeBetweenStreamAndSubscriptionIsSeen(t *testing.T) {
	for i := range 30 {
		here, there := newHub(t, shared, Options{}), newHub(t, shared, Options{})
		company := fmt.Sprint("company", i)
		e := here.Listen(Listener{Company: company, Topics: []string{"a"}})
		defer e.Close()
		var state atomic.Int64
		e.Take() // the first look: before the change
		go func() {
			state.Add(1)
			there.Ring(company, "a")
		}()
		for state.Load() == 0 {
			hears(t, e, "a")
		}
	}
}

func TestABurstEndsWithEveryPageUpToDate(t *testing.T) {
	here, there := newHub(t, shared, Options{}), newHub(t, shared, Options{})
	s := site(t, here)
	var pages []*page
	for range 5 {
		pages = append(pages, open(t, s.Client(), s.URL+"?topic=busy"))
	}
	for i := range 10_000 {
		there.Ring("acme", "busy", fmt.Sprint("session/", i%100))
	}
	there.Ring("acme", Everybody, "last")
	late := here.Listen(Listener{Company: "acme", Topics: []string{"busy"}})
	defer late.Close()
	for _, p := range pages {
		p.hears("busy", Everybody)
	}
}

func TestRedisKilledAndRestarted(t *testing.T) {
	s := ownRedis(t)
	here, there := newHub(t, s, Options{}), newHub(t, s, Options{})
	web := site(t, here)
	p := open(t, web.Client(), web.URL+"?uid=4&topic=inbox&login=mine")
	p.hears("inbox")
	e := there.Listen(Listener{Company: "acme", UID: 5, Topics: []string{"inbox"}})
	defer e.Close()
	settle2(t, there, e)
	e.Leave(settled)

	s.kill()
	until(t, "both know that they are cut off", func() bool { return !here.Connected() && !there.Connected() })
	there.Ring("acme", "inbox") // its own ears hear it all the same
	hears(t, e, "inbox")
	here.Ring("acme", "inbox")
	p.hears("inbox")
	e.Take()

	if err := s.start(); err != nil {
		t.Fatal(err)
	}
	p.hears("inbox") // everyone looks again, without anyone ringing
	hears(t, e, "inbox")
	until(t, "the register is whole again, though Redis came back empty", func() bool {
		a, errA := here.counts(limited(t), Everybody)
		b, errB := there.counts(limited(t), Everybody)
		return errA == nil && errB == nil && a == [2]int{2, 2} && b == a
	})
	settle2(t, there, e)
	e.Leave(settled)
	e.Take()
	here.Ring("acme", "inbox")
	hears(t, e, "inbox")
	there.End("mine")
	p.ends()
}

func TestRedisEmptiedCostsNothingButAPause(t *testing.T) {
	s := ownRedis(t)
	here, there := newHub(t, s, Options{}), newHub(t, s, Options{})
	e := here.Listen(Listener{Company: "acme", UID: 4})
	defer e.Close()
	online := func() bool { ok, _ := there.IsOnline(limited(t), "acme", 4); return ok }
	until(t, "registered", online)
	if err := here.rdb.FlushAll(limited(t)).Err(); err != nil {
		t.Fatal(err)
	}
	until(t, "registered again", online)
}

func TestEndClosesStreamsOfThatLoginEverywhere(t *testing.T) {
	here, there := newHub(t, shared, Options{}), newHub(t, shared, Options{})
	s := site(t, here)
	mine := open(t, s.Client(), s.URL+"?uid=1&login=mine")
	second := open(t, s.Client(), s.URL+"?uid=1&login=phone")
	other := open(t, s.Client(), s.URL+"?uid=2&login=other")
	for _, p := range []*page{mine, second, other} {
		p.hears(Everybody)
	}
	there.End("mine")
	if took := mine.ends(); took > time.Second {
		t.Errorf("the stream outlived its login by %v", took)
	}
	there.EndUID("other-company", 1)
	here.Ring("acme", Everybody)
	second.hears(Everybody)
	there.EndUID("acme", 1)
	if took := second.ends(); took > time.Second {
		t.Errorf("the stream outlived its agent by %v", took)
	}
	here.Ring("acme", Everybody)
	other.hears(Everybody)
	there.End("") // nobody's login
	here.Ring("acme", Everybody)
	other.hears(Everybody)
}

func TestAnEndReachesAStreamThatHadPassedItsCheck(t *testing.T) {
	here, there := newHub(t, shared, Options{}), newHub(t, shared, Options{})
	there.End("mine")
	until(t, "the end is known here", func() bool {
		here.mu.RLock()
		defer here.mu.RUnlock()
		return len(here.recent) > 0
	})
	late := here.Listen(Listener{Company: "acme", Login: "mine"})
	if _, ok := late.Take(); ok {
		t.Error("a login that has just ended must not listen")
	}
	other := here.Listen(Listener{Company: "acme", Login: "other"})
	defer other.Close()
	if _, ok := other.Take(); !ok {
		t.Error("another login may")
	}
}

func TestAnEndSaidWhileAProcessWasCutOffReachesIt(t *testing.T) {
	t.Run("Redis remembers it", func(t *testing.T) {
		there := newHub(t, shared, Options{})
		rdb := shared.client()
		defer rdb.Close()
		late := New(rdb, there.opt) // not running: cut off
		late.opt.Instance = "late"
		e := late.Listen(Listener{Company: "acme", Login: "mine"})
		there.End("mine")
		if err := there.flush(limited(t)); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() { defer close(done); late.Run(ctx) }()
		if _, err := waitEnd(t, e); err != ErrEnded {
			t.Error(err)
		}
		cancel()
		<-done
	})
	t.Run("Redis was killed right after it", func(t *testing.T) {
		s := ownRedis(t)
		here, there := newHub(t, s, Options{}), newHub(t, s, Options{})
		s.kill()
		e := here.Listen(Listener{Company: "acme", Login: "mine"})
		there.End("mine")
		there.outgoing.take() // as if Redis had taken it and died before anyone heard
		if err := s.start(); err != nil {
			t.Fatal(err)
		}
		if _, err := waitEnd(t, e); err != ErrEnded {
			t.Error(err)
		}
	})
}

func TestShutdownSendsWhatIsQueued(t *testing.T) {
	there := newHub(t, shared, Options{})
	here, stop := startHub(t, shared, Options{})
	e := there.Listen(Listener{Company: "acme", Topics: []string{"a"}})
	defer e.Close()
	settle(t, e)
	here.Ring("acme", "a")
	stop()
	hears(t, e, "a")
}

func TestACompanyNobodyListensToIsForgotten(t *testing.T) {
	h := newHub(t, shared, Options{Heartbeat: 20 * time.Millisecond})
	e := h.Listen(Listener{Company: "acme", UID: 1})
	channel := h.ringChannel("acme")
	subscribed := func() bool { return h.rdb.PubSubNumSub(limited(t), channel).Val()[channel] == 1 }
	until(t, "subscribed", subscribed)
	e.Close()
	until(t, "unsubscribed", func() bool { return !subscribed() && h.company("acme") == nil })
	e = h.Listen(Listener{Company: "acme", Topics: []string{"a"}})
	defer e.Close()
	settle(t, e)
}
