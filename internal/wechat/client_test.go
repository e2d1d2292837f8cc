package wechat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

const secretToken = "SECRET-access-token"

// answering is a WeChat that always says the same.
func answering(t *testing.T, status int, body string) *Client {
	t.Helper()
	return serving(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

func serving(t *testing.T, h http.HandlerFunc) *Client {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return NewClient(s.URL+"/", nil)
}

func TestWhatIsSent(t *testing.T) {
	type request struct{ method, path, query, body string }
	got := make(chan request, 1)
	c := serving(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got <- request{r.Method, r.URL.Path, r.URL.RawQuery, strings.TrimSpace(string(b))}
		_, _ = io.WriteString(w, `{"errcode":0,"errmsg":"ok","access_token":"T","expires_in":7200,"subscribe":1,"openid":"o","subscribe_time":1,"tagid_list":[2]}`)
	})
	ctx := context.Background()
	for _, tc := range []struct {
		name string
		call func() error
		want request
	}{
		{"a text, with nothing escaped that need not be", func() error { return c.SendText(ctx, "T&", "o", `<a href="x">你好&</a>`) },
			request{"POST", "/cgi-bin/message/custom/send", "access_token=T%26", `{"touser":"o","msgtype":"text","text":{"content":"<a href=\"x\">你好&</a>"}}`}},
		{"a picture", func() error { return c.SendImage(ctx, "T", "o", "m") },
			request{"POST", "/cgi-bin/message/custom/send", "access_token=T", `{"touser":"o","msgtype":"image","image":{"media_id":"m"}}`}},
		{"a voice message", func() error { return c.SendVoice(ctx, "T", "o", "m") },
			request{"POST", "/cgi-bin/message/custom/send", "access_token=T", `{"touser":"o","msgtype":"voice","voice":{"media_id":"m"}}`}},
		{"a video", func() error { return c.SendVideo(ctx, "T", "o", Film{MediaID: "m", ThumbID: "t", Title: "看"}) },
			request{"POST", "/cgi-bin/message/custom/send", "access_token=T", `{"touser":"o","msgtype":"video","video":{"media_id":"m","thumb_media_id":"t","title":"看"}}`}},
		{"a mini program", func() error {
			return c.SendMiniProgram(ctx, "T", "o", MiniProgram{Title: "订座", AppID: "wx1", Path: "pages/a?b=1&c=2", ThumbID: "t"})
		}, request{"POST", "/cgi-bin/message/custom/send", "access_token=T",
			`{"touser":"o","msgtype":"miniprogrampage","miniprogrampage":{"title":"订座","appid":"wx1","pagepath":"pages/a?b=1&c=2","thumb_media_id":"t"}}`}},
		{"typing", func() error { return c.Typing(ctx, "T", "o", true) },
			request{"POST", "/cgi-bin/message/custom/typing", "access_token=T", `{"touser":"o","command":"Typing"}`}},
		{"no longer typing", func() error { return c.Typing(ctx, "T", "o", false) },
			request{"POST", "/cgi-bin/message/custom/typing", "access_token=T", `{"touser":"o","command":"CancelTyping"}`}},
		{"a stable token", func() error {
			token, life, err := c.StableToken(ctx, "wx", "s", false)
			if token != "T" || life != 2*time.Hour {
				t.Errorf("token = %q for %v", token, life)
			}
			return err
		}, request{"POST", "/cgi-bin/stable_token", "", `{"grant_type":"client_credential","appid":"wx","secret":"s","force_refresh":false}`}},
		{"a customer", func() error {
			u, err := c.UserInfo(ctx, "T", "o")
			if !u.Subscribed || u.OpenID != "o" || u.SubscribedAt.Unix() != 1 || len(u.TagIDs) != 1 {
				t.Errorf("user = %+v", u)
			}
			return err
		}, request{"GET", "/cgi-bin/user/info", "access_token=T&lang=zh_CN&openid=o", ""}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if err := tc.call(); err != nil {
				t.Fatal(err)
			}
			if r := <-got; r != tc.want {
				t.Errorf("sent %+v\nwant %+v", r, tc.want)
			}
		})
	}
}

