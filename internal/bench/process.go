package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A process is a child whose use of the machine is measured.
type process struct {
	cmd  *exec.Cmd
	name string
	log  string
	gone chan struct{}
	err  error // once gone
}

// spawn starts this very program with other arguments. What it says to standard error goes into a file in dir.
func spawn(dir, name string, args, env []string, in io.Reader, out io.Writer) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &process{cmd: exec.Command(self, args...), name: name, log: filepath.Join(dir, name+".log"), gone: make(chan struct{})}
	log, err := os.Create(p.log)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	p.cmd.Env, p.cmd.Dir, p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = append(plainEnvironment(), env...), dir, in, out, log
	p.cmd.SysProcAttr = attributes()
	p.cmd.WaitDelay = time.Second // once it has ended, nobody waits for what still stands in a pipe
	if p.cmd.Stdout == nil {
		p.cmd.Stdout = log
	}
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // the kernel takes the end of the thread that started it for the end of the parent
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			p.err = p.cmd.Wait()
			close(p.gone)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	return p, nil
}

// plainEnvironment is this process's without Weir's settings: what is measured is not the installation of whoever measures.
func plainEnvironment() []string {
	var out []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "WEIR_") {
			out = append(out, v)
		}
	}
	return out
}

// stop asks the process to end, and after a while makes it.
func (p *process) stop() error {
	if p == nil {
		return nil
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.gone:
		return p.err
	case <-time.After(25 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.gone
		return fmt.Errorf("%s did not end when it was asked to", p.name)
	}
}

// said is the last of what the process wrote to standard error.
func (p *process) said() string {
	b, _ := os.ReadFile(p.log)
	return strings.TrimSpace(string(b[max(0, len(b)-2000):]))
}

// pid is the process's number.
func (p *process) pid() int { return p.cmd.Process.Pid }

// errNoProc says that this system has no /proc, so that what processes use is not known.
var errNoProc = errors.New("not known without /proc")

// tick is the unit of the times in /proc/<pid>/stat, which is the same on every Linux that Go runs on (USER_HZ).
const tick = 10 * time.Millisecond

// stat reads what /proc says of a process: its parent, the time it used, and the time its children used that have ended.
func stat(pid int) (parent int, own, ended time.Duration, err error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, 0, 0, errNoProc
	}
	// The second field is the name, in brackets, and may hold anything.
	f := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
	if len(f) < 15 {
		return 0, 0, 0, errNoProc
	}
	n := func(i int) time.Duration { v, _ := strconv.ParseInt(f[i], 10, 64); return time.Duration(v) }
	return int(n(1)), (n(11) + n(12)) * tick, (n(13) + n(14)) * tick, nil
}

// used is the processor time of a process and, with family, of its children, those that have ended included.
func used(pid int, family bool) (time.Duration, error) {
	_, own, ended, err := stat(pid)
	if err != nil || !family {
		return own, err
	}
	total := own + ended
	all, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range all {
		child, err := strconv.Atoi(filepath.Base(dir))
		if err != nil {
			continue
		}
		if parent, own, _, err := stat(child); err == nil && parent == pid {
			total += own
		}
	}
	return total, nil
}

// resident is how much memory a process has, and has had at most, in bytes.
func resident(pid int) (now, most int64) {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(b)) {
		name, value, _ := strings.Cut(line, ":")
		n, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		switch {
		case err != nil:
		case name == "VmRSS":
			now = n << 10
		case name == "VmHWM":
			most = n << 10
		}
	}
	return now, most
}

// busy is how much else this machine does, in words; "": not known. What is measured on a busy machine is its scheduler.
func busy() string {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	load, _, _ := strings.Cut(string(b), " ")
	return fmt.Sprintf("%d processors; load average %s before this run", runtime.NumCPU(), load)
}

// until waits for a condition, looking every pause. It is an error that ctx ended first.
func until(ctx context.Context, pause time.Duration, ok func() bool) error {
	for !ok() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
	return nil
}
