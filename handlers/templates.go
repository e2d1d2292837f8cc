package handlers

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/store"
	"weir/views"
)

// templateRoutes are an account's templates: agents send them, admins say which.
func (h *Handlers) templateRoutes(g *echo.Group) {
	g.GET("/sessions/:id/template", h.templateForm)
	g.GET("/settings/accounts/:appid/templates", h.templatesPage, h.managers)
	g.POST("/settings/accounts/:appid/templates", h.readTemplates, h.managers)
	g.PUT("/settings/accounts/:appid/templates/:template", h.offerTemplate, h.managers)
}

// GET /sessions/:id/template fills the dialog in which a template message is written: template_id is the one that was chosen. It is sent
// as every message is.
func (h *Handlers) templateForm(c echo.Context) error {
	v, err := h.viewed(c)
	if err != nil {
		return err
	}
	all, err := h.Desk.Templates(c.Request().Context(), v.Company.CompanyID, v.Session.AppID)
	if err != nil {
		return err
	}
	f := views.TemplateForm{Reader: h.reader(c), SessionID: v.Session.SessionID.String(), Key: id.New().String(), Reading: all.Reading, Trouble: unread(h.reader(c), all)}
	if v.Viewer.Role == roleAdmin {
		f.Arrange = "/settings/accounts/" + v.Session.AppID + "/templates"
	}
	chosen := 0
	offered := all.Offered()
	for i, t := range offered {
		if t.ID == c.QueryParam("template_id") {
			chosen = i
		}
		f.Templates = append(f.Templates, views.TemplateChoice{ID: t.ID, Title: t.Title, Notice: t.Kind == desk.KindNotice})
	}
	if len(offered) > 0 {
		f.Templates[chosen].Chosen = true
		for _, field := range offered[chosen].Fields {
			f.Fields = append(f.Fields, views.TemplateField{Key: field.Key, Label: field.Label, Most: field.Most})
		}
	}
	return render(c, http.StatusOK, views.TemplateDialog(f))
}

// unread says why WeChat did not tell an account's templates; "": it did.
func unread(r views.Reader, all *desk.Templates) string {
	if all.Code == 0 {
		return ""
	}
	return r.Words.Refused(all.Code)
}

// fieldPrefix begins the name of a form's field that is a place of a template.
const fieldPrefix = "field."

// filledIn is a template as a form fills it in: template_id, field.KEY for each of its places, and what it opens.
func filledIn(c echo.Context) desk.Data {
	f := &desk.Filled{ID: c.FormValue("template_id"), Values: map[string]string{}, URL: strings.TrimSpace(c.FormValue("url"))}
	form, _ := c.FormParams()
	for name, values := range form {
		if key, is := strings.CutPrefix(name, fieldPrefix); is {
			f.Values[key] = strings.TrimSpace(values[0])
		}
	}
	if appid, path := strings.TrimSpace(c.FormValue("appid")), strings.TrimSpace(c.FormValue("path")); appid+path != "" {
		f.Program = &desk.Program{AppID: appid, Path: path}
	}
	return desk.Data{Kind: desk.KindTemplate, Out: &desk.Outgoing{Filled: f}}
}

// fill makes a reply of a template what the customer will read. A form in which nothing is filled in yet has nothing wrong with it.
func (h *Handlers) fill(c echo.Context, v *desk.View, r *desk.Reply) error {
	f := r.Data.Out.Filled
	all, err := h.Desk.Templates(c.Request().Context(), v.Company.CompanyID, v.Session.AppID)
	if err != nil {
		return err
	}
	t := all.Find(f.ID)
	if t == nil {
		return desk.Refuse(desk.Missing, "template.missing")
	}
	begun := false
	for _, v := range f.Values {
		begun = begun || v != ""
	}
	if err := t.Fill(r); begun {
		return err
	}
	return nil
}

func (h *Handlers) templateList(c echo.Context, row *store.Account) (views.TemplateList, error) {
	company, err := h.Desk.Company(c.Request().Context(), row.CompanyID)
	if err != nil {
		return views.TemplateList{}, err
	}
	l := views.TemplateList{Settings: h.nav(c, company), AppID: row.AppID, Name: row.Name}
	all, err := h.Desk.Templates(c.Request().Context(), row.CompanyID, row.AppID)
	if err != nil {
		return l, err
	}
	l.Reading, l.Trouble, l.ReadAt = all.Reading, unread(l.Reader, all), all.ReadAt
	if !l.ReadAt.IsZero() {
		l.ReadAt = l.ReadAt.In(company.Location)
	}
	for _, t := range all.All {
		l.Rows = append(l.Rows, views.TemplateRow{ID: t.ID, Title: t.Title, Content: t.Outline(), Notice: t.Kind == desk.KindNotice, Offered: !t.Hidden})
	}
	return l, nil
}

// GET /settings/accounts/:appid/templates are an account's templates. While they are read, the page asks again.
func (h *Handlers) templatesPage(c echo.Context) error {
	row, err := h.accountOf(c)
	if err != nil {
		return err
	}
	l, err := h.templateList(c, row)
	if err != nil {
		return err
	}
	if script(c) {
		return render(c, http.StatusOK, views.TemplatesPart(l))
	}
	return render(c, http.StatusOK, views.SettingsPage(l.Settings, l.Words.OfTemplates().Title, views.TemplatesBody(l)))
}

// POST /settings/accounts/:appid/templates has them be read from WeChat now.
func (h *Handlers) readTemplates(c echo.Context) error {
	row, err := h.accountOf(c)
	if err != nil {
		return err
	}
	if err := h.Desk.ReadTemplates(c.Request().Context(), row.CompanyID, row.AppID); err != nil {
		return err
	}
	return h.templatesPage(c)
}

// PUT /settings/accounts/:appid/templates/:template: offered=1 offers it to the agents, anything else keeps it from them.
func (h *Handlers) offerTemplate(c echo.Context) error {
	row, err := h.accountOf(c)
	if err != nil {
		return err
	}
	if err := h.Desk.OfferTemplate(c.Request().Context(), row.CompanyID, row.AppID, c.Param("template"), c.FormValue("offered") == "1"); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
