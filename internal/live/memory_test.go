package live

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// An idle stream costs the serving process at most half of what a bare net/http handler needs, in the same run: what the
// kernel, the allocator and the machine's page size add is in both. Server and clients are processes of their own; what
// the kernel holds for a connection is in neither figure. weir bench live has the figures that DESIGN asks for.
func TestIdleStreamsAreCheap(t *testing.T) {
	if racing {
		t.Skip("the race detector multiplies memory")
	}
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil || files.Max < 6000 {
		t.Skipf("too few file descriptors: %v, %v", files, err)
	}
	for _, n := range []int{1000, 5000} {
		live, bare := idle(t, "live", n), idle(t, "bare", n)
		t.Logf("%d idle streams: live %.1f kB each (%.1f after GC), bare net/http %.1f kB (%.1f after GC)",
			n, live.each(n, false), live.each(n, true), bare.each(n, false), bare.each(n, true))
		if live.each(n, true) > bare.each(n, true)/2 {
			t.Errorf("an idle stream of %d costs %.1f kB, a bare one %.1f", n, live.each(n, true), bare.each(n, true))
		}
	}
}

// cost is the server's resident memory in kB.
type cost struct{ before, after, collected int }

func (c cost) each(n int, collected bool) float64 {
	if collected {
		return float64(c.collected-c.before) / float64(n)
	}
	return float64(c.after-c.before) / float64(n)
}

func idle(t *testing.T, mode string, n int) (c cost) {
	t.Helper()
	server := start(t, "server", mode)
	url := server.read()
	server.ask("collect")
	c.before = server.number()
	load := start(t, "load", fmt.Sprint(url, " ", n))
	if said := load.read(); said != "open" {
		t.Fatal(said)
	}
	server.ask("rss")
	c.after = server.number()
	server.ask("collect")
	c.collected = server.number()
	return c
}

// A part is another process of the test.
type part struct {
	t   *testing.T
	in  io.WriteCloser
	out *bufio.Scanner
}

func start(t *testing.T, name, arg string) *part {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "LIVE_TEST_PART="+name, "LIVE_TEST_ARG="+arg)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		cmd.Process.Kill()
		cmd.Wait()
	})
	return &part{t, in, bufio.NewScanner(out)}
}

func (p *part) ask(what string) { fmt.Fprintln(p.in, what) }

func (p *part) read() string {
	p.t.Helper()
	if !p.out.Scan() {
		p.t.Fatal("the other process has gone")
	}
	return p.out.Text()
}

func (p *part) number() (n int) {
	p.t.Helper()
	if _, err := fmt.Sscan(p.read(), &n); err != nil {
		p.t.Fatal(err)
	}
	return n
}

// playServer serves streams and says how much memory it holds.
func playServer() {
	rdb := redis.NewClient(&redis.Options{Network: "unix", Addr: "/nowhere"})
	h := New(rdb, Options{Beat: time.Second}) // so that every stream has also beaten
	var agents atomic.Int64
	var handler http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.Serve(w, r, Listener{Company: "acme", UID: agents.Add(1), Login: r.RemoteAddr, Topics: []string{"inbox", "session/0123456789abcdef0123456789abcdef"}})
	})
	if os.Getenv("LIVE_TEST_ARG") == "bare" {
		handler = http.HandlerFunc(bare)
	}
	fmt.Println(httptest.NewServer(handler).Listener.Addr())
	for asked := bufio.NewScanner(os.Stdin); asked.Scan(); {
		if asked.Text() == "collect" {
			debug.FreeOSMemory()
			debug.FreeOSMemory()
		}
		fmt.Println(rss())
	}
}

// bare is the baseline: the least that net/http needs for a stream.
func bare(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	io.WriteString(w, "event: inbox\ndata: \n\n")
	w.(http.Flusher).Flush()
	rung := make(chan struct{}, 1)
	beat := time.NewTicker(time.Second)
	defer beat.Stop()
	for {
		select {
		case <-rung:
		case <-beat.C:
			io.WriteString(w, ":\n\n")
			w.(http.Flusher).Flush()
		case <-r.Context().Done():
			return
		}
	}
}

// rss is this process's resident memory in kB.
func rss() (kB int) {
	status, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		if n, err := fmt.Sscanf(line, "VmRSS: %d kB", &kB); n == 1 && err == nil {
			return kB
		}
	}
	return 0
}

// playLoad opens streams, waits until each has heard a beat, says so, and holds them until its input ends.
func playLoad() {
	var addr string
	var n int
	fmt.Sscan(os.Getenv("LIVE_TEST_ARG"), &addr, &n)
	conns := make([]net.Conn, n)
	for i := range conns {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			fmt.Println(err)
			return
		}
		conns[i] = c
		io.WriteString(c, "GET /events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nCookie: session=0123456789abcdef0123456789abcdef\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36\r\n\r\n")
	}
	for _, c := range conns {
		for lines := bufio.NewReaderSize(c, 512); ; {
			line, err := lines.ReadString('\n')
			if err != nil {
				fmt.Println(err)
				return
			}
			if line == ":\n" {
				break
			}
		}
	}
	fmt.Println("open")
	io.Copy(io.Discard, os.Stdin)
}
