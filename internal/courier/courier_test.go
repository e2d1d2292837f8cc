package courier_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"weir/internal/courier"
	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/store"
	"weir/internal/testkit"
	"weir/internal/wechat/simulator"
)

func TestMain(m *testing.M) { testkit.Main(m) }

const (
	appid  = "wx0000000000000001"
	openid = "o1"
	yu     = int64(8082)
)

// post is a desk, a courier and a WeChat between them and one customer, who has just written.
type post struct {
	*testing.T
	store   *store.Store
	desk    *desk.Desk
	sim     *simulator.Simulator
	company id.ID
	session id.ID
	wake    func(courier.Customer)
	rdb     *redis.Client
	api     string
	owner   string // where the schema's owner connects
}

func (p *post) Committed(_ context.Context, changes []desk.Change) {
	for _, c := range changes {
		if c.Errand && p.wake != nil {
			p.wake(courier.Customer{Company: c.Company.CompanyID, AppID: c.AppID, OpenID: c.OpenID})
		}
	}
}

func newPost(t *testing.T) *post {
	t.Helper()
	owner, app := testkit.Postgres(t, func(url string) error { return store.Migrate(context.Background(), url) })
	s, err := store.Open(t.Context(), app)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	o, err := redis.ParseURL(testkit.Redis(t))
	if err != nil {
		t.Fatal(err)
	}
	p := &post{T: t, store: s, owner: owner, company: id.New(), rdb: redis.NewClient(o)}
	t.Cleanup(func() { p.rdb.Close() })

	ok := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "success") }))
	t.Cleanup(ok.Close)
	p.sim, err = simulator.New(simulator.Config{Accounts: []simulator.Account{{AppID: appid, Secret: "secret", Token: "token123", Mode: simulator.Plain, CallbackURL: ok.URL}}})
	if err != nil {
		t.Fatal(err)
	}
	api := httptest.NewServer(p.sim.API())
	t.Cleanup(api.Close)
	p.api = api.URL
	p.furnish()
	p.desk = desk.New(desk.Options{Store: s, Effects: p, Log: quiet})
	if err := p.desk.Enter(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.run(p.desk.Run)
	p.customerWrites()
	p.take()
	return p
}

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

func (p *post) furnish() {
	p.Helper()
	ctx := p.Context()
	err := p.store.Tx(ctx, p.company, func(q *store.Queries) error {
		if _, err := q.CompanyPut(ctx, store.CompanyPutParams{CompanyID: p.company, Name: "网鱼", Timezone: "Asia/Shanghai", Locale: "zh-CN", Distribution: "average", Notices: "free",
			QueueTimeout: 172_800, ReceptionTimeout: 86_400, IdleTimeout: 172_800, ReclaimAfter: 864_000}); err != nil {
			return err
		}
		if err := q.AccountPut(ctx, store.AccountPutParams{CompanyID: p.company, AppID: appid, Name: "网鱼", Mode: "plain", Secret: []byte("s"), Token: []byte("t")}); err != nil {
			return err
		}
		if _, err := q.AppIDClaim(ctx, store.AppIDClaimParams{AppID: appid, CompanyID: p.company}); err != nil {
			return err
		}
		if err := q.AgentPut(ctx, store.AgentPutParams{CompanyID: p.company, UID: yu, Name: "小鱼", Role: "agent", Email: p.company.String() + "@a.example", Password: "x", Capacity: 5}); err != nil {
			return err
		}
		_, err := q.SeatPut(ctx, store.SeatPutParams{CompanyID: p.company, AppID: appid, UID: yu})
		return err
	})
	if err != nil {
		p.Fatal(err)
	}
}

func secret(context.Context, string) (string, error) { return "secret", nil }

// run runs something beside the test until its end.
func (p *post) run(f func(context.Context)) {
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { f(ctx); close(done) }()
	p.Cleanup(func() { stop(); <-done })
}

