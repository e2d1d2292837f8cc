package bench

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"
)

// Plain is what streams are compared with: server-sent events as net/http gives them, a handler and a channel each, until ctx
// ends.
func Plain(ctx context.Context, addr string) error {
	var s plainServer
	mux := http.NewServeMux()
	mux.HandleFunc("GET /readyz", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /live", s.live)
	mux.HandleFunc("POST /shout", s.shout)
	server := &http.Server{Addr: addr, Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { <-ctx.Done(); _ = server.Close() }()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

type plainServer struct {
	mu    sync.Mutex
	pages map[chan string]struct{}
}

func (s *plainServer) live(w http.ResponseWriter, r *http.Request) {
	c := make(chan string, 16)
	s.mu.Lock()
	if s.pages == nil {
		s.pages = map[chan string]struct{}{}
	}
	s.pages[c] = struct{}{}
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.pages, c)
	}()
	w.Header().Set("Content-Type", "text/event-stream")
	flush := http.NewResponseController(w).Flush
	for err := flush(); err == nil; err = flush() {
		select {
		case event := <-c:
			_, _ = io.WriteString(w, event)
		case <-r.Context().Done():
			return
		}
	}
}

func (s *plainServer) shout(http.ResponseWriter, *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.pages {
		select {
		case c <- "event: lists\ndata: \n\n":
		default: // it has not read the last sixteen
		}
	}
}
