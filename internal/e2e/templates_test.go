package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"weir/internal/wechat/simulator"
)

// The sample templates of the pretend WeChat.
const (
	answeredTemplate = "tpl-consultation-0123456789abcdefghijklmnopq"
	seatTemplate     = "sub-seat-0123456789abcdefghijklmnopqrstuvwxy"
)

// silenced is an agent who serves a customer to whom WeChat takes nothing any more.
func (w *world) silenced(a *weir) *person {
	w.Helper()
	agent := w.talking(a, chen, "发票呢")
	w.faults(func(f *simulator.Faults) { f.SendCode = 45015 })
	agent.answers("在的")
	agent.sees("#composer-state", "客户上次来信已超过微信允许回复的时间")
	return agent
}

// template opens the dialog by the button of the composer that WeChat has shut, and chooses.
func (p *person) template(id string) {
	p.Helper()
	p.clicks("#composer-state button", "发模板消息")
	p.awaits("the templates in the dialog, read from WeChat", `() => document.querySelector("#hand").open && Boolean(document.querySelector("#template"))`)
	p.does(`(id) => { const s = document.querySelector("#template"); if (s.value !== id) { s.value = id; s.dispatchEvent(new Event("change", { bubbles: true })) } return "" }`, id)
	p.awaits("the fields of the one that was chosen", `(id) => document.querySelector("#template").value === id && document.querySelector("#template option[selected]").value === id`, id)
}

// fills writes into the fields of the dialog, by the keys of the template's places.
func (p *person) fills(values map[string]string) {
	p.Helper()
	p.does(`(values) => { for (const [key, value] of Object.entries(values)) { const f = document.querySelector("#field-" + key); f.value = value; f.dispatchEvent(new Event("input", { bubbles: true })) } return "" }`, values)
}

func (p *person) sendsDialog() {
	p.Helper()
	p.does(`() => { document.querySelector("#card .btn-primary").click(); return "" }`)
	p.awaits("the dialog closed", `() => !document.querySelector("#hand").open`)
}

func TestATemplateMessageReachesACustomerToWhomWeChatTakesNothingElse(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	agent := w.silenced(a)
	agent.template(answeredTemplate)
	agent.fills(map[string]string{"thing1": "发票抬头"})
	agent.sees("#card-preview .wr-b", "咨询内容：发票抬头")
	agent.sees("#card-preview", "请填写「回复内容」")
	agent.fills(map[string]string{"thing2": "已重开，请查收邮箱", "time3": "2018年1月18日 10:50"})
	agent.sees("#card-preview", "不占用回复条数")
	agent.saves("template-dialog")
	agent.sendsDialog()
	if l := w.phoneShows(chen, "template"); l.Text != "咨询回复提醒" || l.Description != "咨询内容：发票抬头\n回复内容：已重开，请查收邮箱\n回复时间：2018年1月18日 10:50" {
		t.Errorf("the phone shows %+v", l)
	}
	agent.awaits("the thread says that it was sent", `() => [...document.querySelectorAll("#messages li.out")].some((li) => li.innerText.includes("咨询回复提醒") && li.innerText.includes("已发送"))`)
	agent.sees("#composer-state", "客户上次来信已超过微信允许回复的时间") // it opened nothing
	agent.saves("template-sent")
}

func TestWhatBecameOfATemplateMessageIsSaidInWords(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	agent := w.silenced(a)
	if err := w.sim.Block(appid, chen, true); err != nil {
		t.Fatal(err)
	}
	agent.template(answeredTemplate)
	values := map[string]string{"thing1": "发票", "thing2": "已重开", "time3": "10:50"}
	agent.fills(values)
	agent.sendsDialog()
	agent.sees("li.failed .wr-why", "客户不接收这个公众号的模板消息")
	if err := w.sim.Block(appid, chen, false); err != nil {
		t.Fatal(err)
	}
	w.faults(func(f *simulator.Faults) { f.FailJobs = 1 })
	agent.template(answeredTemplate)
	agent.fills(values)
	agent.sendsDialog()
	agent.sees("li.failed .wr-why", "微信没有送达这条模板消息")
	agent.saves("template-failed")
	for _, l := range w.sim.Conversation(appid, chen) {
		if l.Kind == "template" {
			t.Errorf("the phone shows %+v", l)
		}
	}
}

