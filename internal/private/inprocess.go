//go:build unix

package private

import (
	"context"
	"crypto/rand"
	"net/url"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// inProcess is the last resort: a Redis in this process's memory, on a loopback port with a password.
func inProcess(f *folder) (*Server, error) {
	m, password := miniredis.NewMiniRedis(), rand.Text()
	m.RequireAuth(password)
	if err := m.Start(); err != nil {
		return nil, err
	}
	stopped := make(chan struct{})
	go tick(m, stopped)
	s := &Server{
		Kind: "in-process",
		URL:  (&url.URL{Scheme: "redis", User: url.UserPassword("", password), Host: m.Addr()}).String(),
		Note: "No Redis was found, so one runs inside Weir and keeps nothing: when Weir stops everybody is signed out. " +
			"To keep it, " + howTo("redis-server", "redis") + ", or set WEIR_REDIS_URL.",
		stop: func(context.Context) error {
			close(stopped)
			m.Close()
			f.free()
			return nil
		},
	}
	s.watch(nil)
	return s, nil
}

// tick moves the server's time, which stands still by itself, so that keys expire.
func tick(m *miniredis.Miniredis, stopped <-chan struct{}) {
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	last := time.Now()
	for {
		select {
		case <-stopped:
			return
		case now := <-ticker.C:
			m.FastForward(now.Sub(last))
			last = now
		}
	}
}
