package desk

import (
	"context"
	"sync"
	"time"

	"weir/internal/id"
	"weir/internal/store"
)

// What an agent may choose to be, and what takes effect: auto is online while a workspace is open and somebody is at it.
const (
	Auto    = "auto"
	Online  = "online"
	Away    = "away"
	Offline = "offline"
)

// Grace is how long an agent still counts as connected after the last stream closed: a page change takes a moment.
const Grace = 15 * time.Second

// Lease is how long a process may go unseen before it is held for dead.
const Lease = 20 * time.Second

// sight is all that an agent's presence is made from.
type sight struct {
	status   string // what they chose
	disabled bool
	open     bool      // a stream is open at a process that lives
	leftAt   time.Time // when the last one there closed, if none is
	activeAt time.Time // the last sign that somebody is at the workspace
}

// presence is what it comes to, and when time alone would change that; the zero time: it would not. An agent who has given no
// sign for awayAfter (0: however long) is away until the next.
func (s *sight) presence(awayAfter time.Duration, now time.Time) (status string, until time.Time) {
	leaves := s.leftAt.Add(Grace)
	switch {
	case s.disabled:
		return Offline, time.Time{}
	case s.status != Auto:
		return s.status, time.Time{}
	case !s.open && !now.Before(leaves):
		return Offline, time.Time{}
	}
	status = Online
	if awayAfter > 0 {
		if until = s.activeAt.Add(awayAfter); !now.Before(until) {
			status, until = Away, time.Time{}
		}
	}
	if !s.open && (until.IsZero() || leaves.Before(until)) {
		until = leaves
	}
	return status, until
}

// SetPresence chooses an agent's status; it holds until changed. auto, online, away or offline.
func (d *Desk) SetPresence(ctx context.Context, company id.ID, uid int64, status string) error {
	switch status {
	case Auto, Online, Away, Offline:
	default:
		return refuse(Invalid, "presence.unknown")
	}
	return d.look(ctx, company, uid, func(_ *store.Queries, a *store.Agent) error {
		a.Status, a.ActiveAt = status, ptr(d.now())
		return nil
	})
}

// Connected notes that an agent has the first stream open at this process.
func (d *Desk) Connected(ctx context.Context, company id.ID, uid int64) error {
	return d.look(ctx, company, uid, func(q *store.Queries, a *store.Agent) error {
		if a.Presence == Offline { // who comes is there; a stream that comes again by itself says nothing of its reader
			a.ActiveAt = ptr(d.now())
		}
		return q.ConnectionOpened(ctx, store.ConnectionOpenedParams{CompanyID: company, UID: uid, InstanceID: d.instance, At: d.now()})
	})
}

// Left notes that the agent's last stream at this process has closed. It takes effect after Grace.
func (d *Desk) Left(ctx context.Context, company id.ID, uid int64) error {
	return d.look(ctx, company, uid, func(q *store.Queries, _ *store.Agent) error {
		return q.ConnectionLeft(ctx, store.ConnectionLeftParams{CompanyID: company, UID: uid, InstanceID: d.instance, At: d.now()})
	})
}

// Active notes a sign that an agent is at the workspace. Signs may come often: one in a while is kept.
func (d *Desk) Active(ctx context.Context, who Agent) error {
	c, err := d.Company(ctx, who.Company)
	if err != nil {
		return err
	}
	now := d.now()
	if c.AwayAfter == 0 || !d.signs.fresh(who, now, min(seconds(c.AwayAfter)/4, time.Minute)) {
		return nil
	}
	return d.look(ctx, who.Company, who.UID, func(_ *store.Queries, a *store.Agent) error {
		a.ActiveAt = &now
		return nil
	})
}

// acted notes that somebody acted: they are there.
func (d *Desk) acted(ctx context.Context, who Agent) {
	if who.UID == 0 {
		return
	}
	if err := d.Active(context.WithoutCancel(ctx), who); err != nil && KindOf(err) == 0 {
		d.log.Warn("that an agent is active could not be noted", "company", who.Company, "uid", who.UID, "err", err)
	}
}

// signs remembers which signs of activity were kept a moment ago.
type signs struct {
	mu   sync.Mutex
	last map[Agent]time.Time
}

// signsMost bounds what is remembered: what is forgotten is only kept once more.
const signsMost = 10000

