package handlers

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/views"
)

// quickPage is how many quick replies a page lists.
const quickPage = 50

const quickImagesPath = "/settings/quick/images"

// quickBookRoutes are quick replies as they are arranged: everybody their own; who may arrange those of groups and of the company is the
// desk's to say.
func (h *Handlers) quickBookRoutes(g *echo.Group) {
	g.GET("/settings/quick", h.quickBook, h.staff)
	g.GET("/settings/quick/new", h.newQuick, h.staff)
	g.POST("/settings/quick", h.makeQuick, h.staff)
	g.POST(quickImagesPath, h.quickImages, h.staff)
	g.GET(quickImagesPath+"/:id", h.quickImage(whole))
	g.GET(quickImagesPath+"/:id/thumb", h.quickImage(thumb))
	g.GET("/settings/quick/:id", h.quickForm, h.staff)
	g.PUT("/settings/quick/:id", h.changeQuick, h.staff)
	g.DELETE("/settings/quick/:id", h.dropQuick, h.staff)
	g.POST("/settings/quick/:id/restoration", h.restoreQuick, h.staff)
}

// The words by which a form names an owner; of a group it is group:{group id}.
const (
	ownerMine    = "mine"
	ownerCompany = "company"
	ownerGroup   = "group:"
)

// ownerOf is whose quick replies a form means.
func ownerOf(who desk.Agent, said string) desk.Owner {
	if group, is := strings.CutPrefix(said, ownerGroup); is {
		if n := count(group); n != 0 {
			return desk.Owner{Group: n}
		}
		return desk.Owner{Group: -1} // there is none
	}
	if said == ownerCompany {
		return desk.Owner{}
	}
	return desk.Owner{UID: who.UID}
}

func ownerName(o desk.Owner) string {
	switch {
	case o.UID != 0:
		return ownerMine
	case o.Group != 0:
		return groupValue(o.Group)
	}
	return ownerCompany
}

// quickFrame is the frame of the pages of quick replies, which are nobody's only to look at.
func (h *Handlers) quickFrame(c echo.Context) (*desk.Company, views.Settings, error) {
	company, err := h.Desk.Company(c.Request().Context(), agent(c).Company)
	if err != nil {
		return nil, views.Settings{}, err
	}
	frame := h.nav(c, company)
	frame.ReadOnly = false
	return company, frame, nil
}

// GET /settings/quick lists an owner's quick replies: owner, q (what is looked for), before.
func (h *Handlers) quickBook(c echo.Context) error {
	company, frame, err := h.quickFrame(c)
	if err != nil {
		return err
	}
	ctx, who := c.Request().Context(), agent(c)
	o := ownerOf(who, c.QueryParam("owner"))
	b := views.QuickBook{Settings: frame, Now: h.now(company), Owner: ownerName(o), Typed: strings.TrimSpace(c.QueryParam("q"))}
	rows, _, err := h.Desk.Quicks(ctx, who, o, b.Typed, count(c.QueryParam("before")), quickPage+1)
	if err != nil {
		return err
	}
	if len(rows) > quickPage {
		if rows = rows[:quickPage]; b.Typed == "" {
			b.Before = rows[quickPage-1].ID
		}
	}
	groups, all, err := h.Desk.QuickOwners(ctx, who)
	if err != nil {
		return err
	}
	b.Changes = all || o.UID != 0
	for _, owner := range quickOwners(frame.Reader, company, groups, true) {
		b.Tabs = append(b.Tabs, views.QuickTab{Value: owner.Value, Name: owner.Name, Current: owner.Value == b.Owner})
	}
	for i := range rows {
		q := quickModel(company, who, &rows[i])
		q.Changes = b.Changes
		b.Replies = append(b.Replies, q)
	}
	return render(c, http.StatusOK, views.SettingsPage(b.Settings, b.Words.OfQuick().Title, views.QuickBookBody(b)))
}

// quickOwners are owners to choose from.
func quickOwners(r views.Reader, company *desk.Company, groups []int64, all bool) []views.Choice {
	out := []views.Choice{{Value: ownerMine, Name: r.Words.OfQuick().Mine}}
	if !all {
		return out
	}
	out = append(out, views.Choice{Value: ownerCompany, Name: r.Words.OfQuick().Company})
	for _, n := range groups {
		out = append(out, views.Choice{Value: ownerName(desk.Owner{Group: n}), Name: company.GroupName(n)})
	}
	return out
}

// quickFields is the form of one, or of a new one (nil).
func (h *Handlers) quickFields(c echo.Context, q *desk.Quick) (f views.QuickForm, err error) {
	company, frame, err := h.quickFrame(c)
	if err != nil {
		return f, err
	}
	groups, all, err := h.Desk.QuickOwners(c.Request().Context(), agent(c))
	if err != nil {
		return f, err
	}
	f = views.QuickForm{Settings: frame, Owners: quickOwners(frame.Reader, company, groups, all), Variables: desk.QuickVariables(frame.Words.Lang),
		ImagesMost: desk.QuickImagesMost, TitleMost: desk.QuickTitleMost, CodeMost: desk.QuickShortcutMost, TextMost: desk.QuickTextMost}
	if q == nil {
		f.Owner = c.QueryParam("owner")
		return f, nil
	}
	f.ID, f.Owner, f.Title, f.Shortcut, f.Text = q.ID, ownerName(q.Owner), q.Title, q.Shortcut, q.Text
	for _, u := range q.Images {
		f.Images = append(f.Images, quickImageModel(u))
	}
	return f, nil
}

