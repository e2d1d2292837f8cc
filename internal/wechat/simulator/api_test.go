package simulator

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestWindowsAndCounts(t *testing.T) {
	text, click, follow := Act{Kind: ActText, Text: "x"}, Act{Kind: ActClick, Key: "k"}, Act{Kind: ActFollow}
	type step struct {
		act   Act           // where it has a kind
		after time.Duration // the clock moves
		sends []int         // the codes of so many sends
	}
	for _, tc := range []struct {
		name  string
		steps []step
	}{
		{"a message allows five", []step{{act: text, sends: []int{0, 0, 0, 0, 0, 45047}}}},
		{"another message allows five again", []step{{act: text, sends: []int{0, 0, 0, 0, 0}}, {act: text, sends: []int{0, 0, 0, 0, 0, 45047}}}},
		{"a message allows them for 48 hours", []step{{act: text}, {after: 48*time.Hour - time.Second, sends: []int{0}}, {after: time.Second, sends: []int{45015}}}},
		{"a click allows three", []step{{act: click, sends: []int{0, 0, 0, 45047}}}},
		{"a click allows them for a minute", []step{{act: click}, {after: time.Minute, sends: []int{45015}}}},
		{"a follow allows three", []step{{act: follow, sends: []int{0, 0, 0, 45047}}}},
		{"a scan allows three", []step{{act: Act{Kind: ActScan, Scene: "s"}, sends: []int{0, 0, 0, 45047}}}},
		{"an item of a msgmenu counts as a click", []step{{act: Act{Kind: ActMenuTap, Text: "好", Key: "1"}, sends: []int{0, 0, 0, 45047}}}},
		{"opening a page allows nothing", []step{{act: Act{Kind: ActView, Key: "https://a.test"}, sends: []int{45015}}}},
		{"scancode_push opens the window", []step{{act: Act{Kind: ActEvent, Name: "scancode_push"}, sends: []int{0, 0, 0, 45047}}}},
		{"message and click do not add up", []step{{act: text}, {act: click, sends: []int{0, 0, 0, 0, 0, 45047}}}},
		{"a click helps when the message's are used up", []step{{act: text, sends: []int{0, 0, 0, 0, 0, 45047}}, {act: click, sends: []int{0, 0, 0, 45047}}}},
		{"used up stays so when the click's minute ends", []step{{act: text, sends: []int{0, 0, 0, 0, 0}}, {act: click}, {after: time.Minute, sends: []int{45047}}}},
		{"leaving closes everything", []step{{act: text}, {act: Act{Kind: ActUnfollow}, sends: []int{43004}}, {act: follow, sends: []int{0}}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t, Plain, nil, nil)
			for i, s := range tc.steps {
				if s.act.Kind != "" {
					w.act(s.act)
				}
				w.clock.add(s.after)
				for j, want := range s.sends {
					if got := w.send(w.stable(false).AccessToken, hello); got.Errcode != want {
						t.Fatalf("step %d, send %d: %+v, want %d", i, j, got, want)
					}
				}
			}
		})
	}
}

func TestThePassiveReplyCostsNothing(t *testing.T) {
	w := newWorld(t, Plain, nil, nil)
	w.act(Act{Kind: ActText, Text: "x"})
	w.send(w.stable(false).AccessToken, hello)
	if c, _ := w.Customer(appid, openid); c.Allowance.Left != 4 || c.Allowance.Of != 5 || !c.Allowance.Until.Equal(w.clock.Now().Add(48*time.Hour)) {
		t.Errorf("allowance = %+v", c.Allowance)
	}
}

func TestStableTokens(t *testing.T) {
	w := newWorld(t, Plain, nil, nil)
	w.act(Act{Kind: ActText, Text: "x"})
	first := w.stable(false)
	if first.ExpiresIn != 7200 || first.AccessToken == "" {
		t.Fatalf("token = %+v", first)
	}
	w.clock.add(time.Hour)
	if again := w.stable(false); again.AccessToken != first.AccessToken || again.ExpiresIn != 3600 {
		t.Errorf("the same token is given while it is good: %+v", again)
	}
	w.clock.add(56 * time.Minute)
	next := w.stable(false)
	if next.AccessToken == first.AccessToken || next.ExpiresIn != 7200 {
		t.Errorf("4 minutes before the end there is a new one: %+v", next)
	}
	for _, token := range []string{first.AccessToken, next.AccessToken} {
		if r := w.send(token, hello); r.Errcode != 0 {
			t.Errorf("old and new are good together: %+v", r)
		}
	}
	w.clock.add(5 * time.Minute)
	if r := w.send(first.AccessToken, hello); r.Errcode != 42001 {
		t.Errorf("then the old one has expired: %+v", r)
	}
	if r := w.send(next.AccessToken, hello); r.Errcode != 0 {
		t.Errorf("and the new one has not: %+v", r)
	}
}

