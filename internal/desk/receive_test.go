package desk_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"weir/internal/desk"
)

func TestTheFirstMessageOpensASessionThatQueues(t *testing.T) {
	r := newRoom(t)
	r.receive(r.text("o1", "你好"))
	s := r.live("o1")
	if !s.In(desk.Queueing) || s.LastSeq != 1 || s.LastText != "你好" {
		t.Fatalf("the session is %+v", s.Session)
	}
}

func TestASessionGoesToAnAgentTheMomentOneIsOnline(t *testing.T) {
	r := newRoom(t)
	r.receive(r.text("o1", "你好"))
	r.online(yu)
	r.until("the session waits for 小鱼", func() bool { s := r.live("o1"); return s.In(desk.Waiting) && s.Of(yu) })
	r.receive(r.text("o2", "在吗"))
	r.until("the next one does too", func() bool { s := r.live("o2"); return s.In(desk.Waiting) && s.Of(yu) })
}

func TestTwentyCopiesOfOneCallbackAreOneMessage(t *testing.T) {
	r := newRoom(t)
	a := r.text("o1", "价格")
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			copy := *a
			said, err := r.desk.Receive(t.Context(), &copy)
			if err != nil || said.Text != "每小时八元。" {
				t.Errorf("a copy was answered %q, %v", said.Text, err)
			}
		})
	}
	wg.Wait()
	if said := r.receive(a); said.Text != "每小时八元。" || !said.Repeat {
		t.Errorf("a late repeat was answered %+v", said)
	}
	ms := r.messages(r.live("o1"))
	if len(ms) != 3 || ms[0].Text != "价格" || ms[1].Delivery != desk.Sent || ms[2].Delivery != desk.Queued {
		t.Fatalf("the thread is %+v", ms)
	}
}

// WeChat's repeats carry the same CreateTime; whoever passes them on may not.
func TestAMessageIsKnownByItsKeyWhateverTimeItsRepeatBears(t *testing.T) {
	r := newRoom(t)
	a := r.text("o1", "你好")
	r.receive(a)
	for _, later := range []time.Duration{3 * time.Second, -time.Minute, 5 * time.Hour} {
		repeat := *a
		repeat.At = a.At.Add(later)
		if said := r.receive(&repeat); !said.Repeat {
			t.Errorf("%v later it is another message", later)
		}
	}
	if ms := r.messages(r.live("o1")); len(ms) != 1 {
		t.Fatalf("there are %d messages", len(ms))
	}
}

func TestFortyFirstMessagesAtOnceOpenOneSessionInOneOrder(t *testing.T) {
	r := newRoom(t)
	other := r.open() // a second process on the same database
	var wg sync.WaitGroup
	for i := range 40 {
		d := r.desk
		if i%2 == 1 {
			d = other
		}
		a := r.text("o1", fmt.Sprint("第", i))
		wg.Go(func() {
			if _, err := d.Receive(t.Context(), a); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	ms := r.messages(r.live("o1"))
	if len(ms) != 40 {
		t.Fatalf("there are %d messages", len(ms))
	}
	for i, m := range ms {
		if int(m.Seq) != i+1 {
			t.Fatalf("place %d is %d", i+1, m.Seq)
		}
	}
}

func TestAPoisonedMessageDoesNotTakeTheOthersWithIt(t *testing.T) {
	r := newRoom(t)
	var wg sync.WaitGroup
	var failed sync.Map
	for i := range 30 {
		a := r.text(fmt.Sprint("o", i), "你好")
		if i == 7 {
			a.Text = "a\x00b" // PostgreSQL takes no NUL; the protocol package lets none through
		}
		wg.Go(func() {
			if _, err := r.desk.Receive(t.Context(), a); err != nil {
				failed.Store(i, err)
			}
		})
	}
	wg.Wait()
	n := 0
	failed.Range(func(k, v any) bool {
		n++
		if k != 7 {
			t.Errorf("message %v: %v", k, v)
		}
		return true
	})
	if n != 1 {
		t.Fatalf("%d failed", n)
	}
}

func TestARuleAnswersAndAssigns(t *testing.T) {
	r := newRoom(t)
	r.online(yu)
	if said := r.receive(r.text("o1", "  售后 ")); said.Text != "" {
		t.Errorf("said %q", said.Text)
	}
	s := r.live("o1")
	if !s.In(desk.Queueing) || s.GroupID == nil || s.Type != desk.ToTeam {
		t.Fatalf("小鱼 is not in the group, and the session is %+v", s.Session)
	}
	r.online(ming)
	r.until("阿明 of the group has it", func() bool { return r.live("o1").Of(ming) })
}

func TestAFollowIsWelcomedWithoutASession(t *testing.T) {
	r := newRoom(t)
	a := r.text("o1", "")
	a.Event, a.Key = "subscribe", "e:o1:1:subscribe:"
	for range 2 {
		if said := r.receive(a); said.Text != "欢迎！" {
			t.Errorf("said %q", said.Text)
		}
	}
	v, l, err := r.desk.Customer(t.Context(), r.company, appid, "o1")
	if err != nil || v.Subscribed == nil || !*v.Subscribed || l.Event.Allowed != 3 || l.Message.Allowed != 0 {
		t.Fatalf("%+v %+v %v", v, l, err)
	}
}

func TestARepeatOpensNoWindowAlsoWhereTwoMessagesCameInOneSecond(t *testing.T) {
	r := newRoom(t)
	first, second := r.text("o1", "在吗"), r.text("o1", "你好")
	second.At = first.At
	r.receive(first)
	r.receive(second)
	if err := r.sql("UPDATE customers SET quota_used = 4", true); err != nil {
		t.Fatal(err)
	}
	for _, a := range []*desk.Arrival{first, second} {
		if r.receive(a); r.used("o1") != 4 {
			t.Errorf("a repeat left %d used", r.used("o1"))
		}
	}
	third := r.text("o1", "有人吗")
	third.At = first.At.Add(time.Second)
	if r.receive(third); r.used("o1") != 0 {
		t.Errorf("a new message left %d used", r.used("o1"))
	}
}

func (r *room) used(openid string) int {
	r.Helper()
	c, _, err := r.desk.Customer(r.Context(), r.company, appid, openid)
	if err != nil {
		r.Fatal(err)
	}
	return int(c.QuotaUsed)
}
