package desk

import (
	"cmp"
	"time"

	"weir/internal/store"
)

// Window is a time in which WeChat takes so many messages to a customer.
type Window struct {
	Trigger       string // what opened it: message, event
	Allowed, Used int
	Opened, Until time.Time
}

// Open says whether it is open at a time. One that never was has no Until.
func (w Window) Open(now time.Time) bool { return now.Before(w.Until) }

// Left is how many messages it takes yet at a time.
func (w Window) Left(now time.Time) int {
	if !w.Open(now) {
		return 0
	}
	return max(0, w.Allowed-w.Used)
}

// Ledger is what WeChat allows us to send to a customer now (WECHAT, section 3.3): what they wrote opens one window, what else they did
// the other. The two do not add up: what is sent counts against both. It is advisory: where WeChat disagrees, WeChat is right and
// the ledger is mended.
type Ledger struct{ Message, Event Window }

// LedgerOf is the ledger of a customer, with what is on its way to them counted as used.
func LedgerOf(c *store.Customer, pending int64) Ledger {
	return Ledger{Window{"message", int(c.QuotaAllowed), int(c.QuotaUsed) + int(pending), c.QuotaOpenedAt, c.QuotaUntil},
		Window{"event", int(c.EventAllowed), int(c.EventUsed) + int(pending), c.EventOpenedAt, c.EventUntil}}
}

// Window is the one that counts at a time: of those open the one with more left, else the one that lasts or lasted longer.
func (l Ledger) Window(now time.Time) Window {
	switch m, e := l.Message.Left(now), l.Event.Left(now); {
	case m > e:
		return l.Message
	case e > m || l.Event.Until.After(l.Message.Until):
		return l.Event
	}
	return l.Message
}

// Left is how many messages may still be sent at a time.
func (l Ledger) Left(now time.Time) int { return l.Window(now).Left(now) }

// Refuse says why nothing may be sent, in the words WeChat's own code has; nil: something may.
func (l Ledger) Refuse(now time.Time) error {
	switch w := l.Window(now); {
	case !w.Open(now):
		return refuse(Denied, "wechat.45015")
	case w.Left(now) == 0:
		return refuse(Denied, "wechat.45047")
	}
	return nil
}

// Fits says why so many messages may not be sent, as Refuse does for one; nil: they may.
func (l Ledger) Fits(messages int, now time.Time) error {
	if err := l.Refuse(now); err != nil {
		return err
	}
	if left := l.Left(now); messages > left {
		return refuse(Denied, "reply.parts", messages, left)
	}
	return nil
}

// windowKey names a customer's windows as they are, by the acts that opened them: what waits, waits for others.
func windowKey(c *store.Customer) string { return c.QuotaKey + " " + c.EventKey }

// opening is what an act of a customer allows us to send.
type opening struct {
	allowed       int16
	opened, until time.Time
	key           string // of the act; "": it allows nothing
}

// opens says which window an act opens, that of messages or that of events. A window begins when WeChat says the act was, not when we
// heard of it.
func opens(c *Company, a *Arrival) (message, event opening) {
	switch {
	case a.Event == "" && !a.Tapped:
		message = opening{c.QuotaMessage, a.At, a.At.Add(time.Duration(c.WindowMessage) * time.Second), a.Key}
	case a.Event == "" || windowEvents[a.Event]:
		event = opening{c.QuotaEvent, a.At, a.At.Add(time.Duration(c.WindowEvent) * time.Second), a.Key}
	}
	return message, event
}

// later is the newer of two openings, as the database has it: by time, and in one second by key.
func (o opening) later(than opening) opening {
	if cmp.Or(o.opened.Compare(than.opened), cmp.Compare(o.key, than.key)) < 0 {
		return than
	}
	return o
}

// windowEvents are the events that allow a few messages for a minute.
var windowEvents = map[string]bool{"subscribe": true, "scan": true, "click": true, "scancode_push": true, "scancode_waitmsg": true}
