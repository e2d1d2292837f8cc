// Package gallery shows every view in every state, from made-up values and without a desk. Golden files are made of it, and
// the pictures by which people judge how a change looks:
//
//	go test ./views/gallery -update            rewrites the golden files
//	go test ./views/gallery -shots DIR         takes the pictures, where Chromium is installed
package gallery

import (
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"weir/static"
	"weir/views"
	"weir/views/words"
)

// State is one view in one state.
type State struct {
	Name     string // also the name of its golden file
	View     templ.Component
	Fragment bool // a part of a page
}

// States are all of them, for one reader.
func States(r views.Reader) []State {
	s := sample{Reader: r}
	return slices.Concat(
		s.whole(),
		s.platform(),
		s.channels(),
		s.templates(),
		s.menus(),
		s.search(),
		s.quick(), s.notes(), s.parts(),
	)
}

// Handler serves the gallery's pages at /{state}?lang=&theme=, with the assets they need.
func Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle(static.Prefix, static.Handler())
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		reader := views.Reader{Words: words.For(r.FormValue("lang")), Theme: r.FormValue("theme")}
		for _, state := range States(reader) {
			if "/"+state.Name == r.URL.Path {
				templ.Handler(state.View).ServeHTTP(w, r)
				return
			}
		}
		http.NotFound(w, r)
	})
	return mux
}
