package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/go-rod/rod/lib/input"

	"weir/internal/wechat/simulator"
)

// quickReply is one as programs see it.
type quickReply struct {
	ID     int      `json:"quick_id"`
	UID    *int     `json:"uid"`
	Group  *string  `json:"group"`
	Title  string   `json:"title"`
	Text   string   `json:"text"`
	Used   int      `json:"used"`
	Images []string `json:"images"`
}

func (w *world) quick(a *weir, fields map[string]any) (q quickReply) {
	w.Helper()
	if status := w.api(a, "POST", "/quick-replies", fields, &q); status != http.StatusCreated {
		w.Fatalf("a quick reply was answered %d", status)
	}
	return q
}

func (w *world) quickNow(a *weir, n int) (q quickReply) {
	w.Helper()
	if status := w.api(a, "GET", fmt.Sprint("/quick-replies/", n), nil, &q); status != http.StatusOK {
		w.Fatalf("the quick reply was answered %d", status)
	}
	return q
}

// read is in how many messages on a customer's phone a piece of text stands.
func (w *world) read(openid, piece string) (n int) {
	for _, l := range w.sim.Conversation(appid, openid) {
		if l.Side == simulator.FromAccount && strings.Contains(l.Text, piece) {
			n++
		}
	}
	return n
}

// presses types a text key by key; what no key writes comes whole, as from an input method.
func (p *person) presses(text string) {
	p.Helper()
	for _, r := range text {
		if r < 128 {
			p.types(input.Key(r))
		} else if err := p.page.Timeout(patience).InsertText(string(r)); err != nil {
			p.Fatal(err)
		}
	}
}

// offers waits until the list has these titles, in order, the first of them chosen.
func (p *person) offers(titles ...string) {
	p.Helper()
	p.awaits(fmt.Sprintf("the quick replies %q", titles), `(want) => {
		const all = [...document.querySelectorAll("#quick-list > li")], text = document.querySelector("#text")
		const named = all.map((li) => li.firstElementChild.innerText.split(/\s/)[0]) // behind the title stands what finds it
		return named.join() === want.join() && document.activeElement === text && (want.length === 0 || text.getAttribute("aria-activedescendant") === all[0].id && all[0].ariaSelected === "true")
	}`, titles)
}

func (p *person) has(text string) {
	p.Helper()
	p.awaits(fmt.Sprintf("%q in the field", text), `(want) => document.querySelector("#text").value === want`, text)
}

func TestAQuickReplyIsFoundFilledInSentAndCountedByTheKeyboardAlone(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	refund := w.quick(a, map[string]any{"title": "退款说明", "text": "{客户}您好，{公众号}的退款会原路退回。—{客服}"})
	w.quick(a, map[string]any{"title": "团建包间", "text": "请说明人数"})
	w.quick(a, map[string]any{"title": "别的", "text": "别人的", "uid": ming})
	agent := w.talking(a, chen, "怎么退款")
	if status := w.api(a, "PATCH", "/customers/"+appid+"/"+url.PathEscape(chen), map[string]any{"remark": "陈女士"}, nil); status != 200 {
		t.Fatal(status)
	}
	agent.sees("#head-name", "陈女士")
	agent.does(`() => { document.activeElement.blur(); return "" }`)
	agent.presses("/") // while nothing has the focus it is the key of the list
	agent.offers("退款说明", "团建包间")
	agent.saves("quick-open")
	agent.types(input.ArrowDown)
	agent.awaits("the second is chosen", `() => document.querySelector("#text").getAttribute("aria-activedescendant") === document.querySelector("#quick-list").lastElementChild.id`)
	agent.presses("tk")
	agent.offers("退款说明")
	agent.awaits("what was typed is marked", `() => [...document.querySelectorAll("#quick-list mark")].map((m) => m.innerText).join() === "退款,tk"`)
	agent.saves("quick-found")
	agent.types(input.Enter)
	agent.has("陈女士您好，网鱼网咖的退款会原路退回。—小鱼")
	agent.seesNo("#quick-list", "")
	if n := w.quickNow(a, refund.ID).Used; n != 0 {
		t.Errorf("counted %d times before it was sent", n)
	}
	agent.presses("!")
	agent.types(input.Enter)
	w.reads(chen, "陈女士您好，网鱼网咖的退款会原路退回。—小鱼!")
	w.until("its use is counted", patience, func() bool { return w.quickNow(a, refund.ID).Used == 1 })

	agent.presses("/tk") // faster than the server answers
	if err := agent.page.KeyActions().Press(input.ControlLeft).Type(input.Enter).Do(); err != nil {
		t.Fatal(err)
	}
	w.until("it was sent at once", patience, func() bool { return w.read(chen, "退款会原路退回。—小鱼") == 2 })
	w.until("and counted", patience, func() bool { return w.quickNow(a, refund.ID).Used == 2 })
	agent.has("")

	agent.presses("/tk")
	agent.offers("退款说明")
	agent.types(input.Escape)
	agent.seesNo("#quick-list", "")
	agent.has("/tk")
	agent.types(input.Enter) // what Esc left standing is a text
	w.reads(chen, "/tk")
	agent.presses("/没有这个")
	agent.sees("#quick", "没有符合「没有这个」的快捷回复")
	agent.types(input.Enter)
	agent.has("/没有这个") // nobody meant to send it
	if n := w.read(chen, "没有这个"); n != 0 {
		t.Error("what was looked for was sent")
	}
}

