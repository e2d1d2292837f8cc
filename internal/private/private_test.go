//go:build unix

package private

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"
)

// TestMain lets the test binary stand in for a Weir that can be killed: started with asWeir set to a data folder, it
// starts both servers there, prints their addresses and waits for its end.
func TestMain(m *testing.M) {
	if dir := os.Getenv(asWeir); dir != "" {
		beWeir(dir)
	}
	os.Exit(m.Run())
}

const asWeir = "WEIR_PRIVATE_TEST_DIR"

func beWeir(dir string) {
	ctx := context.Background()
	p, err := Postgres(ctx, dir)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	r, err := Redis(ctx, dir)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(p.OwnerURL)
	fmt.Println(r.URL)
	select {}
}

// otherWeir runs beWeir in a process of its own.
func otherWeir(t *testing.T, dir string) (cmd *exec.Cmd, ownerURL, redisURL string) {
	t.Helper()
	cmd = exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asWeir+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(out)
	for _, s := range []*string{&ownerURL, &redisURL} {
		if !lines.Scan() || !strings.Contains(lines.Text(), "://") {
			t.Fatalf("the other Weir said %q", lines.Text())
		}
		*s = lines.Text()
	}
	return cmd, ownerURL, redisURL
}

func kill(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
}

// dataDir is a data folder that PostgreSQL's user can reach (t.TempDir is 0700 where the tests run as root).
func dataDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "weir-private-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func postgres(t *testing.T, dir string, options ...Option) *Server {
	t.Helper()
	s, err := Postgres(within(t), dir, options...)
	return started(t, s, err)
}

func startRedis(t *testing.T, dir string) *Server {
	t.Helper()
	s, err := Redis(within(t), dir)
	return started(t, s, err)
}

func started(t *testing.T, s *Server, err error) *Server {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Stop(context.Background()) })
	return s
}

func stop(t *testing.T, s *Server) {
	t.Helper()
	if err := s.Stop(within(t)); err != nil {
		t.Fatal(err)
	}
}

