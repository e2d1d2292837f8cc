package e2e

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"weir/internal/wechat/simulator"
)

// handling is the form of the session settings as it stands by default, with what is said of notices.
func handling(notices string) url.Values {
	form := url.Values{"distribution": {"average"}, "notices": {notices}}
	for _, name := range []string{"queue_timeout", "reception_timeout", "idle_timeout", "reclaim_after", "exclusive_wait", "target_wait", "away_after", "grace"} {
		form.Set(name, "2")
		form.Set(name+"_unit", "d")
	}
	for _, kind := range []string{"queued", "moved", "connected", "returned", "closed", "outside", "queues", "left", "noted", "outside_queue", "outside_message"} {
		form.Set("on_"+kind, "1")
	}
	return form
}

// sets has the admin send a form of the settings, which must be taken.
func (w *world) sets(a *weir, path string, form url.Values) {
	w.Helper()
	if status, body := w.does(w.client(a, adminMail), "PUT", a.url(path), form); status != http.StatusNoContent {
		w.Fatalf("%s was answered %d: %s", path, status, tail(body, 300))
	}
}

// spoken is what an answer to a callback says.
func spoken(a simulator.Answer) string {
	if a.Reply == nil {
		return ""
	}
	return a.Reply.Content
}

// wants has a customer write, and checks what the answer to the callback says.
func (w *world) wants(openid, text, want string) {
	w.Helper()
	if said := spoken(w.writes(openid, text)); said != want {
		w.Errorf("%s wrote %q and was told %q, not %q", openid, text, said, want)
	}
}

func TestACustomerReadsTheirPlaceAndAgainWhenItHasChangedEnough(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	for _, o := range []string{"o1", "o2", "o3", "o4"} {
		w.writes(o, "你好")
	}
	w.wants("o5", "你好", "您好，您前面还有 4 位客户在排队，请稍候。")
	for _, o := range []string{"o1", "o2"} {
		s := w.sessionOf(a, o, 0)
		if status := w.api(a, "POST", "/sessions/"+s.ID+"/close", nil, nil); status != 200 {
			t.Fatalf("closing was answered %d", status)
		}
	}
	conn := w.sql() // what was told was told a while ago
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), "UPDATE sessions SET told_at = told_at - interval '1 minute' WHERE openid = 'o5'"); err != nil {
		t.Fatal(err)
	}
	w.wants("o5", "还有多少人", "您现在排在第 3 位，请稍候。")
	w.wants("o5", "好的", "")
}

func TestWithAllNoticesACustomerReadsWhoHasThemAndTheEndWithinTheQuota(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	form := handling("all")
	form.Set("text_connected", "我是{company}的{agent}。")
	w.sets(a, "/settings/sessions", form)
	w.online(a, yu)
	w.writes(chen, "你好")
	w.reads(chen, "我是网鱼演示的小鱼。")
	s := w.sessionOf(a, chen, yu)
	for _, text := range []string{"一", "二", "三", "四"} { // with the notice, all five
		w.replies(a, s, text)
		w.reads(chen, text)
	}
	if status := w.api(a, "POST", "/sessions/"+s.ID+"/close", nil, nil); status != 200 {
		t.Fatalf("closing was answered %d", status)
	}
	const closed = "本次会话已结束。如果还需要帮助，请直接发消息。"
	w.wants(chen, "谢谢", "") // nothing was left for it, and who writes again is not met with it
	w.reads(chen, "我是网鱼演示的小鱼。")
	n := w.sessionOf(a, chen, yu)
	if n.ID == s.ID {
		t.Fatal("the session reopened")
	}
	if status := w.api(a, "POST", "/sessions/"+n.ID+"/close", nil, nil); status != 200 {
		t.Fatalf("closing was answered %d", status)
	}
	w.until("the customer reads that it is over", 10*time.Second, func() bool { return w.timesRead(chen, closed) == 1 })
	for _, m := range w.kept(chen)[chen] {
		if m.Delivery == "failed" {
			t.Errorf("WeChat refused %q", m.Text)
		}
	}
}

func TestOutsideHoursTheCustomerChoosesAndWhatIsLeftIsMarked(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	here := time.Now().In(time.FixedZone("CST", 8*3600))
	tomorrow := here.AddDate(0, 0, 1)
	w.sets(a, "/settings/hours/accounts/"+appid, url.Values{"always": {"0"}, "special": {tomorrow.Format(time.DateOnly) + " 9:00-18:00"}})
	opens := tomorrow.Format("1月2日") + " 09:00"
	w.online(a, yu)
	outside := "您好，现在是网鱼演示的休息时间，" + opens + " 开始服务。回复 1 排队等待，回复 2 留言。"
	w.wants("o1", "你好", outside)
	w.wants("o1", "1", "好的，已为您排队，我们 "+opens+" 开始服务。")
	if said, err := w.sim.Click(t.Context(), appid, "o2", "kf_other"); err != nil || spoken(said) != outside {
		t.Errorf("a menu click was answered %q, %v", spoken(said), err)
	}
	w.wants("o2", "2", "好的，请写下您的留言，我们 "+opens+" 上班后回复您。")
	w.wants("o2", "机器坏了", "您的留言已记下，我们 "+opens+" 上班后回复您。")
	var page struct {
		Items []struct {
			OpenID    string `json:"customer_wx_openid"`
			NotBefore string `json:"not_before"`
		}
	}
	if w.api(a, "GET", "/sessions?left_message=true", nil, &page); len(page.Items) != 1 || page.Items[0].OpenID != "o2" || page.Items[0].NotBefore == "" {
		t.Errorf("what was left is listed as %+v", page.Items)
	}
	if _, body := w.get(w.client(a, adminMail), a.url("/monitor")); strings.Count(body, ">留言<")+strings.Count(body, ">Message left<") != 1 {
		t.Error("the monitor does not mark the one message that was left")
	}
	// Today is made up for, and open: what waited is given out.
	made := url.Values{"always": {"0"}, "make_up": {here.Format(time.DateOnly) + " " + tomorrow.Format("Mon")}}
	made.Set("day_"+string(rune('0'+int(tomorrow.Weekday()))), "00:00-24:00")
	w.sets(a, "/settings/hours/accounts/"+appid, made)
	w.sessionOf(a, "o1", yu)
	w.sessionOf(a, "o2", yu)
}
