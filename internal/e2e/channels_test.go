package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"weir/internal/wechat/simulator"
)

const stranger = "oyeC-nEwCoMeR00000000000001"

// codes are the QR codes that WeChat made for the account.
func (w *world) codes() (out []simulator.Code) {
	w.sim.Look(func(st simulator.State) { out = slices.Clone(st.Codes(appid)) })
	return out
}

func TestWhoScansAChannelsCodeIsGreetedTaggedCountedOnceAndFindsTheGroup(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	w.online(a, yu)
	w.online(a, ming) // of the two, only 阿明 is in the group
	admin := w.person("周敏").logsIn(a, adminMail)
	admin.visits(a.url("/settings/channels"))
	admin.sees("nav.wr-nav [aria-current]", "渠道二维码")
	admin.clicks("main a", "新建渠道二维码")
	admin.sees("form #name", "")
	admin.does(`() => {
		document.querySelector("#name").value = "三里屯店门口"
		document.querySelector("#greeting").value = "三里屯店欢迎您！"
		document.querySelector("#tags").value = "门店，活动"
		const s = document.querySelector("#target")
		s.value = [...s.options].find((o) => o.textContent === "售后").value
		return ""
	}`)
	admin.clicks("main form button", "保存并生成")
	admin.awaits("WeChat's picture of the code", `() => { const i = document.querySelector("#code img"); return Boolean(i && i.naturalWidth > 100) }`)
	at := admin.at()
	codes := w.codes()
	if len(codes) != 1 || codes[0].Permanent || time.Until(codes[0].Until) < 29*24*time.Hour {
		t.Fatalf("WeChat made %+v", codes)
	}

	w.faults(func(f *simulator.Faults) { f.Repeat = 3 })
	if _, err := w.sim.PutCustomer(appid, simulator.Customer{OpenID: stranger, Name: "路过的人"}); err != nil {
		t.Fatal(err)
	}
	answer, err := w.sim.ScanTicket(t.Context(), appid, stranger, codes[0].Ticket)
	if err != nil || answer.Reply == nil || answer.Reply.Content != "三里屯店欢迎您！" || answer.Attempts != 3 {
		t.Fatalf("the scan was answered %+v, %v", answer, err)
	}
	if c, _ := w.sim.Customer(appid, stranger); !c.Followed || c.Allowance.Left != c.Allowance.Of {
		t.Errorf("the greeting cost quota, or they do not follow: %+v", c)
	}
	if n := w.timesRead(stranger, "三里屯店欢迎您！"); n != 1 {
		t.Errorf("greeted %d times", n)
	}
	s := w.sessionOf(a, stranger, ming)
	admin.visits(a.url("/settings/channels"))
	admin.sees("main li", "1")
	if got := admin.does(`() => [...document.querySelectorAll("main li dd")].map((d) => d.textContent).join(" ")`); got != "1 1" {
		t.Errorf("counted %s, want one scan and one follow though it was pushed three times", got)
	}

	agent := w.person("阿明").logsIn(a, mingMail)
	agent.visits(a.url("/sessions/" + s.ID))
	agent.sees("#side", "三里屯店门口")
	agent.sees("li.out.auto", "三里屯店欢迎您！")
	w.until("WeChat has the tags", 20*time.Second, func() bool {
		c, _ := w.sim.Customer(appid, stranger)
		return len(c.TagIDs) == 2
	})

	other := w.client(a, strangeMail)
	for _, r := range [][2]string{{"GET", ""}, {"PUT", ""}, {"PUT", "/archive"}, {"GET", "/code"}, {"POST", "/code"}, {"GET", "/picture"}} {
		status, body := w.does(other, r[0], a.url(at+r[1]), url.Values{"name": {"别人的"}, "on": {"1"}})
		if status != http.StatusNotFound || strings.Contains(body, "三里屯") {
			t.Errorf("%s %s was answered %d to another company", r[0], r[1], status)
		}
	}
	if status, _ := w.does(other, "POST", a.url("/settings/channels"), url.Values{"name": {"x"}, "appid": {appid}}); status != http.StatusUnprocessableEntity {
		t.Errorf("a channel for another company's account was answered %d", status)
	}
	if status, _ := w.does(w.client(a, yuMail), "PUT", a.url(at+"/archive"), url.Values{"on": {"1"}}); status != http.StatusForbidden {
		t.Errorf("an agent's change was answered %d", status)
	}
	var mine struct {
		Scans    int     `json:"scans"`
		Archived *string `json:"archived_at"`
		Name     string  `json:"name"`
	}
	if status := w.api(a, "GET", "/channels/"+at[strings.LastIndex(at, "/")+1:], nil, &mine); status != 200 || mine.Scans != 1 || mine.Archived != nil || mine.Name != "三里屯店门口" {
		t.Errorf("%d: %+v", status, mine)
	}
}

func TestWhatWeChatSaysNoToAndTheWayOnStandOnTheChannelsPage(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	w.faults(func(f *simulator.Faults) { f.Answer("qrcode/create", 48001) })
	var ch struct {
		ID   int  `json:"channel_id"`
		Code *int `json:"wechat_code"`
	}
	if status := w.api(a, "POST", "/channels", map[string]any{"appid": appid, "name": "海报", "scene": "poster", "permanent": true}, &ch); status != 201 {
		t.Fatalf("answered %d", status)
	}
	admin := w.person("周敏").logsIn(a, adminMail)
	admin.visits(a.url(fmt.Sprintf("/settings/channels/%d", ch.ID)))
	admin.sees("#code .wr-say.bad", "48001")
	w.faults(func(f *simulator.Faults) { f.Answer("qrcode/create", 0) })
	admin.clicks("#code button", "再试一次")
	admin.awaits("WeChat's picture of the code", `() => { const i = document.querySelector("#code img"); return Boolean(i && i.naturalWidth > 100) }`)
	admin.sees("#code", "永久有效")
}
