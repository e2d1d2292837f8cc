package desk

import (
	"bytes"
	"encoding/json"
	"time"

	"weir/internal/id"
	"weir/internal/store"
)

// Arrival is one callback, verified and read: what a customer did.
type Arrival struct {
	Company       id.ID
	AppID, OpenID string
	At            time.Time // WeChat's CreateTime: the same in every repeat
	Key           string    // the same in every repeat, and in nothing else
	Type          int16     // of a message
	Text          string
	Data          Data
	Tapped        bool   // a tap on an item of a menu message of ours, which arrives as text
	Event         string // lower case; "": it is a message
	EventKey      string
	Raw           string // of an event: the document as it came
}

// replyKey is the key of the passive reply to a message.
func replyKey(key string) string { return "r:" + key }

// maxPassive is how long the text of a passive reply may be, in bytes (WECHAT, section 1.6); maxText, of a message (3.1).
const (
	maxPassive = 2047
	maxText    = 2048
)

// who is a customer, as a key.
type who struct {
	company       id.ID
	appid, openid string
}

func (a *Arrival) who() who { return who{a.Company, a.AppID, a.OpenID} }

// known is what was read before a group of callbacks is decided.
type known struct {
	companies map[id.ID]*Company
	customers map[who]*store.CustomersHearRow
	sessions  map[who]*Session                 // as they were read
	repeats   map[int]Answer                   // which of the group were heard before, and what was said then
	channels  map[code]*store.ChannelsHeardRow // those whose codes were scanned
	lines     map[queue]*line                  // the queues in which somebody may have to be told a place
	now       time.Time
}

// verdict is what was decided about a group of callbacks.
type verdict struct {
	answers []Answer
	drafts  []*draft // the sessions that change, in the order in which they were first heard
	woken   []who    // customers for whom something waited
	lone    []Message
	events  []store.EventInsertParams
	scans   []scan
}

// draft is a session while a group is decided.
type draft struct {
	company *Company
	session *Session
	before  *Session // as it was read; nil: it is new
	was     *Place   // nil: it is new
	added   []Message
	aimed   bool // it is for somebody else than before, or new
	stands  bool // new, it has its place in a queue that was counted
	ahead   int  // how many are before it
}

// hear decides a group of callbacks, in their order. It only looks at what it is given.
func hear(group []*Arrival, k *known) *verdict {
	v := &verdict{answers: make([]Answer, len(group))}
	h := hearing{known: k, verdict: v, open: make(map[who]*draft, len(group)), heard: make(map[repeat]int, len(group))}
	for i, a := range group {
		if said, again := k.repeats[i]; again {
			v.answers[i] = said
			continue
		}
		first, again := h.heard[repeat{a.who(), a.Key}]
		if again {
			v.answers[i] = v.answers[first].again()
			continue
		}
		h.heard[repeat{a.who(), a.Key}] = i
		v.answers[i] = h.one(a)
		if c := k.customers[a.who()]; c != nil && c.Held > 0 {
			v.woken = append(v.woken, a.who())
		}
	}
	for _, d := range v.drafts {
		d.session.schedule(d.company)
	}
	return v
}

type repeat struct {
	who
	key string
}

type hearing struct {
	*known
	*verdict
	open  map[who]*draft
	heard map[repeat]int
}

// one decides one callback and returns what is said to it at once.
func (h *hearing) one(a *Arrival) Answer {
	if a.Event != "" {
		return h.event(a)
	}
	c := h.companies[a.Company]
	d, fresh := h.session(a), false
	var r *rule
	if a.Type == TypeText && (d == nil || !d.session.In(Conversing, GroupConversation)) {
		r = c.rules.text(a.AppID, a.Text)
	}
	if d == nil {
		d, fresh = h.begin(a), true
	}
	if r != nil && (fresh || d.takesAim(aimedByRule(&r.Rule))) {
		d.aimBy(r)
	}
	h.enter(d)
	d.add(Message{Opercode: FromCustomer, Type: a.Type, Text: a.Text, Data: a.Data, CreatedAt: a.At, key: a.Key}, a)
	if d.session.WaitingSince == nil {
		d.session.WaitingSince = &h.now
	}
	if r != nil && len(r.pieces) > 0 {
		h.stand(d)
		return h.reply(a, d, r)
	}
	return saying(h.notify(a, d, h.says(a, d)))
}

