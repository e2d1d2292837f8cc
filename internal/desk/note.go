package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"weir/internal/id"
	"weir/internal/store"
)

// NoteMost is how long a note may be, in characters; noteRegret how long its writer may take it back.
const (
	NoteMost   = 2000
	noteRegret = time.Minute
	notesMost  = 500 // that a thread shows: the newest
	namedMost  = 20  // whom one note may name
	unseenMost = 50
)

// Note is what colleagues note about a session, for each other. It is no message: nothing that sends knows of it.
type Note struct {
	store.Note
	Named []int64 // uids of those whom it names
}

// ChangedAt is when it last became another.
func (n *Note) ChangedAt() time.Time {
	if n.WithdrawnAt != nil {
		return *n.WithdrawnAt
	}
	return n.MadeAt
}

// MayWithdraw says whether an agent may take a note back now.
func (n *Note) MayWithdraw(uid int64, now time.Time) bool {
	return n.UID == uid && n.WithdrawnAt == nil && now.Before(n.MadeAt.Add(noteRegret))
}

// Notes are those of a session, oldest first.
func (d *Desk) Notes(ctx context.Context, s *Session) ([]Note, error) {
	rows, err := d.store.Of(s.CompanyID).NotesOfSession(ctx, store.NotesOfSessionParams{CompanyID: s.CompanyID, SessionID: s.SessionID, Max: notesMost})
	out := make([]Note, len(rows))
	for i := range rows {
		out[len(rows)-1-i] = Note{rows[i].Note, rows[i].Named}
	}
	return out, err
}

// formText is what was typed into a field of several lines.
func formText(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }

// WriteNote has who may see a session note something about it. Chosen are uids that were picked from a list: they tell apart colleagues
// who are called the same. Key, 32 hex digits, makes doing it twice doing it once; "": none.
func (d *Desk) WriteNote(ctx context.Context, who Agent, session id.ID, text, key string, chosen []int64) error {
	v, err := d.View(ctx, who, session)
	if err != nil {
		return err
	}
	text = formText(text)
	once := id.New()
	if key != "" {
		if once, err = id.Parse(key); err != nil {
			return refuse(Invalid, "invalid")
		}
	}
	switch named := v.Company.calledIn(text, who.UID, chosen); {
	case text == "":
		return refuse(Invalid, "note.empty")
	case utf8.RuneCountInString(text) > NoteMost:
		return refuse(Invalid, "note.long", NoteMost)
	case len(named) > namedMost:
		return refuse(Invalid, "note.many", namedMost)
	default:
		return d.keepNote(ctx, v, store.NoteInsertParams{CompanyID: who.Company, SessionID: session, NoteID: id.New(), UID: who.UID, Seq: v.Session.LastSeq, Text: text, Key: once, MadeAt: d.now()}, named)
	}
}

func (d *Desk) keepNote(ctx context.Context, v *View, p store.NoteInsertParams, named []int64) error {
	err := d.store.Tx(ctx, p.CompanyID, func(q *store.Queries) error {
		n, err := q.NoteInsert(ctx, p)
		if n == 0 || len(named) == 0 || err != nil {
			return err
		}
		return q.MentionsInsert(ctx, store.MentionsInsertParams{CompanyID: p.CompanyID, SessionID: p.SessionID, NoteID: p.NoteID, UIDs: named})
	})
	if err != nil {
		return err
	}
	d.committed(ctx, []Change{{Company: v.Company, Noted: p.SessionID, Called: named}})
	return nil
}

// WithdrawNote takes back what one has just noted.
func (d *Desk) WithdrawNote(ctx context.Context, who Agent, session, note id.ID) error {
	v, err := d.View(ctx, who, session)
	if err != nil {
		return err
	}
	now := d.now()
	var named []int64
	err = d.store.Tx(ctx, who.Company, func(q *store.Queries) error {
		n, err := q.NoteWithdraw(ctx, store.NoteWithdrawParams{CompanyID: who.Company, SessionID: session, NoteID: note, UID: who.UID, At: now, Since: now.Add(-noteRegret)})
		if err != nil {
			return err
		}
		if n == 0 {
			return whyNotWithdrawn(ctx, q, who, session, note)
		}
		named, err = q.MentionsDrop(ctx, store.MentionsDropParams{CompanyID: who.Company, SessionID: session, NoteID: note})
		return err
	})
	if err != nil {
		return err
	}
	d.committed(ctx, []Change{{Company: v.Company, Noted: session, Called: named}})
	return nil
}

