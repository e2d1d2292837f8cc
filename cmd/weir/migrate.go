package main

import (
	"context"
	"errors"
	"fmt"

	"weir/internal/store"
)

type migrateCommand struct{}

// Run brings the schema up to date.
func (*migrateCommand) Run(e *env) (err error) {
	own, err := openServers(e.ctx, e.config, e.log, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, own.stop(context.Background())) }()
	if err := store.Migrate(e.ctx, own.Owner); err != nil {
		return err
	}
	fmt.Println("The schema is up to date.")
	return nil
}
