package handlers

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/pinyin"
	"weir/internal/wechat"
	"weir/views"
)

// quickShown is how many quick replies the composer shows at once.
const quickShown = 20

// quickRoutes are quick replies as they are used, and what is said of a text before it is sent.
func (h *Handlers) quickRoutes(g *echo.Group) {
	g.GET("/sessions/:id/quick", h.quickPicker)
	g.GET("/sessions/:id/quick/:quick", h.quickTray)
	g.POST("/sessions/:id/written", h.written)
}

// GET /sessions/:id/quick?q= are the quick replies that fit what was typed, filled in for the session's customer.
func (h *Handlers) quickPicker(c echo.Context) error {
	v, err := h.viewed(c)
	if err != nil {
		return err
	}
	p := views.QuickPick{Reader: h.reader(c), SessionID: v.Session.SessionID.String(), Typed: c.QueryParam("q")}
	found, total, err := h.Desk.FindQuick(c.Request().Context(), agent(c), p.Typed, quickShown)
	if err != nil {
		return err
	}
	p.Total = total
	to := h.salutation(v)
	for i := range found {
		q := quickModel(v.Company, agent(c), &found[i])
		q.Fill = v.Company.FillQuick(found[i].Text, to)
		if gaps := desk.QuickGaps(q.Fill); len(gaps) > 0 {
			q.Gap = gaps[0]
		}
		p.Replies = append(p.Replies, q)
	}
	return render(c, http.StatusOK, views.QuickPicker(p))
}

// salutation is who writes to whom, for what a quick reply is filled in with.
func (h *Handlers) salutation(v *desk.View) desk.Salutation {
	s := desk.Salutation{Customer: v.Customer.Remark, Agent: v.Viewer.Name, Now: h.Clock()}
	if a := v.Company.Accounts[v.Session.AppID]; a != nil {
		s.Account = a.Name
	}
	return s
}

func quickModel(company *desk.Company, who desk.Agent, x *desk.QuickHit) views.QuickReply {
	span := func(s pinyin.Span) views.Span { return views.Span(s) }
	q := views.QuickReply{ID: x.ID, Title: x.Title, Code: x.Code, Text: x.Text, InTitle: span(x.InTitle), InCode: span(x.InCode), InText: span(x.InText),
		Mine: x.UID == who.UID, Group: company.GroupName(x.Group), Used: x.Used}
	if x.UsedAt != nil {
		q.UsedAt = x.UsedAt.In(company.Location)
	}
	for _, u := range x.Images {
		q.Images = append(q.Images, quickImageModel(u))
	}
	return q
}

func quickImageModel(u *desk.Upload) views.QuickImage {
	i := views.QuickImage{ID: u.ID.String(), ThumbURL: quickImagesPath + "/" + u.ID.String(), Width: u.Width, Height: u.Height}
	if u.Thumb {
		i.ThumbURL += "/thumb"
	}
	return i
}

// GET /sessions/:id/quick/:quick are the pictures that go with one, for the tray. Where it has no text, its use is counted with the first.
func (h *Handlers) quickTray(c echo.Context) error {
	v, err := h.viewed(c)
	if err != nil {
		return err
	}
	q, _, err := h.Desk.Quick(c.Request().Context(), agent(c), count(c.Param("quick")))
	if err != nil {
		return err
	}
	tray := views.Tray{Reader: h.reader(c), SessionID: v.Session.SessionID.String()}
	for i, u := range q.Images {
		item := trayItem(v, u, q.Title)
		item.Key = "quick-" + id.New().String()
		if i == 0 && q.Text == "" {
			item.Quick = q.ID
		}
		tray.Items = append(tray.Items, item)
	}
	return render(c, http.StatusOK, views.TrayItems(tray))
}

// POST /sessions/:id/written says what is worth a word about a text before it is sent, and changes nothing: as how many messages it goes,
// what is not filled in, and how WeChat shows the links in it.
func (h *Handlers) written(c echo.Context) error {
	v, err := h.viewed(c)
	if err != nil {
		return err
	}
	d := h.drawing(c, v)
	text := strings.ReplaceAll(c.FormValue("text"), "\r\n", "\n")
	w := views.Written{Reader: d.r, Left: -1, Gaps: desk.QuickGaps(text)}
	if quota := d.composer("").Quota; quota.Limit > 0 {
		w.Left = quota.Left
	}
	if v.Customer.Remark == "" {
		for _, gap := range w.Gaps {
			if v.Company.FillQuick(gap, desk.Salutation{Customer: "x"}) == "x" {
				w.NoName = gap
			}
		}
	}
	if parts := desk.Split(text); len(parts) <= desk.PartsMost {
		w.Parts = len(parts)
		w.Bubbles, w.Faults = seen(d.r, parts)
	}
	return render(c, http.StatusOK, views.WrittenFragment(w))
}

// seen is how a customer sees texts in which there is a link or other code; of texts without any, nothing is worth to be shown.
func seen(r views.Reader, parts []string) (bubbles []views.WrittenPart, faults []views.WrittenFault) {
	links := false
	for _, part := range parts {
		var b views.WrittenPart
		for _, p := range wechat.ReadText(part) {
			links = links || p.URL != "" || p.Program
			b = append(b, views.WrittenPiece{Text: p.Text, URL: p.URL, Program: p.Program, Raw: p.Fault != ""})
			if p.Fault != "" {
				faults = append(faults, views.WrittenFault{Say: r.Words.Sentence(p.Fault), Code: excerpt(p.Text)})
			}
		}
		bubbles = append(bubbles, b)
	}
	if !links && faults == nil {
		return nil, nil
	}
	return bubbles, faults[:min(len(faults), 3)]
}

// excerpt is the beginning of a text.
func excerpt(s string) string {
	const most = 60 // characters
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
