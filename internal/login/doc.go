// Package login knows who is at the other end of a browser: passwords, login sessions and the throttle on guessing. It
// does not know agents or companies beyond their ids; whose password it is, and what one may do, is asked elsewhere.
//
// Login sessions live in Redis (database 4), where the client given here must point:
//
//	login:{hash of the token}         string, TTL   the session; empty: signed out, and not to come back
//	login:of:{company}:{uid}          ZSET, by end  the hashes of one agent's sessions
//	login:tries:email:{hash}, :ip:{…} string, TTL   attempts in the current window
//
// A page request reads Redis once and writes it at most once an hour. Static files, callbacks and health checks should not
// pass through here at all: mount LoadAndSave on page routes only.
package login
