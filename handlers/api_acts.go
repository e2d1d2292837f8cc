package handlers

import (
	"context"
	"encoding/json"
	"time"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/views/words"
)

// actsRoutes are what is done to sessions, and why they went where they went. An act in an agent's name is refused as it would
// be to that agent; without one it is the company's, which may do what an admin may.
func (a *API) actsRoutes() {
	route(a, "POST", "/sessions/{id}/transfer", "Hand a session to an agent or to a group", a.transfer)
	route(a, "POST", "/sessions/{id}/takeover", "Put another agent's session into conversation with this one, even over their capacity", a.takeOver)
	route(a, "POST", "/sessions/{id}/release", "Have its agent give a session back to the queue, at its old place", a.release)
	route(a, "POST", "/sessions/{id}/invite", "Bring a colleague into a session: they serve it together", a.invite)
	route(a, "POST", "/sessions/{id}/leave", "Have one of several leave a session; goes its agent, it is the guest's who came first", a.leave)
	route(a, "POST", "/sessions/{id}/interject", "Write to a customer from the monitor, as a supervisor or admin", a.interject, created)
	route(a, "POST", "/sessions/{id}/close", "End a session", a.close)
	route(a, "PATCH", "/sessions/{id}", "Put a session elsewhere in the queue", a.changeSession)
	route(a, "GET", "/sessions/{id}/decisions", "Why a session went where it went, in the order in which it was decided", a.decisions)
}

// deed does an act in the name of an agent (0: of the company) and shows what came of it. Whether the session is there is asked
// first: what is another company's is not found, whoever is named.
func (a *API) deed(ctx context.Context, path SessionPath, uid int64, do func(who desk.Agent, session id.ID) error) (*sessionOutput, error) {
	return a.act(ctx, path, func(session id.ID) error {
		who, err := a.doer(ctx, session, uid)
		if err != nil {
			return err
		}
		return do(who, session)
	})
}

// doer is in whose name something is done to a session of the company.
func (a *API) doer(ctx context.Context, session id.ID, uid int64) (desk.Agent, error) {
	if _, _, err := a.Desk.Session(ctx, company(ctx), session); err != nil {
		return desk.Agent{}, err
	}
	if uid == 0 {
		return desk.Agent{Company: company(ctx)}, nil
	}
	return a.actor(ctx, uid)
}

type transferInput struct {
	SessionPath
	Body struct {
		UID   int64  `json:"uid,omitempty" minimum:"1" doc:"the agent who gets it, even over their capacity"`
		Group string `json:"group,omitempty" minLength:"1" maxLength:"100" doc:"the group whose queue it goes to, by name; either uid or group"`
		Note  string `json:"note,omitempty" maxLength:"1000" doc:"for colleagues: it stands in the thread, and the customer does not see it"`
		By    int64  `json:"by_uid,omitempty" minimum:"1" doc:"the agent who hands it on, refused as they would be; left out: the company"`
	}
}

// POST /sessions/{id}/transfer
func (a *API) transfer(ctx context.Context, in *transferInput) (*sessionOutput, error) {
	return a.deed(ctx, in.SessionPath, in.Body.By, func(who desk.Agent, session id.ID) error {
		return a.Desk.Transfer(ctx, who, session, desk.Destination{UID: in.Body.UID, Group: in.Body.Group, Note: in.Body.Note})
	})
}

type agentInput struct {
	SessionPath
	Body struct {
		UID int64 `json:"uid" minimum:"1" doc:"the agent who does it"`
	}
}

// POST /sessions/{id}/takeover
func (a *API) takeOver(ctx context.Context, in *agentInput) (*sessionOutput, error) {
	return a.deed(ctx, in.SessionPath, in.Body.UID, func(who desk.Agent, session id.ID) error { return a.Desk.TakeOver(ctx, who, session) })
}

// POST /sessions/{id}/release
func (a *API) release(ctx context.Context, in *agentInput) (*sessionOutput, error) {
	return a.deed(ctx, in.SessionPath, in.Body.UID, func(who desk.Agent, session id.ID) error { return a.Desk.Release(ctx, who, session) })
}

// POST /sessions/{id}/leave
func (a *API) leave(ctx context.Context, in *agentInput) (*sessionOutput, error) {
	return a.deed(ctx, in.SessionPath, in.Body.UID, func(who desk.Agent, session id.ID) error { return a.Desk.Leave(ctx, who, session) })
}

type inviteInput struct {
	SessionPath
	Body struct {
		UID   int64 `json:"uid" minimum:"1" doc:"the agent who invites: whose session it is, or who is in it"`
		Guest int64 `json:"guest" minimum:"1" doc:"the agent who is invited; they need a seat at the account, and no free place"`
	}
}

// POST /sessions/{id}/invite
func (a *API) invite(ctx context.Context, in *inviteInput) (*sessionOutput, error) {
	return a.deed(ctx, in.SessionPath, in.Body.UID, func(who desk.Agent, session id.ID) error {
		return a.Desk.Invite(ctx, who, session, in.Body.Guest)
	})
}

