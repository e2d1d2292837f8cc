package gallery

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/input"

	"weir/internal/testkit"
	"weir/static"
	"weir/views"
	"weir/views/words"
)

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// A pretender answers as README.md says the handlers do, from memory. It is what the page is tried against; the real ones
// are tried against the real desk.
type pretender struct {
	sample
	url string

	mu       sync.Mutex
	messages []views.Message
	version  int
	changed  map[int64]int // seq → version in which it changed last
	rows     []views.Row
	streams  map[chan string]string // ring → session of the stream
	down     bool                   // streams and answers fail
	gone     bool                   // the login has ended
	refuse   string                 // key of the sentence that the next message is refused with
	keys     []string               // of the messages sent
	asked    []string               // paths, in order
}

func pretend(t *testing.T) *pretender {
	t.Helper()
	p := &pretender{sample: sample{views.Reader{Words: words.For(words.Chinese)}}, changed: map[int64]int{}, streams: map[chan string]string{}}
	p.rows = p.lists("").Conversing.Rows
	p.say(views.FromCustomer, "在吗")
	mux := http.NewServeMux()
	mux.Handle(static.Prefix, static.Handler())
	mux.HandleFunc("GET /login", p.draw(func(*http.Request) templ.Component { return views.LoginPage(views.Login{Reader: p.Reader}) }))
	mux.HandleFunc("GET /{$}", p.draw(func(r *http.Request) templ.Component {
		if r.Header.Get("HX-Request") != "" {
			return views.NothingOpen(p.shown(""))
		}
		return views.WorkspacePage(views.Workspace{Reader: p.Reader, Lists: p.shown("")})
	}))
	mux.HandleFunc("GET /lists", p.draw(func(r *http.Request) templ.Component { return views.ListsRegion(p.shown(r.FormValue("session"))) }))
	mux.HandleFunc("GET /sessions/{id}", p.draw(func(r *http.Request) templ.Component {
		open := p.opened(r.PathValue("id"))
		shorten(&open.Thread)
		if r.Header.Get("HX-Request") != "" {
			return views.OpenRegion(*open)
		}
		return views.WorkspacePage(views.Workspace{Reader: p.Reader, Lists: p.shown(open.Head.SessionID), Open: open})
	}))
	mux.HandleFunc("GET /sessions/{id}/messages", p.news)
	mux.HandleFunc("POST /sessions/{id}/messages", p.send)
	mux.HandleFunc("GET /live", p.live)
	for _, act := range []string{"POST /sessions/{id}/acceptance", "PUT /sessions/{id}/closure", "PUT /presence", "PUT /preferences"} {
		mux.HandleFunc(act, func(w http.ResponseWriter, r *http.Request) {
			p.set(func() { p.asked = append(p.asked, r.URL.Path+" "+r.FormValue("status")+r.FormValue("theme")) })
			w.WriteHeader(http.StatusNoContent)
		})
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		p.mu.Lock()
		p.asked = append(p.asked, r.Method+" "+r.URL.Path)
		down, gone := p.down, p.gone
		p.mu.Unlock()
		switch {
		case down && r.URL.Path != "/favicon.ico":
			if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
				conn.Close()
			}
		case gone && r.URL.Path != "/login" && !strings.HasPrefix(r.URL.Path, static.Prefix):
			w.WriteHeader(http.StatusUnauthorized)
		default:
			mux.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(func() { p.cut(); server.Close() })
	p.url = server.URL
	return p
}

func (p *pretender) draw(view func(*http.Request) templ.Component) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { templ.Handler(view(r)).ServeHTTP(w, r) }
}

func (p *pretender) shown(open string) views.Lists {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.lists(open)
	l.Now = time.Now().In(zone)
	l.Conversing.Rows, l.Conversing.Total = slices.Clone(p.rows), len(p.rows)
	return l
}

func (p *pretender) opened(id string) *views.Open {
	p.mu.Lock()
	defer p.mu.Unlock()
	o := p.open()
	o.Now = time.Now().In(zone)
	o.Head.SessionID, o.Composer.SessionID = id, id
	o.Composer.Quota.Until = o.Now.Add(time.Hour)
	o.Thread = views.Thread{SessionID: id, Messages: slices.Clone(p.messages), Seen: int64(len(p.messages)), Version: fmt.Sprint(p.version)}
	if id == "waiting" && !slices.Contains(p.asked, "POST /sessions/waiting/acceptance") {
		o.Head.State, o.Composer.Can = views.Waiting, views.CanOnceTaken
	}
	return o
}

