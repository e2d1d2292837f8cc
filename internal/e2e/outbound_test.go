package e2e

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

	"weir/internal/wechat/simulator"
)

// phoneShows waits until the newest line of a kind from the account stands on a customer's phone.
func (w *world) phoneShows(openid, kind string) (found simulator.Line) {
	w.Helper()
	w.until("a "+kind+" on the phone", patience, func() bool {
		for _, l := range w.sim.Conversation(appid, openid) {
			if l.Side == simulator.FromAccount && l.Kind == kind {
				found = l
				return true
			}
		}
		return false
	})
	return found
}

// pastesPicture is what a browser does when a picture is pasted, or dropped: the clipboard holds a PNG that is drawn here.
const pastesPicture = `async (type) => {
	const canvas = Object.assign(document.createElement("canvas"), { width: 300, height: 200 });
	const pen = canvas.getContext("2d");
	pen.fillStyle = "teal"; pen.fillRect(0, 0, 300, 200);
	const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
	const data = new DataTransfer();
	data.items.add(new File([blob], "截图.png", { type: "image/png" }));
	const field = document.querySelector("#text");
	field.focus();
	field.dispatchEvent(type === "paste" ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }) : new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
	return "";
}`

func TestAPictureThatIsPastedReachesTheCustomersPhone(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	agent := w.person("小鱼").logsIn(a, yuMail)
	w.writes(chen, "怎么充值")
	agent.opens("怎么充值")
	agent.drafts("见图")

	agent.does(pastesPicture, "paste")
	agent.awaits("the picture in the tray, and its button in the hand", `() => { const i = document.querySelector("#tray img"); return i && i.complete && i.naturalWidth === 300 && document.activeElement.textContent === "发送图片" }`)
	agent.saves("outbound-tray")
	agent.does(`() => { document.activeElement.click(); return "" }`)
	agent.awaits("the picture in the thread", `() => { const i = document.querySelector("#messages li.out:not(.auto) [data-zoom] img"); return i && i.complete && i.naturalWidth === 300 && !document.querySelector("#tray li") }`)
	if l := w.phoneShows(chen, "image"); l.Media == "" {
		t.Errorf("the phone shows %+v", l)
	}
	agent.awaits("the text, left where it was", `() => document.querySelector("#text").value === "见图" && document.activeElement.id === "text"`)

	agent.does(pastesPicture, "drop")
	agent.awaits("the dropped picture", `() => document.querySelectorAll("#tray li").length === 1`)
	agent.does(`() => { document.querySelector("#tray [data-drop]").click(); return "" }`)
	agent.awaits("an empty tray", `() => !document.querySelector("#tray li")`)

	agent.does(`() => {
		const data = new DataTransfer();
		data.items.add(new File(["%PDF-1.7"], "报价.pdf", { type: "application/pdf" }));
		document.querySelector("#text").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
		return "";
	}`)
	agent.sees("#tray .wr-say", "微信只能发图片")
	agent.saves("outbound-refused")
}

func TestAVoiceMessageAndAVideoAreDroppedAndSent(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	agent := w.person("小鱼").logsIn(a, yuMail)
	w.writes(chen, "发个视频看看")
	agent.opens("发个视频看看")
	film, err := os.ReadFile("../wechat/simulator/sample/sample.mp4")
	if err != nil {
		t.Fatal(err)
	}
	voice := append([]byte("#!AMR\n"), bytes.Repeat(append([]byte{0x3C, 0x91, 0x17, 0x16, 0xBE, 0x66, 0x79, 0xE1, 0xE0, 0x01, 0xE7, 0xAF, 0xF0}, make([]byte, 19)...), 100)...)
	agent.does(`(...files) => {
		const data = new DataTransfer();
		for (const [name, bytes] of files) data.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], name));
		document.querySelector("#text").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
		return "";
	}`, []string{"说明.amr", base64.StdEncoding.EncodeToString(voice)}, []string{"怎么充值.mp4", base64.StdEncoding.EncodeToString(film)})
	agent.awaits("both in the tray", `() => document.querySelectorAll("#tray form").length === 2`)
	agent.sees("#tray", "0:02")
	agent.does(`() => { document.querySelector("#tray [name=title]").value = "怎么充值"; return "" }`)
	agent.saves("outbound-files")
	for _, label := range []string{"发送语音", "发送视频"} {
		agent.clicks("#tray .btn-primary", label)
	}
	agent.awaits("an empty tray", `() => !document.querySelector("#tray li")`)
	if l := w.phoneShows(chen, "voice"); l.Media == "" {
		t.Errorf("the phone shows %+v", l)
	}
	if l := w.phoneShows(chen, "video"); l.Text != "怎么充值" || l.Thumb == "" {
		t.Errorf("the phone shows %+v", l)
	}
	agent.awaits("both in the thread", `() => document.querySelector("#messages li.out audio, #messages li.out [download]") && document.querySelector("#messages li.out video")`)
}

