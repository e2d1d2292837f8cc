package queue

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/store"
)

// settleMost is how often a session is written again because it moved meanwhile. One that moves on and on is left to comparing.
const settleMost = 20

// item is a session whose entry is being written.
type item struct {
	company, session id.ID
	version          int64
	seen             []Key // where its entry may be
	at               spot  // where it was written
	wrote            bool
	feed             bool  // what its customer said goes to the feed of whoever gets it
	with             int64 // in whose feed it is already
}

// note takes in a change, which need not be newer than the one before.
func (it *item) note(n *note) {
	it.saw(n.was)
	it.saw(n.now.key)
	if n.wasWith != it.with {
		it.with = 0 // it changed hands in between, so nobody may count on having been told
	}
	if n.version > it.version {
		it.version, it.at, it.wrote = n.version, n.now, true
	}
}

func (it *item) saw(k Key) {
	if k.Name != "" && !slices.Contains(it.seen, k) {
		it.seen = append(it.seen, k)
	}
}

// write puts the session's entry where it belongs, and takes it from wherever else it may be.
func (it *item) write(ctx context.Context, p *pipes) {
	member := it.session.String()
	for _, k := range it.seen {
		if k != it.at.key {
			p.on(k).ZRem(ctx, k.Name, member)
		}
	}
	if !it.at.nowhere() {
		p.on(it.at.key).ZAdd(ctx, it.at.key.Name, redis.Z{Score: it.at.score, Member: member})
	}
}

// settle looks where PostgreSQL has the sessions and writes that, until what was written is what is found. See the package.
func (x *Index) settle(ctx context.Context, with *companies, items []*item) error {
	var given []*row
	for range settleMost {
		if len(items) == 0 {
			return x.feedGiven(ctx, with, given)
		}
		rows, err := x.look(ctx, items)
		if err != nil {
			return err
		}
		p := x.redis.pipes()
		var wrong []*item
		for _, it := range items {
			r := rows[it.session]
			at, err := x.placeOf(ctx, with, r)
			if err != nil {
				return err
			}
			if it.wrote && it.at == at {
				if r != nil && it.feed && r.UID != nil && *r.UID != it.with {
					given = append(given, r)
				}
				continue
			}
			it.saw(at.key)
			it.at, it.wrote = at, true
			it.write(ctx, p)
			wrong = append(wrong, it)
		}
		if err := p.exec(ctx); err != nil {
			return err
		}
		items = wrong
	}
	for _, it := range items {
		x.dirty(it.company)
	}
	return x.feedGiven(ctx, with, given)
}

// look reads where sessions are, in one question whatever company they are of.
func (x *Index) look(ctx context.Context, items []*item) (map[id.ID]*row, error) {
	p := store.SessionPlacesParams{CompanyIDs: make([]id.ID, len(items)), SessionIDs: make([]id.ID, len(items))}
	var companies []id.ID
	seen := map[id.ID]bool{}
	for i, it := range items {
		p.CompanyIDs[i], p.SessionIDs[i] = it.company, it.session
		if !seen[it.company] {
			seen[it.company] = true
			companies = append(companies, it.company)
		}
	}
	rows, err := x.store.Across(companies).SessionPlaces(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("look where sessions are: %w", err)
	}
	out := make(map[id.ID]*row, len(rows))
	for i := range rows {
		out[rows[i].SessionID] = &rows[i]
	}
	return out, nil
}

// placeOf is where a session belongs; nil is a session that there is not, which belongs nowhere.
func (x *Index) placeOf(ctx context.Context, with *companies, r *row) (spot, error) {
	if r == nil {
		return spot{}, nil
	}
	c, err := with.get(ctx, r.CompanyID)
	if err != nil {
		return spot{}, err
	}
	at, known := x.redis.place(c, r)
	if known {
		return at, nil
	}
	if c, err = with.fresh(ctx, r.CompanyID); err != nil {
		return spot{}, err
	}
	at, _ = x.redis.place(c, r)
	return at, nil
}

// companies are those that a piece of work has to do with, so that each is asked for once.
type companies struct {
	x  *Index
	by map[id.ID]*desk.Company
}

func (cs *companies) seen(c *desk.Company) {
	if old := cs.by[c.CompanyID]; old == nil || old.Version < c.Version {
		cs.by[c.CompanyID] = c
	}
}

func (cs *companies) get(ctx context.Context, company id.ID) (*desk.Company, error) {
	if c := cs.by[company]; c != nil {
		return c, nil
	}
	return cs.fresh(ctx, company)
}

func (cs *companies) fresh(ctx context.Context, company id.ID) (*desk.Company, error) {
	c, err := cs.x.desk.Company(ctx, company)
	if err == nil {
		cs.by[company] = c
	}
	return c, err
}

func at(t time.Time) float64 { return float64(t.UnixMilli()) }
