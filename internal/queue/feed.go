package queue

import (
	"context"
	"encoding/json"
	"time"

	"github.com/redis/go-redis/v9"

	"weir/internal/desk"
	"weir/internal/id"
)

// How many messages an agent's feed keeps, and how many of a session are added when an agent gets it.
const (
	feedMost  = 200
	givenMost = 50
)

// feeds adds messages to the feeds of agents and keeps each at its length.
type feeds struct {
	x    *Index
	p    *pipes
	keys map[Key]bool
}

// entry is a message as an agent's feed has it. What the customer said before anybody had the session says who has it now:
// whose feed it is in.
func entry(c *desk.Company, m *desk.Message, uid, seat int64) string {
	w := m.Wire(c.Location, false)
	w.UID, w.CustomerServiceID = uid, seat
	b, _ := json.Marshal(w) // strings and finite numbers always can be
	return string(b)
}

func (f *feeds) add(ctx context.Context, c *desk.Company, m *desk.Message, uid, seat int64) {
	f.put(ctx, f.x.redis.Messages(c.CompanyID, uid), at(m.CreatedAt), entry(c, m, uid, seat))
}

func (f *feeds) put(ctx context.Context, k Key, score float64, entry string) {
	f.p.on(k).ZAdd(ctx, k.Name, redis.Z{Score: score, Member: entry})
	if f.keys == nil {
		f.keys = map[Key]bool{}
	}
	f.keys[k] = true
}

// trim drops the oldest of those feeds that have grown.
func (f *feeds) trim(ctx context.Context) {
	for k := range f.keys {
		f.p.on(k).ZRemRangeByRank(ctx, k.Name, 0, -feedMost-1)
	}
	clear(f.keys)
}

// Forget takes what a customer said out of every feed. It is not much that is looked through: a feed is short.
func (x *Index) Forget(ctx context.Context, company id.ID, appid, openid string) error {
	agents, err := x.store.Of(company).AgentsOfCompany(ctx, company)
	if err != nil {
		return err
	}
	p := x.redis.pipes()
	for _, a := range agents {
		k := x.redis.Messages(company, a.UID)
		entries, err := x.redis.DB(k.DB).ZRange(ctx, k.Name, 0, -1).Result()
		if err != nil {
			return err
		}
		for _, e := range entries {
			var w desk.Wire
			if err := json.Unmarshal([]byte(e), &w); err == nil && w.AppID == appid && w.OpenID == openid {
				p.on(k).ZRem(ctx, k.Name, e)
			}
		}
	}
	return p.exec(ctx)
}

// feedGiven adds what customers said before to the feeds of those who have got their sessions.
func (x *Index) feedGiven(ctx context.Context, with *companies, given []*row) error {
	byCompany := map[id.ID][]*row{}
	for _, r := range given {
		byCompany[r.CompanyID] = append(byCompany[r.CompanyID], r)
	}
	p := x.redis.pipes()
	f := feeds{x: x, p: p}
	for company, rows := range byCompany {
		c, err := with.get(ctx, company)
		if err != nil {
			return err
		}
		err = x.heard(ctx, company, rows, func(r *row, m *desk.Message) { f.add(ctx, c, m, *r.UID, val(r.CustomerServiceID)) })
		if err != nil {
			return err
		}
	}
	f.trim(ctx)
	return p.exec(ctx)
}

// heard tells f the last messages of the customers of some sessions, which somebody has.
func (x *Index) heard(ctx context.Context, company id.ID, rows []*row, f func(*row, *desk.Message)) error {
	sessions, oldest, by := make([]id.ID, len(rows)), make([]time.Time, len(rows)), make(map[id.ID]*row, len(rows))
	for i, r := range rows {
		sessions[i], oldest[i], by[r.SessionID] = r.SessionID, r.OldestAt, r
	}
	messages, err := x.desk.HeardLast(ctx, company, sessions, oldest, givenMost)
	if err != nil {
		return err
	}
	for i := range messages {
		f(by[messages[i].SessionID], &messages[i])
	}
	return nil
}
