package bench

import "syscall"

// attributes have a child end with whoever started it, and keep Ctrl+C from it.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}
