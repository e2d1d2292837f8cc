package queue_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/queue"
	"weir/internal/store"
	"weir/internal/testkit"
)

const (
	appid = "wx0000000000000001"
	yu    = int64(8082)
	ming  = int64(8083)
)

// room is a company on a real PostgreSQL and a real Redis.
type room struct {
	*testing.T
	store   *store.Store
	redis   *queue.Redis
	company id.ID
	desk    *desk.Desk
	index   *queue.Index
}

func newStore(t *testing.T) *store.Store {
	t.Helper()
	_, app := testkit.Postgres(t, migrate)
	s, err := store.Open(t.Context(), app)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func migrate(url string) error { return store.Migrate(context.Background(), url) }

func options(t *testing.T, url string) redis.Options {
	t.Helper()
	o, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	return *o
}

func databases(t *testing.T, o redis.Options) *queue.Redis {
	r := queue.Databases(o)
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// layouts runs a test on a Redis of databases and on a Redis Cluster.
func layouts(t *testing.T, test func(t *testing.T, rd *queue.Redis)) {
	t.Parallel()
	t.Run("databases", func(t *testing.T) { t.Parallel(); test(t, databases(t, options(t, testkit.Redis(t)))) })
	t.Run("cluster", func(t *testing.T) { t.Parallel(); test(t, clustered(t, testkit.OwnRedisCluster(t))) })
}

func clustered(t *testing.T, c *testkit.Cluster) *queue.Redis {
	t.Helper()
	r, err := queue.Open(c.URL, "test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// flush empties the Redis that holds a key: its database, or its node of a cluster.
func (r *room) flush(k queue.Key) error {
	if c, ok := r.redis.DB(k.DB).(*redis.ClusterClient); ok {
		node, err := c.MasterForKey(r.Context(), k.Name)
		if err != nil {
			return err
		}
		return node.FlushDB(r.Context()).Err()
	}
	return r.redis.DB(k.DB).FlushDB(r.Context()).Err()
}

// newRoom is a company whose desk's changes an index writes.
func newRoom(t *testing.T) *room { return roomOn(t, databases(t, options(t, testkit.Redis(t)))) }

func roomOn(t *testing.T, rd *queue.Redis) *room {
	t.Helper()
	r := &room{T: t, store: newStore(t), redis: rd, company: id.New()}
	r.furnish(r.company, appid)
	r.desk, r.index = r.open()
	return r
}

// open starts a desk and an index, as a process would; the test's end stops them.
func (r *room) open() (*desk.Desk, *queue.Index) {
	r.Helper()
	x := queue.New(queue.Options{Redis: r.redis, Store: r.store})
	r.run(x.Run)
	return r.openDesk(x), x
}

func (r *room) openDesk(e desk.Effects) *desk.Desk {
	r.Helper()
	d := desk.New(desk.Options{Store: r.store, Effects: e})
	if err := d.Enter(r.Context()); err != nil {
		r.Fatal(err)
	}
	r.run(d.Run)
	return d
}

func (r *room) run(f func(context.Context)) {
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { f(ctx); close(done) }()
	r.Cleanup(func() { stop(); <-done })
}

// furnish makes a company with an account, two agents and the groups 售前 (小鱼) and 售后 (阿明).
func (r *room) furnish(company id.ID, appid string) {
	r.Helper()
	ctx := r.Context()
	err := r.store.Tx(ctx, company, func(q *store.Queries) error {
		if _, err := q.CompanyPut(ctx, store.CompanyPutParams{CompanyID: company, Name: "网鱼演示", Timezone: "Asia/Shanghai", Locale: "zh-CN", Distribution: "average", Notices: "free",
			QueueTimeout: 172800, ReceptionTimeout: 86400, IdleTimeout: 172800, ReclaimAfter: 864000}); err != nil {
			return err
		}
		if err := q.AccountPut(ctx, store.AccountPutParams{CompanyID: company, AppID: appid, Name: "网鱼网咖", Mode: "plain", Secret: []byte("s"), Token: []byte("t")}); err != nil {
			return err
		}
		if _, err := q.AppIDClaim(ctx, store.AppIDClaimParams{AppID: appid, CompanyID: company}); err != nil {
			return err
		}
		for uid, name := range map[int64]string{yu: "小鱼", ming: "阿明"} {
			if err := q.AgentPut(ctx, store.AgentPutParams{CompanyID: company, UID: uid, Name: name, Role: "agent", Email: fmt.Sprintf("%d@%s.example", uid, company), Password: "x", Capacity: 20}); err != nil {
				return err
			}
			if _, err := q.SeatPut(ctx, store.SeatPutParams{CompanyID: company, AppID: appid, UID: uid}); err != nil {
				return err
			}
		}
		for name, uid := range map[string]int64{"售前": yu, "售后": ming} {
			g, err := q.GroupPut(ctx, store.GroupPutParams{CompanyID: company, Name: name, Strategy: "least_busy"})
			if err != nil {
				return err
			}
			if err := q.GroupMembersSet(ctx, store.GroupMembersSetParams{CompanyID: company, GroupID: g, UIDs: []int64{uid}}); err != nil {
				return err
			}
		}
		return q.CompanyTouch(ctx, company)
	})
	if err != nil {
		r.Fatal(err)
	}
}

var counter atomic.Int64

func (r *room) text(openid, text string) *desk.Arrival {
	return &desk.Arrival{Company: r.company, AppID: appid, OpenID: openid, At: time.Now().Truncate(time.Second), Key: fmt.Sprintf("m:%d", counter.Add(1)), Type: desk.TypeText, Text: text}
}

func (r *room) receive(d *desk.Desk, openid, text string) {
	r.Helper()
	if _, err := d.Receive(r.Context(), r.text(openid, text)); err != nil {
		r.Error(err)
	}
}

func (r *room) live(openid string) *desk.Session {
	r.Helper()
	row, err := r.store.Of(r.company).SessionLiveOf(r.Context(), store.SessionLiveOfParams{CompanyID: r.company, AppID: appid, OpenID: openid})
	if err != nil {
		r.Fatalf("the live session of %s: %v", openid, err)
	}
	return &desk.Session{Session: row}
}

func (r *room) presence(uid int64, status string) {
	r.Helper()
	if err := r.desk.SetPresence(r.Context(), r.company, uid, status); err != nil {
		r.Fatal(err)
	}
}

func (r *room) agent(uid int64) desk.Agent { return desk.Agent{Company: r.company, UID: uid} }

// until waits for a condition; a test that never sees it fails.
func (r *room) until(what string, ok func() bool) {
	r.Helper()
	end := time.Now().Add(20 * time.Second)
	for !ok() {
		if time.Now().After(end) {
			r.Fatalf("never: %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// members are those of a key, in order.
func (r *room) members(k queue.Key) []string {
	r.Helper()
	out, err := r.redis.DB(k.DB).ZRange(r.Context(), k.Name, 0, -1).Result()
	if err != nil {
		r.Fatal(err)
	}
	return out
}

// only waits until a session is in one place of the index and nowhere else; a zero key is nowhere.
func (r *room) only(where queue.Key, session id.ID) {
	r.Helper()
	places := []queue.Key{r.redis.Queue(r.company, ""), r.redis.Queue(r.company, "售前"), r.redis.Queue(r.company, "售后")}
	for _, uid := range []int64{yu, ming} {
		places = append(places, r.redis.Waiting(r.company, uid), r.redis.Conversing(r.company, uid))
	}
	r.until(fmt.Sprintf("the session is in %q and nowhere else", where.Name), func() bool {
		for _, k := range places {
			_, err := r.redis.DB(k.DB).ZScore(r.Context(), k.Name, session.String()).Result()
			if (err == nil) != (k == where) {
				return false
			}
		}
		return true
	})
}

// agrees waits until the index is what PostgreSQL says.
func (r *room) agrees() {
	r.Helper()
	var last any
	end := time.Now().Add(30 * time.Second)
	for time.Now().Before(end) {
		differs, err := r.index.Check(r.Context())
		if err == nil && len(differs) == 0 {
			return
		}
		if last = err; err == nil {
			last = differs[:min(5, len(differs))]
		}
	}
	r.Fatalf("Redis never agreed with PostgreSQL: %v", last)
}

// server is a redis-server that can be killed and started again, empty.
type server struct {
	t    *testing.T
	args []string
	o    redis.Options
	mu   sync.Mutex
	cmd  *exec.Cmd
}

func newServer(t *testing.T) *server {
	t.Helper()
	dir, err := os.MkdirTemp("", "weir-test-r") // a socket's path may be no longer than 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket := filepath.Join(dir, "s")
	s := &server{t: t, args: []string{"--port", "0", "--unixsocket", socket, "--save", "", "--dir", dir}, o: redis.Options{Network: "unix", Addr: socket}}
	s.start()
	t.Cleanup(func() { s.kill() })
	return s
}

func (s *server) start() {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cmd = exec.Command("redis-server", s.args...)
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal("there is no redis-server: ", err)
	}
	o := s.o
	c := redis.NewClient(&o)
	defer func() { _ = c.Close() }()
	for end := time.Now().Add(10 * time.Second); c.Ping(s.t.Context()).Err() != nil; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatal("redis-server never answered")
		}
	}
}

// kill is kill -9; false: it did not run.
func (s *server) kill() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil {
		return false
	}
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
	s.cmd = nil
	return true
}

func (s *server) runs() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cmd != nil
}
