package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// activityRoutes are where a page says that somebody is at it.
func (h *Handlers) activityRoutes(g *echo.Group) { g.PUT("/presence/active", h.active) }

// PUT /presence/active: the agent has touched the workspace. Pages say so at most every half minute.
func (h *Handlers) active(c echo.Context) error {
	if err := h.Desk.Active(c.Request().Context(), agent(c)); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
