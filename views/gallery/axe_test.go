package gallery

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/proto"

	"weir/internal/testkit"
	"weir/views"
	"weir/views/words"
)

// axe is the checker that everybody uses, out of the pinned packages. It is never served.
func axe(t *testing.T) string {
	t.Helper()
	source, err := os.ReadFile("../../node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatalf("%v: .ci/install test brings it, and so does npm ci", err)
	}
	return string(source)
}

// look runs axe's rules of WCAG 2.2, A and AA, on a part of the page, and says what they find.
const look = `async (part, tags, ...without) => {
	const rules = Object.fromEntries(["target-size", ...without].map((rule, i) => [rule, { enabled: !i }]));
	const { violations } = await axe.run(part ?? document, { runOnly: tags, rules, resultTypes: ["violations"] });
	return violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.target.join(" ") + ": " + n.failureSummary.replace(/\s+/g, " ") + ": " + n.html.slice(0, 200)));
}`

// check looks at a page as it comes, then at its menus and folded blocks in both themes. What lies under an open menu is no target.
const check = `async (dark) => {
	const look = ` + look + `;
	const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"];
	const root = document.documentElement;
	const found = await look(null, tags);
	if (root.scrollWidth > innerWidth) found.push("the page is wider than the screen: " + root.scrollWidth);
	if (!dark) return found;
	const blocks = [...document.querySelectorAll("details:not([open])")];
	for (const block of blocks) block.open = true;
	for (const block of blocks) found.push(...await look(block, tags, "target-size"));
	root.dataset.theme = "weir-dark";
	found.push(...(await look(null, ["color-contrast"])).map((f) => "in the dark: " + f));
	return found;
}`

// checkDialog looks at a dialog, in both themes; of what fills it, where something does.
const checkDialog = `async (id, fill) => {
	const look = ` + look + `;
	const dialog = document.getElementById(id), root = document.documentElement;
	if (fill) dialog.innerHTML = await (await fetch(fill)).text();
	dialog.showModal();
	const found = await look(dialog, ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]);
	root.dataset.theme = "weir-dark";
	found.push(...(await look(dialog, ["color-contrast"])).map((f) => "in the dark: " + f));
	root.dataset.theme = "weir-light";
	dialog.close();
	return found;
}`

// A glance is one thing to look at, on a page of a browser.
type glance func(t *testing.T, page *rod.Page)

// Two pages side by side look at everything there is, with menus and dialogs, in both languages and themes, wide and on a phone.
func TestNothingStandsInAnybodysWay(t *testing.T) {
	server := httptest.NewServer(Handler())
	t.Cleanup(server.Close)
	browser, source := testkit.Browser(t), axe(t)
	var glances []glance
	for _, lang := range languages {
		for _, s := range States(views.Reader{Words: words.For(lang)}) {
			path := server.URL + "/" + s.Name + "?theme=weir-light&lang=" + lang
			if !s.Fragment {
				glances = append(glances, func(t *testing.T, page *rod.Page) {
					shows(t, page, path, 390)
					finds(t, page, path+" on a phone", check, false)
					shows(t, page, path, 1440)
					finds(t, page, path, check, true)
				})
			} else if strings.Contains(draw(t, s), ` data-act="shut"`) {
				glances = append(glances, func(t *testing.T, page *rod.Page) {
					shows(t, page, server.URL+"/workspace?theme=weir-light&lang="+lang, 1440)
					finds(t, page, path, checkDialog, "hand", path)
				})
			}
		}
	}
	if len(glances) < 150 {
		t.Errorf("there are %d things to look at only", len(glances))
	}
	began, next := time.Now(), atomic.Int64{}
	t.Cleanup(func() {
		t.Logf("axe looked at %d pages and dialogs in %s", len(glances), time.Since(began).Round(time.Second))
	})
	for range 2 {
		page := browser.MustIncognito().MustPage()
		page.MustEvalOnNewDocument(source)
		still := &proto.EmulationMediaFeature{Name: "prefers-reduced-motion", Value: "reduce"} // colours do not fade
		if err := (proto.EmulationSetEmulatedMedia{Features: []*proto.EmulationMediaFeature{still}}).Call(page); err != nil {
			t.Fatal(err)
		}
		t.Run("", func(t *testing.T) {
			t.Parallel()
			for i := next.Add(1) - 1; i < int64(len(glances)); i = next.Add(1) - 1 {
				glances[i](t, page)
			}
		})
	}
}

func shows(t *testing.T, page *rod.Page, url string, width int) {
	t.Helper()
	page.MustSetViewport(width, 900, 1, width < 600)
	page.MustNavigate(url)
	untilWithin(t, time.Minute, page, "the whole page", `document.readyState !== "loading" && location.href === a && document.styleSheets.length === 1`, url)
}

func finds(t *testing.T, page *rod.Page, what, check string, args ...any) {
	t.Helper()
	result, err := page.Timeout(time.Minute).Eval(check, args...)
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	var found []string
	if err := json.Unmarshal([]byte(result.Value.JSON("", "")), &found); err != nil {
		t.Error(err)
	}
	if len(found) > 0 {
		t.Errorf("%s:\n\t%s", what, strings.Join(found, "\n\t"))
	}
}
