package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"weir/internal/private"
	"weir/internal/wechat/simulator"
)

func TestDrillTwentyCopiesOfACallbackAlsoAfterARestart(t *testing.T) {
	t.Parallel()
	w, a := serving(t, simulated(func(c *simulator.Config) { c.Attempts = 1 }))
	const text = "包间多少钱"
	answers, err := w.sim.Copies(t.Context(), appid, chen, text, 20)
	if err != nil {
		t.Fatal(err)
	}
	check := func(answers []simulator.Answer) {
		t.Helper()
		for _, answer := range answers {
			if answer.Reply == nil || !strings.Contains(answer.Reply.Content, "每小时 8 元") {
				t.Fatalf("a copy was answered %+v", answer)
			}
		}
		if ks := w.kept(chen)[chen]; len(ks) != 2 || ks[0].Text != text || ks[1].Opercode != 5 {
			t.Fatalf("kept: %+v", ks)
		}
	}
	check(answers)

	// The same callback once more, signed by the simulator like the first, to a Weir that remembers nothing.
	doc := fmt.Sprintf(`<xml><ToUserName><![CDATA[gh_e2e]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName><CreateTime>%d</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[%s]]></Content><MsgId>%d</MsgId></xml>`,
		zhao, time.Now().Unix(), text, 4242)
	raw := func() simulator.Answer {
		t.Helper()
		answer, err := w.sim.Raw(t.Context(), appid, zhao, doc)
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	first := raw()
	if first.Reply == nil {
		t.Fatalf("the first was answered %+v", first)
	}
	a.kill()
	a.start()
	for range 3 {
		if again := raw(); again.Reply == nil || again.Reply.Content != first.Reply.Content {
			t.Errorf("the repeat was answered %+v, the first %+v", again.Reply, first.Reply)
		}
	}
	if ks := w.kept(zhao)[zhao]; len(ks) != 2 {
		t.Errorf("kept of the repeats: %+v", ks)
	}
}

func TestDrillFortyFirstMessagesAtTwoProcesses(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	b := w.weir("B")
	var all sync.WaitGroup
	signer, err := simulator.NewSigner(simulator.Account{AppID: appid, Token: signToken, AESKey: aesKey, Mode: simulator.Safe})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 40 {
		to := []*weir{a, b}[i%2]
		all.Go(func() {
			var c simulator.Callback
			signer.Text(&c, chen, fmt.Sprint("n", i), int64(1000+i), time.Now())
			r, err := http.Post(to.url("/wechat/"+appid+"?"+string(c.Query)), "text/xml", strings.NewReader(string(c.Body)))
			if err != nil {
				t.Error(err)
				return
			}
			_ = r.Body.Close()
			if r.StatusCode != 200 {
				t.Errorf("callback %d was answered %d", i, r.StatusCode)
			}
		})
	}
	all.Wait()
	ks := w.kept(chen)[chen]
	if len(ks) != 40 {
		t.Fatalf("%d messages are kept", len(ks))
	}
	for i, k := range ks {
		if k.Seq != i+1 || k.Session != ks[0].Session {
			t.Errorf("message %d stands at place %d of session %s", i+1, k.Seq, k.Session)
		}
	}
}

func TestDrillKillWeirUnderLoad(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	w.online(a, yu)
	w.online(a, ming)
	l := w.writing(60)
	for _, n := range []int64{300, 800} {
		l.reaches(n)
		a.kill()
		a.start()
	}
	l.ends()
	l.isKept(false)
	w.queuesAgree()
}

func TestDrillStopWeirUnderLoad(t *testing.T) {
	t.Parallel()
	w, a := serving(t, simulated(func(c *simulator.Config) { c.Attempts = 1 }))
	w.online(a, yu)
	l := w.writing(60)
	l.reaches(400)
	a.stop() // in order: what was let in is answered
	a.start()
	l.ends()
	l.isKept(true)
	w.queuesAgree()
}

// postgres is a PostgreSQL and a Redis that an operator runs, which Weir must outlive.
func operated(t *testing.T, dir string) (pg, rd *private.Server) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	pg, err := private.Postgres(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	if rd, err = private.Redis(ctx, dir); err != nil {
		t.Fatal(err)
	}
	return pg, rd
}

// killPostgres kills the postmaster of the PostgreSQL in dir as a power cut would.
func killPostgres(t *testing.T, dir string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "postgresql", "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.SplitN(string(b), "\n", 2)[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

// killRedis kills the Redis at a URL.
func killRedis(t *testing.T, url string) {
	t.Helper()
	o, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	rdb := redis.NewClient(o)
	defer rdb.Close()
	info, err := rdb.InfoMap(t.Context(), "server").Result()
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(info["Server"]["process_id"])
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

func stopServer(t *testing.T, s *private.Server) {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), 15*time.Second)
	defer stop()
	_ = s.Stop(ctx) // it may be dead: this frees its folder
}

func TestDrillKillPostgreSQLAndRedisOfTheOperatorUnderLoad(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	pg, rd := operated(t, dir)
	t.Cleanup(func() { stopServer(t, pg); stopServer(t, rd) })
	w, a := serving(t, servers(pg.OwnerURL, rd.URL))
	w.online(a, yu)
	w.online(a, ming)
	l := w.writing(60)
	var err error

	l.reaches(300)
	killPostgres(t, dir)
	<-pg.Done()
	stopServer(t, pg)
	if pg, err = private.Postgres(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	before := l.count.Load()
	l.reaches(before + 100)

	killRedis(t, rd.URL)
	<-rd.Done()
	stopServer(t, rd)
	l.reaches(l.count.Load() + 100) // callbacks need no Redis
	if rd, err = private.Redis(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	l.ends()
	if !a.running() {
		t.Fatal("weir ended with its servers, which were somebody else's")
	}
	l.isKept(false)
	w.until("weir is ready again", 20*time.Second, a.ready)
	w.queuesAgree()
}

func TestDrillKillOwnPostgreSQLAndRedisUnderLoad(t *testing.T) {
	t.Parallel()
	w, a := serving(t, ownServers)
	w.online(a, yu)
	l := w.writing(60)
	own := w.ownURLs()
	w.database, w.redis = own.Owner, own.Redis // to look at, below
	forget := func() { w.database, w.redis = "", "" }

	for i, kill := range []func(){
		func() { killPostgres(t, filepath.Join(w.dir, "data")) },
		func() { killRedis(t, own.Redis) },
	} { // Weir brings its own servers back
		l.reaches(int64(300 * (i + 1)))
		kill()
		w.until("the server is back", 30*time.Second, func() bool { return strings.Count(a.log.String(), "was started again") == i+1 })
		w.until("weir is ready again", 30*time.Second, a.ready)
		if !a.running() {
			t.Fatal("weir ended with its server")
		}
	}
	l.reaches(900)
	_ = a.cmd.Process.Kill() // and all of them at once
	a.wait(30 * time.Second)
	forget()
	a.start()
	own = w.ownURLs()
	w.database, w.redis = own.Owner, own.Redis
	l.ends()
	l.isKept(false)
	forget()
	w.queuesAgree()
}

type ownURLs struct{ Owner, Redis string }

func (w *world) ownURLs() (u ownURLs) {
	w.Helper()
	b, err := os.ReadFile(filepath.Join(w.dir, "data", "servers.json"))
	if err == nil {
		err = json.Unmarshal(b, &u)
	}
	if err != nil {
		w.Fatal(err)
	}
	return u
}

func TestDrillKilledBetweenWeChatAndTheDatabaseIsUncertainAndNeverSentAgain(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	w.online(a, yu)
	w.writes(chen, "在吗")
	s := w.sessionOf(a, chen, yu)
	w.replies(a, s, "热身") // so that there is a token
	w.reads(chen, "热身")
	w.faults(func(f *simulator.Faults) { f.Delay = 20 * time.Second })
	w.replies(a, s, "只此一次")
	w.reads(chen, "只此一次") // WeChat has it; Weir does not know yet
	a.kill()
	w.faults(func(f *simulator.Faults) { f.Delay = 0 })
	a.start()
	delivery := func() string {
		ks := w.kept(chen)[chen]
		return ks[len(ks)-1].Delivery
	}
	w.until("what was under way is uncertain", 40*time.Second, func() bool { return delivery() == "uncertain" })
	w.replies(a, s, "下一句")
	w.reads(chen, "下一句")
	if n := w.timesRead(chen, "只此一次"); n != 1 {
		t.Errorf("the customer read it %d times", n)
	}
}

func TestDrillTwoProcessesCarryOneOutbox(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	b := w.weir("B")
	w.online(a, yu)
	w.online(a, ming)
	const customers, each = 20, 5
	openid := func(i int) string { return fmt.Sprintf("outbox-%02d", i) }
	sessions := make([]session, customers)
	for i := range customers {
		w.writes(openid(i), "在吗")
		sessions[i] = w.sessionOf(a, openid(i), 0)
	}
	var all sync.WaitGroup
	for i := range customers {
		all.Go(func() {
			w.until("assigned", 10*time.Second, func() bool { sessions[i] = w.sessionOf(a, openid(i), 0); return sessions[i].UID != 0 })
			for n := range each {
				w.replies([]*weir{a, b}[(i+n)%2], sessions[i], fmt.Sprint("r", n))
			}
		})
	}
	all.Wait()
	for i := range customers {
		w.reads(openid(i), fmt.Sprint("r", each-1))
		var got []string
		for _, line := range w.sim.Conversation(appid, openid(i)) {
			if line.Side == simulator.FromAccount {
				got = append(got, line.Text)
			}
		}
		if !slices.Equal(got, []string{"r0", "r1", "r2", "r3", "r4"}) {
			t.Errorf("%s read %q", openid(i), got)
		}
	}
	if len(w.tokens()) == 0 {
		t.Error("no access token is known: the search of the logs for it means nothing")
	}
	for _, x := range []*weir{a, b} {
		if !x.sentSomething() {
			t.Errorf("weir %s carried nothing: this test means less than it says", x.name)
		}
	}
}

// sentSomething asks a Weir's metrics whether it has carried anything to WeChat.
func (a *weir) sentSomething() bool {
	r, err := http.Get(a.url("/metrics"))
	if err != nil {
		return false
	}
	defer r.Body.Close()
	lines := bufio.NewScanner(r.Body)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), `weir_sends_total{outcome="sent"}`) && !strings.HasSuffix(lines.Text(), " 0") {
			return true
		}
	}
	return false
}

