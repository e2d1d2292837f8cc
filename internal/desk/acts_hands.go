package desk

import (
	"context"
	"time"
	"unicode/utf8"

	"weir/internal/id"
)

// Accept opens a session for an agent: one that waits for them, or one of a queue that they may take from.
func (d *Desk) Accept(ctx context.Context, who Agent, session id.ID) error {
	return d.change(ctx, who, session, func(x *changing) error {
		if x.session.In(Queueing) {
			return d.grab(ctx, x, who)
		}
		return x.accept(ctx, who, x.session.Accept, d.now())
	})
}

// accept has an agent open the session by an act of theirs. The first time is kept.
func (x *changing) accept(ctx context.Context, who Agent, open func(int64, time.Time) error, now time.Time) error {
	waited := x.session.In(Waiting)
	if err := open(who.UID, now); err != nil {
		return x.taken(err)
	}
	if !waited {
		return nil
	}
	return x.deed(ctx, who, ActAccept, now, Deed{To: who.UID})
}

// speak has an agent, a guest or an admin say something in the session, and tells with which opercode.
func (x *changing) speak(ctx context.Context, who Agent, admin bool, now time.Time) (Opercode, error) {
	if !admin {
		err := x.accept(ctx, who, x.session.Spoken, now)
		return x.session.Voice(), err
	}
	if _, err := Next(ActInterject, State(x.session.State)); err != nil {
		return 0, err
	}
	p, err := x.person(ctx, who)
	if err != nil {
		return 0, err
	}
	if !supervises(&p) {
		return 0, refuse(Denied, "supervisor.only")
	}
	if err := x.session.Interject(); err != nil {
		return 0, err
	}
	return FromAdmin, x.deed(ctx, who, ActInterject, now, Deed{})
}

// grab takes a session out of the queue by hand. The agent is locked, so that places are counted one after the other.
func (d *Desk) grab(ctx context.Context, x *changing, who Agent) error {
	locked, err := x.lock(ctx, who.UID)
	if err != nil {
		return err
	}
	seat, err := x.seat(locked, who.UID)
	if err != nil {
		return err
	}
	a := locked[who.UID]
	switch {
	case a.Load >= a.Capacity:
		return refuse(Denied, "agent.full", a.Load, a.Capacity)
	case !x.company.mayTake(x.session, who.UID):
		return refuse(Denied, "session.other-group")
	}
	if err := d.noteWait(ctx, x.q, x.session); err != nil {
		return err
	}
	if err := x.session.Grab(who.UID, seat, d.now()); err != nil {
		return err
	}
	x.change.Agent = who.UID
	return d.given(ctx, x, who, ActGrab, a, Deed{})
}

// Destination is where a session is transferred: to an agent, or to a group.
type Destination struct {
	UID   int64
	Group string // by name, or by number in digits
	Note  string // for colleagues
}

// noteMost is how long a note may be, in characters.
const noteMost = 1000

// Transfer hands a session on: one's own, or for supervisors, admins and the company any. To an agent: it waits for them, even
// over their capacity, because a person decided it. To a group: it queues there at its old place.
func (d *Desk) Transfer(ctx context.Context, who Agent, session id.ID, to Destination) error {
	if (to.UID == 0) == (to.Group == "") {
		return refuse(Invalid, "transfer.one-target")
	}
	if utf8.RuneCountInString(to.Note) > noteMost {
		return refuse(Invalid, "transfer.note", noteMost)
	}
	return d.change(ctx, who, session, func(x *changing) error {
		p, err := x.person(ctx, who)
		switch {
		case err != nil:
			return err
		case !State(x.session.State).Live():
			return refuse(Taken, "session.closed")
		case !supervises(&p) && !x.session.Of(who.UID):
			return refuse(Denied, "session.not-yours")
		case to.Group != "":
			return d.toGroup(ctx, x, who, to)
		}
		return d.toAgent(ctx, x, who, to)
	})
}

