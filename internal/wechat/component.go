package wechat

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// A third-party platform (第三方平台) is called a component in WeChat's API. It has an appid and a secret of its own; account owners
// authorise it by a scan, and then it calls the API in their name and hears their customers.
//
//	every 10 min    ticket ──▶ ComponentToken ──▶ PreAuthCode ──▶ LoginURL: the owner consents
//	                                │                                  │ authorisation code
//	                                ├──▶ QueryAuth ◀───────────────────┘
//	                                │        │ refresh token: stays good until the owner withdraws it
//	                                └──▶ AuthorizerToken ──▶ an access token like any other, for two hours
//
// Pages: /doc/oplatform/openApi/ and /doc/oplatform/developers/dev/.

// Authorization is what an account's owner has authorised the component to.
type Authorization struct {
	AppID     string
	Token     string        // an access token, good for
	Life      time.Duration // this long
	Refresh   string        // gives further ones; keep it well: only the owner can make another
	Functions []int         // ids of permission sets
}

// Authorizer is what WeChat tells of an account that authorised the component.
type Authorizer struct {
	Name      string
	GhID      string
	Principal string // the company behind it
	Functions []int
}

// Authorized is one account in the list of those that authorised the component.
type Authorized struct {
	AppID   string `json:"authorizer_appid"`
	Refresh string `json:"refresh_token"`
}

// AuthorizerListMost is how many accounts AuthorizerList gives at once.
const AuthorizerListMost = 500

var errHalf = errors.New("an answer without what was asked for")

// ComponentToken fetches the component's own access token (api_component_token); ticket is the newest that WeChat pushed. Errors are
// *TokenError.
func (c *Client) ComponentToken(ctx context.Context, component, secret, ticket string) (token string, life time.Duration, err error) {
	in := struct {
		AppID  string `json:"component_appid"`
		Secret string `json:"component_appsecret"`
		Ticket string `json:"component_verify_ticket"`
	}{component, secret, ticket}
	var out struct {
		Token     string `json:"component_access_token"`
		ExpiresIn int64  `json:"expires_in"`
	}
	if err := c.post(ctx, "/cgi-bin/component/api_component_token", "", in, &out); err != nil {
		return "", 0, &TokenError{err}
	}
	if out.Token == "" || out.ExpiresIn <= 0 {
		return "", 0, &TokenError{&TransportError{Sent: true, Err: errHalf}}
	}
	return out.Token, time.Duration(out.ExpiresIn) * time.Second, nil
}

// StartPushTicket asks WeChat to push tickets again (api_start_push_ticket).
func (c *Client) StartPushTicket(ctx context.Context, component, secret string) error {
	return c.post(ctx, "/cgi-bin/component/api_start_push_ticket", "", struct {
		AppID  string `json:"component_appid"`
		Secret string `json:"component_secret"`
	}{component, secret}, nil)
}

// PreAuthCode makes the code of one attempt at authorising (api_create_preauthcode).
func (c *Client) PreAuthCode(ctx context.Context, token, component string) (code string, life time.Duration, err error) {
	var out struct {
		Code      string `json:"pre_auth_code"`
		ExpiresIn int64  `json:"expires_in"`
	}
	if err := c.asComponent(ctx, "api_create_preauthcode", token, ofComponent{AppID: component}, &out); err != nil {
		return "", 0, err
	}
	if out.Code == "" || out.ExpiresIn <= 0 {
		return "", 0, &TransportError{Sent: true, Err: errHalf}
	}
	return out.Code, time.Duration(out.ExpiresIn) * time.Second, nil
}

// QueryAuth turns the code that an authorisation ends with into what was authorised (api_query_auth).
func (c *Client) QueryAuth(ctx context.Context, token, component, code string) (Authorization, error) {
	var out struct {
		Info struct {
			AppID     string    `json:"authorizer_appid"`
			Token     string    `json:"authorizer_access_token"`
			ExpiresIn int64     `json:"expires_in"`
			Refresh   string    `json:"authorizer_refresh_token"`
			Functions functions `json:"func_info"`
		} `json:"authorization_info"`
	}
	if err := c.asComponent(ctx, "api_query_auth", token, ofComponent{AppID: component, Code: code}, &out); err != nil {
		return Authorization{}, err
	}
	i := out.Info
	if i.AppID == "" || i.Token == "" || i.ExpiresIn <= 0 || i.Refresh == "" {
		return Authorization{}, &TransportError{Sent: true, Err: errHalf}
	}
	return Authorization{i.AppID, i.Token, time.Duration(i.ExpiresIn) * time.Second, i.Refresh, i.Functions.ids()}, nil
}

