package provision

import (
	"errors"
	"fmt"
	"io"
	"math"
	"net/mail"
	"regexp"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // a company's time zone must be known wherever this runs

	"github.com/goccy/go-yaml/ast"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/secret"
	"weir/internal/wechat"
	"weir/views/words"
)

// File is what a provision file says. A nil or empty field was not said: what is there stays as it is, and what is new has
// the default.
type File struct {
	Component *Component // the operator's third-party platform
	Companies []Company
}

// Component is a third-party platform.
type Component struct {
	line                  int
	AppID                 string
	Secret, Token, AESKey secret.Redacted
}

// Company is a company as a file says it.
type Company struct {
	line         int
	ID           id.ID
	Name         string
	Timezone     string
	Locale       string
	Distribution string
	Notices      string
	// Seconds.
	QueueTimeout, ReceptionTimeout, IdleTimeout, ReclaimAfter *int64
	ExclusiveWait, AwayAfter, Grace                           *int64 // 0: not at all; never; at once
	TargetWait                                                *int64 // 0: not at all; nil: as it is
	QuotaMessage, QuotaEvent                                  *int64 // messages that WeChat allows
	WindowMessage, WindowEvent                                *int64 // and for how long
	ForgetAfter                                               *int64 // of who unfollowed; nil: as it is; ForgetNever: not at all
	NoticeTexts                                               map[desk.Notice]NoticeText

	Tokens   []Token
	Agents   []Agent
	Groups   []Group
	Accounts []Account
	Rules    []Rule
	Channels []Channel
	Quicks   []Quick
}

// ForgetNever is "never": what is known of who unfollowed is kept for good.
const ForgetNever = int64(-1)

// Token is an API token.
type Token struct {
	line  int
	Name  string
	Token secret.Redacted
}

// Agent is an agent.
type Agent struct {
	line          int
	UID           int64
	Name          string
	Email         string // lower case
	Password      secret.Redacted
	Role          string
	Capacity      *int64
	Conversations *int64   // up to how many what waits opens by itself
	Accounts      []string // where the agent has seats; nil: as it is, and a new one has them at every account
}

// Group is a group. Agents and Overflow are nil where they were not said.
type Group struct {
	line     int
	Name     string
	Agents   []int64
	Strategy string
	Priority *int64 // of the sessions that come to it
	Overflow *Overflow
	Hours    *Hours
}

// Overflow is where a group's sessions may go, too, when nobody of it has taken them.
type Overflow struct {
	After int64  // seconds; 0: never
	Group string // "": to anybody
}

// Account is an Official Account.
type Account struct {
	line                  int
	AppID, Name           string
	Secret, Token, AESKey secret.Redacted
	Mode                  string
	Hours                 *Hours
	DefaultGroup          *string // where its sessions go that nothing sends elsewhere; "": to anybody; nil: as it is
}

// Rule is an auto-reply rule. Its Priority is desk.DefaultPriority where it was not said.
type Rule struct {
	line int
	desk.Rule
}

// fileMost is how large a file may be, in bytes.
const fileMost = 32 << 20

// Load reads a file. Its error is Faults, or the reader's own.
func Load(r io.Reader) (*File, error) {
	doc, err := io.ReadAll(io.LimitReader(r, fileMost+1))
	if err != nil {
		return nil, fmt.Errorf("read the provision file: %w", err)
	}
	if len(doc) > fileMost {
		return nil, Faults{{0, "The file is larger than 32 MB. Split it by company."}}
	}
	var faults Faults
	file := &File{}
	if root := parse(doc, &faults); root != nil {
		t := faults.read(root, "the file", "companies", "component")
		if n := t.field("component"); n != nil {
			file.Component = component(&faults, n)
		}
		for _, n := range t.list("companies") {
			file.Companies = append(file.Companies, company(&faults, n))
		}
		if t.need("companies", "a list of the companies to be made") {
			file.twice(&faults)
		}
	}
	if err := faults.all(); err != nil {
		return nil, err
	}
	return file, nil
}

var appidForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

