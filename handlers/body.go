package handlers

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"weir/internal/desk"
)

// How large the form of a page may be, in bytes, and how long any body may take to come: whoever sends a byte a minute would
// otherwise hold a connection for ever.
const (
	formMost = 64 << 10
	bodyTime = 10 * time.Second
)

// readBody reads the whole body of a request, if it is neither too large nor too slow.
func readBody(c echo.Context, most int64) ([]byte, error) {
	control := http.NewResponseController(c.Response())
	_ = control.SetReadDeadline(time.Now().Add(bodyTime))
	body, err := io.ReadAll(http.MaxBytesReader(c.Response(), c.Request().Body, most))
	_ = control.SetReadDeadline(time.Time{})
	return body, bodyProblem(err)
}

// forms reads the form of a page's request before anybody asks for it, so that there is one place that says how large it may be and
// what may be in it. A route whose body is no form stands in wholeBody.
func (h *Handlers) forms(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if r.Body == nil || r.Body == http.NoBody || wholeBody[c.Path()] {
			return next(c)
		}
		control := http.NewResponseController(c.Response())
		_ = control.SetReadDeadline(time.Now().Add(bodyTime))
		r.Body = http.MaxBytesReader(c.Response(), r.Body, formMost)
		err := r.ParseForm()
		if err == nil {
			err = r.ParseMultipartForm(formMost)
		}
		_ = control.SetReadDeadline(time.Time{})
		if err != nil && !errors.Is(err, http.ErrNotMultipart) {
			return bodyProblem(err)
		}
		for _, values := range r.Form {
			for _, v := range values {
				if !utf8.ValidString(v) || strings.ContainsRune(v, 0) { // PostgreSQL has no such text
					return desk.Refuse(desk.Invalid, "invalid")
				}
			}
		}
		return next(c)
	}
}

// wholeBody are the routes that read their bodies themselves, by path.
var wholeBody = map[string]bool{uploadsPath: true, quickImagesPath: true}

// bodyProblem is what is said of a body that could not be read.
func bodyProblem(err error) error {
	var large *http.MaxBytesError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &large):
		return echo.NewHTTPError(http.StatusRequestEntityTooLarge)
	}
	return echo.NewHTTPError(http.StatusBadRequest).SetInternal(err)
}
