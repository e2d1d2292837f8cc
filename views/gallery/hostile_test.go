package gallery

import (
	"bytes"
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"weir/views"
	"weir/views/words"
)

// hostile texts come from customers, from rules and from colleagues alike.
var hostile = []string{
	`<script>alert(1)</script>`,
	`<img src=x onerror=alert(1)>`,
	`"><svg onload=alert(1)>`,
	`' onmouseover='alert(1)`,
	`javascript:alert(1)`,
	`data:text/html,<script>alert(1)</script>`,
	`</textarea></title></style><b>x</b>`,
	`"}],"hx-on:click":"alert(1)`,
	`&lt;b&gt;&#x3c;b&#x3e;`,
	`{{7*7}}${7*7}`,
	"a\u202eb\x00c\ufeff",
}

// Whatever stands in a model, the elements and attributes of the page are the same as for a harmless text, and no link
// runs anything.
func TestHostileTextStaysText(t *testing.T) {
	harmless := outline(t, filled("x"))
	for _, text := range hostile {
		t.Run(text, func(t *testing.T) {
			if got := outline(t, filled(text)); !slices.Equal(got, harmless) {
				for i := range got {
					if i >= len(harmless) || got[i] != harmless[i] {
						t.Fatalf("the page has become another: %s", got[i])
					}
				}
				t.Fatal("the page has become another: it ends early")
			}
		})
	}
}

// filled is every view with every text of its model set to one text.
func filled(text string) []templ.Component {
	s := sample{views.Reader{Words: words.For(words.English)}}
	workspace, login, problem, shell := s.workspace(s.open()), views.Login{Reader: s.Reader}, views.Problem{Reader: s.Reader}, views.Shell{Reader: s.Reader, Links: make([]views.Link, 2)}
	workspace.Found = s.found()
	notMine, noted := s.workspace(s.notMine()), s.noted()
	for _, model := range []any{&workspace, &notMine, &noted, &login, &problem, &shell} {
		fill(reflect.ValueOf(model).Elem(), text)
	}
	open := workspace.Open
	return []templ.Component{
		views.WorkspacePage(workspace), views.WorkspacePage(notMine), views.WorkspacePage(noted), views.LoginPage(login), views.ProblemPage(problem), views.ProblemNote(problem), views.PageShell(shell),
		views.NewsFragment(views.News{Reader: s.Reader, Now: now, Head: open.Head, Thread: open.Thread, Composer: open.Composer}),
	}
}

// fill sets every field of type string, wherever it lies; what a page is drawn in is left alone.
func fill(v reflect.Value, text string) {
	switch {
	case v.Type() == reflect.TypeFor[views.Reader]():
	case v.Type() == reflect.TypeFor[string]():
		v.SetString(text)
	case v.Kind() == reflect.Pointer && !v.IsNil():
		fill(v.Elem(), text)
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i), text)
		}
	case v.Kind() == reflect.Struct && v.Type().PkgPath() == reflect.TypeFor[views.Login]().PkgPath():
		for i := range v.NumField() {
			fill(v.Field(i), text)
		}
	}
}

// outline is the elements and attribute names of some views, in order.
func outline(t *testing.T, all []templ.Component) []string {
	t.Helper()
	var lines []string
	for _, view := range all {
		var out bytes.Buffer
		if err := view.Render(context.Background(), &out); err != nil {
			t.Fatal(err)
		}
		nodes(t, out.String(), func(n *html.Node) {
			if n.Type != html.ElementNode {
				return
			}
			line := n.Data
			for _, a := range n.Attr {
				line += " " + a.Key
				value := strings.ToLower(strings.TrimSpace(a.Val))
				if (a.Key == "href" || a.Key == "action") && (strings.HasPrefix(value, "javascript:") || strings.HasPrefix(value, "data:")) {
					t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
				}
			}
			lines = append(lines, line)
		})
	}
	return lines
}