type interjectInput struct {
	SessionPath
	Key  string `header:"Idempotency-Key" doc:"makes doing it twice doing it once: the same request under the same key gets the same message"`
	Body struct {
		UID  int64  `json:"uid" minimum:"1" doc:"the supervisor or admin who says it; opercode 3"`
		Text string `json:"text" doc:"at most 2048 bytes of UTF-8"`
	}
}

// POST /sessions/{id}/interject
func (a *API) interject(ctx context.Context, in *interjectInput) (*messageOutput, error) {
	session, err := in.id()
	if err != nil {
		return nil, err
	}
	who, err := a.doer(ctx, session, in.Body.UID)
	if err != nil {
		return nil, err
	}
	c, err := a.Desk.Company(ctx, who.Company)
	if err != nil {
		return nil, err
	}
	m, _, err := a.Desk.Interject(ctx, who, session, desk.Reply{Text: in.Body.Text, Key: in.Key})
	if err != nil {
		return nil, err
	}
	return &messageOutput{m.Wire(c.Location, true)}, nil
}

type changeSessionInput struct {
	SessionPath
	Body struct {
		Priority int32 `json:"priority" minimum:"-100" maximum:"100" doc:"the highest goes first, and each step is worth ten minutes of waiting"`
		By       int64 `json:"by_uid,omitempty" minimum:"1" doc:"the supervisor or admin who does it; left out: the company"`
	}
}

// PATCH /sessions/{id}
func (a *API) changeSession(ctx context.Context, in *changeSessionInput) (*sessionOutput, error) {
	return a.deed(ctx, in.SessionPath, in.Body.By, func(who desk.Agent, session id.ID) error {
		return a.Desk.SetPriority(ctx, who, session, in.Body.Priority)
	})
}

type closeInput struct {
	SessionPath
	Body *struct {
		UID     int64 `json:"uid,omitempty" minimum:"1" doc:"the agent who closes it; left out: the company"`
		AsAdmin bool  `json:"as_admin,omitempty" doc:"end it from the monitor, whoever has it: state -4 instead of -1; for supervisors, admins and the company"`
	}
}

// POST /sessions/{id}/close
func (a *API) close(ctx context.Context, in *closeInput) (*sessionOutput, error) {
	var uid int64
	end := a.Desk.Close
	if in.Body != nil {
		if uid = in.Body.UID; in.Body.AsAdmin {
			end = a.Desk.CloseByAdmin
		}
	}
	return a.deed(ctx, in.SessionPath, uid, func(who desk.Agent, session id.ID) error { return end(ctx, who, session) })
}

// Decision is something that was decided about a session.
type Decision struct {
	ID     id.ID     `json:"decision_id"`
	Act    string    `json:"act" doc:"queued (the desk looked for an agent and found none), assigned, grabbed, accepted, moved-up (it opened by itself, because its agent had a conversation place free), transferred, transferred-group, taken-over, released, returned, invited, left, prioritised, hold-over (its customer's own agent was waited for long enough), others-asked (the agent it was for was), opened (business hours began), overflowed, reclaimed (its customer is nobody's own any more), interjected, closed, closed-by-company, closed-by-admin, queue-timeout, reception-timeout, idle-timeout"`
	By     *int64    `json:"by" doc:"the agent who decided it; null: the desk, or the company's own program"`
	UID    *int64    `json:"uid" doc:"the agent who had the session from then on; null: nobody"`
	MadeAt time.Time `json:"made_at"`
	Reason any       `json:"reason" doc:"what it was made from, for programs; of a choice: case.aimed_by is the rule, menu, QR code or person that named the agent or group"`
	Words  string    `json:"words" doc:"the same for people, in the company's language"`
}

type decisionsInput struct {
	SessionPath
	Page
}

type decisionsOutput struct{ Body List[Decision] }

// GET /sessions/{id}/decisions
func (a *API) decisions(ctx context.Context, in *decisionsInput) (*decisionsOutput, error) {
	session, err := in.id()
	if err != nil {
		return nil, err
	}
	after, err := place(in.Cursor, 'd', len(id.ID{}))
	if err != nil {
		return nil, err
	}
	c, s, err := a.Desk.Session(ctx, company(ctx), session)
	if err != nil {
		return nil, err
	}
	rows, err := a.Desk.DecisionsAfter(ctx, s, id.ID(after), in.Limit+1)
	if err != nil {
		return nil, err
	}
	tell := telling{c, words.For(c.Locale)}
	items := make([]Decision, len(rows))
	for i := range rows {
		r := &rows[i]
		items[i] = Decision{ID: r.DecisionID, Act: r.Act, By: r.ByUID, UID: r.UID, MadeAt: r.MadeAt, Words: tell.whole(r)}
		if err := json.Unmarshal(r.Reason, &items[i].Reason); err != nil {
			items[i].Reason = map[string]any{}
		}
	}
	return &decisionsOutput{pageOf(items, in.Limit, func(d Decision) string { return cursor('d', d.ID[:]) })}, nil
}
