package courier

import (
	"fmt"
	"slices"
	"testing"
)

func from(appid string, n int) Customer { return Customer{AppID: appid, OpenID: fmt.Sprint(n)} }

// takes takes as many as there are, up to n.
func (l *line) takes(n int) (out []string) {
	for range n {
		to, ok := l.take()
		if !ok {
			break
		}
		out = append(out, to.AppID+to.OpenID)
	}
	return out
}

func TestAnAccountThatHoldsItsShareLeavesTheOthersTheirs(t *testing.T) {
	l := newLine()
	for i := range 100 {
		l.wake(from("a", i))
	}
	if got := l.takes(workers); len(got) != share {
		t.Fatalf("one account has %d workers", len(got))
	}
	l.wake(from("b", 0))
	if got := l.takes(workers); !slices.Equal(got, []string{"b0"}) {
		t.Errorf("beside it are served %v", got)
	}
	l.done(from("a", 0))
	if got := l.takes(workers); !slices.Equal(got, []string{"a8"}) {
		t.Errorf("when one is done %v follows", got)
	}
}

func TestAccountsTakeTurns(t *testing.T) {
	l := newLine()
	for _, a := range []string{"a", "b"} {
		for i := range 3 {
			l.wake(from(a, i))
		}
	}
	if got := l.takes(10); !slices.Equal(got, []string{"a0", "b0", "a1", "b1", "a2", "b2"}) {
		t.Errorf("served were %v", got)
	}
}

func TestWhoIsWokenWhileServedIsServedOnceMoreAndNotTwiceAtOnce(t *testing.T) {
	l := newLine()
	l.wake(from("a", 1))
	l.takes(1)
	l.wake(from("a", 1))
	l.wake(from("a", 1))
	if got := l.takes(1); got != nil {
		t.Errorf("%v are served twice at once", got)
	}
	l.done(from("a", 1))
	if got := l.takes(2); len(got) != 1 {
		t.Errorf("then are served %v", got)
	}
	l.done(from("a", 1))
	if len(l.known)+len(l.lanes)+len(l.turn) != 0 {
		t.Errorf("of an idle line is left: %+v", l)
	}
}
