package wechat

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"strconv"
	"strings"
	"time"
)

const (
	maxOpenID = 64
	maxKey    = 128          // longer parts of a key go in as their hash: an index entry has its limit, an EventKey has not
	maxUnix   = 253402300799 // 9999-12-31: later years are in no calendar of ours
)

// MsgType values.
const (
	MsgText       = "text"
	MsgImage      = "image"
	MsgVoice      = "voice"
	MsgVideo      = "video"
	MsgShortVideo = "shortvideo"
	MsgLocation   = "location"
	MsgLink       = "link"
	MsgEvent      = "event"
)

// Event values, as Inbound.Event has them: in lower case.
const (
	EventSubscribe     = "subscribe"   // with EventKey "qrscene_…" and Ticket after a QR code
	EventUnsubscribe   = "unsubscribe" // the official page asks for the user's data to be deleted
	EventScan          = "scan"
	EventLocation      = "location" // comes every 5 s while the chat is open; no interaction
	EventClick         = "click"
	EventView          = "view"
	EventScancodePush  = "scancode_push"
	EventScancodeWait  = "scancode_waitmsg"
	EventEnterTempSess = "user_enter_tempsession" // mini program
	EventDebugDemo     = "debug_demo"             // the console's test push

	EventTemplateDone  = "templatesendjobfinish"      // MsgID, Status
	EventNoticePopup   = "subscribe_msg_popup_event"  // the customer answered the question whether they want notices
	EventNoticeChange  = "subscribe_msg_change_event" // the customer switched notices off
	EventNoticeSent    = "subscribe_msg_sent_event"   // see Inbound.Notices
	EventRevoked       = "user_authorization_revoke"  // RevokeInfo: what the customer no longer lets the account have
	EventCancelled     = "user_authorization_cancellation"
	EventVerifyExpired = "verify_expired"               // ExpiredTime; without verification there is no custom/send
	EventVerifyRenew   = "annual_renew"                 // ExpiredTime
	EventQualified     = "qualification_verify_success" // ExpiredTime
	EventNotQualified  = "qualification_verify_fail"    // FailTime, FailReason
	EventNamed         = "naming_verify_success"        // ExpiredTime
	EventNotNamed      = "naming_verify_fail"           // FailTime, FailReason
)

// Inbound is one message or event from a customer. Absent fields are empty. Text is clean: valid UTF-8 without NUL or other
// characters that XML 1.0 does not have. Strings are parts of Raw and share its memory.
type Inbound struct {
	ToUser    string    // the account's gh_ id; never look an account up by it alone
	OpenID    string    // the customer; 1 to 64 bytes
	CreatedAt time.Time // to the second, in UTC
	MsgType   string    // lower case: MsgText …; unknown ones are passed on
	MsgID     string    // digits; empty where WeChat gave none, or where the document gave two
	Event     string    // lower case, because WeChat's own pages do not agree about it; for MsgType event only
	EventKey  string    // menu key, URL, or scene; with "qrscene_" in a subscribe event
	Ticket    string
	MenuID    string // conditional menu
	Status    string // result of a template or mass message

	ScanType, ScanResult string // scancode_push, scancode_waitmsg

	Content      string
	BizMsgMenuID string // the customer tapped this item of our msgmenu; Content is its text
	PicURL       string
	MediaID      string // valid for 3 days
	ThumbMediaID string
	Format       string // of a voice: amr, speex
	Recognition  string // of a voice, seldom

	Latitude, Longitude float64 // GCJ-02 degrees
	Scale, Precision    float64
	Label               string

	Title, Description, URL string

	MediaID16K string // of a voice, seldom: its 16 kHz copy, for Client.Media's hd

	// Other holds the fields that have none of their own here, by WeChat's names: KfAccount, ExpiredTime, RevokeInfo, PagePath …; those
	// one level down with their parent's, as in "SendLocationInfo.Poiname". nil: there are none.
	Other map[string]string

	Raw       string // the decrypted, cleaned document, XML or JSON; in JSON an escape may still spell NUL
	Encrypted bool   // it came encrypted, so its passive reply must be
	JSON      bool   // its passive reply must be JSON

	previousKey bool // it was encrypted with Account.PreviousKey, and so must its reply be
}

// Key names what happened, the same for every repetition: "m:" and the MsgId for a message; "e:", openid, CreateTime, event
// and EventKey for an event (the MsgID in place of an empty EventKey: two template jobs may end in one second); "d:" and the
// SHA-256 of the document for a message without MsgId. It is never empty, at most 360 bytes, and unique within an appid only.
// The page on passive replies asks for MsgId, and for FromUserName + CreateTime, which two events of one second would share.
func (in *Inbound) Key() string {
	switch {
	case in.MsgType == MsgEvent:
		key := in.EventKey
		if key == "" {
			key = in.MsgID
		}
		if key == "" && strings.HasPrefix(in.Event, "subscribe_msg_") { // several in a second, told apart deeper than others
			key = "sha256-" + digest(in.Raw)
		}
		created := strconv.FormatInt(in.CreatedAt.Unix(), 10)
		return "e:" + in.OpenID + ":" + created + ":" + bounded(in.Event) + ":" + bounded(key)
	case in.MsgID != "":
		return "m:" + bounded(in.MsgID)
	}
	return "d:" + digest(in.Raw)
}