func TestCardsAreWrittenSeenAndSent(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	agent := w.person("小鱼").logsIn(a, yuMail)
	w.writes(chen, "有活动吗")
	agent.opens("有活动吗")
	fill := `(kind, fields) => { const form = document.querySelector("#card"); for (const [name, value] of Object.entries(fields)) { const f = form.elements.namedItem(name); (f.length ? f[0] : f).value = value; (f.length ? f[0] : f).dispatchEvent(new Event("input", { bubbles: true })); } return "" }`
	opens := func(kind string) {
		t.Helper()
		agent.does(`(kind) => { document.querySelector('#cards [hx-get$="/cards/' + kind + '"]').click(); return "" }`, kind)
		agent.awaits("the form of "+kind, `(kind) => document.querySelector("#hand").open && document.querySelector("#card [name=kind]")?.value === kind`, kind)
	}
	sends := func() {
		t.Helper()
		agent.does(`() => { document.querySelector("#card .btn-primary").click(); return "" }`)
		agent.awaits("the dialog closed", `() => !document.querySelector("#hand").open`)
	}

	opens("news")
	agent.does(fill, "news", map[string]string{"title": "周末八折", "description": "包间也有", "url": "javascript:alert(1)"})
	agent.sees("#card-preview", "链接要以 http")
	agent.does(fill, "news", map[string]string{"url": "https://example.com/sale"})
	agent.sees("#card-preview .wr-b", "周末八折")
	agent.sees("#card-preview", "还可发 5 条")
	agent.saves("outbound-card")
	sends()
	if l := w.phoneShows(chen, "news"); l.Text != "周末八折" || l.URL != "https://example.com/sale" {
		t.Errorf("the phone shows %+v", l)
	}
	agent.sees("#messages li.out .wr-b", "周末八折")

	opens("msgmenu")
	agent.does(fill, "msgmenu", map[string]string{"head": "满意吗？", "item": "满意"})
	sends()
	if l := w.phoneShows(chen, "msgmenu"); l.Text != "满意吗？" || len(l.Items) != 1 || l.Items[0].Content != "满意" {
		t.Errorf("the phone shows %+v", l)
	}
	agent.sees("#messages li.out .wr-b", "满意吗？")

	opens("miniprogrampage")
	agent.does(fill, "miniprogrampage", map[string]string{"title": "在线订座", "appid": "wx0123456789abcdef", "path": "pages/index"})
	agent.sees("#card-preview", "卡片图片")
	agent.does(`async () => {
		const canvas = Object.assign(document.createElement("canvas"), { width: 520, height: 416 });
		canvas.getContext("2d").fillRect(0, 0, 200, 200);
		const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
		const data = new DataTransfer();
		data.items.add(new File([blob], "card.png", { type: "image/png" }));
		const field = document.querySelector("#card-file");
		field.files = data.files;
		field.dispatchEvent(new Event("change", { bubbles: true }));
		return "";
	}`)
	agent.awaits("the card with its picture", `() => { const i = document.querySelector("#card-preview .wr-b img"); return i && i.complete && i.naturalWidth > 0 && document.querySelector("#hand").open }`)
	agent.saves("outbound-program")
	sends()
	if l := w.phoneShows(chen, "miniprogrampage"); l.Text != "在线订座" || l.AppID != "wx0123456789abcdef" || l.Thumb == "" {
		t.Errorf("the phone shows %+v", l)
	}
}

func TestTheCustomerSeesThatSomebodyIsWriting(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	agent := w.person("小鱼").logsIn(a, yuMail)
	w.writes(chen, "在吗")
	agent.opens("在吗")
	agent.sees("#messages", "在吗")
	for range 3 {
		agent.does(`() => { const f = document.querySelector("#text"); f.value += "您"; f.dispatchEvent(new Event("input", { bubbles: true })); return "" }`)
	}
	w.until("the phone shows it", patience, func() bool { c, _ := w.sim.Customer(appid, chen); return c.Typing })
	agent.answers("您好")
	w.reads(chen, "您好")
	if c, _ := w.sim.Customer(appid, chen); c.Typing {
		t.Error("the answer is there, and the phone still shows it")
	}
	n := 0
	for _, e := range w.sim.Log() {
		if strings.HasSuffix(e.What, "custom/typing") {
			n++
		}
	}
	if n != 1 {
		t.Errorf("WeChat was told %d times within a moment", n)
	}
}

