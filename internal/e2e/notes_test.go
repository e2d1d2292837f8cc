package e2e

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/go-rod/rod/lib/input"
)

// notes writes a note with the keyboard: N, the text, Enter.
func (p *person) notes(text string) {
	p.Helper()
	p.jots(text)
	p.types(input.Enter)
}

// jots writes into the note's field and saves nothing.
func (p *person) jots(text string) {
	p.Helper()
	p.does(`() => document.activeElement.blur()`)
	p.types(input.KeyN)
	p.sees("#noter", "记下备注")
	if err := p.page.Timeout(patience).InsertText(text); err != nil {
		p.Fatal(err)
	}
}

func TestColleaguesNoteForEachOtherAndTheCustomerNeverHears(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	agent := w.talking(a, chen, "能退款吗")
	ming := w.person("阿明").logsIn(a, mingMail)
	s := w.sessionOf(a, chen, yu)

	// A reply and a note are kept apart, also when the page is loaded again.
	agent.drafts("好的，我")
	agent.jots("财务说")
	agent.reloads()
	agent.awaits("the reply as it was", `() => document.querySelector("#text").value === "好的，我" && document.querySelector("#note").value === "财务说"`)
	agent.sees("#composer", "发送")
	agent.seesNo("#noter", "")

	// @ offers colleagues; who is chosen is told of it at once, wherever they are, and reads it in the session.
	agent.jots("可以退，@")
	agent.sees("#callable [role=option][aria-selected=true]", "周敏")
	if err := agent.page.Timeout(patience).InsertText("阿"); err != nil {
		t.Fatal(err)
	}
	agent.seesNo("#callable", "周敏")
	agent.sees("#callable [role=option][aria-selected=true]", "阿明")
	agent.types(input.Enter)
	agent.awaits("the name in the field", `() => document.querySelector("#note").value === "财务说可以退，@阿明 "`)
	if err := agent.page.Timeout(patience).InsertText("帮忙看一下"); err != nil {
		t.Fatal(err)
	}
	agent.saves("note-form")
	agent.types(input.Enter)
	agent.sees(".wr-note b", "@阿明")
	agent.sees(".wr-note", "仅同事可见 · 小鱼")
	agent.awaits("an empty field to note on in, and the reply as it was", `() => document.querySelector("#note").value === "" && document.querySelector("#text").value === "好的，我"`)
	ming.sees("#mentions .wr-unread", "1")
	ming.clicks("#mentions a", "帮忙看一下")
	ming.rests()
	ming.sees(".wr-note", "财务说可以退，@阿明 帮忙看一下")
	ming.sees("#composer-state", "小鱼")
	ming.seesNo("#mentions", "")

	// What stands open is brought up to date: the answer, what a supervisor whispers from the monitor, and what is taken back.
	ming.notes("可以，走退款单")
	agent.sees(".wr-note", "可以，走退款单")
	boss := w.person("周敏").logsIn(a, minMail)
	boss.visits(a.url("/sessions/" + s.ID))
	boss.sees("#composer-state", "您在旁观")
	boss.notes("语气缓一点")
	agent.sees(".wr-note", "语气缓一点")
	boss.clicks(".wr-note button", "撤回")
	agent.seesNo(".wr-note", "语气缓一点")
	agent.sees("li.wr-ev", "周敏撤回了一条备注")

	// Only the reply is sent. The phone has had it, and nothing else; other programs see the messages as if nobody had noted anything.
	agent.clicks("#noter [data-act=write]", "回复客户")
	agent.awaits("the reply's field with the focus", `() => document.activeElement.id === "text"`)
	agent.types(input.Enter)
	w.reads(chen, "好的，我")
	agent.sees("li.out .wr-meta", "已发送")
	for _, noted := range []string{"财务说可以退，@阿明 帮忙看一下", "可以，走退款单", "语气缓一点"} {
		if n := w.timesRead(chen, noted); n != 0 {
			t.Errorf("the customer read the note %q", noted)
		}
	}
	var page struct{ Items []struct{ Text string } }
	w.api(a, "GET", "/sessions/"+s.ID+"/messages", nil, &page)
	if got := len(page.Items); got != 2 || page.Items[1].Text != "好的，我" {
		t.Errorf("other programs see %+v", page.Items)
	}
	places := agent.does(`() => [...document.querySelectorAll("#messages > li:is(.in, .out, .wr-note)")].map((li) => li.className.split(" ")[0]).join(" ")`)
	agent.reloads()
	if again := agent.does(`() => [...document.querySelectorAll("#messages > li:is(.in, .out, .wr-note)")].map((li) => li.className.split(" ")[0]).join(" ")`); places != "in wr-note wr-note out" || again != places {
		t.Errorf("the thread stood as %q, and after loading again as %q", places, again)
	}
}

// The notes of a long session stand where they were written, also where the thread is read back, and none is shown twice.
func TestNotesStandAtTheirPlaceInALongThread(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	agent := w.talking(a, chen, "一")
	agent.notes("第一条之后")
	agent.sees(".wr-note", "第一条之后")
	conn := w.sql()
	defer conn.Close(context.Background())
	for range 60 {
		w.writes(chen, "又")
	}
	s := w.sessionOf(a, chen, yu)
	w.until("all have come", 20*time.Second, func() bool {
		var n int
		return conn.QueryRow(t.Context(), "SELECT count(*) FROM messages WHERE session_id = $1 AND opercode = 2", s.ID).Scan(&n) == nil && n == 61
	})
	agent.notes("最后之后")
	agent.sees(".wr-note", "最后之后")
	agent.reloads()
	agent.sees(".wr-note", "最后之后")
	agent.seesNo(".wr-note", "第一条之后")
	agent.clicks("#older button", "")
	agent.awaits("both notes, the first behind the first message", `() => { const all = [...document.querySelectorAll("#messages > li:is(.in, .wr-note)")]; return all.length === 63 && all[1].innerText.includes("第一条之后") && all[62].innerText.includes("最后之后"); }`)
	if got := agent.thread(); slices.Contains(got, "第一条之后") {
		t.Errorf("a note stands as a message: %q", got)
	}
}
