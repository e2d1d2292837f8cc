package wechat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

var redisSocket string

func TestMain(m *testing.M) { os.Exit(withRedis(m)) }

// withRedis runs the tests beside a Redis of their own, on a socket in a folder of its own.
func withRedis(m *testing.M) int {
	binary, err := exec.LookPath("redis-server")
	if err != nil {
		fmt.Fprintln(os.Stderr, "These tests need a real Redis: install redis-server so that it is in PATH.")
		return 1
	}
	dir, err := os.MkdirTemp("", "redis")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	redisSocket = filepath.Join(dir, "s")
	server := exec.Command(binary, "--port", "0", "--unixsocket", redisSocket, "--save", "", "--dir", dir)
	if err := server.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = server.Process.Kill(); _ = server.Wait() }()
	if err := reachable(redisSocket); err != nil {
		fmt.Fprintln(os.Stderr, "redis-server did not start:", err)
		return 1
	}
	return m.Run()
}

func reachable(socket string) error {
	rdb := redis.NewClient(&redis.Options{Network: "unix", Addr: socket})
	defer rdb.Close()
	var err error
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if err = rdb.Ping(context.Background()).Err(); err == nil {
			return nil
		}
	}
	return err
}

func openRedis(t *testing.T, db int) *redis.Client {
	t.Helper()
	rdb := redis.NewClient(&redis.Options{Network: "unix", Addr: redisSocket, DB: db})
	if err := rdb.FlushDB(context.Background()).Err(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = rdb.Close() })
	return rdb
}

// noRedis is a Redis that nobody runs.
func noRedis(t *testing.T) *redis.Client {
	rdb := redis.NewClient(&redis.Options{Network: "unix", Addr: filepath.Join(t.TempDir(), "nobody"), MaxRetries: -1})
	t.Cleanup(func() { _ = rdb.Close() })
	return rdb
}

// tokenServer is WeChat's token endpoint: the same token until a new one is forced.
type tokenServer struct {
	*Client
	mu            sync.Mutex
	calls, forced int
	life          int64
	fail          int // errcode
	gate          chan struct{}
}

func newTokenServer(t *testing.T) *tokenServer {
	s := &tokenServer{life: 7200}
	h := httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(h.Close)
	s.Client = NewClient(h.URL, nil)
	return s
}

