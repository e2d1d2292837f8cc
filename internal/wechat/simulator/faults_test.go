package simulator

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// asked makes a call with a good token and returns its code.
func (w *world) asked(path string, in any) int {
	w.t.Helper()
	code, _ := w.asks(path, in)["errcode"].(float64)
	return int(code)
}

func (w *world) fault(change func(*Faults)) {
	w.t.Helper()
	if err := w.ChangeFaults(appid, change); err != nil {
		w.t.Fatal(err)
	}
}

func TestAnyPathCanBeAnsweredWithAnyCode(t *testing.T) {
	w := newWorld(t, Plain, nil, nil)
	w.act(Act{Kind: ActText, Text: "x"})
	token := w.stable(false).AccessToken
	w.fault(func(f *Faults) { f.Answer("message/custom/send", 48001) })
	if r := w.send(token, hello); r.Errcode != 48001 || !strings.HasPrefix(r.Errmsg, "api unauthorized") {
		t.Errorf("send: %+v", r)
	}
	if r, _ := w.call("GET", "/cgi-bin/tags/get?access_token="+token, ""); r.Errcode != 0 {
		t.Errorf("another path: %+v", r)
	}
	w.fault(func(f *Faults) { f.Answer("*", 50002) })
	if r, _ := w.call("GET", "/cgi-bin/tags/get?access_token="+token, ""); r.Errcode != 50002 {
		t.Errorf("every path: %+v", r)
	}
	if r := w.stable(false); r.Errcode != 50002 {
		t.Errorf("the token's, too: %+v", r)
	}
	w.fault(func(f *Faults) { f.Answer("*", 0); f.Answer("message/custom/send", 0) })
	if r := w.send(token, hello); r.Errcode != 0 {
		t.Errorf("without the faults: %+v", r)
	}
}

func TestTheTokenEndpointsRefuse(t *testing.T) {
	for _, tc := range []struct {
		code int
		says string
	}{
		{40001, "invalid credential"}, {40125, "invalid appsecret"}, {40013, "invalid appid"}, {40164, "invalid ip 127.0.0.1, not in whitelist"},
		{61004, "access clientip is not registered requestIP: 127.0.0.1"}, {45009, "reach max api daily quota limit"}, {45011, "minute-quota"},
	} {
		w := newWorld(t, Plain, nil, nil)
		w.fault(func(f *Faults) { f.Answer("stable_token", tc.code); f.Answer("token", tc.code) })
		simple, _ := w.call("GET", "/cgi-bin/token?grant_type=client_credential&appid="+appid+"&secret="+secret, "")
		for _, r := range []result{w.stable(false), simple} {
			if r.Errcode != tc.code || !strings.Contains(r.Errmsg, tc.says) {
				t.Errorf("%d: %+v", tc.code, r)
			}
		}
	}
}

func TestOnlyListedAddressesGetATokenAndOthersAreTold(t *testing.T) {
	w := newWorld(t, Plain, func(c *Config) { c.Accounts[0].IPs = []string{"203.0.113.24"} }, nil)
	if r := w.stable(false); r.Errcode != 40164 || !strings.HasPrefix(r.Errmsg, "invalid ip 127.0.0.1, not in whitelist rid: ") {
		t.Errorf("from elsewhere: %+v", r)
	}
	if err := w.PutAccount(Account{AppID: appid, Secret: secret, Mode: Plain, IPs: []string{"203.0.113.24", "127.0.0.1"}}); err != nil {
		t.Fatal(err)
	}
	if r := w.stable(false); r.Errcode != 0 {
		t.Errorf("once it is listed: %+v", r)
	}
}

