package wechat

import (
	"context"
	"net/http"
	"net/url"
)

// Function is something that WeChat grants to an account, or not.
type Function string

// The functions that a desk needs. Only a verified account has the first.
const (
	FunctionMessages Function = "messages"
	FunctionUsers    Function = "users"
	FunctionMenu     Function = "menu"
	FunctionMedia    Function = "media"
)

// Functions are all of them, the most needed first.
var Functions = []Function{FunctionMessages, FunctionUsers, FunctionMenu, FunctionMedia}

// nobody has the shape of an openid and of a media id, and is none.
const nobody = "oNobody00000000000000000Weir"

// Try makes a call of a function that changes nothing, and returns its error: what WeChat says of the call itself, such as that there is no
// such customer, comes only where the function is granted. See Granted.
func (c *Client) Try(ctx context.Context, token string, f Function) error {
	switch f {
	case FunctionMessages:
		return c.Typing(ctx, token, nobody, false)
	case FunctionUsers:
		_, err := c.Tags(ctx, token)
		return err
	case FunctionMenu:
		return c.call(ctx, http.MethodGet, "/cgi-bin/menu/get", url.Values{"access_token": {token}}, nil, nil)
	default:
		return c.call(ctx, http.MethodGet, "/cgi-bin/media/get", url.Values{"access_token": {token}, "media_id": {nobody}}, nil, nil)
	}
}

// Granted says whether the error of a call leaves the function it belongs to granted.
func Granted(err error) bool {
	switch Code(err) {
	case 48001, 48004, 61007, 61016, 61017: // not granted; banned; not granted to the platform, not confirmed, not authorised
		return false
	}
	return true
}

// Quota is how often an account may make a call in a day, and has.
type Quota struct {
	Limit, Used int64
}

// Quota asks for the daily quota of a path such as "/cgi-bin/message/custom/send" (openapi/quota/get).
func (c *Client) Quota(ctx context.Context, token, path string) (Quota, error) {
	var out struct {
		Quota struct {
			Limit int64 `json:"daily_limit"`
			Used  int64 `json:"used"`
		} `json:"quota"`
	}
	err := c.post(ctx, "/cgi-bin/openapi/quota/get", token, struct {
		Path string `json:"cgi_path"`
	}{path}, &out)
	return Quota{out.Quota.Limit, out.Quota.Used}, err
}

// ClearQuotas has all daily quotas of an account begin anew (clear_quota). WeChat allows it ten times a month; then 48006.
func (c *Client) ClearQuotas(ctx context.Context, token, appid string) error {
	return c.post(ctx, "/cgi-bin/clear_quota", token, struct {
		AppID string `json:"appid"`
	}{appid}, nil)
}
