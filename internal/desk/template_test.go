package desk_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"weir/internal/desk"
	"weir/internal/id"
)

// answered and seat are templates of the account: of template messages, and of notices.
var (
	answered = desk.Template{ID: "tpl-1", Kind: desk.KindTemplate, Title: "咨询回复提醒", Content: "咨询内容：{{thing1.DATA}}\n回复：{{thing2.DATA}}",
		Fields: []desk.TemplateField{{Key: "thing1", Label: "咨询内容", Most: 20}, {Key: "thing2", Label: "回复", Most: 20}}}
	seat = desk.Template{ID: "sub-1", Kind: desk.KindNotice, Title: "座位提醒", Content: "座位：{{thing1.DATA}}", Fields: []desk.TemplateField{{Key: "thing1", Label: "座位", Most: 20}}}
)

// templates has an account's templates be read.
func (r *room) templates(all ...desk.Template) {
	r.Helper()
	r.ok(r.desk.ReadTemplates(r.Context(), r.company, appid))
	due, err := r.desk.TakeTemplateReadings(r.Context(), 10)
	if err != nil || len(due) != 1 || due[0].AppID != appid {
		r.Fatalf("to be read: %+v, %v", due, err)
	}
	r.ok(r.desk.KeepTemplates(r.Context(), due[0], all))
}

func filled(t desk.Template, values ...string) desk.Reply {
	f := &desk.Filled{ID: t.ID, Values: map[string]string{}}
	for i, v := range values {
		f.Values[t.Fields[i].Key] = v
	}
	return desk.Reply{Data: desk.Data{Kind: t.Kind, Out: &desk.Outgoing{Filled: f}}}
}

// shut has the windows of a customer be over.
func (r *room) shut(openid string) {
	r.Helper()
	r.ok(r.sql(`UPDATE customers SET quota_until = now() - interval '1 hour' WHERE openid = $1`, true, openid))
}

// shutOut is a session of yu's whose customer WeChat takes nothing for, and the room's templates.
func shutOut(t *testing.T) (*room, *desk.Session) {
	t.Helper()
	r := newRoom(t)
	r.templates(answered, seat)
	s := r.with("o1", yu)
	r.shut("o1")
	_, _, err := r.desk.Reply(t.Context(), r.agent(yu), s.SessionID, desk.Reply{Text: "在的"})
	r.refused(err, "wechat.45015") // or this test means nothing
	return r, s
}

func TestATemplateMessageGoesWhenWeChatTakesNothingElse(t *testing.T) {
	r, s := shutOut(t)
	m, _, err := r.desk.Reply(t.Context(), r.agent(yu), s.SessionID, filled(answered, "发票", " 已重开 "))
	r.ok(err)
	if m.Type != desk.TypeOther || m.Data.Kind != desk.KindTemplate || m.Data.Title != "咨询回复提醒" || m.Text != "咨询内容：发票\n回复：已重开" {
		t.Errorf("it reads %+v", m)
	}
	e, _, err := r.desk.TakeErrand(t.Context(), r.company, appid, "o1")
	if err != nil || e == nil || !maps.Equal(e.Message.Data.Out.Filled.Values, map[string]string{"thing1": "发票", "thing2": "已重开"}) {
		t.Fatalf("to be carried: %+v, %v", e, err)
	}
	r.ok(r.desk.Delivered(t.Context(), e, desk.Outcome{Delivery: desk.Sent, MsgID: "77"}))
	is := func(d desk.Delivery, reason string) {
		t.Helper()
		if all := r.messages(s); all[len(all)-1].Delivery != d || all[len(all)-1].Reason != reason {
			t.Errorf("it is %s %s", all[len(all)-1].Delivery, all[len(all)-1].Reason)
		}
	}
	is(desk.Sent, "delivery.accepted")
	at := time.Now().UTC().Truncate(time.Second)
	r.happens("o1", "templatesendjobfinish", "", at, desk.Fact{Jobs: []desk.Job{{MsgID: "77", Code: 43004, Why: "delivery.template-blocked"}}})
	is(desk.Failed, "delivery.template-blocked")
	r.happens("o1", "templatesendjobfinish", "", at.Add(time.Second), desk.Fact{Jobs: []desk.Job{{MsgID: "77"}}})
	is(desk.Sent, "")
	if n := r.used("o1"); n != 0 {
		t.Errorf("it was counted: %d", n)
	}
}

func TestAResultThatComesBeforeTheAnswerIsKept(t *testing.T) {
	for _, tc := range []struct {
		name    string
		send    desk.Reply
		taken   desk.Outcome
		tells   desk.Job
		becomes desk.Delivery
		why     string
	}{
		{"of a template message", filled(answered, "发票", "已重开"), desk.Outcome{Delivery: desk.Sent, MsgID: "77"}, desk.Job{MsgID: "77", Code: -1, Why: "delivery.template-failed"}, desk.Failed, "delivery.template-failed"},
		{"of a notice that WeChat does not name", filled(seat, "A12"), desk.Outcome{Delivery: desk.Sent}, desk.Job{MsgID: "9", Template: "sub-1"}, desk.Sent, ""},
		{"of another program's", filled(answered, "发票", "已重开"), desk.Outcome{Delivery: desk.Sent, MsgID: "77"}, desk.Job{MsgID: "78", Code: -1, Why: "delivery.template-failed"}, desk.Sent, "delivery.accepted"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, s := shutOut(t)
			m, _, err := r.desk.Reply(t.Context(), r.agent(yu), s.SessionID, tc.send)
			r.ok(err)
			e, _, err := r.desk.TakeErrand(t.Context(), r.company, appid, "o1")
			if err != nil || e == nil {
				t.Fatal(e, err)
			}
			r.happens("o1", "templatesendjobfinish", "", time.Now().UTC(), desk.Fact{Jobs: []desk.Job{tc.tells}})
			r.ok(r.desk.Delivered(t.Context(), e, tc.taken))
			if got := r.messages(s)[m.Seq-1]; got.Delivery != tc.becomes || got.Reason != tc.why {
				t.Errorf("it is %s %s", got.Delivery, got.Reason)
			}
		})
	}
}

