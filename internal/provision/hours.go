package provision

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"weir/internal/desk"
	"weir/internal/hours"
)

// Hours are business hours as a file says them. nil *Hours: it does not say; Always: whoever is there is there.
type Hours struct {
	Always bool
	desk.Hours
}

// json is how they are kept.
func (h *Hours) json() (json.RawMessage, error) {
	if h.Always {
		return nil, nil
	}
	return h.Hours.JSON()
}

// differ says whether the file asks for other hours than are kept, and how its are to be kept.
func (h *Hours) differ(kept json.RawMessage) (want json.RawMessage, differ bool, err error) {
	if h == nil {
		return kept, false, nil
	}
	if want, err = h.json(); err != nil {
		return nil, false, err
	}
	if want == nil || kept == nil {
		return want, (want == nil) != (kept == nil), nil
	}
	var was desk.Hours // written in another order
	if err := json.Unmarshal(kept, &was); err != nil {
		return want, true, nil
	}
	again, err := json.Marshal(&was)
	return want, string(again) != string(want), err
}

var weekKeys = []string{"daily", "mon-fri", "mon-sat", "sat-sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// businessHours reads hours: always, or when somebody is there.
func (t *table) businessHours() *Hours {
	n := t.field("hours")
	if n == nil {
		return nil
	}
	if word, ok := scalar(n); ok {
		if word != "always" {
			t.fault("hours", "hours of %s is %q. It should be always, or fields such as week, closed, make_up.", t.what, word)
		}
		return &Hours{Always: true}
	}
	h := t.faults.read(n, "hours", "zone", "week", "closed", "make_up", "special", "outside")
	out := &Hours{}
	out.Zone = h.text("zone")
	if out.Outside = h.choice("outside", "ask", desk.OutsideQueue, desk.OutsideMessage); out.Outside == "ask" {
		out.Outside = desk.OutsideAsk
	}
	if h.need("week", "when somebody is there, such as {mon-fri: [09:00-12:00, 13:30-18:00]}") {
		out.week(h)
	}
	days, err := hours.ParseDays(strings.Join(h.texts("closed"), "\n"))
	h.wrong("closed", err)
	out.Closed = days
	for date, n := range h.pairs("make_up") {
		word, _ := scalar(n)
		h.dated("make_up", date, func(day hours.Date) error {
			like, err := hours.ParseWeekday(word)
			put(&out.MakeUp, day, like)
			return err
		})
	}
	for date, n := range h.pairs("special") {
		h.dated("special", date, func(day hours.Date) error {
			spans, err := spansOf(n)
			put(&out.Special, day, spans)
			return err
		})
	}
	if len(*t.faults) == 0 {
		if err := out.Check(); err != nil {
			t.fault("hours", "hours of %s: %s", t.what, said(err))
		}
	}
	return out
}

func put[V any](m *map[hours.Date]V, day hours.Date, v V) {
	if *m == nil {
		*m = map[hours.Date]V{}
	}
	(*m)[day] = v
}

// week reads the hours of the week. What is said of one day counts more than what is said of several.
func (h *Hours) week(t *table) {
	w := t.faults.read(t.field("week"), "week", weekKeys...)
	for _, key := range weekKeys {
		n := w.field(key)
		if n == nil {
			continue
		}
		spans, err := spansOf(n)
		w.wrong(key, err)
		for _, day := range daysOf(key) {
			h.Week[day] = spans
		}
	}
}

func daysOf(key string) []time.Weekday {
	workdays := []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
	switch key {
	case "daily":
		return append(workdays, time.Saturday, time.Sunday)
	case "mon-fri":
		return workdays
	case "mon-sat":
		return append(workdays, time.Saturday)
	case "sat-sun":
		return []time.Weekday{time.Saturday, time.Sunday}
	}
	day, _ := hours.ParseWeekday(key)
	return []time.Weekday{day}
}

// spansOf reads the hours of a day: a text, or a list of them.
func spansOf(n ast.Node) ([]hours.Span, error) {
	if word, ok := scalar(n); ok {
		return hours.ParseSpans(word)
	}
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		return nil, errors.New("write hours as [09:00-12:00, 13:30-18:00]")
	}
	var words []string
	for _, v := range list.Values {
		words = append(words, spanWord(v))
	}
	return hours.ParseSpans(strings.Join(words, ", "))
}

