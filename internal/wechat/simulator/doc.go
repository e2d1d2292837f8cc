// Package simulator is a pretend WeChat: customers with phones on one side, the Official Account API on the other.
//
//	    phone (a test, the page)                                 the desk
//	              │ Text, Click, Follow …                            │
//	              ▼                                                  │
//	conversation ── signed, encrypted callback ──POST──▶ /wechat/{appid}
//	              ◀────── "success" or a passive reply ──────────────┤
//	              ◀── POST /cgi-bin/message/custom/send ─────────────┘ tokens, windows, quotas, true error codes
//
// It is written from WeChat's documentation and not from Weir's client, with a cipher and XML of its own, so that it can
// disagree with them. It knows nothing of a desk. It keeps everything in memory, and every list in it has a limit: the
// oldest log entries and phone lines are forgotten, and what would exceed another limit is refused ([ErrFull]).
//
// A test makes one with [New], serves [Simulator.Handler] to the desk as WeChat's API, and acts as a customer:
//
//	answer, err := sim.Text(ctx, appid, openid, "你好")
//	line, err := sim.WaitReply(ctx, openid, "您好")
//
// # What is like WeChat
//
//   - An act is pushed as one HTTP request, given 5 s, and repeated with the same body up to 3 times in all while there is no
//     answer of status 200. The pushes of one customer go out one after another; [Simulator.Burst] sends many at once.
//   - A passive reply is decrypted and checked. Where it is malformed or there is none, the phone says
//     「该公众号暂时无法提供服务，请稍后再试」.
//   - Tokens of stable_token and of token live apart. They last 2 hours, and 5 minutes beside their successor.
//   - A customer's message allows 5 customer-service messages in 48 h; a click, follow or scan 3 in 1 minute. The two do not
//     add up: a message sent counts against both, and one is allowed while either has some left.
//   - A call is counted, by the day in Shanghai, and refused with 45009 beyond what WeChat documents for its path; openapi/quota/get
//     tells, openapi/quota/clear and clear_quota begin anew, as often in a month as WeChat allows.
//   - A parametric QR code lives as long as was asked for, a permanent one for good and is the same for the same scene. Who scans one
//     ([Simulator.ScanTicket], or [Simulator.Scan] by its scene) follows by it, or is a follower and sends SCAN. showqrcode is its picture.
//   - An account has templates. A template message is taken from whoever follows and told of by an event, which may overtake the answer; a
//     subscription notice uses up one consent ([ActConsent]). Who blocks the account ([Simulator.Block]) is sent nothing, and the event says so.
//   - A custom menu that a program makes stands under the conversation in place of the console's (Account.Menu), which get_current_selfmenu_info
//     tells of as well, and menu/get does not. Its limits are counted in bytes; a body with \uXXXX is refused with 40033.
//   - After 30 pushes that failed within 5 minutes nothing is pushed for a minute, without a word (MarkFail).
//   - A business error is HTTP 200 with errcode and errmsg, the latter ending in "rid: …".
//   - A third-party platform ([Component]): tickets, its token, the page on which an account's owner consents, refresh tokens, events, and
//     messages of authorised accounts encrypted by the component. [Simulator.ReleaseTest] is the whole-network release test.
//
// # What is not
//
//   - A component's and an authorised account's token die as soon as another is fetched, since no page promises them a longer life.
//   - Media die after three days, or when an account has had 200 newer ones, or with the process; there are no permanent ones.
//   - A customer who was never heard of follows the account silently with the first act.
//
// # The page
//
// GET /simulator is a phone for people, kept current by a stream of its own, with faults as switches and the log beside it. It has no
// log-in, so a simulator must listen on loopback only, and a server that shuts down must end its requests' contexts
// (http.Server.BaseContext): open pages hold one each.
//
// # Control over HTTP
//
// For tests and tools in another process. The query parameter appid names the account; it may be left out where there is
// only one. Errors are {"error": "…"} with a 4xx status.
//
//	GET  /simulator/api/accounts                      accounts, without their secrets
//	PUT  /simulator/api/accounts                      Account: adds or changes one
//	GET  /simulator/api/codes                         QR codes that can be scanned
//	GET  /simulator/api/customers                     customers, with what may still be sent to them
//	PUT  /simulator/api/customers/{openid}            {"name","followed"}: adds or changes one, pushes nothing
//	POST /simulator/api/customers/{openid}/messages   Act: pushes it, answers Answer when the desk has answered
//	GET  /simulator/api/customers/{openid}/messages   the conversation: ?after=N only what is newer, ?wait=5s until there is something
//	POST /simulator/api/customers/{openid}/burst      {"texts":[…]}: pushes them all at once, answers [Answer]
//	PUT  /simulator/api/customers/{openid}/block      {"blocked"}: the customer takes no messages any more, or takes them again
//	GET  /simulator/api/faults                        Faults
//	PUT  /simulator/api/faults                        Faults: replaces them
//	GET  /simulator/api/quotas                        what is used of the daily quotas, by path
//	POST /simulator/api/quotas/used                   {"path"}: as if the rest of the day's calls of it had been made
//	POST /simulator/api/media/death                   every media id dies
//	GET  /simulator/api/log                           what WeChat saw: ?after=N only what is newer
//	POST /simulator/api/verify                        the address check of WeChat's console; 204 or an error
//	POST /simulator/api/clear                         forgets conversations and log; customers and windows stay
//	PUT  /simulator/api/component                     Component: makes the third-party platform or changes it
//	POST /simulator/api/component/ticket              pushes a new ticket now
//	POST /simulator/api/component/withdrawal          the account's owner withdraws the authorisation
//	POST /simulator/api/component/release-test        the whole-network release test; 204 or an error
package simulator