func TestWhatWeChatSaysOfATokenThatIsAskedForIsAboutTheSecret(t *testing.T) {
	for code, explain := range map[int]string{40001: "wechat.secret", 40125: "wechat.40125", 40164: "wechat.40164"} {
		_, _, err := answering(t, 200, fmt.Sprintf(`{"errcode":%d,"errmsg":"x"}`, code)).StableToken(t.Context(), "wx1", "s", false)
		if Classify(err) != Credentials || Explain(err) != explain {
			t.Errorf("%d: %v, %s", code, Classify(err), Explain(err))
		}
	}
	if err := answering(t, 200, `{"errcode":40001,"errmsg":"x"}`).SendText(t.Context(), "t", "o", "x"); Explain(err) != "wechat.40001" {
		t.Errorf("of a message: %s", Explain(err))
	}
}

func TestAFunctionThatIsNotGrantedShowsItself(t *testing.T) {
	for _, tc := range []struct {
		code    int
		granted bool
	}{{0, true}, {40003, true}, {40007, true}, {46003, true}, {48001, false}, {48004, false}, {61007, false}} {
		client := answering(t, 200, fmt.Sprintf(`{"errcode":%d,"errmsg":"x"}`, tc.code))
		for _, f := range Functions {
			if got := Granted(client.Try(t.Context(), "t", f)); got != tc.granted {
				t.Errorf("%s answered %d: granted %v", f, tc.code, got)
			}
		}
	}
}

func TestWhatWeChatSays(t *testing.T) {
	for _, tc := range []struct {
		name    string
		status  int
		body    string
		class   Class
		explain string
		rid, ip string
	}{
		{"yes", 200, `{"errcode":0,"errmsg":"ok"}`, Sent, "wechat.sent", "", ""},
		{"yes without errcode", 200, `{}`, Sent, "wechat.sent", "", ""},
		{"outside the window", 200, `{"errcode":45015,"errmsg":"response out of time limit or subscription is canceled rid: 5f7a-1b2c-3d"}`, WindowClosed, "wechat.45015", "5f7a-1b2c-3d", ""},
		{"our address is not allowed", 200, `{"errcode":40164,"errmsg":"invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9, not in whitelist rid: 5f-1"}`, Credentials, "wechat.40164", "5f-1", "203.0.113.9"},
		{"nor at the platform", 200, `{"errcode":61004,"errmsg":"access clientip is not registered requestIP: 203.0.113.9 rid: 1"}`, Credentials, "wechat.61004", "1", "203.0.113.9"},
		{"an address that is none", 200, `{"errcode":40164,"errmsg":"invalid ip ..."}`, Credentials, "wechat.40164", "", ""},
		{"a code nobody knows", 200, `{"errcode":99999,"errmsg":"?"}`, Permanent, "wechat.unknown", "", ""},
		{"an errcode under another status", 400, `{"errcode":45047,"errmsg":"x"}`, QuotaExhausted, "wechat.45047", "", ""},
		{"5xx", 502, "bad gateway " + secretToken, Uncertain, "wechat.uncertain", "", ""},
		{"5xx that looks like a yes", 500, `{"errcode":0}`, Uncertain, "wechat.uncertain", "", ""},
		{"a page", 200, "<html>" + secretToken, Uncertain, "wechat.uncertain", "", ""},
		{"nothing", 200, "", Uncertain, "wechat.uncertain", "", ""},
		{"a status that is not WeChat's", 404, `{}`, Uncertain, "wechat.uncertain", "", ""},
		{"too much", 200, `{"a":"` + strings.Repeat("x", maxAnswer) + `"}`, Uncertain, "wechat.uncertain", "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := answering(t, tc.status, tc.body).SendText(context.Background(), secretToken, "o", "x")
			if got := Classify(err); got != tc.class {
				t.Errorf("class = %v, want %v (%v)", got, tc.class, err)
			}
			if got := Explain(err); got != tc.explain {
				t.Errorf("explain = %q", got)
			}
			var api *APIError
			if errors.As(err, &api) && (api.RID != tc.rid || api.IP != tc.ip) {
				t.Errorf("rid = %q, ip = %q", api.RID, api.IP)
			}
			if strings.Contains(fmt.Sprint(err), secretToken) {
				t.Errorf("%v tells the token", err)
			}
		})
	}
}

