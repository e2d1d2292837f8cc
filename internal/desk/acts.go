package desk

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"strings"

	"weir/internal/id"
	"weir/internal/store"
)

// Agent is who acts. It comes from the login or the API token, never from a form, and carries the company: what is another
// company's is simply not found.
type Agent struct {
	Company id.ID
	UID     int64 // 0: the company itself, through its API
}

// changing is a session under its customer's lock.
type changing struct {
	q        *store.Queries
	company  *Company
	customer *store.Customer
	session  *Session
	change   *Change
}

// change is the one door to a session: its customer is locked, the rule decides, what it left is saved, and only once the
// transaction is in is anybody told: a browser told earlier would look and find the old state.
func (d *Desk) change(ctx context.Context, who Agent, session id.ID, rule func(*changing) error) error {
	c, err := d.companies.now(ctx, who.Company)
	if err != nil {
		return err
	}
	var done Change
	err = d.store.Tx(ctx, who.Company, func(q *store.Queries) error {
		customer, err := q.CustomerLockOfSession(ctx, store.CustomerLockOfSessionParams{CompanyID: who.Company, SessionID: session})
		if err != nil {
			return missing(err, "session.missing")
		}
		row, err := q.SessionGet(ctx, store.SessionGetParams{CompanyID: who.Company, SessionID: session})
		if err != nil {
			return missing(err, "session.missing")
		}
		s := &Session{row}
		was := s.Place()
		done = Change{Company: c, Session: s, Was: &was, Guests: s.Guests, AppID: s.AppID, OpenID: s.OpenID, Agent: was.UID}
		x := &changing{q, c, &customer, s, &done}
		if err := rule(x); err != nil {
			return err
		}
		if len(done.Messages) > 0 {
			if err := insert(ctx, q, done.Messages); err != nil {
				return err
			}
			if err := d.hold(ctx, q, done.Messages); err != nil {
				return err
			}
		}
		return d.save(ctx, q, s)
	})
	if err != nil {
		return err
	}
	d.committed(ctx, []Change{done})
	d.acted(ctx, who)
	return nil
}

// Reply is what an agent says to a customer. Key, where given, makes doing it twice doing it once.
type Reply struct {
	Text string
	Key  string // the Idempotency-Key; "": none

	Type int16 // 0 with no Data.Kind: text
	Data Data
	Wait bool   // what WeChat does not take now waits for the customer's next message
	Of   int32  // the place of a failed message in whose stead it is sent; 0: none
	Read *int32 // the last place that whoever writes it had read when they began; nil: not said, and it is not held back

	Quick int64 // the quick reply that it was made of; 0: none

	admin bool // said by an admin from the monitor, whoever has the session
}

// Reply writes an agent's answer. It stands in the thread at once, queued; the courier carries it to WeChat. again: the key
// was used for the same answer before, and nothing was written.
func (d *Desk) Reply(ctx context.Context, who Agent, session id.ID, r Reply) (m Message, again bool, err error) {
	if err := r.check(); err != nil {
		return Message{}, false, err
	}
	print := r.fingerprint(session, who.UID)
	if m, err := d.replied(ctx, who.Company, &r, print); m != nil || err != nil {
		return val(m), m != nil, err
	}
	err = d.change(ctx, who, session, func(x *changing) error {
		if r.Key != "" { // whoever was faster has written by now: their answer counts, not what has become of the session or the quota
			if _, err := x.q.IdempotencyGet(ctx, store.IdempotencyGetParams{CompanyID: who.Company, Key: r.Key}); err == nil {
				return errAgain
			} else if !errors.Is(err, store.ErrNone) {
				return err
			}
		}
		if err := sendable(x.company.Accounts[x.session.AppID]); err != nil {
			return err
		}
		now := d.now()
		ledger, err := ledger(ctx, x.q, x.customer, now)
		if err != nil {
			return err
		}
		voice, err := x.speak(ctx, who, r.admin, now)
		if err != nil {
			return err
		}
		if err := x.unread(ctx, &r); err != nil {
			return err
		}
		if err := d.resends(ctx, x, &r); err != nil {
			return err
		}
		if err := x.attach(ctx, who, &r); err != nil {
			return err
		}
		if err := x.fill(ctx, &r); err != nil {
			return err
		}
		if err := x.usesQuick(ctx, who, &r, now); err != nil {
			return err
		}
		all, err := r.messages(x, ledger, now)
		if err != nil {
			return err
		}
		for i := range all {
			all[i].Opercode = voice
			x.session.add(&all[i])
			all[i].UID, all[i].CustomerServiceID = who.UID, x.company.Seat(x.session.AppID, who.UID)
		}
		m = all[0]
		if len(all) > 1 {
			m.Parts = len(all)
		}
		if x.session.Of(who.UID) {
			x.session.SeenSeq, x.session.SeenHeard = x.session.LastSeq, x.session.Heard
		}
		x.change.Messages, x.change.Errand = append(x.change.Messages, all...), true
		if r.Key == "" {
			return nil
		}
		return x.q.IdempotencyPut(ctx, store.IdempotencyPutParams{CompanyID: who.Company, Key: r.Key, Fingerprint: print, SessionID: session, Seq: m.Seq, CreatedAt: now})
	})
	if errors.Is(err, errAgain) || store.Conflict(err) && r.Key != "" { // the same request was faster, a moment ago
		if m, err := d.replied(ctx, who.Company, &r, print); m != nil || err != nil {
			return val(m), m != nil, err
		}
	}
	return m, false, err
}

