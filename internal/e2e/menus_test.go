package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"weir/internal/wechat/simulator"
)

// chooses gives a field of a page another value, as somebody who types it does, and a choice is told to the page.
func (p *person) chooses(selector, value string) {
	p.Helper()
	p.awaits(selector+" can be filled in", `(s, v) => {
		const e = document.querySelector(s)
		if (!e) return false
		e.value = v
		if (e.matches("select") && e.value !== v) { // by what it is called
			const o = [...e.options].find((o) => o.textContent.trim() === v)
			if (!o) return false
			e.value = o.value
		}
		e.dispatchEvent(new Event("change", { bubbles: true }))
		return true
	}`, selector, value)
}

// phoneMenu are the names of the buttons on customers' phones.
func (w *world) phoneMenu() string {
	var names []string
	w.sim.Look(func(st simulator.State) {
		for _, b := range st.Menu(appid) {
			for _, one := range append([]simulator.MenuButton{b}, b.Sub...) {
				names = append(names, one.Name)
			}
		}
	})
	return strings.Join(names, " ")
}

func TestAMenuIsEditedPublishedAndItsButtonsOpenSessions(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	w.online(a, yu)
	w.online(a, ming)
	admin := w.person("周敏").logsIn(a, adminMail)
	admin.forgives("422", "403") // what is not published yet, and says why
	admin.visits(a.url("/settings/menus"))
	admin.sees("nav.wr-nav [aria-current]", "自定义菜单")
	admin.sees("#now", "不是从这里发布的") // WeChat's own, of the console

	admin.clicks("#add", "")
	admin.chooses("#b1-name", "售后服务")
	admin.chooses("#b1-does", "找分组「售后」")
	admin.awaits("the choice is kept", `() => document.querySelector("#b1-does")?.value.startsWith("group:")`)
	admin.clicks("#add", "")
	admin.chooses("#b2-name", "更多")
	admin.chooses("#b2-does", "list")
	admin.clicks("#b2-add", "")
	admin.chooses("#b2-1-name", "门店地址")
	admin.chooses("#b2-1-does", "text")
	admin.chooses("#b2-1-text", "三里屯 1 号，每天 24 小时")
	admin.clicks("#b2-add", "")
	admin.chooses("#b2-2-name", "官网")
	admin.chooses("#b2-2-does", "url")
	admin.clicks("#publish", "")
	admin.sees("#problem", "按钮 2.2 的网址") // nothing is given to WeChat that it would refuse
	if menu := w.phoneMenu(); !strings.Contains(menu, "会员") {
		t.Fatalf("an unfinished menu was published: %s", menu)
	}
	admin.chooses("#b2-2-url", "https://example.com/?a=1&b=<2>")
	admin.clicks("#b2-2-up", "")
	admin.awaits("the list in another order", `() => document.querySelector("#b2-1-name").value === "官网" && document.querySelector("#b2-2-name").value === "门店地址"`)
	admin.clicks("#publish", "")
	admin.sees("#now", "与这里发布的一样")
	admin.sees("#menu form", "由 周敏 发布")
	if menu := w.phoneMenu(); menu != "售后服务 更多 官网 门店地址" {
		t.Fatalf("the phone shows %s", menu)
	}

	if _, err := w.sim.PutCustomer(appid, simulator.Customer{OpenID: chen, Name: "陈女士", Followed: true}); err != nil {
		t.Fatal(err)
	}
	answer, err := w.sim.Press(t.Context(), appid, chen, "门店地址")
	if err != nil || answer.Reply == nil || answer.Reply.Content != "三里屯 1 号，每天 24 小时" {
		t.Errorf("the tap was answered %+v, %v", answer, err)
	}
	if _, err := w.sim.Press(t.Context(), appid, chen, "售后服务"); err != nil {
		t.Fatal(err)
	}
	s := w.sessionOf(a, chen, ming)
	agent := w.person("阿明").logsIn(a, mingMail)
	agent.visits(a.url("/sessions/" + s.ID))
	agent.sees("#messages", "售后服务") // by its name, not its key

	// Somebody changes it at WeChat.
	if err := w.sim.SetMenu(appid, []simulator.MenuButton{{Type: "click", Name: "别人的", Key: "kf_other"}}); err != nil {
		t.Fatal(err)
	}
	admin.clicks("#now button", "再看一次")
	admin.sees("#now", "与这里发布的不同")
	admin.sees("#differences", "别人的")
	admin.sees("#differences", "售后服务")
	admin.clicks("#adopt", "")
	admin.awaits("WeChat's menu as the draft", `() => document.querySelector("#b1-name")?.value === "别人的" && document.querySelector("#b1-does").value === "anybody" && !document.querySelector("#b2-name")`)
	admin.sees("#menu form", "草稿有修改还没有发布")
	admin.clicks("#withdraw", "")
	admin.sees("#now", "微信上现在没有菜单")
	if menu := w.phoneMenu(); menu != "" {
		t.Errorf("the phone still shows %s", menu)
	}

	stranger := w.client(a, strangeMail)
	for _, r := range [][2]string{{"GET", ""}, {"PUT", ""}, {"GET", "/now"}, {"PUT", "/now"}, {"POST", "/publication"}, {"DELETE", "/publication"}} {
		status, body := w.does(stranger, r[0], a.url("/settings/menus/"+appid+r[1]), url.Values{"1.name": {"x"}, "1.does": {"anybody"}})
		if status != http.StatusNotFound || strings.Contains(body, "别人的") {
			t.Errorf("%s %s was answered %d to another company", r[0], r[1], status)
		}
	}
	if status, _ := w.does(w.client(a, yuMail), "POST", a.url("/settings/menus/"+appid+"/publication"), url.Values{"1.name": {"x"}, "1.does": {"anybody"}}); status != http.StatusForbidden {
		t.Errorf("an agent's publishing was answered %d", status)
	}
	if menu := w.phoneMenu(); menu != "" {
		t.Errorf("somebody else published %s", menu)
	}
}

func TestWhatWeChatSaysToAMenuIsToldAndTheDraftStays(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	w.faults(func(f *simulator.Faults) { f.Answer("menu/create", 48001) })
	admin := w.person("周敏").logsIn(a, adminMail)
	admin.forgives("422", "403") // what is not published yet, and says why
	admin.visits(a.url("/settings/menus/" + appid))
	admin.clicks("#add", "")
	admin.chooses("#b1-name", "人工")
	admin.chooses("#b1-does", "anybody")
	admin.awaits("the choice is kept", `() => document.querySelector("#b1-does")?.value === "anybody" && document.querySelector(".wr-phone")?.textContent.includes("人工")`)
	admin.clicks("#publish", "")
	admin.sees("#problem", "48001")
	admin.reloads()
	admin.awaits("the draft", `() => document.querySelector("#b1-name")?.value === "人工"`)
	admin.sees("#menu form", "还没有从这里发布过")
	w.faults(func(f *simulator.Faults) { f.Answer("menu/create", 0) })
	admin.clicks("#publish", "")
	admin.sees("#now", "与这里发布的一样")
}