func (d *Desk) toGroup(ctx context.Context, x *changing, who Agent, to Destination) error {
	g := x.company.GroupNamed(to.Group)
	if g == nil {
		return refuse(Missing, "group.missing", to.Group)
	}
	if !x.reaches(g) {
		return refuse(Denied, "transfer.to-nobody")
	}
	from := val(x.session.UID)
	if err := x.session.TransferToGroup(g.GroupID); err != nil {
		return err
	}
	x.session.aimedBy(personal(who))
	x.session.Priority = max(x.session.Priority, g.Priority)
	if from != 0 { // in the queue it was before
		if err := x.tell(ctx, d, NoticeReturned); err != nil {
			return err
		}
	}
	return x.deed(ctx, who, ActTransferToGroup, d.now(), Deed{From: from, Group: g.Name, Note: to.Note})
}

// reaches says whether somebody of a group has a seat at the session's account.
func (x *changing) reaches(g *Group) bool {
	for _, uid := range g.Members {
		if x.company.Seat(x.session.AppID, uid) != 0 {
			return true
		}
	}
	return false
}

func (d *Desk) toAgent(ctx context.Context, x *changing, who Agent, to Destination) error {
	from, now := val(x.session.UID), d.now()
	locked, err := x.lock(ctx, from, to.UID)
	if err != nil {
		return err
	}
	seat, err := x.seat(locked, to.UID)
	if err != nil {
		return err
	}
	if err := x.session.Transfer(to.UID, seat, now); err != nil {
		return err
	}
	x.session.aimedBy(personal(who))
	return d.given(ctx, x, who, ActTransfer, locked[to.UID], Deed{From: from, Note: to.Note})
}

// TakeOver puts another agent's session into conversation with the one who asks, even over their capacity, because a person
// decided it. Supervisors and admins may, and a colleague who is a guest in it; each needs a seat at its account.
func (d *Desk) TakeOver(ctx context.Context, who Agent, session id.ID) error {
	return d.change(ctx, who, session, func(x *changing) error {
		if _, err := Next(ActTakeOver, State(x.session.State)); err != nil {
			return err
		}
		p, err := x.person(ctx, who)
		if err != nil {
			return err
		}
		if !supervises(&p) && !x.session.Joined(who.UID) {
			return refuse(Denied, "takeover.denied")
		}
		from, now := val(x.session.UID), d.now()
		locked, err := x.lock(ctx, from, who.UID)
		if err != nil {
			return err
		}
		seat, err := x.seat(locked, who.UID)
		if err != nil {
			return err
		}
		if err := x.session.TakeOver(who.UID, seat, now); err != nil {
			return err
		}
		return d.given(ctx, x, who, ActTakeOver, locked[who.UID], Deed{From: from})
	})
}

// Release gives the session of the one who asks back to the queue, at its old place.
func (d *Desk) Release(ctx context.Context, who Agent, session id.ID) error {
	return d.change(ctx, who, session, func(x *changing) error {
		if err := x.session.Release(who.UID); err != nil {
			return err
		}
		if err := x.tell(ctx, d, NoticeReturned); err != nil {
			return err
		}
		return x.deed(ctx, who, ActRelease, d.now(), Deed{From: who.UID, Group: x.company.GroupName(val(x.session.GroupID))})
	})
}

// Close ends a session: by the agent who has it, or in the company's name.
func (d *Desk) Close(ctx context.Context, who Agent, session id.ID) error {
	if who.UID == 0 {
		return d.end(ctx, who, session, ActCloseByCompany, func(x *changing) error { return x.session.CloseByCompany(d.now()) })
	}
	return d.end(ctx, who, session, ActClose, func(x *changing) error { return x.session.Close(who.UID, d.now()) })
}

// end has somebody end a session. That it was over already is no mistake, and not kept again.
func (d *Desk) end(ctx context.Context, who Agent, session id.ID, act Act, rule func(*changing) error) error {
	return d.change(ctx, who, session, func(x *changing) error {
		live, from := State(x.session.State).Live(), val(x.session.UID)
		if err := rule(x); err != nil || !live {
			return err
		}
		if err := x.tell(ctx, d, NoticeClosed); err != nil {
			return err
		}
		return x.deed(ctx, who, act, d.now(), Deed{From: from})
	})
}
