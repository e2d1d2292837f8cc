// Package bench measures Weir on this machine and puts each figure beside a baseline of the same run (DESIGN, section 6).
//
//	weir bench ingest ──┬─ private PostgreSQL and Redis, crash-safe as in production, in a temporary folder
//	                    ├─ weir serve             the Weir that is measured
//	                    ├─ weir bench load        the customers and the agents' browsers
//	                    └─ pgbench                the baseline, by turns with the load
//
// Each part is a process of its own, so that what one of them uses can be told from /proc. The load generator takes its orders
// as lines of JSON and answers in the same way; one of them opens the agents' streams and posts the callbacks, so that
// both ends of a message's way are timed by one clock.
//
// At saturation the load is closed: as many posts are on their way as there are connections. Latency is measured with an open
// load: posts have their times, and a post that is late is late from the time it should have gone (no coordinated omission).
package bench
