package courier

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"weir/internal/id"
)

const (
	bellWaits = 4096             // rings that wait for Redis; beyond it they are dropped, and found by looking
	bellKept  = 20_000           // rings that wait in Redis for somebody who carries
	bellLife  = 10 * time.Second // and for how long: by then they are found by looking
	bellPause = time.Second
)

// forMedia is a ring that names no customer: there is something to fetch.
const forMedia = "media"

// Bell is how a process that carries nothing tells those that do: through a list in Redis, of which each entry is heard by one of
// them. It keeps nothing; a ring that is lost is found by looking, two seconds later.
type Bell struct {
	rdb   redis.UniversalClient
	key   string
	rings chan string
	log   *slog.Logger
}

// NewBell makes one; prefix begins every key, where a database is shared.
func NewBell(rdb redis.UniversalClient, prefix string, log *slog.Logger) *Bell {
	return &Bell{rdb: rdb, key: prefix + "errands", rings: make(chan string, bellWaits), log: log}
}

// Ring says that there is something for a customer. It never blocks.
func (b *Bell) Ring(to Customer) { b.ring(to.Company.String() + " " + to.AppID + " " + to.OpenID) }

// RingForMedia says that there may be something to fetch. It never blocks.
func (b *Bell) RingForMedia() { b.ring(forMedia) }

func (b *Bell) ring(what string) {
	select {
	case b.rings <- what:
	default:
	}
}

// Run passes on what is rung, until the context ends.
func (b *Bell) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case first := <-b.rings:
			b.pass(ctx, first)
		}
	}
}

// pass passes on a ring, and those that wait behind it.
func (b *Bell) pass(ctx context.Context, first string) {
	all := []any{first}
	for more := true; more && len(all) < bellWaits; {
		select {
		case next := <-b.rings:
			all = append(all, next)
		default:
			more = false
		}
	}
	p := b.rdb.Pipeline()
	p.RPush(ctx, b.key, all...)
	p.LTrim(ctx, b.key, -bellKept, -1)
	p.PExpire(ctx, b.key, bellLife)
	if _, err := p.Exec(ctx); err != nil && ctx.Err() == nil {
		b.log.Warn("those who send could not be told; they will find it by looking", "messages", len(all), "err", err)
	}
}

// Listen hears what others ring, until the context ends.
func (b *Bell) Listen(ctx context.Context, wake func(Customer), media func()) {
	for ctx.Err() == nil {
		entry, err := b.rdb.BLPop(ctx, bellPause, b.key).Result()
		switch {
		case errors.Is(err, redis.Nil):
		case err != nil: // Redis is away; who looks misses nothing
			select {
			case <-ctx.Done():
			case <-time.After(bellPause):
			}
		case entry[1] == forMedia:
			media()
		default:
			if to, ok := customerOf(entry[1]); ok {
				wake(to)
			}
		}
	}
}

func customerOf(entry string) (to Customer, ok bool) {
	parts := strings.SplitN(entry, " ", 3)
	if len(parts) != 3 {
		return to, false
	}
	company, err := id.Parse(parts[0])
	return Customer{company, parts[1], parts[2]}, err == nil
}