// say puts a message into the session and rings.
func (p *pretender) say(side views.Side, text string) {
	p.mu.Lock()
	seq := int64(len(p.messages) + 1)
	m := views.Message{ID: fmt.Sprintf("m%d", seq), Seq: seq, Side: side, Text: text, At: time.Now().In(zone)}
	if side == views.FromAgent {
		m.Mine, m.By, m.Delivery = true, "小鱼", views.InQueue
	}
	p.messages = append(p.messages, m)
	p.version++
	p.changed[seq] = p.version
	p.mu.Unlock()
	p.ring("thread")
}

func (p *pretender) deliver(seq int64, d views.Delivery) {
	p.mu.Lock()
	p.messages[seq-1].Delivery = d
	p.version++
	p.changed[seq] = p.version
	p.mu.Unlock()
	p.ring("thread")
}

const pageOf = 20 // messages shown at first, and with every look back

func shorten(t *views.Thread) {
	if first := len(t.Messages) - pageOf; first > 0 {
		t.Before, t.More, t.Messages = &t.Messages[first-1], true, t.Messages[first:]
	}
}

func (p *pretender) older(w http.ResponseWriter, r *http.Request) {
	var below int
	fmt.Sscan(r.FormValue("before"), &below)
	o := p.opened(r.PathValue("id"))
	o.Thread.Messages = o.Thread.Messages[:below-1]
	shorten(&o.Thread)
	templ.Handler(views.OlderFragment(views.OlderPage{Reader: p.Reader, Now: o.Now, Thread: o.Thread}, o.Head)).ServeHTTP(w, r)
}

func (p *pretender) news(w http.ResponseWriter, r *http.Request) {
	if r.FormValue("before") != "" {
		p.older(w, r)
		return
	}
	o := p.opened(r.PathValue("id"))
	var after int64
	var version int
	fmt.Sscan(r.FormValue("after"), &after)
	fmt.Sscan(r.FormValue("version"), &version)
	first := after + 1
	p.mu.Lock()
	for seq, v := range p.changed {
		if v > version {
			first = min(first, seq)
		}
	}
	p.mu.Unlock()
	if first > o.Thread.Seen {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	if first > 1 {
		o.Thread.Before = &o.Thread.Messages[first-2]
	}
	o.Thread.Messages = o.Thread.Messages[first-1:]
	templ.Handler(views.NewsFragment(views.News{Reader: p.Reader, Now: o.Now, Head: o.Head, Thread: o.Thread, Composer: o.Composer})).ServeHTTP(w, r)
}

func (p *pretender) send(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	refuse := p.refuse
	p.refuse = ""
	p.keys = append(p.keys, r.FormValue("key"))
	p.mu.Unlock()
	if refuse != "" {
		w.WriteHeader(http.StatusConflict)
		views.ProblemNote(views.Problem{Reader: p.Reader, Sentence: p.Words.Sentence(refuse)}).Render(r.Context(), w)
		return
	}
	p.say(views.FromAgent, r.FormValue("text")) // rings before it answers: the ear and the answer race
	p.news(w, r)
}

func (p *pretender) live(w http.ResponseWriter, r *http.Request) {
	ring := make(chan string, 64)
	p.mu.Lock()
	p.streams[ring] = r.FormValue("session")
	p.mu.Unlock()
	defer func() { p.mu.Lock(); delete(p.streams, ring); p.mu.Unlock() }()
	w.Header().Set("Content-Type", "text/event-stream")
	ring <- "beat"
	ring <- "lists"
	ring <- "thread"
	for {
		select {
		case topic := <-ring:
			if topic == "" {
				return
			}
			fmt.Fprintf(w, "event: %s\ndata:\n\n", topic)
			w.(http.Flusher).Flush()
		case <-r.Context().Done():
			return
		}
	}
}

func (p *pretender) ring(topic string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for ring := range p.streams {
		select {
		case ring <- topic:
		default:
		}
	}
}

// cut ends every stream.
func (p *pretender) cut() { p.ring("") }

func (p *pretender) set(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
}

// until waits until something was asked of the pretender.
func (p *pretender) until(t *testing.T, what string) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		asked := false
		p.set(func() { asked = slices.Contains(p.asked, what) })
		if asked {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("never asked: %s", what)
		}
	}
}

// ── The page ───────────────────────────────────────────────────────────────

