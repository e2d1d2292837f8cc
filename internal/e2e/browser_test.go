package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/input"
	"github.com/go-rod/rod/lib/proto"

	"weir/internal/testkit"
)

// patience is how long a page may take for anything, on a machine that does other things, too.
const patience = 30 * time.Second

// The browser of all tests, started by the first that asks. Each person has a profile of their own in it.
var (
	browser      = sync.OnceValues(startBrowser)
	closeBrowser = func() {}
)

func startBrowser() (*rod.Browser, error) {
	b, stop, err := testkit.StartBrowser()
	if err == nil {
		closeBrowser = stop
	}
	return b, err
}

// A person sits before a browser window. Whatever the page complains about fails the test, unless it was expected.
type person struct {
	*testing.T
	name    string
	profile *rod.Browser
	page    *rod.Page
	mu      sync.Mutex
	said    []string // what the page complained about
	forgive []string // parts of complaints that are expected
}

// leaving is what htmx says when a page is left while it asks something.
var leaving = []string{"htmx:sendAbort", "htmx:afterRequest, [object"}

// person opens a window of their own profile at a Weir. Chinese, 1440 × 900.
func (w *world) person(name string) *person {
	w.Helper()
	b, err := browser()
	if err != nil {
		w.Fatal(err)
	}
	profile, err := b.Incognito()
	if err != nil {
		w.Fatal(err)
	}
	p := &person{T: w.T, name: name, profile: profile, forgive: leaving}
	w.Cleanup(func() { _ = proto.TargetDisposeBrowserContext{BrowserContextID: profile.BrowserContextID}.Call(b) })
	p.page = p.window()
	w.Cleanup(p.judge)
	return p
}

// tab is another window of the same person.
func (p *person) tab() *person {
	p.Helper()
	q := &person{T: p.T, name: p.name + "'s other tab", profile: p.profile, forgive: leaving}
	q.page = q.window()
	p.Cleanup(q.judge)
	return q
}

func (p *person) window() *rod.Page {
	p.Helper()
	page, err := p.profile.Page(proto.TargetCreateTarget{URL: "about:blank"})
	if err != nil {
		p.Fatal(err)
	}
	p.listen(page)
	if err := (proto.NetworkSetUserAgentOverride{UserAgent: "e2e", AcceptLanguage: "zh-CN,zh"}).Call(page); err != nil {
		p.Fatal(err)
	}
	if err := (proto.EmulationSetEmulatedMedia{Features: []*proto.EmulationMediaFeature{{Name: "prefers-color-scheme", Value: "light"}}}).Call(page); err != nil {
		p.Fatal(err)
	}
	if _, err := page.EvalOnNewDocument(`addEventListener("securitypolicyviolation", (e) => console.error("CSP: " + e.violatedDirective + " " + e.blockedURI))`); err != nil {
		p.Fatal(err)
	}
	if err := page.SetViewport(&proto.EmulationSetDeviceMetricsOverride{Width: 1440, Height: 900, DeviceScaleFactor: 1}); err != nil {
		p.Fatal(err)
	}
	return page
}

// listen keeps what the page complains about: errors on its console, exceptions, and what its policy refused.
func (p *person) listen(page *rod.Page) {
	_ = proto.LogEnable{}.Call(page)
	go page.EachEvent(func(e *proto.RuntimeConsoleAPICalled) {
		if e.Type == proto.RuntimeConsoleAPICalledTypeError || e.Type == proto.RuntimeConsoleAPICalledTypeWarning {
			var words []string
			for _, a := range e.Args {
				words = append(words, a.Value.String()+a.Description)
			}
			p.complain(strings.Join(words, " "))
		}
	}, func(e *proto.RuntimeExceptionThrown) {
		p.complain("exception: " + e.ExceptionDetails.Text + " " + e.ExceptionDetails.Exception.Description)
	}, func(e *proto.LogEntryAdded) {
		if e.Entry.Level == proto.LogLogEntryLevelError || e.Entry.Level == proto.LogLogEntryLevelWarning {
			p.complain(string(e.Entry.Source) + ": " + e.Entry.Text + " " + e.Entry.URL)
		}
	})()
}

func (p *person) complain(what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.said = append(p.said, what)
}

// forgives names parts of complaints that a story brings with it.
func (p *person) forgives(parts ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forgive = append(slices.Clip(p.forgive), parts...)
}

