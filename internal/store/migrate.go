package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"weir/migrations"
)

// Migrate brings the schema at url up to date, as the role that the URL names: it must own the schema and may make roles. Any
// number of processes may call it at once: one works, under an advisory lock, and the others wait for it.
func Migrate(ctx context.Context, url string) error {
	return withProvider(ctx, url, func(p *goose.Provider) error {
		if _, err := p.Up(ctx); err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
		return nil
	})
}

// Behind says how many migrations the schema still lacks.
func Behind(ctx context.Context, url string) (int, error) {
	var n int
	err := withProvider(ctx, url, func(p *goose.Provider) error {
		steps, err := p.Status(ctx)
		for _, s := range steps { // their numbers may have gaps
			if s.State == goose.StatePending {
				n++
			}
		}
		return err
	})
	return n, err
}

// Current says whether the schema is as new as this program, asked as the role that serves.
func (s *Store) Current(ctx context.Context) error {
	var has int64
	if err := s.pool.QueryRow(ctx, `SELECT count(DISTINCT version_id) FROM goose_db_version WHERE is_applied AND version_id > 0`).Scan(&has); err != nil {
		return fmt.Errorf("read the version of the schema: %w", err)
	}
	sources, err := migrations.Files.ReadDir(".")
	if err != nil {
		return err
	}
	if want := int64(len(sources)); has < want {
		return fmt.Errorf("the schema has %d of %d steps: run weir migrate", has, want)
	}
	return nil
}

func withProvider(ctx context.Context, url string, f func(*goose.Provider) error) error {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return errors.New("the database URL cannot be read: it should look like postgres://user:password@host:5432/weir")
	}
	db := stdlib.OpenDB(*cfg)
	defer db.Close()
	if err := reach(ctx, db); err != nil {
		return err
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 120))
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db, migrations.Files, goose.WithSessionLocker(locker))
	if err != nil {
		return err
	}
	return f(p)
}

// reach waits for a database that is just starting, for ten seconds.
func reach(ctx context.Context, db *sql.DB) error {
	ctx, stop := context.WithTimeout(ctx, 10*time.Second)
	defer stop()
	for {
		err := db.PingContext(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the database does not answer: %w", err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}