// spanWord is a span as it was written. Within { [ ] } the parser takes 10:00-11:00 for a field 10 that says 00-11:00.
func spanWord(n ast.Node) string {
	if word, ok := scalar(n); ok {
		return word
	}
	if m, ok := n.(ast.MapNode); ok {
		if i := m.MapRange(); i.Next() {
			rest, _ := scalar(i.Value())
			return i.Key().GetToken().Value + ":" + rest
		}
	}
	return n.String()
}

// pairs are the keys of a field and what they say.
func (t *table) pairs(name string) map[string]ast.Node {
	out := map[string]ast.Node{}
	n := t.field(name)
	if n == nil {
		return out
	}
	m, ok := n.(ast.MapNode)
	if !ok {
		t.fault(name, "%s of %s should be dates, each with a value.", name, t.what)
		return out
	}
	for i := m.MapRange(); i.Next(); {
		key, _ := scalar(i.Key())
		out[key] = i.Value()
	}
	return out
}

// dated reads what a field says of a date.
func (t *table) dated(name, date string, read func(hours.Date) error) {
	days, err := hours.ParseDays(date)
	if err == nil && len(days) != 1 {
		err = errors.New("each is one date, such as 2026-10-10")
	}
	if err == nil {
		err = read(days[0])
	}
	t.wrong(name, err)
}

// wrong faults what hours say of a field.
func (t *table) wrong(name string, err error) {
	if err != nil {
		t.fault(name, "%s of %s: %s.", name, t.what, err)
	}
}

// NoticeText is what a file says of a notice; nil was not said.
type NoticeText struct {
	On   *bool
	Text *string
}

// noticeTexts reads what customers are told: by kind, a text, or whether and what.
func (t *table) noticeTexts() map[desk.Notice]NoticeText {
	n := t.field("notice_texts")
	if n == nil {
		return nil
	}
	kinds := []string{}
	for _, k := range desk.NoticeKinds() {
		kinds = append(kinds, string(k))
	}
	all := t.faults.read(n, "notice_texts", kinds...)
	out := map[desk.Notice]NoticeText{}
	for _, kind := range kinds {
		n := all.field(kind)
		if n == nil {
			continue
		}
		one := NoticeText{}
		if word, ok := scalar(n); ok {
			one.Text = &word
		} else {
			x := t.faults.read(n, "a notice", "on", "text")
			if s := x.text("text"); s != "" {
				one.Text = &s
			}
			one.On = x.flag("on")
		}
		if one.Text != nil {
			if err := (desk.Notices{desk.Notice(kind): {Text: *one.Text}}).Check(); err != nil {
				all.fault(kind, "%s: %s", kind, said(err))
			}
		}
		out[desk.Notice(kind)] = one
	}
	return out
}

// flag is true or false; nil: it was not said, or is faulty.
func (t *table) flag(name string) *bool {
	switch n := t.field(name).(type) {
	case nil:
	case *ast.BoolNode:
		return &n.Value
	default:
		t.fault(name, "%s of %s should be true or false.", name, t.what)
	}
	return nil
}

// notices are a company's own, with what the file says of them; differ: they are others than before.
func (c *Company) notices(kept json.RawMessage) (want json.RawMessage, differ bool, err error) {
	was, now := desk.Notices{}, desk.Notices{}
	for _, into := range []*desk.Notices{&was, &now} {
		if len(kept) > 0 {
			if err := json.Unmarshal(kept, into); err != nil {
				return nil, false, err
			}
		}
	}
	for kind, says := range c.NoticeTexts {
		one := now[kind]
		if says.On != nil {
			one.Off = !*says.On
		}
		if says.Text != nil {
			one.Text = *says.Text
		}
		if one == (desk.NoticeText{}) {
			delete(now, kind)
		} else {
			now[kind] = one
		}
	}
	before, err := json.Marshal(was)
	if err != nil {
		return nil, false, err
	}
	want, err = json.Marshal(now)
	return want, !slices.Equal(before, want), err
}
