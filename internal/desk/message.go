package desk

import (
	"encoding/json"
	"time"

	"weir/internal/id"
	"weir/internal/store"
)

// The message types that other programs read.
const (
	TypeOther    int16 = 0
	TypeText     int16 = 1
	TypeImage    int16 = 2
	TypeVoice    int16 = 3
	TypeVideo    int16 = 4
	TypeLocation int16 = 5
	TypeLink     int16 = 6
)

// Delivery is how far an outgoing message has come. Inbound messages have none.
type Delivery string

// The states of delivery.
const (
	Queued    Delivery = "queued"
	Sending   Delivery = "sending"
	Sent      Delivery = "sent"
	Failed    Delivery = "failed"
	Uncertain Delivery = "uncertain" // the connection died after the request went out: never sent again by itself
)

// Data is what a message carries beside text; which fields depends on its type.
type Data struct {
	MediaID     string  `json:"media_id,omitempty"`
	ThumbID     string  `json:"thumb_media_id,omitempty"`
	ResourcesID string  `json:"resources_id,omitempty"`
	FileURL     string  `json:"file_url,omitempty"`
	PicURL      string  `json:"pic_url,omitempty"`
	Format      string  `json:"format,omitempty"`
	Latitude    float64 `json:"lat,omitempty"`
	Longitude   float64 `json:"lng,omitempty"`
	Scale       float64 `json:"scale,omitempty"`
	Label       string  `json:"label,omitempty"`
	Title       string  `json:"title,omitempty"`
	Description string  `json:"description,omitempty"`
	URL         string  `json:"url,omitempty"`
	Kind        string  `json:"kind,omitempty"` // WeChat's own word for it, where the type does not say: of type 0, and shortvideo
	Raw         string  `json:"raw,omitempty"`  // of type 0: the document as it came

	MenuID     string   `json:"menu_id,omitempty"` // of a text: the item of a menu message of ours that was tapped
	Article    *Article `json:"article,omitempty"` // written in the message box of an article
	BusinessID string   `json:"business_id,omitempty"`

	Out *Outgoing `json:"out,omitempty"` // of what we send

	// Of types 2 to 4: what became of fetching it. While nothing has, it is on its way.
	Media  MediaState `json:"media,omitempty"`
	Mime   string     `json:"mime,omitempty"`  // by its bytes
	Size   int64      `json:"size,omitempty"`  // bytes
	Width  int        `json:"width,omitempty"` // of a picture, pixels
	Height int        `json:"height,omitempty"`
	Length int64      `json:"length,omitempty"`      // of a voice message, milliseconds
	Thumb  bool       `json:"thumb,omitempty"`       // there is a small picture of it
	Play   string     `json:"play,omitempty"`        // the type of what was made of it for browsers
	HD     string     `json:"hd_media_id,omitempty"` // of a voice message: WeChat's 16 kHz copy

	Recognition string `json:"recognition,omitempty"` // of a voice message: its words, where WeChat recognised them
}

// Article is the article in whose message box a customer wrote.
type Article struct {
	MsgDataID string `json:"msg_data_id"`
	Index     string `json:"idx" doc:"which of the articles that were published together"`
}

// Message is one message, in either direction.
type Message struct {
	Company           id.ID
	ID                id.ID
	SessionID         id.ID // zero: an automatic answer outside any session
	Seq               int32 // its place in its session, from 1, without gaps
	AppID, OpenID     string
	UID               int64
	CustomerServiceID int64
	Opercode          Opercode
	Type              int16
	Text              string
	Data              Data
	CreatedAt         time.Time
	RuleID            int64
	Version           int64
	Delivery          Delivery
	Code              int    // WeChat's code of a failed delivery
	Reason            string // the key of the sentence that says why
	Attempts          int16
	NextTryAt         time.Time
	ResentSeq         int32 // the place of the message that was sent in its stead; 0: none was
	Parts             int   // of a text that was just written, where it became several messages: how many

	key string // what refuses its repeat
}

func messageOf(r store.Message) Message {
	m := Message{Company: r.CompanyID, ID: r.MessageID, SessionID: val(r.SessionID), Seq: val(r.Seq), AppID: r.AppID, OpenID: r.OpenID, UID: val(r.UID),
		CustomerServiceID: val(r.CustomerServiceID), Opercode: Opercode(r.Opercode), Type: r.MessageType, Text: r.Text, CreatedAt: r.CreatedAt,
		RuleID: val(r.RuleID), Version: r.Version, Delivery: Delivery(val(r.Delivery)), Code: int(val(r.DeliveryCode)), Reason: r.DeliveryReason,
		Attempts: r.Attempts, NextTryAt: val(r.NextTryAt), ResentSeq: val(r.ResentSeq), key: val(r.WeChatKey)}
	if len(r.Data) > 0 {
		_ = json.Unmarshal(r.Data, &m.Data) // written by us
	}
	return m
}

func messagesOf(rows []store.Message) []Message {
	out := make([]Message, len(rows))
	for i := range rows {
		out[i] = messageOf(rows[i])
	}
	return out
}

