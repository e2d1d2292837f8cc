package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"weir/internal/id"
	"weir/internal/store"
)

// Health is how it stands with an account: what came from WeChat, what goes there, and what WeChat says of the account itself.
type Health struct {
	Account  *store.Account
	Trouble  *Trouble // why nothing is sent; nil: it is sent
	Heard    store.AccountCallback
	Counts   []store.CallbackCount // of the last 24 hours, by the half hour; those without any are left out
	Queued   int64                 // messages of ours that go as soon as they can
	Waiting  int64                 // that wait for their customer's next message
	OldestAt *time.Time            // of both
	// In the last 24 hours.
	Failed, Uncertain, MediaFailed int64
	PushFailed                     int64 // customers whose remark or tags WeChat has refused
}

// healthSpan is how far back counts go.
const healthSpan = 24 * time.Hour

// How an account is, the worst that is known of it. The words are what other programs read.
const (
	HealthFine      = "fine"
	HealthPaused    = "paused"      // by an admin: what comes in goes nowhere
	HealthStopped   = "stopped"     // nothing is sent
	HealthRefused   = "refused"     // what WeChat posts cannot be believed or read
	HealthUnheard   = "unconnected" // WeChat has never called
	HealthExpired   = "expired"     // the account's verification is over
	HealthExpiring  = "expiring"    // within a month
	HealthSlow      = "slow"        // callbacks are answered so late that WeChat is about to repeat them
	expiresSoon     = 30 * 24 * time.Hour
	slowWithin      = time.Hour
	refusedRecently = healthSpan
)

// State is how the account is.
func (h *Health) State(now time.Time) string {
	a, good := h.Account, latest(h.Heard.HeardAt, h.Heard.VerifiedAt)
	switch {
	case a.PausedAt != nil:
		return HealthPaused
	case h.Trouble != nil:
		return HealthStopped
	case h.Heard.RefusedAt != nil && now.Sub(*h.Heard.RefusedAt) < refusedRecently && (good == nil || h.Heard.RefusedAt.After(*good)):
		return HealthRefused
	case good == nil:
		return HealthUnheard
	case a.Verification == "verify_expired" || a.VerificationExpiresAt != nil && !now.Before(*a.VerificationExpiresAt):
		return HealthExpired
	case a.VerificationExpiresAt != nil && a.VerificationExpiresAt.Sub(now) < expiresSoon:
		return HealthExpiring
	case slices.ContainsFunc(h.Counts, func(c store.CallbackCount) bool { return c.Late > 0 && now.Sub(c.BeganAt) < slowWithin }):
		return HealthSlow
	}
	return HealthFine
}

func latest(a, b *time.Time) *time.Time {
	if a == nil || b != nil && b.After(*a) {
		return b
	}
	return a
}

// Healths tells how all accounts of a company are, by appid.
func (d *Desk) Healths(ctx context.Context, company id.ID) ([]Health, error) {
	var out []Health
	now := d.now()
	since := now.Add(-healthSpan)
	err := d.store.Tx(ctx, company, func(q *store.Queries) error {
		accounts, err := q.AccountsOfCompany(ctx, company)
		if err != nil {
			return err
		}
		accounts = slices.DeleteFunc(accounts, func(a store.Account) bool { return a.MovedAt != nil }) // another company's now
		out = make([]Health, len(accounts))
		known := make(map[string]*Health, len(accounts))
		for i := range accounts {
			out[i] = Health{Account: &accounts[i], Trouble: troubleOf(&accounts[i])}
			known[accounts[i].AppID] = &out[i]
		}
		return tell(ctx, q, company, since, func(appid string) *Health {
			if h := known[appid]; h != nil {
				return h
			}
			return &Health{} // made since, and told of next time
		})
	})
	if err != nil {
		return nil, fmt.Errorf("tell how the accounts of %s are: %w", company, err)
	}
	slices.SortFunc(out, func(a, b Health) int { return cmp.Compare(a.Account.AppID, b.Account.AppID) })
	return out, nil
}

// tell reads what happened to accounts, each kind of it in one statement.
func tell(ctx context.Context, q *store.Queries, company id.ID, since time.Time, of func(appid string) *Health) error {
	heard, err := q.AccountCallbacksOfCompany(ctx, company)
	if err != nil {
		return err
	}
	for _, r := range heard {
		of(r.AppID).Heard = r
	}
	counts, err := q.CallbackCountsSince(ctx, store.CallbackCountsSinceParams{CompanyID: company, Since: since})
	if err != nil {
		return err
	}
	for _, r := range counts {
		h := of(r.AppID)
		h.Counts = append(h.Counts, r)
	}
	unsent, err := q.MessagesUnsent(ctx, company)
	if err != nil {
		return err
	}
	for _, r := range unsent {
		h := of(r.AppID)
		h.Queued, h.Waiting, h.OldestAt = r.Queued, r.Waiting, &r.OldestAt
	}
	failed, err := q.MessagesFailedSince(ctx, store.MessagesFailedSinceParams{CompanyID: company, Since: since})
	if err != nil {
		return err
	}
	for _, r := range failed {
		h := of(r.AppID)
		h.Failed, h.Uncertain = r.Failed, r.Uncertain
	}
	media, err := q.MediaFailedSince(ctx, store.MediaFailedSinceParams{CompanyID: company, Since: since})
	if err != nil {
		return err
	}
	for _, r := range media {
		of(r.AppID).MediaFailed = r.Failed
	}
	pushes, err := q.CustomersPushFailed(ctx, company)
	if err != nil {
		return err
	}
	for _, r := range pushes {
		of(r.AppID).PushFailed = r.Failed
	}
	return nil
}

// HealthOf tells how one account is.
func (d *Desk) HealthOf(ctx context.Context, company id.ID, appid string) (*Health, error) {
	all, err := d.Healths(ctx, company)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(h Health) bool { return h.Account.AppID == appid })
	if i < 0 {
		return nil, refuse(Missing, "account.missing")
	}
	return &all[i], nil
}