func TestDailyQuotasAreCountedToldAndCleared(t *testing.T) {
	const send = "message/custom/send"
	w := newWorld(t, Plain, func(c *Config) { c.Accounts[0].Daily = map[string]int{send: 3} }, nil)
	w.act(Act{Kind: ActText, Text: "x"})
	token := w.stable(false).AccessToken
	quota := func() map[string]any {
		t.Helper()
		q, _ := w.asks("openapi/quota/get", map[string]string{"cgi_path": "/cgi-bin/" + send})["quota"].(map[string]any)
		return q
	}
	for i, want := range []int{0, 0, 0, 45009, 45009} {
		if r := w.send(token, hello); r.Errcode != want {
			t.Errorf("send %d: %+v, want %d", i, r, want)
		}
	}
	if q := quota(); q["daily_limit"] != 3.0 || q["used"] != 3.0 || q["remain"] != 0.0 {
		t.Errorf("quota = %v", q)
	}
	if code := w.asked("openapi/quota/clear", map[string]string{"cgi_path": "/cgi-bin/" + send}); code != 0 {
		t.Fatalf("clearing one path: %d", code)
	}
	if q := quota(); q["used"] != 0.0 {
		t.Errorf("once it is cleared: %v", q)
	}
	if err := w.UseUp(appid, send); err != nil {
		t.Fatal(err)
	}
	if r := w.send(token, hello); r.Errcode != 45009 {
		t.Errorf("used up: %+v", r)
	}
	if code := w.asked("clear_quota", map[string]string{"appid": appid}); code != 0 {
		t.Fatalf("clearing all: %d", code)
	}
	if r := w.send(token, hello); r.Errcode != 0 {
		t.Errorf("once all is cleared: %+v", r)
	}
	for _, wrong := range []string{"", send, "cgi-bin/" + send, "https://api.weixin.qq.com/cgi-bin/" + send, "/cgi-bin/nowhere"} {
		if code := w.asked("openapi/quota/get", map[string]string{"cgi_path": wrong}); code != 76003 {
			t.Errorf("quota of %q: %d", wrong, code)
		}
	}
}

func TestTheDayOfAQuotaBeginsAtMidnightInShanghai(t *testing.T) {
	w := newWorld(t, Plain, func(c *Config) { c.Accounts[0].Daily = map[string]int{"tags/get": 1} }, nil)
	ask := func() int {
		answer, _ := w.ask(http.MethodGet, "/cgi-bin/tags/get?", "", nil)
		code, _ := answer["errcode"].(float64)
		return int(code)
	}
	if first, second := ask(), ask(); first != 0 || second != 45009 {
		t.Fatalf("codes %d and %d", first, second)
	}
	w.clock.add(time.Date(2026, 7, 18, 15, 59, 59, 0, time.UTC).Sub(w.clock.Now()))
	if code := ask(); code != 45009 {
		t.Errorf("a second before midnight: %d", code)
	}
	w.clock.add(time.Second)
	if code := ask(); code != 0 {
		t.Errorf("at midnight: %d", code)
	}
}

func TestQuotasCanBeClearedTenTimesAMonth(t *testing.T) {
	w := newWorld(t, Plain, nil, nil)
	bySecret := map[string]string{"appid": appid, "appsecret": secret}
	for i := range 10 {
		if code := w.asked([]string{"clear_quota", "clear_quota/v2"}[i%2], bySecret); code != 0 {
			t.Fatalf("clear %d: %d", i+1, code)
		}
	}
	if code := w.asked("clear_quota", bySecret); code != 48006 {
		t.Errorf("the eleventh: %d", code)
	}
	if code := w.asked("clear_quota", map[string]string{"appid": "wx0"}); code != 40013 {
		t.Errorf("of another account: %d", code)
	}
	w.clock.add(31 * 24 * time.Hour)
	if code := w.asked("clear_quota", bySecret); code != 0 {
		t.Errorf("the next month: %d", code)
	}
}

