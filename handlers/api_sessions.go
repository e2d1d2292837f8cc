package handlers

import (
	"context"
	"time"

	"weir/internal/desk"
	"weir/internal/id"
)

// Session is a session as other programs see it.
type Session struct {
	ID                id.ID      `json:"session_id"`
	AppID             string     `json:"appid"`
	OpenID            string     `json:"customer_wx_openid"`
	State             int16      `json:"state" enum:"3,0,1,2,-1,-2,-3,-4" doc:"3 queueing, 0 waiting, 1 in conversation, 2 group conversation, -1 closed, -2 reception timeout, -3 nobody received, -4 closed by admin"`
	Type              string     `json:"type" enum:"user,group,other" doc:"how it chooses its agent"`
	UID               *int64     `json:"uid" doc:"the agent who has it; null: nobody"`
	CustomerServiceID *int64     `json:"customer_service_id" doc:"that agent's seat"`
	Group             *string    `json:"group" doc:"the group it is for, by name"`
	TargetUID         *int64     `json:"target_uid" doc:"of type user: the agent it is for"`
	ExclusiveUID      *int64     `json:"exclusive_uid" doc:"whose customer it was when it queued"`
	Priority          int32      `json:"priority" doc:"in the queue; the highest goes first"`
	LastSeq           int32      `json:"last_seq" doc:"the place of its last message"`
	CreatedAt         time.Time  `json:"created_at"`
	QueuedAt          time.Time  `json:"queued_at"`
	AssignedAt        *time.Time `json:"assigned_at"`
	TakenAt           *time.Time `json:"taken_at" doc:"when its agent opened it"`
	ClosedAt          *time.Time `json:"closed_at"`
	ClosedWhy         string     `json:"closed_why,omitempty"`
	NotBefore         *time.Time `json:"not_before" doc:"outside business hours: when somebody is there; it is not given out before. null: it waits for no opening"`
	LeftMessage       bool       `json:"left_message" doc:"outside business hours the customer left a message (留言) and does not wait: it is work for after opening"`
}

func sessionOf(c *desk.Company, s *desk.Session) Session {
	out := Session{ID: s.SessionID, AppID: s.AppID, OpenID: s.OpenID, State: s.State, Type: s.Type, UID: s.UID, CustomerServiceID: s.CustomerServiceID,
		TargetUID: s.TargetUID, ExclusiveUID: s.ExclusiveUID, Priority: s.Priority, LastSeq: s.LastSeq, CreatedAt: s.CreatedAt, QueuedAt: s.QueuedAt,
		AssignedAt: s.AssignedAt, TakenAt: s.TakenAt, ClosedAt: s.ClosedAt, ClosedWhy: s.ClosedWhy, NotBefore: s.NotBefore, LeftMessage: s.LeftMessage}
	if s.GroupID != nil {
		if name := c.GroupName(*s.GroupID); name != "" {
			out.Group = &name
		}
	}
	return out
}

type sessionsInput struct {
	Page
	State  Optional[int]    `query:"state" minimum:"-4" maximum:"3"`
	AppID  Optional[string] `query:"appid" maxLength:"64"`
	OpenID Optional[string] `query:"openid" maxLength:"64"`
	UID    Optional[int64]  `query:"uid"`
	Left   Optional[bool]   `query:"left_message" doc:"true: only those whose customers left a message"`
}

type sessionsOutput struct{ Body List[Session] }

// GET /sessions
func (a *API) sessions(ctx context.Context, in *sessionsInput) (*sessionsOutput, error) {
	after, err := place(in.Cursor, 's', len(id.ID{}))
	if err != nil {
		return nil, err
	}
	c, err := a.Desk.Company(ctx, company(ctx))
	if err != nil {
		return nil, err
	}
	f := desk.Filter{AppID: in.AppID.pointer(), OpenID: in.OpenID.pointer(), UID: in.UID.pointer(), Left: in.Left.pointer()}
	if in.State.Set {
		state := int16(in.State.Value)
		f.State = &state
	}
	rows, err := a.Desk.Sessions(ctx, c.CompanyID, f, id.ID(after), in.Limit+1)
	if err != nil {
		return nil, err
	}
	items := make([]Session, len(rows))
	for i := range rows {
		items[i] = sessionOf(c, &rows[i])
	}
	return &sessionsOutput{pageOf(items, in.Limit, func(s Session) string { return cursor('s', s.ID[:]) })}, nil
}

// SessionPath names a session.
type SessionPath struct {
	ID string `path:"id" doc:"session_id"`
}

// id of a session; what is no id names no session.
func (p SessionPath) id() (id.ID, error) {
	x, err := id.Parse(p.ID)
	if err != nil {
		return x, desk.Refuse(desk.Missing, "session.missing")
	}
	return x, nil
}

type sessionOutput struct{ Body Session }

// GET /sessions/{id}
func (a *API) session(ctx context.Context, in *SessionPath) (*sessionOutput, error) {
	x, err := in.id()
	if err != nil {
		return nil, err
	}
	return a.shown(ctx, x)
}

// shown is a session as it is now.
func (a *API) shown(ctx context.Context, session id.ID) (*sessionOutput, error) {
	c, s, err := a.Desk.Session(ctx, company(ctx), session)
	if err != nil {
		return nil, err
	}
	return &sessionOutput{sessionOf(c, s)}, nil
}

// act does something to a session and shows what came of it.
func (a *API) act(ctx context.Context, path SessionPath, do func(session id.ID) error) (*sessionOutput, error) {
	x, err := path.id()
	if err != nil {
		return nil, err
	}
	if err := do(x); err != nil {
		return nil, err
	}
	return a.shown(ctx, x)
}

type acceptInput struct {
	SessionPath
	Body struct {
		UID int64 `json:"uid" minimum:"1" doc:"the agent who opens it"`
	}
}

// POST /sessions/{id}/accept
func (a *API) accept(ctx context.Context, in *acceptInput) (*sessionOutput, error) {
	return a.act(ctx, in.SessionPath, func(session id.ID) error {
		if _, _, err := a.Desk.Session(ctx, company(ctx), session); err != nil {
			return err
		}
		who, err := a.actor(ctx, in.Body.UID)
		if err != nil {
			return err
		}
		return a.Desk.Accept(ctx, who, session)
	})
}
