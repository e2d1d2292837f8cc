package desk

import (
	"context"
	"slices"

	"weir/internal/id"
	"weir/internal/store"
)

// Invite brings a colleague into the session of the one who asks, or in which they are a guest: they serve it together. The
// colleague needs a seat at its account, and no free place: it does not count for them.
func (d *Desk) Invite(ctx context.Context, who Agent, session id.ID, guest int64) error {
	return d.change(ctx, who, session, func(x *changing) error {
		if _, err := Next(ActInvite, State(x.session.State)); err != nil {
			return err
		}
		locked, err := x.lock(ctx, guest)
		if err != nil {
			return err
		}
		if _, err := x.seat(locked, guest); err != nil {
			return err
		}
		if err := x.session.Invite(who.UID, guest); err != nil {
			return err
		}
		return x.deed(ctx, who, ActInvite, d.now(), Deed{To: guest})
	})
}

// Leave has one who serves a session with others go. Goes its agent, it is the guest's who came first. The last to stay has it
// alone.
func (d *Desk) Leave(ctx context.Context, who Agent, session id.ID) error {
	return d.change(ctx, who, session, func(x *changing) error {
		s, now, deed := x.session, d.now(), Deed{From: who.UID}
		locked, err := x.lock(ctx, append(slices.Clone(s.Guests), who.UID)...)
		if err != nil {
			return err
		}
		owner := s.Of(who.UID)
		if err := s.Leave(who.UID, x.heir(locked), now); err != nil {
			return err
		}
		if owner {
			return d.given(ctx, x, who, ActLeave, locked[*s.UID], deed)
		}
		return x.deed(ctx, who, ActLeave, now, deed)
	})
}

// heir tells in which seat a guest could have the session; 0: none.
func (x *changing) heir(locked map[int64]*store.Agent) func(int64) int64 {
	return func(uid int64) int64 {
		seat, err := x.seat(locked, uid)
		if err != nil {
			return 0
		}
		return seat
	}
}