func TestARuleAnswersWithACardAndARepeatedCallbackGetsTheSame(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	rule := map[string]any{"name": "活动", "priority": 1, "match": map[string]any{"kind": "exact", "keywords": []string{"活动"}},
		"reply": []map[string]any{{"type": "news", "title": "周末八折", "url": "https://example.com/sale"}, {"type": "msgmenu", "menu": map[string]any{"head": "要订座吗？", "items": []map[string]any{{"id": "yes", "text": "要"}}, "tail": ""}}}}
	if status := w.api(a, "POST", "/rules", rule, nil); status != 201 {
		t.Fatalf("the rule was answered %d", status)
	}
	w.faults(func(f *simulator.Faults) { f.DropAnswers = 1 }) // so WeChat repeats it
	answer := w.writes(chen, "活动")
	if answer.Attempts != 2 || answer.Reply == nil || answer.Reply.MsgType != "news" || answer.Reply.Articles.Item[0].Title != "周末八折" {
		t.Errorf("the repeat was answered %+v", answer)
	}
	if l := w.phoneShows(chen, "news"); l.Via != "passive" || l.URL != "https://example.com/sale" {
		t.Errorf("the phone shows %+v", l)
	}
	if l := w.phoneShows(chen, "msgmenu"); l.Via != "custom" || l.Text != "要订座吗？" {
		t.Errorf("the phone shows %+v", l)
	}
	if n := len(w.kept(chen)[chen]); n != 3 {
		t.Errorf("%d messages are kept: the customer's, the card and the menu", n)
	}

	// A follow is no message: its answer stands with the event.
	welcome := map[string]any{"name": "欢迎卡片", "priority": 1, "match": map[string]any{"kind": "follow"}, "reply": []map[string]any{{"type": "news", "title": "欢迎来店", "url": "https://example.com/hi"}}}
	if status := w.api(a, "POST", "/rules", welcome, nil); status != 201 {
		t.Fatalf("the rule was answered %d", status)
	}
	w.faults(func(f *simulator.Faults) { f.DropAnswers = 1 })
	followed, err := w.sim.Follow(t.Context(), appid, zhao, "")
	if err != nil || followed.Attempts != 2 || followed.Reply == nil || followed.Reply.Articles.Item[0].Title != "欢迎来店" {
		t.Errorf("the repeated follow was answered %+v, %v", followed, err)
	}
}

func TestARuleAnswersWithAPictureAtOnceOnceWeChatHasIt(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	picture, err := os.ReadFile("../wechat/simulator/sample/sample.jpg")
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), "POST", a.url("/api/v1/media"), bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+apiToken)
	r.Header.Set("Content-Type", "application/octet-stream")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var given struct {
		ID string `json:"resources_id"`
	}
	if err := json.NewDecoder(res.Body).Decode(&given); err != nil || res.StatusCode != 201 {
		t.Fatalf("%d, %v", res.StatusCode, err)
	}
	rule := map[string]any{"name": "地图", "priority": 1, "match": map[string]any{"kind": "exact", "keywords": []string{"地图"}}, "reply": []map[string]any{{"type": "image", "resources_id": given.ID}}}
	if status := w.api(a, "POST", "/rules", rule, nil); status != 201 {
		t.Fatalf("the rule was answered %d", status)
	}
	conn := w.sql()
	defer conn.Close(context.Background())
	w.until("WeChat has the picture", patience, func() bool {
		var n int
		err := conn.QueryRow(t.Context(), `SELECT count(*) FROM upload_media WHERE media_id <> ''`).Scan(&n)
		return err == nil && n == 1
	})
	w.faults(func(f *simulator.Faults) { f.DropAnswers = 1 })
	answer := w.writes(chen, "地图")
	if answer.Attempts != 2 || answer.Reply == nil || answer.Reply.MsgType != "image" {
		t.Errorf("the repeat was answered %+v", answer)
	}
	if l := w.phoneShows(chen, "image"); l.Via != "passive" || l.Media == "" {
		t.Errorf("the phone shows %+v", l)
	}
}
