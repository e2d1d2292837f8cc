package simulator

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

const componentID = "wx9999999999999999"

// desk is a component's side of things, as little as there can be: it keeps what is pushed to it, and answers success.
type hub struct {
	*world
	component Component
	sealer    *sealer
	events    chan map[string]string
}

func newHub(t *testing.T, answer func(w http.ResponseWriter, document string)) *hub {
	t.Helper()
	h := &hub{component: Component{AppID: componentID, Secret: "componentsecret", Token: "componenttoken", AESKey: strings.Repeat("B", 43), Domain: "desk.test"}, events: make(chan map[string]string, 32)}
	var err error
	if h.sealer, err = newSealer(componentID, h.component.AESKey); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		document := h.open(t, r)
		if answer != nil && strings.HasPrefix(r.URL.Path, "/messages/") {
			answer(w, document)
			return
		}
		_, _ = io.WriteString(w, "success")
		if r.URL.Path == "/events" {
			h.events <- elements(t, document)
		}
	}))
	t.Cleanup(server.Close)
	h.component.EventURL, h.component.MessageURL = server.URL+"/events", server.URL+"/messages/$APPID$"
	h.world = newWorld(t, Safe, func(c *Config) { c.Component = &h.component }, nil)
	return h
}

// open reads a push by its signature, with a cipher that Weir's client has no part in.
func (h *hub) open(t *testing.T, r *http.Request) string {
	body, _ := io.ReadAll(r.Body)
	outer := elements(t, string(body))
	q := r.URL.Query()
	if want := Signature(h.component.Token, q.Get("timestamp"), q.Get("nonce"), outer["Encrypt"]); q.Get("msg_signature") != want || q.Get("encrypt_type") != "aes" {
		t.Errorf("a push is signed %q, and %q is right", q.Get("msg_signature"), want)
	}
	if events := r.URL.Path == "/events"; (outer["AppId"] == componentID) != events || (outer["ToUserName"] == "") != events {
		t.Errorf("the envelope to %s has %v", r.URL.Path, outer)
	}
	document, err := h.sealer.open(outer["Encrypt"])
	if err != nil {
		t.Error(err)
	}
	return string(document)
}

func elements(t *testing.T, document string) map[string]string {
	t.Helper()
	var all struct {
		Any []struct {
			XMLName xml.Name
			Text    string `xml:",chardata"`
		} `xml:",any"`
	}
	if err := xml.Unmarshal([]byte(document), &all); err != nil {
		t.Errorf("%s: %v", document, err)
	}
	out := map[string]string{}
	for _, e := range all.Any {
		out[e.XMLName.Local] = e.Text
	}
	return out
}

// event is the next push to the event URL.
func (h *hub) event(want string) map[string]string {
	h.t.Helper()
	select {
	case e := <-h.events:
		if e["InfoType"] != want || e["AppId"] != componentID || e["CreateTime"] == "" {
			h.t.Fatalf("the event is %v, want %s", e, want)
		}
		return e
	case <-time.After(10 * time.Second):
		h.t.Fatalf("no event %s came", want)
		return nil
	}
}

// asks calls one of the component's paths.
func (h *hub) asks(name, token string, body map[string]any) map[string]any {
	h.t.Helper()
	if body["component_appid"] == nil {
		body["component_appid"] = componentID
	}
	text, _ := json.Marshal(body)
	r, err := http.Post(h.api+"/cgi-bin/component/"+name+"?component_access_token="+url.QueryEscape(token), "application/json", strings.NewReader(string(text)))
	if err != nil {
		h.t.Fatal(err)
	}
	defer r.Body.Close()
	var out map[string]any
	if err := json.NewDecoder(r.Body).Decode(&out); err != nil {
		h.t.Fatal(err)
	}
	return out
}

// token is the component's own, by a new ticket.
func (h *hub) token() string {
	h.t.Helper()
	if a, err := h.PushTicket(h.t.Context()); err != nil || !a.Accepted() {
		h.t.Fatal(a, err)
	}
	ticket := h.event("component_verify_ticket")["ComponentVerifyTicket"]
	got := h.asks("api_component_token", "", map[string]any{"component_appsecret": "componentsecret", "component_verify_ticket": ticket})
	if got["component_access_token"] == nil || got["expires_in"] != 7200.0 {
		h.t.Fatal(got)
	}
	return got["component_access_token"].(string)
}

// authorises has the account's owner consent, and gives what api_query_auth says.
func (h *hub) authorises(token string, functions ...int) map[string]any {
	h.t.Helper()
	pre := h.asks("api_create_preauthcode", token, map[string]any{})["pre_auth_code"].(string)
	consent, err := h.Authorise(h.t.Context(), pre, appid, functions)
	if err != nil {
		h.t.Fatal(err)
	}
	return h.asks("api_query_auth", token, map[string]any{"authorization_code": consent.Code})["authorization_info"].(map[string]any)
}

