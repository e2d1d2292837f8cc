package handlers

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"weir/internal/desk"
	"weir/internal/hours"
	"weir/views"
	"weir/views/words"
)

// sessionSettingsRoutes are how sessions are handled, what customers are told, and when somebody is there.
func (h *Handlers) sessionSettingsRoutes(g *echo.Group) {
	g.GET("/settings/sessions", h.sessionSettings, h.managers)
	g.PUT("/settings/sessions", h.setSessionSettings, h.managers)
	g.PUT("/settings/quota", h.setQuota, h.managers)
	g.GET("/settings/sessions/preview", h.previewNotice, h.managers)
	g.GET("/settings/hours", h.hoursPage, h.managers)
	g.GET("/settings/hours/accounts/:appid", h.accountHours, h.managers)
	g.PUT("/settings/hours/accounts/:appid", h.setAccountHours, h.managers)
	g.GET("/settings/hours/groups/:group", h.groupHours, h.managers)
	g.PUT("/settings/hours/groups/:group", h.setGroupHours, h.managers)
}

// spans are the times of the form: their names, and whether they may be none.
var spans = []struct {
	name string
	none bool
	of   func(*desk.Settings) *time.Duration
}{
	{"queue_timeout", false, func(s *desk.Settings) *time.Duration { return &s.QueueTimeout }},
	{"reception_timeout", false, func(s *desk.Settings) *time.Duration { return &s.ReceptionTimeout }},
	{"idle_timeout", false, func(s *desk.Settings) *time.Duration { return &s.IdleTimeout }},
	{"exclusive_wait", true, func(s *desk.Settings) *time.Duration { return &s.ExclusiveWait }},
	{"target_wait", true, func(s *desk.Settings) *time.Duration { return &s.TargetWait }},
	{"reclaim_after", false, func(s *desk.Settings) *time.Duration { return &s.ReclaimAfter }},
	{"away_after", true, func(s *desk.Settings) *time.Duration { return &s.AwayAfter }},
	{"grace", true, func(s *desk.Settings) *time.Duration { return &s.Grace }},
}

// GET /settings/sessions is how sessions are handled and what customers are told.
func (h *Handlers) sessionSettings(c echo.Context) error {
	company, err := h.Desk.Company(c.Request().Context(), agent(c).Company)
	if err != nil {
		return err
	}
	s := company.Settings()
	m := views.SessionSettings{Settings: h.nav(c, company), Saved: c.QueryParam("saved") != "", Distribution: s.Distribution, Notices: s.Notices, Quota: quotaCard(company)}
	for _, x := range spans {
		m.Times = append(m.Times, views.TimeOf(x.name, x.none, *x.of(&s)))
	}
	for _, kind := range desk.NoticeKinds() {
		own := s.Texts[kind]
		n := views.Notice{Kind: string(kind), Lang: company.Locale, On: !own.Off, Text: own.Text, Default: kind.Default(company.Locale), Variables: kind.Variables()}
		n.Preview = company.Preview(either(own.Text, n.Default), h.Clock())
		m.Texts = append(m.Texts, n)
	}
	return render(c, http.StatusOK, views.SettingsPage(m.Settings, m.Words.OfSessionSettings().Sessions, views.SessionSettingsBody(m)))
}

func either(text, other string) string {
	if strings.TrimSpace(text) == "" {
		return other
	}
	return text
}

// PUT /settings/sessions changes it all.
func (h *Handlers) setSessionSettings(c echo.Context) error {
	s := desk.Settings{Distribution: c.FormValue("distribution"), Notices: c.FormValue("notices"), Texts: desk.Notices{}}
	for _, x := range spans {
		d, err := views.ParseTime(c.FormValue(x.name), c.FormValue(x.name+"_unit"))
		if err != nil {
			return desk.Refuse(desk.Invalid, "settings.time")
		}
		*x.of(&s) = d
	}
	for _, kind := range desk.NoticeKinds() {
		own := desk.NoticeText{Off: c.FormValue("on_"+string(kind)) == "", Text: strings.TrimSpace(strings.ReplaceAll(c.FormValue("text_"+string(kind)), "\r\n", "\n"))}
		if own != (desk.NoticeText{}) {
			s.Texts[kind] = own
		}
	}
	if err := h.Desk.SetSettings(c.Request().Context(), agent(c).Company, s); err != nil {
		return err
	}
	return savedSettings(c)
}

