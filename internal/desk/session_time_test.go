package desk

import (
	"reflect"
	"testing"
	"time"

	"weir/internal/store"
)

var twelve = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func later(d time.Duration) time.Time { return twelve.Add(d) }

// timed is a company whose times are easily told apart, and where agents 7 and 8 have seats, of whom 8 is disabled. Group 1 overflows to 2 after a minute, 2 to 1 after two, 3 to anybody after
// a minute, 4 nowhere.
func timed() *Company {
	group := func(n, after, to int64) *Group {
		return &Group{Group: store.Group{GroupID: n, OverflowAfter: ptr(after), OverflowGroupID: ptr(to)}}
	}
	return &Company{Company: store.Company{QueueTimeout: 3600, ReceptionTimeout: 1800, IdleTimeout: 7200, ExclusiveWait: 600, TargetWait: 900, ReclaimAfter: 864000},
		seats: map[string]map[int64]int64{"": {7: 67, 8: 68}}, epochs: map[int64]int64{7: 0, 9: 0},
		Groups: map[int64]*Group{1: group(1, 60, 2), 2: group(2, 120, 1), 3: group(3, 60, 0), 4: group(4, 0, 0)}}
}

func TestWhatTimeDoesNextToASession(t *testing.T) {
	for _, tc := range []struct {
		name string
		s    store.Session
		act  Act
		at   time.Time
	}{
		{"a queue has an end", store.Session{State: 3, QueuedAt: twelve}, ActTimeOutQueue, later(time.Hour)},
		{"which is counted from when it came back, however old its place is", store.Session{State: 3, QueuedAt: later(-50 * time.Hour), RequeuedAt: ptr(twelve)}, ActTimeOutQueue, later(time.Hour)},
		{"outside hours nothing happens before the opening, not even the end of the queue", store.Session{State: 3, QueuedAt: twelve, NotBefore: ptr(later(60 * time.Hour)), GroupID: ptr(int64(1))}, ActOpen, later(60 * time.Hour)},
		{"reception has an end", store.Session{State: 0, QueuedAt: twelve, AssignedAt: ptr(later(time.Minute))}, ActTimeOutReceive, later(31 * time.Minute)},
		{"a conversation ends when nobody says anything", store.Session{State: 1, TakenAt: ptr(twelve), LastAt: later(time.Hour), LastOpercode: 1}, ActTimeOutIdle, later(3 * time.Hour)},
		{"which starts when it is taken", store.Session{State: 1, TakenAt: ptr(twelve), LastAt: later(-time.Hour), LastOpercode: 2}, ActTimeOutIdle, later(2 * time.Hour)},
		{"and gives a customer all of the second in which they wrote", store.Session{State: 2, TakenAt: ptr(twelve), LastAt: later(time.Hour), LastOpercode: 2}, ActTimeOutIdle, later(3*time.Hour + time.Second)},
		{"an exclusive agent is waited for", store.Session{State: 3, QueuedAt: twelve, Held: true, ExclusiveUID: ptr(int64(7))}, ActHoldOver, later(10 * time.Minute)},
		{"before its group overflows", store.Session{State: 3, QueuedAt: twelve, Held: true, ExclusiveUID: ptr(int64(7)), GroupID: ptr(int64(1))}, ActHoldOver, later(10 * time.Minute)},
		{"a group overflows", store.Session{State: 3, QueuedAt: twelve, GroupID: ptr(int64(1))}, ActOverflow, later(time.Minute)},
		{"and so does the next", store.Session{State: 3, QueuedAt: twelve, GroupID: ptr(int64(2)), HomeGroupID: ptr(int64(1))}, ActOverflow, later(3 * time.Minute)},
		{"a group without overflow keeps it", store.Session{State: 3, QueuedAt: twelve, GroupID: ptr(int64(4))}, ActTimeOutQueue, later(time.Hour)},
		{"what is for an agent by name does not overflow: others are asked after a time", store.Session{State: 3, QueuedAt: twelve, GroupID: ptr(int64(1)), TargetUID: ptr(int64(7))}, ActAskOthers, later(15 * time.Minute)},
		{"at once, where the agent is disabled", store.Session{State: 3, QueuedAt: twelve, TargetUID: ptr(int64(8))}, ActAskOthers, twelve},
		{"or has no seat", store.Session{State: 3, QueuedAt: twelve, TargetUID: ptr(int64(9))}, ActAskOthers, twelve},
		{"an exclusive agent who is disabled is not waited for", store.Session{State: 3, QueuedAt: twelve, Held: true, ExclusiveUID: ptr(int64(8))}, ActHoldOver, twelve},
		{"what anybody may take does not either", store.Session{State: 3, QueuedAt: twelve, HomeGroupID: ptr(int64(1))}, ActTimeOutQueue, later(time.Hour)},
		{"what is over is over", store.Session{State: -1, QueuedAt: twelve}, "", time.Time{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := &Session{tc.s}
			if act, at := s.next(timed()); act != tc.act || !at.Equal(tc.at) {
				t.Errorf("%s at %v", act, at)
			}
		})
	}
}

