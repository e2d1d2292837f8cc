package live

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// endsKept is how long Redis remembers an end for processes that were cut off when it was said.
const endsKept = 10 * time.Minute

// clockSkew is how far apart the clocks of two processes may be.
const clockSkew = 30 * time.Second

// lately is how long an end is held against streams that were on their way in when it came.
const lately = 5 * time.Second

// End closes, in every process, the ears of a login that is over: logged out, expired, or no longer trusted.
func (h *Hub) End(login string) {
	if login != "" {
		h.end(endLogin(hashed(login)))
	}
}

// EndUID closes, in every process, all ears of an agent: one who was disabled or whose role has changed.
func (h *Hub) EndUID(company string, uid int64) { h.end(endUID(company, uid)) }

// EndClient closes, in every process, the ears of one page.
func (h *Hub) EndClient(company, client string) { h.end(endClient(company, client)) }

// An end is written as a line that says whose ears are meant.
func endLogin(hash string) string           { return "login " + hash }
func endUID(company string, u int64) string { return "uid " + strconv.FormatInt(u, 10) + " " + company }
func endClient(company, client string) string {
	return "client " + client + " " + company
}

// hashed keeps a login's secret, if it is one, out of Redis.
func hashed(login string) string {
	if login == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(login))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

func (h *Hub) end(key string) {
	h.endHere(key)
	h.outgoing.end(key)
	h.mu.Lock()
	h.said[key] = time.Now()
	h.mu.Unlock()
}

// endHere ends the ears in this process and remembers it for those that passed their login check before this and have yet to
// listen.
func (h *Hub) endHere(key string) {
	h.mu.Lock()
	h.recent[key] = time.Now()
	h.mu.Unlock()
	h.endEars(func(e *Ear) bool { return e.meant(key) })
}

func (h *Hub) endEars(meant func(*Ear) bool) {
	for _, c := range h.all() {
		c.mu.Lock()
		for e := range c.ears {
			if meant(e) {
				e.end()
			}
		}
		c.mu.Unlock()
	}
}

func (e *Ear) meant(key string) bool {
	switch {
	case strings.HasPrefix(key, "login "):
		return e.login != "" && key == endLogin(e.login)
	case strings.HasPrefix(key, "uid "):
		return key == endUID(e.company.id, e.uid)
	default:
		return key == endClient(e.company.id, e.client)
	}
}

// endedLately is called with h.mu held.
func (h *Hub) endedLately(e *Ear) bool {
	for key, at := range h.recent {
		if time.Since(at) > lately {
			delete(h.recent, key)
		} else if e.meant(key) {
			return true
		}
	}
	return false
}

// catchUpOnEnds makes sure that no end was lost while this process and Redis were apart: it says again what it said
// lately, in case Redis has forgotten, and does what others said meanwhile.
func (h *Hub) catchUpOnEnds(ctx context.Context) error {
	h.mu.Lock()
	for key, at := range h.said {
		if time.Since(at) > time.Minute {
			delete(h.said, key)
		} else {
			h.outgoing.end(key)
		}
	}
	h.mu.Unlock()
	since := time.Unix(0, h.lastHeard.Load()).Add(-clockSkew)
	ends, err := h.rdb.ZRangeByScore(ctx, h.endedKey(), &redis.ZRangeBy{Min: unixMilli(since), Max: "+inf"}).Result()
	for _, key := range ends {
		h.endHere(key)
	}
	return err
}

func (h *Hub) endedKey() string { return h.opt.Prefix + "live:ended" }

func unixMilli(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }
