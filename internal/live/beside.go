package live

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Those who listen to a topic that begins with Beside see each other: who else listens, in whichever process, and who writes there. The
// topic rings when either changes, and as soon as what was said by a process that died has run out.
const Beside = "beside/"

// besideFor is how long, in heartbeats, a sign of somebody holds without another.
const besideFor = 3

// besideEvery bounds how often ears that come and go are looked at: a reconnect of thousands is one look.
const besideEvery = 50 * time.Millisecond

// Signs of an agent at a topic, as Redis has them before the uid.
const (
	signHere    = "h"
	signWriting = "w"
)

// Company is who is at a topic. Both are in ascending order, and whoever writes is also there, or was a moment ago.
type Company struct{ Here, Writing []int64 }

// At says who is at a topic that begins with Beside. The error is Redis's.
func (h *Hub) At(ctx context.Context, company, topic string) (Company, error) {
	signs, err := h.rdb.ZRangeByScore(ctx, h.besideKey(company, topic), since(time.Now())).Result()
	return parseSigns(signs), err
}

// Writing says that an agent writes at a topic, for so long as is given; zero: no more. The error is Redis's.
func (h *Hub) Writing(ctx context.Context, company, topic string, uid int64, long time.Duration) error {
	pipe := h.rdb.TxPipeline()
	if long > 0 {
		h.sign(ctx, pipe, company, topic, signWriting, uid, time.Now().Add(long))
	} else {
		pipe.ZRem(ctx, h.besideKey(company, topic), signWriting+strconv.FormatInt(uid, 10))
	}
	done, err := pipe.Exec(ctx)
	if err == nil && done[0].(*redis.IntCmd).Val() > 0 { // who goes on writing is no news
		h.Ring(company, topic)
	}
	return err
}

func (h *Hub) sign(ctx context.Context, pipe redis.Pipeliner, company, topic, sign string, uid int64, until time.Time) {
	key := h.besideKey(company, topic)
	pipe.ZAdd(ctx, key, redis.Z{Score: float64(until.UnixMilli()), Member: sign + strconv.FormatInt(uid, 10)})
	pipe.PExpire(ctx, key, time.Until(until)+besideFor*h.opt.Heartbeat)
}

// spot is a topic of a company.
type spot struct{ company, topic string }

// keepBeside tells Redis who of this process is where, and rings where somebody came, went or fell silent.
func (h *Hub) keepBeside(ctx context.Context) {
	beat := time.NewTicker(h.opt.Heartbeat)
	defer beat.Stop()
	told, shown := map[spot][]int64{}, map[spot]string{}
	for {
		due := false
		select {
		case <-h.beside:
			pause(ctx, besideEvery)
		case <-beat.C:
			due = true
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			_ = h.tellBeside(last, told, map[spot][]int64{}) // who is not told finds the signs gone in a moment
			cancel()
			return
		}
		now := h.spots()
		if h.tellBeside(ctx, told, now) == nil {
			told = now
		}
		if due {
			shown = h.renewBeside(ctx, told, shown)
		}
	}
}

// spots are the topics that ears of this process are at, each with its agents.
func (h *Hub) spots() map[spot][]int64 {
	out := map[spot][]int64{}
	for _, c := range h.all() {
		c.mu.Lock()
		for topic, places := range c.topics {
			if !strings.HasPrefix(topic, Beside) {
				continue
			}
			var uids []int64
			for _, p := range places {
				uids = append(uids, p.ear.uid)
			}
			slices.Sort(uids)
			out[spot{c.id, topic}] = slices.Compact(uids)
		}
		c.mu.Unlock()
	}
	return out
}

// tellBeside writes what has changed, and rings it. Who goes has also ceased to write.
func (h *Hub) tellBeside(ctx context.Context, was, now map[spot][]int64) error {
	var news []spot
	pipe := h.rdb.Pipeline()
	until := time.Now().Add(besideFor * h.opt.Heartbeat)
	for s, uids := range now {
		come := slices.DeleteFunc(slices.Clone(uids), func(uid int64) bool { return slices.Contains(was[s], uid) })
		for _, uid := range come {
			h.sign(ctx, pipe, s.company, s.topic, signHere, uid, until)
		}
		if len(come) > 0 {
			news = append(news, s)
		}
	}
	for s, uids := range was {
		gone := slices.DeleteFunc(slices.Clone(uids), func(uid int64) bool { return slices.Contains(now[s], uid) })
		for _, uid := range gone {
			n := strconv.FormatInt(uid, 10)
			pipe.ZRem(ctx, h.besideKey(s.company, s.topic), signHere+n, signWriting+n)
		}
		if len(gone) > 0 {
			news = append(news, s)
		}
	}
	if len(news) == 0 {
		return nil
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return err
	}
	for _, s := range news {
		h.Ring(s.company, s.topic)
	}
	return nil
}

// renewBeside says once more who is here, and looks who is at the same topics elsewhere: those of a process that died have run out, and
// so has the writing of whoever stopped. It returns what is there now.
func (h *Hub) renewBeside(ctx context.Context, here map[spot][]int64, shown map[spot]string) map[spot]string {
	now := time.Now()
	pipe, looks := h.rdb.Pipeline(), make(map[spot]*redis.StringSliceCmd, len(here))
	for s, uids := range here {
		for _, uid := range uids {
			h.sign(ctx, pipe, s.company, s.topic, signHere, uid, now.Add(besideFor*h.opt.Heartbeat))
		}
		key := h.besideKey(s.company, s.topic)
		pipe.ZRemRangeByScore(ctx, key, "-inf", "("+unixMilli(now))
		looks[s] = pipe.ZRange(ctx, key, 0, -1)
	}
	if len(here) == 0 {
		return map[spot]string{}
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return shown
	}
	seen := make(map[spot]string, len(looks))
	for s, look := range looks {
		signs := look.Val()
		slices.Sort(signs)
		seen[s] = strings.Join(signs, " ")
		if was, known := shown[s]; known && was != seen[s] {
			if c := h.company(s.company); c != nil {
				c.ring([]string{s.topic})
			}
		}
	}
	return seen
}

func since(now time.Time) *redis.ZRangeBy { return &redis.ZRangeBy{Min: unixMilli(now), Max: "+inf"} }

func parseSigns(signs []string) (at Company) {
	sets := map[string]map[int64]struct{}{signHere: {}, signWriting: {}}
	for _, s := range signs {
		if uid, err := strconv.ParseInt(s[1:], 10, 64); err == nil && sets[s[:1]] != nil {
			sets[s[:1]][uid] = struct{}{}
		}
	}
	return Company{slices.Sorted(maps.Keys(sets[signHere])), slices.Sorted(maps.Keys(sets[signWriting]))}
}

func (h *Hub) besideKey(company, topic string) string {
	return h.opt.Prefix + "live:{" + company + "}:" + topic
}