func (t *table) appid() string {
	if !t.need("appid", "the AppID, as WeChat shows it") {
		return ""
	}
	s := t.text("appid")
	if s != "" && !appidForm.MatchString(s) {
		t.fault("appid", "appid of %s should be 1 to 64 letters and digits. Copy it from WeChat.", t.what)
		return ""
	}
	return s
}

// keys reads the three secrets of an account or a component. encrypted: the AES key is needed.
func (t *table) keys(encrypted bool) (appSecret, token, aes secret.Redacted) {
	if t.need("secret", "the AppSecret, as WeChat shows it") {
		appSecret = t.secret("secret", 128)
	}
	if t.need("token", "the one that is entered at WeChat beside the URL") {
		token = t.secret("token", 128)
	}
	if encrypted && t.field("aes_key") == nil {
		t.faults.add(t.line, "%s needs aes_key: the 43 letters and digits of its EncodingAESKey. Only mode: plain does without.", begin(t.what))
	}
	if t.field("aes_key") != nil {
		aes = t.secret("aes_key", 128)
		if _, err := wechat.ParseKey(aes.Reveal()); aes != "" && err != nil {
			t.fault("aes_key", "aes_key of %s should be the 43 letters and digits of its EncodingAESKey, and has %d. Copy it from WeChat again.", t.what, len(aes))
		}
	}
	return appSecret, token, aes
}

func component(f *Faults, n ast.Node) *Component {
	t := f.read(n, "the component", "appid", "secret", "token", "aes_key")
	c := &Component{line: t.line, AppID: t.appid()}
	c.Secret, c.Token, c.AESKey = t.keys(true)
	return c
}

func company(f *Faults, n ast.Node) Company {
	t := f.read(n, "a company", "id", "name", "timezone", "locale", "settings", "api_tokens", "agents", "groups", "accounts", "rules", "channels", "quick_replies")
	c := Company{line: t.line}
	if t.need("id", "32 hex digits that name it for good; openssl rand -hex 16 makes some") {
		if s := t.text("id"); s != "" {
			var err error
			if c.ID, err = id.Parse(s); err != nil || c.ID.Zero() {
				t.fault("id", "id of a company should be 32 hex digits, and is %.40q.", s)
			}
		}
	}
	if t.need("name", "what people call it") {
		c.Name = t.short("name", 100)
	}
	c.Timezone = t.text("timezone")
	if _, err := time.LoadLocation(c.Timezone); err != nil || c.Timezone == "Local" {
		t.fault("timezone", "timezone is %q, which is not known. Write it like Asia/Shanghai.", c.Timezone)
	}
	c.Locale = t.choice("locale", "zh-CN", "en")
	if n := t.field("settings"); n != nil {
		c.settings(f, n)
	}
	for _, n := range t.list("api_tokens") {
		c.Tokens = append(c.Tokens, token(f, n))
	}
	for _, n := range t.list("agents") {
		c.Agents = append(c.Agents, agent(f, n))
	}
	for _, n := range t.list("groups") {
		c.Groups = append(c.Groups, group(f, n))
	}
	for _, n := range t.list("accounts") {
		c.Accounts = append(c.Accounts, account(f, n))
	}
	for _, n := range t.list("rules") {
		c.Rules = append(c.Rules, rule(f, n))
	}
	for _, n := range t.list("channels") {
		c.Channels = append(c.Channels, channel(f, n))
	}
	for _, n := range t.list("quick_replies") {
		c.Quicks = append(c.Quicks, quick(f, n, c.Locale))
	}
	return c
}

