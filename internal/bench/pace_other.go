//go:build !linux

package bench

import "time"

// pace calls f for each of n times, step apart.
func pace(began time.Time, step time.Duration, n int, f func(due time.Time)) {
	for i := range n {
		due := began.Add(time.Duration(i) * step)
		time.Sleep(time.Until(due))
		f(due)
	}
}
