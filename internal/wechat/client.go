package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

const (
	// DefaultBaseURL is WeChat's API. Others for disaster recovery: api2, sh.api, sz.api, hk.api.weixin.qq.com.
	DefaultBaseURL = "https://api.weixin.qq.com"
	maxAnswer      = 2 << 20
	callTimeout    = 10 * time.Second
)

// Client calls WeChat's API. It holds no token and no account, and may be used by many goroutines.
//
// A call's error is an *APIError (WeChat answered and said no), a *TransportError (no usable answer), or either inside a
// *TokenError; Classify says what to do about it.
type Client struct {
	base string
	http *http.Client
}

// NewClient calls the API at baseURL ("" means DefaultBaseURL). A nil hc means one with 10 s for a call and connections kept
// for reuse. Redirects are never followed: they would carry the token elsewhere.
func NewClient(baseURL string, hc *http.Client) *Client {
	if baseURL == "" {
		baseURL = DefaultBaseURL
	}
	if hc == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.MaxIdleConnsPerHost = 32
		hc = &http.Client{Transport: t, Timeout: callTimeout}
	}
	own := *hc
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Client{base: strings.TrimRight(baseURL, "/"), http: &own}
}

// SendText sends a customer-service message (api_sendcustommessage). At most 2048 bytes; more is refused with 45002.
func (c *Client) SendText(ctx context.Context, token, openid, text string) error {
	type content struct {
		Content string `json:"content"`
	}
	return c.post(ctx, sendPath, token, struct {
		ToUser  string  `json:"touser"`
		MsgType string  `json:"msgtype"`
		Text    content `json:"text"`
	}{openid, MsgText, content{text}}, nil)
}

// Article is the one article of a news message.
type Article struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	URL         string `json:"url"`
	Picture     string `json:"picurl,omitempty"`
}

// SendNews sends a card with a picture that opens an address (api_sendcustommessage). WeChat takes one article.
func (c *Client) SendNews(ctx context.Context, token, openid string, a Article) error {
	type articles struct {
		Articles [1]Article `json:"articles"`
	}
	return c.post(ctx, sendPath, token, struct {
		ToUser  string   `json:"touser"`
		MsgType string   `json:"msgtype"`
		News    articles `json:"news"`
	}{openid, "news", articles{[1]Article{a}}}, nil)
}

// Menu is a message with answers to tap; a tap comes back as a text with bizmsgmenuid.
type Menu struct {
	Head  string     `json:"head_content"`
	Items []MenuItem `json:"list"`
	Tail  string     `json:"tail_content"`
}

// MenuItem is one answer.
type MenuItem struct {
	ID   string `json:"id"`
	Text string `json:"content"`
}

// SendMenu sends a menu message (api_sendcustommessage, msgmenu).
func (c *Client) SendMenu(ctx context.Context, token, openid string, m Menu) error {
	return c.post(ctx, sendPath, token, struct {
		ToUser  string `json:"touser"`
		MsgType string `json:"msgtype"`
		Menu    Menu   `json:"msgmenu"`
	}{openid, "msgmenu", m}, nil)
}

// Typing shows or hides "the other side is typing" at the customer. WeChat allows it within 30 s of the customer's last act
// (45080 otherwise); its errors may be ignored.
func (c *Client) Typing(ctx context.Context, token, openid string, on bool) error {
	command := "CancelTyping"
	if on {
		command = "Typing"
	}
	return c.post(ctx, "/cgi-bin/message/custom/typing", token, struct {
		ToUser  string `json:"touser"`
		Command string `json:"command"`
	}{openid, command}, nil)
}

// UserInfo is what WeChat still tells about a customer: since 2021-12 neither nickname nor picture.
type UserInfo struct {
	Subscribed   bool
	OpenID       string
	UnionID      string // only where the account is bound to an Open Platform account
	Language     string
	SubscribedAt time.Time // zero unless subscribed
	Remark       string
	GroupID      int
	TagIDs       []int
	Scene        string // how the customer came: ADD_SCENE_QR_CODE …
	QRScene      int
	QRSceneText  string
}

