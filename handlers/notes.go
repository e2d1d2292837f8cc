package handlers

import (
	"context"
	"sync"
	"time"

	"weir/internal/store"
)

// noteEvery is how often one kind of callback of an account is noted by this process.
const noteEvery = 3 * time.Second

// notes remembers what was noted when, so that a callback costs a look and not a write.
type notes struct {
	mu   sync.Mutex
	last map[noted]time.Time
}

type noted struct{ appid, kind string }

// due says whether a note is to be written now.
func (n *notes) due(k noted, now time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if last, ok := n.last[k]; ok && now.Sub(last) < noteEvery {
		return false
	}
	if n.last == nil || len(n.last) >= accountsMost {
		n.last = map[noted]time.Time{}
	}
	n.last[k] = now
	return true
}

func (h *Handlers) instant() *time.Time {
	now := h.Clock().UTC()
	return &now
}

// note writes down what a callback has shown, beside the request: WeChat does not wait for it, and losing one is no harm. It says whether
// it did: one kind of an account is noted at most once in a while.
func (h *Handlers) note(a *account, p store.AccountCallbackNoteParams) bool {
	kind := "refused" + p.Refused
	switch {
	case p.VerifiedAt != nil:
		kind = "verified"
	case p.HeardAt != nil:
		kind = "heard"
	}
	if !h.notes.due(noted{a.AppID, kind}, h.Clock()) {
		return false
	}
	p.CompanyID, p.AppID = a.company, a.AppID
	go func() {
		ctx, stop := context.WithTimeout(context.Background(), noteEvery)
		defer stop()
		if err := h.Store.Of(p.CompanyID).AccountCallbackNote(ctx, p); err != nil {
			h.Log.Warn("a callback could not be noted", "appid", p.AppID, "err", err)
		}
	}()
	return true
}
