package queue

import (
	"time"

	"weir/internal/desk"
	"weir/internal/store"
)

// spot is the one entry of the index that says where a session is. The zero spot is nowhere: the session is closed.
type spot struct {
	key   Key
	score float64
}

func (s spot) nowhere() bool { return s.key.Name == "" }

// A session in the queue has one number that puts it in serving order, the smallest first: the time it queued, in milliseconds
// since 1970, less ten minutes for every step of priority (the desk's rank of it). A float64 holds whole numbers up to 2^53 exactly.
// Of two of the same number the one with the smaller id, which was made first, comes first: so Redis orders equal scores.
const priorityStep = 10 * 60 * 1000

func queueScore(priority int32, queued time.Time) float64 {
	return float64(queued.UnixMilli() - int64(priority)*priorityStep)
}

func millis(t *time.Time) float64 {
	if t == nil {
		return 0
	}
	return float64(t.UnixMilli())
}

// row is what the index reads of a session.
type row = store.SessionPlacesRow

// place is where a session of a company is kept. known is false where the company is too old a copy to know the session's group.
func (k Keys) place(c *desk.Company, r *row) (s spot, known bool) {
	switch state := desk.State(r.State); {
	case state == desk.Queueing:
		key, known := k.queueOf(c, val(r.GroupID))
		return spot{key, queueScore(r.Priority, r.QueuedAt)}, known
	case state == desk.Waiting:
		return spot{k.Waiting(r.CompanyID, val(r.UID)), millis(r.AssignedAt)}, true
	case state == desk.Conversing, state == desk.GroupConversation:
		at := r.TakenAt
		if at == nil {
			at = r.AssignedAt
		}
		return spot{k.Conversing(r.CompanyID, val(r.UID)), millis(at)}, true
	}
	return spot{}, true
}

// was is the key in which a session was kept; zero: in none.
func (k Keys) was(c *desk.Company, p desk.Place) (key Key, known bool) {
	switch p.State {
	case desk.Queueing:
		return k.queueOf(c, p.Group)
	case desk.Waiting:
		return k.Waiting(c.CompanyID, p.UID), true
	case desk.Conversing, desk.GroupConversation:
		return k.Conversing(c.CompanyID, p.UID), true
	}
	return Key{}, true
}

func (k Keys) queueOf(c *desk.Company, group int64) (Key, bool) {
	name := c.GroupName(group)
	return k.Queue(c.CompanyID, name), group == 0 || name != ""
}

func val[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
