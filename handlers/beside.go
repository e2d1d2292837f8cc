package handlers

import (
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/live"
	"weir/views"
)

// besideTopic is where those are who have a session open: they see each other.
func besideTopic(session id.ID) string { return live.Beside + "session/" + session.String() }

// writingFor is how long one is shown to write after a key; a page tells of its keys at most every four seconds.
const writingFor = 6 * time.Second

// GET /sessions/:id/beside is which colleagues have the session open, too, and who of them writes in it.
func (h *Handlers) beside(c echo.Context) error {
	v, err := h.viewed(c)
	if err != nil {
		return err
	}
	at, err := h.Hub.At(c.Request().Context(), v.Company.CompanyID.String(), besideTopic(v.Session.SessionID))
	if err != nil {
		return err
	}
	me := v.Viewer.UID
	return render(c, http.StatusOK, views.BesideFragment(views.Beside{Reader: h.reader(c), Here: colleagues(v.Company, at.Here, me), Writing: colleagues(v.Company, at.Writing, me)}))
}

// colleagues are the names of all but one.
func colleagues(c *desk.Company, uids []int64, but int64) []string {
	return names(c, slices.DeleteFunc(slices.Clone(uids), func(uid int64) bool { return uid == but }))
}

// writes tells the colleagues who have a session open that somebody writes in it, or does no more. Nothing waits for it, and without
// Redis nobody is told.
func (h *Handlers) writes(c echo.Context, v *desk.View, long time.Duration) {
	err := h.Hub.Writing(c.Request().Context(), v.Company.CompanyID.String(), besideTopic(v.Session.SessionID), v.Viewer.UID, long)
	if err != nil {
		h.Log.Debug("colleagues are not told who writes", "err", err)
	}
}