func TestAVariableThatNobodyKnowsIsShownAndHeldBackOnce(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	w.quick(a, map[string]any{"title": "欢迎", "text": "{客户}您好"})
	agent := w.talking(a, chen, "在吗")
	agent.types(input.Key('/'))
	agent.offers("欢迎")
	agent.types(input.Tab) // inserts, too
	agent.has("{客户}您好")
	agent.sees("#written [data-gap]", "这位客户没有备注名")
	agent.saves("quick-gap")
	agent.types(input.Enter)
	agent.awaits("it is held back, with the gap selected", `() => { const t = document.querySelector("#text"); return t.value.slice(t.selectionStart, t.selectionEnd) === "{客户}" }`)
	agent.presses("陈姐")
	agent.has("陈姐您好")
	agent.types(input.Enter)
	w.reads(chen, "陈姐您好")
	if n := w.read(chen, "{客户}"); n != 0 {
		t.Error("the gap was sent")
	}
}

func TestPicturesOfAQuickReplyGoIntoTheTrayAndAreSentInOrder(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	admin := w.person("周敏").logsIn(a, adminMail)
	admin.visits(a.url("/settings/quick/new?owner=company"))
	admin.does(`() => {
		document.querySelector("#title").value = "怎么走"
		document.querySelector("#quick-text").value = "请看地图，"
		document.querySelector("#quick-text").setSelectionRange(9, 9)
		return ""
	}`)
	admin.clicks("main [data-variable]", "{客户}")
	admin.does(`async () => {
		const canvas = Object.assign(document.createElement("canvas"), { width: 300, height: 200 })
		canvas.getContext("2d").fillRect(0, 0, 300, 200)
		const files = new DataTransfer()
		files.items.add(new File([await new Promise((done) => canvas.toBlob(done, "image/png"))], "地图.png", { type: "image/png" }))
		const field = document.querySelector("#quick-file")
		field.files = files.files
		field.dispatchEvent(new Event("change", { bubbles: true }))
		return ""
	}`)
	admin.awaits("the picture", `() => { const i = document.querySelector("#quick-images img"); return Boolean(i && i.naturalWidth > 10) }`)
	admin.saves("quick-form")
	admin.clicks("main form .btn-primary", "保存")
	admin.sees("main li", "怎么走")
	admin.sees("main li", "请看地图，{客户}")
	admin.saves("quick-book")

	agent := w.talking(a, chen, "店在哪里")
	agent.resizes(390, 844)
	agent.clicks("#composer [data-act=quick]", "")
	agent.offers("怎么走")
	agent.awaits("its picture, which somebody else uploaded, in a list that fits the phone", `() => { const i = document.querySelector("#quick-list img"); return Boolean(i && i.naturalWidth > 10) && document.documentElement.scrollWidth <= innerWidth }`)
	agent.saves("quick-phone")
	agent.types(input.Enter)
	agent.has("请看地图，{客户}")
	agent.sees("#tray li", "发送图片")
	agent.sees("#written [data-gap]", "")
	agent.types(input.Backspace) // the gap is selected
	agent.types(input.Enter)
	w.reads(chen, "请看地图，")
	agent.awaits("the picture comes next", `() => document.activeElement.matches("#tray .btn-primary")`)
	agent.types(input.Enter)
	w.phoneShows(chen, "image")
	agent.awaits("the tray is empty and the text has the focus", `() => !document.querySelector("#tray li") && document.activeElement.id === "text"`)
	var all struct{ Items []quickReply }
	w.api(a, "GET", "/quick-replies", nil, &all)
	if len(all.Items) != 1 || all.Items[0].Used != 1 || len(all.Items[0].Images) != 1 {
		t.Errorf("counted: %+v", all.Items)
	}
	agent.types(input.Key('/')) // the same picture once more is another message
	agent.offers("怎么走")
	agent.types(input.Enter)
	agent.sees("#tray li", "发送图片")
	agent.clicks("#tray .btn-primary", "发送图片")
	w.until("two pictures on the phone", patience, func() bool {
		n := 0
		for _, l := range w.sim.Conversation(appid, chen) {
			if l.Side == simulator.FromAccount && l.Kind == "image" {
				n++
			}
		}
		return n == 2
	})
}

