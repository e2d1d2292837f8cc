package e2e

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// What the customer says while an answer is written is shown before it is sent past it, once.
func TestAnAnswerThatTheCustomerOvertookIsHeldBackOnce(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	yu := w.person("小鱼").logsIn(a, yuMail)
	yu.forgives("409")
	w.writes(chen, "发票能重开吗")
	yu.opens("发票能重开吗")
	yu.drafts("好的，已经帮您提交重开申请")
	w.writes(chen, "不用重开了，谢谢")
	yu.sees("li.in", "不用重开了，谢谢")
	yu.answers("。")
	yu.sees("#overtaken", "不用重开了，谢谢")
	yu.awaits("the text stays", `() => document.querySelector("#text").value === "好的，已经帮您提交重开申请。"`)
	yu.clicks("#overtaken button", "再改改")
	yu.seesNo("#overtaken", "")
	yu.awaits("one writes on", `() => document.activeElement === document.querySelector("#text")`)

	// It was seen: it goes. What is written then is another text, which is held back for what came while it was written, and for nothing older.
	yu.answers("～")
	w.reads(chen, "好的，已经帮您提交重开申请。～")
	yu.drafts("还需要别的吗")
	w.writes(chen, "对了")
	w.writes(chen, "几点关门")
	yu.sees("li.in", "几点关门")
	yu.answers("？")
	yu.sees("#overtaken", "对了")
	yu.sees("#overtaken", "几点关门")
	yu.seesNo("#overtaken", "不用重开了")
	yu.clicks("#overtaken button", "照样发送")
	w.reads(chen, "还需要别的吗？")
	yu.seesNo("#overtaken", "")
	yu.awaits("an empty field", `() => document.querySelector("#text").value === ""`)

	// What was begun after everything was read goes at once; so does what only the agent's own messages overtook.
	yu.answers("二十四小时")
	yu.answers("都开着")
	w.reads(chen, "都开着")
	yu.sees("li.out", "都开着")
	got := slices.DeleteFunc(yu.thread(), func(text string) bool { return strings.HasPrefix(text, "已为您接入客服") })
	if want := []string{"发票能重开吗", "不用重开了，谢谢", "好的，已经帮您提交重开申请。～", "对了", "几点关门", "还需要别的吗？", "二十四小时", "都开着"}; !slices.Equal(got, want) {
		t.Errorf("the thread is %q", got)
	}
	for _, text := range []string{"好的，已经帮您提交重开申请。～", "还需要别的吗？", "二十四小时"} {
		if n := w.timesRead(chen, text); n != 1 {
			t.Errorf("the customer read %q %d times", text, n)
		}
	}
}

// A draft that was left and found again knows when it was begun, also on a phone and by Enter alone.
func TestADraftFromBeforeTheCustomersMessageIsHeldBackOnAPhone(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	yu := w.person("小鱼").logsIn(a, yuMail)
	yu.forgives("409")
	yu.resizes(390, 844)
	w.writes(chen, "在吗")
	yu.opens("在吗")
	yu.drafts("在的，请讲")
	w.until("it is taken", 10*time.Second, func() bool { return w.sessionOf(a, chen, 8082).State == 1 })
	yu.awaits("nothing is being asked", `() => !document.querySelector(".htmx-request")`)
	yu.clicks("[data-back]", "")
	w.writes(chen, "已经解决了")
	yu.opens("已经解决了")
	yu.awaits("the draft", `() => document.querySelector("#text").value === "在的，请讲"`)
	yu.answers("。")
	yu.sees("#overtaken", "已经解决了")
	yu.awaits("nothing is wider than the phone", `() => document.documentElement.scrollWidth <= 390`)
	yu.saves("overtaken-phone")
	yu.answers("")
	w.reads(chen, "在的，请讲。")
}

// Two who have the same conversation open see each other, also when different processes serve them, and see it when one has gone.
func TestTwoOnOneConversationSeeEachOther(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	b := w.weir("B")
	yu := w.person("小鱼").logsIn(a, yuMail)
	w.writes(chen, "发票抬头错了")
	yu.opens("发票抬头错了")
	s := w.sessionOf(a, chen, 8082)
	boss := w.person("周敏").logsIn(b, minMail)
	boss.forgives("ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE", "htmx:sendError", "502", "503")
	boss.visits(b.url("/sessions/" + s.ID))
	yu.sees("#beside", "周敏也在看")
	boss.sees("#beside", "小鱼也在看")
	yu.seesNo("#beside", "小鱼")

	boss.drafts("我来")
	yu.sees("#beside-writing", "周敏正在输入")
	boss.seesNo("#beside-writing", "输入")
	yu.saves("beside")
	boss.answers("回答")
	w.reads(chen, "我来回答")
	yu.seesNo("#beside-writing", "输入")

	// Who stops writing is not said to write any more, and who leaves is not there.
	w.until("it is seen that the next is written", patience, func() bool {
		boss.drafts("字")
		return yu.does(`() => document.querySelector("#beside-writing").innerText`) != ""
	})
	yu.seesNo("#beside-writing", "输入")
	boss.visits(b.url("/"))
	yu.awaits("nobody beside", `() => !document.querySelector("#beside").innerText`)

	boss.visits(b.url("/sessions/" + s.ID))
	yu.sees("#beside", "周敏也在看")
	b.kill()
	yu.awaits("nobody beside", `() => !document.querySelector("#beside").innerText`)
}
