package queue

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/store"
)

// pageMost is how many sessions are compared at once, and feedPage of how many the messages are: memory stays the same however
// large a company is.
const (
	pageMost = 500
	feedPage = 50
)

// confirmAfter is how long what was just committed may take to reach Redis before Check looks again, twice.
const confirmAfter = 150 * time.Millisecond

// Difference is something that Redis has otherwise than PostgreSQL.
type Difference struct {
	Company id.ID
	Key     Key
	Member  string // "": the whole key
	Say     string // what is where, and what should be
}

func (d Difference) String() string { return d.Say }

// Check compares Redis with PostgreSQL and says what differs. What is just on its way is no difference: a company that differs is
// compared again a moment later, and only what differs still is told.
func (x *Index) Check(ctx context.Context) ([]Difference, error) {
	var out []Difference
	err := x.each(ctx, nil, func(company id.ID, keys []Key) error {
		differs, err := x.differences(ctx, company, keys)
		for again := 0; again < 2 && len(differs) > 0 && err == nil; again++ {
			if err := pause(ctx, confirmAfter); err != nil {
				return err
			}
			var now []Difference
			now, err = x.differences(ctx, company, keys)
			differs = slices.DeleteFunc(now, func(d Difference) bool {
				return !slices.ContainsFunc(differs, func(e Difference) bool { return d.Key == e.Key && d.Member == e.Member })
			})
		}
		out = append(out, differs...)
		return err
	})
	return out, err
}

func (x *Index) differences(ctx context.Context, company id.ID, keys []Key) (out []Difference, err error) {
	err = x.compare(ctx, company, keys, func(_ *companies, faults []fault) error {
		for _, f := range faults {
			out = append(out, f.Difference)
		}
		return nil
	})
	return out, err
}

// Rebuild makes Redis agree with PostgreSQL: for these companies, or for all where none is named. It only writes what
// differs, so it may run at any time and in many processes at once.
func (x *Index) Rebuild(ctx context.Context, company ...id.ID) error {
	return x.each(ctx, company, func(company id.ID, keys []Key) error {
		return x.compare(ctx, company, keys, func(with *companies, faults []fault) error { return x.repair(ctx, with, faults) })
	})
}