// savedSettings shows the form again, as it is kept.
func savedSettings(c echo.Context) error {
	c.Response().Header().Set("HX-Redirect", c.Request().URL.Path+"?saved=1")
	return c.NoContent(http.StatusNoContent)
}

// GET /settings/sessions/preview?kind=&text_{kind}= is how a notice would read.
func (h *Handlers) previewNotice(c echo.Context) error {
	company, err := h.Desk.Company(c.Request().Context(), agent(c).Company)
	if err != nil {
		return err
	}
	kind := desk.Notice(c.QueryParam("kind"))
	text := c.QueryParam("text_" + string(kind))
	err = desk.Notices{kind: {Text: text}}.Check()
	var no *desk.Refusal
	switch r := h.reader(c); {
	case errors.As(err, &no):
		return render(c, http.StatusOK, views.NoticePreview(r, r.Words.Lang, r.Words.Sentence(no.Say, no.Args...), true))
	case err != nil:
		return err
	default:
		return render(c, http.StatusOK, views.NoticePreview(r, company.Locale, company.Preview(either(text, kind.Default(company.Locale)), h.Clock()), false))
	}
}

// GET /settings/hours lists whose hours there are.
func (h *Handlers) hoursPage(c echo.Context) error {
	company, err := h.Desk.Company(c.Request().Context(), agent(c).Company)
	if err != nil {
		return err
	}
	m := views.HoursList{Settings: h.nav(c, company)}
	w, now := m.Words.OfSessionSettings(), h.Clock()
	for _, appid := range slices.Sorted(maps.Keys(company.Accounts)) {
		m.Accounts = append(m.Accounts, views.HoursRow{Path: "/settings/hours/accounts/" + appid, Name: company.Accounts[appid].Name, State: openState(w, company, company.AccountHours(appid), now, w.Always)})
	}
	for _, n := range slices.Sorted(maps.Keys(company.Groups)) {
		m.Groups = append(m.Groups, views.HoursRow{Path: "/settings/hours/groups/" + strconv.FormatInt(n, 10), Name: company.Groups[n].Name, State: openState(w, company, company.GroupHours(n), now, w.AsAccount)})
	}
	return render(c, http.StatusOK, views.SettingsPage(m.Settings, w.Hours, views.HoursBody(m)))
}

// openState says whether somebody is there now, and else when.
func openState(w *words.SessionSettingsWords, company *desk.Company, h *desk.Hours, now time.Time, none string) string {
	if h == nil {
		return none
	}
	opens, some := h.NextOpening(now)
	switch {
	case !some:
		return w.NeverOpen
	case !opens.After(now):
		return w.OpenNow
	}
	return strings.Replace(w.OpensAt, "{}", opens.In(company.Location).Format("2006-01-02 15:04"), 1)
}

// GET /settings/hours/accounts/:appid is the form of an account's hours.
func (h *Handlers) accountHours(c echo.Context) error {
	row, err := h.accountOf(c)
	if err != nil {
		return err
	}
	return h.hoursForm(c, row.Name, false, func(company *desk.Company) *desk.Hours { return company.AccountHours(row.AppID) })
}

// PUT /settings/hours/accounts/:appid sets them.
func (h *Handlers) setAccountHours(c echo.Context) error {
	row, err := h.accountOf(c)
	if err != nil {
		return err
	}
	t, err := hoursInput(c)
	if err != nil {
		return err
	}
	if err := h.Desk.SetAccountHours(c.Request().Context(), row.CompanyID, row.AppID, t); err != nil {
		return err
	}
	return savedSettings(c)
}