// whyNotWithdrawn is nil where the note was taken back before.
func whyNotWithdrawn(ctx context.Context, q *store.Queries, who Agent, session, note id.ID) error {
	n, err := q.NoteGet(ctx, store.NoteGetParams{CompanyID: who.Company, SessionID: session, NoteID: note})
	switch {
	case err != nil:
		return missing(err, "note.missing")
	case n.UID != who.UID:
		return refuse(Denied, "note.not-yours")
	case n.WithdrawnAt != nil:
		return nil
	}
	return refuse(Taken, "note.late")
}

// Mention is a note that names somebody who has not seen it.
type Mention = store.MentionsUnseenRow

// Mentions are the notes that name an agent and that they have not seen, newest first.
func (d *Desk) Mentions(ctx context.Context, who Agent) ([]Mention, error) {
	return d.store.Of(who.Company).MentionsUnseen(ctx, store.MentionsUnseenParams{CompanyID: who.Company, UID: who.UID, Max: unseenMost})
}

// SeenNotes notes that an agent has seen the notes of a session, and says whether one of them named them and was news.
func (d *Desk) SeenNotes(ctx context.Context, who Agent, s *Session) (bool, error) {
	n, err := d.store.Of(who.Company).MentionsSeen(ctx, store.MentionsSeenParams{CompanyID: who.Company, SessionID: s.SessionID, UID: who.UID, At: d.now()})
	return n > 0, err
}

// Callable are colleagues whom an agent can name in a note and whose names contain what was typed: those whose names begin with it first,
// then by name.
func (c *Company) Callable(typed string, by int64, most int) []Colleague {
	typed = strings.ToLower(typed)
	var out []Colleague
	for uid := range c.epochs {
		if name := c.names[uid]; uid != by && strings.Contains(strings.ToLower(name), typed) {
			out = append(out, Colleague{UID: uid, Name: name})
		}
	}
	late := func(x Colleague) int {
		if strings.HasPrefix(strings.ToLower(x.Name), typed) {
			return 0
		}
		return 1
	}
	slices.SortFunc(out, func(a, b Colleague) int {
		return cmp.Or(late(a)-late(b), strings.Compare(a.Name, b.Name), cmp.Compare(a.UID, b.UID))
	})
	return out[:min(most, len(out))]
}

// calledIn are those whom a text names with @ and their name, by uid; never its writer. Of several who are called the same it is those who were
// chosen, or else all.
func (c *Company) calledIn(text string, by int64, chosen []int64) []int64 {
	var out []int64
	for i, r := range text {
		if r != '@' && r != '＠' || i > 0 && asciiWord(rune(text[i-1])) { // an e-mail address names nobody
			continue
		}
		out = append(out, c.calledLike(text[i+utf8.RuneLen(r):], chosen)...)
	}
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(uid int64) bool { return uid == by })
}

// calledLike are those with whose name a text begins; the longest name counts.
func (c *Company) calledLike(text string, chosen []int64) (out []int64) {
	longest := ""
	for uid := range c.epochs {
		name := c.names[uid]
		if name == "" || !strings.HasPrefix(text, name) || !wordEnds(text, len(name)) || len(name) < len(longest) {
			continue
		}
		if name != longest {
			longest, out = name, nil
		}
		out = append(out, uid)
	}
	if picked := slices.DeleteFunc(slices.Clone(out), func(uid int64) bool { return !slices.Contains(chosen, uid) }); len(picked) > 0 {
		return picked
	}
	return out
}

// wordEnds says whether no word of Latin letters goes on at a place of a text: @Min is not in @Mingle.
func wordEnds(text string, at int) bool {
	return at >= len(text) || !asciiWord(rune(text[at-1])) || !asciiWord(rune(text[at]))
}

func asciiWord(r rune) bool {
	return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_')
}