// visit opens a path as a person of its own and fails the test when the page broke the policy or its script threw.
func visit(t *testing.T, browser *rod.Browser, p *pretender, path string) *rod.Page {
	t.Helper()
	page := browser.MustIncognito().MustPage()
	page.MustEvalOnNewDocument(`window.faults = [];
		addEventListener("securitypolicyviolation", (e) => faults.push(e.violatedDirective + " " + e.blockedURI));
		addEventListener("error", (e) => faults.push(e.message)); addEventListener("unhandledrejection", (e) => faults.push(String(e.reason)));`)
	page.MustSetViewport(1440, 900, 1, false)
	page.MustNavigate(p.url + path).MustWaitLoad()
	t.Cleanup(func() {
		for _, fault := range page.MustEval(`() => window.faults`).Arr() {
			t.Error("on the page: ", fault.Str())
		}
		page.MustClose()
	})
	return page
}

// until waits for a condition on the page. A page that is just being left for another cannot be asked: it is asked again.
func until(t *testing.T, page *rod.Page, what, condition string, args ...any) {
	t.Helper()
	untilWithin(t, 10*time.Second, page, what, condition, args...)
}

func untilWithin(t *testing.T, within time.Duration, page *rod.Page, what, condition string, args ...any) {
	t.Helper()
	deadline := time.Now().Add(within)
	for {
		is, err := page.Timeout(within).Eval("(...args) => { const [a, b] = args; const texts = (s) => [...document.querySelectorAll(s)].map((e) => e.textContent.trim()); const $ = (s) => document.querySelector(s); return Boolean("+condition+") }", args...)
		if err == nil && is.Value.Bool() {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("never: %s (%v)\n%s", what, err, page.MustEval(`() => location.href + " " + document.readyState + " " + document.documentElement.dataset.live + "\n" + document.body.innerText`).Str())
		}
		time.Sleep(20 * time.Millisecond) // between two looks at the condition
	}
}

const live = `document.documentElement.dataset.live === "live"`

