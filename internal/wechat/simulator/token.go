package simulator

import (
	"crypto/rand"
	"encoding/base64"
	"time"
)

const (
	tokenLife      = 2 * time.Hour
	tokenOverlap   = 5 * time.Minute // an old token lives this long beside its successor
	forcesPerDay   = 20
	forceApart     = 30 * time.Second
	tokensKept     = 64 // old ones, so that 42001 can be told from 40001
	tokenRandBytes = 120
)

// token is an access token of either endpoint.
type token struct {
	Value string
	Until time.Time
	Dead  bool // killed by a forced refresh: 40001, not 42001
}

// tokenBook has the tokens of one account. Those of stable_token and of token do not touch each other.
type tokenBook struct {
	Stable, Simple token
	Authorized     token // the third-party platform's
	Old            []token
	Forced         time.Time // the last forced refresh
	ForcedToday    int
	Day            string // in Shanghai, that ForcedToday counts
}

// shanghai is where WeChat's days begin; it has had no summer time since 1991.
var shanghai = time.FixedZone("CST", 8*60*60)

// stable answers stable_token. Within 30 s of a forced refresh another changes nothing; the 21st of a day is refused.
func (b *tokenBook) stable(now time.Time, force bool) (token, *failure) {
	if force {
		if day := now.In(shanghai).Format(time.DateOnly); day != b.Day {
			b.Day, b.ForcedToday = day, 0
		}
		switch {
		case b.ForcedToday >= forcesPerDay:
			return token{}, failed(45009)
		case !b.Forced.IsZero() && now.Sub(b.Forced) < forceApart:
			force = false
		default:
			b.Forced = now
			b.ForcedToday++
		}
	}
	if !force && now.Before(b.Stable.Until.Add(-tokenOverlap)) {
		return b.Stable, nil
	}
	old := b.Stable
	old.Dead = force
	b.bury(old)
	b.Stable = newToken(now)
	return b.Stable, nil
}

// simple answers token: a new one each time; the one before dies 5 minutes later.
func (b *tokenBook) simple(now time.Time) token {
	old := b.Simple
	if end := now.Add(tokenOverlap); end.Before(old.Until) {
		old.Until = end
	}
	b.bury(old)
	b.Simple = newToken(now)
	return b.Simple
}

func (b *tokenBook) bury(old token) {
	if old.Value != "" {
		b.Old = bounded(append(b.Old, old), tokensKept)
	}
}

// find returns the token with this value, dead or not.
func (b *tokenBook) find(value string) (token, bool) {
	for _, t := range append([]token{b.Stable, b.Simple, b.Authorized}, b.Old...) {
		if t.Value == value {
			return t, true
		}
	}
	return token{}, false
}

func newToken(now time.Time) token {
	random := make([]byte, tokenRandBytes)
	rand.Read(random)
	return token{Value: "99_" + base64.RawURLEncoding.EncodeToString(random), Until: now.Add(tokenLife)}
}
