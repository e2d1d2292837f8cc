package desk_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/search"
	"weir/internal/store"
)

// index puts what was said into the index of the search.
func (r *room) index() {
	r.Helper()
	x := search.NewIndex(r.store, slog.Default(), prometheus.NewRegistry())
	for done := false; !done; {
		n, err := x.Next(r.Context())
		r.ok(err)
		done = n.Done
	}
}

// finds searches as an agent.
func (r *room) finds(uid int64, q desk.Query) *desk.Found {
	r.Helper()
	f, err := r.desk.Search(r.Context(), r.agent(uid), q)
	r.ok(err)
	return f
}

// said are the texts of the messages that were found.
func said(f *desk.Found) []string {
	out := []string{}
	for _, m := range f.Messages {
		out = append(out, m.Message.Text)
	}
	return out
}

func TestWhatIsFoundIsWhatMayBeOpened(t *testing.T) {
	r := newRoom(t)
	r.staff()
	ctx := t.Context()
	r.ok(r.sql("UPDATE agents SET capacity = 20 WHERE company_id = $1", true, r.company))
	word := func(openid string) { r.receive(r.text(openid, "暗号 "+openid)) }
	mine := r.with("mine", yu)
	theirs := r.with("theirs", ming)
	shared := r.with("shared", ming)
	r.ok(r.desk.Invite(ctx, r.agent(ming), shared.SessionID, yu))
	word("queues")
	r.receive(r.text("grouped", "售后")) // queues for a group of ming's
	word("grouped")
	over := r.with("over", yu)
	left := r.with("left", ming)
	r.ok(r.desk.Invite(ctx, r.agent(ming), left.SessionID, yu))
	foreign := r.with("foreign", ming)
	back := r.with("back", ming)
	for _, openid := range []string{"mine", "theirs", "shared", "over", "left", "foreign", "back"} {
		word(openid)
	}
	r.ok(r.desk.Close(ctx, r.agent(yu), over.SessionID))
	for _, s := range []*desk.Session{left, foreign, back} {
		r.ok(r.desk.Close(ctx, r.agent(ming), s.SessionID))
	}
	r.with("back", yu) // the customer is yu's now, and what was before theirs to read
	sessions := map[id.ID]string{mine.SessionID: "mine", theirs.SessionID: "theirs", shared.SessionID: "shared", r.live("queues").SessionID: "queues", r.live("grouped").SessionID: "grouped",
		over.SessionID: "over", left.SessionID: "left", foreign.SessionID: "foreign", back.SessionID: "back"}
	r.index()
	for uid, least := range map[int64]int{yu: 6, ming: 7, hong: 0, boss: 9, root: 9} {
		t.Run(fmt.Sprint(uid), func(t *testing.T) {
			var may, found []string
			for s, name := range sessions {
				if _, err := r.desk.View(ctx, r.agent(uid), s); err == nil {
					may = append(may, "暗号 "+name)
				} else if desk.KindOf(err) != desk.Missing {
					t.Fatal(err)
				}
			}
			found = said(r.finds(uid, desk.Query{Text: "暗号"}))
			slices.Sort(may)
			slices.Sort(found)
			if !slices.Equal(found, may) {
				t.Errorf("found %q, and may open %q", found, may)
			}
			if len(may) < least {
				t.Errorf("only %q may be opened: this test means little", may)
			}
		})
	}
	stranger := id.New()
	r.furnish(stranger, "wx0000000000000002")
	f, err := r.desk.Search(ctx, desk.Agent{Company: stranger, UID: yu}, desk.Query{Text: "暗号"})
	if err != nil || len(f.Messages) != 0 {
		t.Errorf("another company finds %q, %v", said(f), err)
	}
	for _, text := range []string{"mine", mine.SessionID.String(), mine.SessionID.String()[:12]} {
		f, err := r.desk.Search(ctx, desk.Agent{Company: stranger, UID: yu}, desk.Query{Text: text})
		if err != nil || len(f.Sessions)+len(f.Customers) != 0 {
			t.Errorf("another company finds %q: %+v, %v", text, f, err)
		}
	}
}

