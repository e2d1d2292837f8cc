package desk

import (
	"slices"
	"time"

	"weir/internal/store"
)

// State is where a session is in its life; the codes are those of the replaced system.
type State int16

// The states. Those from 0 up are live, the rest final.
const (
	Queueing          State = 3
	Waiting           State = 0
	Conversing        State = 1
	GroupConversation State = 2
	Closed            State = -1
	ReceptionTimeout  State = -2
	NobodyReceived    State = -3
	ClosedByAdmin     State = -4
)

// Live says whether the session goes on.
func (s State) Live() bool { return s >= 0 }

// Opercode says who speaks to whom in a message.
type Opercode int16

// The opercodes, as in the replaced system.
const (
	FromAgent    Opercode = 1
	FromCustomer Opercode = 2
	FromAdmin    Opercode = 3
	ToGroup      Opercode = 4
	Automatic    Opercode = 5
)

// How a session chooses its agent.
const (
	ToUser  = "user"
	ToTeam  = "group"
	ToOther = "other"
)

// Session is one customer's stretch of service. Its methods are what may happen to it; each is refused with a sentence where
// it may not, and none reads a clock.
type Session struct{ store.Session }

// In says whether the session is in one of these states.
func (s *Session) In(states ...State) bool {
	for _, x := range states {
		if State(s.State) == x {
			return true
		}
	}
	return false
}

// Of says whether the agent has the session.
func (s *Session) Of(uid int64) bool { return s.UID != nil && *s.UID == uid }

// Place is where other programs look for a session: whose it is, or where in which queue, and for whom.
type Place struct {
	State    State
	UID      int64 // 0: nobody's
	Group    int64 // the queue it stands in; 0: that of nobody in particular
	Target   int64 // the agent it is for by name; 0: nobody
	Priority int32
}

// Place is where the session is now.
func (s *Session) Place() Place {
	return Place{State(s.State), val(s.UID), val(s.GroupID), val(s.TargetUID), s.Priority}
}

// Guest says whether an agent was invited into the group conversation.
func (s *Session) Guest(uid int64) bool { return slices.Contains(s.Guests, uid) }

// Joined says whether an agent serves the session: it is theirs, or they are a guest in it.
func (s *Session) Joined(uid int64) bool { return s.Of(uid) || s.Guest(uid) }

// ahead is how much sooner than its age a session is served for each step of its priority, in ms: ten minutes. So an older one of
// a lower priority comes first at last, and nothing starves.
const ahead = 10 * 60 * 1000

// rank is the session's place in serving order, the smallest first, in ms.
func (s *Session) rank() int64 { return s.QueuedAt.UnixMilli() - int64(s.Priority)*ahead }

// Assign gives a queueing session to a seat: it waits there to be opened.
func (s *Session) Assign(uid, seat int64, now time.Time) error {
	return s.give(ActAssign, uid, seat, now)
}

// Grab takes a queueing session into conversation.
func (s *Session) Grab(uid, seat int64, now time.Time) error {
	if err := s.give(ActGrab, uid, seat, now); err != nil {
		return err
	}
	s.TakenAt = &now
	return nil
}

// give has an act put the session into an agent's hands.
func (s *Session) give(act Act, uid, seat int64, now time.Time) error {
	if err := s.turn(act); err != nil {
		return err
	}
	s.UID, s.CustomerServiceID, s.AssignedAt, s.TakenAt, s.LeftUID = ptr(uid), ptr(seat), &now, nil, nil
	return nil
}

// Accept opens a waiting session: the agent serves it from now on. Opening it twice is no mistake.
func (s *Session) Accept(uid int64, now time.Time) error { return s.open(ActAccept, uid, now) }

// MoveUp opens a session that waits, because its agent has a free conversation place.
func (s *Session) MoveUp(now time.Time) error {
	if err := s.turn(ActMoveUp); err != nil {
		return err
	}
	s.TakenAt = &now
	return nil
}