// judge ends a window.
func (p *person) judge() {
	if p.Failed() {
		file := filepath.Join(p.ArtifactDir(), strings.ReplaceAll(p.name, " ", "-")+".png")
		if b, err := p.page.Screenshot(false, nil); err == nil {
			_ = os.WriteFile(file, b, 0o644)
		}
		var text string
		if r, err := p.page.Timeout(2 * time.Second).Eval(`() => location.href + "\n" + document.body.innerText`); err == nil {
			text = r.Value.Str()
		}
		p.Logf("── what %s saw last (%s) ──\n%s", p.name, file, text)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, said := range p.said {
		if !p.forgiven(said) {
			p.Errorf("%s's page complained: %s", p.name, said)
		}
	}
}

func (p *person) forgiven(said string) bool {
	for _, part := range p.forgive {
		if strings.Contains(said, part) {
			return true
		}
	}
	return false
}

// visits goes to an address and waits until the page is there.
func (p *person) visits(url string) {
	p.Helper()
	page := p.page.Timeout(patience)
	if err := page.Navigate(url); err != nil {
		p.Fatalf("%s could not visit %s: %v", p.name, url, err)
	}
	p.loads()
}

// loads waits until the page is whole. It looks and does not listen: a page without scripts tells nothing.
func (p *person) loads() {
	p.Helper()
	p.awaits("the whole page", `() => document.readyState === "complete"`)
}

func (p *person) reloads() {
	p.Helper()
	if err := p.page.Timeout(patience).Reload(); err != nil {
		p.Fatal(err)
	}
	if err := p.page.Timeout(patience).WaitLoad(); err != nil {
		p.Fatal(err)
	}
}

// logsIn fills in the form, and waits for the page behind it.
func (p *person) logsIn(a *weir, email string) *person {
	p.Helper()
	p.visits(a.url("/login"))
	p.fillsIn(email, password)
	p.awaits("the workspace stands live", `() => document.documentElement.dataset.live === "live"`)
	return p
}

func (p *person) fillsIn(email, pass string) {
	p.Helper()
	p.awaits("the login form", `() => document.readyState === "complete" && document.querySelector("#password")`)
	p.does(`(email, pass) => { window.filled = true; document.querySelector("#email").value = email; document.querySelector("#password").value = pass; }`, email, pass)
	p.clicks("form button", "")
	p.awaits("the page after it", `() => !window.filled && document.readyState === "complete"`)
}

// does runs a function in the page.
func (p *person) does(js string, args ...any) string {
	p.Helper()
	r, err := p.page.Timeout(patience).Eval(js, args...)
	if err != nil {
		p.Fatalf("%s: %s: %v", p.name, js, err)
	}
	if r.Value.Nil() {
		return ""
	}
	return r.Value.String()
}

// awaits waits until a function of the page says yes.
func (p *person) awaits(what, js string, args ...any) {
	p.Helper()
	p.awaitsWithin(patience, what, js, args...)
}

func (p *person) awaitsWithin(within time.Duration, what, js string, args ...any) {
	p.Helper()
	deadline := time.Now().Add(within)
	for {
		r, err := p.page.Timeout(within).Eval(`(...args) => !!(`+js+`)(...args)`, args...)
		if err == nil && r.Value.Bool() { // an error: a page is just leaving
			return
		}
		if time.Now().After(deadline) {
			p.Fatalf("%s never saw: %s (%v)", p.name, what, err)
		}
		time.Sleep(15 * time.Millisecond)
	}
}

const visible = `(sel, text) => [...document.querySelectorAll(sel)].find((e) => e.checkVisibility() && e.innerText.includes(text))`

// sees waits until something visible has the text.
func (p *person) sees(selector, text string) {
	p.Helper()
	p.awaits(fmt.Sprintf("%s with %q", selector, text), visible, selector, text)
}

// seesNo waits until nothing visible has the text.
func (p *person) seesNo(selector, text string) {
	p.Helper()
	p.awaits(fmt.Sprintf("no %s with %q", selector, text), `(sel, text) => !(`+visible+`)(sel, text)`, selector, text)
}

// clicks presses the first visible element that has the text, with the mouse, once it lies still where the pointer can reach it.
func (p *person) clicks(selector, text string) {
	p.Helper()
	p.sees(selector, text)
	var at struct{ X, Y float64 }
	p.awaits(fmt.Sprintf("%s with %q within reach", selector, text), `(sel, text) => {
		const e = (`+visible+`)(sel, text);
		e?.scrollIntoView({ block: "nearest" });
		const r = e?.getClientRects()[0], top = r && document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
		const at = r && JSON.stringify({ X: r.x + r.width / 2, Y: r.y + r.height / 2 }), still = at === window.reached;
		window.reached = at;
		return still && top && (e.contains(top) || top.contains(e));
	}`, selector, text)
	err := json.Unmarshal([]byte(p.does(`() => window.reached`)), &at)
	if err == nil {
		err = p.page.Mouse.MoveTo(proto.Point{X: at.X, Y: at.Y})
	}
	if err == nil {
		err = p.page.Mouse.Click(proto.InputMouseButtonLeft, 1)
	}
	if err != nil {
		p.Fatalf("%s could not click %s %q: %v", p.name, selector, text, err)
	}
}

// opens presses the row of a session that has been given to the person, and takes the hand from them: under it nothing moves.
func (p *person) opens(text string) {
	p.Helper()
	p.clicks("[data-section=waiting] .wr-row, [data-section=conversing] .wr-row", text)
	p.rests()
	p.sees("#open[data-view=thread] .wr-thread", "")
}

// rests moves the pointer away from the lists.
func (p *person) rests() {
	p.Helper()
	if err := p.page.Mouse.MoveTo(proto.Point{X: 800, Y: 400}); err != nil {
		p.Fatal(err)
	}
}

// types presses keys.
func (p *person) types(keys ...input.Key) {
	p.Helper()
	if err := p.page.Timeout(patience).Keyboard.Type(keys...); err != nil {
		p.Fatal(err)
	}
}

// drafts writes into the composer and sends nothing.
func (p *person) drafts(text string) {
	p.Helper()
	p.sees("#text", "")
	p.does(`() => document.querySelector("#text").focus()`)
	if err := p.page.Timeout(patience).InsertText(text); err != nil {
		p.Fatal(err)
	}
}

// answers writes into the composer and presses Enter.
func (p *person) answers(text string) {
	p.Helper()
	p.drafts(text)
	p.types(input.Enter)
}

// thread is what stands in the thread: the messages' texts, in order.
func (p *person) thread() (texts []string) {
	p.Helper()
	out := p.does(`() => JSON.stringify([...document.querySelectorAll("#messages .wr-b")].map((b) => b.innerText))`)
	if err := json.Unmarshal([]byte(out), &texts); err != nil {
		p.Fatal(err)
	}
	return texts
}

// at is the path the window shows.
func (p *person) at() string {
	p.Helper()
	return p.does(`() => location.pathname`)
}

// resizes makes the window another size; under 600 it is a phone.
func (p *person) resizes(width, height int) {
	p.Helper()
	if err := p.page.SetViewport(&proto.EmulationSetDeviceMetricsOverride{Width: width, Height: height, DeviceScaleFactor: 1, Mobile: width < 600}); err != nil {
		p.Fatal(err)
	}
}

// saves keeps a picture, where pictures are wanted.
func (p *person) saves(name string) {
	p.Helper()
	if *shots == "" {
		return
	}
	b, err := p.page.Timeout(patience).Screenshot(false, nil)
	if err == nil {
		err = os.WriteFile(filepath.Join(*shots, name+".png"), b, 0o644)
	}
	if err != nil {
		p.Fatal(err)
	}
}

// offline takes the window's network away, or gives it back.
func (p *person) offline(off bool) {
	p.Helper()
	if err := (proto.NetworkEnable{}).Call(p.page); err != nil { // without it Chromium tells the page, and lets its requests through
		p.Fatal(err)
	}
	deadline := time.Now().Add(patience)
	for {
		if err := (proto.NetworkEmulateNetworkConditions{Offline: off, Latency: 0, DownloadThroughput: -1, UploadThroughput: -1}).Call(p.page); err != nil {
			p.Fatal(err)
		}
		r, err := p.page.Timeout(patience).Eval(`() => fetch("/healthz", { cache: "no-store" }).then(() => false, () => true)`)
		if err == nil && r.Value.Bool() == off {
			return
		}
		if time.Now().After(deadline) {
			p.Fatalf("the network of %s did not become offline=%v (%v)", p.name, off, err)
		}
	}
}

// slow makes everything the window asks take at least so many milliseconds longer.
func (p *person) slow(ms float64) {
	p.Helper()
	if err := (proto.NetworkEmulateNetworkConditions{Latency: ms, DownloadThroughput: -1, UploadThroughput: -1}).Call(p.page); err != nil {
		p.Fatal(err)
	}
}
