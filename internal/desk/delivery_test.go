package desk_test

import (
	"testing"

	"weir/internal/desk"
)

func TestAReaderIsToldOfTheDeliveryOfWhatTheyHaveSeen(t *testing.T) {
	r := newRoom(t)
	r.online(yu)
	r.receive(r.text("o1", "在吗"))
	r.until("assigned", func() bool { return r.live("o1").In(desk.Waiting) })
	m, _, err := r.desk.Reply(t.Context(), r.agent(yu), r.live("o1").SessionID, desk.Reply{Text: "在的"})
	if err != nil {
		t.Fatal(err)
	}
	s := r.live("o1")
	seen := s.Version
	if changed, err := r.desk.MessagesChanged(t.Context(), s, m.Seq, seen); err != nil || len(changed) != 0 {
		t.Fatalf("before it is sent: %v, %v", changed, err)
	}
	e, _, err := r.desk.TakeErrand(t.Context(), r.company, appid, "o1")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.desk.Delivered(t.Context(), e, desk.Outcome{Delivery: desk.Sent}); err != nil {
		t.Fatal(err)
	}
	changed, err := r.desk.MessagesChanged(t.Context(), r.live("o1"), m.Seq, seen)
	if err != nil || len(changed) != 1 || changed[0].Delivery != desk.Sent {
		t.Errorf("after it was sent: %+v, %v", changed, err)
	}
}
