package wechat

import "context"

// The kinds of customer-service message beside text, news and msgmenu (api_sendcustommessage).
const (
	sendMiniProgram = "miniprogrampage"
	sendPath        = "/cgi-bin/message/custom/send"
)

// mediaObject names what was uploaded.
type mediaObject struct {
	MediaID string `json:"media_id"`
}

// SendImage sends a picture that was uploaded as an image.
func (c *Client) SendImage(ctx context.Context, token, openid, mediaID string) error {
	return c.post(ctx, sendPath, token, struct {
		ToUser  string      `json:"touser"`
		MsgType string      `json:"msgtype"`
		Image   mediaObject `json:"image"`
	}{openid, MsgImage, mediaObject{mediaID}}, nil)
}

// SendVoice sends a voice message that was uploaded as one.
func (c *Client) SendVoice(ctx context.Context, token, openid, mediaID string) error {
	return c.post(ctx, sendPath, token, struct {
		ToUser  string      `json:"touser"`
		MsgType string      `json:"msgtype"`
		Voice   mediaObject `json:"voice"`
	}{openid, MsgVoice, mediaObject{mediaID}}, nil)
}

// Film is a video with its cover, both uploaded. WeChat takes none without a cover.
type Film struct {
	MediaID     string `json:"media_id"`
	ThumbID     string `json:"thumb_media_id"`
	Title       string `json:"title,omitempty"`
	Description string `json:"description,omitempty"`
}

// SendVideo sends a video.
func (c *Client) SendVideo(ctx context.Context, token, openid string, f Film) error {
	return c.post(ctx, sendPath, token, struct {
		ToUser  string `json:"touser"`
		MsgType string `json:"msgtype"`
		Video   Film   `json:"video"`
	}{openid, MsgVideo, f}, nil)
}

// MiniProgram is a card that opens a page of a mini program, which must be linked to the account. Its picture is shown 520 × 416.
type MiniProgram struct {
	Title   string `json:"title"`
	AppID   string `json:"appid"`
	Path    string `json:"pagepath"`
	ThumbID string `json:"thumb_media_id"`
}

// SendMiniProgram sends a card of a mini program.
func (c *Client) SendMiniProgram(ctx context.Context, token, openid string, p MiniProgram) error {
	return c.post(ctx, sendPath, token, struct {
		ToUser  string      `json:"touser"`
		MsgType string      `json:"msgtype"`
		Page    MiniProgram `json:"miniprogrampage"`
	}{openid, sendMiniProgram, p}, nil)
}
