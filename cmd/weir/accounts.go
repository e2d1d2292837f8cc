package main

import (
	"fmt"
	"time"

	"weir/internal/id"
	"weir/internal/platform"
)

type accountsCommand struct {
	Move accountsMove `cmd:"" help:"Give an account to another company. What was said so far stays with the company that had it."`
}

type accountsMove struct {
	AppID   string `arg:"" name:"appid" help:"The account."`
	Company string `arg:"" help:"The company that is to have it, 32 hex digits."`
}

// Run moves the account.
func (m *accountsMove) Run(e *env) error {
	to, err := id.Parse(m.Company)
	if err != nil {
		return fmt.Errorf("a company is named by 32 hex digits, and %q is not that", m.Company)
	}
	return withApp(e, func(a *app) error {
		if err := platform.Move(e.ctx, a.store, m.AppID, to, time.Now()); err != nil {
			return err
		}
		fmt.Printf("Account %s belongs to company %s now.\n", m.AppID, to)
		return nil
	})
}
