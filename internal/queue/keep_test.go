package queue_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/queue"
	"weir/internal/store"
	"weir/internal/testkit"
)

func TestRedisKilledUnderAStreamIsRightAgainByItself(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	r := roomOn(t, databases(t, s.o))
	r.presence(yu, desk.Online)
	r.presence(ming, desk.Online)
	stop := make(chan struct{})
	var stream sync.WaitGroup
	for w := range 3 {
		stream.Go(func() {
			for i := 0; i < 3000; i++ {
				select {
				case <-stop:
					return
				default:
				}
				openid := fmt.Sprint("o", w, "-", i%40)
				began := time.Now()
				r.receive(r.desk, openid, "你好")
				if took := time.Since(began); took > 3*time.Second {
					t.Errorf("a callback waited %v for Redis", took)
				}
				switch i % 7 {
				case 2:
					_ = r.desk.Close(t.Context(), r.agent(0), r.live(openid).SessionID)
				case 3:
					_ = r.desk.Transfer(t.Context(), r.agent(0), r.live(openid).SessionID, desk.Destination{UID: ming})
				}
			}
		})
	}
	queued := func() bool {
		c, err := r.redis.DB(0).ZCard(t.Context(), r.redis.Waiting(r.company, ming).Name).Result()
		return err == nil && c > 0
	}
	for range 2 {
		r.until("the stream reaches Redis", queued)
		s.kill()
		s.start()
	}
	r.until("the stream reaches Redis again", queued)
	close(stop)
	stream.Wait()
	r.agrees()
}

func TestRedisEmptiedIsFilledAgainByItself(t *testing.T) { layouts(t, emptied) }

func emptied(t *testing.T, rd *queue.Redis) {
	r := roomOn(t, rd)
	r.receive(r.desk, "o1", "你好")
	r.presence(yu, desk.Online)
	r.until("小鱼 has it", func() bool { return r.live("o1").Of(yu) })
	s := r.live("o1").SessionID
	if err := r.desk.Transfer(t.Context(), r.agent(0), s, desk.Destination{Group: "售后"}); err != nil {
		t.Fatal(err)
	}
	r.receive(r.desk, "o2", "你好")
	r.until("小鱼 has the second", func() bool { return r.live("o2").Of(yu) })
	for _, tc := range []struct {
		name  string
		empty func() error
	}{
		{"all of it", func() error { return r.redis.DB(0).FlushAll(t.Context()).Err() }},
		{"where the sessions are", func() error { return r.flush(r.redis.Waiting(r.company, yu)) }},
		{"where the messages are", func() error { return r.flush(r.redis.Messages(r.company, yu)) }},
		{"where the queues are", func() error { return r.flush(r.redis.Queue(r.company, "售后")) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r.agrees()
			if err := tc.empty(); err != nil {
				t.Fatal(err)
			}
			r.only(r.redis.Queue(r.company, "售后"), s)
			r.only(r.redis.Waiting(r.company, yu), r.live("o2").SessionID)
			r.until("the feed is back", func() bool { return len(r.members(r.redis.Messages(r.company, yu))) >= 1 })
			r.agrees()
		})
	}
}

func TestCheckSaysWhatIsWhereAndRebuildMendsIt(t *testing.T) { layouts(t, checked) }

