package desk

import (
	"context"

	"weir/internal/id"
)

// Change is something that is in: what is outside may now be told of it.
type Change struct {
	Company  *Company
	Session  *Session  // as it is now; nil: no session is concerned
	Was      *Place    // where it was before; nil: it is new
	Guests   []int64   // who was a guest in it before
	Messages []Message // new ones
	Updated  []Message // those whose delivery changed
	Account  bool      // whether anything is sent for the account AppID has changed
	Customer bool      // what is known of the customer has changed
	Errand   bool      // there is something to be carried to the customer
	AppID    string    // of the customer whom the errand is for, or of whom something is known
	OpenID   string
	Agent    int64   // an agent whose presence or load changed; 0: none
	Status   string  // that agent's status now; "": not changed
	Noted    id.ID   // the session of which colleagues noted something; zero: none
	Called   []int64 // agents whose own lists have changed, beside their sessions: a note names them, or a reminder has come
	Lost     bool    // a process has died that may not have told of the company's last changes: whoever follows them looks at everything
}

// Moved says whether the session is somewhere else than before.
func (c *Change) Moved() bool {
	return c.Session != nil && (c.Was == nil || *c.Was != c.Session.Place())
}

// Effects are what follows from changes once they are in: Redis, rings, errands. They must not block, and what they lose
// must be found again by looking at PostgreSQL.
type Effects interface {
	Committed(ctx context.Context, changes []Change)
}

// NoEffects is for tools and tests that only want the truth.
type NoEffects struct{}

// Committed does nothing.
func (NoEffects) Committed(context.Context, []Change) {}
