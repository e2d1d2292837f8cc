package words

import (
	"slices"
	"strings"
)

// A sentence says why something was not done, and what to do about it, in both languages. Its keys are those that the
// desk's refusals and the handlers name; {} is filled by the refusal's arguments.
type sentence struct{ key, zh, en string }

var sentences = []sentence{
	{"trouble", "这里出了点问题，已经记下来。请再试一次。", "Something went wrong here and was noted. Please try again."},
	{"busy", "现在太忙，没有保存。请过几秒再试。", "Too busy just now; nothing was saved. Please try again in a few seconds."},
	{"missing", "没有找到，可能已经不在了。", "It was not found; it may be gone."},
	{"denied", "您没有权限做这件事。", "You may not do this."},
	{"invalid", "填写的内容不对，请检查后再试。", "What was entered is not right. Please check it and try again."},
	{"too-large", "内容太大，没有保存。", "It is too large and was not saved."},
	{"cross-origin", "这个请求来自别的网站，没有执行。", "The request came from another site and was not carried out."},

	{"login.wrong", "邮箱或密码不对。还可以试 {} 次，之后要等 {} 分钟。", "E-mail or password is wrong. {} tries left, then a wait of {} minutes."},
	{"login.throttled", "试错次数太多。请 {} 分钟后再试。", "Too many wrong tries. Please try again in {} minutes."},
	{"login.expired", "登录已过期，请重新登录。", "Your login has expired. Please log in again."},
	{"login.ended", "您已退出登录。", "You are logged out."},
	{"login.disabled", "这个账号已停用，请联系管理员。", "This login is disabled. Please ask your admin."},

	{"session.missing", "没有这个会话。", "There is no such session."},
	{"session.not-yours", "只有正在接待的客服才能这样做。", "Only the agent serving it can do this."},
	{"session.taken", "别人已经接走了。", "Somebody else has taken it."},
	{"session.closed", "会话已经结束，不能再回复。客户再来信会开始新的会话。", "The session is closed. When the customer writes again, a new one begins."},
	{"session.not-assigned", "这个会话还在排队，没有分给您。", "This session is still in the queue and was not given to you."},
	{"session.not-open", "请先接入这个会话。", "Please take the session first."},
	{"session.full", "您的接待已满。结束一个会话后再接入。", "You have no free place. Close a session first."},
	{"session.no-seat", "您在这个公众号没有坐席，请联系管理员。", "You have no seat at this account. Please ask your admin."},

	{"message.missing", "没有这条消息。", "There is no such message."},
	{"message.empty", "还没有写内容。", "There is nothing to send yet."},
	{"message.too-long", "太长了，微信一条最多 {} 个字。请分成几条发送。", "Too long: WeChat takes {} characters in one message. Please send it in parts."},
	{"message.kind", "暂时只能发送文字。", "Only text can be sent for now."},
	{"message.exhausted", "客户上次来信后已发满 {} 条，微信不让再发。客户再来信即可继续。", "{} messages were sent since the customer last wrote; WeChat allows no more until they write again."},
	{"message.window", "客户上次来信太久，微信不让再发。客户再来信即可继续。", "The customer last wrote too long ago for WeChat. You can go on when they write again."},
	{"message.repeated", "这条消息已经发过，没有重复发送。", "This message was sent already and was not sent twice."},

	{"presence.unknown", "没有这种状态。", "There is no such status."},
	{"preference.unknown", "没有这个选项。", "There is no such choice."},

	{"session.not-queueing", "这个会话已经不在排队了。", "The session is not in the queue any more."},
	{"session.other-group", "这个会话排给了别人，不能接入。", "The session queues for somebody else and cannot be taken."},
	{"session.close-nobodys", "还没有客服接待这个会话，不能结束。", "Nobody serves the session yet, so it cannot be closed by an agent."},
	{"session.close-not-yours", "只有正在接待的客服才能结束会话。", "Only the agent serving it can close it."},
	{"agent.missing", "没有这位客服。", "There is no such agent."},
	{"agent.no-seat", "这位客服在这个公众号没有坐席，或已停用。", "The agent has no seat at this account, or is disabled."},
	{"agent.full", "这位客服已有 {} 个会话，最多 {} 个。", "The agent has {} sessions and may have {}."},
	{"company.missing", "没有这个商户。", "There is no such company."},
	{"group.missing", "没有名为“{}”的客服分组。", "There is no group named {}."},
	{"customer.missing", "没有这位客户。", "There is no such customer."},
	{"customer.remark", "备注最多 100 个字，不能为 null；要清除请填空。", "A remark has at most 100 characters and is not null; to clear it, send an empty text."},
	{"transfer.one-target", "转接给一位客服或者一个分组，二选一。", "Name the agent or the group that it shall go to: one of the two."},
	{"transfer.has-it", "这位客服已经在接待这个会话。", "That agent has the session already."},
	{"reply.empty", "还没有写内容。", "There is nothing to send: the text is empty."},
	{"reply.long", "太长了：{} 字节，一次最多 {} 字节。请分几次发送。", "Too long: {} bytes, and {} fit into one answer. Send it in several."},
	{"reply.key", "Idempotency-Key 最多 255 个可见的 ASCII 字符。", "An Idempotency-Key is at most 255 printable ASCII characters."},
	{"reply.key-reused", "这个 Idempotency-Key 已经用于另一个请求。请换一个新的。", "This Idempotency-Key was used for another request. Use a new key for a new message."},
	{"delivery.uncertain", "连接中断，不知道微信收到没有；为防重复没有自动重发。", "The connection broke, and whether WeChat took it is not known. It is not sent again by itself."},
	{"delivery.interrupted", "发送时程序中断，不知道微信收到没有；为防重复没有自动重发。", "Weir was interrupted while sending, and whether WeChat took it is not known. It is not sent again by itself."},
	{"callback.openid", "推送里的 FromUserName 应有 1 到 64 个字符。", "A callback's FromUserName has 1 to 64 characters."},
	{"callback.key", "推送没有可以去重的标识。", "The callback has nothing to tell its repeat by."},
	{"callback.time", "推送的 CreateTime 不是合理的时间。", "The callback's CreateTime is no time."},
	{"message.refused", "微信不会接受：{}（{}）。", "WeChat would refuse it: {} ({})."},

	{"rule.missing", "没有这条规则。", "There is no such rule."},
	{"rule.name", "规则要有名称，最多 {} 个字。", "A rule needs a name of at most {} characters."},
	{"rule.name-taken", "已经有名为“{}”的规则。", "There is a rule named {} already."},
	{"rule.kind", "匹配方式只有 exact、contains、follow。", "The kind of a match is exact, contains or follow."},
	{"rule.no-keywords", "exact 和 contains 至少要有一个关键词。", "exact and contains need at least one keyword."},
	{"rule.follow-keywords", "follow 不需要关键词。", "follow takes no keywords."},
	{"rule.keywords-many", "一条规则最多 {} 个关键词。", "A rule has at most {} keywords."},
	{"rule.keyword", "关键词不能为空，最多 {} 个字。", "A keyword is not empty and has at most {} characters."},
	{"rule.replies-many", "一条规则最多回复 {} 条消息。", "A rule answers with at most {} messages."},
	{"rule.reply", "每条回复不能为空，最多 {} 字节。", "Each text of a reply is not empty and has at most {} bytes."},
	{"rule.one-target", "assign 写一位客服（uid）或者一个分组（group），二选一。", "assign names an agent (uid) or a group (group) of the company: one of the two."},
	{"rule.nothing", "规则要有回复或者分配，至少一样。", "A rule does something: give it a reply, an assign, or both."},
	{"rule.appid", "商户没有公众号 {}。", "The company has no account {}."},
	{"rule.agent", "商户没有客服 {}。", "The company has no agent {}."},
	{"rule.group", "商户没有名为“{}”的分组。", "The company has no group named {}."},

	{"token.missing", "请用 Authorization: Bearer 带上商户的 API 令牌。", "Send a company's API token: Authorization: Bearer and the token."},
	{"token.unknown", "没有这个 API 令牌，可能已经撤销。", "There is no such API token; it may have been removed."},
	{"list.cursor", "cursor 不是这个列表给出的。", "The cursor is none of this list. Leave it out to start at the beginning."},
	{"events.id", "Last-Event-ID 不是事件流给出的 id。", "The Last-Event-ID is no id of an event. Leave it out to begin now."},
	{"request.shape", "请求不对：{}。", "The request does not fit the call: {}."},
	{"request.text", "请求里有无法保存的字符。", "The request holds characters that cannot be kept: send UTF-8 without NUL."},
	{"request.media-type", "请用 Content-Type: application/json 发送 JSON。", "Send JSON, with Content-Type: application/json."},
	{"request.unread", "没有收到完整的请求。请再试一次。", "The request did not arrive whole. Please try again."},
	{"request.no-call", "API 没有这个调用。", "The API has no such call; /api/v1/openapi.json lists them all."},
	{"request.method", "这个地址不支持这种方法。", "The call does not have this method; /api/v1/openapi.json lists them all."},

	{"wechat.other", "微信没有接受。请稍后重发，仍不行请联系管理员", "WeChat refused it; try again later, then ask your admin"},
}

