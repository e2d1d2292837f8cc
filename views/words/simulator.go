package words

// SimulatorWords is what the simulator's page says. What stands on the customer's phone as WeChat's own words is always
// Chinese, like the phone.
type SimulatorWords struct {
	Title, Sentence, Clear, Desk, Connected, Lost                            string
	Customers, Add, NameOfNew, Quota, NoQuota, NotFollowing                  string
	Faults, Repeat, Delay, OutOfTime, OutOfCount, BadToken, Busy, Cut        string
	Refuse, DropAnswers, UnlistedIP, NotGranted, DailyQuota, LatePush        string
	Phone, Conversation, Says, Send, FollowFirst, NobodyYet, Typing          string
	Image, Voice, Video, Location, Link, Follow, Unfollow, Scan, Burst, Acts string
	DidFollow, DidFollowBy, DidUnfollow, DidScan, DidClick, DidOpen, Other   string
	Seen, AllTaken, NotTaken, Table, Time, Request, Content, Answer, Took    string
	ToDesk, FromDesk, Attempt, QuotaLine, QuotaUsed, CutByFault, NoAnswer    string
	Passive, Escaped, Nothing, Milliseconds, BurstText, MiniProgram          string
	WhichCode, WhichNotice, Consent, Refuses, Block, Unblock, Notice         string
	Template, Details, DidConsent, DidRefuse, FailJobs                       string
}

// OfSimulator returns the words of the simulator's page in the same language.
func (w *Words) OfSimulator() *SimulatorWords {
	if w.Lang == Chinese {
		return &simulatorChinese
	}
	return &simulatorEnglish
}

var simulatorChinese = SimulatorWords{
	Title: "微信模拟器", Sentence: "在这里扮演客户。公众号「{}」以为它在和微信说话。", Clear: "清空", Desk: "工作台", Connected: "已连上", Lost: "连接断开",
	Customers: "客户", Add: "加一位客户", NameOfNew: "新客户的名字", Quota: "额度 {}/{}", NoQuota: "没有额度", NotFollowing: "未关注",
	Faults: "注入故障", Repeat: "每次推送重复 3 次", Delay: "回答晚 4 秒", OutOfTime: "45015 超时限", OutOfCount: "45047 超条数", BadToken: "40001 令牌失效",
	Busy: "-1 系统繁忙", Cut: "掐断连接", Refuse: "拒绝连接", DropAnswers: "丢掉推送的回答", UnlistedIP: "40164 IP 不在白名单", NotGranted: "48001 没有权限", DailyQuota: "45009 当日用完", LatePush: "推送晚到 4 秒",
	Phone: "客户的手机", Conversation: "手机上的对话", Says: "以{}的身份说…", Send: "发送", FollowFirst: "关注公众号", NobodyYet: "还没有客户。", Typing: "对方正在输入…",
	Image: "图片", Voice: "语音", Video: "视频", Location: "位置", Link: "链接", Follow: "关注", Unfollow: "取关", Scan: "扫码", Burst: "10 条并发", Acts: "其他动作",
	DidFollow: "关注了公众号", DidFollowBy: "扫码「{}」关注了公众号", DidUnfollow: "取消了关注", DidScan: "扫了二维码「{}」", DidClick: "点了菜单「{}」", DidOpen: "打开了「{}」", Other: "其他：{}",
	Seen: "微信这边看到的", AllTaken: "推送全部收下 · p99 {}", NotTaken: "{} 次推送没有收下 · p99 {}", Table: "表格", Time: "时间", Request: "请求", Content: "内容", Answer: "回答", Took: "用时",
	ToDesk: "微信到 Weir", FromDesk: "Weir 到微信", Attempt: "第 {} 次推送（内容相同）", QuotaLine: "额度", QuotaUsed: "已用 {} 条，共 {} 条", CutByFault: "连接被掐断（注入的故障）", NoAnswer: "没有回答",
	Passive: "被动回复", Escaped: "JSON 里有 \\u003c", Nothing: "还没有请求。", Milliseconds: "{} ms", BurstText: "第 {} 条", MiniProgram: "小程序", WhichCode: "哪张二维码", WhichNotice: "哪种订阅通知", Consent: "同意订阅一次", Refuses: "不订阅", Block: "拒收消息", Unblock: "恢复接收", Notice: "订阅通知",
	Template: "模板消息", Details: "查看详情", DidConsent: "同意了一次订阅通知", DidRefuse: "不订阅通知", FailJobs: "模板消息送达失败",
}

var simulatorEnglish = SimulatorWords{
	Title: "WeChat simulator", Sentence: "Here you are the customer. The account “{}” believes that it talks to WeChat.", Clear: "Clear", Desk: "Workspace", Connected: "Connected", Lost: "Disconnected",
	Customers: "Customers", Add: "Add a customer", NameOfNew: "Name of the customer", Quota: "{} of {} left", NoQuota: "Nothing left", NotFollowing: "Not following",
	Faults: "Inject faults", Repeat: "Push everything 3 times", Delay: "Answer 4 s late", OutOfTime: "45015 out of time", OutOfCount: "45047 out of count", BadToken: "40001 bad token",
	Busy: "-1 system busy", Cut: "Cut the connection", Refuse: "Refuse connections", DropAnswers: "Lose answers to pushes", UnlistedIP: "40164 IP not listed", NotGranted: "48001 not granted", DailyQuota: "45009 used up today", LatePush: "Push 4 s late",
	Phone: "The customer’s phone", Conversation: "Conversation on the phone", Says: "Say as {}…", Send: "Send", FollowFirst: "Follow the account", NobodyYet: "No customers yet.", Typing: "typing…",
	Image: "Image", Voice: "Voice", Video: "Video", Location: "Place", Link: "Link", Follow: "Follow", Unfollow: "Unfollow", Scan: "Scan", Burst: "10 at once", Acts: "Other acts",
	DidFollow: "followed the account", DidFollowBy: "followed by QR code “{}”", DidUnfollow: "left the account", DidScan: "scanned QR code “{}”", DidClick: "pressed menu button “{}”", DidOpen: "opened “{}”", Other: "Other: {}",
	Seen: "What WeChat saw", AllTaken: "all pushes taken · p99 {}", NotTaken: "{} pushes not taken · p99 {}", Table: "Table", Time: "Time", Request: "Request", Content: "Content", Answer: "Answer", Took: "Took",
	ToDesk: "WeChat to Weir", FromDesk: "Weir to WeChat", Attempt: "push {} (same content)", QuotaLine: "Quota", QuotaUsed: "{} of {} used", CutByFault: "connection cut (injected fault)", NoAnswer: "no answer",
	Passive: "passive reply", Escaped: "JSON has \\u003c", Nothing: "No requests yet.", Milliseconds: "{} ms", BurstText: "number {}", MiniProgram: "Mini program", WhichCode: "Which QR code", WhichNotice: "Which notice", Consent: "Agree to one", Refuses: "Do not agree", Block: "Block the account", Unblock: "Unblock it", Notice: "Notice",
	Template: "Template message", Details: "Details", DidConsent: "agreed to one notice", DidRefuse: "did not agree to notices", FailJobs: "Template messages fail",
}
