// Weir is a customer-service desk for WeChat Official Accounts. This is its one binary: it reads the configuration, opens
// PostgreSQL and Redis, wires the parts together, serves, and drains. Each command has its file.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // companies have time zones, and not every machine has their table

	"github.com/alecthomas/kong"

	"weir/internal/config"
)

type cli struct {
	Serve     serveCommand     `cmd:"" help:"Serve everything."`
	Demo      demoCommand      `cmd:"" help:"Serve with a sample company and the WeChat simulator."`
	Migrate   migrateCommand   `cmd:"" help:"Bring the schema up to date."`
	Provision provisionCommand `cmd:"" help:"Make companies, agents, groups, accounts and rules match a YAML file."`
	Accounts  accountsCommand  `cmd:"" help:"Look after accounts."`
	Queues    queuesCommand    `cmd:"" help:"Compare Redis with PostgreSQL, or rebuild it."`
	Bench     benchCommand     `cmd:"" help:"Measure this machine."`
}

// env is what every command works with.
type env struct {
	ctx    context.Context // over when the process is asked to stop
	config config.Config
	log    *slog.Logger
}

func main() {
	var c cli
	parsed := kong.Parse(&c, kong.Name("weir"), kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Description("A customer-service desk for WeChat Official Accounts. Configured by WEIR_… variables; see README.md."))
	cfg, err := config.Load(config.Environ(os.Environ()))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: cfg.LogLevel}))
	slog.SetDefault(log)
	for _, name := range cfg.Unknown {
		log.Warn("this variable is not one of Weir's: is it misspelt?", "name", name)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // asked once, it ends in good order; asked again, at once
	if err := parsed.Run(&env{ctx, cfg, log}); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "weir:", err)
		os.Exit(1)
	}
}
