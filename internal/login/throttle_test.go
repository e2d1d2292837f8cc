package login

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// attempt fails the test unless the attempt is as wanted.
func attempt(t *testing.T, th *Throttle, email, ip string, wantLeft int, allowed bool) time.Duration {
	t.Helper()
	left, wait, err := th.Attempt(t.Context(), email, ip)
	if err != nil {
		t.Fatal(err)
	}
	if allowed != (wait == 0) || left != wantLeft {
		t.Fatalf("%s from %s: %d left, wait %v; want %d, allowed %v", email, ip, left, wait, wantLeft, allowed)
	}
	return wait
}

func TestAnAddressIsTriedFiveTimes(t *testing.T) {
	th := NewThrottle(database4(t), "")
	for i := range 5 {
		attempt(t, th, "a@example.com", fmt.Sprintf("10.0.0.%d", i), 4-i, true)
	}
	wait := attempt(t, th, "a@example.com", "10.0.0.9", 0, false)
	if wait <= 14*time.Minute || wait > 15*time.Minute {
		t.Errorf("wait %v, want about 15 min", wait)
	}
	attempt(t, th, " A@Example.com ", "10.0.0.9", 0, false) // the same address
	attempt(t, th, "b@example.com", "10.0.0.9", 4, true)    // another one is not concerned
}

func TestAnIPTriesTwentyTimes(t *testing.T) {
	for _, tc := range []struct{ name, ip, same, other string }{
		{"IPv4", "10.0.0.1", "::ffff:10.0.0.1", "10.0.0.2"},
		{"IPv6 counts by /64", "2001:db8::1", "2001:db8::ffff:1", "2001:db8:0:1::1"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			th := NewThrottle(database4(t), "")
			for i := range 20 {
				attempt(t, th, fmt.Sprint(i), tc.ip, min(4, 19-i), true)
			}
			wait := attempt(t, th, "victim", tc.same, 0, false)
			if wait <= 4*time.Minute || wait > 5*time.Minute {
				t.Errorf("wait %v, want about 5 min", wait)
			}
			attempt(t, th, "victim", tc.other, 4, true) // the refused attempt cost the victim nothing
		})
	}
}

func TestAttemptsAtOnceAreAllCounted(t *testing.T) {
	th := NewThrottle(database4(t), "")
	var allowed atomic.Int32
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			if _, wait, err := th.Attempt(t.Context(), "a@example.com", fmt.Sprintf("10.0.0.%d", i)); err == nil && wait == 0 {
				allowed.Add(1)
			}
		})
	}
	wg.Wait()
	if allowed.Load() != 5 {
		t.Errorf("%d of 40 at once were allowed, want 5", allowed.Load())
	}
}

func TestSuccessForgetsTheAddressAndGivesTheIPItsTryBack(t *testing.T) {
	th := NewThrottle(database4(t), "")
	for range 4 {
		if _, _, err := th.Attempt(t.Context(), "a", "10.0.0.1"); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 50 { // an office behind one address
		email := fmt.Sprint("colleague", i)
		attempt(t, th, email, "10.0.0.1", 4, true)
		if err := th.Succeeded(t.Context(), email, "10.0.0.1"); err != nil {
			t.Fatal(err)
		}
	}
	if err := th.Succeeded(t.Context(), "a", ""); err != nil {
		t.Fatal(err)
	}
	attempt(t, th, "a", "10.0.0.1", 4, true)
}

func TestTheWindowEndsByRedisAlone(t *testing.T) {
	rdb := database4(t)
	th := NewThrottle(rdb, "")
	for range 6 {
		if _, _, err := th.Attempt(t.Context(), "a", ""); err != nil {
			t.Fatal(err)
		}
	}
	attempt(t, th, "a", "", 0, false)
	if ttl := rdb.PTTL(t.Context(), th.emailKey("a")).Val(); ttl <= 0 {
		t.Fatalf("ttl %v: the window never ends", ttl)
	}
	if err := rdb.PExpire(t.Context(), th.emailKey("a"), time.Millisecond).Err(); err != nil {
		t.Fatal(err)
	}
	for rdb.Exists(t.Context(), th.emailKey("a")).Val() != 0 {
	}
	attempt(t, th, "a", "", 4, true)
}

func TestACountWithoutAnEndIsNotForEver(t *testing.T) {
	rdb := database4(t)
	th := NewThrottle(rdb, "")
	if err := rdb.Set(t.Context(), th.emailKey("a"), 99, 0).Err(); err != nil {
		t.Fatal(err)
	}
	attempt(t, th, "a", "", 4, true)
	if ttl := rdb.PTTL(t.Context(), th.emailKey("a")).Val(); ttl <= 0 {
		t.Errorf("ttl %v", ttl)
	}
}

func TestWithoutRedisNoPasswordIsTried(t *testing.T) {
	if _, _, err := NewThrottle(nowhere(t), "").Attempt(t.Context(), "a", "10.0.0.1"); err == nil {
		t.Error("guessing is free while Redis is away")
	}
}

func TestRedisIsNotToldWhoSignsIn(t *testing.T) {
	rdb := database4(t)
	attempt(t, NewThrottle(rdb, "4:"), "a@example.com", "10.0.0.1", 4, true)
	keys := rdb.Keys(t.Context(), "*").Val()
	if len(keys) != 2 {
		t.Fatalf("keys %q", keys)
	}
	for _, k := range keys {
		if strings.Contains(k, "example") || !strings.HasPrefix(k, "4:login:tries:") {
			t.Errorf("key %q", k)
		}
	}
}
