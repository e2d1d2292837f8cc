package desk_test

import (
	"testing"

	"weir/internal/desk"
)

func TestOnlyWhoServesTheCustomerDecidesWhatBecameOfAMessage(t *testing.T) {
	r := newRoom(t)
	r.receive(r.text("o1", "你好"))
	s := r.live("o1")
	if err := r.desk.Accept(t.Context(), r.agent(yu), s.SessionID); err != nil {
		t.Fatal(err)
	}
	m, _, err := r.desk.Reply(t.Context(), r.agent(yu), s.SessionID, desk.Reply{Text: "在的"})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.desk.Vouch(t.Context(), r.agent(yu), s.SessionID, m.Seq); desk.KindOf(err) != desk.Taken {
		t.Errorf("of one that queues it is answered %v", err)
	}
	if err := r.sql("UPDATE messages SET delivery = 'uncertain', delivery_reason = 'delivery.uncertain' WHERE seq = $1", true, m.Seq); err != nil {
		t.Fatal(err)
	}
	stranger := desk.Agent{Company: r.agent(yu).Company, UID: ming}
	for name, act := range map[string]func() error{
		"a colleague vouches":   func() error { return r.desk.Vouch(t.Context(), stranger, s.SessionID, m.Seq) },
		"a colleague withdraws": func() error { return r.desk.Withdraw(t.Context(), stranger, s.SessionID, m.Seq) },
	} {
		if err := act(); desk.KindOf(err) != desk.Denied {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := r.desk.Vouch(t.Context(), r.agent(yu), s.SessionID, 99); desk.KindOf(err) != desk.Missing {
		t.Errorf("of what there is not it is answered %v", err)
	}
	if err := r.desk.Vouch(t.Context(), r.agent(yu), s.SessionID, m.Seq); err != nil {
		t.Fatal(err)
	}
	if got := r.messages(r.live("o1"))[1]; got.Delivery != desk.Sent || got.Reason != "" {
		t.Errorf("it is %+v", got)
	}
}
