package wechat

import (
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// A Piece of a text is what WeChat makes of it: words, or a link.
type Piece struct {
	Text    string // what the customer reads
	URL     string // what it opens; "": it is no link
	Program bool   // it opens a mini program, and URL only where that cannot be
	// Fault is why a customer sees code where a link was meant (the key of a sentence); "": nothing is wrong.
	Fault string
}

// The faults of a piece.
const (
	FaultAddress = "text.link-address" // an <a> that opens nothing
	FaultOpen    = "text.link-open"    // an <a> without end
	FaultProgram = "text.link-program" // an <a> that names half a mini program
	FaultEmpty   = "text.link-empty"   // an <a> around nothing
	FaultTag     = "text.tag"          // other code than a link
)

// addresses are what WeChat makes a link of by itself; a sign at the end belongs to the sentence around.
var addresses = regexp.MustCompile(`https?://[A-Za-z0-9][A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*[A-Za-z0-9\-_~/#&=+%]`)

// ReadText says what a customer sees of a text that is sent to them (WECHAT, section 5: <a href="…"> and with data-miniprogram-appid and
// -path; other code stands as it is). A link whose code WeChat does not take is words, with its fault.
func ReadText(text string) []Piece {
	var r reading
	z := html.NewTokenizer(strings.NewReader(text))
	done := 0 // bytes of the text
	for {
		kind := z.Next()
		if kind == html.ErrorToken { // the end, perhaps in the middle of a tag
			r.words(text[done:], "")
			r.drop()
			return r.pieces
		}
		raw := text[done : done+len(z.Raw())]
		done += len(raw)
		name := ""
		if kind == html.StartTagToken || kind == html.EndTagToken || kind == html.SelfClosingTagToken {
			n, _ := z.TagName()
			name = string(n)
		}
		switch {
		case kind == html.StartTagToken && name == "a":
			r.drop()
			r.begin(raw, z)
		case kind == html.EndTagToken && name == "a" && r.open != nil:
			r.end(raw)
		case name != "":
			r.words(raw, FaultTag)
		default:
			r.words(raw, "")
		}
	}
}

// reading is a text that is read.
type reading struct {
	pieces []Piece
	open   *link
}

// link is one that has begun.
type link struct {
	raw, inside     string
	href, app, path string
	hasApp, hasPath bool
}

func (r *reading) begin(raw string, z *html.Tokenizer) {
	r.open = &link{raw: raw}
	for {
		key, value, more := z.TagAttr()
		switch string(key) {
		case "href":
			r.open.href = strings.TrimSpace(string(value))
		case "data-miniprogram-appid":
			r.open.app, r.open.hasApp = strings.TrimSpace(string(value)), true
		case "data-miniprogram-path":
			r.open.path, r.open.hasPath = strings.TrimSpace(string(value)), true
		}
		if !more {
			return
		}
	}
}

func (r *reading) end(raw string) {
	l := r.open
	r.open = nil
	program := l.hasApp || l.hasPath
	switch {
	case program && (!appidShape.MatchString(l.app) || l.path == ""):
		r.fault(l.raw+l.inside+raw, FaultProgram)
	case !opens(l.href) && !(program && l.href == ""):
		r.fault(l.raw+l.inside+raw, FaultAddress)
	case strings.TrimSpace(l.inside) == "":
		r.fault(l.raw+l.inside+raw, FaultEmpty)
	default:
		r.pieces = append(r.pieces, Piece{Text: l.inside, URL: l.href, Program: program})
	}
}

var appidShape = regexp.MustCompile(`^wx[0-9a-zA-Z]{6,62}$`)

// opens says whether a customer's phone can open it: a page, or what WeChat itself answers.
func opens(href string) bool {
	u, err := url.Parse(href)
	return err == nil && ((u.Scheme == "http" || u.Scheme == "https") && u.Host != "" || u.Scheme == "weixin")
}

// words adds what is no link, or stands in one that has begun.
func (r *reading) words(raw, fault string) {
	switch {
	case raw == "":
	case r.open != nil:
		r.open.inside += raw
	case fault != "":
		r.fault(raw, fault)
	default:
		at := 0
		for _, m := range addresses.FindAllStringIndex(raw, -1) {
			r.say(raw[at:m[0]])
			r.pieces = append(r.pieces, Piece{Text: raw[m[0]:m[1]], URL: raw[m[0]:m[1]]})
			at = m[1]
		}
		r.say(raw[at:])
	}
}

func (r *reading) say(words string) {
	if n := len(r.pieces); words == "" {
		return
	} else if n > 0 && r.pieces[n-1].URL == "" && !r.pieces[n-1].Program && r.pieces[n-1].Fault == "" {
		r.pieces[n-1].Text += words
		return
	}
	r.pieces = append(r.pieces, Piece{Text: words})
}

func (r *reading) fault(raw, fault string) {
	r.pieces = append(r.pieces, Piece{Text: raw, Fault: fault})
}

// drop gives up a link that has begun and does not end.
func (r *reading) drop() {
	if l := r.open; l != nil {
		r.open = nil
		r.fault(l.raw, FaultOpen)
		r.words(l.inside, "")
	}
}
