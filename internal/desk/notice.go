package desk

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"weir/internal/id"
	"weir/internal/store"
)

// Notice is a kind of what the desk tells a customer by itself.
type Notice string

// What the customer is told. It goes as the passive reply to the customer's own message, which costs no quota; where the company has
// chosen all, what an agent's act or absence did to the session is a message of its own, as long as enough is left for the agent.
const (
	NoticeQueued         Notice = "queued"          // others wait before the customer
	NoticeMoved          Notice = "moved"           // how many, or how long it takes, has changed enough to matter
	NoticeConnected      Notice = "connected"       // an agent has the session
	NoticeReturned       Notice = "returned"        // it is back in the queue
	NoticeClosed         Notice = "closed"          // it is over: only ever a message of its own
	NoticeOutside        Notice = "outside"         // nobody is there: queue until opening, or leave a message
	NoticeQueues         Notice = "queues"          // outside hours, the customer chose to queue
	NoticeLeft           Notice = "left"            // outside hours, the customer chose to leave a message
	NoticeNoted          Notice = "noted"           // the message that was left is noted
	NoticeOutsideQueue   Notice = "outside_queue"   // nobody is there: the customer queues, there is no choice
	NoticeOutsideMessage Notice = "outside_message" // nobody is there: it was taken as a message, there is no choice
)

// NoticeText is a company's own choice for a notice.
type NoticeText struct {
	Off  bool   `json:"off,omitempty"`
	Text string `json:"text,omitempty"` // "": the default of the company's language
}

// Notices are a company's own choices, by kind. What is not there is the default.
type Notices map[Notice]NoticeText

// noticeKind says what a notice is by default, and what may be filled in.
type noticeKind struct {
	kind   Notice
	zh, en string
	vars   string
}

// noticeKinds are all of them, in the order in which a customer meets them. {wait} is a clause of its own, which is empty where
// nobody knows: it is joined to what stands before it.
var noticeKinds = []noticeKind{
	{NoticeQueued, "您好，您前面还有 {ahead} 位客户在排队{wait}，请稍候。", "Thank you for writing. Before you in the queue: {ahead}{wait}. Please wait.", "{ahead} {place} {wait} {company}"},
	{NoticeMoved, "您现在排在第 {place} 位{wait}，请稍候。", "You are now number {place} in the queue{wait}. Thank you for waiting.", "{ahead} {place} {wait} {company}"},
	{NoticeConnected, "已为您接入客服{agent}，请稍候。", "{agent} will help you. One moment, please.", "{agent} {company}"},
	{NoticeReturned, "已为您重新排队，您现在排在第 {place} 位{wait}，请稍候。", "You are back in the queue, at number {place}{wait}. Please wait.", "{ahead} {place} {wait} {company}"},
	{NoticeClosed, "本次会话已结束。如果还需要帮助，请直接发消息。", "This conversation is closed. If you need more help, just write again.", "{company}"},
	{NoticeOutside, "您好，现在是{company}的休息时间，{opens} 开始服务。回复 1 排队等待，回复 2 留言。",
		"{company} is closed now and opens {opens}. Answer 1 to wait in the queue, or 2 to leave a message.", "{company} {opens}"},
	{NoticeQueues, "好的，已为您排队，我们 {opens} 开始服务。", "You are in the queue. We open {opens}.", "{company} {opens}"},
	{NoticeLeft, "好的，请写下您的留言，我们 {opens} 上班后回复您。", "Please write your message. We will answer after we open, {opens}.", "{company} {opens}"},
	{NoticeNoted, "您的留言已记下，我们 {opens} 上班后回复您。", "Your message is noted. We will answer after we open, {opens}.", "{company} {opens}"},
	{NoticeOutsideQueue, "您好，现在是{company}的休息时间，已为您排队，我们 {opens} 开始服务。",
		"{company} is closed now. You are in the queue; we open {opens}.", "{company} {opens}"},
	{NoticeOutsideMessage, "您好，现在是{company}的休息时间，您的留言已记下，我们 {opens} 上班后回复您。",
		"{company} is closed now. Your message is noted; we will answer after we open, {opens}.", "{company} {opens}"},
}

func kindOfNotice(n Notice) *noticeKind {
	for i := range noticeKinds {
		if noticeKinds[i].kind == n {
			return &noticeKinds[i]
		}
	}
	return nil
}

