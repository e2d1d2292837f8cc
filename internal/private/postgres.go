//go:build unix

package private

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// An Option changes how Postgres runs.
type Option func(*cluster)

// Volatile gives up crash safety for speed. It is for tests, whose data nobody wants back.
func Volatile() Option {
	return func(c *cluster) {
		c.initFlags = append(c.initFlags, "--no-sync")
		c.settings = append(c.settings, "fsync=off", "synchronous_commit=off", "full_page_writes=off")
	}
}

// Postgres starts a PostgreSQL that keeps its files in dir/postgresql, making them at the first start. It returns when
// the server answers, with the database weir and the roles weir_owner and weir_app in it. ctx bounds the start only.
// Every error is a sentence for the operator.
func Postgres(ctx context.Context, dir string, options ...Option) (*Server, error) {
	f, err := hold(dir, "postgresql", unprivileged())
	if err != nil {
		return nil, fmt.Errorf("own PostgreSQL: %w", err)
	}
	c := &cluster{folder: f, data: filepath.Join(f.path, "data"), find: installed, settings: settings()}
	for _, option := range options {
		option(c)
	}
	s, err := c.open(ctx)
	if err != nil {
		f.free()
		return nil, fmt.Errorf("own PostgreSQL: %w", err)
	}
	return s, nil
}

// settings are those of a server with one client program that values every commit.
func settings() []string {
	s := []string{
		"listen_addresses=", "unix_socket_permissions=0700", "port=5432",
		"max_connections=100", "shared_buffers=128MB", "jit=off",
		"timezone=UTC", "log_timezone=UTC",
		// Errors are Weir's to log; PostgreSQL would log them with the statement, and that with customers' words.
		"log_min_messages=log", "log_min_error_statement=panic", "log_error_verbosity=terse", "log_checkpoints=off",
		"logging_collector=off", "log_destination=stderr",
	}
	if runtime.GOOS == "linux" {
		s = append(s, "huge_pages=off") // a small server has nothing to win, and takes them from others
	}
	return s
}

// A cluster is PostgreSQL's data folder and how it is run.
type cluster struct {
	folder    *folder
	data      string
	find      func(context.Context) []installation
	initFlags []string
	settings  []string
	socket    string
}

