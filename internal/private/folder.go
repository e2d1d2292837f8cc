//go:build unix

package private

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// refuge is where PostgreSQL's files go when its user cannot enter Weir's data folder.
const refuge = "/var/lib/weir"

// longest is the longest path of a unix socket, in bytes, that both Linux (107) and macOS (103) take.
const longest = 103

// A folder is the place of one server, held against every other Weir.
type folder struct {
	path  string // absolute, links followed
	owner *account
	moved bool // path is not below the data folder
	lock  *os.File
}

// hold makes dir/name ready for a server run by owner and locks it.
func hold(dir, name string, owner *account) (*folder, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the data folder cannot be made: %w", err)
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return nil, err
	}
	f := &folder{path: filepath.Join(dir, name), owner: owner}
	if err := f.place(); err != nil {
		return nil, err
	}
	return f, f.take()
}

// place makes the folder, somewhere else if its owner could not get in.
func (f *folder) place() error {
	dir := filepath.Dir(f.path)
	if f.owner != nil {
		if err := openUp(dir); err != nil {
			return err
		}
	}
	target, err := filepath.EvalSymlinks(f.path)
	switch {
	case err == nil:
		f.moved, f.path = target != f.path, target
	case !errors.Is(err, fs.ErrNotExist):
		return err
	case isLink(f.path):
		return fmt.Errorf("%s is a link to a folder that does not exist", f.path)
	case f.owner.closedTo(dir) != "":
		if err := f.move(); err != nil {
			return err
		}
	default:
		if err := os.Mkdir(f.path, 0o700); err != nil {
			return err
		}
	}
	if f.owner == nil {
		return os.Chmod(f.path, 0o700)
	}
	if err := openUp(f.path); err != nil {
		return err
	}
	if closed := f.owner.closedTo(f.path); closed != "" {
		return fmt.Errorf("PostgreSQL runs as %s, who may not enter %s: keep Weir's data somewhere else (WEIR_DATA_DIR), for example in %s",
			f.owner.name, closed, refuge)
	}
	return nil
}

// move makes the folder in the refuge and leaves a link where it would have been.
func (f *folder) move() error {
	if err := os.MkdirAll(refuge, 0o711); err != nil {
		return err
	}
	target, err := os.MkdirTemp(refuge, filepath.Base(f.path)+"-")
	if err != nil {
		return err
	}
	if err := os.Symlink(target, f.path); err != nil {
		return err
	}
	f.path, f.moved = target, true
	return nil
}

// openUp lets others pass through dir, without letting them list it.
func openUp(dir string) error {
	info, err := os.Stat(dir)
	if err != nil || info.Mode()&0o011 == 0o011 {
		return err
	}
	return os.Chmod(dir, info.Mode().Perm()|0o011)
}

func isLink(path string) bool {
	_, err := os.Readlink(path)
	return err == nil
}

// take locks the folder. The kernel frees the lock with the process, however that ends.
func (f *folder) take() error {
	lock, err := os.OpenFile(filepath.Join(f.path, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer func() { _ = lock.Close() }()
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return fmt.Errorf("lock %s: %w", f.path, err)
		}
		pid, _ := io.ReadAll(io.LimitReader(lock, 20))
		return fmt.Errorf("%s is in use by another Weir (process %s)", f.path, strings.TrimSpace(string(pid)))
	}
	f.lock = lock
	if err := lock.Truncate(0); err != nil {
		return err
	}
	_, err = fmt.Fprintln(lock, os.Getpid())
	return err
}

// free gives the folder up and removes the socket's folder if that was elsewhere.
func (f *folder) free() {
	f.dropSocket()
	_ = f.lock.Close()
}

// socket is the folder for a socket called name, new and empty.
func (f *folder) socket(name string) (string, error) {
	f.dropSocket()
	near := filepath.Join(f.path, "s")
	if len(near)+1+len(name) <= longest && !strings.ContainsAny(near, `",`) {
		if err := os.RemoveAll(near); err != nil { // it only ever holds a socket and its lock file
			return "", err
		}
		if err := os.Mkdir(near, 0o700); err != nil {
			return "", err
		}
		return near, f.owner.own(near)
	}
	return f.farSocket(name)
}

// farSocket is a short folder elsewhere, remembered in the folder so that it does not stay behind for ever.
func (f *folder) farSocket(name string) (string, error) {
	tmp := os.TempDir()
	if len(tmp)+len("/weir-0123456789/")+len(name) > longest || f.owner.closedTo(tmp) != "" {
		tmp = "/tmp"
	}
	far, err := os.MkdirTemp(tmp, "weir-")
	if err != nil {
		return "", err
	}
	if err := os.Symlink(far, filepath.Join(f.path, "socket")); err != nil {
		return "", err
	}
	return far, f.owner.own(far)
}

func (f *folder) dropSocket() {
	link := filepath.Join(f.path, "socket")
	if far, err := os.Readlink(link); err == nil {
		if strings.HasPrefix(filepath.Base(far), "weir-") {
			_ = os.RemoveAll(far)
		}
		_ = os.Remove(link)
	}
}

// usedSocket is the folder of the last run's socket.
func (f *folder) usedSocket() string {
	if far, err := os.Readlink(filepath.Join(f.path, "socket")); err == nil {
		return far
	}
	return filepath.Join(f.path, "s")
}

// openLog opens the server's log for appending. It is a file and not a pipe, so that the server outlives Weir by as
// much as it needs to end well. A log over 1 MiB makes room for a new one.
func (f *folder) openLog() (*os.File, error) {
	path := filepath.Join(f.path, "log")
	if info, err := os.Stat(path); err == nil && info.Size() > 1<<20 {
		if err := os.Rename(path, path+".old"); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
}
