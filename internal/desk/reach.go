package desk

import (
	"context"
	"slices"
	"time"

	"weir/internal/id"
	"weir/internal/store"
)

// may are the groups whose members may take a session that queues for a group and was first for another (0: none): the group
// that it queues for, that for which it was first, and those that it came through.
func (c *Company) may(home, group int64) []int64 {
	if group == 0 {
		return nil
	}
	out := []int64{group}
	if home == 0 || home == group {
		return out
	}
	out = append(out, home)
	var through []int64
	for g := c.Groups[home]; g != nil; g = c.Groups[val(g.OverflowGroupID)] {
		switch {
		case g.GroupID == group:
			return append(out, through...)
		case g.GroupID != home && slices.Contains(through, g.GroupID): // it never comes there
			return out
		case g.GroupID != home:
			through = append(through, g.GroupID)
		}
	}
	return out // the chain is another now
}

// heads are the first queueing sessions that some agents may take by the rules, behind a place of the serving order, but for some. now:
// those that come outside business hours are left out until then.
func (c *Company) heads(ctx context.Context, q *store.Queries, uids []int64, behind store.SessionsQueueingRow, now time.Time, but []id.ID, most int) ([]store.SessionsQueueingRow, error) {
	p := c.reach(uids)
	if len(uids) == 1 {
		p.GaveBack = uids[0]
	}
	p.Now, p.AfterRank, p.AfterID, p.But, p.Max = now, behind.Rank, behind.SessionID, append([]id.ID{}, but...), int32(most)
	return q.SessionsQueueing(ctx, p)
}

// reach names the queues that some agents may take from.
func (c *Company) reach(uids []int64) store.SessionsQueueingParams {
	p := store.SessionsQueueingParams{CompanyID: c.CompanyID, UIDs: uids, AppIDs: []string{}, GroupAppIDs: []string{}, GroupIDs: []int64{}, HomeAppIDs: []string{}, HomeGroupIDs: []int64{}, NowGroupIDs: []int64{}}
	home := func(appid string, home, now int64) {
		p.HomeAppIDs, p.HomeGroupIDs, p.NowGroupIDs = append(p.HomeAppIDs, appid), append(p.HomeGroupIDs, home), append(p.NowGroupIDs, now)
	}
	through := c.through()
	for appid, seats := range c.seats {
		seated := slices.DeleteFunc(slices.Clone(uids), func(uid int64) bool { return seats[uid] == 0 })
		if len(seated) == 0 {
			continue
		}
		p.AppIDs = append(p.AppIDs, appid)
		for n, g := range c.Groups {
			if !slices.ContainsFunc(seated, func(uid int64) bool { return g.in[uid] }) {
				continue
			}
			p.GroupAppIDs, p.GroupIDs = append(p.GroupAppIDs, appid), append(p.GroupIDs, n)
			home(appid, n, 0)
			for _, t := range through[n] {
				home(appid, t.home, t.now)
			}
		}
	}
	return p
}

// passage is that sessions which were first for a group and queue for another now came through a third.
type passage struct{ home, now int64 }

// through are, for each group that others overflow to and that overflows itself, the sessions that came through it.
func (c *Company) through() map[int64][]passage {
	var out map[int64][]passage
	for home, g := range c.Groups {
		var between []int64
		been := map[int64]bool{home: true}
		for n := val(g.OverflowGroupID); n != 0 && !been[n] && c.Groups[n] != nil; n = val(c.Groups[n].OverflowGroupID) {
			been[n] = true
			for _, b := range between {
				if out == nil {
					out = map[int64][]passage{}
				}
				out[b] = append(out[b], passage{home, n})
			}
			between = append(between, n)
		}
	}
	return out
}
