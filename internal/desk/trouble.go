package desk

import (
	"context"
	"time"

	"weir/internal/id"
	"weir/internal/store"
)

// Trouble is why nothing is sent for an account. What customers send is taken all the while, and what is written waits.
type Trouble struct {
	Since time.Time // when it began
	Code  int       // WeChat's
	Say   string    // the key of the sentence
	IP    string    // the address that WeChat wants in its list, where that is the trouble
	Until time.Time // when one message is tried, to see whether it works again; of an Outcome, zero: as often as seems good
}

// never is the year in which what is not tried again by itself would be.
const never = 9999

// ByItself says whether a message is tried again by itself; else a person has to act at WeChat first.
func (t *Trouble) ByItself() bool { return t.Until.Year() < never }

// How long after the first and after many vain tries the next is made.
const (
	probeFirst = time.Minute
	probeLast  = 30 * time.Minute
	probeLife  = time.Minute // the longest that one try may take before another process makes one
)

// troubleOf is the trouble an account is in; nil: none.
func troubleOf(a *store.Account) *Trouble {
	if a == nil || a.TroubleAt == nil {
		return nil
	}
	return &Trouble{*a.TroubleAt, int(a.TroubleCode), a.TroubleSay, a.TroubleIP, val(a.ProbeAt)}
}

// sendable refuses what could not go out until a person has acted at WeChat, or never: an account that is not authorised any more, or was
// moved to another company.
func sendable(a *store.Account) error {
	switch {
	case a == nil:
		return nil
	case a.MovedAt != nil:
		return refuse(Denied, "account.moved")
	case a.UnauthorisedAt != nil:
		return refuse(Denied, "account.withdrawn")
	}
	return nil
}

// AccountTrouble says why nothing is sent for an account of a company; nil: it sends.
func (d *Desk) AccountTrouble(ctx context.Context, company id.ID, appid string) (*Trouble, error) {
	a, err := d.store.Of(company).AccountGet(ctx, store.AccountGetParams{CompanyID: company, AppID: appid})
	if err != nil {
		return nil, missing(err, "account.missing")
	}
	return troubleOf(&a), nil
}

// Resume has an account send again: somebody has done something about its trouble. Where it was in none, nothing happens.
func (d *Desk) Resume(ctx context.Context, company id.ID, appid string) error {
	c, err := d.companies.now(ctx, company)
	if err != nil {
		return err
	}
	err = d.store.Tx(ctx, company, func(q *store.Queries) error { return resume(ctx, q, company, appid) })
	if err == nil {
		d.committed(ctx, []Change{{Company: c, AppID: appid, Account: true}})
	}
	return err
}

// resume lets the account send; the company is touched, so that every process knows. What waits is found by looking for what is due.
func resume(ctx context.Context, q *store.Queries, company id.ID, appid string) error {
	n, err := q.AccountResume(ctx, store.AccountResumeParams{CompanyID: company, AppID: appid})
	if err != nil || n == 0 {
		return err
	}
	return q.CompanyTouch(ctx, company)
}

// stopped is how long nothing is to be sent for an account; 0: it sends, or may try.
func stopped(c *Company, appid string, now time.Time) time.Duration {
	t := troubleOf(c.Accounts[appid])
	if t == nil || !now.Before(t.Until) {
		return 0
	}
	return t.Until.Sub(now)
}

// probes takes the turn to try one message of an account in trouble. Where another was faster, the message stays as it was.
func (d *Desk) probes(ctx context.Context, q *store.Queries, c *Company, appid string) error {
	if troubleOf(c.Accounts[appid]) == nil {
		return nil
	}
	now := d.now()
	n, err := q.AccountProbe(ctx, store.AccountProbeParams{CompanyID: c.CompanyID, AppID: appid, At: now, Next: now.Add(probeLife)})
	if err == nil && n == 0 {
		return errProbed
	}
	if err == nil {
		err = q.CompanyTouch(ctx, c.CompanyID)
	}
	return err
}

// heed has an account stop at a trouble, and go on as soon as WeChat has answered about a message itself.
func (d *Desk) heed(ctx context.Context, q *store.Queries, c *Company, m *Message, o Outcome) error {
	a := c.Accounts[m.AppID]
	switch {
	case o.Trouble != nil:
		t := *o.Trouble
		if t.Until.IsZero() {
			t.Until = d.now().Add(probeGap(a))
		}
		if err := q.AccountStop(ctx, store.AccountStopParams{CompanyID: m.Company, AppID: m.AppID, At: d.now(), Code: int32(t.Code), Say: t.Say, IP: t.IP, ProbeAt: t.Until}); err != nil {
			return err
		}
		return q.CompanyTouch(ctx, m.Company)
	case troubleOf(a) != nil && (o.Delivery == Sent || o.Delivery == Failed):
		return resume(ctx, q, m.Company, m.AppID)
	}
	return nil
}

func probeGap(a *store.Account) time.Duration {
	gap := probeFirst
	if a != nil {
		for range min(a.Probes, 5) {
			gap *= 2
		}
	}
	return min(gap, probeLast)
}
