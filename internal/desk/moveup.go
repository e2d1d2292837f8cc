package desk

import (
	"context"
	"errors"
	"sync"

	"weir/internal/id"
	"weir/internal/store"
)

// openings are the agents whose head of the waiting list may open by itself now. Noting one twice is noting it once.
type openings struct {
	mu    sync.Mutex
	ready map[staff]bool
	bell  chan struct{}
}

// staff names an agent.
type staff struct {
	company id.ID
	uid     int64
}

func newOpenings() *openings { return &openings{ready: map[staff]bool{}, bell: make(chan struct{}, 1)} }

func (o *openings) note(s staff) {
	o.mu.Lock()
	o.ready[s] = true
	o.mu.Unlock()
	select {
	case o.bell <- struct{}{}:
	default:
	}
}

func (o *openings) take() map[staff]bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	out := o.ready
	o.ready = map[staff]bool{}
	return out
}

// opens notes the agents of a change who may have a free conversation place now, or something that waits for it.
func (d *Desk) opens(c *Change) {
	uids := [3]int64{c.Agent}
	if c.Session != nil {
		uids[1] = val(c.Session.UID)
	}
	if c.Was != nil {
		uids[2] = c.Was.UID
	}
	for _, uid := range uids {
		if c.Company.conversations[uid] > 0 {
			d.openings.note(staff{c.Company.CompanyID, uid})
		}
	}
}

// open opens what waits the moment its agent has a place for it. What fails is found again by the sweep.
func (d *Desk) open(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-d.openings.bell:
		}
		for s := range d.openings.take() {
			if err := d.MoveUp(ctx, s.company, s.uid); err != nil && ctx.Err() == nil {
				d.log.Error("what waits for an agent could not be opened", "company", s.company, "uid", s.uid, "err", err)
			}
		}
	}
}

// MoveUp opens what waits for an agent, the oldest first, while they are online and have fewer conversations than are to be opened
// for them.
func (d *Desk) MoveUp(ctx context.Context, company id.ID, uid int64) error {
	for {
		head, err := d.store.Of(company).SessionWaitingOf(ctx, store.SessionWaitingOfParams{CompanyID: company, UID: &uid})
		if errors.Is(err, store.ErrNone) {
			return nil
		} else if err != nil {
			return err
		}
		err = d.change(ctx, Agent{Company: company}, head, func(x *changing) error { return d.moveUp(ctx, x, uid) })
		if errors.Is(err, errPast) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// moveUp opens a session for its agent, who is locked, so that places are counted one after the other.
func (d *Desk) moveUp(ctx context.Context, x *changing, uid int64) error {
	locked, err := x.lock(ctx, uid)
	if err != nil {
		return err
	}
	n, err := x.q.SessionsConversing(ctx, store.SessionsConversingParams{CompanyID: x.company.CompanyID, UID: &uid})
	if err != nil {
		return err
	}
	if a := locked[uid]; !x.session.Of(uid) || !x.session.In(Waiting) || a == nil || a.Presence != Online || n >= int64(a.Conversations) {
		return errPast
	}
	if err := x.session.MoveUp(d.now()); err != nil {
		return err
	}
	x.change.Agent = uid
	return d.keep(ctx, x.q, x.session, ActMoveUp, Deed{To: uid})
}
