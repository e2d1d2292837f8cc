package words

// Words is one language. Every field is said somewhere on a page; {} stands for what is put in, in order.
type Words struct {
	Lang string // tag, as in <html lang>

	// The shell of every page
	Product, SkipToContent, SkipToThread, MainMenu, Menu, Other, OtherTag string
	Light, Dark, FollowSystem, Theme, LogOut, Close                       string
	Workspace, Simulator, TroubleTitle                                    string
	BackToWork, RequestID                                                 string

	// Login
	LogIn, LogInTitle, Email, Password, StayLoggedIn, Motto string

	// The lists
	Lists, Sessions, MyStatus, Online, Away, Offline, Load             string
	Live, CatchingUp, LiveLost                                         string
	Conversing, Talking, Waiting, Queueing, Queue                      string
	ReplyWaits, LongestWaits, NobodyWaits, TakeLongest, MoreInQueue    string
	LeftMessage                                                        string
	NoConversing, NoWaiting, NoQueueing                                string
	Waited, Unread, Wrote, You, CustomerNamed, Undelivered1            string
	KindImage, KindVoice, KindVideo, KindLocation, KindLink, KindOther string

	// The sheet
	YouAre, NoneGiven, BackOnline, Choose, ChooseHint, Comma, FullStop, ChooseNobody, Keys, BackToList, SessionActions, CustomerPanel string
	ConversingFor, WaitingFor, QueueingFor, CustomerWaits, ClosedAt, CloseSession                                                     string
	Thread, Messages, Older, Yesterday, New, NewMessages, ByMe                                                                        string
	Automatic, AutomaticRule, FromMonitor, OpenMap                                                                                    string
	Queued, Sending, Sent, Failed, Uncertain, RetryAt, WhyFailed, WhyUncertain, WhatCode                                              string
	EventFollow, EventUnfollow, EventScan, EventMenu, EventAccepted, EventClosed                                                      string
	EventQueued, EventAssigned, EventFollowQR, EventSessionBegan                                                                      string
	MediaExpired, MediaUnknown                                                                                                        string

	// The composer
	Reply, ToCustomer, Placeholder, MessageLabel, Send, SendHint, SendWhenBack, SavedOffline string
	QuotaLeft, QuotaUntil, QuotaNone, QuotaReturns                                           string
	ExhaustedTitle, ExhaustedCount, ExhaustedTime                                            string
	ClosedTitle, ClosedHint, NotMineTitle, NotMineHint, QueueTitle, QueueHint                string
	GoToLive, Resend, SendAgain, Edit, Accept                                                string

	// The customer
	CopyOpenID, Copy, Copied, Account, Exclusive, DaysLeft, Source, FollowedAt, FirstSeen, Nobody string
	NotFollowing, WhyMe, Earlier, EarlierNone, MoreEarlier, ClosePanel                            string
	StateConversing, StateWaiting, StateQueueing, StateGroup, StateClosed, StateTimeout           string
	StateNobody, StateAdmin                                                                       string

	// Keys
	KeysTitle, KeyNext, KeyPrevious, KeyTake, KeyClose, KeyUnread, KeyHelp, KeyBack, KeyReply string

	// Times
	Now, Seconds, Minutes, Hours, Days, TodayDate, YesterdayDate, dateLayout, dateYearLayout string

	sentences map[string]string
}

