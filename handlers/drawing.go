package handlers

import (
	"cmp"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/store"
	"weir/views"
)

// drawing puts one session, as its reader may see it, into the shapes that views draw.
type drawing struct {
	*desk.View
	r   views.Reader
	now time.Time // in the company's zone
}

func (h *Handlers) drawing(c echo.Context, v *desk.View) *drawing {
	return &drawing{v, h.reader(c), h.now(v.Company)}
}

// now is the time in a company's zone.
func (h *Handlers) now(company *desk.Company) time.Time { return h.Clock().In(company.Location) }

func (d *drawing) mine() bool { return d.Session.Of(d.Viewer.UID) }

func (d *drawing) at(t time.Time) time.Time { return t.In(d.Company.Location) }

func (d *drawing) account() string {
	if a := d.Company.Accounts[d.Session.AppID]; a != nil {
		return a.Name
	}
	return ""
}

func (d *drawing) head() views.Head {
	s := d.Session
	h := views.Head{SessionID: s.SessionID.String(), OpenID: s.OpenID, Name: d.Customer.Remark, Account: d.account(), State: views.SessionState(s.State),
		Waits: zoned(s.WaitingSince, d.Company.Location), Mine: d.mine(), With: d.with(), Left: s.LeftMessage, Acts: d.acts(), Since: d.at(s.QueuedAt)}
	switch {
	case s.ClosedAt != nil:
		h.Since = d.at(*s.ClosedAt)
	case s.TakenAt != nil:
		h.Since = d.at(*s.TakenAt)
	case s.AssignedAt != nil:
		h.Since = d.at(*s.AssignedAt)
	}
	return h
}

// thread is messages as they are first shown; one more than most was read, to know whether there are older ones.
func (d *drawing) thread(ms []desk.Message, most int) views.Thread {
	t := views.Thread{SessionID: d.Session.SessionID.String()}
	if len(ms) > most {
		before := d.message(&ms[0])
		t.Before, t.More, ms = &before, true, ms[1:]
	}
	for i := range ms {
		t.Messages = append(t.Messages, d.message(&ms[i]))
		t.Seen = int64(ms[i].Seq)
	}
	return t
}

func (d *drawing) message(m *desk.Message) views.Message {
	v := views.Message{ID: m.ID.String(), Seq: int64(m.Seq), At: d.at(m.CreatedAt), Side: side(m.Opercode), Kind: kind(m.Type), Text: m.Text, Title: m.Data.Title, URL: m.Data.URL,
		Description: m.Data.Description, Lat: m.Data.Latitude, Lng: m.Data.Longitude, Delivery: views.Delivery(m.Delivery), Code: m.Code,
		Mine: m.Opercode != desk.FromCustomer && m.Opercode != desk.Automatic && m.UID == d.Viewer.UID}
	switch m.Type {
	case desk.TypeLocation:
		v.Title = m.Data.Label
	case desk.TypeImage, desk.TypeVoice, desk.TypeVideo:
		d.medium(m, &v)
	case desk.TypeOther:
		v.What = m.Data.Kind
		d.card(m, &v)
	}
	switch m.Opercode {
	case desk.Automatic:
		v.By = d.Company.RuleName(m.RuleID)
	case desk.FromAgent, desk.FromAdmin, desk.ToGroup:
		v.By = d.Company.AgentName(m.UID)
	}
	v.Waits, v.Reason = m.Waits(), m.Reason
	v.CanWithdraw = v.Waits && d.joined()
	if m.Delivery == desk.Queued && m.Attempts > 0 && !v.Waits {
		v.RetryAt = d.at(m.NextTryAt)
	}
	if m.Delivery == desk.Failed || m.Delivery == desk.Uncertain {
		v.CanResend = d.joined() && d.Session.In(desk.Conversing, desk.GroupConversation, desk.Waiting) && (m.Opercode == desk.FromAgent || m.Opercode == desk.ToGroup) && m.ResentSeq == 0
		v.Resent = m.ResentSeq != 0
	}
	return v
}

// card is what type 0 says, where it is one of ours.
func (d *drawing) card(m *desk.Message, v *views.Message) {
	switch o := m.Data.Out; {
	case o == nil:
	case o.Menu != nil:
		v.Kind, v.Text, v.Description = views.Menu, o.Menu.Head, o.Menu.Tail
		for _, i := range o.Menu.Items {
			v.Items = append(v.Items, i.Text)
		}
	case o.Filled != nil:
		v.Kind, v.URL, v.Notice, v.Program = views.Template, o.Filled.URL, m.Data.Kind == desk.KindNotice, o.Filled.Program != nil
	case o.Program != nil:
		v.Kind = views.MiniProgram
		d.medium(m, v)
	}
}

// ended is the line that says how the session ended.
func (d *drawing) ended() views.Message {
	s := d.Session
	m := views.Message{ID: "end-" + s.SessionID.String(), Seq: int64(s.LastSeq), Side: views.FromEvent, Kind: views.Ended, At: zoned(s.ClosedAt, d.Company.Location)}
	if s.UID != nil {
		m.By = d.Company.AgentName(*s.UID)
	}
	if !s.In(desk.Closed) { // not as sessions usually end
		m.Text = views.SessionState(s.State).Name(d.r.Words)
	}
	return m
}

