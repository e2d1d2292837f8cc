package handlers

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"weir/internal/desk"
	"weir/views"
)

// groupRoutes are the company's groups: admins arrange them.
func (h *Handlers) groupRoutes(g *echo.Group) {
	g.GET("/settings/groups", h.groupsPage, h.managers)
	g.GET("/settings/groups/new", h.newGroup, h.managers)
	g.POST("/settings/groups", h.createGroup, h.managers)
	g.GET("/settings/groups/:group", h.groupPage, h.managers)
	g.PUT("/settings/groups/:group", h.changeGroup, h.managers)
}

// byName are the company's groups, by name.
func byName(company *desk.Company) []*desk.Group {
	return slices.SortedFunc(maps.Values(company.Groups), func(a, b *desk.Group) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), cmp.Compare(a.GroupID, b.GroupID))
	})
}

// GET /settings/groups lists the groups.
func (h *Handlers) groupsPage(c echo.Context) error {
	company, err := h.Desk.Company(c.Request().Context(), agent(c).Company)
	if err != nil {
		return err
	}
	l := views.TeamList{Settings: h.nav(c, company)}
	for _, g := range byName(company) {
		row := views.TeamRow{ID: g.GroupID, Name: g.Name, Strategy: g.Strategy, Priority: int(g.Priority), Members: names(company, g.Members)}
		if g.OverflowAfter != nil {
			row.Overflow = views.OverflowSay(l.Reader, time.Duration(*g.OverflowAfter)*time.Second, company.GroupName(val(g.OverflowGroupID)))
		}
		for _, t := range defaultTicks(company, g.GroupID) {
			if t.On {
				row.DefaultOf = append(row.DefaultOf, t.Name)
			}
		}
		l.Rows = append(l.Rows, row)
	}
	return render(c, http.StatusOK, views.SettingsPage(l.Settings, l.Words.OfPeople().Groups, views.TeamsBody(l)))
}

func afterOf(g *desk.Group) views.Time {
	return views.TimeOf("overflow_after", false, time.Duration(val(g.OverflowAfter))*time.Second)
}

// defaultTicks are the company's accounts, and of which of them a group is the default.
func defaultTicks(company *desk.Company, group int64) (out []views.Tick) {
	for _, appid := range slices.Sorted(maps.Keys(company.Accounts)) {
		a := company.Accounts[appid]
		out = append(out, views.Tick{Value: appid, Name: a.Name, On: group != 0 && val(a.DefaultGroupID) == group})
	}
	return out
}

// teamForm is the form of a group, or of a new one (nil).
func (h *Handlers) teamForm(c echo.Context, company *desk.Company, g *desk.Group) views.TeamForm {
	f := views.TeamForm{Settings: h.nav(c, company), Saved: c.QueryParam("saved") != "", Strategy: desk.LeastBusy, Overflow: "never", After: views.TimeOf("overflow_after", false, 5*time.Minute)}
	var members []int64
	if g != nil {
		f.ID, f.Name, f.Strategy, f.Priority, members = g.GroupID, g.Name, g.Strategy, int(g.Priority), g.Members
		switch {
		case g.OverflowGroupID != nil:
			f.Overflow, f.After = strconv.FormatInt(*g.OverflowGroupID, 10), afterOf(g)
		case g.OverflowAfter != nil:
			f.Overflow, f.After = "anybody", afterOf(g)
		}
	}
	for i, uid := range members {
		f.Members = append(f.Members, views.Member{UID: uid, Name: company.AgentName(uid), Place: i + 1})
	}
	for _, uid := range company.Agents() {
		if !slices.Contains(members, uid) {
			f.Members = append(f.Members, views.Member{UID: uid, Name: company.AgentName(uid)})
		}
	}
	for _, x := range byName(company) {
		if x.GroupID != f.ID {
			f.Others = append(f.Others, views.Tick{Value: strconv.FormatInt(x.GroupID, 10), Name: x.Name})
		}
	}
	f.DefaultOf = defaultTicks(company, f.ID)
	return f
}

