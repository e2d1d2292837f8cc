package desk_test

import (
	"strings"
	"testing"
	"time"

	"weir/internal/desk"
	"weir/internal/id"
)

// noted is what stands as noted about a session.
func (r *room) noted(s *desk.Session) []desk.Note {
	r.Helper()
	notes, err := r.desk.Notes(r.Context(), s)
	r.ok(err)
	return notes
}

func (r *room) mentions(uid int64) []desk.Mention {
	r.Helper()
	m, err := r.desk.Mentions(r.Context(), r.agent(uid))
	r.ok(err)
	return m
}

func TestANoteIsNoMessageAndReachesNobodyButColleagues(t *testing.T) {
	r := newRoom(t)
	r.staff()
	r.online(yu)
	s := r.with("o1", yu)
	before, err := r.desk.MessagesAfter(t.Context(), s, 0, 100)
	r.ok(err)
	key := id.New().String()
	for range 2 { // the second time it is there already
		r.ok(r.desk.WriteNote(t.Context(), r.agent(yu), s.SessionID, "  客户很急，\r\n先查发票 ", key, nil))
	}
	r.ok(r.desk.WriteNote(t.Context(), r.agent(boss), s.SessionID, "语气缓一点", "", nil)) // whispered
	notes := r.noted(s)
	if len(notes) != 2 || notes[0].Text != "客户很急，\n先查发票" || notes[0].UID != yu || notes[0].Seq != s.LastSeq || notes[1].UID != boss {
		t.Fatalf("noted: %+v", notes)
	}
	after, err := r.desk.MessagesAfter(t.Context(), s, 0, 100)
	r.ok(err)
	if now := r.live("o1"); len(after) != len(before) || now.LastSeq != s.LastSeq || now.Version != s.Version {
		t.Errorf("%d messages became %d, version %d became %d: a note is no message", len(before), len(after), s.Version, now.Version)
	}
	r.effects.mu.Lock()
	defer r.effects.mu.Unlock()
	for _, c := range r.effects.changes {
		if !c.Noted.Zero() && (c.Errand || len(c.Messages) > 0 || c.Session != nil) {
			t.Errorf("a note was told of as more than one: %+v", c)
		}
	}
}

func TestWhoMaySeeASessionMayNoteAndNobodyElse(t *testing.T) {
	r := newRoom(t)
	r.staff()
	r.online(yu)
	s := r.with("o1", yu)
	stranger := id.New()
	r.furnish(stranger, "wx0000000000000002")
	for name, who := range map[string]desk.Agent{"a colleague who does not see it": r.agent(ming), "another company": {Company: stranger, UID: yu}} {
		r.refused(r.desk.WriteNote(t.Context(), who, s.SessionID, "看看", "", nil), "session.missing")
		if n := len(r.noted(s)); n != 0 {
			t.Fatalf("%s noted something", name)
		}
	}
	for text, say := range map[string]string{" \n ": "note.empty", strings.Repeat("长", desk.NoteMost+1): "note.long"} {
		r.refused(r.desk.WriteNote(t.Context(), r.agent(yu), s.SessionID, text, "", nil), say)
	}
	r.refused(r.desk.WriteNote(t.Context(), r.agent(yu), s.SessionID, "看看", "x", nil), "invalid")
	r.ok(r.desk.WriteNote(t.Context(), r.agent(yu), s.SessionID, strings.Repeat("长", desk.NoteMost), "", nil))
}

func TestWhoIsNamedSeesTheSessionAndIsToldUntilTheyHaveReadIt(t *testing.T) {
	r := newRoom(t)
	r.online(yu)
	s := r.with("o1", yu)
	if _, err := r.desk.View(t.Context(), r.agent(ming), s.SessionID); desk.KindOf(err) != desk.Missing {
		t.Fatalf("before they are named: %v", err)
	}
	r.ok(r.desk.WriteNote(t.Context(), r.agent(yu), s.SessionID, "@阿明 这个退款你熟", "", nil))
	got := r.mentions(ming)
	if len(got) != 1 || got[0].SessionID != s.SessionID || got[0].ByUID != yu || len(r.mentions(yu)) != 0 {
		t.Fatalf("told: %+v", got)
	}
	v, err := r.desk.View(t.Context(), r.agent(ming), s.SessionID)
	r.ok(err)
	if v.MayChangeCustomer() {
		t.Error("who is named reads and notes; the customer is not theirs")
	}
	_, _, err = r.desk.Reply(t.Context(), r.agent(ming), s.SessionID, desk.Reply{Text: "您好"})
	r.refused(err, "session.taken-by")
	for _, news := range []bool{true, false} {
		seen, err := r.desk.SeenNotes(t.Context(), r.agent(ming), s)
		r.ok(err)
		if seen != news || len(r.mentions(ming)) != 0 {
			t.Errorf("seen: %t, want %t; told still: %+v", seen, news, r.mentions(ming))
		}
	}
	r.ok(r.desk.WriteNote(t.Context(), r.agent(ming), s.SessionID, "@小鱼 可以退", "", nil))
	if len(r.mentions(yu)) != 1 {
		t.Error("the answer tells nobody")
	}
}

func TestANoteIsTakenBackForAMinuteByItsWriter(t *testing.T) {
	r := newClocked(t, "")
	s := r.writes("o1")
	r.ok(r.desk.Accept(t.Context(), r.agent(yu), s.SessionID))
	write := func() id.ID {
		r.ok(r.desk.WriteNote(t.Context(), r.agent(yu), s.SessionID, "@阿明 写错了", "", nil))
		notes := r.noted(s)
		return notes[len(notes)-1].NoteID
	}
	note := write()
	r.refused(r.desk.WithdrawNote(t.Context(), r.agent(ming), s.SessionID, note), "note.not-yours")
	r.refused(r.desk.WithdrawNote(t.Context(), r.agent(yu), s.SessionID, id.New()), "note.missing")
	r.hands.move(59 * time.Second)
	for range 2 { // it is gone the second time, and that is what was asked
		r.ok(r.desk.WithdrawNote(t.Context(), r.agent(yu), s.SessionID, note))
	}
	if n := r.noted(s)[0]; n.WithdrawnAt == nil || n.Text != "" || len(n.Named) != 0 || len(r.mentions(ming)) != 0 {
		t.Errorf("taken back: %+v, told of it still: %+v", n, r.mentions(ming))
	}
	note = write()
	r.hands.move(time.Minute)
	r.refused(r.desk.WithdrawNote(t.Context(), r.agent(yu), s.SessionID, note), "note.late")
	if r.noted(s)[1].Text == "" {
		t.Error("it was taken back after all")
	}
}
