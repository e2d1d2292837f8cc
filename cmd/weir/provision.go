package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"weir/internal/login"
	"weir/internal/provision"
	"weir/internal/secret"
	"weir/internal/store"
)

type provisionCommand struct {
	File string `arg:"" help:"The YAML file; - is standard input."`
}

// Run makes what the file names match it, and leaves the rest alone. A Weir that runs sees it with the next callback.
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
	return nil
}
