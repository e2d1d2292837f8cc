package queue_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/queue"
	"weir/internal/testkit"
)

func TestTheLayoutIsTheOneThatOtherProgramsRead(t *testing.T) {
	t.Parallel()
	company, err := id.Parse("51454009d703c86c91353f61011ecf2f")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		key  func(queue.Keys) queue.Key
		db   int
		want string
	}{
		{"waiting", func(k queue.Keys) queue.Key { return k.Waiting(company, 8082) }, 0, "waiting:51454009d703c86c91353f61011ecf2f:8082"},
		{"conversing", func(k queue.Keys) queue.Key { return k.Conversing(company, 8082) }, 0, "conversing:51454009d703c86c91353f61011ecf2f:8082"},
		{"presence", func(k queue.Keys) queue.Key { return k.Presence(company) }, 0, "presence:51454009d703c86c91353f61011ecf2f"},
		{"messages", func(k queue.Keys) queue.Key { return k.Messages(company, 8082) }, 1, "messages:51454009d703c86c91353f61011ecf2f:8082"},
		{"the queue of a group", func(k queue.Keys) queue.Key { return k.Queue(company, "售后") }, 2, "queue:51454009d703c86c91353f61011ecf2f:售后"},
		{"the queue of none", func(k queue.Keys) queue.Key { return k.Queue(company, "") }, 2, "queue:51454009d703c86c91353f61011ecf2f:other"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got, want := tc.key(queue.Keys{}), (queue.Key{DB: tc.db, Name: tc.want}); got != want {
				t.Errorf("in databases %v, want %v", got, want)
			}
			tagged := fmt.Sprint(tc.db, ":", strings.Replace(tc.want, company.String(), "{"+company.String()+"}", 1))
			if got, want := tc.key(queue.Keys{Cluster: true}), (queue.Key{DB: 0, Name: tagged}); got != want {
				t.Errorf("in a cluster %v, want %v", got, want)
			}
		})
	}
}

// life follows a session from its first message until it is closed.
func life(t *testing.T, r *room) {
	none := queue.Key{}
	r.receive(r.desk, "o1", "你好")
	s := r.live("o1")
	r.only(r.redis.Queue(r.company, ""), s.SessionID)
	r.agrees()

	r.presence(yu, desk.Online)
	r.only(r.redis.Waiting(r.company, yu), s.SessionID)
	r.until("小鱼 is online", func() bool { return len(r.members(r.redis.Presence(r.company))) == 1 })
	feed := r.redis.Messages(r.company, yu)
	r.until("what was said in the queue is in the feed", func() bool { return len(r.members(feed)) == 1 })
	r.receive(r.desk, "o1", "在吗")
	r.until("what is said now is, too", func() bool { return len(r.members(feed)) == 2 })
	r.agrees()

	if err := r.desk.Accept(t.Context(), r.agent(yu), s.SessionID); err != nil {
		t.Fatal(err)
	}
	r.only(r.redis.Conversing(r.company, yu), s.SessionID)
	if err := r.desk.Close(t.Context(), r.agent(yu), s.SessionID); err != nil {
		t.Fatal(err)
	}
	r.only(none, s.SessionID)
	r.presence(yu, desk.Away)
	r.until("nobody is online", func() bool { return len(r.members(r.redis.Presence(r.company))) == 0 })
	r.agrees()
}

func TestTheWholeLifeOfASession(t *testing.T) {
	t.Parallel()
	life(t, newRoom(t))
}

func TestAFeedHasTheMessageAsOtherProgramsReadIt(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.presence(yu, desk.Online)
	r.receive(r.desk, "oyeC-wH2XKLJo94TOoBpnCeEAMeQ", "你好")
	r.until("the message is there", func() bool { return len(r.members(r.redis.Messages(r.company, yu))) == 1 })
	s := r.live("oyeC-wH2XKLJo94TOoBpnCeEAMeQ")
	ms, err := r.desk.MessagesAfter(t.Context(), s, 0, 10)
	if err != nil || len(ms) != 1 {
		t.Fatal(ms, err)
	}
	zs, err := r.redis.DB(1).ZRangeWithScores(t.Context(), r.redis.Messages(r.company, yu).Name, 0, -1).Result()
	if err != nil || zs[0].Score != float64(ms[0].CreatedAt.UnixMilli()) {
		t.Fatalf("the score is %v, %v", zs, err)
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(zs[0].Member.(string)), &got); err != nil {
		t.Fatal(err)
	}
	shanghai, _ := time.LoadLocation("Asia/Shanghai")
	want := map[string]any{"message_id": ms[0].ID.String(), "session_id": s.SessionID.String(), "company_id": r.company.String(), "appid": appid,
		"customer_wx_openid": "oyeC-wH2XKLJo94TOoBpnCeEAMeQ", "customer_service_id": float64(*s.CustomerServiceID), "uid": float64(yu), "opercode": 2.0, "message_type": 1.0,
		"text": "你好", "add_time": ms[0].CreatedAt.In(shanghai).Format(time.DateTime)}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the feed has %v\nwant %v", got, want)
	}
}

