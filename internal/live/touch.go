package live

import "strings"

// Touch tells every process that something of a company is another than before, whoever listens in it: Options.OnTouch. Like a
// ring it may be doubled or merged. It may also be lost, where a process is cut off just then.
func (h *Hub) Touch(company string) { h.outgoing.end(touch + company) }

// touch begins the line that says so, between processes. It travels as ends do, and is not remembered like them.
const touch = "touch "

// touched is what a line says was touched; false: it says something else.
func (h *Hub) touched(said string) bool {
	company, is := strings.CutPrefix(said, touch)
	if is && h.opt.OnTouch != nil {
		h.opt.OnTouch(company)
	}
	return is
}
