// Package store keeps what Weir knows in PostgreSQL. The statements stand in queries/, one file per table, and sqlc writes their
// Go here. Every statement of company data runs with the company named to the database, so that row-level security stands
// behind what the statement itself asks for: without a company there are no rows.
package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"weir/internal/id"
)

// ErrNone is what a :one query says when there is no such row.
var ErrNone = pgx.ErrNoRows

// setCompany names the companies for the rest of the transaction.
const setCompany = `SELECT set_config('app.company_id', $1, true)`

// Store is a pool of connections that serve as weir_app.
type Store struct{ pool *pgxpool.Pool }

// Open connects to the database at url, a PostgreSQL URL. Whatever role the URL names, it steps down to weir_app, which is
// subject to row-level security. It does not wait for the database: the first use does.
func Open(ctx context.Context, url string) (*Store, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errors.New("the database URL cannot be read: it should look like postgres://user:password@host:5432/weir")
	}
	cfg.ConnConfig.RuntimeParams["role"] = "weir_app"
	cfg.ConnConfig.RuntimeParams["timezone"] = "UTC"
	cfg.ConnConfig.RuntimeParams["jit"] = "off" // every statement is short, and compiling one takes longer than running it
	if cfg.ConnConfig.RuntimeParams["application_name"] == "" {
		cfg.ConnConfig.RuntimeParams["application_name"] = "weir"
	}
	if !strings.Contains(url, "pool_max_conns") {
		cfg.MaxConns = 16
	}
	cfg.MaxConnIdleTime = 5 * time.Minute
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	return &Store{pool}, nil
}

// Close gives all connections back.
func (s *Store) Close() { s.pool.Close() }

// Ping asks whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.pool.Ping(ctx) }

// Outside is for the few small tables that stand outside every company: whose an account, an address or a token is, and which
// processes run. Of company data it sees nothing.
func (s *Store) Outside() *Queries { return New(s.pool) }

// Of is for single statements about one company. Each is a transaction and a round trip of its own.
func (s *Store) Of(company id.ID) *Queries { return New(fenced{s.pool, company.String()}) }

// Across is for single statements about several companies, for who works for all of them.
func (s *Store) Across(companies []id.ID) *Queries { return New(fenced{s.pool, join(companies)}) }

// Tx runs f in one transaction of a company: all of it happens, or nothing.
func (s *Store) Tx(ctx context.Context, company id.ID, f func(*Queries) error) error {
	return s.TxAcross(ctx, []id.ID{company}, f)
}

// TxAcross is Tx for what concerns several companies at once, such as moving an account from one to the other.
func (s *Store) TxAcross(ctx context.Context, companies []id.ID, f func(*Queries) error) error {
	begin := pgx.TxOptions{BeginQuery: "BEGIN; SELECT set_config('app.company_id', '" + join(companies) + "', true)"}
	return pgx.BeginTxFunc(ctx, s.pool, begin, func(tx pgx.Tx) error { return f(New(tx)) })
}

// Conflict says whether err is the database's refusal of a second row with the same key.
func Conflict(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == "23505"
}

// Dangling says whether err is the database's refusal of a row that points at nothing, or of removing what is pointed at.
func Dangling(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == "23503"
}

func join(companies []id.ID) string {
	var b strings.Builder
	b.Grow(33 * len(companies))
	for i, c := range companies {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(c.String())
	}
	return b.String()
}

// fenced runs each statement behind a set_config, in the same round trip: the two are one implicit transaction, and nothing
// is left on the pooled connection.
type fenced struct {
	pool    *pgxpool.Pool
	company string
}

func (f fenced) send(ctx context.Context, sql string, args []any) (pgx.BatchResults, error) {
	var b pgx.Batch
	b.Queue(setCompany, f.company)
	b.Queue(sql, args...)
	r := f.pool.SendBatch(ctx, &b)
	if _, err := r.Exec(); err != nil {
		_ = r.Close()
		return nil, err
	}
	return r, nil
}

func (f fenced) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	r, err := f.send(ctx, sql, args)
	if err != nil {
		return pgconn.CommandTag{}, err
	}
	tag, err := r.Exec()
	return tag, errors.Join(err, r.Close())
}

func (f fenced) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	r, err := f.send(ctx, sql, args)
	if err != nil {
		return nil, err
	}
	rows, err := r.Query()
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return &batchRows{Rows: rows, results: r}, nil
}

func (f fenced) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	rows, err := f.Query(ctx, sql, args...)
	return oneRow{rows, err}
}

// batchRows closes the batch with the rows, which gives the connection back. What the commit says is an error of the rows.
type batchRows struct {
	pgx.Rows
	results pgx.BatchResults
	err     error
	closed  bool
}

func (r *batchRows) Close() {
	r.Rows.Close()
	if !r.closed {
		r.closed, r.err = true, r.results.Close()
	}
}

func (r *batchRows) Err() error {
	if err := r.Rows.Err(); err != nil {
		return err
	}
	return r.err
}

func (r *batchRows) Next() bool {
	if r.Rows.Next() {
		return true
	}
	r.Close()
	return false
}

type oneRow struct {
	rows pgx.Rows
	err  error
}

func (r oneRow) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return pgx.ErrNoRows
	}
	if err := r.rows.Scan(dest...); err != nil {
		return err
	}
	r.rows.Close()
	return r.rows.Err()
}
