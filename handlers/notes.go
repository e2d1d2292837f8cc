package handlers

import (
	"fmt"
	"hash/fnv"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/views"
)

// noteRoutes are how colleagues note something about a session, for each other. None of them sends anything.
func (h *Handlers) noteRoutes(agents *echo.Group) {
	agents.POST("/sessions/:id/notes", h.writeNote)
	agents.DELETE("/sessions/:id/notes/:note", h.withdrawNote)
	agents.GET("/sessions/:id/colleagues", h.callable)
}

// callableMost is how many colleagues are offered at once.
const callableMost = 8

// POST /sessions/:id/notes: note, key, named (uids that were picked, as often as there are some); after and version as for the ear. It answers as the ear is answered.
func (h *Handlers) writeNote(c echo.Context) error {
	session, err := sessionParam(c)
	if err != nil {
		return err
	}
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	var chosen []int64
	for _, uid := range form["named"] {
		chosen = append(chosen, count(uid))
	}
	if err := h.Desk.WriteNote(c.Request().Context(), agent(c), session, form.Get("note"), form.Get("key"), chosen); err != nil {
		return err
	}
	if !script(c) {
		return c.Redirect(http.StatusSeeOther, "/sessions/"+session.String())
	}
	v, err := h.viewed(c)
	if err != nil {
		return err
	}
	return h.newsOf(c, v)
}

// DELETE /sessions/:id/notes/:note takes back what one has just noted.
func (h *Handlers) withdrawNote(c echo.Context) error {
	return h.act(c, func(session id.ID) error {
		note, err := id.Parse(c.Param("note"))
		if err != nil {
			return desk.Refuse(desk.Missing, "note.missing")
		}
		return h.Desk.WithdrawNote(c.Request().Context(), agent(c), session, note)
	})
}

// GET /sessions/:id/colleagues?q= are those who can be named in a note, by what was typed of their name.
func (h *Handlers) callable(c echo.Context) error {
	v, err := h.viewed(c)
	if err != nil {
		return err
	}
	m := views.Callables{Reader: h.reader(c)}
	for _, a := range v.Company.Callable(strings.TrimSpace(c.QueryParam("q")), v.Viewer.UID, callableMost) {
		m.All = append(m.All, views.Colleague{UID: a.UID, Name: a.Name})
	}
	return render(c, http.StatusOK, views.CallableList(m))
}

// notesOf reads the notes of a session; who reads them has seen those that name them.
func (h *Handlers) notesOf(c echo.Context, d *drawing) ([]desk.Note, error) {
	ctx := c.Request().Context()
	notes, err := h.Desk.Notes(ctx, d.Session)
	if err != nil || !slices.ContainsFunc(notes, func(n desk.Note) bool { return slices.Contains(n.Named, d.Viewer.UID) }) {
		return notes, err
	}
	news, err := h.Desk.SeenNotes(ctx, agent(c), d.Session)
	if news {
		h.Hub.Ring(d.Company.CompanyID.String(), listsTopic(d.Viewer.UID))
	}
	return notes, err
}

func (d *drawing) note(n *desk.Note) views.Message {
	m := views.Message{ID: "n-" + n.NoteID.String(), Seq: int64(n.Seq), At: d.at(n.MadeAt), Side: views.FromEvent, Kind: views.Note, By: d.Company.AgentName(n.UID), Mine: n.UID == d.Viewer.UID, Text: n.Text, CanWithdraw: n.MayWithdraw(d.Viewer.UID, d.now)}
	if n.WithdrawnAt != nil {
		m.Kind = views.NoteWithdrawn
	} else if m.CanWithdraw {
		m.What = n.NoteID.String()
	}
	for _, uid := range n.Named {
		m.Items = append(m.Items, d.Company.AgentName(uid))
	}
	return m
}

// addNotes puts the notes into a thread that stand from one place to another, behind the message of their place.
func (d *drawing) addNotes(t *views.Thread, notes []desk.Note, from, to int64) {
	for i := range notes {
		if seq := int64(notes[i].Seq); seq >= from && seq <= to {
			t.Messages = insertNote(t.Messages, d.note(&notes[i]))
		}
	}
}

// insertNote keeps the place of the note, which says after which message it was written; quiet lines of that place stand by time.
func insertNote(ms []views.Message, m views.Message) []views.Message {
	i := len(ms)
	for i > 0 && (ms[i-1].Seq > m.Seq || ms[i-1].Seq == m.Seq && ms[i-1].Side == views.FromEvent && ms[i-1].At.After(m.At)) {
		i--
	}
	return slices.Insert(ms, i, m)
}

// noteCalm is how much later than it was made a note may come in.
const noteCalm = time.Minute

// noteMark tells the notes of a session from those that a page knows; it ends with when the last of them changed.
func noteMark(notes []desk.Note) string {
	h, last := fnv.New64a(), time.Time{}
	for i := range notes {
		n := &notes[i]
		fmt.Fprintf(h, "%s %t %d ", n.NoteID, n.WithdrawnAt != nil, n.Named)
		if at := n.ChangedAt(); at.After(last) {
			last = at
		}
	}
	return fmt.Sprintf("%x-%d", h.Sum64(), last.Unix())
}

// notesFrom is the place from which a page has to draw the thread anew, for the sake of notes that changed since its mark.
func notesFrom(notes []desk.Note, mark string, from int32) int32 {
	if mark == noteMark(notes) {
		return from
	}
	_, at, _ := strings.Cut(mark, "-")
	known, _ := strconv.ParseInt(at, 10, 64) // of a page that knew none it is long ago
	for i := range notes {
		if n := &notes[i]; n.ChangedAt().After(time.Unix(known, 0).Add(-noteCalm)) {
			from = min(from, n.Seq)
		}
	}
	return from
}

// mentions are the notes that name an agent and that they have not seen, as their lists show them.
func (h *Handlers) mentions(c echo.Context, company *desk.Company) (out []views.Mention, err error) {
	found, err := h.Desk.Mentions(c.Request().Context(), agent(c))
	for i := range found {
		m := &found[i]
		out = append(out, views.Mention{SessionID: m.SessionID.String(), NoteID: m.NoteID.String(), OpenID: m.OpenID, Name: m.Remark, By: company.AgentName(m.ByUID), Text: m.Text, At: m.MadeAt.In(company.Location)})
	}
	return out, err
}
