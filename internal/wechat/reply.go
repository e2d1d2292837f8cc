package wechat

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// Content types of a callback's answer.
const (
	typeText = "text/plain; charset=utf-8"
	typeXML  = "text/xml; charset=utf-8"
	typeJSON = "application/json; charset=utf-8"
)

// MaxReplyText is how long the text of a passive reply may be, in bytes of UTF-8.
const MaxReplyText = 2047

// Success is the answer to a callback that is taken and has nothing to say; it is never encrypted (encryption page).
const Success = "success"

var (
	errReplyEmpty = errors.New("a passive reply without content: WeChat would tell the customer that the service is unavailable")
	// ErrReplyTooLong is a text that must be sent in pieces through the API instead.
	ErrReplyTooLong = errors.New("a passive reply of more than 2047 bytes")
)

// Reply is a passive reply: what is said in the answer to the callback itself. It costs neither quota nor token.
// A further kind is a type with these two methods; its tree is as on the page about passive replies.
type Reply interface {
	check() error
	tree() []node // what follows ToUserName, FromUserName and CreateTime
}

// node is an element: a text, or children.
type node struct {
	name, text string
	children   []node
	list       bool // in JSON: a list of one
}

// TextReply is a text of at most MaxReplyText bytes; line ends are allowed.
type TextReply struct{ Text string }

func (r TextReply) check() error {
	switch text := clean(r.Text); {
	case text == "":
		return errReplyEmpty
	case len(text) > MaxReplyText:
		return ErrReplyTooLong
	}
	return nil
}

func (r TextReply) tree() []node {
	return []node{{name: "MsgType", text: MsgText}, {name: "Content", text: clean(r.Text)}}
}

// ImageReply is a picture that was uploaded to WeChat.
type ImageReply struct{ MediaID string }

func (r ImageReply) check() error { return needed(r.MediaID) }

func (r ImageReply) tree() []node {
	return []node{
		{name: "MsgType", text: MsgImage},
		{name: "Image", children: []node{{name: "MediaId", text: clean(r.MediaID)}}},
	}
}

// VoiceReply is a voice message that was uploaded to WeChat.
type VoiceReply struct{ MediaID string }

func (r VoiceReply) check() error { return needed(r.MediaID) }

func (r VoiceReply) tree() []node {
	return []node{
		{name: "MsgType", text: MsgVoice},
		{name: "Voice", children: []node{{name: "MediaId", text: clean(r.MediaID)}}},
	}
}

// VideoReply is a video that was uploaded to WeChat.
type VideoReply struct{ MediaID, Title, Description string }

func (r VideoReply) check() error { return needed(r.MediaID) }

func (r VideoReply) tree() []node {
	return []node{
		{name: "MsgType", text: MsgVideo},
		{name: "Video", children: []node{
			{name: "MediaId", text: clean(r.MediaID)}, {name: "Title", text: clean(r.Title)}, {name: "Description", text: clean(r.Description)},
		}},
	}
}

// MusicReply is a piece of music at an address, with a picture that was uploaded as a thumb.
type MusicReply struct{ Title, Description, URL, HQURL, ThumbID string }

func (r MusicReply) check() error { return needed(r.ThumbID) }

func (r MusicReply) tree() []node {
	return []node{
		{name: "MsgType", text: "music"},
		{name: "Music", children: []node{
			{name: "Title", text: clean(r.Title)}, {name: "Description", text: clean(r.Description)}, {name: "MusicUrl", text: clean(r.URL)},
			{name: "HQMusicUrl", text: clean(r.HQURL)}, {name: "ThumbMediaId", text: clean(r.ThumbID)},
		}},
	}
}

// NewsReply is one card that opens an address. WeChat takes more only in answer to events, and custom/send takes one as well.
type NewsReply struct{ Article Article }

func (r NewsReply) check() error { return needed(r.Article.Title) }

func (r NewsReply) tree() []node {
	a := r.Article
	return []node{
		{name: "MsgType", text: "news"},
		{name: "ArticleCount", text: "1"},
		{name: "Articles", children: []node{{name: "item", list: true, children: []node{
			{name: "Title", text: clean(a.Title)}, {name: "Description", text: clean(a.Description)}, {name: "PicUrl", text: clean(a.Picture)}, {name: "Url", text: clean(a.URL)},
		}}}},
	}
}

