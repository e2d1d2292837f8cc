package e2e

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"weir/internal/wechat/simulator"
)

// The account that is connected by hand in these tests.
const (
	newAppID  = "wx5555555555555555"
	newSecret = "fedcba9876543210fedcba9876543210"
	newKey    = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"
)

// connecting is a world whose WeChat knows one account more, and the admin who connects it with what the form says.
func connecting(t *testing.T, change func(url.Values)) (w *world, a *weir, admin *http.Client, page string) {
	t.Helper()
	w, a = serving(t, simulated(func(c *simulator.Config) {
		c.Accounts = append(c.Accounts, simulator.Account{AppID: newAppID, Secret: newSecret, Token: signToken, AESKey: aesKey, Mode: simulator.Safe, Name: "新号"})
	}))
	w.secrets = append(w.secrets, newSecret, newKey)
	if err := w.sim.SetCallback(newAppID, a.url("/wechat/"+newAppID)); err != nil {
		t.Fatal(err)
	}
	admin, page = w.client(a, adminMail), a.url("/settings/accounts/"+newAppID)
	form := url.Values{"appid": {newAppID}, "name": {"新号"}, "mode": {"safe"}, "secret": {newSecret}, "token": {signToken}, "aes_key": {aesKey}}
	if change != nil {
		change(form)
	}
	if status, body := w.does(admin, "POST", a.url("/settings/accounts"), form); status != http.StatusSeeOther {
		t.Fatalf("connecting was answered %d: %s", status, tail(body, 300))
	}
	return w, a, admin, page
}

// checked are the six steps as the page says them: whether each passed, and all its words.
type checked struct{ state, text string }

// checks asks for the steps; anew: WeChat is asked again, too.
func (w *world) checks(c *http.Client, page string, anew bool) (out []checked) {
	w.Helper()
	query := ""
	if anew {
		query = "?again=1"
	}
	status, body := w.get(c, page+"/checks"+query)
	if status != http.StatusOK {
		w.Fatalf("the checks were answered %d: %s", status, tail(body, 300))
	}
	tree, err := html.Parse(strings.NewReader(body))
	if err != nil {
		w.Fatal(err)
	}
	for n := range tree.Descendants() {
		if n.Data != "li" || n.Parent.Parent.Data != "section" {
			continue
		}
		s := checked{text: words(n)}
		s.state = map[string]string{"通过": "fine", "没通过": "fails", "检查中": "waits", "等待": "blocked", "passed": "fine", "failed": "fails", "checking": "waits", "to do": "blocked"}[firstWord(n)]
		out = append(out, s)
	}
	if len(out) != 6 {
		w.Fatalf("there are %d steps: %s", len(out), body)
	}
	return out
}

// words are all texts below a node.
func words(n *html.Node) string {
	var b strings.Builder
	for x := range n.Descendants() {
		if x.Type == html.TextNode {
			b.WriteString(x.Data + " ")
		}
	}
	return b.String()
}

// firstWord is the first text for screen readers below a node.
func firstWord(n *html.Node) string {
	for x := range n.Descendants() {
		if x.Data == "span" && x.FirstChild != nil && x.FirstChild.Type == html.TextNode {
			return x.FirstChild.Data
		}
	}
	return ""
}

func states(steps []checked) string {
	var all []string
	for _, s := range steps {
		all = append(all, s.state)
	}
	return strings.Join(all, " ")
}

// awaitChecks waits until the steps are in these states.
func (w *world) awaitChecks(c *http.Client, page, want string) (steps []checked) {
	w.Helper()
	w.until("steps are "+want, 15*time.Second, func() bool {
		steps = w.checks(c, page, true)
		return states(steps) == want
	})
	return steps
}

func TestConnectingAnAccountGoesThroughItsSixSteps(t *testing.T) {
	t.Parallel()
	w, a, admin, page := connecting(t, nil)
	w.awaitChecks(admin, page, "fine fine waits blocked fine blocked")
	if err := w.sim.Verify(t.Context(), newAppID); err != nil {
		t.Fatal(err)
	}
	w.awaitChecks(admin, page, "fine fine fine waits fine waits")
	if answer, err := w.sim.Follow(t.Context(), newAppID, chen, ""); err != nil || !answer.Accepted() {
		t.Fatalf("%+v %v", answer, err)
	}
	w.awaitChecks(admin, page, "fine fine fine fine fine waits") // a follow is no message
	if answer, err := w.sim.Text(t.Context(), newAppID, chen, "你好"); err != nil || !answer.Accepted() {
		t.Fatalf("%+v %v", answer, err)
	}
	w.awaitChecks(admin, page, "fine fine fine fine fine fine")
	if _, body := w.get(admin, page+"/checks"); strings.Contains(body, "every 4s") {
		t.Error("a page on which all is well goes on asking")
	}
	_, body := w.get(admin, page)
	for _, s := range []string{newSecret, signToken, aesKey} {
		if strings.Contains(body, s) {
			t.Errorf("the page shows the secret %s", s)
		}
	}
	form := url.Values{"appid": {strangeAppID}, "name": {"x"}, "mode": {"safe"}, "secret": {newSecret}, "token": {signToken}, "aes_key": {aesKey}}
	if status, _ := w.does(admin, "POST", a.url("/settings/accounts"), form); status != http.StatusConflict {
		t.Errorf("another company's account was answered %d", status)
	}
	for method, path := range map[string]string{"PUT": page, "POST": page + "/resume"} {
		if status, _ := w.does(w.client(a, yuMail), method, path, url.Values{"name": {"x"}, "mode": {"safe"}}); status != http.StatusForbidden {
			t.Errorf("an agent's %s was answered %d", method, status)
		}
	}
}

