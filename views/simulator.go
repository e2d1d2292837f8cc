package views

import (
	"fmt"
	"hash/fnv"
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"weir/views/words"
)

// Simulator is the page of the pretend WeChat: one who reads it is the customer.
type Simulator struct {
	Reader
	DeskURL   string // the desk's own pages; empty: unknown
	ScriptURL string // keeps the page current
	AppID     string
	Account   string // the account's name
	Accounts  []SimulatorAccount
	Customers []SimulatorCustomer
	Faults    []SimulatorFault
	Phone     SimulatorPhone
	Log       SimulatorLog
}

// SimulatorAccount is one the reader may turn to.
type SimulatorAccount struct {
	AppID, Name string
	Current     bool
}

// SimulatorCustomer is one line of the list of customers.
type SimulatorCustomer struct {
	AppID, OpenID, Name string
	Followed, Current   bool
	Left, Of            int // of the messages that the account may send; Of 0: none
}

// SimulatorFault is a switch.
type SimulatorFault struct {
	Name string // of the form's field
	Text string
	On   bool
}

// SimulatorPhone is what the chosen customer holds.
type SimulatorPhone struct {
	AppID, Account, OpenID, Name string // OpenID empty: there is no customer
	Followed, Typing, Blocked    bool
	Lines                        []SimulatorLine
	Menu                         []SimulatorButton
	Codes                        []SimulatorButton // QR codes that can be scanned: scene and ticket
	Notices                      []SimulatorButton // templates of notices that the customer can agree to
}

// SimulatorLine is one line of the conversation.
type SimulatorLine struct {
	N    int64
	At   time.Time
	Side string // customer, account, wechat
	Kind string // as the simulator names them: text, image, follow, unavailable …
	Text string

	Description, Tail, Opens string            // of cards and menus
	Items                    []SimulatorButton // of a msgmenu: what can be tapped
	Alive, Cover             bool              // what it shows or plays, and its small picture, are there
}

// SimulatorButton is something to press: of the menu under the conversation by its place there.
type SimulatorButton struct {
	Name, Key string
	Below     []SimulatorButton // of the list that it opens
}

// MenuMark is another one for another menu.
func (p SimulatorPhone) MenuMark() string {
	mark := fnv.New32a()
	for _, b := range p.Menu {
		fmt.Fprintf(mark, "%q %d ", b.Name, len(b.Below))
		for _, s := range b.Below {
			fmt.Fprintf(mark, "%q ", s.Name)
		}
	}
	return strconv.FormatUint(uint64(mark.Sum32()), 36)
}

// SimulatorLog is what WeChat's side saw, oldest first.
type SimulatorLog struct {
	Rows     []SimulatorRow
	NotTaken int // pushes that were not answered, or not well
	P99      time.Duration
}

// SimulatorRow is one request.
type SimulatorRow struct {
	N        int64
	At       time.Time
	FromDesk bool
	What     string // callback, custom/send …
	Content  string
	Attempt  int // of a push; over 1 it is a repeat
	Answer   string
	Took     time.Duration
	Bad      bool
	Injected bool
	NoAnswer bool
	Escaped  bool
	Used, Of int // of the quota, after a message was taken; Of 0: none was
}

func (s Simulator) words() *words.SimulatorWords { return s.Words.OfSimulator() }

func (s Simulator) shell() Shell {
	links := []Link{{Href: "/simulator", Icon: "smartphone", Text: s.words().Title, Current: true}}
	if s.DeskURL != "" {
		links = append([]Link{{Href: s.DeskURL, Icon: "message-square-text", Text: s.words().Desk}}, links...)
	}
	return Shell{Reader: s.Reader, Title: s.words().Title, Company: s.Words.Product, Links: links}
}

// simulatorActs are the buttons beside the phone: kind, icon.
var simulatorActs = []struct{ kind, icon string }{
	{"follow", "user-plus"}, {"unfollow", "user-minus"}, {"image", "image"}, {"voice", "mic"},
	{"video", "video"}, {"location", "map-pin"}, {"link", "link"}, {"burst", "layers"},
}

func actName(w *words.SimulatorWords, kind string) string {
	return map[string]string{"follow": w.Follow, "unfollow": w.Unfollow, "image": w.Image, "voice": w.Voice,
		"video": w.Video, "location": w.Location, "link": w.Link, "burst": w.Burst}[kind]
}

// simulatorURL is the page with this customer chosen.
func simulatorURL(appid, openid string) templ.SafeURL {
	return templ.SafeURL("/simulator?appid=" + appid + "&openid=" + openid)
}

