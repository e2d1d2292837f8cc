//go:build unix

package private

import (
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
)

// An account is the operating system's user that a server runs as; nil is Weir's own.
type account struct {
	name     string
	uid, gid uint32
}

// unprivileged is who PostgreSQL runs as when Weir is root, since PostgreSQL refuses to be.
func unprivileged() *account {
	if os.Geteuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 == nil && err2 == nil {
			return &account{name: name, uid: uint32(uid), gid: uint32(gid)}
		}
	}
	return &account{name: "user 65534", uid: 65534, gid: 65534}
}

func (a *account) credential() *syscall.Credential {
	if a == nil {
		return nil
	}
	return &syscall.Credential{Uid: a.uid, Gid: a.gid}
}

// own makes dir the account's and closes it to everybody else.
func (a *account) own(dir string) error {
	if err := os.Chmod(dir, 0o700); err != nil || a == nil {
		return err
	}
	return os.Lchown(dir, int(a.uid), int(a.gid))
}

// closedTo is the first folder on the way to dir, dir included, that the account may not enter; empty if there is none.
func (a *account) closedTo(dir string) string {
	if a == nil {
		return ""
	}
	for _, p := range slices.Backward(ancestors(dir)) {
		info, err := os.Stat(p)
		if err == nil && !a.enters(info) {
			return p
		}
	}
	return ""
}

func (a *account) enters(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return true
	}
	switch {
	case st.Uid == a.uid:
		return info.Mode()&0o100 != 0
	case st.Gid == a.gid:
		return info.Mode()&0o010 != 0
	}
	return info.Mode()&0o001 != 0
}

// ancestors is dir and every folder above it, the nearest first.
func ancestors(dir string) []string {
	all := []string{dir}
	for parent := filepath.Dir(dir); parent != dir; parent = filepath.Dir(dir) {
		all, dir = append(all, parent), parent
	}
	return all
}
