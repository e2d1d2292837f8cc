package main

import (
	"context"
	"errors"
	"fmt"
)

type queuesCommand struct {
	Check   queuesCheck   `cmd:"" help:"Say where Redis differs from PostgreSQL."`
	Rebuild queuesRebuild `cmd:"" help:"Make Redis what PostgreSQL says."`
}

type queuesCheck struct{}
type queuesRebuild struct{}

// Run fails when there is a difference.
func (*queuesCheck) Run(e *env) error {
	return withApp(e, func(a *app) error {
		differences, err := a.index.Check(e.ctx)
		if err != nil {
			return err
		}
		for _, d := range differences {
			fmt.Println(d)
		}
		if len(differences) > 0 {
			return fmt.Errorf("%d differences: weir queues rebuild mends them", len(differences))
		}
		fmt.Println("Redis is what PostgreSQL says.")
		return nil
	})
}

// Run makes Redis right.
func (*queuesRebuild) Run(e *env) error {
	return withApp(e, func(a *app) error {
		if err := a.index.Rebuild(e.ctx); err != nil {
			return err
		}
		fmt.Println("Redis is what PostgreSQL says.")
		return nil
	})
}

// withApp wires Weir for a command that does its work and ends.
func withApp(e *env, f func(*app) error) (err error) {
	own, err := openServers(e.ctx, e.config, e.log, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, own.stop(context.Background())) }()
	a, err := wire(e.ctx, e.config, own, e.log)
	if err != nil {
		return err
	}
	defer a.close()
	return f(a)
}
