package live

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime/debug"
	"strconv"
	"sync"
	"time"
)

// A Render appends to out, as events (AppendEvent), what a stream should send now that topics have rung. With no topics it
// is a beat: what it leaves empty becomes a comment line. It says true when there is more to send at once. An error ends the stream; the client comes back.
type Render func(ctx context.Context, out []byte, topics []string) (_ []byte, more bool, _ error)

// Serve answers a request with a stream of rings: each an event with the topic as its name and no data. It checks
// nothing: who may listen to what was decided before. Over HTTP/1.1 it takes the connection over and returns at once,
// so that an idle stream does not hold net/http's buffers; the stream goes on until the client leaves, End or Shutdown.
// Otherwise it returns when the stream is over. It is an error when w cannot stream.
func (h *Hub) Serve(w http.ResponseWriter, r *http.Request, who Listener) error {
	return h.ServeFunc(w, r, who, renderRings)
}

// ServeFunc is Serve with other events: what rings only tells render to look. render is called first when the stream
// opens, and always by one goroutine.
func (h *Hub) ServeFunc(w http.ResponseWriter, r *http.Request, who Listener, render Render) error {
	head := w.Header()
	head.Set("Content-Type", "text/event-stream")
	head.Set("Cache-Control", "no-cache")
	head.Set("X-Accel-Buffering", "no") // nginx would hold events back
	if !h.enter() {
		w.Write(opening()) // an empty stream: the browser comes back for another, and an error would keep it from that
		return nil
	}
	rc := http.NewResponseController(w)
	if r.ProtoMajor == 1 {
		if c, _, err := rc.Hijack(); err == nil {
			l := openConn(c, head, h.opt)
			go h.goOn(l, h.begin(l, who, render), render)
			return nil
		}
	}
	l, err := openPlain(w, rc, r, h.opt.WriteTimeout)
	if err != nil {
		h.serving.Done()
		return err
	}
	e := h.begin(l, who, render)
	for h.turn(l, e, render) == nil {
	}
	h.finish(l, e)
	return nil
}

// enter counts one more stream, unless no more are taken.
func (h *Hub) enter() bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if !h.closing {
		h.serving.Add(1)
	}
	return !h.closing
}

// A line is the way to one client. All but wake is for one goroutine at a time.
type line interface {
	wake()               // makes rest return; must not block
	await(due time.Time) // until when rest lasts at most; forgets earlier wakes
	rest() (gone bool)
	send(p []byte) error
	close()
}

// begin opens the ear and lets its client hear what every new ear does.
func (h *Hub) begin(l line, who Listener, render Render) *Ear {
	e := h.listen(who, l.wake)
	topics, ok := e.Take()
	if ok && h.tellClient(l, render, topics) != nil {
		e.Close() // the first turn will see it
	}
	_ = l.send(nil) // the head, if there was nothing to tell
	return e
}

// goOn takes one turn after the other, each on a goroutine of its own: sending grows a stack to twice what resting needs,
// and it would stay so for every stream that has ever beaten.
func (h *Hub) goOn(l line, e *Ear, render Render) {
	if h.turn(l, e, render) == nil {
		go h.goOn(l, e, render)
	} else {
		h.finish(l, e)
	}
}

func (h *Hub) finish(l line, e *Ear) {
	e.Close()
	l.close()
	h.serving.Done()
}

// turn rests until there is something to send, and sends it. It is an error that the stream is over.
func (h *Hub) turn(l line, e *Ear, render Render) error {
	for {
		due := time.Now().Add(h.opt.Beat)
		l.await(due) // before Take: whatever rings later wakes it again
		topics, ok := e.Take()
		switch {
		case !ok:
			return ErrEnded
		case len(topics) > 0:
			return h.tellClient(l, render, topics)
		case l.rest():
			return net.ErrClosed
		case !time.Now().Before(due):
			return h.tellClient(l, render, nil)
		}
	}
}

func (h *Hub) tellClient(l line, render Render, topics []string) (err error) {
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	defer func() { // as net/http does for handlers, whose goroutine this is no longer
		if p := recover(); p != nil {
			err = fmt.Errorf("live: render: %v", p)
			h.opt.Log.Error("live: a stream panicked", "panic", p, "stack", string(debug.Stack()))
		}
	}()
	for more := true; more; {
		*buf, more, err = render(h.streams, (*buf)[:0], topics)
		if len(topics)+len(*buf) == 0 {
			*buf = append(*buf, beat...)
		}
		if err == nil {
			err = l.send(*buf)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// buffers are shared: a stream is idle nearly always and should hold none.
var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 1024); return &b }}

