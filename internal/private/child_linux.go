package private

import (
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

func attributes(farewell syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: farewell}
}

// works reports whether process pid works in dir, as a PostgreSQL does in its data folder.
func works(pid int, dir string) bool {
	cwd, err := os.Readlink(filepath.Join("/proc", strconv.Itoa(pid), "cwd"))
	return err == nil && cwd == dir
}
