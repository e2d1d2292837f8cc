package words

// noticeSentences are those of business hours and of what the customer is told.
var noticeSentences = []sentence{
	{"hours.wrong", "营业时间不对：%s。", "The business hours are not right: %s."},
	{"hours.outside", "营业时间以外只能是：由客户选择、排队或留言。", "Outside hours the customer chooses, queues, or leaves a message."},
	{"hours.account", "没有这个公众号。", "There is no such account."},
	{"hours.group", "没有这个客服组。", "There is no such group."},
	{"notice.kind", "没有“%s”这种通知。", "There is no notice “%s”."},
	{"notice.variable", "通知里不能写 %s；可以写的是 %s。", "A notice cannot have %s; it can have %s."},
	{"notice.long", "通知太长：最多 600 个字。", "The notice is too long: it may have 600 characters."},
}
