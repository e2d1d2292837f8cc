package handlers

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"weir/internal/desk"
	"weir/views"
	"weir/views/words"
)

// problem is the one place where an error of a page becomes an answer. A refusal is said to the person; anything else is
// logged, and the person is told that there is trouble.
func (h *Handlers) problem(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	status, key, args := sentenceOf(err)
	if status >= 500 && !errors.Is(err, context.Canceled) {
		h.Log.Error("request failed", "method", c.Request().Method, "route", c.Path(), "request", rid(c), "err", err)
	}
	if strings.HasPrefix(c.Request().URL.Path, apiPath+"/") {
		WriteProblem(c, err)
		return
	}
	if strings.HasPrefix(c.Request().URL.Path, "/wechat/") {
		_ = c.String(status, "refused\n")
		return
	}
	r := h.reader(c)
	p := views.Problem{Reader: r, Status: status, Sentence: r.Words.Sentence(key, args...)}
	if status >= 500 {
		p.RequestID = rid(c)
	}
	view := views.ProblemPage(p)
	if script(c) {
		view = views.ProblemNote(p)
	}
	_ = render(c, status, view)
}

// sentenceOf says which status an error has, and which sentence.
func sentenceOf(err error) (status int, key string, args []any) {
	var refusal *desk.Refusal
	if errors.As(err, &refusal) {
		return statusOfKind(refusal.Kind), refusal.Say, refusal.Args
	}
	var he *echo.HTTPError
	switch {
	case errors.Is(err, desk.ErrBusy):
		return http.StatusServiceUnavailable, "busy", nil
	case !errors.As(err, &he):
		return http.StatusInternalServerError, "trouble", nil
	}
	switch he.Code {
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return he.Code, "missing", nil
	case http.StatusForbidden:
		return he.Code, "cross-origin", nil
	case http.StatusRequestEntityTooLarge:
		return he.Code, "too-large", nil
	}
	if he.Code < 500 {
		return he.Code, "invalid", nil
	}
	return he.Code, "trouble", nil
}

// statusOfKind is the status of each kind of refusal, for pages and for the API.
func statusOfKind(k desk.Kind) int {
	switch k {
	case desk.Missing:
		return http.StatusNotFound
	case desk.Taken:
		return http.StatusConflict
	case desk.Denied:
		return http.StatusForbidden
	}
	return http.StatusUnprocessableEntity
}

// script says whether the page's script asks, for a part of a page.
func script(c echo.Context) bool { return c.Request().Header.Get("HX-Request") != "" }

// render draws a view into a buffer first: half a page is never sent.
func render(c echo.Context, status int, views ...templ.Component) error {
	buf := templ.GetBuffer()
	defer templ.ReleaseBuffer(buf)
	for _, v := range views {
		if err := v.Render(c.Request().Context(), buf); err != nil {
			return err
		}
	}
	return markup(c, status, buf.Bytes())
}

// The cookies of somebody's preferences: they hold before a login, too.
const (
	langCookie  = "weir_lang"
	themeCookie = "weir_theme"
)

// reader is for whom a page is drawn: what the person has chosen, else what the browser asks for.
func (h *Handlers) reader(c echo.Context) views.Reader {
	lang, theme := cookie(c, langCookie), cookie(c, themeCookie)
	if theme != "weir-light" && theme != "weir-dark" {
		theme = ""
	}
	return views.Reader{Words: words.For(words.Negotiate(lang, c.Request().Header.Get("Accept-Language"))), Theme: theme}
}

func cookie(c echo.Context, name string) string {
	if k, err := c.Cookie(name); err == nil {
		return k.Value
	}
	return ""
}