func TestAnAccountIsAuthorisedUsedAndWithdrawn(t *testing.T) {
	h := newHub(t, nil)
	token := h.token()
	info := h.authorises(token, 1, 15)
	e := h.event("authorized")
	if info["authorizer_appid"] != appid || e["AuthorizerAppid"] != appid || e["PreAuthCode"] == "" || e["AuthorizationCode"] == "" || e["AuthorizationCodeExpiredTime"] == "" {
		t.Errorf("%v, and the event %v", info, e)
	}
	if got, _ := json.Marshal(info["func_info"]); string(got) != `[{"funcscope_category":{"id":1}},{"funcscope_category":{"id":15}}]` {
		t.Errorf("func_info is %s", got)
	}
	h.act(Act{Kind: ActText, Text: "你好"})
	if r := h.send(info["authorizer_access_token"].(string), `{"touser":"`+openid+`","msgtype":"text","text":{"content":"您好"}}`); r.Errcode != 0 {
		t.Errorf("with the account's token: %+v", r)
	}
	if got := h.asks("api_get_authorizer_info", token, map[string]any{"authorizer_appid": appid}); got["authorizer_info"].(map[string]any)["user_name"] != "gh_test" {
		t.Errorf("%v", got)
	}
	list := h.asks("api_get_authorizer_list", token, map[string]any{"offset": 0, "count": 500})
	if got := list["list"].([]any)[0].(map[string]any); list["total_count"] != 1.0 || got["refresh_token"] != info["authorizer_refresh_token"] || h.Refresh(appid) != got["refresh_token"] {
		t.Errorf("%v", list)
	}
	renewed := h.asks("api_authorizer_token", token, map[string]any{"authorizer_appid": appid, "authorizer_refresh_token": info["authorizer_refresh_token"]})
	if renewed["authorizer_refresh_token"] != info["authorizer_refresh_token"] || renewed["authorizer_access_token"] == info["authorizer_access_token"] {
		t.Errorf("%v", renewed)
	}
	if a, err := h.Unauthorise(t.Context(), appid); err != nil || !a.Accepted() {
		t.Fatal(a, err)
	}
	h.event("unauthorized")
	if r := h.send(renewed["authorizer_access_token"].(string), `{}`); r.Errcode != 40001 {
		t.Errorf("after that its token is answered %+v", r)
	}
	if got := h.asks("api_authorizer_token", token, map[string]any{"authorizer_appid": appid, "authorizer_refresh_token": info["authorizer_refresh_token"]}); got["errcode"] != 61003.0 {
		t.Errorf("and its refresh token %v", got)
	}
}

func TestAuthorisingAgainMakesAnotherRefreshToken(t *testing.T) {
	h := newHub(t, nil)
	token := h.token()
	first := h.authorises(token, 1)
	h.event("authorized")
	second := h.authorises(token, 1)
	h.event("updateauthorized")
	was := first["authorizer_refresh_token"]
	if got := h.asks("api_authorizer_token", token, map[string]any{"authorizer_appid": appid, "authorizer_refresh_token": was}); was == second["authorizer_refresh_token"] || got["errcode"] != 61023.0 {
		t.Errorf("the first refresh token is answered %v", got)
	}
}

