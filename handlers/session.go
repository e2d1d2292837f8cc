package handlers

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/views"
)

// How many messages a thread shows at first, and how many more each look back brings; how many news one answer may hold.
const (
	firstMessages = 50
	olderMessages = 50
	newsMost      = 200
	earlierMost   = 8
)

// maxLength is how many characters a reply may have at most, announced to the field: WeChat counts bytes, and a Chinese
// character has three, so the desk checks once more.
const maxLength = 2048

func sessionParam(c echo.Context) (id.ID, error) {
	s, err := id.Parse(c.Param("id"))
	if err != nil {
		return s, desk.Refuse(desk.Missing, "session.missing")
	}
	return s, nil
}

// viewed is a session that whoever asks may see.
func (h *Handlers) viewed(c echo.Context) (*desk.View, error) {
	session, err := sessionParam(c)
	if err != nil {
		return nil, err
	}
	return h.Desk.View(c.Request().Context(), agent(c), session)
}

// GET /sessions/:id is the workspace with the session open; for a script, the session alone.
func (h *Handlers) session(c echo.Context) error {
	v, err := h.viewed(c)
	if err != nil {
		return err
	}
	open, err := h.open(c, v)
	if err != nil {
		return err
	}
	if script(c) {
		return render(c, http.StatusOK, views.OpenRegion(*open))
	}
	w, err := h.workspaceOf(c, v.Session.SessionID)
	if err != nil {
		return err
	}
	w.Open = open
	return render(c, http.StatusOK, views.WorkspacePage(w))
}

func (h *Handlers) open(c echo.Context, v *desk.View) (*views.Open, error) {
	ctx, s := c.Request().Context(), v.Session
	d := h.drawing(c, v)
	t, err := h.threadOf(c, d)
	if err != nil {
		return nil, err
	}
	composer := d.composer(h.liveOf(c, v))
	if err := h.goOnBack(c, d, &t); err != nil {
		return nil, err
	}
	notes, err := h.notesOf(c, d)
	if err != nil {
		return nil, err
	}
	t.Version = bookmark{s.Version, customerMark(&v.Customer), composerMark(&composer), noteMark(notes)}.String()
	if s.SeenSeq < s.LastSeq && d.mine() {
		t.NewFrom = int64(s.SeenSeq) + 1
	}
	if err := h.addEvents(c, d, &t); err != nil {
		return nil, err
	}
	decisions, err := h.Desk.Decisions(ctx, s, deedsMost)
	if err != nil {
		return nil, err
	}
	for _, m := range d.handedOn(decisions, 0) {
		if !t.More || m.At.After(t.Messages[0].At) {
			t.Messages = insertByTime(t.Messages, m)
		}
	}
	d.addNotes(&t, notes, firstPlace(&t), math.MaxInt32)
	customer, err := h.customerModel(c, d)
	if err != nil {
		return nil, err
	}
	d.whyModel(decisions, &customer)
	if err := h.Desk.Look(ctx, &v.Customer); err != nil {
		return nil, err
	}
	if err := h.seen(c, v, s.LastSeq); err != nil {
		return nil, err
	}
	return &views.Open{Reader: d.r, Now: d.now, Head: d.head(), Thread: t, Composer: composer, Customer: customer}, nil
}

// seen notes what the session's agent has read; their lists show it.
func (h *Handlers) seen(c echo.Context, v *desk.View, seq int32) error {
	if !v.Session.Of(v.Viewer.UID) || v.Session.SeenSeq >= seq {
		return nil
	}
	news, err := h.Desk.Seen(c.Request().Context(), agent(c), v.Session, seq)
	if news {
		h.Hub.Ring(v.Company.CompanyID.String(), listsTopic(v.Viewer.UID))
	}
	return err
}

// GET /sessions/:id/messages?after=&version= is what came or changed since a bookmark; ?before= is what came earlier, and
// with back= (how many sessions back) it stands above a later session of the customer's.
func (h *Handlers) messages(c echo.Context) error {
	v, err := h.viewed(c)
	if desk.KindOf(err) == desk.Missing { // it stood open, and was handed on
		return desk.Refuse(desk.Missing, "session.elsewhere")
	}
	if err != nil {
		return err
	}
	if before := count(c.QueryParam("before")); before > 0 {
		return h.older(c, v, int32(min(before, math.MaxInt32)))
	}
	return h.newsOf(c, v)
}

