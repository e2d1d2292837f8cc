package desk_test

import (
	"testing"
	"time"

	"weir/internal/desk"
)

// sendsPicture has a customer send one, and returns it claimed.
func (r *clocked) sendsPicture() (desk.MediaName, *desk.MediaErrand) {
	r.Helper()
	s := r.writes("o1")
	if err := r.sql(`INSERT INTO messages (company_id, message_id, created_at, session_id, seq, appid, openid, opercode, message_type, data)
		SELECT company_id, gen_random_uuid(), $2, session_id, last_seq + 1, appid, openid, 2, 2, '{"media_id":"m"}' FROM sessions WHERE session_id = $1`, true, s.SessionID, r.hands.now()); err != nil {
		r.Fatal(err)
	}
	if err := r.sql(`UPDATE media SET next_try_at = $1`, true, r.hands.now()); err != nil {
		r.Fatal(err)
	}
	due, err := r.desk.MediaDue(r.Context(), 10)
	if err != nil || len(due) != 1 {
		r.Fatal(due, err)
	}
	e, err := r.desk.TakeMedia(r.Context(), due[0])
	if err != nil || e == nil {
		r.Fatal(e, err)
	}
	return due[0], e
}

func TestAMediumOfWhichNothingIsSaidComesBackThoughItsProcessLives(t *testing.T) {
	r := newClocked(t, "")
	name, first := r.sendsPicture()
	live := func() { // the process says that it lives
		if err := r.desk.Enter(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	due := func() int {
		live()
		due, err := r.desk.MediaDue(t.Context(), 10)
		if err != nil {
			t.Fatal(err)
		}
		return len(due)
	}
	r.hands.move(4 * time.Minute)
	if n := due(); n != 0 {
		t.Errorf("%d are due while it is being fetched", n)
	}
	r.hands.move(2 * time.Minute)
	if n := due(); n != 1 {
		t.Fatalf("%d are due when the claim has run out", n)
	}
	other := r.process()
	again, err := other.TakeMedia(t.Context(), name)
	if err != nil || again == nil || again.Attempts != 2 {
		t.Fatalf("%+v, %v", again, err)
	}
	if err := r.desk.LoseMedia(t.Context(), first, desk.MediaFailed); err != nil {
		t.Fatal(err)
	}
	if err := other.KeepMedia(t.Context(), again, desk.MediaFacts{Mime: "image/png"}); err != nil {
		t.Fatal(err)
	}
	if m := r.messages(r.live("o1")); m[1].Data.Media != desk.MediaKept {
		t.Errorf("who lost the claim had the last word: %+v", m[1].Data)
	}
	if n := due(); n != 0 {
		t.Errorf("%d are due after that", n)
	}
}
