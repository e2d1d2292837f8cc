package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const root = "../.."

// rooms says which of our packages each of our packages may import. What is not here is a package nobody has decided about.
var rooms = map[string]string{
	"cmd/weir": "handlers internal/bench internal/config internal/courier internal/desk internal/id internal/live internal/login internal/media internal/platform internal/private " +
		"internal/provision internal/queue internal/search internal/secret internal/store internal/uploads internal/wechat internal/wechat/simulator",
	"handlers":                  "internal/desk internal/hours internal/id internal/live internal/login internal/media internal/pinyin internal/platform internal/search internal/secret internal/store internal/uploads internal/wechat static views views/words",
	"views":                     "static views/words",
	"views/words":               "",
	"views/gallery":             "static views views/words", // only for looking at the views
	"static":                    "",
	"queries":                   "",
	"migrations":                "",
	"internal/bench":            "internal/config internal/desk internal/id internal/login internal/private internal/provision internal/search internal/secret internal/store internal/wechat internal/wechat/simulator",
	"internal/config":           "internal/secret",
	"internal/courier":          "internal/desk internal/id internal/media internal/wechat",
	"internal/desk":             "internal/hours internal/id internal/search internal/pinyin internal/store",
	"internal/e2e":              "", // tests only
	"internal/hours":            "",
	"internal/id":               "",
	"internal/live":             "",
	"internal/login":            "internal/secret",
	"internal/media":            "",
	"internal/pinyin":           "",
	"internal/platform":         "internal/desk internal/id internal/secret internal/store internal/wechat",
	"internal/private":          "",
	"internal/provision":        "internal/desk internal/hours internal/id internal/login internal/secret internal/store internal/wechat views/words",
	"internal/queue":            "internal/desk internal/id internal/store",
	"internal/search":           "internal/store",
	"internal/secret":           "",
	"internal/store":            "internal/id migrations",
	"internal/testkit":          "internal/private", // imported by tests only
	"internal/uploads":          "internal/desk internal/media",
	"internal/wechat":           "",
	"internal/wechat/simulator": "static views views/words",
}

func TestPackagesImportOnlyWhatTheyMay(t *testing.T) {
	documented := map[string]bool{}
	for name, text := range files(t) {
		if path.Ext(name) != ".go" {
			continue
		}
		room := path.Dir(name)
		may, decided := rooms[room]
		if !decided {
			t.Errorf("%s: nobody has said what this package may import; say it in rooms", name)
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		documented[room] = documented[room] || file.Doc != nil
		if strings.HasSuffix(name, "_test.go") {
			continue // tests may look from anywhere
		}
		for _, spec := range file.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			if ours, is := strings.CutPrefix(imported, "weir/"); is && !slices.Contains(strings.Fields(may), ours) {
				t.Errorf("%s must not import %s", name, ours)
			}
			if strings.HasPrefix(imported, "github.com/labstack/echo") && room != "handlers" {
				t.Errorf("%s imports echo: only handlers know it, so that the next echo is a day's work", name)
			}
		}
	}
	for room, is := range documented {
		if !is {
			t.Errorf("%s: the package does not say what it is for", room)
		}
	}
}

func TestTopLevelIsSettled(t *testing.T) {
	settled := strings.Fields(`cmd handlers views queries migrations static internal sqlc.yaml go.mod go.sum README.md LICENSE Makefile Dockerfile
		compose.yaml SECURITY.md CHANGELOG.md package.json package-lock.json`)
	ignored := strings.Fields(`weir data node_modules`)
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if name := e.Name(); name[0] != '.' && !slices.Contains(settled, name) && !slices.Contains(ignored, name) {
			t.Errorf("%s does not belong at the top level", name)
		}
	}
}

// The third is written so that this file does not match itself.
var somebodysPath = regexp.MustCompile(`/Users/\w|/home/[a-km-z]\w*/|[^\w.]/work[/]`)

func TestNoFileNamesAPathOfSomebodysMachine(t *testing.T) {
	for name, text := range files(t) {
		if found := somebodysPath.FindString(text); found != "" {
			t.Errorf("%s has %q", name, found)
		}
	}
}

// files are the repository's files, path to content, but for what is ignored and what is too large to be text.
func files(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && slices.Contains([]string{".git", ".cache", "data", "node_modules"}, d.Name()) {
			return fs.SkipDir
		}
		info, err := d.Info()
		if err != nil || !info.Mode().IsRegular() || info.Size() > 1<<20 || d.Name() == ".git" { // a work tree's .git is a file
			return err
		}
		content, err := os.ReadFile(path)
		rel, _ := filepath.Rel(root, path)
		all[filepath.ToSlash(rel)] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
