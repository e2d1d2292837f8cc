package wechat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

const componentID = "wx134c8103faa5a59e"

// platform is the component of the official vector, and a push to it.
func platform(t *testing.T, tail, document string, at time.Time) (*Account, Query, []byte) {
	t.Helper()
	key, err := ParseKey(strings.Repeat("A", keyChars))
	if err != nil {
		t.Fatal(err)
	}
	a := &Account{AppID: componentID, Token: "AAAAA", Key: key, Mode: Safe}
	sealed, err := key.Encrypt(nil, []byte(document), tail, nil)
	if err != nil {
		t.Fatal(err)
	}
	stamp := fmt.Sprint(at.Unix())
	body := "<xml><AppId><![CDATA[" + tail + "]]></AppId><Encrypt><![CDATA[" + string(sealed) + "]]></Encrypt></xml>"
	return a, Query{Timestamp: stamp, Nonce: "n", EncryptType: "aes", MsgSignature: Sign("AAAAA", stamp, "n", string(sealed))}, []byte(body)
}

func about(component, info, rest string) string {
	return "<xml><AppId><![CDATA[" + component + "]]></AppId><CreateTime>1413192605</CreateTime><InfoType><![CDATA[" + info + "]]></InfoType>" + rest + "</xml>"
}

func TestWhatWeChatPushesToAComponent(t *testing.T) {
	now := time.Unix(1715943329, 0)
	authorised := `<AuthorizerAppid>wx1</AuthorizerAppid><AuthorizationCode>code</AuthorizationCode><AuthorizationCodeExpiredTime>600</AuthorizationCodeExpiredTime><PreAuthCode>pre</PreAuthCode>`
	at := time.Unix(1413192605, 0).UTC()
	for _, tc := range []struct {
		name, tail, document string
		want                 ComponentEvent
		refused              Reason
	}{
		{"a ticket", componentID, about(componentID, "component_verify_ticket", "<ComponentVerifyTicket><![CDATA[ticket@@@x]]></ComponentVerifyTicket>"),
			ComponentEvent{InfoType: InfoTicket, CreatedAt: at, Ticket: "ticket@@@x"}, 0},
		{"an authorisation", componentID, about(componentID, "authorized", authorised), ComponentEvent{InfoType: InfoAuthorized, CreatedAt: at, Authorizer: "wx1", Code: "code", PreAuthCode: "pre"}, 0},
		{"a change of it", componentID, about(componentID, "updateauthorized", authorised), ComponentEvent{InfoType: InfoUpdated, CreatedAt: at, Authorizer: "wx1", Code: "code", PreAuthCode: "pre"}, 0},
		{"its end", componentID, about(componentID, "unauthorized", "<AuthorizerAppid>wx1</AuthorizerAppid>"), ComponentEvent{InfoType: InfoUnauthorized, CreatedAt: at, Authorizer: "wx1"}, 0},
		{"one that nobody has heard of", componentID, about(componentID, "notify_x", "<X>1</X>"), ComponentEvent{InfoType: "notify_x", CreatedAt: at}, 0},
		{"of a doubled field the first counts", componentID, about(componentID, "unauthorized", "<AuthorizerAppid>wx1</AuthorizerAppid><AuthorizerAppid>wx2</AuthorizerAppid>"),
			ComponentEvent{InfoType: InfoUnauthorized, CreatedAt: at, Authorizer: "wx1"}, 0},
		{"encrypted for another component", "wx2", about("wx2", "unauthorized", ""), ComponentEvent{}, Foreign},
		{"about another component", componentID, about("wx2", "unauthorized", ""), ComponentEvent{}, Foreign},
		{"a customer's message", componentID, "<xml><FromUserName>o</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType></xml>", ComponentEvent{}, Foreign},
		{"without a kind", componentID, about(componentID, "", ""), ComponentEvent{}, Malformed},
		{"with a document type", componentID, "<!DOCTYPE x>" + about(componentID, "unauthorized", ""), ComponentEvent{}, Malformed},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a, q, body := platform(t, tc.tail, tc.document, now)
			got, err := a.OpenEvent(q, body, now)
			var bad *CallbackError
			switch {
			case tc.refused == 0 && (err != nil || *got != tc.want):
				t.Errorf("%+v, %v; want %+v", got, err, tc.want)
			case tc.refused != 0 && (!errors.As(err, &bad) || bad.Reason != tc.refused):
				t.Errorf("err = %v, want %s", err, tc.refused)
			}
		})
	}
}

