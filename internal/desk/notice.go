package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"weir/internal/hours"
	"weir/internal/id"
	"weir/internal/store"
)

// Notice is a kind of what the desk tells a customer by itself.
type Notice string

// What the customer is told. All of it is said as the passive reply to the customer's own message, which costs no quota.
const (
	NoticeQueued  Notice = "queued"  // others wait before the customer
	NoticeOutside Notice = "outside" // nobody is there: queue until opening, or leave a message
	NoticeQueues  Notice = "queues"  // outside hours, the customer chose to queue
	NoticeLeft    Notice = "left"    // outside hours, the customer chose to leave a message
)

// NoticeText is a company's own choice for a notice.
type NoticeText struct {
	Off  bool   `json:"off,omitempty"`
	Text string `json:"text,omitempty"` // "": the default of the company's language
}

// Notices are a company's own choices, by kind. What is not there is the default.
type Notices map[Notice]NoticeText

// noticeKinds says what each notice is by default, and what may be filled in.
var noticeKinds = map[Notice]struct {
	zh, en string
	vars   []string
}{
	NoticeQueued: {"您好，您前面还有 {ahead} 位客户在排队，请稍候。", "Thank you for writing. {ahead} before you; please wait.", []string{"{ahead}", "{company}"}},
	NoticeOutside: {"您好，现在是{company}的休息时间，{opens} 开始服务。回复 1 排队等待，回复 2 留言。",
		"{company} is closed now and opens {opens}. Answer 1 to wait in the queue, or 2 to leave a message.", []string{"{company}", "{opens}"}},
	NoticeQueues: {"好的，已为您排队，我们 {opens} 开始服务。", "You are in the queue. We open {opens}.", []string{"{company}", "{opens}"}},
	NoticeLeft:   {"好的，请写下您的留言，我们 {opens} 上班后回复您。", "Please write your message. We will answer after we open, {opens}.", []string{"{company}", "{opens}"}},
}

// maxNotice is how long a notice may be, in characters: filled in, it still is a passive reply (maxPassive).
const maxNotice = 600

var variable = regexp.MustCompile(`\{[^{}]*\}`)

// Check refuses what could not be said.
func (n Notices) Check() error {
	for kind, own := range n {
		k, known := noticeKinds[kind]
		if !known {
			return refuse(Invalid, "notice.kind", string(kind))
		}
		if utf8.RuneCountInString(own.Text) > maxNotice {
			return refuse(Invalid, "notice.long")
		}
		for _, v := range variable.FindAllString(own.Text, -1) {
			if !slices.Contains(k.vars, v) {
				return refuse(Invalid, "notice.variable", v, strings.Join(k.vars, " "))
			}
		}
	}
	return nil
}

// SetNotices makes these a company's own notices.
func (d *Desk) SetNotices(ctx context.Context, company id.ID, n Notices) error {
	if err := n.Check(); err != nil {
		return err
	}
	b, err := json.Marshal(n)
	if err != nil {
		return err
	}
	return d.store.Tx(ctx, company, func(q *store.Queries) error {
		return q.CompanyNoticesPut(ctx, store.CompanyNoticesPutParams{CompanyID: company, NoticeTexts: b})
	})
}

// SetAccountHours sets when somebody is there for an account; nil: always.
func (d *Desk) SetAccountHours(ctx context.Context, company id.ID, appid string, h *hours.Hours) error {
	return d.setHours(ctx, company, h, "hours.account", func(q *store.Queries, b json.RawMessage) (int64, error) {
		return q.AccountHoursPut(ctx, store.AccountHoursPutParams{CompanyID: company, AppID: appid, Hours: b})
	})
}

// SetGroupHours sets when somebody of a group is there; nil: whenever the account is open.
func (d *Desk) SetGroupHours(ctx context.Context, company id.ID, group int64, h *hours.Hours) error {
	return d.setHours(ctx, company, h, "hours.group", func(q *store.Queries, b json.RawMessage) (int64, error) {
		return q.GroupHoursPut(ctx, store.GroupHoursPutParams{CompanyID: company, GroupID: group, Hours: b})
	})
}

