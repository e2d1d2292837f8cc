package simulator

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

// filledAnswer is the answer to a template message.
type filledAnswer struct {
	Code  int   `json:"errcode"`
	MsgID int64 `json:"msgid"`
}

const consultation = `"template_id":"tpl-consultation-0123456789abcdefghijklmnopq","data":{"thing1":{"value":"发票"},"thing2":{"value":"已重开"},"time3":{"value":"10:50"}}`

func (w *world) template(to, rest string) (a filledAnswer) {
	w.t.Helper()
	w.posts("message/template/send", `{"touser":"`+to+`",`+rest+`}`, &a)
	return a
}

func (w *world) notice(rest string) (a filledAnswer) {
	w.t.Helper()
	w.posts("message/subscribe/bizsend", `{"touser":"`+openid+`",`+rest+`}`, &a)
	return a
}

// told waits until WeChat has told the desk of an event that says so.
func (w *world) told(event, says string) {
	w.t.Helper()
	ctx, stop := context.WithTimeout(w.t.Context(), 10*time.Second)
	defer stop()
	err := w.Wait(ctx, func(st State) bool {
		for _, e := range st.Log() {
			if e.What == "callback" && strings.Contains(e.Content, event) && strings.Contains(e.Raw, says) {
				return true
			}
		}
		return false
	})
	if err != nil {
		w.t.Fatalf("the desk was not told of %s with %q: %v", event, says, err)
	}
}

func TestATemplateMessageIsTakenAndToldOfLater(t *testing.T) {
	w := newWorld(t, Plain, nil, nil)
	if _, err := w.PutCustomer(appid, Customer{OpenID: openid, Followed: true}); err != nil {
		t.Fatal(err)
	}
	a := w.template(openid, consultation+`,"url":"https://example.com/"`)
	if a.Code != 0 || a.MsgID == 0 {
		t.Fatalf("%+v", a)
	}
	w.told("TEMPLATESENDJOBFINISH", fmt.Sprintf("<MsgID>%d</MsgID><Status><![CDATA[success]]></Status>", a.MsgID))
	lines := w.Conversation(appid, openid)
	if len(lines) != 1 || lines[0].Kind != "template" || lines[0].Text != "咨询回复提醒" || lines[0].Description != "咨询内容：发票\n回复内容：已重开\n回复时间：10:50" || lines[0].URL != "https://example.com/" {
		t.Errorf("the phone shows %+v", lines)
	}

	if err := w.Block(appid, openid, true); err != nil {
		t.Fatal(err)
	}
	a = w.template(openid, consultation)
	w.told("TEMPLATESENDJOBFINISH", fmt.Sprintf("<MsgID>%d</MsgID><Status><![CDATA[failed:user block]]></Status>", a.MsgID))
	if err := w.Block(appid, openid, false); err != nil {
		t.Fatal(err)
	}
	w.SetFaults(appid, Faults{FailJobs: 1})
	a = w.template(openid, consultation)
	w.told("TEMPLATESENDJOBFINISH", fmt.Sprintf("<MsgID>%d</MsgID><Status><![CDATA[failed: system failed]]></Status>", a.MsgID))
	if n := len(w.Conversation(appid, openid)); n != 1 {
		t.Errorf("the phone shows %d lines of one that arrived", n)
	}
}

func TestWhatATemplateMessageIsRefusedFor(t *testing.T) {
	w := newWorld(t, Plain, nil, nil)
	for id, follows := range map[string]bool{openid: true, "oGone": false} {
		if _, err := w.PutCustomer(appid, Customer{OpenID: id, Followed: follows}); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct {
		name, to, rest string
		code           int
	}{
		{"nobody", "oNobody", consultation, 40003},
		{"who does not follow", "oGone", consultation, 43004},
		{"no such template", openid, `"template_id":"x","data":{}`, 40037},
		{"one of notices", openid, `"template_id":"sub-seat-0123456789abcdefghijklmnopqrstuvwxy","data":{}`, 40037},
		{"a place left empty", openid, strings.Replace(consultation, "发票", "", 1), 47003},
		{"too much for a place", openid, strings.Replace(consultation, "发票", strings.Repeat("票", 21), 1), 47003},
		{"just enough", openid, strings.Replace(consultation, "发票", strings.Repeat("票", 20), 1), 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if a := w.template(tc.to, tc.rest); a.Code != tc.code {
				t.Errorf("answered %d, want %d", a.Code, tc.code)
			}
		})
	}
}

func TestANoticeNeedsAConsentAndUsesItUp(t *testing.T) {
	w := newWorld(t, Plain, nil, nil)
	const seat = "sub-seat-0123456789abcdefghijklmnopqrstuvwxy"
	rest := `"template_id":"` + seat + `","data":{"thing1":{"value":"三里屯店"},"character_string2":{"value":"A12"}}`
	if _, err := w.PutCustomer(appid, Customer{OpenID: openid, Followed: true}); err != nil {
		t.Fatal(err)
	}
	if a := w.notice(rest); a.Code != 43101 {
		t.Errorf("without consent: %+v", a)
	}
	w.act(Act{Kind: ActRefuse, Key: seat})
	w.told("subscribe_msg_popup_event", "<SubscribeStatusString><![CDATA[reject]]>")
	if a := w.notice(rest); a.Code != 43101 {
		t.Errorf("refused: %+v", a)
	}
	w.act(Act{Kind: ActConsent, Key: seat})
	w.told("subscribe_msg_popup_event", "<SubscribeStatusString><![CDATA[accept]]>")
	if a := w.notice(rest); a.Code != 0 {
		t.Errorf("with consent: %+v", a)
	}
	w.told("subscribe_msg_sent_event", "<ErrorCode><![CDATA[0]]>")
	if a := w.notice(rest); a.Code != 43101 {
		t.Errorf("used up: %+v", a)
	}
	if l := w.Conversation(appid, openid); l[len(l)-1].Description != "门店:三里屯店\n座位:A12" {
		t.Errorf("the phone shows %+v", l)
	}
	if left := func() int { c, _ := w.Customer(appid, openid); return c.Allowance.Of }(); left != 0 {
		t.Errorf("a consent opened a window of %d", left)
	}
}
