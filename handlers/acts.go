package handlers

import (
	"cmp"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/views"
)

// actsRoutes are what an agent does to sessions other than to write, and the monitor of supervisors and admins. Who may is the
// desk's to say.
func (h *Handlers) actsRoutes(agents *echo.Group) {
	agents.GET("/sessions/:id/transfer", h.transferForm)
	agents.POST("/sessions/:id/transfer", h.transfer)
	agents.GET("/sessions/:id/invitation", h.inviteForm)
	agents.POST("/sessions/:id/invitation", h.invite)
	agents.POST("/sessions/:id/takeover", h.takeOver)
	agents.POST("/sessions/:id/release", h.release)
	agents.POST("/sessions/:id/departure", h.depart)
	agents.PUT("/sessions/:id/priority", h.prioritise)
	agents.GET("/monitor", h.monitor)
}

// GET /sessions/:id/transfer fills the dialog: to whom it could go.
func (h *Handlers) transferForm(c echo.Context) error { return h.handForm(c, false) }

// GET /sessions/:id/invitation fills the dialog: who could be invited.
func (h *Handlers) inviteForm(c echo.Context) error { return h.handForm(c, true) }

func (h *Handlers) handForm(c echo.Context, invite bool) error {
	v, err := h.viewed(c)
	if err != nil {
		return err
	}
	colleagues, err := h.Desk.Colleagues(c.Request().Context(), agent(c), v.Session)
	if err != nil {
		return err
	}
	form := views.Hand{Reader: h.reader(c), SessionID: v.Session.SessionID.String(), OpenID: v.Session.OpenID, Name: v.Customer.Remark, Invite: invite}
	online := map[int64]bool{}
	for _, x := range colleagues {
		online[x.UID] = x.Status == desk.Online
		if !v.Session.Joined(x.UID) {
			form.Agents = append(form.Agents, views.Colleague{UID: x.UID, Name: x.Name, Status: views.Status(x.Status), Load: x.Load, Capacity: x.Capacity})
		}
	}
	if !invite {
		form.Groups = groupChoices(v.Company, online)
	}
	return render(c, http.StatusOK, views.HandForm(form))
}

