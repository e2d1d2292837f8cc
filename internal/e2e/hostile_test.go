package e2e

import (
	"fmt"
	"net/url"
	"testing"
	"time"
)

// hostile is what people have put into text fields of desks to have it run in an agent's browser.
var hostile = []string{
	`<script>window.pwned=1</script>`,
	`<img src=x onerror=window.pwned=1>`,
	`"><svg/onload=window.pwned=1>`,
	`' onfocus=window.pwned=1 autofocus='`,
	`javascript:window.pwned=1`,
	`</textarea><iframe srcdoc="<script>parent.pwned=1</script>">`,
	`<div hx-get="/login" hx-trigger="load" hx-on::load="window.pwned=1">`,
	`<a href="javascript:window.pwned=1">x</a>`,
	`{{constructor.constructor('window.pwned=1')()}} ${window.pwned=1}`,
	"<style>*{display:none}</style>",
	`<meta http-equiv=refresh content="0;url=//evil.example">`,
	"\u202egpj.exe \u0000<b>",
}

func TestWhatCustomersWriteIsText(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	agent := w.talking(a, chen, "开始")
	for _, text := range hostile[:len(hostile)-1] {
		w.writes(chen, text)
		agent.sees("li.in .wr-b", text)
		agent.sees(".wr-row .last", text[:6])
	}
	w.writes(chen, hostile[len(hostile)-1])
	for _, text := range []string{hostile[0], hostile[1], hostile[2]} {
		if _, err := w.sim.Link(t.Context(), appid, chen, text, "javascript:window.pwned=1"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.sim.Location(t.Context(), appid, chen, 31.2, 121.4, text); err != nil {
			t.Fatal(err)
		}
		agent.sees("li.in .card strong", text)
		path := "/customers/" + appid + "/" + url.PathEscape(chen)
		if status := w.api(a, "PATCH", path, map[string]string{"remark": text}, nil); status != 200 {
			t.Fatalf("the remark was answered %d", status)
		}
		agent.reloads()
		agent.sees("h2", text)
		agent.sees(".wr-row .who", text)
	}
	for i, openid := range []string{`"><img src=x onerror=window.pwned=1>`, `<script>window.pwned=1</script>`, `../../login?x='"`} {
		doc := fmt.Sprintf(`<xml><ToUserName><![CDATA[gh_e2e]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName><CreateTime>%d</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[名字有毒 %d]]></Content><MsgId>%d</MsgId></xml>`,
			openid, time.Now().Unix(), i, 77000+i)
		answer, err := w.sim.Raw(t.Context(), appid, chen, doc)
		if err != nil {
			t.Fatal(err)
		}
		if !answer.Accepted() {
			t.Logf("the openid %q is refused: %d %s", openid, answer.Status, answer.Body)
			continue
		}
		agent.opens(fmt.Sprint("名字有毒 ", i))
		agent.sees("#side", openid)
	}
	agent.awaits("nothing of it ran", `() => window.pwned === undefined`)
	agent.awaits("nothing of it became markup", `() => !document.querySelector("script:not([src]), img[src=x], iframe, style, [onerror], [onload], [onfocus], a[href^='javascript:']")`)
}