func TestMessagesAreFoundByAnyPartOfThem(t *testing.T) {
	r := newRoom(t)
	r.staff()
	for _, text := range []string{"请问退款什么时候到账？", "My REFUND is late", "ＶＩＰ会员打几折", "退的不是款", "好"} {
		r.receive(r.text("o1", text))
	}
	link := r.text("o1", "")
	link.Type, link.Data = desk.TypeLink, desk.Data{Title: "抵用券说明", URL: "https://example.com"}
	r.receive(link)
	if got := said(r.finds(boss, desk.Query{Text: "退款"})); len(got) != 0 {
		t.Fatalf("before they are in the index %q are found", got)
	}
	r.index()
	for term, want := range map[string]string{"退款": "请问退款什么时候到账？", "到账": "请问退款什么时候到账？", "fund": "My REFUND is late", "vip": "ＶＩＰ会员打几折", "late refund": "My REFUND is late",
		"refund 退款": "", "没有": "", "用券": "", "好": "好", "款": "退的不是款|请问退款什么时候到账？"} {
		got := strings.Join(said(r.finds(boss, desk.Query{Text: term})), "|")
		if term == "用券" { // a link has no text, and a title
			if f := r.finds(boss, desk.Query{Text: term}); len(f.Messages) != 1 || f.Messages[0].Message.Data.Title != "抵用券说明" {
				t.Errorf("%q finds %q", term, got)
			}
			continue
		}
		if got != want {
			t.Errorf("%q finds %q, want %q", term, got, want)
		}
	}
	f := r.finds(boss, desk.Query{Text: "退款"})
	if m := f.Messages[0]; !slices.Contains(m.Parts, search.Part{Text: "退款", Found: true}) || m.OpenID != "o1" || m.Message.Seq != 1 {
		t.Errorf("it is shown as %+v", m)
	}
}

func TestASearchIsNarrowed(t *testing.T) {
	r := newRoom(t)
	r.staff()
	ctx := t.Context()
	a := r.with("o1", yu)
	r.receive(r.text("o1", "找我 一"))
	r.ok(r.desk.ChangeCustomerOf(ctx, r.agent(yu), a.SessionID, desk.CustomerChange{AddTags: []string{"会员"}}))
	b := r.with("o2", ming)
	r.receive(r.text("o2", "找我 二"))
	r.ok(r.desk.Close(ctx, r.agent(ming), b.SessionID))
	r.receive(r.text("o3", "售后"))
	r.receive(r.text("o3", "找我 三"))
	r.index()
	group, account, other, tag := *r.live("o3").GroupID, appid, "wx0000000000000002", "会员"
	u, m := yu, ming
	hour := time.Now().Add(-time.Hour)
	for _, tc := range []struct {
		name string
		q    desk.Query
		want string
	}{
		{"not at all", desk.Query{}, "三 二 一"},
		{"by agent", desk.Query{UID: &u}, "一"},
		{"by another agent", desk.Query{UID: &m}, "二"},
		{"by group", desk.Query{Group: &group}, "三"},
		{"by account", desk.Query{AppID: &account}, "三 二 一"},
		{"by an account that nobody wrote to", desk.Query{AppID: &other}, ""},
		{"by tag", desk.Query{Tag: &tag}, "一"},
		{"by state", desk.Query{States: []desk.State{desk.Queueing}}, "三"},
		{"by states", desk.Query{States: []desk.State{desk.Closed, desk.Conversing}}, "二 一"},
		{"from a time on", desk.Query{From: hour}, "三 二 一"},
		{"up to a time", desk.Query{To: hour}, ""},
		{"by agent and tag", desk.Query{UID: &m, Tag: &tag}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.q.Text = "找我"
			var got []string
			for _, text := range said(r.finds(boss, tc.q)) {
				got = append(got, strings.TrimPrefix(text, "找我 "))
			}
			if strings.Join(got, " ") != tc.want {
				t.Errorf("found %q, want %q", got, tc.want)
			}
		})
	}
}

