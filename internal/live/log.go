package live

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// EventsTopic rings when a company's Log has grown.
const EventsTopic = "events"

// An Entry is one event of a company, as other programs read it.
type Entry struct {
	ID   string // a Redis stream id, <ms>-<n>; grows
	Name string
	Data []byte
}

// Log is what has happened lately in every company, for programs that read it as a stream and want to go on where
// they stopped. It is an index, not the truth: it may lack entries, and then says so. Entries arrive at least once and,
// from one process, in order; after Redis broke off, the last few may come twice.
type Log struct {
	hub *Hub

	mu     sync.Mutex
	queue  []record
	bytes  int
	lost   map[string]struct{}  // companies that need a mark: something is missing here
	recent map[string]time.Time // when a company's entries were last taken by Redis; writer's own
	full   signal
	back   bool // Redis came back: what it took last it may have forgotten

	writing sync.Mutex // held while a batch is being sent
	keys    map[string]any
	names   map[string]any
	length  any
}

type record struct {
	company, name string
	data          []byte
}

// What waits for Redis at most. Beyond it the newest are dropped, and the gap is marked.
const (
	maxQueued      = 50_000
	maxQueuedBytes = 64 << 20
	maxWritten     = 512 // at once
)

// forgettable is how long an entry that Redis took may still be lost with it: appendfsync everysec, with room to spare.
const forgettable = 10 * time.Second

// The marks in a stream are entries with these names, which no event has.
const (
	markBegin = "-begin" // makes the stream exist, so that its end has an id
	markGap   = "-gap"   // entries are missing here
)

func newLog(h *Hub) *Log {
	return &Log{
		hub:    h,
		lost:   map[string]struct{}{},
		recent: map[string]time.Time{},
		full:   newSignal(),
		keys:   map[string]any{},
		names:  map[string]any{},
		length: h.opt.LogLength,
	}
}

// Append adds an event, once Redis takes it, and rings EventsTopic. It never blocks and never fails. data belongs to the
// log from here on.
func (l *Log) Append(company, name string, data []byte) {
	l.mu.Lock()
	if len(l.queue) >= maxQueued || l.bytes+len(data) > maxQueuedBytes {
		l.lost[company] = struct{}{}
	} else {
		l.queue = append(l.queue, record{company, name, data})
		l.bytes += len(data)
	}
	l.mu.Unlock()
	l.full.raise()
}

// Read returns up to max entries after the one with id after. gap says that entries after it may be missing: it is
// older than what is still kept, unknown, or Redis lost some. Then no entries are returned; take the Tail, fill in
// from the database, and go on from there. The error is Redis's.
func (l *Log) Read(ctx context.Context, company, after string, max int) (entries []Entry, gap bool, err error) {
	if !validID(after) {
		return nil, true, nil
	}
	pipe := l.hub.rdb.Pipeline()
	known := pipe.XRangeN(ctx, l.key(company), after, after, 1)
	next := pipe.XRangeN(ctx, l.key(company), "("+after, "+", int64(max))
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, false, err
	}
	if len(known.Val()) == 0 {
		return nil, true, nil
	}
	for _, m := range next.Val() {
		name, _ := m.Values["n"].(string)
		data, _ := m.Values["d"].(string)
		switch name {
		case markGap:
			return entries, len(entries) == 0, nil // first what came before the gap, then the gap
		case markBegin:
		default:
			entries = append(entries, Entry{ID: m.ID, Name: name, Data: []byte(data)})
		}
	}
	return entries, false, nil
}

// Tail returns the id of the newest entry: reading after it gives what happens from now on. The error is Redis's.
func (l *Log) Tail(ctx context.Context, company string) (string, error) {
	newest, err := l.hub.rdb.XRevRangeN(ctx, l.key(company), "+", "-", 1).Result()
	if err != nil {
		return "", err
	}
	if len(newest) > 0 {
		return newest[0].ID, nil
	}
	return l.hub.rdb.XAdd(ctx, &redis.XAddArgs{Stream: l.key(company), Values: []any{"n", markBegin}}).Result()
}

// validID reports whether id is <ms>-<n>. It comes from outside.
func validID(id string) bool {
	dash := -1
	for i := range len(id) {
		switch {
		case id[i] == '-' && dash < 0:
			dash = i
		case id[i] < '0' || id[i] > '9':
			return false
		}
	}
	return dash > 0 && dash <= 18 && len(id)-dash > 1 && len(id)-dash <= 19
}