// event decides what is no message. A rule answers only a follow, a text of the menu a click, and only a click, a scan or a follow that names its target
// begins a session, whose customer is told where they stand, or takes one that queues elsewhere. What a channel says of its target and greeting goes
// before a rule.
func (h *hearing) event(a *Arrival) Answer {
	c := h.companies[a.Company]
	var r *rule
	if a.Event == "subscribe" {
		r = c.rules.followed(a.AppID)
	}
	d := h.session(a)
	ch := h.channel(a)
	kind, uid, group := h.target(a)
	if kind == "" && r != nil && (r.AssignUID != nil || r.AssignGroupID != nil) {
		kind, uid, group = ToOther, 0, 0
	}
	begins := d == nil && kind != ""
	if begins {
		d = h.begin(a)
		d.session.WaitingSince = &h.now
	}
	by := aimedByKey(c, a, ch)
	switch {
	case d == nil:
	case (uid != 0 && c.AgentName(uid) != "" || group != 0 && c.Groups[group] != nil) && (begins || d.takesAim(by)):
		d.session.aimAt(c, group, uid, by, 0)
		d.aimed = true
	case begins && r != nil:
		d.aimBy(r)
	}
	if d != nil {
		h.enter(d)
		d.session.Version++ // who has it open sees what happened
	}
	if ch != nil {
		h.scans = append(h.scans, scan{a, ch.ChannelID, h.now, a.At.In(c.Location).Format(time.DateOnly)})
		if ch.Greeting != "" {
			r = &rule{pieces: Texts(ch.Greeting)} // no rule answers
		}
	}
	if text := c.tapText(a); text != "" {
		r = &rule{pieces: Texts(text)}
	}
	said := h.reply(a, d, r)
	switch {
	case begins && said.Type == TypeOther:
		said = saying(h.notify(a, d, h.says(a, d)))
	case begins:
		h.stand(d)
	}
	e := store.EventInsertParams{CompanyID: a.Company, EventID: id.New(), AppID: a.AppID, OpenID: a.OpenID, CreatedAt: a.At, Event: a.Event, EventKey: a.EventKey,
		WeChatKey: a.Key, Answer: said.Text, AnswerData: said.kept(), Raw: a.Raw}
	if d != nil {
		e.SessionID = &d.session.SessionID
	}
	if r != nil {
		e.RuleID = ptr(r.RuleID)
	}
	h.events = append(h.events, e)
	return said
}

// target is whom a menu click or QR code is for: its channel says so, or its key: kf_user_{uid}, kf_group_{group id}, kf_other.
func (k *known) target(a *Arrival) (kind string, uid, group int64) {
	key := a.scene()
	if a.Event == "click" {
		key = a.EventKey
	}
	if ch := k.channel(a); ch != nil && ch.TargetUID != nil {
		return ToUser, *ch.TargetUID, 0
	} else if ch != nil && ch.TargetGroupID != nil {
		return ToTeam, 0, *ch.TargetGroupID
	}
	return keyTarget(key)
}

// session is the customer's live session, as this group has left it so far; nil: there is none.
func (h *hearing) session(a *Arrival) *draft {
	if d := h.open[a.who()]; d != nil {
		return d
	}
	s := h.sessions[a.who()]
	if s == nil {
		return nil
	}
	is, was := *s, s.Place()
	return h.keep(a, &draft{session: &is, before: s, was: &was})
}

// begin makes a session for a customer who has none. It queues; who gets it is decided when it is given out.
func (h *hearing) begin(a *Arrival) *draft {
	s := &Session{store.Session{CompanyID: a.Company, SessionID: id.New(), AppID: a.AppID, OpenID: a.OpenID, State: int16(Queueing), Type: ToOther,
		CreatedAt: h.now, QueuedAt: h.now, OldestAt: h.now, LastAt: a.At, LastOpercode: int16(FromCustomer)}}
	if c := h.customers[a.who()]; c != nil {
		s.ExclusiveUID = c.ExclusiveUID
	}
	c := h.companies[a.Company]
	s.GroupID = ptr(c.defaultGroup(a.AppID))
	s.Priority = c.priorityOf(val(s.GroupID))
	return h.keep(a, &draft{session: s, aimed: true})
}

// enter settles what follows from whom a session is for: whether it is kept for somebody, and from when on somebody is there.
func (h *hearing) enter(d *draft) {
	if !d.aimed {
		return
	}
	d.aimed = false
	d.session.hold(d.company, h.presence(d.session), h.now)
	d.session.reckon(d.company, h.now)
}

// presence is that of the session's exclusive agent.
func (h *hearing) presence(s *Session) string {
	if c := h.customers[who{s.CompanyID, s.AppID, s.OpenID}]; c != nil {
		return c.ExclusivePresence
	}
	return ""
}

