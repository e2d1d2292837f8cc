package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"weir/internal/id"
	"weir/internal/store"
)

// Errand is a message that is to be carried to WeChat now. Whoever took it is the only one who carries it.
type Errand struct {
	Message Message
	company *Company
	taken   time.Time
}

// Outcome is what became of an errand.
type Outcome struct {
	Delivery Delivery
	Code     int           // WeChat's code; 0: it said none
	Reason   string        // the key of the sentence that says why
	Retry    time.Duration // of Queued: when to try again
	Shut     bool          // WeChat says that nothing more may be sent
	NotTaken bool          // WeChat surely did not take it, so it does not count
	Blocked  bool          // it is about the customer and not about the message: nothing reaches them
	Gone     bool          // they do not follow any more
	Trouble  *Trouble      // nothing of this account can be sent
	MediaID  string        // what WeChat calls the medium that it carried
	MsgID    string        // what WeChat calls a template message, of which it tells later
}

// Due are customers for whom there is something to be sent now, as many as most. It is asked at the start and every few seconds: in the
// ordinary course whoever wrote a message says so.
func (d *Desk) Due(ctx context.Context, most int) ([]store.ErrandsDueRow, error) {
	now := d.now()
	var out []store.ErrandsDueRow
	err := d.EachCompanies(ctx, func(companies []id.ID) error {
		rows, err := d.store.Across(companies).ErrandsDue(ctx, store.ErrandsDueParams{CompanyIDs: companies, At: now, AliveSince: now.Add(-Lease), Max: int32(most)})
		out = append(out, rows...)
		return err
	})
	return out, err
}

// TakeErrand takes the next message to a customer: one at a time, in order. nil: there is none that could go now; wait, where not zero, says
// when there will be.
func (d *Desk) TakeErrand(ctx context.Context, company id.ID, appid, openid string) (e *Errand, wait time.Duration, err error) {
	c, err := d.companies.now(ctx, company)
	if err != nil {
		return nil, 0, err
	}
	var updated []Message
	err = d.store.Tx(ctx, company, func(q *store.Queries) error {
		e, wait, updated = nil, 0, nil
		customer, err := q.CustomerLock(ctx, store.CustomerLockParams{CompanyID: company, AppID: appid, OpenID: openid})
		if err != nil {
			return err
		}
		if wait = stopped(c, appid, d.now()); wait > 0 {
			return nil
		}
		rows, err := q.MessagesToSend(ctx, store.MessagesToSendParams{CompanyID: company, AppID: appid, OpenID: openid, Open: LedgerOf(&customer, 0).Refuse(d.now()) == nil,
			WindowKey: windowKey(&customer), Max: 20})
		if err != nil {
			return err
		}
		for _, row := range rows {
			m := messageOf(row)
			next, err := d.next(ctx, q, &m, customer, val(row.SendingBy))
			if err != nil {
				return err
			}
			switch next {
			case goes:
				updated = append(updated, m)
				e = &Errand{m, c, d.now()}
				d.carried.Store(m.ID, true)
				return d.probes(ctx, q, c, appid)
			case settled:
				updated = append(updated, m)
			case waits:
				wait = m.NextTryAt.Sub(d.now())
				return nil
			case busy:
				return nil
			}
		}
		return nil
	})
	if err != nil && e != nil { // nobody is given it, whatever the row says
		d.carried.Delete(e.Message.ID)
	}
	if errors.Is(err, errProbed) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("take an errand to %s: %w", openid, err)
	}
	if len(updated) > 0 {
		d.committed(ctx, []Change{{Company: c, AppID: appid, OpenID: openid, Updated: updated}})
	}
	return e, wait, nil
}

// errProbed: another process tries a message of the account just now.
var errProbed = errors.New("somebody else tries")

type step int

const (
	goes    step = iota // it is to be sent now
	settled             // it will not be sent now: it has failed, is uncertain, or waits for the customer's next message
	waits               // it is not its time yet
	busy                // somebody is sending it
)

