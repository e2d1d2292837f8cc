package views

import (
	"time"

	"weir/views/words"
)

// Reminder is what the reader wants to be reminded of about a customer.
type Reminder struct {
	ID           string
	OpenID, Name string // of the customer, as in [Row]
	SessionID    string // their newest that the reader may see; empty: none
	Text         string
	At           time.Time
}

// Reminders are the reader's about the customer of a session.
type Reminders struct {
	Reader
	Now       time.Time
	SessionID string
	All       []Reminder
}

// Reminding is the dialog in which one is made.
type Reminding struct {
	Reader
	SessionID, OpenID, Name string
	Most                    int
	At                      time.Time // what the field of a time begins with
}

func (r Reminding) title() string {
	return words.Put(r.Words.OfReminders().Title, nameOf(r.Words, r.Name, r.OpenID))
}

// laters are the moments that have a name.
func laters(w *words.ReminderWords) [][2]string {
	return [][2]string{{"hour", w.Hour}, {"tomorrow", w.Tomorrow}, {"week", w.Week}}
}

func reminderPath(id, rest string) string { return "/reminders/" + id + rest }

// dueWords is when a reminder is due: the day and the time.
func dueWords(w *words.Words, at, now time.Time) string {
	if sameDay(at, now) {
		return w.Clock(at)
	}
	return w.Date(at, now) + " " + w.Clock(at)
}
