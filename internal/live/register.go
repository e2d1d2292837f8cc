package live

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// A Client is one open page, in whichever process holds its stream.
type Client struct {
	ID     string   // as in ClientTopic
	UID    int64    // 0: a program
	Topics []string // joined, besides its own
}

// In reports whether the client hears topic.
func (c Client) In(topic string) bool {
	return topic == Everybody || topic == ClientTopic(c.ID) || c.UID != 0 && topic == AgentTopic(c.UID) ||
		slices.Contains(c.Topics, topic)
}

// Clients lists who listens in company: in this process as of now, in others as of their last word, which is
// milliseconds old, or up to three heartbeats for a process that was killed. The error is Redis's.
func (h *Hub) Clients(ctx context.Context, company string) ([]Client, error) {
	clients := h.here(company)
	instances, err := h.rdb.SMembers(ctx, h.instancesKey(company)).Result()
	if err != nil {
		return nil, err
	}
	instances = slices.DeleteFunc(instances, func(i string) bool { return i == h.opt.Instance })
	if len(instances) == 0 {
		return clients, nil
	}
	pipe := h.rdb.Pipeline()
	lists := make([]*redis.MapStringStringCmd, len(instances))
	for i, instance := range instances {
		lists[i] = pipe.HGetAll(ctx, h.clientsKey(company, instance))
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, err
	}
	for _, list := range lists {
		for _, line := range list.Val() {
			clients = append(clients, parseClient(line))
		}
	}
	return clients, nil
}

// Online lists the agents of company who have a stream anywhere, in ascending order. The error is Redis's.
func (h *Hub) Online(ctx context.Context, company string) ([]int64, error) {
	clients, err := h.Clients(ctx, company)
	return agents(clients), err
}

// IsOnline reports whether the agent has a stream anywhere. The error is Redis's.
func (h *Hub) IsOnline(ctx context.Context, company string, uid int64) (bool, error) {
	online, err := h.Online(ctx, company)
	return slices.Contains(online, uid), err
}

// Count says how many clients, of how many agents, listen to topic anywhere; Everybody counts them all. The error is
// Redis's.
func (h *Hub) Count(ctx context.Context, company, topic string) (clients, uids int, err error) {
	all, err := h.Clients(ctx, company)
	all = slices.DeleteFunc(all, func(c Client) bool { return !c.In(topic) })
	return len(all), len(agents(all)), err
}

// Here lists the agents of every company who have a stream in this process, for whoever keeps their signs of life.
func (h *Hub) Here() map[string][]int64 {
	here := map[string][]int64{}
	for _, c := range h.all() {
		c.mu.Lock()
		for uid := range c.agents {
			here[c.id] = append(here[c.id], uid)
		}
		c.mu.Unlock()
	}
	return here
}

func agents(clients []Client) []int64 {
	var uids []int64
	for _, c := range clients {
		if c.UID != 0 {
			uids = append(uids, c.UID)
		}
	}
	slices.Sort(uids)
	return slices.Compact(uids)
}

func (h *Hub) here(company string) []Client {
	c := h.company(company)
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	clients := make([]Client, 0, len(c.ears))
	for e := range c.ears {
		clients = append(clients, parseClient(e.line()))
	}
	return clients
}

// line is the ear as the register has it. Called with the company locked.
func (e *Ear) line() string {
	var b strings.Builder
	b.WriteString(e.client)
	b.WriteByte(' ')
	b.WriteString(strconv.FormatInt(e.uid, 10))
	for _, p := range e.joined[len(e.own()):] {
		b.WriteByte(' ')
		b.WriteString(p.topic)
	}
	return b.String()
}

func parseClient(line string) Client {
	words := strings.Split(line, " ")
	if len(words) < 2 {
		return Client{ID: line}
	}
	uid, _ := strconv.ParseInt(words[1], 10, 64)
	return Client{ID: words[0], UID: uid, Topics: words[2:]}
}

