package desk_test

import (
	"testing"
	"time"

	"weir/internal/desk"
	"weir/internal/hours"
)

func TestWhoQueuesBehindOthersIsToldHowMany(t *testing.T) {
	r := newRoom(t)
	if said := r.receive(r.text("o1", "你好")); said.Text != "" {
		t.Errorf("the first of the queue is told %q", said.Text)
	}
	a := r.text("o2", "在吗")
	want := "您好，您前面还有 1 位客户在排队，请稍候。"
	for range 2 {
		if said := r.receive(a); said.Text != want {
			t.Errorf("the second is told %q", said.Text)
		}
	}
	if ms := r.messages(r.live("o2")); len(ms) != 2 || ms[1].Opercode != desk.Automatic || ms[1].Text != want || ms[1].Delivery != desk.Sent {
		t.Errorf("the thread is %+v", ms)
	}
	if said := r.receive(r.text("o2", "还在吗")); said.Text != "" {
		t.Errorf("the second message is answered %q", said.Text)
	}
	if said := r.receive(r.text("o3", "价格")); said.Text != "每小时八元。" {
		t.Errorf("a rule's answer does not win: %q", said.Text)
	}
	if said := r.receive(r.text("o4", "售后")); said.Text != "" {
		t.Errorf("another queue's length is told: %q", said.Text)
	}
}

func TestNoticesAreInTheCompanysWords(t *testing.T) {
	r := newRoom(t)
	err := r.desk.SetNotices(t.Context(), r.company, desk.Notices{desk.NoticeQueued: {Text: "{opens}"}})
	if desk.KindOf(err) != desk.Invalid {
		t.Errorf("an unknown variable: %v", err)
	}
	if err := r.desk.SetNotices(t.Context(), r.company, desk.Notices{desk.NoticeQueued: {Text: "{company}：前面 {ahead} 位"}}); err != nil {
		t.Fatal(err)
	}
	r.receive(r.text("o1", "你好"))
	if said := r.receive(r.text("o2", "你好")); said.Text != "网鱼演示：前面 1 位" {
		t.Errorf("told %q", said.Text)
	}
	if err := r.desk.SetNotices(t.Context(), r.company, desk.Notices{desk.NoticeQueued: {Off: true}}); err != nil {
		t.Fatal(err)
	}
	if said := r.receive(r.text("o3", "你好")); said.Text != "" {
		t.Errorf("switched off, told %q", said.Text)
	}
}

func TestOutsideHoursTheCustomerChooses(t *testing.T) {
	r := newRoom(t)
	now := time.Now().In(time.FixedZone("CST", 8*3600))
	tomorrow := now.AddDate(0, 0, 1)
	h := &desk.Hours{Hours: hours.Hours{Special: map[hours.Date][]hours.Span{hours.Date(tomorrow.Format(time.DateOnly)): {{From: 9 * 60, To: 18 * 60}}}}}
	if err := r.desk.SetAccountHours(t.Context(), r.company, appid, h); err != nil {
		t.Fatal(err)
	}
	opens := tomorrow.Format("1月2日") + " 09:00"
	for _, c := range []struct{ text, said string }{
		{"你好", "您好，现在是网鱼演示的休息时间，" + opens + " 开始服务。回复 1 排队等待，回复 2 留言。"},
		{"我的机器坏了", ""},
		{" 2 ", "好的，请写下您的留言，我们 " + opens + " 上班后回复您。"},
	} {
		if said := r.receive(r.text("o1", c.text)); said.Text != c.said {
			t.Errorf("%q is answered %q", c.text, said.Text)
		}
	}
	if s := r.live("o1"); !s.LeftMessage || s.NotBefore == nil || !s.NotBefore.After(now) {
		t.Errorf("left message %v, not before %v", s.LeftMessage, s.NotBefore)
	}
	r.online(yu)
	if err := r.desk.GiveOut(t.Context(), r.company); err != nil {
		t.Fatal(err)
	}
	if s := r.live("o1"); !s.In(desk.Queueing) {
		t.Error("it was given out outside hours")
	}
	if said := r.receive(r.text("o1", "排队")); said.Text != "好的，已为您排队，我们 "+opens+" 开始服务。" || r.live("o1").LeftMessage {
		t.Errorf("to queue is answered %q", said.Text)
	}
	if err := r.desk.Accept(t.Context(), r.agent(yu), r.live("o1").SessionID); err != nil || !r.live("o1").In(desk.Conversing) {
		t.Errorf("by hand it may be taken: %v", err)
	}
}

func TestWhileAnAgentIsFreeNobodyIsToldToQueue(t *testing.T) {
	r := newRoom(t)
	r.receive(r.text("o1", "你好")) // nobody is there: it stays in the queue
	r.online(yu)
	for _, o := range []string{"o2", "o3"} {
		if said := r.receive(r.text(o, "你好")); said.Text != "" {
			t.Errorf("%s is told %q", o, said.Text)
		}
	}
}