func (c *Company) settings(f *Faults, n ast.Node) {
	t := f.read(n, "settings", "distribution", "queue_timeout", "reception_timeout", "idle_timeout", "reclaim_after", "forget_after", "notices", "notice_texts", "exclusive_wait", "target_wait", "away_after", "grace",
		"quota_message", "quota_event", "window_message", "window_event")
	c.Distribution = t.choice("distribution", "average", "grab")
	c.Notices = t.choice("notices", "free", "all", "none")
	c.QueueTimeout, c.ReceptionTimeout = t.seconds("queue_timeout"), t.seconds("reception_timeout")
	c.IdleTimeout, c.ReclaimAfter = t.seconds("idle_timeout"), t.seconds("reclaim_after")
	c.ExclusiveWait, c.AwayAfter, c.Grace = t.secondsOrNone("exclusive_wait"), t.secondsOrNone("away_after"), t.secondsOrNone("grace")
	if t.field("forget_after") != nil && t.text("forget_after") == "never" {
		never := ForgetNever
		c.ForgetAfter = &never
	} else {
		c.ForgetAfter = t.secondsOrNone("forget_after")
	}
	c.QuotaMessage, c.QuotaEvent = t.number("quota_message", 0, desk.QuotaMost), t.number("quota_event", 0, desk.QuotaMost)
	c.WindowMessage, c.WindowEvent = t.seconds("window_message"), t.seconds("window_event")
	c.NoticeTexts = t.noticeTexts()
	c.TargetWait = t.secondsOrNone("target_wait")
}

func token(f *Faults, n ast.Node) Token {
	t := f.read(n, "an API token", "name", "token")
	out := Token{line: t.line}
	if t.need("name", "what it is for") {
		out.Name = t.short("name", 100)
	}
	if t.need("token", "a long random text; openssl rand -hex 32 makes one") {
		out.Token = t.secret("token", 255)
	}
	return out
}

func agent(f *Faults, n ast.Node) Agent {
	t := f.read(n, "an agent", "uid", "name", "email", "password", "role", "capacity", "conversations", "accounts")
	a := Agent{line: t.line}
	if t.need("uid", "a number that names the agent for good") {
		if n := t.number("uid", 1, math.MaxInt64); n != nil {
			a.UID = *n
		}
	}
	if t.need("name", "what customers and colleagues call the agent") {
		a.Name = t.short("name", 100)
	}
	if t.need("email", "the address the agent logs in with") {
		a.Email = t.email()
	}
	if p := t.text("password"); len(p) > 1024 {
		t.fault("password", "password of an agent has more than 1024 bytes. Make it shorter.")
	} else {
		a.Password = secret.Redacted(p)
	}
	a.Role = t.choice("role", "agent", "supervisor", "admin")
	a.Capacity = t.number("capacity", 0, math.MaxInt32)
	a.Conversations = t.number("conversations", 0, math.MaxInt32)
	if t.field("accounts") != nil {
		a.Accounts = append([]string{}, t.texts("accounts")...)
	}
	return a
}

// email is an address, in lower case: nobody remembers how they wrote theirs.
func (t *table) email() string {
	s := t.text("email")
	if s == "" {
		return ""
	}
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || len(s) > 254 {
		t.fault("email", "email is %q, which is no address. Write it like name@example.com.", s)
		return ""
	}
	return strings.ToLower(s)
}

func group(f *Faults, n ast.Node) Group {
	t := f.read(n, "a group", "name", "agents", "strategy", "priority", "overflow", "hours")
	g := Group{line: t.line, Hours: t.businessHours()}
	if t.need("name", "what it is called") {
		if g.Name = t.short("name", 100); g.Name == "other" {
			t.fault("name", "A group cannot be called other: that is the queue of those no group is named for. Choose another name.")
		}
	}
	if t.field("agents") != nil {
		g.Agents = []int64{}
	}
	in := map[int64]bool{}
	for _, n := range t.list("agents") {
		uid, ok := whole(n)
		switch {
		case !ok:
			f.add(lineOf(n), "The agents of a group are their uids, such as [8082, 8083].")
		case in[uid]:
			f.add(lineOf(n), "Agent %d is in the group twice. Keep one.", uid)
		default:
			in[uid] = true
			g.Agents = append(g.Agents, uid)
		}
	}
	g.Priority = t.number("priority", desk.PriorityLeast, desk.PriorityMost)
	g.Strategy = t.choice("strategy", "least_busy", "round_robin", "longest_idle", "in_order")
	if n := t.field("overflow"); n != nil {
		o := f.read(n, "overflow", "after", "group")
		g.Overflow = &Overflow{Group: o.text("group")}
		if o.need("after", "how long nobody of the group has taken a session, such as 60s; 0s ends the overflow") {
			if s := o.secondsOrNone("after"); s != nil {
				g.Overflow.After = *s
			}
		}
		switch {
		case g.Overflow.Group != "" && g.Overflow.Group == g.Name:
			o.fault("group", "Group %q overflows to itself. Name another group, or none: then anybody may take its sessions.", g.Name)
		case g.Overflow.Group != "" && g.Overflow.After == 0 && o.field("after") != nil:
			o.fault("after", "after is 0s, which ends the overflow of group %q: take the group %q out, or write a time such as 60s.", g.Name, g.Overflow.Group)
		}
	}
	return g
}