// AuthorizerToken fetches an access token of an account (api_authorizer_token). refresh is the refresh token to use from now on: the one
// given, unless WeChat gave another. With an error it is "": whatever is stored stays.
func (c *Client) AuthorizerToken(ctx context.Context, token, component, appid, given string) (access string, life time.Duration, refresh string, err error) {
	var out struct {
		Token     string `json:"authorizer_access_token"`
		ExpiresIn int64  `json:"expires_in"`
		Refresh   string `json:"authorizer_refresh_token"`
	}
	if err := c.asComponent(ctx, "api_authorizer_token", token, ofComponent{AppID: component, Authorizer: appid, Refresh: given}, &out); err != nil {
		return "", 0, "", err
	}
	if out.Token == "" || out.ExpiresIn <= 0 {
		return "", 0, "", &TransportError{Sent: true, Err: errHalf}
	}
	if out.Refresh == "" {
		out.Refresh = given
	}
	return out.Token, time.Duration(out.ExpiresIn) * time.Second, out.Refresh, nil
}

// Authorizer asks about an account (api_get_authorizer_info).
func (c *Client) Authorizer(ctx context.Context, token, component, appid string) (Authorizer, error) {
	var out struct {
		Info struct {
			Name      string `json:"nick_name"`
			GhID      string `json:"user_name"`
			Principal string `json:"principal_name"`
		} `json:"authorizer_info"`
		Authorization struct {
			Functions functions `json:"func_info"`
		} `json:"authorization_info"`
	}
	if err := c.asComponent(ctx, "api_get_authorizer_info", token, ofComponent{AppID: component, Authorizer: appid}, &out); err != nil {
		return Authorizer{}, err
	}
	return Authorizer{clean(out.Info.Name), out.Info.GhID, clean(out.Info.Principal), out.Authorization.Functions.ids()}, nil
}

// AuthorizerList gives accounts that authorised the component with their refresh tokens, AuthorizerListMost at a time from offset on;
// total is how many there are (api_get_authorizer_list).
func (c *Client) AuthorizerList(ctx context.Context, token, component string, offset int) (list []Authorized, total int, err error) {
	var out struct {
		Total int          `json:"total_count"`
		List  []Authorized `json:"list"`
	}
	in := struct {
		AppID  string `json:"component_appid"`
		Offset int    `json:"offset"`
		Count  int    `json:"count"`
	}{component, offset, AuthorizerListMost}
	err = c.asComponent(ctx, "api_get_authorizer_list", token, in, &out)
	return out.List, out.Total, err
}

// ofComponent is the body of most of these calls.
type ofComponent struct {
	AppID      string `json:"component_appid"`
	Code       string `json:"authorization_code,omitempty"`
	Authorizer string `json:"authorizer_appid,omitempty"`
	Refresh    string `json:"authorizer_refresh_token,omitempty"`
}

// functions is func_info, as WeChat nests it.
type functions []struct {
	Category struct {
		ID int `json:"id"`
	} `json:"funcscope_category"`
}

func (f functions) ids() []int {
	out := make([]int, len(f))
	for i := range f {
		out[i] = f[i].Category.ID
	}
	return out
}

// asComponent calls with the component's token. WeChat's newer pages call its parameter access_token, the older ones and every SDK
// component_access_token; WeChat gets both.
func (c *Client) asComponent(ctx context.Context, name, token string, in, out any) error {
	body, err := encode(in)
	if err != nil {
		return &TransportError{Err: err}
	}
	return c.call(ctx, http.MethodPost, "/cgi-bin/component/"+name, url.Values{"access_token": {token}, "component_access_token": {token}}, body, out)
}

// The account types that an authorisation page offers: Official Accounts only.
const authTypeAccounts = "1"

// LoginURL is WeChat's page on which an account's owner authorises the component by a scan, on a computer. WeChat opens it only from a
// link on a page of the domain that is registered for the component, and only if the browser says so (Referer). redirect is where it
// sends the browser afterwards, with auth_code and expires_in added.
func (c *Client) LoginURL(component, preAuthCode, redirect string) string {
	query := url.Values{"component_appid": {component}, "pre_auth_code": {preAuthCode}, "redirect_uri": {redirect}, "auth_type": {authTypeAccounts}}
	return c.pages("https://mp.weixin.qq.com") + "/cgi-bin/componentloginpage?" + query.Encode()
}

// MobileLoginURL is the same for a phone, inside WeChat and without a scan.
func (c *Client) MobileLoginURL(component, preAuthCode, redirect string) string {
	query := url.Values{"action": {"bindcomponent"}, "no_scan": {"1"}, "component_appid": {component}, "pre_auth_code": {preAuthCode},
		"redirect_uri": {redirect}, "auth_type": {authTypeAccounts}}
	return c.pages("https://open.weixin.qq.com") + "/wxaopen/safe/bindcomponent?" + query.Encode() + "#wechat_redirect"
}

