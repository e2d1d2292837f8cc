package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"weir/internal/hours"
	"weir/internal/id"
	"weir/internal/store"
)

// Hours is when somebody is there, and what becomes of a customer who writes at another time. Nil is always.
type Hours struct {
	hours.Hours
	Outside string `json:"outside,omitempty"`
}

// What becomes of a customer who writes outside hours.
const (
	OutsideAsk     = ""        // they choose
	OutsideQueue   = "queue"   // they queue until opening
	OutsideMessage = "message" // it is taken as a message, to be worked on after opening
)

// Check refuses hours that could not be kept.
func (h *Hours) Check() error {
	if h.Outside != OutsideAsk && h.Outside != OutsideQueue && h.Outside != OutsideMessage {
		return refuse(Invalid, "hours.outside")
	}
	return HoursWrong(h.Compile())
}

// HoursWrong is a refusal of hours that are not right.
func HoursWrong(err error) error {
	var f *hours.Fault
	if errors.As(err, &f) {
		say := "hours." + f.Kind
		return refuse(Invalid, say, f.What)
	}
	return err
}

// next is the first moment from now on at which somebody is there; false: there is none.
func (h *Hours) next(now time.Time) (time.Time, bool) {
	if h == nil {
		return now, true
	}
	return h.NextOpening(now)
}

// SetAccountHours sets when somebody is there for an account; nil: always.
func (d *Desk) SetAccountHours(ctx context.Context, company id.ID, appid string, h *Hours) error {
	return d.setHours(ctx, company, h, "hours.account", func(q *store.Queries, b json.RawMessage) (int64, error) {
		return q.AccountHoursPut(ctx, store.AccountHoursPutParams{CompanyID: company, AppID: appid, Hours: b})
	})
}

// SetGroupHours sets when somebody of a group is there; nil: whenever the account is open.
func (d *Desk) SetGroupHours(ctx context.Context, company id.ID, group int64, h *Hours) error {
	return d.setHours(ctx, company, h, "hours.group", func(q *store.Queries, b json.RawMessage) (int64, error) {
		return q.GroupHoursPut(ctx, store.GroupHoursPutParams{CompanyID: company, GroupID: group, Hours: b})
	})
}

func (d *Desk) setHours(ctx context.Context, company id.ID, h *Hours, missing string, put func(*store.Queries, json.RawMessage) (int64, error)) error {
	b, err := h.JSON()
	if err != nil {
		return err
	}
	return d.store.Tx(ctx, company, func(q *store.Queries) error {
		n, err := put(q, b)
		if err != nil {
			return err
		}
		if n == 0 {
			return refuse(Missing, missing)
		}
		return q.CompanyTouch(ctx, company)
	})
}

// JSON is how hours are kept; nil: always.
func (h *Hours) JSON() (json.RawMessage, error) {
	if h == nil {
		return nil, nil
	}
	if err := h.Check(); err != nil {
		return nil, err
	}
	return json.Marshal(h)
}

// timetable is when somebody is there, by account and by group.
type timetable struct {
	accounts map[string]*Hours
	groups   map[int64]*Hours
}

// readNotices reads what the company says of notices and hours. Hours without a zone are in the company's.
func (c *Company) readNotices() error {
	if err := json.Unmarshal(c.NoticeTexts, &c.notices); err != nil {
		return fmt.Errorf("notices: %w", err)
	}
	c.hours = timetable{map[string]*Hours{}, map[int64]*Hours{}}
	for appid, a := range c.Accounts {
		h, err := c.readHours(a.Hours)
		if err != nil {
			return fmt.Errorf("hours of account %s: %w", appid, err)
		}
		c.hours.accounts[appid] = h
	}
	for n, g := range c.Groups {
		h, err := c.readHours(g.Hours)
		if err != nil {
			return fmt.Errorf("hours of group %d: %w", n, err)
		}
		c.hours.groups[n] = h
	}
	return nil
}

func (c *Company) readHours(b json.RawMessage) (*Hours, error) {
	if b == nil {
		return nil, nil
	}
	h := new(Hours)
	if err := json.Unmarshal(b, h); err != nil {
		return nil, err
	}
	if h.Zone == "" {
		h.Zone = c.Timezone
	}
	return h, h.Compile()
}

// AccountHours and GroupHours are when somebody is there; nil: always.
func (c *Company) AccountHours(appid string) *Hours { return c.hours.accounts[appid] }

// GroupHours are those of a group; nil: those of the account hold.
func (c *Company) GroupHours(group int64) *Hours { return c.hours.groups[group] }

// hoursOf is when somebody is there for a queue: its group's hours, or its account's; nil: always.
func (c *Company) hoursOf(appid string, group int64) *Hours {
	if h := c.hours.groups[group]; h != nil {
		return h
	}
	return c.hours.accounts[appid]
}

// opens is the first moment from now on at which somebody is there for a session: of the group it queues for, or of that for
// which it was first, whose people may take it, too. false: there is none.
func (c *Company) opens(s *Session, now time.Time) (time.Time, bool) {
	at, some := c.hoursOf(s.AppID, val(s.GroupID)).next(now)
	if s.HomeGroupID != nil {
		if home, ok := c.hoursOf(s.AppID, *s.HomeGroupID).next(now); ok && (!some || home.Before(at)) {
			return home, true
		}
	}
	return at, some
}

// reckon says until when a queueing session waits because nobody is there for it. What opens now is left for time to see, which
// reckons the rest from then.
func (s *Session) reckon(c *Company, now time.Time) {
	if !s.In(Queueing) || s.NotBefore != nil && !s.early(now) {
		return
	}
	opens, some := c.opens(s, now)
	switch {
	case some && opens.After(now):
		s.NotBefore = &opens
	case s.NotBefore != nil:
		s.NotBefore = &now
	}
}
