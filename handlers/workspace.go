package handlers

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/live"
	"weir/views"
)

// Topics that pages of an agent listen to.
func listsTopic(uid int64) string       { return "lists/" + strconv.FormatInt(uid, 10) }
func sessionTopic(session id.ID) string { return "session/" + session.String() }

// accountTopic rings the open sessions of an account: whether anything is sent for it has changed.
func accountTopic(appid string) string { return "account/" + appid }

// customerTopic rings the open sessions of a customer: what is known of them has changed.
func customerTopic(appid, openid string) string { return "customer/" + appid + "/" + openid }

const queueTopic = "queue"

// queueCalm is how often the queue rings at most: every agent of the company looks at it then, and in a rush it changes with
// every message.
const queueCalm = 500 * time.Millisecond

// Ring rings the pages that a change concerns: those of the agents whose lists it touches, those that look at the session, and
// where the queue is another than before, everybody's.
func Ring(hub *live.Hub, c *desk.Change) {
	company := c.Company.CompanyID.String()
	topics := make([]string, 0, 4)
	if s := c.Session; s != nil {
		topics = append(topics, sessionTopic(s.SessionID))
		if s.UID != nil {
			topics = append(topics, listsTopic(*s.UID))
		}
		if s.In(desk.Queueing) || c.Moved() && (c.Was == nil || c.Was.State == desk.Queueing) {
			hub.RingCalmly(queueCalm, company, queueTopic)
		}
		if c.Was != nil && c.Was.UID != 0 && !s.Of(c.Was.UID) {
			topics = append(topics, listsTopic(c.Was.UID))
		}
		for _, uid := range s.Guests {
			topics = append(topics, listsTopic(uid))
		}
		for _, uid := range c.Guests {
			if !s.Guest(uid) {
				topics = append(topics, listsTopic(uid))
			}
		}
		if c.Moved() {
			topics = append(topics, monitorTopic)
		}
	}
	for i := range c.Messages {
		if m := &c.Messages[i]; c.Session == nil && !m.SessionID.Zero() { // told again after a process died
			topics = append(topics, sessionTopic(m.SessionID), queueTopic)
			if m.UID != 0 {
				topics = append(topics, listsTopic(m.UID))
			}
		}
	}
	for i := range c.Updated {
		if m := &c.Updated[i]; !m.SessionID.Zero() {
			topics = append(topics, sessionTopic(m.SessionID))
			if m.UID != 0 && m.Delivery != desk.Sending {
				topics = append(topics, listsTopic(m.UID))
			}
		}
	}
	if c.Customer {
		topics = append(topics, customerTopic(c.AppID, c.OpenID))
	}
	if c.Account {
		topics = append(topics, accountTopic(c.AppID))
	}
	if !c.Noted.Zero() {
		topics = append(topics, sessionTopic(c.Noted))
	}
	for _, uid := range c.Called {
		topics = append(topics, listsTopic(uid))
	}
	if c.Agent != 0 && c.Status != "" {
		topics = append(topics, listsTopic(c.Agent))
	}
	if c.Lost {
		topics = append(topics, live.Everybody)
	}
	if len(topics) > 0 {
		hub.Ring(company, topics...)
	}
}

// GET /live?session= is the page's stream: it says "lists" or "thread", and the page looks.
func (h *Handlers) live(c echo.Context) error {
	who, r := agent(c), c.Request()
	topics := []string{listsTopic(who.UID), queueTopic}
	if c.QueryParam("monitor") != "" {
		topics = append(topics, monitorTopic)
	}
	if s := c.QueryParam("session"); s != "" {
		session, err := id.Parse(s)
		if err != nil {
			return desk.Refuse(desk.Missing, "session.missing")
		}
		v, err := h.Desk.View(r.Context(), who, session)
		if err != nil {
			return err
		}
		topics = append(topics, sessionTopic(session), besideTopic(session), accountTopic(v.Session.AppID), customerTopic(v.Session.AppID, v.Session.OpenID))
	}
	h.trust.admit(who.Company, who.UID, h.epochOf(r.Context()))
	return h.Hub.ServeFunc(c.Response().Writer, r, live.Listener{Company: who.Company.String(), UID: who.UID, Login: h.Logins.ID(r.Context()), Topics: topics}, renderPageRings)
}

// renderPageRings turns what rang into the two words that a page knows.
func renderPageRings(_ context.Context, out []byte, topics []string) ([]byte, bool, error) {
	if len(topics) == 0 { // the page takes a stream without a beat for dead
		return live.AppendEvent(out, "", "beat", nil), false, nil
	}
	lists, thread, beside, monitor := false, false, false, false
	for _, t := range topics {
		switch {
		case strings.HasPrefix(t, "session/"), strings.HasPrefix(t, "account/"), strings.HasPrefix(t, "customer/"):
			thread = true
		case strings.HasPrefix(t, live.Beside):
			beside = true
		case t == monitorTopic:
			monitor = true
		case t == live.Everybody:
			lists, thread, beside, monitor = true, true, true, true
		default:
			lists = true
		}
	}
	if lists {
		out = live.AppendEvent(out, "", "lists", nil)
	}
	if thread {
		out = live.AppendEvent(out, "", "thread", nil)
	}
	if beside {
		out = live.AppendEvent(out, "", "beside", nil)
	}
	if monitor {
		out = live.AppendEvent(out, "", "monitor", nil)
	}
	return out, false, nil
}