// carrier starts a courier, as a process would.
func (p *post) carrier() *courier.Courier {
	c := p.courier()
	p.run(c.Run)
	return c
}

var msgID struct {
	sync.Mutex
	n int
}

func unique() int {
	msgID.Lock()
	defer msgID.Unlock()
	msgID.n++
	return 1_000_000_000 + msgID.n // as long as the others, as WeChat's are: of two in one second the greater is the later
}

// customerWrites opens the window, at WeChat and at the desk.
func (p *post) customerWrites() {
	p.Helper()
	if _, err := p.sim.Text(p.Context(), appid, openid, "你好"); err != nil {
		p.Fatal(err)
	}
	key := fmt.Sprint("m:", unique())
	if _, err := p.desk.Receive(p.Context(), &desk.Arrival{Company: p.company, AppID: appid, OpenID: openid, At: time.Now().Truncate(time.Second), Key: key, Type: desk.TypeText, Text: "你好"}); err != nil {
		p.Fatal(err)
	}
}

func (p *post) take() {
	p.Helper()
	s, err := p.store.Of(p.company).SessionLiveOf(p.Context(), store.SessionLiveOfParams{CompanyID: p.company, AppID: appid, OpenID: openid})
	if err != nil {
		p.Fatal(err)
	}
	p.session = s.SessionID
	if err := p.desk.Accept(p.Context(), desk.Agent{Company: p.company, UID: yu}, s.SessionID); err != nil {
		p.Fatal(err)
	}
}

func (p *post) reply(text string) {
	p.Helper()
	if _, _, err := p.desk.Reply(p.Context(), desk.Agent{Company: p.company, UID: yu}, p.session, desk.Reply{Text: text}); err != nil {
		p.Fatal(err)
	}
}

func (p *post) replies() []desk.Message {
	p.Helper()
	v, err := p.desk.View(p.Context(), desk.Agent{Company: p.company}, p.session)
	if err != nil {
		p.Fatal(err)
	}
	ms, err := p.desk.MessagesAfter(p.Context(), v.Session, 0, 1000)
	if err != nil {
		p.Fatal(err)
	}
	out := ms[:0]
	for _, m := range ms {
		if m.Opercode == desk.FromAgent {
			out = append(out, m)
		}
	}
	return out
}