// UserInfo asks for a customer. One who does not follow has only the OpenID.
func (c *Client) UserInfo(ctx context.Context, token, openid string) (UserInfo, error) {
	var a userInfo
	query := url.Values{"access_token": {token}, "openid": {openid}, "lang": {"zh_CN"}}
	if err := c.call(ctx, http.MethodGet, "/cgi-bin/user/info", query, nil, &a); err != nil {
		return UserInfo{}, err
	}
	return a.info(), nil
}

// StableToken fetches an access token (api_getstableaccesstoken). Asked again while it is valid, WeChat gives the same one;
// five minutes before its end a new one, and both work until then. force ends the old one at once, and is allowed 20 times a
// day and every 30 s. Errors are *TokenError.
func (c *Client) StableToken(ctx context.Context, appid, secret string, force bool) (token string, expiresIn time.Duration, err error) {
	in := struct {
		GrantType    string `json:"grant_type"`
		AppID        string `json:"appid"`
		Secret       string `json:"secret"`
		ForceRefresh bool   `json:"force_refresh"`
	}{"client_credential", appid, secret, force}
	var out struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int64  `json:"expires_in"`
	}
	if err := c.post(ctx, "/cgi-bin/stable_token", "", in, &out); err != nil {
		return "", 0, &TokenError{err}
	}
	if out.AccessToken == "" || out.ExpiresIn <= 0 {
		return "", 0, &TokenError{&TransportError{Sent: true, Err: errors.New("an answer without access_token")}}
	}
	return out.AccessToken, time.Duration(out.ExpiresIn) * time.Second, nil
}

// post sends in as JSON; token "" is left out.
func (c *Client) post(ctx context.Context, path, token string, in, out any) error {
	body, err := encode(in)
	if err != nil {
		return &TransportError{Err: err}
	}
	query := url.Values{}
	if token != "" {
		query.Set("access_token", token)
	}
	return c.call(ctx, http.MethodPost, path, query, body, out)
}

// encode writes JSON without \u003c and the like, which some endpoints take literally.
func encode(in any) (io.Reader, error) {
	var body bytes.Buffer
	e := json.NewEncoder(&body)
	e.SetEscapeHTML(false)
	return &body, e.Encode(in)
}

// call makes one request. out may be nil.
func (c *Client) call(ctx context.Context, method, path string, query url.Values, body io.Reader, out any) error {
	var sent atomic.Bool
	req, err := http.NewRequestWithContext(watch(ctx, &sent), method, c.base+path+"?"+query.Encode(), body)
	if err != nil {
		return &TransportError{Err: bare(err)}
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	res, err := c.http.Do(req)
	if err != nil {
		return &TransportError{Sent: sent.Load(), Err: bare(err)}
	}
	defer res.Body.Close()
	return read(res, out)
}

// watch notes whether a request may have reached WeChat. The transport asks for a connection again only when it knows that
// the attempt before has not been taken.
func watch(ctx context.Context, sent *atomic.Bool) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:      func(string) { sent.Store(false) },
		WroteHeaders: func() { sent.Store(true) },
	})
}

// bare takes off *url.Error, whose text has the URL and with it the token.
func bare(err error) error {
	for {
		var u *url.Error
		if !errors.As(err, &u) {
			return err
		}
		err = u.Err
	}
}

// read takes WeChat's answer. All of WeChat's own come with status 200; another status is a proxy's or an outage's unless it
// carries an errcode, and with 5xx even that proves nothing.
func read(res *http.Response, out any) error {
	uncertain := func(err error) error {
		return &TransportError{Sent: true, Err: fmt.Errorf("HTTP %d: %w", res.StatusCode, err)}
	}
	b, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	switch {
	case err != nil:
		return uncertain(bare(err))
	case len(b) > maxAnswer:
		return uncertain(errors.New("an answer of more than 2 MB"))
	case res.StatusCode >= 500:
		return uncertain(errors.New("the server failed"))
	}
	var said struct {
		Code int    `json:"errcode"`
		Msg  string `json:"errmsg"`
	}
	if err := json.Unmarshal(b, &said); err != nil {
		return uncertain(errors.New("the answer is not JSON"))
	}
	if said.Code != 0 {
		return newAPIError(said.Code, said.Msg)
	}
	if res.StatusCode != http.StatusOK {
		return uncertain(errors.New("not a status of WeChat's"))
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(b, out); err != nil {
		return uncertain(errors.New("the answer has fields of another kind"))
	}
	return nil
}
