package simulator_test

import (
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"weir/internal/wechat"
	"weir/internal/wechat/simulator"
)

const (
	appid  = "wx4a14a2375e93cb7b"
	openid = "oyeC-wH2XKLJo94TOoBpnCeEAMeQ"
	secret = "0123456789abcdef0123456789abcdef"
	aesKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
)

// The two sides of the protocol were written apart, each from WeChat's pages. Here they meet.

func TestWeirReadsWhatTheSimulatorPushesAndTheSimulatorWhatWeirReplies(t *testing.T) {
	for _, mode := range []simulator.Mode{simulator.Plain, simulator.Compatible, simulator.Safe} {
		for _, format := range []simulator.Format{simulator.XML, simulator.JSON} {
			t.Run(string(mode)+" "+string(format), func(t *testing.T) {
				in := make(chan *wechat.Inbound, 1)
				desk := httptest.NewServer(weir(t, mode, in))
				defer desk.Close()
				sim, err := simulator.New(simulator.Config{Attempts: 1, Accounts: []simulator.Account{{AppID: appid, Secret: secret, Token: "pamtest",
					AESKey: aesKey, Mode: mode, Format: format, GhID: "gh_test", CallbackURL: desk.URL}}})
				if err != nil {
					t.Fatal(err)
				}
				if err := sim.Verify(t.Context(), appid); err != nil {
					t.Errorf("verify: %v", err)
				}
				for _, tc := range acts {
					answer, err := sim.Do(t.Context(), appid, openid, tc.act)
					if err != nil || !answer.Accepted() || answer.Reply == nil || answer.Reply.Content != "收到 <&>" {
						t.Fatalf("%s: %+v, %v", tc.act.Kind, answer, err)
					}
					if got := <-in; got.OpenID != openid || got.ToUser != "gh_test" || !tc.read(got) {
						t.Errorf("%s was read as %+v", tc.act.Kind, got)
					}
				}
			})
		}
	}
}

var acts = []struct {
	act  simulator.Act
	read func(*wechat.Inbound) bool
}{
	{simulator.Act{Kind: "text", Text: "你好 <&> ]]> \"x\"\n🙂"}, func(m *wechat.Inbound) bool {
		return m.MsgType == "text" && m.Content == "你好 <&> ]]> \"x\"\n🙂" && m.MsgID != ""
	}},
	{simulator.Act{Kind: "text", Text: "坏\v字"}, func(m *wechat.Inbound) bool { return m.Content == "坏字" }},
	{simulator.Act{Kind: "image"}, func(m *wechat.Inbound) bool { return m.MsgType == "image" && m.MediaID != "" && m.PicURL != "" }},
	{simulator.Act{Kind: "voice"}, func(m *wechat.Inbound) bool { return m.MsgType == "voice" && m.Format == "amr" }},
	{simulator.Act{Kind: "video"}, func(m *wechat.Inbound) bool { return m.MsgType == "video" && m.ThumbMediaID != "" }},
	{simulator.Act{Kind: "location", Lat: 39.93, Lng: 116.45, Text: "三里屯"}, func(m *wechat.Inbound) bool {
		return m.Latitude == 39.93 && m.Longitude == 116.45 && m.Label == "三里屯" && m.Scale == 15
	}},
	{simulator.Act{Kind: "link", Text: "票", Key: "https://a.test/?x=1&y=2"}, func(m *wechat.Inbound) bool { return m.URL == "https://a.test/?x=1&y=2" && m.Title == "票" }},
	{simulator.Act{Kind: "menu_tap", Text: "满意", Key: "101"}, func(m *wechat.Inbound) bool { return m.Content == "满意" && m.BizMsgMenuID == "101" }},
	{simulator.Act{Kind: "click", Key: "kf_other"}, func(m *wechat.Inbound) bool { return m.Event == "click" && m.EventKey == "kf_other" && m.MsgID == "" }},
	{simulator.Act{Kind: "scan", Scene: "shop7"}, func(m *wechat.Inbound) bool { return m.Event == "scan" && m.EventKey == "shop7" && m.Ticket != "" }},
	{simulator.Act{Kind: "message", Name: "hologram"}, func(m *wechat.Inbound) bool { return m.MsgType == "hologram" && m.MsgID != "" }},
	{simulator.Act{Kind: "event", Name: "sneeze"}, func(m *wechat.Inbound) bool { return m.Event == "sneeze" }},
	{simulator.Act{Kind: "unfollow"}, func(m *wechat.Inbound) bool { return m.Event == "unsubscribe" }},
	{simulator.Act{Kind: "follow", Scene: "shop7"}, func(m *wechat.Inbound) bool { return m.Event == "subscribe" && m.EventKey == "qrscene_shop7" }},
}

