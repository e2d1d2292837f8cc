package platform

import (
	"context"
	"errors"
	"time"

	"weir/internal/id"
)

const (
	keepEvery   = time.Minute
	ticketLate  = 30 * time.Minute // three that did not come
	startEvery  = 15 * time.Minute // between askings for tickets, of all processes
	forgetAfter = 24 * time.Hour   // attempts that came to nothing
	tryAgain    = 10 * time.Minute // after an account's token could not be had
)

// Run keeps the platform's tokens fresh, so that nobody waits for one, and asks WeChat for tickets where none come, until the context ends.
// Any number of processes may do it.
func (p *Platform) Run(ctx context.Context) {
	tick := time.NewTicker(keepEvery)
	defer tick.Stop()
	later := map[string]time.Time{}
	for {
		if err := p.Keep(ctx, later); err != nil && ctx.Err() == nil {
			p.Log.Warn("the third-party platform could not be looked after", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Keep looks once. later remembers which accounts are not to be tried before when.
func (p *Platform) Keep(ctx context.Context, later map[string]time.Time) error {
	c, err := p.Component(ctx)
	if errors.Is(err, ErrNone) {
		return nil
	} else if err != nil {
		return err
	}
	if err := p.watch(ctx, c); err != nil {
		return err
	}
	if err := p.Store.Outside().PreAuthCodesForget(ctx, p.Clock().Add(-forgetAfter)); err != nil {
		return err
	}
	if c.ticket == "" {
		return nil
	}
	if _, err := p.own.Token(ctx, c.AppID); err != nil {
		return err
	}
	appids, err := p.authorisedAccounts(ctx)
	if err != nil {
		return err
	}
	for _, appid := range appids {
		if p.Clock().Before(later[appid]) {
			continue
		}
		if delete(later, appid); ctx.Err() != nil {
			return ctx.Err()
		}
		if _, err := p.tokens.Token(ctx, appid); err != nil {
			later[appid] = p.Clock().Add(tryAgain)
			p.Log.Warn("an authorised account's token could not be had", "appid", appid, "err", err)
		}
	}
	return nil
}

// watch raises the alarm when tickets stay away, and asks for them: without one the platform's token ends, and every account's with it.
func (p *Platform) watch(ctx context.Context, c *Component) error {
	last := c.TicketAt
	if last.IsZero() {
		last = c.Since
	}
	age := p.Clock().Sub(last)
	p.age.Set(age.Seconds())
	if age < ticketLate && !c.TicketAt.IsZero() {
		return nil
	}
	first, err := p.Redis.SetNX(ctx, p.Prefix+"component:"+c.AppID+":asked", 1, startEvery).Result()
	if err != nil || !first {
		return err
	}
	p.Log.Warn("no ticket has come from WeChat for a while; it is asked to push them. See that the event URL can be reached from the internet", "component", c.AppID, "age", age.Round(time.Second))
	return p.Client.StartPushTicket(ctx, c.AppID, c.secret)
}

func (p *Platform) authorisedAccounts(ctx context.Context) ([]string, error) {
	const most = 500
	companies, err := p.Store.Outside().AppIDCompanies(ctx)
	if err != nil {
		return nil, err
	}
	var out []string
	for len(companies) > 0 {
		n := min(most, len(companies))
		var some []id.ID
		some, companies = companies[:n], companies[n:]
		appids, err := p.Store.Across(some).AccountsAuthorised(ctx, some)
		if err != nil {
			return nil, err
		}
		out = append(out, appids...)
	}
	return out, nil
}
