package views

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"weir/views/words"
)

// Acts are what the reader may do to a session, as it stands.
type Acts struct {
	Transfer, Invite, Leave, Release, TakeOver, Close, CloseAsAdmin, Prioritise bool
	Priority                                                                    int // of a session in the queue
}

// more says whether there is anything behind the button "more".
func (a Acts) more() bool {
	return a.Transfer || a.Invite || a.Leave || a.Release || a.TakeOver || a.CloseAsAdmin || a.Prioritise
}

// Hand is the dialog in which a session is handed on, or a colleague invited.
type Hand struct {
	Reader
	SessionID, OpenID, Name string // of the customer
	Invite                  bool   // not transferred
	Agents                  []Colleague
	Groups                  []GroupChoice
}

// Colleague is one to choose.
type Colleague struct {
	UID      int64
	Name     string
	Status   Status
	Load     int
	Capacity int
}

// GroupChoice is a group to choose, and how many of it are online.
type GroupChoice struct {
	ID     int64
	Name   string
	Online int
}

func (h Hand) title() string {
	w, name := h.Words.OfActs(), nameOf(h.Words, h.Name, h.OpenID)
	if h.Invite {
		return words.Put(w.InviteTo, name)
	}
	return words.Put(w.TransferOf, name)
}

func (h Hand) path() string {
	if h.Invite {
		return sessionPath(h.SessionID, "/invitation")
	}
	return sessionPath(h.SessionID, "/transfer")
}

// chosen is the first choice: who can answer soonest.
func (h Hand) chosen(i int) templ.Attributes {
	if i != 0 {
		return nil
	}
	return templ.Attributes{"checked": true, "autofocus": true}
}

func agentChoice(c Colleague) string   { return "agent:" + strconv.FormatInt(c.UID, 10) }
func groupChoice(g GroupChoice) string { return "group:" + strconv.FormatInt(g.ID, 10) }

func (c Colleague) full() bool { return c.Load >= c.Capacity }

func (c Colleague) says(w *words.Words) string {
	load := fmt.Sprintf("%d/%d", c.Load, c.Capacity)
	switch {
	case c.Status == Away:
		return w.Away + " " + load
	case c.Status != Online:
		return w.Offline
	case c.full():
		return w.OfActs().Full + " " + load
	}
	return load
}

// loadBar is the full part of a colleague's bar, of 36.
func loadBar(load, capacity int) string {
	if capacity <= 0 {
		return "0"
	}
	return fmt.Sprintf("%.1f", 36*min(1, float64(load)/float64(capacity)))
}

// with says who else serves the session.
func (h Head) with(w *words.Words) string { return words.Put(w.OfActs().With, together(w, h.With)) }

func together(w *words.Words, names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return words.Put(w.OfActs().Of, strings.Join(names[:last], w.Comma), names[last])
}

// Contender is one who could have had the session, as the decision saw them.
type Contender struct {
	Name     string
	Load     int
	Capacity int
	Word     string // why not; of who got it, empty
	Got      bool
}

func (c Contender) says(w *words.Words) string {
	load := ""
	if c.Capacity > 0 {
		load = fmt.Sprintf("%d/%d", c.Load, c.Capacity)
	}
	if c.Got {
		return strings.TrimSpace(load + " " + w.OfActs().GotIt)
	}
	return strings.TrimSpace(load + " " + c.Word)
}

// Monitor is every live session of the company, a page at a time.
type Monitor struct {
	Reader
	Now     time.Time
	Target  time.Duration
	Company string
	Person  string
	Rows    []Watched
	Total   map[SessionState]int
	Agents  []Colleague // to filter by; only uid and name are shown
	Groups  []GroupChoice
	Filter  MonitorFilter
	Next    string // session_id behind which the next page begins; empty: that was all
}

// MonitorFilter is what the monitor is narrowed to, as its address has it.
type MonitorFilter struct{ State, Agent, Group, After string }

// Watched is one line of the monitor.
type Watched struct {
	Row
	State  SessionState
	Agent  string
	Guests []string
	Began  time.Time
}

func (m Monitor) shell() Shell {
	w := m.Words
	return Shell{Reader: m.Reader, Title: w.OfActs().Monitor, Company: m.Company, Person: m.Person, Links: []Link{
		{Href: "/", Icon: "message-square-text", Text: w.Workspace},
		{Href: "/monitor", Icon: "radar", Text: w.OfActs().Monitor, Current: true},
	}}
}

func (f MonitorFilter) path() string {
	q := url.Values{}
	for key, value := range map[string]string{"state": f.State, "agent": f.Agent, "group": f.Group, "after": f.After} {
		if value != "" {
			q.Set(key, value)
		}
	}
	if len(q) == 0 {
		return "/monitor"
	}
	return "/monitor?" + q.Encode()
}

// in is the filter with another state, from the first page.
func (f MonitorFilter) in(state string) string {
	f.State, f.After = state, ""
	return f.path()
}

func (f MonitorFilter) behind(after string) string {
	f.After = after
	return f.path()
}

// monitored are the states that the monitor can be narrowed to, in the order of a session's life.
var monitored = []SessionState{Queueing, Waiting, Conversing, GroupTalk}

func (m Monitor) all() int {
	n := 0
	for _, k := range m.Total {
		n += k
	}
	return n
}

func stateTag(s SessionState) string {
	switch s {
	case Queueing:
		return "wr-tag warn"
	case Conversing, GroupTalk:
		return "wr-tag ok"
	}
	return "wr-tag"
}

func (r Watched) who(w *words.Words) string {
	if len(r.Guests) == 0 {
		return r.Agent
	}
	return r.Agent + " + " + strings.Join(r.Guests, w.Comma)
}

func selected(is bool) templ.Attributes {
	if !is {
		return nil
	}
	return templ.Attributes{"selected": true}
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// moved makes a part of an answer find its own place on the page and change there: an open menu stays open.
func moved(is bool) templ.Attributes {
	if !is {
		return nil
	}
	return templ.Attributes{"hx-swap-oob": "morph"}
}

func disabled(is bool) templ.Attributes {
	if !is {
		return nil
	}
	return templ.Attributes{"disabled": true}
}

// urgency is a priority to choose: what it is called, and what it is worth.
type urgency struct {
	priority         int
	icon, name, hint string
}

// urgencies are those that a person chooses from; a program may set any.
func urgencies(w *words.Words) []urgency {
	a := w.OfActs()
	return []urgency{{6, "chevrons-up", a.Urgent, a.UrgentHint}, {0, "clock", a.Ordinary, a.OrdinaryHint}, {-6, "chevrons-down", a.CanWait, a.CanWaitHint}}
}

// whyTitle is what the panel asks of where the session is.
func whyTitle(o Open) string {
	switch {
	case o.Head.Mine:
		return o.Words.WhyMe
	case o.Head.State == Queueing:
		return o.Words.OfActs().WhyQueues
	}
	return o.Words.OfActs().WhyThere
}
