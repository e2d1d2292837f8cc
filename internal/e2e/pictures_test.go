package e2e

import (
	"context"
	"net/url"
	"testing"
	"time"

	"weir/internal/wechat/simulator"
)

// TestPictures takes the pictures by which the program is shown: a busy afternoon at a small desk. It asserts nothing.
func TestPictures(t *testing.T) {
	if *shots == "" {
		t.Skip("no -shots folder given")
	}
	w := newWorld(t).provisioned(5)
	a := w.weir("A")
	w.callbacksTo(a)
	agent := w.person("小鱼").logsIn(a, yuMail)
	named := func(openid, name string) string {
		t.Helper()
		if _, err := w.sim.PutCustomer(appid, simulator.Customer{OpenID: openid, Name: name, Followed: true}); err != nil {
			t.Fatal(err)
		}
		return openid
	}
	remark := func(openid, name string) {
		t.Helper()
		if status := w.api(a, "PATCH", "/customers/"+appid+"/"+url.PathEscape(openid), map[string]any{"remark": name, "exclusive_uid": yu}, nil); status != 200 {
			t.Fatalf("remark: %d", status)
		}
	}
	people := []struct{ openid, name, text string }{
		{"oyeC-wK3nTq8vYb2mR6xZ1cD4fG7", "林晓彤", "发票可以开公司抬头吗？"},
		{"oyeC-wP9sLd4hJw7kE2uB5yN8aQ3", "周同学", "学生证打折现在还有吗"},
		{"oyeC-wV6gXi1oMz5tC9rF3eH8jS2", "孙先生", "我的会员卡好像没到账"},
		{"oyeC-wT4bWk7pDn2qU6lA9vI1mO5", "高女士", "明天晚上八点还有双人包间吗？"},
	}
	for _, p := range people {
		named(p.openid, p.name)
		w.writes(p.openid, p.text)
		remark(p.openid, p.name)
	}
	named(chen, "陈女士")
	w.writes(chen, "周六想订个包间，十个人的团建")
	w.writes(chen, "包间多少钱")
	remark(chen, "陈女士")
	for _, openid := range []string{people[0].openid, people[1].openid, people[2].openid, people[3].openid, chen} {
		w.sessionOf(a, openid, yu)
	}
	named(zhao, "赵一鸣") // who finds no free place
	w.writes(zhao, "充值三次都没到账，找谁？")
	remark(zhao, "赵一鸣")
	w.writes(named("oyeC-wC8yGm3fRt0sX7zK4uL6iW1", "客户"), "比赛在哪里报名")
	w.ago(people[0].openid, 12*time.Minute)
	w.ago(people[1].openid, 4*time.Minute)
	w.ago(people[2].openid, 2*time.Minute)
	w.ago(people[3].openid, 40*time.Second)
	w.ago(zhao, 6*time.Minute)

	agent.visits(a.url("/"))
	agent.opens(people[2].name)
	agent.answers("孙先生您好，充值一般五分钟内到账，我帮您查一下。")
	w.reads(people[2].openid, "我帮您查一下")
	agent.visits(a.url("/"))
	agent.opens("陈女士")
	agent.answers("陈女士您好！周六有一间十二人的大包间，下午两点到晚上十点都空着。")
	w.reads(chen, "大包间")
	w.writes(chen, "太好了，可以自己带蛋糕吗？")
	agent.sees("li.in", "蛋糕")
	agent.answers("可以的，我们还能帮您放冰箱，到店说一声就好。")
	w.reads(chen, "冰箱")
	if _, err := w.sim.Location(t.Context(), appid, chen, 31.2231, 121.4458, "网鱼网咖（静安寺店）"); err != nil {
		t.Fatal(err)
	}
	w.writes(chen, "是这家店吧？大概需要提前多久到")
	agent.sees("li.in", "提前多久到")
	w.spread(chen)
	agent.drafts("对的，就是静安寺店。提前十分钟就可以")
	agent.sees("li.out:not(.auto) .wr-meta", "已发送")
	agent.page.MustWaitIdle()
	picture := func(name, theme, lang string) {
		t.Helper()
		agent.resizes(1440, 900)
		agent.does(`async (theme, lang) => { await fetch("/preferences", { method: "PUT", body: new URLSearchParams({ theme, lang }) }); }`, theme, lang)
		agent.reloads()
		agent.awaits("a live page", `() => document.documentElement.dataset.live === "live" && document.querySelector("#text").value !== ""`)
		agent.page.MustWaitIdle()
		agent.saves(name)
		agent.resizes(390, 844)
		agent.page.MustWaitIdle()
		agent.saves("phone-" + name)
	}
	picture("workspace", "weir-light", "zh-CN")
	picture("workspace-dark", "weir-dark", "zh-CN")
	picture("workspace-en", "weir-light", "en")
	agent.resizes(390, 844)
	agent.visits(a.url("/"))
	agent.awaits("a live page", `() => document.documentElement.dataset.live === "live"`)
	agent.saves("phone-list-en")
	agent.resizes(1440, 900)
	agent.saves("workspace-empty-en")

	visitor := w.person("visitor")
	visitor.visits(a.url("/login"))
	visitor.saves("login")
	visitor.visits(w.wechat + "/simulator?appid=" + appid + "&openid=" + chen)
	visitor.page.MustWaitIdle()
	visitor.saves("simulator")
}

// ago moves what a customer did into the past, as if time had gone by.
func (w *world) ago(openid string, by time.Duration) {
	w.Helper()
	conn := w.sql()
	defer conn.Close(context.Background())
	for _, sql := range []string{
		`UPDATE sessions SET created_at = created_at - $2::interval, queued_at = queued_at - $2::interval, assigned_at = assigned_at - $2::interval, waiting_since = waiting_since - $2::interval,
			last_at = last_at - $2::interval, oldest_at = oldest_at - $2::interval WHERE openid = $1`,
		`UPDATE messages SET created_at = created_at - $2::interval WHERE openid = $1`,
	} {
		if _, err := conn.Exec(w.Context(), sql, openid, by); err != nil {
			w.Fatal(err)
		}
	}
}

// spread has a customer's conversation take place over the last minutes, and the customer wait since the last of it.
func (w *world) spread(openid string) {
	w.Helper()
	conn := w.sql()
	defer conn.Close(context.Background())
	for _, sql := range []string{
		`UPDATE messages m SET created_at = m.created_at - interval '70 s' * (s.last_seq - m.seq) - interval '65 s' FROM sessions s WHERE s.openid = $1 AND s.session_id = m.session_id`,
		`UPDATE sessions SET created_at = created_at - interval '11 min', queued_at = queued_at - interval '11 min', assigned_at = assigned_at - interval '10 min', taken_at = taken_at - interval '9 min',
			waiting_since = waiting_since - interval '2 min', last_at = last_at - interval '65 s', oldest_at = oldest_at - interval '11 min' WHERE openid = $1`,
		`UPDATE customers SET quota_used = 1 WHERE openid = $1`,
	} {
		if _, err := conn.Exec(w.Context(), sql, openid); err != nil {
			w.Fatal(err)
		}
	}
}