// Spoken is what an answer of its agent, or of a guest, does to a session: it is taken, and the customer waits no longer.
func (s *Session) Spoken(uid int64, now time.Time) error {
	if err := s.open(ActAnswer, uid, now); err != nil {
		return err
	}
	s.WaitingSince, s.Owed = nil, ""
	return nil
}

func (s *Session) open(act Act, uid int64, now time.Time) error {
	to, err := Next(act, State(s.State))
	switch {
	case err != nil:
		return err
	case !s.Joined(uid):
		return refuse(Taken, "session.taken")
	case s.In(to): // open already
		return nil
	}
	s.TakenAt = &now
	return s.turn(act)
}

// Voice is the opercode with which an agent speaks to the customer.
func (s *Session) Voice() Opercode {
	if s.In(GroupConversation) {
		return ToGroup
	}
	return FromAgent
}

// Transfer hands the session to another agent's seat: it waits there, whoever had it. In a queue it is taken out of it.
func (s *Session) Transfer(uid, seat int64, now time.Time) error {
	if s.Of(uid) {
		return refuse(Taken, "transfer.has-it")
	}
	if err := s.give(ActTransfer, uid, seat, now); err != nil {
		return err
	}
	s.aim(0, uid)
	s.ExclusiveUID = nil
	return nil
}

// TransferToGroup puts the session into a group's queue, at its old place.
func (s *Session) TransferToGroup(group int64) error {
	return s.requeue(ActTransferToGroup, group, nil)
}

// TakeOver puts the session of another agent into conversation with this one. Guests stay; a guest who takes over is one no more.
func (s *Session) TakeOver(uid, seat int64, now time.Time) error {
	if s.Of(uid) {
		return refuse(Taken, "takeover.yours")
	}
	if err := s.give(ActTakeOver, uid, seat, now); err != nil {
		return err
	}
	s.TakenAt = &now
	s.part(uid)
	return s.remain()
}

// Release has the session's agent give it back to the queue, at its old place. It does not come back to them by itself.
func (s *Session) Release(uid int64) error {
	if _, err := Next(ActRelease, State(s.State)); err == nil && !s.Of(uid) {
		return refuse(Denied, "session.not-yours")
	}
	return s.requeue(ActRelease, s.group(), ptr(uid))
}

// Return gives a session back to the queue whose agent has gone, at its old place. Comes the agent back before another takes
// it, they are asked first.
func (s *Session) Return() error {
	gone := s.UID
	if err := s.requeue(ActReturn, s.group(), nil); err != nil {
		return err
	}
	s.ExclusiveUID = gone
	return nil
}

// group is that for which the session queues, or queued before it overflowed; 0: none.
func (s *Session) group() int64 {
	if s.HomeGroupID != nil {
		return *s.HomeGroupID
	}
	return val(s.GroupID)
}

// requeue has an act put the session back into the queue, at its old place, for a group (0: for anybody). left gave it up.
func (s *Session) requeue(act Act, group int64, left *int64) error {
	if err := s.turn(act); err != nil {
		return err
	}
	s.UID, s.CustomerServiceID, s.AssignedAt, s.TakenAt, s.ExclusiveUID, s.LeftUID, s.DueAt = nil, nil, nil, nil, nil, left, nil
	by := s.AimedBy
	if s.aim(group, 0); group != 0 {
		s.AimedBy = by
	}
	return nil
}

// Prioritise puts the session elsewhere in the queue: at once, or when it comes back.
func (s *Session) Prioritise(priority int32) error {
	if err := s.turn(ActPrioritise); err != nil {
		return err
	}
	s.Priority = priority
	return nil
}

