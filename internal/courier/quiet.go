package courier

import (
	"sync"
	"time"
)

// quiet is which accounts are asked for nothing until when: their quota of the day for a kind of call is used up. It is only in memory,
// for who starts anew asks once and is told again.
type quiet struct {
	mu    sync.Mutex
	until map[string]time.Time
}

// keep has an account asked for nothing for a while.
func (q *quiet) keep(appid string, wait time.Duration, now time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.until == nil {
		q.until = map[string]time.Time{}
	}
	q.until[appid] = now.Add(wait)
}

// left is for how long an account is asked for nothing yet; 0: it may be asked.
func (q *quiet) left(appid string, now time.Time) time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	if left := q.until[appid].Sub(now); left > 0 {
		return left
	}
	delete(q.until, appid)
	return 0
}