func TestWhatAComponentIsRefused(t *testing.T) {
	h := newHub(t, nil)
	token := h.token()
	info := h.authorises(token, 15)
	h.event("authorized")
	ticket := func(ticket, secret string) map[string]any {
		return h.asks("api_component_token", "", map[string]any{"component_appsecret": secret, "component_verify_ticket": ticket})
	}
	for _, tc := range []struct {
		name string
		got  map[string]any
		code float64
	}{
		{"a wrong secret", ticket("x", "wrong"), 40125},
		{"a wrong ticket", ticket("x", "componentsecret"), 61006},
		{"another component", h.asks("api_create_preauthcode", token, map[string]any{"component_appid": "wx1"}), 61011},
		{"no token", h.asks("api_create_preauthcode", "", map[string]any{}), 41001},
		{"a made-up token", h.asks("api_create_preauthcode", "99_x", map[string]any{}), 40001},
		{"an account's token", h.asks("api_create_preauthcode", info["authorizer_access_token"].(string), map[string]any{}), 61014},
		{"an unknown code", h.asks("api_query_auth", token, map[string]any{"authorization_code": "x"}), 61009},
		{"an account that is not authorised", h.asks("api_authorizer_token", token, map[string]any{"authorizer_appid": "wx1", "authorizer_refresh_token": "x"}), 61003},
		{"an empty refresh token", h.asks("api_authorizer_token", token, map[string]any{"authorizer_appid": appid}), 61023},
		{"a list of too many", h.asks("api_get_authorizer_list", token, map[string]any{"offset": 0, "count": 501}), 47001},
	} {
		if tc.got["errcode"] != tc.code {
			t.Errorf("%s is answered %v, want %v", tc.name, tc.got, tc.code)
		}
	}
	h.act(Act{Kind: ActText, Text: "你好"})
	if r := h.send(info["authorizer_access_token"].(string), `{"touser":"`+openid+`","msgtype":"text","text":{"content":"您好"}}`); r.Errcode != 61007 {
		t.Errorf("a message without the permission is answered %+v", r)
	}
	pre := h.asks("api_create_preauthcode", token, map[string]any{})["pre_auth_code"].(string)
	consent, err := h.Authorise(t.Context(), pre, appid, []int{1})
	if err != nil {
		t.Fatal(err)
	}
	h.event("updateauthorized")
	if _, err := h.Authorise(t.Context(), pre, appid, []int{1}); err == nil {
		t.Error("a pre_auth_code was taken twice")
	}
	h.clock.add(authCodeLife)
	if got := h.asks("api_query_auth", token, map[string]any{"authorization_code": consent.Code}); got["errcode"] != 61010.0 {
		t.Errorf("a code after its end is answered %v", got)
	}
	h.clock.add(tokenLife)
	if got := h.asks("api_create_preauthcode", token, map[string]any{}); got["errcode"] != 42006.0 {
		t.Errorf("a token after its end is answered %v", got)
	}
	h.clock.add(ticketLife)
	if got := ticket(h.became().Ticket, "componentsecret"); got["errcode"] != 61005.0 {
		t.Errorf("a ticket after its end is answered %v", got)
	}
}

// became is what became of the component.
func (h *hub) became() (c component) {
	_ = h.withComponent(func(known *component) error { c = *known; return nil })
	return c
}

func TestMessagesOfAnAuthorisedAccountTravelByTheComponent(t *testing.T) {
	documents := make(chan string, 4)
	var h *hub
	h = newHub(t, func(w http.ResponseWriter, document string) {
		documents <- document
		_, _ = io.WriteString(w, h.sealed("<xml><ToUserName>"+openid+"</ToUserName><FromUserName>gh_test</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>收到</Content></xml>"))
	})
	h.act(Act{Kind: ActText, Text: "以前"})
	if n := len(h.pushes()); n != 1 {
		t.Fatalf("%d pushes to the account's own URL before it was authorised", n)
	}
	h.authorises(h.token(), 1)
	a := h.act(Act{Kind: ActText, Text: "现在"})
	if got := elements(t, <-documents); got["Content"] != "现在" || got["ToUserName"] != "gh_test" || got["FromUserName"] != openid {
		t.Errorf("the component was pushed %v", got)
	}
	if a.Reply == nil || a.Reply.Content != "收到" || len(h.pushes()) != 1 {
		t.Errorf("%+v, and %d pushes to the account's own URL", a, len(h.pushes()))
	}
}

// sealed is a reply as the desk makes it.
func (h *hub) sealed(document string) string {
	encrypted := h.sealer.seal([randomSize]byte{1}, []byte(document))
	return "<xml><Encrypt>" + encrypted + "</Encrypt><MsgSignature>" + Signature(h.component.Token, "1", "n", encrypted) + "</MsgSignature><TimeStamp>1</TimeStamp><Nonce>n</Nonce></xml>"
}