func TestForcedTokens(t *testing.T) {
	w := newWorld(t, Plain, nil, nil)
	first := w.stable(false).AccessToken
	forced := w.stable(true).AccessToken
	if forced == first {
		t.Fatal("force_refresh gave the same token")
	}
	if r := w.send(first, hello); r.Errcode != 40001 {
		t.Errorf("the old one is dead at once: %+v", r)
	}
	w.clock.add(29 * time.Second)
	if again := w.stable(true).AccessToken; again != forced {
		t.Error("within 30 s another force changes nothing")
	}
	for range 19 {
		w.clock.add(30 * time.Second)
		if r := w.stable(true); r.Errcode != 0 {
			t.Fatalf("token = %+v", r)
		}
	}
	w.clock.add(30 * time.Second)
	if r := w.stable(true); r.Errcode != 45009 {
		t.Errorf("the 21st of a day: %+v", r)
	}
	if r := w.stable(false); r.Errcode != 0 {
		t.Errorf("a normal one is always given: %+v", r)
	}
	w.clock.add(24 * time.Hour)
	if r := w.stable(true); r.Errcode != 0 {
		t.Errorf("the next day: %+v", r)
	}
}

func TestSimpleTokensLiveApartFromStableOnes(t *testing.T) {
	w := newWorld(t, Plain, nil, nil)
	w.act(Act{Kind: ActText, Text: "x"})
	get := func() string {
		r, _ := w.call("GET", "/cgi-bin/token?grant_type=client_credential&appid="+appid+"&secret="+secret, "")
		return r.AccessToken
	}
	stable, first := w.stable(false).AccessToken, get()
	second := get()
	if first == second || first == stable {
		t.Fatal("each is a new one")
	}
	w.clock.add(5 * time.Minute)
	for token, want := range map[string]int{first: 42001, second: 0, stable: 0} {
		if r := w.send(token, hello); r.Errcode != want {
			t.Errorf("code %d, want %d", r.Errcode, want)
		}
	}
}

func TestErrorCodes(t *testing.T) {
	const send = "/cgi-bin/message/custom/send?access_token=TOKEN"
	message := func(kind, rest string) string {
		return `{"touser":"` + openid + `","msgtype":"` + kind + `",` + rest + `}`
	}
	for _, tc := range []struct {
		name, method, path, body string
		want                     int
	}{
		{"no token", "POST", "/cgi-bin/message/custom/send", hello, 41001},
		{"no token at all by its shape", "POST", "/cgi-bin/message/custom/send?access_token=nonsense", hello, 40014},
		{"a token never given out", "POST", "/cgi-bin/message/custom/send?access_token=99_never", hello, 40001},
		{"send by GET", "GET", send, "", 43002},
		{"user/info by POST", "POST", "/cgi-bin/user/info?access_token=TOKEN", "", 43001},
		{"nothing posted", "POST", send, "", 44002},
		{"not JSON", "POST", send, "{", 47001},
		{"no such customer", "POST", send, strings.Replace(hello, openid, "oNobody", 1), 40003},
		{"no such kind", "POST", send, message("smell", `"smell":{}`), 40008},
		{"empty text", "POST", send, message("text", `"text":{"content":""}`), 44004},
		{"text of 2,048 bytes", "POST", send, message("text", `"text":{"content":"`+strings.Repeat("a", 2048)+`"}`), 0},
		{"text of 2,049 bytes", "POST", send, message("text", `"text":{"content":"`+strings.Repeat("好", 683)+`"}`), 45002},
		{"image of nowhere", "POST", send, message("image", `"image":{"media_id":"m"}`), 40007},
		{"image without id", "POST", send, message("image", `"image":{}`), 40007},
		{"video without thumb", "POST", send, message("video", `"video":{"media_id":"m"}`), 40007},
		{"one article", "POST", send, message("news", `"news":{"articles":[{"title":"t"}]}`), 0},
		{"two articles", "POST", send, message("news", `"news":{"articles":[{"title":"t"},{"title":"u"}]}`), 45008},
		{"msgmenu", "POST", send, message("msgmenu", `"msgmenu":{"head_content":"满意吗","list":[{"id":"1","content":"满意"}]}`), 0},
		{"wrong secret", "POST", "/cgi-bin/stable_token", `{"grant_type":"client_credential","appid":"` + appid + `","secret":"x"}`, 40125},
		{"wrong appid", "POST", "/cgi-bin/stable_token", `{"grant_type":"client_credential","appid":"wx0","secret":"x"}`, 40013},
		{"wrong grant", "POST", "/cgi-bin/stable_token", `{"grant_type":"x","appid":"wx0","secret":"x"}`, 40002},
		{"typing", "POST", "/cgi-bin/message/custom/typing?access_token=TOKEN", `{"touser":"` + openid + `","command":"Typing"}`, 0},
		{"typing with another word", "POST", "/cgi-bin/message/custom/typing?access_token=TOKEN", `{"touser":"` + openid + `","command":"x"}`, 45072},
		{"user/info", "GET", "/cgi-bin/user/info?access_token=TOKEN&openid=" + openid, "", 0},
		{"user/info of nobody", "GET", "/cgi-bin/user/info?access_token=TOKEN&openid=x", "", 40003},
		{"getcallbackip", "GET", "/cgi-bin/getcallbackip?access_token=TOKEN", "", 0},
		{"no such path", "POST", "/cgi-bin/nowhere", "{}", 40066},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t, Plain, nil, nil)
			w.act(Act{Kind: ActText, Text: "x"})
			got, err := w.call(tc.method, strings.Replace(tc.path, "TOKEN", w.stable(false).AccessToken, 1), tc.body)
			if err != nil || got.Errcode != tc.want {
				t.Fatalf("got %+v, want %d (%v)", got, tc.want, err)
			}
			if tc.want != 0 && !regexp.MustCompile(` rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$`).MatchString(got.Errmsg) {
				t.Errorf("errmsg = %q", got.Errmsg)
			}
		})
	}
}