func account(f *Faults, n ast.Node) Account {
	t := f.read(n, "an account", "appid", "name", "secret", "token", "aes_key", "mode", "default_group", "hours")
	a := Account{line: t.line, AppID: t.appid(), Hours: t.businessHours()}
	if t.need("name", "what people call it") {
		a.Name = t.short("name", 100)
	}
	a.Mode = t.choice("mode", "plain", "compatible", "safe")
	a.Secret, a.Token, a.AESKey = t.keys(a.Mode != "plain")
	if t.field("default_group") != nil {
		group := t.text("default_group")
		a.DefaultGroup = &group
	}
	return a
}

func rule(f *Faults, n ast.Node) Rule {
	t := f.read(n, "a rule", "name", "priority", "appid", "match", "reply", "assign")
	r := Rule{line: t.line, Rule: desk.Rule{Priority: desk.DefaultPriority, Enabled: true}}
	before := len(*f)
	if t.need("name", "what it is called") {
		r.Name = t.text("name")
	}
	if n := t.number("priority", math.MinInt32, math.MaxInt32); n != nil {
		r.Priority = int32(*n)
	}
	if t.field("appid") != nil {
		r.AppID = t.appid()
	}
	if t.need("match", "when it answers") {
		m := f.read(t.field("match"), "match", "kind", "keywords")
		if m.need("kind", "exact, contains or follow") {
			r.Kind = m.choice("kind", desk.MatchExact, desk.MatchContains, desk.MatchFollow)
		}
		r.Keywords = m.texts("keywords")
	}
	for _, n := range t.list("reply") {
		r.Reply = append(r.Reply, piece(f, n))
	}
	if n := t.field("assign"); n != nil {
		a := f.read(n, "assign", "uid", "group", "priority")
		r.Assigns = true
		if uid := a.number("uid", 1, math.MaxInt64); uid != nil {
			r.AssignUID = *uid
		}
		r.AssignGroup = a.text("group")
		if p := a.number("priority", desk.PriorityLeast, desk.PriorityMost); p != nil {
			r.AssignPriority = int32(*p)
		}
	}
	if len(*f) == before { // else it would be faulted twice for the same
		for _, err := range r.Faults() {
			f.add(r.line, "Rule %q: %s", r.Name, said(err))
		}
	}
	return r
}

// piece is one message of what a rule answers. Pictures, voices and videos are given by the API, since a file holds no bytes.
func piece(f *Faults, n ast.Node) desk.Piece {
	t := f.read(n, "a reply", "type", "text", "title", "description", "url", "picture", "head", "items", "tail")
	var p desk.Piece
	if t.need("type", "text, news or msgmenu") {
		p.Type = t.choice("type", desk.PieceText, desk.PieceNews, desk.KindMenu)
	}
	switch p.Type {
	case desk.PieceText:
		if t.need("text", "what is answered") {
			p.Text = t.text("text")
		}
	case desk.PieceNews:
		if t.need("title", "what stands on the card") && t.need("url", "the address that the card opens") {
			p.Title, p.URL = t.text("title"), t.text("url")
		}
		p.Description, p.Picture = t.text("description"), t.text("picture")
	case desk.KindMenu:
		p.Menu = &desk.Menu{Head: t.text("head"), Tail: t.text("tail"), Items: []desk.MenuItem{}}
		for i, text := range t.texts("items") {
			p.Menu.Items = append(p.Menu.Items, desk.MenuItem{ID: strconv.Itoa(i + 1), Text: text})
		}
	}
	return p
}

