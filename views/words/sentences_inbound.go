package words

// inboundSentences are about what comes from WeChat: results, customers, tags.
var inboundSentences = []sentence{
	{"delivery.template-blocked", "客户不接收这个公众号的模板消息；请换别的方式联系", "the customer does not take this account's template messages; reach them another way"},
	{"delivery.template-failed", "微信没有送达这条模板消息；请稍后重发", "WeChat could not deliver this template message; send it again later"},
	{"delivery.notice-failed", "微信没有送达这条订阅通知；请客户重新订阅后再发", "WeChat could not deliver this notice; ask the customer to agree to it again"},
	{"customer.remark-long", "备注名最多 {} 个字，请缩短。", "A name has at most {} characters. Please shorten it."},
	{"customer.not-yours", "只有接待这位客户的客服和主管可以修改备注名和标签。", "Only agents who serve the customer, and supervisors, can change the name and the tags."},
	{"customer.tags", "一位客户最多 {} 个标签，每个不能为空，最多 {} 个字。", "A customer has at most {} tags; each is not empty and has at most {} characters."},
}
