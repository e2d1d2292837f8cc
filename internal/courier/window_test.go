package courier_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"weir/internal/desk"
)

// clicks has the customer tap a menu item, at WeChat and at the desk.
func (p *post) clicks() {
	p.Helper()
	if _, err := p.sim.Click(p.Context(), appid, openid, "prices"); err != nil {
		p.Fatal(err)
	}
	at := time.Now().Truncate(time.Second)
	a := &desk.Arrival{Company: p.company, AppID: appid, OpenID: openid, At: at, Key: fmt.Sprint("e:click:", at.UnixNano(), unique()), Event: "click", EventKey: "prices", Raw: "<xml/>"}
	if _, err := p.desk.Receive(p.Context(), a); err != nil {
		p.Fatal(err)
	}
}

// refusals are what WeChat said no to.
func (p *post) refusals() (n int) {
	for _, e := range p.sim.Log() {
		if e.What == "message/custom/send" && e.Code != 0 {
			n++
		}
	}
	return n
}

func TestAMenuClickAllowsWhatWeChatAllowsBesideUsedUpMessages(t *testing.T) {
	p := newPost(t)
	p.wake = p.carrier().Wake
	for i := range 5 {
		p.reply(fmt.Sprint(i))
	}
	p.until(desk.Sent) // what is sent after the click counts against what it allows
	if _, err := p.say(desk.Reply{Text: "五"}); desk.KindOf(err) != desk.Denied {
		t.Fatalf("the sixth is answered %v", err)
	}
	if m, err := p.say(desk.Reply{Text: "五", Wait: true}); err != nil || !m.Waits() {
		t.Fatalf("it does not wait: %+v, %v", m, err)
	}
	p.clicks()
	p.reply("六")
	p.reply("七")
	if _, err := p.say(desk.Reply{Text: "八"}); desk.KindOf(err) != desk.Denied {
		t.Errorf("the fourth after a click is answered %v", err)
	}
	p.until(desk.Sent)
	if got := p.onPhone(); got != "0 1 2 3 4 五 六 七" {
		t.Errorf("the phone shows %q", got)
	}
	if n := p.refusals(); n != 0 {
		t.Errorf("WeChat refused %d", n)
	}
}

func TestAClickTakesNothingFromAnOpenWindow(t *testing.T) {
	p := newPost(t)
	p.wake = p.carrier().Wake
	p.reply("0")
	p.clicks()
	for i := range 4 {
		p.reply(fmt.Sprint(i + 1))
	}
	if _, err := p.say(desk.Reply{Text: "五"}); desk.KindOf(err) != desk.Denied {
		t.Errorf("the sixth is answered %v", err)
	}
	p.until(desk.Sent)
	if n := p.refusals(); n != 0 {
		t.Errorf("WeChat refused %d", n)
	}
}

func TestWhatWaitsHidesNothingAndCountsForNothing(t *testing.T) {
	p := newPost(t)
	p.wake = p.carrier().Wake
	for i := range 4 {
		p.reply(fmt.Sprint(i))
	}
	long := strings.Repeat("鱼", 700) // two messages, where one is left
	for range 12 {
		if m, err := p.say(desk.Reply{Text: long, Wait: true}); err != nil || !m.Waits() {
			t.Fatalf("it does not wait: %+v, %v", m, err)
		}
	}
	p.reply("四")
	p.until(desk.Sent)
	if got := p.onPhone(); got != "0 1 2 3 四" {
		t.Errorf("the phone shows %q", got)
	}
	if _, l, err := p.desk.Customer(t.Context(), p.company, appid, openid); err != nil || l.Left(time.Now()) != 0 || l.Message.Used != 5 {
		t.Errorf("the ledger is %+v, %v", l, err)
	}
}

func TestAVerdictDoesNotShutAWindowThatWasOpenedAfterTheQuestion(t *testing.T) {
	p := newPost(t)
	p.reply("一")
	e, _, err := p.desk.TakeErrand(t.Context(), p.company, appid, openid)
	if err != nil || e == nil {
		t.Fatal(e, err)
	}
	a := &desk.Arrival{Company: p.company, AppID: appid, OpenID: openid, At: time.Now().Add(time.Second), Key: fmt.Sprint("m:", unique()), Type: desk.TypeText, Text: "还在吗"}
	if _, err := p.desk.Receive(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	if err := p.desk.Delivered(t.Context(), e, desk.Outcome{Delivery: desk.Failed, Code: 45015, Reason: "wechat.45015", Shut: true, NotTaken: true}); err != nil {
		t.Fatal(err)
	}
	if _, l, err := p.desk.Customer(t.Context(), p.company, appid, openid); err != nil || l.Left(time.Now()) != 5 {
		t.Errorf("the ledger is %+v, %v", l, err)
	}
}