// next decides about the first of the messages to a customer.
func (d *Desk) next(ctx context.Context, q *store.Queries, m *Message, c store.Customer, sender id.ID) (step, error) {
	now := d.now()
	if _, carried := d.carried.Load(m.ID); m.Delivery == Sending && sender == d.instance && !carried {
		return goes, nil // it was taken, and the database's answer was lost: it never set out, and is counted
	}
	if m.Delivery == Sending {
		alive, err := q.InstanceAlive(ctx, store.InstanceAliveParams{InstanceID: sender, AliveSince: now.Add(-Lease)})
		if err != nil || alive {
			return busy, err
		}
		// Who was sending it died in the middle: WeChat may have it or not.
		return settled, d.settle(ctx, q, m, Outcome{Delivery: Uncertain, Reason: "delivery.interrupted"})
	}
	if m.NextTryAt.After(now) {
		return waits, nil
	}
	if l := LedgerOf(&c, 0); m.counts() && l.Left(now) == 0 {
		if m.mayWait() {
			if err := d.settle(ctx, q, m, Outcome{Delivery: Queued, Reason: waitsReason}); err != nil {
				return settled, err
			}
			return settled, held(ctx, q, m)
		}
		why := Outcome{Delivery: Failed, Code: 45015, Reason: "wechat.45015"}
		if l.Window(now).Open(now) {
			why = Outcome{Delivery: Failed, Code: 45047, Reason: "wechat.45047"}
		}
		return settled, d.settle(ctx, q, m, why)
	}
	waited := m.Waits()
	m.Attempts++
	m.Delivery, m.Code, m.Reason = Sending, 0, ""
	if err := d.deliver(ctx, q, m, &d.instance); err != nil {
		return busy, err
	}
	if waited {
		if err := held(ctx, q, m); err != nil {
			return busy, err
		}
	}
	return goes, m.use(ctx, q, 1)
}

// use counts a message against what WeChat allows, or takes it back.
func (m *Message) use(ctx context.Context, q *store.Queries, change int32) error {
	if !m.counts() {
		return nil
	}
	return q.CustomerQuotaUse(ctx, store.CustomerQuotaUseParams{CompanyID: m.Company, AppID: m.AppID, OpenID: m.OpenID, Change: change})
}

// Delivered keeps what became of an errand. It may be told again, when nobody knows whether it was kept: what is kept, and what another
// process took over because it thought us dead, stays as it is.
func (d *Desk) Delivered(ctx context.Context, e *Errand, o Outcome) error {
	m, kept := e.Message, false
	err := d.store.Tx(ctx, m.Company, func(q *store.Queries) error {
		m = e.Message
		if _, err := q.CustomerLock(ctx, store.CustomerLockParams{CompanyID: m.Company, AppID: m.AppID, OpenID: m.OpenID}); err != nil {
			return err
		}
		row, err := q.MessageGet(ctx, store.MessageGetParams{CompanyID: m.Company, MessageID: m.ID, CreatedAt: m.CreatedAt})
		if err != nil {
			return err
		}
		if kept = val(row.SendingBy) != d.instance || row.Attempts != m.Attempts; kept {
			return nil
		}
		if o.NotTaken {
			if err := m.use(ctx, q, -1); err != nil {
				return err
			}
		}
		if o.Shut && m.counts() {
			if err := q.CustomerQuotaShut(ctx, store.CustomerQuotaShutParams{CompanyID: m.Company, AppID: m.AppID, OpenID: m.OpenID, Asked: e.taken, Until: d.shut(o)}); err != nil {
				return err
			}
		}
		if err := d.reached(ctx, q, e, o); err != nil {
			return err
		}
		if o.Delivery == Sent && (m.Opercode == FromAgent || m.Opercode == ToGroup) {
			if err := q.CustomerReplied(ctx, store.CustomerRepliedParams{CompanyID: m.Company, AppID: m.AppID, OpenID: m.OpenID, At: d.now()}); err != nil {
				return err
			}
		}
		if o.Shut && m.mayWait() {
			o.Delivery, o.Code, o.Reason = Queued, 0, waitsReason
		}
		if o, err = m.accepted(ctx, q, o); err != nil {
			return err
		}
		if err := d.settle(ctx, q, &m, o); err != nil {
			return err
		}
		if err := d.named(ctx, q, &m, o.MediaID); err != nil {
			return err
		}
		if m.Waits() {
			if err := held(ctx, q, &m); err != nil {
				return err
			}
		}
		return d.heed(ctx, q, e.company, &m, o)
	})
	if err != nil {
		return fmt.Errorf("keep the delivery of %s: %w", m.ID, err)
	}
	d.carried.Delete(m.ID)
	if kept {
		return nil
	}
	d.committed(ctx, []Change{{Company: e.company, AppID: m.AppID, OpenID: m.OpenID, Updated: []Message{m}, Errand: o.Delivery == Queued,
		Account: o.Trouble != nil || troubleOf(e.company.Accounts[m.AppID]) != nil}})
	return nil
}