func (h *Handlers) newsOf(c echo.Context, v *desk.View) error {
	n, err := h.news(c, v)
	if err != nil {
		return err
	}
	if n == nil {
		return c.NoContent(http.StatusNoContent)
	}
	c.Response().Header().Set("Weir-Version", strconv.FormatInt(v.Session.Version, 10)) // answers may cross: the page lets no older one undo a newer
	return render(c, http.StatusOK, views.NewsFragment(*n))
}

func (h *Handlers) older(c echo.Context, v *desk.View, before int32) error {
	ms, err := h.Desk.MessagesBefore(c.Request().Context(), v.Session, before, olderMessages+1)
	if err != nil {
		return err
	}
	d := h.drawing(c, v)
	t := d.thread(ms, olderMessages)
	notes, err := h.Desk.Notes(c.Request().Context(), v.Session)
	if err != nil {
		return err
	}
	d.addNotes(&t, notes, firstPlace(&t), int64(before)-1)
	p := views.OlderPage{Reader: d.r, Now: d.now, Thread: t}
	if p.Thread.Back = int(min(count(c.QueryParam("back")), backMost)); p.Thread.Back > 0 && before == math.MaxInt32 {
		began := d.earlier(v.Session)
		p.Begins = &began
	}
	if err := h.goOnBack(c, d, &p.Thread); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.OlderFragment(p, d.head()))
}

// firstPlace is where a page of a thread begins; what stands before its first message belongs to it where no other page does.
func firstPlace(t *views.Thread) int64 {
	if t.More && len(t.Messages) > 0 {
		return t.Messages[0].Seq
	}
	return 0
}

// news is what a page lacks that has read to its bookmark, without gaps from the first message that changed to the last; nil: nothing.
func (h *Handlers) news(c echo.Context, v *desk.View) (*views.News, error) {
	ctx, s, d := c.Request().Context(), v.Session, h.drawing(c, v)
	after := int32(count(c.FormValue("after")))
	composer := d.composer(h.liveOf(c, v))
	notes, err := h.notesOf(c, d)
	if err != nil {
		return nil, err
	}
	now := bookmark{s.Version, customerMark(&v.Customer), composerMark(&composer), noteMark(notes)}
	was := parseBookmark(c.FormValue("version"))
	if was == now && after >= s.LastSeq {
		return nil, nil
	}
	from := after // the last that need not be drawn again
	if was.version < s.Version {
		changed, err := h.Desk.MessagesChanged(ctx, s, after, was.version)
		if err != nil {
			return nil, err
		}
		if len(changed) > 0 {
			from = changed[0].Seq - 1
		}
	}
	from = notesFrom(notes, was.notes, from)
	ms, err := h.Desk.MessagesAfter(ctx, s, max(0, from-1), newsMost)
	if err != nil {
		return nil, err
	}
	t := views.Thread{SessionID: s.SessionID.String(), Seen: int64(after)}
	if len(ms) > 0 && ms[0].Seq <= from { // how the first is drawn depends on it
		before := d.message(&ms[0])
		t.Before, ms = &before, ms[1:]
	}
	for i := range ms {
		t.Messages = append(t.Messages, d.message(&ms[i]))
		t.Seen = max(t.Seen, int64(ms[i].Seq))
	}
	if was.version < s.Version {
		decisions, err := h.Desk.Decisions(ctx, s, deedsMost)
		if err != nil {
			return nil, err
		}
		for _, m := range d.handedOn(decisions, after) {
			if m.Seq <= t.Seen {
				t.Messages = insertByTime(t.Messages, m)
			}
		}
		if err := h.addEventsSince(c, d, &t, sinceBefore(s, &t)); err != nil {
			return nil, err
		}
	}
	if t.Seen < int64(s.LastSeq) { // there is more: what changed meanwhile is asked for again, too
		now.version, now.notes = was.version, was.notes
		c.Response().Header().Set("HX-Trigger", "thread")
	} else if !desk.State(s.State).Live() {
		t.Messages = append(t.Messages, d.ended())
	}
	d.addNotes(&t, notes, int64(from), t.Seen)
	t.Version = now.String()
	if err := h.seen(c, v, int32(t.Seen)); err != nil {
		return nil, err
	}
	n := &views.News{Reader: d.r, Now: d.now, Head: d.head(), Thread: t, Composer: composer}
	if was.customer != now.customer {
		card, err := h.customerCard(c, d)
		if err != nil {
			return nil, err
		}
		n.Customer = &card
	}
	return n, nil
}

