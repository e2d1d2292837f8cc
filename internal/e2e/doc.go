// Package e2e proves the whole of Weir from outside. Its tests build the one binary and start it as real processes, on a real
// PostgreSQL and Redis, with the simulator for WeChat and a real Chromium for the agents; some then kill what runs, and look
// whether everything that was acknowledged is there once and in order.
//
//	go test ./internal/e2e                                 all of it
//	go test ./internal/e2e -run TestDrill                  processes killed, without a browser
//	go test ./internal/e2e -run TestPictures -shots DIR    pictures of the pages
//
//	phone (simulator, in the test) ──callbacks──▶ weir serve ◀── Chromium
//	          ▲                                     │   │
//	          └────────── custom/send ──────────────┘   └── PostgreSQL, Redis
//
// Whatever a Weir of a test logs, at level debug, is searched for every secret when the test ends.
package e2e
