package words

// TemplateWords is what is said about template messages and subscription notices.
type TemplateWords struct {
	Title, Sentence, Message, Notice, InBrackets, Send, Template string
	MessageHint, NoticeHint, Most, Opens, Free                   string
	None, NoneHint, NoneOffered, Reading, ReadNow, ReadAt        string
	Unread, Offered                                              string
}

// OfTemplates returns them in the same language.
func (w *Words) OfTemplates() *TemplateWords {
	if w.Lang == Chinese {
		return &templatesChinese
	}
	return &templatesEnglish
}

var templatesChinese = TemplateWords{
	Title: "消息模板", Sentence: "微信不让再回复时，客服可以用这里的模板联系客户。模板在微信公众平台添加。", Message: "模板消息", Notice: "订阅通知", InBrackets: "（{}）", Send: "发模板消息", Template: "模板",
	MessageHint: "只能发服务通知，不能发营销内容。客户关注着公众号就能收到。", NoticeHint: "客户每同意一次，可以发一条。没有同意时微信会拒绝。", Most: "最多 {} 个字", Opens: "点开后打开网页或小程序", Free: "不占用回复条数。",
	None: "还没有模板", NoneHint: "在微信公众平台添加模板消息或订阅通知的模板，再回来点「现在读取」。", NoneOffered: "没有可用的模板。请管理员在微信公众平台添加，并在设置里开放。", Reading: "正在向微信读取模板…", ReadNow: "现在读取", ReadAt: "{} 从微信读取，每天更新一次。",
	Unread: "微信没有给出模板：{}", Offered: "客服可用",
}

var templatesEnglish = TemplateWords{
	Title: "Message templates", Sentence: "When WeChat takes no more answers, agents can reach the customer with one of these. Templates are added at WeChat.", Message: "template message", Notice: "subscription notice", InBrackets: " ({})", Send: "Send a template message", Template: "Template",
	MessageHint: "For service notices only, never for marketing. It reaches whoever follows the account.", NoticeHint: "One for each time the customer agreed. Without that, WeChat refuses it.", Most: "At most {} characters", Opens: "What opens when it is tapped", Free: "Counts against no quota.",
	None: "No templates yet", NoneHint: "Add templates of template messages or subscription notices at WeChat, then come back and read them.", NoneOffered: "There is no template to send. Your admin adds templates at WeChat and offers them in the settings.", Reading: "Asking WeChat for the templates…", ReadNow: "Read now", ReadAt: "Read from WeChat {}; renewed every day.",
	Unread: "WeChat did not tell the templates: {}", Offered: "Offered to agents",
}
