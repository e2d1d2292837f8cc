package desk

import (
	"time"

	"weir/internal/store"
)

// Ledger is what WeChat allows us to send to a customer now (WECHAT, section 3.3). It is advisory: where WeChat disagrees,
// WeChat is right and the ledger is mended.
type Ledger struct {
	Allowed, Used int
	Until         time.Time // when the window closes
}

// LedgerOf is the ledger of a customer, with what is on its way to them counted as used.
func LedgerOf(c *store.Customer, pending int64) Ledger {
	return Ledger{int(c.QuotaAllowed), int(c.QuotaUsed) + int(pending), c.QuotaUntil}
}

// Left is how many messages may still be sent at a time.
func (l Ledger) Left(now time.Time) int {
	if !now.Before(l.Until) {
		return 0
	}
	return max(0, l.Allowed-l.Used)
}

// Refuse says why nothing may be sent, in the words WeChat's own code has; nil: something may.
func (l Ledger) Refuse(now time.Time) error {
	switch {
	case !now.Before(l.Until):
		return refuse(Denied, "wechat.45015")
	case l.Used >= l.Allowed:
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

// window is what an act of a customer allows us to send.
type window struct {
	allowed       int16
	opened, until time.Time
	trigger       string // "": the act allows nothing
}

// opens says which window an act opens. A window begins when WeChat says the act was, not when we heard of it.
func opens(c *Company, a *Arrival) window {
	switch {
	case a.Event == "" && !a.Tapped:
		return window{c.QuotaMessage, a.At, a.At.Add(time.Duration(c.WindowMessage) * time.Second), "message"}
	case a.Event == "" || windowEvents[a.Event]:
		return window{c.QuotaEvent, a.At, a.At.Add(time.Duration(c.WindowEvent) * time.Second), "event"}
	}
	return window{}
}

// windowEvents are the events that allow a few messages for a minute.
var windowEvents = map[string]bool{"subscribe": true, "scan": true, "click": true, "scancode_push": true, "scancode_waitmsg": true}
