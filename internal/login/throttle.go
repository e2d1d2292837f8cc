package login

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// A limit is how many attempts a window allows. The window begins with its first attempt.
type limit struct {
	tries  int64
	window time.Duration
}

var (
	perEmail = limit{5, 15 * time.Minute}
	perIP    = limit{20, 5 * time.Minute}
)

// Throttle bounds how often a password can be guessed: five times in fifteen minutes for an e-mail address, twenty times
// in five minutes from an IP address. Time is measured by Redis's expiry alone, so no clock needs to be right.
//
// When Redis cannot be asked, an attempt is refused with an error. Letting it through would gain nothing, since the login
// session that it leads to lives in the same Redis, and would let passwords be guessed for as long as Redis is away.
type Throttle struct {
	rdb    redis.UniversalClient
	prefix string
}

// NewThrottle counts in the Redis of rdb, whose database should be 4; prefix is as in Options.
func NewThrottle(rdb redis.UniversalClient, prefix string) *Throttle {
	return &Throttle{rdb: rdb, prefix: prefix}
}

// Attempt counts one attempt, before the password is looked at: guesses made at once are all counted. A wait above zero
// says that this attempt is one too many, must not be tried, and when the next may be. Otherwise left is how many more
// there are after this one. ip is the client's address (see WEIR_TRUSTED_PROXIES); empty counts for the e-mail only.
func (t *Throttle) Attempt(ctx context.Context, email, ip string) (left int, wait time.Duration, err error) {
	// The IP first: what it has too many of must not use up the tries of the address's owner.
	leftIP := int(perIP.tries)
	if ip != "" {
		if leftIP, wait, err = t.take(ctx, t.ipKey(ip), perIP); err != nil || wait > 0 {
			return 0, wait, err
		}
	}
	leftEmail, wait, err := t.take(ctx, t.emailKey(email), perEmail)
	if err != nil || wait > 0 {
		return 0, wait, err
	}
	return min(leftIP, leftEmail), 0, nil
}

// Succeeded forgets the attempts on the e-mail address and gives the IP address this one back: an office of fifty behind one
// address that signs in at nine o'clock is no attack.
func (t *Throttle) Succeeded(ctx context.Context, email, ip string) error {
	if err := t.rdb.Del(ctx, t.emailKey(email)).Err(); err != nil {
		return fmt.Errorf("throttle: %w", err)
	}
	if err := giveBack.Run(ctx, t.rdb, []string{t.ipKey(ip)}).Err(); err != nil {
		return fmt.Errorf("throttle: %w", err)
	}
	return nil
}

// take counts one at KEYS[1] of ARGV[1] in ARGV[2] ms: how many are left and 0, or -1 and the ms until the window ends.
// A refused attempt does not lengthen the window.
var take = redis.NewScript(`
local n = tonumber(redis.call('GET', KEYS[1]) or '0')
if n >= tonumber(ARGV[1]) then
  local wait = redis.call('PTTL', KEYS[1])
  if wait > 0 then return {-1, wait} end
  n = 0
end
n = n + 1
if n == 1 then
  redis.call('SET', KEYS[1], '1', 'PX', ARGV[2])
else
  redis.call('INCR', KEYS[1])
end
return {tonumber(ARGV[1]) - n, 0}`)

// giveBack takes one off KEYS[1] and leaves its window as it is.
var giveBack = redis.NewScript(`
local n = tonumber(redis.call('GET', KEYS[1]) or '0')
if n > 0 then redis.call('DECR', KEYS[1]) end
return 0`)

func (t *Throttle) take(ctx context.Context, key string, l limit) (int, time.Duration, error) {
	r, err := take.Run(ctx, t.rdb, []string{key}, l.tries, l.window.Milliseconds()).Int64Slice()
	if err != nil {
		return 0, 0, fmt.Errorf("throttle: %w", err)
	}
	return int(max(r[0], 0)), time.Duration(r[1]) * time.Millisecond, nil
}

// emailKey names an address by a hash: Redis need not know who signs in.
func (t *Throttle) emailKey(email string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(strings.TrimSpace(email))))
	return t.prefix + "login:tries:email:" + hex.EncodeToString(sum[:16])
}

// ipKey names an address, or the /64 of an IPv6 one, which is what a single customer of a provider has.
func (t *Throttle) ipKey(ip string) string {
	key := t.prefix + "login:tries:ip:"
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return key + ip
	}
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return key + a.String()
	}
	p, _ := a.Prefix(64) // 64 is within every IPv6 address
	return key + p.String()
}
