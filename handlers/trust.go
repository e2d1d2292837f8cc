package handlers

import (
	"context"
	"sync"
	"time"

	"weir/internal/desk"
	"weir/internal/id"
)

// trustEvery is how often it is looked whether the logins that have streams open still count. A request asks for itself.
const trustEvery = 500 * time.Millisecond

// trusted is who is logged in, if the login still counts: a changed password or role and being disabled end those made before.
func (h *Handlers) trusted(ctx context.Context) (who desk.Agent, ok bool, err error) {
	login, ok := h.Logins.Who(ctx)
	if !ok {
		return desk.Agent{}, false, nil
	}
	company, err := id.Parse(login.Company)
	if err != nil {
		return desk.Agent{}, false, err
	}
	c, err := h.Desk.Company(ctx, company)
	if desk.KindOf(err) == desk.Missing {
		return desk.Agent{}, false, nil
	} else if err != nil {
		return desk.Agent{}, false, err
	}
	epoch, may := c.LoginEpoch(login.UID)
	return desk.Agent{Company: company, UID: login.UID}, may && epoch == login.Epoch, nil
}

func (h *Handlers) epochOf(ctx context.Context) int64 {
	who, _ := h.Logins.Who(ctx)
	return who.Epoch
}

// trust remembers under which number the agents with streams at this process were let in.
type trust struct {
	mu       sync.Mutex
	admitted map[id.ID]map[int64]int64 // company → uid → the lowest epoch of their streams
	seen     map[id.ID]int64           // company → its version when it was last looked at
}

// admit notes that a stream was opened by a login of an epoch.
func (t *trust) admit(company id.ID, uid, epoch int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.admitted == nil {
		t.admitted, t.seen = map[id.ID]map[int64]int64{}, map[id.ID]int64{}
	}
	of := t.admitted[company]
	if of == nil {
		of = map[int64]int64{}
		t.admitted[company] = of
	}
	if lowest, known := of[uid]; !known || epoch < lowest {
		of[uid] = epoch
		delete(t.seen, company) // the number may have risen since it was asked for
	}
}

// keepTrust ends the streams of agents whose logins do not count any more, until the context ends.
func (h *Handlers) keepTrust(ctx context.Context) {
	tick := time.NewTicker(trustEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := h.endUntrusted(ctx); err != nil && ctx.Err() == nil {
			h.Log.Warn("logins of open streams could not be checked", "err", err)
		}
	}
}

// endUntrusted looks once: one question for all companies with streams here, and one more for each that has changed.
func (h *Handlers) endUntrusted(ctx context.Context) error {
	companies := h.trust.companies(h.Hub.Here())
	if len(companies) == 0 {
		return nil
	}
	rows, err := h.Store.Across(companies).CompanyVersions(ctx, companies)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if h.trust.looked(r.CompanyID, r.Version) {
			continue
		}
		c, err := h.Desk.Company(ctx, r.CompanyID)
		if err != nil {
			return err
		}
		for _, uid := range h.trust.over(c) {
			h.Hub.EndUID(c.CompanyID.String(), uid)
		}
	}
	return nil
}

// companies are those with streams here; agents who have none any more are forgotten.
func (t *trust) companies(here map[string][]int64) []id.ID {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []id.ID
	for company, of := range t.admitted {
		connected := map[int64]bool{}
		for _, uid := range here[company.String()] {
			connected[uid] = true
		}
		if len(connected) > 0 {
			out = append(out, company)
		}
		for uid := range of {
			if !connected[uid] && t.seen[company] != 0 { // looked at since it was let in, so its stream stood by then
				delete(of, uid)
			}
		}
		if len(of) == 0 {
			delete(t.admitted, company)
			delete(t.seen, company)
		}
	}
	return out
}

// looked says whether a version of a company was looked at already, and remembers it.
func (t *trust) looked(company id.ID, version int64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.seen[company] == version {
		return true
	}
	t.seen[company] = version
	return false
}

// over are the agents of a company who have streams by a login that does not count any more.
func (t *trust) over(c *desk.Company) []int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []int64
	for uid, admitted := range t.admitted[c.CompanyID] {
		if epoch, may := c.LoginEpoch(uid); !may || epoch != admitted {
			out = append(out, uid)
			delete(t.admitted[c.CompanyID], uid)
		}
	}
	return out
}
