package views

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
)

// SessionSettings is the settings' page of how sessions are handled and what customers are told.
type SessionSettings struct {
	Settings
	Saved        bool
	Distribution string // average, grab
	Notices      string // free, all, none
	Times        []Time
	Texts        []Notice
	Quota        QuotaCard
}

// Time is a time of the form: a number and its unit.
type Time struct {
	Name, Number, Unit string
	None               bool // it may be 0
}

// timeUnits are the units that the form offers, the longest first.
var timeUnits = []struct {
	name string
	long time.Duration
}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}}

// TimeOf writes a time in the longest unit that leaves no rest.
func TimeOf(name string, none bool, d time.Duration) Time {
	for _, u := range timeUnits {
		if d%u.long == 0 && (d > 0 || u.name == "s") {
			return Time{name, strconv.FormatInt(int64(d/u.long), 10), u.name, none}
		}
	}
	return Time{name, strconv.FormatInt(int64(d/time.Second), 10), "s", none}
}

// ParseTime reads what the form sends.
func ParseTime(number, unit string) (time.Duration, error) {
	n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
	if err != nil || n < 0 || n > 1<<32 {
		return 0, errors.New("no number")
	}
	for _, u := range timeUnits {
		if u.name == unit && n <= int64((1<<63-1)/u.long) {
			return time.Duration(n) * u.long, nil
		}
	}
	return 0, errors.New("no unit")
}

// Notice is one thing that customers are told.
type Notice struct {
	Kind, Lang    string // Lang: the company's, in which it is said
	On            bool
	Text, Default string // Text empty: the default
	Variables     []string
	Preview       string
}

// HoursList is the settings' page of whose hours there are.
type HoursList struct {
	Settings
	Accounts, Groups []HoursRow
}

// HoursRow is one of them, with what holds now.
type HoursRow struct{ Path, Name, State string }

// HoursForm is when somebody is there, as it is typed.
type HoursForm struct {
	Settings
	Saved                   bool
	Path, Name, State, Zone string
	Group                   bool // of a group: else the account's hold
	Always                  bool
	Outside                 string
	Week                    [7]string // from Sunday
	Closed, MakeUp, Special string
}

// Title is the title of the form's page.
func (f HoursForm) Title() string { return f.Words.OfSessionSettings().HoursOf(f.Name) }

// mondayFirst are the weekdays in the order in which they are shown.
var mondayFirst = []int{1, 2, 3, 4, 5, 6, 0}

func (f HoursForm) alwaysWord() string {
	if f.Group {
		return f.Words.OfSessionSettings().AsAccount
	}
	return f.Words.OfSessionSettings().Always
}

func describedBy(id string) templ.Attributes {
	if id == "" {
		return nil
	}
	return templ.Attributes{"aria-describedby": id}
}

func variablesOf(n Notice) string { return strings.Join(n.Variables, " ") }

func rows(text string) string { return strconv.Itoa(min(max(3, strings.Count(text, "\n")+2), 14)) }

func least(t Time) string {
	if t.None {
		return "0"
	}
	return "1"
}

func alwaysValue(f HoursForm) string {
	if f.Always {
		return "1"
	}
	return "0"
}
