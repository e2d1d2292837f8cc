// Package queue keeps Redis an index of PostgreSQL: which sessions queue, wait and are in conversation, what customers last
// said, who is online. Other programs read it, and so may we; nobody decides by it. Emptied at any moment, it is made again
// from PostgreSQL, by itself.
//
//	desk ── commit ──▶ Committed ──▶ bounded queue ──▶ write what changed ──▶ look at PostgreSQL ──▶ done
//	                                     │ full, or Redis is away       ▲            │ it is elsewhere by now
//	                                     ▼                              └────────────┘
//	                              company is dirty ──▶ compare with PostgreSQL, mend what differs
//
// Changes of one session may arrive in any order: two processes commit one after the other and write to Redis the other way
// round. So whoever writes where a session is looks at PostgreSQL afterwards, and writes again until both agree. That is
// enough: whoever was the last to touch a session's entry looked after touching it and found it right, and whoever moves the
// session later touches it later. Mending goes the same way, so it may run beside live changes and in many processes at once.
//
// What a killed process took with it is found by comparing everything, at every start and every few minutes.
package queue
