// Package desk is the customer-service desk itself: who queues, who answers, and when a session is over. It decides, and has
// the store remember. It knows nothing of HTTP, HTML, Redis or WeChat.
//
//	  customer writes             assigned              agent takes it             agent closes
//	──────────────────▶ queueing ──────────▶ waiting ──────────────▶ conversing ─────────────▶ closed
//	                        ▲                   │                       │
//	                        └──────── transferred to a group ───────────┘
//
// Closed is the end of it: when the customer writes again a new session begins.
//
// What a message means is decided by pure functions over values (hear.go, rules.go, route.go, session.go, ledger.go); reading
// and writing happen around them, through one door: some customers are locked, their sessions decided, saved and committed.
// A group of callbacks is many customers (receive.go), an agent's act is one (acts.go), giving out the queue is those at its
// head (dispatch.go). The customer's row is the lock for everything about them; whoever also counts an agent's sessions locks
// the agent's row after it. What must happen outside once a change is in is told to Effects, and not before.
package desk