func TestCustomersAndSessionsAreFound(t *testing.T) {
	r := newRoom(t)
	r.staff()
	ctx := t.Context()
	chen := r.with("oyeC-wH2XKLJo94TOoBpnCeEAMeQ", yu)
	name := "陈女士 · 三里屯"
	r.ok(r.desk.ChangeCustomerOf(ctx, r.agent(yu), chen.SessionID, desk.CustomerChange{Remark: &name, AddTags: []string{"金卡ＶＩＰ"}}))
	other := r.with("oyeC-wH2XKLJo94TOoBpnCeEAxyZ", ming)
	for _, tc := range []struct{ name, text, want string }{
		{"by part of what they are called", "里屯", chen.OpenID},
		{"by a tag", "vip", chen.OpenID},
		{"by openid", other.OpenID, other.OpenID},
		{"as the nameless are shown", "客户 AxyZ", other.OpenID},
		{"by the end of the openid", "AxyZ", other.OpenID},
		{"by nothing of theirs", "李女士", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := ""
			for _, c := range r.finds(boss, desk.Query{Text: tc.text}).Customers {
				got += c.OpenID
			}
			if got != tc.want {
				t.Errorf("found %q, want %q", got, tc.want)
			}
		})
	}
	if f := r.finds(ming, desk.Query{Text: "三里屯"}); len(f.Customers) != 0 {
		t.Errorf("who has no session of theirs that they may see finds %+v", f.Customers)
	}
	for text, want := range map[string]bool{chen.SessionID.String(): true, chen.SessionID.String()[:18]: true, chen.SessionID.String()[:7]: false, strings.Repeat("f", 32): false} {
		f := r.finds(yu, desk.Query{Text: text})
		if got := slices.ContainsFunc(f.Sessions, func(s desk.FoundSession) bool { return s.SessionID == chen.SessionID }); got != want {
			t.Errorf("the session is found by %q: %v", text, got)
		}
	}
	if f := r.finds(ming, desk.Query{Text: chen.SessionID.String()}); len(f.Sessions) != 0 {
		t.Errorf("a session that they may not see is found: %+v", f.Sessions)
	}
}

func TestFurtherBackGoesOnWhereThePageEnded(t *testing.T) {
	r := newRoom(t)
	r.staff()
	const all = 75
	for n := range all {
		r.receive(r.text("o1", fmt.Sprintf("第 %02d 条", n)))
		r.receive(r.text("o2", "别的条"))
	}
	r.index()
	for name, q := range map[string]desk.Query{"by pairs": {Text: "条 第"}, "by single characters": {Text: "第 条"}} {
		t.Run(name, func(t *testing.T) {
			seen := map[string]bool{}
			for page := 0; ; page++ {
				f := r.finds(boss, q)
				for _, text := range said(f) {
					if seen[text] {
						t.Errorf("%q was found twice", text)
					}
					seen[text] = true
				}
				if q.Before = f.Next; q.Before == "" {
					break
				}
				if page > 10 {
					t.Fatal("it does not end")
				}
			}
			if len(seen) != all {
				t.Errorf("%d are found, want %d", len(seen), all)
			}
		})
	}
	if _, err := r.desk.Search(t.Context(), r.agent(boss), desk.Query{Text: "条", Before: "x"}); desk.KindOf(err) != desk.Invalid {
		t.Errorf("a cursor that is none was answered %v", err)
	}
}

func TestWhoIsForgottenIsNotFound(t *testing.T) {
	r := newRoom(t)
	r.staff()
	r.with("o1", yu)
	r.receive(r.text("o1", "忘掉我"))
	r.receive(r.text("o2", "忘掉我也行"))
	r.ok(r.desk.Close(t.Context(), r.agent(yu), r.live("o1").SessionID))
	r.index()
	if got := said(r.finds(boss, desk.Query{Text: "忘掉"})); len(got) != 2 {
		t.Fatalf("%q are found", got)
	}
	r.ok(r.sql("UPDATE companies SET forget_after = 1 WHERE company_id = $1", true, r.company))
	r.ok(r.sql("UPDATE customers SET subscribed = false, unsubscribed_at = now() - interval '1 day' WHERE company_id = $1 AND openid = 'o1'", true, r.company))
	n, err := r.desk.Forget(t.Context(), 10, func(context.Context, desk.Forgotten) error { return nil })
	if err != nil || n != 1 {
		t.Fatalf("%d were forgotten, %v", n, err)
	}
	if got := said(r.finds(boss, desk.Query{Text: "忘掉"})); len(got) != 1 {
		t.Errorf("%q are found", got)
	}
	hits, err := r.store.SearchHits(t.Context(), r.company, []string{"忘掉"}, time.Unix(0, 0), store.Hit{At: time.Now().Add(time.Hour)}, 10)
	if err != nil || len(hits) != 1 {
		t.Errorf("the index has %v, %v", hits, err)
	}
}
