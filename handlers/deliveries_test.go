package handlers_test

import (
	"fmt"
	"testing"
)

func TestWhatWaitsIsTakenBackThroughTheAPI(t *testing.T) {
	r := newRoom(t)
	s := "/sessions/" + r.served("oA")
	say := func(text string, wait bool, status int) answer {
		t.Helper()
		a := r.ask("POST", s+"/messages", map[string]any{"uid": yu, "text": text, "wait": wait}, "Idempotency-Key", fmt.Sprintf("%x%t", text, wait))
		if a.status != status {
			t.Fatalf("%s: %s; want %d", text, a, status)
		}
		return a
	}
	for i := range 5 {
		say(fmt.Sprint(i), false, 201)
	}
	say("五", false, 403)
	m := say("五", true, 201)
	if m.at("delivery") != "queued" || m.at("delivery_reason") != "delivery.waits" {
		t.Fatalf("it does not wait: %s", m)
	}
	path := fmt.Sprintf("%s/messages/%v", s, m.at("seq"))
	if a := r.ask("DELETE", s+"/messages/1", nil); a.status != 409 {
		t.Errorf("taking back what the customer wrote: %s", a)
	}
	if a := r.ask("DELETE", s+"/messages/99", nil); a.status != 404 {
		t.Errorf("taking back what there is not: %s", a)
	}
	if a := r.ask("DELETE", path, nil); a.status != 204 {
		t.Fatalf("%s", a)
	}
	if a := r.ask("DELETE", path, nil); a.status != 409 {
		t.Errorf("taking it back twice: %s", a)
	}
	for _, x := range r.must("GET", s+"/messages", nil).items() {
		if x["seq"] == m.at("seq") && (x["delivery"] != "failed" || x["delivery_reason"] != "delivery.withdrawn") {
			t.Errorf("it is %v", x)
		}
	}
}