func TestHowACustomerWillSeeATextIsShownBeforeItIsSent(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	agent := w.talking(a, chen, "会员怎么办")
	agent.drafts(`请看<a href="https://wangyu.example/vip">会员权益</a>`)
	agent.sees("#written .wr-b a", "会员权益")
	agent.sees("#written .wr-b", "（wangyu.example）")
	agent.does(`() => { const t = document.querySelector("#text"); t.value = ""; t.dispatchEvent(new Event("input", { bubbles: true })); return "" }`)
	agent.seesNo("#written .wr-b", "")
	agent.drafts(`<a href="javascript:alert(1)">x</a><img src=x onerror=alert(2)>`)
	agent.sees("#written .wr-say", "没有可以打开的地址")
	agent.sees("#written .wr-say", "微信只认")
	agent.saves("written-wrong")
	if n := agent.does(`() => document.querySelectorAll("#written a, #written img").length`); n != "0" {
		t.Errorf("%s links or pictures were made of code that WeChat shows as it stands", n)
	}
	agent.does(`() => { const t = document.querySelector("#text"); t.value = "长".repeat(1400); t.dispatchEvent(new Event("input", { bubbles: true })); return "" }`)
	agent.sees("#written", "将分 3 条发送")
	agent.does(`() => document.querySelector("#text").focus()`)
	agent.types(input.Enter)
	agent.seesNo("#written", "将分")
	w.until("three messages on the phone", patience, func() bool { return w.read(chen, "长长长") == 3 })
}

func TestEverybodyArrangesTheirOwnQuickRepliesAndTakesBackADeletion(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	theirs := w.quick(a, map[string]any{"title": "大家的", "text": "您好"})
	agent := w.person("小鱼").logsIn(a, yuMail)
	agent.visits(a.url("/settings/quick"))
	agent.sees("main", "还没有快捷回复")
	if links := agent.does(`() => [...document.querySelectorAll("nav.wr-nav")][0].innerText`); strings.Contains(links, "公众号") {
		t.Errorf("an agent is shown the settings: %s", links)
	}
	agent.clicks("main header a", "新建快捷回复")
	agent.does(`() => { document.querySelector("#title").value = "稍等"; document.querySelector("#quick-text").value = "{价格}"; return "" }`)
	agent.forgives("422")
	agent.clicks("main form .btn-primary", "保存")
	agent.sees("#problem", "不认识变量“{价格}”")
	agent.does(`() => { document.querySelector("#quick-text").value = "请稍等"; return "" }`)
	agent.clicks("main form .btn-primary", "保存")
	agent.sees("main li", "稍等")
	agent.clicks("main li .btn", "删除")
	agent.sees("main li", "已删除「稍等」")
	agent.clicks("main li .btn", "撤销")
	agent.sees("main li a", "稍等")
	agent.visits(a.url("/settings/quick?owner=company&q=dj"))
	agent.sees("main li", "大家的")
	agent.seesNo("main li .btn", "删除")

	client := w.client(a, yuMail)
	at := a.url(fmt.Sprint("/settings/quick/", theirs.ID))
	for method, path := range map[string]string{"PUT": "", "DELETE": "", "GET": "", "POST": "/restoration"} {
		if status, _ := w.does(client, method, at+path, url.Values{"owner": {"company"}, "title": {"x"}, "text": {"x"}}); status != http.StatusForbidden {
			t.Errorf("%s%s of the company's was answered %d to an agent", method, path, status)
		}
	}
	other := w.client(a, strangeMail)
	for method, path := range map[string]string{"PUT": "", "DELETE": "", "GET": "", "POST": "/restoration"} {
		if status, body := w.does(other, method, at+path, url.Values{"owner": {"company"}, "title": {"x"}, "text": {"x"}}); status != http.StatusNotFound || strings.Contains(body, "大家的") {
			t.Errorf("%s%s was answered %d to another company", method, path, status)
		}
	}
	if now := w.quickNow(a, theirs.ID); now.Title != "大家的" || now.Text != "您好" {
		t.Errorf("it was changed: %+v", now)
	}
}
