package desk

import (
	"context"
	"sync"

	"weir/internal/id"
	"weir/internal/store"
)

// How many rows are looked at anew in one transaction; nobody who writes waits for more.
const retimeMost = 200

// retiming is how far a process is with looking at everything of a company anew whose times have changed. Another that does the
// same does no harm, and one that dies leaves it to the next, from the beginning.
type retiming struct {
	mark          int64 // of what change of times
	agent         int64 // behind which uid
	session       id.ID // behind which session
	appid, openid string
	done          [3]bool
}

type retimings struct {
	mu sync.Mutex
	of map[id.ID]*retiming
}

// at is where it stands with a company.
func (r *retimings) at(company id.ID, mark int64) *retiming {
	r.mu.Lock()
	defer r.mu.Unlock()
	x := r.of[company]
	if x == nil || x.mark != mark {
		if r.of == nil {
			r.of = map[id.ID]*retiming{}
		}
		x = &retiming{mark: mark}
		r.of[company] = x
	}
	copied := *x
	return &copied
}

func (r *retimings) keep(company id.ID, x *retiming) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if x == nil {
		delete(r.of, company)
		return
	}
	r.of[company] = x
}

// retime has what a change of a company's times concerns looked at anew, some rows at a time, and only the kind of which a time has
// changed. Whoever is at a row just now is not waited for long: it is tried again.
func (d *Desk) retime(ctx context.Context, company id.ID) error {
	c, err := d.store.Of(company).CompanyGet(ctx, company)
	if err != nil || !c.Retime {
		return err
	}
	x := d.retimings.at(company, c.Retimes)
	for i, kind := range []struct {
		asked bool
		next  func(context.Context, *store.Queries, id.ID, *retiming) (rows int, err error)
	}{{c.RetimeAgents, d.retimeAgents}, {c.RetimeSessions, d.retimeSessions}, {c.RetimeCustomers, d.retimeCustomers}} {
		if !kind.asked {
			continue
		}
		for turn := 0; !x.done[i]; turn++ {
			if turn == duePatient { // it is the others' turn
				return nil
			}
			var rows int
			err := d.store.Tx(ctx, company, func(q *store.Queries) error {
				if err := q.PatienceSet(ctx); err != nil {
					return err
				}
				rows, err = kind.next(ctx, q, company, x)
				return err
			})
			if err != nil {
				return err
			}
			x.done[i] = rows < retimeMost
			d.retimings.keep(company, x)
		}
	}
	d.retimings.keep(company, nil)
	_, err = d.store.Of(company).CompanyRetimed(ctx, store.CompanyRetimedParams{CompanyID: company, Retimes: c.Retimes})
	return err
}

func (d *Desk) retimeAgents(ctx context.Context, q *store.Queries, company id.ID, x *retiming) (int, error) {
	rows, err := q.AgentsRetime(ctx, store.AgentsRetimeParams{CompanyID: company, At: d.now(), After: x.agent, Max: retimeMost})
	if len(rows) > 0 {
		x.agent = rows[len(rows)-1]
	}
	return len(rows), err
}

func (d *Desk) retimeSessions(ctx context.Context, q *store.Queries, company id.ID, x *retiming) (int, error) {
	rows, err := q.SessionsRetime(ctx, store.SessionsRetimeParams{CompanyID: company, After: x.session, Max: retimeMost})
	if len(rows) > 0 {
		x.session = rows[len(rows)-1]
	}
	return len(rows), err
}

func (d *Desk) retimeCustomers(ctx context.Context, q *store.Queries, company id.ID, x *retiming) (int, error) {
	rows, err := q.CustomersRetime(ctx, store.CustomersRetimeParams{CompanyID: company, At: d.now(), AppID: x.appid, OpenID: x.openid, Max: retimeMost})
	if len(rows) > 0 {
		x.appid, x.openid = rows[len(rows)-1].AppID, rows[len(rows)-1].OpenID
	}
	return len(rows), err
}
