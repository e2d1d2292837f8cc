//go:build unix

package private

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// patience is how long an orderly stop may take.
const patience = 10 * time.Second

// A child is a server process.
type child struct {
	cmd    *exec.Cmd
	exited chan struct{}
}

// launch starts cmd so that Ctrl+C reaches Weir alone and, where the kernel can, so that the child is sent farewell
// when Weir dies.
func launch(cmd *exec.Cmd, farewell syscall.Signal, as *account) (*child, error) {
	cmd.SysProcAttr = attributes(farewell)
	cmd.SysProcAttr.Credential = as.credential()
	cmd.Env = environment()
	c := &child{cmd: cmd, exited: make(chan struct{})}
	started := make(chan error)
	go func() {
		// The kernel counts the death of the starting thread as the death of the parent, so this thread is kept until
		// the child is gone.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // how it ended is in its log
			close(c.exited)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	return c, nil
}

// environment is what servers inherit: none of the caller's PG* variables, which would change what they do.
func environment() []string {
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=/", "LC_ALL=C", "TZ=UTC"}
}

// end sends the signals one after another, giving the first until ctx ends (at most ten seconds) and each later one
// three seconds, until the child is gone.
func (c *child) end(ctx context.Context, signals ...syscall.Signal) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for _, sig := range signals {
		_ = c.cmd.Process.Signal(sig)
		select {
		case <-c.exited:
			return nil
		case <-ctx.Done():
		}
		ctx, cancel = context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
	}
	_ = syscall.Kill(-c.cmd.Process.Pid, syscall.SIGKILL) // the whole group: a child of the child must not stay
	select {
	case <-c.exited:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("process %d (%s) does not end", c.cmd.Process.Pid, c.cmd.Path)
	}
}
