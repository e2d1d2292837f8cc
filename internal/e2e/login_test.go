package e2e

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-rod/rod/lib/proto"
)

func TestLoggingOutInOneTabEndsTheOthers(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	agent := w.person("小鱼").logsIn(a, yuMail)
	other := agent.tab()
	other.forgives("401")
	other.visits(a.url("/"))
	other.awaits("the other tab stands live", `() => document.documentElement.dataset.live === "live"`)
	agent.clicks("#mine summary", "")
	agent.clicks("#mine .wr-pick", "退出登录")
	agent.sees("h1", "登录客服台")
	other.awaitsWithin(5*time.Second, "the other tab at the login", `() => location.pathname === "/login"`)
	agent.visits(a.url("/"))
	agent.sees("h1", "登录客服台")
}

func TestAWrongPasswordSaysHowManyTriesAreLeft(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	p := w.person("小鱼")
	p.forgives("401", "429")
	p.visits(a.url("/login"))
	for _, said := range []string{"还可以试 4 次", "还可以试 3 次", "还可以试 2 次", "还可以试 1 次", "还可以试 0 次", "试错次数太多", "试错次数太多"} {
		p.fillsIn(yuMail, "wrong")
		p.sees("#login-problem", said)
	}
	p.fillsIn(yuMail, password)
	p.sees("#login-problem", "试错次数太多")
	p.fillsIn(mingMail, password) // others may
	p.sees("#status", "在线")
}

func TestLoggingInNeedsNoScript(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	p := w.person("小鱼")
	if err := (proto.EmulationSetScriptExecutionDisabled{Value: true}).Call(p.page); err != nil {
		t.Fatal(err)
	}
	w.writes(chen, "没有脚本也看得见")
	p.visits(a.url("/login?next=/"))
	p.fillsIn(yuMail, password)
	p.sees(".wr-row", "没有脚本也看得见")
}

// client is somebody who is logged in, without a browser.
func (w *world) client(a *weir, email string) *http.Client {
	w.Helper()
	return w.logged(a, email, password)
}

// logged is a browser in which somebody has logged in with a password.
func (w *world) logged(a *weir, email, password string) *http.Client {
	w.Helper()
	jar, _ := cookiejar.New(nil)
	c := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := c.PostForm(a.url("/login"), url.Values{"email": {email}, "password": {password}})
	if err != nil {
		w.Fatal(err)
	}
	_ = r.Body.Close()
	if r.StatusCode != http.StatusSeeOther {
		w.Fatalf("logging in as %s was answered %d", email, r.StatusCode)
	}
	for _, k := range jar.Cookies(r.Request.URL) {
		if k.Name == "weir" {
			w.secrets = append(w.secrets, k.Value)
		}
	}
	return c
}

func TestAnotherSitesPostsAreRefused(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	w.online(a, yu)
	w.writes(chen, "在吗")
	s := w.sessionOf(a, chen, yu)
	c := w.client(a, yuMail)
	for _, tc := range []struct {
		name, header, value string
		refused             bool
	}{
		{"another origin", "Origin", "https://evil.example", true},
		{"no origin at all", "Origin", "null", true},
		{"what the browser says of itself", "Sec-Fetch-Site", "cross-site", true},
		{"another host of the same site", "Sec-Fetch-Site", "same-site", true},
		{"our own page", "Sec-Fetch-Site", "same-origin", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, act := range []struct{ method, path, form string }{
				{"POST", "/login", "email=x&password=y"},
				{"POST", "/sessions/" + s.ID + "/messages", "text=" + url.QueryEscape(tc.name)},
				{"PUT", "/presence", "status=online"},
				{"PUT", "/preferences", "lang=zh-CN"},
			} {
				r, _ := http.NewRequestWithContext(t.Context(), act.method, a.url(act.path), strings.NewReader(act.form))
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				r.Header.Set(tc.header, tc.value)
				answer, err := c.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				_ = answer.Body.Close()
				if got := answer.StatusCode == http.StatusForbidden; got != tc.refused {
					t.Errorf("%s %s was answered %d", act.method, act.path, answer.StatusCode)
				}
			}
		})
	}
	for _, k := range w.kept(chen)[chen] {
		if k.Opercode == 1 && k.Text != "our own page" {
			t.Errorf("%q was sent for another site", k.Text)
		}
	}
}