// said is what a refusal of the desk says.
func said(err error) string {
	var no *desk.Refusal
	if errors.As(err, &no) {
		return words.For(words.English).Sentence(no.Say, no.Args...)
	}
	return err.Error()
}

// twice faults what a file says more than once, and what refers to nothing where the file would know.
func (file *File) twice(f *Faults) {
	companies, emails, appids, tokens := seen[id.ID]{}, seen[string]{}, seen[string]{}, seen[string]{}
	for _, c := range file.Companies {
		if !c.ID.Zero() {
			companies.once(f, c.line, c.ID, "Company %s", c.ID)
		}
		uids, groups, rules, names := seen[int64]{}, seen[string]{}, seen[string]{}, seen[string]{}
		for _, t := range c.Tokens {
			names.once(f, t.line, t.Name, "API token %q", t.Name)
			tokens.once(f, t.line, t.Token.Reveal(), "The token of %q", t.Name)
		}
		for _, a := range c.Agents {
			uids.once(f, a.line, a.UID, "Agent %d", a.UID)
			emails.once(f, a.line, a.Email, "The e-mail address %s", a.Email)
		}
		for _, g := range c.Groups {
			groups.once(f, g.line, g.Name, "Group %q", g.Name)
		}
		for _, a := range c.Accounts {
			appids.once(f, a.line, a.AppID, "Account %s", a.AppID)
		}
		for _, r := range c.Rules {
			rules.once(f, r.line, r.Name, "Rule %q", r.Name)
		}
		scenes := seen[string]{}
		for _, x := range c.Channels {
			scenes.once(f, x.line, x.AppID+" "+x.Scene, "The scene %q of account %s", x.Scene, x.AppID)
		}
		titles := seen[string]{}
		for _, q := range c.Quicks {
			titles.once(f, q.line, fmt.Sprint(q.UID, q.group, " ", q.Title), "Quick reply %q", q.Title)
		}
		c.refers(f, uids, groups)
	}
}

// refers faults references to agents and groups that a file which lists them does not list. A file that lists none means those
// that are there already; Apply looks.
func (c *Company) refers(f *Faults, uids seen[int64], groups seen[string]) {
	for _, g := range c.Groups {
		for _, uid := range g.Agents {
			if len(c.Agents) > 0 && uids[uid] == 0 {
				f.add(g.line, "Group %q names agent %d, who is not among the company's agents. Add the agent, or take the number out.", g.Name, uid)
			}
		}
	}
	for _, g := range c.Groups {
		if g.Overflow != nil && g.Overflow.Group != "" && groups[g.Overflow.Group] == 0 {
			f.add(g.line, "Group %q overflows to group %q, which is not among the company's groups. Add the group, or name another.", g.Name, g.Overflow.Group)
		}
	}
	for _, a := range c.Accounts {
		if g := a.DefaultGroup; g != nil && *g != "" && len(c.Groups) > 0 && groups[*g] == 0 {
			f.add(a.line, "Account %s names group %q, which is not among the company's groups. Add the group, or name another.", a.AppID, *g)
		}
	}
	for _, r := range c.Rules {
		if r.AssignGroup != "" && len(c.Groups) > 0 && groups[r.AssignGroup] == 0 {
			f.add(r.line, "Rule %q names group %q, which is not among the company's groups. Add the group, or name another.", r.Name, r.AssignGroup)
		}
		if r.AssignUID != 0 && len(c.Agents) > 0 && uids[r.AssignUID] == 0 {
			f.add(r.line, "Rule %q names agent %d, who is not among the company's agents. Add the agent, or name another.", r.Name, r.AssignUID)
		}
	}
}

// seen is where something was said first.
type seen[K comparable] map[K]int

func (s seen[K]) once(f *Faults, line int, key K, what string, args ...any) {
	var none K
	if key == none { // it has a fault of its own
		return
	}
	if first, again := s[key]; again {
		f.add(line, what+" is there already, in line %d. Take one out, or change it.", append(args, first)...)
		return
	}
	s[key] = line
}
