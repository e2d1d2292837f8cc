package queue

import (
	"context"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"weir/internal/desk"
	"weir/internal/id"
)

// How often agents online are noted again, and how old a sign of life may be.
const (
	beatEvery = 5 * time.Second
	staleAt   = 60 * time.Second
)

// present notes that an agent has come or gone.
func (x *Index) present(ctx context.Context, p *pipes, company id.ID, uid int64, online bool) {
	k := x.redis.Presence(company)
	pipe := p.on(k)
	if !online {
		pipe.ZRem(ctx, k.Name, strconv.FormatInt(uid, 10))
		return
	}
	pipe.ZAdd(ctx, k.Name, redis.Z{Score: at(x.clock()), Member: strconv.FormatInt(uid, 10)})
	pipe.PExpire(ctx, k.Name, staleAt)
}

// beat notes every few seconds who is online, in one process of all: one question for some hundred companies, and one
// pipeline. An agent who is not noted any more is forgotten after staleAt, and so is a company.
func (x *Index) beat(ctx context.Context) {
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	for {
		if x.up.Load() && x.mine(ctx, "beat", beatEvery*9/10) {
			if err := x.Beat(ctx); err != nil && ctx.Err() == nil {
				x.log.Warn("presence could not be noted", "err", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Beat notes who is online now.
func (x *Index) Beat(ctx context.Context) error {
	return x.desk.EachCompanies(ctx, func(companies []id.ID) error {
		online, err := x.desk.Online(ctx, companies)
		if err != nil {
			return err
		}
		p := x.redis.pipes()
		for company, uids := range online {
			x.online(ctx, p, company, uids)
		}
		return p.exec(ctx)
	})
}

func (x *Index) online(ctx context.Context, p *pipes, company id.ID, uids []int64) {
	now := x.clock()
	k := x.redis.Presence(company)
	zs := make([]redis.Z, len(uids))
	for i, uid := range uids {
		zs[i] = redis.Z{Score: at(now), Member: strconv.FormatInt(uid, 10)}
	}
	pipe := p.on(k)
	pipe.ZAdd(ctx, k.Name, zs...)
	pipe.ZRemRangeByScore(ctx, k.Name, "-inf", "("+strconv.FormatInt(now.Add(-staleAt).UnixMilli(), 10))
	pipe.PExpire(ctx, k.Name, staleAt)
}

// mine says whether this process is the one that does a thing for a while.
func (x *Index) mine(ctx context.Context, what string, long time.Duration) bool {
	k := x.redis.At(dbSessions, mark+":"+what)
	won, err := x.redis.DB(dbSessions).SetNX(ctx, k.Name, x.name, long).Result()
	return err == nil && won
}

var _ desk.Effects = (*Index)(nil)
