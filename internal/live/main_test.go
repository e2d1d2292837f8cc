package live

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"
)

// shared is the Redis of the tests that do not hurt it; each has a prefix of its own there.
var shared *redisServer

// TestMain runs the tests on a real Redis, or plays the part of another process when asked to.
func TestMain(m *testing.M) {
	redis.SetLogger(quiet{}) // that Redis is away is what many tests are about
	if play := parts[os.Getenv("LIVE_TEST_PART")]; play != nil {
		play()
		return
	}
	os.Exit(run(m))
}

type quiet struct{}

func (quiet) Printf(context.Context, string, ...any) {}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "live")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	shared = &redisServer{dir: dir}
	if err := shared.start(); err != nil {
		fmt.Fprintln(os.Stderr, "redis-server:", err)
		return 1
	}
	defer shared.kill()
	code := m.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

type redisServer struct {
	dir string
	cmd *exec.Cmd
}

func (s *redisServer) socket() string { return filepath.Join(s.dir, "redis.sock") }

func (s *redisServer) client() *redis.Client {
	return redis.NewClient(&redis.Options{Network: "unix", Addr: s.socket()})
}

func (s *redisServer) start(args ...string) error {
	args = append([]string{"--port", "0", "--unixsocket", s.socket(), "--dir", s.dir, "--save", "", "--daemonize", "no"}, args...)
	s.cmd = exec.Command("redis-server", args...)
	if err := s.cmd.Start(); err != nil {
		return err
	}
	c := s.client()
	defer c.Close()
	var err error
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); {
		if err = c.Ping(context.Background()).Err(); err == nil {
			return nil
		}
		time.Sleep(5 * time.Millisecond)
	}
	return err
}

func (s *redisServer) kill() {
	s.cmd.Process.Kill()
	s.cmd.Wait()
}

// ownRedis is for tests that kill it or empty it.
func ownRedis(t *testing.T) *redisServer {
	t.Helper()
	dir, err := os.MkdirTemp("", "live") // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	s := &redisServer{dir: dir}
	if err := s.start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.kill()
		os.RemoveAll(dir)
	})
	return s
}

// prefix is the same for all processes of one run of a test, and for nothing else.
func prefix(t *testing.T) string {
	p, known := prefixes.LoadOrStore(t, rand.Text()+":")
	if !known {
		t.Cleanup(func() { prefixes.Delete(t) })
	}
	return p.(string)
}

var prefixes sync.Map

// newHub is one process: a hub of its own on a connection of its own.
func newHub(t *testing.T, s *redisServer, opt Options) *Hub {
	t.Helper()
	h, stop := startHub(t, s, opt)
	t.Cleanup(stop)
	return h
}

// startHub is newHub for tests that stop it themselves.
func startHub(t *testing.T, s *redisServer, opt Options) (h *Hub, stop func()) {
	t.Helper()
	opt.Prefix = prefix(t)
	opt.Log = slog.New(slog.DiscardHandler)
	if opt.Heartbeat == 0 {
		opt.Heartbeat = 100 * time.Millisecond
	}
	rdb := s.client()
	h = New(rdb, opt)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		h.Run(ctx)
	}()
	until(t, "the hub hears the others", h.Connected)
	stopped := false
	return h, func() {
		if stopped {
			return
		}
		stopped = true
		limit, enough := context.WithTimeout(context.Background(), 5*time.Second)
		defer enough()
		h.Shutdown(limit)
		cancel()
		<-done
		rdb.Close()
	}
}

func until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