func TestAfterThirtyFailedPushesNothingIsPushedForAMinute(t *testing.T) {
	works := false
	w := newWorld(t, Plain, func(c *Config) { c.Attempts = 3 }, func(rw http.ResponseWriter, _ int, _ pushed) {
		if !works {
			rw.WriteHeader(http.StatusInternalServerError)
			return
		}
		_, _ = rw.Write([]byte("success"))
	})
	for range 10 {
		if a := w.act(Act{Kind: ActText, Text: "x"}); a.Attempts != 3 || a.MarkFail {
			t.Fatalf("answer = %+v", a)
		}
	}
	works = true
	lines := len(w.shown())
	if a := w.act(Act{Kind: ActText, Text: "nobody hears this"}); a.Attempts != 0 || !a.MarkFail || a.Accepted() {
		t.Errorf("while it is shut off: %+v", a)
	}
	if shown := w.shown(); len(shown) != lines+1 {
		t.Errorf("the customer is told something: %q", shown[lines:])
	}
	w.clock.add(time.Minute)
	if a := w.act(Act{Kind: ActText, Text: "again"}); !a.Accepted() || a.Attempts != 1 {
		t.Errorf("a minute later: %+v", a)
	}
	if got := len(w.pushes()); got != 31 {
		t.Errorf("%d pushes arrived, want 31: what was not pushed never comes", got)
	}
}

func TestFailuresLongAgoShutNothingOff(t *testing.T) {
	w := newWorld(t, Plain, func(c *Config) { c.Attempts, c.MarkFail = 1, MarkFail{After: 3} }, func(rw http.ResponseWriter, _ int, _ pushed) {
		rw.WriteHeader(http.StatusInternalServerError)
	})
	for i := range 6 {
		if a := w.act(Act{Kind: ActText, Text: "x"}); a.MarkFail {
			t.Errorf("push %d was held back", i)
		}
		w.clock.add(3 * time.Minute)
	}
}

func TestAMediaIDThatDiedIsRefusedWhenItIsSent(t *testing.T) {
	w := newWorld(t, Plain, nil, nil)
	w.act(Act{Kind: ActText, Text: "x"})
	id, _ := w.upload("image", "a.jpg", samplePicture)["media_id"].(string)
	picture := map[string]any{"touser": openid, "msgtype": "image", "image": map[string]string{"media_id": id}}
	if code := w.asked("message/custom/send", picture); code != 0 {
		t.Fatalf("alive: %d", code)
	}
	if err := w.KillMedia(appid); err != nil {
		t.Fatal(err)
	}
	if code := w.asked("message/custom/send", picture); code != 40007 {
		t.Errorf("dead: %d", code)
	}
	if answer, _ := w.ask(http.MethodGet, "/cgi-bin/media/get?media_id="+id+"&", "", nil); answer["errcode"] != 40007.0 {
		t.Errorf("fetched: %v", answer)
	}
}

func TestAPushCanSetOutLate(t *testing.T) {
	w := newWorld(t, Plain, nil, nil)
	w.fault(func(f *Faults) { f.PushDelay = 30 * time.Millisecond })
	if a := w.act(Act{Kind: ActText, Text: "x"}); !a.Accepted() || a.Took < 30*time.Millisecond {
		t.Errorf("answer = %+v", a)
	}
}

func TestTheSwitchesOfThePageAnswerWithCodes(t *testing.T) {
	w := newWorld(t, Plain, nil, nil)
	put := func(fields string) Faults {
		w.control("PUT", "/simulator/faults", "appid="+appid+fields, "Content-Type", "application/x-www-form-urlencoded")
		var f Faults
		w.Look(func(st State) { f = st.Faults(appid) })
		return f
	}
	if f := put("&40164=on&48001=on"); f.Codes["stable_token"] != 40164 || f.Codes["message/custom/send"] != 48001 {
		t.Errorf("on: %+v", f)
	}
	if f := put("&48001=on&45009=on"); f.Codes["stable_token"] != 0 || f.Codes["message/custom/send"] != 45009 {
		t.Errorf("the newer one counts: %+v", f)
	}
	if f := put(""); len(f.Codes) != 0 {
		t.Errorf("off: %+v", f)
	}
}