// named notes with a message what WeChat calls the medium that it carried: other programs read it.
func (d *Desk) named(ctx context.Context, q *store.Queries, m *Message, mediaID string) error {
	if mediaID == "" || mediaID == m.Data.MediaID {
		return nil
	}
	m.Data.MediaID = mediaID
	return q.MessageDataSet(ctx, store.MessageDataSetParams{CompanyID: m.Company, MessageID: m.ID, CreatedAt: m.CreatedAt, Data: []byte(m.Data.json()), Version: m.Version})
}

// reached notes with the customer whether WeChat takes messages to them.
func (d *Desk) reached(ctx context.Context, q *store.Queries, e *Errand, o Outcome) error {
	m := &e.Message
	if o.Gone {
		if err := q.CustomerGone(ctx, store.CustomerGoneParams{CompanyID: m.Company, AppID: m.AppID, OpenID: m.OpenID, At: d.now(), Asked: e.taken}); err != nil {
			return err
		}
	}
	if !o.Blocked {
		return nil
	}
	return q.CustomerUnreachableSet(ctx, store.CustomerUnreachableSetParams{CompanyID: m.Company, AppID: m.AppID, OpenID: m.OpenID, Code: ptr(int32(o.Code))})
}

// shut is when the window closes after WeChat refused: now, where it says the time is over; else it runs on, used up.
func (d *Desk) shut(o Outcome) time.Time {
	if o.Code == 45015 {
		return d.now()
	}
	return d.now().Add(100 * 24 * time.Hour)
}

func (d *Desk) settle(ctx context.Context, q *store.Queries, m *Message, o Outcome) error {
	m.Delivery, m.Code, m.Reason = o.Delivery, o.Code, o.Reason
	if o.Delivery == Queued {
		m.NextTryAt = d.now().Add(o.Retry)
	}
	return d.deliver(ctx, q, m, nil)
}

// deliver writes a message's delivery, and turns its session so that readers of the thread look again.
func (d *Desk) deliver(ctx context.Context, q *store.Queries, m *Message, sender *id.ID) error {
	if !m.SessionID.Zero() {
		v, err := q.SessionTurn(ctx, store.SessionTurnParams{CompanyID: m.Company, SessionID: m.SessionID})
		if err != nil {
			return err
		}
		m.Version = v
	}
	var at *time.Time
	if m.Delivery == Sent {
		at = ptr(d.now())
	}
	return writeDelivery(ctx, q, m, sender, at)
}

func writeDelivery(ctx context.Context, q *store.Queries, m *Message, sender *id.ID, sentAt *time.Time) error {
	p := store.MessageDeliverySetParams{CompanyID: m.Company, MessageID: m.ID, CreatedAt: m.CreatedAt, Delivery: ptr(string(m.Delivery)), DeliveryReason: m.Reason,
		Attempts: m.Attempts, SendingBy: sender, Version: m.Version, NextTryAt: ptr(m.NextTryAt), SentAt: sentAt}
	if m.Code != 0 {
		p.DeliveryCode = ptr(int32(m.Code))
	}
	_, err := q.MessageDeliverySet(ctx, p)
	return err
}