func query[T any](t *testing.T, url, sql string) T {
	t.Helper()
	conn, err := pgx.Connect(within(t), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	var v T
	if err := conn.QueryRow(within(t), sql).Scan(&v); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

func client(t *testing.T, url string) *redis.Client {
	t.Helper()
	options, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	c := redis.NewClient(options)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func wantSentence(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q does not say %q", err, w)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("%q is more than a line", err)
	}
}

func postmasterOf(t *testing.T, dir string) int {
	t.Helper()
	pid, _, err := (&cluster{data: filepath.Join(dir, "postgresql", "data")}).postmaster()
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func TestPostgresFromNothingAndAgain(t *testing.T) {
	dir := dataDir(t)
	begin := time.Now()
	s := postgres(t, dir)
	t.Logf("from nothing: %v", time.Since(begin))
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("ready after %v; the floor is 10 s", took)
	}
	query[int](t, s.OwnerURL, `WITH x AS (SELECT 1) SELECT 1 FROM x`)
	conn, err := pgx.Connect(within(t), s.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(within(t), `CREATE TABLE words AS SELECT '你好' AS word; GRANT SELECT ON words TO weir_app`); err != nil {
		t.Fatal(err)
	}
	stop(t, s) // with a connection open
	select {
	case <-s.Done():
		t.Error("a server that was stopped says it ended by itself")
	default:
	}

	begin = time.Now()
	s = postgres(t, dir)
	t.Logf("again: %v (%s)", time.Since(begin), s.Kind)
	if got := query[string](t, s.URL, `SELECT word FROM words`); got != "你好" {
		t.Errorf("word = %q", got)
	}
}

func TestPostgresRolesAndSettings(t *testing.T) {
	t.Parallel()
	s := postgres(t, dataDir(t))
	for _, tc := range []struct{ name, url, sql, want string }{
		{"the serving role is bound by row-level security", s.URL, `SELECT concat_ws(' ', rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb) FROM pg_roles WHERE rolname = current_user`, "weir_app f f f f"},
		{"the owner may create roles and is no superuser", s.OwnerURL, `SELECT concat_ws(' ', rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb) FROM pg_roles WHERE rolname = current_user`, "weir_owner f f t t"},
		{"the database is the owner's", s.URL, `SELECT datname || ' ' || pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()`, "weir weir_owner"},
		{"no TCP", s.URL, `SHOW listen_addresses`, ""},
		{"every commit is on disk", s.URL, `SELECT concat_ws(' ', current_setting('fsync'), current_setting('synchronous_commit'), current_setting('full_page_writes'))`, "on on on"},
		{"Chinese is text", s.URL, `SELECT current_setting('server_encoding')`, "UTF8"},
		{"letters of every language have cases", s.URL, `SELECT lower('ÉÄ')`, "éä"},
		{"a statement with a customer's words is not logged", s.URL, `SELECT current_setting('log_min_error_statement')`, "panic"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := query[string](t, tc.url, tc.sql); got != tc.want {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}

func TestCtrlCReachesWeirAlone(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	postgres(t, dir, Volatile())
	group, err := syscall.Getpgid(postmasterOf(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	if group == syscall.Getpgrp() {
		t.Error("PostgreSQL is in Weir's process group, which a terminal interrupts as a whole")
	}
}

func TestOnlyItsUserReachesIt(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	postgres(t, dir, Volatile())
	startRedis(t, dir)
	for _, p := range []string{"postgresql/data", "postgresql/s", "redis/s"} {
		info, err := os.Stat(filepath.Join(dir, p))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o700 {
			t.Errorf("%s is %v, want 0700", p, info.Mode().Perm())
		}
	}
}

func TestAfterKillingWeirTheNextFindsWhatWasCommitted(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	weir, owner, redisURL := otherWeir(t, dir)
	if n := query[int](t, owner, `WITH made AS (SELECT 1) SELECT 1 FROM made`); n != 1 {
		t.Fatal(n)
	}
	conn, err := pgx.Connect(within(t), owner)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(within(t), `CREATE TABLE kept AS SELECT 42 AS n`); err != nil {
		t.Fatal(err)
	}
	c := client(t, redisURL)
	if err := c.Set(within(t), "kept", 42, 0).Err(); err != nil {
		t.Fatal(err)
	}
	kill(t, weir)

	begin := time.Now()
	p := postgres(t, dir)
	t.Logf("PostgreSQL after kill -9 of Weir: %v", time.Since(begin))
	if n := query[int](t, p.OwnerURL, `SELECT n FROM kept`); n != 42 {
		t.Errorf("n = %d", n)
	}
	begin = time.Now()
	r := startRedis(t, dir)
	t.Logf("Redis after kill -9 of Weir: %v", time.Since(begin))
	if n, err := client(t, r.URL).Get(within(t), "kept").Int(); err != nil || n != 42 {
		t.Errorf("kept = %d, %v", n, err)
	}
}

func TestAfterKillingPostgresTheNextStartFindsWhatWasCommitted(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	s := postgres(t, dir)
	conn, err := pgx.Connect(within(t), s.OwnerURL) // its backend outlives the postmaster for a moment
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(within(t), `CREATE TABLE kept AS SELECT 42 AS n`); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(postmasterOf(t, dir), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.Done():
	case <-within(t).Done():
		t.Fatal("Done does not tell")
	}
	stop(t, s)

	begin := time.Now()
	s = postgres(t, dir)
	t.Logf("after kill -9 of PostgreSQL: %v", time.Since(begin))
	if n := query[int](t, s.OwnerURL, `SELECT n FROM kept`); n != 42 {
		t.Errorf("n = %d", n)
	}
}

func TestAfterKillingRedisTheNextStartFindsWhatWasWritten(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	s := startRedis(t, dir)
	c := client(t, s.URL)
	if err := c.Set(within(t), "kept", 42, 0).Err(); err != nil {
		t.Fatal(err)
	}
	pid, err := c.InfoMap(within(t), "server").Result()
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(pid["Server"]["process_id"])
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(n, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.Done():
	case <-within(t).Done():
		t.Fatal("Done does not tell")
	}
	stop(t, s)
	if n, err := client(t, startRedis(t, dir).URL).Get(within(t), "kept").Int(); err != nil || n != 42 {
		t.Errorf("kept = %d, %v", n, err)
	}
}

func TestAFolderInUseIsRefused(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	weir, owner, _ := otherWeir(t, dir)
	pid := strconv.Itoa(weir.Process.Pid)
	_, err := Postgres(within(t), dir)
	wantSentence(t, err, "in use by another Weir (process "+pid+")")
	_, err = Redis(within(t), dir)
	wantSentence(t, err, "in use by another Weir (process "+pid+")")
	query[int](t, owner, `SELECT 1`) // and is not disturbed
}

func TestAProcessIDThatHasGoneToAnotherProgramDoesNotStopTheStart(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	s := postgres(t, dir)
	if err := syscall.Kill(postmasterOf(t, dir), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-s.Done()
	stop(t, s)
	// A program of the same user as PostgreSQL's: PostgreSQL alone would take it for itself and refuse.
	other := exec.Command("sleep", "60")
	other.SysProcAttr = &syscall.SysProcAttr{Credential: unprivileged().credential()}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Process.Kill(); _ = other.Wait() }()
	path := filepath.Join(dir, "postgresql", "data", "postmaster.pid")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(b), "\n")
	if err := os.WriteFile(path, fmt.Appendf(nil, "%d\n%s", other.Process.Pid, rest), 0o600); err != nil {
		t.Fatal(err)
	}
	query[int](t, postgres(t, dir).URL, `SELECT 1`)
	if err := other.Process.Signal(syscall.Signal(0)); err != nil {
		t.Errorf("the other program was ended: %v", err)
	}
}

func TestAnInterruptedFirstStartIsFinishedByTheNext(t *testing.T) {
	t.Parallel()
	t.Run("in initdb", func(t *testing.T) {
		dir := dataDir(t)
		unfinished := filepath.Join(dir, "postgresql", "data.new")
		if err := os.MkdirAll(unfinished, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(unfinished, "PG_VERSION"), []byte("15\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		query[int](t, postgres(t, dir, Volatile()).URL, `SELECT 1`)
		if _, err := os.Stat(unfinished); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("data.new: %v", err)
		}
	})
	t.Run("before the database", func(t *testing.T) {
		dir := dataDir(t)
		s := postgres(t, dir, Volatile())
		superuser := strings.NewReplacer("/weir?", "/postgres?", "weir_owner", "postgres").Replace(s.OwnerURL)
		for _, sql := range []string{`DROP DATABASE weir`, `DROP ROLE weir_app`} {
			conn, err := pgx.Connect(within(t), superuser)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := conn.Exec(within(t), sql); err != nil {
				t.Fatal(err)
			}
			_ = conn.Close(within(t))
		}
		stop(t, s)
		query[int](t, postgres(t, dir, Volatile()).URL, `SELECT 1`)
	})
	t.Run("its time ran out", func(t *testing.T) {
		dir := dataDir(t)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if _, err := Postgres(ctx, dir, Volatile()); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("err = %v", err)
		}
		query[int](t, postgres(t, dir, Volatile()).URL, `SELECT 1`)
	})
}

func TestWhatIsNotThereIsSaidInASentence(t *testing.T) {
	only := func(in ...installation) Option {
		return func(c *cluster) { c.find = func(context.Context) []installation { return in } }
	}
	for _, tc := range []struct {
		name   string
		dir    func(t *testing.T, data string)
		found  Option
		saying []string
	}{
		{"nothing installed", func(*testing.T, string) {}, only(), []string{"install", "postgresql", "WEIR_DATABASE_URL"}},
		{"only an old one installed", func(*testing.T, string) {}, only(installation{"/none", 13}), []string{"PostgreSQL 15 or later", "13"}},
		{"data of another major version", func(t *testing.T, data string) { write(t, filepath.Join(data, "PG_VERSION"), "14\n") },
			installedOnly, []string{"made by PostgreSQL 14", "install version 14", "nothing was changed"}},
		{"a folder of something else", func(t *testing.T, data string) { write(t, filepath.Join(data, "holiday.jpg"), "…") },
			installedOnly, []string{"not PostgreSQL's", "nothing was changed"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := dataDir(t)
			data := filepath.Join(dir, "postgresql", "data")
			tc.dir(t, data)
			before := listing(t, data)
			_, err := Postgres(within(t), dir, tc.found)
			wantSentence(t, err, tc.saying...)
			if after := listing(t, data); after != before {
				t.Errorf("the folder was changed: %s, now %s", before, after)
			}
		})
	}
}

func installedOnly(*cluster) {}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// listing is every file below dir with its size.
func listing(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		fmt.Fprintln(&b, path, info.Size(), info.Mode())
		return err
	})
	return b.String()
}

func TestAnOwnerlessPostgresIsNotEnded(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc")
	}
	dir := dataDir(t)
	stop(t, postgres(t, dir, Volatile()))
	// Somebody starts a server on the folder by hand, with a socket of his own.
	elsewhere := dataDir(t)
	as := unprivileged()
	if err := as.own(elsewhere); err != nil {
		t.Fatal(err)
	}
	in := installed(t.Context())[0]
	cmd := exec.Command(in.program("postgres"), "-D", filepath.Join(dir, "postgresql", "data"), "-c", "listen_addresses=", "-c", "unix_socket_directories="+elsewhere)
	cmd.SysProcAttr = attributes(syscall.SIGQUIT)
	cmd.SysProcAttr.Credential = as.credential()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Signal(syscall.SIGQUIT); _ = cmd.Wait() }()
	byHand := "postgres:///weir?host=" + elsewhere + "&user=weir_app"
	for {
		if conn, err := pgx.Connect(within(t), byHand); err == nil {
			_ = conn.Close(within(t))
			break
		}
		if err := pause(within(t), 10*time.Millisecond); err != nil {
			t.Fatal(err)
		}
	}
	_, err := Postgres(within(t), dir)
	wantSentence(t, err, "in use by a PostgreSQL that Weir did not start", strconv.Itoa(cmd.Process.Pid))
	query[int](t, byHand, `SELECT 1`)
}

func TestALongPathGetsAShortSocket(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(dataDir(t), strings.Repeat("long", 30))
	parent := filepath.Dir(dir)
	if err := os.Chmod(parent, 0o711); err != nil {
		t.Fatal(err)
	}
	p := postgres(t, dir, Volatile())
	query[int](t, p.URL, `SELECT 1`)
	r := startRedis(t, dir)
	if err := client(t, r.URL).Ping(within(t)).Err(); err != nil {
		t.Fatal(err)
	}
	var far []string
	for _, name := range []string{"postgresql", "redis"} {
		at, err := os.Readlink(filepath.Join(dir, name, "socket"))
		if err != nil {
			t.Fatal(err)
		}
		far = append(far, at)
	}
	stop(t, p)
	stop(t, r)
	for _, at := range far {
		if _, err := os.Stat(at); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s stayed behind", at)
		}
	}
}

func TestAFolderWithOddCharacters(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(dataDir(t), `a "folder", with 数据 & %41?`)
	if err := os.Chmod(filepath.Dir(dir), 0o711); err != nil {
		t.Fatal(err)
	}
	query[int](t, postgres(t, dir, Volatile()).URL, `SELECT 1`)
	if err := client(t, startRedis(t, dir).URL).Ping(within(t)).Err(); err != nil {
		t.Fatal(err)
	}
}

func TestAsRoot(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("not root")
	}
	t.Run("the server is not root", func(t *testing.T) {
		dir := dataDir(t)
		postgres(t, dir, Volatile())
		info, err := os.Stat("/proc/" + strconv.Itoa(postmasterOf(t, dir)))
		if err != nil {
			t.Fatal(err)
		}
		if uid := info.Sys().(*syscall.Stat_t).Uid; uid == 0 {
			t.Error("PostgreSQL runs as root")
		}
	})
	t.Run("a folder its user cannot enter is kept elsewhere, and that is said", func(t *testing.T) {
		closed := dataDir(t) // 0700 and root's
		dir := filepath.Join(closed, "data")
		s := postgres(t, dir, Volatile())
		link := filepath.Join(dir, "postgresql")
		at, err := os.Readlink(link)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.RemoveAll(at) })
		if !strings.HasPrefix(at, refuge) || !strings.Contains(s.Note, at) {
			t.Errorf("files in %s, note %q", at, s.Note)
		}
		stop(t, s)
		query[int](t, postgres(t, dir, Volatile()).URL, `SELECT 1`)
		if again, _ := os.Readlink(link); again != at {
			t.Errorf("the second start went to %s", again)
		}
	})
	t.Run("a folder made by another user that became closed is said to be", func(t *testing.T) {
		closed := dataDir(t)
		dir := filepath.Join(closed, "data")
		write(t, filepath.Join(dir, "postgresql", "data", "PG_VERSION"), "15\n")
		_, err := Postgres(within(t), dir)
		wantSentence(t, err, "may not enter "+closed, "WEIR_DATA_DIR")
	})
}

