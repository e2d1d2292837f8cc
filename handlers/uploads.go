package handlers

import (
	"errors"
	"io"
	"math"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/media"
	"weir/views"
)

// Limits of one request with files.
const (
	filesMost  = 9 // as many as WeChat lets a person choose
	filesBytes = 64 << 20
	filesTime  = 2 * time.Minute
)

// uploadRoutes are what an agent sends that is more than a text. Whoever may see the session is told what may be sent in it.
func (h *Handlers) uploadRoutes(g *echo.Group) {
	g.POST(uploadsPath, h.uploadFiles)
	g.GET("/sessions/:id/cards/:kind", h.cardForm)
	g.GET("/sessions/:id/preview", h.preview)
	g.POST("/sessions/:id/typing", h.typing)
	g.GET("/emoji", h.emoji)
}

const uploadsPath = "/sessions/:id/uploads"

// POST /sessions/:id/uploads: one or more files. It answers each as it will be sent, or with why it cannot be; for=card answers what the
// form of a card needs of a picture.
func (h *Handlers) uploadFiles(c echo.Context) error {
	v, err := h.viewed(c)
	if err != nil {
		return err
	}
	if !v.Session.Joined(v.Viewer.UID) && !v.Supervises() {
		return desk.Refuse(desk.Denied, "session.not-yours")
	}
	tray := views.Tray{Reader: h.reader(c), SessionID: v.Session.SessionID.String(), ForCard: c.QueryParam("for") == "card"}
	err = h.takeFiles(c, func(t taken) {
		if t.problem != "" {
			tray.Items = append(tray.Items, views.TrayItem{ID: id.New().String(), Name: t.name, Problem: t.problem})
			return
		}
		item := trayItem(v, t.Upload, t.name)
		item.Smaller = t.Kind == media.Image && t.came != t.Size
		tray.Items = append(tray.Items, item)
	})
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.TrayItems(tray))
}

// taken is a file that came, as it is kept, or why it cannot be.
type taken struct {
	*desk.Upload
	name    string
	came    int64  // bytes
	problem string // in words; "": it is kept
}

// takeFiles takes the files of a request, one after the other.
func (h *Handlers) takeFiles(c echo.Context, each func(taken)) error {
	control := http.NewResponseController(c.Response())
	_ = control.SetReadDeadline(time.Now().Add(filesTime))
	defer func() { _ = control.SetReadDeadline(time.Time{}) }()
	r := c.Request()
	r.Body = http.MaxBytesReader(c.Response(), r.Body, filesBytes)
	form, err := r.MultipartReader()
	if err != nil {
		return desk.Refuse(desk.Invalid, "invalid")
	}
	for n := 0; n < filesMost; {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return bodyProblem(err)
		}
		if part.FormName() != "file" || part.FileName() == "" {
			continue
		}
		t, err := h.takeFile(c, part)
		if err != nil {
			return err
		}
		each(t)
		n++
	}
	return nil
}

func (h *Handlers) takeFile(c echo.Context, part *multipart.Part) (taken, error) {
	t := taken{name: strings.ToValidUTF8(part.FileName(), "\uFFFD")}
	data, err := io.ReadAll(io.LimitReader(part, media.TakenMost+1))
	if err != nil {
		return t, bodyProblem(err)
	}
	t.came = int64(len(data))
	t.Upload, err = h.Uploads.Take(c.Request().Context(), agent(c), data)
	var no *desk.Refusal
	if errors.As(err, &no) {
		t.problem = h.reader(c).Words.Sentence(no.Say, no.Args...)
		return t, nil
	}
	return t, err
}

// trayItem is an upload as it will be sent in a session.
func trayItem(v *desk.View, u *desk.Upload, name string) views.TrayItem {
	item := views.TrayItem{ID: u.ID.String(), Name: name, Kind: kind(u.Type()), Size: u.Size, Width: u.Width, Height: u.Height, Length: u.Length}
	at := "/sessions/" + v.Session.SessionID.String() + "/media/" + item.ID
	if u.Thumb {
		item.ThumbURL = at + "/thumb"
	}
	if u.Play != "" {
		item.PlayURL = at + "/play"
	} else if media.Inline(u.Mime) {
		item.PlayURL = at
	}
	return item
}

