package e2e

import (
	"slices"
	"testing"
	"time"
)

// The customers of the stories.
const (
	chen = "oyeC-wH2XKLJo94TOoBpnCeEAMeQ"
	zhao = "oyeC-wJ7dPzQ1mN5rT8vX2bK9cY4"
)

func TestAConversationFromThePhoneToTheAgentAndBack(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	agent := w.person("小鱼").logsIn(a, yuMail)

	w.writes(chen, "你们周末营业吗？")
	agent.sees("[data-section=waiting] .wr-row", "你们周末营业吗？")
	if answer := w.writes(chen, "包间多少钱"); answer.Reply == nil {
		t.Error("the rule's answer did not go as the passive reply, which costs no quota")
	}
	w.reads(chen, "包间每小时 15 元")
	agent.opens("包间每小时 15 元")
	agent.sees("li.out.auto", "包间每小时 15 元")
	agent.sees("li.out.auto", "规则「价格」")
	agent.sees("[data-section=conversing] .wr-row", "包间每小时 15 元")

	agent.answers("营业的，通宵到早上八点。")
	w.reads(chen, "营业的，通宵到早上八点。")
	agent.sees("li.out .wr-meta", "已发送")
	agent.awaits("an empty field to write on in", `() => document.querySelector("#text").value === ""`)

	first := agent.at()
	agent.clicks("#close", "")
	agent.sees("#composer-state", "会话已结束")
	agent.seesNo("[data-section] .wr-row", "通宵")
	w.writes(chen, "还有个问题")
	agent.clicks("#composer-state a", "去正在进行的会话")
	agent.sees("li.in", "还有个问题")
	if second := agent.at(); second == first {
		t.Errorf("the message after the close went into the closed session %s", first)
	}
	if got := agent.thread(); !slices.Equal(got, []string{"还有个问题"}) {
		t.Errorf("the new session shows %q", got)
	}
}

func TestTwoAgentsEachSeeTheirOwnSessions(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	yu, ming := w.person("小鱼").logsIn(a, yuMail), w.person("阿明").logsIn(a, mingMail)

	w.writes(chen, "第一位客户")
	w.writes(zhao, "第二位客户")
	first, second := yu, ming // least busy: one each; the longest without one comes first
	w.until("both sessions have an agent", 10*time.Second, func() bool {
		return w.sessionOf(a, chen, 0).UID != 0 && w.sessionOf(a, zhao, 0).UID != 0
	})
	x, y := w.sessionOf(a, chen, 0), w.sessionOf(a, zhao, 0)
	if x.UID == y.UID {
		t.Fatalf("agent %d got both sessions and the other none", x.UID)
	}
	if x.UID == 8083 {
		first, second = ming, yu
	}
	first.sees(".wr-row", "第一位客户")
	second.sees(".wr-row", "第二位客户")
	first.seesNo(".wr-row", "第二位客户")
	second.seesNo(".wr-row", "第一位客户")

	second.forgives("404")
	second.visits(a.url("/sessions/" + x.ID))
	second.sees("main", "没有这个会话")

	// What is said between one agent and their customer rings nobody else's page.
	first.opens("第一位客户")
	first.answers("您好，请讲。")
	w.reads(chen, "您好，请讲。")
	second.visits(a.url("/"))
	second.sees(".wr-row", "第二位客户")
	second.seesNo(".wr-row", "您好，请讲。")
}

func TestAReloadKeepsTheOrderAndTheDraft(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	agent := w.person("小鱼").logsIn(a, yuMail)
	w.writes(chen, "一")
	agent.opens("一")
	agent.answers("二")
	agent.sees("li.out .wr-meta", "已发送")
	w.writes(chen, "三")
	agent.sees("li.in", "三")
	agent.answers("四")
	agent.sees("li.out:last-of-type", "四")
	agent.drafts("还没写完")
	was := agent.thread()

	agent.reloads()
	agent.sees("li.out", "四")
	if got := agent.thread(); !slices.Equal(got, was) || !slices.Equal(got, []string{"一", "二", "三", "四"}) {
		t.Errorf("after the reload the thread is %q, before it was %q", got, was)
	}
	agent.awaits("the draft", `() => document.querySelector("#text").value === "还没写完"`)
}

func TestALostStreamIsCaughtUpWithoutAReload(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	b := w.weir("B")
	agent := w.person("小鱼").logsIn(a, yuMail)
	agent.forgives("ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE", "htmx:sendError", "502", "503", "409")
	w.writes(chen, "在吗")
	agent.opens("在吗")
	agent.sees("[data-section=conversing] .wr-row", "在吗")
	agent.does(`() => { window.same = true; }`)

	w.callbacksTo(b)
	a.stop()
	agent.sees("#live", "离线")
	w.writes(chen, "断线的时候写的")
	w.writes(zhao, "断线的时候来的")
	agent.answers("断线的时候答的")
	agent.awaits("the text is kept", `() => document.querySelector("#text").value === "断线的时候答的"`)
	agent.sees("#composer button", "连上就发")

	a.start()
	agent.sees("#live", "实时")
	agent.sees("li.in", "断线的时候写的")
	agent.sees(".wr-row", "断线的时候来的")
	agent.sees("#overtaken", "断线的时候写的")
	agent.clicks("#overtaken button", "照样发送")
	w.reads(chen, "断线的时候答的")
	agent.sees("li.out .wr-meta", "已发送")
	if n := w.timesRead(chen, "断线的时候答的"); n != 1 {
		t.Errorf("the customer read the answer %d times", n)
	}
	agent.awaits("the same page", `() => window.same`)
	agent.awaits("an empty field", `() => document.querySelector("#text").value === ""`)
}

func TestANetworkThatIsCutIsNoticedAndCaughtUp(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	agent := w.person("小鱼").logsIn(a, yuMail)
	agent.forgives("ERR_INTERNET_DISCONNECTED", "ERR_NETWORK_CHANGED", "htmx:sendError")
	w.writes(chen, "在吗")
	agent.opens("在吗")
	agent.sees("[data-section=conversing] .wr-row", "在吗")
	agent.offline(true)
	agent.sees("#live", "离线")
	agent.answers("刚才断网了")
	agent.sees("#composer button", "连上就发")
	agent.offline(false)
	agent.sees("#live", "实时")
	w.reads(chen, "刚才断网了")
	agent.sees("li.out", "刚才断网了")
	w.writes(chen, "听得见")
	agent.sees("li.in", "听得见")
	if n := w.timesRead(chen, "刚才断网了"); n != 1 {
		t.Errorf("the customer read the answer %d times", n)
	}
}
