package e2e

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"weir/internal/wechat/simulator"
)

// state is an account as the API tells it.
type state struct {
	AppID   string
	State   string
	Stopped *struct {
		Code int    `json:"wechat_code"`
		IP   string `json:"ip"`
	}
	Unsent struct{ Queued, Waiting, Failed int }
}

// account is the company's account as the API tells it, once it is as wanted.
func (w *world) account(a *weir, what string, wanted func(state) bool) (s state) {
	w.Helper()
	w.until(what, 15*time.Second, func() bool {
		var page struct{ Items []state }
		w.api(a, "GET", "/accounts", nil, &page)
		if len(page.Items) != 1 {
			w.Fatalf("the company has %d accounts", len(page.Items))
		}
		s = page.Items[0]
		return wanted(s)
	})
	return s
}

// forgetToken has every process ask WeChat for a token anew.
func (w *world) forgetToken(a *weir) {
	w.Helper()
	w.faults(func(f *simulator.Faults) { f.RejectToken = 1 })
}

// stopped is a world whose account does not send, with one message that waits for it.
func stopped(t *testing.T, code int, path string) (*world, *weir, session) {
	t.Helper()
	w, a := serving(t)
	w.online(a, yu)
	w.writes(chen, "在吗")
	s := w.sessionOf(a, chen, yu)
	w.faults(func(f *simulator.Faults) { f.Answer(path, code) })
	if path == "stable_token" {
		w.forgetToken(a)
	}
	w.replies(a, s, "在的")
	is := w.account(a, fmt.Sprintf("stopped with %d", code), func(s state) bool { return s.Stopped != nil })
	if is.State != "stopped" || is.Stopped.Code != code || is.Unsent.Queued != 1 {
		t.Fatalf("the account is %+v", is)
	}
	return w, a, s
}

func TestAMissingAddressStopsSendingAndOneClickResumesIt(t *testing.T) {
	t.Parallel()
	w, a, _ := stopped(t, 40164, "stable_token")
	admin := w.client(a, adminMail)
	page := a.url("/settings/accounts/" + appid)
	if _, body := w.get(admin, page+"/health"); !strings.Contains(body, "40164") || !strings.Contains(body, `data-copy="127.0.0.1"`) || !strings.Contains(body, `hx-post="/settings/accounts/`+appid+`/resume"`) {
		t.Errorf("the page of health does not say what to do: %s", tail(body, 2000))
	}
	if _, body := w.get(admin, a.url("/settings/accounts")); !strings.Contains(body, "sending stopped") && !strings.Contains(body, "发送已停") {
		t.Error("the list does not say that sending has stopped")
	}
	w.faults(func(f *simulator.Faults) { f.Answer("stable_token", 0) })
	if status, _ := w.does(admin, "POST", page+"/resume", nil); status != http.StatusNoContent {
		t.Fatalf("resuming was answered %d", status)
	}
	w.reads(chen, "在的")
	w.account(a, "it sends again", func(s state) bool { return s.State == "fine" && s.Stopped == nil && s.Unsent.Queued == 0 })
}

func TestAMissingAddressThatIsAddedResumesByItself(t *testing.T) {
	t.Parallel()
	w, a, _ := stopped(t, 40164, "stable_token")
	w.faults(func(f *simulator.Faults) { f.Answer("stable_token", 0) })
	conn := w.sql()
	defer conn.Close(context.Background())
	// The time comes at which it is tried again.
	if _, err := conn.Exec(t.Context(), `UPDATE accounts SET probe_at = now() WHERE appid = $1`, appid); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), `UPDATE companies SET version = version + 1 WHERE company_id = $1`, company); err != nil {
		t.Fatal(err)
	}
	w.reads(chen, "在的")
	w.account(a, "it sends again", func(s state) bool { return s.State == "fine" })
	if n := w.timesRead(chen, "在的"); n != 1 {
		t.Errorf("it was read %d times", n)
	}
}

func TestAChangedSecretResumesSending(t *testing.T) {
	t.Parallel()
	w, a, _ := stopped(t, 40125, "stable_token")
	w.faults(func(f *simulator.Faults) { f.Answer("stable_token", 0) })
	form := map[string][]string{"name": {"网鱼网咖"}, "mode": {"safe"}, "secret": {appSecret}}
	if status, body := w.does(w.client(a, adminMail), "PUT", a.url("/settings/accounts/"+appid), form); status != http.StatusNoContent {
		t.Fatalf("the change was answered %d: %s", status, tail(body, 200))
	}
	w.reads(chen, "在的")
}

func TestAUsedUpDayIsShownAndCleared(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	w.online(a, yu)
	w.writes(chen, "在吗")
	s := w.sessionOf(a, chen, yu)
	if err := w.sim.UseUp(appid, "message/custom/send"); err != nil {
		t.Fatal(err)
	}
	w.replies(a, s, "在的")
	w.account(a, "stopped with 45009", func(s state) bool { return s.Stopped != nil && s.Stopped.Code == 45009 })
	admin, quota := w.client(a, adminMail), a.url("/settings/accounts/"+appid+"/quota")
	if _, body := w.get(admin, quota); !strings.Contains(body, "500,000 / 500,000") {
		t.Errorf("the quota is not shown: %s", body)
	}
	if status, body := w.does(admin, "DELETE", quota, nil); status != http.StatusNoContent {
		t.Fatalf("clearing was answered %d: %s", status, body)
	}
	w.reads(chen, "在的")
	for range 9 {
		if status, _ := w.does(admin, "DELETE", quota, nil); status != http.StatusNoContent {
			t.Fatalf("clearing was answered %d", status)
		}
	}
	if status, body := w.does(admin, "DELETE", quota, nil); status != http.StatusForbidden || !strings.Contains(body, "10") && !strings.Contains(body, "ten") {
		t.Errorf("the eleventh time was answered %d: %s", status, tail(body, 300))
	}
}