// groupChoices are the groups of a company by name, with how many of each are online.
func groupChoices(company *desk.Company, online map[int64]bool) []views.GroupChoice {
	var out []views.GroupChoice
	for _, g := range company.Groups {
		choice := views.GroupChoice{ID: g.GroupID, Name: g.Name}
		for _, uid := range g.Members {
			if online[uid] {
				choice.Online++
			}
		}
		out = append(out, choice)
	}
	slices.SortFunc(out, func(a, b views.GroupChoice) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// POST /sessions/:id/transfer: to (agent:{uid} or group:{group id}), note.
func (h *Handlers) transfer(c echo.Context) error {
	kind, number, _ := strings.Cut(c.FormValue("to"), ":")
	to := desk.Destination{Note: strings.TrimSpace(c.FormValue("note"))}
	switch kind {
	case "agent":
		to.UID = count(number)
	case "group":
		to.Group = number
	}
	return h.away(c, func(session id.ID) error { return h.Desk.Transfer(c.Request().Context(), agent(c), session, to) })
}

// POST /sessions/:id/invitation: to (agent:{uid}).
func (h *Handlers) invite(c echo.Context) error {
	uid := count(strings.TrimPrefix(c.FormValue("to"), "agent:"))
	return h.act(c, func(session id.ID) error { return h.Desk.Invite(c.Request().Context(), agent(c), session, uid) })
}

// POST /sessions/:id/takeover
func (h *Handlers) takeOver(c echo.Context) error {
	return h.act(c, func(session id.ID) error { return h.Desk.TakeOver(c.Request().Context(), agent(c), session) })
}

// POST /sessions/:id/release
func (h *Handlers) release(c echo.Context) error {
	return h.away(c, func(session id.ID) error { return h.Desk.Release(c.Request().Context(), agent(c), session) })
}

// POST /sessions/:id/departure
func (h *Handlers) depart(c echo.Context) error {
	return h.away(c, func(session id.ID) error { return h.Desk.Leave(c.Request().Context(), agent(c), session) })
}

// PUT /sessions/:id/priority: priority.
func (h *Handlers) prioritise(c echo.Context) error {
	return h.act(c, func(session id.ID) error {
		n, err := strconv.ParseInt(c.FormValue("priority"), 10, 32)
		if err != nil {
			n = math.MaxInt32 // the desk says what it may be
		}
		return h.Desk.SetPriority(c.Request().Context(), agent(c), session, int32(n))
	})
}

// away does something after which the session may be no longer seen by whoever did it: then their page shows the lists.
func (h *Handlers) away(c echo.Context, do func(id.ID) error) error {
	v, err := h.viewed(c)
	if err != nil {
		return err
	}
	if err := do(v.Session.SessionID); err != nil {
		return err
	}
	if _, err := h.Desk.View(c.Request().Context(), agent(c), v.Session.SessionID); desk.KindOf(err) == desk.Missing {
		c.Response().Header().Set("HX-Location", `{"path":"/","target":"#open","swap":"outerHTML"}`)
	}
	return c.NoContent(http.StatusNoContent)
}

// monitorRows is how many sessions a page of the monitor shows.
const monitorRows = 50

// monitorTopic rings where live sessions of a company are others, or elsewhere.
const monitorTopic = "monitor"

// GET /monitor?state=&agent=&group=&after= is a page of the live sessions; for a script, the part that changes.
func (h *Handlers) monitor(c echo.Context) error {
	q := views.MonitorFilter{State: c.QueryParam("state"), Agent: c.QueryParam("agent"), Group: c.QueryParam("group"), After: c.QueryParam("after")}
	f, after, err := filterOf(q)
	if err != nil {
		return err
	}
	w, err := h.Desk.Watch(c.Request().Context(), agent(c), f, after, monitorRows+1)
	if err != nil {
		return err
	}
	m := h.monitorModel(c, w, q)
	if script(c) {
		return render(c, http.StatusOK, views.MonitorRegion(m))
	}
	return render(c, http.StatusOK, views.MonitorPage(m))
}

func filterOf(q views.MonitorFilter) (f desk.WatchFilter, after id.ID, err error) {
	number := func(s string) *int64 {
		n, wrong := strconv.ParseInt(s, 10, 64)
		if s != "" && wrong != nil {
			err = desk.Refuse(desk.Invalid, "invalid")
		}
		if s == "" || err != nil {
			return nil
		}
		return &n
	}
	if n := number(q.State); n != nil {
		state := int16(*n)
		f.State = &state
	}
	f.UID, f.Group = number(q.Agent), number(q.Group)
	if q.After != "" && err == nil {
		if after, err = id.Parse(q.After); err != nil {
			err = desk.Refuse(desk.Invalid, "invalid")
		}
	}
	return f, after, err
}

// everybody are a company's agents, by name, for a filter.
func everybody(company *desk.Company) (all []views.Colleague) {
	for uid, name := range company.AgentNames() {
		all = append(all, views.Colleague{UID: uid, Name: name})
	}
	slices.SortFunc(all, func(a, b views.Colleague) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), cmp.Compare(a.UID, b.UID))
	})
	return all
}

func (h *Handlers) monitorModel(c echo.Context, w *desk.Watched, q views.MonitorFilter) views.Monitor {
	m := views.Monitor{Reader: h.reader(c), Now: h.now(w.Company), Company: w.Company.Name, Person: w.Company.AgentName(agent(c).UID), Filter: q,
		Groups: groupChoices(w.Company, nil), Agents: everybody(w.Company), Total: map[views.SessionState]int{}}
	for state, n := range w.Counts {
		m.Total[views.SessionState(state)] = int(n)
	}
	for i := range w.Rows {
		if i == monitorRows {
			m.Next = w.Rows[i-1].SessionID.String()
			break
		}
		r := &w.Rows[i]
		row := views.Watched{Row: rowModel(w.Company, r), State: views.SessionState(r.State), Agent: w.Company.AgentName(val(r.UID)), Guests: names(w.Company, r.Guests)}
		row.Group = w.Company.GroupName(val(r.GroupID))
		m.Rows = append(m.Rows, row)
	}
	return m
}

