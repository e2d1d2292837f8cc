package handlers

import (
	"encoding/hex"
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/live"
)

// The events that other programs read.
const (
	messageCreated = "message.created"
	messageUpdated = "message.updated"
	sessionUpdated = "session.updated"
	agentUpdated   = "agent.updated"
)

// Tell writes into the log of events what a change means to other programs. Every message of the desk passes here, so the
// JSON of most is written by hand: one allocation an event.
func Tell(log *live.Log, c *desk.Change) {
	company := c.Company.CompanyID.String()
	Events(c, func(name string, data []byte) { log.Append(company, name, data) })
}

// Events are what a change means to other programs, as the names and JSON of events, in order. A session is told of when it is
// made, when it moves, and when it changes other than by a message: a message tells by itself that its session has it. data
// is add's to keep.
func Events(c *desk.Change, add func(name string, data []byte)) {
	for i := range c.Messages {
		m := &c.Messages[i]
		add(messageCreated, appendMessage(make([]byte, 0, sizeOf(m)), c.Company, m))
	}
	for i := range c.Updated {
		m := &c.Updated[i]
		add(messageUpdated, appendMessage(make([]byte, 0, sizeOf(m)), c.Company, m))
	}
	if c.Session != nil && (c.Moved() || len(c.Messages)+len(c.Updated) == 0) {
		add(sessionUpdated, appendSession(make([]byte, 0, 640), c.Company, c.Session))
	}
	if c.Agent != 0 && c.Status != "" {
		add(agentUpdated, appendAgent(make([]byte, 0, 64), c.Agent, c.Status))
	}
}

// sizeOf is about how long a message is as JSON, in bytes.
func sizeOf(m *desk.Message) int {
	d := &m.Data
	return 512 + len(m.Text) + len(m.Text)/8 + len(d.MediaID) + len(d.FileURL) + len(d.Label) + len(d.Title) + len(d.Description) + len(d.URL) + len(d.Recognition)
}

// appendMessage writes desk.Wire as encoding/json does: by hand where it is a plain text, which most are.
func appendMessage(b []byte, c *desk.Company, m *desk.Message) []byte {
	if m.Type != desk.TypeText || m.Data != (desk.Data{}) || m.ResentSeq != 0 || m.Parts != 0 {
		whole, _ := json.Marshal(m.Wire(c.Location, true)) // strings and finite numbers always can be
		return append(b, whole...)
	}
	b = appendID(append(b, `{"message_id":`...), m.ID)
	b = appendID(append(b, `,"session_id":`...), m.SessionID)
	b = appendID(append(b, `,"company_id":`...), m.Company)
	b = appendString(append(b, `,"appid":`...), m.AppID)
	b = appendString(append(b, `,"customer_wx_openid":`...), m.OpenID)
	b = strconv.AppendInt(append(b, `,"customer_service_id":`...), m.CustomerServiceID, 10)
	b = strconv.AppendInt(append(b, `,"uid":`...), m.UID, 10)
	b = strconv.AppendInt(append(b, `,"opercode":`...), int64(m.Opercode), 10)
	b = strconv.AppendInt(append(b, `,"message_type":`...), int64(m.Type), 10)
	b = appendUnlessEmpty(b, "text", m.Text)
	b = append(b, `,"add_time":"`...)
	b = append(m.CreatedAt.In(c.Location).AppendFormat(b, time.DateTime), '"')
	if m.Seq != 0 {
		b = strconv.AppendInt(append(b, `,"seq":`...), int64(m.Seq), 10)
	}
	b = appendTime(append(b, `,"created_at":`...), m.CreatedAt)
	b = appendUnlessEmpty(b, "delivery", string(m.Delivery))
	if m.Code != 0 {
		b = strconv.AppendInt(append(b, `,"delivery_code":`...), int64(m.Code), 10)
	}
	b = appendUnlessEmpty(b, "delivery_reason", m.Reason)
	return append(b, '}')
}