func TestWhatIsNotGrantedStopsTheAccountAndSaysSo(t *testing.T) {
	t.Parallel()
	w, a, _ := stopped(t, 48001, "message/custom/send")
	_, body := w.get(w.client(a, adminMail), a.url("/settings/accounts/"+appid+"/health"))
	if !strings.Contains(body, "48001") || !strings.Contains(body, "verification") && !strings.Contains(body, "认证") {
		t.Errorf("the page of health does not say why: %s", tail(body, 1500))
	}
}

func TestWhatWeChatSaysOfTheAccountStandsOnItsPageOfHealth(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	act := simulator.Act{Kind: simulator.ActEvent, Name: "verify_expired", Fields: map[string]string{"ExpiredTime": "1442401061"}}
	answer, err := w.sim.Do(t.Context(), appid, "mphelper", act)
	if err != nil || !answer.Accepted() {
		t.Fatalf("%+v %v", answer, err)
	}
	w.account(a, "its verification is over", func(s state) bool { return s.State == "expired" })
	if _, body := w.get(w.client(a, adminMail), a.url("/settings/accounts/"+appid+"/health")); !strings.Contains(body, "2015-09-16") || !strings.Contains(body, "verify_expired") {
		t.Errorf("the page of health does not say so: %s", tail(body, 1500))
	}
	if status := w.api(a, "GET", "/customers/"+appid+"/mphelper", nil, nil); status != http.StatusNotFound {
		t.Errorf("WeChat's system user is a customer: %d", status)
	}
}

func TestForgedCallbacksAreCountedAndLaterOnesAreTaken(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	w.writes(chen, "在吗")
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			r, err := http.Post(a.url("/wechat/"+appid+"?signature=0&timestamp=1&nonce=2"), "text/xml", strings.NewReader("<xml/>"))
			if err == nil {
				_ = r.Body.Close()
			}
		})
	}
	all.Wait()
	w.account(a, "refused", func(s state) bool { return s.State == "refused" })
	w.until("all of them are counted", 15*time.Second, func() bool {
		_, body := w.get(w.client(a, adminMail), a.url("/settings/accounts/"+appid+"/health"))
		return strings.Contains(body, "5 refused") || strings.Contains(body, "没通过验证 5 次")
	})
	w.writes(chen, "还在吗")
	w.account(a, "fine again", func(s state) bool { return s.State == "fine" })
}

func TestAfterMarkFailWhatComesLaterIsTaken(t *testing.T) {
	t.Parallel()
	clock := &movable{}
	w, a := serving(t, simulated(func(c *simulator.Config) {
		c.Now, c.Attempts, c.RetryPause, c.MarkFail = clock.Now, 3, time.Millisecond, simulator.MarkFail{After: 6}
	}))
	w.writes(chen, "先来一条")
	a.kill()
	for range 2 {
		if answer, err := w.sim.Text(t.Context(), appid, chen, "没有人接"); err != nil || answer.Attempts != 3 {
			t.Fatalf("%+v %v", answer, err)
		}
	}
	a.start()
	if answer, err := w.sim.Text(t.Context(), appid, chen, "停推时发的"); err != nil || !answer.MarkFail {
		t.Fatalf("WeChat still pushes: %+v %v", answer, err)
	}
	clock.add(time.Minute)
	w.writes(chen, "停推之后")
	if ks := w.kept(chen)[chen]; len(ks) != 2 || ks[1].Text != "停推之后" {
		t.Errorf("kept: %+v", ks)
	}
	w.account(a, "fine", func(s state) bool { return s.State == "fine" })
}

// movable is the real clock, and what was added to it.
type movable struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (m *movable) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return time.Now().Add(m.ahead)
}

func (m *movable) add(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ahead += d
}

func TestMetricsTellHowAccountsAre(t *testing.T) {
	t.Parallel()
	w, a, _ := stopped(t, 40164, "stable_token")
	var body string
	w.until("a callback is told", 10*time.Second, func() bool {
		_, body = w.get(http.DefaultClient, a.url("/metrics"))
		return strings.Contains(body, "weir_account_heard_timestamp_seconds{")
	})
	for _, want := range []string{`weir_account_stopped{appid="` + appid + `",code="40164"} 1`, `weir_account_stopped{appid="` + strangeAppID + `",code="0"} 0`, `weir_account_paused{appid="` + appid + `"} 0`} {
		if !strings.Contains(body, want) {
			t.Errorf("%s is not told", want)
		}
	}
	for _, s := range w.secrets {
		if strings.Contains(body, s) {
			t.Errorf("a secret is told: %s", s)
		}
	}
}

func TestSendingIsResumedByOneClickOnThePageOfHealth(t *testing.T) {
	t.Parallel()
	w, a, _ := stopped(t, 40164, "stable_token")
	admin := w.person("周敏").logsIn(a, adminMail)
	admin.visits(a.url("/settings/accounts/" + appid + "/health"))
	admin.sees("#health .wr-say.bad", "127.0.0.1")
	admin.sees("#quota", "40164")
	w.faults(func(f *simulator.Faults) { f.Answer("stable_token", 0) })
	admin.clicks("#health button", "恢复发送")
	w.reads(chen, "在的")
	admin.sees("#health [role=status]", "正常")
	admin.sees("#quota", "/ 500,000")
}
