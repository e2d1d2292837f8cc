package live

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
)

// ErrEnded is what an ear's owner hears when the ear was closed: by End, Shutdown or itself.
var ErrEnded = errors.New("live: the ear has ended")

// Everybody is the topic of all who listen in a company. Every ear hears it, its ClientTopic and its AgentTopic.
const Everybody = "company"

// ClientTopic is the topic of one page.
func ClientTopic(client string) string { return "client/" + client }

// AgentTopic is the topic of all pages of one agent.
func AgentTopic(uid int64) string { return "agent/" + strconv.FormatInt(uid, 10) }

// maxTopic bounds a topic's length, in bytes.
const maxTopic = 200

// A Listener says who listens, and to what.
type Listener struct {
	Company string
	UID     int64    // the agent; 0 for a program
	Login   string   // names the login that must last, for End; only a hash of it leaves the process
	Client  string   // names the page, for rings to it alone; made up where empty
	Topics  []string // joined from the start; who may hear a topic was decided before
}

// An Ear holds one wake-up and the set of topics that rang since it was last asked. However slow its owner, a ring
// costs it no more than that and is never lost.
type Ear struct {
	hub     *Hub
	company *company
	id      string // within this process
	client  string
	uid     int64
	login   string // as ended
	wake    func() // must not block: called with the company locked
	woken   signal // what wake raises, unless the owner brought its own

	// Guarded by company.mu.
	joined []*place
	rung   []string
	ended  bool
}

// A place is one ear's at one topic.
type place struct {
	topic string
	ear   *Ear
	at    int // in company.topics[topic]
	rung  bool
}

// A company is everyone in this process who listens in one. Its lock is its own: one company's flood slows no other.
type company struct {
	id string

	mu      sync.Mutex
	ears    map[*Ear]struct{}
	topics  map[string][]*place
	agents  map[int64]int // streams
	told    map[int64]int // what the hooks know of agents
	moved   map[int64]struct{}
	changed map[*Ear]struct{} // since last registered
	idle    bool              // nobody listened at the last heartbeat
}

func newCompany(id string) *company {
	return &company{
		id:      id,
		ears:    map[*Ear]struct{}{},
		topics:  map[string][]*place{},
		agents:  map[int64]int{},
		told:    map[int64]int{},
		moved:   map[int64]struct{}{},
		changed: map[*Ear]struct{}{},
	}
}

// Listen opens an ear. It hears every one of its topics once at the start, because what it shows may be older than
// its listening. Close it when done. After Shutdown, or when its login was ended a moment ago, it has ended already.
func (h *Hub) Listen(who Listener) *Ear {
	woken := newSignal()
	e := h.listen(who, woken.raise)
	e.woken = woken
	return e
}

