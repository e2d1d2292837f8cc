package handlers_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"weir/internal/desk"
	"weir/internal/id"
)

// event is one of the stream.
type event struct {
	id, name string
	data     map[string]any
}

// stream is a reader of events, as a program is.
type stream struct {
	t      *testing.T
	events chan event
	place  chan string // every id: line
	stop   context.CancelFunc
	done   chan struct{}
	last   string // the id of what was read last
}

func (r *room) stream(p *process, token, last string) *stream {
	r.Helper()
	ctx, stop := context.WithCancel(r.Context())
	req, err := http.NewRequestWithContext(ctx, "GET", p.url+"/api/v1/events", nil)
	if err != nil {
		r.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		r.Fatal(err)
	}
	if res.StatusCode != 200 || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		r.Fatalf("events: %s %s", res.Status, res.Header.Get("Content-Type"))
	}
	s := &stream{t: r.T, events: make(chan event, 10_000), place: make(chan string, 10_000), stop: stop, done: make(chan struct{}), last: last}
	go func() {
		defer close(s.done)
		defer func() { _ = res.Body.Close() }()
		s.read(bufio.NewScanner(res.Body))
	}()
	r.Cleanup(s.close)
	return s
}

// read follows the rules of an EventSource: a block without data sets the id and is no event.
func (s *stream) read(lines *bufio.Scanner) {
	lines.Buffer(nil, 1<<20)
	var e event
	var data string
	for lines.Scan() {
		field, value, _ := strings.Cut(lines.Text(), ": ")
		switch field {
		case "id":
			e.id = value
		case "event":
			e.name = value
		case "data":
			data += value
		case "":
			if e.id != "" {
				s.place <- e.id
			}
			if data != "" {
				_ = json.Unmarshal([]byte(data), &e.data)
				s.events <- e
			}
			e, data = event{}, ""
		}
	}
}

func (s *stream) close() { s.stop(); <-s.done }

// ready waits until the reader has a place: from then on nothing is missed.
func (s *stream) ready() *stream {
	s.t.Helper()
	select {
	case s.last = <-s.place:
	case <-time.After(15 * time.Second):
		s.t.Fatal("the stream tells no place")
	}
	return s
}

// next is the next event of a name.
func (s *stream) next(name string) event {
	s.t.Helper()
	end := time.After(15 * time.Second)
	for {
		select {
		case e := <-s.events:
			if e.id != "" {
				s.last = e.id
			}
			if e.name == name {
				return e
			}
		case <-s.done:
			s.t.Fatalf("the stream ended before %s", name)
		case <-end:
			s.t.Fatalf("never: %s", name)
		}
	}
}

// texts reads messages until all those were read, and fails when one never comes. Some may come twice.
func (s *stream) texts(want ...string) {
	s.t.Helper()
	missing := map[string]bool{}
	for _, w := range want {
		missing[w] = true
	}
	seen := map[string]float64{}
	for len(missing) > 0 {
		e := s.next("message.created")
		text, _ := e.data["text"].(string)
		delete(missing, text)
		seen[text] = e.data["seq"].(float64)
	}
}

func said(from, to int) (out []string) {
	for i := from; i < to; i++ {
		out = append(out, fmt.Sprint("第", i, "句"))
	}
	return out
}