// Wire is the message as other programs see it: in Redis, in webhooks, in the API and its event stream (DESIGN, section 1).
type Wire struct {
	MessageID         id.ID  `json:"message_id"`
	SessionID         id.ID  `json:"session_id"`
	CompanyID         id.ID  `json:"company_id"`
	AppID             string `json:"appid"`
	OpenID            string `json:"customer_wx_openid"`
	CustomerServiceID int64  `json:"customer_service_id"`
	UID               int64  `json:"uid"`
	Opercode          int16  `json:"opercode"`
	MessageType       int16  `json:"message_type"`
	Text              string `json:"text,omitempty"`

	MediaID     string   `json:"media_id,omitempty"`
	ResourcesID string   `json:"resources_id,omitempty"`
	FileURL     string   `json:"file_url,omitempty"`
	Latitude    *float64 `json:"lat,omitempty"`
	Longitude   *float64 `json:"lng,omitempty"`
	Scale       *float64 `json:"scale,omitempty"`
	Label       *string  `json:"label,omitempty"`
	Title       *string  `json:"title,omitempty"`
	Description *string  `json:"description,omitempty"`
	URL         *string  `json:"url,omitempty"`

	AddTime string `json:"add_time" doc:"in the company's time zone"`

	Seq       int32      `json:"seq,omitempty" doc:"place in the session, from 1, without gaps"`
	CreatedAt *time.Time `json:"created_at,omitempty"`
	Delivery  Delivery   `json:"delivery,omitempty" enum:"queued,sending,sent,failed,uncertain" doc:"of what Weir sends"`
	Code      int        `json:"delivery_code,omitempty" doc:"WeChat's code, where it refused"`
	Reason    string     `json:"delivery_reason,omitempty" doc:"why it failed or is uncertain; delivery.waits: it waits for the customer's next message; delivery.accepted: WeChat took a template message, and has not told yet what became of it"`
	ResentSeq int32      `json:"resent_seq,omitempty" doc:"the place of the message that was sent in its stead"`
	Parts     int        `json:"parts,omitempty" doc:"of an answer just given: how many messages it became, in places from this one on"`
	Kind      string     `json:"kind,omitempty" doc:"WeChat's word for it, where the type does not say: of type 0, and shortvideo of type 4"`
	MenuID    string     `json:"menu_id,omitempty" doc:"of a text: the item of a menu message that the customer tapped"`
	Heard     string     `json:"recognition,omitempty" doc:"of a voice message: its words, where WeChat recognised them"`
	Article   *Article   `json:"article,omitempty" doc:"the article in whose message box the customer wrote"`
	Business  string     `json:"business_id,omitempty" doc:"WeChat's BusinessId"`
	Menu      *Menu      `json:"menu,omitempty"`
	Program   *Program   `json:"program,omitempty"`
	Filled    *Filled    `json:"template,omitempty" doc:"of a template message or notice: what it was made of; text is what the customer reads, title what the template is called"`
	Mime      string     `json:"mime,omitempty" doc:"of types 2 to 4, once it is kept: by its bytes"`
	Size      int64      `json:"size,omitempty" doc:"bytes"`
}

// Wire draws the message for other programs; loc is the company's time zone. The feed in Redis has only the fields of the
// replaced system; the API adds seq, created_at and delivery.
func (m *Message) Wire(loc *time.Location, api bool) Wire {
	w := Wire{MessageID: m.ID, SessionID: m.SessionID, CompanyID: m.Company, AppID: m.AppID, OpenID: m.OpenID, CustomerServiceID: m.CustomerServiceID,
		UID: m.UID, Opercode: int16(m.Opercode), MessageType: m.Type, AddTime: m.CreatedAt.In(loc).Format(time.DateTime)}
	switch d := &m.Data; m.Type {
	case TypeImage, TypeVoice, TypeVideo:
		w.MediaID, w.ResourcesID, w.FileURL = d.MediaID, d.ResourcesID, d.FileURL
		if d.Title+d.Description != "" {
			w.Title, w.Description = &d.Title, &d.Description
		}
	case TypeLocation:
		w.Latitude, w.Longitude, w.Scale, w.Label = &d.Latitude, &d.Longitude, &d.Scale, &d.Label
	case TypeLink:
		w.Title, w.Description, w.URL = &d.Title, &d.Description, &d.URL
	default:
		w.Text = m.Text
	}
	if api {
		at := m.CreatedAt
		w.Seq, w.CreatedAt = m.Seq, &at
		w.Delivery, w.Code, w.Reason, w.ResentSeq, w.Parts = m.Delivery, m.Code, m.Reason, m.ResentSeq, m.Parts
		w.Mime, w.Size = m.Data.Mime, m.Data.Size
		w.MenuID, w.Heard, w.Article, w.Business = m.Data.MenuID, m.Data.Recognition, m.Data.Article, m.Data.BusinessID
		if m.Opercode == FromCustomer {
			w.Kind = m.Data.Kind
		}
		if o := m.Data.Out; o != nil {
			w.Kind, w.Menu, w.Filled = m.Data.Kind, o.Menu, o.Filled
			if o.Filled != nil {
				w.Title = &m.Data.Title
			}
			if w.Program = o.Program; o.Program != nil {
				w.Title, w.ResourcesID, w.FileURL = &m.Data.Title, m.Data.ResourcesID, m.Data.FileURL
			}
		}
	}
	return w
}