// EventName is the event as WeChat wrote it, in its capitals.
func (in *Inbound) EventName() (name string) {
	_ = scan(in.Raw, func(f field) error { // it was scanned before
		if f.depth == 2 && f.name == "Event" && name == "" {
			name = strings.TrimSpace(f.value)
		}
		return nil
	})
	return name
}

func bounded(s string) string {
	if len(s) <= maxKey {
		return s
	}
	return "sha256-" + digest(s)
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// parse reads a clean document. Its errors are authentic: nobody gets here without a signature.
func parse(doc string) (*Inbound, error) {
	p := &parser{Inbound: Inbound{Raw: doc, JSON: isJSON(doc)}}
	if err := scan(doc, p.take); err != nil {
		return nil, malformed(err.Error())
	}
	if err := p.finish(); err != nil {
		return nil, err
	}
	return &p.Inbound, nil // with its parser: one allocation
}

func malformed(detail string) error {
	return &CallbackError{Reason: Malformed, Authentic: true, Detail: detail}
}

type parser struct {
	Inbound
	createTime, latitude, longitude, scale, precision string
	doubled                                           bool
}

// take keeps the first of a doubled field. A customer's "]]>" might end a CDATA that WeChat forgot to split, and what follows
// would be the customer's own elements: they come after the real FromUserName, but before the real MsgId, so that one is not
// believed at all.
func (p *parser) take(f field) error {
	if f.value == "" {
		return nil
	}
	dst := p.field(f)
	if dst == nil {
		p.other(f)
		return nil
	}
	if *dst != "" {
		p.doubled = true
		return nil
	}
	*dst = f.value
	return nil
}

// other keeps a field that has no place of its own: the first of a doubled one.
func (p *parser) other(f field) {
	name := f.name
	if f.depth == 3 {
		name = f.parent + "." + name
	}
	if f.name == "" || strings.TrimSpace(f.value) == "" || len(name) > maxKey {
		return
	}
	if p.Other == nil {
		p.Other = map[string]string{}
	}
	if _, had := p.Other[name]; !had {
		p.Other[name] = f.value
	}
}

// field says where a field goes. Names as the official pages write them; job events write MsgID, messages MsgId.
func (p *parser) field(f field) *string {
	if f.depth == 3 {
		return p.nested(f)
	}
	switch f.name {
	case "ToUserName":
		return &p.ToUser
	case "FromUserName":
		return &p.OpenID
	case "CreateTime":
		return &p.createTime
	case "MsgType":
		return &p.MsgType
	case "MsgId", "MsgID":
		return &p.MsgID
	case "Event":
		return &p.Event
	case "EventKey":
		return &p.EventKey
	case "Ticket":
		return &p.Ticket
	case "MenuId", "MenuID":
		return &p.MenuID
	case "Status":
		return &p.Status
	case "Content":
		return &p.Content
	case "bizmsgmenuid":
		return &p.BizMsgMenuID
	case "PicUrl":
		return &p.PicURL
	case "MediaId":
		return &p.MediaID
	case "MediaId16K":
		return &p.MediaID16K
	case "ThumbMediaId":
		return &p.ThumbMediaID
	case "Format":
		return &p.Format
	case "Recognition":
		return &p.Recognition
	case "Location_X", "Latitude": // X is the latitude
		return &p.latitude
	case "Location_Y", "Longitude":
		return &p.longitude
	case "Scale":
		return &p.scale
	case "Precision":
		return &p.precision
	case "Label":
		return &p.Label
	case "Title":
		return &p.Title
	case "Description":
		return &p.Description
	case "Url":
		return &p.URL
	}
	return nil
}

func (p *parser) nested(f field) *string {
	if f.parent != "ScanCodeInfo" {
		return nil
	}
	switch f.name {
	case "ScanType":
		return &p.ScanType
	case "ScanResult":
		return &p.ScanResult
	}
	return nil
}

// finish checks what every message must have and turns words into values.
func (p *parser) finish() error {
	p.OpenID = strings.TrimSpace(p.OpenID)
	p.MsgID = strings.TrimSpace(p.MsgID)
	p.MsgType = strings.ToLower(strings.TrimSpace(p.MsgType))
	p.Event = strings.ToLower(strings.TrimSpace(p.Event))
	created, ok := unixTime(p.createTime)
	switch {
	case p.OpenID == "" || len(p.OpenID) > maxOpenID:
		return malformed("FromUserName is missing or longer than 64")
	case p.MsgType == "":
		return malformed("MsgType is missing")
	case !ok:
		return malformed("CreateTime is missing or not Unix seconds")
	}
	p.CreatedAt = created
	if p.doubled {
		p.MsgID = ""
	}
	p.Latitude, p.Longitude = number(p.latitude), number(p.longitude)
	p.Scale, p.Precision = number(p.scale), number(p.precision)
	return nil
}

// unixTime reads the seconds of a CreateTime.
func unixTime(s string) (at time.Time, ok bool) {
	sec, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err != nil || sec <= 0 || sec > maxUnix {
		return time.Time{}, false
	}
	return time.Unix(sec, 0).UTC(), true
}

// number reads a figure that is nice to have: a bad one is 0.
func number(s string) float64 {
	if s == "" {
		return 0
	}
	f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0
	}
	return f
}