func TestAComponentHearsNothingUnencryptedOrForged(t *testing.T) {
	now := time.Unix(1715943329, 0)
	document := about(componentID, "unauthorized", "<AuthorizerAppid>wx1</AuthorizerAppid>")
	a, q, body := platform(t, componentID, document, now)
	readable := q
	readable.EncryptType, readable.Signature = "", Sign("AAAAA", q.Timestamp, q.Nonce)
	forged := q
	forged.MsgSignature = strings.Repeat("0", 40)
	for _, tc := range []struct {
		name string
		q    Query
		body []byte
		now  time.Time
		want Reason
	}{
		{"readable", readable, []byte(document), now, Unencrypted},
		{"with another signature", forged, body, now, BadSignature},
		{"an hour later", q, body, now.Add(time.Hour), Stale},
		{"of two megabytes", q, make([]byte, 2*MaxBody), now, TooLarge},
	} {
		var bad *CallbackError
		if _, err := a.OpenEvent(tc.q, tc.body, tc.now); !errors.As(err, &bad) || bad.Reason != tc.want {
			t.Errorf("%s: %v, want %s", tc.name, err, tc.want)
		}
	}
}

func TestTheComponentCallsAsWeChatWantsThem(t *testing.T) {
	type request struct{ path, query, body string }
	var got request
	answer := ""
	c := serving(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got = request{r.URL.Path, r.URL.RawQuery, strings.TrimSpace(string(b))}
		_, _ = io.WriteString(w, answer)
	})
	ctx, both := context.Background(), "access_token=CT&component_access_token=CT"
	for _, tc := range []struct {
		name, answer string
		call         func() (any, error)
		want         request
		gives        string
	}{
		{"the component's token", `{"component_access_token":"CT","expires_in":7200}`, func() (any, error) { t, l, err := c.ComponentToken(ctx, "wxc", "s", "ticket"); return []any{t, l}, err },
			request{"/cgi-bin/component/api_component_token", "", `{"component_appid":"wxc","component_appsecret":"s","component_verify_ticket":"ticket"}`}, "[CT 2h0m0s]"},
		{"tickets, please", `{"errcode":0,"errmsg":"ok"}`, func() (any, error) { return nil, c.StartPushTicket(ctx, "wxc", "s") },
			request{"/cgi-bin/component/api_start_push_ticket", "", `{"component_appid":"wxc","component_secret":"s"}`}, "<nil>"},
		{"a pre-auth code", `{"pre_auth_code":"P","expires_in":1800}`, func() (any, error) { p, l, err := c.PreAuthCode(ctx, "CT", "wxc"); return []any{p, l}, err },
			request{"/cgi-bin/component/api_create_preauthcode", both, `{"component_appid":"wxc"}`}, "[P 30m0s]"},
		{"what was authorised", `{"authorization_info":{"authorizer_appid":"wx1","authorizer_access_token":"T","expires_in":7200,"authorizer_refresh_token":"R","func_info":[{"funcscope_category":{"id":1}},{"funcscope_category":{"id":15}}]}}`,
			func() (any, error) { return c.QueryAuth(ctx, "CT", "wxc", "code") },
			request{"/cgi-bin/component/api_query_auth", both, `{"component_appid":"wxc","authorization_code":"code"}`}, "{wx1 T 2h0m0s R [1 15]}"},
		{"an account's token", `{"authorizer_access_token":"T","expires_in":7200,"authorizer_refresh_token":"R2"}`, func() (any, error) {
			a, l, r, err := c.AuthorizerToken(ctx, "CT", "wxc", "wx1", "R")
			return []any{a, l, r}, err
		}, request{"/cgi-bin/component/api_authorizer_token", both, `{"component_appid":"wxc","authorizer_appid":"wx1","authorizer_refresh_token":"R"}`}, "[T 2h0m0s R2]"},
		{"an account's token without a refresh token", `{"authorizer_access_token":"T","expires_in":7200}`, func() (any, error) {
			_, _, r, err := c.AuthorizerToken(ctx, "CT", "wxc", "wx1", "R")
			return r, err
		}, request{"/cgi-bin/component/api_authorizer_token", both, `{"component_appid":"wxc","authorizer_appid":"wx1","authorizer_refresh_token":"R"}`}, "R"},
		{"an account", `{"authorizer_info":{"nick_name":"网鱼","user_name":"gh_1","principal_name":"网鱼公司"},"authorization_info":{"func_info":[{"funcscope_category":{"id":1}}]}}`,
			func() (any, error) { return c.Authorizer(ctx, "CT", "wxc", "wx1") },
			request{"/cgi-bin/component/api_get_authorizer_info", both, `{"component_appid":"wxc","authorizer_appid":"wx1"}`}, "{网鱼 gh_1 网鱼公司 [1]}"},
		{"all accounts", `{"total_count":3,"list":[{"authorizer_appid":"wx1","refresh_token":"R","auth_time":1}]}`, func() (any, error) {
			l, n, err := c.AuthorizerList(ctx, "CT", "wxc", 500)
			return []any{l, n}, err
		}, request{"/cgi-bin/component/api_get_authorizer_list", both, `{"component_appid":"wxc","offset":500,"count":500}`}, "[[{wx1 R}] 3]"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			answer = tc.answer
			gave, err := tc.call()
			if err != nil || got != tc.want || fmt.Sprint(gave) != tc.gives {
				t.Errorf("sent %+v and got %v, %v", got, gave, err)
			}
			answer = `{"errcode":61023,"errmsg":"refresh_token is invalid"}`
			if gave, err := tc.call(); Code(err) != 61023 || strings.Contains(fmt.Sprint(gave), "R") {
				t.Errorf("a refusal gave %v, %v", gave, err)
			}
			answer = `{}`
			if _, err := tc.call(); err == nil && tc.want.query != "" && !strings.HasPrefix(tc.name, "all") && !strings.HasPrefix(tc.name, "an account") {
				t.Error("an answer without anything in it was taken")
			}
		})
	}
}

