package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"
	"time"
)

// Live says how `weir bench live` measures.
type Live struct {
	Streams []int // how many are open, one after the other
	Shout   time.Duration
	Paced   time.Duration
	Out     io.Writer
}

// The world of Live is one company, so that one event is everybody's. Every place is taken, so that a new customer queues.
const liveAgents = 500

// held is a server with streams open: Weir, or the plain one it is compared with.
type held struct {
	w       *weir
	l       *loader
	tell    string
	rss     int64 // without streams, once some were opened and closed
	inUse   float64
	figures []heldFigure
}

type heldFigure struct {
	streams      int
	rss          float64 // bytes a stream
	inUse        float64 // bytes a stream, heap and stacks after a collection; 0: not known
	shout, paced *outcome
}

// Run measures and prints.
func (o Live) Run(ctx context.Context) (err error) {
	say := func(format string, args ...any) { fmt.Fprintf(o.Out, "· "+format+"\n", args...) }
	say("%s", busy())
	o.Streams = o.bounded(say)
	if len(o.Streams) == 0 {
		return errors.New("too few open files are allowed for any streams")
	}
	say("starting PostgreSQL and Redis, making a company of %d agents", liveAgents)
	m, err := startMachine(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.stop()) }()
	world, err := m.furnish(ctx, size{1, liveAgents, liveAgents, o.Streams[len(o.Streams)-1]})
	if err != nil {
		return err
	}
	ours, err := o.hold(ctx, m, world, "weir", "callback", serve, say)
	if err != nil {
		return err
	}
	plain, err := o.hold(ctx, m, world, "net/http", "post", func(addr string) []string { return []string{"bench", "plain", addr} }, say)
	if err != nil {
		return err
	}
	write(o.Out, o.rows(ours, plain))
	return nil
}

// bounded leaves out what the limit of open files does not allow.
func (o Live) bounded(say func(string, ...any)) (out []int) {
	var limit syscall.Rlimit
	_ = syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit)
	for _, n := range o.Streams {
		if uint64(n)+500 > limit.Max {
			say("%d streams need more open files than are allowed here (%d): left out", n, limit.Max)
			continue
		}
		out = append(out, n)
	}
	return out
}

// hold starts a server, opens streams to it, more and more, and measures it. tell is how an event is caused.
func (o Live) hold(ctx context.Context, m *machine, world *world, name, tell string, args func(addr string) []string, say func(string, ...any)) (_ *held, err error) {
	h := &held{tell: tell}
	if h.w, _, err = startWeir(ctx, m.dir, strings.ReplaceAll(name, "/", "-"), args, m.environment, 30*time.Second); err != nil {
		return nil, err
	}
	defer func() { _ = h.w.stop() }()
	if err := o.warm(ctx, m, world, h); err != nil {
		return nil, err
	}
	if h.l, err = startLoader(m.dir); err != nil {
		return nil, err
	}
	defer func() { _ = h.l.stop() }()
	for _, n := range o.Streams {
		say("%s: %d streams", name, n)
		f, err := o.one(ctx, world, h, n)
		if err != nil {
			return nil, err
		}
		h.figures = append(h.figures, *f)
	}
	return h, nil
}

// warmStreams is how many streams are opened and closed before any are measured: what the first of all costs is not a stream's.
// They are few, for what a process keeps of them is given to the streams that are measured.
const warmStreams = 50

// warm does that.
func (o Live) warm(ctx context.Context, m *machine, world *world, h *held) error {
	l, err := startLoader(m.dir)
	if err != nil {
		return err
	}
	_, err = l.ask(&order{Do: "open", Addr: h.w.addr, World: world, Streams: min(warmStreams, o.Streams[0])})
	if err = errors.Join(err, l.stop()); err != nil {
		return err
	}
	h.w.quiet(ctx)
	h.inUse = h.w.collected(ctx)
	h.rss, _ = resident(h.w.pid())
	return nil
}

