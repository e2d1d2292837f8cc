package e2e

import (
	"fmt"
	"slices"
	"testing"

	"weir/internal/wechat/simulator"
)

// talking is an agent who has opened the session of a customer who wrote.
func (w *world) talking(a *weir, openid, text string) *person {
	w.Helper()
	agent := w.person("小鱼").logsIn(a, yuMail)
	w.writes(openid, text)
	agent.opens(text)
	agent.sees("[data-section=conversing] .wr-row", text)
	return agent
}

func TestWhatWeChatRefusedIsShownAndResentOnce(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	agent := w.talking(a, chen, "在吗")
	w.faults(func(f *simulator.Faults) { f.SendCode = 45015 })
	agent.answers("在的，请讲")
	agent.sees("li.failed .wr-why", "未送达")
	agent.sees("li.failed .wr-why", "（45015）")
	agent.sees("li.failed button", "改一改")
	agent.sees(".wr-row .wr-tag.bad", "未送达")
	agent.sees("#composer-state", "客户上次来信已超过微信允许回复的时间")

	w.faults(func(f *simulator.Faults) { f.SendCode = 0 })
	w.writes(chen, "还在吗")
	agent.sees("#text", "")
	agent.sees("li.failed button", "重发")
	agent.awaits("two clicks in a row", `() => {
		const b = [...document.querySelectorAll("li.failed button")].find((b) => b.textContent.includes("重发"))
		if (b) { b.click(); b.click() }
		return Boolean(b)
	}`)
	w.reads(chen, "在的，请讲")
	agent.seesNo("li.failed button", "重发") // it has been said again below
	agent.answers("另外一句")
	w.reads(chen, "另外一句")
	if n := w.timesRead(chen, "在的，请讲"); n != 1 {
		t.Errorf("resent twice by two clicks: the customer read it %d times", n)
	}
}

func TestWhatMayHaveArrivedIsNeverResentByItself(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	agent := w.talking(a, chen, "在吗")
	w.faults(func(f *simulator.Faults) { f.Cut = 1 })
	agent.answers("也许到了")
	agent.sees("li.unsure .wr-why", "不确定是否送达")
	agent.sees("li.unsure button", "再发一次")
	agent.answers("后一句")
	w.reads(chen, "后一句")
	agent.sees("li.out .wr-meta", "已发送")
	if n := w.timesRead(chen, "也许到了"); n != 1 {
		t.Errorf("the customer read it %d times", n)
	}
	agent.sees("li.unsure", "也许到了")
}

func TestWhatIsWrittenWhenTheQuotaIsUsedUpWaitsForTheCustomer(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	agent := w.talking(a, chen, "在吗")
	for i := 1; i <= 5; i++ {
		agent.sees("#composer-state", fmt.Sprintf("还可发 %d 条", 6-i))
		agent.answers(fmt.Sprintf("第 %d 句", i))
		w.reads(chen, fmt.Sprintf("第 %d 句", i))
	}
	agent.sees("#composer-state", "已发满 5 条")
	agent.sees("#composer-state", "等客户下次来信自动发送")
	agent.awaits("a button that says what it does", `() => [...document.querySelectorAll("#composer button")].some((b) => b.innerText.includes("等客户来信就发"))`)
	agent.answers("这句等您")
	agent.sees("li.going", "等客户下次来信后自动发出")
	agent.answers("这句算了")
	agent.sees("li.going:last-of-type", "这句算了")
	agent.clicks("li.going:last-of-type button", "撤回")
	agent.sees("li.failed", "已撤回，没有发出")

	w.writes(chen, "好的")
	w.reads(chen, "这句等您")
	agent.sees("#composer-state", "还可发 4 条")
	agent.seesNo("li.going", "")
	if n := w.timesRead(chen, "这句算了"); n != 0 {
		t.Errorf("what was taken back was read %d times", n)
	}
}

func TestAMenuClickAllowsThreeMoreOnThePageToo(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	agent := w.talking(a, chen, "在吗")
	for i := 1; i <= 5; i++ {
		agent.answers(fmt.Sprintf("第 %d 句", i))
		w.reads(chen, fmt.Sprintf("第 %d 句", i))
	}
	agent.sees("#composer-state", "已发满 5 条")
	if _, err := w.sim.Click(t.Context(), appid, chen, "prices"); err != nil {
		t.Fatal(err)
	}
	agent.sees("#composer-state", "还可发 3 条")
	agent.sees("#composer-state", "点菜单、关注或扫码")
	agent.answers("价格在菜单里")
	w.reads(chen, "价格在菜单里")
	agent.sees("#composer-state", "还可发 2 条")
}

func TestWhileTheAccountIsInTroubleItsAgentsSeeItAndWhatTheyWriteGoesOutAfterwards(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	agent := w.talking(a, chen, "在吗")
	agent.seesNo("#composer-state", "暂停发送")
	w.faults(func(f *simulator.Faults) { f.SendCode = 40164 })
	agent.answers("在的")
	agent.sees("#composer-state", "这个公众号暂停发送")
	agent.answers("请讲")
	agent.sees("li.going", "请讲")

	w.faults(func(f *simulator.Faults) { f.SendCode = 0 })
	conn := w.sql()
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), `WITH due AS (UPDATE accounts SET probe_at = now() RETURNING company_id) UPDATE companies SET version = version + 1 WHERE company_id IN (SELECT company_id FROM due)`); err != nil {
		t.Fatal(err)
	}
	w.reads(chen, "请讲")
	agent.seesNo("#composer-state", "暂停发送")
	if got := agent.thread(); !slices.Equal(got, []string{"在吗", "在的", "请讲"}) {
		t.Errorf("the thread is %q", got)
	}
}

func TestAPersonSaysThatWhatNobodyKnewArrived(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	agent := w.talking(a, chen, "在吗")
	w.faults(func(f *simulator.Faults) { f.Cut = 1 })
	agent.answers("也许到了")
	agent.sees("li.unsure .wr-why", "不确定是否送达")
	agent.clicks("li.unsure button", "算已送达")
	agent.sees("li.out .wr-meta", "已发送")
	agent.seesNo("li.unsure", "")
	if n := w.timesRead(chen, "也许到了"); n != 1 {
		t.Errorf("the customer read it %d times", n)
	}
}

func TestWhatIsSentInARushArrivesInOrder(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	agent := w.talking(a, chen, "在吗")
	agent.slow(300)
	for _, text := range []string{"第一句", "第二句", "第三句"} {
		agent.answers(text)
		agent.awaits("an empty field at once", `() => document.querySelector("#text").value === ""`)
	}
	w.reads(chen, "第三句")
	agent.sees("li.out", "第三句")
	agent.sees("li.out:last-of-type .wr-meta", "已发送")
	if got := agent.thread(); !slices.Equal(got, []string{"在吗", "第一句", "第二句", "第三句"}) {
		t.Errorf("the thread is %q", got)
	}
	agent.sees("#composer-state", "还可发 2 条")
}
