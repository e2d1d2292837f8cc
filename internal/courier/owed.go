package courier

import (
	"context"
	"sync"
	"time"

	"weir/internal/desk"
)

const (
	owedEvery = time.Second     // between tries to write what is owed
	owedTime  = 5 * time.Second // and the longest that one may take
	owedMost  = 10_000          // a customer owes one at most, so this is many customers
)

// debt is what became of a message and could not be written. Until it is, its row says that we are sending it, so nobody else does.
type debt struct {
	to      Customer
	errand  *desk.Errand
	outcome desk.Outcome
}

// owed are the debts of this process.
type owed struct {
	mu    sync.Mutex
	debts []debt
	every time.Duration
}

func newOwed() owed { return owed{every: owedEvery} }

// owe keeps what could not be written, to be written as soon as it can be.
func (c *Courier) owe(d debt, why error) {
	c.owed.mu.Lock()
	defer c.owed.mu.Unlock()
	attrs := []any{"message", d.errand.Message.ID, "outcome", d.outcome.Delivery, "err", why}
	if len(c.owed.debts) >= owedMost {
		// When this process is gone it becomes uncertain, never sent again.
		c.log.Error("what became of a message is lost: too much could not be written", attrs...)
		return
	}
	c.log.Warn("what became of a message cannot be written yet", attrs...)
	c.owed.debts = append(c.owed.debts, d)
}

// repay writes what is owed, for as long as the context lasts.
func (c *Courier) repay(ctx context.Context) {
	tick := time.NewTicker(c.owed.every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			c.settleUp(ctx)
		}
	}
}

// settleUp writes what can be written. One that cannot does not keep the others waiting.
func (c *Courier) settleUp(ctx context.Context) {
	c.owed.mu.Lock()
	debts := c.owed.debts
	c.owed.debts = nil
	c.owed.mu.Unlock()
	var left []debt
	for _, d := range debts {
		if err := c.delivered(ctx, &d); err != nil {
			left = append(left, d)
			continue
		}
		c.log.Info("what became of a message is written at last", "message", d.errand.Message.ID, "outcome", d.outcome.Delivery)
		c.Wake(d.to)
	}
	c.owed.mu.Lock()
	defer c.owed.mu.Unlock()
	c.owed.debts = append(left, c.owed.debts...)
}

func (c *Courier) delivered(ctx context.Context, d *debt) error {
	ctx, stop := context.WithTimeout(ctx, owedTime)
	defer stop()
	return c.desk.Delivered(ctx, d.errand, d.outcome)
}
