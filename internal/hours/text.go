package hours

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// This file reads and writes hours as people type them. Where a line may hold several, commas of either script, semicolons and
// spaces part them.

const parters = ",，、;；"

// ParseSpans reads 09:00-12:00, 13:30-18:00; nothing: not open.
func ParseSpans(text string) ([]Span, error) {
	var out []Span
	for _, one := range fields(join(text, "-", "–", "—", "~", "～", "至", "到")) {
		from, to, both := strings.Cut(one, "-")
		if !both {
			return nil, fault("span", one, "%q: write opening hours as 09:00-18:00")
		}
		a, err := clockOf(from)
		if err != nil {
			return nil, err
		}
		b, err := clockOf(to)
		if err != nil {
			return nil, err
		}
		out = append(out, Span{a, b})
	}
	return out, check(out)
}

// fields are the parts of a text that spaces, line ends and parters part.
func fields(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\r\n　"+parters, r) })
}

// join writes the first of some signs for each of them, and takes the spaces around it away.
func join(text, sign string, others ...string) string {
	for _, o := range others {
		text = strings.ReplaceAll(text, o, sign)
	}
	for _, space := range []string{" ", "\t"} {
		for strings.Contains(text, space+sign) || strings.Contains(text, sign+space) {
			text = strings.NewReplacer(space+sign, sign, sign+space, sign).Replace(text)
		}
	}
	return text
}

// clockOf reads 9:30 as well as 09:30, and a colon of either script.
func clockOf(s string) (Clock, error) {
	s = strings.ReplaceAll(s, "：", ":")
	if len(s) == len("9:30") {
		s = "0" + s
	}
	return ParseClock(s)
}

// FormatSpans writes spans as ParseSpans reads them.
func FormatSpans(spans []Span) string {
	out := make([]string, len(spans))
	for i, s := range spans {
		out[i] = s.String()
	}
	return strings.Join(out, ", ")
}

// daysMost is how many days one range may have: longer ones are slips of the finger.
const daysMost = 366

// ParseDays reads dates and ranges of them, as 2026-10-01 ~ 2026-10-07, in any number.
func ParseDays(text string) ([]Date, error) {
	var out []Date
	for _, one := range fields(join(text, "~", "～", "至", "到", "..")) {
		from, to, ranged := strings.Cut(one, "~")
		if !ranged {
			to = from
		}
		a, err := dateOf(from)
		if err != nil {
			return nil, err
		}
		b, err := dateOf(to)
		if err != nil {
			return nil, err
		}
		if b.Before(a) || b.Sub(a) > daysMost*24*time.Hour {
			return nil, fault("date", one, "%q: a range goes from its first day to its last, at most a year")
		}
		for ; !a.After(b); a = a.AddDate(0, 0, 1) {
			out = append(out, Date(a.Format(time.DateOnly)))
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

func dateOf(s string) (time.Time, error) {
	t, err := time.Parse(time.DateOnly, strings.ReplaceAll(strings.ReplaceAll(s, "/", "-"), ".", "-"))
	if err != nil {
		return t, fault("date", s, "%q is no date: write it as 2026-10-01")
	}
	return t, nil
}

// FormatDays writes dates a line each, those that follow each other as a range.
func FormatDays(days []Date) string {
	var lines []string
	sorted := slices.Sorted(slices.Values(days))
	for i := 0; i < len(sorted); {
		j := i + 1
		for j < len(sorted) && follows(sorted[j-1], sorted[j]) {
			j++
		}
		line := string(sorted[i])
		if j > i+1 {
			line += " ~ " + string(sorted[j-1])
		}
		lines, i = append(lines, line), j
	}
	return strings.Join(lines, "\n")
}

func follows(a, b Date) bool {
	t, err := time.Parse(time.DateOnly, string(a))
	return err == nil && t.AddDate(0, 0, 1).Format(time.DateOnly) == string(b)
}

// weekdays are how each may be written, from Sunday.
var weekdays = [7][]string{{"sun", "sunday", "周日", "星期日", "周天"}, {"mon", "monday", "周一", "星期一"}, {"tue", "tuesday", "周二", "星期二"},
	{"wed", "wednesday", "周三", "星期三"}, {"thu", "thursday", "周四", "星期四"}, {"fri", "friday", "周五", "星期五"}, {"sat", "saturday", "周六", "星期六"}}

// ParseWeekday reads mon, monday or 周一.
func ParseWeekday(s string) (Weekday, error) {
	for day, names := range weekdays {
		if slices.Contains(names, strings.ToLower(s)) {
			return Weekday(day), nil
		}
	}
	return 0, fault("weekday", s, "%q is no weekday: write mon, tue, wed, thu, fri, sat or sun")
}

// ParseMakeUp reads a made-up workday a line: its date and, where it is not Monday's, the weekday whose hours it has.
func ParseMakeUp(text string) (map[Date]Weekday, error) {
	var out map[Date]Weekday
	for line := range lines(text) {
		words := fields(line)
		day, err := dateOf(words[0])
		if err != nil {
			return nil, err
		}
		like := time.Monday
		switch {
		case len(words) == 2:
			if like, err = ParseWeekday(words[1]); err != nil {
				return nil, err
			}
		case len(words) > 2:
			return nil, fault("line", strings.TrimSpace(line), "%q: write a date and a weekday, as 2026-10-10 fri")
		}
		if out == nil {
			out = map[Date]Weekday{}
		}
		out[Date(day.Format(time.DateOnly))] = like
	}
	return out, nil
}

// FormatMakeUp writes made-up workdays as ParseMakeUp reads them; names are those of the weekdays, from Sunday.
func FormatMakeUp(days map[Date]Weekday, names [7]string) string {
	var out []string
	for _, day := range slices.Sorted(maps.Keys(days)) {
		out = append(out, string(day)+" "+names[days[day]])
	}
	return strings.Join(out, "\n")
}

// ParseSpecial reads a day with hours of its own a line: its date and its spans.
func ParseSpecial(text string) (map[Date][]Span, error) {
	var out map[Date][]Span
	for line := range lines(text) {
		first, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		day, err := dateOf(first)
		if err != nil {
			return nil, err
		}
		spans, err := ParseSpans(rest)
		if err != nil {
			return nil, err
		}
		if len(spans) == 0 {
			return nil, fault("line", strings.TrimSpace(line), "%q: write a date and its hours, as 2026-09-30 09:00-12:00")
		}
		if out == nil {
			out = map[Date][]Span{}
		}
		out[Date(day.Format(time.DateOnly))] = spans
	}
	return out, nil
}

// FormatSpecial writes days with hours of their own as ParseSpecial reads them.
func FormatSpecial(days map[Date][]Span) string {
	var out []string
	for _, day := range slices.Sorted(maps.Keys(days)) {
		out = append(out, string(day)+" "+FormatSpans(days[day]))
	}
	return strings.Join(out, "\n")
}

// lines are those of a text on which something stands.
func lines(text string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for line := range strings.Lines(text) {
			if len(fields(line)) > 0 && !yield(line) {
				return
			}
		}
	}
}
