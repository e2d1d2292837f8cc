package login

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/redis/go-redis/v9"
)

const (
	// Lifetime is how long a login lasts at most, and one that is remembered without being used.
	Lifetime = 7 * 24 * time.Hour
	// Idle is how long a login that is not remembered lasts without being used.
	Idle = 12 * time.Hour
	// renew is how much of Idle may be gone before a request renews it: one write an hour and not one a request.
	renew = time.Hour
)

// Who is an agent of a company.
type Who struct {
	Company string // 32 hex digits
	UID     int64
	Epoch   int64 // the number under which the agent's logins counted when this one was made
}

// Device is where a login comes from, for the agent to recognise it by.
type Device struct {
	IP    string
	Agent string // User-Agent
}

// Login is one signed-in browser.
type Login struct {
	ID       string // names the login without being able to stand for it: a hash of the cookie's token
	Device   Device
	Since    time.Time
	Until    time.Time // when it ends if it is not used any more
	Remember bool
}

// Options says how Sessions fits into its surroundings.
type Options struct {
	Prefix string // before every key, where database 4 is not one of its own (Redis Cluster)
	Secure bool   // browsers come by https: the cookie goes no other way
	// Failed answers a request whose session could not be read or saved; nil is a logged 503.
	Failed func(http.ResponseWriter, *http.Request, error)
}

// Sessions remembers browsers that are signed in. It is safe for concurrent use.
type Sessions struct {
	scs   *scs.SessionManager
	store *store
}

// The values of a session. What is not here is not in Redis: no name, no rights, no token.
const (
	keyCompany = "company"
	keyUID     = "uid"
	keyEpoch   = "epoch"
	keySince   = "since" // Unix, seconds
	keyIP      = "ip"
	keyAgent   = "agent"
	keyKept    = "remember"
)

// NewSessions keeps sessions in the Redis of rdb, whose database should be 4.
func NewSessions(rdb redis.UniversalClient, o Options) *Sessions {
	st := &store{rdb: rdb, prefix: o.Prefix, now: time.Now}
	m := scs.New()
	m.Store = st
	m.HashTokenInStore = true
	m.Lifetime = Lifetime
	m.Cookie.Name = "weir"
	if o.Secure {
		m.Cookie.Name = "__Host-weir" // a browser takes it from https at this very host only
	}
	m.Cookie.Secure = o.Secure
	m.Cookie.HttpOnly = true
	m.Cookie.SameSite = http.SameSiteLaxMode
	m.Cookie.Persist = false // SignIn says which are
	m.ErrorFunc = o.Failed
	if m.ErrorFunc == nil {
		m.ErrorFunc = unavailable
	}
	return &Sessions{scs: m, store: st}
}

func unavailable(w http.ResponseWriter, r *http.Request, err error) {
	slog.ErrorContext(r.Context(), "login sessions", "err", err)
	http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
}

// LoadAndSave is the middleware that all other methods with a request's context need. The ResponseWriter it passes on
// flushes through http.ResponseController (it unwraps), not by assertion to http.Flusher.
func (s *Sessions) LoadAndSave(next http.Handler) http.Handler {
	return s.scs.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.slide(r.Context())
		next.ServeHTTP(w, r)
	}))
}

// slide gives a login that is in use its idle time again, up to its whole lifetime.
func (s *Sessions) slide(ctx context.Context) {
	if _, ok := s.Who(ctx); !ok || s.scs.GetBool(ctx, keyKept) {
		return
	}
	now := s.store.now()
	until := now.Add(Idle)
	if last := time.Unix(s.scs.GetInt64(ctx, keySince), 0).Add(Lifetime); until.After(last) {
		until = last
	}
	if until.Sub(s.scs.Deadline(ctx)) >= renew {
		s.scs.SetDeadline(ctx, until.UTC())
	}
}

// Who is signed in at the browser of this request.
func (s *Sessions) Who(ctx context.Context) (Who, bool) {
	who := Who{Company: s.scs.GetString(ctx, keyCompany), UID: s.scs.GetInt64(ctx, keyUID), Epoch: s.scs.GetInt64(ctx, keyEpoch)}
	return who, who.Company != ""
}

// ID is the ID of this request's login, empty where nobody is signed in.
func (s *Sessions) ID(ctx context.Context) string {
	if _, ok := s.Who(ctx); !ok {
		return ""
	}
	return hash(s.scs.Token(ctx))
}

// hash is what scs's HashTokenInStore makes of a token.
func hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// SignIn signs the browser of this request in, under a new token. Remembered, the cookie outlives the browser and the
// login lasts seven days; otherwise it ends with the browser, or twelve hours after it was last used.
func (s *Sessions) SignIn(ctx context.Context, who Who, from Device, remember bool) error {
	if err := s.leave(ctx); err != nil {
		return err
	}
	if err := s.scs.RenewToken(ctx); err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	now := s.store.now()
	until := now.Add(Idle)
	if remember {
		until = now.Add(Lifetime)
	}
	for k, v := range map[string]any{
		keyCompany: who.Company, keyUID: who.UID, keyEpoch: who.Epoch, keySince: now.Unix(), keyIP: short(from.IP), keyAgent: short(from.Agent), keyKept: remember,
	} {
		s.scs.Put(ctx, k, v)
	}
	s.scs.RememberMe(ctx, remember)
	s.scs.SetDeadline(ctx, until.UTC())
	// Listed before it is valid, so that no login is ever valid and beyond RevokeAll.
	if err := s.enlist(ctx, who, hash(s.scs.Token(ctx)), now); err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	if _, _, err := s.scs.Commit(ctx); err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	return nil
}

