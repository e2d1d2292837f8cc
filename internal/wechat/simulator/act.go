package simulator

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Act is something a customer does. Which fields count depends on the kind.
type Act struct {
	Kind string `json:"kind"` // the Act… constants
	// Text is what is written, a link's title, a place's label, a menu item's words, or a voice's recognised text.
	Text     string            `json:"text,omitempty"`
	Key      string            `json:"key,omitempty"`    // a menu button's key or address, the id of an item of msgmenu
	Scene    string            `json:"scene,omitempty"`  // a QR code's; without "qrscene_"
	Ticket   string            `json:"ticket,omitempty"` // a QR code's, in place of its scene
	Name     string            `json:"name,omitempty"`   // of a message or event of another kind
	Lat      float64           `json:"lat,omitempty"`    // degrees, GCJ-02
	Lng      float64           `json:"lng,omitempty"`
	Fields   map[string]string `json:"fields,omitempty"`   // further elements of the document
	Data     []byte            `json:"data,omitempty"`     // of an image, a voice or a video: its bytes (base64 in JSON); left out: a sample
	Document string            `json:"document,omitempty"` // raw: the whole document, which is signed and encrypted as it is

	fields []Field // of a result: WeChat tells more than texts
}

// The kinds of act.
const (
	ActText       = "text"
	ActImage      = "image"
	ActVoice      = "voice"
	ActVideo      = "video"
	ActShortVideo = "shortvideo"
	ActLocation   = "location"
	ActLink       = "link"
	ActMenuTap    = "menu_tap" // an item of a msgmenu message: a text with bizmsgmenuid
	ActFollow     = "follow"
	ActUnfollow   = "unfollow"
	ActScan       = "scan" // of a follower; anyone else follows by it
	ActClick      = "click"
	ActView       = "view"
	ActMessage    = "message" // of any MsgType: Name
	ActEvent      = "event"   // of any Event: Name
	ActRaw        = "raw"
)

// Text has the customer write a text message and waits for the desk's answer to the push.
func (s *Simulator) Text(ctx context.Context, appid, openid, text string) (Answer, error) {
	return s.Do(ctx, appid, openid, Act{Kind: ActText, Text: text})
}

// Image has the customer send a picture.
func (s *Simulator) Image(ctx context.Context, appid, openid string) (Answer, error) {
	return s.Do(ctx, appid, openid, Act{Kind: ActImage})
}

// Voice has the customer send a voice message.
func (s *Simulator) Voice(ctx context.Context, appid, openid string) (Answer, error) {
	return s.Do(ctx, appid, openid, Act{Kind: ActVoice})
}

// Video has the customer send a video.
func (s *Simulator) Video(ctx context.Context, appid, openid string) (Answer, error) {
	return s.Do(ctx, appid, openid, Act{Kind: ActVideo})
}

// Location has the customer send a place.
func (s *Simulator) Location(ctx context.Context, appid, openid string, lat, lng float64, label string) (Answer, error) {
	return s.Do(ctx, appid, openid, Act{Kind: ActLocation, Lat: lat, Lng: lng, Text: label})
}

// Link has the customer send a link.
func (s *Simulator) Link(ctx context.Context, appid, openid, title, url string) (Answer, error) {
	return s.Do(ctx, appid, openid, Act{Kind: ActLink, Text: title, Key: url})
}

// Follow has the customer follow the account, by a QR code where a scene is given.
func (s *Simulator) Follow(ctx context.Context, appid, openid, scene string) (Answer, error) {
	return s.Do(ctx, appid, openid, Act{Kind: ActFollow, Scene: scene})
}

// Unfollow has the customer leave the account; the windows close.
func (s *Simulator) Unfollow(ctx context.Context, appid, openid string) (Answer, error) {
	return s.Do(ctx, appid, openid, Act{Kind: ActUnfollow})
}

// Scan has the customer scan a QR code: SCAN from a follower, a follow by it from anyone else.
func (s *Simulator) Scan(ctx context.Context, appid, openid, scene string) (Answer, error) {
	return s.Do(ctx, appid, openid, Act{Kind: ActScan, Scene: scene})
}

// Click has the customer press a menu button.
func (s *Simulator) Click(ctx context.Context, appid, openid, key string) (Answer, error) {
	return s.Do(ctx, appid, openid, Act{Kind: ActClick, Key: key})
}

// Raw pushes a whole document, signed and encrypted like any other. The phone shows nothing of it and no window opens.
func (s *Simulator) Raw(ctx context.Context, appid, openid, document string) (Answer, error) {
	return s.Do(ctx, appid, openid, Act{Kind: ActRaw, Document: document})
}