// each tells f these companies (or all there are, and those of which only Redis knows) with the keys that Redis has of them.
func (x *Index) each(ctx context.Context, some []id.ID, f func(id.ID, []Key) error) error {
	all := map[id.ID]map[Key]bool{}
	for _, c := range some {
		all[c] = map[Key]bool{}
	}
	if len(some) == 0 {
		err := x.desk.EachCompanies(ctx, func(companies []id.ID) error {
			for _, c := range companies {
				all[c] = map[Key]bool{}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	err := x.redis.scan(ctx, func(k Key) {
		_, company, ours := x.redis.owner(k)
		if ours && len(some) == 0 && all[company] == nil {
			all[company] = map[Key]bool{}
		}
		if ours && all[company] != nil {
			all[company][k] = true
		}
	})
	if err != nil {
		return err
	}
	for company, set := range all {
		keys := make([]Key, 0, len(set))
		for k := range set {
			keys = append(keys, k)
		}
		if err := f(company, keys); err != nil {
			return fmt.Errorf("company %s: %w", company, err)
		}
	}
	return nil
}

// fault is a difference and what mends it: its session is settled, or its entry put or dropped.
type fault struct {
	Difference
	session id.ID // zero: it is not about where a session is
	put     bool
	score   float64
}

// compare tells found what differs in a company, a page at a time: first what Redis lacks of what PostgreSQL has, then what it
// has beyond it. keys are those that Redis has of the company.
func (x *Index) compare(ctx context.Context, company id.ID, keys []Key, found func(*companies, []fault) error) error {
	with := &companies{x: x, by: map[id.ID]*desk.Company{}}
	c, err := with.fresh(ctx, company)
	if desk.KindOf(err) == desk.Missing {
		return x.compareNone(company, keys, func(f []fault) error { return found(with, f) })
	} else if err != nil {
		return err
	}
	tell := func(faults []fault, err error) error {
		if err != nil || len(faults) == 0 {
			return err
		}
		return found(with, faults)
	}
	wrong, err := x.compareTypes(ctx, company, keys)
	if err := tell(wrong, err); err != nil {
		return err
	}
	if wrong, err = x.compareTypes(ctx, company, keys); err != nil || len(wrong) > 0 {
		return err // they were only told: what else differs cannot be asked before they are mended
	}
	if err := x.compareLive(ctx, with, c, tell); err != nil {
		return err
	}
	for _, k := range keys {
		switch kind, _, _ := x.redis.owner(k); kind {
		case "waiting", "conversing", "queue":
			if err := x.compareKey(ctx, with, c, k, tell); err != nil {
				return err
			}
		}
	}
	return tell(x.comparePresence(ctx, company))
}

// compareTypes finds keys that are not sorted sets, on which every command of the index would fail.
func (x *Index) compareTypes(ctx context.Context, company id.ID, keys []Key) (faults []fault, err error) {
	p := x.redis.pipes()
	types := make([]*redis.StatusCmd, len(keys))
	for i, k := range keys {
		types[i] = p.on(k).Type(ctx, k.Name)
	}
	if err := p.exec(ctx); err != nil {
		return nil, err
	}
	for i, k := range keys {
		if t := types[i].Val(); t != "zset" && t != "none" {
			faults = append(faults, fault{Difference: Difference{company, k, "", fmt.Sprintf("%s is a %s and no sorted set.", k.Name, t)}})
		}
	}
	return faults, nil
}

// compareNone: what Redis has of a company that there is not.
func (x *Index) compareNone(company id.ID, keys []Key, found func([]fault) error) error {
	var faults []fault
	for _, k := range keys {
		faults = append(faults, fault{Difference: Difference{company, k, "", fmt.Sprintf("%s is there, and PostgreSQL has no such company.", k.Name)}})
	}
	return found(faults)
}

// compareLive looks in Redis for everything that PostgreSQL has.
func (x *Index) compareLive(ctx context.Context, with *companies, c *desk.Company, tell func([]fault, error) error) error {
	p := store.SessionsLiveOfCompanyParams{CompanyID: c.CompanyID, Max: pageMost}
	for {
		live, err := x.store.Of(c.CompanyID).SessionsLiveOfCompany(ctx, p)
		if err != nil {
			return err
		}
		rows := make([]*row, len(live))
		var had []*row
		for i := range live {
			r := row(live[i])
			rows[i] = &r
			if r.UID != nil {
				had = append(had, &r)
			}
		}
		if err := tell(x.comparePlaces(ctx, with, rows)); err != nil {
			return err
		}
		for chunk := range slices.Chunk(had, feedPage) {
			if err := tell(x.compareFeeds(ctx, c, chunk)); err != nil {
				return err
			}
		}
		if len(live) < pageMost {
			return nil
		}
		last := live[len(live)-1]
		p.AppID, p.OpenID = last.AppID, last.OpenID
	}
}

// comparePlaces looks for the entries of sessions where they belong.
func (x *Index) comparePlaces(ctx context.Context, with *companies, rows []*row) (faults []fault, err error) {
	p := x.redis.pipes()
	spots, has := make([]spot, len(rows)), make([]*redis.FloatCmd, len(rows))
	for i, r := range rows {
		if spots[i], err = x.placeOf(ctx, with, r); err != nil {
			return nil, err
		}
		has[i] = p.on(spots[i].key).ZScore(ctx, spots[i].key.Name, r.SessionID.String())
	}
	if err := p.exec(ctx); err != nil {
		return nil, err
	}
	for i, r := range rows {
		s := spots[i]
		d := Difference{r.CompanyID, s.key, r.SessionID.String(), ""}
		switch got, err := has[i].Result(); {
		case err != nil:
			d.Say = fmt.Sprintf("%s lacks session %s, which PostgreSQL has there.", s.key.Name, r.SessionID)
		case got != s.score:
			d.Say = fmt.Sprintf("%s has session %s with the score %.0f; it should be %.0f.", s.key.Name, r.SessionID, got, s.score)
		default:
			continue
		}
		faults = append(faults, fault{Difference: d, session: r.SessionID})
	}
	return faults, nil
}

// compareFeeds looks for what customers last said in the feeds of those who have their sessions. What is older than the oldest of a
// full feed has had its time.
func (x *Index) compareFeeds(ctx context.Context, c *desk.Company, rows []*row) (faults []fault, err error) {
	type wanted struct {
		fault
		has *redis.FloatCmd
	}
	type length struct {
		n      *redis.IntCmd
		oldest *redis.ZSliceCmd
	}
	p := x.redis.pipes()
	var all []wanted
	lengths := map[Key]length{}
	err = x.heard(ctx, c.CompanyID, rows, func(r *row, m *desk.Message) {
		k, e := x.redis.Messages(c.CompanyID, *r.UID), entry(c, m, *r.UID, val(r.CustomerServiceID))
		say := fmt.Sprintf("%s lacks message %s of session %s, which the agent has.", k.Name, m.ID, r.SessionID)
		all = append(all, wanted{fault{Difference{c.CompanyID, k, e, say}, id.ID{}, true, at(m.CreatedAt)}, p.on(k).ZScore(ctx, k.Name, e)})
		if _, asked := lengths[k]; !asked {
			lengths[k] = length{p.on(k).ZCard(ctx, k.Name), p.on(k).ZRangeWithScores(ctx, k.Name, 0, 0)}
		}
	})
	if err != nil {
		return nil, err
	}
	if err := p.exec(ctx); err != nil {
		return nil, err
	}
	for _, w := range all {
		l := lengths[w.Key]
		full := l.n.Val() >= feedMost && len(l.oldest.Val()) > 0 && w.score <= l.oldest.Val()[0].Score
		if w.has.Err() != nil && !full {
			faults = append(faults, w.fault)
		}
	}
	return faults, nil
}

// compareKey looks in PostgreSQL for everything that a key has.
func (x *Index) compareKey(ctx context.Context, with *companies, c *desk.Company, k Key, tell func([]fault, error) error) error {
	var cursor uint64
	for {
		pairs, next, err := x.redis.DB(k.DB).ZScan(ctx, k.Name, cursor, "", pageMost).Result()
		if err != nil {
			return err
		}
		if err := tell(x.compareMembers(ctx, with, c, k, pairs)); err != nil {
			return err
		}
		if cursor = next; cursor == 0 {
			return nil
		}
	}
}

// compareMembers: pairs are members and scores by turns.
func (x *Index) compareMembers(ctx context.Context, with *companies, c *desk.Company, k Key, pairs []string) (faults []fault, err error) {
	var items []*item
	for i := 0; i < len(pairs); i += 2 {
		session, err := id.Parse(pairs[i])
		if err != nil || session.String() != pairs[i] {
			faults = append(faults, fault{Difference: Difference{c.CompanyID, k, pairs[i], fmt.Sprintf("%s has %.40q, which is no session.", k.Name, pairs[i])}})
			continue
		}
		items = append(items, &item{company: c.CompanyID, session: session})
	}
	if len(items) == 0 {
		return faults, nil
	}
	rows, err := x.look(ctx, items)
	if err != nil {
		return nil, err
	}
	for _, it := range items {
		s, err := x.placeOf(ctx, with, rows[it.session])
		if err != nil {
			return nil, err
		}
		if s.key == k {
			continue // its score was compared with what PostgreSQL has
		}
		faults = append(faults, fault{Difference: Difference{c.CompanyID, k, it.session.String(), fmt.Sprintf("%s has session %s, which %s.", k.Name, it.session, belongs(s, rows[it.session]))}, session: it.session})
	}
	return faults, nil
}

func belongs(s spot, r *row) string {
	switch {
	case r == nil:
		return "PostgreSQL does not have"
	case s.nowhere():
		return "is closed"
	}
	return "belongs into " + s.key.Name
}

// comparePresence compares who is online. A sign of life may be as old as staleAt: until then an agent who has gone may stand there.
func (x *Index) comparePresence(ctx context.Context, company id.ID) (faults []fault, err error) {
	online, err := x.desk.Online(ctx, []id.ID{company})
	if err != nil {
		return nil, err
	}
	k := x.redis.Presence(company)
	noted, err := x.redis.DB(k.DB).ZRangeWithScores(ctx, k.Name, 0, -1).Result()
	if err != nil {
		return nil, err
	}
	now := x.clock()
	seen := map[string]bool{}
	for _, z := range noted {
		uid, _ := z.Member.(string)
		seen[uid] = z.Score >= at(now.Add(-staleAt))
	}
	for _, uid := range online[company] {
		m := strconv.FormatInt(uid, 10)
		if !seen[m] {
			faults = append(faults, fault{Difference{company, k, m, fmt.Sprintf("%s lacks agent %s, who is online.", k.Name, m)}, id.ID{}, true, at(now)})
		}
		delete(seen, m)
	}
	for m, fresh := range seen {
		if !fresh {
			faults = append(faults, fault{Difference: Difference{company, k, m, fmt.Sprintf("%s has agent %.20s, who is not online.", k.Name, m)}})
		}
	}
	return faults, nil
}

// repair mends what differs.
func (x *Index) repair(ctx context.Context, with *companies, faults []fault) error {
	var items []*item
	p := x.redis.pipes()
	f := feeds{x: x, p: p}
	for _, y := range faults {
		kind, _, _ := x.redis.owner(y.Key)
		switch {
		case !y.session.Zero():
			items = append(items, &item{company: y.Company, session: y.session, seen: []Key{y.Key}})
		case y.put && kind == "messages":
			f.put(ctx, y.Key, y.score, y.Member)
		case y.put:
			p.on(y.Key).ZAdd(ctx, y.Key.Name, redis.Z{Score: y.score, Member: y.Member})
			p.on(y.Key).PExpire(ctx, y.Key.Name, staleAt)
		case y.Member == "":
			p.on(y.Key).Unlink(ctx, y.Key.Name)
		default:
			p.on(y.Key).ZRem(ctx, y.Key.Name, y.Member)
		}
	}
	f.trim(ctx)
	if err := p.exec(ctx); err != nil {
		return err
	}
	return x.settle(ctx, with, items)
}

func pause(ctx context.Context, long time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(long):
		return nil
	}
}