// groupOf is the group that the path names, of the asker's company.
func (h *Handlers) groupOf(c echo.Context) (*desk.Company, *desk.Group, error) {
	company, err := h.Desk.Company(c.Request().Context(), agent(c).Company)
	if err != nil {
		return nil, nil, err
	}
	n, err := strconv.ParseInt(c.Param("group"), 10, 64)
	if g := company.Groups[n]; g != nil && err == nil {
		return company, g, nil
	}
	return nil, nil, desk.Refuse(desk.Missing, "hours.group")
}

// GET /settings/hours/groups/:group is the form of a group's hours.
func (h *Handlers) groupHours(c echo.Context) error {
	_, g, err := h.groupOf(c)
	if err != nil {
		return err
	}
	return h.hoursForm(c, g.Name, true, func(company *desk.Company) *desk.Hours { return company.GroupHours(g.GroupID) })
}

// PUT /settings/hours/groups/:group sets them.
func (h *Handlers) setGroupHours(c echo.Context) error {
	company, g, err := h.groupOf(c)
	if err != nil {
		return err
	}
	t, err := hoursInput(c)
	if err != nil {
		return err
	}
	if err := h.Desk.SetGroupHours(c.Request().Context(), company.CompanyID, g.GroupID, t); err != nil {
		return err
	}
	return savedSettings(c)
}

// hoursForm draws the form of somebody's hours.
func (h *Handlers) hoursForm(c echo.Context, name string, group bool, of func(*desk.Company) *desk.Hours) error {
	company, err := h.Desk.Company(c.Request().Context(), agent(c).Company)
	if err != nil {
		return err
	}
	t := of(company)
	m := views.HoursForm{Settings: h.nav(c, company), Saved: c.QueryParam("saved") != "", Path: c.Request().URL.Path, Name: name, Group: group, Always: t == nil, Zone: company.Timezone}
	w := m.Words.OfSessionSettings()
	m.State = openState(w, company, t, h.Clock(), "")
	if t == nil {
		t = office()
	}
	m.Outside, m.Zone = t.Outside, either(t.Zone, company.Timezone)
	for day := range m.Week {
		m.Week[day] = hours.FormatSpans(t.Week[day])
	}
	m.Closed, m.MakeUp, m.Special = hours.FormatDays(t.Closed), hours.FormatMakeUp(t.MakeUp, w.Weekdays()), hours.FormatSpecial(t.Special)
	return render(c, http.StatusOK, views.SettingsPage(m.Settings, w.HoursOf(name), views.HoursFormBody(m)))
}

// office is what stands in the form before there are hours.
func office() *desk.Hours {
	h := &desk.Hours{}
	for day := time.Monday; day <= time.Friday; day++ {
		h.Week[day] = []hours.Span{{From: 9 * 60, To: 18 * 60}}
	}
	return h
}

// hoursInput is what the form says; nil: always.
func hoursInput(c echo.Context) (*desk.Hours, error) {
	switch c.FormValue("always") {
	case "1":
		return nil, nil
	case "0":
	default:
		return nil, desk.Refuse(desk.Invalid, "hours.always")
	}
	h := &desk.Hours{Outside: c.FormValue("outside")}
	h.Zone = strings.TrimSpace(c.FormValue("zone"))
	var errs []error
	read := func(err error) { errs = append(errs, desk.HoursWrong(err)) }
	var err error
	for day := range h.Week {
		h.Week[day], err = hours.ParseSpans(c.FormValue("day_" + strconv.Itoa(day)))
		read(err)
	}
	h.Closed, err = hours.ParseDays(c.FormValue("closed"))
	read(err)
	h.MakeUp, err = hours.ParseMakeUp(c.FormValue("make_up"))
	read(err)
	h.Special, err = hours.ParseSpecial(c.FormValue("special"))
	read(err)
	return h, errors.Join(errs...)
}