func checked(t *testing.T, rd *queue.Redis) {
	r := &room{T: t, store: newStore(t), redis: rd, company: id.New()}
	r.furnish(r.company, appid)
	r.desk, r.index = r.openDesk(nil), newIndex(r) // it does not run: what is wrong stays wrong
	r.receive(r.desk, "o-served", "你好")
	r.presence(yu, desk.Online)
	r.until("小鱼 has it", func() bool { return r.live("o-served").Of(yu) })
	r.receive(r.desk, "o-queueing", "你好")
	s := r.live("o-queueing").SessionID
	if err := r.desk.Transfer(t.Context(), r.agent(0), s, desk.Destination{Group: "售后"}); err != nil {
		t.Fatal(err)
	}
	if err := r.index.Rebuild(t.Context(), r.company); err != nil {
		t.Fatal(err)
	}
	r.agrees()

	k := r.redis
	queueing, wrong, feed := k.Queue(r.company, "售后"), k.Waiting(r.company, 4711), k.Messages(r.company, yu)
	stranger := id.New()
	foreign := k.Queue(stranger, "")
	z := func(score float64, member string) redis.Z { return redis.Z{Score: score, Member: member} }
	ctx := t.Context()
	for _, tc := range []struct {
		name, say string
		harm      func() error
	}{
		{"a session that is missing", "lacks session " + s.String(), func() error { return k.DB(2).ZRem(ctx, queueing.Name, s.String()).Err() }},
		{"a session at the wrong place", "which belongs into " + queueing.Name, func() error { return k.DB(0).ZAdd(ctx, wrong.Name, z(1, s.String())).Err() }},
		{"a session that was never there", "PostgreSQL does not have", func() error { return k.DB(0).ZAdd(ctx, wrong.Name, z(1, id.New().String())).Err() }},
		{"a wrong score", "it should be", func() error { return k.DB(2).ZAdd(ctx, queueing.Name, z(1, s.String())).Err() }},
		{"what is no session", "which is no session", func() error { return k.DB(2).ZAdd(ctx, queueing.Name, z(1, "hello")).Err() }},
		{"the queue of a group that is no more", "which belongs into", func() error {
			return k.DB(2).ZAdd(ctx, k.Queue(r.company, "以前").Name, z(1, s.String())).Err()
		}},
		{"a company that is no more", "no such company", func() error { return k.DB(2).ZAdd(ctx, foreign.Name, z(1, s.String())).Err() }},
		{"a message that is missing", "lacks message", func() error { return k.DB(1).ZPopMax(ctx, feed.Name).Err() }},
		{"a key of the wrong type", "is a string", func() error { return k.DB(2).Set(ctx, queueing.Name, "x", 0).Err() }},
		{"a list of sessions in conversation that is a hash", "is a hash", func() error {
			return k.DB(0).HSet(ctx, k.Conversing(r.company, yu).Name, "a", "b").Err()
		}},
		{"presence of the wrong type", "is a list", func() error {
			k.DB(0).Del(ctx, k.Presence(r.company).Name)
			return k.DB(0).LPush(ctx, k.Presence(r.company).Name, "8082").Err()
		}},
		{"an agent who is online", "lacks agent 8082", func() error { return k.DB(0).Del(ctx, k.Presence(r.company).Name).Err() }},
		{"an agent who has long gone", "has agent 9999", func() error { return k.DB(0).ZAdd(ctx, k.Presence(r.company).Name, z(1, "9999")).Err() }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if err := tc.harm(); err != nil {
				t.Fatal(err)
			}
			differs, err := r.index.Check(ctx)
			if err != nil || len(differs) == 0 {
				t.Fatalf("Check found %v, %v", differs, err)
			}
			told := false
			for _, d := range differs {
				told = told || strings.Contains(d.String(), tc.say)
			}
			if !told {
				t.Errorf("nobody said %q: %v", tc.say, differs)
			}
			if err := r.index.Rebuild(ctx); err != nil {
				t.Fatal(err)
			}
			if differs, err := r.index.Check(ctx); err != nil || len(differs) > 0 {
				t.Errorf("after Rebuild: %v, %v", differs, err)
			}
		})
	}
}

func TestCheckReadsMoreSessionsThanAPage(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	var all sync.WaitGroup
	for w := range 16 {
		all.Go(func() {
			for i := range 75 {
				r.receive(r.desk, fmt.Sprint("o", w, "-", i), "你好")
			}
		})
	}
	all.Wait()
	r.until("1200 queue", func() bool { return len(r.members(r.redis.Queue(r.company, ""))) == 1200 })
	r.agrees()
	r.redis.DB(2).FlushDB(t.Context())
	r.until("1200 queue again", func() bool { return len(r.members(r.redis.Queue(r.company, ""))) == 1200 })
}

func TestOneNodeOfAClusterKilledUnderAStreamIsRightAgainByItself(t *testing.T) {
	t.Parallel()
	c := testkit.OwnRedisCluster(t)
	r := roomOn(t, clustered(t, c))
	r.presence(yu, desk.Online)
	r.receive(r.desk, "o0", "你好")
	r.agrees()
	for i, n := range c.Nodes { // one of them has the company's keys
		n.Kill()
		for m := range 5 {
			r.receive(r.desk, fmt.Sprintf("o%d-%d", i, m), "你好") // callbacks need no Redis
		}
		if err := n.Start(); err != nil {
			t.Fatal(err)
		}
		if err := c.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.receive(r.desk, fmt.Sprintf("o%d-after", i), "你好")
		r.agrees()
	}
}

// Who was killed between the commit and Redis told nobody. Whoever finds them dead has everything compared.
func TestWhatAKilledProcessDidNotTellReachesRedis(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.presence(yu, desk.Online)
	r.receive(r.desk, "o1", "你好")
	r.until("小鱼 has it", func() bool { return r.live("o1").Of(yu) })
	s := r.live("o1").SessionID
	r.only(r.redis.Waiting(r.company, yu), s)
	dead := desk.New(desk.Options{Store: r.store}) // it tells nobody
	if err := dead.Transfer(t.Context(), r.agent(0), s, desk.Destination{UID: ming}); err != nil {
		t.Fatal(err)
	}
	if got := r.members(r.redis.Waiting(r.company, ming)); len(got) != 0 {
		t.Fatalf("Redis knows already: %v", got)
	}
	if _, err := r.store.Outside().InstanceSeen(t.Context(), store.InstanceSeenParams{InstanceID: dead.Instance(), At: time.Now().Add(-time.Hour)}); err != nil {
		t.Fatal(err)
	}
	if err := r.desk.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.only(r.redis.Waiting(r.company, ming), s)
}
