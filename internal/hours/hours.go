// Package hours says when a team is there: weekly hours, holidays, workdays made up for them, and days with hours of their own.
// It is pure: it knows no clock and no database.
//
// What holds for a day is, the first that is there: its special hours; nothing, if it is closed; the hours of the weekday it stands in for
// (a made-up workday, 调休); the hours of its own weekday. A span belongs to the day on which it begins, also where it ends after midnight:
// a holiday closes the night that begins on it, not the night that ends on it.
package hours

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// A Clock is a time of day in minutes after midnight, from 0 to 1440 (24:00).
type Clock int

const midnight Clock = 24 * 60

// A Span is open from From until just before To. A To that is not after From is on the next day; 00:00-24:00 is the whole day.
type Span struct {
	From Clock `json:"from"`
	To   Clock `json:"to"`
}

// A Date is a day of the calendar, as 2006-01-02.
type Date string

// Hours is when a team is there. Its zero value is never open: nobody's hours are a nil *Hours, which is always open.
type Hours struct {
	Zone    string               `json:"zone"`              // of the IANA database, as Asia/Shanghai; "" is UTC
	Week    [7][]Span            `json:"week"`              // from Sunday, as time.Weekday counts
	Closed  []Date               `json:"closed,omitempty"`  // holidays
	MakeUp  map[Date]Weekday     `json:"make_up,omitempty"` // days that are worked like another weekday
	Special map[Date][]Span      `json:"special,omitempty"` // days with other hours
	at      map[Date]daySchedule // read once by Compile
	zone    *time.Location
}

// Weekday is time.Weekday: 0 is Sunday.
type Weekday = time.Weekday

type daySchedule struct{ spans []Span }

// A Fault is what is wrong with hours: of which kind, what was written, and a sentence.
type Fault struct {
	Kind string // zone, clock, span, weekday, date, both, line
	What string
	say  string
}

func (f *Fault) Error() string { return f.say }

func fault(kind, what, say string) error { return &Fault{kind, what, fmt.Sprintf(say, what)} }

// horizon is how many days NextOpening looks ahead.
const horizon = 370

// Compile checks the hours and makes them ready to be asked. It must be called before OpenAt and NextOpening, and again after a change; after
// it they may be asked from several goroutines. The error names what is wrong, as it was written.
func (h *Hours) Compile() error {
	zone, err := time.LoadLocation(h.Zone)
	if err != nil {
		return fault("zone", h.Zone, "time zone %q is not known")
	}
	at := make(map[Date]daySchedule, len(h.Closed)+len(h.MakeUp)+len(h.Special))
	for day, spans := range h.Week {
		if err := check(spans); err != nil {
			return fmt.Errorf("%s: %w", Weekday(day), err)
		}
	}
	for date, like := range h.MakeUp {
		if like < time.Sunday || like > time.Saturday {
			return fault("weekday", fmt.Sprintf("%s: %d", date, int(like)), "%s is no weekday (0 is Sunday, 6 Saturday)")
		}
		at[date] = daySchedule{h.Week[like]}
	}
	for _, date := range h.Closed {
		if _, both := h.MakeUp[date]; both {
			return fault("both", string(date), "%s is both closed and made up for")
		}
		at[date] = daySchedule{}
	}
	for date, spans := range h.Special {
		if err := check(spans); err != nil {
			return fmt.Errorf("%s: %w", date, err)
		}
		at[date] = daySchedule{spans}
	}
	for date := range at {
		if _, err := time.Parse(time.DateOnly, string(date)); err != nil {
			return fault("date", string(date), "%q is no date: write it as 2026-10-01")
		}
	}
	h.zone, h.at = zone, at
	return nil
}

func check(spans []Span) error {
	for _, s := range spans {
		if s.From < 0 || s.From >= midnight || s.To < 0 || s.To > midnight {
			return fault("span", s.String(), "%s: a time of day is between 00:00 and 24:00")
		}
		if s.From == s.To {
			return fault("span", s.String(), "%s is empty: the whole day is 00:00-24:00")
		}
	}
	return nil
}

// OpenAt says whether the team is there at t. Nil hours are always open.
func (h *Hours) OpenAt(t time.Time) bool {
	if h == nil {
		return true
	}
	t = t.In(h.zone)
	for back := range 2 { // what began yesterday may last until today
		y, m, d := t.AddDate(0, 0, -back).Date()
		for _, s := range h.day(y, m, d) {
			from, to := h.bounds(y, m, d, s)
			if !t.Before(from) && t.Before(to) {
				return true
			}
		}
	}
	return false
}

// NextOpening is the first moment from t on at which the team is there: t itself while it is open. It looks a little more than a year ahead;
// false: there is none.
func (h *Hours) NextOpening(t time.Time) (time.Time, bool) {
	if h.OpenAt(t) {
		return t, true
	}
	y, m, d := t.In(h.zone).Date()
	for ahead := range horizon {
		var next time.Time
		for _, s := range h.day(y, m, d+ahead) {
			from, to := h.bounds(y, m, d+ahead, s)
			if from.After(t) && to.After(from) && (next.IsZero() || from.Before(next)) {
				next = from
			}
		}
		if !next.IsZero() {
			return next, true
		}
	}
	return time.Time{}, false
}

// day is the hours of a day. Days beyond the end of the month are of the next.
func (h *Hours) day(y int, m time.Month, d int) []Span {
	noon := time.Date(y, m, d, 12, 0, 0, 0, time.UTC) // only the calendar matters here
	if s, special := h.at[Date(noon.Format(time.DateOnly))]; special {
		return s.spans
	}
	return h.Week[noon.Weekday()]
}

// bounds is a span of a day as two moments. They are read off the wall clock, so that a day on which the clocks change opens at
// its hour, and is an hour shorter or longer.
func (h *Hours) bounds(y int, m time.Month, d int, s Span) (from, to time.Time) {
	end := d
	if s.To <= s.From {
		end++
	}
	return time.Date(y, m, d, 0, int(s.From), 0, 0, h.zone), time.Date(y, m, end, 0, int(s.To), 0, 0, h.zone)
}

// String writes the span as 09:00-18:00.
func (s Span) String() string { return s.From.String() + "-" + s.To.String() }

// String writes the time as 09:30.
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60) }

// MarshalJSON writes the time as "09:30".
func (c Clock) MarshalJSON() ([]byte, error) { return json.Marshal(c.String()) }

var errClock = errors.New("a time of day is written as 09:30, from 00:00 to 24:00")

// ParseClock reads 09:30.
func ParseClock(s string) (Clock, error) {
	if s == "24:00" {
		return midnight, nil
	}
	t, err := time.Parse("15:04", s)
	if err != nil || len(s) != len("15:04") {
		return 0, fault("clock", s, "%q: "+errClock.Error())
	}
	return Clock(t.Hour()*60 + t.Minute()), nil
}

// UnmarshalJSON reads "09:30".
func (c *Clock) UnmarshalJSON(b []byte) (err error) {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return errClock
	}
	*c, err = ParseClock(s)
	return err
}