func TestAnAnswerWithoutATokenIsNoAnswer(t *testing.T) {
	c := answering(t, http.StatusOK, `{"authorizer_access_token":"","authorizer_refresh_token":"","expires_in":7200}`)
	if _, _, refresh, err := c.AuthorizerToken(context.Background(), "CT", "wxc", "wx1", "R"); err == nil || refresh != "" {
		t.Errorf("%q, %v", refresh, err)
	}
}

func TestTheLoginPageIsWeChatsOrTheSimulators(t *testing.T) {
	for base, want := range map[string][2]string{
		"":                                {"https://mp.weixin.qq.com/cgi-bin/componentloginpage", "https://open.weixin.qq.com/wxaopen/safe/bindcomponent"},
		"https://sh.api.weixin.qq.com":    {"https://mp.weixin.qq.com/cgi-bin/componentloginpage", "https://open.weixin.qq.com/wxaopen/safe/bindcomponent"},
		"http://127.0.0.1:8081/":          {"http://127.0.0.1:8081/cgi-bin/componentloginpage", "http://127.0.0.1:8081/wxaopen/safe/bindcomponent"},
		"https://notweixin.qq.com.a.test": {"https://notweixin.qq.com.a.test/cgi-bin/componentloginpage", "https://notweixin.qq.com.a.test/wxaopen/safe/bindcomponent"},
	} {
		c, back := NewClient(base, nil), "https://desk.example.com/a?state=x&y=1"
		for i, address := range []string{c.LoginURL("wxc", "pre@@@1", back), c.MobileLoginURL("wxc", "pre@@@1", back)} {
			u, err := url.Parse(address)
			if err != nil {
				t.Fatal(err)
			}
			q := u.Query()
			if !strings.HasPrefix(address, want[i]+"?") || q.Get("redirect_uri") != back || q.Get("pre_auth_code") != "pre@@@1" || q.Get("component_appid") != "wxc" || q.Get("auth_type") != "1" {
				t.Errorf("%q: %s", base, address)
			}
			if mobile := u.Fragment == "wechat_redirect" && q.Get("no_scan") == "1"; mobile != (i == 1) {
				t.Errorf("%q: %s", base, address)
			}
		}
	}
}

