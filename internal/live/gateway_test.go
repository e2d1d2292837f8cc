package live

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// parts are what the test binary does instead of testing when it is started as another process.
var parts = map[string]func(){
	"worker": playWorker,
	"server": playServer,
	"load":   playLoad,
}

// cast is what the tests below are played with: two processes and, of company acme, a page of agent 1 and a page of agent 2
// in group/7 here, a second page of agent 2 there; and a stranger of another company, there.
type cast struct {
	here, there               *Hub
	one, two, twoToo, foreign *Ear
}

func newCast(t *testing.T) cast {
	c := cast{here: newHub(t, shared, Options{}), there: newHub(t, shared, Options{})}
	listen := func(h *Hub, who Listener) *Ear {
		e := h.Listen(who)
		t.Cleanup(e.Close)
		return e
	}
	c.one = listen(c.here, Listener{Company: "acme", UID: 1, Client: "one"})
	c.two = listen(c.here, Listener{Company: "acme", UID: 2, Client: "two", Topics: []string{"group/7"}})
	c.twoToo = listen(c.there, Listener{Company: "acme", UID: 2, Client: "two-too", Topics: []string{"group/7"}})
	c.foreign = listen(c.there, Listener{Company: "other", UID: 2, Client: "two", Topics: []string{"group/7"}})
	settle(t, c.one, c.two, c.twoToo)
	c.foreign.Take()
	return c
}

func TestGatewaySendsToExactlyThoseMeant(t *testing.T) {
	for _, tc := range []struct {
		name, topic      string
		one, two, twoToo bool
	}{
		{"sendToClient: one client", ClientTopic("two"), false, true, false},
		{"sendToUid: all clients of one agent", AgentTopic(2), false, true, true},
		{"sendToGroup: all clients in a group", "group/7", false, true, true},
		{"sendToAll: everybody of a company", Everybody, true, true, true},
	} {
		for _, from := range []string{"here", "there"} {
			t.Run(tc.name+", from "+from, func(t *testing.T) {
				c := newCast(t)
				h := c.here
				if from == "there" {
					h = c.there
				}
				h.Ring("acme", tc.topic)
				h.Ring("acme", "group/none") // nobody's: merged, or sent after
				for ear, meant := range map[*Ear]bool{c.one: tc.one, c.two: tc.two, c.twoToo: tc.twoToo} {
					if meant {
						hears(t, ear, tc.topic)
					}
				}
				settleAfter(t, c)
				for name, ear := range map[string]*Ear{"one": c.one, "two": c.two, "two-too": c.twoToo, "foreign": c.foreign} {
					if heard, _ := ear.Take(); slices.Contains(heard, tc.topic) {
						t.Errorf("%s heard %q as well", name, heard)
					}
				}
			})
		}
	}
}

// settleAfter returns when every process has heard what was rung before. It takes from no ear.
func settleAfter(t *testing.T, c cast) {
	t.Helper()
	for _, h := range []*Hub{c.here, c.there} {
		if err := h.flush(limited(t)); err != nil {
			t.Fatal(err)
		}
	}
	for _, h := range []*Hub{c.here, c.there} {
		last := h.Listen(Listener{Company: "acme"})
		defer last.Close()
		last.Join("last")
		last.Take()
		c.here.rdb.Publish(limited(t), h.ringChannel("acme"), "nobody\nlast")
		hears(t, last, "last")
	}
}

func TestGatewayJoinAndLeaveGroup(t *testing.T) {
	c := newCast(t)
	c.one.Join("group/8")
	if heard := hears(t, c.one, "group/8"); !slices.Equal(heard, []string{"group/8"}) {
		t.Errorf("who joins hears the topic once, heard %q", heard)
	}
	c.there.Ring("acme", "group/8")
	hears(t, c.one, "group/8")
	c.one.Leave("group/8", AgentTopic(1))
	c.there.Ring("acme", "group/8", AgentTopic(1))
	if heard := hears(t, c.one, AgentTopic(1)); slices.Contains(heard, "group/8") {
		t.Errorf("heard %q after leaving", heard)
	}
}

