package desk

import (
	"context"
	"time"

	"weir/internal/id"
	"weir/internal/store"
)

// messages are those that a reply becomes. They fit into what WeChat still allows, or all of them wait for the customer's next message
// where the agent chose so, or it is refused: a reply is never sent by half.
func (r *Reply) messages(x *changing, l Ledger, now time.Time) ([]Message, error) {
	texts := []string{r.Text}
	if r.Type == TypeText {
		texts = parts(r.Text, maxText)
	}
	out := make([]Message, len(texts))
	for i, text := range texts {
		out[i] = Message{Company: x.session.CompanyID, ID: id.New(), AppID: x.session.AppID, OpenID: x.session.OpenID, Opercode: FromAgent, Type: r.Type, Text: text,
			Data: r.Data, CreatedAt: now, Delivery: Queued}
	}
	if !out[0].counts() {
		return out, nil
	}
	err := l.Fits(len(out), now)
	if err != nil && r.Wait {
		for i := range out {
			out[i].wait(windowKey(x.customer))
		}
		return out, nil
	}
	return out, err
}

// wait has a message wait for a window other than this one.
func (m *Message) wait(window string) {
	out := val(m.Data.Out)
	out.Since = window
	m.Data.Out, m.Reason = &out, waitsReason
}

// resends fills a reply with the failed message in whose stead it is sent, and marks that one: nobody sends it a third time by
// mistake.
func (d *Desk) resends(ctx context.Context, x *changing, r *Reply) error {
	if r.Of == 0 {
		return nil
	}
	row, err := x.q.MessageAt(ctx, store.MessageAtParams{CompanyID: x.session.CompanyID, SessionID: &x.session.SessionID, Seq: &r.Of})
	if err != nil {
		return missing(err, "message.missing")
	}
	m := messageOf(row)
	switch {
	case m.Opercode == FromCustomer || m.Delivery != Failed && m.Delivery != Uncertain:
		return refuse(Invalid, "reply.not-failed")
	case m.ResentSeq != 0:
		return refuse(Taken, "reply.resent")
	}
	r.Type, r.Text, r.Data = m.Type, m.Text, m.Data
	if r.Data.Out != nil {
		out := *r.Data.Out
		out.Since = ""
		r.Data.Out = &out
	}
	x.session.Version++
	m.ResentSeq, m.Version = x.session.LastSeq+1, x.session.Version
	x.change.Updated = append(x.change.Updated, m)
	return x.q.MessageResent(ctx, store.MessageResentParams{CompanyID: m.Company, MessageID: m.ID, CreatedAt: m.CreatedAt, ResentSeq: m.ResentSeq, Version: m.Version})
}

// hold writes which of new messages wait, and notes it with their customer.
func (d *Desk) hold(ctx context.Context, q *store.Queries, messages []Message) error {
	waits := false
	for i := range messages {
		if m := &messages[i]; m.Waits() {
			waits = true
			if err := q.MessageReasonSet(ctx, store.MessageReasonSetParams{CompanyID: m.Company, MessageID: m.ID, CreatedAt: m.CreatedAt, DeliveryReason: m.Reason}); err != nil {
				return err
			}
		}
	}
	if !waits {
		return nil
	}
	return held(ctx, q, &messages[0])
}

// held counts anew what waits for a customer.
func held(ctx context.Context, q *store.Queries, m *Message) error {
	return q.CustomerHeldSet(ctx, store.CustomerHeldSetParams{CompanyID: m.Company, AppID: m.AppID, OpenID: m.OpenID})
}

// Withdraw takes back a message that waits for its customer: it is not sent any more.
func (d *Desk) Withdraw(ctx context.Context, who Agent, session id.ID, seq int32) error {
	return d.decide(ctx, who, session, seq, func(m *Message) (*time.Time, error) {
		if !m.Waits() {
			return nil, refuse(Taken, "reply.not-waiting")
		}
		m.Delivery, m.Code, m.Reason = Failed, 0, "delivery.withdrawn"
		return nil, nil
	})
}

// Vouch says that a message arrived of which nobody knew: whoever says it has seen it, or heard so from the customer.
func (d *Desk) Vouch(ctx context.Context, who Agent, session id.ID, seq int32) error {
	return d.decide(ctx, who, session, seq, func(m *Message) (*time.Time, error) {
		if m.Delivery != Uncertain {
			return nil, refuse(Taken, "reply.not-uncertain")
		}
		m.Delivery, m.Code, m.Reason = Sent, 0, ""
		return ptr(d.now()), nil
	})
}

// decide has a person who serves the session decide what became of a message in it, and when it was sent.
func (d *Desk) decide(ctx context.Context, who Agent, session id.ID, seq int32, how func(*Message) (*time.Time, error)) error {
	return d.change(ctx, who, session, func(x *changing) error {
		row, err := x.q.MessageAt(ctx, store.MessageAtParams{CompanyID: who.Company, SessionID: &session, Seq: &seq})
		if err != nil {
			return missing(err, "message.missing")
		}
		if who.UID != 0 && !x.session.Joined(who.UID) {
			return refuse(Denied, "session.not-yours")
		}
		m := messageOf(row)
		sentAt, err := how(&m)
		if err != nil {
			return err
		}
		x.session.Version++
		m.Version = x.session.Version
		x.change.Updated = append(x.change.Updated, m)
		if err := writeDelivery(ctx, x.q, &m, nil, sentAt); err != nil {
			return err
		}
		return held(ctx, x.q, &m)
	})
}