func names(c *desk.Company, uids []int64) []string {
	var out []string
	for _, uid := range uids {
		out = append(out, c.AgentName(uid))
	}
	return out
}

// acts are what the reader may do to the session. The desk decides once more when it is done.
func (d *drawing) acts() views.Acts {
	s, mine, joined, supervises := d.Session, d.mine(), d.joined(), d.Supervises()
	served := s.In(desk.Waiting, desk.Conversing, desk.GroupConversation)
	return views.Acts{
		Transfer:     served && mine || supervises && desk.State(s.State).Live(),
		Invite:       joined && s.In(desk.Conversing, desk.GroupConversation),
		Leave:        joined && s.In(desk.GroupConversation),
		Release:      mine && served,
		TakeOver:     served && !mine && (joined || supervises) && d.Company.Seat(s.AppID, d.Viewer.UID) != 0,
		Close:        mine && s.In(desk.Conversing, desk.GroupConversation),
		CloseAsAdmin: supervises && !mine && desk.State(s.State).Live(),
		Prioritise:   supervises && s.In(desk.Queueing),
		Priority:     int(s.Priority),
	}
}

// joined says whether the reader serves the session, as its agent or as a guest.
func (d *drawing) joined() bool { return d.Session.Joined(d.Viewer.UID) }

// with names those who serve the session beside the reader.
func (d *drawing) with() []string {
	s := d.Session
	if len(s.Guests) == 0 && (d.mine() || s.UID == nil || !desk.State(s.State).Live()) {
		return nil
	}
	var others []int64
	for _, uid := range append([]int64{val(s.UID)}, s.Guests...) {
		if uid != d.Viewer.UID {
			others = append(others, uid)
		}
	}
	return names(d.Company, others)
}

// deedsMost is how many decisions a thread and the panel tell of.
const deedsMost = 20

// handedOn are the quiet lines of a thread that say what people did to the session, in order, from the place after on.
func (d *drawing) handedOn(decisions []decided, after int32) []views.Message {
	tell := telling{d.Company, d.r.Words}
	var out []views.Message
	for i := len(decisions) - 1; i >= 0; i-- {
		x := &decisions[i]
		k := keptOf(x)
		switch desk.Act(x.Act) {
		case desk.ActTransfer, desk.ActTransferToGroup, desk.ActTakeOver, desk.ActRelease, desk.ActReturn, desk.ActInvite, desk.ActLeave, desk.ActPrioritise, desk.ActMoveUp:
		default:
			continue
		}
		if k.Seq < after {
			continue
		}
		text := tell.act(x, &k)
		if k.Note != "" {
			text += tell.gap() + d.r.Words.Sentence("act.note", k.Note)
		}
		out = append(out, views.Message{ID: "d-" + x.DecisionID.String(), Seq: int64(k.Seq), At: d.at(x.MadeAt), Side: views.FromEvent, Kind: views.HandedOn, Text: text})
	}
	return out
}

// whyModel is what was decided about the session, and who could have had it when the desk last looked for somebody.
func (d *drawing) whyModel(decisions []decided, m *views.Customer) {
	tell := telling{d.Company, d.r.Words}
	came := -1 // what brought it to where it is
	for i := range decisions {
		if x := &decisions[i]; x.UID != nil && d.Session.Of(*x.UID) {
			switch desk.Act(x.Act) {
			case desk.ActAssign, desk.ActGrab, desk.ActTransfer, desk.ActTakeOver, desk.ActLeave:
				came = i
			}
		}
		if came >= 0 {
			break
		}
	}
	for i := len(decisions) - 1; i >= 0; i-- {
		x := &decisions[i]
		k := keptOf(x)
		m.Why = append(m.Why, views.Step{Text: tell.act(x, &k), At: d.at(x.MadeAt), Decided: i == came})
		if k.Over {
			m.Why = append(m.Why, views.Step{Text: d.r.Words.Sentence("act.over", k.Load, k.Capacity)})
		}
	}
	for i := range decisions {
		if x := &decisions[i]; desk.Act(x.Act) == desk.ActAssign || d.Session.In(desk.Queueing) && x.Act == "queued" {
			m.Contenders, m.ContendersMore = tell.contenders(x)
			return
		}
	}
}
