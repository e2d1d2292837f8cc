package words

import "time"

// Count puts a number into a phrase with {}: Count(w.QuotaLeft, 3).
func Count(phrase string, n int) string { return put(phrase, []any{n}) }

// Put fills the {} of a phrase in order.
func Put(phrase string, args ...any) string { return put(phrase, args) }

// Age is how long something has lasted, in its largest unit: 20 秒, 4 分, 3 小时, 2 天. Under five seconds it is now.
func (w *Words) Age(d time.Duration) string {
	switch {
	case d < 5*time.Second:
		return w.Now
	case d < time.Minute:
		return Count(w.Seconds, int(d/time.Second))
	case d < time.Hour:
		return Count(w.Minutes, int(d/time.Minute))
	case d < 24*time.Hour:
		return Count(w.Hours, int(d/time.Hour))
	}
	return Count(w.Days, int(d/(24*time.Hour)))
}

// Left is what remains of a window, in two units: 5 小时 12 分, 18 分, 40 秒.
func (w *Words) Left(d time.Duration) string {
	hours, minutes := int(d/time.Hour), int(d%time.Hour/time.Minute)
	switch {
	case d < time.Minute:
		return Count(w.Seconds, max(0, int(d/time.Second)))
	case hours == 0:
		return Count(w.Minutes, minutes)
	case minutes == 0:
		return Count(w.Hours, hours)
	}
	return Count(w.Hours, hours) + " " + Count(w.Minutes, minutes)
}

// Clock is the time of day, 24 h: 09:05.
func (w *Words) Clock(t time.Time) string { return t.Format("15:04") }

// Date is a day: 7 月 18 日, 18 July; with the year where it is not this year.
func (w *Words) Date(t, now time.Time) string {
	if t.Year() != now.Year() {
		return t.Format(w.dateYearLayout)
	}
	return t.Format(w.dateLayout)
}

// Day heads the messages of a day: 今天 7 月 18 日, 昨天 7 月 17 日, 7 月 2 日. Both times must be in the reader's zone.
func (w *Words) Day(t, now time.Time) string {
	switch daysBetween(t, now) {
	case 0:
		return Put(w.TodayDate, w.Date(t, now))
	case 1:
		return Put(w.YesterdayDate, w.Date(t, now))
	}
	return w.Date(t, now)
}

// When is the shortest time that is still clear: the clock today, 昨天 yesterday, else the date.
func (w *Words) When(t, now time.Time) string {
	switch daysBetween(t, now) {
	case 0:
		return w.Clock(t)
	case 1:
		return w.Yesterday
	}
	return w.Date(t, now)
}

// daysBetween counts midnights from t to now.
func daysBetween(t, now time.Time) int {
	day := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	return int(day(now).Sub(day(t)) / (24 * time.Hour))
}
