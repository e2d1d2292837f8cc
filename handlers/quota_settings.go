package handlers

import (
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"weir/internal/desk"
	"weir/views"
)

// quotaCard is what WeChat allows, on the page of sessions.
func quotaCard(company *desk.Company) views.QuotaCard {
	q := company.Quota()
	return views.QuotaCard{Messages: q.Messages, Events: q.Events, Most: desk.QuotaMost,
		MessageWindow: views.TimeOf("window_message", false, q.MessageWindow), EventWindow: views.TimeOf("window_event", false, q.EventWindow)}
}

// PUT /settings/quota changes what WeChat allows: it has changed it before.
func (h *Handlers) setQuota(c echo.Context) error {
	var q desk.Quota
	for name, into := range map[string]*int{"quota_message": &q.Messages, "quota_event": &q.Events} {
		n, err := strconv.Atoi(strings.TrimSpace(c.FormValue(name)))
		if err != nil {
			return desk.Refuse(desk.Invalid, "quota.count", desk.QuotaMost)
		}
		*into = n
	}
	for name, into := range map[string]*time.Duration{"window_message": &q.MessageWindow, "window_event": &q.EventWindow} {
		d, err := views.ParseTime(c.FormValue(name), c.FormValue(name+"_unit"))
		if err != nil {
			return desk.Refuse(desk.Invalid, "settings.time")
		}
		*into = d
	}
	if err := h.Desk.SetQuota(c.Request().Context(), agent(c).Company, q); err != nil {
		return err
	}
	c.Response().Header().Set("HX-Redirect", "/settings/sessions?saved=1")
	return c.NoContent(204)
}
