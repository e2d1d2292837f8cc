package simulator

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Reply is a passive reply, decrypted. It has the elements of every kind; MsgType says which count.
type Reply struct {
	XMLName      xml.Name `xml:"xml" json:"-"`
	ToUserName   string
	FromUserName string
	CreateTime   json.Number // seconds
	MsgType      string
	Content      string
	Image        media
	Voice        media
	Video        media
	Music        media
	ArticleCount json.Number
	Articles     articles
	TransInfo    struct{ KfAccount string }
}

type media struct {
	MediaId, ThumbMediaId, Title, Description, MusicUrl, HQMusicUrl string
}

type articles struct {
	Item []article `xml:"item" json:"item"`
}

type article struct{ Title, Description, PicUrl, Url string }

// sealedReply is the envelope of an encrypted one.
type sealedReply struct {
	XMLName      xml.Name `xml:"xml" json:"-"`
	Encrypt      string
	MsgSignature string
	TimeStamp    json.Number
	Nonce        string
}

// reply reads the desk's answer as WeChat would: nil for "success" and for nothing, an error for what is malformed.
func (p *push) reply(body []byte) (*Reply, error) {
	if len(body) == 0 || string(body) == "success" { // in every mode unencrypted
		return nil, nil
	}
	document, err := p.unseal(body)
	if err != nil {
		return nil, err
	}
	var r Reply
	if err := decode(document, p.account.Format, &r); err != nil {
		return nil, fmt.Errorf("malformed reply: %w", err)
	}
	if err := r.check(p); err != nil {
		return nil, fmt.Errorf("malformed reply: %w", err)
	}
	return &r, nil
}

// unseal returns the readable document. Compatible mode takes either kind.
func (p *push) unseal(body []byte) ([]byte, error) {
	var e sealedReply
	err := decode(body, p.account.Format, &e)
	if err != nil {
		return nil, fmt.Errorf("malformed reply: %w", err)
	}
	sealed := e.Encrypt != ""
	switch {
	case p.account.Mode == Plain && sealed:
		return nil, errors.New("encrypted reply in plain mode")
	case p.account.Mode == Safe && !sealed:
		return nil, errors.New("reply not encrypted in safe mode")
	case !sealed:
		return body, nil
	}
	if Signature(p.account.Token, e.TimeStamp.String(), e.Nonce, e.Encrypt) != e.MsgSignature {
		return nil, errors.New("signature of the reply is wrong")
	}
	return p.signer.sealer.open(e.Encrypt)
}

func decode(document []byte, format Format, v any) error {
	if format == JSON {
		return json.Unmarshal(document, v)
	}
	d := xml.NewDecoder(bytes.NewReader(document))
	if err := d.Decode(v); err != nil {
		return err
	}
	if rest := strings.TrimSpace(string(document[d.InputOffset():])); rest != "" {
		return fmt.Errorf("text after the end: %q", short(rest, 40))
	}
	return nil
}

// check is the table of passive reply kinds.
func (r *Reply) check(p *push) error {
	if r.ToUserName != p.openid {
		return fmt.Errorf("ToUserName is %q, the customer is %q", r.ToUserName, p.openid)
	}
	if r.FromUserName != p.account.GhID {
		return fmt.Errorf("FromUserName is %q, the account is %q", r.FromUserName, p.account.GhID)
	}
	if n, err := strconv.ParseInt(r.CreateTime.String(), 10, 64); err != nil || n <= 0 {
		return fmt.Errorf("CreateTime is %q", r.CreateTime)
	}
	need := func(name, value string) error {
		if value == "" {
			return fmt.Errorf("%s without %s", r.MsgType, name)
		}
		return nil
	}
	switch r.MsgType {
	case "text":
		if len(r.Content) > maxSendText {
			return fmt.Errorf("text of %d bytes", len(r.Content))
		}
		return need("Content", r.Content)
	case "image":
		return need("Image/MediaId", r.Image.MediaId)
	case "voice":
		return need("Voice/MediaId", r.Voice.MediaId)
	case "video":
		return need("Video/MediaId", r.Video.MediaId)
	case "music":
		return need("Music/ThumbMediaId", r.Music.ThumbMediaId)
	case "news":
		return r.checkNews(p.message)
	case "transfer_customer_service", "transfer_biz_ai_ivr":
		return nil
	}
	return fmt.Errorf("no such MsgType: %q", r.MsgType)
}

// checkNews: one article in answer to a message, up to eight to an event.
func (r *Reply) checkNews(toMessage bool) error {
	most := 8
	if toMessage {
		most = 1
	}
	n := len(r.Articles.Item)
	if r.ArticleCount.String() != strconv.Itoa(n) || n < 1 || n > most {
		return fmt.Errorf("news with ArticleCount %q and %d articles, of at most %d", r.ArticleCount, n, most)
	}
	for _, a := range r.Articles.Item {
		if a.Title == "" {
			return errors.New("article without Title")
		}
	}
	return nil
}

// visible is false for what hands the customer over to a tool of WeChat's.
func (r *Reply) visible() bool { return !strings.HasPrefix(r.MsgType, "transfer_") }

// line is what the phone makes of it.
func (r *Reply) line() Line {
	l := Line{Side: FromAccount, Kind: r.MsgType, Via: "passive"}
	switch r.MsgType {
	case "text":
		l.Text = r.Content
	case "image":
		l.Media = r.Image.MediaId
	case "voice":
		l.Media = r.Voice.MediaId
	case "video":
		l.Media, l.Text, l.Description = r.Video.MediaId, r.Video.Title, r.Video.Description
	case "music":
		l.Text, l.Description, l.URL, l.Thumb = r.Music.Title, r.Music.Description, r.Music.MusicUrl, r.Music.ThumbMediaId
	case "news":
		a := r.Articles.Item[0]
		l.Text, l.Description, l.URL, l.Picture = a.Title, a.Description, a.Url, a.PicUrl
	}
	return l
}

// describe is an answer for the log.
func (o outcome) describe() string {
	if o.reply != nil {
		return "reply: " + o.reply.MsgType
	}
	return short(string(o.body), 60)
}
