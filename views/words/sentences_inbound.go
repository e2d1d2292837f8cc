package words

// inboundSentences are about what comes from WeChat: results, customers, tags.
var inboundSentences = []sentence{
	{"delivery.template-blocked", "客户不接收这个公众号的模板消息。", "The customer does not take this account's template messages."},
	{"delivery.template-failed", "微信没有送达这条模板消息。请稍后再试。", "WeChat could not deliver this template message. Please try again later."},
	{"delivery.notice-failed", "微信没有送达这条订阅通知，可能客户没有同意接收。", "WeChat could not deliver this notice; the customer may not have agreed to it."},
	{"customer.remark-long", "备注名最多 {} 个字，请缩短。", "A name has at most {} characters. Please shorten it."},
	{"customer.not-yours", "只有接待这位客户的客服和主管可以修改备注名和标签。", "Only agents who serve the customer, and supervisors, can change the name and the tags."},
	{"customer.tags", "一位客户最多 {} 个标签，每个不能为空，最多 {} 个字。", "A customer has at most {} tags; each is not empty and has at most {} characters."},
}
