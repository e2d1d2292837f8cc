package words

// What is said about sending.
var outboundSentences = []sentence{
	{"reply.parts", "这条回复要分成 {} 条发送，只还能发 {} 条。请缩短，或选择等客户来信后再发。", "This answer takes {} messages, and WeChat allows {} more. Shorten it, or let it wait for the customer's next message."},
	{"reply.title", "标题最多 {} 个字。", "A title has at most {} characters."},
	{"reply.title-empty", "请填写标题。", "A title is needed."},
	{"reply.description", "内容最多 {} 个字。", "It has at most {} characters."},
	{"reply.url", "链接要以 http:// 或 https:// 开头，最多 1024 字节。", "A link begins with http:// or https:// and has at most 1024 bytes."},
	{"reply.menu", "菜单消息要有 1 到 {} 个选项，每个都有编号和文字。", "A menu message has 1 to {} items, each with an id and a text."},
	{"reply.menu-long", "菜单消息太长：{} 字节，最多 {} 字节。", "The menu message is too long: {} bytes of {}."},
	{"reply.not-failed", "只有没发出去的消息可以重发。", "Only a message that was not sent can be sent again."},
	{"reply.resent", "这条消息已经重发过了。", "This message was sent again already."},
	{"reply.not-waiting", "这条消息已经不在等待了。", "The message does not wait any more."},
	{"reply.not-uncertain", "这条消息的结果已经确定了。", "What became of the message is certain by now."},
	{"delivery.waits", "等客户下次来信后自动发出。", "It goes out when the customer writes next."},
	{"delivery.resent", "已重发，见后面的消息。", "It was sent again: see the message further down."},
	{"delivery.withdrawn", "已撤回，没有发出。", "Taken back; it was not sent."},
	{"account.missing", "没有这个公众号。", "There is no such account."},
}