func (k *noticeKind) text(locale string) string {
	if locale == "en" {
		return k.en
	}
	return k.zh
}

// NoticeKinds are all kinds of notices, in the order in which a customer meets them.
func NoticeKinds() []Notice {
	out := make([]Notice, len(noticeKinds))
	for i := range noticeKinds {
		out[i] = noticeKinds[i].kind
	}
	return out
}

// Default is what the notice says in a language where the company says nothing else; Variables are what may be filled in. "", none: there
// is no such notice.
func (n Notice) Default(locale string) string {
	if k := kindOfNotice(n); k != nil {
		return k.text(locale)
	}
	return ""
}

// Variables are what may be filled in, in braces.
func (n Notice) Variables() []string {
	if k := kindOfNotice(n); k != nil {
		return strings.Fields(k.vars)
	}
	return nil
}

// maxNotice is how long a notice may be, in characters: filled in, it still is a passive reply (maxPassive).
const maxNotice = 600

var variable = regexp.MustCompile(`\{[^{}]*\}`)

// Check refuses what could not be said.
func (n Notices) Check() error {
	for kind, own := range n {
		if kindOfNotice(kind) == nil {
			return refuse(Invalid, "notice.kind", string(kind))
		}
		if utf8.RuneCountInString(own.Text) > maxNotice {
			return refuse(Invalid, "notice.long")
		}
		for _, v := range variable.FindAllString(own.Text, -1) {
			if may := kind.Variables(); !slices.Contains(may, v) {
				return refuse(Invalid, "notice.variable", v, strings.Join(may, " "))
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

// OwnNotices are what the company says of its notices.
func (c *Company) OwnNotices() Notices { return c.notices }

// tells says whether the company tells its customers this.
func (c *Company) tells(n Notice) bool { return c.Notices != "none" && !c.notices[n].Off }

// news is what a notice may be filled in with.
type news struct {
	ahead int
	wait  time.Duration // 0: not known
	agent string
	opens time.Time
}

// notice is the text of a notice, filled in.
func (c *Company) notice(n Notice, x news) string {
	text := c.notices[n].Text
	if text == "" {
		text = n.Default(c.Locale)
	}
	return c.fill(text, x)
}

func (c *Company) fill(text string, x news) string {
	return strings.NewReplacer("{ahead}", placeText(x.ahead), "{place}", placeText(x.ahead+1), "{wait}", waitText(c.Locale, x.wait), "{agent}", x.agent,
		"{company}", c.Name, "{opens}", opensText(c, x.opens)).Replace(text)
}

// Preview is how a text would read, filled in with what could be: for whoever writes it.
func (c *Company) Preview(text string, now time.Time) string {
	agent := ""
	for _, name := range c.names {
		if agent == "" || name < agent {
			agent = name
		}
	}
	tomorrow := now.In(c.Location).AddDate(0, 0, 1)
	opens := time.Date(tomorrow.Year(), tomorrow.Month(), tomorrow.Day(), 9, 0, 0, 0, c.Location)
	return c.fill(text, news{ahead: 3, wait: 5 * time.Minute, agent: agent, opens: opens})
}

// placeText is a number of customers, as far as they are counted.
func placeText(n int) string {
	if n > maxAhead {
		return strconv.Itoa(maxAhead) + "+"
	}
	return strconv.Itoa(n)
}

// waitText is the clause that says how long it takes, no more exact than anybody knows.
func waitText(locale string, d time.Duration) string {
	zh, minutes := locale != "en", int((d+time.Minute-1)/time.Minute)
	if minutes > 10 {
		minutes = (minutes + 4) / 5 * 5
	}
	switch {
	case d <= 0:
		return ""
	case d < time.Minute && zh:
		return "，预计不到 1 分钟"
	case d < time.Minute:
		return ", less than a minute"
	case minutes > 60 && zh:
		return "，预计超过 1 小时"
	case minutes > 60:
		return ", more than an hour"
	case zh:
		return "，预计约 " + strconv.Itoa(minutes) + " 分钟"
	}
	return ", about " + strconv.Itoa(minutes) + " min"
}

// opensText says when it opens, in the company's time.
func opensText(c *Company, t time.Time) string {
	if c.Locale == "en" {
		return t.In(c.Location).Format("2 January 15:04")
	}
	return t.In(c.Location).Format("1月2日 15:04")
}
