package desk

import (
	"context"
	"strings"
	"time"

	"weir/internal/id"
	"weir/internal/store"
)

// says is what a customer's message, or an act that began a session, is answered with where no rule answers: what is owed to them,
// and where they stand now. "": nothing.
func (h *hearing) says(a *Arrival, d *draft) string {
	s, c := d.session, d.company
	var out []string
	say := func(n Notice, x news) {
		if c.tells(n) {
			out = append(out, c.notice(n, x))
		}
	}
	owed := Notice(s.Owed)
	s.Owed = ""
	switch {
	case s.In(Waiting, Conversing, GroupConversation):
		if owed == NoticeConnected {
			say(NoticeConnected, news{agent: c.AgentName(val(s.UID))})
		}
	case s.early(h.now):
		if n := h.outside(a, d, owed); n != "" {
			say(n, news{opens: *s.NotBefore})
		}
	default:
		if n, x := h.place(d, owed); n != "" {
			say(n, x)
		}
	}
	return strings.Join(out, "\n")
}

// outside is what a customer is told while nobody is there: that it is so, once for each opening; then what they choose; then that
// what they left is noted. "": nothing.
func (h *hearing) outside(a *Arrival, d *draft, owed Notice) Notice {
	s, c := d.session, d.company
	kind := c.outside(s)
	if kind == NoticeOutsideMessage && a.Event == "" {
		s.LeftMessage = true
	}
	asked := s.ToldOpens != nil && kind == NoticeOutside
	told := s.ToldOpens != nil && s.ToldOpens.Equal(*s.NotBefore)
	if c.tells(kind) {
		s.ToldOpens = s.NotBefore
	}
	if asked {
		if chosen := s.choose(a); chosen != "" {
			return chosen
		}
	}
	switch {
	case !told:
		return kind
	case owed == NoticeNoted && s.LeftMessage:
		return NoticeNoted
	}
	return ""
}

// outside is which notice says that nobody is there for a session.
func (c *Company) outside(s *Session) Notice {
	if h := c.hoursOf(s.AppID, val(s.GroupID)); h != nil {
		switch h.Outside {
		case OutsideQueue:
			return NoticeOutsideQueue
		case OutsideMessage:
			return NoticeOutsideMessage
		}
	}
	return NoticeOutside
}

// choose reads what a customer answers outside hours; "": it is no choice.
func (s *Session) choose(a *Arrival) Notice {
	if a.Event != "" || a.Type != TypeText {
		return ""
	}
	switch strings.TrimSpace(a.Text) {
	case "1", "排队":
		s.LeftMessage = false
		return NoticeQueues
	case "2", "留言":
		s.LeftMessage, s.Owed = true, string(NoticeNoted)
		return NoticeLeft
	}
	return ""
}

// place is what a customer is told of their place: the first time where others wait before them, then when it has changed enough
// to matter, and whenever they are back in the queue. "": nothing.
func (h *hearing) place(d *draft, owed Notice) (Notice, news) {
	s, l := d.session, h.stand(d)
	if l == nil || !s.placed(h.now) || l.free {
		return "", news{}
	}
	x := news{ahead: d.ahead, wait: l.wait(d.ahead, s.waited(h.now), h.now)}
	s.ToldAt = &h.now
	kind := NoticeMoved
	switch {
	case owed == NoticeReturned:
		kind = NoticeReturned
	case s.ToldAhead == nil && x.ahead == 0:
		return "", news{}
	case s.ToldAhead == nil:
		kind = NoticeQueued
	case !matters(x.ahead, int(*s.ToldAhead), x.wait, seconds(s.ToldWait)):
		return "", news{}
	}
	s.told(x)
	return kind, x
}

// told remembers which place a customer was told.
func (s *Session) told(x news) {
	ahead := int32(x.ahead)
	s.ToldAhead, s.ToldWait = &ahead, int64(x.wait/time.Second)
}

