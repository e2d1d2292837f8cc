package handlers

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/views"
)

// overtaken answers a text that was begun before the customer's latest messages were read: 409 with what they said, and in Weir-Read how far
// it is read once this is seen. The text stays with the page, which sends it again with that. Any other error is passed on.
func (h *Handlers) overtaken(c echo.Context, session id.ID, err error) error {
	var held *desk.Overtaken
	if !errors.As(err, &held) {
		return err
	}
	v, err := h.Desk.View(c.Request().Context(), agent(c), session)
	if err != nil {
		return err
	}
	d := h.drawing(c, v)
	note := views.Overtaken{Reader: d.r}
	for i := range held.Messages {
		note.Said = append(note.Said, d.message(&held.Messages[i]))
	}
	header := c.Response().Header()
	header.Set("Weir-Read", strconv.Itoa(int(held.Seq)))
	header.Set("HX-Trigger", "thread") // the thread shows them, too, whatever the stream does
	return render(c, http.StatusConflict, views.OvertakenNote(note))
}