func TestAFeedKeepsTheNewest(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.presence(yu, desk.Online)
	r.receive(r.desk, "o1", "0")
	r.until("小鱼 has it", func() bool { return r.live("o1").Of(yu) })
	for i := 1; i <= 230; i++ {
		r.receive(r.desk, "o1", fmt.Sprint("第", i, "句"))
	}
	feed := r.redis.Messages(r.company, yu)
	r.until("the last message is there", func() bool {
		m := r.members(feed)
		return len(m) > 0 && strings.Contains(m[len(m)-1], "第230句")
	})
	if m := r.members(feed); len(m) != 200 || !strings.Contains(m[0], "第31句") {
		t.Errorf("the feed keeps %d, from %s", len(m), m[0])
	}
	r.agrees()
}

func TestATransferMovesASessionBetweenQueues(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.receive(r.desk, "o1", "你好")
	s := r.live("o1").SessionID
	for _, group := range []string{"售前", "售后", "售前"} {
		if err := r.desk.Transfer(t.Context(), r.agent(0), s, desk.Destination{Group: group}); err != nil {
			t.Fatal(err)
		}
		r.only(r.redis.Queue(r.company, group), s)
	}
	if err := r.desk.Transfer(t.Context(), r.agent(0), s, desk.Destination{UID: ming}); err != nil {
		t.Fatal(err)
	}
	r.only(r.redis.Waiting(r.company, ming), s)
	r.until("阿明's feed has what was said", func() bool { return len(r.members(r.redis.Messages(r.company, ming))) == 1 })
	r.agrees()
}

func TestPresenceFollowsWhatTheDeskSays(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	for _, tc := range []struct {
		name   string
		status string
		online bool
	}{
		{"chosen to be online", desk.Online, true},
		{"away is not online", desk.Away, false},
		{"auto without a workspace is not", desk.Auto, false},
		{"offline is not", desk.Offline, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r.presence(yu, tc.status)
			r.until("Redis says so", func() bool { return (len(r.members(r.redis.Presence(r.company))) == 1) == tc.online })
		})
	}
	r.presence(yu, desk.Auto)
	if err := r.desk.Connected(t.Context(), r.company, yu); err != nil {
		t.Fatal(err)
	}
	r.until("auto with a workspace is", func() bool { return len(r.members(r.redis.Presence(r.company))) == 1 })
	online, err := r.desk.Online(t.Context(), []id.ID{r.company})
	if err != nil || fmt.Sprint(online[r.company]) != fmt.Sprint([]int64{yu}) {
		t.Errorf("the desk says online are %v, %v", online, err)
	}
}

func TestABeatNotesWhoIsOnlineAndForgetsTheStale(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.presence(yu, desk.Online)
	r.until("小鱼 is online", func() bool { return len(r.members(r.redis.Presence(r.company))) == 1 })
	k := r.redis.Presence(r.company)
	old := float64(time.Now().Add(-time.Hour).UnixMilli())
	r.redis.DB(0).ZAdd(t.Context(), k.Name, redis.Z{Score: old, Member: "8082"}, redis.Z{Score: old, Member: "9999"})
	if err := r.index.Beat(t.Context()); err != nil {
		t.Fatal(err)
	}
	zs, err := r.redis.DB(0).ZRangeWithScores(t.Context(), k.Name, 0, -1).Result()
	if err != nil || len(zs) != 1 || zs[0].Member != "8082" || zs[0].Score == old {
		t.Errorf("presence is %v, %v", zs, err)
	}
	if ttl := r.redis.DB(0).TTL(t.Context(), k.Name).Val(); ttl <= 0 {
		t.Errorf("a company that nobody notes any more would stand there for good: %v", ttl)
	}
}

// recorder keeps changes, to be told later.
type recorder struct {
	sync.Mutex
	changes []desk.Change
}

func (e *recorder) Committed(_ context.Context, c []desk.Change) {
	e.Lock()
	defer e.Unlock()
	e.changes = append(e.changes, c...)
}

