package courier_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"weir/internal/desk"
	"weir/internal/wechat/simulator"
)

func (p *post) say(r desk.Reply) (desk.Message, error) {
	p.Helper()
	m, _, err := p.desk.Reply(p.Context(), desk.Agent{Company: p.company, UID: yu}, p.session, r)
	return m, err
}

func TestALongTextGoesOutInPartsThatAreCounted(t *testing.T) {
	p := newPost(t)
	p.wake = p.carrier().Wake
	text := strings.Repeat("网鱼", 500) // 3000 bytes
	m, err := p.say(desk.Reply{Text: text, Key: "k"})
	if err != nil || m.Parts != 2 {
		t.Fatalf("%d parts, %v", m.Parts, err)
	}
	again, err := p.say(desk.Reply{Text: text, Key: "k"})
	if err != nil || again.ID != m.ID || again.Parts != 2 {
		t.Errorf("the same key again: %v, %d parts, %v", again.ID == m.ID, again.Parts, err)
	}
	p.until(desk.Sent)
	if got := strings.ReplaceAll(p.onPhone(), " ", ""); got != text {
		t.Errorf("%d bytes reached the phone, %d were written", len(got), len(text))
	}
	if _, l, err := p.desk.Customer(t.Context(), p.company, appid, openid); err != nil || l.Left(time.Now()) != 3 {
		t.Errorf("the ledger is %+v, %v", l, err)
	}
	if _, err := p.say(desk.Reply{Text: strings.Repeat("鱼", 2500)}); desk.KindOf(err) != desk.Denied {
		t.Errorf("four parts where three fit are answered %v", err)
	}
}

func TestWhatDoesNotFitWaitsForTheCustomerAndGoesFirst(t *testing.T) {
	p := newPost(t)
	p.wake = p.carrier().Wake
	for i := range 5 {
		p.reply(fmt.Sprint(i))
	}
	p.until(desk.Sent)
	for _, s := range []string{"五", "六"} {
		m, err := p.say(desk.Reply{Text: s, Wait: true})
		if err != nil || !m.Waits() {
			t.Fatalf("it does not wait: %+v, %v", m, err)
		}
	}
	p.customerWrites()
	p.reply("七")
	p.until(desk.Sent)
	if got := p.onPhone(); got != "0 1 2 3 4 五 六 七" {
		t.Errorf("the phone shows %q", got)
	}
	if c, _, err := p.desk.Customer(t.Context(), p.company, appid, openid); err != nil || c.Held != 0 {
		t.Errorf("%d still wait, %v", c.Held, err)
	}
}

func TestWhatWaitsCanBeTakenBack(t *testing.T) {
	p := newPost(t)
	p.wake = p.carrier().Wake
	p.fault(simulator.Faults{SendCode: 45047})
	p.reply("您好")
	p.until(desk.Failed)
	p.fault(simulator.Faults{})
	m, err := p.say(desk.Reply{Text: "六", Wait: true})
	if err != nil || !m.Waits() {
		t.Fatalf("it does not wait: %+v, %v", m, err)
	}
	if err := p.desk.Withdraw(t.Context(), desk.Agent{Company: p.company, UID: yu}, p.session, m.Seq); err != nil {
		t.Fatal(err)
	}
	p.customerWrites()
	p.reply("七")
	p.until(desk.Sent)
	if got := p.onPhone(); got != "七" {
		t.Errorf("the phone shows %q", got)
	}
}

func TestAResendReallySendsAndTheFailedOneSaysSo(t *testing.T) {
	p := newPost(t)
	p.wake = p.carrier().Wake
	p.fault(simulator.Faults{SendCode: 40003})
	p.reply("您好")
	failed := p.until(desk.Failed)
	p.fault(simulator.Faults{})
	m, err := p.say(desk.Reply{Of: failed.Seq})
	if err != nil {
		t.Fatal(err)
	}
	p.until(desk.Sent)
	if got := p.onPhone(); got != "您好" {
		t.Errorf("the phone shows %q", got)
	}
	if was := p.replies()[0]; was.ResentSeq != m.Seq || was.Delivery != desk.Failed {
		t.Errorf("the failed one says %+v", was)
	}
	if _, err := p.say(desk.Reply{Of: failed.Seq}); desk.KindOf(err) != desk.Taken {
		t.Errorf("sending it a third time is answered %v", err)
	}
	if _, err := p.say(desk.Reply{Of: m.Seq}); desk.KindOf(err) != desk.Invalid {
		t.Errorf("resending what was sent is answered %v", err)
	}
}

