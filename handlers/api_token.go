package handlers

import (
	"context"
	"crypto/sha256"
	"errors"
	"strings"
	"sync"
	"time"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/secret"
	"weir/internal/store"
)

// tokenHash is what is kept of an API token: its SHA-256. A token is looked up by it, so no comparison tells by its time how
// much of a guess was right.
type tokenHash [sha256.Size]byte

func hashOf(token string) tokenHash { return secret.HashToken(token) }

// bearer is the token of an Authorization header (RFC 6750, section 2.1).
func bearer(header string) (string, bool) {
	scheme, token, ok := strings.Cut(header, " ")
	token = strings.TrimSpace(token)
	return token, ok && strings.EqualFold(scheme, "Bearer") && token != ""
}

// Refusals of tokens. They name no company and no token.
var (
	errNoToken      = errors.New("no token")
	errUnknownToken = errors.New("unknown token")
)

// tokenTrust is how long a token that was found is taken for good without asking again.
const tokenTrust = time.Second

// tokens finds whose a token is, and remembers it for a moment.
type tokens struct {
	store *store.Store
	clock func() time.Time
	cache *tokenCache
}

type tokenCache struct {
	mu      sync.Mutex
	known   map[tokenHash]knownToken
	streams map[tokenHash]id.ID // those that an event stream was opened with
}

type knownToken struct {
	company id.ID
	until   time.Time
}

func newTokens(s *store.Store, clock func() time.Time) tokens {
	return tokens{s, clock, &tokenCache{known: map[tokenHash]knownToken{}, streams: map[tokenHash]id.ID{}}}
}

// company is whose token it is; errUnknownToken: nobody's.
func (t tokens) company(ctx context.Context, h tokenHash) (id.ID, error) {
	now := t.clock()
	t.cache.mu.Lock()
	known, ok := t.cache.known[h]
	t.cache.mu.Unlock()
	if ok && now.Before(known.until) {
		return known.company, nil
	}
	company, err := t.store.Outside().TokenHashCompany(ctx, h[:])
	t.cache.mu.Lock()
	defer t.cache.mu.Unlock()
	switch {
	case errors.Is(err, store.ErrNone):
		delete(t.cache.known, h)
		return id.ID{}, errUnknownToken
	case err != nil:
		return id.ID{}, err
	}
	t.cache.forget(now)
	t.cache.known[h] = knownToken{company, now.Add(tokenTrust)}
	return company, nil
}

// forget drops what is no longer trusted, once there is a heap of it. Only real tokens ever get in.
func (c *tokenCache) forget(now time.Time) {
	if len(c.known) < 1024 {
		return
	}
	for h, k := range c.known {
		if !now.Before(k.until) {
			delete(c.known, h)
		}
	}
}

// watch notes that an event stream is open by this token.
func (t tokens) watch(company id.ID, h tokenHash) {
	t.cache.mu.Lock()
	defer t.cache.mu.Unlock()
	t.cache.streams[h] = company
}

// removed are the tokens with streams that are no longer any company's.
func (t tokens) removed(ctx context.Context) (gone []tokenHash, err error) {
	t.cache.mu.Lock()
	watched := make([]tokenHash, 0, len(t.cache.streams))
	for h := range t.cache.streams {
		watched = append(watched, h)
	}
	t.cache.mu.Unlock()
	for _, h := range watched {
		if _, err := t.company(ctx, h); errors.Is(err, errUnknownToken) {
			gone = append(gone, h)
		} else if err != nil {
			return gone, err
		}
	}
	t.cache.mu.Lock()
	defer t.cache.mu.Unlock()
	for _, h := range gone {
		delete(t.cache.streams, h)
	}
	return gone, nil
}

// Run ends the event streams of tokens that were removed, within about two seconds, until the context ends.
func (a *API) Run(ctx context.Context) {
	tick := time.NewTicker(tokenTrust)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		gone, err := a.tokens.removed(ctx)
		if err != nil && ctx.Err() == nil {
			a.Log.WarnContext(ctx, "api: tokens of event streams could not be checked", "err", err)
		}
		for _, h := range gone {
			a.Hub.End(h.login())
		}
	}
}

// login is what the hub knows a token by.
func (h tokenHash) login() string { return "token " + string(h[:]) }

// actor is the agent in whose name a program acts: one of its company.
func (a *API) actor(ctx context.Context, uid int64) (desk.Agent, error) {
	c, err := a.Desk.Company(ctx, company(ctx))
	if err != nil {
		return desk.Agent{}, err
	}
	if _, may := c.LoginEpoch(uid); !may { // nobody acts in the name of who may not
		return desk.Agent{}, desk.Refuse(desk.Missing, "agent.missing")
	}
	return desk.Agent{Company: c.CompanyID, UID: uid}, nil
}
