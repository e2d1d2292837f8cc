package desk_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/store"
	"weir/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// room is a desk with a company of its own, on a real PostgreSQL.
type room struct {
	*testing.T
	store   *store.Store
	desk    *desk.Desk
	company id.ID
	effects *effects
	owner   string // where the schema's owner connects
}

const (
	appid = "wx0000000000000001"
	yu    = int64(8082)
	ming  = int64(8083)
)

type effects struct {
	mu      sync.Mutex
	changes []desk.Change
}

func (e *effects) Committed(_ context.Context, c []desk.Change) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.changes = append(e.changes, c...)
}

func newRoom(t *testing.T) *room {
	t.Helper()
	r := newHouse(t)
	r.desk = r.open()
	return r
}

// newHouse is a room in which no desk runs yet.
func newHouse(t *testing.T) *room {
	t.Helper()
	owner, app := testkit.Postgres(t, func(url string) error { return store.Migrate(context.Background(), url) })
	s, err := store.Open(t.Context(), app)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	r := &room{T: t, store: s, company: id.New(), effects: &effects{}, owner: owner}
	r.furnish(r.company, appid)
	return r
}

// furnish makes a company with an account and two agents, 小鱼 and 阿明, of whom the second is in the group 售后.
func (r *room) furnish(company id.ID, appid string) {
	r.Helper()
	ctx := r.Context()
	err := r.store.Tx(ctx, company, func(q *store.Queries) error {
		if _, err := q.CompanyPut(ctx, store.CompanyPutParams{CompanyID: company, Name: "网鱼演示", Timezone: "Asia/Shanghai", Locale: "zh-CN", Distribution: "average", Notices: "free",
			QueueTimeout: 172800, ReceptionTimeout: 86400, IdleTimeout: 172800, ReclaimAfter: 864000}); err != nil {
			return err
		}
		if err := q.AccountPut(ctx, store.AccountPutParams{CompanyID: company, AppID: appid, Name: "网鱼网咖", Mode: "plain", Secret: []byte("s"), Token: []byte("t")}); err != nil {
			return err
		}
		if _, err := q.AppIDClaim(ctx, store.AppIDClaimParams{AppID: appid, CompanyID: company}); err != nil {
			return err
		}
		for uid, name := range map[int64]string{yu: "小鱼", ming: "阿明"} {
			if err := q.AgentPut(ctx, store.AgentPutParams{CompanyID: company, UID: uid, Name: name, Role: "agent", Email: fmt.Sprintf("%d@%s.example", uid, company), Password: "x", Capacity: 3}); err != nil {
				return err
			}
			if _, err := q.SeatPut(ctx, store.SeatPutParams{CompanyID: company, AppID: appid, UID: uid}); err != nil {
				return err
			}
		}
		g, err := q.GroupPut(ctx, store.GroupPutParams{CompanyID: company, Name: "售后", Strategy: "least_busy"})
		if err != nil {
			return err
		}
		if err := q.GroupMembersSet(ctx, store.GroupMembersSetParams{CompanyID: company, GroupID: g, UIDs: []int64{ming}}); err != nil {
			return err
		}
		for i, rule := range []store.RulePutParams{
			{Name: "价格", Kind: "contains", Keywords: []string{"价格", "多少钱"}, Reply: desk.PiecesJSON(desk.Texts("每小时八元。", "会员六元。"))},
			{Name: "售后", Kind: "exact", Keywords: []string{"售后"}, Reply: desk.PiecesJSON(desk.Texts()), AssignGroupID: &g},
			{Name: "欢迎", Kind: "follow", Keywords: []string{}, Reply: desk.PiecesJSON(desk.Texts("欢迎！"))},
		} {
			rule.CompanyID, rule.Priority = company, int32(10*i+10)
			if err := q.RulePut(ctx, rule); err != nil {
				return err
			}
		}
		return q.CompanyTouch(ctx, company)
	})
	if err != nil {
		r.Fatal(err)
	}
}

// open starts a desk, as a process would; the test's end stops it.
func (r *room) open() *desk.Desk {
	r.Helper()
	d := desk.New(desk.Options{Store: r.store, Effects: r.effects})
	if err := d.Enter(r.Context()); err != nil {
		r.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { d.Run(ctx); close(done) }()
	r.Cleanup(func() { stop(); <-done })
	return d
}

var counter struct {
	sync.Mutex
	n int
}

func unique() int {
	counter.Lock()
	defer counter.Unlock()
	counter.n++
	return 1_000_000_000 + counter.n // as long as the others, as WeChat's are: of two in one second the greater is the later
}

// text is a message that a customer writes.
func (r *room) text(openid, text string) *desk.Arrival {
	return &desk.Arrival{Company: r.company, AppID: appid, OpenID: openid, At: time.Now().Truncate(time.Second), Key: fmt.Sprintf("m:%d", unique()), Type: desk.TypeText, Text: text}
}

func (r *room) receive(a *desk.Arrival) desk.Answer {
	r.Helper()
	said, err := r.desk.Receive(r.Context(), a)
	if err != nil {
		r.Fatal(err)
	}
	return said
}

// live is the customer's live session.
func (r *room) live(openid string) *desk.Session {
	r.Helper()
	row, err := r.store.Of(r.company).SessionLiveOf(r.Context(), store.SessionLiveOfParams{CompanyID: r.company, AppID: appid, OpenID: openid})
	if err != nil {
		r.Fatalf("the live session of %s: %v", openid, err)
	}
	return &desk.Session{Session: row}
}

func (r *room) messages(s *desk.Session) []desk.Message {
	r.Helper()
	out, err := r.desk.MessagesAfter(r.Context(), s, 0, 1000)
	if err != nil {
		r.Fatal(err)
	}
	return out
}

// until waits for a condition; a test that never sees it fails.
func (r *room) until(what string, ok func() bool) {
	r.Helper()
	end := time.Now().Add(10 * time.Second)
	for !ok() {
		if time.Now().After(end) {
			r.Fatalf("never: %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func (r *room) online(uid int64) {
	r.Helper()
	if err := r.desk.SetPresence(r.Context(), r.company, uid, desk.Online); err != nil {
		r.Fatal(err)
	}
}

func (r *room) agent(uid int64) desk.Agent { return desk.Agent{Company: r.company, UID: uid} }
