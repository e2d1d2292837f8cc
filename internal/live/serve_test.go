package live

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"
)

// Every way a stream can go.
var ways = []struct {
	name  string
	proto int // HTTP's major version
	start func(s *httptest.Server)
	wrap  func(http.Handler) http.Handler
}{
	{"HTTP/1.1, taken over", 1, (*httptest.Server).Start, nil},
	{"HTTP/1.1 over TLS, taken over", 1, (*httptest.Server).StartTLS, nil},
	{"HTTP/1.1, a writer that cannot be taken over", 1, (*httptest.Server).Start, withoutHijack},
	{"HTTP/2", 2, func(s *httptest.Server) { s.EnableHTTP2 = true; s.StartTLS() }, nil},
}

type flushing struct{ http.ResponseWriter }

func (f flushing) Flush() { f.ResponseWriter.(http.Flusher).Flush() }

func (f flushing) SetWriteDeadline(t time.Time) error {
	return http.NewResponseController(f.ResponseWriter).SetWriteDeadline(t)
}

func withoutHijack(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(flushing{w}, r) })
}

func everyWay(t *testing.T, opt Options, test func(t *testing.T, h *Hub, s *httptest.Server)) {
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			h := alone(t)
			opt := opt.withDefaults()
			h.opt = opt
			var handler http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.ProtoMajor != way.proto {
					t.Errorf("the request is %s", r.Proto)
				}
				w.Header().Set("X-From-Middleware", "yes")
				if err := h.Serve(w, r, listener(r)); err != nil {
					t.Error(err)
				}
			})
			if way.wrap != nil {
				handler = way.wrap(handler)
			}
			s := httptest.NewUnstartedServer(handler)
			way.start(s)
			defer s.Close()
			test(t, h, s)
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			defer cancel()
			if h.Shutdown(ctx); ctx.Err() != nil { // its error is Redis's, which is nowhere
				t.Error("streams are left")
			}
		})
	}
}