var chinese = Words{
	Lang: Chinese,

	Product: "Weir", SkipToContent: "跳到内容", SkipToThread: "跳到对话", MainMenu: "主导航", Menu: "菜单", Other: "English", OtherTag: English,
	Light: "浅色", Dark: "深色", FollowSystem: "跟随系统", Theme: "外观", LogOut: "退出登录", Close: "关闭",
	Workspace: "工作台", Simulator: "微信模拟器", TroubleTitle: "出了点问题",
	BackToWork: "回到工作台", RequestID: "请求编号 {}",

	LogIn: "登录", LogInTitle: "登录客服台", Email: "邮箱", Password: "密码", StayLoggedIn: "这台电脑上保持登录 7 天",
	Motto: "每一条消息都有下落，每一次分配都说得清。",

	Lists: "会话列表", Sessions: "会话", MyStatus: "我的状态：{}", Online: "在线", Away: "离开", Offline: "离线", Load: "接待",
	Live: "实时", CatchingUp: "正在补齐", LiveLost: "离线",
	Conversing: "会话中", Talking: "会话中", Waiting: "等待中", Queueing: "排队中", Queue: "排队中",
	ReplyWaits: "待回 {}", LongestWaits: "最久 {}", NobodyWaits: "没有人等", TakeLongest: "接入最久的", MoreInQueue: "还有 {} 位在排队", LeftMessage: "留言",
	NoConversing: "没有进行中的会话", NoWaiting: "没有人在等您", NoQueueing: "没有人在排队",
	Waited: "已等 ", Unread: "未读 ", Wrote: "{} 来信", You: "您：", CustomerNamed: "客户 {}", Undelivered1: "未送达",
	KindImage: "[图片]", KindVoice: "[语音]", KindVideo: "[视频]", KindLocation: "[位置]", KindLink: "[链接]", KindOther: "[其他消息]",

	YouAre: "您现在是「{}」", NoneGiven: "不会分给您新会话。排队中有 {} 位。", BackOnline: "回到在线",
	Choose: "选一个会话开始", ChooseHint: "等得最久的是 {}", Comma: "，", FullStop: "。", ChooseNobody: "现在没有人在等。新客户一来就会出现在这里，不用刷新。", Keys: "快捷键", BackToList: "返回列表",
	SessionActions: "会话操作", CustomerPanel: "客户资料",
	ConversingFor: "会话中 {}", WaitingFor: "等待中 {}", QueueingFor: "排队中 {}", CustomerWaits: "客户等回复 {}", ClosedAt: "已结束 {}", CloseSession: "结束会话",
	Thread: "对话内容", Messages: "消息", Older: "更早的消息", Yesterday: "昨天", New: "新消息",
	NewMessages: "{} 条新消息", ByMe: "{}（我）",
	Automatic: "自动回复", AutomaticRule: "自动回复 · 规则「{}」", FromMonitor: "{} · 插话", OpenMap: "打开地图",
	Queued: "等待发送", Sending: "发送中", Sent: "已发送", Failed: "未送达", Uncertain: "不确定", RetryAt: "{} 再试", WhyFailed: "未送达：{}",
	WhyUncertain: "不确定是否送达：连接中断，为防重复没有自动重发", WhatCode: "（{}）",
	EventFollow: "关注了公众号", EventUnfollow: "取消关注", EventScan: "扫「{}」二维码", EventFollowQR: "扫「{}」二维码关注", EventMenu: "点击菜单「{}」",
	EventAccepted: "{} 接入", EventClosed: "会话结束", EventQueued: "进入排队", EventAssigned: "分给 {}", EventSessionBegan: "会话开始",
	MediaExpired: "文件已过期", MediaUnknown: "暂时打不开这种消息，请客户换一种方式发送",

	Reply: "回复", ToCustomer: "回复客户", Placeholder: "回复客户，/ 快捷回复", MessageLabel: "输入消息", Send: "发送", SendHint: "Enter 发送 · Shift+Enter 换行",
	SendWhenBack: "连上就发", SavedOffline: "离线，文字已保存",
	QuotaLeft: "还可发 {} 条", QuotaUntil: "剩 {}", QuotaNone: "还可发 0 条", QuotaReturns: "客户再来信即恢复",
	ExhaustedTitle: "微信现在不让再发了。", ExhaustedCount: "客户上次来信后已发满 {} 条。客户发来任何消息，额度立刻恢复。", ExhaustedTime: "客户上次来信已超过微信允许回复的时间。客户发来任何消息，就可以接着回。",
	ClosedTitle: "会话已结束。", ClosedHint: "客户再来信会开始一个新会话。", NotMineTitle: "{} 正在接待这位客户。", NotMineHint: "您可以看，不能回复。",
	QueueTitle: "这位客户还在排队。", QueueHint: "有客服空出来就会分配。",
	GoToLive: "去正在进行的会话", Resend: "重发", SendAgain: "再发一次", Edit: "改一改",
	Accept: "接入",

	CopyOpenID: "复制 openid", Copy: "复制", Copied: "已复制", Account: "公众号", Exclusive: "专属客服", DaysLeft: "还剩 {} 天", Source: "来源", FollowedAt: "关注于", FirstSeen: "首次来信", Nobody: "无",
	NotFollowing: "未关注", WhyMe: "为什么分给我", Earlier: "以前的会话", EarlierNone: "这是第一次", MoreEarlier: "更早的", ClosePanel: "关上客户资料",
	StateConversing: "会话中", StateWaiting: "等待中", StateQueueing: "排队中", StateGroup: "群聊", StateClosed: "已结束", StateTimeout: "接待超时", StateNobody: "无人接待", StateAdmin: "管理员结束",

	KeysTitle: "快捷键", KeyNext: "下一个会话", KeyPrevious: "上一个会话", KeyTake: "接入等待最久的", KeyClose: "结束会话", KeyUnread: "下一个未读", KeyHelp: "显示快捷键", KeyBack: "回到列表", KeyReply: "写回复",

	Now: "刚刚", Seconds: "{} 秒", Minutes: "{} 分", Hours: "{} 小时", Days: "{} 天", TodayDate: "今天 {}", YesterdayDate: "昨天 {}",
	dateLayout: "1 月 2 日", dateYearLayout: "2006 年 1 月 2 日",

	sentences: sentencesIn(func(s sentence) string { return s.zh }),
}