func (d *Desk) setHours(ctx context.Context, company id.ID, h *hours.Hours, missing string, put func(*store.Queries, json.RawMessage) (int64, error)) error {
	var b json.RawMessage
	if h != nil {
		if err := h.Compile(); err != nil {
			return refuse(Invalid, "hours.wrong", err.Error())
		}
		var err error
		if b, err = json.Marshal(h); err != nil {
			return err
		}
	}
	return d.store.Tx(ctx, company, func(q *store.Queries) error {
		n, err := put(q, b)
		if err != nil {
			return err
		}
		if n == 0 {
			return refuse(Missing, missing)
		}
		return q.CompanyTouch(ctx, company)
	})
}

// timetable is when somebody is there, by account and by group.
type timetable struct {
	accounts map[string]*hours.Hours
	groups   map[int64]*hours.Hours
}

// readNotices reads what the company says of notices and hours. Hours without a zone are in the company's.
func (c *Company) readNotices() error {
	if err := json.Unmarshal(c.NoticeTexts, &c.notices); err != nil {
		return fmt.Errorf("notices: %w", err)
	}
	c.hours = timetable{map[string]*hours.Hours{}, map[int64]*hours.Hours{}}
	for appid, a := range c.Accounts {
		h, err := c.readHours(a.Hours)
		if err != nil {
			return fmt.Errorf("hours of account %s: %w", appid, err)
		}
		c.hours.accounts[appid] = h
	}
	for n, g := range c.Groups {
		h, err := c.readHours(g.Hours)
		if err != nil {
			return fmt.Errorf("hours of group %d: %w", n, err)
		}
		c.hours.groups[n] = h
	}
	return nil
}

func (c *Company) readHours(b json.RawMessage) (*hours.Hours, error) {
	if b == nil {
		return nil, nil
	}
	h := new(hours.Hours)
	if err := json.Unmarshal(b, h); err != nil {
		return nil, err
	}
	if h.Zone == "" {
		h.Zone = c.Timezone
	}
	return h, h.Compile()
}

// HoursOf is when somebody is there for a session: its group's hours, or its account's; nil: always.
func (c *Company) HoursOf(s *Session) *hours.Hours {
	if h := c.hours.groups[val(s.GroupID)]; h != nil {
		return h
	}
	return c.hours.accounts[s.AppID]
}

// tells says whether the company tells its customers this.
func (c *Company) tells(n Notice) bool { return c.Notices != "none" && !c.notices[n].Off }

// notice is the text of a notice; pairs are variables and what they are.
func (c *Company) notice(n Notice, pairs ...string) string {
	text := c.notices[n].Text
	if text == "" {
		text = noticeKinds[n].zh
		if c.Locale == "en" {
			text = noticeKinds[n].en
		}
	}
	return strings.NewReplacer(append(pairs, "{company}", c.Name)...).Replace(text)
}

// queue names a queue; group 0 is that of no group.
type queue struct {
	company id.ID
	group   int64
}

func (s *Session) queue() queue { return queue{s.CompanyID, val(s.GroupID)} }

// maxAhead is how far a queue is counted for a customer's place.
const maxAhead = 99

