package gallery

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"weir/views"
	"weir/views/words"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var languages = []string{words.Chinese, words.English}

// draw renders a state. Digests in asset names are left out, so that a new style sheet is not a new golden file.
func draw(t *testing.T, s State) string {
	t.Helper()
	var out bytes.Buffer
	if err := s.View.Render(context.Background(), &out); err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile(`(/static/\w+)\.[0-9a-f]{10}\.`).ReplaceAllString(out.String(), "$1.")
}

// each runs a test on every state in both languages.
func each(t *testing.T, test func(t *testing.T, lang string, s State, markup string)) {
	for _, lang := range languages {
		for _, s := range States(views.Reader{Words: words.For(lang)}) {
			t.Run(s.Name+"."+lang, func(t *testing.T) { test(t, lang, s, draw(t, s)) })
		}
	}
}

func TestGolden(t *testing.T) {
	each(t, func(t *testing.T, lang string, s State, markup string) {
		// One element to a line: a difference is then a line, too.
		got := strings.ReplaceAll(markup, "><", ">\n<") + "\n"
		file := filepath.Join("testdata", s.Name+"."+lang+".html")
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			return
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("it looks different from %s; if that is meant: go test ./views/gallery -update\n%s", file, firstDifference(got, string(want)))
		}
	})
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range g {
		if i >= len(w) || g[i] != w[i] {
			return fmt.Sprintf("line %d: %s", i+1, g[i])
		}
	}
	return "it ends early"
}

// nodes parses a state's markup and calls visit with every node.
func nodes(t *testing.T, markup string, visit func(*html.Node)) {
	t.Helper()
	tree, err := html.Parse(strings.NewReader(markup))
	if err != nil {
		t.Fatal(err)
	}
	for n := range tree.Descendants() {
		visit(n)
	}
}

func attribute(n *html.Node, key string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}

func TestIDsAreUniqueAndReferencesExist(t *testing.T) {
	each(t, func(t *testing.T, _ string, s State, markup string) {
		ids := map[string]int{}
		nodes(t, markup, func(n *html.Node) {
			if id, ok := attribute(n, "id"); ok {
				ids[id]++
			}
		})
		for id, n := range ids {
			if n > 1 {
				t.Errorf("id %q stands %d times", id, n)
			}
		}
		if s.Fragment {
			return
		}
		nodes(t, markup, func(n *html.Node) {
			for _, key := range []string{"for", "aria-controls", "aria-describedby", "aria-labelledby"} {
				if id, ok := attribute(n, key); ok && ids[id] == 0 {
					t.Errorf("%s names %q, which is not there", key, id)
				}
			}
		})
	})
}

// The Content-Security-Policy refuses style and event attributes and inline scripts; so do we, before a browser does.
func TestNothingThatTheSecurityPolicyRefuses(t *testing.T) {
	each(t, func(t *testing.T, _ string, _ State, markup string) {
		nodes(t, markup, func(n *html.Node) {
			if n.Type != html.ElementNode {
				return
			}
			if n.Data == "style" || n.Data == "script" && n.FirstChild != nil {
				t.Errorf("inline <%s>", n.Data)
			}
			for _, a := range n.Attr {
				switch {
				case a.Key == "style", strings.HasPrefix(a.Key, "on"), strings.HasPrefix(a.Key, "hx-on"):
					t.Errorf("<%s %s>", n.Data, a.Key)
				case strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:"), strings.HasPrefix(a.Val, "js:"):
					t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
				}
			}
		})
	})
}

