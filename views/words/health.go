package words

import "strconv"

// HealthWords is what an account's page of health says.
type HealthWords struct {
	Title, Sentence, ToAccount, ToHealth                                     string
	Fine, Paused, Stopped, Refused, Unconnected, Expired, Expiring, Slow     string
	StoppedSince, TriedAgain, Says                                           string
	Callbacks, Last24, NeverHeard, LastHeard, Taken, LateOnes, RefusedOnes   string
	JustNow, RefusedAt, LateDo                                               string
	Token, NoToken, Renews, Fetched, TokenRefused                            string
	Unsent, Queued, Waiting, Oldest, Failed, Uncertain, Media, Pushes        string
	FailedDo, MediaDo, PushesDo                                              string
	Verification, VerificationUnsaid, Verified, VerifyFailed, Until, RenewDo string
	VerifyExpired, AnnualRenew, Qualified, NotQualified, Named, NotNamed     string
	MassSent, Published, PlaceChecked, Events                                string
	Quota, Asking, QuotaUntold, QuotaMessages, QuotaUpload, QuotaDownload    string
	QuotaUsers, Clear, ClearHint, ClearNow                                   string
}

// OfHealth returns those words in the same language.
func (w *Words) OfHealth() *HealthWords {
	if w.Lang == Chinese {
		return &healthChinese
	}
	return &healthEnglish
}

// Thousands writes a number with commas.
func Thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

var healthChinese = HealthWords{
	Title: "健康状况", Sentence: "微信来的、发给微信的，以及哪里要处理。", ToAccount: "接入与修改", ToHealth: "健康状况",
	Fine: "正常", Paused: "已暂停", Stopped: "发送已停", Refused: "收不到", Unconnected: "未接通", Expired: "认证过期", Expiring: "认证快到期", Slow: "有点慢",
	StoppedSince: "{} 起停止发送。客户的消息照常收，要发的都在等。", Says: "微信说：{}（{}）。", TriedAgain: "会自动再试，下次在 {}。处理好了可以马上恢复。",
	Callbacks: "微信推送", Last24: "最近 24 小时：{}", NeverHeard: "还没有收到过推送", LastHeard: "上一次在 {}前", JustNow: "刚刚", Taken: "24 小时收下 {} 次", LateOnes: "超过 3 秒才答 {} 次", RefusedOnes: "没通过验证 {} 次",
	RefusedAt: "{} 的推送没通过验证。", LateDo: "微信等 5 秒就会重发，一直慢的话会停推 1 分钟。请系统管理员看服务器和数据库是否太忙。",
	Token: "访问令牌", NoToken: "现在没有，要用时再取", Renews: "{}后换新的", Fetched: "{}前取到", TokenRefused: "{} 没有取到令牌。",
	Unsent: "要发的和没发出去的", Queued: "在排队", Waiting: "等客户来信", Oldest: "最早一条", Failed: "24 小时内失败", Uncertain: "不确定送达", Media: "没取到的图片等", Pushes: "没同步的备注",
	FailedDo: "失败的消息在会话里标着原因，可以在那里改一改再发；不确定的由客服决定要不要再发一次。", MediaDo: "客户发的图片、语音或视频没有取到；微信只保留 3 天。请客户重发，并看看令牌和 IP 是否正常。", PushesDo: "这些客户的备注或标签微信没有收下。在客户资料里改一改会再试。",
	Verification: "微信认证", VerificationUnsaid: "微信还没有通知过", Verified: "已认证", VerifyFailed: "认证没有通过：{}", Until: "有效期到 {}", RenewDo: "认证过期后不能发客服消息。请在微信后台「设置与开发 → 微信认证」完成年审。",
	VerifyExpired: "认证过期", AnnualRenew: "该年审了", Qualified: "资质认证成功", NotQualified: "资质认证失败", Named: "名称认证成功", NotNamed: "名称认证失败",
	MassSent: "群发完成", Published: "文章发布完成", PlaceChecked: "门店审核", Events: "微信对公众号的通知",
	Quota: "今天的接口用量", Asking: "正在问微信…", QuotaUntold: "微信没有告诉今天的用量。", QuotaMessages: "客服消息", QuotaUpload: "上传素材", QuotaDownload: "下载素材", QuotaUsers: "查询客户",
	Clear: "清零", ClearHint: "所有接口今天的次数重新计算，停着的发送会恢复。微信每月只允许 10 次。", ClearNow: "清零今天的用量",
}

var healthEnglish = HealthWords{
	Title: "Health", Sentence: "What comes from WeChat, what goes there, and what needs doing.", ToAccount: "Connection and changes", ToHealth: "Health",
	Fine: "fine", Paused: "paused", Stopped: "sending stopped", Refused: "not received", Unconnected: "not connected", Expired: "verification over", Expiring: "verification ends soon", Slow: "slow",
	StoppedSince: "Nothing is sent since {}. Customers’ messages are taken as ever, and what is to be sent waits.", Says: "WeChat says: {} ({}).", TriedAgain: "It is tried again by itself at {}. Once you have done something about it, resume at once.",
	Callbacks: "What WeChat posts", Last24: "Last 24 hours: {}", NeverHeard: "nothing has come yet", LastHeard: "the last {} ago", JustNow: "just now", Taken: "{} taken in 24 h", LateOnes: "{} answered after 3 s", RefusedOnes: "{} refused",
	RefusedAt: "What came {} was refused.", LateDo: "WeChat repeats after 5 s, and after too many stops for a minute. Ask the operator whether server and database are too busy.",
	Token: "Access token", NoToken: "none now; it is fetched when it is needed", Renews: "renews in {}", Fetched: "fetched {} ago", TokenRefused: "{} none was to be had.",
	Unsent: "To be sent, and not sent", Queued: "Queued", Waiting: "For next message", Oldest: "Oldest", Failed: "Failed in 24 h", Uncertain: "Uncertain", Media: "Media not fetched", Pushes: "Remarks refused",
	FailedDo: "Failed messages say why in their conversations, and can be changed and sent again there; of those uncertain an agent decides.", MediaDo: "Pictures, voices or videos of customers could not be fetched; WeChat keeps them for 3 days. Ask the customers to send them again, and look at token and IP.", PushesDo: "WeChat has not taken the remark or tags of these customers. Changing them tries again.",
	Verification: "Verification", VerificationUnsaid: "WeChat has said nothing of it yet", Verified: "verified", VerifyFailed: "verification failed: {}", Until: "until {}", RenewDo: "Without verification no customer-service message can be sent. Renew it in WeChat’s console: Settings and development → verification.",
	VerifyExpired: "Verification is over", AnnualRenew: "Verification is to be renewed", Qualified: "Qualification verified", NotQualified: "Qualification not verified", Named: "Name verified", NotNamed: "Name not verified",
	MassSent: "Mass message sent", Published: "Article published", PlaceChecked: "Place checked", Events: "What WeChat said of the account",
	Quota: "API calls today", Asking: "Asking WeChat…", QuotaUntold: "WeChat did not tell today’s calls.", QuotaMessages: "Customer-service messages", QuotaUpload: "Media uploads", QuotaDownload: "Media downloads", QuotaUsers: "Customers asked about",
	Clear: "Count anew", ClearHint: "All of today’s calls are counted anew, and sending that has stopped goes on. WeChat allows it 10 times a month.", ClearNow: "Count today’s calls anew",
}
