package e2e

import (
	"slices"
	"strings"
	"testing"
)

// What was said in earlier sessions is read upward from the first message of this one, by whoever may see them.
func TestEarlierSessionsAreReadUpward(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	yu := w.person("小鱼").logsIn(a, yuMail)
	for _, said := range []string{"第一次来", "第二次来"} {
		w.writes(chen, said)
		yu.opens(said)
		yu.sees("#close", "")
		yu.answers("答：" + said)
		w.reads(chen, "答："+said)
		yu.sees("li.out .wr-meta", "已发送")
		yu.clicks("#close", "")
		yu.sees("#composer-state", "会话已结束")
	}
	w.writes(chen, "第三次来")
	yu.opens("第三次来")
	texts := func() []string {
		return slices.DeleteFunc(yu.thread(), func(text string) bool { return strings.HasPrefix(text, "已为您接入客服") })
	}
	yu.sees("li.in", "第三次来")
	yu.clicks("#older button", "的会话")
	yu.sees("li.out", "答：第二次来")
	yu.sees(".wr-day", "小鱼")
	yu.clicks("#older button", "的会话")
	yu.sees("li.out", "答：第一次来")
	yu.awaits("the beginning", `() => !document.querySelector("#older button")`)
	if got, want := texts(), []string{"第一次来", "答：第一次来", "第二次来", "答：第二次来", "第三次来"}; !slices.Equal(got, want) {
		t.Errorf("the thread is %q, not %q", got, want)
	}
	yu.awaits("each session under its divider", `() => document.querySelectorAll("#messages > li[id^=end-]").length === 2`)
	yu.saves("earlier")

	// It goes on below as before.
	yu.answers("还是我")
	w.reads(chen, "还是我")
	yu.sees("li.out:last-of-type", "还是我")
	if got := texts(); got[len(got)-1] != "还是我" || len(got) != 6 {
		t.Errorf("the thread is %q", got)
	}

	// A colleague who may not see it is not told that there is one.
	earlier := strings.TrimPrefix(yu.does(`() => document.querySelector("#messages > li[id^=end-]").id`), "end-")
	answer, err := w.client(a, mingMail).Get(a.url("/sessions/" + earlier + "/messages?before=2147483647&back=1"))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != 404 {
		t.Errorf("a colleague without the session was answered %d", answer.StatusCode)
	}
}
