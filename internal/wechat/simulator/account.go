package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"time"
)

// Mode is how an account's callbacks travel.
type Mode string

// The three modes of WeChat's console.
const (
	Plain      Mode = "plain"      // 明文: readable, nothing binds the body
	Compatible Mode = "compatible" // 兼容: readable and encrypted in one body
	Safe       Mode = "safe"       // 安全: encrypted only
)

// Format is how a callback's document is written.
type Format string

// WeChat's console offers both; the zero value means XML.
const (
	XML  Format = "xml"
	JSON Format = "json"
)

// Account is an Official Account as its owner set it up in WeChat's console.
type Account struct {
	AppID       string       `json:"appid"`
	Secret      string       `json:"secret,omitempty"`
	Token       string       `json:"token,omitempty"`   // signs callbacks; 3–32 letters and digits
	AESKey      string       `json:"aes_key,omitempty"` // EncodingAESKey, 43 characters; may be empty in plain mode
	Mode        Mode         `json:"mode"`              // empty: safe
	Format      Format       `json:"format"`            // empty: XML
	GhID        string       `json:"gh_id"`             // empty: made from AppID
	Name        string       `json:"name"`
	CallbackURL string       `json:"callback_url"`   // the desk's address, such as http://127.0.0.1:8080/wechat/{appid}
	Menu        []MenuButton `json:"menu,omitempty"` // as it stands in the console, until a program makes another; empty: 会员 (member), 订位 (booking), 人工客服 (kf_other)

	Templates []Template `json:"templates,omitempty"` // empty: three samples, one of them of notices

	IPs   []string       `json:"ips,omitempty"`   // who may fetch tokens (IP 白名单); empty: anybody
	Daily map[string]int `json:"daily,omitempty"` // how often a path may be called in a day, where that is not what WeChat documents; 0: without limit
}

// withDefaults fills in what may be left out, and says what is wrong with the rest.
func (a Account) withDefaults() (Account, error) {
	if a.AppID == "" {
		return a, errors.New("an account needs an appid")
	}
	if a.Mode == "" {
		a.Mode = Safe
	}
	if a.Format == "" {
		a.Format = XML
	}
	if a.GhID == "" {
		a.GhID = "gh_" + a.AppID[max(0, len(a.AppID)-12):]
	}
	if a.Name == "" {
		a.Name = a.AppID
	}
	if len(a.Menu) == 0 {
		a.Menu = []MenuButton{{Type: "click", Name: "会员", Key: "member"}, {Type: "click", Name: "订位", Key: "booking"}, {Type: "click", Name: "人工客服", Key: "kf_other"}}
	}
	if len(a.Templates) == 0 {
		a.Templates = sampleTemplates
	}
	if !slices.Contains([]Mode{Plain, Compatible, Safe}, a.Mode) {
		return a, fmt.Errorf("account %s: no such mode: %q", a.AppID, a.Mode)
	}
	if a.Format != XML && a.Format != JSON {
		return a, fmt.Errorf("account %s: no such format: %q", a.AppID, a.Format)
	}
	if _, err := url.Parse(a.CallbackURL); err != nil {
		return a, fmt.Errorf("account %s: callback URL: %w", a.AppID, err)
	}
	return a, nil
}

// Customer is a WeChat user of one account.
type Customer struct {
	OpenID     string    `json:"openid"`
	Name       string    `json:"name"` // for the page only: WeChat tells accounts no names since 2021
	Followed   bool      `json:"followed"`
	FollowedAt time.Time `json:"followed_at,omitzero"`
	Scene      string    `json:"scene,omitempty"` // of the QR code followed by
	LastAct    time.Time `json:"last_act,omitzero"`
	Typing     bool      `json:"typing,omitempty"`  // the account's "typing" sign is shown
	UnionID    string    `json:"unionid,omitempty"` // where the account is bound to an Open Platform account
	Remark     string    `json:"remark,omitempty"`
	TagIDs     []int     `json:"tagid_list,omitempty"`
	Blocked    bool      `json:"blocked,omitempty"` // takes no messages from the account

	Consents map[string]int `json:"consents,omitempty"` // how many notices of a template they agreed to and were not sent

	Allowance Allowance `json:"allowance"`
}