func (h *hearing) keep(a *Arrival, d *draft) *draft {
	d.company = h.companies[a.Company]
	h.open[a.who()] = d
	h.drafts = append(h.drafts, d)
	return d
}

// takesAim says whether a rule, a menu or a QR code may send a session elsewhere that was there before: it queues, no person said where, and it is
// not there by the same already.
func (d *draft) takesAim(by Aim) bool {
	s := d.session
	if !s.In(Queueing) || s.aimedByPerson() {
		return false
	}
	was := s.Aimed()
	return was == nil || was.Kind != by.Kind || was.Rule != by.Rule || was.Key != by.Key
}

// aimBy sends the session where a rule says.
func (d *draft) aimBy(r *rule) {
	if r.AssignUID != nil || r.AssignGroupID != nil {
		d.session.aimAt(d.company, val(r.AssignGroupID), val(r.AssignUID), aimedByRule(&r.Rule), r.AssignPriority)
		d.aimed = true
	}
}

func (d *draft) add(m Message, a *Arrival) {
	m.Company, m.ID, m.AppID, m.OpenID = a.Company, id.New(), a.AppID, a.OpenID
	d.session.add(&m)
	d.added = append(d.added, m)
}

// reply answers with what a rule says: the first at once where it can, which costs no quota, the others through the outbox.
func (h *hearing) reply(a *Arrival, d *draft, r *rule) (said Answer) {
	if r == nil {
		return Answer{}
	}
	for i := range r.pieces {
		kind, text, data := r.pieces[i].says()
		m := Message{Opercode: Automatic, Type: kind, Text: text, Data: data, CreatedAt: h.now, RuleID: r.RuleID, Delivery: Queued}
		if i == 0 && h.companies[a.Company].media.atOnce(a.AppID, kind, text, &m.Data, h.now) {
			said, m.Delivery = Answer{Type: kind, Text: text, Data: m.Data}, Sent
			if a.Event == "" {
				m.key = replyKey(a.Key)
			}
		}
		switch {
		case d != nil:
			d.add(m, a)
		case m.Delivery == Queued: // what was said at once stands with the event
			m.Company, m.ID, m.AppID, m.OpenID = a.Company, id.New(), a.AppID, a.OpenID
			h.lone = append(h.lone, m)
		}
	}
	return said
}

// changes are what is to be told once the verdict is in.
func (v *verdict) changes(k *known) []Change {
	out := make([]Change, 0, len(v.drafts)+len(v.lone))
	for _, d := range v.drafts {
		c := Change{Company: d.company, Session: d.session, Was: d.was, Messages: d.added, AppID: d.session.AppID, OpenID: d.session.OpenID}
		for i := range d.added {
			c.Errand = c.Errand || d.added[i].Delivery == Queued
		}
		out = append(out, c)
	}
	for _, m := range v.lone {
		out = append(out, Change{Company: k.companies[m.Company], AppID: m.AppID, OpenID: m.OpenID, Errand: true})
	}
	for _, w := range v.woken {
		out = append(out, Change{Company: k.companies[w.company], AppID: w.appid, OpenID: w.openid, Errand: true})
	}
	return out
}

// keeping puts the verdict into the columns that are written.
func (v *verdict) keeping() *store.Keeping {
	k := &store.Keeping{Events: v.events}
	v.count(k)
	s := &k.Sessions
	for _, d := range v.drafts {
		x := &d.session.Session
		for i := range d.added {
			column(&k.Messages, &d.added[i])
		}
		if d.before != nil && onlyHeard(d.before, d.session) {
			heard(&k.Heard, x)
			continue
		}
		s.CompanyIDs, s.SessionIDs = append(s.CompanyIDs, x.CompanyID), append(s.SessionIDs, x.SessionID)
		s.AppIDs, s.OpenIDs, s.Types = append(s.AppIDs, x.AppID), append(s.OpenIDs, x.OpenID), append(s.Types, x.Type)
		s.TargetUIDs, s.GroupIDs = append(s.TargetUIDs, val(x.TargetUID)), append(s.GroupIDs, val(x.GroupID))
		s.ExclusiveUIDs, s.CreatedAts = append(s.ExclusiveUIDs, val(x.ExclusiveUID)), append(s.CreatedAts, x.CreatedAt)
		s.OldestAts, s.LastSeqs = append(s.OldestAts, x.OldestAt), append(s.LastSeqs, x.LastSeq)
		s.Heards = append(s.Heards, x.Heard)
		s.Versions, s.WaitingSinces = append(s.Versions, x.Version), append(s.WaitingSinces, val(x.WaitingSince))
		s.LastAts, s.LastOpercodes = append(s.LastAts, x.LastAt), append(s.LastOpercodes, x.LastOpercode)
		s.LastTypes, s.LastTexts = append(s.LastTypes, x.LastType), append(s.LastTexts, x.LastText)
		s.Helds, s.HomeGroupIDs, s.DueAts = append(s.Helds, x.Held), append(s.HomeGroupIDs, val(x.HomeGroupID)), append(s.DueAts, val(x.DueAt))
		s.NotBefores, s.LeftMessages = append(s.NotBefores, val(x.NotBefore)), append(s.LeftMessages, x.LeftMessage)
		s.Oweds, s.ToldOpens, s.ToldAheads = append(s.Oweds, x.Owed), append(s.ToldOpens, val(x.ToldOpens)), append(s.ToldAheads, orNone(x.ToldAhead))
		s.ToldWaits, s.ToldAts = append(s.ToldWaits, x.ToldWait), append(s.ToldAts, val(x.ToldAt))
		s.Priorities, s.Ranks, s.AimedBys = append(s.Priorities, x.Priority), append(s.Ranks, d.session.rank()), append(s.AimedBys, string(x.AimedBy))
	}
	for i := range v.lone {
		column(&k.Messages, &v.lone[i])
	}
	return k
}

