package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestDistIsFresh(t *testing.T) {
	if got := inputs(t, ".."); got != built.Inputs {
		t.Errorf("static/dist is older than its sources; run: npm ci && npm run assets")
	}
}

// inputs computes the digest that build.mjs writes into the manifest.
func inputs(t *testing.T, root string) string {
	t.Helper()
	var lines strings.Builder
	for _, file := range []string{"package-lock.json", "static/build.mjs", "static/src/icons.txt", "static/src/mark.svg", "static/src/quick.js", "static/src/theme.css", "static/src/weir.js", "static/src/search.js", "static/src/notes.js"} {
		lines.WriteString(digest(read(t, filepath.Join(root, file))) + "\n")
	}
	lines.WriteString(strings.Join(classes(t, root), "\n"))
	return digest([]byte(lines.String()))
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func classes(t *testing.T, root string) []string {
	t.Helper()
	var words []string
	for _, dir := range []string{"views", "internal"} {
		filepath.WalkDir(filepath.Join(root, dir), func(path string, _ fs.DirEntry, err error) error {
			if err == nil && filepath.Ext(path) == ".templ" {
				for _, quoted := range regexp.MustCompile(`"([^"\n]*)"`).FindAllSubmatch(read(t, path), -1) {
					words = append(words, strings.Fields(string(quoted[1]))...)
				}
			}
			return nil
		})
	}
	slices.Sort(words)
	return slices.Compact(words)
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestNamesCarryTheDigestOfTheirContent(t *testing.T) {
	for name, file := range built.Files {
		data, err := dist.ReadFile("dist/" + file)
		if err != nil {
			t.Fatal(err)
		}
		if want := digest(data)[:10]; !strings.Contains(file, "."+want+".") {
			t.Errorf("%s is %s, content says %s", name, file, want)
		}
	}
}

func TestServe(t *testing.T) {
	server := httptest.NewServer(Handler())
	t.Cleanup(server.Close)
	for _, tc := range []struct {
		name, path, accept string
		status             int
		contentType        string
	}{
		{"a style sheet is css", URL("app.css"), "", 200, "text/css; charset=utf-8"},
		{"a script is javascript", URL("weir.js"), "", 200, "text/javascript; charset=utf-8"},
		{"the sprite is an image", URL("icons.svg"), "", 200, "image/svg+xml"},
		{"gzip for those who take it", URL("htmx.js"), "gzip, br", 200, "text/javascript; charset=utf-8"},
		{"a name without its digest is not found", "/static/app.css", "", 404, ""},
		{"the manifest is not served", "/static/manifest.json", "", 404, ""},
		{"nothing above the folder is served", "/static/../static.go", "", 404, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			req, err := http.NewRequest(http.MethodGet, server.URL+tc.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Accept-Encoding", tc.accept)
			res, err := http.DefaultTransport.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			body, err := io.ReadAll(res.Body)
			if err != nil {
				t.Fatal(err)
			}
			if res.StatusCode != tc.status {
				t.Fatalf("status %d, want %d", res.StatusCode, tc.status)
			}
			if tc.status != 200 {
				return
			}
			if got := res.Header.Get("Content-Type"); got != tc.contentType {
				t.Errorf("Content-Type %q, want %q", got, tc.contentType)
			}
			if res.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
				t.Errorf("headers %v", res.Header)
			}
			if zipped := res.Header.Get("Content-Encoding") == "gzip"; zipped != (tc.accept != "") {
				t.Errorf("gzip = %v for Accept-Encoding %q", zipped, tc.accept)
			} else if zipped {
				z, err := gzip.NewReader(bytes.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				if body, err = io.ReadAll(z); err != nil {
					t.Fatal(err)
				}
			}
			if !slices.Contains([]string{digest(body)[:10]}, strings.Split(tc.path, ".")[1]) {
				t.Errorf("the body is not what the name promises")
			}
		})
	}
}
