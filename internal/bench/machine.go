package bench

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"

	"weir/internal/private"
	"weir/internal/secret"
	"weir/internal/store"
)

// machine is the PostgreSQL and Redis that are measured with, in a folder of their own that goes away with them.
type machine struct {
	dir        string
	pg, rd     *private.Server
	postmaster int // PostgreSQL's process
	redis      int // Redis's; 0: not known
	key        [32]byte
	box        *secret.Box
	store      *store.Store
	logins     redis.UniversalClient
}

// start makes the servers and the schema. PostgreSQL is crash-safe, as in production.
func startMachine(ctx context.Context) (m *machine, err error) {
	m = &machine{}
	defer func() {
		if err != nil {
			err = errors.Join(err, m.stop())
		}
	}()
	if m.dir, err = os.MkdirTemp("", "weir-bench-"); err != nil {
		return m, err
	}
	if err = os.Chmod(m.dir, 0o711); err != nil { // PostgreSQL refuses to be root, and must get in
		return m, err
	}
	for i := range m.key {
		m.key[i] = byte(i) // nothing here is worth a secret
	}
	m.box = secret.New(m.key)
	if m.pg, err = private.Postgres(ctx, m.dir); err != nil {
		return m, err
	}
	if m.rd, err = private.Redis(ctx, m.dir); err != nil {
		return m, err
	}
	if err = store.Migrate(ctx, m.pg.OwnerURL); err != nil {
		return m, err
	}
	if m.store, err = store.Open(ctx, m.pg.URL); err != nil {
		return m, err
	}
	o, err := redis.ParseURL(m.rd.URL)
	if err != nil {
		return m, err
	}
	o.DB = 4
	m.logins = redis.NewClient(o)
	info, _ := m.logins.InfoMap(ctx, "server").Result()
	m.redis, _ = strconv.Atoi(info["Server"]["process_id"])
	return m, m.findPostmaster(ctx)
}

// findPostmaster finds the process whose children are PostgreSQL's.
func (m *machine) findPostmaster(ctx context.Context) error {
	return m.admin(ctx, "weir", func(c *pgx.Conn) error {
		var backend int
		if err := c.QueryRow(ctx, "SELECT pg_backend_pid()").Scan(&backend); err != nil {
			return err
		}
		m.postmaster, _, _, _ = stat(backend)
		return nil
	})
}

// admin runs f as PostgreSQL's superuser, whom row-level security does not bind: whoever counts rows must see them all.
func (m *machine) admin(ctx context.Context, database string, f func(*pgx.Conn) error) error {
	c, err := pgx.Connect(ctx, m.url("postgres", database))
	if err != nil {
		return err
	}
	defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
	return f(c)
}

func (m *machine) url(user, database string) string {
	u, err := url.Parse(m.pg.OwnerURL)
	if err != nil {
		return m.pg.OwnerURL
	}
	q := u.Query()
	q.Set("user", user)
	u.Path, u.RawQuery = "/"+database, q.Encode()
	return u.String()
}

// socket is the folder of PostgreSQL's socket, as libpq's programs want it.
func (m *machine) socket() string {
	u, err := url.Parse(m.pg.OwnerURL)
	if err != nil {
		return ""
	}
	return u.Query().Get("host")
}

// environment is what a Weir on these servers is started with.
func (m *machine) environment(addr string) []string {
	return []string{"WEIR_ADDR=" + addr, "WEIR_DATABASE_URL=" + m.pg.OwnerURL, "WEIR_REDIS_URL=" + m.rd.URL, "WEIR_DATA_DIR=" + m.dir,
		fmt.Sprintf("WEIR_SECRET_KEY=%x", m.key), "WEIR_LOG_LEVEL=warn", "WEIR_WECHAT_API_URL=http://127.0.0.1:9"}
}

// stop ends the servers and removes the folder.
func (m *machine) stop() error {
	var all error
	if m.store != nil {
		m.store.Close()
	}
	if m.logins != nil {
		all = m.logins.Close()
	}
	for _, s := range []*private.Server{m.rd, m.pg} {
		if s != nil {
			all = errors.Join(all, s.Stop(context.Background()))
		}
	}
	if m.dir != "" {
		all = errors.Join(all, os.RemoveAll(m.dir))
	}
	return all
}