var beat = []byte(":\n\n")

// opening tells the browser how soon to come back, in milliseconds; not everyone at once.
func opening() []byte {
	return []byte("retry: " + strconv.Itoa(1000+rand.IntN(2000)) + "\n\n")
}

func renderRings(_ context.Context, out []byte, topics []string) ([]byte, bool, error) {
	for _, topic := range topics {
		out = AppendEvent(out, "", topic, nil)
	}
	return out, false, nil
}

// AppendEvent writes one event of a text/event-stream. id and name must be of one line; data may have more.
func AppendEvent(out []byte, id, name string, data []byte) []byte {
	if id != "" {
		out = append(append(append(out, "id: "...), id...), '\n')
	}
	out = append(append(append(out, "event: "...), name...), '\n')
	for more := true; more; {
		var row []byte
		row, data, more = bytes.Cut(data, []byte{'\n'})
		out = append(append(append(out, "data: "...), row...), '\n')
	}
	return append(out, '\n')
}

// conn is a line that was taken over from net/http. Its goroutine rests in Read, which returns when the client is gone,
// when the time has come for a beat, or when wake moves the deadline into the past: no channel, no timer and no second
// goroutine for each of thousands of idle streams.
type conn struct {
	net.Conn
	timeout time.Duration
	head    []byte // goes out with what is sent first
}

func openConn(c net.Conn, head http.Header, opt Options) *conn {
	giveUpUnacknowledged(c, 2*opt.Beat)
	var b bytes.Buffer
	b.WriteString("HTTP/1.1 200 OK\r\nConnection: close\r\n")
	_ = head.Write(&b)
	b.WriteString("\r\n")
	b.Write(opening())
	return &conn{Conn: c, timeout: opt.WriteTimeout, head: b.Bytes()}
}

var longAgo = time.Unix(1, 0)

func (c *conn) wake()               { c.SetReadDeadline(longAgo) }
func (c *conn) await(due time.Time) { c.SetReadDeadline(due) }
func (c *conn) close()              { c.Conn.Close() }

func (c *conn) rest() (gone bool) {
	var b [1]byte
	_, err := c.Read(b[:])
	// A client has nothing to say on a stream; one that does is not one.
	var timeout net.Error
	return !errors.As(err, &timeout) || !timeout.Timeout()
}

func (c *conn) send(p []byte) error {
	if len(c.head)+len(p) == 0 {
		return nil
	}
	c.SetWriteDeadline(time.Now().Add(c.timeout)) // or a client that stops reading would hold the goroutine for good
	if c.head != nil {
		p, c.head = append(c.head, p...), nil
	}
	_, err := c.Write(p)
	return err
}

// plain is a line through net/http, for HTTP/2 and for writers that cannot let go of their connection.
type plain struct {
	w       http.ResponseWriter
	rc      *http.ResponseController
	gone    <-chan struct{}
	woken   signal
	due     *time.Timer
	timeout time.Duration
}

func openPlain(w http.ResponseWriter, rc *http.ResponseController, r *http.Request, timeout time.Duration) (*plain, error) {
	w.Write(opening())
	if err := rc.Flush(); err != nil {
		return nil, fmt.Errorf("live: stream: %w", err)
	}
	return &plain{w: w, rc: rc, gone: r.Context().Done(), woken: newSignal(), due: time.NewTimer(0), timeout: timeout}, nil
}

func (p *plain) wake()               { p.woken.raise() }
func (p *plain) await(due time.Time) { p.due.Reset(time.Until(due)) }
func (p *plain) close()              { p.due.Stop() }

func (p *plain) rest() (gone bool) {
	select {
	case <-p.woken:
	case <-p.due.C:
	case <-p.gone:
		return true
	}
	return false
}

func (p *plain) send(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	err := p.rc.SetWriteDeadline(time.Now().Add(p.timeout))
	if err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if _, err := p.w.Write(b); err != nil {
		return err
	}
	return p.rc.Flush()
}
