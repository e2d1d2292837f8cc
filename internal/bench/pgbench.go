package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
)

// The baseline: a row of the size of a message into a table with three indexes, one commit each, at 16 connections.
const (
	baselineClients = 16
	baselineTable   = `CREATE TABLE rows (id bigserial PRIMARY KEY, session_id bigint NOT NULL, key bigint NOT NULL, created_at timestamptz NOT NULL DEFAULT now(), text text NOT NULL);
		CREATE INDEX ON rows (session_id, id);
		CREATE UNIQUE INDEX ON rows (session_id, key)`
	baselineText   = "你好，请问今天晚上还有空的包间吗？"
	baselineScript = `\set s random(1, 20000)
\set k random(1, 9000000000000000000)
INSERT INTO rows (session_id, key, text) VALUES (:s, :k, '` + baselineText + `');
`
)

// baseline inserts rows into a database of its own.
type baseline struct {
	m       *machine
	program string // pgbench; "": there is none, and connections of ours do the same
	script  string
}

func (m *machine) baseline(ctx context.Context) (*baseline, error) {
	b := &baseline{m: m, program: pgbench(), script: filepath.Join(m.dir, "insert.sql")}
	if err := m.admin(ctx, "postgres", func(c *pgx.Conn) error { _, err := c.Exec(ctx, "CREATE DATABASE baseline"); return err }); err != nil {
		return nil, err
	}
	err := m.admin(ctx, "baseline", func(c *pgx.Conn) error { _, err := c.Exec(ctx, baselineTable); return err })
	return b, errors.Join(err, os.WriteFile(b.script, []byte(baselineScript), 0o600))
}

// pgbench is where PostgreSQL's packages put it.
func pgbench() string {
	if p, err := exec.LookPath("pgbench"); err == nil {
		return p
	}
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin/pgbench", "/usr/pgsql-*/bin/pgbench", "/opt/homebrew/opt/postgresql@*/bin/pgbench", "/usr/local/opt/postgresql@*/bin/pgbench"} {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			return found[len(found)-1]
		}
	}
	return ""
}

// kind is what the baseline is called in the table.
func (b *baseline) kind() string {
	if b.program == "" {
		return "one-row insert (pgx; there is no pgbench here)"
	}
	return "pgbench one-row insert"
}

var tps = regexp.MustCompile(`tps = ([0-9.]+)`)

// run is the rate, in rows a second.
func (b *baseline) run(ctx context.Context, seconds int) (float64, error) {
	if b.program == "" {
		return b.insert(ctx, time.Duration(seconds)*time.Second)
	}
	out, err := exec.CommandContext(ctx, b.program, "-n", "-M", "prepared", "-f", b.script, "-c", strconv.Itoa(baselineClients), "-j", "2", "-T", strconv.Itoa(seconds),
		"-h", b.m.socket(), "-U", "postgres", "baseline").CombinedOutput()
	found := tps.FindSubmatch(out)
	if err != nil || found == nil {
		return 0, fmt.Errorf("pgbench: %w: %s", err, out)
	}
	return strconv.ParseFloat(string(found[1]), 64)
}

// insert is the same without pgbench.
func (b *baseline) insert(ctx context.Context, long time.Duration) (float64, error) {
	conns := make([]*pgx.Conn, baselineClients)
	for i := range conns {
		var err error
		if conns[i], err = pgx.Connect(ctx, b.m.url("postgres", "baseline")); err != nil {
			return 0, err
		}
		defer func() { _ = conns[i].Close(context.WithoutCancel(ctx)) }()
	}
	var rows atomic.Int64
	var all sync.WaitGroup
	failed := make(chan error, len(conns))
	began := time.Now()
	for _, c := range conns {
		all.Go(func() {
			for time.Since(began) < long {
				if _, err := c.Exec(ctx, "INSERT INTO rows (session_id, key, text) VALUES ($1, $2, $3)", rand.Int64N(20000), rand.Int64(), baselineText); err != nil {
					failed <- err
					return
				}
				rows.Add(1)
			}
		})
	}
	all.Wait()
	select {
	case err := <-failed:
		return 0, err
	default:
		return float64(rows.Load()) / time.Since(began).Seconds(), nil
	}
}
