package simulator

import (
	"slices"
	"time"
)

// MarkFail is WeChat's patience with an address that does not answer: after so many pushes that failed within a time, nothing is
// pushed to it for another, and nobody is told. What a customer does meanwhile never comes.
type MarkFail struct {
	After  int           // zero: 30; negative: never
	Within time.Duration // zero: 5 min
	For    time.Duration // zero: 1 min
}

func (m MarkFail) withDefaults() MarkFail {
	if m.After == 0 {
		m.After = 30
	}
	if m.Within == 0 {
		m.Within = 5 * time.Minute
	}
	if m.For == 0 {
		m.For = time.Minute
	}
	return m
}

// marking is what is remembered of an account's failed pushes.
type marking struct {
	failed []time.Time
	until  time.Time
}

const markFailSays = "MarkFail: nothing is pushed to this address for now"

// markFailed notes that a push failed, and shuts the address off where that was one too many.
func (s *Simulator) markFailed(appid string) {
	_ = s.withAccount(appid, func(a *account) error {
		now, m := s.config.Now(), s.config.MarkFail
		if m.After < 0 {
			return nil
		}
		a.marks.failed = slices.DeleteFunc(append(a.marks.failed, now), func(t time.Time) bool { return now.Sub(t) > m.Within })
		if len(a.marks.failed) >= m.After {
			a.marks = marking{until: now.Add(m.For)}
		}
		return nil
	})
}

// shutOff says whether nothing is pushed to an account's address for now.
func (s *Simulator) shutOff(appid string) (yes bool) {
	s.Look(func(st State) { yes = st.s.config.Now().Before(st.MarkFailUntil(appid)) })
	return yes
}

// MarkFailUntil is when pushes to an account's address begin again; a time that has passed, or zero: they are made.
func (st State) MarkFailUntil(appid string) time.Time {
	if a := st.s.account(appid); a != nil {
		return a.marks.until
	}
	return time.Time{}
}
