package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"weir/internal/id"
	"weir/internal/store"
)

// How far a queue is counted for a customer's place; how many waits make an honest guess, and how old they may be; and after how
// long a customer who goes on writing is told their place again, at the earliest.
const (
	maxAhead   = 99
	waitsLeast = 3
	waitsFor   = 2 * time.Hour
	tellAgain  = 15 * time.Second
)

// queue names a queue; group 0 is that of no group.
type queue struct {
	company id.ID
	appid   string
	group   int64
}

func (s *Session) queue() queue { return queue{s.CompanyID, s.AppID, val(s.GroupID)} }

// line is a queue as a customer in it would see it, with those of other accounts who wait for the same people.
type line struct {
	ranks []int64         // places in serving order, the first first, as far as they are counted
	head  time.Time       // since when the first waits; the zero time: nobody does
	waits []time.Duration // of those who had to wait and were given out lately
	free  bool            // somebody takes the next at once
}

// ahead is how many are before somebody at a place in serving order.
func (l *line) ahead(rank int64) int {
	n, _ := slices.BinarySearch(l.ranks, rank)
	return n
}

// wait is how long somebody who has waited for a while will wait yet, with so many before them: as long in all as the middle one of
// those lately given out did, or as the first in the queue has already, and not less than their share of the queue. 0: nobody
// knows, as of whoever has waited for longer than that.
func (l *line) wait(ahead int, waited time.Duration, now time.Time) time.Duration {
	if len(l.waits) < waitsLeast {
		return 0
	}
	usual := slices.Sorted(slices.Values(l.waits))[len(l.waits)/2]
	if waited >= usual {
		return 0
	}
	if !l.head.IsZero() {
		usual = max(usual, now.Sub(l.head))
	}
	share := usual * time.Duration(ahead) / time.Duration(max(len(l.ranks), 1))
	return max(usual-waited, share)
}

// matters says whether how many are before a customer, or how long it takes, is another than they were told, by a third or more.
func matters(ahead, was int, wait, told time.Duration) bool {
	if moved := max(ahead-was, was-ahead); moved > 0 && 3*moved >= was {
		return true
	}
	longer := (wait - told).Abs()
	return wait > 0 && told > 0 && longer >= 2*time.Minute && 3*longer >= told
}

// waited is how long a session has been in the queue, without the time before opening.
func (s *Session) waited(now time.Time) time.Duration {
	since := s.queueingSince()
	if opened := val(s.NotBefore); opened.After(since) {
		since = opened
	}
	return now.Sub(since)
}

// placed says whether the customer of a session has a place in a queue to be told of: it is for anybody of a group or account.
func (s *Session) placed(now time.Time) bool {
	return s.In(Queueing) && s.TargetUID == nil && !s.Held && !s.LeftMessage && !s.early(now)
}

// alongside are the accounts whose sessions wait for the same people as those of one: each with an agent (of a group) who has a seat
// at both.
func (c *Company) alongside(appid string, group int64) []string {
	out := []string{appid}
	for other, seats := range c.seats {
		if other == appid || len(out) == accountsMost {
			continue
		}
		for uid := range c.seats[appid] {
			if seats[uid] != 0 && (group == 0 || c.Groups[group] != nil && c.Groups[group].in[uid]) {
				out = append(out, other)
				break
			}
		}
	}
	return out
}

// accountsMost is how many accounts a place in a queue is counted over.
const accountsMost = 16

