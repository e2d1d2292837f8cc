package handlers

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/labstack/echo/v4"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/media"
	"weir/views"
)

// mediaRoutes serve what customers sent, to those who may see the session it was said in.
func (h *Handlers) mediaRoutes(g *echo.Group) {
	g.GET("/sessions/:id/media/:message", h.medium(whole))
	g.GET("/sessions/:id/media/:message/thumb", h.medium(thumb))
	g.GET("/sessions/:id/media/:message/play", h.medium(play))
	g.POST("/sessions/:id/media/:message", h.fetchAgain)
}

// A part is which of the files of a medium is asked for.
type part struct {
	suffix string
	mime   func(*desk.Data) string // "": there is no such part
}

var (
	whole = part{"", func(d *desk.Data) string { return d.Mime }}
	thumb = part{media.ThumbSuffix, func(d *desk.Data) string {
		if d.Thumb {
			return "image/jpeg"
		}
		return ""
	}}
	play = part{media.PlaySuffix, func(d *desk.Data) string { return d.Play }}
)

// GET /sessions/:id/media/:message and what was made of it. Who may not see the session is told that there is nothing.
func (h *Handlers) medium(p part) echo.HandlerFunc {
	return func(c echo.Context) error {
		session, err := sessionParam(c)
		if err != nil {
			return err
		}
		message, err := id.Parse(c.Param("message"))
		if err != nil {
			return desk.Refuse(desk.Missing, "message.missing")
		}
		m, err := h.Desk.Medium(c.Request().Context(), agent(c), session, message)
		if err != nil {
			return err
		}
		return serveMedium(c, h.Media, m, p)
	}
}

// POST /sessions/:id/media/:message tries once more for one that could not be had.
func (h *Handlers) fetchAgain(c echo.Context) error {
	v, err := h.viewed(c)
	if err != nil {
		return err
	}
	message, err := id.Parse(c.Param("message"))
	if err != nil {
		return desk.Refuse(desk.Missing, "message.missing")
	}
	if err := h.Desk.FetchAgain(c.Request().Context(), agent(c), v.Session.SessionID, message); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// serveMedium hands out bytes that a stranger made. The browser is told what they are, must not guess otherwise, and runs nothing of
// them; whatever is not on the short list of what browsers draw by themselves is a download.
func serveMedium(c echo.Context, store media.Store, m *desk.Message, p part) error {
	kind := p.mime(&m.Data)
	if kind == "" || store == nil {
		return desk.Refuse(desk.Missing, "message.missing")
	}
	f, err := store.Get(c.Request().Context(), m.Key()+p.suffix)
	if errors.Is(err, media.ErrNone) {
		return desk.Refuse(desk.Missing, "message.missing")
	} else if err != nil {
		return err
	}
	defer f.Close()
	if !media.Inline(kind) {
		kind = media.Unknown
	}
	disposition := "inline"
	if kind == media.Unknown || c.QueryParam("download") != "" {
		disposition = "attachment"
	}
	head := c.Response().Header()
	head.Set("Content-Type", kind)
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	head.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": m.ID.String() + media.Extension(p.mime(&m.Data))}))
	head.Set("Cross-Origin-Resource-Policy", "same-origin")
	head.Set("Cache-Control", "private, max-age=300")
	http.ServeContent(c.Response(), c.Request(), "", f.Info().Modified.Truncate(time.Second), io.ReadSeeker(f))
	return nil
}

type mediumInput struct {
	ID string `path:"id" doc:"the resources_id of a message of type 2, 3 or 4, or of an upload"`
	// The parameters of a request for a part are headers (Range), which net/http reads.
}

type mediumOutput struct{ Body func(huma.Context) }

func mediumStreamed(op *huma.Operation) {
	op.Description = "What a customer sent, as it came, or was sent, as it was made to fit: file_url of a message of type 2, 3 or 4. Range requests work. A voice message that browsers do not play has its MP3 at /media/{id}/play, where this installation has ffmpeg."
	op.Responses["200"] = &huma.Response{Description: "OK", Content: map[string]*huma.MediaType{media.Unknown: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}}
}

// mediaCalls are the API's calls about media.
func (a *API) mediaCalls() {
	route(a, "POST", "/media", "Give a file that is to be sent", a.giveMedium, created, fileBody)
	route(a, "GET", "/media/{id}", "What a customer sent, or was sent", a.mediumCall(whole), mediumStreamed)
	route(a, "GET", "/media/{id}/thumb", "A small picture of it", a.mediumCall(thumb), mediumStreamed)
	route(a, "GET", "/media/{id}/play", "A voice message for browsers", a.mediumCall(play), mediumStreamed)
}

// GET /media/{id}
func (a *API) mediumCall(p part) func(context.Context, *mediumInput) (*mediumOutput, error) {
	return func(ctx context.Context, in *mediumInput) (*mediumOutput, error) {
		message, err := id.Parse(in.ID)
		if err != nil {
			return nil, desk.Refuse(desk.Missing, "message.missing")
		}
		m, err := a.Desk.MediumOf(ctx, company(ctx), message)
		if err != nil {
			return nil, err
		}
		if p.mime(&m.Data) == "" {
			return nil, desk.Refuse(desk.Missing, "message.missing")
		}
		return &mediumOutput{func(hc huma.Context) {
			if err := serveMedium(humaecho.Unwrap(hc), a.Media, m, p); err != nil {
				a.writeStream(humaecho.Unwrap(hc), err)
			}
		}}, nil
	}
}

// medium says where a page finds a medium, and what became of fetching it.
func (d *drawing) medium(m *desk.Message, v *views.Message) {
	x := &m.Data
	v.State, v.Size, v.Width, v.Height, v.URL = views.MediaState(x.Media), x.Size, x.Width, x.Height, ""
	v.Recognition = x.Recognition
	v.Length = time.Duration(x.Length) * time.Millisecond
	if x.Media != desk.MediaKept {
		return
	}
	at := "/sessions/" + m.SessionID.String() + "/media/" + x.ResourcesID
	v.URL = at
	if x.Thumb {
		v.ThumbURL = at + "/thumb"
	}
	switch {
	case x.Play != "":
		v.PlayURL = at + "/play"
	case media.Inline(x.Mime):
		v.PlayURL = at
	case m.Type == desk.TypeImage:
		v.PlayURL = v.ThumbURL
	}
}
