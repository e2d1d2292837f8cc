package bench

import (
	"runtime"
	"syscall"
	"time"
)

// pace calls f for each of n times, step apart. It has a thread of its own and the kernel's timer: Go's own waits in whole
// milliseconds when nothing else goes on, and that would be counted as Weir's.
func pace(began time.Time, step time.Duration, n int, f func(due time.Time)) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for i := range n {
		due := began.Add(time.Duration(i) * step)
		for left := time.Until(due); left > 0; left = time.Until(due) {
			ts := syscall.NsecToTimespec(int64(left))
			_ = syscall.Nanosleep(&ts, nil)
		}
		f(due)
	}
}
