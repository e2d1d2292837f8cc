package simulator

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	ticketEvery  = 10 * time.Minute
	ticketLife   = 12 * time.Hour
	preAuthLife  = 30 * time.Minute
	authCodeLife = 10 * time.Minute
	maxCodes     = 200
	maxListed    = 500 // of api_get_authorizer_list
)

// Component is a third-party platform (第三方平台) as its owner registered it at open.weixin.qq.com.
type Component struct {
	AppID      string `json:"appid"`
	Secret     string `json:"secret,omitempty"`
	Token      string `json:"token,omitempty"`
	AESKey     string `json:"aes_key,omitempty"`
	EventURL   string `json:"event_url"`   // 授权事件接收 URL
	MessageURL string `json:"message_url"` // 消息与事件接收 URL; $APPID$ in it stands for the account
	Domain     string `json:"domain"`      // 授权发起页域名, with a port where it has one: authorising begins and ends there. Empty: anywhere
}

// component is a Component and what became of it. Its fields are what outlives the process.
type component struct {
	Component
	signer *Signer

	Ticket   string
	TicketAt time.Time
	Current  token
	Old      []token
	PreAuths map[string]time.Time // code to its end
	Codes    map[string]authCode
	Bound    map[string]binding // by appid
	Pushing  bool               // tickets are pushed
}

// authCode is what an authorisation ends with; api_query_auth takes it once.
type authCode struct {
	AppID string
	Until time.Time
}

// binding is an account's authorisation.
type binding struct {
	Refresh   string
	Functions []int
	At        time.Time
}

// Consent is what became of an owner's consent.
type Consent struct {
	Code      string
	ExpiresIn time.Duration
}

