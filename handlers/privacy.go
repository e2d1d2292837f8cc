package handlers

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"weir/internal/desk"
	"weir/internal/store"
	"weir/views"
)

// forgetMost is the longest, in days, that may be chosen for who left.
const forgetMost = 3650

const secondsOfDay = int64(24 * time.Hour / time.Second)

// GET /settings/privacy is how long what is known of customers is kept.
func (h *Handlers) privacyPage(c echo.Context) error {
	company, err := h.Desk.Company(c.Request().Context(), agent(c).Company)
	if err != nil {
		return err
	}
	p := views.Privacy{Settings: h.nav(c, company), Days: "30", Most: forgetMost}
	if company.ForgetAfter != nil {
		p.Forget, p.Days = true, strconv.FormatInt((*company.ForgetAfter+secondsOfDay-1)/secondsOfDay, 10)
	}
	return render(c, http.StatusOK, views.SettingsPage(p.Settings, p.Words.OfPrivacy().Title, views.PrivacyBody(p)))
}

// PUT /settings/privacy: keep is "always", or "days" with a number of them; 0 is at once.
func (h *Handlers) changePrivacy(c echo.Context) error {
	p := store.CompanyForgetAfterSetParams{CompanyID: agent(c).Company}
	switch c.FormValue("keep") {
	case "always":
	case "days":
		days, err := strconv.ParseInt(strings.TrimSpace(c.FormValue("days")), 10, 64)
		if err != nil || days < 0 || days > forgetMost {
			return desk.Refuse(desk.Invalid, "privacy.days", forgetMost)
		}
		seconds := days * secondsOfDay
		p.ForgetAfter = &seconds
	default:
		return desk.Refuse(desk.Invalid, "privacy.keep")
	}
	if err := h.Store.Of(p.CompanyID).CompanyForgetAfterSet(c.Request().Context(), p); err != nil {
		return err
	}
	c.Response().Header().Set("HX-Refresh", "true")
	return c.NoContent(http.StatusNoContent)
}
