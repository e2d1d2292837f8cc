package queue

import "time"

// Drain writes what is noted, for tests in which Run does not run.
func (x *Index) Drain() { x.drain() }

// QueueScore is queueScore.
func QueueScore(priority int32, queued time.Time) float64 { return queueScore(priority, queued) }
