package live

import (
	"net"
	"syscall"
	"time"
)

// tcpUserTimeout is TCP_USER_TIMEOUT of linux/tcp.h, which package syscall lacks on some architectures.
const tcpUserTimeout = 0x12

// giveUpUnacknowledged makes the kernel end a connection whose other side has acknowledged nothing for d: a laptop
// that was shut would otherwise seem present for a quarter of an hour (tcp(7), tcp_retries2).
func giveUpUnacknowledged(c net.Conn, d time.Duration) {
	if t, ok := c.(interface{ NetConn() net.Conn }); ok { // TLS
		c = t.NetConn()
	}
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, int(d.Milliseconds()))
	})
}
