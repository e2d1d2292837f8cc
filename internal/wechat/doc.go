// Package wechat speaks WeChat's Official Account protocol: it verifies, decrypts and parses what WeChat posts, seals what
// is answered, calls WeChat's API and keeps its access tokens. It knows nothing of a desk, a database or a company.
//
//	         query + body                      Inbound
//	WeChat ───────────────▶ Account.Open ───────────────▶ whoever decides
//	       ◀─────────────── Account.Seal ◀───────────────
//	         passive reply                      Reply
//	       ◀─────────────── Client  ◀── Tokens (one access token per appid, for all processes)
//	         API call
//
// Trust ends at Open: its body is a stranger's until the signature is right, so sizes, depths and counts are bounded before
// that, document types are refused before and after decryption, and no error ever carries a token, a key or a text.
//
// Facts of the protocol name the page of developers.weixin.qq.com they come from; "message push" is
// /miniprogram/dev/framework/server-ability/message-push.html, "encryption" is /doc/oplatform/developers/dev/push/encryption.
package wechat