// errAgain: the key was used while we waited for the customer.
var errAgain = errors.New("answered already")

func (r *Reply) check() error {
	r.Text = strings.ReplaceAll(strings.ToValidUTF8(r.Text, "\uFFFD"), "\x00", "")
	if len(r.Key) > 255 || strings.ContainsFunc(r.Key, func(c rune) bool { return c < ' ' || c > '~' }) {
		return refuse(Invalid, "reply.key")
	}
	if r.Type == TypeOther && r.Data.Kind == "" {
		r.Type = TypeText
	}
	if r.Of != 0 {
		return nil // what it says is what the failed one said
	}
	return r.checkContent()
}

// fingerprint tells a repeated request from another one under the same key.
func (r *Reply) fingerprint(session id.ID, uid int64) []byte {
	h := sha256.New()
	h.Write(session[:])
	_ = binary.Write(h, binary.BigEndian, uid)
	if r.admin {
		h.Write([]byte("from the monitor"))
	}
	h.Write([]byte(r.Text))
	if r.Type != TypeText || r.Of != 0 {
		_ = binary.Write(h, binary.BigEndian, [2]int32{int32(r.Type), r.Of})
		h.Write([]byte(r.Data.json()))
	}
	return h.Sum(nil)
}

// replied is the message that came of a key; nil: the key is new.
func (d *Desk) replied(ctx context.Context, company id.ID, r *Reply, print []byte) (*Message, error) {
	if r.Key == "" {
		return nil, nil
	}
	q := d.store.Of(company)
	k, err := q.IdempotencyGet(ctx, store.IdempotencyGetParams{CompanyID: company, Key: r.Key})
	if errors.Is(err, store.ErrNone) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	if string(k.Fingerprint) != string(print) {
		return nil, refuse(Taken, "reply.key-reused")
	}
	row, err := q.MessageAt(ctx, store.MessageAtParams{CompanyID: company, SessionID: &k.SessionID, Seq: &k.Seq})
	if err != nil {
		return nil, err
	}
	m := messageOf(row)
	if n := Parts(r.Text); r.Type == TypeText && r.Of == 0 && n > 1 {
		m.Parts = n
	}
	return &m, nil
}

// save writes a session as a rule left it, with when time is to look at it. turn has left no such time where the state is new.
func (d *Desk) save(ctx context.Context, q *store.Queries, s *Session) error {
	c := d.companies.cached(s.CompanyID)
	if c == nil {
		var err error
		if c, err = d.companies.now(ctx, s.CompanyID); err != nil {
			return err
		}
	}
	if s.In(Queueing) && s.DueAt == nil {
		s.RequeuedAt = ptr(d.now())
		s.reckon(c, d.now())
	}
	s.schedule(c)
	return save(ctx, q, s)
}

// save writes whatever a rule may have changed of a session.
func save(ctx context.Context, q *store.Queries, s *Session) error {
	return q.SessionSave(ctx, store.SessionSaveParams{State: s.State, Type: s.Type, TargetUID: s.TargetUID, GroupID: s.GroupID, ExclusiveUID: s.ExclusiveUID, UID: s.UID,
		CustomerServiceID: s.CustomerServiceID, Priority: s.Priority, QueuedAt: s.QueuedAt, AssignedAt: s.AssignedAt, TakenAt: s.TakenAt, ClosedAt: s.ClosedAt,
		ClosedWhy: s.ClosedWhy, LastSeq: s.LastSeq, SeenSeq: s.SeenSeq, SeenHeard: s.SeenHeard, Version: s.Version, WaitingSince: s.WaitingSince, LastAt: s.LastAt,
		LastOpercode: s.LastOpercode, LastType: s.LastType, LastText: s.LastText,
		Rank: s.rank(), Held: s.Held, HomeGroupID: s.HomeGroupID, DueAt: s.DueAt, LeftUID: s.LeftUID, Guests: s.Guests, RequeuedAt: s.RequeuedAt, NotBefore: s.NotBefore, LeftMessage: s.LeftMessage,
		Owed: s.Owed, ToldOpens: s.ToldOpens, ToldAhead: s.ToldAhead, ToldWait: s.ToldWait, ToldAt: s.ToldAt, AimedBy: s.AimedBy, CompanyID: s.CompanyID, SessionID: s.SessionID})
}

func insert(ctx context.Context, q *store.Queries, messages []Message) error {
	if len(messages) == 0 {
		return nil
	}
	var p store.MessagesInsertParams
	for i := range messages {
		column(&p, &messages[i])
	}
	return q.MessagesInsert(ctx, p)
}

// missing makes "no such row" a refusal that says so.
func missing(err error, say string) error {
	if errors.Is(err, store.ErrNone) {
		return refuse(Missing, say)
	}
	return err
}
