package private

import (
	"context"
	"sync"
	"sync/atomic"
)

// A Server is a running PostgreSQL or Redis that belongs to this process.
type Server struct {
	Kind     string // what it is: "postgresql 15", "redis 7.0", "valkey 8.0" or "in-process"
	URL      string // where Weir connects to serve; for PostgreSQL as weir_app, which row-level security binds
	OwnerURL string // PostgreSQL only: as weir_owner, who owns the database, migrates it and may create roles
	Note     string // one sentence that the operator should read at start, or empty

	stop     func(context.Context) error
	stopOnce sync.Once
	stopErr  error
	stopping atomic.Bool
	done     chan struct{}
}

// Done is closed when the server ends without having been asked to.
func (s *Server) Done() <-chan struct{} { return s.done }

// Stop ends the server in an orderly way and frees its folder. When ctx ends first, or after ten seconds, it is ended
// at once instead: PostgreSQL then recovers at the next start and nothing committed is lost. Stopping twice is one stop.
func (s *Server) Stop(ctx context.Context) error {
	s.stopOnce.Do(func() {
		s.stopping.Store(true)
		s.stopErr = s.stop(ctx)
	})
	return s.stopErr
}

// watch closes Done when the server ends by itself. A nil channel is a server that cannot.
func (s *Server) watch(exited <-chan struct{}) {
	s.done = make(chan struct{})
	if exited == nil {
		return
	}
	go func() {
		<-exited
		if !s.stopping.Load() {
			close(s.done)
		}
	}()
}
