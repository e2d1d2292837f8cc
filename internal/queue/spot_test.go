package queue_test

import (
	"math"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"weir/internal/id"
	"weir/internal/queue"
)

func newIndex(r *room) *queue.Index {
	return queue.New(queue.Options{Redis: r.redis, Store: r.store})
}

func TestScoresPutTheQueueInServingOrder(t *testing.T) {
	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	late := time.Date(2109, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		name        string
		before      int32
		beforeSince time.Time
		after       int32
		afterSince  time.Time
	}{
		{"who has queued longer comes first", 0, now, 0, now.Add(time.Millisecond)},
		{"a higher priority comes before who has queued a little longer", 1, now, 0, now.Add(-9 * time.Minute)},
		{"who has queued ten minutes longer comes before one step of priority: nothing starves", 0, now.Add(-11 * time.Minute), 1, now},
		{"three steps are half an hour", 3, now, 0, now.Add(-29 * time.Minute)},
		{"a low priority comes last for a while", 0, now.Add(9 * time.Minute), -1, now},
		{"the highest priority there is is still exact", math.MaxInt32, late, math.MaxInt32 - 1, late},
		{"a millisecond counts at the highest priority", math.MaxInt32, now, math.MaxInt32, now.Add(time.Millisecond)},
		{"a millisecond counts at the lowest", math.MinInt32, late, math.MinInt32, late.Add(time.Millisecond)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a, b := queue.QueueScore(tc.before, tc.beforeSince), queue.QueueScore(tc.after, tc.afterSince)
			if a >= b {
				t.Errorf("%.0f is not before %.0f", a, b)
			}
			for _, s := range []float64{a, b} {
				if s != math.Trunc(s) || math.Abs(s) > 1<<53 {
					t.Errorf("%v is not exact", s)
				}
			}
		})
	}
}

func TestRedisServesInTheOrderOfTheScores(t *testing.T) {
	r := newRoom(t)
	now := time.Now()
	want := []string{}
	k := queue.Key{DB: 2, Name: "scores"}
	for _, x := range []struct {
		priority int32
		age      time.Duration
	}{{-1, 24 * time.Hour}, {0, 2 * time.Hour}, {9, time.Second}, {1, time.Hour}, {1, time.Minute}, {0, 0}, {0, 0}} {
		s := id.New().String() // of two of the same time the one made first comes first
		want = append(want, s)
		r.redis.DB(2).ZAdd(t.Context(), k.Name, redis.Z{Score: queue.QueueScore(x.priority, now.Add(-x.age)), Member: s})
	}
	for i, got := range r.members(k) {
		if got != want[i] {
			t.Errorf("place %d has %s, want %s", i, got, want[i])
		}
	}
}
