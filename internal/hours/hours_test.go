package hours

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func office(zone string) *Hours {
	h := &Hours{Zone: zone}
	for day := time.Monday; day <= time.Friday; day++ {
		h.Week[day] = []Span{{9 * 60, 12 * 60}, {13*60 + 30, 18 * 60}}
	}
	return h
}

// National Day as a company might enter it: the week off, and two days of weekends worked for it. The dates are the test's.
func holidayWeek() *Hours {
	h := office("Asia/Shanghai")
	h.Closed = []Date{"2026-10-01", "2026-10-02", "2026-10-03", "2026-10-04", "2026-10-05", "2026-10-06", "2026-10-07"}
	h.MakeUp = map[Date]Weekday{"2026-09-20": time.Monday, "2026-10-10": time.Friday}
	h.Special = map[Date][]Span{"2026-09-30": {{9 * 60, 12 * 60}}}
	return h
}

func night() *Hours {
	h := &Hours{Zone: "Asia/Shanghai", Closed: []Date{"2026-10-01"}}
	for day := range h.Week {
		h.Week[day] = []Span{{22 * 60, 6 * 60}}
	}
	return h
}

func compiled(t *testing.T, h *Hours) *Hours {
	t.Helper()
	if err := h.Compile(); err != nil {
		t.Fatal(err)
	}
	return h
}

func TestHours(t *testing.T) {
	allDay := &Hours{Zone: "Asia/Shanghai"}
	allDay.Week[time.Monday] = []Span{{0, midnight}}
	sunday := &Hours{Zone: "America/New_York"}
	sunday.Week[time.Sunday] = []Span{{60, 4 * 60}}
	for _, c := range []struct {
		rule string
		h    *Hours
		at   string // of the zone
		open bool
		next string // "": now, where open; never, where not
	}{
		{"open from the first minute", holidayWeek(), "2026-09-14 09:00", true, ""},
		{"closed before it", holidayWeek(), "2026-09-14 08:59", false, "2026-09-14 09:00"},
		{"several spans a day: closed between them", holidayWeek(), "2026-09-14 12:00", false, "2026-09-14 13:30"},
		{"closed at the last minute's end", holidayWeek(), "2026-09-14 18:00", false, "2026-09-15 09:00"},
		{"a weekend is closed until Monday", holidayWeek(), "2026-09-12 10:00", false, "2026-09-14 09:00"},
		{"a made-up Sunday is worked", holidayWeek(), "2026-09-20 10:00", true, ""},
		{"the evening before a made-up Sunday opens on it", holidayWeek(), "2026-09-19 10:00", false, "2026-09-20 09:00"},
		{"a special day has hours of its own", holidayWeek(), "2026-09-30 14:00", false, "2026-10-08 09:00"},
		{"a holiday that is a Thursday is closed", holidayWeek(), "2026-10-01 10:00", false, "2026-10-08 09:00"},
		{"a made-up Saturday follows the week", holidayWeek(), "2026-10-09 18:00", false, "2026-10-10 09:00"},
		{"the Sunday after it is closed", holidayWeek(), "2026-10-11 10:00", false, "2026-10-12 09:00"},
		{"over midnight: open after it", night(), "2026-09-15 05:59", true, ""},
		{"over midnight: closed at the end", night(), "2026-09-15 06:00", false, "2026-09-15 22:00"},
		{"the night into a holiday is worked to its end", night(), "2026-10-01 03:00", true, ""},
		{"the night that begins on a holiday is closed", night(), "2026-10-01 23:00", false, "2026-10-02 22:00"},
		{"the morning after a closed night is closed", night(), "2026-10-02 03:00", false, "2026-10-02 22:00"},
		{"a whole day lasts until midnight", allDay, "2026-09-14 23:59", true, ""},
		{"a whole day ends at midnight", allDay, "2026-09-15 00:00", false, "2026-09-21 00:00"},
		{"the day the clocks go forward ends at its hour", sunday, "2026-03-08 03:59", true, ""},
		{"the day the clocks go forward is over at its hour", sunday, "2026-03-08 04:00", false, "2026-03-15 01:00"},
		{"the day the clocks go back ends at its hour", sunday, "2026-11-01 03:59", true, ""},
		{"hours without a span never open", &Hours{Zone: "Asia/Shanghai"}, "2026-09-14 10:00", false, ""},
	} {
		t.Run(c.rule, func(t *testing.T) {
			h := compiled(t, c.h)
			at, err := time.ParseInLocation("2006-01-02 15:04", c.at, h.zone)
			if err != nil {
				t.Fatal(err)
			}
			if got := h.OpenAt(at.UTC()); got != c.open {
				t.Errorf("open at %s: %v", c.at, got)
			}
			next, some := h.NextOpening(at.UTC())
			want := c.next
			if c.open {
				want = c.at
			}
			got := ""
			if some {
				got = next.In(h.zone).Format("2006-01-02 15:04")
			}
			if got != want {
				t.Errorf("after %s it opens at %q; want %q", c.at, got, want)
			}
		})
	}
}

func TestNoHoursAreAlwaysOpen(t *testing.T) {
	var h *Hours
	now := time.Unix(1_800_000_000, 0)
	if next, some := h.NextOpening(now); !h.OpenAt(now) || !some || !next.Equal(now) {
		t.Error("nobody's hours close")
	}
}

func TestADayOfChangedClocksIsShorterAndLonger(t *testing.T) {
	h := compiled(t, &Hours{Zone: "America/New_York"})
	for day, long := range map[int]time.Duration{7: 24 * time.Hour, 8: 23 * time.Hour} {
		if from, to := h.bounds(2026, time.March, day, Span{0, midnight}); to.Sub(from) != long {
			t.Errorf("8 March is %v long; want %v", to.Sub(from), long)
		}
	}
}

func TestFaultsAreNamed(t *testing.T) {
	for fault, h := range map[string]*Hours{
		"time zone \"Mars/Base\"": {Zone: "Mars/Base"},
		"Sunday: 09:00-09:00":     {Week: [7][]Span{{{540, 540}}}},
		"Sunday: 25:00-09:00":     {Week: [7][]Span{{{1500, 540}}}},
		"\"1 Oct\" is no date":    {Closed: []Date{"1 Oct"}},
		"both closed and made up": {Closed: []Date{"2026-10-10"}, MakeUp: map[Date]Weekday{"2026-10-10": 1}},
		"9 is no weekday":         {MakeUp: map[Date]Weekday{"2026-10-10": 9}},
	} {
		if err := h.Compile(); err == nil || !strings.Contains(err.Error(), fault) {
			t.Errorf("%s: %v", fault, err)
		}
	}
}

func TestHoursAreWrittenAsTheyAreRead(t *testing.T) {
	h := holidayWeek()
	b, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	var back Hours
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if again, _ := json.Marshal(&back); string(again) != string(b) || !strings.Contains(string(b), `"from":"13:30"`) {
		t.Errorf("%s\n%s", b, again)
	}
	for _, bad := range []string{`"9:30"`, `"24:01"`, `930`, `""`} {
		if err := json.Unmarshal([]byte(bad), new(Clock)); err == nil {
			t.Errorf("%s is read as a time of day", bad)
		}
	}
}
