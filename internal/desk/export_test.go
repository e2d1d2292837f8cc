package desk

import (
	"context"
	"time"

	"weir/internal/id"
	"weir/internal/store"
)

// Of makes a session of a state, whose agent is 7 (and whose guest is 9) where it has one.
func Of(state State) Session {
	if state == Queueing || state == NobodyReceived {
		return of(state, 0)
	}
	return of(state, 7)
}

// Try does an act to a session, by who may do it: agent 7 has it, 8 gets it, 9 is a guest.
func Try(act Act, s *Session, now time.Time) error {
	switch act {
	case ActAssign:
		return s.Assign(8, 66, now)
	case ActGrab:
		return s.Grab(8, 66, now)
	case ActAccept:
		return s.Accept(7, now)
	case ActMoveUp:
		return s.MoveUp(now)
	case ActAnswer:
		return s.Spoken(7, now)
	case ActTransfer:
		return s.Transfer(8, 66, now)
	case ActTransferToGroup:
		return s.TransferToGroup(5)
	case ActTakeOver:
		return s.TakeOver(8, 66, now)
	case ActRelease:
		return s.Release(7)
	case ActReturn:
		return s.Return()
	case ActInvite:
		return s.Invite(7, 8)
	case ActLeave:
		s.Guests = append(s.Guests, 10) // one stays
		if err := s.Leave(9, func(int64) int64 { return 66 }, now); err != nil {
			s.Guests = s.Guests[:len(s.Guests)-1]
			return err
		}
		return nil
	case ActRemain:
		return s.Leave(9, func(int64) int64 { return 66 }, now)
	case ActPrioritise:
		return s.Prioritise(3)
	case ActInterject:
		return s.Interject()
	case ActClose:
		return s.Close(7, now)
	case ActCloseByCompany:
		return s.CloseByCompany(now)
	case ActCloseByAdmin:
		return s.CloseByAdmin(now)
	case ActTimeOutQueue:
		return s.TimeOutQueue(now)
	case ActTimeOutReceive:
		return s.TimeOutReception(now)
	case ActTimeOutIdle:
		return s.TimeOutIdle(now)
	case ActOpen:
		return s.Open()
	case ActHoldOver:
		return s.HoldOver()
	case ActOverflow:
		return s.Overflow(5)
	case ActAskOthers:
		if s.In(Queueing) {
			s.TargetUID = ptr(int64(9))
		}
		return s.AskOthers(&Company{})
	case ActReclaim:
		return s.Reclaim()
	}
	panic("no such act: " + act)
}

// Save keeps a session as a rule left it.
func Save(ctx context.Context, q *store.Queries, s *Session) error { return save(ctx, q, s) }

// Now is the desk's clock.
func (d *Desk) Now() time.Time { return d.now() }

// Woken is what a test wakes a queue for.
type Woken struct {
	Sessions  []id.ID
	Agents    []int64
	Impatient bool // who is in the way has been waited for
}

// GiveOutWoken gives out what somebody was woken for, as a turn of the desk does.
func (d *Desk) GiveOutWoken(ctx context.Context, company id.ID, w Woken) error {
	h := newHint()
	for _, s := range w.Sessions {
		h.sessions[s] = true
	}
	for _, a := range w.Agents {
		h.agents[a] = true
	}
	if w.Impatient {
		h.tries = patience
	}
	_, err := d.giveOutFor(ctx, company, h, turnMost)
	return err
}

// Retime has what a change of a company's times concerns looked at anew, as a turn of the desk does.
func (d *Desk) Retime(ctx context.Context, company id.ID) error { return d.retime(ctx, company) }

// Woken says whether a company's queue is to be looked at.
func (d *Desk) Woken(company id.ID) bool {
	d.queues.mu.Lock()
	defer d.queues.mu.Unlock()
	return d.queues.ready[company] != nil
}

// RankQuick are those of some quick replies that fit what was typed, the best first.
func RankQuick(all []Quick, typed string) []QuickHit { return rankQuick(all, typed) }
