package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// weir is a Weir that is measured.
type weir struct {
	*process
	addr string
}

// startWeir starts one and waits until it is ready; took is how long that was.
func startWeir(ctx context.Context, dir, name string, args, env func(addr string) []string, within time.Duration) (w *weir, took time.Duration, err error) {
	addr, err := freeAddress()
	if err != nil {
		return nil, 0, err
	}
	began := time.Now()
	p, err := spawn(dir, name, args(addr), env(addr), nil, nil)
	if err != nil {
		return nil, 0, err
	}
	w = &weir{p, addr}
	ctx, stop := context.WithTimeout(ctx, within)
	defer stop()
	err = until(ctx, 2*time.Millisecond, func() bool {
		select {
		case <-p.gone:
			stop()
			return false
		default:
			return w.ready()
		}
	})
	if err != nil {
		return nil, 0, errors.Join(fmt.Errorf("Weir did not get ready: %w: %s", err, p.said()), p.stop())
	}
	return w, time.Since(began), nil
}

func (w *weir) ready() bool {
	r, err := http.Get("http://" + w.addr + "/readyz")
	if err != nil {
		return false
	}
	_ = r.Body.Close()
	return r.StatusCode == http.StatusOK
}

// freeAddress is one that nobody listens on.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// metrics are the sums of what /metrics shows, without labels.
func (w *weir) metrics() (map[string]float64, error) {
	r, err := http.Get("http://" + w.addr + "/metrics")
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	return readMetrics(r.Body)
}

func readMetrics(r io.Reader) (map[string]float64, error) {
	out := map[string]float64{}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		name, value, ok := strings.Cut(lines.Text(), " ")
		if i := strings.IndexByte(lines.Text(), '}'); i >= 0 {
			name, value, ok = lines.Text()[:strings.IndexByte(lines.Text(), '{')], strings.TrimSpace(lines.Text()[i+1:]), true
		}
		if n, err := strconv.ParseFloat(value, 64); ok && err == nil && !strings.HasPrefix(name, "#") {
			out[name] += n
		}
	}
	return out, lines.Err()
}

// use is what Weir and its servers have used up to a moment.
type use struct {
	weir, postgres, redis, load time.Duration
	metrics                     map[string]float64
}

func (m *machine) use(w *weir, l *loader) (u use, err error) {
	if u.metrics, err = w.metrics(); err != nil {
		return u, err
	}
	u.weir, _ = used(w.pid(), false)
	u.postgres, _ = used(m.postmaster, true)
	u.redis, _ = used(m.redis, false)
	u.load, _ = used(l.pid(), false)
	return u, nil
}