// sinceBefore is when what a page has not drawn yet can have happened: after the message that it has.
func sinceBefore(s *desk.Session, t *views.Thread) time.Time {
	if t.Before != nil {
		return t.Before.At
	}
	return s.CreatedAt.Add(-time.Minute)
}

// bookmark is what a page knew of a session when it last looked: the session's version, and what may change without it: what is known of
// the customer, what the composer said, and what colleagues noted.
type bookmark struct {
	version                   int64
	customer, composer, notes string
}

func (b bookmark) String() string {
	return fmt.Sprintf("%d.%s.%s.%s", b.version, b.customer, b.composer, b.notes)
}

func parseBookmark(s string) bookmark {
	version, rest, _ := strings.Cut(s, ".")
	customer, rest, _ := strings.Cut(rest, ".")
	end := strings.LastIndexByte(rest, '.')
	if end < 0 {
		return bookmark{version: count(version), customer: customer, composer: rest}
	}
	return bookmark{count(version), customer, rest[:end], rest[end+1:]}
}

// composerMark tells what one composer says from what another does.
func composerMark(c *views.Composer) string {
	return fmt.Sprintf("%d.%d.%d.%t.%t.%t", c.Can, c.Quota.Left, c.Quota.Until.Unix(), c.Wait, c.Live != "", c.Stopped != "")
}

// POST /sessions/:id/messages: text, or kind and what it needs (see wanted); key; as=admin writes from the monitor; read (see overtaken); after and version as for the ear. It answers as the ear is answered.
func (h *Handlers) send(c echo.Context) error {
	session, err := sessionParam(c)
	if err != nil {
		return err
	}
	ctx, who := c.Request().Context(), agent(c)
	v, err := h.Desk.View(ctx, who, session)
	if err != nil {
		return err
	}
	say := h.Desk.Reply
	if c.FormValue("as") == "admin" {
		say = h.Desk.Interject
	}
	if _, _, err := say(ctx, who, session, wanted(c)); err != nil {
		return h.overtaken(c, session, err)
	}
	h.writes(c, v, 0)
	if !script(c) {
		return c.Redirect(http.StatusSeeOther, "/sessions/"+session.String())
	}
	if v, err = h.Desk.View(ctx, who, session); err != nil {
		return err
	}
	return h.newsOf(c, v)
}

// POST /sessions/:id/acceptance
func (h *Handlers) accept(c echo.Context) error {
	return h.act(c, func(session id.ID) error { return h.Desk.Accept(c.Request().Context(), agent(c), session) })
}

// PUT /sessions/:id/closure; as=admin ends it from the monitor, whoever has it.
func (h *Handlers) close(c echo.Context) error {
	end := h.Desk.Close
	if c.FormValue("as") == "admin" {
		end = h.Desk.CloseByAdmin
	}
	return h.act(c, func(session id.ID) error { return end(c.Request().Context(), agent(c), session) })
}

// act does something to a session that whoever asks may see. The ring brings every open page up to date, this one too.
func (h *Handlers) act(c echo.Context, do func(id.ID) error) error {
	v, err := h.viewed(c)
	if err != nil {
		return err
	}
	if err := do(v.Session.SessionID); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// GET /sessions/:id/earlier?before= is a further page of the customer's sessions before this one.
func (h *Handlers) earlier(c echo.Context) error {
	v, err := h.viewed(c)
	if err != nil {
		return err
	}
	before, err := id.Parse(c.QueryParam("before"))
	if err != nil {
		return desk.Refuse(desk.Invalid, "invalid")
	}
	d := h.drawing(c, v)
	page := views.EarlierPage{Reader: d.r, Now: d.now, SessionID: v.Session.SessionID.String()}
	if page.Earlier, page.Next, err = h.earlierModel(c, d, before); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.EarlierFragment(page))
}

// liveOf is the customer's live session, where the one that is seen is over.
func (h *Handlers) liveOf(c echo.Context, v *desk.View) string {
	s := v.Session
	if desk.State(s.State).Live() {
		return ""
	}
	found, err := h.Desk.Sessions(c.Request().Context(), s.CompanyID, desk.Filter{AppID: &s.AppID, OpenID: &s.OpenID, UID: &v.Viewer.UID}, s.SessionID, 1)
	if err != nil || len(found) == 0 || !desk.State(found[0].State).Live() {
		return ""
	}
	return found[0].SessionID.String()
}

func count(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64)
	return max(0, n)
}

func zoned(t *time.Time, loc *time.Location) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.In(loc)
}
