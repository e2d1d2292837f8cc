package desk

import (
	"hash/maphash"
	"sync"
	"time"
)

// How many callbacks are written together, how many may wait for it, and how long a group may take. WeChat drops a callback
// after five seconds and repeats it.
const (
	groupMost = 128
	queueMost = 4096
	groupTime = 4 * time.Second
)

// writers is how many groups are written at once, where many wait: while one waits for PostgreSQL, the other is read and
// decided. Where few wait, one writes and takes all of them, because a group costs much the same whether it is of one or of
// ten, and what comes while it is written makes the next group larger.
const writers = 2

// lines are what customers are spread over. Those in a line wait for one another, so that a customer's callbacks are written
// in the order in which they came; a line is written by one group at a time.
const lines = 64

// How many must wait for a second group to be written beside one, and how long a group may be alone at it: one that is stuck
// holds up its own lines and no others.
const (
	many   = 48
	polite = 10 * time.Millisecond
)

// An intake is where callbacks wait to be written. Any number may knock; writers take what waits.
type intake struct {
	seed    maphash.Seed
	mu      sync.Mutex
	knock   sync.Cond
	lines   [lines][]*waiting
	taken   uint64 // the lines of which a group is being written, by bit
	inside  int    // who waits, in all lines
	ready   int    // who waits in lines that are not taken
	writing int    // groups that are being written and have not taken long
	next    uint64 // the line that is looked at first, so that none is always last
	closed  bool
}

func newIntake() *intake {
	q := &intake{seed: maphash.MakeSeed()}
	q.knock.L = &q.mu
	return q
}

// waiting is a callback whose sender waits for it to be written.
type waiting struct {
	arrival *Arrival
	answer  Answer
	done    chan error
}

// put lets a callback in; false: too many wait already, or nobody writes any more.
func (q *intake) put(w *waiting) bool {
	n := maphash.String(q.seed, w.arrival.OpenID) % lines
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.inside == queueMost || q.closed {
		return false
	}
	q.lines[n] = append(q.lines[n], w)
	q.inside++
	if q.taken&(1<<n) == 0 {
		q.ready++
		q.wake()
	}
	return true
}

// wake wakes a writer where there is something for it to do.
func (q *intake) wake() {
	if q.ready > 0 && (q.writing == 0 || q.ready >= many) {
		q.knock.Signal()
	}
}

// A group is what is written together, in the order in which each customer's callbacks came. Its lines are kept from others until it is done.
type group struct {
	of    []*waiting
	lines uint64
	late  *time.Timer
	slow  bool // it has taken long or is done: others no longer wait for it
}

// take waits until a group is to be written; nil: the intake is closed, and whoever was let in has been taken.
func (q *intake) take() *group {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.ready == 0 || q.writing > 0 && q.ready < many {
		if q.closed && q.inside == 0 {
			return nil
		}
		q.knock.Wait()
	}
	most := groupMost
	if q.writing == 0 && q.ready >= 2*many {
		most = min(groupMost, (q.ready+1)/2) // the other half is for the writer beside
	}
	g := &group{of: make([]*waiting, 0, min(most, q.ready))}
	for i := range uint64(lines) {
		if q.fill(g, (q.next+i)%lines, most); len(g.of) == most {
			break
		}
	}
	q.next = (q.next + 1) % lines
	q.writing++
	g.late = time.AfterFunc(polite, func() { q.goOn(g) })
	return g
}

// fill takes from a line what there is room for.
func (q *intake) fill(g *group, n uint64, most int) {
	line := q.lines[n]
	if len(line) == 0 || q.taken&(1<<n) != 0 {
		return
	}
	k := min(len(line), most-len(g.of))
	g.of = append(g.of, line[:k]...)
	g.lines |= 1 << n
	q.taken |= 1 << n
	q.inside -= k
	q.ready -= len(line)
	rest := copy(line, line[k:])
	clear(line[rest:])
	q.lines[n] = line[:rest]
}

// goOn lets others be written beside a group that takes long.
func (q *intake) goOn(g *group) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.letGo(g)
	q.wake()
}

// letGo counts a group no longer among those that others wait for.
func (q *intake) letGo(g *group) {
	if !g.slow {
		g.slow = true
		q.writing--
	}
}

// done gives a group's lines back.
func (q *intake) done(g *group) {
	q.mu.Lock()
	defer q.mu.Unlock()
	g.late.Stop()
	q.letGo(g)
	q.taken &^= g.lines
	for n := range q.lines {
		if g.lines&(1<<n) != 0 {
			q.ready += len(q.lines[n])
		}
	}
	q.wake()
	if q.closed {
		q.knock.Broadcast()
	}
}

// close has the writers end once whoever was let in has been taken.
func (q *intake) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.knock.Broadcast()
}
