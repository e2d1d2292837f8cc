package handlers

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"weir/internal/desk"
)

// typingWithin is how lately a customer must have written, or been written to, for WeChat to show them that somebody is writing
// (WECHAT, section 3.2).
const typingWithin = 30 * time.Second

// POST /sessions/:id/typing: the agent is writing. Colleagues who have the session open see it, and so does the customer sees it, where WeChat lets them; nobody is told where it does not.
func (h *Handlers) typing(c echo.Context) error {
	v, err := h.viewed(c)
	if err != nil {
		return err
	}
	h.writes(c, v, writingFor)
	last := v.Customer.HeardAt
	if v.Customer.RepliedAt != nil && v.Customer.RepliedAt.After(last) {
		last = *v.Customer.RepliedAt
	}
	if h.Typing != nil && v.Session.Joined(v.Viewer.UID) && v.Session.In(desk.Conversing, desk.GroupConversation) && h.Clock().Sub(last) < typingWithin {
		h.Typing(v.Session.AppID, v.Session.OpenID)
	}
	return c.NoContent(http.StatusNoContent)
}
