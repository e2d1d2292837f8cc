package live

import (
	"slices"
	"testing"
	"time"
)

const desk7 = Beside + "session/7"

// at waits until a hub says that these are at the topic.
func at(t *testing.T, h *Hub, here, writing []int64) {
	t.Helper()
	until(t, "it is known who is there", func() bool {
		c, err := h.At(limited(t), "acme", desk7)
		return err == nil && slices.Equal(c.Here, here) && slices.Equal(c.Writing, writing)
	})
}

func TestTwoProcessesSeeWhoIsBesideWhom(t *testing.T) {
	a, b := newHub(t, shared, Options{}), newHub(t, shared, Options{})
	yu := a.Listen(Listener{Company: "acme", UID: 1, Topics: []string{desk7}})
	at(t, b, []int64{1}, nil)
	ming := b.Listen(Listener{Company: "acme", UID: 2, Topics: []string{desk7}})
	at(t, a, []int64{1, 2}, nil)
	settle(t, yu, ming)

	if err := b.Writing(limited(t), "acme", desk7, 2, time.Hour); err != nil {
		t.Fatal(err)
	}
	hears(t, yu, desk7)
	at(t, a, []int64{1, 2}, []int64{2})
	if err := b.Writing(limited(t), "acme", desk7, 2, 0); err != nil {
		t.Fatal(err)
	}
	hears(t, yu, desk7)
	at(t, a, []int64{1, 2}, nil)

	// A second page of the same agent is no second agent, and as long as one stands they are there.
	again := b.Listen(Listener{Company: "acme", UID: 2, Topics: []string{desk7}})
	ming.Close()
	if err := b.Writing(limited(t), "acme", desk7, 2, time.Hour); err != nil {
		t.Fatal(err)
	}
	at(t, a, []int64{1, 2}, []int64{2})
	again.Close()
	hears(t, yu, desk7)
	at(t, a, []int64{1}, nil)
	for _, elsewhere := range []string{"other", ""} {
		if c, err := a.At(limited(t), elsewhere, desk7); err != nil || c.Here != nil {
			t.Errorf("company %q sees %v (%v)", elsewhere, c, err)
		}
	}
}

func TestWhoFellSilentIsBesideNobody(t *testing.T) {
	s := ownRedis(t)
	a := newHub(t, s, Options{})
	yu := a.Listen(Listener{Company: "acme", UID: 1, Topics: []string{desk7}})
	at(t, a, []int64{1}, nil)
	rdb := s.client()
	defer rdb.Close()
	dead := New(rdb, Options{Prefix: prefix(t), Heartbeat: 100 * time.Millisecond}) // it never runs again: its process was killed
	pipe := rdb.Pipeline()
	dead.sign(limited(t), pipe, "acme", desk7, signHere, 2, time.Now().Add(time.Second))
	if _, err := pipe.Exec(limited(t)); err != nil {
		t.Fatal(err)
	}
	hears(t, yu, desk7)
	at(t, a, []int64{1, 2}, nil)
	yu.Take()
	hears(t, yu, desk7) // by itself
	at(t, a, []int64{1}, nil)

	// Redis emptied: whoever is there says so again.
	if err := rdb.FlushAll(limited(t)).Err(); err != nil {
		t.Fatal(err)
	}
	at(t, a, []int64{1}, nil)
}