func (s *tokenServer) serve(w http.ResponseWriter, r *http.Request) {
	var in struct {
		AppID        string `json:"appid"`
		Secret       string `json:"secret"`
		ForceRefresh bool   `json:"force_refresh"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.Secret != "s-"+in.AppID {
		fmt.Fprint(w, `{"errcode":40125,"errmsg":"invalid appsecret"}`)
		return
	}
	s.mu.Lock()
	s.calls++
	if in.ForceRefresh {
		s.forced++
	}
	token, life, fail, gate := fmt.Sprintf("%s-%d", in.AppID, s.forced), s.life, s.fail, s.gate
	s.mu.Unlock()
	if gate != nil {
		<-gate
	}
	if fail != 0 {
		fmt.Fprintf(w, `{"errcode":%d,"errmsg":"x"}`, fail)
		return
	}
	fmt.Fprintf(w, `{"access_token":%q,"expires_in":%d}`, token, life)
}

func (s *tokenServer) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

func (s *tokenServer) counts() (calls, forced int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls, s.forced
}

func secretOf(_ context.Context, appid string) (string, error) { return "s-" + appid, nil }

func (s *tokenServer) wantCounts(t *testing.T, calls, forced int) {
	t.Helper()
	if c, f := s.counts(); c != calls || f != forced {
		t.Errorf("%d calls, %d of them forced; want %d, %d", c, f, calls, forced)
	}
}

func wantToken(t *testing.T, tokens *Tokens, want string) {
	t.Helper()
	got, err := tokens.Token(context.Background(), "wx1")
	if err != nil || got != want {
		t.Fatalf("token = %q, %v; want %q", got, err, want)
	}
}

func TestFiftyColdCallsOnTwoProcessesFetchOnce(t *testing.T) {
	rdb, s := openRedis(t, 4), newTokenServer(t)
	s.gate = make(chan struct{})
	processes := []*Tokens{NewTokens(rdb, s.Client, secretOf, ""), NewTokens(rdb, s.Client, secretOf, "")}
	got := make(chan string, 50)
	for i := range 50 {
		go func() {
			token, err := processes[i%2].Token(context.Background(), "wx1")
			got <- fmt.Sprint(token, err)
		}()
	}
	eventually(t, func() bool { c, _ := s.counts(); return c > 0 })
	close(s.gate)
	for range 50 {
		if g := <-got; g != "wx1-0<nil>" {
			t.Error(g)
		}
	}
	s.wantCounts(t, 1, 0)
}

func eventually(t *testing.T, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("waited 10 s in vain")
		}
	}
}

func TestTheKeyIsTheOneOthersRead(t *testing.T) {
	rdb, s := openRedis(t, 4), newTokenServer(t)
	wantToken(t, NewTokens(rdb, s.Client, secretOf, ""), "wx1-0")
	wantToken(t, NewTokens(rdb, s.Client, secretOf, "4:"), "wx1-0")
	ctx := context.Background()
	for _, key := range []string{"token:wx1", "4:token:{wx1}"} {
		if v := rdb.Get(ctx, key).Val(); v != "wx1-0" {
			t.Errorf("%s = %q", key, v)
		}
		if life := rdb.PTTL(ctx, key).Val(); life > 115*time.Minute || life < 114*time.Minute {
			t.Errorf("%s lives %v: five minutes less than 2 h are wanted", key, life)
		}
	}
	if n := rdb.Exists(ctx, "token:wx1:lock").Val(); n != 0 {
		t.Error("the lock is still there")
	}
	if err := rdb.Set(ctx, "token:wx1", "by-another", time.Minute).Err(); err != nil {
		t.Fatal(err)
	}
	wantToken(t, NewTokens(rdb, s.Client, secretOf, ""), "by-another")
}

func TestATokenIsRefreshedFiveMinutesBeforeItsEnd(t *testing.T) {
	rdb, s := openRedis(t, 4), newTokenServer(t)
	tokens := NewTokens(rdb, s.Client, secretOf, "")
	now := time.Now()
	tokens.now = func() time.Time { return now }
	wantToken(t, tokens, "wx1-0")
	now = now.Add(115*time.Minute - time.Second)
	wantToken(t, tokens, "wx1-0")
	s.wantCounts(t, 1, 0)

	now = now.Add(time.Second)
	rdb.Del(context.Background(), "token:wx1") // Redis has a clock of its own
	s.set(func() { s.fail = -1 })
	wantToken(t, tokens, "wx1-0") // five more minutes
	s.wantCounts(t, 2, 0)
	wantToken(t, tokens, "wx1-0")
	s.wantCounts(t, 2, 0) // and not asked at each call

	s.set(func() { s.fail = 0 })
	now = now.Add(shortestLife)
	wantToken(t, tokens, "wx1-0")
	s.wantCounts(t, 3, 0)

	now = now.Add(3 * time.Hour)
	rdb.Del(context.Background(), "token:wx1")
	s.set(func() { s.fail = -1 })
	if _, err := tokens.Token(context.Background(), "wx1"); Classify(err) != Retry {
		t.Errorf("after its end: %v", err)
	}
}

func TestOnlyTheRejectedTokenIsDropped(t *testing.T) {
	rdb, s := openRedis(t, 4), newTokenServer(t)
	ctx := context.Background()
	tokens := NewTokens(rdb, s.Client, secretOf, "")
	wantToken(t, tokens, "wx1-0")
	if err := tokens.Reject(ctx, "wx1", "an-older-one"); err != nil {
		t.Fatal(err)
	}
	wantToken(t, tokens, "wx1-0")
	if v := rdb.Get(ctx, "token:wx1").Val(); v != "wx1-0" {
		t.Errorf("in Redis: %q", v)
	}
	s.wantCounts(t, 1, 0)
}

func TestARejectedTokenThatComesBackIsForcedOutOnce(t *testing.T) {
	rdb, s := openRedis(t, 4), newTokenServer(t)
	ctx := context.Background()
	one, two := NewTokens(rdb, s.Client, secretOf, ""), NewTokens(rdb, s.Client, secretOf, "")
	wantToken(t, one, "wx1-0")
	wantToken(t, two, "wx1-0")
	s.wantCounts(t, 1, 0)
	for _, tokens := range []*Tokens{one, two} { // both sent with it
		if err := tokens.Reject(ctx, "wx1", "wx1-0"); err != nil {
			t.Fatal(err)
		}
	}
	wantToken(t, two, "wx1-1")
	wantToken(t, one, "wx1-1")
	s.wantCounts(t, 3, 1)

	// Rejected again at once: WeChat takes a force every 30 s only, so it is not asked for.
	if err := one.Reject(ctx, "wx1", "wx1-1"); err != nil {
		t.Fatal(err)
	}
	wantToken(t, one, "wx1-1")
	s.wantCounts(t, 4, 1)
}

func TestATokenThatIsReplacedAnywayIsNotForced(t *testing.T) {
	rdb, s := openRedis(t, 4), newTokenServer(t)
	tokens := NewTokens(rdb, s.Client, secretOf, "")
	wantToken(t, tokens, "wx1-0")
	s.set(func() { s.forced = 7 }) // somebody else forced it
	if err := tokens.Reject(context.Background(), "wx1", "wx1-0"); err != nil {
		t.Fatal(err)
	}
	wantToken(t, tokens, "wx1-7")
	s.wantCounts(t, 2, 7)
}

func TestDoTriesAgainWithAnotherToken(t *testing.T) {
	rdb, s := openRedis(t, 4), newTokenServer(t)
	tokens := NewTokens(rdb, s.Client, secretOf, "")
	var used []string
	err := tokens.Do(context.Background(), "wx1", func(token string) error {
		used = append(used, token)
		if token == "wx1-0" {
			return &APIError{Code: 42001}
		}
		return nil
	})
	if err != nil || fmt.Sprint(used) != "[wx1-0 wx1-1]" {
		t.Errorf("used %v, %v", used, err)
	}
	used = nil
	err = tokens.Do(context.Background(), "wx1", func(token string) error {
		used = append(used, token)
		return &APIError{Code: 40001}
	})
	if Classify(err) != TokenRejected || len(used) != 3 {
		t.Errorf("never accepted: used %v, %v", used, err)
	}
	used = nil
	err = tokens.Do(context.Background(), "wx1", func(token string) error {
		used = append(used, token)
		return &TransportError{Sent: true, Err: errors.New("x")}
	})
	if Classify(err) != Uncertain || len(used) != 1 {
		t.Errorf("uncertain: used %v, %v", used, err)
	}
}

func TestALockHolderThatDiedIsNoDeadlock(t *testing.T) {
	rdb, s := openRedis(t, 4), newTokenServer(t)
	ctx := context.Background()
	if err := rdb.Set(ctx, "token:wx1:lock", "the dead", 200*time.Millisecond).Err(); err != nil {
		t.Fatal(err)
	}
	wantToken(t, NewTokens(rdb, s.Client, secretOf, ""), "wx1-0")
	s.wantCounts(t, 1, 0)

	// A lock that somebody else took over is left to them.
	tokens := NewTokens(rdb, s.Client, secretOf, "")
	release, locked, err := tokens.lock(ctx, "wx2")
	if err != nil || !locked {
		t.Fatal(locked, err)
	}
	rdb.Set(ctx, "token:wx2:lock", "another", 0)
	release()
	if v := rdb.Get(ctx, "token:wx2:lock").Val(); v != "another" {
		t.Errorf("the lock of another is %q", v)
	}
}

func TestWithoutRedisAProcessKeepsItsOwn(t *testing.T) {
	s := newTokenServer(t)
	tokens := NewTokens(noRedis(t), s.Client, secretOf, "")
	wantToken(t, tokens, "wx1-0")
	wantToken(t, tokens, "wx1-0")
	s.wantCounts(t, 1, 0)
	if err := tokens.Reject(context.Background(), "wx1", "wx1-0"); err == nil {
		t.Error("Redis's trouble is not told")
	}
	wantToken(t, tokens, "wx1-1")
	s.wantCounts(t, 3, 1)
}

func TestAnEmptiedRedisCostsACall(t *testing.T) {
	rdb, s := openRedis(t, 4), newTokenServer(t)
	wantToken(t, NewTokens(rdb, s.Client, secretOf, ""), "wx1-0")
	rdb.FlushAll(context.Background())
	wantToken(t, NewTokens(rdb, s.Client, secretOf, ""), "wx1-0")
	s.wantCounts(t, 2, 0)
}

func TestErrorsOfATokenAreTokenErrors(t *testing.T) {
	rdb, s := openRedis(t, 4), newTokenServer(t)
	lost := errors.New("no such account")
	for name, tc := range map[string]struct {
		secret func(context.Context, string) (string, error)
		want   Class
	}{
		"wrong secret":     {func(context.Context, string) (string, error) { return "wrong", nil }, Credentials},
		"no secret at all": {func(context.Context, string) (string, error) { return "", lost }, NotTaken},
	} {
		_, err := NewTokens(rdb, s.Client, tc.secret, "").Token(context.Background(), "wx1")
		var e *TokenError
		if !errors.As(err, &e) || Classify(err) != tc.want {
			t.Errorf("%s: %v (%v)", name, err, Classify(err))
		}
	}
}

func TestWhatHappenedToATokenIsToldToEveryProcess(t *testing.T) {
	server := newTokenServer(t)
	rdb := openRedis(t, 4)
	here, there := NewTokens(rdb, server.Client, secretOf, ""), NewTokens(rdb, server.Client, secretOf, "")
	status := func() TokenStatus {
		t.Helper()
		s, err := there.Status(t.Context(), "wx1")
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if s := status(); s != (TokenStatus{}) {
		t.Errorf("before anything: %+v", s)
	}
	if _, err := here.Token(t.Context(), "wx1"); err != nil {
		t.Fatal(err)
	}
	if s := status(); s.Fetched.IsZero() || !s.Renews.After(time.Now()) || !s.Refused.IsZero() {
		t.Errorf("once it is fetched: %+v", s)
	}
	refused := NewTokens(rdb, answering(t, 200, `{"errcode":40164,"errmsg":"invalid ip 203.0.113.9, not in whitelist"}`), secretOf, "")
	if _, err := refused.Token(t.Context(), "wx2"); Classify(err) != Credentials {
		t.Fatal(err)
	}
	if s, err := there.Status(t.Context(), "wx2"); err != nil || s.Refused.IsZero() || s.Code != 40164 || s.IP != "203.0.113.9" || !s.Renews.IsZero() || !s.Fetched.IsZero() {
		t.Errorf("once it is refused: %+v, %v", s, err)
	}
}

func TestACallerWhoLeavesDoesNotTakeTheOthersDown(t *testing.T) {
	rdb, s := openRedis(t, 4), newTokenServer(t)
	s.gate = make(chan struct{})
	tokens := NewTokens(rdb, s.Client, secretOf, "")
	ctx, leave := context.WithCancel(context.Background())
	left := make(chan error)
	go func() { _, err := tokens.Token(ctx, "wx1"); left <- err }()
	eventually(t, func() bool { c, _ := s.counts(); return c == 1 })
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
	close(s.gate)
	wantToken(t, tokens, "wx1-0")
	s.wantCounts(t, 1, 0)
}