func TestTimeThatNobodyLookedAtIsMadeUpInOrder(t *testing.T) {
	for _, tc := range []struct {
		name  string
		after time.Duration
		acts  []Act
		state State
		group int64
	}{
		{"too early: nothing", 30 * time.Second, nil, Queueing, 1},
		{"one group further", time.Minute, []Act{ActOverflow}, Queueing, 2},
		{"twice round is to anybody", 3 * time.Minute, []Act{ActOverflow, ActOverflow}, Queueing, 0},
		{"and to its end", time.Hour, []Act{ActOverflow, ActOverflow, ActTimeOutQueue}, NobodyReceived, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := &Session{store.Session{State: 3, Type: ToTeam, QueuedAt: twelve, GroupID: ptr(int64(1)), DueAt: ptr(twelve)}}
			done, err := s.elapse(timed(), later(tc.after))
			var acts []Act
			for _, p := range done {
				acts = append(acts, p.act)
			}
			if err != nil || !reflect.DeepEqual(acts, tc.acts) || State(s.State) != tc.state || val(s.GroupID) != tc.group {
				t.Errorf("%v, state %d, group %d, %v", acts, s.State, val(s.GroupID), err)
			}
			if (s.DueAt == nil) != (tc.state < 0) || s.DueAt != nil && !s.DueAt.After(later(tc.after)) {
				t.Errorf("it is due at %v", s.DueAt)
			}
		})
	}
}

func TestAfterTheOpeningTimesCountFromIt(t *testing.T) {
	opens := later(60 * time.Hour)
	s := &Session{store.Session{State: 3, QueuedAt: twelve, NotBefore: ptr(opens)}}
	if !s.early(later(59*time.Hour)) || s.early(opens) {
		t.Error("it is early at the wrong time")
	}
	done, err := s.elapse(timed(), opens.Add(time.Minute))
	if err != nil || len(done) != 1 || done[0].act != ActOpen || s.NotBefore != nil {
		t.Fatalf("%v, %v, %v", done, err, s.NotBefore)
	}
	if act, at := s.next(timed()); act != ActTimeOutQueue || !at.Equal(opens.Add(time.Hour)) {
		t.Errorf("next is %s at %v", act, at)
	}
}

func TestWhatIsDueIsNotMovedWithEveryMessage(t *testing.T) {
	c := timed()
	s := &Session{store.Session{State: 1, TakenAt: ptr(twelve), LastAt: twelve, LastOpercode: 1}}
	s.schedule(c)
	first := *s.DueAt
	s.LastAt = later(time.Hour)
	if s.schedule(c); !s.DueAt.Equal(first) {
		t.Errorf("moved to %v", s.DueAt)
	}
	if done, _ := s.elapse(c, first); len(done) > 0 || !s.DueAt.Equal(later(3*time.Hour)) {
		t.Errorf("looked at, it came to %v and is due at %v", done, s.DueAt)
	}
}

