package queue

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"weir/internal/id"
)

// How often Redis is looked after, when it is well and when it is not, and how often everything is compared in any case: for
// what a killed process had committed and not yet written.
const (
	keepEvery    = time.Second
	retryEvery   = 200 * time.Millisecond
	compareEvery = 5 * time.Minute
)

var errEmptied = errors.New("redis was emptied while the index was made")

// keep looks after Redis: when it has been away, emptied or started anew, the index is mended.
func (x *Index) keep(ctx context.Context) {
	compared, well := time.Now(), true
	for {
		wait, bell := keepEvery, x.mend.bell
		if time.Since(compared) > compareEvery {
			compared = time.Now()
			if x.mine(ctx, "compare", compareEvery*9/10) {
				x.everything()
			}
		}
		err := x.tend(ctx)
		if err != nil {
			wait, bell = retryEvery, nil
			if well && ctx.Err() == nil { // said once, not five times a second
				x.log.Warn("the index in Redis waits to be mended", "err", err)
			}
		}
		well = err == nil
		select {
		case <-ctx.Done():
			return
		case <-bell:
		case <-time.After(wait):
		}
	}
}

// tend is one round of it.
func (x *Index) tend(ctx context.Context) error {
	run, whole, err := x.probe(ctx)
	if err != nil {
		x.up.Store(false)
		return err
	}
	// First up, then taken: whatever is not written from now on is dirty again.
	x.up.Store(true)
	all, dirty := x.takeDirty()
	if !whole && !all && !x.mine(ctx, "building", 30*time.Second) {
		all = false // another process does it
	} else {
		all = all || !whole
	}
	began := time.Now()
	switch {
	case all:
		if err = x.make(ctx, run, whole); err != nil {
			x.everything()
		} else {
			x.log.Info("the index in Redis agrees with PostgreSQL", "took", time.Since(began).Round(time.Millisecond))
		}
	case len(dirty) > 0:
		if err = x.Rebuild(ctx, dirty...); err != nil {
			x.dirty(dirty...)
		}
	}
	return err
}

func (x *Index) takeDirty() (all bool, dirty []id.ID) {
	x.mend.Lock()
	defer x.mend.Unlock()
	all, dirty = x.mend.all, slices.Collect(maps.Keys(x.mend.dirty))
	x.mend.all = false
	clear(x.mend.dirty)
	return all, dirty
}

func (x *Index) everything() {
	x.mend.Lock()
	x.mend.all = true
	x.mend.Unlock()
}

// probe asks whether Redis is there, in which run of it, and whether the index was made in it.
func (x *Index) probe(ctx context.Context) (run string, whole bool, err error) {
	if err := x.redis.DB(dbSessions).Ping(ctx).Err(); err != nil {
		return "", false, err
	}
	run, whole = x.redis.run(ctx), true
	p := x.redis.pipes()
	var marks []interface{ Val() string }
	for _, k := range x.redis.marks() {
		marks = append(marks, p.on(k).Get(ctx, k.Name))
	}
	err = p.exec(ctx)
	for _, m := range marks {
		whole = whole && m.Val() == run
	}
	return run, whole, err
}

// make compares everything and mends it. Readers never see less than there was.
func (x *Index) make(ctx context.Context, run string, whole bool) error {
	defer x.redis.DB(dbSessions).Del(context.WithoutCancel(ctx), x.redis.At(dbSessions, mark+":building").Name)
	if whole {
		return x.Rebuild(ctx)
	}
	p := x.redis.pipes()
	for _, k := range x.redis.marks() {
		p.on(k).Set(ctx, k.Name, building, 0)
	}
	if err := p.exec(ctx); err != nil {
		return err
	}
	if err := x.Rebuild(ctx); err != nil {
		return err
	}
	p = x.redis.pipes()
	var set []interface{ Val() bool }
	for _, k := range x.redis.marks() {
		set = append(set, p.on(k).SetXX(ctx, k.Name, run, 0))
	}
	if err := p.exec(ctx); err != nil {
		return err
	}
	for _, s := range set {
		if !s.Val() {
			return errEmptied
		}
	}
	return nil
}