func TestTheReleaseTestIsToldByAppIDAndGhID(t *testing.T) {
	const appid, gh = "wx570bc396a51b8ff8", "gh_3c884a361561"
	text := func(to, content string) *Inbound { return &Inbound{ToUser: to, MsgType: MsgText, Content: content} }
	event, err := parse("<xml><ToUserName>" + gh + "</ToUserName><FromUserName>o</FromUserName><CreateTime>1</CreateTime><MsgType>event</MsgType><Event>LOCATION</Event></xml>")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, appid string
		in          *Inbound
		reply, code string
		test        bool
	}{
		{"a text", appid, text(gh, "TESTCOMPONENT_MSG_TYPE_TEXT"), "TESTCOMPONENT_MSG_TYPE_TEXT_callback", "", true},
		{"a code", appid, text(gh, "QUERY_AUTH_CODE:a:b"), "", "a:b", true},
		{"an event, in its own capitals", appid, event, "LOCATIONfrom_callback", "", true},
		{"another text of theirs", appid, text(gh, "hello"), "", "", true},
		{"with another account's gh_ id", appid, text("gh_c0f28a78b318", "TESTCOMPONENT_MSG_TYPE_TEXT"), "", "", false},
		{"from an account that is not WeChat's", "wx1", text(gh, "TESTCOMPONENT_MSG_TYPE_TEXT"), "", "", false},
		{"from nobody", "", text("", "TESTCOMPONENT_MSG_TYPE_TEXT"), "", "", false},
	} {
		reply, code, test := ReleaseTest(tc.appid, tc.in)
		if reply != tc.reply || code != tc.code || test != tc.test {
			t.Errorf("%s: %q, %q, %v", tc.name, reply, code, test)
		}
	}
}

func TestAComponentsTokenHasItsOwnKeyAndIsRenewedAfterOneHourFifty(t *testing.T) {
	rdb := openRedis(t, 4)
	var asked []string
	source := func(_ context.Context, component string, _ bool) (string, time.Duration, error) {
		asked = append(asked, component)
		return fmt.Sprint("CT", len(asked)), 2 * time.Hour, nil
	}
	tokens := NewComponentTokens(rdb, source, "")
	now := time.Now()
	tokens.now = func() time.Time { return now }
	for _, tc := range []struct {
		after time.Duration
		want  string
	}{{0, "CT1"}, {110*time.Minute - time.Second, "CT1"}, {110 * time.Minute, "CT2"}} {
		if now = now.Add(tc.after); tc.after >= 110*time.Minute {
			rdb.Del(context.Background(), "component:wxc") // Redis has a clock of its own
		}
		got, err := tokens.Token(context.Background(), "wxc")
		if err != nil || got != tc.want {
			t.Errorf("after %v: %q, %v", tc.after, got, err)
		}
		now = now.Add(-tc.after)
	}
	if v := rdb.Get(context.Background(), "component:wxc").Val(); v != "CT2" || !slices.Equal(asked, []string{"wxc", "wxc"}) {
		t.Errorf("in Redis %q, asked for %v", v, asked)
	}
}
