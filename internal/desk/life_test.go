package desk

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Every act in every state: the state it leads to, or the refusal. "=" is a double click: nothing changes.
const wholeLife = `
                   3                       0                      1                      2                      -1             -2             -3             -4
assigned           0                       session.not-queueing   session.not-queueing   session.not-queueing   session.closed session.closed session.closed session.closed
grabbed            1                       session.not-queueing   session.not-queueing   session.not-queueing   session.closed session.closed session.closed session.closed
accepted           session.not-yours       1                      =                      =                      session.closed session.closed session.closed session.closed
moved-up           session.not-yours       1                      session.open           session.open           session.closed session.closed session.closed session.closed
answered           session.not-yours       1                      =                      =                      session.closed session.closed session.closed session.closed
transferred        0                       0                      0                      0                      session.closed session.closed session.closed session.closed
transferred-group  3                       3                      3                      3                      session.closed session.closed session.closed session.closed
taken-over         session.take-from-queue 1                      1                      2                      session.closed session.closed session.closed session.closed
released           session.in-queue        3                      3                      3                      session.closed session.closed session.closed session.closed
returned           session.in-queue        3                      3                      3                      session.closed session.closed session.closed session.closed
invited            session.not-yours       session.not-open       2                      2                      session.closed session.closed session.closed session.closed
left               session.no-group        session.no-group       session.no-group       2                      session.closed session.closed session.closed session.closed
alone              session.no-group        session.no-group       session.no-group       1                      session.closed session.closed session.closed session.closed
prioritised        3                       0                      1                      2                      session.closed session.closed session.closed session.closed
interjected        3                       0                      1                      2                      session.closed session.closed session.closed session.closed
closed             session.close-nobodys   -1                     -1                     -1                     =              =              =              =
closed-by-company  -1                      -1                     -1                     -1                     =              =              =              =
closed-by-admin    -4                      -4                     -4                     -4                     =              =              =              =
queue-timeout      -3                      session.not-due        session.not-due        session.not-due        session.closed session.closed session.closed session.closed
reception-timeout  session.not-due         -2                     session.not-due        session.not-due        session.closed session.closed session.closed session.closed
idle-timeout       session.not-due         session.not-due        -1                     -1                     session.closed session.closed session.closed session.closed
opened             3                       session.not-due        session.not-due        session.not-due        session.closed session.closed session.closed session.closed
hold-over          3                       session.not-due        session.not-due        session.not-due        session.closed session.closed session.closed session.closed
overflowed         3                       session.not-due        session.not-due        session.not-due        session.closed session.closed session.closed session.closed
others-asked       3                       session.not-due        session.not-due        session.not-due        session.closed session.closed session.closed session.closed
reclaimed          3                       0                      1                      2                      session.closed session.closed session.closed session.closed
`

func TestEveryActInEveryState(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(wholeLife), "\n")
	if len(lines)-1 != len(Acts) || len(life) != len(Acts) {
		t.Fatalf("%d lines for %d acts, of which the machine knows %d", len(lines)-1, len(Acts), len(life))
	}
	for i, line := range lines[1:] {
		cells := strings.Fields(line)
		if Act(cells[0]) != Acts[i] || len(cells) != 1+len(States) {
			t.Fatalf("the line %q is not that of %s", line, Acts[i])
		}
		for j, from := range States {
			t.Run(cells[0]+" from "+strconv.Itoa(int(from)), func(t *testing.T) { tried(t, Acts[i], from, cells[j+1]) })
		}
	}
}

func tried(t *testing.T, act Act, from State, want string) {
	s := Of(from)
	before := s
	err := Try(act, &s, noon)
	var no *Refusal
	switch {
	case errors.As(err, &no):
		if no.Say != want {
			t.Fatalf("refused by %s, want %s", no.Say, want)
		}
		if !same(&s, &before) {
			t.Errorf("refused, and it changed: %+v", s.Session)
		}
	case err != nil:
		t.Fatal(err)
	case want == "=":
		if act == ActAnswer {
			s.WaitingSince = before.WaitingSince // what an answer changes besides
		}
		if !same(&s, &before) {
			t.Errorf("done before, and it changed: %+v", s.Session)
		}
	case want != strconv.Itoa(int(s.State)):
		t.Errorf("led to %d, want %s", s.State, want)
	default:
		if s.Version <= before.Version {
			t.Error("no reader would see the change")
		}
		if !State(s.State).Live() && (s.ClosedAt == nil || s.ClosedWhy == "" || s.DueAt != nil || s.WaitingSince != nil) {
			t.Errorf("it ended without a time or a word: %+v", s.Session)
		}
	}
}

func same(a, b *Session) bool {
	return a.State == b.State && val(a.UID) == val(b.UID) && a.Version == b.Version && a.ClosedWhy == b.ClosedWhy && slices.Equal(a.Guests, b.Guests) &&
		val(a.GroupID) == val(b.GroupID) && val(a.TargetUID) == val(b.TargetUID) && val(a.ExclusiveUID) == val(b.ExclusiveUID)
}