// GET /settings/quick/new is the form: owner.
func (h *Handlers) newQuick(c echo.Context) error {
	f, err := h.quickFields(c, nil)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.SettingsPage(f.Settings, f.Words.OfQuick().New, views.QuickFormBody(f)))
}

// quickNumber is which one the path names.
func quickNumber(c echo.Context) (int64, error) {
	n, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		err = desk.Refuse(desk.Missing, "quick.missing")
	}
	return n, err
}

// quickOf is the one that the path names, as the asker may see it.
func (h *Handlers) quickOf(c echo.Context) (q *desk.Quick, changes bool, err error) {
	n, err := quickNumber(c)
	if err != nil {
		return nil, false, err
	}
	return h.Desk.Quick(c.Request().Context(), agent(c), n)
}

// GET /settings/quick/:id is the form of one, for who may change it.
func (h *Handlers) quickForm(c echo.Context) error {
	q, changes, err := h.quickOf(c)
	if err != nil {
		return err
	}
	if !changes {
		return desk.Refuse(desk.Denied, "quick.not-yours")
	}
	f, err := h.quickFields(c, q)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.SettingsPage(f.Settings, f.Title, views.QuickFormBody(f)))
}

// POST /settings/quick makes one: owner, title, shortcut, text, and image as often as there are some.
func (h *Handlers) makeQuick(c echo.Context) error { return h.putQuick(c, 0) }

// PUT /settings/quick/:id changes one.
func (h *Handlers) changeQuick(c echo.Context) error {
	q, _, err := h.quickOf(c)
	if err != nil {
		return err
	}
	return h.putQuick(c, q.ID)
}

func (h *Handlers) putQuick(c echo.Context, n int64) error {
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	q := desk.Quick{ID: n, Owner: ownerOf(agent(c), form.Get("owner")), Title: form.Get("title"), Shortcut: form.Get("shortcut"), Text: form.Get("text")}
	for _, name := range form["image"] {
		image, err := id.Parse(name)
		if err != nil {
			return desk.Refuse(desk.Missing, "upload.missing")
		}
		q.Images = append(q.Images, &desk.Upload{ID: image})
	}
	kept, err := h.Desk.PutQuick(c.Request().Context(), agent(c), q)
	if err != nil {
		return err
	}
	return h.goTo(c, "/settings/quick?owner="+ownerName(kept.Owner))
}

// DELETE /settings/quick/:id deletes one; what stands in its place takes it back.
func (h *Handlers) dropQuick(c echo.Context) error {
	q, _, err := h.quickOf(c)
	if err != nil {
		return err
	}
	if err := h.Desk.DropQuick(c.Request().Context(), agent(c), q.ID); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.QuickGone(h.reader(c), q.ID, q.Title))
}

// POST /settings/quick/:id/restoration takes it back that one was deleted.
func (h *Handlers) restoreQuick(c echo.Context) error {
	n, err := quickNumber(c)
	if err != nil {
		return err
	}
	if err := h.Desk.RestoreQuick(c.Request().Context(), agent(c), n); err != nil {
		return err
	}
	q, changes, err := h.quickOf(c)
	if err != nil {
		return err
	}
	company, err := h.Desk.Company(c.Request().Context(), agent(c).Company)
	if err != nil {
		return err
	}
	hit := q.Shown()
	row := quickModel(company, agent(c), &hit)
	row.Changes = changes
	return render(c, http.StatusOK, views.QuickBookRow(h.reader(c), row, h.now(company)))
}

// POST /settings/quick/images takes pictures for one; nothing names them yet.
func (h *Handlers) quickImages(c echo.Context) error {
	r := h.reader(c)
	var all []views.QuickImageItem
	err := h.takeFiles(c, func(t taken) {
		item := views.QuickImageItem{Name: t.name, Problem: t.problem}
		if t.problem == "" && t.Type() != desk.TypeImage {
			item.Problem = r.Words.Sentence("quick.image-kind")
		} else if t.problem == "" {
			item.QuickImage = quickImageModel(t.Upload)
		}
		all = append(all, item)
	})
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.QuickImages(r, all))
}

// GET /settings/quick/images/:id is a picture of one's own, or of a quick reply that the asker may look at.
func (h *Handlers) quickImage(p part) echo.HandlerFunc {
	return func(c echo.Context) error {
		name, err := id.Parse(c.Param("id"))
		if err != nil {
			return desk.Refuse(desk.Missing, "message.missing")
		}
		m, err := h.Desk.QuickImage(c.Request().Context(), agent(c), name)
		if err != nil {
			return err
		}
		return serveMedium(c, h.Media, m, p)
	}
}