func TestAStream(t *testing.T) {
	everyWay(t, Options{}, func(t *testing.T, h *Hub, s *httptest.Server) {
		p := open(t, s.Client(), s.URL+"?uid=7&client=me&topic=inbox&topic=session/1")
		p.hears("company", "agent/7", "client/me", "inbox", "session/1")
		for name, want := range map[string]string{
			"Content-Type": "text/event-stream", "Cache-Control": "no-cache", "X-Accel-Buffering": "no", "X-From-Middleware": "yes",
		} {
			if got := p.head.Get(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		for range 100 {
			h.Ring("acme", "inbox")
			p.hears("inbox")
		}
	})
}

func TestASilentStreamBeats(t *testing.T) {
	everyWay(t, Options{Beat: 10 * time.Millisecond}, func(t *testing.T, h *Hub, s *httptest.Server) {
		p := open(t, s.Client(), s.URL+"?topic=inbox")
		for range 5 {
			select {
			case <-p.beats:
			case <-time.After(10 * time.Second):
				t.Fatal("no beat")
			}
		}
		h.Ring("acme", "inbox")
		p.hears("inbox")
	})
}

func TestAStreamEndsWhenTheClientLeaves(t *testing.T) {
	everyWay(t, Options{}, func(t *testing.T, h *Hub, s *httptest.Server) {
		p := open(t, s.Client(), s.URL)
		p.hears(Everybody)
		p.body.Close()
		until(t, "the ear is closed", func() bool { return len(h.here("acme")) == 0 })
	})
}

func TestAStreamEndsWithItsLogin(t *testing.T) {
	everyWay(t, Options{}, func(t *testing.T, h *Hub, s *httptest.Server) {
		p := open(t, s.Client(), s.URL+"?login=mine")
		p.hears(Everybody)
		h.End("mine")
		p.ends()
		open(t, s.Client(), s.URL+"?login=mine").ends() // at once, but well-formed, so that the browser comes back
	})
}

func TestShutdownEndsStreams(t *testing.T) {
	everyWay(t, Options{}, func(t *testing.T, h *Hub, s *httptest.Server) {
		p := open(t, s.Client(), s.URL)
		p.hears(Everybody)
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		h.Shutdown(ctx)
		p.ends()
		open(t, s.Client(), s.URL).ends()
	})
}

// A reader that stalls costs its own stream, after the write timeout, and nothing else.
func TestAStalledReaderIsCutOff(t *testing.T) {
	everyWay(t, Options{WriteTimeout: 200 * time.Millisecond}, func(t *testing.T, h *Hub, s *httptest.Server) {
		if s.TLS != nil && s.EnableHTTP2 {
			t.Skip("flow control of the test client takes in any amount") // the deadline is net/http's there
		}
		var topics []string
		for i := range 2000 {
			topics = append(topics, fmt.Sprintf("%0190d", i))
		}
		before := runtime.NumGoroutine()
		res, err := s.Client().Get(s.URL + "?client=stalled")
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		var stalled *Ear
		until(t, "it listens", func() bool {
			c := h.company("acme")
			if c == nil {
				return false
			}
			c.mu.Lock()
			defer c.mu.Unlock()
			for stalled = range c.ears {
			}
			return stalled != nil
		})
		stalled.Join(topics...)
		fine := open(t, s.Client(), s.URL+"?client=fine")
		until(t, "the stalled stream is cut off", func() bool {
			h.Ring("acme", topics...)
			h.Ring("acme", Everybody)
			fine.hears(Everybody)
			ok := lives(stalled)
			return !ok
		})
		fine.body.Close()
		res.Body.Close()
		until(t, "no goroutine is left", func() bool { s.Client().CloseIdleConnections(); return runtime.NumGoroutine() <= before })
	})
}

// lives takes nothing.
func lives(e *Ear) bool {
	e.company.mu.Lock()
	defer e.company.mu.Unlock()
	return !e.ended
}

func TestAClientThatTalksOnAStreamIsCutOff(t *testing.T) {
	h := alone(t)
	s := site(t, h)
	c, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if _, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil {
		t.Fatal(err)
	}
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	until(t, "its stream ends", func() bool { return len(h.here("acme")) == 0 })
}

func TestAWriterThatCannotStreamIsAnError(t *testing.T) {
	h := alone(t)
	w := struct{ http.ResponseWriter }{httptest.NewRecorder()}
	if err := h.Serve(w, httptest.NewRequest("GET", "/", nil), Listener{Company: "acme"}); err == nil {
		t.Error("want an error")
	}
}

func TestAppendEvent(t *testing.T) {
	for _, tc := range []struct{ name, id, event, data, want string }{
		{"a ring", "", "inbox", "", "event: inbox\ndata: \n\n"},
		{"with id and data", "1-0", "message.created", `{"a":1}`, "id: 1-0\nevent: message.created\ndata: {\"a\":1}\n\n"},
		{"data of several lines cannot end the event", "", "e", "a\n\nevent: b", "event: e\ndata: a\ndata: \ndata: event: b\n\n"},
	} {
		if got := string(AppendEvent(nil, tc.id, tc.event, []byte(tc.data))); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestServeFuncRendersUntilThereIsNoMore(t *testing.T) {
	h := alone(t)
	left := 3
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeFunc(w, r, Listener{Company: "acme"}, func(_ context.Context, out []byte, topics []string) ([]byte, bool, error) {
			if left == 0 {
				return nil, false, io.ErrUnexpectedEOF
			}
			left--
			return AppendEvent(out, "", strings.Repeat("x", left+1), nil), left > 0, nil
		})
	}))
	defer s.Close()
	p := open(t, s.Client(), s.URL)
	p.hears("xxx", "xx", "x")
	h.Ring("acme", Everybody)
	p.ends() // by the render's error
}

func TestAStreamOpensAtOnceThoughItHasNothingToSay(t *testing.T) {
	h := alone(t)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeFunc(w, r, Listener{Company: "acme"}, func(_ context.Context, out []byte, _ []string) ([]byte, bool, error) {
			return out, false, nil
		})
	}))
	defer s.Close()
	open(t, s.Client(), s.URL) // returns with the head
}

func TestARenderThatPanicsEndsItsStreamOnly(t *testing.T) {
	h := alone(t)
	h.opt.Log = slog.New(slog.DiscardHandler)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeFunc(w, r, Listener{Company: "acme"}, func(_ context.Context, out []byte, _ []string) ([]byte, bool, error) {
			panic("oops")
		})
	}))
	defer s.Close()
	open(t, s.Client(), s.URL).ends()
}
