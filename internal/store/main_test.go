package store

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"weir/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

func migrate(url string) error { return Migrate(context.Background(), url) }

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(context.Background()) })
	return c
}

// code is PostgreSQL's code of an error, and the constraint it names.
func code(err error) (code, constraint string) {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code, e.ConstraintName
	}
	return "", ""
}

// as runs f in a transaction that names a company ("": none) and is undone.
func as(t *testing.T, c *pgx.Conn, company string, f func(pgx.Tx)) {
	t.Helper()
	tx, err := c.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.Background()) }()
	if _, err := tx.Exec(t.Context(), setCompany, company); err != nil {
		t.Fatal(err)
	}
	f(tx)
}

// try runs one statement and undoes it.
func try(t *testing.T, tx pgx.Tx, sql string, args ...any) (int64, error) {
	t.Helper()
	if _, err := tx.Exec(t.Context(), "SAVEPOINT try"); err != nil {
		t.Fatal(err)
	}
	tag, err := tx.Exec(t.Context(), sql, args...)
	if _, back := tx.Exec(t.Context(), "ROLLBACK TO SAVEPOINT try"); back != nil {
		t.Fatal(back)
	}
	return tag.RowsAffected(), err
}

func value[T any](t *testing.T, q interface {
	QueryRow(context.Context, string, ...any) pgx.Row
}, sql string, args ...any) (v T) {
	t.Helper()
	if err := q.QueryRow(t.Context(), sql, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}
