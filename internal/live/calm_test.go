package live

import (
	"testing"
	"time"
)

func TestWhatChangesOftenRingsAtOnceAndThenNowAndThen(t *testing.T) {
	h := newHub(t, shared, Options{})
	e := h.Listen(Listener{Company: "acme", Topics: []string{"queue"}})
	defer e.Close()
	e.Take()
	const while = 300 * time.Millisecond
	began, rang := time.Now(), 0
	for time.Since(began) < 3*while {
		h.RingCalmly(while, "acme", "queue")
		if topics, _ := e.Take(); len(topics) > 0 {
			rang++
		}
		if rang == 0 {
			t.Fatal("the first did not ring at once")
		}
	}
	if most := 1 + int(time.Since(began)/while); rang > most {
		t.Errorf("it rang %d times, and may have %d times", rang, most)
	}
	e.Take()
	h.RingCalmly(while, "acme", "queue")
	hears(t, e, "queue") // the last is not swallowed
}

func TestWhatWaitsToRingRingsBeforeTheEnd(t *testing.T) {
	there := newHub(t, shared, Options{})
	here, stop := startHub(t, shared, Options{})
	e := there.Listen(Listener{Company: "acme", Topics: []string{"queue"}})
	defer e.Close()
	settle(t, e)
	here.RingCalmly(time.Hour, "acme", "queue")
	hears(t, e, "queue")
	here.RingCalmly(time.Hour, "acme", "queue")
	if err := here.Shutdown(limited(t)); err != nil {
		t.Fatal(err)
	}
	hears(t, e, "queue")
	stop()
}

func TestATouchReachesEveryProcessThoughNobodyListensThere(t *testing.T) {
	touched := make(chan string, 8)
	for range 2 {
		h := newHub(t, shared, Options{OnTouch: func(company string) { touched <- company }})
		until(t, "it hears the others", h.Connected)
	}
	told := New(shared.client(), Options{Prefix: prefix(t)}) // a command that does not stay
	defer told.rdb.Close()
	told.Touch("acme")
	if err := told.Shutdown(limited(t)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		select {
		case company := <-touched:
			if company != "acme" {
				t.Errorf("touched: %q", company)
			}
		case <-limited(t).Done():
			t.Fatal("a process was not told")
		}
	}
}
