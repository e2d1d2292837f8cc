package e2e

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"weir/internal/wechat/simulator"
)

// get is a page as somebody who is logged in gets it.
func (w *world) get(c *http.Client, url string) (int, string) {
	w.Helper()
	r, err := c.Get(url)
	if err != nil {
		w.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		w.Fatal(err)
	}
	return r.StatusCode, string(b)
}

func TestSettingsAreForThoseWhoManage(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	if status, body := w.get(w.client(a, adminMail), a.url("/settings/accounts")); status != http.StatusOK || !strings.Contains(body, appid) || strings.Contains(body, strangeAppID) {
		t.Errorf("an admin was answered %d: %s", status, tail(body, 200))
	}
	for _, mail := range []string{yuMail} {
		if status, body := w.get(w.client(a, mail), a.url("/settings/accounts")); status != http.StatusForbidden || strings.Contains(body, appid) {
			t.Errorf("%s was answered %d: %s", mail, status, tail(body, 200))
		}
	}
	_, home := w.get(w.client(a, adminMail), a.url("/"))
	_, agents := w.get(w.client(a, yuMail), a.url("/"))
	if !strings.Contains(home, `href="/settings"`) || strings.Contains(agents, `href="/settings"`) {
		t.Error("the way to the settings stands for an admin, and for no agent")
	}
}

// does is a form sent by somebody who is logged in.
func (w *world) does(c *http.Client, method, target string, form url.Values) (int, string) {
	w.Helper()
	r, err := http.NewRequestWithContext(w.Context(), method, target, strings.NewReader(form.Encode()))
	if err != nil {
		w.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := c.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		w.Fatal(err)
	}
	return answer.StatusCode, string(b)
}

func TestConnectingAnAccountSaysWhichStepIsWrong(t *testing.T) {
	t.Parallel()
	const newAppID, newSecret = "wx5555555555555555", "fedcba9876543210fedcba9876543210"
	w, a := serving(t, simulated(func(c *simulator.Config) {
		c.Accounts = append(c.Accounts, simulator.Account{AppID: newAppID, Secret: newSecret, Token: signToken, AESKey: aesKey, Mode: simulator.Safe, Name: "新号"})
	}))
	admin, page := w.client(a, adminMail), a.url("/settings/accounts/"+newAppID)
	form := url.Values{"appid": {newAppID}, "name": {"新号"}, "mode": {"safe"}, "secret": {"00000000000000000000000000000000"}, "token": {signToken}, "aes_key": {aesKey}}
	if status, body := w.does(admin, "POST", a.url("/settings/accounts"), form); status != http.StatusSeeOther {
		t.Fatalf("connecting was answered %d: %s", status, tail(body, 300))
	}
	if _, body := w.get(admin, page+"/checks"); !strings.Contains(body, "AppSecret is wrong") && !strings.Contains(body, "AppSecret 不对") {
		t.Errorf("a wrong secret is not named: %s", body)
	}
	if status, body := w.does(admin, "PUT", page, url.Values{"name": {"新号"}, "mode": {"safe"}, "secret": {newSecret}}); status != http.StatusNoContent {
		t.Fatalf("the change was answered %d: %s", status, tail(body, 300))
	}
	if _, body := w.get(admin, page+"/checks"); !strings.Contains(body, "accepts this AppID") && !strings.Contains(body, "接受了这组") {
		t.Errorf("a right secret is not taken: %s", body)
	}
	_, body := w.get(admin, page)
	for _, s := range []string{newSecret, signToken, aesKey} {
		if strings.Contains(body, s) {
			t.Errorf("the page shows the secret %s", s)
		}
	}
	w.secrets = append(w.secrets, newSecret)
	form.Set("appid", strangeAppID)
	if status, _ := w.does(admin, "POST", a.url("/settings/accounts"), form); status != http.StatusConflict {
		t.Errorf("another company's account was answered %d", status)
	}
	if status, _ := w.does(w.client(a, yuMail), "PUT", page, url.Values{"name": {"x"}, "mode": {"safe"}}); status != http.StatusForbidden {
		t.Errorf("an agent's change was answered %d", status)
	}
}