// appendSession writes Session as encoding/json would.
func appendSession(b []byte, c *desk.Company, s *desk.Session) []byte {
	b = appendID(append(b, `{"session_id":`...), s.SessionID)
	b = appendString(append(b, `,"appid":`...), s.AppID)
	b = appendString(append(b, `,"customer_wx_openid":`...), s.OpenID)
	b = strconv.AppendInt(append(b, `,"state":`...), int64(s.State), 10)
	b = appendString(append(b, `,"type":`...), s.Type)
	b = appendNumber(append(b, `,"uid":`...), s.UID)
	b = appendNumber(append(b, `,"customer_service_id":`...), s.CustomerServiceID)
	b = append(b, `,"group":`...)
	if name := groupName(c, s); name != "" {
		b = appendString(b, name)
	} else {
		b = append(b, "null"...)
	}
	b = appendNumber(append(b, `,"target_uid":`...), s.TargetUID)
	b = appendNumber(append(b, `,"exclusive_uid":`...), s.ExclusiveUID)
	b = strconv.AppendInt(append(b, `,"priority":`...), int64(s.Priority), 10)
	b = strconv.AppendInt(append(b, `,"last_seq":`...), int64(s.LastSeq), 10)
	b = appendTime(append(b, `,"created_at":`...), s.CreatedAt)
	b = appendTime(append(b, `,"queued_at":`...), s.QueuedAt)
	b = appendMoment(append(b, `,"assigned_at":`...), s.AssignedAt)
	b = appendMoment(append(b, `,"taken_at":`...), s.TakenAt)
	b = appendMoment(append(b, `,"closed_at":`...), s.ClosedAt)
	b = appendUnlessEmpty(b, "closed_why", s.ClosedWhy)
	b = appendMoment(append(b, `,"not_before":`...), s.NotBefore)
	b = strconv.AppendBool(append(b, `,"left_message":`...), s.LeftMessage)
	return append(b, '}')
}

func groupName(c *desk.Company, s *desk.Session) string {
	if s.GroupID == nil {
		return ""
	}
	return c.GroupName(*s.GroupID)
}

// appendAgent writes Presence.
func appendAgent(b []byte, uid int64, status string) []byte {
	b = strconv.AppendInt(append(b, `{"uid":`...), uid, 10)
	return append(appendString(append(b, `,"status":`...), status), '}')
}

func appendID(b []byte, x id.ID) []byte {
	b = append(b, '"')
	return append(hex.AppendEncode(b, x[:]), '"')
}

func appendTime(b []byte, t time.Time) []byte {
	return append(t.AppendFormat(append(b, '"'), time.RFC3339Nano), '"')
}

func appendMoment(b []byte, t *time.Time) []byte {
	if t == nil {
		return append(b, "null"...)
	}
	return appendTime(b, *t)
}

func appendNumber(b []byte, n *int64) []byte {
	if n == nil {
		return append(b, "null"...)
	}
	return strconv.AppendInt(b, *n, 10)
}

func appendUnlessEmpty(b []byte, name, s string) []byte {
	if s == "" {
		return b
	}
	b = append(append(append(b, `,"`...), name...), `":`...)
	return appendString(b, s)
}

// appendString writes s as a JSON string. Whatever is not UTF-8 becomes U+FFFD; line ends become escapes, so that an event's data
// is one line.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		size := 1
		if c >= utf8.RuneSelf {
			var r rune
			if r, size = utf8.DecodeRuneInString(s[i:]); (r != utf8.RuneError || size > 1) && r != '\u2028' && r != '\u2029' {
				i += size
				continue
			}
		}
		b = appendEscape(append(b, s[from:i]...), s[i:i+size])
		i += size
		from = i
	}
	return append(append(b, s[from:]...), '"')
}

// appendEscape writes what may not stand in a JSON string as it is.
func appendEscape(b []byte, s string) []byte {
	const digits = "0123456789abcdef"
	switch c := s[0]; {
	case c == '"' || c == '\\':
		return append(b, '\\', c)
	case c == '\n':
		return append(b, `\n`...)
	case c == '\r':
		return append(b, `\r`...)
	case c == '\t':
		return append(b, `\t`...)
	case c < ' ':
		return append(b, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
	case s == "\u2028":
		return append(b, `\u2028`...)
	case s == "\u2029":
		return append(b, `\u2029`...)
	}
	return append(b, `\ufffd`...)
}
