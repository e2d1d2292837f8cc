package hours

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestHoursAreReadAsPeopleTypeThem(t *testing.T) {
	for _, c := range []struct{ typed, want string }{
		{"09:00-12:00, 13:30-18:00", "09:00-12:00, 13:30-18:00"},
		{"9:00 - 12:00，13:30～18:00", "09:00-12:00, 13:30-18:00"},
		{"9：00至18：00", "09:00-18:00"},
		{"22:00-06:00", "22:00-06:00"},
		{"00:00-24:00", "00:00-24:00"},
		{" ", ""},
	} {
		spans, err := ParseSpans(c.typed)
		if got := FormatSpans(spans); err != nil || got != c.want {
			t.Errorf("%q is read as %q, %v", c.typed, got, err)
		}
	}
}

func TestDaysAreReadAsPeopleTypeThem(t *testing.T) {
	for _, c := range []struct {
		typed, want string
		days        int
	}{
		{"2026-10-01 ~ 2026-10-07", "2026-10-01 ~ 2026-10-07", 7},
		{"2026-12-31至2027-01-02\n2026/05/01，2026.05.03", "2026-05-01\n2026-05-03\n2026-12-31 ~ 2027-01-02", 5},
		{"2026-10-02 2026-10-01 2026-10-01", "2026-10-01 ~ 2026-10-02", 2},
		{"", "", 0},
	} {
		days, err := ParseDays(c.typed)
		if got := FormatDays(days); err != nil || got != c.want || len(days) != c.days {
			t.Errorf("%q is read as %q, %d days, %v", c.typed, got, len(days), err)
		}
	}
	makeUp, err := ParseMakeUp("2026-10-10 周五\n\n2026-09-20\r\n2026-02-28 fri\n")
	if want := map[Date]Weekday{"2026-10-10": time.Friday, "2026-09-20": time.Monday, "2026-02-28": time.Friday}; err != nil || fmt.Sprint(makeUp) != fmt.Sprint(want) {
		t.Errorf("made-up days are read as %v, %v", makeUp, err)
	}
	if got := FormatMakeUp(makeUp, [7]string{"日", "一", "二", "三", "四", "五", "六"}); got != "2026-02-28 五\n2026-09-20 一\n2026-10-10 五" {
		t.Errorf("and written as %q", got)
	}
	special, err := ParseSpecial("2026-09-30 9:00-12:00\n2026-12-31 10:00-11:00, 14:00-15:00")
	if got := FormatSpecial(special); err != nil || got != "2026-09-30 09:00-12:00\n2026-12-31 10:00-11:00, 14:00-15:00" {
		t.Errorf("special days are read as %q, %v", got, err)
	}
}

func TestWhatCannotBeReadIsNamed(t *testing.T) {
	read := func(_ any, err error) error { return err }
	for _, c := range []struct {
		err        error
		kind, what string
	}{
		{read(ParseSpans("9-18")), "clock", "9"},
		{read(ParseSpans("09:00")), "span", "09:00"},
		{read(ParseSpans("09:00-09:00")), "span", "09:00-09:00"},
		{read(ParseDays("2026-02-30")), "date", "2026-02-30"},
		{read(ParseDays("2026-10-07~2026-10-01")), "date", "2026-10-07~2026-10-01"},
		{read(ParseMakeUp("2026-10-10 someday")), "weekday", "someday"},
		{read(ParseMakeUp("2026-10-10 fri sat")), "line", "2026-10-10 fri sat"},
		{read(ParseSpecial("2026-10-10")), "line", "2026-10-10"},
	} {
		var f *Fault
		if !errors.As(c.err, &f) || f.Kind != c.kind || f.What != c.what {
			t.Errorf("%v; want %s of %s", c.err, c.kind, c.what)
		}
	}
}