// until waits for the last reply to be in a state of delivery.
func (p *post) until(want desk.Delivery) desk.Message {
	p.Helper()
	end := time.Now().Add(20 * time.Second)
	for {
		ms := p.replies()
		last := ms[len(ms)-1]
		if last.Delivery == want {
			return last
		}
		if time.Now().After(end) {
			p.Fatalf("never %s: %+v", want, last)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// onPhone is what the customer has got, in order.
func (p *post) onPhone() string {
	var got []string
	for _, l := range p.sim.Conversation(appid, openid) {
		if l.Side == simulator.FromAccount {
			got = append(got, l.Text)
		}
	}
	return strings.Join(got, " ")
}

func TestAReplyReachesTheCustomer(t *testing.T) {
	p := newPost(t)
	p.wake = p.carrier().Wake
	p.reply("您好")
	p.until(desk.Sent)
	if got := p.onPhone(); got != "您好" {
		t.Errorf("the phone shows %q", got)
	}
}

func TestWhatWasWrittenBeforeACourierRanIsCarried(t *testing.T) {
	p := newPost(t)
	p.reply("一")
	p.reply("二")
	p.carrier()
	p.until(desk.Sent)
	if got := p.onPhone(); got != "一 二" {
		t.Errorf("the phone shows %q", got)
	}
}

func TestABusyWeChatIsTriedAgain(t *testing.T) {
	p := newPost(t)
	p.fault(simulator.Faults{Busy: 1})
	p.wake = p.carrier().Wake
	p.reply("您好")
	if m := p.until(desk.Sent); m.Attempts != 2 {
		t.Errorf("it took %d attempts", m.Attempts)
	}
	if got := p.onPhone(); got != "您好" {
		t.Errorf("the phone shows %q", got)
	}
}

func TestARejectedTokenIsFetchedAnew(t *testing.T) {
	p := newPost(t)
	p.fault(simulator.Faults{RejectToken: 1})
	p.wake = p.carrier().Wake
	p.reply("您好")
	if m := p.until(desk.Sent); m.Attempts != 1 {
		t.Errorf("it took %d attempts", m.Attempts)
	}
}

func TestAConnectionThatDiedIsUncertainAndNeverSentAgain(t *testing.T) {
	p := newPost(t)
	p.fault(simulator.Faults{Cut: 1})
	p.wake = p.carrier().Wake
	p.reply("一")
	if m := p.until(desk.Uncertain); m.Reason != "delivery.uncertain" {
		t.Errorf("the reason is %q", m.Reason)
	}
	p.reply("二")
	p.until(desk.Sent)
	if got := p.onPhone(); got != "一 二" { // WeChat had taken it
		t.Errorf("the phone shows %q", got)
	}
}

func TestWeChatsNoIsKeptAndMendsTheLedger(t *testing.T) {
	for code, left := range map[int]int{45015: 0, 45047: 0, 40003: 5} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			p := newPost(t)
			p.fault(simulator.Faults{SendCode: code})
			p.wake = p.carrier().Wake
			p.reply("您好")
			m := p.until(desk.Failed)
			if m.Code != code || m.Reason != fmt.Sprint("wechat.", code) {
				t.Errorf("failed with %d %q", m.Code, m.Reason)
			}
			_, l, err := p.desk.Customer(t.Context(), p.company, appid, openid)
			if err != nil || l.Left(time.Now()) != left {
				t.Errorf("the ledger is %+v, %v", l, err)
			}
		})
	}
}

func TestTheQuotaIsCountedBeforeSending(t *testing.T) {
	p := newPost(t)
	for i := range 5 {
		p.reply(fmt.Sprint(i))
	}
	_, _, err := p.desk.Reply(t.Context(), desk.Agent{Company: p.company, UID: yu}, p.session, desk.Reply{Text: "六"})
	if desk.KindOf(err) != desk.Denied {
		t.Fatalf("the sixth is answered %v", err)
	}
	p.carrier()
	p.until(desk.Sent)
	for _, e := range p.sim.Log() {
		if e.What == "message/custom/send" && e.Code != 0 {
			t.Errorf("WeChat refused %+v", e)
		}
	}
	p.customerWrites()
	p.reply("六")
	p.until(desk.Sent)
	if got := p.onPhone(); got != "0 1 2 3 4 六" {
		t.Errorf("the phone shows %q", got)
	}
}

func TestTwoCouriersSendEachMessageOnceAndInOrder(t *testing.T) {
	p := newPost(t)
	one, other := p.carrier(), p.carrier()
	p.wake = func(c courier.Customer) { one.Wake(c); other.Wake(c) }
	for _, s := range []string{"a", "b", "c", "d", "e"} {
		p.reply(s)
	}
	p.until(desk.Sent)
	if got := p.onPhone(); got != "a b c d e" {
		t.Errorf("the phone shows %q", got)
	}
}

func TestTheSameKeyIsTheSameReply(t *testing.T) {
	p := newPost(t)
	who, r := desk.Agent{Company: p.company, UID: yu}, desk.Reply{Text: "您好", Key: "k1"}
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, _, err := p.desk.Reply(t.Context(), who, p.session, r); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := len(p.replies()); n != 1 {
		t.Errorf("%d replies were written", n)
	}
	r.Text = "别的"
	if _, _, err := p.desk.Reply(t.Context(), who, p.session, r); desk.KindOf(err) != desk.Taken {
		t.Errorf("another text under the same key is answered %v", err)
	}
}

func (p *post) fault(f simulator.Faults) {
	p.Helper()
	if err := p.sim.SetFaults(appid, f); err != nil {
		p.Fatal(err)
	}
}