// PutComponent makes the installation's component, or changes it: what was authorised stays.
func (s *Simulator) PutComponent(c Component) error {
	signer, err := NewSigner(Account{AppID: c.AppID, Token: c.Token, AESKey: c.AESKey, Mode: Safe})
	if err != nil {
		return fmt.Errorf("component %s: %w", c.AppID, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.component == nil || s.component.AppID != c.AppID {
		s.component = &component{PreAuths: map[string]time.Time{}, Codes: map[string]authCode{}, Bound: map[string]binding{}, Pushing: true}
	}
	s.component.Component, s.component.signer = c, signer
	s.ring()
	return nil
}

// PushTicket makes a new ticket and pushes it, as WeChat does every ten minutes.
func (s *Simulator) PushTicket(ctx context.Context) (Answer, error) {
	var ticket string
	err := s.withComponent(func(c *component) error {
		ticket = "ticket@@@" + random(48)
		c.Ticket, c.TicketAt = ticket, s.config.Now()
		return nil
	})
	if err != nil {
		return Answer{}, err
	}
	return s.pushEvent(ctx, "component_verify_ticket", Field{Name: "ComponentVerifyTicket", Text: ticket})
}

// Tickets pushes a ticket now and every ten minutes, until the context ends.
func (s *Simulator) Tickets(ctx context.Context) {
	for {
		var pushing bool
		_ = s.withComponent(func(c *component) error { pushing = c.Pushing; return nil })
		if pushing {
			_, _ = s.PushTicket(ctx) // the log tells what became of it
		}
		if !pause(ctx, ticketEvery) {
			return
		}
	}
}

// StopTickets has no further ticket pushed until the component asks for them.
func (s *Simulator) StopTickets() error {
	return s.withComponent(func(c *component) error { c.Pushing = false; return nil })
}

// Authorise is the owner of an account consenting on the page that preAuthCode opened. The event goes out beside it, as to a person who
// closes the window before it comes back.
func (s *Simulator) Authorise(ctx context.Context, preAuthCode, appid string, functions []int) (Consent, error) {
	out := Consent{Code: "queryauthcode@@@" + random(30), ExpiresIn: authCodeLife}
	info := "authorized"
	err := s.withComponent(func(c *component) error {
		now := s.config.Now()
		until, known := c.PreAuths[preAuthCode]
		switch {
		case !known || !now.Before(until):
			return fmt.Errorf("%w: the pre_auth_code is not known or over", ErrBadAct)
		case s.account(appid) == nil:
			return fmt.Errorf("%w: %q", ErrNoAccount, appid)
		}
		delete(c.PreAuths, preAuthCode)
		if _, again := c.Bound[appid]; again {
			info = "updateauthorized"
		}
		c.bind(appid, functions, now)
		c.Codes[out.Code] = authCode{appid, now.Add(authCodeLife)}
		trim(c.Codes, func(a authCode) time.Time { return a.Until })
		return nil
	})
	if err != nil {
		return Consent{}, err
	}
	go func() {
		_, _ = s.pushEvent(context.WithoutCancel(ctx), info, Field{Name: "AuthorizerAppid", Text: appid}, Field{Name: "AuthorizationCode", Text: out.Code},
			Field{Name: "AuthorizationCodeExpiredTime", Text: strconv.FormatInt(s.config.Now().Add(authCodeLife).Unix(), 10), Number: true},
			Field{Name: "PreAuthCode", Text: preAuthCode})
	}()
	return out, nil
}

// Unauthorise is the owner of an account withdrawing the authorisation in WeChat's console: its tokens die, and its messages stay away.
func (s *Simulator) Unauthorise(ctx context.Context, appid string) (Answer, error) {
	err := s.withComponent(func(c *component) error {
		if _, bound := c.Bound[appid]; !bound {
			return fmt.Errorf("%w: account %q is not authorised", ErrBadAct, appid)
		}
		delete(c.Bound, appid)
		if a := s.account(appid); a != nil {
			a.tokens.replaceAuthorized(token{})
		}
		return nil
	})
	if err != nil {
		return Answer{}, err
	}
	return s.pushEvent(ctx, "unauthorized", Field{Name: "AuthorizerAppid", Text: appid})
}

// Refresh is an account's refresh token as WeChat has it; "": it is not authorised.
func (s *Simulator) Refresh(appid string) (refresh string) {
	_ = s.withComponent(func(c *component) error { refresh = c.Bound[appid].Refresh; return nil })
	return refresh
}

// bind authorises an account. Doing it again makes another refresh token, and the one before is good no more.
func (c *component) bind(appid string, functions []int, now time.Time) {
	c.Bound[appid] = binding{Refresh: "refreshtoken@@@" + random(30), Functions: slices.Clone(functions), At: now}
}

// pushEvent posts to the component's event URL until it is answered "success", three times at most.
func (s *Simulator) pushEvent(ctx context.Context, info string, fields ...Field) (Answer, error) {
	var c Component
	var cb Callback
	err := s.withComponent(func(known *component) error {
		c = known.Component
		now := s.config.Now()
		document := appendDocument(nil, XML, append([]Field{{Name: "AppId", Text: c.AppID}, {Name: "CreateTime", Text: strconv.FormatInt(now.Unix(), 10), Number: true},
			{Name: "InfoType", Text: info}}, fields...))
		known.signer.seal(&cb, document)
		cb.Body = fmt.Appendf(nil, "<xml><AppId><![CDATA[%s]]></AppId><Encrypt><![CDATA[%s]]></Encrypt></xml>", c.AppID, cb.sealed)
		known.signer.address(&cb, "", now)
		return nil
	})
	if err != nil {
		return Answer{}, err
	}
	var a Answer
	start := time.Now()
	for a.Attempts < s.config.Attempts {
		if a.Attempts > 0 && !pause(ctx, s.config.RetryPause) {
			break
		}
		a.Attempts++
		if s.tryEvent(ctx, &c, &cb, info, &a); a.Trouble == "" {
			break
		}
	}
	a.Took = time.Since(start)
	return a, ctx.Err()
}

func (s *Simulator) tryEvent(ctx context.Context, c *Component, cb *Callback, info string, a *Answer) {
	ctx, cancel := context.WithTimeout(ctx, s.config.AnswerTimeout)
	defer cancel()
	start := time.Now()
	status, body, err := s.request(ctx, http.MethodPost, Account{CallbackURL: c.EventURL, Format: XML}, string(cb.Query), cb.Body)
	if err == nil && (status != http.StatusOK || string(body) != "success") {
		err = fmt.Errorf("answered %d %q instead of success", status, short(string(body), 60))
	}
	a.Status, a.Body, a.Trouble = status, string(body), ""
	if err != nil {
		a.Trouble = err.Error()
	}
	s.note(Entry{Dir: ToDesk, AppID: c.AppID, What: "component", Content: info, Attempt: a.Attempts, Status: status, Answer: short(string(body), 60), Trouble: a.Trouble, Took: time.Since(start)})
}

// withComponent takes the lock.
func (s *Simulator) withComponent(do func(*component) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.component == nil {
		return fmt.Errorf("%w: there is no component", ErrNoAccount)
	}
	defer s.ring()
	return do(s.component)
}

// Below, s.mu is held.

// pushedBy is how an account's pushes travel: encrypted by the component where it is authorised.
func (s *Simulator) pushedBy(a *account) (Account, *Signer) {
	c := s.component
	if c == nil {
		return a.Account, a.signer
	}
	if _, bound := c.Bound[a.AppID]; !bound {
		return a.Account, a.signer
	}
	by, signer := a.Account, *c.signer
	by.Mode, by.Format, by.Token = Safe, XML, c.Token
	by.CallbackURL = strings.ReplaceAll(c.MessageURL, "$APPID$", a.AppID)
	signer.account.GhID = a.GhID
	return by, &signer
}

// functionsOf says which permission sets allow a call; nil: any.
func functionsOf(path string) []int {
	switch {
	case strings.HasPrefix(path, "message/custom/"):
		return []int{1, 6, 19, 100, 101}
	case strings.HasPrefix(path, "user/"), strings.HasPrefix(path, "tags/"):
		return []int{2, 100}
	case strings.HasPrefix(path, "menu/"):
		return []int{15}
	}
	return nil
}

// permitted refuses what the account's owner has not authorised, where the token is one of the component's.
func (c *call) permitted(value string) *failure {
	if c.account.tokens.Authorized.Value != value {
		return nil
	}
	wanted, has := functionsOf(c.path), c.component.Bound[c.account.AppID].Functions
	if wanted != nil && !slices.ContainsFunc(wanted, func(f int) bool { return slices.Contains(has, f) }) {
		return failed(61007)
	}
	return nil
}

// asked is the body of every call below component/.
type asked struct {
	AppID         string `json:"component_appid"`
	AppSecret     string `json:"component_appsecret"` // of api_component_token
	Secret        string `json:"component_secret"`    // of api_start_push_ticket
	Ticket        string `json:"component_verify_ticket"`
	Code          string `json:"authorization_code"`
	Authorizer    string `json:"authorizer_appid"`
	RefreshToken  string `json:"authorizer_refresh_token"`
	Offset, Count int
}

// componentCall is one of those paths. open: it needs no token.
func componentCall(open bool, do func(*call, *component, *asked) (any, *failure)) endpoint {
	return endpoint{method: http.MethodPost, open: true, handle: func(c *call) (any, *failure) {
		var ask asked
		if wrong := c.decode(&ask); wrong != nil {
			return nil, wrong
		}
		c.entry.Content = ask.Authorizer
		own := c.component
		switch {
		case own == nil || ask.AppID != own.AppID:
			return nil, failed(61011)
		case open:
			return do(c, own, &ask)
		}
		if wrong := c.admitted(own); wrong != nil {
			return nil, wrong
		}
		return do(c, own, &ask)
	}}
}

// admitted checks the component's token. Older pages call the parameter component_access_token.
func (c *call) admitted(o *component) *failure {
	value := c.query.Get("access_token")
	if value == "" {
		value = c.query.Get("component_access_token")
	}
	now := c.config.Now()
	switch a, _ := c.owner(value); {
	case value == "":
		return failed(41001)
	case a != nil:
		return failed(61014)
	case o.Current.Value == value && now.Before(o.Current.Until):
		return nil
	case o.Current.Value == value || slices.ContainsFunc(o.Old, func(t token) bool { return t.Value == value && !now.Before(t.Until) }):
		return failed(42006)
	}
	return failed(40001)
}

// POST /cgi-bin/component/api_component_token gives a new token; the one before dies at once, since no page promises it a longer life.
func (c *call) componentToken(o *component, ask *asked) (any, *failure) {
	now := c.config.Now()
	switch {
	case ask.AppSecret != o.Secret:
		return nil, failed(40125)
	case o.Ticket == "" || ask.Ticket != o.Ticket:
		return nil, failed(61006)
	case now.Sub(o.TicketAt) > ticketLife:
		return nil, failed(61005)
	}
	if o.Current.Value != "" {
		o.Old = bounded(append(o.Old, o.Current), tokensKept)
	}
	o.Current = newToken(now)
	return map[string]any{"component_access_token": o.Current.Value, "expires_in": seconds(tokenLife)}, nil
}

// POST /cgi-bin/component/api_start_push_ticket
func (c *call) startPushTicket(o *component, ask *asked) (any, *failure) {
	if ask.Secret != o.Secret {
		return nil, failed(40125)
	}
	o.Pushing = true
	go func() { _, _ = c.PushTicket(context.Background()) }() // it ends by itself: each attempt has its time
	return okAnswer(), nil
}

// POST /cgi-bin/component/api_create_preauthcode
func (c *call) preAuthCode(o *component, _ *asked) (any, *failure) {
	code := "preauthcode@@@" + random(30)
	o.PreAuths[code] = c.config.Now().Add(preAuthLife)
	trim(o.PreAuths, func(t time.Time) time.Time { return t })
	return map[string]any{"pre_auth_code": code, "expires_in": seconds(preAuthLife)}, nil
}

// POST /cgi-bin/component/api_query_auth
func (c *call) queryAuth(o *component, ask *asked) (any, *failure) {
	code, known := o.Codes[ask.Code]
	switch {
	case !known:
		return nil, failed(61009)
	case !c.config.Now().Before(code.Until):
		return nil, failed(61010)
	}
	delete(o.Codes, ask.Code)
	a, b := c.Simulator.account(code.AppID), o.Bound[code.AppID]
	if a == nil || b.Refresh == "" {
		return nil, failed(61003)
	}
	c.entry.Content = a.AppID
	a.tokens.replaceAuthorized(newToken(c.config.Now()))
	return map[string]any{"authorization_info": map[string]any{
		"authorizer_appid": a.AppID, "authorizer_access_token": a.tokens.Authorized.Value, "expires_in": seconds(tokenLife), "authorizer_refresh_token": b.Refresh,
		"func_info": functionInfo(b.Functions)}}, nil
}

// POST /cgi-bin/component/api_authorizer_token: the token before dies at once.
func (c *call) authorizerToken(o *component, ask *asked) (any, *failure) {
	a, b := c.Simulator.account(ask.Authorizer), o.Bound[ask.Authorizer]
	switch {
	case a == nil || b.Refresh == "":
		return nil, failed(61003)
	case ask.RefreshToken != b.Refresh:
		return nil, failed(61023)
	}
	a.tokens.replaceAuthorized(newToken(c.config.Now()))
	return map[string]any{"authorizer_access_token": a.tokens.Authorized.Value, "expires_in": seconds(tokenLife), "authorizer_refresh_token": b.Refresh}, nil
}

// POST /cgi-bin/component/api_get_authorizer_info
func (c *call) authorizerInfo(o *component, ask *asked) (any, *failure) {
	a, b := c.Simulator.account(ask.Authorizer), o.Bound[ask.Authorizer]
	if a == nil || b.Refresh == "" {
		return nil, failed(61003)
	}
	return map[string]any{
		"authorizer_info": map[string]any{"nick_name": a.Name, "user_name": a.GhID, "alias": "", "principal_name": a.Name + "有限公司",
			"service_type_info": map[string]int{"id": 2}, "verify_type_info": map[string]int{"id": 0}},
		"authorization_info": map[string]any{"authorizer_appid": a.AppID, "func_info": functionInfo(b.Functions)}}, nil
}

// POST /cgi-bin/component/api_get_authorizer_list
func (c *call) authorizerList(o *component, ask *asked) (any, *failure) {
	if ask.Count < 1 || ask.Count > maxListed || ask.Offset < 0 {
		return nil, failed(47001)
	}
	list := []map[string]any{}
	for i, appid := range slices.Sorted(maps.Keys(o.Bound)) {
		if i >= ask.Offset && i < ask.Offset+ask.Count {
			list = append(list, map[string]any{"authorizer_appid": appid, "refresh_token": o.Bound[appid].Refresh, "auth_time": o.Bound[appid].At.Unix()})
		}
	}
	return map[string]any{"total_count": len(o.Bound), "list": list}, nil
}

func functionInfo(ids []int) []any {
	out := []any{}
	for _, id := range ids {
		out = append(out, map[string]any{"funcscope_category": map[string]int{"id": id}})
	}
	return out
}

// replaceAuthorized has the component's token of an account die.
func (b *tokenBook) replaceAuthorized(t token) {
	old := b.Authorized
	old.Dead = true
	b.bury(old)
	b.Authorized = t
}

// trim forgets the codes that end first.
func trim[T any](codes map[string]T, end func(T) time.Time) {
	for len(codes) > maxCodes {
		first := ""
		for code, v := range codes {
			if first == "" || end(v).Before(end(codes[first])) {
				first = code
			}
		}
		delete(codes, first)
	}
}

func seconds(d time.Duration) int { return int(d / time.Second) }

func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// What the whole-network release test (全网发布检测) says, and wants to hear.
const (
	releaseAppID = "wx570bc396a51b8ff8"
	releaseGhID  = "gh_3c884a361561"
	releaseWait  = 5 * time.Second
)

// ReleaseTest is the whole-network release test that WeChat makes before a component may be published: a ticket, an event, a text, and
// a code that must be turned into a token with which a text is sent. The error says what the desk did wrong.
func (s *Simulator) ReleaseTest(ctx context.Context) error {
	if err := s.PutAccount(Account{AppID: releaseAppID, GhID: releaseGhID, Secret: random(16), Mode: Plain, Name: "全网发布检测"}); err != nil {
		return err
	}
	code := "queryauthcode@@@" + random(30)
	err := s.withComponent(func(c *component) error {
		c.bind(releaseAppID, []int{1, 2, 15}, s.config.Now())
		c.Codes[code] = authCode{releaseAppID, s.config.Now().Add(authCodeLife)}
		return nil
	})
	if err != nil {
		return err
	}
	ticket, err := s.PushTicket(ctx)
	if err != nil || !ticket.Accepted() {
		return errors.Join(err, errors.New("the ticket: "+ticket.Trouble))
	}
	const openid = "ozy4qt1eDxSxzCr0aNT0mXCWfrDE"
	if err := s.releaseCase(ctx, openid, Act{Kind: ActEvent, Name: "LOCATION"}, "LOCATIONfrom_callback"); err != nil {
		return err
	}
	if err := s.releaseCase(ctx, openid, Act{Kind: ActText, Text: "TESTCOMPONENT_MSG_TYPE_TEXT"}, "TESTCOMPONENT_MSG_TYPE_TEXT_callback"); err != nil {
		return err
	}
	if err := s.releaseCase(ctx, openid, Act{Kind: ActText, Text: "QUERY_AUTH_CODE:" + code}, ""); err != nil {
		return err
	}
	wait, stop := context.WithTimeout(ctx, 2*releaseWait)
	defer stop()
	line, err := s.WaitReply(wait, openid, code+"_from_api")
	if err == nil && line.Via != "custom" {
		err = errors.New("the code came back as a passive reply")
	}
	return err
}

// releaseCase pushes one act and wants one passive answer; "": an empty body.
func (s *Simulator) releaseCase(ctx context.Context, openid string, act Act, want string) error {
	a, err := s.Do(ctx, releaseAppID, openid, act)
	got := a.Body
	if a.Reply != nil {
		got = a.Reply.line().Text
	}
	switch {
	case err != nil:
		return err
	case !a.Accepted() || a.Attempts > 1 || a.Took > releaseWait:
		return fmt.Errorf("%s: %d attempts in %v, %s", act.Kind, a.Attempts, a.Took, a.Trouble)
	case got != want:
		return fmt.Errorf("%s %s%s: answered %q, want %q", act.Kind, act.Name, act.Text, got, want)
	}
	return nil
}
