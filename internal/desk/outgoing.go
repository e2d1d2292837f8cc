package desk

import (
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"
)

// The kinds of type 0 that we send, in WeChat's own words: a message with answers to tap, and a card that opens a mini program.
const (
	KindMenu    = "msgmenu"
	KindProgram = "miniprogrampage"
)

// Outgoing is what some messages of ours carry beside Data.
type Outgoing struct {
	// Since is the window (by the act that opened it) into which a message did not fit: it waits for another.
	Since   string   `json:"since,omitempty"`
	Menu    *Menu    `json:"menu,omitempty"`
	Program *Program `json:"program,omitempty"`
	Filled  *Filled  `json:"template,omitempty"`
}

// Program is the page of a mini program that a card opens. Its title is the message's.
type Program struct {
	AppID string `json:"appid"`
	Path  string `json:"pagepath"`
}

// Menu is a message with answers to tap. A tap comes back as a text, with the id of the item.
type Menu struct {
	Head  string     `json:"head"`
	Items []MenuItem `json:"items" nullable:"false"`
	Tail  string     `json:"tail"`
}

// MenuItem is one answer.
type MenuItem struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// Limits of what is sent (WECHAT, sections 3.1 and 5). Those of texts are bytes of UTF-8; WeChat names none for titles, so those
// are what its cards show.
const (
	PartsMost    = 10 // texts that one reply may become
	titleMost    = 128
	describeMost = 512
	urlMost      = 1024
	itemsMost    = 10
	pathMost     = 1024 // bytes
)

// parts splits a text at WeChat's limit, in bytes, without breaking a character, and at the end of a line or word where there is one
// in the last quarter.
func parts(text string, most int) []string {
	var out []string
	for len(text) > most {
		cut := most
		for !utf8.RuneStart(text[cut]) {
			cut--
		}
		if i := strings.LastIndexAny(text[:cut], "\n "); i >= most*3/4 {
			cut = i + 1
		}
		out, text = append(out, text[:cut]), text[cut:]
	}
	if strings.TrimSpace(text) == "" && len(out) > 0 {
		return out
	}
	return append(out, text)
}

// Parts is how many messages a text becomes; Split are their texts.
func Parts(text string) int { return len(Split(text)) }

// Split are the texts of the messages that a text becomes.
func Split(text string) []string { return parts(text, maxText) }

// Waits says whether a message waits for the customer's next one.
func (m *Message) Waits() bool { return m.Delivery == Queued && m.Reason == waitsReason }

// mayWait says whether the agent chose that it waits where WeChat does not take it now.
func (m *Message) mayWait() bool { return m.Data.Out != nil && m.Data.Out.Since != "" }

// waitsReason is the reason of what waits for the customer's next message.
const waitsReason = "delivery.waits"

// Check says what is wrong with what is to be sent.
func (r *Reply) Check() error { return r.checkContent() }

// checkContent says what is wrong with what is to be sent, before WeChat does.
func (r *Reply) checkContent() error {
	d := &r.Data
	switch r.Type {
	case TypeText:
		return r.checkText()
	case TypeLink:
		return checkLink(d)
	case TypeImage, TypeVoice, TypeVideo:
		return checkMedium(d)
	case TypeOther:
		if d.Out == nil {
			break
		}
		switch d.Kind {
		case KindMenu:
			return d.Out.Menu.check()
		case KindProgram:
			return d.checkProgram()
		case KindTemplate, KindNotice:
			return d.Out.Filled.check()
		}
	}
	return refuse(Invalid, "message.kind")
}

func (r *Reply) checkText() error {
	switch {
	case strings.TrimSpace(r.Text) == "":
		return refuse(Invalid, "reply.empty")
	case Parts(r.Text) > PartsMost:
		return refuse(Invalid, "reply.long", len(r.Text), PartsMost*maxText)
	}
	return nil
}

func checkLink(d *Data) error {
	switch {
	case strings.TrimSpace(d.Title) == "":
		return refuse(Invalid, "reply.title-empty")
	case !webAddress(d.URL), d.PicURL != "" && !webAddress(d.PicURL):
		return refuse(Invalid, "reply.url")
	}
	if err := tooLong("reply.title", titleMost, d.Title); err != nil {
		return err
	}
	return tooLong("reply.description", describeMost, d.Description)
}

func checkMedium(d *Data) error {
	if d.ResourcesID == "" {
		return refuse(Invalid, "upload.none")
	}
	if err := tooLong("reply.title", titleMost, d.Title); err != nil {
		return err
	}
	return tooLong("reply.description", describeMost, d.Description)
}

func (d *Data) checkProgram() error {
	p := d.Out.Program
	switch {
	case strings.TrimSpace(d.Title) == "":
		return refuse(Invalid, "reply.title-empty")
	case p == nil || !appidForm.MatchString(p.AppID):
		return refuse(Invalid, "reply.program-appid")
	case !p.pathed():
		return refuse(Invalid, "reply.program-path", pathMost)
	case d.ResourcesID == "":
		return refuse(Invalid, "reply.program-picture")
	}
	return tooLong("reply.title", titleMost, d.Title)
}

// appidForm is what WeChat's AppIDs look like.
var appidForm = regexp.MustCompile(`^wx[0-9a-zA-Z]{6,62}$`)

func (m *Menu) check() error {
	if m == nil || len(m.Items) == 0 || len(m.Items) > itemsMost {
		return refuse(Invalid, "reply.menu", itemsMost)
	}
	size := len(m.Head) + len(m.Tail)
	for _, i := range m.Items {
		if strings.TrimSpace(i.Text) == "" || i.ID == "" || len(i.ID) > 64 {
			return refuse(Invalid, "reply.menu", itemsMost)
		}
		size += len(i.Text)
	}
	if size > maxText {
		return refuse(Invalid, "reply.menu-long", size, maxText)
	}
	return nil
}

func tooLong(say string, most int, texts ...string) error {
	for _, t := range texts {
		if utf8.RuneCountInString(t) > most {
			return refuse(Invalid, say, most)
		}
	}
	return nil
}

// webAddress says whether a customer's phone can open it.
func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && len(s) <= urlMost
}