func (c *cluster) open(ctx context.Context) (*Server, error) {
	in, err := c.choose(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.settle(ctx); err != nil {
		return nil, err
	}
	if err := c.create(ctx, in); err != nil {
		return nil, err
	}
	if c.socket, err = c.folder.socket(".s.PGSQL.5432.lock"); err != nil {
		return nil, err
	}
	ch, err := c.run(ctx, in)
	if err != nil {
		return nil, err
	}
	if err := c.furnish(ctx); err != nil {
		_ = ch.end(ctx, syscall.SIGINT, syscall.SIGQUIT)
		return nil, err
	}
	return c.server(in, ch), nil
}

func (c *cluster) server(in installation, ch *child) *Server {
	s := &Server{
		Kind:     fmt.Sprintf("postgresql %d", in.major),
		URL:      c.url("weir_app", "weir"),
		OwnerURL: c.url("weir_owner", "weir"),
		stop: func(ctx context.Context) error {
			defer c.folder.free()
			return ch.end(ctx, syscall.SIGINT, syscall.SIGQUIT) // fast, then immediate: PostgreSQL's manual, 19.5
		},
	}
	if c.folder.moved {
		s.Note = fmt.Sprintf("PostgreSQL keeps its files in %s.", c.folder.path)
	}
	s.watch(ch.exited)
	return s
}

func (c *cluster) url(role, database string) string {
	q := url.Values{"host": {c.socket}, "port": {"5432"}, "user": {role}, "sslmode": {"disable"}}
	return "postgres:///" + database + "?" + q.Encode()
}

// settle waits for a server that a killed Weir left behind, and asks it to end where the kernel did not.
func (c *cluster) settle(ctx context.Context) error {
	for asked := false; ; asked = true {
		pid, socket, err := c.postmaster()
		switch {
		case err != nil || errors.Is(syscall.Kill(pid, 0), syscall.ESRCH):
			return nil
		case !works(pid, c.data):
			return c.disown()
		case socket != c.folder.usedSocket():
			return fmt.Errorf("%s is in use by a PostgreSQL that Weir did not start (process %d)", c.data, pid)
		case !asked:
			_ = syscall.Kill(pid, syscall.SIGINT)
		}
		if err := pause(ctx, 10*time.Millisecond); err != nil {
			return fmt.Errorf("the PostgreSQL of an earlier Weir (process %d) does not end: %w", pid, err)
		}
	}
}

// postmaster reads who postmaster.pid says is running and where its socket is (lines 1 and 5).
func (c *cluster) postmaster() (pid int, socket string, err error) {
	b, err := os.ReadFile(filepath.Join(c.data, "postmaster.pid"))
	if err != nil {
		return 0, "", err
	}
	lines := append(strings.Split(string(b), "\n"), make([]string, 5)...)
	pid, err = strconv.Atoi(strings.TrimSpace(lines[0]))
	return pid, strings.TrimSpace(lines[4]), err
}

// disown mends a postmaster.pid whose process id has gone to some other program, which PostgreSQL would take for
// itself. It names Weir instead: PostgreSQL ignores its parent there, and still checks the shared memory that the other
// lines name, so that it waits for backends that outlived their postmaster.
func (c *cluster) disown() error {
	path := filepath.Join(c.data, "postmaster.pid")
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	_, rest, _ := bytes.Cut(b, []byte("\n"))
	return os.WriteFile(path, fmt.Appendf(nil, "%d\n%s", os.Getpid(), rest), 0o600)
}

// create makes the cluster unless it is there. It is made beside its place and then renamed, so a start that is killed
// half-way leaves nothing that looks finished.
func (c *cluster) create(ctx context.Context, in installation) error {
	if _, err := os.Stat(c.data); err == nil {
		return c.folder.owner.own(c.data)
	}
	unfinished := c.data + ".new"
	if err := os.RemoveAll(unfinished); err != nil {
		return err
	}
	if err := os.Mkdir(unfinished, 0o700); err != nil {
		return err
	}
	if err := c.folder.owner.own(unfinished); err != nil {
		return err
	}
	if err := c.initdb(ctx, in, unfinished); err != nil {
		return err
	}
	if err := os.Rename(unfinished, c.data); err != nil {
		return err
	}
	return syncDir(c.folder.path)
}

func (c *cluster) initdb(ctx context.Context, in installation, dir string) error {
	args := append([]string{"--pgdata=" + dir, "--username=postgres", "--encoding=UTF8", "--locale=C", "--lc-ctype=" + ctype(),
		"--auth-local=trust", "--auth-host=reject"}, c.initFlags...)
	var out bytes.Buffer
	cmd := exec.Command(in.program("initdb"), args...)
	cmd.Stdout, cmd.Stderr, cmd.Dir = &out, &out, "/"
	ch, err := launch(cmd, syscall.SIGKILL, c.folder.owner)
	if err != nil {
		return err
	}
	select {
	case <-ch.exited:
	case <-ctx.Done():
		_ = ch.end(ctx, syscall.SIGKILL)
		return fmt.Errorf("initdb: %w", ctx.Err())
	}
	if !cmd.ProcessState.Success() {
		return fmt.Errorf("initdb: %s", lastLine(out.Bytes()))
	}
	return nil
}

// ctype knows the letters of every language; the order of text stays that of its bytes, which is the fast one.
func ctype() string {
	if runtime.GOOS == "linux" {
		return "C.UTF-8"
	}
	return "en_US.UTF-8"
}

// run starts the server and returns when it answers. Backends that outlived a killed postmaster hold it up for a moment.
func (c *cluster) run(ctx context.Context, in installation) (*child, error) {
	for {
		ch, said, err := c.try(ctx, in)
		if err == nil {
			return ch, nil
		}
		if !strings.Contains(said, "pre-existing shared memory block") {
			return nil, err
		}
		if ctxErr := pause(ctx, 20*time.Millisecond); ctxErr != nil {
			return nil, err
		}
	}
}

// try is one start. What the server said is returned when it failed.
func (c *cluster) try(ctx context.Context, in installation) (*child, string, error) {
	log, err := c.folder.openLog()
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = log.Close() }()
	before, err := log.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, "", err
	}
	args := []string{"-D", c.data, "-c", `unix_socket_directories="` + c.socket + `"`}
	for _, s := range c.settings {
		args = append(args, "-c", s)
	}
	cmd := exec.Command(in.program("postgres"), args...)
	cmd.Stdout, cmd.Stderr, cmd.Dir = log, log, "/"
	// SIGQUIT, not SIGINT: a Weir that was killed wants its server gone at once; recovery is quick and loses nothing.
	ch, err := launch(cmd, syscall.SIGQUIT, c.folder.owner)
	if err != nil {
		return nil, "", err
	}
	if err := c.await(ctx, ch); err != nil {
		_ = ch.end(ctx, syscall.SIGQUIT)
		said := readFrom(log, before)
		return nil, said, fmt.Errorf("%s %w: %s (all of it is in %s)", in.program("postgres"), err, lastLine([]byte(said)), log.Name())
	}
	return ch, "", nil
}

// await returns when the server takes connections. Until then it has no socket, refuses, or says that it is starting up
// or recovering.
func (c *cluster) await(ctx context.Context, ch *child) error {
	for {
		conn, err := pgx.Connect(ctx, c.url("postgres", "postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ch.exited:
			return errors.New("ended while starting")
		case <-ctx.Done():
			return fmt.Errorf("did not get ready in time (%w)", err)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// furnish makes the roles and the database, or those of them that an interrupted first start did not get to.
func (c *cluster) furnish(ctx context.Context) error {
	var owner, app, database bool
	conn, err := pgx.Connect(ctx, c.url("postgres", "postgres"))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	err = conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'weir_owner'),
		EXISTS (SELECT FROM pg_roles WHERE rolname = 'weir_app'),
		EXISTS (SELECT FROM pg_database WHERE datname = 'weir')`).Scan(&owner, &app, &database)
	if err != nil {
		return err
	}
	for _, missing := range []struct {
		there bool
		sql   string
	}{
		{owner, `CREATE ROLE weir_owner LOGIN CREATEROLE CREATEDB NOSUPERUSER NOBYPASSRLS`},
		// Made by weir_owner, who thereby may administer it (which PostgreSQL 16 and later insist on).
		{app, `SET ROLE weir_owner; CREATE ROLE weir_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE; RESET ROLE`},
		{database, `CREATE DATABASE weir OWNER weir_owner`},
	} {
		if missing.there {
			continue
		}
		if _, err := conn.Exec(ctx, missing.sql); err != nil {
			return err
		}
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// readFrom is up to 64 kB of f from offset.
func readFrom(f *os.File, offset int64) string {
	b, _ := io.ReadAll(io.NewSectionReader(f, offset, 64<<10))
	return string(b)
}

// lastLine is the last line that says what is wrong, or simply the last.
func lastLine(b []byte) string {
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	for _, l := range lines {
		if i := strings.Index(l, "FATAL:"); i >= 0 {
			return strings.TrimSpace(l[i+len("FATAL:"):])
		}
	}
	return strings.TrimSpace(lines[len(lines)-1])
}
