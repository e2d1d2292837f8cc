package desk

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"weir/internal/id"
	"weir/internal/store"
)

// Deed is what is kept of a decision that a person made about a session.
type Deed struct {
	From     int64  `json:"from,omitempty"`     // who had it
	To       int64  `json:"to,omitempty"`       // who got it, or was invited, or has it now that its agent left
	Named    int64  `json:"named,omitempty"`    // for whom it was by name
	Group    string `json:"group,omitempty"`    // whose queue it went to
	Why      string `json:"why,omitempty"`      // what took it from an agent who has gone: offline, or that the time of grace was over; cannot: who was named has no seat, or is disabled
	Priority *int32 `json:"priority,omitempty"` // what it has now
	Note     string `json:"note,omitempty"`     // for colleagues
	Load     int    `json:"load,omitempty"`     // how many sessions who got it has now
	Capacity int    `json:"capacity,omitempty"`
	Over     bool   `json:"over_capacity,omitempty"` // more than their capacity, because a person decided it
	Seq      int32  `json:"seq"`                     // the last message by then
}

// deed keeps what a person did to the session.
func (x *changing) deed(ctx context.Context, who Agent, act Act, at time.Time, deed Deed) error {
	return x.q.DecisionInsert(ctx, store.DecisionInsertParams{CompanyID: who.Company, DecisionID: id.New(), SessionID: x.session.SessionID, MadeAt: at,
		Act: string(act), ByUID: ptr(who.UID), UID: x.session.UID, Reason: x.why(deed)})
}

func (x *changing) why(deed Deed) json.RawMessage {
	deed.Seq = x.session.LastSeq
	b, _ := json.Marshal(deed)
	return b
}

// person is who acts, as they are now; the company itself, through its API, may do what a supervisor may.
func (x *changing) person(ctx context.Context, who Agent) (store.Agent, error) {
	if who.UID == 0 {
		return store.Agent{CompanyID: who.Company, Role: "admin"}, nil
	}
	a, err := x.q.AgentGet(ctx, store.AgentGetParams{CompanyID: who.Company, UID: who.UID})
	if err != nil {
		return a, missing(err, "agent.missing")
	}
	if a.DisabledAt != nil {
		return a, refuse(Denied, "agent.disabled")
	}
	return a, nil
}

// supervises says whether an agent looks after the sessions of others.
func supervises(a *store.Agent) bool { return a.Role == "supervisor" || a.Role == "admin" }

// lock locks the agents whom an act concerns, after the customer and in the order of their numbers, as everybody does: so two
// who hand sessions to each other at the same moment wait, and never for each other. 0 is nobody.
func (x *changing) lock(ctx context.Context, uids ...int64) (map[int64]*store.Agent, error) {
	rows, err := x.q.AgentsLockNamed(ctx, store.AgentsLockNamedParams{CompanyID: x.company.CompanyID, UIDs: uids})
	out := make(map[int64]*store.Agent, len(rows))
	for i := range rows {
		out[rows[i].UID] = &rows[i]
	}
	return out, err
}

// seat is the one that an agent may have the session in: they are among those locked, not disabled, and have a seat at its account.
func (x *changing) seat(locked map[int64]*store.Agent, uid int64) (int64, error) {
	a, seat := locked[uid], x.company.Seat(x.session.AppID, uid)
	switch {
	case a == nil:
		return 0, refuse(Missing, "agent.missing")
	case seat == 0 || a.DisabledAt != nil:
		return 0, refuse(Denied, "agent.no-seat")
	}
	return seat, nil
}

// given keeps that a person put the session into an agent's hands: the agent was locked, and counts one more than before.
func (d *Desk) given(ctx context.Context, x *changing, who Agent, act Act, to *store.Agent, deed Deed) error {
	deed.To, deed.Load, deed.Capacity = to.UID, int(to.Load)+1, int(to.Capacity)
	deed.Over = deed.Load > deed.Capacity
	if err := x.tell(ctx, d, NoticeConnected); err != nil {
		return err
	}
	return d.assigned(ctx, x.q, x.session, string(act), ptr(who.UID), x.why(deed))
}

// taken names who was faster.
func (x *changing) taken(err error) error {
	var r *Refusal
	if errors.As(err, &r) && r.Say == "session.taken" && x.session.UID != nil {
		return refuse(Taken, "session.taken-by", x.company.AgentName(*x.session.UID))
	}
	return err
}

// DecisionsAfter say why a session went where it went, in the order in which it was decided, after a decision.
func (d *Desk) DecisionsAfter(ctx context.Context, s *Session, after id.ID, most int) ([]store.Decision, error) {
	return d.store.Of(s.CompanyID).DecisionsAfter(ctx, store.DecisionsAfterParams{CompanyID: s.CompanyID, SessionID: s.SessionID, After: after, Max: int32(most)})
}