// fronts reads queues as their customers see them: one statement, which reads no more of each than is counted. left has given
// the session back, and is not asked again.
func fronts(ctx context.Context, q *store.Queries, companies map[id.ID]*Company, queues []queue, left int64, now time.Time) (map[queue]*line, error) {
	p := store.QueueFrontsParams{Since: now.Add(-waitsFor), LeftUID: left, Now: now, Max: maxAhead + 1}
	asked := map[queue]bool{}
	for _, x := range queues {
		for _, appid := range companies[x.company].alongside(x.appid, x.group) {
			if y := (queue{x.company, appid, x.group}); !asked[y] {
				asked[y] = true
				p.CompanyIDs, p.AppIDs, p.GroupIDs = append(p.CompanyIDs, y.company), append(p.AppIDs, y.appid), append(p.GroupIDs, y.group)
			}
		}
	}
	rows, err := q.QueueFronts(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("read the front of queues: %w", err)
	}
	by := make(map[queue]*store.QueueFrontsRow, len(rows))
	for i := range rows {
		by[queue{rows[i].CompanyID, rows[i].AppID, rows[i].GroupID}] = &rows[i]
	}
	out := make(map[queue]*line, len(queues))
	for _, x := range queues {
		c := companies[x.company]
		l := &line{}
		first := int64(0)
		for _, appid := range c.alongside(x.appid, x.group) {
			r := by[queue{x.company, appid, x.group}]
			if r == nil {
				continue
			}
			if len(r.Ranks) > 0 && (len(l.ranks) == 0 || r.Ranks[0] < first) {
				first, l.head = r.Ranks[0], r.Head
			}
			l.ranks = append(l.ranks, r.Ranks...)
		}
		slices.Sort(l.ranks)
		if own := by[x]; own != nil {
			l.free = own.Free && c.Distribution != "grab"
			for _, w := range own.Waits {
				l.waits = append(l.waits, time.Duration(w)*time.Second)
			}
		}
		out[x] = l
	}
	return out, nil
}

// count reads the queues in which customers of this group of callbacks are to be told a place: one bounded statement, and none where nobody is.
func (k *known) count(ctx context.Context, hearing *store.Hearing, group []*Arrival) error {
	var queues []queue
	for i, a := range group {
		if _, again := k.repeats[i]; again {
			continue
		}
		if x, some := k.lineOf(a); some && !slices.Contains(queues, x) {
			queues = append(queues, x)
		}
	}
	if len(queues) == 0 {
		return nil
	}
	var err error
	k.lines, err = fronts(ctx, hearing.Queries(), k.companies, queues, 0, k.now)
	return err
}

// lineOf is the queue in which a customer may have to be told a place; false: none.
func (k *known) lineOf(a *Arrival) (x queue, some bool) {
	c, s := k.companies[a.Company], k.sessions[a.who()]
	if !c.tells(NoticeQueued) && !c.tells(NoticeMoved) && !c.tells(NoticeReturned) {
		return x, false
	}
	if s != nil {
		x = s.queue()
		if !s.placed(k.now) || a.Event != "" || s.ToldAt != nil && s.Owed == "" && k.now.Sub(*s.ToldAt) < tellAgain {
			return x, false
		}
	} else {
		x = queue{company: a.Company, appid: a.AppID}
		if acc := c.Accounts[a.AppID]; acc != nil {
			x.group = val(acc.DefaultGroupID)
		}
	}
	kind, _, group := k.target(a)
	var r *rule
	switch {
	case a.Event == "":
		r = c.rules.text(a.AppID, a.Text)
	case a.Event == "subscribe":
		r = c.rules.followed(a.AppID)
	}
	if a.Event != "" && kind == "" && (r == nil || r.AssignUID == nil && r.AssignGroupID == nil) {
		return x, false // it begins no session
	}
	x.group = cmp.Or(group, x.group)
	if r != nil && r.AssignGroupID != nil && group == 0 {
		x.group = *r.AssignGroupID
	}
	return x, true
}

// noteWait keeps how long a session that is being given out of its queue had to wait: the next in it are told by that.
func (d *Desk) noteWait(ctx context.Context, q *store.Queries, s *Session) error {
	now := d.now()
	wait := s.waited(now)
	if wait < time.Second || !s.placed(now) {
		return nil
	}
	return q.QueueWaitInsert(ctx, store.QueueWaitInsertParams{CompanyID: s.CompanyID, AppID: s.AppID, GroupID: val(s.GroupID), GivenAt: now, SessionID: s.SessionID,
		Wait: int64(wait / time.Second)})
}
