package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"weir/internal/live"
	"weir/internal/login"
	"weir/internal/provision"
	"weir/internal/queue"
	"weir/internal/secret"
	"weir/internal/store"
)

type provisionCommand struct {
	File string `arg:"" help:"The YAML file; - is standard input."`
}

// Run makes what the file names match it, and leaves the rest alone. Every Weir that runs is told.
func (p *provisionCommand) Run(e *env) (err error) {
	in := os.Stdin
	if p.File != "-" {
		if in, err = os.Open(p.File); err != nil {
			return err
		}
		defer in.Close()
	}
	file, err := provision.Load(in)
	if err != nil {
		return err
	}
	key, err := e.config.Key()
	if err != nil {
		return err
	}
	own, err := openServers(e.ctx, e.config, e.log, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, own.stop(context.Background())) }()
	if err := store.Migrate(e.ctx, own.Owner); err != nil {
		return err
	}
	s, err := store.Open(e.ctx, own.Database)
	if err != nil {
		return err
	}
	defer s.Close()
	report, err := provision.Apply(e.ctx, s, secret.New(key), login.NewPasswords(), file)
	if err != nil {
		return err
	}
	fmt.Println(report)
	tell(e, own.Redis, file)
	return nil
}

// tell has every Weir that runs look at the companies' queues. Where it cannot be told, it looks by itself in some seconds.
func tell(e *env, redis string, file *provision.File) {
	r, err := queue.Open(redis, "weir provision")
	if err == nil {
		defer r.Close()
		hub := live.New(r.DB(4), live.Options{Prefix: r.Prefix(4), Log: e.log})
		for i := range file.Companies {
			hub.Touch(file.Companies[i].ID.String())
		}
		ctx, stop := context.WithTimeout(e.ctx, 3*time.Second)
		defer stop()
		err = hub.Shutdown(ctx)
	}
	if err != nil {
		e.log.Warn("a Weir that runs could not be told, and will notice by itself", "err", err)
	}
}