func TestGatewayWhoIsOnlineAndHowMany(t *testing.T) {
	c := newCast(t)
	ctx := limited(t)
	for _, h := range []*Hub{c.here, c.there} {
		until(t, "all are registered", func() bool {
			n, _, err := h.Count(ctx, "acme", Everybody)
			return err == nil && n == 3
		})
		for _, tc := range []struct {
			name string
			got  func() (any, error)
			want any
		}{
			{"isUidOnline", func() (any, error) { return h.IsOnline(ctx, "acme", 2) }, true},
			{"isUidOnline: nobody", func() (any, error) { return h.IsOnline(ctx, "acme", 3) }, false},
			{"isUidOnline: not in this company", func() (any, error) { return h.IsOnline(ctx, "other", 1) }, false},
			{"getAllUidList", func() (any, error) { return h.Online(ctx, "acme") }, []int64{1, 2}},
			{"getClientIdByUid", func() (any, error) { return h.ids(ctx, AgentTopic(2)) }, []string{"two", "two-too"}},
			{"isOnline", func() (any, error) { return h.ids(ctx, ClientTopic("one")) }, []string{"one"}},
			{"getClientIdListByGroup", func() (any, error) { return h.ids(ctx, "group/7") }, []string{"two", "two-too"}},
			{"getClientIdCountByGroup, getUidCountByGroup", func() (any, error) { return h.counts(ctx, "group/7") }, [2]int{2, 1}},
			{"getAllClientIdCount, getAllUidCount", func() (any, error) { return h.counts(ctx, Everybody) }, [2]int{3, 2}},
			{"an empty group", func() (any, error) { return h.counts(ctx, "group/9") }, [2]int{0, 0}},
		} {
			if got, err := tc.got(); err != nil || !reflect.DeepEqual(got, tc.want) {
				t.Errorf("%s = %v, %v; want %v", tc.name, got, err, tc.want)
			}
		}
	}
}

func (h *Hub) ids(ctx context.Context, topic string) ([]string, error) {
	clients, err := h.Clients(ctx, "acme")
	var ids []string
	for _, c := range clients {
		if c.In(topic) {
			ids = append(ids, c.ID)
		}
	}
	slices.Sort(ids)
	return ids, err
}

func (h *Hub) counts(ctx context.Context, topic string) ([2]int, error) {
	clients, uids, err := h.Count(ctx, "acme", topic)
	return [2]int{clients, uids}, err
}

func TestGatewayAClientConnectsSpeaksAndLeaves(t *testing.T) {
	said := make(chan string, 10)
	here := newHub(t, shared, Options{
		OnConnect: func(company string, uid int64, n int) { said <- fmt.Sprintf("connect %s %d %d", company, uid, n) },
		OnLeave:   func(company string, uid int64, n int) { said <- fmt.Sprintf("leave %s %d %d", company, uid, n) },
	})
	there := newHub(t, shared, Options{})
	expect := func(want string) {
		t.Helper()
		select {
		case got := <-said:
			if got != want {
				t.Errorf("hook: %s, want %s", got, want)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("no hook; want %s", want)
		}
	}
	streaming := site(t, here)
	posts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		there.Ring("acme", string(text))
	}))
	defer posts.Close()

	p := open(t, streaming.Client(), streaming.URL+"?uid=8&topic=session/5")
	expect("connect acme 8 1")
	second := open(t, streaming.Client(), streaming.URL+"?uid=8")
	expect("connect acme 8 2")
	until(t, "the other process counts both", func() bool {
		n, _ := there.counts(limited(t), AgentTopic(8))
		return n == [2]int{2, 1}
	})

	p.hears("session/5")
	res, err := http.Post(posts.URL, "text/plain", strings.NewReader("session/5"))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	p.hears("session/5")

	second.body.Close()
	expect("leave acme 8 1")
	p.body.Close()
	expect("leave acme 8 0")
	until(t, "the other process counts none", func() bool {
		n, err := there.counts(limited(t), Everybody)
		return err == nil && n == [2]int{}
	})
}

func TestGatewayCloseClient(t *testing.T) {
	c := newCast(t)
	c.there.EndClient("acme", "two")
	if _, err := waitEnd(t, c.two); err != ErrEnded {
		t.Fatal(err)
	}
	for name, e := range map[string]*Ear{"one": c.one, "two-too": c.twoToo, "foreign": c.foreign} {
		if _, ok := e.Take(); !ok {
			t.Errorf("%s was closed as well", name)
		}
	}
}

