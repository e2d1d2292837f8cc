package views

import (
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"
)

// Mention is a note that names the reader and that they have not seen, in their lists.
type Mention struct {
	SessionID, NoteID string
	OpenID, Name      string // of the customer, as in [Row]
	By                string // who wrote it
	Text              string
	At                time.Time
}

// Callables are the colleagues who can be named by what was typed of their name.
type Callables struct {
	Reader
	All []Colleague
}

// span is a piece of a note: a name that it calls, or what stands between two of them.
type span struct {
	Text   string
	Called bool
}

// spans cut a note at the names that it calls.
func (m Message) spans() (out []span) {
	names := slices.Clone(m.Items)
	slices.SortFunc(names, func(a, b string) int { return len(b) - len(a) }) // of two that begin alike, the longer
	from := 0
	for i := 0; i < len(m.Text); i++ {
		mark := ""
		for _, at := range []string{"@", "＠"} {
			if strings.HasPrefix(m.Text[i:], at) {
				mark = at
			}
		}
		if mark == "" {
			continue
		}
		for _, name := range names {
			if name == "" || !strings.HasPrefix(m.Text[i+len(mark):], name) {
				continue
			}
			if i > from {
				out = append(out, span{Text: m.Text[from:i]})
			}
			from = i + len(mark) + len(name)
			out = append(out, span{m.Text[i:from], true})
			i = from - 1
			break
		}
	}
	if from < len(m.Text) {
		out = append(out, span{Text: m.Text[from:]})
	}
	return out
}

// dayPlace is where the divider of a day stands. A note stands behind the message of its place, and so does the day that begins with it.
func dayPlace(t Thread, i item) string {
	if i.Kind == Note {
		return placeBack(t, i.Seq+1, ".0")
	}
	return placeBack(t, i.Seq, ".3")
}

func noteClass(m Message) string {
	if m.Mine {
		return "wr-note own"
	}
	return "wr-note"
}

// notePath is the session with the note in sight.
func (m Mention) notePath() templ.SafeURL { return templ.SafeURL(sessionPath(m.SessionID, "")) }