// pages is where WeChat's pages for people are: beside the API, where that is not WeChat's own.
func (c *Client) pages(wechat string) string {
	u, err := url.Parse(c.base)
	if err == nil && (u.Hostname() == "weixin.qq.com" || strings.HasSuffix(u.Hostname(), ".weixin.qq.com")) {
		return wechat
	}
	return c.base
}

// InfoType values of a ComponentEvent.
const (
	InfoTicket       = "component_verify_ticket" // Ticket
	InfoAuthorized   = "authorized"              // Authorizer, Code, PreAuthCode
	InfoUpdated      = "updateauthorized"        // the same: the owner changed what is authorised
	InfoUnauthorized = "unauthorized"            // Authorizer
)

// ComponentEvent is what WeChat pushes to a component about itself and about authorisations. Absent fields are empty.
type ComponentEvent struct {
	InfoType    string // InfoTicket …; unknown ones are passed on
	CreatedAt   time.Time
	Ticket      string
	Authorizer  string // an account's appid
	Code        string // the authorisation code, for QueryAuth
	PreAuthCode string
}

// OpenEvent verifies, decrypts and parses a push to a component's event URL; a is the component. These pushes are always encrypted, and
// always XML. Any error is a *CallbackError.
func (a *Account) OpenEvent(q Query, body []byte, now time.Time) (*ComponentEvent, error) {
	switch {
	case len(body) > MaxBody:
		return nil, &CallbackError{Reason: TooLarge}
	case q.EncryptType != "aes":
		return nil, &CallbackError{Reason: Unencrypted}
	}
	u, err := a.unwrap(q, body, now)
	if err != nil {
		return nil, err
	}
	return parseEvent(u.doc, a.AppID)
}

func parseEvent(doc, component string) (*ComponentEvent, error) {
	var e ComponentEvent
	var appid, created string
	into := map[string]*string{"AppId": &appid, "CreateTime": &created, "InfoType": &e.InfoType, "ComponentVerifyTicket": &e.Ticket,
		"AuthorizerAppid": &e.Authorizer, "AuthorizationCode": &e.Code, "PreAuthCode": &e.PreAuthCode}
	err := scan(doc, func(f field) error {
		if dst := into[f.name]; f.depth == 2 && dst != nil && *dst == "" {
			*dst = strings.TrimSpace(f.value)
		}
		return nil
	})
	at, ok := unixTime(created)
	switch {
	case err != nil:
		return nil, malformed(err.Error())
	case appid != component:
		return nil, &CallbackError{Reason: Foreign, Authentic: true, Detail: "AppId is another component's"}
	case e.InfoType == "":
		return nil, malformed("InfoType is missing")
	case !ok:
		return nil, malformed("CreateTime is missing or not Unix seconds")
	}
	e.CreatedAt = at
	return &e, nil
}

// releaseTest are the accounts by which WeChat tests a component before it may be published, with their gh_ ids: Official Accounts, then
// mini programs (releases_instructions).
var releaseTest = map[string]string{
	"wx570bc396a51b8ff8": "gh_3c884a361561", "wx9252c5e0bb1836fc": "gh_c0f28a78b318", "wx8e1097c5bc82cde9": "gh_3f222ed8d140",
	"wx14550af28c71a144": "gh_26128078e9ab", "wxa35b9c23cfe664eb": "gh_2b3713f184a6",
	"wxd101a85aa106f53e": "gh_8dad206e9538", "wxc39235c15087f6f3": "gh_905ae9d01059", "wx7720d01d4b2a4500": "gh_393666f1fdf4",
	"wx05d483572dcd5d8b": "gh_39abb5d4e1b7", "wx5910277cae6fd970": "gh_7818dcb60240",
}

const (
	releaseText  = "TESTCOMPONENT_MSG_TYPE_TEXT"
	releaseQuery = "QUERY_AUTH_CODE:"
)

// ReleaseTest says what a message of the whole-network release test (全网发布检测) wants: a passive reply, or, where code is not "", an
// empty answer and after that the text code + ReleaseSuffix through the API, with the token that QueryAuth gives for code. test is false for
// everybody else's messages; the account is told by its appid and its gh_ id together.
func ReleaseTest(appid string, in *Inbound) (reply, code string, test bool) {
	if gh, known := releaseTest[appid]; !known || gh != in.ToUser {
		return "", "", false
	}
	switch {
	case in.MsgType == MsgEvent:
		return in.EventName() + "from_callback", "", true
	case in.Content == releaseText:
		return releaseText + "_callback", "", true
	}
	code, _ = strings.CutPrefix(in.Content, releaseQuery)
	if code == in.Content {
		code = ""
	}
	return "", code, true
}

// ReleaseSuffix is what the release test wants behind its code.
const ReleaseSuffix = "_from_api"
