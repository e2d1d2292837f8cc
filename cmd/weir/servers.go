package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"weir/internal/config"
	"weir/internal/private"
	"weir/internal/queue"
)

// servers are the PostgreSQL and Redis that are used: the configured ones, or Weir's own.
type servers struct {
	Database string     `json:"database"` // where the serving role connects
	Owner    string     `json:"owner"`    // where the schema's owner connects
	Redis    string     `json:"redis"`
	note     string     // the file that tells other commands; "": none
	died     chan error // an own server ended by itself and cannot be brought back
	mu       sync.Mutex
	stopped  bool
	own      []*private.Server // ended in this order
}

// opener starts an own server in the data folder.
type opener func(ctx context.Context, dir string) (*private.Server, error)

func openPostgres(ctx context.Context, dir string) (*private.Server, error) {
	return private.Postgres(ctx, dir)
}

// noteName is the file in the data folder that says where Weir's own servers listen while it runs, so that other commands on
// this machine can use them.
const noteName = "servers.json"

// openServers starts what is not configured. With join, own servers that another Weir runs in the same folder are used.
func openServers(ctx context.Context, c config.Config, log *slog.Logger, join bool) (*servers, error) {
	s := &servers{Database: string(c.DatabaseURL), Owner: string(c.DatabaseURL), Redis: string(c.RedisURL), died: make(chan error, 2)}
	if s.Database != "" && s.Redis != "" {
		return s, nil
	}
	if join {
		if other := running(ctx, c.DataDir); other != nil {
			log.Debug("using the servers of the Weir that runs in this data folder", "folder", c.DataDir)
			s.fill(other)
			return s, nil
		}
	}
	if err := s.start(ctx, c.DataDir, log); err != nil {
		return nil, errors.Join(err, s.stop(context.WithoutCancel(ctx)))
	}
	s.note = filepath.Join(c.DataDir, noteName)
	b, err := json.Marshal(s)
	if err == nil {
		err = os.WriteFile(s.note, b, 0o600)
	}
	if err != nil {
		return nil, errors.Join(err, s.stop(context.WithoutCancel(ctx)))
	}
	return s, nil
}

// start runs both at once: each takes a moment.
func (s *servers) start(ctx context.Context, dir string, log *slog.Logger) error {
	openers := []opener{nil, nil} // Redis is ended first
	if s.Redis == "" {
		openers[0] = private.Redis
	}
	if s.Database == "" {
		openers[1] = openPostgres
	}
	s.own = make([]*private.Server, len(openers))
	var g errgroup.Group
	for i, open := range openers {
		if open != nil {
			g.Go(func() (err error) { s.own[i], err = open(ctx, dir); return err })
		}
	}
	err := g.Wait()
	for i, own := range s.own {
		if own == nil {
			continue
		}
		if own.OwnerURL != "" {
			s.Database, s.Owner = own.URL, own.OwnerURL
		} else {
			s.Redis = own.URL
		}
		if own.Note != "" {
			log.Warn(own.Note)
		}
		if err == nil {
			go s.watch(i, openers[i], dir, log)
		}
	}
	return err
}

// revivals is how often an own server that ends by itself is brought back before that is given up.
const revivals = 5

// watch brings an own server back when it ends by itself: its files are crash-safe and its address stays the same, so whoever
// uses it connects again.
func (s *servers) watch(i int, open opener, dir string, log *slog.Logger) {
	for range revivals {
		s.mu.Lock()
		own := s.own[i]
		s.mu.Unlock()
		<-own.Done()
		if err := s.revive(i, own, open, dir); err != nil {
			s.died <- fmt.Errorf("%s has ended by itself and does not start again: %w", own.Kind, err)
			return
		}
		s.mu.Lock()
		stopped := s.stopped
		s.mu.Unlock()
		if stopped {
			return
		}
		log.Error("an own server has ended by itself and was started again; its log in the data folder says why", "server", own.Kind)
	}
	s.died <- errors.New("an own server ends by itself again and again: its log in the data folder says why")
}

func (s *servers) revive(i int, old *private.Server, open opener, dir string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return nil
	}
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	_ = old.Stop(ctx) // it has ended; this frees its folder
	own, err := open(ctx, dir)
	if err != nil {
		return err
	}
	s.own[i] = own
	if own.URL != old.URL {
		return errors.New("it came back at another address")
	}
	return nil
}

func (s *servers) fill(other *servers) {
	if s.Database == "" {
		s.Database, s.Owner = other.Database, other.Owner
	}
	if s.Redis == "" {
		s.Redis = other.Redis
	}
}

// running are the servers of a Weir that runs in the folder; nil: none does.
func running(ctx context.Context, dir string) *servers {
	b, err := os.ReadFile(filepath.Join(dir, noteName))
	if err != nil {
		return nil
	}
	var s servers
	if json.Unmarshal(b, &s) != nil {
		return nil
	}
	ctx, stop := context.WithTimeout(ctx, 2*time.Second)
	defer stop()
	conn, err := pgx.Connect(ctx, s.Database)
	if err != nil {
		return nil // left behind by one that was killed
	}
	_ = conn.Close(ctx)
	rdb, err := queue.Open(s.Redis, "weir")
	if err != nil {
		return nil
	}
	defer func() { _ = rdb.Close() }()
	if rdb.DB(0).Ping(ctx).Err() != nil {
		return nil
	}
	return &s
}

// stop ends own servers, Redis first.
func (s *servers) stop(ctx context.Context) error {
	if s.note != "" {
		_ = os.Remove(s.note)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopped = true
	var all error
	for _, own := range s.own {
		if own == nil {
			continue
		}
		if err := own.Stop(ctx); err != nil {
			all = errors.Join(all, fmt.Errorf("stop %s: %w", own.Kind, err))
		}
	}
	return all
}