func limited(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

const settled = "settled"

// settle returns when the ears' processes are subscribed to acme and all that this rang has been taken.
func settle(t *testing.T, ears ...*Ear) {
	t.Helper()
	h := ears[0].hub
	channel := h.ringChannel("acme")
	hubs := map[*Hub]bool{}
	for _, e := range ears {
		hubs[e.hub] = true
	}
	until(t, "all are subscribed", func() bool {
		return h.rdb.PubSubNumSub(limited(t), channel).Val()[channel] == int64(len(hubs))
	})
	for _, e := range ears {
		e.Join(settled)
		e.Take()
	}
	// Redis sent the subscription's confirmation before this.
	if err := h.rdb.Publish(limited(t), channel, "nobody\n"+settled).Err(); err != nil {
		t.Fatal(err)
	}
	for _, e := range ears {
		hears(t, e, settled)
		e.Leave(settled)
		e.Take()
	}
}

// hears waits until the ear has heard all of want, and returns all that it heard by then.
func hears(t testing.TB, e *Ear, want ...string) []string {
	t.Helper()
	var heard []string
	for {
		topics, err := e.Wait(limited(t))
		if err != nil {
			t.Fatalf("heard %q, then: %v; want %q", heard, err, want)
		}
		heard = append(heard, topics...)
		if !slices.ContainsFunc(want, func(w string) bool { return !slices.Contains(heard, w) }) {
			return heard
		}
	}
}

// A page is a browser's side of a stream.
type page struct {
	t      testing.TB
	body   io.Closer
	events chan string // name, or "name data"; closed at the end of the stream
	beats  chan struct{}
	head   http.Header
}

// open opens a stream and reads it until it ends or the test does.
func open(t testing.TB, client *http.Client, url string) *page {
	t.Helper()
	res, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	p := &page{t: t, body: res.Body, events: make(chan string, 100_000), beats: make(chan struct{}, 1000), head: res.Header}
	t.Cleanup(func() { res.Body.Close() })
	if res.StatusCode != 200 {
		t.Fatal(res.Status)
	}
	go p.read(res.Body)
	return p
}

func (p *page) read(body io.Reader) {
	defer close(p.events)
	name, data, seen := "", "", false
	for lines := bufio.NewScanner(body); lines.Scan(); {
		line := lines.Text()
		switch {
		case line == ":":
			p.beats <- struct{}{}
		case strings.HasPrefix(line, "event: "):
			name = line[len("event: "):]
		case strings.HasPrefix(line, "data: "):
			data, seen = data+line[len("data: "):], true
		case line == "" && seen: // an event without a data line is none
			p.events <- strings.TrimSpace(name + " " + data)
			name, data, seen = "", "", false
		}
	}
}

// hears waits for all of want.
func (p *page) hears(want ...string) {
	p.t.Helper()
	missing := slices.Clone(want)
	late := time.After(10 * time.Second)
	for len(missing) > 0 {
		select {
		case e, ok := <-p.events:
			if !ok {
				p.t.Fatalf("the stream ended before %q", missing)
			}
			missing = slices.DeleteFunc(missing, func(m string) bool { return m == e })
		case <-late:
			p.t.Fatalf("waited in vain for %q", missing)
		}
	}
}

// ends waits for the end of the stream and returns how long that took.
func (p *page) ends() time.Duration {
	p.t.Helper()
	start := time.Now()
	late := time.After(10 * time.Second)
	for {
		select {
		case _, ok := <-p.events:
			if !ok {
				return time.Since(start)
			}
		case <-late:
			p.t.Fatal("the stream did not end")
		}
	}
}

// site serves streams of hub: /?uid=&login=&client=&topic=
func site(t testing.TB, h *Hub) *httptest.Server {
	s := httptest.NewServer(streams(h))
	t.Cleanup(s.Close)
	return s
}

func streams(h *Hub) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := h.Serve(w, r, listener(r)); err != nil {
			http.Error(w, err.Error(), 500)
		}
	}
}

func listener(r *http.Request) Listener {
	q := r.URL.Query()
	who := Listener{Company: "acme", Login: q.Get("login"), Client: q.Get("client"), Topics: q["topic"]}
	fmt.Sscan(q.Get("uid"), &who.UID)
	return who
}