func TestEventsTellWhatHappens(t *testing.T) {
	r := newRoom(t)
	s := r.stream(r.process, ourToken, "").ready()
	r.write("oA", "你好\n在吗")
	m := s.next("message.created")
	if m.data["text"] != "你好\n在吗" || m.data["seq"] != 1.0 || m.data["opercode"] != 2.0 || m.data["created_at"] == nil || m.id == "" {
		t.Errorf("message %v", m)
	}
	u := s.next("session.updated")
	if want := r.must("GET", "/sessions/"+m.data["session_id"].(string), nil).body; fmt.Sprint(u.data) != fmt.Sprint(want) {
		t.Errorf("session %v\nwant %v", u.data, want)
	}
	r.write("oA", "喂")
	again := s.next("message.created")
	r.must("PUT", "/agents/8082/presence", map[string]any{"status": "online"})
	if p := s.next("agent.updated"); p.data["uid"] != 8082.0 || p.data["status"] != "online" {
		t.Errorf("presence %v", p)
	}
	if u := s.next("session.updated"); u.data["uid"] != 8082.0 || u.data["state"] != 0.0 {
		t.Errorf("session %v", u)
	}
	path := "/sessions/" + again.data["session_id"].(string)
	answer := r.must("POST", path+"/messages", map[string]any{"uid": yu, "text": "您好"})
	if m := s.next("message.created"); fmt.Sprint(m.data) != fmt.Sprint(answer.body) {
		t.Errorf("answer %v\nwant %v", m.data, answer.body)
	}
	if u := s.next("session.updated"); u.data["state"] != 1.0 {
		t.Errorf("taken by answering: %v", u)
	}
	row := r.must("GET", "/customers/"+ourApp+"/oA", nil)
	company, _ := id.Parse(ours)
	errand, _, err := r.desk.TakeErrand(t.Context(), company, ourApp, "oA")
	if err != nil || errand == nil {
		t.Fatalf("errand %v, %v (%s)", errand, err, row)
	}
	if m := s.next("message.updated"); m.data["delivery"] != "sending" || m.data["message_id"] != answer.body["message_id"] {
		t.Errorf("delivery %v", m)
	}
	r.must("POST", path+"/close", nil)
	if u := s.next("session.updated"); u.data["state"] != -1.0 {
		t.Errorf("closed: %v", u)
	}
}

func TestEventsAreOnlyTheCompanys(t *testing.T) {
	r := newRoom(t)
	s := r.stream(r.process, theirToken, "").ready()
	mine := r.stream(r.process, ourToken, "").ready()
	r.write("oA", "我们的话")
	mine.texts("我们的话")
	r.must("PUT", "/agents/8082/presence", map[string]any{"status": "away"})
	r.must("PUT", "/agents/8082/presence", map[string]any{"status": "online"})
	mine.next("agent.updated")
	if a := r.askAs(theirToken, "PUT", "/agents/9001/presence", map[string]any{"status": "online"}); a.status != 200 {
		t.Fatal(a)
	}
	e := <-s.events // the first that they hear is their own
	if e.name != "agent.updated" || e.data["uid"] != 9001.0 {
		t.Errorf("they heard %v", e)
	}
	// With our id they get nothing of ours either: the log does not know it, and what it lacks is read for them.
	s = r.stream(r.process, theirToken, mine.last)
	for e := range s.until(func(e event) bool { return e.name == "agent.updated" }) {
		if e.name != "agent.updated" || e.data["uid"] != 9001.0 {
			t.Errorf("they heard %v", e)
		}
	}
}

// until is every event up to one.
func (s *stream) until(last func(event) bool) iter.Seq[event] {
	return func(yield func(event) bool) {
		for {
			select {
			case e := <-s.events:
				if !yield(e) || last(e) {
					return
				}
			case <-time.After(15 * time.Second):
				s.t.Error("never: the last event")
				return
			}
		}
	}
}

func TestNothingIsMissedAcrossReconnects(t *testing.T) {
	r := newRoom(t)
	s := r.stream(r.process, ourToken, "").ready()
	last := s.last
	for round := range 4 {
		s.close()
		for _, text := range said(round*10, round*10+5) { // while nobody reads
			r.write("oA", text)
		}
		s = r.stream(r.process, ourToken, last)
		for _, text := range said(round*10+5, round*10+10) {
			r.write("oA", text)
		}
		s.texts(said(round*10, round*10+10)...)
		last = s.last
	}
	if last == "" {
		t.Fatal("no event had an id, so nothing was tested")
	}
}

func TestNothingIsMissedWhenRedisIsEmptied(t *testing.T) {
	for _, when := range []string{"while nobody reads", "while somebody reads"} {
		t.Run(when, func(t *testing.T) {
			r := newRoom(t)
			options, err := redis.ParseURL(r.redisURL)
			if err != nil {
				t.Fatal(err)
			}
			client := redis.NewClient(options)
			defer func() { _ = client.Close() }()
			s := r.stream(r.process, ourToken, "").ready()
			r.write("oA", "先")
			s.texts("先")
			last := s.last
			if when == "while nobody reads" {
				s.close()
			}
			for _, text := range said(0, 5) {
				r.write("oA", text)
			}
			r.must("PUT", "/agents/8083/presence", map[string]any{"status": "away"})
			if err := client.FlushAll(t.Context()).Err(); err != nil {
				t.Fatal(err)
			}
			for _, text := range said(5, 10) {
				r.write("oA", text)
			}
			if when == "while nobody reads" {
				s = r.stream(r.process, ourToken, last)
			}
			s.texts(said(0, 10)...)
			if when == "while nobody reads" { // what was lost and is no message is told as it is now
				if u := s.next("session.updated"); u.data["last_seq"] != 11.0 {
					t.Errorf("session %v", u)
				}
				for s.next("agent.updated").data["uid"] != 8083.0 {
				}
			}
			r.write("oA", "后")
			s.texts("后")
		})
	}
}