func TestWhetherARequestMayHaveReachedWeChat(t *testing.T) {
	refused := func(t *testing.T) string { // an address where nobody listens
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		return "http://" + l.Addr().String()
	}
	hangUp := func(t *testing.T) string { // takes the request and hangs up
		s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			panic(http.ErrAbortHandler)
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
	elsewhere := func(t *testing.T) string {
		s := httptest.NewServer(http.RedirectHandler("http://127.0.0.1:1/", http.StatusTemporaryRedirect))
		t.Cleanup(s.Close)
		return s.URL
	}
	for _, tc := range []struct {
		name string
		base func(*testing.T) string
		want Class
	}{
		{"nobody listens: surely not", refused, NotTaken},
		{"no such host: surely not", func(*testing.T) string { return "http://wechat.invalid" }, NotTaken},
		{"no address at all: surely not", func(*testing.T) string { return "http://[::1" }, NotTaken},
		{"hung up after the request: nobody knows", hangUp, Uncertain},
		{"sent elsewhere: not followed, nobody knows", elsewhere, Uncertain},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := NewClient(tc.base(t), nil).SendText(context.Background(), secretToken, "o", "x")
			if got := Classify(err); got != tc.want {
				t.Errorf("class = %v, want %v (%v)", got, tc.want, err)
			}
			if strings.Contains(fmt.Sprintf("%v %+v", err, err), "SECRET") {
				t.Errorf("%v tells the token", err)
			}
		})
	}
	t.Run("given up while WeChat thinks: nobody knows", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan struct{})
		c := serving(t, func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			cancel()
			<-done
		})
		t.Cleanup(func() { close(done); cancel() }) // before the server waits for its handlers
		err := c.SendText(ctx, secretToken, "o", "x")
		if Classify(err) != Uncertain || !errors.Is(err, context.Canceled) {
			t.Errorf("class = %v (%v)", Classify(err), err)
		}
	})
	t.Run("given up before: surely not", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := answering(t, 200, "{}").SendText(ctx, secretToken, "o", "x"); Classify(err) != NotTaken {
			t.Errorf("class = %v (%v)", Classify(err), err)
		}
	})
	t.Run("a token that cannot be had: surely not, however it failed", func(t *testing.T) {
		_, _, err := NewClient(hangUp(t), nil).StableToken(context.Background(), "wx", "SECRET", false)
		if Classify(err) != NotTaken || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("class = %v (%v)", Classify(err), err)
		}
	})
	t.Run("40001 from the token endpoint: a wrong secret", func(t *testing.T) {
		_, _, err := answering(t, 200, `{"errcode":40001,"errmsg":"x"}`).StableToken(context.Background(), "wx", "s", false)
		if Classify(err) != Credentials || Code(err) != 40001 {
			t.Errorf("class = %v (%v)", Classify(err), err)
		}
	})
	t.Run("an empty token is none", func(t *testing.T) {
		if _, _, err := answering(t, 200, `{}`).StableToken(context.Background(), "wx", "s", false); Classify(err) != NotTaken {
			t.Errorf("class = %v (%v)", Classify(err), err)
		}
	})
}