// short keeps what a browser says about itself from filling Redis.
func short(s string) string { return s[:min(len(s), 256)] }

// SignOut ends this request's login.
func (s *Sessions) SignOut(ctx context.Context) error {
	if err := s.leave(ctx); err != nil {
		return err
	}
	if err := s.scs.Destroy(ctx); err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	return nil
}

// leave takes this request's login, if there is one, off its owner's list.
func (s *Sessions) leave(ctx context.Context) error {
	who, ok := s.Who(ctx)
	if !ok {
		return nil
	}
	return s.end(ctx, who, s.ID(ctx))
}

// Alive reports whether the login still is one. A stream asks when it is told that its agent signed out somewhere.
func (s *Sessions) Alive(ctx context.Context, id string) (bool, error) {
	_, found, err := s.store.FindCtx(ctx, id)
	return found, err
}

// List is where an agent is signed in, the latest login first.
func (s *Sessions) List(ctx context.Context, who Who) ([]Login, error) {
	ids, err := s.ids(ctx, who)
	if err != nil {
		return nil, err
	}
	var all []Login
	for _, id := range ids {
		b, found, err := s.store.FindCtx(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("list logins: %w", err)
		}
		if !found {
			continue
		}
		l, err := s.decode(id, b)
		if err != nil {
			return nil, fmt.Errorf("list logins: %w", err)
		}
		all = append(all, l)
	}
	slices.SortFunc(all, func(a, b Login) int { return cmp.Or(b.Since.Compare(a.Since), cmp.Compare(a.ID, b.ID)) })
	return all, nil
}

func (s *Sessions) decode(id string, b []byte) (Login, error) {
	until, v, err := s.scs.Codec.Decode(b)
	if err != nil {
		return Login{}, err
	}
	since, _ := v[keySince].(int64)
	ip, _ := v[keyIP].(string)
	agent, _ := v[keyAgent].(string)
	remember, _ := v[keyKept].(bool)
	return Login{ID: id, Device: Device{IP: ip, Agent: agent}, Since: time.Unix(since, 0), Until: until, Remember: remember}, nil
}

// ErrNoLogin means that the agent has no such login.
var ErrNoLogin = errors.New("login: the agent has no such login")

// Revoke ends one login of the agent. Another agent's is not found: ErrNoLogin.
func (s *Sessions) Revoke(ctx context.Context, who Who, id string) error {
	err := s.store.rdb.ZScore(ctx, s.list(who), id).Err()
	if errors.Is(err, redis.Nil) {
		return ErrNoLogin
	}
	if err != nil {
		return fmt.Errorf("revoke login: %w", err)
	}
	return s.end(ctx, who, id)
}

// RevokeAll ends every login of the agent except one (none if except is empty) and returns how many. A changed password
// ends all but the one that changed it; an agent who leaves loses all.
func (s *Sessions) RevokeAll(ctx context.Context, who Who, except string) (int, error) {
	ids, err := s.ids(ctx, who)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, id := range ids {
		if id == except {
			continue
		}
		if err := s.end(ctx, who, id); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// end first ends the login and then forgets it, so that what fails half-way can be done again.
func (s *Sessions) end(ctx context.Context, who Who, id string) error {
	if err := s.store.DeleteCtx(ctx, id); err != nil {
		return fmt.Errorf("revoke login: %w", err)
	}
	if err := s.store.rdb.ZRem(ctx, s.list(who), id).Err(); err != nil {
		return fmt.Errorf("revoke login: %w", err)
	}
	return nil
}

// list is the key of an agent's logins.
func (s *Sessions) list(who Who) string {
	return s.store.prefix + "login:of:" + who.Company + ":" + strconv.FormatInt(who.UID, 10)
}

// enlist notes a login under the latest time it can end, and drops those whose time is over.
func (s *Sessions) enlist(ctx context.Context, who Who, id string, now time.Time) error {
	key := s.list(who)
	_, err := s.store.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.ZRemRangeByScore(ctx, key, "-inf", "("+strconv.FormatInt(now.Unix(), 10))
		p.ZAdd(ctx, key, redis.Z{Score: float64(now.Add(Lifetime).Unix()), Member: id})
		p.Expire(ctx, key, Lifetime+tombstone)
		return nil
	})
	return err
}

func (s *Sessions) ids(ctx context.Context, who Who) ([]string, error) {
	ids, err := s.store.rdb.ZRange(ctx, s.list(who), 0, -1).Result()
	if err != nil {
		return nil, fmt.Errorf("list logins: %w", err)
	}
	return ids, nil
}