func TestTheResultOfANoticeIsFoundByItsTemplate(t *testing.T) {
	r, s := shutOut(t)
	m, _, err := r.desk.Reply(t.Context(), r.agent(yu), s.SessionID, filled(seat, "A12"))
	r.ok(err)
	e, _, err := r.desk.TakeErrand(t.Context(), r.company, appid, "o1")
	if err != nil || e == nil {
		t.Fatal(e, err)
	}
	r.ok(r.desk.Delivered(t.Context(), e, desk.Outcome{Delivery: desk.Sent}))
	r.happens("o1", "subscribe_msg_sent_event", "other", time.Now().UTC(), desk.Fact{Jobs: []desk.Job{{MsgID: "8", Template: "sub-2", Code: 20, Why: "delivery.notice-failed"}}})
	r.happens("o1", "subscribe_msg_sent_event", "", time.Now().UTC(), desk.Fact{Jobs: []desk.Job{{MsgID: "9", Template: "sub-1"}}})
	if got := r.messages(s)[m.Seq-1]; got.Delivery != desk.Sent || got.Reason != "" {
		t.Errorf("it is %s %s", got.Delivery, got.Reason)
	}
}

func TestWhatIsFilledInMustFitTheTemplate(t *testing.T) {
	r, s := shutOut(t)
	r.ok(r.desk.OfferTemplate(t.Context(), r.company, appid, seat.ID, false))
	to := func(r desk.Reply, change func(*desk.Filled)) desk.Reply { change(r.Data.Out.Filled); return r }
	good := func() desk.Reply { return filled(answered, "发票", "已重开") }
	for _, tc := range []struct {
		name string
		send desk.Reply
		say  string
	}{
		{"nothing where something is needed", filled(answered, "发票", " "), "template.empty"},
		{"too much for a place", filled(answered, strings.Repeat("票", 21), "已重开"), "template.long"},
		{"no such template", filled(desk.Template{ID: "x", Kind: desk.KindTemplate}), "template.missing"},
		{"one that is not offered", filled(seat, "A12"), "template.hidden"},
		{"none at all", filled(desk.Template{Kind: desk.KindTemplate}), "template.none"},
		{"a link that no phone opens", to(good(), func(f *desk.Filled) { f.URL = "javascript:alert(1)" }), "reply.url"},
		{"a mini program without a page", to(good(), func(f *desk.Filled) { f.Program = &desk.Program{AppID: "wx0123456789"} }), "reply.program-path"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, _, err := r.desk.Reply(t.Context(), r.agent(yu), s.SessionID, tc.send)
			r.refused(err, tc.say)
		})
	}
	_, _, err := r.desk.Reply(t.Context(), r.agent(ming), s.SessionID, good())
	r.refused(err, "session.taken-by")
	stranger := id.New()
	r.furnish(stranger, "wxstranger0")
	_, _, err = r.desk.Reply(t.Context(), desk.Agent{Company: stranger, UID: yu}, s.SessionID, good())
	r.refused(err, "session.missing")
}

func TestTemplatesAreReadOnceSomebodyWantsThem(t *testing.T) {
	r := newRoom(t)
	if due, err := r.desk.TakeTemplateReadings(t.Context(), 10); err != nil || len(due) != 0 {
		t.Errorf("nobody wanted them: %+v, %v", due, err)
	}
	all, err := r.desk.Templates(t.Context(), r.company, appid)
	if err != nil || !all.Reading || len(all.All) != 0 {
		t.Errorf("the first time: %+v, %v", all, err)
	}
	r.templates(answered, seat)
	r.ok(r.desk.OfferTemplate(t.Context(), r.company, appid, answered.ID, false))
	r.templates(answered) // WeChat has the other no more
	all, err = r.desk.Templates(t.Context(), r.company, appid)
	if err != nil || all.Reading || len(all.All) != 1 || !all.All[0].Hidden || len(all.Offered()) != 0 || len(all.All[0].Fields) != 2 {
		t.Errorf("read: %+v, %v", all, err)
	}

	r.ok(r.desk.ReadTemplates(t.Context(), r.company, appid))
	due, err := r.desk.TakeTemplateReadings(t.Context(), 10)
	if err != nil || len(due) != 1 {
		t.Fatal(due, err)
	}
	r.ok(r.desk.TemplatesUnread(t.Context(), due[0], 48001, 0))
	if all, err = r.desk.Templates(t.Context(), r.company, appid); err != nil || all.Code != 48001 || all.Reading || len(all.All) != 1 {
		t.Errorf("WeChat said no, and what was read is gone: %+v, %v", all, err)
	}

	stranger := id.New()
	r.furnish(stranger, "wxstranger0")
	_, err = r.desk.Templates(t.Context(), stranger, appid)
	r.refused(err, "account.missing")
	r.refused(r.desk.ReadTemplates(t.Context(), stranger, appid), "account.missing")
	r.refused(r.desk.OfferTemplate(t.Context(), stranger, appid, answered.ID, true), "template.missing")
}