// What the log has lost of messages written before is told as it is now.
func TestWhatBecameOfAMessageInAGapIsTold(t *testing.T) {
	r := newRoom(t)
	answer := r.must("POST", "/sessions/"+r.served("oA")+"/messages", map[string]any{"uid": yu, "text": "您好"})
	company, _ := id.Parse(ours)
	errand, _, err := r.desk.TakeErrand(t.Context(), company, ourApp, "oA")
	if err != nil || errand == nil {
		t.Fatalf("errand %v, %v", errand, err)
	}
	if err := r.desk.Delivered(t.Context(), errand, desk.Outcome{Delivery: desk.Sent}); err != nil {
		t.Fatal(err)
	}
	r.clock = func() time.Time { return time.Now().Add(10 * time.Minute) } // the reader was away from five minutes after that
	s := r.stream(r.start(), ourToken, fmt.Sprintf("%d-0", time.Now().Add(5*time.Minute).UnixMilli()))
	if m := s.next("message.updated"); m.data["delivery"] != "sent" || m.data["message_id"] != answer.body["message_id"] {
		t.Errorf("%v", m)
	}
}

func TestTwoProcessesTellTheSame(t *testing.T) {
	r := newRoom(t)
	first, second := r.process, r.start()
	a, b := r.stream(first, ourToken, "").ready(), r.stream(second, ourToken, "").ready()
	for i, text := range said(0, 20) {
		r.process = []*process{first, second}[i%2]
		r.write(fmt.Sprint("o", i%3), text)
	}
	a.texts(said(0, 20)...)
	b.texts(said(0, 20)...)
	a.close()
	b.close()
	for _, text := range said(20, 25) {
		r.write("oA", text)
	}
	r.stream(second, ourToken, a.last).texts(said(20, 25)...) // on with the other
}

func TestALongGapIsFilledPageByPageAndMayBeInterrupted(t *testing.T) {
	r := newRoom(t)
	var all []string
	for i := range 450 { // more than two pages
		text := fmt.Sprint("话", i)
		all = append(all, text)
		r.write(fmt.Sprint("o", i%7), text)
	}
	s := r.stream(r.process, ourToken, fmt.Sprintf("%d-0", time.Now().Add(-time.Hour).UnixMilli()))
	s.texts(all[:250]...)
	s.close()
	r.write("o0", "后")
	r.stream(r.process, ourToken, s.last).texts(append(all[250:], "后")...)
}

func TestAnIDThatIsNoneIsRefused(t *testing.T) {
	r := newRoom(t)
	for _, last := range []string{"x", "1", "-1-1", "1-x", "99999999999999999999-0", "1-0 OR 1=1"} {
		if a := r.ask("GET", "/events", nil, "Last-Event-ID", last); a.status != 422 || a.body["code"] != "events.id" {
			t.Errorf("%q: %s", last, a)
		}
	}
}

func TestAStreamEndsWithItsToken(t *testing.T) {
	r := newRoom(t)
	s := r.stream(r.process, ourToken, "").ready()
	theirs := r.stream(r.process, theirToken, "").ready()
	company, _ := id.Parse(ours)
	r.remove("DELETE FROM api_tokens WHERE company_id = $1", company)
	began := time.Now()
	select {
	case <-s.done:
	case <-time.After(15 * time.Second):
		t.Fatal("the stream goes on")
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
	if a := r.ask("GET", "/sessions", nil); a.status != 401 {
		t.Errorf("the token still counts: %s", a)
	}
	select {
	case <-theirs.done:
		t.Error("the other company's stream ended too")
	default:
	}
}

func TestStreamsEndAtShutdown(t *testing.T) {
	r := newRoom(t)
	p := r.start()
	s := r.stream(p, ourToken, "").ready()
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	if err := p.hub.Shutdown(ctx); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.done:
	case <-ctx.Done():
		t.Error("the stream goes on")
	}
}
