package courier

import (
	"sync"

	"weir/internal/id"
)

const (
	workers = 64 // customers who are served at once
	share   = 8  // and of one account: one for which WeChat takes its time must not hold up the others
)

type account struct {
	company id.ID
	appid   string
}

func (c Customer) account() account { return account{c.Company, c.AppID} }

// line is who waits to be served: accounts take turns, and within one the customers go in the order in which they were woken.
type line struct {
	mu    sync.Mutex
	known map[Customer]bool // waiting, or being served: true means look once more afterwards
	lanes map[account]*lane
	turn  []account // those that have somebody waiting and a worker free
	bell  chan struct{}
}

type lane struct {
	waiting []Customer
	busy    int // workers
	turns   bool
}

func newLine() *line {
	return &line{known: map[Customer]bool{}, lanes: map[account]*lane{}, bell: make(chan struct{}, workers)}
}

// wake has a customer served, once more if they are being served now.
func (l *line) wake(to Customer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, known := l.known[to]; known {
		l.known[to] = true
		return
	}
	l.wait(to)
}

func (l *line) wait(to Customer) {
	l.known[to] = false
	at := l.lanes[to.account()]
	if at == nil {
		at = &lane{}
		l.lanes[to.account()] = at
	}
	at.waiting = append(at.waiting, to)
	l.queue(to.account(), at)
}

// queue gives an account a turn, if it can use one.
func (l *line) queue(a account, at *lane) {
	if at.turns || len(at.waiting) == 0 || at.busy >= share {
		return
	}
	at.turns = true
	l.turn = append(l.turn, a)
	l.ring()
}

func (l *line) ring() {
	select {
	case l.bell <- struct{}{}:
	default:
	}
}

// take is the next to be served.
func (l *line) take() (to Customer, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.turn) == 0 {
		return Customer{}, false
	}
	a := l.turn[0]
	l.turn = l.turn[1:]
	at := l.lanes[a]
	to, at.waiting = at.waiting[0], at.waiting[1:]
	at.busy++
	at.turns = false
	l.queue(a, at)
	if len(l.turn) > 0 {
		l.ring() // one bell may have stood for several
	}
	return to, true
}

// done ends serving a customer who was taken.
func (l *line) done(to Customer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := l.lanes[to.account()]
	at.busy--
	if l.known[to] { // woken meanwhile
		l.wait(to)
		return
	}
	delete(l.known, to)
	if l.queue(to.account(), at); at.busy == 0 && len(at.waiting) == 0 {
		delete(l.lanes, to.account())
	}
}