// onlyHeard says whether nothing of a session has changed but what SessionsHeard writes. What a pointer points at is never changed, so
// another pointer is another value; where it is not, the session is only written the long way.
func onlyHeard(was, is *Session) bool {
	return was.Type == is.Type && was.TargetUID == is.TargetUID && was.GroupID == is.GroupID && was.ExclusiveUID == is.ExclusiveUID && was.Held == is.Held &&
		was.HomeGroupID == is.HomeGroupID && was.DueAt == is.DueAt && was.NotBefore == is.NotBefore && was.LeftMessage == is.LeftMessage &&
		was.Owed == is.Owed && was.ToldOpens == is.ToldOpens && was.ToldAhead == is.ToldAhead && was.ToldWait == is.ToldWait && was.ToldAt == is.ToldAt &&
		was.Priority == is.Priority && was.Rank == is.rank() && bytes.Equal(was.AimedBy, is.AimedBy)
}

// heard adds a session of which nothing else has changed to the columns that are written.
func heard(p *store.SessionsHeardParams, x *store.Session) {
	p.CompanyIDs, p.SessionIDs, p.OldestAts = append(p.CompanyIDs, x.CompanyID), append(p.SessionIDs, x.SessionID), append(p.OldestAts, x.OldestAt)
	p.LastSeqs, p.Heards, p.Versions = append(p.LastSeqs, x.LastSeq), append(p.Heards, x.Heard), append(p.Versions, x.Version)
	p.WaitingSinces, p.LastAts = append(p.WaitingSinces, val(x.WaitingSince)), append(p.LastAts, x.LastAt)
	p.LastOpercodes, p.LastTypes, p.LastTexts = append(p.LastOpercodes, x.LastOpercode), append(p.LastTypes, x.LastType), append(p.LastTexts, x.LastText)
}

// orNone is a number in a column in which -1 is none.
func orNone(n *int32) int32 {
	if n == nil {
		return -1
	}
	return *n
}

// column adds a message to the columns that are written.
func column(p *store.MessagesInsertParams, m *Message) {
	p.CompanyIDs, p.MessageIDs, p.CreatedAts = append(p.CompanyIDs, m.Company), append(p.MessageIDs, m.ID), append(p.CreatedAts, m.CreatedAt)
	p.SessionIDs, p.Seqs = append(p.SessionIDs, m.SessionID), append(p.Seqs, m.Seq)
	p.AppIDs, p.OpenIDs, p.UIDs = append(p.AppIDs, m.AppID), append(p.OpenIDs, m.OpenID), append(p.UIDs, m.UID)
	p.CustomerServiceIDs, p.Opercodes = append(p.CustomerServiceIDs, m.CustomerServiceID), append(p.Opercodes, int16(m.Opercode))
	p.MessageTypes, p.Texts, p.Datas = append(p.MessageTypes, m.Type), append(p.Texts, m.Text), append(p.Datas, m.Data.json())
	p.WeChatKeys, p.RuleIDs, p.Versions = append(p.WeChatKeys, m.key), append(p.RuleIDs, m.RuleID), append(p.Versions, m.Version)
	p.Deliveries = append(p.Deliveries, string(m.Delivery))
}

func (d *Data) json() string {
	if *d == (Data{}) {
		return ""
	}
	b, _ := json.Marshal(d) // strings and numbers always can be
	return string(b)
}