// wechatSentences are WeChat's error codes, in words for an agent, what to do after the semicolon. They stand after
// "Not delivered:" and before the code itself, so they carry neither.
var wechatSentences = []struct {
	codes  string
	zh, en string
}{
	{"-1 268487001 268487002", "微信繁忙；请稍后重发", "WeChat is busy; send it again later"},
	{"40001 40014 42001 41001", "公众号的登录凭证失效；请重发，仍不行请管理员检查公众号设置", "the account's access expired; send it again, or have your admin check the account"},
	{"42006 61005 61006 61011 61014", "第三方平台的凭证失效；请联系系统管理员", "the platform's access expired; ask the operator"},
	{"40125 40243", "公众号的 AppSecret 不对或被冻结；请管理员重新填写", "the account's AppSecret is wrong or frozen; your admin must enter it again"},
	{"40013", "公众号的 AppID 不对；请管理员检查公众号设置", "the account's AppID is wrong; have your admin check the account"},
	{"40164", "服务器 IP 不在公众号的白名单里；请管理员在微信后台加上", "this server's IP is not in the account's whitelist; your admin must add it in WeChat"},
	{"61004 45035", "服务器 IP 不在第三方平台的白名单里；请联系系统管理员", "this server's IP is not in the platform's whitelist; ask the operator"},
	{"89503 89501", "微信要公众号管理员确认这次调用；请管理员在微信里点确认", "WeChat wants the account's admin to confirm; they find the request in WeChat"},
	{"89506", "公众号管理员拒绝了这次调用；24 小时后再试", "the account's admin refused the call; try again after 24 hours"},
	{"89507", "公众号管理员拒绝了这次调用；1 小时后再试", "the account's admin refused the call; try again after 1 hour"},
	{"40003 49003", "微信不认识这位客户；请管理员检查公众号设置", "WeChat does not know this customer; have your admin check the account"},
	{"43004 50005", "客户已取消关注；客户再次关注并来信后才能回复", "the customer unfollowed; you can answer once they follow and write again"},
	{"43019", "客户在公众号的黑名单里；要回复请管理员移出", "the customer is on the account's blacklist; your admin can take them off"},
	{"48002", "客户关掉了接收消息；请换别的方式联系", "the customer switched messages off; reach them another way"},
	{"45015", "超出 48 小时或客户已取消关注；等客户再来信", "past 48 hours, or the customer unfollowed; wait until they write"},
	{"45047", "客户上次来信后已发满条数；等客户再来信", "the allowed number was sent since the customer wrote; wait until they write"},
	{"45048", "微信不允许发给这位客户；等客户再来信", "WeChat does not allow a message to this customer; wait until they write"},
	{"45002", "文字太长；请分成几条发送", "the text is too long; send it in parts"},
	{"45001", "文件太大；请压缩后再发", "the file is too large; make it smaller"},
	{"44004", "内容是空的；请写上文字", "the text is empty; write something"},
	{"45008", "一次只能发一篇图文；请分开发", "one article at a time; send them one by one"},
	{"40004 40005 40006 40008 40009 40010 40011 40012 40137 40118 40121", "微信不接受这个文件的类型或大小；请换一个文件", "WeChat does not take this kind or size of file; choose another"},
	{"40007", "文件在微信那边过期了；请重新上传", "the file expired at WeChat; upload it again"},
	{"45009", "公众号今天的调用次数用完了；明天再发，急事请管理员清零", "the account's calls for today are used up; tomorrow, or your admin can reset the count"},
	{"45011", "发送太频繁；请过一分钟重发", "too many calls this minute; send it again in a minute"},
	{"48001 48008", "公众号没有这个接口的权限；请管理员检查认证", "the account may not use this function; have your admin check its verification"},
	{"48004", "公众号的接口被微信封禁；请管理员在微信后台查看原因", "WeChat banned this function for the account; your admin finds the reason in WeChat"},
	{"48006", "清零次数用完了；请等到明天", "the resets are used up; wait until tomorrow"},
	{"48017", "服务器的微信地址设置过时；请联系系统管理员", "this server uses a retired WeChat address; ask the operator"},
	{"50002", "客户或公众号被微信限制；无法送达", "the customer or the account is limited by WeChat; it cannot be delivered"},
	{"70000", "客户受未成年人保护限制；请换别的方式联系", "blocked for the protection of minors; reach the customer another way"},
	{"45080 45081", "现在不能显示“正在输入”；不影响消息", "the typing sign cannot be shown now; messages are not affected"},
	{"45072 40200", "微信不接受这个命令；不影响消息", "WeChat does not take this command; messages are not affected"},
	{"47001 44002 43002 43003", "请求格式不对，这是程序的错；请联系系统管理员", "the request was malformed, which is our mistake; tell the operator"},
	{"61003", "公众号已取消授权；请管理员重新授权", "the account is no longer authorised; your admin must authorise it again"},
	{"61007 61016 61017", "公众号没有授权客服消息；请管理员重新授权并勾选", "the account did not authorise service messages; your admin must authorise them"},
	{"61009 61010", "授权码失效；请管理员重新授权", "the authorisation code expired; your admin must authorise again"},
	{"61023 42007", "公众号的授权失效；请管理员重新授权", "the account's authorisation is void; your admin must authorise it again"},
	{"61450 61451 61452 61453 61454 61455 61456 61457 61500", "微信客服账号的设置不对；请管理员检查", "the WeChat service login is not set up right; have your admin check it"},
	{"65400 65401 65402 65403 65404 65405 65406 65407 65408 65409 65410 65411 65412 65413 65414 65415 65416 65417", "微信自带客服的设置有冲突；请管理员检查", "WeChat's own service function is in conflict; have your admin check it"},
	{"45056", "公众号已有 100 个标签，微信不让再建；请用已有的标签", "the account has 100 tags, and WeChat makes no more; use one that there is"},
	{"45059", "微信只让一位客户有 20 个标签；请去掉一些", "WeChat allows 20 tags for a customer; take some away"},
	{"45058 45157 45158 45159 45169 45171", "微信没有接受这个标签；请管理员检查标签", "WeChat refused the tag; have your admin check the tags"},
	{"43101", "客户没有订阅这类通知；请客户先订阅", "the customer has not subscribed to this kind of notice; ask them to subscribe first"},
	{"40037", "模板不存在或已删除；请管理员检查模板", "there is no such template any more; have your admin check the templates"},
	{"47003", "填写的内容不符合模板要求；请检查字数和格式再发", "what was filled in does not fit the template; check its length and form"},
	{"40033", "内容里有微信不接受的转义字符；请改写后再发", "the content holds escaped characters that WeChat does not take; write it another way"},
	{"40052 40053", "微信不接受这个二维码的参数；请管理员检查二维码", "WeChat does not take this QR code; have your admin check it"},
	{"40092", "备注名太长；请缩短", "the remark is too long; shorten it"},
}

func sentencesIn(pick func(sentence) string) map[string]string {
	table := make(map[string]string)
	for _, s := range slices.Concat(sentences, actSentences, decisionWords, settingsSentences, inboundSentences, outboundSentences, platformSentences, channelSentences, quickSentences, peopleSentences, noteSentences) {
		table[s.key] = pick(s)
	}
	for _, s := range noticeSentences {
		table[s.key] = pick(s)
	}
	for _, s := range wechatSentences {
		for _, code := range strings.Fields(s.codes) {
			table["wechat."+code] = pick(sentence{zh: s.zh, en: s.en})
		}
	}
	return table
}
