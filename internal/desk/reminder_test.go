package desk_test

import (
	"strings"
	"testing"
	"time"

	"weir/internal/desk"
	"weir/internal/id"
)

// come are the sentences of an agent's reminders whose time has come.
func (r *clocked) come(uid int64) string {
	r.Helper()
	l, err := r.desk.Lists(r.Context(), r.agent(uid))
	r.ok(err)
	all, err := r.desk.RemindersCome(r.Context(), l.Company, l.Agent)
	r.ok(err)
	var out []string
	for _, c := range all {
		if c.Session == nil {
			r.Errorf("%q leads nowhere", c.Text)
		}
		out = append(out, c.Text)
	}
	return strings.Join(out, " ")
}

func TestAReminderComesAtItsTimeOnceAndUntilItIsDone(t *testing.T) {
	r := newClocked(t, "idle_timeout = 31536000, reclaim_after = 31536000")
	s := r.writes("o1")
	r.ok(r.desk.Accept(t.Context(), r.agent(yu), s.SessionID))
	other := r.process()
	at := r.hands.now().Add(48 * time.Hour)
	r.ok(r.desk.Remind(t.Context(), r.agent(yu), s.SessionID, " 问到账\n没有 ", at))
	v, err := r.desk.View(t.Context(), r.agent(yu), s.SessionID)
	r.ok(err)
	open, err := r.desk.RemindersOf(t.Context(), v)
	r.ok(err)
	if len(open) != 1 || open[0].Text != "问到账 没有" || !open[0].DueAt.Equal(at) {
		t.Fatalf("made: %+v", open)
	}
	reminder := open[0].ReminderID
	r.after(48*time.Hour - time.Second)
	if got := r.come(yu); got != "" {
		t.Fatalf("a second before its time %q has come", got)
	}
	r.effects.mu.Lock()
	r.effects.changes = nil
	r.effects.mu.Unlock()
	r.hands.move(time.Second)
	for range 2 { // on two processes: the second finds it done
		r.tick(other)
		r.tick(r.desk)
	}
	told := 0
	r.effects.mu.Lock()
	for _, c := range r.effects.changes {
		for _, uid := range c.Called {
			if uid == yu {
				told++
			}
		}
	}
	r.effects.mu.Unlock()
	if got := r.come(yu); got != "问到账 没有" || told != 1 || r.come(ming) != "" {
		t.Fatalf("at its time %q has come, told %d times; a colleague has %q", got, told, r.come(ming))
	}
	r.desk = r.process() // as after a restart
	if got := r.come(yu); got == "" {
		t.Error("it is gone after a restart")
	}

	r.refused(r.desk.PutOffReminder(t.Context(), r.agent(yu), reminder, "never"), "reminder.when")
	r.ok(r.desk.PutOffReminder(t.Context(), r.agent(yu), reminder, "hour"))
	if got := r.come(yu); got != "" {
		t.Errorf("put off, %q still shows", got)
	}
	r.after(time.Hour)
	if got := r.come(yu); got == "" {
		t.Error("after the hour it does not come again")
	}
	r.ok(r.desk.FinishReminder(t.Context(), r.agent(yu), reminder))
	r.refused(r.desk.FinishReminder(t.Context(), r.agent(yu), reminder), "reminder.missing")
	if got := r.come(yu); got != "" {
		t.Errorf("done, %q still shows", got)
	}
}

func TestAReminderIsItsMakersAlone(t *testing.T) {
	r := newClocked(t, "")
	r.staff()
	s := r.writes("o1")
	r.ok(r.desk.Accept(t.Context(), r.agent(yu), s.SessionID))
	soon, stranger := r.hands.now().Add(time.Hour), id.New()
	r.furnish(stranger, "wx0000000000000002")
	for _, who := range []desk.Agent{r.agent(ming), {Company: stranger, UID: yu}} {
		r.refused(r.desk.Remind(t.Context(), who, s.SessionID, "回访", soon), "session.missing")
	}
	for say, bad := range map[string]struct {
		text string
		at   time.Time
	}{"reminder.empty": {" ", soon}, "reminder.long": {strings.Repeat("长", desk.ReminderMost+1), soon}, "reminder.when": {"回访", r.hands.now()}} {
		r.refused(r.desk.Remind(t.Context(), r.agent(yu), s.SessionID, bad.text, bad.at), say)
	}
	r.refused(r.desk.Remind(t.Context(), r.agent(yu), s.SessionID, "回访", soon.AddDate(2, 0, 0)), "reminder.when")
	r.ok(r.desk.Remind(t.Context(), r.agent(yu), s.SessionID, "回访", soon))
	v, err := r.desk.View(t.Context(), r.agent(yu), s.SessionID)
	r.ok(err)
	open, err := r.desk.RemindersOf(t.Context(), v)
	r.ok(err)
	mine := open[0].ReminderID
	for _, who := range []desk.Agent{r.agent(boss), {Company: stranger, UID: yu}} {
		for _, err := range []error{r.desk.FinishReminder(t.Context(), who, mine), r.desk.PutOffReminder(t.Context(), who, mine, "week"), r.desk.CancelReminder(t.Context(), who, mine)} {
			r.refused(err, "reminder.missing")
		}
	}
	r.ok(r.desk.CancelReminder(t.Context(), r.agent(yu), mine))
	r.after(2 * time.Hour)
	if got := r.come(yu); got != "" {
		t.Errorf("cancelled, %q came", got)
	}
}