func TestLive(t *testing.T) {
	browser := testkit.Browser(t)
	for _, tc := range []struct {
		name string
		run  func(t *testing.T, p *pretender, page *rod.Page)
	}{
		{"what the customer says appears, once", func(t *testing.T, p *pretender, page *rod.Page) {
			for i := range 20 {
				p.say(views.FromCustomer, fmt.Sprint("第", i))
			}
			until(t, page, "all twenty", `texts("#messages .wr-b").join() === ["在吗", ...Array(20).keys()].map((x) => x === "在吗" ? x : "第" + x).join()`)
		}},
		{"an answer is sent with Enter, stands once, and its state changes in place", func(t *testing.T, p *pretender, page *rod.Page) {
			page.MustElement("#text").MustInput("您好").MustType(input.Enter)
			until(t, page, "the bubble", `texts("#messages .out .wr-b").join() === "您好"`)
			until(t, page, "an empty field", `$("#text").value === "" && !sessionStorage.getItem("draft:s1")`)
			page.MustEval(`() => { document.querySelector("#m-m2").mark = 1 }`)
			p.deliver(2, views.Sent)
			until(t, page, "sent", `texts("#messages .out .wr-meta .sr-only").join() === "已发送"`)
			until(t, page, "the same element", `$("#m-m2").mark === 1 && document.querySelectorAll("#messages .out").length === 1`)
		}},
		{"Shift+Enter is a new line", func(t *testing.T, p *pretender, page *rod.Page) {
			page.MustElement("#text").MustInput("一")
			page.KeyActions().Press(input.ShiftLeft).Type(input.Enter).MustDo()
			until(t, page, "two lines", `$("#text").value === "一\n"`)
		}},
		{"a refusal is said above the composer and the text stays, and goes again under the same key", func(t *testing.T, p *pretender, page *rod.Page) {
			p.set(func() { p.refuse = "message.window" })
			page.MustElement("#text").MustInput("您好").MustType(input.Enter)
			until(t, page, "the sentence", `$("#problem").innerText.includes("微信不让再发")`)
			until(t, page, "the text", `$("#text").value === "您好"`)
			page.MustElement("#text").MustType(input.Enter)
			until(t, page, "the bubble, and the sentence gone", `texts("#messages .out .wr-b").join() === "您好" && $("#problem").childElementCount === 0`)
			p.set(func() {
				if len(p.keys) != 2 || p.keys[0] != p.keys[1] || len(p.keys[0]) != 32 {
					t.Errorf("keys %q", p.keys)
				}
			})
		}},
		{"a lost stream comes back by itself, nothing is missed, and what was being written stays", func(t *testing.T, p *pretender, page *rod.Page) {
			page.MustElement("#text").MustInput("写到一半")
			p.set(func() { p.down = true })
			p.cut()
			until(t, page, "offline", `document.documentElement.dataset.live === "offline" && $("#live").textContent === "离线"`)
			p.say(views.FromCustomer, "断线时说的")
			page.MustElement("#text").MustType(input.Enter) // sent when back
			p.set(func() { p.down = false })
			until(t, page, "live again", live)
			until(t, page, "both", `texts("#messages .wr-b").join() === "在吗,断线时说的,写到一半"`)
			until(t, page, "the focus", `document.activeElement.id === "text"`)
		}},
		{"a stream that is answered but not found is tried again", func(t *testing.T, p *pretender, page *rod.Page) {
			p.set(func() { p.down = true })
			p.cut()
			until(t, page, "not live", `!(`+live+`)`)
			p.set(func() { p.down = false })
			until(t, page, "live again", live)
		}},
		{"a hidden page goes on listening", func(t *testing.T, p *pretender, page *rod.Page) {
			page.MustEval(`() => { Object.defineProperty(document, "hidden", { value: true }); Object.defineProperty(document, "visibilityState", { value: "hidden" }); document.dispatchEvent(new Event("visibilitychange")) }`)
			p.say(views.FromCustomer, "在后台")
			until(t, page, "the message", `texts("#messages .wr-b").includes("在后台")`)
		}},
		{"a draft outlives a reload", func(t *testing.T, p *pretender, page *rod.Page) {
			page.MustElement("#text").MustInput("还没写完")
			page.MustReload().MustWaitLoad()
			until(t, page, "the draft", `$("#text").value === "还没写完"`)
		}},
		{"a login that ended leads to the login page", func(t *testing.T, p *pretender, page *rod.Page) {
			p.set(func() { p.gone = true })
			p.cut()
			until(t, page, "the login page", `location.pathname === "/login" && new URLSearchParams(location.search).get("next") === "/sessions/s1"`)
		}},
		{"rows do not move under the pointer", func(t *testing.T, p *pretender, page *rod.Page) {
			order := `[...document.querySelectorAll("[data-section=conversing] li")].map((li) => li.id).join()`
			page.MustElement("#s-s3 a").MustHover()
			p.set(func() {
				slices.Reverse(p.rows)
				p.rows[1].Last = views.Message{Text: "新的一句", At: time.Now()}
				p.rows = append([]views.Row{{SessionID: "s99", OpenID: "oNew", Last: views.Message{Text: "新来的", At: time.Now()}}}, p.rows...)
			})
			p.ring("lists")
			until(t, page, "the row in its place, with its new line, and the arrival counted", order+` === "s-s1,s-s2,s-s3,s-s4,s-s5" && $("#s-s4 .last").textContent === "新的一句" && $("[data-section=conversing] [data-held]").textContent === "· +1"`)
			page.Mouse.MustMoveTo(800, 400)
			until(t, page, "the new order", order+` === "s-s99,s-s5,s-s4,s-s3,s-s2,s-s1" && $("[data-section=conversing] [data-held]").textContent === ""`)
		}},
		{"an open menu survives a ring", func(t *testing.T, p *pretender, page *rod.Page) {
			page.MustElement("#status summary").MustClick()
			page.Mouse.MustMoveTo(800, 400)
			p.set(func() { p.rows = p.rows[:2] })
			p.ring("lists")
			until(t, page, "two rows and the menu", `document.querySelectorAll("[data-section=conversing] li").length === 2 && $("#status").open`)
		}},
		{"another session opens in place, with a stream of its own", func(t *testing.T, p *pretender, page *rod.Page) {
			page.MustElement("#s-s3 a").MustClick()
			until(t, page, "s3", `location.pathname === "/sessions/s3" && $("#open").dataset.session === "s3" && $("#s-s3 a").getAttribute("aria-current") === "true" && document.querySelectorAll("[aria-current=true]").length === 1`)
			page.Mouse.MustMoveTo(800, 400)
			deadline := time.Now().Add(10 * time.Second)
			for ok := false; !ok; {
				p.set(func() {
					for _, session := range p.streams {
						ok = ok || session == "s3"
					}
				})
				if time.Now().After(deadline) {
					t.Fatal("no stream for s3")
				}
			}
			page.MustNavigateBack()
			until(t, page, "back", `location.pathname === "/sessions/s1" && $("#open").dataset.session === "s1"`)
		}},
		{"letters are keys only while nothing is written", func(t *testing.T, p *pretender, page *rod.Page) {
			page.MustElement("#text").MustInput("jj")
			until(t, page, "letters in the field", `$("#text").value === "jj" && location.pathname === "/sessions/s1"`)
			page.KeyActions().Type(input.Escape).MustDo()
			page.KeyActions().Type(input.KeyJ).MustDo()
			until(t, page, "the next session", `location.pathname === "/sessions/s2"`)
			page.KeyActions().Type(input.KeyK).MustDo()
			until(t, page, "the one before", `location.pathname === "/sessions/s1" && $("#text").value === "jj"`)
			page.KeyActions().Press(input.ShiftLeft).Type(input.Key('?')).MustDo()
			until(t, page, "the keys", `$("#keys").open`)
		}},
		{"older messages come above the line that one reads, and the first day has one head", func(t *testing.T, p *pretender, page *rod.Page) {
			for i := range 49 {
				p.set(func() {
					seq := int64(i + 2)
					p.messages = append(p.messages, views.Message{ID: fmt.Sprintf("m%d", seq), Seq: seq, Text: fmt.Sprint("第", i), At: time.Now().In(zone)})
				})
			}
			page.MustReload().MustWaitLoad()
			until(t, page, "the last page", `document.querySelectorAll("#messages .wr-b").length === 20 && `+live)
			page.MustEval(`() => { document.querySelector("#scroll").scrollTop = 0; window.top0 = document.querySelector("#m-m31").getBoundingClientRect().top }`)
			page.MustElement("#older button").MustEval(`() => this.click()`)
			until(t, page, "two pages, and the line where it was", `document.querySelectorAll("#messages .wr-b").length === 40 && Math.abs($("#m-m31").getBoundingClientRect().top - window.top0) < 40`)
			page.MustElement("#older button").MustEval(`() => this.click()`)
			until(t, page, "all, in order, and no more to ask for", `document.querySelectorAll("#messages .wr-b").length === 50 && !$("#older button") && document.querySelectorAll(".wr-day").length === 1 && $(".wr-day").nextElementSibling.id === "m-m1" && [...document.querySelectorAll("#messages [data-place]")].every((e, i, all) => !i || +all[i - 1].dataset.place < +e.dataset.place)`)
		}},
		{"a waiting session is taken by opening it", func(t *testing.T, p *pretender, page *rod.Page) {
			p.set(func() { p.rows[2].SessionID = "waiting" })
			p.ring("lists")
			page.MustElement("#s-waiting a").MustClick()
			p.until(t, "/sessions/waiting/acceptance ")
		}},
		{"closing, status and appearance reach the desk", func(t *testing.T, p *pretender, page *rod.Page) {
			page.MustElement("#close").MustClick()
			p.until(t, "/sessions/s1/closure ")
			page.MustElement("#status summary").MustClick()
			page.MustElement("#status [value=away]").MustClick()
			p.until(t, "/presence away")
			page.MustElement("#mine summary").MustClick()
			page.MustElement("#mine [value=weir-dark]").MustClick()
			p.until(t, "/preferences weir-dark")
		}},
		{"who reads further up is not pulled down", func(t *testing.T, p *pretender, page *rod.Page) {
			for i := range 40 {
				p.say(views.FromCustomer, fmt.Sprint("第", i))
			}
			until(t, page, "all forty, at the end", `document.querySelectorAll("#messages .wr-b").length === 41 && $("#scroll").scrollTop + $("#scroll").clientHeight > $("#scroll").scrollHeight - 80`)
			page.MustEval(`() => { document.querySelector("#scroll").scrollTop = 200 }`)
			p.say(views.FromCustomer, "下面的")
			until(t, page, "the pill", `!$("#new-pill").hidden && $("#new-pill").textContent === "1 条新消息" && $("#scroll").scrollTop === 200`)
			page.MustElement("#new-pill").MustClick()
			until(t, page, "the end", `$("#new-pill").hidden && $("#scroll").scrollTop > 200`)
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := pretend(t)
			page := visit(t, browser, p, "/sessions/s1")
			until(t, page, "live", live)
			tc.run(t, p, page)
		})
	}
}