func (s *signs) fresh(who Agent, now time.Time, while time.Duration) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if last, known := s.last[who]; known && now.Sub(last) < while {
		return false
	}
	if s.last == nil || len(s.last) >= signsMost {
		s.last = map[Agent]time.Time{}
	}
	s.last[who] = now
	return true
}

// look has something noted of an agent, reckons what their presence comes to now, and keeps it: nobody else writes it. If it
// changed, that is told; if they went offline, time takes their sessions from them (due.go).
func (d *Desk) look(ctx context.Context, company id.ID, uid int64, note func(*store.Queries, *store.Agent) error) error {
	c, err := d.companies.now(ctx, company)
	if err != nil {
		return err
	}
	var was, is store.Agent
	err = d.store.Tx(ctx, company, func(q *store.Queries) error {
		if was, err = q.AgentLock(ctx, store.AgentLockParams{CompanyID: company, UID: uid}); err != nil {
			return missing(err, "agent.missing")
		}
		is = was
		if note != nil {
			if err := note(q, &is); err != nil {
				return err
			}
		}
		now := d.now()
		streams, err := q.AgentStreams(ctx, store.AgentStreamsParams{CompanyID: company, UID: uid, AliveSince: now.Add(-Lease)})
		if err != nil {
			return err
		}
		saw := sight{status: is.Status, disabled: is.DisabledAt != nil, open: streams.Open, leftAt: streams.LeftAt, activeAt: val(is.ActiveAt)}
		status, until := saw.presence(seconds(c.AwayAfter), now)
		become(&is, status, until, now)
		if unchanged(&was, &is) {
			return nil
		}
		return q.AgentPresenceSet(ctx, store.AgentPresenceSetParams{CompanyID: company, UID: uid, Status: is.Status, Presence: is.Presence, PresenceAt: is.PresenceAt,
			ActiveAt: is.ActiveAt, DueAt: is.DueAt})
	})
	if err != nil {
		return err
	}
	if is.Presence != was.Presence {
		d.committed(ctx, []Change{{Company: c, Agent: uid, Status: is.Presence}})
	}
	return nil
}

// become has an agent be what their presence comes to, and says when it is due to be looked at: at once where they have just gone,
// because then their sessions are; else when time would change it. A moment before will do, so it is not moved with every sign.
func become(a *store.Agent, status string, until, now time.Time) {
	gone := status == Offline && a.Presence != Offline
	if a.Presence != status {
		a.Presence, a.PresenceAt = status, now
	}
	switch {
	case gone:
		a.DueAt = &now
	case status == Offline: // due or not, as it was
	case until.IsZero():
		a.DueAt = nil
	case a.DueAt == nil, !a.DueAt.After(now), until.Before(*a.DueAt):
		a.DueAt = &until
	}
}

// unchanged says whether there is nothing to be written.
func unchanged(a, b *store.Agent) bool {
	return a.Status == b.Status && a.Presence == b.Presence && sameTime(a.ActiveAt, b.ActiveAt) && sameTime(a.DueAt, b.DueAt)
}

func sameTime(a, b *time.Time) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}

// Presence is what each agent of a company is now.
func (d *Desk) Presence(ctx context.Context, company id.ID) (map[int64]string, error) {
	agents, err := d.store.Of(company).AgentsOfCompany(ctx, company)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]string, len(agents))
	for _, a := range agents {
		out[a.UID] = a.Presence
	}
	return out, nil
}

// amend looks again at agents whose presence is not what their workspaces say: a process died with theirs, or was held for
// dead and is not. One who cannot be looked at keeps nobody else from it.
func (d *Desk) amend(ctx context.Context, companies []id.ID) {
	now := d.now()
	rows, err := d.store.Across(companies).AgentsAmiss(ctx, store.AgentsAmissParams{CompanyIDs: companies, AliveSince: now.Add(-Lease), LeftSince: now.Add(-Grace)})
	if err != nil && ctx.Err() == nil {
		d.log.Error("whose presence is amiss could not be asked", "err", err)
	}
	for _, r := range rows {
		if err := d.look(ctx, r.CompanyID, r.UID, nil); err != nil && ctx.Err() == nil {
			d.log.Error("an agent's presence could not be looked at", "company", r.CompanyID, "uid", r.UID, "err", err)
		}
	}
}

func seconds(n int64) time.Duration { return time.Duration(n) * time.Second }