func needed(s string) error {
	if s == "" {
		return errReplyEmpty
	}
	return nil
}

// Seal makes the answer to the callback in: Success for a nil reply, otherwise the reply as XML or JSON, encrypted and signed
// where in was, as in was. random gives the 16 bytes of the cipher and 8 of the nonce; nil means crypto/rand.
func (a *Account) Seal(in *Inbound, r Reply, now time.Time, random io.Reader) (body []byte, contentType string, err error) {
	if r == nil {
		return []byte(Success), typeText, nil
	}
	if err := r.check(); err != nil {
		return nil, "", err
	}
	doc := append([]node{
		{name: "ToUserName", text: in.OpenID},
		{name: "FromUserName", text: in.ToUser},
		{name: "CreateTime", text: strconv.FormatInt(now.Unix(), 10)},
	}, r.tree()...)
	if in.Encrypted {
		doc, err = a.wrap(in, render(doc, in.JSON), now, random)
		if err != nil {
			return nil, "", fmt.Errorf("encrypting a reply: %w", err)
		}
	}
	contentType = typeXML
	if in.JSON {
		contentType = typeJSON
	}
	return render(doc, in.JSON), contentType, nil
}

// wrap is the envelope of an encrypted reply; time and nonce are new (encryption page).
func (a *Account) wrap(in *Inbound, doc []byte, now time.Time, random io.Reader) ([]node, error) {
	if random == nil {
		random = rand.Reader
	}
	key := a.Key
	if in.previousKey && a.PreviousKey != nil {
		key = *a.PreviousKey
	}
	encrypted, err := key.Encrypt(nil, doc, a.AppID, random)
	if err != nil {
		return nil, err
	}
	var salt [8]byte
	if _, err := io.ReadFull(random, salt[:]); err != nil {
		return nil, err
	}
	nonce := strconv.FormatUint(binary.BigEndian.Uint64(salt[:]), 10)
	timestamp := strconv.FormatInt(now.Unix(), 10)
	return []node{
		{name: "Encrypt", text: string(encrypted)},
		{name: "MsgSignature", text: Sign(a.Token, timestamp, nonce, string(encrypted))},
		{name: "TimeStamp", text: timestamp},
		{name: "Nonce", text: nonce},
	}, nil
}

func render(nodes []node, asJSON bool) []byte {
	if asJSON {
		return appendJSON(nil, nodes)
	}
	return append(appendXML([]byte("<xml>"), nodes), "</xml>"...)
}

func appendXML(b []byte, nodes []node) []byte {
	for _, n := range nodes {
		b = append(append(append(b, '<'), n.name...), '>')
		switch {
		case n.children != nil:
			b = appendXML(b, n.children)
		case n.isNumber():
			b = append(b, n.text...)
		default:
			b = append(b, "<![CDATA["...)
			b = append(b, strings.ReplaceAll(n.text, "]]>", "]]]]><![CDATA[>")...)
			b = append(b, "]]>"...)
		}
		b = append(append(append(b, "</"...), n.name...), '>')
	}
	return b
}

func appendJSON(b []byte, nodes []node) []byte {
	b = append(b, '{')
	for i, n := range nodes {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), n.name...), `":`...)
		switch {
		case n.list:
			b = append(appendJSON(append(b, '['), n.children), ']')
		case n.children != nil:
			b = appendJSON(b, n.children)
		case n.isNumber():
			b = append(b, n.text...)
		default:
			b = append(b, quote(n.text)...)
		}
	}
	return append(b, '}')
}

// isNumber: the fields that are numbers in WeChat's own examples; all else is text.
func (n node) isNumber() bool {
	return n.name == "CreateTime" || n.name == "TimeStamp" || n.name == "ArticleCount"
}

// quote writes a JSON string without the escapes \u003c and the like, which some of WeChat's endpoints take literally.
func quote(s string) []byte {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string always encodes
	return []byte(strings.TrimSuffix(b.String(), "\n"))
}
