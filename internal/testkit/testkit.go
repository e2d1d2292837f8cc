// Package testkit gives tests a real PostgreSQL and a real Redis: private ones, started when a test first asks, on unix
// sockets in a temporary folder, configured by nothing in the environment. Only tests import it.
//
// A package that uses it says
//
//	func TestMain(m *testing.M) { testkit.Main(m) }
//
// so that the servers end and their folder is removed with the test process. Without it (or when the process is killed)
// the kernel ends the servers on Linux, and the next test process removes the folder.
package testkit

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"weir/internal/private"
)

// startWithin bounds the start of a server, on a machine that runs many tests at once.
const startWithin = time.Minute

// prefix begins the name of each test process's folder.
const prefix = "weir-test-"

// Main runs a package's tests, stops the servers they used, removes the folder and exits.
func Main(m *testing.M) {
	code := m.Run()
	Stop()
	os.Exit(code)
}

// Stop ends what Main would end, for a TestMain that has more to do.
func Stop() { servers.close() }

// Postgres makes a database for t from a template that migrate has filled, and drops it when t ends. migrate is called
// once per test process, with the URL of the owner (weir_owner, who may create roles and databases but is no
// superuser); every test that passes the same function shares its template. nil makes an empty database. appURL is for
// weir_app, whom row-level security binds. A fresh database takes some 30 ms, the first one a second more.
func Postgres(t testing.TB, migrate func(ownerURL string) error) (ownerURL, appURL string) {
	t.Helper()
	ctx := t.Context()
	s, err := servers.postgres()
	if err != nil {
		t.Fatalf("testkit: %v", err)
	}
	template, err := s.template(migrate)
	if err != nil {
		t.Fatalf("testkit: template: %v", err)
	}
	name := fmt.Sprintf("t%d", s.count.Add(1))
	if err := s.exec(ctx, "CREATE DATABASE "+name+" TEMPLATE "+template); err != nil {
		t.Fatalf("testkit: database: %v", err)
	}
	t.Cleanup(func() {
		if err := s.admin(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("testkit: %v", err)
		}
	})
	return withDatabase(s.OwnerURL, name), withDatabase(s.URL, name)
}

// Redis starts a Redis for t alone and ends it with t. It takes some 20 ms. All sixteen databases are there.
func Redis(t testing.TB) (redisURL string) {
	t.Helper()
	dir, err := servers.folder()
	if err != nil {
		t.Fatalf("testkit: %v", err)
	}
	if dir, err = os.MkdirTemp(dir, "r"); err != nil {
		t.Fatalf("testkit: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), startWithin)
	defer cancel()
	s, err := private.Redis(ctx, dir)
	if err != nil {
		t.Fatalf("testkit: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Stop(context.Background()); err != nil {
			t.Errorf("testkit: %v", err)
		}
		_ = os.RemoveAll(dir)
	})
	return s.URL
}

// servers is what this test process has started. It is the one global: a test process has one end, and no other place.
var servers process

type process struct {
	mu     sync.Mutex
	dir    string
	lock   *os.File
	server *cluster
	err    error // of the first try to start PostgreSQL, which is not repeated for every test

	redis        sync.Once
	redisCluster *Cluster
	redisErr     error
}

// A cluster is the process's PostgreSQL with its templates.
type cluster struct {
	*private.Server
	count     atomic.Int64
	mu        sync.Mutex
	templates map[uintptr]string
}

func (p *process) postgres() (*cluster, error) {
	dir, err := p.folder()
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.server == nil && p.err == nil {
		ctx, cancel := context.WithTimeout(context.Background(), startWithin)
		defer cancel()
		var s *private.Server
		if s, p.err = private.Postgres(ctx, dir, private.Volatile()); p.err == nil {
			p.server = &cluster{Server: s, templates: map[uintptr]string{}}
		}
	}
	return p.server, p.err
}

// folder makes this process's folder, after removing those of processes that are gone.
func (p *process) folder() (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dir != "" {
		return p.dir, nil
	}
	sweep()
	dir, err := os.MkdirTemp("", prefix)
	if err != nil {
		return "", err
	}
	if p.lock, err = lock(dir); err != nil {
		return "", err
	}
	p.dir = dir
	return dir, nil
}

func (p *process) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.redisCluster != nil {
		p.redisCluster.end()
	}
	if p.server != nil {
		ctx, cancel := context.WithCancel(context.Background())
		cancel() // nobody wants this data: no orderly shutdown
		_ = p.server.Stop(ctx)
	}
	if p.dir != "" {
		_ = os.RemoveAll(p.dir)
		_ = p.lock.Close()
	}
}

// sweep removes the folders of test processes that were killed. Their locks are free.
func sweep() {
	left, _ := filepath.Glob(filepath.Join(os.TempDir(), prefix+"*"))
	for _, dir := range left {
		info, err := os.Stat(dir)
		if err != nil || time.Since(info.ModTime()) < time.Minute {
			continue // it may be about to be locked, or its servers about to end
		}
		if l, err := lock(dir); err == nil {
			_ = os.RemoveAll(dir)
			_ = l.Close()
		}
	}
}

func lock(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "test"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// template is the name of the database that migrate has filled.
func (c *cluster) template(migrate func(string) error) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := reflect.ValueOf(migrate).Pointer()
	if name := c.templates[key]; name != "" {
		return name, nil
	}
	name := fmt.Sprintf("template%d", len(c.templates)+2)
	ctx := context.Background()
	if err := c.exec(ctx, "CREATE DATABASE "+name); err != nil {
		return "", err
	}
	if migrate != nil {
		if err := migrate(withDatabase(c.OwnerURL, name)); err != nil {
			_ = c.exec(ctx, "DROP DATABASE "+name+" WITH (FORCE)")
			return "", err
		}
	}
	c.templates[key] = name
	return name, c.seal(ctx, name)
}

// seal ends every connection to the template and lets no new one in: PostgreSQL copies only what nobody is using.
func (c *cluster) seal(ctx context.Context, name string) error {
	if err := c.exec(ctx, "ALTER DATABASE "+name+" ALLOW_CONNECTIONS false"); err != nil {
		return err
	}
	return c.admin(ctx, "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '"+name+"'")
}

// exec runs sql as the owner.
func (c *cluster) exec(ctx context.Context, sql string) error {
	return run(ctx, c.OwnerURL, sql)
}

// admin runs sql as the superuser, who alone may end the connections of all others.
func (c *cluster) admin(ctx context.Context, sql string) error {
	return run(ctx, strings.Replace(withDatabase(c.OwnerURL, "postgres"), "user=weir_owner", "user=postgres", 1), sql)
}

func run(ctx context.Context, serverURL, sql string) error {
	conn, err := pgx.Connect(ctx, serverURL)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	_, err = conn.Exec(ctx, sql)
	return err
}

// withDatabase is serverURL for another database.
func withDatabase(serverURL, name string) string {
	u, err := url.Parse(serverURL)
	if err != nil {
		panic(err) // private made it
	}
	u.Path = "/" + name
	return u.String()
}
