package queue

import (
	"strconv"
	"strings"

	"weir/internal/id"
)

// Key is a key of Redis and the database it is in.
type Key struct {
	DB   int
	Name string
}

// Keys is the layout of Redis, which other programs rely on (DESIGN, section 4): waiting:{company}:{uid} in database 0, and so on. The
// braces are real in Redis Cluster only, where they make all of a company's keys one slot; it has one database, so the number of the
// database stands before the key there.
//
//	waiting:51454009d703c86c91353f61011ecf2f:8082        in database 0
//	0:waiting:{51454009d703c86c91353f61011ecf2f}:8082    in a cluster
type Keys struct{ Cluster bool }

// The databases of the replaced system.
const (
	dbSessions = 0
	dbMessages = 1
	dbQueues   = 2
)

// other is the queue of the sessions that no group is named for.
const other = "other"

// Waiting is the ZSET of the sessions that wait for an agent, by the time they were assigned.
func (k Keys) Waiting(company id.ID, uid int64) Key {
	return k.ofAgent(dbSessions, "waiting", company, uid)
}

// Conversing is the ZSET of the sessions that an agent serves, by the time they were taken.
func (k Keys) Conversing(company id.ID, uid int64) Key {
	return k.ofAgent(dbSessions, "conversing", company, uid)
}

// Presence is the ZSET of the agents online, by their last sign of life.
func (k Keys) Presence(company id.ID) Key { return k.At(dbSessions, "presence:"+k.tag(company)) }

// Messages is the ZSET of what an agent's customers last said, as JSON, by time.
func (k Keys) Messages(company id.ID, uid int64) Key {
	return k.ofAgent(dbMessages, "messages", company, uid)
}

// Queue is the ZSET of the sessions that queue for a group, by its name; "": for none.
func (k Keys) Queue(company id.ID, group string) Key {
	if group == "" {
		group = other
	}
	return k.At(dbQueues, "queue:"+k.tag(company)+":"+group)
}

// At is a key of a database.
func (k Keys) At(db int, name string) Key {
	if k.Cluster {
		return Key{0, k.Prefix(db) + name}
	}
	return Key{db, name}
}

// Prefix stands before every key of a database; "" where databases are databases.
func (k Keys) Prefix(db int) string {
	if k.Cluster {
		return strconv.Itoa(db) + ":"
	}
	return ""
}

// tag is a company in a key.
func (k Keys) tag(company id.ID) string {
	if k.Cluster {
		return "{" + company.String() + "}"
	}
	return company.String()
}

func (k Keys) ofAgent(db int, kind string, company id.ID, uid int64) Key {
	return k.At(db, kind+":"+k.tag(company)+":"+strconv.FormatInt(uid, 10))
}

// owner reads whose a key is and what it holds; false: it is none of ours.
func (k Keys) owner(key Key) (kind string, company id.ID, ok bool) {
	db, name := key.DB, key.Name
	if k.Cluster {
		number, rest, _ := strings.Cut(name, ":")
		n, err := strconv.Atoi(number)
		if err != nil {
			return "", id.ID{}, false
		}
		db, name = n, rest
	}
	kind, rest, _ := strings.Cut(name, ":")
	tag, _, _ := strings.Cut(rest, ":")
	company, err := id.Parse(strings.Trim(tag, "{}"))
	home, ours := homes[kind]
	return kind, company, err == nil && tag == k.tag(company) && ours && home == db
}

// homes says in which database each kind of key is.
var homes = map[string]int{"waiting": dbSessions, "conversing": dbSessions, "presence": dbSessions, "messages": dbMessages, "queue": dbQueues}