// weir is the least desk there can be: it reads with internal/wechat, and replies the same to everything.
func weir(t *testing.T, mode simulator.Mode, in chan<- *wechat.Inbound) http.Handler {
	t.Helper()
	m, err := wechat.ParseMode(string(mode))
	if err != nil {
		t.Fatal(err)
	}
	key, err := wechat.ParseKey(aesKey)
	if err != nil {
		t.Fatal(err)
	}
	account := wechat.Account{AppID: appid, Token: "pamtest", Key: key, Mode: m}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query := wechat.ParseQuery(r.URL.RawQuery)
		if r.Method == http.MethodGet {
			echo, err := account.VerifyURL(query)
			if err != nil {
				http.Error(w, err.Error(), http.StatusForbidden)
			}
			io.WriteString(w, echo)
			return
		}
		body, _ := io.ReadAll(r.Body)
		got, err := account.Open(query, body, time.Now())
		if err != nil {
			http.Error(w, err.Error(), http.StatusForbidden)
			return
		}
		reply, contentType, err := account.Seal(got, wechat.TextReply{Text: "收到 <&>"}, time.Now(), rand.Reader)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		in <- got
		w.Header().Set("Content-Type", contentType)
		w.Write(reply)
	})
}

func TestWeirsClientUnderstandsTheSimulator(t *testing.T) {
	sim, err := simulator.New(simulator.Config{Accounts: []simulator.Account{{AppID: appid, Secret: secret, Mode: simulator.Plain, CallbackURL: "http://127.0.0.1:1"}}, Attempts: 1})
	if err != nil {
		t.Fatal(err)
	}
	api := httptest.NewServer(sim.Handler())
	defer api.Close()
	client := wechat.NewClient(api.URL, http.DefaultClient)
	ctx := t.Context()
	token, life, err := client.StableToken(ctx, appid, secret, false)
	if err != nil || life != 2*time.Hour {
		t.Fatal(token, life, err)
	}
	if _, _, err := client.StableToken(ctx, appid, "wrong", false); wechat.Code(err) != 40125 {
		t.Errorf("wrong secret: %v", err)
	}
	sim.Text(ctx, appid, openid, "在吗")
	if err := client.Typing(ctx, token, openid, true); err != nil {
		t.Errorf("typing: %v", err)
	}
	if info, err := client.UserInfo(ctx, token, openid); err != nil {
		t.Errorf("user info: %+v, %v", info, err)
	}
	send := func() error { return client.SendText(ctx, token, openid, `<a href="https://a.test/?x&y">看</a>`) }
	for _, tc := range []struct {
		name   string
		faults simulator.Faults
		code   int
		sent   bool // a connection that died after the request went out: uncertain
	}{
		{"taken", simulator.Faults{}, 0, false},
		{"45015", simulator.Faults{SendCode: 45015}, 45015, false},
		{"45047", simulator.Faults{SendCode: 45047}, 45047, false},
		{"40001", simulator.Faults{RejectToken: 1}, 40001, false},
		{"busy", simulator.Faults{Busy: 1}, -1, false},
		{"cut", simulator.Faults{Cut: 1}, 0, true},
		{"late", simulator.Faults{Delay: time.Millisecond}, 0, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			sim.SetFaults(appid, tc.faults)
			err := send()
			var lost *wechat.TransportError
			if cut := errors.As(err, &lost) && lost.Sent; cut != tc.sent {
				t.Errorf("err = %v", err)
			}
			if !tc.sent && wechat.Code(err) != tc.code {
				t.Errorf("err = %v, want code %d", err, tc.code)
			}
		})
	}
	for _, e := range sim.Log() {
		if e.Escaped {
			t.Errorf("Weir wrote escaped JSON: %s", e.Raw)
		}
	}
}
