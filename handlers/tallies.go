package handlers

import (
	"context"
	"sync"
	"time"

	"weir/internal/id"
	"weir/internal/store"
)

const (
	tallyEvery = time.Second      // how often what was counted is written down
	halfHour   = 30 * time.Minute // the stretch that is counted together
	countsKept = 26 * time.Hour
	lateAfter  = 3 * time.Second // WeChat repeats a callback after five
)

// tallies are what callbacks have shown since it was last written down: a callback costs a look and not a write, WeChat does not wait for it, and
// losing the last second of it is no harm.
type tallies struct {
	mu sync.Mutex
	of map[string]*tally // by appid
}

// tally is what the callbacks of one account have shown. Zero times are not at all.
type tally struct {
	company                  id.ID
	verified, heard, refused time.Time
	why                      string // it was refused
	halves                   map[time.Time]*counts
}

type counts struct{ taken, late, refused int32 }

// note has the account's tally changed.
func (s *tallies) note(a *account, now time.Time, change func(*tally, *counts)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of == nil {
		s.of = map[string]*tally{}
	}
	appid := a.appid
	if a.company.Zero() { // one tally for all whom nobody here has: it is not written down
		appid = ""
	}
	t := s.of[appid]
	if t == nil {
		t = &tally{company: a.company, halves: map[time.Time]*counts{}}
		s.of[appid] = t
	}
	half := now.UTC().Truncate(halfHour)
	if t.halves[half] == nil {
		t.halves[half] = &counts{}
	}
	change(t, t.halves[half])
}

func (s *tallies) take() map[string]*tally {
	s.mu.Lock()
	defer s.mu.Unlock()
	of := s.of
	s.of = nil
	return of
}

// noteVerified: WeChat asked whether the URL is ours, and was answered.
func (h *Handlers) noteVerified(a *account) {
	now := h.Clock().UTC()
	h.tallies.note(a, now, func(t *tally, _ *counts) { t.verified = now })
}

// noteHeard: a message or an event was taken, after so long.
func (h *Handlers) noteHeard(a *account, took time.Duration) {
	now := h.Clock().UTC()
	h.tallies.note(a, now, func(t *tally, c *counts) {
		t.heard = now
		c.taken++
		if took >= lateAfter {
			c.late++
		}
	})
}

// noteRefused: one could not be believed or read. It says whether this is the first since tallies were last written down.
func (h *Handlers) noteRefused(a *account, why string) (first bool) {
	now := h.Clock().UTC()
	h.tallies.note(a, now, func(t *tally, c *counts) {
		first = t.refused.IsZero()
		t.refused, t.why = now, why
		c.refused++
	})
	return first
}

// keepTallies writes tallies down until the context ends, and forgets old ones.
func (h *Handlers) keepTallies(ctx context.Context) {
	tick := time.NewTicker(tallyEvery)
	defer tick.Stop()
	var forget time.Time
	for {
		select {
		case <-ctx.Done():
			h.writeTallies(context.WithoutCancel(ctx))
			return
		case <-tick.C:
			h.writeTallies(ctx)
		}
		if now := h.Clock(); now.After(forget) {
			forget = now.Add(time.Hour)
			h.forgetTallies(ctx, now)
		}
	}
}

func (h *Handlers) writeTallies(ctx context.Context) {
	of := h.tallies.take()
	if len(of) == 0 {
		return
	}
	ctx, stop := context.WithTimeout(ctx, 5*time.Second)
	defer stop()
	var companies []id.ID
	var seen store.AccountCallbacksNoteParams
	var counted store.CallbackCountsAddParams
	for appid, t := range of {
		if t.company.Zero() {
			continue
		}
		companies = append(companies, t.company)
		seen.CompanyIDs, seen.AppIDs = append(seen.CompanyIDs, t.company), append(seen.AppIDs, appid)
		seen.VerifiedAts, seen.HeardAts = append(seen.VerifiedAts, t.verified), append(seen.HeardAts, t.heard)
		seen.RefusedAts, seen.Refuseds = append(seen.RefusedAts, t.refused), append(seen.Refuseds, t.why)
		for half, c := range t.halves {
			counted.CompanyIDs, counted.AppIDs, counted.BeganAts = append(counted.CompanyIDs, t.company), append(counted.AppIDs, appid), append(counted.BeganAts, half)
			counted.Takens, counted.Lates, counted.Refuseds = append(counted.Takens, c.taken), append(counted.Lates, c.late), append(counted.Refuseds, c.refused)
		}
	}
	if len(companies) == 0 {
		return
	}
	q := h.Store.Across(companies)
	err := q.AccountCallbacksNote(ctx, seen)
	if err == nil {
		err = q.CallbackCountsAdd(ctx, counted)
	}
	if err != nil {
		h.Log.Warn("what callbacks have shown could not be written down", "accounts", len(of), "err", err)
	}
}

func (h *Handlers) forgetTallies(ctx context.Context, now time.Time) {
	err := h.Desk.EachCompanies(ctx, func(companies []id.ID) error {
		return h.Store.Across(companies).CallbackCountsForget(ctx, store.CallbackCountsForgetParams{CompanyIDs: companies, Before: now.Add(-countsKept)})
	})
	if err != nil && ctx.Err() == nil {
		h.Log.Warn("old counts of callbacks could not be removed", "err", err)
	}
}

func (h *Handlers) instant() *time.Time {
	now := h.Clock().UTC()
	return &now
}