func TestTheReleaseTestFindsADeskThatDoesWrong(t *testing.T) {
	reply := func(h *hub, text string) string {
		return h.sealed("<xml><ToUserName>ozy4qt1eDxSxzCr0aNT0mXCWfrDE</ToUserName><FromUserName>" + releaseGhID + "</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>" + text + "</Content></xml>")
	}
	for _, tc := range []struct {
		name, event, empty, suffix string
		want                       string // of the error; "": it passes
	}{
		{"one that does right", "LOCATIONfrom_callback", "", "_from_api", ""},
		{"one that lowers the event's capitals", "locationfrom_callback", "", "_from_api", "want \"LOCATIONfrom_callback\""},
		{"one that says success to the code", "LOCATIONfrom_callback", "success", "_from_api", "answered \"success\""},
		{"one that sends nothing afterwards", "LOCATIONfrom_callback", "", "_wrong", "no reply"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var h *hub
			var token string
			var after sync.WaitGroup
			h = newHub(t, func(w http.ResponseWriter, document string) {
				m := elements(t, document)
				code, query := strings.CutPrefix(m["Content"], "QUERY_AUTH_CODE:")
				switch {
				case query:
					_, _ = io.WriteString(w, tc.empty)
					after.Go(func() {
						info, _ := h.asks("api_query_auth", token, map[string]any{"authorization_code": code})["authorization_info"].(map[string]any)
						if info != nil {
							_, _ = h.call("POST", "/cgi-bin/message/custom/send?access_token="+info["authorizer_access_token"].(string),
								`{"touser":"`+m["FromUserName"]+`","msgtype":"text","text":{"content":"`+code+tc.suffix+`"}}`)
						}
					})
				case m["Event"] != "":
					_, _ = io.WriteString(w, reply(h, tc.event))
				default:
					_, _ = io.WriteString(w, reply(h, m["Content"]+"_callback"))
				}
			})
			token = h.token()
			patience := 20 * time.Second
			if tc.want == "no reply" {
				patience = time.Second
			}
			ctx, stop := context.WithTimeout(t.Context(), patience)
			defer stop()
			err := h.ReleaseTest(ctx)
			after.Wait()
			if (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) {
				t.Errorf("err = %v, want %q", err, tc.want)
			}
		})
	}
}

func TestTheConsentPageOpensByALinkOfTheRegisteredDomainOnly(t *testing.T) {
	h := newHub(t, nil)
	pre := h.asks("api_create_preauthcode", h.token(), map[string]any{})["pre_auth_code"].(string)
	back := "https://desk.test/settings/accounts/authorised?state=s"
	get := func(path, referer, back string) (int, string, http.Header) {
		r, _ := http.NewRequestWithContext(t.Context(), "GET", h.api+path+"?"+url.Values{"component_appid": {componentID}, "pre_auth_code": {pre}, "redirect_uri": {back}}.Encode(), nil)
		r.Header.Set("Referer", referer)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		b, _ := io.ReadAll(answer.Body)
		return answer.StatusCode, string(b), answer.Header
	}
	for _, tc := range []struct {
		name, referer, back string
		status              int
	}{
		{"by a link of the domain", "https://desk.test/", back, 200},
		{"by an address that was pasted", "", back, 403},
		{"by a link of another site", "https://evil.test/", back, 403},
		{"back to another site", "https://desk.test/", "https://evil.test/", 403},
	} {
		for _, path := range []string{"/cgi-bin/componentloginpage", "/wxaopen/safe/bindcomponent"} {
			status, body, head := get(path, tc.referer, tc.back)
			if status != tc.status || strings.Contains(body, pre) != (status == 200) {
				t.Errorf("%s, %s: %d", tc.name, path, status)
			}
			if policy := head.Get("Content-Security-Policy"); strings.Contains(policy, "https://desk.test") != (status == 200) {
				t.Errorf("%s: the policy is %s", tc.name, policy)
			}
		}
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := client.PostForm(h.api+"/cgi-bin/componentloginpage", url.Values{"component_appid": {componentID}, "pre_auth_code": {pre}, "redirect_uri": {back}, "appid": {appid}, "function": {"1", "15", "999"}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	to, err := url.Parse(r.Header.Get("Location"))
	if err != nil || r.StatusCode != http.StatusSeeOther || to.Host != "desk.test" || to.Query().Get("state") != "s" || to.Query().Get("auth_code") == "" || to.Query().Get("expires_in") != "600" {
		t.Errorf("consent is answered %d %s", r.StatusCode, to)
	}
	if got := h.became().Bound[appid].Functions; !slices.Equal(got, []int{1, 15}) {
		t.Errorf("it is authorised to %v", got)
	}
}

func TestTicketsComeAgainWhenTheyAreAskedFor(t *testing.T) {
	h := newHub(t, nil)
	if err := h.StopTickets(); err != nil {
		t.Fatal(err)
	}
	if got := h.asks("api_start_push_ticket", "", map[string]any{"component_secret": "componentsecret"}); got["errcode"] != 0.0 {
		t.Fatal(got)
	}
	h.event("component_verify_ticket")
}

func TestARestartKeepsWhatIsAuthorisedAndNoSecret(t *testing.T) {
	h := newHub(t, nil)
	h.authorises(h.token(), 1)
	var file strings.Builder
	if err := h.Save(&file); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(file.String(), "componentsecret") || strings.Contains(file.String(), h.component.AESKey) {
		t.Error("the file has the component's secrets")
	}
	again, err := New(Config{Accounts: h.config.Accounts, Component: &h.component})
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Load(strings.NewReader(file.String())); err != nil {
		t.Fatal(err)
	}
	if got := again.Refresh(appid); got == "" || got != h.Refresh(appid) {
		t.Errorf("the refresh token is %q", got)
	}
}
