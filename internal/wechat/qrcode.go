package wechat

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"
)

// Limits of a parametric QR code (api_createqrcode).
const (
	MaxScene    = 64 // characters
	MaxCodeLife = 30 * 24 * time.Hour
	maxCode     = 1 << 20 // bytes of its picture
)

// QRCode is a parametric QR code.
type QRCode struct {
	Ticket string        // names its picture
	URL    string        // what the picture says
	Life   time.Duration // 0: for good
}

// CreateQRCode makes a QR code that tells its scene when it is scanned: 1 to MaxScene characters. life 0 makes a permanent one, of which an
// account has 100,000; asked for the same scene again, WeChat gives the same one. Else it lives for as long, at most MaxCodeLife.
// 40053: WeChat does not like the scene; 48001: the account may not.
func (c *Client) CreateQRCode(ctx context.Context, token, scene string, life time.Duration) (QRCode, error) {
	type info struct {
		Scene struct {
			Text string `json:"scene_str"`
		} `json:"scene"`
	}
	in := struct {
		Seconds int64  `json:"expire_seconds,omitempty"`
		Action  string `json:"action_name"`
		Info    info   `json:"action_info"`
	}{int64(life / time.Second), "QR_STR_SCENE", info{}}
	if life == 0 {
		in.Action = "QR_LIMIT_STR_SCENE"
	}
	in.Info.Scene.Text = scene
	var out struct {
		Ticket  string `json:"ticket"`
		Seconds int64  `json:"expire_seconds"`
		URL     string `json:"url"`
	}
	if err := c.post(ctx, "/cgi-bin/qrcode/create", token, in, &out); err != nil {
		return QRCode{}, err
	}
	if out.Ticket == "" || life != 0 && out.Seconds <= 0 {
		return QRCode{}, &TransportError{Sent: true, Err: errors.New("an answer without ticket")}
	}
	return QRCode{clean(out.Ticket), clean(out.URL), time.Duration(out.Seconds) * time.Second}, nil
}

// PictureExtension is what the name of a file with a QRPicture ends with.
func PictureExtension(kind string) string {
	if kind == "image/png" {
		return ".png"
	}
	return ".jpg"
}

// QRPicture is the picture of a QR code, which anybody may see who has its ticket (showqrcode). It is a picture by its bytes, whatever
// WeChat calls it; kind is its media type.
func (c *Client) QRPicture(ctx context.Context, ticket string) (data []byte, kind string, err error) {
	data, _, err = c.download(ctx, c.pages("https://mp.weixin.qq.com")+"/cgi-bin/showqrcode?"+url.Values{"ticket": {ticket}}.Encode(), maxCode)
	if err != nil {
		return nil, "", err
	}
	switch kind = http.DetectContentType(data); kind {
	case "image/jpeg", "image/png":
		return data, kind, nil
	}
	return nil, "", &TransportError{Sent: true, Err: errors.New("no picture")}
}
