package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"weir/handlers"
	"weir/internal/config"
	"weir/internal/courier"
	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/live"
	"weir/internal/login"
	"weir/internal/media"
	"weir/internal/platform"
	"weir/internal/queue"
	"weir/internal/search"
	"weir/internal/secret"
	"weir/internal/store"
	"weir/internal/uploads"
	"weir/internal/wechat"
)

// app is Weir, wired: one process of it.
type app struct {
	config   config.Config
	log      *slog.Logger
	store    *store.Store
	searched *store.Store // a replica; nil: the store itself
	redis    *queue.Redis
	box      *secret.Box
	desk     *desk.Desk
	hub      *live.Hub
	index    *queue.Index
	courier  *courier.Courier
	fetcher  *courier.Fetcher
	clerk    *courier.Clerk
	bell     *courier.Bell
	platform *platform.Platform
	words    *search.Index
	carries  bool // this process sends to WeChat, and fills the index of the search
	metrics  *prometheus.Registry
	handler  handlers.Deps

	draining atomic.Bool // asked to stop: send no more requests here
}

// wire puts the parts together. Nothing runs yet.
func wire(ctx context.Context, c config.Config, s *servers, log *slog.Logger) (*app, error) {
	key, err := c.Key()
	if err != nil {
		return nil, err
	}
	a := &app{config: c, log: log, box: secret.New(key), metrics: prometheus.NewRegistry()}
	a.metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	if a.store, err = store.Open(ctx, s.Database); err != nil {
		return nil, err
	}
	if c.DatabaseReplicaURL != "" {
		if a.searched, err = store.Open(ctx, string(c.DatabaseReplicaURL)); err != nil {
			return nil, fmt.Errorf("WEIR_DATABASE_REPLICA_URL: %w", err)
		}
	}
	if err := a.openRedis(s.Redis); err != nil {
		return nil, err
	}
	prefix := a.redis.Prefix(4) // what a cluster has in place of database 4
	instance := id.New()
	effects := &effects{app: a}
	a.desk = desk.New(desk.Options{Store: a.store, Searched: a.searched, Effects: effects, Log: log, Instance: instance, Metrics: desk.NewMetrics(a.metrics),
		Present: func() map[string][]int64 { return a.hub.Here() }})
	a.hub = live.New(a.redis.DB(4), live.Options{Prefix: prefix, Instance: instance.String(), Log: log, OnConnect: effects.connected, OnLeave: effects.left, OnTouch: effects.touched})
	a.index = queue.New(queue.Options{Redis: a.redis, Store: a.store, Desk: a.desk, Log: log})
	client := wechat.NewClient(c.WeChatAPIURL, nil)
	a.platform = platform.New(platform.Options{Store: a.store, Box: a.box, Client: client, Redis: a.redis.DB(4), Prefix: prefix, Clock: time.Now, Log: log, Metrics: a.metrics})
	tokens := a.platform.Tokens()
	a.words = search.NewIndex(a.store, log, a.metrics)
	a.bell = courier.NewBell(a.redis.DB(4), prefix, log)
	kept, err := media.Open(c.MediaURL)
	if err != nil {
		return nil, err
	}
	a.courier = courier.New(a.desk, client, tokens, kept, log, a.metrics)
	tools := media.FindTools()
	if !tools.HaveFFmpeg() {
		log.Info("there is no ffmpeg here: voice messages can be downloaded, not played, and videos have WeChat's own picture only")
	}
	a.fetcher = courier.NewFetcher(a.desk, client, tokens, kept, tools, c.MediaMost, log, a.metrics)
	a.clerk = courier.NewClerk(a.desk, client, tokens, a.fetcher, a.index, log)
	a.handler = handlers.Deps{Desk: a.desk, Store: a.store, Hub: a.hub, Logins: login.NewSessions(a.redis.DB(4), login.Options{Prefix: prefix, Secure: c.Secure()}),
		Passwords: login.NewPasswords(), Throttle: login.NewThrottle(a.redis.DB(4), prefix), Box: a.box, WeChat: client, Tokens: tokens, BaseURL: c.BaseURL, Ready: a.ready, Clock: time.Now, Log: log,
		Metrics: a.metrics, Proxies: c.TrustedProxies, Media: kept, Uploads: uploads.New(a.desk, kept, tools), Platform: a.platform,
		Typing: courier.NewTypist(client, tokens, a.redis.DB(4), prefix, log).Typing}
	return a, nil
}

