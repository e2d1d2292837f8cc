package views

import (
	"time"

	"github.com/a-h/templ"

	"weir/views/words"
)

// TemplateForm is the form of a template message: which template, and what is filled in.
type TemplateForm struct {
	Reader
	SessionID string
	Key       string // makes sending it twice sending it once
	Templates []TemplateChoice
	Fields    []TemplateField // of the chosen one
	Reading   bool            // WeChat is being asked for them
	Trouble   string          // why it did not tell, in words
	Arrange   string          // where the reader can arrange them; empty: they may not
}

// TemplateChoice is a template that can be chosen.
type TemplateChoice struct {
	ID, Title string
	Notice    bool
	Chosen    bool
}

// TemplateField is a place that is filled in.
type TemplateField struct {
	Key, Label string
	Most       int // characters
}

// chosen says whether the chosen template is one of notices.
func (f TemplateForm) notice() bool {
	for _, t := range f.Templates {
		if t.Chosen {
			return t.Notice
		}
	}
	return false
}

func (f TemplateField) name() string {
	if f.Label != "" {
		return f.Label
	}
	return f.Key
}

// hint says what may be filled in, where WeChat limits it.
func (f TemplateField) hint(w *words.Words) string { return words.Put(w.OfTemplates().Most, f.Most) }

// TemplateList is the settings' page of an account's templates.
type TemplateList struct {
	Settings
	AppID, Name string
	Rows        []TemplateRow
	ReadAt      time.Time // in the company's zone; zero: never
	Reading     bool
	Trouble     string // why WeChat did not tell, in words
}

// TemplateRow is one template.
type TemplateRow struct {
	ID, Title, Content string // Content: with a gap where a value goes
	Notice, Offered    bool
}

// templateKind is what a template is filled in for.
func templateKind(r Reader, notice bool) string {
	if notice {
		return r.Words.OfTemplates().Notice
	}
	return r.Words.OfTemplates().Message
}

func templatePath(appid, template string) string {
	return accountPath(appid, "/templates/"+template)
}

// accepted is the reason of a message that WeChat took, and of which it has not told yet what became.
const accepted = "delivery.accepted"

// A template message says in words what became of it: that WeChat took it is not yet that it arrived.
func (m Message) sentWords(w *words.Words) string {
	if m.Reason == accepted {
		return w.Sentence(accepted)
	}
	return w.Sent
}

func (m Message) sentIcon() string {
	if m.Reason == accepted {
		return "clock"
	}
	return "check"
}

func (m Message) sentClass() string {
	if m.Kind == Template {
		return "text-xs"
	}
	return "sr-only"
}

// whileReading has the part ask for itself until WeChat has told.
func whileReading(l TemplateList) templ.Attributes {
	if !l.Reading {
		return nil
	}
	return templ.Attributes{"hx-get": accountPath(l.AppID, "/templates"), "hx-trigger": "every 2s", "hx-swap": "outerHTML", "data-ear": true}
}
