package desk

import (
	"context"
	"errors"
	"time"

	"weir/internal/id"
	"weir/internal/store"
)

// How often a process says that it lives and looks for what a dead one left behind, and how often the house is kept.
const (
	sweepEvery = 5 * time.Second
	keepEvery  = time.Hour
)

// chunk is how many companies one statement asks about.
const chunk = 500

// sweep keeps this process among the living, looks after queues that nobody woke (whoever should have may have died between
// the commit and the bell), and keeps house.
func (d *Desk) sweep(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	var kept time.Time
	for {
		if err := d.Sweep(ctx); err != nil && ctx.Err() == nil {
			d.log.Error("the sweep failed", "err", err)
		}
		if time.Since(kept) > keepEvery {
			if err := d.keepHouse(ctx); err != nil && ctx.Err() == nil {
				d.log.Error("housekeeping failed", "err", err)
			} else {
				kept = time.Now()
			}
		}
		select {
		case <-ctx.Done():
			d.leave()
			return
		case <-tick.C:
		}
	}
}

// Sweep is one round of it.
func (d *Desk) Sweep(ctx context.Context) error {
	if err := d.Enter(ctx); err != nil {
		return err
	}
	if err := d.bury(ctx); err != nil {
		return err
	}
	return d.EachCompanies(ctx, func(companies []id.ID) error {
		d.amend(ctx, companies)
		queueing, err := d.store.Across(companies).CompaniesQueueing(ctx, companies)
		for _, c := range queueing {
			d.Wake(c)
		}
		if err != nil {
			return err
		}
		opening, err := d.store.Across(companies).AgentsOpening(ctx, companies)
		for _, a := range opening {
			d.openings.note(staff{a.CompanyID, a.UID})
		}
		return err
	})
}

// bury finds processes that died. Each may have committed messages and died before it told anybody, so what came in around its
// last sign of life is told once more.
func (d *Desk) bury(ctx context.Context) error {
	dead, err := d.store.Outside().InstancesBury(ctx, d.now().Add(-2*Lease))
	if err != nil || len(dead) == 0 {
		return err
	}
	since := dead[0]
	for _, seen := range dead {
		if seen.Before(since) {
			since = seen
		}
	}
	d.log.Warn("a process of Weir has died: what came in since its last sign of life is told again", "processes", len(dead), "since", since)
	return d.EachCompanies(ctx, func(companies []id.ID) error {
		for _, c := range companies {
			if err := d.retell(ctx, c, id.At(since.Add(-sweepEvery))); err != nil { // the others are told all the same
				d.log.Error("what a dead process may not have told could not be told", "company", c, "err", err)
			}
		}
		return nil
	})
}

// retell tells the world of the messages of a company made after an id. Whoever heard of them already loses nothing.
func (d *Desk) retell(ctx context.Context, company, after id.ID) error {
	const page = 500
	c, err := d.companies.now(ctx, company)
	if err != nil {
		return err
	}
	d.effects.Committed(ctx, []Change{{Company: c, Lost: true}})
	for {
		ms, err := d.MessagesMadeAfter(ctx, company, after, page)
		if err != nil || len(ms) == 0 {
			return err
		}
		d.effects.Committed(ctx, []Change{{Company: c, Messages: ms}})
		if after = ms[len(ms)-1].ID; len(ms) < page {
			return nil
		}
	}
}

// Open makes ready for callbacks; it must have returned before any is taken.
func (d *Desk) Open(ctx context.Context) error {
	return errors.Join(d.makeMonths(ctx), d.Enter(ctx))
}

// Enter says that this process lives. It must be said before agents connect or errands are carried. A process that was held
// for dead (it was stopped for a while) is among the living again, with the agents it has.
func (d *Desk) Enter(ctx context.Context) error {
	fresh, err := d.store.Outside().InstanceSeen(ctx, store.InstanceSeenParams{InstanceID: d.instance, At: d.now()})
	if err != nil || !fresh || d.present == nil {
		return err
	}
	for name, uids := range d.present() {
		company, err := id.Parse(name)
		if err != nil {
			return err
		}
		for _, uid := range uids {
			if err := d.Connected(ctx, company, uid); err != nil {
				return err
			}
		}
	}
	return nil
}

// leave takes this process from the living, and with it the connections of its agents.
func (d *Desk) leave() {
	ctx, stop := context.WithTimeout(context.Background(), 2*time.Second)
	defer stop()
	if err := d.store.Outside().InstanceGone(ctx, d.instance); err != nil {
		d.log.Warn("could not sign off", "err", err)
	}
}

func (d *Desk) keepHouse(ctx context.Context) error {
	now := d.now()
	forget := d.EachCompanies(ctx, func(companies []id.ID) error {
		q := d.store.Across(companies)
		if err := q.QueueWaitsForget(ctx, store.QueueWaitsForgetParams{CompanyIDs: companies, Before: now.Add(-waitsFor)}); err != nil {
			return err
		}
		_, err := q.IdempotencyForget(ctx, store.IdempotencyForgetParams{CompanyIDs: companies, Before: now.Add(-72 * time.Hour)})
		return err
	})
	return errors.Join(d.makeMonths(ctx), forget)
}

// makeMonths makes the places of this month's messages and of the next. It must be done before callbacks are taken: what comes into a month
// that has no place of its own keeps it from getting one.
func (d *Desk) makeMonths(ctx context.Context) error {
	_, err := d.store.Outside().MakeMonths(ctx, store.MakeMonthsParams{Around: d.now(), Before: 1, Ahead: 2})
	return err
}

// EachCompanies hands every company that has an account to f, some hundreds at a time.
func (d *Desk) EachCompanies(ctx context.Context, f func([]id.ID) error) error {
	all, err := d.store.Outside().AppIDCompanies(ctx)
	if err != nil {
		return err
	}
	for len(all) > 0 {
		n := min(chunk, len(all))
		if err := f(all[:n]); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}