// Side is who a line on the phone comes from.
type Side string

// The sides of a conversation.
const (
	FromCustomer Side = "customer"
	FromAccount  Side = "account"
	FromWeChat   Side = "wechat" // WeChat itself, in grey
)

// Line is one line of a conversation as the phone shows it.
type Line struct {
	N     int64     `json:"n"` // grows; unique in the simulator
	At    time.Time `json:"at"`
	Side  Side      `json:"side"`
	Kind  string    `json:"kind"` // text, image …; of WeChat's own lines: unavailable
	Text  string    `json:"text"`
	Via   string    `json:"via,omitempty"` // from the account: passive, custom, template, subscribe
	MsgID int64     `json:"msg_id,omitempty"`

	// Of what is more than a text, what the phone makes of it.
	Media       string     `json:"media_id,omitempty"`       // what is shown or played
	Thumb       string     `json:"thumb_media_id,omitempty"` // the cover of a video, the picture of a mini program's card
	Description string     `json:"description,omitempty"`
	URL         string     `json:"url,omitempty"`     // what a card opens
	Picture     string     `json:"picture,omitempty"` // the address of a card's picture
	AppID       string     `json:"appid,omitempty"`   // of a mini program
	Items       []MenuItem `json:"items,omitempty"`   // of a msgmenu: what can be tapped
	Tail        string     `json:"tail,omitempty"`
}

// MenuItem is an item of a msgmenu message.
type MenuItem struct {
	ID      string `json:"id"`
	Content string `json:"content"`
}

// UnmarshalJSON takes a number for an id as well: WeChat's examples write both.
func (i *MenuItem) UnmarshalJSON(b []byte) error {
	var raw struct {
		ID      any    `json:"id"`
		Content string `json:"content"`
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(&raw); err != nil {
		return err
	}
	*i = MenuItem{Content: raw.Content}
	switch id := raw.ID.(type) {
	case string:
		i.ID = id
	case json.Number:
		i.ID = id.String()
	}
	return nil
}

// Faults is what goes wrong for an account until it is changed. A count says how many times more; -1 means always.
type Faults struct {
	Repeat      int           `json:"repeat"`       // every push is sent this many times in all; under 2: once
	DropAnswers int           `json:"drop_answers"` // a push's answer is lost on its way, so WeChat repeats
	RejectToken int           `json:"reject_token"` // a call is answered 40001 whatever its token
	Busy        int           `json:"busy"`         // a call is answered -1
	SendCode    int           `json:"send_code"`    // custom/send is answered with this code, such as 45015 or 45047; 0: none
	Cut         int           `json:"cut"`          // custom/send is carried out, then the connection is cut before an answer
	FailJobs    int           `json:"fail_jobs"`    // a template message is taken, and then told to have failed
	DeadMedia   int           `json:"dead_media"`   // media/get is answered 40007
	Refuse      bool          `json:"refuse"`       // connections of the API are cut before anything is read
	Delay       time.Duration `json:"delay"`        // calls are carried out and answered this much later; nanoseconds in JSON
	PushDelay   time.Duration `json:"push_delay"`   // pushes set out this much later; nanoseconds in JSON

	// Codes are answered in place of what would be: by path without "/cgi-bin/", or "*" for every one.
	Codes map[string]int `json:"codes,omitempty"`
}

// Answer has a path answered with a code; 0: as it is again.
func (f *Faults) Answer(path string, code int) {
	codes := maps.Clone(f.Codes)
	if codes == nil {
		codes = map[string]int{}
	}
	if codes[path] = code; code == 0 {
		delete(codes, path)
	}
	f.Codes = codes
}

// code is what a path is answered with; 0: as it is.
func (f *Faults) code(path string) int {
	if code := f.Codes[path]; code != 0 {
		return code
	}
	return f.Codes["*"]
}

// take uses up one of a fault's count, and reports whether there was one.
func take(count *int) bool {
	if *count > 0 {
		*count--
		return true
	}
	return *count < 0
}