func (l *Log) redisCameBack() {
	l.mu.Lock()
	l.back = true
	l.mu.Unlock()
	l.full.raise()
}

// write sends what is queued, until ctx is done: what gathers while one batch is under way makes up the next.
func (l *Log) write(ctx context.Context) {
	var wait time.Duration
	for {
		select {
		case <-l.full:
		case <-ctx.Done():
			return
		}
		if err := l.flush(ctx); err != nil {
			wait = backoff(wait)
			pause(ctx, wait)
			l.full.raise()
		} else {
			wait = 0
		}
	}
}

// flush sends what is queued, batch by batch, until nothing is left or Redis fails.
func (l *Log) flush(ctx context.Context) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	for {
		batch, lost := l.take()
		if len(batch)+len(lost) == 0 {
			return nil
		}
		if err := l.send(ctx, batch, lost); err != nil {
			return err
		}
	}
}

// take removes the oldest records from the queue, and the marks that are due. A mark goes in only when the queue is empty:
// what was dropped came after all that is queued.
func (l *Log) take() (batch []record, lost []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.back {
		l.back = false
		for company, at := range l.recent {
			if time.Since(at) < forgettable {
				l.lost[company] = struct{}{}
			}
		}
		clear(l.recent)
	}
	if len(l.queue) <= maxWritten {
		batch, l.queue, l.bytes = l.queue, nil, 0
	} else {
		batch, l.queue = l.queue[:maxWritten:maxWritten], l.queue[maxWritten:]
		for _, r := range batch {
			l.bytes -= len(r.data)
		}
		return batch, nil
	}
	for company := range l.lost {
		lost = append(lost, company)
	}
	clear(l.lost)
	return batch, lost
}

// send writes batch, then the marks. What trouble left undone is put back.
func (l *Log) send(ctx context.Context, batch []record, lost []string) error {
	pipe := l.hub.rdb.Pipeline()
	for _, r := range batch {
		_ = pipe.Process(ctx, l.xadd(ctx, r.company, r.name, r.data))
	}
	for _, company := range lost {
		_ = pipe.Process(ctx, l.xadd(ctx, company, markGap, nil))
	}
	cmds, _ := pipe.Exec(ctx) // each has its own error
	var failed error
	grown := map[string]struct{}{}
	var again []record
	var unmarked []string
	for i, cmd := range cmds {
		var company string
		mark := i >= len(batch)
		if mark {
			company = lost[i-len(batch)]
		} else {
			company = batch[i].company
		}
		switch err := cmd.Err(); {
		case err == nil:
			grown[company] = struct{}{}
		case refused(err):
			l.hub.opt.Log.Error("live: an event was not logged", "company", company, "err", err)
		case mark:
			unmarked, failed = append(unmarked, company), err
		default:
			again, failed = append(again, batch[i]), err
		}
	}
	l.done(grown, again, unmarked)
	for company := range grown {
		l.hub.Ring(company, EventsTopic)
	}
	return failed
}

// refused tells an answer that will be the same next time, because the key is taken by something else, from trouble that
// passes. Waiting for it would hold up every company.
func refused(err error) bool { return redis.HasErrorPrefix(err, "WRONGTYPE") }

func (l *Log) done(grown map[string]struct{}, again []record, lost []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	for company := range grown {
		l.recent[company] = now
	}
	for company, at := range l.recent {
		if now.Sub(at) > forgettable {
			delete(l.recent, company)
		}
	}
	for _, company := range lost {
		l.lost[company] = struct{}{}
	}
	if len(again) > 0 {
		l.queue = slices.Concat(again, l.queue)
		for _, r := range again {
			l.bytes += len(r.data)
		}
	}
}

// The words of XADD, boxed once.
var (
	xaddWord, maxlenWord, aboutWord, anyID, nameField, dataField any = "xadd", "maxlen", "~", "*", "n", "d"
)

// xadd is written out because go-redis's own allocates 8 times where this does 3, on the path of every message.
func (l *Log) xadd(ctx context.Context, company, name string, data []byte) *redis.StringCmd {
	key, ok := l.keys[company]
	if !ok {
		key = l.key(company)
		l.keys[company] = key
	}
	boxed, ok := l.names[name]
	if !ok {
		boxed = name
		l.names[name] = boxed
	}
	return redis.NewStringCmd(ctx, xaddWord, key, maxlenWord, aboutWord, l.length, anyID, nameField, boxed, dataField, data)
}

func (l *Log) key(company string) string { return l.hub.opt.Prefix + "events:{" + company + "}" }