func TestRedisKeepsToItself(t *testing.T) {
	t.Parallel()
	s := startRedis(t, dataDir(t))
	c := client(t, s.URL)
	config, err := c.ConfigGet(within(t), "*").Result()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"port": "0", "appendonly": "yes", "appendfsync": "everysec", "databases": "16", "unixsocketperm": "700", "save": ""} {
		if config[name] != want {
			t.Errorf("%s = %q, want %q", name, config[name], want)
		}
	}
	if !strings.Contains(s.Kind, ".") {
		t.Errorf("kind = %q, want a version", s.Kind)
	}
}

func TestWithoutRedisOneRunsInsideAndSaysThatItKeepsNothing(t *testing.T) {
	t.Parallel()
	f, err := hold(dataDir(t), "redis", nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := openRedis(within(t), f, "")
	s = started(t, s, err)
	if s.Kind != "in-process" || !strings.Contains(s.Note, "keeps nothing") {
		t.Errorf("kind %q, note %q", s.Kind, s.Note)
	}
	c := client(t, s.URL)
	if err := c.Set(within(t), "k", 1, 200*time.Millisecond).Err(); err != nil {
		t.Fatal(err)
	}
	for c.Exists(within(t), "k").Val() == 1 { // its time passes
		if err := pause(within(t), 10*time.Millisecond); err != nil {
			t.Fatal("the key does not expire")
		}
	}
	stranger := strings.Replace(s.URL, "://", "://:wrong@", 1)
	stranger = "redis://:wrong@" + stranger[strings.LastIndex(stranger, "@")+1:]
	if err := client(t, stranger).Ping(within(t)).Err(); err == nil {
		t.Error("it lets in whoever finds the port")
	}
}

func TestARedisThatCannotStartSaysWhy(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	write(t, filepath.Join(dir, "redis", "appendonlydir"), "a file in the folder's place")
	_, err := Redis(within(t), dir)
	wantSentence(t, err, "ended while starting", "log")
}
