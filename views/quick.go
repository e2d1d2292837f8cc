package views

import (
	"strings"
	"time"

	"weir/views/words"
)

// Span is a piece of a text that was typed, in characters: from one to before another.
type Span struct{ From, To int }

// QuickReply is one as it is listed.
type QuickReply struct {
	ID                      int64
	Title, Code, Text       string // Code: the shortcut, or the initials of the title
	InTitle, InCode, InText Span   // what was typed; empty: not there
	Mine                    bool   // the reader's own
	Group                   string // whose it is where it is a group's; empty and not Mine: the company's
	Used                    int64
	UsedAt                  time.Time // in the company's zone; zero: never
	Images                  []QuickImage
	Changes                 bool // the reader may change it

	Fill string // the text filled in for a customer
	Gap  string // the first variable that could not be; empty: all are
}

// QuickImage is a picture that goes with one.
type QuickImage struct {
	ID, ThumbURL  string
	Width, Height int
}

// QuickPick is what opens inside the composer.
type QuickPick struct {
	Reader
	SessionID string
	Typed     string // as the page sent it: it knows by it which question is answered
	Replies   []QuickReply
	Total     int // with those that are not shown
}

func (p QuickPick) found() string { return words.Count(p.Words.OfQuick().Found, p.Total) }

func (p QuickPick) none() string {
	if p.Typed == "" {
		return p.Words.OfQuick().NothingYet
	}
	return words.Put(p.Words.OfQuick().NothingFits, p.Typed)
}

func quickOption(q QuickReply) string { return "quick-" + number(q.ID) }

// trayOf is where the pictures of one come from, as things to be sent; empty: it has none.
func (p QuickPick) trayOf(q QuickReply) string {
	if len(q.Images) == 0 {
		return ""
	}
	return sessionPath(p.SessionID, "/quick/"+number(q.ID))
}

// whose says who has it, in a word.
func (q QuickReply) whose(w *words.Words) string {
	switch {
	case q.Mine:
		return w.OfQuick().Mine
	case q.Group != "":
		return words.Put(w.OfQuick().Group, q.Group)
	}
	return w.OfQuick().Company
}

// note says where a link leads, where its words do not.
func (p WrittenPiece) note(w *words.Words) string {
	switch {
	case p.Program:
		return words.Put(w.OfQuick().InBrackets, w.OfQuick().ToProgram)
	case webPage(p.URL) && p.Text != p.URL:
		return words.Put(w.OfQuick().InBrackets, host(p.URL))
	}
	return ""
}

func (q QuickReply) uses(w *words.Words) string {
	if q.Used == 0 {
		return w.OfQuick().NeverUsed
	}
	return words.Put(w.OfQuick().Used, q.Used)
}

// cut is a text in three: before the mark, in it, and behind it.
func cut(text string, m Span) (before, in, behind string) {
	r := []rune(text)
	if m.To <= m.From || m.To > len(r) {
		return text, "", ""
	}
	return string(r[:m.From]), string(r[m.From:m.To]), string(r[m.To:])
}

// nearMark is half a line of a text, with what was typed in sight.
func nearMark(text string, m Span) (string, Span) {
	const ahead = 12 // characters before it
	if m.From <= ahead {
		return text, m
	}
	r := []rune(text)
	return "…" + string(r[m.From-ahead:]), Span{ahead + 1, ahead + 1 + m.To - m.From}
}

// Written is what is said about a text before it is sent.
type Written struct {
	Reader
	Parts   int // as how many messages it goes
	Left    int // how many may be sent; -1: not known
	Bubbles []WrittenPart
	Gaps    []string // variables that are not filled in
	NoName  string   // the one of them for which the customer has no name; empty: none
	Faults  []WrittenFault
}

// WrittenFault is what the customer sees as code, and why.
type WrittenFault struct{ Say, Code string }

// WrittenPart is one message as the customer sees it.
type WrittenPart []WrittenPiece

// WrittenPiece is words, or a link.
type WrittenPiece struct {
	Text, URL string
	Program   bool
	Raw       bool // code that stands as it is
}

func (w Written) empty() bool {
	return w.Parts < 2 && len(w.Bubbles) == 0 && len(w.Gaps) == 0 && len(w.Faults) == 0
}

func (w Written) parts() string {
	if w.tooMany() {
		return words.Put(w.Words.OfQuick().PartsTooMany, w.Parts, w.Left)
	}
	return words.Put(w.Words.OfQuick().PartsSay, w.Parts)
}

func (w Written) tooMany() bool { return w.Left >= 0 && w.Parts > w.Left }

func (w Written) gap(name string) string {
	if name == w.NoName {
		return words.Put(w.Words.OfQuick().GapNoName, name)
	}
	return words.Put(w.Words.OfQuick().Gap, name)
}

func truth(is bool) string {
	if is {
		return "true"
	}
	return "false"
}

// webPage says whether a browser may open it.
func webPage(url string) bool {
	return strings.HasPrefix(url, "https://") || strings.HasPrefix(url, "http://")
}