// written is an act as WeChat tells it.
type written struct {
	message string // MsgType, without MsgId in an event
	fields  []Field
	opens   trigger
	log     string // for the log
}

// write turns an act into the elements that make it up. It knows nothing of who acts.
func (a Act) write() (written, error) {
	text := func(name, value string) Field { return Field{Name: name, Text: value} }
	number := func(name string, value float64) Field {
		return Field{Name: name, Text: strconv.FormatFloat(value, 'f', 6, 64), Number: true}
	}
	w := written{message: a.Kind, opens: opensMessages, log: a.Kind}
	switch a.Kind {
	case ActText:
		w.fields = []Field{text("Content", a.Text)}
		w.log = "text 「" + short(a.Text, 40) + "」"
	case ActMenuTap: // counts like a click, though it arrives as text
		w.message, w.opens = "text", opensActs
		w.fields = []Field{text("Content", a.Text), text("bizmsgmenuid", a.Key)}
	case ActImage:
		id := mediaID()
		w.fields = []Field{text("PicUrl", "http://mmbiz.qpic.cn/mmbiz_jpg/"+id[:24]+"/0"), text("MediaId", id)}
	case ActVoice:
		w.fields = []Field{text("MediaId", mediaID()), text("Format", "amr"), text("Recognition", a.Text)}
	case ActVideo, ActShortVideo:
		w.fields = []Field{text("MediaId", mediaID()), text("ThumbMediaId", mediaID())}
	case ActLocation: // Location_X is the latitude
		w.fields = []Field{number("Location_X", a.Lat), number("Location_Y", a.Lng), {Name: "Scale", Text: "15", Number: true}, text("Label", a.Text)}
	case ActLink:
		w.fields = []Field{text("Title", a.Text), text("Description", a.Text), text("Url", a.Key)}
	case ActFollow:
		w.fields, w.opens = event("subscribe", ""), opensActs
		if a.Scene != "" {
			w.fields = append(event("subscribe", "qrscene_"+a.Scene), text("Ticket", a.Ticket))
		}
	case ActUnfollow:
		w.fields, w.opens = event("unsubscribe", ""), opensNothing
	case ActScan:
		w.fields, w.opens = append(event("SCAN", a.Scene), text("Ticket", a.Ticket)), opensActs
	case ActClick:
		w.fields, w.opens = event("CLICK", a.Key), opensActs
	case ActView: // opens a page, and no window
		w.fields, w.opens = event("VIEW", a.Key), opensNothing
	case ActConsent:
		w.fields, w.opens = answered(a.Key, "accept"), opensNothing
	case ActRefuse:
		w.fields, w.opens = answered(a.Key, "reject"), opensNothing
	case actResult:
		w.fields, w.opens = append([]Field{{Name: "Event", Text: a.Name}}, a.fields...), opensNothing
	case ActMessage:
		w.message, w.log = a.Name, "message "+a.Name
	case ActEvent:
		w.fields, w.opens = []Field{text("Event", a.Name)}, opensNothing
		if a.Name == "scancode_push" || a.Name == "scancode_waitmsg" {
			w.opens = opensActs
		}
	default:
		return written{}, fmt.Errorf("%w: kind %q", ErrBadAct, a.Kind)
	}
	if w.fields != nil && w.fields[0].Name == "Event" {
		w.message = "event"
		w.log = strings.TrimSpace("event " + w.fields[0].Text + " " + eventKey(w.fields))
	}
	for _, name := range slices.Sorted(maps.Keys(a.Fields)) {
		w.fields = append(w.fields, text(name, a.Fields[name]))
	}
	return w, nil
}

func event(name, key string) []Field {
	return []Field{{Name: "Event", Text: name}, {Name: "EventKey", Text: key}}
}

func eventKey(fields []Field) string {
	if len(fields) > 1 && fields[1].Name == "EventKey" {
		return fields[1].Text
	}
	return ""
}

func mediaID() string {
	random := make([]byte, 48)
	rand.Read(random)
	return base64.RawURLEncoding.EncodeToString(random)
}

// ticket is that of a code which was not made here: the same for the same scene.
func ticket(scene string) string {
	return "gQSIM_" + base64.RawURLEncoding.EncodeToString([]byte(scene))
}

// short cuts a text to so many characters.
func short(s string, max int) string {
	r := []rune(s)
	if len(r) <= max {
		return s
	}
	return string(r[:max]) + "…"
}
