package simulator

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/a-h/templ"

	"weir/views"
	"weir/views/words"
)

const (
	maxStreams     = 100
	maxName        = 20 // characters of a customer's name
	rowsShown      = 20
	customersShown = 200 // the newest
	ringsApart     = 100 * time.Millisecond
	streamBeat     = 25 * time.Second
	languageName   = "simulator_lang" // of the cookie

	lateBy     = 4 * time.Second // the page's fault
	pushedOver = 3
	burstOf    = 10
)

// policy lets the page load its own assets and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

//go:embed page.js
var script []byte

// page serves /simulator: the phone, as a page.
func (s *Simulator) page() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /simulator", s.showPage)
	mux.HandleFunc("GET /simulator/live", s.showLive)
	mux.HandleFunc("GET /simulator/events", s.events)
	mux.HandleFunc("GET /simulator/page.js", serveScript)
	mux.HandleFunc("GET /simulator/media/{line}", s.showMedia)
	mux.HandleFunc("POST /simulator/acts", s.postAct)
	mux.HandleFunc("POST /simulator/customers", s.postCustomer)
	mux.HandleFunc("POST /simulator/blocks", s.postBlock)
	mux.HandleFunc("PUT /simulator/faults", s.putSwitches)
	mux.HandleFunc("POST /simulator/clear", func(w http.ResponseWriter, r *http.Request) {
		s.Clear()
		done(w, r, "/simulator")
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		r.Body = http.MaxBytesReader(w, r.Body, maxText)
		mux.ServeHTTP(w, r)
	})
}

func serveScript(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	w.Write(script)
}

func (s *Simulator) showPage(w http.ResponseWriter, r *http.Request) {
	if lang := r.URL.Query().Get("lang"); lang == words.Chinese || lang == words.English {
		http.SetCookie(w, &http.Cookie{Name: languageName, Value: lang, Path: "/simulator", HttpOnly: true, SameSite: http.SameSiteLaxMode})
		http.Redirect(w, r, "/simulator", http.StatusSeeOther)
		return
	}
	templ.Handler(views.SimulatorPage(s.model(r))).ServeHTTP(w, r)
}

// showLive draws what a ring may have changed. The text field and the menu are not part of it, so that following, leaving and another menu,
// which change them, load the page anew.
func (s *Simulator) showLive(w http.ResponseWriter, r *http.Request) {
	m := s.model(r)
	if r.URL.Query().Get("openid") != m.Phone.OpenID || r.URL.Query().Get("followed") != strconv.FormatBool(m.Phone.Followed) || r.URL.Query().Has("menu") && r.URL.Query().Get("menu") != m.Phone.MenuMark() {
		w.Header().Set("HX-Refresh", "true")
		w.WriteHeader(http.StatusOK)
		return
	}
	templ.Handler(views.SimulatorLive(m)).ServeHTTP(w, r)
}