// stand finds where a session stands in its queue, and puts it there if it is new: those who are heard after it are behind it. nil: nobody counted.
func (h *hearing) stand(d *draft) *line {
	s := d.session
	l := h.lines[s.queue()]
	switch {
	case l == nil:
	case d.was != nil:
		d.ahead = l.ahead(s.rank())
	case !d.stands && s.placed(h.now):
		d.stands, d.ahead = true, l.ahead(s.rank()+1)
		l.ranks = append(l.ranks[:d.ahead:d.ahead], append([]int64{s.rank()}, l.ranks[d.ahead:]...)...)
	}
	return l
}

// notify says a text as the passive reply, and keeps it in the thread.
func (h *hearing) notify(a *Arrival, d *draft, text string) string {
	if text == "" || len(text) > maxPassive {
		return ""
	}
	m := Message{Opercode: Automatic, Type: TypeText, Text: text, CreatedAt: h.now, Delivery: Sent}
	if a.Event == "" {
		m.key = replyKey(a.Key)
	}
	d.add(m, a)
	return text
}

// noticeReserve is how many of the messages that WeChat allows are left to people: a notice takes none of them.
const noticeReserve = 2

// tell has a customer told what an act did to their session: by a message of its own, written with the act, where the company has chosen
// so and enough is left; else by the answer to their next message. It is not told to who has left a message and does not wait.
// The customer is locked, and the session is not saved yet.
func (d *Desk) tell(ctx context.Context, q *store.Queries, c *Company, s *Session, kind Notice) ([]Message, error) {
	s.Owed = ""
	over, reserve := kind == NoticeClosed, noticeReserve
	if over {
		reserve = 0 // nobody writes to the customer any more
	}
	if !c.tells(kind) || s.LeftMessage && !over {
		return nil, nil
	}
	if c.Notices == "all" {
		customer, err := q.CustomerLock(ctx, store.CustomerLockParams{CompanyID: s.CompanyID, AppID: s.AppID, OpenID: s.OpenID})
		if err != nil {
			return nil, err
		}
		l, err := ledger(ctx, q, &customer, d.now())
		if err != nil {
			return nil, err
		}
		if l.Left(d.now()) > reserve {
			text, err := d.act(ctx, q, c, s, kind)
			if err != nil || text == "" {
				return nil, err
			}
			m := Message{Company: s.CompanyID, ID: id.New(), AppID: s.AppID, OpenID: s.OpenID, Opercode: Automatic, Type: TypeText, Text: text, CreatedAt: d.now(), Delivery: Queued}
			s.add(&m)
			return []Message{m}, nil
		}
	}
	if !over { // who writes again after the end begins anew, and is not met with it
		s.Owed = string(kind)
	}
	return nil, nil
}

// act is the text that tells of an act; "": it is not worth a message, because somebody takes the session at once.
func (d *Desk) act(ctx context.Context, q *store.Queries, c *Company, s *Session, kind Notice) (string, error) {
	if kind != NoticeReturned {
		return c.notice(kind, news{agent: c.AgentName(val(s.UID))}), nil
	}
	now := d.now()
	s.reckon(c, now)
	if s.early(now) {
		if kind = c.outside(s); !c.tells(kind) {
			return "", nil
		}
		s.ToldOpens = s.NotBefore
		return c.notice(kind, news{opens: *s.NotBefore}), nil
	}
	lines, err := fronts(ctx, q, map[id.ID]*Company{c.CompanyID: c}, []queue{s.queue()}, val(s.LeftUID), now)
	if err != nil {
		return "", err
	}
	l := lines[s.queue()]
	if !s.placed(now) || l.free {
		return "", nil
	}
	x := news{ahead: l.ahead(s.rank())}
	x.wait = l.wait(x.ahead, 0, now)
	s.told(x)
	s.ToldAt = &now
	return c.notice(kind, x), nil
}

// tell is that for an act on one session.
func (x *changing) tell(ctx context.Context, d *Desk, kind Notice) error {
	said, err := d.tell(ctx, x.q, x.company, x.session, kind)
	x.change.Messages = append(x.change.Messages, said...)
	x.change.Errand = x.change.Errand || len(said) > 0
	return err
}