// GET / is the workspace with nothing open; for a script, only what stands in the sheet's place then.
func (h *Handlers) workspace(c echo.Context) error {
	w, err := h.workspaceOf(c, id.ID{})
	if err != nil {
		return err
	}
	if script(c) {
		return render(c, http.StatusOK, views.NothingOpen(w.Lists))
	}
	return render(c, http.StatusOK, views.WorkspacePage(w))
}

// GET /lists?session= is the lists alone; session is what stands open.
func (h *Handlers) lists(c echo.Context) error {
	open, _ := id.Parse(c.QueryParam("session"))
	w, err := h.workspaceOf(c, open)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.ListsRegion(w.Lists))
}

// PUT /presence: status online, away or offline. Online holds while a workspace is open.
func (h *Handlers) setPresence(c echo.Context) error {
	who, status := agent(c), c.FormValue("status")
	if status == desk.Online {
		status = desk.Auto
	}
	if err := h.Desk.SetPresence(c.Request().Context(), who.Company, who.UID, status); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (h *Handlers) workspaceOf(c echo.Context, open id.ID) (views.Workspace, error) {
	l, err := h.Desk.Lists(c.Request().Context(), agent(c))
	if err != nil {
		return views.Workspace{}, err
	}
	r := h.reader(c)
	w := views.Workspace{Reader: r, Company: l.Company.Name, Lists: listsModel(r, l, open, h.Clock()), Found: views.Search{Reader: r}}
	if w.Lists.Mentions, err = h.mentions(c, l.Company); err != nil {
		return w, err
	}
	w.Lists.Reminders, err = h.come(c, l)
	return w, err
}

// listsModel puts an agent's lists into the shape in which they are drawn.
func listsModel(r views.Reader, l *desk.Lists, open id.ID, now time.Time) views.Lists {
	m := views.Lists{Reader: r, Now: now.In(l.Company.Location), Grab: l.Grab,
		Me: views.Me{Name: l.Agent.Name, Status: views.Status(l.Status), Capacity: int(l.Agent.Capacity), Supervises: l.Supervises()}}
	if !open.Zero() {
		m.Open = open.String()
	}
	for i := range l.Mine {
		row := rowModel(l.Company, &l.Mine[i])
		if l.Mine[i].Of(l.Agent.UID) {
			m.Me.Load++
		}
		if l.Mine[i].In(desk.Waiting) {
			m.Waiting.Rows = append(m.Waiting.Rows, row)
		} else {
			m.Conversing.Rows = append(m.Conversing.Rows, row)
		}
	}
	for i := range l.Queue {
		row := rowModel(l.Company, &l.Queue[i])
		row.Group = l.Company.GroupName(val(l.Queue[i].GroupID))
		m.Queueing.Rows = append(m.Queueing.Rows, row)
	}
	slices.SortStableFunc(m.Conversing.Rows, byNeed)
	for _, s := range []*views.Section{&m.Conversing, &m.Waiting, &m.Queueing} {
		s.Total = len(s.Rows)
		for i := range s.Rows {
			if t := s.Rows[i].Since; !t.IsZero() && (s.Since.IsZero() || t.Before(s.Since)) {
				s.Since = t
			}
		}
	}
	m.Queueing.Total = int(l.QueueCount)
	return m
}

// byNeed puts first who waits for an answer longest, then who spoke last.
func byNeed(a, b views.Row) int {
	switch {
	case a.Since.IsZero() != b.Since.IsZero():
		if a.Since.IsZero() {
			return 1
		}
		return -1
	case !a.Since.IsZero():
		return a.Since.Compare(b.Since)
	}
	return b.Last.At.Compare(a.Last.At)
}

func rowModel(c *desk.Company, r *desk.Row) views.Row {
	m := views.Row{SessionID: r.SessionID.String(), OpenID: r.OpenID, Name: r.Remark, Account: r.AccountName, Unread: int(r.Heard - r.SeenHeard), Left: r.LeftMessage,
		Last: views.Message{At: r.LastAt.In(c.Location), Side: side(desk.Opercode(r.LastOpercode)), Mine: r.LastOpercode == int16(desk.FromAgent), Kind: kind(r.LastType), Text: r.LastText}}
	if r.LastSeq == 0 {
		m.Last.Side, m.Last.Kind = views.FromEvent, views.SessionBegan
	}
	if r.LastFailed {
		m.Last.Delivery = views.Failed
	}
	if t := r.WaitingSince; t != nil {
		m.Since = t.In(c.Location)
	} else if r.In(desk.Waiting, desk.Queueing) {
		m.Since = r.QueuedAt.In(c.Location)
	}
	return m
}

func side(o desk.Opercode) views.Side {
	switch o {
	case desk.FromCustomer:
		return views.FromCustomer
	case desk.FromAdmin:
		return views.FromMonitor
	case desk.Automatic:
		return views.FromAutomatic
	}
	return views.FromAgent
}

func kind(t int16) views.Kind {
	switch t {
	case desk.TypeText:
		return views.Text
	case desk.TypeImage:
		return views.Image
	case desk.TypeVoice:
		return views.Voice
	case desk.TypeVideo:
		return views.Video
	case desk.TypeLocation:
		return views.Location
	case desk.TypeLink:
		return views.WebLink
	}
	return views.OtherKind
}

func val[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
