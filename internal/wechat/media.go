package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// MediaLife is how long WeChat keeps what a customer sent (api_getmedia).
const MediaLife = 3 * 24 * time.Hour

// mediaTimeout is for a whole download.
const mediaTimeout = 60 * time.Second

// ErrMediaTooLarge says that a medium is larger than was asked for.
var ErrMediaTooLarge = errors.New("the medium is larger than is kept")

// Media downloads what a customer sent (api_getmedia), at most most bytes. What it is has to be seen by the bytes: WeChat's word for it is
// not passed on. For a video WeChat answers with an address, which is followed where it is WeChat's own. hd asks for the 16 kHz Speex of
// a voice message (api_gethdvoice).
//
// An id that has died is an *APIError with 40007.
func (c *Client) Media(ctx context.Context, token, mediaID string, hd bool, most int64) ([]byte, error) {
	path := "/cgi-bin/media/get"
	if hd {
		path = "/cgi-bin/media/get/jssdk"
	}
	query := url.Values{"access_token": {token}, "media_id": {mediaID}}
	data, kind, err := c.download(ctx, c.base+path+"?"+query.Encode(), most)
	if err != nil || kind != "application/json" && !strings.HasPrefix(kind, "text/") {
		return data, err
	}
	var said struct {
		Code     int    `json:"errcode"`
		Msg      string `json:"errmsg"`
		VideoURL string `json:"video_url"`
	}
	switch err := json.Unmarshal(bytes.TrimSpace(data), &said); {
	case err != nil:
		return nil, &TransportError{Sent: true, Err: errors.New("neither a medium nor JSON")}
	case said.Code != 0:
		return nil, newAPIError(said.Code, said.Msg)
	case said.VideoURL == "":
		return nil, &TransportError{Sent: true, Err: errors.New("neither a medium nor where it is")}
	}
	return c.Picture(ctx, said.VideoURL, most)
}

// Picture downloads from an address that WeChat gave: a picture's PicUrl, a video's video_url. Only WeChat's own hosts (and the API's,
// which may be configured) are asked, with no token, whatever the address says.
func (c *Client) Picture(ctx context.Context, address string, most int64) ([]byte, error) {
	u, err := url.Parse(address)
	if err != nil || !c.wechats(u) {
		return nil, &APIError{Code: 40066, Msg: "the address is not one of WeChat's"}
	}
	data, _, err := c.download(ctx, u.String(), most)
	return data, err
}

// wechats says whether an address is of a host that WeChat keeps media at, or of the API itself.
func (c *Client) wechats(u *url.URL) bool {
	if u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
		return false
	}
	if base, err := url.Parse(c.base); err == nil && u.Host == base.Host {
		return true
	}
	host := strings.ToLower(u.Hostname())
	return u.Port() == "" && (strings.HasSuffix(host, ".qq.com") || strings.HasSuffix(host, ".qpic.cn"))
}

func (c *Client) download(ctx context.Context, address string, most int64) (data []byte, kind string, err error) {
	ctx, stop := context.WithTimeout(ctx, mediaTimeout)
	defer stop()
	var sent atomic.Bool
	req, err := http.NewRequestWithContext(watch(ctx, &sent), http.MethodGet, address, nil)
	if err != nil {
		return nil, "", &TransportError{Err: bare(err)}
	}
	whole := *c.http
	whole.Timeout = mediaTimeout
	res, err := whole.Do(req)
	if err != nil {
		return nil, "", &TransportError{Sent: sent.Load(), Err: bare(err)}
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, "", &TransportError{Sent: true, Err: fmt.Errorf("HTTP %d", res.StatusCode)}
	}
	if res.ContentLength > most {
		return nil, "", ErrMediaTooLarge
	}
	data, err = io.ReadAll(io.LimitReader(res.Body, most+1))
	switch {
	case err != nil:
		return nil, "", &TransportError{Sent: true, Err: bare(err)}
	case int64(len(data)) > most:
		return nil, "", ErrMediaTooLarge
	}
	kind, _, _ = mime.ParseMediaType(res.Header.Get("Content-Type"))
	return data, kind, nil
}