func TestAWrongSecretIsNamedAndTheRightOneTaken(t *testing.T) {
	t.Parallel()
	w, _, admin, page := connecting(t, func(f url.Values) { f.Set("secret", strings.Repeat("0", 32)) })
	for _, code := range []int{0, 40001, 40125} { // as WeChat is, and in its other words for the same
		w.fault(newAppID, func(f *simulator.Faults) { f.Answer("stable_token", code) })
		steps := w.checks(admin, page, true)
		if states(steps) != "fails blocked waits blocked blocked blocked" || !strings.Contains(steps[0].text, "AppSecret") || !strings.Contains(steps[0].text, map[int]string{0: "40125", 40001: "40001", 40125: "40125"}[code]) {
			t.Errorf("code %d: %+v", code, steps)
		}
	}
	w.fault(newAppID, func(f *simulator.Faults) { f.Answer("stable_token", 0) })
	if status, body := w.does(admin, "PUT", page, url.Values{"name": {"新号"}, "mode": {"safe"}, "secret": {newSecret}}); status != http.StatusNoContent {
		t.Fatalf("the change was answered %d: %s", status, tail(body, 300))
	}
	if steps := w.checks(admin, page, false); steps[0].state != "fine" { // without being asked to look again
		t.Errorf("a right secret is not taken: %+v", steps[0])
	}
	w.fault(newAppID, func(f *simulator.Faults) { f.Answer("stable_token", 40013) })
	if steps := w.checks(admin, page, true); steps[0].state != "fails" || !strings.Contains(steps[0].text, "AppID") || !strings.Contains(steps[0].text, "40013") {
		t.Errorf("an unknown AppID: %+v", steps[0])
	}
}

func TestAMissingAddressIsShownToBeCopied(t *testing.T) {
	t.Parallel()
	w, _, admin, page := connecting(t, nil)
	for _, code := range []int{40164, 61004} {
		w.fault(newAppID, func(f *simulator.Faults) { f.Answer("stable_token", code) })
		steps := w.checks(admin, page, true)
		if states(steps) != "fine fails waits blocked blocked blocked" || !strings.Contains(steps[1].text, "127.0.0.1") {
			t.Errorf("%d: %+v", code, steps)
		}
	}
	if _, body := w.get(admin, page+"/checks"); !strings.Contains(body, `data-copy="127.0.0.1"`) {
		t.Error("the address cannot be copied")
	}
	w.fault(newAppID, func(f *simulator.Faults) { f.Answer("stable_token", 0) })
	w.awaitChecks(admin, page, "fine fine waits blocked fine blocked")
}

func TestWhatIsNotGrantedIsNamed(t *testing.T) {
	t.Parallel()
	w, _, admin, page := connecting(t, nil)
	w.fault(newAppID, func(f *simulator.Faults) { f.Answer("message/custom/typing", 48001) })
	if steps := w.checks(admin, page, true); steps[4].state != "fails" || !strings.Contains(steps[4].text, "48001") || !strings.Contains(steps[4].text, "customer-service messages") && !strings.Contains(steps[4].text, "客服消息") {
		t.Errorf("%+v", steps[4])
	}
	w.fault(newAppID, func(f *simulator.Faults) { f.Codes = map[string]int{"media/get": 48001} })
	if steps := w.checks(admin, page, true); steps[4].state != "fine" || !strings.Contains(steps[4].text, "48001") {
		t.Errorf("what is not needed for answering: %+v", steps[4])
	}
}

