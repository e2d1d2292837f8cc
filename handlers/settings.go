package handlers

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"weir/internal/desk"
	"weir/internal/platform"
	"weir/internal/store"
	"weir/views"
)

// The roles of a company's people.
const (
	roleAgent = "agent"
	roleAdmin = "admin"
)

const personKey = "person"

// settingsRoutes are the company's settings: admins change them, supervisors look, agents have no business here.
func (h *Handlers) settingsRoutes(g *echo.Group) {
	h.agentRoutes(g)
	h.groupRoutes(g)
	h.sessionSettingsRoutes(g)
	g.GET("/settings", h.settings, h.managers)
	g.GET("/settings/accounts", h.accountsPage, h.managers)
	g.GET("/settings/accounts/new", h.newAccount, h.managers)
	g.POST("/settings/accounts", h.createAccount, h.managers)
	g.GET("/settings/accounts/authorise", h.authorise, h.managers)
	g.GET("/settings/accounts/authorised", h.authorised, h.managers)
	g.GET("/settings/accounts/:appid", h.accountPage, h.managers)
	g.PUT("/settings/accounts/:appid", h.changeAccount, h.managers)
	g.PUT("/settings/accounts/:appid/pause", h.pauseAccount, h.managers)
	g.PUT("/settings/accounts/:appid/group", h.setDefaultGroup, h.managers)
	g.GET("/settings/accounts/:appid/checks", h.checkAccount, h.managers)
	g.POST("/settings/accounts/:appid/resume", h.resumeAccount, h.managers)
	g.GET("/settings/accounts/:appid/health", h.healthPage, h.managers)
	g.GET("/settings/accounts/:appid/quota", h.quota, h.managers)
	g.DELETE("/settings/accounts/:appid/quota", h.clearQuota, h.managers)
	g.GET("/settings/privacy", h.privacyPage, h.managers)
	g.PUT("/settings/privacy", h.changePrivacy, h.managers)
}

// managers lets admins in, and supervisors where nothing is changed. The role is read anew with each request, so whoever loses
// it is out at once.
func (h *Handlers) managers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		who := agent(c)
		person, err := h.Store.Of(who.Company).AgentGet(c.Request().Context(), store.AgentGetParams{CompanyID: who.Company, UID: who.UID})
		if err != nil {
			return err
		}
		switch {
		case person.Role == roleAgent || person.DisabledAt != nil:
			return desk.Refuse(desk.Denied, "settings.denied")
		case person.Role != roleAdmin && c.Request().Method != http.MethodGet:
			return desk.Refuse(desk.Denied, "settings.read-only")
		}
		c.Set(personKey, &person)
		return next(c)
	}
}

// staff lets everybody in who works here: what they may do on the page is the desk's to say.
func (h *Handlers) staff(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		who := agent(c)
		person, err := h.Store.Of(who.Company).AgentGet(c.Request().Context(), store.AgentGetParams{CompanyID: who.Company, UID: who.UID})
		if err != nil {
			return err
		}
		c.Set(personKey, &person)
		return next(c)
	}
}

// nav is the frame of a page of the settings. Whoever adds a page adds its link here.
func (h *Handlers) nav(c echo.Context, company *desk.Company) views.Settings {
	r, person := h.reader(c), c.Get(personKey).(*store.Agent)
	w := r.Words.OfSettings()
	links := []views.Link{
		{Href: "/", Icon: "message-square-text", Text: r.Words.Workspace},
		{Href: "/settings/accounts", Icon: "smartphone", Text: w.Accounts, Divided: true},
		{Href: "/settings/agents", Icon: "contact", Text: r.Words.OfPeople().Agents},
		{Href: "/settings/groups", Icon: "users", Text: r.Words.OfPeople().Groups},
		{Href: "/settings/channels", Icon: "qr-code", Text: r.Words.OfChannels().Channels},
		{Href: "/settings/menus", Icon: "menu", Text: r.Words.OfMenus().Menus},
		{Href: "/settings/sessions", Icon: "arrow-right-left", Text: r.Words.OfSessionSettings().Sessions},
		{Href: "/settings/hours", Icon: "clock", Text: r.Words.OfSessionSettings().Hours},
		{Href: "/settings/privacy", Icon: "lock", Text: r.Words.OfPrivacy().Title},
	}
	quick := views.Link{Href: "/settings/quick", Icon: "zap", Text: r.Words.OfQuick().Title, Divided: person.Role == roleAgent}
	if links = slices.Insert(links, len(links)-1, quick); person.Role == roleAgent { // the rest is not theirs
		links = []views.Link{links[0], quick}
	}
	for i := range links {
		links[i].Current = i > 0 && strings.HasPrefix(c.Request().URL.Path, links[i].Href)
	}
	return views.Settings{Reader: r, Company: company.Name, Person: person.Name, Links: links, ReadOnly: person.Role != roleAdmin}
}

// GET /settings is the first page of them.
func (h *Handlers) settings(c echo.Context) error {
	return c.Redirect(http.StatusSeeOther, "/settings/accounts")
}

// GET /settings/accounts lists the company's accounts.
func (h *Handlers) accountsPage(c echo.Context) error {
	company, err := h.Desk.Company(c.Request().Context(), agent(c).Company)
	if err != nil {
		return err
	}
	rows, err := h.Store.Of(company.CompanyID).AccountsOfCompany(c.Request().Context(), company.CompanyID)
	if err != nil {
		return err
	}
	healths, err := h.Desk.Healths(c.Request().Context(), company.CompanyID)
	if err != nil {
		return err
	}
	badges := healthBadges(healths, h.Clock())
	l := views.AccountList{Settings: h.nav(c, company)}
	for _, a := range rows {
		l.Rows = append(l.Rows, views.AccountRow{AppID: a.AppID, Name: a.Name, Mode: a.Mode, Paused: a.PausedAt != nil, ByScan: a.Via == platform.Authorise,
			Withdrawn: a.UnauthorisedAt != nil, Moved: a.MovedAt != nil, State: badges[a.AppID]})
	}
	if l.CanScan, err = h.canScan(c.Request().Context()); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.SettingsPage(l.Settings, l.Words.OfSettings().Accounts, views.AccountsBody(l)))
}