// GET /sessions/:id/cards/:kind fills the dialog in which a card is written: news, msgmenu or miniprogrampage.
func (h *Handlers) cardForm(c echo.Context) error {
	v, err := h.viewed(c)
	if err != nil {
		return err
	}
	kind := c.Param("kind")
	if kind != cardNews && kind != desk.KindMenu && kind != desk.KindProgram {
		return desk.Refuse(desk.Missing, "missing")
	}
	return render(c, http.StatusOK, views.CardForm(views.Card{Reader: h.reader(c), SessionID: v.Session.SessionID.String(), Kind: kind, Key: id.New().String()}))
}

// GET /sessions/:id/preview draws what a form would send, or says what is wrong with it.
func (h *Handlers) preview(c echo.Context) error {
	v, err := h.viewed(c)
	if err != nil {
		return err
	}
	d := h.drawing(c, v)
	r := wanted(c)
	no := error(nil)
	filled := r.Data.Out != nil && r.Data.Out.Filled != nil
	if filled {
		no = h.fill(c, v, &r)
	}
	m := desk.Message{ID: id.New(), SessionID: v.Session.SessionID, Opercode: desk.FromAgent, UID: v.Viewer.UID, Type: r.Type, Text: r.Text, Data: r.Data, CreatedAt: d.now}
	if r.Data.ResourcesID != "" {
		m.Data.Media, m.Data.Thumb = desk.MediaKept, true
	}
	p := views.Preview{Reader: d.r, Head: d.head(), Message: d.message(&m), Quota: d.composer("").Quota, Free: filled}
	if no == nil {
		no = r.Check()
	}
	var refusal *desk.Refusal
	if errors.As(no, &refusal) {
		p.Problem = d.r.Words.Sentence(refusal.Say, refusal.Args...)
	} else if no != nil {
		return no
	}
	return render(c, http.StatusOK, views.CardPreview(p))
}

// GET /emoji is what can be put into a text.
func (h *Handlers) emoji(c echo.Context) error {
	c.Response().Header().Set("Cache-Control", "private, max-age=86400")
	return render(c, http.StatusOK, views.Emoji())
}

// cardNews is the kind of a card that opens an address, in WeChat's word.
const cardNews = "news"

// itemsField is how many items of a menu a form has at most.
const itemsField = 10

// wanted is what a form wants to be said: a text, a file of the tray, or a card.
func wanted(c echo.Context) desk.Reply {
	text := func(name string) string { return strings.TrimSpace(c.FormValue(name)) }
	r := desk.Reply{Text: c.FormValue("text"), Key: c.FormValue("key"), Quick: count(c.FormValue("quick")), Of: int32(count(c.FormValue("of"))), Wait: c.FormValue("wait") != "", Type: desk.TypeText}
	if read := c.FormValue("read"); read != "" {
		seq := int32(min(count(read), math.MaxInt32))
		r.Read = &seq
	}
	file := desk.Data{ResourcesID: text("resources_id"), Title: text("title"), Description: text("description")}
	switch c.FormValue("kind") {
	case media.Image:
		r.Type, r.Data = desk.TypeImage, file
	case media.Voice:
		r.Type, r.Data = desk.TypeVoice, file
	case media.Video:
		r.Type, r.Data = desk.TypeVideo, file
	case cardNews:
		r.Type, r.Data = desk.TypeLink, desk.Data{Title: text("title"), Description: text("description"), URL: text("url"), PicURL: text("picture")}
	case desk.KindMenu:
		menu := &desk.Menu{Head: text("head"), Tail: text("tail"), Items: []desk.MenuItem{}}
		form, _ := c.FormParams()
		for i, item := range form["item"] {
			if item = strings.TrimSpace(item); item != "" && i < itemsField {
				menu.Items = append(menu.Items, desk.MenuItem{ID: strconv.Itoa(i + 1), Text: item})
			}
		}
		r.Type, r.Data = desk.TypeOther, desk.Data{Kind: desk.KindMenu, Out: &desk.Outgoing{Menu: menu}}
	case desk.KindTemplate:
		r.Type, r.Data = desk.TypeOther, filledIn(c)
	case desk.KindProgram:
		file.Kind, file.Out = desk.KindProgram, &desk.Outgoing{Program: &desk.Program{AppID: text("appid"), Path: text("path")}}
		r.Type, r.Data = desk.TypeOther, file
	}
	return r
}