// simulatorLiveURL is what the page asks for when something rings. It says what of the page an answer cannot change.
func simulatorLiveURL(s Simulator) string {
	return "/simulator/live?appid=" + s.AppID + "&openid=" + s.Phone.OpenID + "&followed=" + strconv.FormatBool(s.Phone.Followed) + "&menu=" + s.Phone.MenuMark()
}

func allowance(w *words.SimulatorWords, c SimulatorCustomer) string {
	switch {
	case !c.Followed:
		return w.NotFollowing
	case c.Left == 0:
		return w.NoQuota
	}
	return words.Put(w.Quota, c.Left, c.Of)
}

// timeAbove reports whether the time stands above the i-th line, as on a phone: after five silent minutes.
func timeAbove(lines []SimulatorLine, i int) bool {
	return i == 0 || lines[i].At.Sub(lines[i-1].At) >= 5*time.Minute
}

// isSpeech tells a bubble from a line in the middle.
func isSpeech(l SimulatorLine) bool {
	if l.Side == "wechat" {
		return false
	}
	switch l.Kind {
	case "follow", "unfollow", "scan", "click", "view", "event", "consent", "refuse":
		return false
	}
	return true
}

// spoken is what stands in a bubble. What cannot be shown is named, as WeChat does in its list of chats.
func spoken(w *words.SimulatorWords, l SimulatorLine) string {
	name := map[string]string{"text": "", "menu_tap": "", "msgmenu": "", "image": w.Image, "voice": w.Voice, "video": w.Video,
		"shortvideo": w.Video, "location": w.Location, "link": w.Link}
	kind, known := name[l.Kind]
	switch {
	case kind == "" && known:
		return l.Text
	case !known:
		kind = l.Kind
	}
	if l.Text == "" {
		return "[" + kind + "]"
	}
	return "[" + kind + "] " + l.Text
}

func filledName(w *words.SimulatorWords, kind string) string {
	if kind == "subscribe" {
		return w.Notice
	}
	return w.Template
}

// happening is what stands in the middle.
func happening(w *words.SimulatorWords, l SimulatorLine) string {
	switch l.Kind {
	case "follow":
		if l.Text != "" {
			return words.Put(w.DidFollowBy, l.Text)
		}
		return w.DidFollow
	case "unfollow":
		return w.DidUnfollow
	case "scan":
		return words.Put(w.DidScan, l.Text)
	case "click":
		return words.Put(w.DidClick, l.Text)
	case "consent":
		return w.DidConsent
	case "refuse":
		return w.DidRefuse
	case "view":
		return words.Put(w.DidOpen, l.Text)
	case "unavailable":
		return l.Text
	}
	return words.Put(w.Other, l.Text)
}

// simulatorMedia is where a line's medium, or its small picture, is.
func simulatorMedia(p SimulatorPhone, l SimulatorLine, thumb bool) string {
	at := "/simulator/media/" + lineID(l) + "?appid=" + p.AppID + "&openid=" + p.OpenID
	if thumb {
		at += "&thumb"
	}
	return at
}

// simulatorTap is what a button of a menu message sends: the item's id, without blanks, and its words.
func simulatorTap(b SimulatorButton) string { return url.QueryEscape(b.Key) + " " + b.Name }

func lineID(l SimulatorLine) string { return "line-" + strconv.FormatInt(l.N, 10) }

func rowID(r SimulatorRow) string { return "row-" + strconv.FormatInt(r.N, 10) }

func tookText(w *words.SimulatorWords, d time.Duration) string {
	if d < 10*time.Millisecond {
		return words.Put(w.Milliseconds, strconv.FormatFloat(float64(d.Microseconds())/1000, 'f', 1, 64))
	}
	return words.Put(w.Milliseconds, d.Milliseconds())
}

func logSummary(w *words.SimulatorWords, l SimulatorLog) string {
	if l.NotTaken > 0 {
		return words.Put(w.NotTaken, l.NotTaken, tookText(w, l.P99))
	}
	return words.Put(w.AllTaken, tookText(w, l.P99))
}

func rowContent(w *words.SimulatorWords, r SimulatorRow) string {
	if r.Attempt > 1 {
		return words.Put(w.Attempt, r.Attempt)
	}
	return r.Content
}

// rowLang: what customers and agents write is Chinese.
func rowLang(w *words.Words, r SimulatorRow) string {
	if r.Attempt > 1 {
		return w.Lang
	}
	return words.Chinese
}

func rowAnswer(w *words.SimulatorWords, r SimulatorRow) string {
	switch {
	case r.NoAnswer && r.Injected:
		return w.CutByFault
	case r.NoAnswer && r.Answer == "":
		return w.NoAnswer
	}
	return r.Answer
}