// register keeps this process's part of the register: one hash for each company, which Redis forgets by itself when this
// process stops confirming it.
func (h *Hub) register(ctx context.Context) {
	beat := time.NewTicker(h.opt.Heartbeat)
	defer beat.Stop()
	var wait time.Duration
	for {
		select {
		case <-h.registry:
			if h.writeChanges(ctx) != nil {
				wait = backoff(wait)
				pause(ctx, wait)
				h.registry.raise()
				continue
			}
		case <-beat.C:
			h.confirm(ctx)
			h.forgetEmpty()
		case <-ctx.Done():
			return
		}
		wait = 0
	}
}

func (h *Hub) writeChanges(ctx context.Context) error {
	var failed error
	for _, c := range h.all() {
		come, gone := c.changes()
		if len(come)+len(gone) == 0 {
			continue
		}
		if err := h.writeClients(ctx, c.id, come, gone); err != nil {
			c.changeAll() // whatever Redis has of it now
			failed = err
		}
	}
	return failed
}

func (h *Hub) writeClients(ctx context.Context, company string, come, gone []string) error {
	key := h.clientsKey(company, h.opt.Instance)
	pipe := h.rdb.Pipeline()
	if len(gone) > 0 {
		pipe.HDel(ctx, key, gone...)
	}
	if len(come) > 0 {
		pipe.HSet(ctx, key, come)
	}
	h.keepAlive(ctx, pipe, company)
	_, err := pipe.Exec(ctx)
	return err
}

func (h *Hub) keepAlive(ctx context.Context, pipe redis.Pipeliner, company string) *redis.BoolCmd {
	kept := 3 * h.opt.Heartbeat
	pipe.SAdd(ctx, h.instancesKey(company), h.opt.Instance)
	pipe.PExpire(ctx, h.instancesKey(company), kept)
	return pipe.PExpire(ctx, h.clientsKey(company, h.opt.Instance), kept)
}

// confirm tells Redis that this process is alive, and everything again where Redis has forgotten.
func (h *Hub) confirm(ctx context.Context) {
	var asked []*company
	var known []*redis.BoolCmd
	pipe := h.rdb.Pipeline()
	for _, c := range h.all() {
		if c.inhabited() {
			asked = append(asked, c)
			known = append(known, h.keepAlive(ctx, pipe, c.id))
		}
	}
	if len(asked) == 0 {
		return
	}
	_, err := pipe.Exec(ctx)
	for i, c := range asked {
		if err != nil || !known[i].Val() {
			c.changeAll()
			h.registry.raise()
		}
	}
}

// forgetEmpty lets go of companies that nobody here has listened to since the last heartbeat. (Not at once: a page that is
// left for the next one should not cost an unsubscribe and a subscribe.)
func (h *Hub) forgetEmpty() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for id, c := range h.companies {
		c.mu.Lock()
		if len(c.ears)+len(c.changed)+len(c.moved)+len(c.told) > 0 {
			c.idle = false
		} else if c.idle {
			delete(h.companies, id)
			h.subscribers.raise()
		} else {
			c.idle = true
		}
		c.mu.Unlock()
	}
}

// unregister takes this process's clients off the register.
func (h *Hub) unregister(ctx context.Context) {
	pipe := h.rdb.Pipeline()
	for _, c := range h.all() {
		pipe.Del(ctx, h.clientsKey(c.id, h.opt.Instance))
		pipe.SRem(ctx, h.instancesKey(c.id), h.opt.Instance)
	}
	if pipe.Len() > 0 {
		_, _ = pipe.Exec(ctx) // if it fails, they are forgotten three heartbeats from now
	}
}

// changes returns what the register lacks, as field and value in turn, and the fields it has too many.
func (c *company) changes() (come, gone []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for e := range c.changed {
		if e.ended {
			gone = append(gone, e.id)
		} else {
			come = append(come, e.id, e.line())
		}
	}
	clear(c.changed)
	return come, gone
}

func (c *company) changeAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for e := range c.ears {
		c.changed[e] = struct{}{}
	}
}

func (c *company) inhabited() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.ears) > 0
}

// The keys of a company share a hash tag, for Redis Cluster.
func (h *Hub) clientsKey(company, instance string) string {
	return h.opt.Prefix + "live:clients:{" + company + "}:" + instance
}

func (h *Hub) instancesKey(company string) string {
	return h.opt.Prefix + "live:instances:{" + company + "}"
}