// recorded is a room in which thirty sessions have moved about, and nobody has told Redis.
func recorded(t *testing.T) (*room, []desk.Change) {
	r := &room{T: t, store: newStore(t), redis: databases(t, options(t, testkit.Redis(t))), company: id.New()}
	r.furnish(r.company, appid)
	e := &recorder{}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	r.desk = desk.New(desk.Options{Store: r.store, Effects: e})
	stopped := make(chan struct{})
	go func() { r.desk.Run(ctx); close(stopped) }()
	r.presence(yu, desk.Online)
	for i := range 30 {
		openid := fmt.Sprint("o", i)
		r.receive(r.desk, openid, "你好")
		s := r.live(openid).SessionID
		ctx := t.Context()
		switch i % 5 {
		case 0: // back and forth
			_ = r.desk.Transfer(ctx, r.agent(0), s, desk.Destination{UID: ming})
			_ = r.desk.Transfer(ctx, r.agent(0), s, desk.Destination{UID: yu})
			_ = r.desk.Transfer(ctx, r.agent(0), s, desk.Destination{UID: ming})
		case 1:
			_ = r.desk.Transfer(ctx, r.agent(0), s, desk.Destination{Group: "售后"})
			_ = r.desk.Transfer(ctx, r.agent(0), s, desk.Destination{Group: "售前"})
		case 2:
			_ = r.desk.Close(ctx, r.agent(0), s)
		case 3:
			_ = r.desk.Transfer(ctx, r.agent(0), s, desk.Destination{UID: ming})
			_ = r.desk.Accept(ctx, r.agent(ming), s)
		}
	}
	stop() // whatever was given out is told when it has stopped
	<-stopped
	if err := r.desk.GiveOut(t.Context(), r.company); err != nil {
		t.Fatal(err)
	}
	e.Lock()
	defer e.Unlock()
	if len(e.changes) < 60 {
		t.Fatalf("only %d changes: this test would mean nothing", len(e.changes))
	}
	return r, append([]desk.Change(nil), e.changes...)
}

func TestChangesInAnyOrderFromAnyProcessEndRight(t *testing.T) {
	t.Parallel()
	r, changes := recorded(t)
	// Mending is out of the way: only the changes themselves are written, by two processes, in orders of their own.
	r.index = queue.New(queue.Options{Redis: r.redis, Store: r.store})
	for seed := range uint64(8) {
		for db := range 3 {
			r.redis.DB(db).FlushDB(t.Context())
		}
		var both sync.WaitGroup
		for half := range 2 {
			both.Go(func() {
				mine := append([]desk.Change(nil), changes...)
				rnd := rand.New(rand.NewPCG(seed, uint64(half)))
				rnd.Shuffle(len(mine), func(i, j int) { mine[i], mine[j] = mine[j], mine[i] })
				x := queue.New(queue.Options{Redis: r.redis, Store: r.store})
				for len(mine) > 0 {
					n := min(len(mine), 1+rnd.IntN(20))
					if seed%2 == 0 {
						n = len(mine) // all in one batch
					}
					x.Committed(t.Context(), mine[:n])
					x.Drain()
					mine = mine[n:]
				}
			})
		}
		both.Wait()
		differs, err := r.index.Check(t.Context())
		if err != nil || len(differs) > 0 {
			t.Fatalf("seed %d: %v, %v", seed, differs, err)
		}
	}
}

func TestWhatOverflowsIsFoundAgain(t *testing.T) {
	t.Parallel()
	r, changes := recorded(t)
	r.index = queue.New(queue.Options{Redis: r.redis, Store: r.store}) // it does not run yet
	for range 20000/len(changes) + 1 {
		r.index.Committed(t.Context(), changes) // would block here if it could
	}
	if n, err := r.redis.DB(2).DBSize(t.Context()).Result(); err != nil || n != 0 {
		t.Fatalf("something was written already: %d, %v", n, err)
	}
	r.run(r.index.Run)
	r.agrees()
}

func TestTwoProcessesOnOneRedisEndRight(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	other, _ := r.open()
	r.presence(yu, desk.Online)
	r.presence(ming, desk.Online)
	var all sync.WaitGroup
	for i := range 30 {
		all.Go(func() {
			d, e := r.desk, other
			if i%2 == 1 {
				d, e = e, d
			}
			openid := fmt.Sprint("o", i)
			r.receive(d, openid, "你好")
			r.receive(e, openid, "在吗")
			s := r.live(openid).SessionID
			_ = e.Transfer(t.Context(), r.agent(0), s, desk.Destination{UID: ming})
			_ = d.Accept(t.Context(), r.agent(ming), s)
			_ = e.Transfer(t.Context(), r.agent(0), s, desk.Destination{Group: "售前"})
			if i%3 == 0 {
				_ = d.Close(t.Context(), r.agent(0), s)
			}
		})
	}
	all.Wait()
	r.agrees()
}

func TestWhoIsForgottenLeavesNothingInAnyFeed(t *testing.T) { layouts(t, forgotten) }

func forgotten(t *testing.T, rd *queue.Redis) {
	r := roomOn(t, rd)
	r.presence(yu, desk.Online)
	r.receive(r.desk, "o1", "我的秘密")
	r.receive(r.desk, "o2", "别人的话")
	feed := r.redis.Messages(r.company, yu)
	said := func() string {
		return strings.Join(r.redis.DB(feed.DB).ZRange(t.Context(), feed.Name, 0, -1).Val(), " ")
	}
	r.until("both stand in the feed", func() bool {
		return strings.Contains(said(), "我的秘密") && strings.Contains(said(), "别人的话")
	})
	if err := r.index.Forget(t.Context(), r.company, appid, "o1"); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(said(), "我的秘密") || strings.Contains(said(), `"o1"`) || !strings.Contains(said(), "别人的话") {
		t.Errorf("the feed has %s", said())
	}
}
