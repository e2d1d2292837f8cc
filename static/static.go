// Package static holds the style sheet, the scripts and the icons that pages load, and serves them. The files in dist are
// built by build.mjs and committed, so building Weir needs no Node; a test fails when they are older than their sources.
//
// A file's name carries a digest of its content. It may therefore be cached forever, and a page never loads a script
// that belongs to another version.
package static

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"strings"
)

// Prefix is where [Handler] must be mounted: URLs from [URL] begin with it.
const Prefix = "/static/"

//go:embed dist
var dist embed.FS

// manifest is what build.mjs knew when it ran.
type manifest struct {
	Inputs string            `json:"inputs"` // digest of everything the build reads
	Files  map[string]string `json:"files"`  // name as the views say it → name in dist
}

var built = func() (m manifest) {
	data, err := dist.ReadFile("dist/manifest.json")
	if err == nil {
		err = json.Unmarshal(data, &m)
	}
	if err != nil {
		panic(fmt.Sprintf("static: manifest: %v", err)) // embedded at build time: cannot fail in a binary that was tested
	}
	return m
}()

// URL is the address of an asset by its plain name: URL("app.css") is "/static/app.0f3a….css". It panics for a name that
// was never built, which the views' tests would meet first.
func URL(name string) string {
	file, ok := built.Files[name]
	if !ok {
		panic("static: no asset " + name)
	}
	return Prefix + file
}

// Handler serves the assets below [Prefix], compressed where the browser takes gzip. Anything else is 404.
func Handler() http.Handler {
	assets := make(map[string]asset, len(built.Files))
	for _, file := range built.Files {
		assets[Prefix+file] = load(file)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := assets[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		a.serve(w, r)
	})
}

type asset struct {
	contentType   string
	plain, zipped []byte
}

func load(file string) asset {
	plain, err := dist.ReadFile("dist/" + file)
	if err != nil {
		panic("static: " + err.Error())
	}
	var zipped bytes.Buffer
	z, _ := gzip.NewWriterLevel(&zipped, gzip.BestCompression) // the level is valid
	_, _ = z.Write(plain)                                      // writing to memory does not fail
	z.Close()
	return asset{contentType: contentTypes[path.Ext(file)], plain: plain, zipped: zipped.Bytes()}
}

// contentTypes are ours: some machines' MIME tables still call .js text/plain, and with nosniff a browser then refuses it.
var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

func (a asset) serve(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	h := w.Header()
	h.Set("Content-Type", a.contentType)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	body := a.plain
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = a.zipped
	}
	h.Set("Content-Length", fmt.Sprint(len(body)))
	if r.Method == http.MethodGet {
		w.Write(body) // a browser that left is not our error
	}
}
