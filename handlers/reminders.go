package handlers

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/views"
)

// reminderRoutes are how agents have themselves reminded of customers.
func (h *Handlers) reminderRoutes(agents *echo.Group) {
	agents.GET("/sessions/:id/reminders", h.remindForm)
	agents.POST("/sessions/:id/reminders", h.remind)
	agents.PUT("/reminders/:id/done", h.finishReminder)
	agents.PUT("/reminders/:id/due", h.putOffReminder)
	agents.DELETE("/reminders/:id", h.cancelReminder)
}

// GET /sessions/:id/reminders fills the dialog.
func (h *Handlers) remindForm(c echo.Context) error {
	v, err := h.viewed(c)
	if err != nil {
		return err
	}
	at, _ := v.Company.Later("tomorrow", h.Clock())
	return render(c, http.StatusOK, views.RemindingForm(views.Reminding{Reader: h.reader(c), SessionID: v.Session.SessionID.String(), OpenID: v.Customer.OpenID, Name: v.Customer.Remark, Most: desk.ReminderMost, At: at}))
}

// POST /sessions/:id/reminders: text; when hour, tomorrow, week or at, and then at, a time in the company's zone.
func (h *Handlers) remind(c echo.Context) error {
	v, err := h.viewed(c)
	if err != nil {
		return err
	}
	at, ok := v.Company.Later(c.FormValue("when"), h.Clock())
	if !ok {
		if at, err = time.ParseInLocation("2006-01-02T15:04", c.FormValue("at"), v.Company.Location); err != nil {
			return desk.Refuse(desk.Invalid, "reminder.when")
		}
	}
	if err := h.Desk.Remind(c.Request().Context(), agent(c), v.Session.SessionID, c.FormValue("text"), at); err != nil {
		return err
	}
	return h.remindersBlock(c, v)
}

func (h *Handlers) remindersBlock(c echo.Context, v *desk.View) error {
	m, err := h.remindersOf(c, v)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.RemindersBlock(m))
}

// remindersOf are the reader's about the customer of a session.
func (h *Handlers) remindersOf(c echo.Context, v *desk.View) (views.Reminders, error) {
	m := views.Reminders{Reader: h.reader(c), Now: h.now(v.Company), SessionID: v.Session.SessionID.String()}
	all, err := h.Desk.RemindersOf(c.Request().Context(), v)
	for i := range all {
		m.All = append(m.All, reminderModel(v.Company, &all[i]))
	}
	return m, err
}

func reminderModel(c *desk.Company, r *desk.Reminder) views.Reminder {
	return views.Reminder{ID: r.ReminderID.String(), OpenID: r.OpenID, Text: r.Text, At: r.DueAt.In(c.Location)}
}

// come are an agent's reminders whose time has come.
func (h *Handlers) come(c echo.Context, l *desk.Lists) (out []views.Reminder, err error) {
	all, err := h.Desk.RemindersCome(c.Request().Context(), l.Company, l.Agent)
	for i := range all {
		m := reminderModel(l.Company, &all[i].Reminder)
		if m.Name = all[i].Remark; all[i].Session != nil {
			m.SessionID = all[i].Session.SessionID.String()
		}
		out = append(out, m)
	}
	return out, err
}

// reminder is the one that the path names.
func reminder(c echo.Context) (id.ID, error) {
	r, err := id.Parse(c.Param("id"))
	if err != nil {
		err = desk.Refuse(desk.Missing, "reminder.missing")
	}
	return r, err
}

// PUT /reminders/:id/done
func (h *Handlers) finishReminder(c echo.Context) error {
	r, err := reminder(c)
	if err == nil {
		err = h.Desk.FinishReminder(c.Request().Context(), agent(c), r)
	}
	if err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent) // the ring brings the lists up to date
}

// PUT /reminders/:id/due: until hour, tomorrow or week.
func (h *Handlers) putOffReminder(c echo.Context) error {
	r, err := reminder(c)
	if err == nil {
		err = h.Desk.PutOffReminder(c.Request().Context(), agent(c), r, c.FormValue("until"))
	}
	if err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// DELETE /reminders/:id?session= takes it away; session is beside which it was shown.
func (h *Handlers) cancelReminder(c echo.Context) error {
	r, err := reminder(c)
	if err == nil {
		err = h.Desk.CancelReminder(c.Request().Context(), agent(c), r)
	}
	if err != nil {
		return err
	}
	session, err := id.Parse(c.FormValue("session"))
	if err != nil {
		return c.NoContent(http.StatusNoContent)
	}
	v, err := h.Desk.View(c.Request().Context(), agent(c), session)
	if err != nil {
		return err
	}
	return h.remindersBlock(c, v)
}
