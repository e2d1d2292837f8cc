package handlers

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/search"
	"weir/views"
)

// searchRoutes are the search, for everybody who works here: each finds what they may open.
func (h *Handlers) searchRoutes(agents *echo.Group) {
	agents.GET("/search", h.search)
}

// GET /search?q=&agent=&group=&account=&tag=&state=&from=&to=&before= is the workspace with what was found in the place of the lists; for a script, what was
// found alone, and with before the next page of it.
func (h *Handlers) search(c echo.Context) error {
	f := views.SearchFilter{Text: strings.TrimSpace(c.QueryParam("q")), Agent: c.QueryParam("agent"), Group: c.QueryParam("group"), Account: c.QueryParam("account"),
		Tag: c.QueryParam("tag"), State: c.QueryParam("state"), From: c.QueryParam("from"), To: c.QueryParam("to"), Before: c.QueryParam("before")}
	ctx, who := c.Request().Context(), agent(c)
	company, err := h.Desk.Company(ctx, who.Company)
	if err != nil {
		return err
	}
	q, err := queryOf(f, company.Location)
	if err != nil {
		return err
	}
	if q.Empty() {
		f.Text = ""
	}
	found, err := h.Desk.Search(ctx, who, q)
	if err != nil {
		return err
	}
	m := searchModel(h.reader(c), found, f, h.Clock())
	if m.Tags, err = h.Desk.TagNames(ctx, who.Company); err != nil {
		return err
	}
	switch {
	case script(c) && f.Before != "":
		return render(c, http.StatusOK, views.FoundMore(m))
	case script(c):
		return render(c, http.StatusOK, views.FoundRegion(m))
	}
	w, err := h.workspaceOf(c, id.ID{})
	if err != nil {
		return err
	}
	w.Lists.Search, w.Found = f.Text, m
	return render(c, http.StatusOK, views.WorkspacePage(w))
}

// searchedStates are the states that an address names by one word.
var searchedStates = map[string][]desk.State{views.SearchConversing: {desk.Conversing, desk.GroupConversation}, views.SearchWaiting: {desk.Waiting}, views.SearchQueueing: {desk.Queueing},
	views.SearchOver: {desk.Closed, desk.ReceptionTimeout, desk.NobodyReceived, desk.ClosedByAdmin}}

// queryOf reads an address. Days are those of the company, and both are searched.
func queryOf(f views.SearchFilter, zone *time.Location) (q desk.Query, err error) {
	wrong := func(e error) {
		if e != nil {
			err = desk.Refuse(desk.Invalid, "invalid")
		}
	}
	number := func(s string) *int64 {
		if s == "" {
			return nil
		}
		n, e := strconv.ParseInt(s, 10, 64)
		wrong(e)
		return &n
	}
	name := func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	}
	day := func(s string, later int) time.Time {
		if s == "" {
			return time.Time{}
		}
		t, e := time.ParseInLocation(time.DateOnly, s, zone)
		wrong(e)
		return t.AddDate(0, 0, later)
	}
	q = desk.Query{Text: f.Text, UID: number(f.Agent), Group: number(f.Group), AppID: name(f.Account), Tag: name(f.Tag), From: day(f.From, 0), To: day(f.To, 1), Before: f.Before}
	states, known := searchedStates[f.State]
	if !known && f.State != "" {
		err = desk.Refuse(desk.Invalid, "invalid")
	}
	q.States = states
	return q, err
}

// searchModel puts what was found into the shape in which it is drawn.
func searchModel(r views.Reader, f *desk.Found, filter views.SearchFilter, now time.Time) views.Search {
	zone := f.Company.Location
	m := views.Search{Reader: r, Now: now.In(zone), Filter: filter, All: f.Supervises(), Groups: groupChoices(f.Company, nil), Next: f.Next, Behind: f.Behind}
	if f.Supervises() {
		m.Agents = everybody(f.Company)
	}
	for appid, a := range f.Company.Accounts {
		m.Accounts = append(m.Accounts, views.AccountChoice{AppID: appid, Name: a.Name})
	}
	slices.SortFunc(m.Accounts, func(a, b views.AccountChoice) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.AppID, b.AppID))
	})
	if !f.Back.IsZero() {
		m.Back = f.Back.In(zone)
	}
	for i := range f.Customers {
		hit := hitModel(f.Company, &f.Customers[i].FoundSession)
		hit.Tags = f.Customers[i].Tags
		m.Customers = append(m.Customers, hit)
	}
	for i := range f.Sessions {
		hit := hitModel(f.Company, &f.Sessions[i])
		hit.Parts = numberParts(hit.SessionID, filter.Text)
		m.Sessions = append(m.Sessions, hit)
	}
	for i := range f.Messages {
		x := &f.Messages[i]
		hit := hitModel(f.Company, &x.FoundSession)
		hit.MessageID, hit.Seq, hit.At = x.Message.ID.String(), int64(x.Message.Seq), x.Message.CreatedAt.In(zone)
		hit.Side, hit.Kind = side(x.Message.Opercode), kind(x.Message.Type)
		hit.Mine = x.Message.Opercode == desk.FromAgent && x.Message.UID == f.Viewer.UID
		hit.By = f.Company.AgentName(x.Message.UID)
		if x.Message.Opercode == desk.Automatic {
			hit.By = f.Company.RuleName(x.Message.RuleID)
		}
		hit.Parts = partsModel(x.Parts)
		m.Messages = append(m.Messages, hit)
	}
	return m
}

func hitModel(c *desk.Company, s *desk.FoundSession) views.Hit {
	h := views.Hit{SessionID: s.SessionID.String(), OpenID: s.OpenID, Name: s.Remark, At: s.LastAt.In(c.Location), State: views.SessionState(s.State), Agent: c.AgentName(val(s.UID))}
	if a := c.Accounts[s.AppID]; a != nil {
		h.Account = a.Name
	}
	return h
}

func partsModel(parts []search.Part) (out []views.Part) {
	for _, p := range parts {
		out = append(out, views.Part{Text: p.Text, Found: p.Found})
	}
	return out
}

// numberParts is a session's number, of which the beginning was typed.
func numberParts(number, typed string) []views.Part {
	n := min(len(number), len(strings.ReplaceAll(typed, "-", "")))
	return []views.Part{{Text: number[:n], Found: true}, {Text: number[n:]}}
}

// How many messages stand above the one that was searched for.
const aboveSought = 15

// threadOf is a session's thread as it opens: its end, or (?at=) the surroundings of a message. What lies between those and the end comes by the ear.
func (h *Handlers) threadOf(c echo.Context, d *drawing) (views.Thread, error) {
	ctx, s := c.Request().Context(), d.Session
	at := int32(min(count(c.QueryParam("at")), int64(s.LastSeq)))
	if at == 0 || s.LastSeq-at < firstMessages-aboveSought {
		ms, err := h.Desk.MessagesBefore(ctx, s, 0, firstMessages+1)
		t := d.thread(ms, firstMessages)
		t.At = int64(at)
		return t, err
	}
	ms, err := h.Desk.MessagesAfter(ctx, s, max(0, at-aboveSought-2), newsMost) // one more, by which the first is drawn
	most := len(ms)
	if at > aboveSought+1 {
		most--
	}
	t := d.thread(ms, most)
	t.At = int64(at)
	return t, err
}
