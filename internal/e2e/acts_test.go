package e2e

import (
	"testing"
	"time"
)

const minMail = "zhoumin@wangyu.example"

// One customer goes through many hands: handed on with a note, served by two, taken over, written to and closed from the monitor.
func TestASessionGoesThroughManyHands(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	yu, ming := w.person("小鱼").logsIn(a, yuMail), w.person("阿明")
	yu.forgives("404")
	w.writes(chen, "我的发票抬头错了")
	yu.opens("我的发票抬头错了")
	s := w.sessionOf(a, chen, 8082)
	yu.answers("我请同事帮您看。")
	w.reads(chen, "我请同事帮您看。")
	ming.logsIn(a, mingMail).forgives("404") // what is taken from them while it stands open

	yu.clicks("#act-transfer", "")
	yu.sees("#hand", "阿明")
	yu.does(`() => { document.querySelector('#hand input[value="agent:8083"]').click(); document.querySelector("#hand textarea").value = "要财务权限"; }`)
	yu.clicks("#hand .btn-primary", "")
	yu.seesNo(".wr-row", "我请同事帮您看")
	ming.opens("我请同事帮您看")
	ming.sees("li.wr-ev", "小鱼转接给阿明。留言：「要财务权限」")
	ming.sees("#block-why", "小鱼转接给阿明")

	ming.clicks("#act-invite", "")
	ming.does(`() => new Promise((done) => { const go = () => { const r = document.querySelector('#hand input[value="agent:8082"]'); if (!r) return setTimeout(go, 10); r.click(); done(); }; go(); })`)
	ming.clicks("#hand .btn-primary", "")
	ming.sees("#head-facts", "和 小鱼 一起接待")
	yu.opens("我请同事帮您看")
	yu.answers("我也在。")
	w.reads(chen, "我也在。")
	ming.sees("li.out", "我也在。")
	yu.clicks("#more summary", "")
	yu.clicks("#act-leave", "")
	yu.seesNo(".wr-row", "我也在")
	ming.seesNo("#head-facts", "一起接待")

	// The admin looks, writes to the customer, takes over and ends it.
	boss := w.person("周敏").logsIn(a, minMail)
	boss.visits(a.url("/monitor"))
	boss.sees("#monitor tr", "阿明")
	boss.clicks(`a[data-watch="`+s.ID+`"]`, "")
	boss.sees("#composer-state", "您在旁观，阿明在接待。")
	boss.answers("您好，我是店长，马上处理。")
	w.reads(chen, "您好，我是店长，马上处理。")
	ming.sees("li.out .wr-by", "周敏")
	boss.clicks("#more summary", "")
	boss.clicks("#act-takeover", "")
	boss.sees("#close", "结束会话")
	ming.seesNo("[data-section=conversing] .wr-row", "店长")
	ming.sees("#problem", "已经不在您这里")

	w.writes(zhao, "在吗")
	w.until("the second customer has an agent", 10*time.Second, func() bool { return w.sessionOf(a, zhao, 0).UID != 0 })
	second := w.sessionOf(a, zhao, 0)
	boss.visits(a.url("/sessions/" + second.ID))
	boss.clicks("#more summary", "")
	boss.clicks("#act-close-admin", "")
	boss.sees("li.wr-ev", "管理")
	var got session
	if w.api(a, "GET", "/sessions/"+second.ID, nil, &got); got.State != -4 {
		t.Errorf("the session is %d", got.State)
	}
}

// What nobody has is put first, the supervisor reads why nobody has it, and hands it on.
func TestASupervisorPutsFirstAndHandsOnWhatQueues(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	w.writes(chen, "售后")
	s := w.sessionOf(a, chen, 0)
	boss := w.person("周敏").logsIn(a, minMail)
	w.until("it is looked at", 10*time.Second, func() bool {
		var page struct{ Items []any }
		w.api(a, "GET", "/sessions/"+s.ID+"/decisions", nil, &page)
		return len(page.Items) > 0
	})
	boss.visits(a.url("/sessions/" + s.ID))
	boss.sees("#block-why", "自动回复规则「售后」指定；没有人能接，继续排队。")
	boss.sees("#block-why", "阿明")
	boss.sees("#block-why", "离线")
	boss.sees("#block-why", "不在分组")
	boss.clicks("#more summary", "")
	boss.clicks("#more [name=priority][value=\"6\"]", "")
	w.until("it is put first", 10*time.Second, func() bool { return w.sessionOf(a, chen, 0).Priority == 6 })
	boss.sees("li.wr-ev", "周敏把优先级改为 6。")
	boss.clicks("#act-transfer", "")
	boss.sees("#hand", "阿明")
	boss.does(`() => { document.querySelector('#hand input[value="agent:8083"]').click(); }`)
	boss.clicks("#hand .btn-primary", "")
	w.sessionOf(a, chen, 8083)
}