func waitEnd(t *testing.T, e *Ear) (heard []string, err error) {
	for {
		topics, err := e.Wait(limited(t))
		if err != nil {
			return heard, err
		}
		heard = append(heard, topics...)
	}
}

func TestGatewayAWorkerStartsAndStops(t *testing.T) {
	there := newHub(t, shared, Options{})
	here, stop := startHub(t, shared, Options{Heartbeat: time.Hour}) // so that only a clean stop can explain it
	site := site(t, here)
	p := open(t, site.Client(), site.URL+"?uid=5&topic=inbox")
	p.hears("inbox")
	until(t, "the worker's clients are known", func() bool { ok, _ := there.IsOnline(limited(t), "acme", 5); return ok })
	stop()
	p.ends()
	if ok, err := there.IsOnline(limited(t), "acme", 5); ok || err != nil {
		t.Errorf("after a clean stop its clients must be gone at once: %v, %v", ok, err)
	}
}

// worker is a really separate process: it prints its address, then serves streams until its input ends or it is killed. A
// GET of /ring?topic= rings.
func worker(t *testing.T, s *redisServer) (cmd *exec.Cmd, url string) {
	t.Helper()
	cmd = exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "LIVE_TEST_PART=worker", "LIVE_TEST_REDIS="+s.socket(), "LIVE_TEST_PREFIX="+prefix(t))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		cmd.Process.Kill()
		cmd.Wait()
	})
	if _, err := fmt.Fscanln(out, &url); err != nil {
		t.Fatal(err)
	}
	return cmd, url
}

func playWorker() {
	rdb := redis.NewClient(&redis.Options{Network: "unix", Addr: os.Getenv("LIVE_TEST_REDIS")})
	h := New(rdb, Options{Prefix: os.Getenv("LIVE_TEST_PREFIX"), Heartbeat: 200 * time.Millisecond})
	go h.Run(context.Background())
	mux := http.NewServeMux()
	mux.HandleFunc("/", streams(h))
	mux.HandleFunc("/ring", func(_ http.ResponseWriter, r *http.Request) { h.Ring("acme", r.URL.Query()["topic"]...) })
	mux.HandleFunc("/end", func(_ http.ResponseWriter, r *http.Request) { h.End(r.URL.Query().Get("login")) })
	fmt.Println(httptest.NewServer(mux).URL)
	io.Copy(io.Discard, os.Stdin)
}

func TestSeparateProcess(t *testing.T) {
	here := newHub(t, shared, Options{})
	cmd, url := worker(t, shared)
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	get := func(path string) {
		t.Helper()
		res, err := client.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
	}

	p := open(t, client, url+"/?uid=9&topic=inbox&login=abc")
	p.hears("inbox")
	until(t, "the other process counts it", func() bool { ok, _ := here.IsOnline(limited(t), "acme", 9); return ok })

	here.Ring("acme", "inbox")
	p.hears("inbox")

	ear := here.Listen(Listener{Company: "acme", Topics: []string{"inbox"}})
	defer ear.Close()
	settle2(t, here, ear)
	get("/ring?topic=inbox")
	hears(t, ear, "inbox")

	q := open(t, client, url+"/?uid=9&login=other")
	q.hears(AgentTopic(9))
	here.End("abc")
	if took := p.ends(); took > time.Second {
		t.Errorf("the stream ended %v after its login", took)
	}
	if ok, err := here.IsOnline(limited(t), "acme", 9); !ok || err != nil {
		t.Errorf("the agent's other login must stay: %v, %v", ok, err)
	}

	cmd.Process.Kill()
	start := time.Now()
	until(t, "the killed process is forgotten", func() bool { ok, err := here.IsOnline(limited(t), "acme", 9); return err == nil && !ok })
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("forgotten after %v", took)
	}
}

// settle2 is settle for one ear, whoever else is subscribed.
func settle2(t *testing.T, h *Hub, e *Ear) {
	t.Helper()
	e.Join(settled)
	e.Take()
	until(t, "it hears what others publish", func() bool {
		h.rdb.Publish(limited(t), h.ringChannel("acme"), "nobody\n"+settled)
		topics, _ := e.Take()
		return slices.Equal(topics, []string{settled})
	})
}
