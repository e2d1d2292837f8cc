package handlers

import (
	"cmp"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"weir/internal/desk"
	"weir/internal/store"
	"weir/views"
)

// What a password must have, in characters and bytes.
const (
	passwordLeast = 8
	passwordMost  = 1024
)

// agentRoutes are the company's agents: admins add, change and disable them.
func (h *Handlers) agentRoutes(g *echo.Group) {
	g.GET("/settings/agents", h.agentsPage, h.managers)
	g.GET("/settings/agents/new", h.newAgent, h.managers)
	g.POST("/settings/agents", h.createAgent, h.managers)
	g.GET("/settings/agents/:uid", h.agentPage, h.managers)
	g.PUT("/settings/agents/:uid", h.changeAgent, h.managers)
	g.PUT("/settings/agents/:uid/disabled", h.disableAgent, h.managers)
}

// GET /settings/agents lists the agents: those who may log in first, by name.
func (h *Handlers) agentsPage(c echo.Context) error {
	ctx, who := c.Request().Context(), agent(c)
	company, err := h.Desk.Company(ctx, who.Company)
	if err != nil {
		return err
	}
	rows, err := h.Store.Of(who.Company).AgentsOfCompany(ctx, who.Company)
	if err != nil {
		return err
	}
	slices.SortFunc(rows, func(a, b store.Agent) int {
		return cmp.Or(cmp.Compare(boolInt(a.DisabledAt != nil), boolInt(b.DisabledAt != nil)), strings.Compare(a.Name, b.Name), cmp.Compare(a.UID, b.UID))
	})
	l := views.StaffList{Settings: h.nav(c, company)}
	for i := range rows {
		a := &rows[i]
		row := views.StaffRow{UID: a.UID, Name: a.Name, Email: a.Email, Role: a.Role, Status: views.Status(a.Presence), Load: int(a.Load), Capacity: int(a.Capacity),
			Disabled: a.DisabledAt != nil, Everywhere: a.EveryAccount}
		for _, group := range company.GroupsOf(a.UID) {
			row.Groups = append(row.Groups, company.GroupName(group))
		}
		slices.Sort(row.Groups)
		for _, t := range seatTicks(company, a.UID) {
			if t.On {
				row.Accounts = append(row.Accounts, t.Name)
			}
		}
		l.Rows = append(l.Rows, row)
	}
	return render(c, http.StatusOK, views.SettingsPage(l.Settings, l.Words.OfPeople().Agents, views.StaffBody(l)))
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// seatTicks are the company's accounts, and at which of them an agent has a seat.
func seatTicks(company *desk.Company, uid int64) (out []views.Tick) {
	for _, appid := range slices.Sorted(maps.Keys(company.Accounts)) {
		out = append(out, views.Tick{Value: appid, Name: company.Accounts[appid].Name, On: company.Seat(appid, uid) != 0})
	}
	return out
}

// GET /settings/agents/new is the form.
func (h *Handlers) newAgent(c echo.Context) error {
	company, err := h.Desk.Company(c.Request().Context(), agent(c).Company)
	if err != nil {
		return err
	}
	f := views.StaffForm{Settings: h.nav(c, company), Role: roleAgent, Capacity: 5, Everywhere: true, Accounts: seatTicks(company, 0)}
	if f.ReadOnly {
		return desk.Refuse(desk.Denied, "settings.read-only")
	}
	return render(c, http.StatusOK, views.SettingsPage(f.Settings, f.Words.OfPeople().AddAgent, views.NewStaffBody(f)))
}

// POST /settings/agents adds an agent.
func (h *Handlers) createAgent(c echo.Context) error {
	uid, err := h.putStaff(c, 0)
	if err != nil {
		return err
	}
	return h.goTo(c, "/settings/agents/"+strconv.FormatInt(uid, 10)+"?saved=1")
}

// staffOf is the agent that the path names, of the asker's company.
func (h *Handlers) staffOf(c echo.Context) (*store.Agent, error) {
	uid, err := strconv.ParseInt(c.Param("uid"), 10, 64)
	if err != nil {
		return nil, desk.Refuse(desk.Missing, "agent.missing")
	}
	row, err := h.Store.Of(agent(c).Company).AgentGet(c.Request().Context(), store.AgentGetParams{CompanyID: agent(c).Company, UID: uid})
	if errors.Is(err, store.ErrNone) {
		return nil, desk.Refuse(desk.Missing, "agent.missing")
	}
	return &row, err
}

// GET /settings/agents/:uid is one agent.
func (h *Handlers) agentPage(c echo.Context) error {
	a, err := h.staffOf(c)
	if err != nil {
		return err
	}
	company, err := h.Desk.Company(c.Request().Context(), a.CompanyID)
	if err != nil {
		return err
	}
	f := views.StaffForm{Settings: h.nav(c, company), Saved: c.QueryParam("saved") != "", UID: a.UID, Name: a.Name, Email: a.Email, Role: a.Role,
		Capacity: int(a.Capacity), Conversations: int(a.Conversations), Everywhere: a.EveryAccount, Accounts: seatTicks(company, a.UID)}
	if a.DisabledAt != nil {
		f.Disabled = a.DisabledAt.In(company.Location).Format("2006-01-02 15:04")
	}
	return render(c, http.StatusOK, views.SettingsPage(f.Settings, a.Name, views.StaffFormBody(f)))
}

// PUT /settings/agents/:uid changes an agent. An empty password stays.
func (h *Handlers) changeAgent(c echo.Context) error {
	a, err := h.staffOf(c)
	if err != nil {
		return err
	}
	if _, err := h.putStaff(c, a.UID); err != nil {
		return err
	}
	return savedSettings(c)
}

// putStaff reads the form and keeps it: name, email, password, role, capacity, conversations, seats (every, chosen), account.
func (h *Handlers) putStaff(c echo.Context, uid int64) (int64, error) {
	form, err := c.FormParams()
	if err != nil {
		return 0, desk.Refuse(desk.Invalid, "invalid")
	}
	s := desk.Staff{UID: uid, Name: form.Get("name"), Email: form.Get("email"), Role: form.Get("role"), Capacity: places(form.Get("capacity")), Conversations: places(form.Get("conversations")),
		EveryAccount: form.Get("seats") == "every", Accounts: form["account"]}
	password := form.Get("password")
	switch {
	case password == "":
	case utf8.RuneCountInString(password) < passwordLeast:
		return 0, desk.Refuse(desk.Invalid, "staff.password")
	case len(password) > passwordMost:
		return 0, desk.Refuse(desk.Invalid, "staff.password-long")
	default:
		if s.Password, err = h.Passwords.Hash(c.Request().Context(), password); err != nil {
			return 0, err
		}
	}
	return h.Desk.PutStaff(c.Request().Context(), agent(c), s)
}

// places is a number of sessions; what is none is less than none, which the desk refuses.
func places(s string) int32 {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 32)
	if err != nil {
		return -1
	}
	return int32(n)
}

// PUT /settings/agents/:uid/disabled: off=1 disables, anything else lets in again. The agent's logins and streams end with it.
func (h *Handlers) disableAgent(c echo.Context) error {
	a, err := h.staffOf(c)
	if err != nil {
		return err
	}
	if err := h.Desk.Disable(c.Request().Context(), agent(c), a.UID, c.FormValue("off") == "1"); err != nil {
		return err
	}
	c.Response().Header().Set("HX-Refresh", "true")
	return c.NoContent(http.StatusNoContent)
}
