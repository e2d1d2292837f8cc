package handlers

import (
	"context"
	"strconv"

	"github.com/labstack/echo/v4"

	"weir/internal/desk"
	"weir/internal/id"
)

// deliveryRoutes are what a person decides about a message that was not simply sent.
func (h *Handlers) deliveryRoutes(agents *echo.Group) {
	agents.DELETE("/sessions/:id/messages/:seq", h.withdraw)
	agents.PUT("/sessions/:id/messages/:seq/delivery", h.vouch)
}

// DELETE /sessions/:id/messages/:seq takes back what waits for the customer's next message.
func (h *Handlers) withdraw(c echo.Context) error { return h.decide(c, h.Desk.Withdraw) }

// PUT /sessions/:id/messages/:seq/delivery says that a message arrived of which nobody knew.
func (h *Handlers) vouch(c echo.Context) error { return h.decide(c, h.Desk.Vouch) }

func (h *Handlers) decide(c echo.Context, how func(context.Context, desk.Agent, id.ID, int32) error) error {
	seq, err := strconv.ParseInt(c.Param("seq"), 10, 32)
	if err != nil {
		return desk.Refuse(desk.Missing, "message.missing")
	}
	return h.act(c, func(session id.ID) error { return how(c.Request().Context(), agent(c), session, int32(seq)) })
}

type placeInput struct {
	SessionPath
	Seq int32 `path:"seq" minimum:"1" doc:"the message's place in its session"`
}

// DELETE /sessions/{id}/messages/{seq}
func (a *API) withdraw(ctx context.Context, in *placeInput) (*struct{}, error) {
	x, err := in.id()
	if err != nil {
		return nil, err
	}
	return nil, a.Desk.Withdraw(ctx, desk.Agent{Company: company(ctx)}, x, in.Seq)
}