func TestANoticeNeedsTheCustomersConsent(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	agent := w.silenced(a)
	values := map[string]string{"thing1": "三里屯店", "character_string2": "A12"}
	agent.template(seatTemplate)
	agent.fills(values)
	agent.sendsDialog()
	agent.sees("li.failed .wr-why", "客户没有订阅这类通知；请客户先订阅")

	if answer, err := w.sim.Do(t.Context(), appid, chen, simulator.Act{Kind: simulator.ActConsent, Key: seatTemplate}); err != nil || !answer.Accepted() {
		t.Fatal(answer, err)
	}
	agent.template(seatTemplate)
	agent.fills(values)
	agent.sendsDialog()
	if l := w.phoneShows(chen, "subscribe"); l.Description != "门店:三里屯店\n座位:A12" {
		t.Errorf("the phone shows %+v", l)
	}
	agent.awaits("the thread says that it was sent", `() => [...document.querySelectorAll("#messages li.out:not(.failed)")].some((li) => li.innerText.includes("座位预约提醒") && li.innerText.includes("已发送"))`)
}

func TestAdminsChooseWhichTemplatesAgentsAreOffered(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	admin := w.person("周敏").logsIn(a, adminMail)
	admin.visits(a.url("/settings/accounts/" + appid + "/templates"))
	admin.sees("#templates", "座位预约提醒")
	admin.saves("template-settings")
	admin.does(`() => { [...document.querySelectorAll("#templates li")].find((li) => li.innerText.includes("咨询回复提醒")).querySelector("input").click(); return "" }`)

	templates := func() (out []string) {
		var list struct {
			Items []struct {
				ID     string `json:"template_id"`
				Fields []struct {
					Key  string `json:"key"`
					Most int    `json:"most"`
				} `json:"fields"`
			} `json:"items"`
		}
		if status := w.api(a, "GET", "/accounts/"+appid+"/templates", nil, &list); status != http.StatusOK {
			t.Fatalf("templates: %d", status)
		}
		for _, i := range list.Items {
			out = append(out, i.ID)
		}
		return out
	}
	w.until("the template is offered no more", patience, func() bool {
		return len(templates()) == 2 && !strings.Contains(strings.Join(templates(), " "), answeredTemplate)
	})

	w.online(a, yu)
	w.writes(chen, "座位在哪")
	s := w.sessionOf(a, chen, yu)
	send := func(template string, values map[string]string) (status int, m struct {
		Kind   string `json:"kind"`
		Title  string `json:"title"`
		Text   string `json:"text"`
		Type   string `json:"type"`
		Detail string `json:"detail"`
	}) {
		status = w.api(a, "POST", "/sessions/"+s.ID+"/messages", map[string]any{"uid": yu, "message_type": 0, "template": map[string]any{"template_id": template, "fields": values}}, &m)
		return status, m
	}
	if status, m := send(answeredTemplate, map[string]string{"thing1": "a", "thing2": "b", "time3": "c"}); status != http.StatusForbidden {
		t.Errorf("one that is not offered: %d %+v", status, m)
	}
	if status, m := send(seatTemplate, map[string]string{"thing1": "三里屯店"}); status != http.StatusUnprocessableEntity {
		t.Errorf("a place left empty: %d %+v", status, m)
	}
	if status, m := send(seatTemplate, map[string]string{"thing1": "三里屯店", "character_string2": "A12"}); status != http.StatusCreated || m.Kind != "subscribe" || m.Title != "座位预约提醒" || m.Text != "门店:三里屯店\n座位:A12" {
		t.Errorf("filled in: %d %+v", status, m)
	}

	agent := w.client(a, yuMail)
	for _, try := range []struct{ method, path string }{{"GET", "/templates"}, {"POST", "/templates"}, {"PUT", "/templates/" + seatTemplate}} {
		r, err := http.NewRequestWithContext(t.Context(), try.method, a.url("/settings/accounts/"+appid+try.path), strings.NewReader(url.Values{"offered": {"1"}}.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer, err := agent.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusForbidden {
			t.Errorf("%s %s was answered %d to an agent", try.method, try.path, answer.StatusCode)
		}
	}
}
