package e2e

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// A weir is one `weir serve`, at one address through all its starts.
type weir struct {
	w      *world
	name   string
	addr   string
	args   []string
	log    buffer // of all its starts
	cmd    *exec.Cmd
	exited chan struct{}
	err    error // how it exited
}

// weir starts one that serves the world, and returns when it is ready.
func (w *world) weir(name string, args ...string) *weir {
	w.Helper()
	a := &weir{w: w, name: name, addr: freeAddress(w), args: append([]string{"serve"}, args...)}
	w.weirs = append(w.weirs, a)
	a.start()
	return a
}

// command is a weir command on the world's servers.
func (w *world) command(args ...string) *exec.Cmd {
	w.Helper()
	path, err := binary()
	if err != nil {
		w.Fatal(err)
	}
	cmd := exec.Command(path, args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + w.dir, "WEIR_DATA_DIR=" + filepath.Join(w.dir, "data"), "WEIR_SECRET_KEY=" + secretKey,
		"WEIR_DATABASE_URL=" + w.database, "WEIR_REDIS_URL=" + w.redis, "WEIR_WECHAT_API_URL=" + w.wechat, "WEIR_LOG_LEVEL=debug"}
	return cmd
}

func (a *weir) url(path string) string { return "http://" + a.addr + path }

// start starts it (again) and returns when it is ready.
func (a *weir) start() {
	a.w.Helper()
	cmd := a.w.command(a.args...)
	cmd.Env = append(cmd.Env, "WEIR_ADDR="+a.addr)
	cmd.Stdout, cmd.Stderr = &a.log, &a.log
	if err := cmd.Start(); err != nil {
		a.w.Fatal(err)
	}
	exited := make(chan struct{})
	a.cmd, a.exited = cmd, exited
	go func() {
		a.err = cmd.Wait()
		close(exited)
	}()
	a.w.until("weir "+a.name+" is ready", 30*time.Second, func() bool {
		select {
		case <-exited:
			a.w.Fatalf("weir %s ended while it started: %v", a.name, a.err)
		default:
		}
		return a.ready()
	})
}

func (a *weir) ready() bool {
	r, err := http.Get(a.url("/readyz"))
	if err != nil {
		return false
	}
	_ = r.Body.Close()
	return r.StatusCode == http.StatusOK
}

// stop asks it to end, and wants it to do so in order.
func (a *weir) stop() {
	a.w.Helper()
	_ = a.cmd.Process.Signal(syscall.SIGTERM)
	a.wait(25 * time.Second)
	if a.err != nil {
		a.w.Errorf("weir %s was asked to stop and ended with: %v", a.name, a.err)
	}
}

// kill ends it as a power cut would.
func (a *weir) kill() {
	a.w.Helper()
	_ = a.cmd.Process.Kill()
	a.wait(5 * time.Second)
}

// wait waits until it has ended.
func (a *weir) wait(within time.Duration) {
	a.w.Helper()
	select {
	case <-a.exited:
	case <-time.After(within):
		_ = a.cmd.Process.Kill()
		a.w.Fatalf("weir %s did not end within %v", a.name, within)
	}
}

func (a *weir) running() bool {
	select {
	case <-a.exited:
		return false
	default:
		return true
	}
}

// end stops it at the end of a test, where it still runs.
func (a *weir) end() {
	if a.cmd == nil || !a.running() {
		return
	}
	_ = a.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-a.exited:
	case <-time.After(25 * time.Second):
		_ = a.cmd.Process.Kill()
		<-a.exited
		a.w.Errorf("weir %s had to be killed at the end", a.name)
	}
}

// freeAddress is a loopback address that nothing listens on, outside the range from which outgoing connections get theirs: a
// stopped Weir shall find it free again.
func freeAddress(w *world) string {
	w.Helper()
	for range 100 {
		addr := fmt.Sprintf("127.0.0.1:%d", 20_000+rand.IntN(12_000))
		if l, err := net.Listen("tcp", addr); err == nil {
			_ = l.Close()
			return addr
		}
	}
	w.Fatal("no free port")
	return ""
}

// A buffer keeps what a process writes while others read it.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
