package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"sync"
	"time"

	"weir/handlers"
	"weir/internal/store"
)

type serveCommand struct {
	Role      string `enum:"all,web,worker" default:"all" help:"What this process does: all, web (no sending to WeChat) or worker (sending, and no pages)."`
	NoMigrate bool   `help:"Do not bring the schema up to date first."`
}

// drainTime is how long what was begun may take to end after a stop was asked for.
const drainTime = 20 * time.Second

// Run serves until the process is asked to stop, and then lets go of nothing that was begun.
func (s *serveCommand) Run(e *env) error {
	return serve(e, s, func(context.Context, *app, string) error { return nil })
}

// serve opens servers, migrates, wires and serves; ready is called once requests are answered, with the address.
func serve(e *env, s *serveCommand, ready func(context.Context, *app, string) error) (err error) {
	began := time.Now()
	defer runtime.KeepAlive(headroom())
	listener, err := net.Listen("tcp", e.config.Addr)
	if err != nil {
		return fmt.Errorf("cannot listen on %s (WEIR_ADDR): %w", e.config.Addr, err)
	}
	defer listener.Close()
	own, err := openServers(e.ctx, e.config, e.log, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, own.stop(context.Background())) }()
	if !s.NoMigrate {
		if err := store.Migrate(e.ctx, own.Owner); err != nil {
			return err
		}
	}
	a, err := wire(e.ctx, e.config, own, e.log)
	if err != nil {
		return err
	}
	defer a.close()
	if err := a.desk.Open(e.ctx); err != nil {
		return err
	}
	a.carries = s.Role != "web"
	running, stop := context.WithCancel(context.WithoutCancel(e.ctx))
	var parts sync.WaitGroup
	parts.Go(func() { a.run(running) })
	web := handlers.New
	if s.Role == "worker" {
		web = handlers.NewWorker
	}
	serving := web(a.handler)
	parts.Go(func() { serving.Run(running) })
	defer parts.Wait()
	defer stop()

	server := &http.Server{Handler: serving, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	e.log.Info("Weir serves", "address", "http://"+listener.Addr().String(), "role", s.Role, "after", time.Since(began).Round(time.Millisecond))
	if err := ready(e.ctx, a, listener.Addr().String()); err != nil {
		return errors.Join(err, a.drain(server))
	}
	select {
	case <-e.ctx.Done():
	case err = <-failed:
	case err = <-own.died:
	}
	a.draining.Store(true)
	e.log.Info("Weir stops: what was begun is finished")
	return errors.Join(err, a.drain(server))
}

// drain ends streams first, then waits for requests: a callback that was let in is committed and answered.
func (a *app) drain(server *http.Server) error {
	ctx, stop := context.WithTimeout(context.Background(), drainTime)
	defer stop()
	return errors.Join(a.hub.Shutdown(ctx), server.Shutdown(ctx))
}