func TestATroubleOfTheAccountStopsItUntilSomebodyResumes(t *testing.T) {
	for _, code := range []int{40164, 45009, 48001} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			p := newPost(t)
			p.wake = p.carrier().Wake
			p.fault(simulator.Faults{SendCode: code})
			p.reply("一")
			end := time.Now().Add(10 * time.Second)
			var trouble *desk.Trouble
			for trouble == nil && time.Now().Before(end) {
				var err error
				if trouble, err = p.desk.AccountTrouble(t.Context(), p.company, appid); err != nil {
					t.Fatal(err)
				}
				time.Sleep(5 * time.Millisecond)
			}
			if trouble == nil || trouble.Code != code || !trouble.Until.After(time.Now()) {
				t.Fatalf("the trouble is %+v", trouble)
			}
			p.fault(simulator.Faults{})
			p.reply("二")
			if got := p.onPhone(); got != "" {
				t.Errorf("the phone shows %q while the account is stopped", got)
			}
			if err := p.desk.Resume(t.Context(), p.company, appid); err != nil {
				t.Fatal(err)
			}
			p.until(desk.Sent)
			if got := p.onPhone(); got != "一 二" {
				t.Errorf("the phone shows %q", got)
			}
			if trouble, err := p.desk.AccountTrouble(t.Context(), p.company, appid); trouble != nil || err != nil {
				t.Errorf("after that: %+v, %v", trouble, err)
			}
		})
	}
}

func TestACardAndAMenuReachTheCustomer(t *testing.T) {
	p := newPost(t)
	p.wake = p.carrier().Wake
	menu := &desk.Menu{Head: "满意吗？", Items: []desk.MenuItem{{ID: "1", Text: "满意"}, {ID: "2", Text: "不满意"}}}
	for _, r := range []desk.Reply{
		{Type: desk.TypeLink, Data: desk.Data{Title: "会员日", URL: "https://a.example/x?a=1&b=2"}},
		{Data: desk.Data{Kind: desk.KindMenu, Out: &desk.Outgoing{Menu: menu}}},
	} {
		if _, err := p.say(r); err != nil {
			t.Fatal(err)
		}
	}
	p.until(desk.Sent)
	if got := p.onPhone(); got != "会员日 满意吗？" {
		t.Errorf("the phone shows %q", got)
	}
}

func TestWhatCannotBeSentIsRefusedBeforeItIsWritten(t *testing.T) {
	p := newPost(t)
	for name, r := range map[string]desk.Reply{
		"nothing":                       {Text: " \n"},
		"more than ten messages":        {Text: strings.Repeat("x", 20481)},
		"a card without a title":        {Type: desk.TypeLink, Data: desk.Data{URL: "https://a.example"}},
		"a card to no address":          {Type: desk.TypeLink, Data: desk.Data{Title: "x", URL: "javascript:alert(1)"}},
		"a menu without items":          {Data: desk.Data{Kind: desk.KindMenu, Out: &desk.Outgoing{Menu: &desk.Menu{Head: "x"}}}},
		"a menu that says nothing":      {Data: desk.Data{Kind: desk.KindMenu}},
		"a kind that cannot be sent":    {Type: desk.TypeLocation},
		"what stands in no such place":  {Of: 99},
		"a menu of more than 2048 byte": {Data: desk.Data{Kind: desk.KindMenu, Out: &desk.Outgoing{Menu: &desk.Menu{Head: strings.Repeat("x", 2048), Items: []desk.MenuItem{{ID: "1", Text: "x"}}}}}},
	} {
		if _, err := p.say(r); desk.KindOf(err) != desk.Invalid && desk.KindOf(err) != desk.Missing {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := len(p.replies()); n != 0 {
		t.Errorf("%d were written", n)
	}
}

func TestWeChatsNoAboutTheCustomerIsNotedWithThem(t *testing.T) {
	for code, gone := range map[int]bool{43004: true, 50005: true, 40003: false, 48002: false} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			p := newPost(t)
			p.wake = p.carrier().Wake
			p.fault(simulator.Faults{SendCode: code})
			p.reply("您好")
			p.until(desk.Failed)
			c := p.customer()
			if c.UnreachableCode == nil || int(*c.UnreachableCode) != code {
				t.Errorf("noted is %v", c.UnreachableCode)
			}
			if left := c.UnsubscribedAt != nil && !*c.Subscribed && !c.QuotaUntil.After(time.Now()); left != gone {
				t.Errorf("that they left is %v: %+v", left, c)
			}
			if gone {
				return
			}
			p.fault(simulator.Faults{})
			p.reply("还在吗")
			p.until(desk.Sent)
			if c := p.customer(); c.UnreachableCode != nil {
				t.Errorf("they were reached, and noted is %d", *c.UnreachableCode)
			}
		})
	}
}

func TestARefusedAddressIsTriedAgainWhenWeChatLetsItIn(t *testing.T) {
	for code, wait := range map[int]time.Duration{89506: 24 * time.Hour, 89507: time.Hour} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			p := newPost(t)
			p.wake = p.carrier().Wake
			p.fault(simulator.Faults{SendCode: code})
			began := time.Now()
			p.reply("您好")
			p.wait("the account is stopped for as long as WeChat refuses", func() bool {
				trouble, err := p.desk.AccountTrouble(t.Context(), p.company, appid)
				return err == nil && trouble != nil && !trouble.Until.Before(began.Add(wait)) && trouble.Until.Before(began.Add(wait+time.Minute))
			})
		})
	}
}
