package desk

import "time"

// early says whether a session that came outside business hours is not to be given out yet. By hand it may be taken.
func (s *Session) early(now time.Time) bool { return s.NotBefore != nil && s.NotBefore.After(now) }

// queueingSince is when a queueing session came into the queue, or came back: its place in the order is older then, but nobody
// has had it for longer.
func (s *Session) queueingSince() time.Time {
	if s.RequeuedAt != nil {
		return *s.RequeuedAt
	}
	return s.QueuedAt
}

// quietSince is when anybody last did something in a conversation. WeChat gives whole seconds: a customer's message may have
// come until the end of its own.
func (s *Session) quietSince() time.Time {
	quiet := s.LastAt
	if Opercode(s.LastOpercode) == FromCustomer {
		quiet = quiet.Add(time.Second)
	}
	if taken := val(s.TakenAt); taken.After(quiet) {
		quiet = taken
	}
	return quiet
}

// next is what time will do first to the session, and when; the zero time: nothing.
func (s *Session) next(c *Company) (act Act, at time.Time) {
	switch State(s.State) {
	case Waiting:
		return ActTimeOutReceive, val(s.AssignedAt).Add(seconds(c.ReceptionTimeout))
	case Conversing, GroupConversation:
		return ActTimeOutIdle, s.quietSince().Add(seconds(c.IdleTimeout))
	case Queueing:
		if s.NotBefore != nil {
			return ActOpen, *s.NotBefore
		}
		since := s.queueingSince()
		act, at = ActTimeOutQueue, since.Add(seconds(c.QueueTimeout))
		if s.LeftMessage {
			at = since.AddDate(100, 0, 0) // it is work for an agent, and does not run out
		}
		if s.TargetUID != nil {
			if t := c.waitFor(s.AppID, *s.TargetUID, since, c.TargetWait); t.Before(at) {
				act, at = ActAskOthers, t
			}
		} else if s.Held {
			if t := c.waitFor(s.AppID, val(s.ExclusiveUID), since, c.ExclusiveWait); t.Before(at) {
				act, at = ActHoldOver, t
			}
		} else if _, t := s.overflows(c); !t.IsZero() && t.Before(at) {
			act, at = ActOverflow, t
		}
	}
	return act, at
}

// waitFor is until when an agent is waited for, some seconds from a time on; who cannot have a session of the account, not at all.
func (c *Company) waitFor(appid string, uid int64, since time.Time, wait int64) time.Time {
	if !c.Serves(appid, uid) {
		return since
	}
	return since.Add(seconds(wait))
}

// overflows is where a session queueing for a group goes next (0: to anybody), and when; the zero time: it stays. The chain is
// followed from the group it was for first; a group that was in it already ends it.
func (s *Session) overflows(c *Company) (group int64, at time.Time) {
	if s.TargetUID != nil || s.GroupID == nil {
		return 0, time.Time{}
	}
	at = s.queueingSince()
	been := map[int64]bool{}
	for g := c.Groups[s.group()]; g != nil && g.OverflowAfter != nil; {
		been[g.GroupID] = true
		at = at.Add(seconds(*g.OverflowAfter))
		next := val(g.OverflowGroupID)
		if been[next] {
			next = 0
		}
		if g.GroupID == *s.GroupID {
			return next, at
		}
		g = c.Groups[next]
	}
	return 0, time.Time{}
}

// schedule says when time is to look at the session. A moment before will do, so it is not moved with every message: whoever
// finds it due too early looks again.
func (s *Session) schedule(c *Company) {
	if !State(s.State).Live() {
		s.DueAt = nil
		return
	}
	if _, at := s.next(c); s.DueAt == nil || at.Before(*s.DueAt) {
		s.DueAt = &at
	}
}

// hold keeps a queueing session for its exclusive agent, where the company waits for one who is not online and the time is not over. A
// session for somebody by name waits for nobody else.
func (s *Session) hold(c *Company, presence string, now time.Time) {
	s.Held = s.In(Queueing) && s.ExclusiveUID != nil && s.TargetUID == nil && presence != Online &&
		now.Before(c.waitFor(s.AppID, *s.ExclusiveUID, s.queueingSince(), c.ExclusiveWait))
}

// passed is what time has done to a session, as it is kept.
type passed struct {
	act  Act
	deed Deed
}

// anew is when a session is due whose company has changed its times or hours: what it waits for is reckoned anew.
var anew = time.Unix(0, 0)

// elapse does to a session what is due by now, which may be several things where nobody looked for a while, and says when to
// look again.
func (s *Session) elapse(c *Company, now time.Time) (done []passed, err error) {
	if s.DueAt != nil && s.DueAt.Equal(anew) {
		s.reckon(c, now)
	}
	for {
		act, at := s.next(c)
		if at.IsZero() || at.After(now) {
			break
		}
		p := passed{act: act, deed: Deed{From: val(s.UID)}}
		switch act {
		case ActTimeOutQueue:
			err = s.TimeOutQueue(now)
		case ActTimeOutReceive:
			err = s.TimeOutReception(now)
		case ActTimeOutIdle:
			err = s.TimeOutIdle(now)
		case ActOpen: // what it waits for besides is reckoned from now
			err = s.Open()
		case ActHoldOver:
			err = s.HoldOver()
		case ActAskOthers:
			p.deed.Named = *s.TargetUID
			if !c.Serves(s.AppID, p.deed.Named) {
				p.deed.Why = "cannot"
			}
			if err = s.AskOthers(c); err != nil {
				break
			}
			s.reckon(c, now)
			p.deed.Group = c.GroupName(val(s.GroupID))
		case ActOverflow:
			group, _ := s.overflows(c)
			err = s.Overflow(group)
			s.reckon(c, now)
			p.deed.Group = c.GroupName(group)
		}
		if err != nil {
			return nil, err
		}
		done = append(done, p)
	}
	s.DueAt = nil
	s.schedule(c)
	return done, nil
}