func TestWhatIsOverStaysAsItEnded(t *testing.T) {
	for _, act := range Acts {
		for _, from := range States {
			if to, _ := Next(act, from); !from.Live() && to != from {
				t.Errorf("%s leads from %d to %d", act, from, to)
			}
		}
	}
}

func TestAGroupConversation(t *testing.T) {
	seats := func(uid int64) int64 { return 60 + uid }
	s := of(Conversing, 7)
	for _, step := range []struct {
		name   string
		do     func() error
		why    Kind
		state  State
		uid    int64
		guests []int64
	}{
		{"its agent invites a colleague", func() error { return s.Invite(7, 8) }, 0, GroupConversation, 7, []int64{8}},
		{"who may invite another", func() error { return s.Invite(8, 9) }, 0, GroupConversation, 7, []int64{8, 9}},
		{"nobody is invited twice", func() error { return s.Invite(7, 9) }, Taken, GroupConversation, 7, []int64{8, 9}},
		{"nor into their own session", func() error { return s.Invite(8, 7) }, Taken, GroupConversation, 7, []int64{8, 9}},
		{"a stranger invites nobody", func() error { return s.Invite(5, 6) }, Denied, GroupConversation, 7, []int64{8, 9}},
		{"a guest may answer", func() error { return s.Spoken(9, noon) }, 0, GroupConversation, 7, []int64{8, 9}},
		{"a stranger may not", func() error { return s.Spoken(5, noon) }, Taken, GroupConversation, 7, []int64{8, 9}},
		{"a guest does not close it", func() error { return s.Close(8, noon) }, Denied, GroupConversation, 7, []int64{8, 9}},
		{"a stranger does not leave it", func() error { return s.Leave(5, seats, noon) }, Denied, GroupConversation, 7, []int64{8, 9}},
		{"goes its agent, it is the first guest's", func() error { return s.Leave(7, seats, noon) }, 0, GroupConversation, 8, []int64{9}},
		{"a guest who takes over is one no more, and alone", func() error { return s.TakeOver(9, 69, noon) }, 0, Conversing, 9, nil},
		{"who is alone does not leave", func() error { return s.Leave(9, seats, noon) }, Denied, Conversing, 9, nil},
		{"a colleague comes back", func() error { return s.Invite(9, 8) }, 0, GroupConversation, 9, []int64{8}},
		{"who takes over from outside finds the guests", func() error { return s.TakeOver(5, 65, noon) }, 0, GroupConversation, 5, []int64{8}},
		{"an agent whom no guest could follow stays", func() error { return s.Leave(5, func(int64) int64 { return 0 }, noon) }, Denied, GroupConversation, 5, []int64{8}},
		{"the last guest leaves", func() error { return s.Leave(8, seats, noon) }, 0, Conversing, 5, nil},
		{"one more comes", func() error { return s.Invite(5, 8) }, 0, GroupConversation, 5, []int64{8}},
		{"what is handed on is a group no more", func() error { return s.Transfer(7, 67, noon) }, 0, Waiting, 7, nil},
	} {
		if err := step.do(); KindOf(err) != step.why {
			t.Fatalf("%s: %v, want kind %v", step.name, err, step.why)
		}
		if !s.In(step.state) || !s.Of(step.uid) || !slices.Equal(s.Guests, step.guests) {
			t.Fatalf("%s: state %d of %d with %v, want %d of %d with %v", step.name, s.State, val(s.UID), s.Guests, step.state, step.uid, step.guests)
		}
	}
}

func TestWhereASessionGoesBackTo(t *testing.T) {
	group, home := int64(5), int64(4)
	was := of(Conversing, 7)
	was.Type, was.GroupID, was.QueuedAt = ToTeam, &group, noon

	released := was
	if err := released.Release(7); err != nil || val(released.GroupID) != 5 || val(released.LeftUID) != 7 || released.ExclusiveUID != nil || !released.QueuedAt.Equal(noon) {
		t.Errorf("released: %v, %+v", err, released.Session)
	}
	returned := was
	if err := returned.Return(); err != nil || val(returned.GroupID) != 5 || returned.LeftUID != nil || val(returned.ExclusiveUID) != 7 || !returned.QueuedAt.Equal(noon) {
		t.Errorf("returned: %v, %+v", err, returned.Session)
	}
	named := of(Waiting, 7)
	named.Type, named.TargetUID = ToUser, ptr[int64](7)
	if err := named.Release(7); err != nil || named.Type != ToOther || named.TargetUID != nil {
		t.Errorf("what was for one agent by name is for anybody: %v, %+v", err, named.Session)
	}
	overflowed := of(Queueing, 0)
	overflowed.Type, overflowed.GroupID, overflowed.HomeGroupID = ToTeam, &group, &home
	if err := overflowed.Assign(7, 66, noon); err != nil || overflowed.HomeGroupID != nil {
		t.Errorf("assigned: %v, %+v", err, overflowed.Session)
	}
}
