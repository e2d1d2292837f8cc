package views

import (
	"strings"

	"weir/views/words"
)

// Elsewhere is the same person as a customer of another account.
type Elsewhere struct {
	Account      string
	OpenID, Name string // as in [Row]
	SessionID    string // the newest session that the reader may see; empty: none
	State        SessionState
}

// Naming is the dialog in which a customer is named.
type Naming struct {
	Reader
	SessionID, OpenID, Name string
	Most                    int // characters
}

// Tagging is the dialog in which a customer is tagged.
type Tagging struct {
	Reader
	SessionID, OpenID, Name string
	Has                     []string
	Choices                 []Tick // those that they have or could have
	Most, NameMost          int    // tags, and characters of one
}

func (n Naming) title() string {
	return words.Put(n.Words.OfCustomers().RenameTitle, nameOf(n.Words, n.Name, n.OpenID))
}

func (n Naming) hint() string { return words.Count(n.Words.OfCustomers().NameHint, n.Most) }

func (t Tagging) title() string {
	return words.Put(t.Words.OfCustomers().TagsTitle, nameOf(t.Words, t.Name, t.OpenID))
}

func (t Tagging) hint() string {
	return words.Put(t.Words.OfCustomers().NewTagHint, decimal(int64(t.Most)), decimal(int64(t.NameMost)))
}

// unsynced is why WeChat does not have what was chosen here, as a sentence.
func (c Customer) unsynced(w *words.Words) string {
	return strings.TrimRight(words.Put(w.OfCustomers().Unsynced, c.Unsynced), "。.") + w.FullStop
}