func TestWhatIsWrongAtWeChatsSideOfTheCallbackIsSaid(t *testing.T) {
	t.Parallel()
	right := simulator.Account{AppID: newAppID, Secret: newSecret, Token: signToken, AESKey: aesKey, Mode: simulator.Safe, Name: "新号"}
	w, a, admin, page := connecting(t, nil)
	set := func(change func(*simulator.Account)) {
		t.Helper()
		account := right
		account.CallbackURL = a.url("/wechat/" + newAppID)
		change(&account)
		if err := w.sim.PutAccount(account); err != nil {
			t.Fatal(err)
		}
	}
	says := func(step int, want ...string) {
		t.Helper()
		w.until("step says "+want[0], 15*time.Second, func() bool {
			s := w.checks(admin, page, false)[step]
			return s.state == "fails" && (strings.Contains(s.text, want[0]) || strings.Contains(s.text, want[1]))
		})
	}
	set(func(s *simulator.Account) { s.Token = "anothertoken" })
	if err := w.sim.Verify(t.Context(), newAppID); err == nil {
		t.Fatal("a wrong token was taken")
	}
	says(2, "the Token at WeChat is not the one here", "Token 和这里的不一样")
	set(func(*simulator.Account) {})
	if err := w.sim.Verify(t.Context(), newAppID); err != nil {
		t.Fatal(err)
	}
	w.awaitChecks(admin, page, "fine fine fine waits fine waits")
	set(func(s *simulator.Account) { s.AESKey = newKey })
	_, _ = w.sim.Text(t.Context(), newAppID, chen, "你好")
	says(3, "EncodingAESKey at WeChat is not the one here", "EncodingAESKey 和这里的不一样")
	set(func(s *simulator.Account) { s.Mode = simulator.Plain })
	_, _ = w.sim.Text(t.Context(), newAppID, chen, "你好")
	says(3, "safe mode here", "这里选的是安全模式")
	set(func(*simulator.Account) {})
	_, _ = w.sim.Text(t.Context(), newAppID, chen, "你好")
	w.awaitChecks(admin, page, "fine fine fine fine fine fine")
}

func TestTwoAdminsDoNotUndoEachOtherAndTheTruePreviousKeyStays(t *testing.T) {
	t.Parallel()
	w, _, admin, page := connecting(t, nil)
	sealed := func() (secret, token, key, previous []byte) {
		t.Helper()
		conn := w.sql()
		defer conn.Close(context.Background())
		if err := conn.QueryRow(t.Context(), `SELECT secret, token, aes_key, previous_aes_key FROM accounts WHERE appid = $1`, newAppID).Scan(&secret, &token, &key, &previous); err != nil {
			t.Fatal(err)
		}
		return secret, token, key, previous
	}
	put := func(field, value string) {
		t.Helper()
		if status, body := w.does(admin, "PUT", page, url.Values{"name": {"新号"}, "mode": {"safe"}, field: {value}}); status != http.StatusNoContent {
			t.Errorf("%s was answered %d: %s", field, status, tail(body, 200))
		}
	}
	done := make(chan struct{})
	go func() { defer close(done); put("secret", newSecret) }()
	put("token", "anothertoken")
	<-done
	put("aes_key", newKey)
	secret, token, key, previous := sealed()
	put("aes_key", newKey) // the same again
	secret2, token2, key2, previous2 := sealed()
	if string(key2) != string(key) || string(previous2) != string(previous) || len(previous) == 0 {
		t.Error("the same key entered again replaced the true previous one")
	}
	if string(secret2) != string(secret) || string(token2) != string(token) {
		t.Error("what was left empty was changed")
	}
	if err := w.sim.PutAccount(simulator.Account{AppID: newAppID, Secret: newSecret, Token: "anothertoken", AESKey: aesKey, Mode: simulator.Safe, CallbackURL: strings.Replace(page, "/settings/accounts/", "/wechat/", 1)}); err != nil {
		t.Fatal(err)
	}
	if answer, err := w.sim.Text(t.Context(), newAppID, chen, "用旧密钥"); err != nil || !answer.Accepted() {
		t.Errorf("with the new token and the key before: %+v %v", answer, err)
	}
}

// fault changes the faults of an account.
func (w *world) fault(appid string, change func(*simulator.Faults)) {
	w.Helper()
	if err := w.sim.ChangeFaults(appid, change); err != nil {
		w.Fatal(err)
	}
}

func TestTheStepsLightUpByThemselvesAndKeepWhatIsOpen(t *testing.T) {
	t.Parallel()
	w, a, _, page := connecting(t, nil)
	w.fault(newAppID, func(f *simulator.Faults) { f.Answer("stable_token", 40164) })
	admin := w.person("周敏").logsIn(a, adminMail)
	admin.visits(page)
	admin.sees("#checks .wr-say.bad", "127.0.0.1")
	admin.clicks("#checks summary", "微信的原话")
	admin.sees("#checks details[open] code", "not in whitelist")
	if err := w.sim.Verify(t.Context(), newAppID); err != nil {
		t.Fatal(err)
	}
	admin.sees("#checks li", "收到微信的验证请求，签名正确")
	admin.sees("#checks details[open] code", "not in whitelist") // what was opened stays so
	w.fault(newAppID, func(f *simulator.Faults) { f.Answer("stable_token", 0) })
	admin.clicks("#checks .wr-say.bad button", "改好了，再查一次")
	admin.seesNo("#checks .wr-say.bad", "127.0.0.1")
	if answer, err := w.sim.Text(t.Context(), newAppID, chen, "你好"); err != nil || !answer.Accepted() {
		t.Fatalf("%+v %v", answer, err)
	}
	admin.sees("#checks [role=status]", "6 步全部通过")
	admin.awaits("nothing is asked any more", `() => !document.querySelector("#checks").hasAttribute("hx-get")`)
}