// addEvents puts the quiet lines into a thread: what the customer did other than write, and how the session ended.
func (h *Handlers) addEvents(c echo.Context, d *drawing, t *views.Thread) error {
	since := d.Session.CreatedAt.Add(-time.Minute)
	if t.More {
		since = t.Messages[0].At
	}
	if err := h.addEventsSince(c, d, t, since); err != nil {
		return err
	}
	if !desk.State(d.Session.State).Live() {
		t.Messages = append(t.Messages, d.ended())
	}
	return nil
}

// addEventsSince puts in what the customer did since then.
func (h *Handlers) addEventsSince(c echo.Context, d *drawing, t *views.Thread, since time.Time) error {
	events, err := h.Desk.Events(c.Request().Context(), d.Session, since, 50)
	if err != nil {
		return err
	}
	for i := len(events) - 1; i >= 0; i-- {
		m, ok := d.event(&events[i])
		if !ok || d.Session.ClosedAt != nil && !m.At.Before(*d.Session.ClosedAt) {
			continue
		}
		if t.Before != nil { // where it stands when it comes before all that is drawn
			m.Seq = t.Before.Seq
		}
		t.Messages = insertByTime(t.Messages, m)
	}
	return nil
}

func (d *drawing) event(e *store.Event) (views.Message, bool) {
	m := views.Message{ID: "e-" + e.EventID.String(), At: d.at(e.CreatedAt), Side: views.FromEvent}
	switch e.Event {
	case "subscribe":
		m.Kind, m.Text = views.Followed, strings.TrimPrefix(e.EventKey, "qrscene_")
	case "unsubscribe":
		m.Kind = views.Unfollowed
	case "scan":
		m.Kind, m.Text = views.Scanned, e.EventKey
	case "click", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin", "location_select":
		m.Kind, m.Text = views.MenuTapped, cmp.Or(d.Company.TapName(e.AppID, e.EventKey), e.EventKey)
	case "view", "view_miniprogram":
		m.Kind, m.Text = views.Opened, e.EventKey
	default:
		m.Kind, m.Text = views.SomethingElse, e.Event
	}
	return m, true
}

// insertByTime puts a quiet line behind the messages that are older, at the place of the one before it.
func insertByTime(ms []views.Message, m views.Message) []views.Message {
	i := len(ms)
	for i > 0 && ms[i-1].At.After(m.At) {
		i--
	}
	if i > 0 {
		m.Seq = ms[i-1].Seq
	}
	ms = append(ms, views.Message{})
	copy(ms[i+1:], ms[i:])
	ms[i] = m
	return ms
}

// composer says what the reader may answer; live is the customer's live session where this one is over.
func (d *drawing) composer(live string) views.Composer {
	s := d.Session
	c := views.Composer{SessionID: s.SessionID.String(), MaxLength: maxLength, Live: live}
	w := d.Ledger.Window(d.now)
	if w.Allowed > 0 {
		c.Quota = views.Quota{Limit: w.Allowed, Left: w.Left(d.now), Until: d.at(w.Until), Since: d.at(w.Opened), Event: w.Trigger == "event"}
	}
	c.Left = d.Customer.Subscribed != nil && !*d.Customer.Subscribed
	if t := d.Trouble; t != nil {
		c.Stopped = d.r.Words.Sentence(t.Say)
		if t.ByItself() {
			c.RetryAt = d.at(t.Until)
		}
	}
	switch {
	case !desk.State(s.State).Live():
		c.Can = views.CannotClosed
	case s.In(desk.Queueing) && !d.Supervises():
		c.Can = views.CannotQueue
	case !d.joined() && !d.Supervises():
		c.Can, c.Agent = views.CannotNotMine, d.Company.AgentName(val(s.UID))
	case !w.Open(d.now):
		c.Can = views.CannotTime
	case c.Quota.Left == 0:
		c.Can = views.CannotCount
	case !d.joined():
		c.Can, c.Agent = views.CanInterject, d.Company.AgentName(val(s.UID))
	case s.In(desk.Waiting):
		c.Can = views.CanOnceTaken
	}
	c.Wait = d.joined() && (c.Can == views.CannotTime || c.Can == views.CannotCount)
	c.MayWait = d.joined() && (c.Can == views.CanReply || c.Can == views.CanOnceTaken)
	return c
}

func (h *Handlers) earlierModel(c echo.Context, d *drawing, before id.ID) (out []views.EarlierSession, next string, err error) {
	rows, err := h.Desk.Earlier(c.Request().Context(), d.Session, before, earlierMost+1)
	if err != nil {
		return nil, "", err
	}
	for i := range rows {
		if i == earlierMost {
			next = rows[i-1].SessionID.String()
			break
		}
		out = append(out, d.earlier(&rows[i]))
	}
	return out, next, nil
}

func (d *drawing) earlier(s *desk.Session) views.EarlierSession {
	e := views.EarlierSession{SessionID: s.SessionID.String(), Began: d.at(s.CreatedAt), Agent: d.Company.AgentName(val(s.UID)), State: views.SessionState(s.State)}
	if s.ClosedAt != nil {
		e.Lasted = s.ClosedAt.Sub(s.CreatedAt)
	}
	return e
}

// backMost is how many sessions back a thread can be read.
const backMost = 1000

// goOnBack has a thread that begins with its session go on in the one before it, where there is one that the reader may see.
func (h *Handlers) goOnBack(c echo.Context, d *drawing, t *views.Thread) error {
	if t.More || t.Back >= backMost {
		return nil
	}
	s, err := h.Desk.Before(c.Request().Context(), d.View)
	if s != nil {
		e := d.earlier(s)
		t.Earlier = &e
	}
	return err
}