// showMedia is what a line on the phone shows or plays: by the line, so that pages are the same whatever ids media have.
func (s *Simulator) showMedia(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	var data []byte
	s.Look(func(st State) {
		for _, l := range st.Conversation(query.Get("appid"), query.Get("openid")) {
			if fmt.Sprintf("line-%d", l.N) != r.PathValue("line") {
				continue
			}
			id := l.Media
			if query.Has("thumb") {
				id = l.Thumb
			}
			if m := st.s.account(query.Get("appid")).medium(id, st.s.config.Now()); m != nil {
				data = m.data
			}
		}
	})
	kind, _, _ := strings.Cut(http.DetectContentType(data), ";")
	if family, _, _ := strings.Cut(kind, "/"); data == nil || family != "image" && family != "audio" && family != "video" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", kind)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}

// events rings when something changed. It ends with the request's context, which a server that shuts down must end (BaseContext).
func (s *Simulator) events(w http.ResponseWriter, r *http.Request) {
	ear, end := s.Subscribe()
	defer end()
	if s.streams() > maxStreams {
		http.Error(w, "too many pages", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	beat := time.NewTicker(streamBeat)
	defer beat.Stop()
	for text := ":\n\n"; ; {
		if _, err := fmt.Fprint(w, text); err != nil || out.Flush() != nil {
			return
		}
		select {
		case <-ear:
			text = "data: ring\n\n"
			if !pause(r.Context(), ringsApart) { // what comes in the meantime is in the same look
				return
			}
		case <-beat.C:
			text = ":\n\n"
		case <-r.Context().Done():
			return
		}
	}
}

func (s *Simulator) streams() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.ears)
}

// postAct has the customer act. The page does not wait for the desk's answer: it sees it.
func (s *Simulator) postAct(w http.ResponseWriter, r *http.Request) {
	appid, openid := r.FormValue("appid"), r.FormValue("openid")
	if _, known := s.Customer(appid, openid); !known {
		refuse(w, ErrNoCustomer)
		return
	}
	acts := formActs(r)
	if r.FormValue("kind") == "press" {
		s.Look(func(st State) { acts = st.pressedAt(appid, r.FormValue("press")) })
		if acts == nil { // WeChat answers by itself
			done(w, r, pageURL(appid, openid))
			return
		}
	}
	pushes, err := s.begin(appid, openid, acts)
	if err != nil {
		refuse(w, err)
		return
	}
	go func() { _, _ = s.run(context.WithoutCancel(r.Context()), pushes) }() // ends by itself: every attempt has its time
	done(w, r, pageURL(appid, openid))
}

// formActs fills in what the page's buttons do not ask for.
func formActs(r *http.Request) []Act {
	a := Act{Kind: r.FormValue("kind"), Text: r.FormValue("text"), Key: r.FormValue("key")}
	switch a.Kind {
	case ActMenuTap: // one button says both: an item's id, escaped, and its words
		key, text, _ := strings.Cut(r.FormValue("tap"), " ")
		a.Key, _ = url.QueryUnescape(key)
		a.Text = text
	case "burst":
		all := make([]Act, burstOf)
		for i := range all {
			all[i] = Act{Kind: ActText, Text: words.Put(reader(r).OfSimulator().BurstText, i+1)}
		}
		return all
	case ActScan:
		if a.Ticket = r.FormValue("ticket"); a.Ticket == "" {
			a.Scene = "simulator"
		}
	case ActLocation:
		a.Lat, a.Lng, a.Text = 39.934, 116.455, "三里屯"
	case ActLink:
		a.Text, a.Key = "电子发票", "https://example.com/invoice?id=1&lang=zh"
	}
	return []Act{a}
}

func (s *Simulator) postCustomer(w http.ResponseWriter, r *http.Request) {
	appid, name := r.FormValue("appid"), r.FormValue("name")
	if utf8.RuneCountInString(name) > maxName {
		refuse(w, ErrFull)
		return
	}
	c, err := s.PutCustomer(appid, Customer{Name: name})
	if err != nil {
		refuse(w, err)
		return
	}
	to := pageURL(appid, c.OpenID)
	w.Header().Set("HX-Redirect", to)
	done(w, r, to)
}

// faultSwitches are the page's faults: the field, whether it is on, and how it is set.
var faultSwitches = []struct {
	name string
	text func(*words.SimulatorWords) string
	on   func(Faults) bool
	set  func(*Faults, bool)
}{
	{"repeat", func(w *words.SimulatorWords) string { return w.Repeat }, func(f Faults) bool { return f.Repeat > 1 }, func(f *Faults, on bool) { f.Repeat = pick(on, pushedOver) }},
	{"late", func(w *words.SimulatorWords) string { return w.LatePush }, func(f Faults) bool { return f.PushDelay > 0 }, func(f *Faults, on bool) { f.PushDelay = pick(on, lateBy) }},
	{"delay", func(w *words.SimulatorWords) string { return w.Delay }, func(f Faults) bool { return f.Delay > 0 }, func(f *Faults, on bool) { f.Delay = pick(on, lateBy) }},
	{"45015", func(w *words.SimulatorWords) string { return w.OutOfTime }, func(f Faults) bool { return f.SendCode == 45015 }, sendCode(45015)},
	{"45047", func(w *words.SimulatorWords) string { return w.OutOfCount }, func(f Faults) bool { return f.SendCode == 45047 }, sendCode(45047)},
	{"40164", func(w *words.SimulatorWords) string { return w.UnlistedIP }, func(f Faults) bool { return f.Codes["stable_token"] == 40164 }, answer(40164, "stable_token", "token")},
	{"48001", func(w *words.SimulatorWords) string { return w.NotGranted }, func(f Faults) bool { return f.Codes["message/custom/typing"] == 48001 }, answer(48001, "message/custom/send", "message/custom/typing")},
	{"45009", func(w *words.SimulatorWords) string { return w.DailyQuota }, func(f Faults) bool { return f.Codes["message/custom/send"] == 45009 }, answer(45009, "message/custom/send")},
	{"40001", func(w *words.SimulatorWords) string { return w.BadToken }, func(f Faults) bool { return f.RejectToken != 0 }, func(f *Faults, on bool) { f.RejectToken = pick(on, -1) }},
	{"busy", func(w *words.SimulatorWords) string { return w.Busy }, func(f Faults) bool { return f.Busy != 0 }, func(f *Faults, on bool) { f.Busy = pick(on, -1) }},
	{"cut", func(w *words.SimulatorWords) string { return w.Cut }, func(f Faults) bool { return f.Cut != 0 }, func(f *Faults, on bool) { f.Cut = pick(on, -1) }},
	{"refuse", func(w *words.SimulatorWords) string { return w.Refuse }, func(f Faults) bool { return f.Refuse }, func(f *Faults, on bool) { f.Refuse = on }},
	{"jobs", func(w *words.SimulatorWords) string { return w.FailJobs }, func(f Faults) bool { return f.FailJobs != 0 }, func(f *Faults, on bool) { f.FailJobs = pick(on, -1) }},
	{"drop", func(w *words.SimulatorWords) string { return w.DropAnswers }, func(f Faults) bool { return f.DropAnswers != 0 }, func(f *Faults, on bool) { f.DropAnswers = pick(on, -1) }},
}

// sendCode leaves another code alone when it is switched off.
func sendCode(code int) func(*Faults, bool) {
	return func(f *Faults, on bool) {
		if on {
			f.SendCode = code
		} else if f.SendCode == code {
			f.SendCode = 0
		}
	}
}

// answer has paths answered with a code; when it is switched off, another code of theirs is left alone.
func answer(code int, paths ...string) func(*Faults, bool) {
	return func(f *Faults, on bool) {
		for _, path := range paths {
			if on {
				f.Answer(path, code)
			} else if f.Codes[path] == code {
				f.Answer(path, 0)
			}
		}
	}
}

func pick[T int | time.Duration](on bool, value T) T {
	if on {
		return value
	}
	return 0
}

// putSwitches changes only what was switched: a count that a test has set stays as it is.
func (s *Simulator) putSwitches(w http.ResponseWriter, r *http.Request) {
	err := s.ChangeFaults(r.FormValue("appid"), func(f *Faults) {
		was := *f
		for _, sw := range faultSwitches {
			if on := r.FormValue(sw.name) != ""; on != sw.on(was) {
				sw.set(f, on)
			}
		}
	})
	if err != nil {
		refuse(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func refuse(w http.ResponseWriter, err error) {
	http.Error(w, err.Error(), http.StatusUnprocessableEntity)
}

// done answers a form: htmx gets nothing, since the ring brings the page up to date; a browser without it gets the page.
func done(w http.ResponseWriter, r *http.Request, to string) {
	if r.Header.Get("HX-Request") != "" {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

func pageURL(appid, openid string) string {
	return "/simulator?" + url.Values{"appid": {appid}, "openid": {openid}}.Encode()
}

func reader(r *http.Request) *words.Words {
	setting := ""
	if c, err := r.Cookie(languageName); err == nil {
		setting = c.Value
	}
	return words.For(words.Negotiate(setting, r.Header.Get("Accept-Language")))
}

// model is everything the page shows: of the account and customer that the address names, or of the first ones.
func (s *Simulator) model(r *http.Request) views.Simulator {
	m := views.Simulator{Reader: views.Reader{Words: reader(r)}, DeskURL: s.config.DeskURL, ScriptURL: "/simulator/page.js"}
	query := r.URL.Query()
	s.Look(func(st State) {
		account := chosenAccount(st, query.Get("appid"))
		m.AppID, m.Account = account.AppID, account.Name
		for _, a := range st.Accounts() {
			m.Accounts = append(m.Accounts, views.SimulatorAccount{AppID: a.AppID, Name: a.Name, Current: a.AppID == account.AppID})
		}
		m.Customers, m.Phone = customersAndPhone(st, account, query.Get("openid"))
		m.Faults = switches(st.Faults(account.AppID), m.Words.OfSimulator())
		m.Log = logModel(st.Log(), account.AppID)
	})
	return m
}

func chosenAccount(st State, appid string) Account {
	all := st.Accounts()
	if i := slices.IndexFunc(all, func(a Account) bool { return a.AppID == appid }); i >= 0 {
		return all[i]
	}
	if len(all) > 0 {
		return all[0]
	}
	return Account{}
}

func customersAndPhone(st State, a Account, openid string) ([]views.SimulatorCustomer, views.SimulatorPhone) {
	phone := views.SimulatorPhone{AppID: a.AppID, Account: a.Name}
	for i, b := range st.Menu(a.AppID) {
		one := views.SimulatorButton{Name: b.Name, Key: strconv.Itoa(i)}
		for j, below := range b.Sub {
			one.Below = append(one.Below, views.SimulatorButton{Name: below.Name, Key: fmt.Sprintf("%d.%d", i, j)})
		}
		phone.Menu = append(phone.Menu, one)
	}
	codes := st.Codes(a.AppID)
	for _, c := range slices.Backward(codes[max(0, len(codes)-codesShown):]) {
		phone.Codes = append(phone.Codes, views.SimulatorButton{Name: c.Scene, Key: c.Ticket})
	}
	for _, t := range a.Templates {
		if t.Notice {
			phone.Notices = append(phone.Notices, views.SimulatorButton{Name: t.Title, Key: t.ID})
		}
	}
	all := st.Customers(a.AppID)
	all = all[max(0, len(all)-customersShown):]
	if _, known := st.Customer(a.AppID, openid); !known && len(all) > 0 {
		openid = all[0].OpenID
	}
	if c, known := st.Customer(a.AppID, openid); known {
		phone.OpenID, phone.Name, phone.Followed, phone.Typing, phone.Blocked = c.OpenID, c.Name, c.Followed, c.Typing, c.Blocked
		for i := range phone.Notices {
			phone.Notices[i].Name += words.Put(" × {}", c.Consents[phone.Notices[i].Key])
		}
	}
	var list []views.SimulatorCustomer
	for _, c := range all {
		list = append(list, views.SimulatorCustomer{AppID: a.AppID, OpenID: c.OpenID, Name: c.Name, Followed: c.Followed, Current: c.OpenID == openid,
			Left: c.Allowance.Left, Of: c.Allowance.Of})
	}
	for _, l := range st.Conversation(a.AppID, openid) {
		line := views.SimulatorLine{N: l.N, At: l.At, Side: string(l.Side), Kind: l.Kind, Text: l.Text, Description: l.Description, Tail: l.Tail, Opens: l.URL,
			Alive: st.alive(a.AppID, l.Media), Cover: st.alive(a.AppID, l.Thumb)}
		for _, i := range l.Items {
			line.Items = append(line.Items, views.SimulatorButton{Name: i.Content, Key: i.ID})
		}
		phone.Lines = append(phone.Lines, line)
	}
	return list, phone
}

// alive says whether a page can show what stands behind an id.
func (st State) alive(appid, id string) bool {
	return id != "" && st.s.account(appid).medium(id, st.s.config.Now()) != nil
}

func switches(f Faults, w *words.SimulatorWords) []views.SimulatorFault {
	var all []views.SimulatorFault
	for _, sw := range faultSwitches {
		all = append(all, views.SimulatorFault{Name: sw.name, Text: sw.text(w), On: sw.on(f)})
	}
	return all
}

// logModel has the newest rows, and figures over all that the log remembers of the account.
func logModel(log []Entry, appid string) views.SimulatorLog {
	var out views.SimulatorLog
	var times []time.Duration
	for _, e := range log {
		if e.AppID != appid {
			continue
		}
		out.Rows = append(out.Rows, rowModel(e))
		if e.What != "callback" {
			continue
		}
		times = append(times, e.Took)
		if e.Trouble != "" {
			out.NotTaken++
		}
	}
	out.Rows = out.Rows[max(0, len(out.Rows)-rowsShown):]
	if slices.Sort(times); len(times) > 0 {
		out.P99 = times[len(times)*99/100]
	}
	return out
}

func rowModel(e Entry) views.SimulatorRow {
	row := views.SimulatorRow{N: e.N, At: e.At, FromDesk: e.Dir == FromDesk, What: strings.TrimPrefix(e.What, "message/"), Content: e.Content, Attempt: e.Attempt, Answer: e.Answer,
		Took: e.Took, Bad: e.Trouble != "" || e.Code != 0, Injected: e.Injected, NoAnswer: e.Status == 0, Escaped: e.Escaped, Of: e.Of, Used: e.Of - e.Left}
	switch {
	case e.Dir == ToDesk && e.Trouble != "":
		row.Answer = short(e.Trouble, 80)
	case e.Dir == ToDesk:
		row.Answer = strconv.Itoa(e.Status) + " " + e.Answer
	}
	row.Bad = row.Bad || row.NoAnswer
	return row
}
