package handlers

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"
)

// worthSqueezing is the size, in bytes, from which a page is compressed: below it a packet is a packet.
const worthSqueezing = 1024

// squeezers compress at the quickest level: rows of a list repeat so much that others win little.
var squeezers = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed) // the level is valid
	return z
}}

// markup answers with HTML, compressed where the browser takes gzip. Nothing in a page tells by its length what should stay secret: a login is a
// cookie, forms hold no tokens, and another site cannot have a browser ask with the cookie (SameSite).
func markup(c echo.Context, status int, html []byte) error {
	head := c.Response().Header()
	head.Add(echo.HeaderVary, echo.HeaderAcceptEncoding)
	if len(html) < worthSqueezing || !strings.Contains(c.Request().Header.Get(echo.HeaderAcceptEncoding), "gzip") {
		return c.HTMLBlob(status, html)
	}
	var out bytes.Buffer
	z := squeezers.Get().(*gzip.Writer)
	defer squeezers.Put(z)
	z.Reset(&out)
	_, _ = z.Write(html) // writing to memory does not fail
	_ = z.Close()
	head.Set(echo.HeaderContentEncoding, "gzip")
	return c.HTMLBlob(status, out.Bytes())
}