func TestEveryKnownCodeHasAClass(t *testing.T) {
	want := map[Class][]int{
		Retry:          {-1, 45169, 268487001, 268487002},
		TokenRejected:  {40001, 40014, 42001, 42006},
		Credentials:    {40013, 40125, 40164, 40243, 42007, 45035, 48001, 48004, 61003, 61004, 61005, 61006, 61007, 61016, 61017, 61023, 89501, 89503, 89506, 89507},
		WindowClosed:   {45015},
		QuotaExhausted: {45047},
		RateLimited:    {45011},
		DailyQuota:     {45009},
		Unreachable:    {40003, 43004, 43019, 48002, 50002, 50005, 70000},
		Permanent: {40033, 40037, 40052, 40053, 40092, 40118, 40121, 40137, 40200, 41001, 43002, 43003, 43101, 44002, 44004, 45001, 45002, 45008, 45048, 45056, 45058, 45059,
			45072, 45080, 45081, 45157, 45158, 45159, 45171, 47001, 47003, 48006, 48008, 48017, 49003, 61009, 61010, 61011, 61014, 61500},
	}
	for _, r := range [][2]int{{40004, 40012}, {61450, 61457}, {65400, 65417}} {
		for c := r[0]; c <= r[1]; c++ {
			want[Permanent] = append(want[Permanent], c)
		}
	}
	listed := 0
	for class, cs := range want {
		listed += len(cs)
		for _, c := range cs {
			err := fmt.Errorf("sending: %w", &APIError{Code: c})
			if got := Classify(err); got != class {
				t.Errorf("%d is %v, want %v", c, got, class)
			}
			if got := Explain(err); got != fmt.Sprintf("wechat.%d", c) {
				t.Errorf("%d is explained by %q", c, got)
			}
		}
	}
	if got := Codes(); len(got) != listed || !slices.IsSorted(got) {
		t.Errorf("%d codes, %d of them tested", len(got), listed)
	}
}

func TestRetryAfter(t *testing.T) {
	noJitter := func() float64 { return 0 }
	evening := time.Date(2026, 11, 23, 15, 59, 0, 0, time.UTC) // 23:59 in Shanghai
	for _, tc := range []struct {
		class   Class
		attempt int
		wait    time.Duration
		again   bool
	}{
		{Sent, 1, 0, false}, {Permanent, 1, 0, false}, {Uncertain, 1, 0, false}, {WindowClosed, 1, 0, false}, {Credentials, 1, 0, false},
		{Retry, 0, time.Second, true}, {Retry, 1, time.Second, true}, {Retry, 2, 3 * time.Second, true}, {Retry, 3, 9 * time.Second, true}, {Retry, 4, 0, false},
		{NotTaken, 1, time.Second, true}, {NotTaken, 4, 27 * time.Second, true}, {NotTaken, 1 << 40, time.Minute, true},
		{RateLimited, 1, 5 * time.Second, true}, {RateLimited, 9, time.Minute, true},
		{DailyQuota, 1, 2 * time.Minute, true},
		{TokenRejected, 1, 0, true}, {TokenRejected, 3, 0, false},
	} {
		wait, again := RetryAfter(tc.class, tc.attempt, evening, noJitter)
		if wait != tc.wait || again != tc.again {
			t.Errorf("%v, attempt %d: %v, %v; want %v, %v", tc.class, tc.attempt, wait, again, tc.wait, tc.again)
		}
	}
	if wait, _ := RetryAfter(Retry, 2, evening, func() float64 { return 0.5 }); wait != 3375*time.Millisecond {
		t.Errorf("with half the jitter: %v", wait)
	}
}

func TestAnUploadThatFailedMayBeTriedAgain(t *testing.T) {
	for _, tc := range []struct {
		name   string
		status int
		body   string
		id     string
		class  Class
	}{
		{"taken", 200, `{"type":"image","media_id":"m","created_at":1}`, "m", Sent},
		{"a thumb, as older pages answer it", 200, `{"type":"thumb","thumb_media_id":"t","created_at":1}`, "t", Sent},
		{"too large", 200, `{"errcode":40009,"errmsg":"invalid image size"}`, "", Permanent},
		{"no whole answer", 200, `{"media_`, "", NotTaken},
		{"an answer that names nothing", 200, `{}`, "", NotTaken},
		{"the server failed", 502, "bad gateway", "", NotTaken},
	} {
		t.Run(tc.name, func(t *testing.T) {
			id, err := answering(t, tc.status, tc.body).Upload(context.Background(), secretToken, UploadImage, "a.jpg", "image/jpeg", strings.NewReader("x"))
			if id != tc.id || Classify(err) != tc.class {
				t.Errorf("%q, %v (%v)", id, Classify(err), err)
			}
			if err != nil && strings.Contains(err.Error(), secretToken) {
				t.Errorf("the token is in %q", err)
			}
		})
	}
}