func TestTypingNeedsTheCustomerNearAndIsSaidOnce(t *testing.T) {
	w := newWorld(t, Plain, nil, nil)
	w.act(Act{Kind: ActText, Text: "x"})
	typing := func(command string) int {
		r, _ := w.call("POST", "/cgi-bin/message/custom/typing?access_token="+w.stable(false).AccessToken, `{"touser":"`+openid+`","command":"`+command+`"}`)
		return r.Errcode
	}
	for _, want := range []int{0, 45081} {
		if got := typing("Typing"); got != want {
			t.Errorf("got %d, want %d", got, want)
		}
	}
	if typing("CancelTyping"); typing("Typing") != 0 {
		t.Error("after a cancel it may be said again")
	}
	w.clock.add(31 * time.Second)
	if got := typing("CancelTyping"); got != 45080 {
		t.Errorf("got %d", got)
	}
}

func TestFaultsOfCalls(t *testing.T) {
	for _, tc := range []struct {
		name   string
		faults Faults
		codes  []int // -99: no answer
		lines  int   // the account's on the phone after all
	}{
		{"45015", Faults{SendCode: 45015}, []int{45015, 45015}, 0},
		{"45047", Faults{SendCode: 45047}, []int{45047}, 0},
		{"40001 once", Faults{RejectToken: 1}, []int{40001, 0}, 1},
		{"40001 always", Faults{RejectToken: -1}, []int{40001, 40001, 40001}, 0},
		{"busy twice", Faults{Busy: 2}, []int{-1, -1, 0}, 1},
		{"cut after taking", Faults{Cut: 1}, []int{-99, 0}, 2},
		{"refused before taking", Faults{Refuse: true}, []int{-99, -99}, 0},
		{"late", Faults{Delay: time.Millisecond}, []int{0}, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t, Plain, nil, nil)
			w.act(Act{Kind: ActText, Text: "x"})
			token := w.stable(false).AccessToken
			w.SetFaults(appid, tc.faults)
			for i, want := range tc.codes {
				got, err := w.call("POST", "/cgi-bin/message/custom/send?access_token="+token, hello)
				if err != nil {
					got.Errcode = -99
				}
				if got.Errcode != want {
					t.Errorf("send %d: %+v (%v), want %d", i, got, err, want)
				}
			}
			lines := 0
			for _, l := range w.Conversation(appid, openid) {
				if l.Side == FromAccount {
					lines++
				}
			}
			if lines != tc.lines {
				t.Errorf("%d lines, want %d", lines, tc.lines)
			}
		})
	}
}

func TestTheLogTellsEscapedJSONAndNoSecret(t *testing.T) {
	w := newWorld(t, Plain, nil, nil)
	w.act(Act{Kind: ActText, Text: "x"})
	token := w.stable(false).AccessToken
	w.send(token, strings.Replace(hello, "您好", `\u003ca\u003e`, 1))
	w.send(token, strings.Replace(hello, "您好", `<a>`, 1))
	log := w.Log()
	if len(log) != 4 || !log[2].Escaped || log[3].Escaped {
		t.Errorf("log = %+v", log)
	}
	for _, e := range log {
		if strings.Contains(e.Raw+e.Content+e.Answer, secret) || strings.Contains(e.Raw+e.Content+e.Answer, token) {
			t.Errorf("a secret in %+v", e)
		}
	}
	if got := w.shown(); got[1] != got[2] {
		t.Errorf("both are shown decoded: %q", got)
	}
}