// GET /settings/groups/new is the form.
func (h *Handlers) newGroup(c echo.Context) error {
	company, err := h.Desk.Company(c.Request().Context(), agent(c).Company)
	if err != nil {
		return err
	}
	f := h.teamForm(c, company, nil)
	if f.ReadOnly {
		return desk.Refuse(desk.Denied, "settings.read-only")
	}
	return render(c, http.StatusOK, views.SettingsPage(f.Settings, f.Words.OfPeople().AddGroup, views.NewTeamBody(f)))
}

// POST /settings/groups makes a group.
func (h *Handlers) createGroup(c echo.Context) error {
	id, err := h.putTeam(c, 0)
	if err != nil {
		return err
	}
	return h.goTo(c, "/settings/groups/"+strconv.FormatInt(id, 10)+"?saved=1")
}

// GET /settings/groups/:group is one group.
func (h *Handlers) groupPage(c echo.Context) error {
	company, g, err := h.groupOf(c)
	if err != nil {
		return err
	}
	f := h.teamForm(c, company, g)
	return render(c, http.StatusOK, views.SettingsPage(f.Settings, g.Name, views.TeamFormBody(f)))
}

// PUT /settings/groups/:group changes a group.
func (h *Handlers) changeGroup(c echo.Context) error {
	_, g, err := h.groupOf(c)
	if err != nil {
		return err
	}
	if _, err := h.putTeam(c, g.GroupID); err != nil {
		return err
	}
	return savedSettings(c)
}

// putTeam reads the form and keeps it: name, strategy, priority, member (uids), place_{uid}, overflow (never, anybody, a group),
// overflow_after with its unit, default_of (appids).
func (h *Handlers) putTeam(c echo.Context, id int64) (int64, error) {
	form, err := c.FormParams()
	if err != nil {
		return 0, desk.Refuse(desk.Invalid, "invalid")
	}
	t := desk.Team{ID: id, Name: form.Get("name"), Strategy: form.Get("strategy"), DefaultOf: form["default_of"]}
	priority, err := strconv.ParseInt(strings.TrimSpace(form.Get("priority")), 10, 32)
	if err != nil {
		priority = desk.PriorityMost + 1 // which the desk refuses
	}
	t.Priority = int32(priority)
	if t.Members, err = membersOf(form); err != nil {
		return 0, err
	}
	if to := form.Get("overflow"); to != "never" {
		after, err := views.ParseTime(form.Get("overflow_after"), form.Get("overflow_after_unit"))
		if err != nil || after < time.Second {
			return 0, desk.Refuse(desk.Invalid, "team.overflow")
		}
		t.OverflowAfter = int64(after / time.Second)
		if to != "anybody" {
			if t.OverflowTo, err = strconv.ParseInt(to, 10, 64); err != nil {
				return 0, desk.Refuse(desk.Invalid, "team.overflow-to")
			}
		}
	}
	return h.Desk.PutTeam(c.Request().Context(), agent(c), t)
}

// membersOf are the members of a form in their order: by their numbers, and who has none behind.
func membersOf(form map[string][]string) ([]int64, error) {
	type member struct{ uid, place int64 }
	var all []member
	for _, s := range form["member"] {
		uid, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return nil, desk.Refuse(desk.Invalid, "agent.missing")
		}
		m := member{uid, 10_000}
		if at := form["place_"+s]; len(at) > 0 && strings.TrimSpace(at[0]) != "" {
			if m.place, err = strconv.ParseInt(strings.TrimSpace(at[0]), 10, 64); err != nil || m.place < 1 || m.place > 9999 {
				return nil, desk.Refuse(desk.Invalid, "team.place")
			}
		}
		all = append(all, m)
	}
	slices.SortStableFunc(all, func(a, b member) int { return cmp.Compare(a.place, b.place) })
	out := []int64{}
	for _, m := range all {
		if !slices.Contains(out, m.uid) {
			out = append(out, m.uid)
		}
	}
	return out, nil
}

// groupTicks are the company's groups, and which of them is an account's default.
func groupTicks(company *desk.Company, appid string) (out []views.Tick) {
	for _, g := range byName(company) {
		out = append(out, views.Tick{Value: strconv.FormatInt(g.GroupID, 10), Name: g.Name, On: company.Accounts[appid] != nil && val(company.Accounts[appid].DefaultGroupID) == g.GroupID})
	}
	return out
}