func (h *Hub) listen(who Listener, wake func()) *Ear {
	e := &Ear{
		hub:    h,
		id:     strconv.FormatUint(h.nextEar.Add(1), 36),
		client: who.Client,
		uid:    who.UID,
		login:  hashed(who.Login),
		wake:   wake,
	}
	if e.client == "" || !validTopic(ClientTopic(e.client)) {
		e.client = h.opt.Instance + "-" + e.id
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	c := h.companies[who.Company]
	if c == nil {
		c = newCompany(who.Company)
		h.companies[who.Company] = c
		h.subscribers.raise()
	}
	e.company = c
	if h.closing || h.endedLately(e) {
		e.ended = true
		return e
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.add(e)
	e.join(append(e.own(), who.Topics...))
	h.changedEar(e)
	return e
}

// own is the topics that an ear cannot leave.
func (e *Ear) own() []string {
	if e.uid == 0 {
		return []string{Everybody, ClientTopic(e.client)}
	}
	return []string{Everybody, ClientTopic(e.client), AgentTopic(e.uid)}
}

// Client names the page: a ring of ClientTopic(Client()) is heard by it alone.
func (e *Ear) Client() string { return e.client }

// C has a value when Take has something to say.
func (e *Ear) C() <-chan struct{} { return e.woken }

// Take returns the topics that rang since it was last called, each once, in the order in which they first rang, and
// false when the ear has ended.
func (e *Ear) Take() (topics []string, ok bool) {
	e.company.mu.Lock()
	defer e.company.mu.Unlock()
	if e.ended {
		return nil, false
	}
	topics, e.rung = e.rung, nil
	if len(topics) > 0 {
		for _, j := range e.joined {
			j.rung = false
		}
	}
	return topics, true
}

// Wait returns the topics that rang, as soon as there are any. The error is ErrEnded or ctx's.
func (e *Ear) Wait(ctx context.Context) ([]string, error) {
	for {
		topics, ok := e.Take()
		if !ok {
			return nil, ErrEnded
		}
		if len(topics) > 0 {
			return topics, nil
		}
		select {
		case <-e.woken:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Join listens to more topics, and hears each once at the start. Topics with spaces or control characters, or of more
// than 200 bytes, are not joined.
func (e *Ear) Join(topics ...string) {
	e.company.mu.Lock()
	defer e.company.mu.Unlock()
	if !e.ended {
		e.join(topics)
		e.hub.changedEar(e)
	}
}

// Leave stops listening to topics. The ear's own (its client, agent and company) stay.
func (e *Ear) Leave(topics ...string) {
	e.company.mu.Lock()
	defer e.company.mu.Unlock()
	own := len(e.own())
	if e.ended {
		return
	}
	for i := len(e.joined) - 1; i >= own; i-- {
		j := e.joined[i]
		if slices.Contains(topics, j.topic) {
			e.company.part(j)
			e.joined = slices.Delete(e.joined, i, i+1)
			e.rung = slices.DeleteFunc(e.rung, func(t string) bool { return t == j.topic })
		}
	}
	e.hub.changedEar(e)
}

// Close ends the ear. It may be closed again.
func (e *Ear) Close() {
	e.company.mu.Lock()
	defer e.company.mu.Unlock()
	e.end()
}

// The rest is called with the company locked.

func (e *Ear) join(topics []string) {
	for _, topic := range topics {
		if !validTopic(topic) || e.hears(topic) {
			continue
		}
		j := &place{topic: topic, ear: e, at: len(e.company.topics[topic])}
		e.company.topics[topic] = append(e.company.topics[topic], j)
		e.joined = append(e.joined, j)
		j.ring()
	}
}

func (e *Ear) hears(topic string) bool {
	return slices.ContainsFunc(e.joined, func(j *place) bool { return j.topic == topic })
}

func (e *Ear) end() {
	if e.ended {
		return
	}
	e.ended = true
	e.company.remove(e)
	e.hub.changedEar(e)
	e.wake()
}

func (j *place) ring() {
	if j.rung {
		return
	}
	j.rung = true
	j.ear.rung = append(j.ear.rung, j.topic)
	if len(j.ear.rung) == 1 {
		j.ear.wake()
	}
}

func (c *company) add(e *Ear) {
	c.ears[e] = struct{}{}
	c.count(e.uid, +1)
}

func (c *company) remove(e *Ear) {
	delete(c.ears, e)
	for _, j := range e.joined {
		c.part(j)
	}
	e.joined, e.rung = nil, nil
	c.count(e.uid, -1)
}

func (c *company) count(uid int64, by int) {
	if uid == 0 {
		return
	}
	c.agents[uid] += by
	if c.agents[uid] == 0 {
		delete(c.agents, uid)
	}
	c.moved[uid] = struct{}{}
}

// part takes one place away from its topic; the last one fills the hole.
func (c *company) part(j *place) {
	all := c.topics[j.topic]
	last := all[len(all)-1]
	all[j.at], last.at = last, j.at
	all[len(all)-1] = nil
	if len(all) == 1 {
		delete(c.topics, j.topic)
	} else {
		c.topics[j.topic] = all[:len(all)-1]
	}
}

func (h *Hub) changedEar(e *Ear) {
	e.company.changed[e] = struct{}{}
	h.registry.raise()
	h.hooks.raise()
	h.beside.raise()
}

// ring wakes the ears that listen to any of topics.
func (c *company) ring(topics []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, topic := range topics {
		for _, j := range c.topics[topic] {
			j.ring()
		}
	}
}

// ringAll wakes every ear for every topic: something may have been missed.
func (c *company) ringAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for e := range c.ears {
		for _, j := range e.joined {
			j.ring()
		}
	}
}

// validTopic keeps out what would break a line of the event stream.
func validTopic(topic string) bool {
	if topic == "" || len(topic) > maxTopic {
		return false
	}
	for i := range len(topic) {
		if topic[i] <= ' ' || topic[i] == 0x7f {
			return false
		}
	}
	return true
}

// callHooks tells OnConnect and OnLeave what has changed.
func (h *Hub) callHooks(ctx context.Context) {
	for {
		for _, c := range h.all() {
			h.tell(c)
		}
		select {
		case <-h.hooks:
		case <-ctx.Done():
			for _, c := range h.all() {
				h.tell(c)
			}
			return
		}
	}
}

func (h *Hub) tell(c *company) {
	c.mu.Lock()
	type change struct {
		uid      int64
		was, now int
	}
	var changes []change
	for uid := range c.moved {
		if was, now := c.told[uid], c.agents[uid]; was != now {
			changes = append(changes, change{uid, was, now})
			c.told[uid] = now
			if now == 0 {
				delete(c.told, uid)
			}
		}
	}
	clear(c.moved)
	c.mu.Unlock()
	for _, ch := range changes {
		switch {
		case ch.now > ch.was && h.opt.OnConnect != nil:
			h.opt.OnConnect(c.id, ch.uid, ch.now)
		case ch.now < ch.was && h.opt.OnLeave != nil:
			h.opt.OnLeave(c.id, ch.uid, ch.now)
		}
	}
}