func (a *app) openRedis(url string) (err error) {
	if a.redis, err = queue.Open(url, "weir"); err != nil {
		return fmt.Errorf("WEIR_REDIS_URL: %w", err)
	}
	return nil
}

// ready says whether this process can serve: the database answers and has the schema, and Redis answers.
func (a *app) ready(ctx context.Context) error {
	if a.draining.Load() {
		return errors.New("this process is about to end")
	}
	if err := a.store.Current(ctx); err != nil {
		return err
	}
	if err := a.redis.DB(0).Ping(ctx).Err(); err != nil {
		return fmt.Errorf("Redis does not answer: %w", err)
	}
	return nil
}

// run runs the parts behind the handlers until the context ends, and then lets them finish what they have begun.
func (a *app) run(ctx context.Context) {
	var all sync.WaitGroup
	all.Go(func() {
		if err := a.hub.Run(ctx); err != nil && ctx.Err() == nil {
			a.log.Error("live updates ended", "err", err)
		}
	})
	all.Go(func() { a.tryMedia(ctx) })
	// The desk tells the courier and the index of its last acts, so they end after it.
	after, stop := context.WithCancel(context.WithoutCancel(ctx))
	all.Go(func() { defer stop(); a.desk.Run(ctx) })
	all.Go(func() { a.index.Run(after) })
	if a.carries {
		all.Go(func() { a.bell.Listen(after, a.courier.Wake, a.fetcher.Wake) })
		all.Go(func() { a.courier.Run(after) })
		all.Go(func() { a.fetcher.Run(after) })
		all.Go(func() { a.clerk.Run(after) })
		all.Go(func() { a.platform.Run(after) })
		all.Go(func() { a.words.Run(ctx) })
	} else {
		all.Go(func() { a.bell.Run(after) })
	}
	all.Wait()
}

// tryMedia says at the start what is wrong with where media are kept. Weir serves all the same: texts need none of it, and media wait.
func (a *app) tryMedia(ctx context.Context) {
	ctx, stop := context.WithTimeout(ctx, 30*time.Second)
	defer stop()
	if err := media.Try(ctx, a.handler.Media); err != nil && ctx.Err() == nil {
		a.log.Error("pictures, voice messages and videos cannot be kept: check WEIR_MEDIA_URL. Until then they wait, and WeChat forgets them after three days", "err", err)
	}
}

func (a *app) close() {
	a.store.Close()
	if a.searched != nil {
		a.searched.Close()
	}
	_ = a.redis.Close()
}

// effects tells everything outside PostgreSQL of what is in: Redis, open pages, other programs, the courier. None of them may
// block, and each finds again what it lost.
type effects struct{ app *app }

func (e *effects) Committed(ctx context.Context, changes []desk.Change) {
	e.app.index.Committed(ctx, changes)
	for i := range changes {
		c := &changes[i]
		handlers.Ring(e.app.hub, c)
		handlers.Tell(e.app.hub.Log, c)
		wake, fetch := e.app.courier.Wake, e.app.fetcher.Wake
		if !e.app.carries {
			wake, fetch = e.app.bell.Ring, e.app.bell.RingForMedia
		}
		if courier.MediaNews(c) {
			fetch()
		}
		if c.Errand {
			wake(courier.Customer{Company: c.Company.CompanyID, AppID: c.AppID, OpenID: c.OpenID})
		}
	}
}

// connected and left keep presence by the streams of this process.
func (e *effects) connected(company string, uid int64, streams int) {
	if streams > 0 { // quick changes are told as one, so the first may be told as the second
		e.presence(company, uid, e.app.desk.Connected)
	}
}

func (e *effects) left(company string, uid int64, streams int) {
	if streams == 0 {
		e.presence(company, uid, e.app.desk.Left)
	}
}

// touched has the queue of a company given out that another process has changed: somebody may have become able to take from it.
func (e *effects) touched(company string) {
	if c, err := id.Parse(company); err == nil {
		e.app.desk.Wake(c)
	}
}

func (e *effects) presence(company string, uid int64, note func(context.Context, id.ID, int64) error) {
	ctx, stop := context.WithTimeout(context.Background(), 5*time.Second)
	defer stop()
	c, err := id.Parse(company)
	if err == nil {
		err = note(ctx, c, uid)
	}
	if err != nil {
		e.app.log.Error("an agent's presence could not be noted", "company", company, "uid", uid, "err", err)
	}
}