// Invite has an agent who serves the session bring in a colleague: they serve it together.
func (s *Session) Invite(uid, guest int64) error {
	_, err := Next(ActInvite, State(s.State))
	switch {
	case err != nil:
		return err
	case !s.Joined(uid):
		return refuse(Denied, "session.not-yours")
	case s.Joined(guest):
		return refuse(Taken, "invite.here")
	case len(s.Guests) >= guestsMost:
		return refuse(Denied, "invite.many", guestsMost)
	}
	s.Guests = append(slices.Clone(s.Guests), guest)
	return s.turn(ActInvite)
}

// guestsMost is how many colleagues may serve a customer beside the session's agent.
const guestsMost = 8

// Leave has one who serves the session together with others go. Goes its agent, it is the guest's who came first and has a
// seat (0: none). The last to stay has it alone.
func (s *Session) Leave(uid int64, seat func(uid int64) int64, now time.Time) error {
	if _, err := Next(ActLeave, State(s.State)); err != nil {
		return err
	}
	if !s.Joined(uid) {
		return refuse(Denied, "session.not-yours")
	}
	if s.Of(uid) {
		heir := slices.IndexFunc(s.Guests, func(g int64) bool { return seat(g) != 0 })
		if heir < 0 {
			return refuse(Denied, "leave.no-heir")
		}
		next := s.Guests[heir]
		s.UID, s.CustomerServiceID, s.AssignedAt = ptr(next), ptr(seat(next)), &now
		uid = next
	}
	s.part(uid)
	if err := s.turn(ActLeave); err != nil {
		return err
	}
	return s.remain()
}

// part takes a guest off the list.
func (s *Session) part(uid int64) {
	s.Guests = slices.DeleteFunc(slices.Clone(s.Guests), func(g int64) bool { return g == uid })
}

// remain ends a group conversation in which one is left.
func (s *Session) remain() error {
	if s.In(GroupConversation) && len(s.Guests) == 0 {
		return s.turn(ActRemain)
	}
	return nil
}

// Interject is what an admin's word to the customer does to a session: whoever has it keeps it, and the customer waits no longer.
func (s *Session) Interject() error {
	if err := s.turn(ActInterject); err != nil {
		return err
	}
	s.WaitingSince = nil
	return nil
}

// Close ends the session. Closing twice is usually a double click, not a mistake.
func (s *Session) Close(uid int64, now time.Time) error {
	if State(s.State).Live() && !s.In(Queueing) && !s.Of(uid) {
		return refuse(Denied, "session.close-not-yours")
	}
	return s.end(ActClose, "agent", now)
}

// CloseByCompany ends the session in the name of the company, whoever has it.
func (s *Session) CloseByCompany(now time.Time) error {
	return s.end(ActCloseByCompany, "company", now)
}

// CloseByAdmin ends the session from the monitor, whoever has it.
func (s *Session) CloseByAdmin(now time.Time) error { return s.end(ActCloseByAdmin, "admin", now) }

// TimeOutQueue ends a session that nobody received.
func (s *Session) TimeOutQueue(now time.Time) error {
	return s.end(ActTimeOutQueue, "queue-timeout", now)
}

// TimeOutReception ends a session whose agent did not take it in time.
func (s *Session) TimeOutReception(now time.Time) error {
	return s.end(ActTimeOutReceive, "reception-timeout", now)
}

// TimeOutIdle ends a conversation in which nobody has said anything for long.
func (s *Session) TimeOutIdle(now time.Time) error { return s.end(ActTimeOutIdle, "idle", now) }

// Open has a session be given out that came outside business hours: they have begun, and what it waits for besides is reckoned
// from then.
func (s *Session) Open() error {
	if err := s.turn(ActOpen); err != nil {
		return err
	}
	s.RequeuedAt, s.NotBefore = s.NotBefore, nil
	return nil
}

// HoldOver lets others than its exclusive agent have the session.
func (s *Session) HoldOver() error {
	if err := s.turn(ActHoldOver); err != nil {
		return err
	}
	s.Held = false
	return nil
}

