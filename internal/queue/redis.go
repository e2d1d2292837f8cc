package queue

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// Redis is a Redis with the layout it is used by.
type Redis struct {
	Keys
	one     redis.UniversalClient // of a cluster
	close   func() error          // closes it, where it is ours; nil: it is not
	open    func(db int) redis.UniversalClient
	mu      sync.Mutex
	clients map[int]redis.UniversalClient
}

// Databases is a Redis of sixteen databases. It connects when it is first used. A command that fails is not tried again: it
// would stand in the way of what comes after, and the index mends itself.
func Databases(o redis.Options) *Redis {
	if o.DialTimeout == 0 {
		o.DialTimeout = 2 * time.Second
	}
	if o.MaxRetries == 0 {
		o.MaxRetries = -1
	}
	return Opened(func(db int) redis.UniversalClient {
		o := o
		o.DB = db
		return redis.NewClient(&o)
	})
}

// Opened is a Redis of databases that are opened another way: through Sentinel, say. open is called once for each that is used.
func Opened(open func(db int) redis.UniversalClient) *Redis {
	return &Redis{open: open, clients: map[int]redis.UniversalClient{}}
}

// Cluster is a Redis Cluster, or any Redis that offers one database only. The client stays the caller's.
func Cluster(c redis.UniversalClient) *Redis { return &Redis{Keys: Keys{Cluster: true}, one: c} }

// DB is the client of a database. In a cluster it is the same for all, and keys begin with Prefix.
func (r *Redis) DB(n int) redis.UniversalClient {
	if r.one != nil {
		return r.one
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.clients[n]
	if c == nil {
		c = r.open(n)
		r.clients[n] = c
	}
	return c
}

// Close closes the clients that were opened for it.
func (r *Redis) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var errs []error
	for _, c := range r.clients {
		errs = append(errs, c.Close())
	}
	clear(r.clients)
	if r.close != nil {
		errs = append(errs, r.close())
	}
	return errors.Join(errs...)
}

// pipes is a pipeline for each database that is written to.
type pipes struct {
	r  *Redis
	by map[int]redis.Pipeliner
}

func (r *Redis) pipes() *pipes { return &pipes{r, map[int]redis.Pipeliner{}} }

func (p *pipes) on(k Key) redis.Pipeliner {
	pipe := p.by[k.DB]
	if pipe == nil {
		pipe = p.r.DB(k.DB).Pipeline()
		p.by[k.DB] = pipe
	}
	return pipe
}

// exec sends them all. What is not there is no error.
func (p *pipes) exec(ctx context.Context) error {
	for _, pipe := range p.by {
		cmds, err := pipe.Exec(ctx)
		if err == nil {
			continue
		}
		if len(cmds) == 0 {
			return err
		}
		for _, c := range cmds {
			if err := c.Err(); err != nil && !errors.Is(err, redis.Nil) {
				return err
			}
		}
	}
	return nil
}

// scan tells f every key of the layout, some hundreds at a time, each perhaps more than once.
func (r *Redis) scan(ctx context.Context, f func(Key)) error {
	for _, db := range []int{dbSessions, dbMessages, dbQueues} {
		one := func(ctx context.Context, c redis.Cmdable) error {
			it := c.Scan(ctx, 0, r.Prefix(db)+"*:*", 1000).Iterator()
			for it.Next(ctx) {
				k := Key{db, it.Val()}
				if r.Cluster {
					k.DB = 0
				}
				f(k)
			}
			return it.Err()
		}
		var err error
		if c, ok := r.DB(db).(*redis.ClusterClient); ok {
			var mu sync.Mutex // the masters are asked at once
			err = c.ForEachMaster(ctx, func(ctx context.Context, c *redis.Client) error {
				mu.Lock()
				defer mu.Unlock()
				return one(ctx, c)
			})
		} else {
			err = one(ctx, r.DB(db))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// run names the running servers: a server that was started anew may have lost the last second. Where it cannot be asked, all
// servers have the same name.
func (r *Redis) run(ctx context.Context) string {
	ask := func(ctx context.Context, c redis.Cmdable) string {
		info, err := c.Info(ctx, "server").Result()
		if err != nil {
			return "unknown"
		}
		_, rest, found := strings.Cut(info, "run_id:")
		if !found {
			return "unknown"
		}
		name, _, _ := strings.Cut(rest, "\r\n")
		return name
	}
	c, ok := r.DB(dbSessions).(*redis.ClusterClient)
	if !ok {
		return ask(ctx, r.DB(dbSessions))
	}
	var mu sync.Mutex
	names := map[string]bool{}
	_ = c.ForEachMaster(ctx, func(ctx context.Context, c *redis.Client) error {
		name := ask(ctx, c)
		mu.Lock()
		defer mu.Unlock()
		names[name] = true
		return nil
	})
	return joined(names)
}
