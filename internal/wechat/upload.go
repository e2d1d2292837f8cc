package wechat

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
)

// What may be uploaded (api_uploadtempmedia).
const (
	UploadImage = "image"
	UploadVoice = "voice"
	UploadVideo = "video"
	UploadThumb = "thumb" // the cover of a video, the picture of a card
)

// Upload gives WeChat a medium to send, to as many as one likes, for MediaLife. name needs the right ending, for WeChat goes by it. Nothing
// is sent by it, so whatever its error, it may be tried again.
func (c *Client) Upload(ctx context.Context, token, kind, name, contentType string, r io.Reader) (mediaID string, err error) {
	var body bytes.Buffer // at most 10 MB; a request of known length is what WeChat's gateways like
	form := multipart.NewWriter(&body)
	part, err := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {multipart.FileContentDisposition("media", name)},
		"Content-Type":        {contentType},
	})
	if err == nil {
		_, err = io.Copy(part, r)
	}
	if err = errors.Join(err, form.Close()); err != nil {
		return "", &TransportError{Err: err}
	}
	ctx, stop := context.WithTimeout(ctx, mediaTimeout)
	defer stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/cgi-bin/media/upload?"+url.Values{"access_token": {token}, "type": {kind}}.Encode(), &body)
	if err != nil {
		return "", &TransportError{Err: bare(err)}
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	whole := *c.http
	whole.Timeout = mediaTimeout
	res, err := whole.Do(req)
	if err != nil {
		return "", &TransportError{Err: bare(err)}
	}
	defer res.Body.Close()
	var out struct {
		MediaID string `json:"media_id"`
		ThumbID string `json:"thumb_media_id"` // what older pages call it, of a thumb
	}
	if err := read(res, &out); err != nil {
		return "", unsent(err)
	}
	if out.MediaID == "" {
		out.MediaID = out.ThumbID
	}
	if out.MediaID == "" {
		return "", &TransportError{Err: errors.New("an answer without media_id")}
	}
	return out.MediaID, nil
}

// unsent says that a call whose answer was lost may be made again: it sends nothing.
func unsent(err error) error {
	var lost *TransportError
	if errors.As(err, &lost) {
		return &TransportError{Err: lost.Err}
	}
	return err
}