func (o Live) one(ctx context.Context, world *world, h *held, n int) (*heldFigure, error) {
	open := &order{Do: "open", Addr: h.w.addr, World: world, Streams: n}
	r, err := h.l.ask(open)
	if err != nil {
		return nil, err
	}
	if r.Streams != n {
		return nil, fmt.Errorf("%d of %d streams are open", r.Streams, n)
	}
	h.w.quiet(ctx)
	rss, _ := resident(h.w.pid())
	f := &heldFigure{streams: n, rss: float64(rss-h.rss) / float64(n)}
	if inUse := h.w.collected(ctx); inUse > 0 {
		f.inUse = (inUse - h.inUse) / float64(n)
	}
	if f.shout, err = h.l.ask(&order{Do: "shout", For: o.Shout, Tell: h.tell}); err != nil {
		return nil, err
	}
	if h.tell == "callback" {
		f.paced, err = h.l.ask(&order{Do: "paced", Conns: 32, For: o.Paced, Rate: 500, Probes: 0.2})
	}
	return f, err
}

// quiet waits until the process has nothing to do, or some seconds.
func (w *weir) quiet(ctx context.Context) {
	ctx, stop := context.WithTimeout(ctx, 10*time.Second)
	defer stop()
	last := time.Duration(-1)
	_ = until(ctx, 300*time.Millisecond, func() bool {
		now, err := used(w.pid(), false)
		idle := err != nil || last >= 0 && now-last <= 2*tick
		last = now
		return idle
	})
}

// collected is what is in use on heap and stacks once garbage was collected; 0: not known. It asks for metrics, which makes
// garbage, until there was a collection.
func (w *weir) collected(ctx context.Context) float64 {
	ctx, stop := context.WithTimeout(ctx, 10*time.Second)
	defer stop()
	first, err := w.metrics()
	if err != nil || first["go_memstats_heap_alloc_bytes"] == 0 {
		return 0
	}
	m := first
	for ctx.Err() == nil && m["go_gc_duration_seconds_count"] < first["go_gc_duration_seconds_count"]+2 {
		if m, err = w.metrics(); err != nil {
			return 0
		}
	}
	return m["go_memstats_heap_alloc_bytes"] + m["go_memstats_stack_inuse_bytes"]
}

func (o Live) rows(ours, plain *held) []row {
	rows := []row{{what: "MEMORY PER IDLE STREAM"}}
	kilo := func(bytes float64) string { return fmt.Sprintf("%.1f kB", bytes/1024) }
	for i, f := range ours.figures {
		rows = append(rows, row{fmt.Sprintf("resident, %d streams", f.streams), kilo(f.rss), kilo(plain.figures[i].rss) + " net/http", "27 kB", "8 kB"})
		if f.inUse > 0 {
			rows = append(rows, row{fmt.Sprintf("in use after a collection, %d streams", f.streams), kilo(f.inUse), "", "", ""})
		}
	}
	rows = append(rows, row{what: "ONE EVENT TO ALL, p50 / p99"})
	for i, f := range ours.figures {
		floor, aim := "", ""
		if f.streams == 10_000 {
			floor, aim = "p99 300 ms", "p99 150 ms"
		}
		rows = append(rows, row{fmt.Sprintf("%d streams", f.streams), quantiles(f.shout.Events), quantiles(plain.figures[i].shout.Events) + " net/http", floor, aim})
	}
	rows = append(rows, row{what: "CALLBACK → AGENT'S EVENT AT 500/s, p50 / p99"})
	for _, f := range ours.figures {
		rows = append(rows, row{fmt.Sprintf("%d streams", f.streams), quantiles(f.paced.Events), "", "", ""})
	}
	var unheard int64
	for _, f := range ours.figures {
		unheard += f.shout.Unheard + f.paced.Unheard
	}
	return append(rows, row{"events unheard", fmt.Sprint(unheard), "", "0", ""})
}