// AskOthers has a session that was for an agent by name go where it would have gone. The agent is still asked first, where they can come
// and the customer has no agent of their own.
func (s *Session) AskOthers(c *Company) error {
	if err := s.turn(ActAskOthers); err != nil {
		return err
	}
	named, by, group := *s.TargetUID, s.AimedBy, c.defaultGroup(s.AppID)
	s.aim(group, 0)
	s.AimedBy = by
	s.Priority = max(s.Priority, c.priorityOf(group))
	if s.ExclusiveUID == nil && c.Serves(s.AppID, named) {
		s.ExclusiveUID = &named
	}
	return nil
}

// Overflow has the session queue for another group (0: for anybody); it remembers for which it was first.
func (s *Session) Overflow(group int64) error {
	if err := s.turn(ActOverflow); err != nil {
		return err
	}
	if s.HomeGroupID == nil {
		s.HomeGroupID = s.GroupID
	}
	if s.GroupID = ptr(group); group == 0 {
		s.Type = ToOther
	}
	return nil
}

// Reclaim takes the session's customer from their exclusive agent: what queues for the agent queues for anybody, and what an agent
// has, they keep.
func (s *Session) Reclaim() error {
	if err := s.turn(ActReclaim); err != nil {
		return err
	}
	if s.In(Queueing) {
		s.ExclusiveUID, s.Held = nil, false
	}
	return nil
}

// end has an act end the session; one that is over stays as it ended.
func (s *Session) end(act Act, why string, now time.Time) error {
	was := State(s.State)
	if err := s.turn(act); err != nil || !was.Live() {
		return err
	}
	s.ClosedAt, s.ClosedWhy, s.WaitingSince = &now, why, nil
	return nil
}

// turn is the one place where a session's state changes. What holds only in some states ends with them.
func (s *Session) turn(act Act) error {
	to, err := Next(act, State(s.State))
	if err != nil || !State(s.State).Live() {
		return err
	}
	if s.State != int16(to) {
		s.DueAt = nil
	}
	s.State = int16(to)
	if to != Queueing {
		s.NotBefore = nil
		s.Held, s.HomeGroupID = false, nil
		s.ToldOpens, s.ToldAhead, s.ToldWait, s.ToldAt = nil, nil, 0, nil
	}
	if to != GroupConversation {
		s.Guests = nil
	}
	s.Version++
	return nil
}

// aim says for whom the session is. Who said so is noted beside it.
func (s *Session) aim(group, target int64) {
	s.Type, s.GroupID, s.TargetUID, s.HomeGroupID, s.Held, s.AimedBy = ToOther, nil, nil, nil, false, nil
	switch {
	case target != 0:
		s.Type, s.TargetUID = ToUser, ptr(target)
	case group != 0:
		s.Type, s.GroupID = ToTeam, ptr(group)
	}
}

// add is what a new message does to its session: it has the next place, and the session shows it as its last, unless it is a notice.
func (s *Session) add(m *Message) {
	s.LastSeq++
	s.Version++
	if m.Opercode == FromCustomer {
		s.Heard++
	}
	m.SessionID, m.Seq, m.Version = s.SessionID, s.LastSeq, s.Version
	m.UID, m.CustomerServiceID = val(s.UID), val(s.CustomerServiceID)
	if m.Opercode != Automatic || m.RuleID != 0 { // a notice is not what an agent looks for in a list
		s.LastAt, s.LastOpercode, s.LastType, s.LastText = m.CreatedAt, int16(m.Opercode), m.Type, preview(m)
	}
	if m.CreatedAt.Before(s.OldestAt) {
		s.OldestAt = m.CreatedAt
	}
}

// preview is what a list shows of a message.
func preview(m *Message) string {
	const most = 80
	text := m.Text
	if m.Type != TypeText {
		text = m.Data.Title + m.Data.Label
		if o := m.Data.Out; o != nil && o.Menu != nil {
			text = o.Menu.Head
		}
	}
	n := 0
	for i := range text {
		if n++; n > most {
			return text[:i]
		}
	}
	return text
}

func ptr[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

func val[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
