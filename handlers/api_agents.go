package handlers

import (
	"context"
	"strconv"

	"weir/internal/desk"
)

// Presence is an agent's status.
type Presence struct {
	UID    int64  `json:"uid"`
	Status string `json:"status" enum:"online,away,offline" doc:"what it comes to now"`
}

type presenceInput struct {
	UID  string `path:"uid"`
	Body struct {
		Status string `json:"status" doc:"online, away, offline; or auto: online while a workspace is open"`
	}
}

type presenceOutput struct{ Body Presence }

// PUT /agents/{uid}/presence
func (a *API) presence(ctx context.Context, in *presenceInput) (*presenceOutput, error) {
	uid, err := strconv.ParseInt(in.UID, 10, 64)
	if err != nil || uid <= 0 {
		return nil, desk.Refuse(desk.Missing, "agent.missing")
	}
	if err := a.Desk.SetPresence(ctx, company(ctx), uid, in.Body.Status); err != nil {
		return nil, err
	}
	all, err := a.Desk.Presence(ctx, company(ctx))
	if err != nil {
		return nil, err
	}
	return &presenceOutput{Presence{uid, all[uid]}}, nil
}
