package e2e

import (
	"fmt"
	"testing"

	"github.com/go-rod/rod/lib/input"
)

func TestThemeAndLanguageStay(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	p := w.person("小鱼").logsIn(a, yuMail)
	theme := `(want) => document.documentElement.dataset.theme === want`
	p.clicks("#mine summary", "")
	p.clicks("#mine .wr-pick", "深色")
	p.awaits("the dark theme", theme, "weir-dark")
	p.awaits("the page again", `() => document.documentElement.dataset.live === "live"`)
	p.clicks("#mine summary", "")
	p.clicks("#mine .wr-pick", "English")
	p.sees("#status", "Online")
	p.reloads()
	p.awaits("the dark theme in English", `() => document.documentElement.dataset.theme === "weir-dark" && document.documentElement.lang === "en"`)

	elsewhere := w.person("小鱼 elsewhere").logsIn(a, yuMail)
	elsewhere.awaits("the same on another machine", `() => document.documentElement.dataset.theme === "weir-dark" && document.documentElement.lang === "en"`)
	elsewhere.sees("#status", "Online")
}

func TestOnAPhoneTheListTheThreadAndBack(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	p := w.person("小鱼")
	p.resizes(390, 844)
	p.logsIn(a, yuMail)
	w.writes(chen, "手机上看")
	p.sees(".wr-row", "手机上看")
	p.seesNo(".wr-thread", "")
	p.clicks("[data-section=waiting] .wr-row, [data-section=conversing] .wr-row", "手机上看")
	p.sees(".wr-thread li.in", "手机上看")
	p.seesNo(".wr-row", "")
	p.answers("手机上答")
	w.reads(chen, "手机上答")
	for range 9 {
		w.writes(chen, "一条\n占三\n行的")
	}
	p.awaits("nine more", `() => document.querySelectorAll("li.in").length === 10`)
	p.resizes(390, 500) // the keyboard comes
	p.awaits("the last message above the keyboard", `() => {
		const last = [...document.querySelectorAll("li.in")].at(-1).getBoundingClientRect();
		return last.bottom <= document.querySelector("#composer").getBoundingClientRect().top + 1;
	}`)
	p.resizes(390, 844)
	p.clicks("[data-act=side]", "")
	p.sees("#side", "以前的会话")
	p.types(input.Escape)
	p.clicks("[data-back]", "")
	p.sees(".wr-row", "占三")
	if at := p.at(); at != "/" {
		t.Errorf("back is %s", at)
	}
	p.does(`() => history.back()`)
	p.sees(".wr-thread li.out", "手机上答")
}

func TestNothingScrollsSideways(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	p := w.person("小鱼").logsIn(a, yuMail)
	w.writes(chen, "很长的一个词Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft而且没有空格https://example.com/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
	p.opens("很长")
	session := p.at()
	for _, width := range []int{390, 720, 1440} {
		p.resizes(width, 844)
		for _, path := range []string{"/", session} {
			p.visits(a.url(path))
			p.awaits(fmt.Sprintf("%s no wider than %d", path, width), `() => document.documentElement.scrollWidth <= innerWidth && [...document.querySelectorAll("#scroll, #sections")].every((e) => e.scrollWidth <= e.clientWidth)`)
		}
	}
}

func TestADayWithoutAMouse(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	p := w.person("小鱼").logsIn(a, yuMail)
	w.writes(chen, "等得久的")
	p.sees("[data-section=waiting] .wr-row", "等得久的")
	w.writes(zhao, "后来的")
	p.sees("[data-section=waiting] .wr-row", "后来的")

	p.types(input.KeyA)
	p.sees(".wr-thread li.in", "等得久的")
	p.sees("[data-section=conversing] .wr-row", "等得久的")
	p.types(input.KeyR)
	p.awaits("the field has the focus", `() => document.activeElement.id === "text"`)
	if err := p.page.InsertText("马上就来"); err != nil {
		t.Fatal(err)
	}
	p.types(input.Enter)
	w.reads(chen, "马上就来")
	p.does(`() => document.activeElement.blur()`)
	p.types(input.KeyJ)
	p.sees(".wr-thread li.in", "后来的")
	p.awaits("who waits for an answer first", `() => document.querySelector("[data-section=conversing] .wr-row").innerText.includes("后来的")`)
	p.types(input.KeyJ)
	p.sees(".wr-thread li.in", "等得久的")
	p.types(input.KeyK)
	p.sees(".wr-thread li.in", "后来的")
	p.types(input.KeyJ)
	p.sees(".wr-thread li.in", "等得久的")
	p.sees("#close", "")
	p.types(input.KeyE)
	p.awaits("the first E only points at it", `() => document.activeElement.id === "close"`)
	p.types(input.KeyE)
	p.sees("#composer-state", "会话已结束")
	p.types(input.Escape)
	p.awaits("the lists have the focus", `() => document.activeElement.matches(".wr-row")`)
}
