// Package live tells open pages, in this process and in every other, that there is something new. It rings; the page
// looks.
//
//	desk, after its commit
//	   │ Ring(company, topics…)                                  never blocks, never fails
//	   ├──────────────▶ ears of this process ──▶ stream ──▶ page: GET what is new
//	   └──▶ backlog ──▶ Redis PUBLISH ──▶ ears of the others ──▶ stream ──▶ page: GET what is new
//	        (a set)     one channel a company
//
// A ring carries a topic and nothing else, so it may be late, doubled or merged, and the one permission check, that of
// the GET it leads to, guards everything. Nothing is missed, because whatever may have been is rung:
//
//   - A new ear hears each of its topics once: what happened between the making of a page and its listening, or while
//     its stream was down.
//   - An ear is one wake-up and a set of topics: a slow page delays nobody, and finds in the set whatever rang.
//   - When a subscription begins, and begins again after Redis was away, every ear it serves hears all its topics.
//   - What other processes are to be told is a set too. It waits for Redis, and when it grows too large it
//     becomes coarser ("look at everything"), not shorter.
//
// RingCalmly is for what changes often and concerns many: at once, and then at most once in a while. Touch is for what concerns
// every process, whoever listens there: that a company is another than before.
//
// At says who listens to a topic that begins with Beside, and who writes there: two people before the same thing see each other. It is
// kept in Redis for some seconds at a time, and nowhere else.
//
// # What it does not know
//
// What a topic means, who may listen to it, what a login is, or where pages come from: a company, an agent and a login
// are names here, and the caller has checked them (the login, its company, and the request's origin) before it calls
// Serve. It stores nothing that is not also elsewhere: Redis may be emptied at any time.
//
// # Streams
//
// Serve answers with text/event-stream. Over HTTP/1.1 it takes the connection over: one goroutine then rests in Read,
// which ends when the client leaves, when a beat is due, or when a ring moves the read deadline into the past. Only that
// goroutine writes, each write has a deadline, and 25 s of silence are broken by a comment line for the proxies'
// sake. End closes the streams of a login everywhere at once; a process that was cut off catches up on ends before
// anything else, and an end is held for some seconds against streams that had passed their check when it came.
//
// The server must have no write timeout on this route (a connection that was taken over has none), and no middleware
// that buffers, compresses or times it out.
//
// # The log
//
// Log keeps the latest events of a company with their data, in a Redis Stream, for programs that read them (GET
// /api/v1/events) and go on where they stopped. It may lack some, and says where.
//
// # In Redis
//
//	live:ring:{company}               channel: who says it, then topics, a line each
//	live:control                      channel: ends
//	live:ended                        ZSET, by time: ends of the last ten minutes, logins hashed
//	live:instances:{company}          SET of the processes that hold its streams
//	live:clients:{company}:instance   HASH, ear → client, uid, topics; gone three heartbeats after its process
//	live:{company}:beside/…           ZSET, by when it runs out: h and w before the uid of who is there and who writes there
//	events:{company}                  STREAM, capped: n name, d data
//
// The braces are written, as Redis Cluster's hash tag. The register (live:clients) says who has a stream this moment;
// whether an agent counts as present, by a stream or by an API call, is kept elsewhere from OnConnect, OnLeave and
// Here.
//
// # What the replaced gateway did
//
// Every ability of GatewayWorker has its place here. Each line is a test of that name in gateway_test.go, between two
// hubs that share nothing but Redis, or processes.
//
//	GatewayWorker                                  here
//	─────────────────────────────────────────────────────────────────────────────────────────
//	onWorkerStart                                  Run begins
//	onWorkerStop                                   Shutdown; Run returns; killed: forgotten in seconds
//	onConnect, bindUid                             Serve or Listen with a UID; OnConnect
//	onMessage                                      a POST of the page, like any other; what it changes is rung
//	onClose, unbindUid                             the stream ends; OnLeave
//	sendToClient, sendToCurrentClient              Ring(company, ClientTopic(client))
//	sendToUid                                      Ring(company, AgentTopic(uid))
//	sendToGroup                                    Ring(company, "group/7"): a group is a topic
//	sendToAll                                      Ring(company, Everybody)
//	joinGroup, leaveGroup, ungroup                 Listener.Topics, Ear.Join, Ear.Leave; a page changes its topics
//	                                               by opening a new stream, and the route checks them
//	closeClient, destroyClient                     EndClient; besides: End (a login), EndUID (an agent)
//	isOnline, getUidByClientId                     Clients
//	isUidOnline                                    IsOnline
//	getClientIdByUid                               Clients
//	getAllUidList, getAllUidCount                  Online
//	getAllClientIdList, getAllClientIdCount        Clients, Count(company, Everybody)
//	getClientIdListByGroup, getUidListByGroup      Clients and Client.In
//	getClientIdCountByGroup, getUidCountByGroup    Count(company, "group/7")
//	setSession, getSession                         none: a login session is the caller's, and in Redis already
//
// A ring takes no message along and leaves nobody out: the page that caused it looks as well, and finds its own act.
package live