// count asks how many wait in the queues that new sessions of this group of callbacks enter: one bounded query, and none where
// everybody has a session already or nobody would be told.
func (k *known) count(ctx context.Context, hearing *store.Hearing, group []*Arrival) error {
	p := store.QueueDepthsParams{Max: maxAhead + 1}
	k.depths = map[queue]int{}
	for i, a := range group {
		c := k.companies[a.Company]
		if _, again := k.repeats[i]; again || a.Event != "" || k.sessions[a.who()] != nil || !c.tells(NoticeQueued) {
			continue
		}
		q := queue{company: a.Company}
		if acc := c.Accounts[a.AppID]; acc != nil {
			q.group = val(acc.DefaultGroupID)
		}
		if r := c.rules.text(a.AppID, a.Text); r != nil && r.AssignGroupID != nil {
			q.group = *r.AssignGroupID
		}
		if _, asked := k.depths[q]; !asked {
			k.depths[q] = 0
			p.CompanyIDs, p.GroupIDs = append(p.CompanyIDs, q.company), append(p.GroupIDs, q.group)
		}
	}
	if len(p.GroupIDs) == 0 {
		return nil
	}
	rows, err := hearing.Queries().QueueDepths(ctx, p)
	if err != nil {
		return fmt.Errorf("count who waits: %w", err)
	}
	for _, r := range rows {
		q := queue{r.CompanyID, r.GroupID}
		if k.depths[q] = int(r.Depth); r.Free {
			delete(k.depths, q) // what is before the customer is being given out, and so will the customer be
		}
	}
	return nil
}

// entered sets how long a new session waits at least, and returns how many are before it; -1: it is not new, or nobody counted.
func (h *hearing) entered(d *draft, fresh bool) (ahead int) {
	s := d.session
	if !fresh {
		return -1
	}
	if opens, some := d.company.HoursOf(s).NextOpening(h.now); some && opens.After(h.now) {
		s.NotBefore = &opens
	}
	ahead, counted := h.depths[s.queue()]
	if !counted || s.TargetUID != nil {
		return -1
	}
	h.depths[s.queue()]++
	return ahead
}

// notice is what a customer's message is answered with where no rule answers; "": nothing. Outside hours it is the choice between
// the queue and a message, and what was chosen.
func (h *hearing) notice(a *Arrival, d *draft, fresh bool) string {
	s, c, ahead := d.session, d.company, h.entered(d, fresh)
	if !s.In(Queueing) {
		return ""
	}
	kind, pairs := NoticeQueued, []string{"{ahead}", aheadText(c.Locale, ahead)}
	if s.NotBefore != nil && s.NotBefore.After(h.now) {
		kind, pairs = NoticeOutside, []string{"{opens}", opensText(c, *s.NotBefore)}
		if !fresh {
			if kind = s.choose(a); kind == "" {
				return ""
			}
		}
	} else if ahead < 1 {
		return ""
	}
	if !c.tells(kind) {
		return ""
	}
	return c.notice(kind, pairs...)
}

// choose reads what a customer answers outside hours; "": it is no choice.
func (s *Session) choose(a *Arrival) Notice {
	if a.Type != TypeText {
		return ""
	}
	switch strings.TrimSpace(a.Text) {
	case "1", "排队":
		s.LeftMessage = false
		return NoticeQueues
	case "2", "留言":
		s.LeftMessage = true
		return NoticeLeft
	}
	return ""
}

// aheadText says how many are before a customer.
func aheadText(locale string, n int) string {
	zh := locale != "en"
	switch {
	case n > maxAhead && zh:
		return "超过 " + strconv.Itoa(maxAhead)
	case n > maxAhead:
		return "More than " + strconv.Itoa(maxAhead) + " people are"
	case zh:
		return strconv.Itoa(n)
	case n == 1:
		return "1 person is"
	}
	return strconv.Itoa(n) + " people are"
}

// opensText says when it opens, in the company's time.
func opensText(c *Company, t time.Time) string {
	if c.Locale == "en" {
		return t.In(c.Location).Format("2 January 15:04")
	}
	return t.In(c.Location).Format("1月2日 15:04")
}

// notify says a text as the passive reply, and keeps it in the thread.
func (h *hearing) notify(a *Arrival, d *draft, text string) string {
	if text == "" || len(text) > maxPassive {
		return ""
	}
	d.add(Message{Opercode: Automatic, Type: TypeText, Text: text, CreatedAt: h.now, Delivery: Sent, key: replyKey(a.Key)}, a)
	return text
}