var english = Words{
	Lang: English,

	Product: "Weir", SkipToContent: "Skip to content", SkipToThread: "Skip to conversation", MainMenu: "Main", Menu: "Menu", Other: "中文", OtherTag: Chinese,
	Light: "Light", Dark: "Dark", FollowSystem: "Follow system", Theme: "Appearance", LogOut: "Log out", Close: "Close",
	Workspace: "Workspace", Simulator: "WeChat simulator", TroubleTitle: "Something went wrong",
	BackToWork: "Back to the workspace", RequestID: "Request {}",

	LogIn: "Log in", LogInTitle: "Log in to the desk", Email: "E-mail", Password: "Password", StayLoggedIn: "Stay logged in on this computer for 7 days",
	Motto: "Every message accounted for, every assignment explained.",

	Lists: "Conversations", Sessions: "Sessions", MyStatus: "My status: {}", Online: "Online", Away: "Away", Offline: "Offline", Load: "Serving",
	Live: "Live", CatchingUp: "Catching up", LiveLost: "Offline",
	Conversing: "In conversation", Talking: "Talking", Waiting: "Waiting", Queueing: "Queueing", Queue: "Queue",
	ReplyWaits: "reply {}", LongestWaits: "max {}", NobodyWaits: "nobody", TakeLongest: "Take the longest", MoreInQueue: "{} more in the queue", LeftMessage: "Message left",
	NoConversing: "No conversations", NoWaiting: "Nobody is waiting for you", NoQueueing: "The queue is empty",
	Waited: "waited ", Unread: "unread ", Wrote: "{} wrote", You: "You: ", CustomerNamed: "Customer {}", Undelivered1: "failed",
	KindImage: "[Image]", KindVoice: "[Voice]", KindVideo: "[Video]", KindLocation: "[Location]", KindLink: "[Link]", KindOther: "[Other message]",

	YouAre: "You are {}", NoneGiven: "You are given no new sessions. {} in the queue.", BackOnline: "Back online",
	Choose: "Choose a conversation", ChooseHint: "Waiting longest: {}", Comma: ", ", FullStop: ".", ChooseNobody: "Nobody is waiting. New customers appear here by themselves.", Keys: "Keys", BackToList: "Back to list",
	SessionActions: "Session actions", CustomerPanel: "Customer",
	ConversingFor: "in conversation {}", WaitingFor: "waiting {}", QueueingFor: "queueing {}", CustomerWaits: "waiting for a reply {}", ClosedAt: "closed {}", CloseSession: "Close session",
	Thread: "Conversation", Messages: "Messages", Older: "Older messages", Yesterday: "Yesterday", New: "New",
	NewMessages: "{} new", ByMe: "{} (me)",
	Automatic: "Automatic", AutomaticRule: "Automatic · rule “{}”", FromMonitor: "{} · from the monitor", OpenMap: "Open map",
	Queued: "Queued", Sending: "Sending", Sent: "Sent", Failed: "Not delivered", Uncertain: "Uncertain", RetryAt: "retry at {}", WhyFailed: "Not delivered: {}",
	WhyUncertain: "May not have arrived; not resent, to avoid a double", WhatCode: " ({})",
	EventFollow: "Followed the account", EventUnfollow: "Unfollowed", EventScan: "Scanned QR code “{}”", EventFollowQR: "Followed by QR code “{}”", EventMenu: "Tapped menu “{}”",
	EventAccepted: "{} took it", EventClosed: "Session closed", EventQueued: "Joined the queue", EventAssigned: "Given to {}", EventSessionBegan: "Session began",
	MediaExpired: "File expired", MediaUnknown: "This kind of message cannot be shown yet; ask the customer to send it another way",

	Reply: "Reply", ToCustomer: "Reply", Placeholder: "Reply to the customer, / for quick replies", MessageLabel: "Message", Send: "Send", SendHint: "Enter sends · Shift+Enter new line",
	SendWhenBack: "Send when back", SavedOffline: "Offline, text is kept",
	QuotaLeft: "{} left", QuotaUntil: "{}", QuotaNone: "0 left", QuotaReturns: "renewed when the customer writes",
	ExhaustedTitle: "WeChat allows no more for now.", ExhaustedCount: "{} messages were sent since the customer last wrote. As soon as the customer writes anything, you can go on.", ExhaustedTime: "The customer last wrote too long ago for WeChat. As soon as the customer writes anything, you can go on.",
	ClosedTitle: "The session is closed.", ClosedHint: "When the customer writes again, a new one begins.", NotMineTitle: "{} is serving this customer.", NotMineHint: "You may read, but not answer.",
	QueueTitle: "This customer is still in the queue.", QueueHint: "They are given to the next agent with a free place.",
	GoToLive: "Go to the live session", Resend: "Resend", SendAgain: "Send again", Edit: "Edit",
	Accept: "Take",

	CopyOpenID: "Copy openid", Copy: "copy", Copied: "copied", Account: "Account", Exclusive: "Exclusive", DaysLeft: "{} days left", Source: "Source", FollowedAt: "Followed", FirstSeen: "First message", Nobody: "nobody",
	NotFollowing: "not following", WhyMe: "Why this came to me", Earlier: "Earlier sessions", EarlierNone: "This is the first", MoreEarlier: "Earlier", ClosePanel: "Close customer",
	StateConversing: "in conversation", StateWaiting: "waiting", StateQueueing: "queueing", StateGroup: "group", StateClosed: "closed", StateTimeout: "reception timeout", StateNobody: "nobody received", StateAdmin: "closed by admin",

	KeysTitle: "Keys", KeyNext: "Next session", KeyPrevious: "Previous session", KeyTake: "Take the longest waiting", KeyClose: "Close the session", KeyUnread: "Next unread", KeyHelp: "Show keys", KeyBack: "Back to the list", KeyReply: "Write a reply",

	Now: "now", Seconds: "{} s", Minutes: "{} min", Hours: "{} h", Days: "{} d", TodayDate: "Today, {}", YesterdayDate: "Yesterday, {}",
	dateLayout: "2 January", dateYearLayout: "2 January 2006",

	sentences: sentencesIn(func(s sentence) string { return s.en }),
}