func TestWhoIsWaitedFor(t *testing.T) {
	own := ptr(int64(7))
	for _, tc := range []struct {
		name, presence string
		wait           int64
		s              store.Session
		held           bool
	}{
		{"an exclusive agent who is offline", Offline, 60, store.Session{State: 3, ExclusiveUID: own}, true},
		{"or away", Away, 60, store.Session{State: 3, ExclusiveUID: own}, true},
		{"not one who is online", Online, 60, store.Session{State: 3, ExclusiveUID: own}, false},
		{"nobody, where the company does not wait", Offline, 0, store.Session{State: 3, ExclusiveUID: own}, false},
		{"nobody, where there is no exclusive agent", "", 60, store.Session{State: 3}, false},
		{"nobody, where the agent is disabled", Offline, 60, store.Session{State: 3, ExclusiveUID: ptr(int64(8))}, false},
		{"or has no seat", Offline, 60, store.Session{State: 3, ExclusiveUID: ptr(int64(9))}, false},
		{"nobody any more, when the time is over", Offline, 60, store.Session{State: 3, ExclusiveUID: own, QueuedAt: later(-time.Minute)}, false},
		{"nobody, where another is named", Offline, 60, store.Session{State: 3, ExclusiveUID: own, TargetUID: ptr(int64(8))}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := timed()
			c.ExclusiveWait = tc.wait
			s := &Session{tc.s}
			if s.QueuedAt.IsZero() {
				s.QueuedAt = twelve
			}
			if s.hold(c, tc.presence, twelve); s.Held != tc.held {
				t.Errorf("held: %v", s.Held)
			}
		})
	}
}

func TestWhatPresenceComesTo(t *testing.T) {
	const away = 15 * time.Minute
	for _, tc := range []struct {
		name   string
		s      sight
		away   time.Duration
		at     time.Duration
		status string
		until  time.Duration // after twelve; 0: time does not change it
	}{
		{"a choice holds", sight{status: Online}, away, time.Hour, Online, 0},
		{"away by choice is away at work, too", sight{status: Away, open: true, activeAt: twelve}, away, 0, Away, 0},
		{"an open workspace is online until its agent is idle", sight{status: Auto, open: true, activeAt: twelve}, away, time.Minute, Online, away},
		{"who is idle is away", sight{status: Auto, open: true, activeAt: twelve}, away, away, Away, 0},
		{"where nobody becomes idle, nobody is away", sight{status: Auto, open: true, activeAt: twelve}, 0, time.Hour, Online, 0},
		{"a page change takes a moment", sight{status: Auto, leftAt: twelve, activeAt: twelve}, away, time.Second, Online, Grace},
		{"who has left is offline after it", sight{status: Auto, leftAt: twelve, activeAt: twelve}, away, Grace, Offline, 0},
		{"who was away and leaves is offline after it, too", sight{status: Auto, leftAt: twelve, activeAt: later(-time.Hour)}, away, time.Second, Away, Grace},
		{"who never came is offline", sight{status: Auto, leftAt: time.Unix(0, 0)}, away, 0, Offline, 0},
		{"who is disabled is offline, whatever they chose", sight{status: Online, disabled: true, open: true}, away, 0, Offline, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			status, until := tc.s.presence(tc.away, later(tc.at))
			want := time.Time{}
			if tc.until > 0 {
				want = later(tc.until)
			}
			if status != tc.status || !until.Equal(want) {
				t.Errorf("%s until %v", status, until)
			}
		})
	}
}

func TestAReplyPutsReclaimingOff(t *testing.T) {
	x := &store.Customer{ExclusiveSince: ptr(twelve)}
	if at := reclaimAt(x, timed()); !at.Equal(later(240 * time.Hour)) {
		t.Error(at)
	}
	x.RepliedAt = ptr(later(time.Hour))
	if at := reclaimAt(x, timed()); !at.Equal(later(241 * time.Hour)) {
		t.Error(at)
	}
}