// What a button does must be somewhere: in the markup for htmx, in a form, or in weir.js.
func TestNoDeadButtonsAndNoNamelessOnes(t *testing.T) {
	script, err := os.ReadFile("../../static/src/weir.js")
	if err != nil {
		t.Fatal(err)
	}
	each(t, func(t *testing.T, _ string, _ State, markup string) {
		nodes(t, markup, func(n *html.Node) {
			if n.Type != html.ElementNode || n.Data != "button" {
				return
			}
			if _, labelled := attribute(n, "aria-label"); !labelled && strings.TrimSpace(text(n)) == "" {
				if _, hidden := attribute(n, "hidden"); !hidden {
					t.Errorf("a button without a name: %v", n.Attr)
				}
			}
			for _, key := range []string{"hx-get", "hx-post", "hx-put", "hx-delete", "data-jump", "data-copy", "data-edit", "data-dismiss", "data-drop", "data-insert", "data-remove", "data-variable"} {
				if _, ok := attribute(n, key); ok {
					return
				}
			}
			if act, ok := attribute(n, "data-act"); ok && regexp.MustCompile(`\b`+act+`: `).Match(script) {
				return
			}
			if kind, _ := attribute(n, "type"); kind == "" {
				if form, _ := attribute(n, "form"); form == "composer" || within(n, "form") {
					return
				}
			}
			if id, ok := attribute(n, "id"); ok && bytes.Contains(script, []byte("#"+id)) {
				return
			}
			t.Errorf("nothing happens at <button %v>%s", n.Attr, text(n))
		})
	})
}

func text(n *html.Node) string {
	var out strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			out.WriteString(d.Data)
		}
	}
	return out.String()
}

func within(n *html.Node, name string) bool {
	for p := range n.Ancestors() {
		if p.Data == name {
			return true
		}
	}
	return false
}

func TestEveryIconIsInTheSprite(t *testing.T) {
	list, err := os.ReadFile("../../static/src/icons.txt")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, name := range strings.Fields(string(list)) {
		known[name] = true
	}
	each(t, func(t *testing.T, _ string, _ State, markup string) {
		for _, use := range regexp.MustCompile(`#i-([a-z0-9-]+)`).FindAllStringSubmatch(markup, -1) {
			if !known[use[1]] {
				t.Errorf("icon %s is not listed in static/src/icons.txt", use[1])
			}
		}
	})
}

// Whatever is said stands in package words. On an English page Chinese is only what people wrote, and marked as such; on a
// Chinese page there are no English words but names.
func TestNoWordsOfTheOtherLanguage(t *testing.T) {
	names := regexp.MustCompile(`^(Weir|English|IP|Enter|Shift|Ctrl|Esc|VIP|openid|https?|[A-Z]|wx|URL|AppID|AppSecret|Token|EncodingAESKey|JPG|PNG|GIF|WebP|BMP|MP|AMR|MB|kB|png|mp|pdf|pages|index)$`)
	each(t, func(t *testing.T, lang string, _ State, markup string) {
		nodes(t, markup, func(n *html.Node) {
			said := []string{}
			if n.Type == html.TextNode && !within(n, "style") && !within(n, "script") {
				said = append(said, n.Data)
			}
			for _, key := range []string{"aria-label", "placeholder", "title", "alt", "data-say", "data-copied", "data-live", "data-catching", "data-offline"} {
				if v, ok := attribute(n, key); ok {
					said = append(said, v)
				}
			}
			for _, s := range said {
				if lang == words.English {
					if strings.ContainsFunc(s, func(c rune) bool { return unicode.Is(unicode.Han, c) }) && !markedChinese(n) {
						t.Errorf("Chinese on an English page: %q", s)
					}
					continue
				}
				if made(n) {
					continue
				}
				s = regexp.MustCompile(`\{[a-z]+\}`).ReplaceAllString(s, "") // what is filled in has one name everywhere
				for _, word := range regexp.MustCompile(`[A-Za-z]+`).FindAllString(s, -1) {
					if !names.MatchString(word) {
						t.Errorf("English on a Chinese page: %q in %q", word, s)
					}
				}
			}
		})
	})
}

func markedChinese(n *html.Node) bool {
	for p := n; p != nil; p = p.Parent {
		if lang, ok := attribute(p, "lang"); ok {
			return lang == words.Chinese
		}
	}
	return false
}

// made is true for what the sample's customers wrote or are called, which may be Latin.
func made(n *html.Node) bool {
	for p := n; p != nil; p = p.Parent {
		class, _ := attribute(p, "class")
		for _, c := range []string{"wr-b", "who", "font-mono"} {
			if strings.Contains(" "+class+" ", " "+c+" ") {
				return true
			}
		}
		if post, _ := attribute(p, "hx-post"); strings.HasSuffix(post, "/acceptance") {
			return true // its label names the customer
		}
		if p.Data == "title" || p.Data == "h2" {
			return true
		}
	}
	return false
}
