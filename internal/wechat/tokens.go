package wechat

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/singleflight"
)

const (
	// refreshEarly: WeChat renews a stable token five minutes before its end, and both work until then.
	refreshEarly = 5 * time.Minute
	// componentEarly: a component's token is to be fetched anew after 1 h 50 of its 2 h.
	componentEarly = 10 * time.Minute
	shortestLife   = 30 * time.Second // a token that is nearly over is not asked for at every call
	forcedGap      = 30 * time.Second // between forced refreshes, as WeChat wants it
	fetchTimeout   = 8 * time.Second
	lockLife       = 10 * time.Second // longer than a fetch; a holder that died is waited for no longer
	lockPoll       = 25 * time.Millisecond
	flightLimit    = 25 * time.Second
	redisTimeout   = 500 * time.Millisecond
	rejectedLife   = 10 * time.Minute
)

// Tokens keeps one access token per appid for all processes, in Redis under token:{appid} (a component's own under
// component:{appid}): a string that is there for as long as it is to be used. Processes take turns at fetching, by a lock beside it.
// Without Redis each process fetches for itself, which costs a call and nothing else where the token is the same for everyone who asks.
type Tokens struct {
	rdb    redis.UniversalClient
	source Source
	prefix string
	family string        // token: or component:
	early  time.Duration // before its end, a token is not used any more
	now    func() time.Time

	flights  singleflight.Group
	mu       sync.Mutex
	held     map[string]heldToken // by appid
	rejected map[string]string    // by appid: the last token WeChat would not take
}

type heldToken struct {
	token   string
	refresh time.Time // from then on ask again
	end     time.Time // until then it works
}

// Source fetches an access token, and is asked only when one must be fetched. force: WeChat insists on a token that it has rejected, so
// the source is to make it give another. Its error is a *TokenError where it is WeChat's.
type Source func(ctx context.Context, appid string, force bool) (token string, life time.Duration, err error)

// NewTokens keeps tokens in rdb; prefix comes before each key (Redis Cluster has no numbered databases). secret looks up an
// account's AppSecret.
func NewTokens(rdb redis.UniversalClient, c *Client, secret func(ctx context.Context, appid string) (string, error), prefix string) *Tokens {
	return NewTokensFrom(rdb, Direct(c, secret), prefix)
}

// NewTokensFrom keeps the tokens of accounts, however they are had.
func NewTokensFrom(rdb redis.UniversalClient, source Source, prefix string) *Tokens {
	return &Tokens{rdb: rdb, source: source, prefix: prefix, family: "token:", early: refreshEarly, now: time.Now, held: map[string]heldToken{}, rejected: map[string]string{}}
}

// NewComponentTokens keeps the own tokens of components. They are fetched anew after 1 h 50.
func NewComponentTokens(rdb redis.UniversalClient, source Source, prefix string) *Tokens {
	t := NewTokensFrom(rdb, source, prefix)
	t.family, t.early = "component:", componentEarly
	return t
}

// Direct is the source of accounts whose AppSecret is known.
func Direct(c *Client, secret func(ctx context.Context, appid string) (string, error)) Source {
	return func(ctx context.Context, appid string, force bool) (string, time.Duration, error) {
		s, err := secret(ctx, appid)
		if err != nil {
			return "", 0, fmt.Errorf("looking up the secret of %s: %w", appid, err)
		}
		return c.StableToken(ctx, appid, s, force)
	}
}

// Do calls f with a token, and again with another one if WeChat rejects it, which WeChat does before doing anything else.
func (t *Tokens) Do(ctx context.Context, appid string, f func(token string) error) error {
	for attempt := 1; ; attempt++ {
		token, err := t.Token(ctx, appid)
		if err != nil {
			return err
		}
		err = f(token)
		if Classify(err) != TokenRejected || attempt > 2 {
			return err
		}
		if err := t.Reject(ctx, appid, token); err != nil && ctx.Err() != nil {
			return err
		}
	}
}

// Token gives the account's access token. Its error is a *TokenError, or ctx's own.
func (t *Tokens) Token(ctx context.Context, appid string) (string, error) {
	if h, ok := t.heldFor(appid); ok && t.now().Before(h.refresh) {
		return h.token, nil
	}
	// The flight has a context of its own: the first of many callers may leave without taking the others down.
	result := t.flights.DoChan(appid, func() (any, error) {
		own, cancel := context.WithTimeout(context.WithoutCancel(ctx), flightLimit)
		defer cancel()
		return t.find(own, appid)
	})
	select {
	case <-ctx.Done():
		return "", &TokenError{ctx.Err()}
	case r := <-result:
		if r.Err != nil {
			return "", asTokenError(r.Err)
		}
		return r.Val.(string), nil
	}
}

func asTokenError(err error) error {
	var e *TokenError
	if errors.As(err, &e) {
		return err
	}
	return &TokenError{err}
}

// find looks in Redis and fetches otherwise. When fetching fails, a token that still works for some minutes is better than none.
func (t *Tokens) find(ctx context.Context, appid string) (string, error) {
	token, err := t.shared(ctx, appid)
	if err == nil {
		return token, nil
	}
	if h, ok := t.heldFor(appid); ok && t.now().Before(h.end) {
		h.refresh = t.now().Add(shortestLife)
		t.hold(appid, h)
		return h.token, nil
	}
	return "", err
}