// A stream is an agent's page's stream, read without a browser.
type stream struct {
	events chan string
	ended  chan struct{}
}

func (w *world) stream(c *http.Client, a *weir, session string) *stream {
	w.Helper()
	r, err := http.NewRequestWithContext(w.Context(), "GET", a.url("/live?session="+session), nil)
	if err != nil {
		w.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	answer, err := c.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	if answer.StatusCode != 200 {
		w.Fatalf("the stream was answered %d", answer.StatusCode)
	}
	s := &stream{events: make(chan string, 100), ended: make(chan struct{})}
	w.Cleanup(func() { _ = answer.Body.Close() })
	go func() {
		defer close(s.ended)
		lines := bufio.NewScanner(answer.Body)
		for lines.Scan() {
			if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				s.events <- name
			}
		}
	}()
	return s
}

// hears waits for an event.
func (s *stream) hears(w *world, name string, within time.Duration) {
	w.Helper()
	late := time.After(within)
	for {
		select {
		case got := <-s.events:
			if got == name {
				return
			}
		case <-late:
			w.Fatalf("no %q within %v", name, within)
		}
	}
}

// drains forgets what was heard so far.
func (s *stream) drains() {
	for len(s.events) > 0 {
		<-s.events
	}
}

func TestDrillStreamsAcrossProcesses(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	b := w.weir("B")
	yuClient := w.client(a, yuMail)
	atA := w.stream(yuClient, a, "")
	atA.hears(w, "lists", 5*time.Second)
	w.callbacksTo(b)
	w.writes(chen, "写给 B")
	s := w.sessionOf(b, chen, yu)
	atB := w.stream(yuClient, b, s.ID)
	thread := w.stream(yuClient, a, s.ID)
	for _, x := range []*stream{atB, thread} {
		x.hears(w, "thread", 5*time.Second) // the first, which says nothing
	}
	atA.drains()
	w.writes(chen, "又写给 B")
	thread.hears(w, "thread", time.Second)
	atA.hears(w, "lists", time.Second)

	// Logging out at A ends the stream at B, and only that person's.
	mingClient := w.client(a, mingMail)
	others := w.stream(mingClient, b, "")
	r, err := http.NewRequest("POST", a.url("/login/end"), nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := yuClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	late := time.After(time.Second)
	for name, x := range map[string]*stream{"at A": atA, "at B": atB, "of the session": thread} {
		select {
		case <-x.ended:
		case <-late:
			t.Errorf("the stream %s goes on a second after the log-out", name)
		}
	}
	others.hears(w, "lists", 5*time.Second)
	select {
	case <-others.ended:
		t.Error("another agent's stream ended, too")
	default:
	}
}
