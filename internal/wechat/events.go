package wechat

import (
	"encoding/json"
	"encoding/xml"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Notice is one line of a subscribe_msg event: what became of a subscription notice, or what the customer chose about a template.
type Notice struct {
	TemplateID string
	MsgID      string // of subscribe_msg_sent_event
	Status     string // accept, reject; of what was sent: success or why not
	Code       int    // of what was sent: 0 is success
}

type noticeFields struct {
	TemplateID  string `xml:"TemplateId"`
	MsgID       string `xml:"MsgID"`
	Subscribe   string `xml:"SubscribeStatusString"`
	ErrorCode   string `xml:"ErrorCode"`
	ErrorStatus string `xml:"ErrorStatus"`
}

func (f noticeFields) notice() Notice {
	n := Notice{f.TemplateID, f.MsgID, f.Subscribe, 0}
	if f.ErrorStatus != "" {
		n.Status = f.ErrorStatus
	}
	n.Code, _ = strconv.Atoi(strings.TrimSpace(f.ErrorCode))
	return n
}

// Notices reads the list of a subscribe_msg event, which lies deeper in its document than any other field. In JSON the list may be an
// object or an array (the official pages show both). nil: there is none.
func (in *Inbound) Notices() []Notice {
	if in.JSON || isJSON(in.Raw) {
		return jsonNotices(in.Raw)
	}
	var doc struct {
		Popup  []noticeFields `xml:"SubscribeMsgPopupEvent>List"`
		Change []noticeFields `xml:"SubscribeMsgChangeEvent>List"`
		Sent   []noticeFields `xml:"SubscribeMsgSentEvent>List"`
		Root   []noticeFields `xml:"List"`
	}
	if xml.Unmarshal([]byte(in.Raw), &doc) != nil { // it was scanned by a stricter reader before
		return nil
	}
	return notices(slices.Concat(doc.Popup, doc.Change, doc.Sent, doc.Root))
}

func notices(all []noticeFields) (out []Notice) {
	for _, f := range all {
		out = append(out, f.notice())
	}
	return out
}

func jsonNotices(raw string) (out []Notice) {
	type list struct{ List json.RawMessage }
	var doc struct {
		Popup  list `json:"SubscribeMsgPopupEvent"`
		Change list `json:"SubscribeMsgChangeEvent"`
		Sent   list `json:"SubscribeMsgSentEvent"`
		list
	}
	if json.Unmarshal([]byte(raw), &doc) != nil {
		return nil
	}
	for _, l := range []list{doc.Popup, doc.Change, doc.Sent, doc.list} {
		var many []map[string]json.RawMessage
		if json.Unmarshal(l.List, &many) != nil {
			var one map[string]json.RawMessage
			if json.Unmarshal(l.List, &one) != nil {
				continue
			}
			many = []map[string]json.RawMessage{one}
		}
		for _, m := range many {
			out = append(out, noticeFields{word(m["TemplateId"]), word(m["MsgID"]), word(m["SubscribeStatusString"]), word(m["ErrorCode"]), word(m["ErrorStatus"])}.notice())
		}
	}
	return out
}

// word is a JSON string or number as text, clean. A number stays as it is written: a MsgID has more digits than a float64.
func word(raw json.RawMessage) string {
	var text string
	var number json.Number
	switch {
	case json.Unmarshal(raw, &text) == nil:
		return clean(text)
	case json.Unmarshal(raw, &number) == nil:
		return number.String()
	}
	return ""
}

// Time reads a field of Other that is in Unix seconds; zero: it is absent or no time.
func (in *Inbound) Time(name string) time.Time {
	at, _ := unixTime(in.Other[name])
	return at
}