func (t *Tokens) shared(ctx context.Context, appid string) (string, error) {
	for {
		token, err := t.stored(ctx, appid)
		switch {
		case err != nil:
			return t.fetchAndTell(ctx, appid) // no Redis
		case token != "":
			return token, nil
		}
		release, locked, err := t.lock(ctx, appid)
		switch {
		case err != nil:
			return t.fetchAndTell(ctx, appid)
		case locked:
			defer release()
			return t.storedOrFetched(ctx, appid)
		}
		if err := pause(ctx, lockPoll); err != nil {
			return "", err
		}
	}
}

// storedOrFetched looks once more: another process may have finished between the look and the lock.
func (t *Tokens) storedOrFetched(ctx context.Context, appid string) (string, error) {
	if token, err := t.stored(ctx, appid); err == nil && token != "" {
		return token, nil
	}
	return t.fetchAndTell(ctx, appid)
}

// stored reads the token in Redis; "" means there is none.
func (t *Tokens) stored(ctx context.Context, appid string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, redisTimeout)
	defer cancel()
	pipe := t.rdb.Pipeline()
	value, life := pipe.Get(ctx, t.key(appid)), pipe.PTTL(ctx, t.key(appid))
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return "", fmt.Errorf("reading a token: %w", err)
	}
	if value.Err() != nil || life.Val() <= 0 {
		return "", nil
	}
	refresh := t.now().Add(life.Val())
	t.hold(appid, heldToken{value.Val(), refresh, refresh})
	return value.Val(), nil
}

// fetch asks WeChat, and makes it give another token only if it insists on one that it has rejected.
func (t *Tokens) fetch(ctx context.Context, appid string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	token, life, err := t.source(ctx, appid, false)
	if err != nil {
		return "", err
	}
	if t.wasRejected(ctx, appid, token) && t.mayForce(ctx, appid) {
		token, life, err = t.source(ctx, appid, true)
		if err != nil {
			return "", err
		}
	}
	t.Keep(ctx, appid, token, life)
	return token, nil
}

// Keep stores a token until it is to be refreshed, for this process and for the others. Redis may be away: then it is kept here.
func (t *Tokens) Keep(ctx context.Context, appid, token string, life time.Duration) {
	use := min(max(life-t.early, shortestLife), life)
	now := t.now()
	t.hold(appid, heldToken{token, now.Add(use), now.Add(life)})
	ctx, cancel := context.WithTimeout(ctx, redisTimeout)
	defer cancel()
	_ = t.rdb.Set(ctx, t.key(appid), token, use).Err()
}

// Reject says that WeChat did not take this token. Only this one is dropped: by now another process may have put a good one
// in its place. Its error is Redis's, and may be ignored: this process has forgotten the token in any case.
func (t *Tokens) Reject(ctx context.Context, appid, token string) error {
	t.mu.Lock()
	if t.held[appid].token == token {
		delete(t.held, appid)
	}
	t.rejected[appid] = token
	t.mu.Unlock()

	ctx, cancel := context.WithTimeout(ctx, redisTimeout)
	defer cancel()
	keys := []string{t.key(appid), t.key(appid) + ":rejected"}
	if err := rejectScript.Run(ctx, t.rdb, keys, token, rejectedLife.Milliseconds()).Err(); err != nil {
		return fmt.Errorf("rejecting a token: %w", err)
	}
	return nil
}

var rejectScript = redis.NewScript(`
local now = redis.call('GET', KEYS[1])
if now and now ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return 1`)

func (t *Tokens) wasRejected(ctx context.Context, appid, token string) bool {
	t.mu.Lock()
	here := t.rejected[appid] == token
	t.mu.Unlock()
	if here {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, redisTimeout)
	defer cancel()
	elsewhere, err := t.rdb.Get(ctx, t.key(appid)+":rejected").Result()
	return err == nil && elsewhere == token
}

// mayForce keeps the forced refreshes of all processes apart.
func (t *Tokens) mayForce(ctx context.Context, appid string) bool {
	ctx, cancel := context.WithTimeout(ctx, redisTimeout)
	defer cancel()
	first, err := t.rdb.SetNX(ctx, t.key(appid)+":forced", 1, forcedGap).Result()
	return err != nil || first
}

// lock takes the turn to fetch. release gives it up if it is still ours.
func (t *Tokens) lock(ctx context.Context, appid string) (release func(), locked bool, err error) {
	short, cancel := context.WithTimeout(ctx, redisTimeout)
	defer cancel()
	key, mine := t.key(appid)+":lock", rand.Text()
	locked, err = t.rdb.SetNX(short, key, mine, lockLife).Result()
	if err != nil || !locked {
		return nil, false, err
	}
	return func() {
		short, cancel := context.WithTimeout(context.WithoutCancel(ctx), redisTimeout)
		defer cancel()
		_ = unlockScript.Run(short, t.rdb, []string{key}, mine).Err() // it ends by itself otherwise
	}, true, nil
}

var unlockScript = redis.NewScript(`if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`)

// key is where a token is: token:{appid}, whose braces are real in Redis Cluster only, which is where there is a prefix.
func (t *Tokens) key(appid string) string {
	if t.prefix == "" {
		return t.family + appid
	}
	return t.prefix + t.family + "{" + appid + "}"
}

func (t *Tokens) heldFor(appid string) (heldToken, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	h, ok := t.held[appid]
	return h, ok
}

func (t *Tokens) hold(appid string, h heldToken) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.held[appid] = h
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
