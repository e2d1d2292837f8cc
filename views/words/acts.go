package words

// ActsWords is what is said where a session is handed on, served together or watched.
type ActsWords struct {
	Transfer, Invite, More, Leave, Release, TakeOver, CloseAsAdmin          string
	LeaveHint, ReleaseHint, TakeOverHint, CloseAsAdminHint                  string
	TransferOf, InviteTo, ToAgent, ToGroup, Note, NoteHint, DoTransfer      string
	DoInvite, Cancel, NobodyHere, GroupOnline, Full, With, Watching         string
	WatchTitle, WatchHint, QueueWatchHint, AsAdmin, Contenders, GotIt, Free string
	KeyTransfer, KeyInvite                                                  string
	Urgent, UrgentHint, Ordinary, OrdinaryHint, CanWait, CanWaitHint        string
	WhyQueues, WhyThere                                                     string

	Monitor, MonitorSentence, All, Session, Agent, Group, AnyAgent, AnyGroup string
	State, WaitsSince, LastSaid, Open, Nothing, NothingHint, NextPage, First string
	Of, Filter                                                               string
}

// OfActs returns them in the same language.
func (w *Words) OfActs() *ActsWords {
	if w.Lang == Chinese {
		return &actsChinese
	}
	return &actsEnglish
}

var actsChinese = ActsWords{
	Transfer: "转接", Invite: "邀请同事", More: "更多", Leave: "退出会话", Release: "放回排队", TakeOver: "接管会话", CloseAsAdmin: "强制结束",
	LeaveHint: "其他同事接着接待", ReleaseHint: "回到原来的位置", TakeOverHint: "从现在起由我接待", CloseAsAdminHint: "以管理身份结束会话",
	TransferOf: "转接 {}", InviteTo: "邀请同事一起接待 {}", ToAgent: "转给客服", ToGroup: "转给分组", Note: "给同事的话", NoteHint: "给同事的话，客户看不到", DoTransfer: "转接会话",
	DoInvite: "邀请同事", Cancel: "取消", NobodyHere: "没有别的同事在这个公众号有坐席。", GroupOnline: "{} 人在线", Full: "已满", With: "和 {} 一起接待", Watching: "旁观",
	WatchTitle: "您在旁观，{}在接待。", WatchHint: "您写的话会以管理身份直接发给客户，并占用微信的条数。", QueueWatchHint: "还没有人接待。", AsAdmin: "插话", Contenders: "当时可以接的人", GotIt: "分给", Free: "空闲",
	KeyTransfer: "转接会话", KeyInvite: "邀请同事",
	WhyQueues: "为什么还在排队", WhyThere: "分配经过", Urgent: "优先接待", UrgentHint: "算作多等了 1 小时", Ordinary: "按普通顺序", OrdinaryHint: "只按等待时间", CanWait: "可以晚些接待", CanWaitHint: "算作少等了 1 小时",

	Monitor: "会话监控", MonitorSentence: "正在进行的所有会话。打开一个可以旁观、插话、接管或强制结束。", All: "全部", Session: "客户", Agent: "客服", Group: "分组", AnyAgent: "所有客服", AnyGroup: "所有分组",
	State: "状态", WaitsSince: "客户等了", LastSaid: "最后一句", Open: "旁观", Nothing: "没有这样的会话。", NothingHint: "有新的会话时会自动出现在这里。", NextPage: "下一页", First: "回到第一页",
	Of: "{} 和 {}", Filter: "筛选",
}

var actsEnglish = ActsWords{
	Transfer: "Transfer", Invite: "Invite a colleague", More: "More", Leave: "Leave conversation", Release: "Back to the queue", TakeOver: "Take over", CloseAsAdmin: "Close as admin",
	LeaveHint: "Your colleagues go on with it", ReleaseHint: "At its old place", TakeOverHint: "I serve the customer from now on", CloseAsAdminHint: "Ends it, whoever has it",
	TransferOf: "Transfer {}", InviteTo: "Invite a colleague to serve {}", ToAgent: "To an agent", ToGroup: "To a group", Note: "Note to colleagues", NoteHint: "For colleagues; the customer does not see it", DoTransfer: "Transfer session",
	DoInvite: "Invite colleague", Cancel: "Cancel", NobodyHere: "No other colleague has a seat at this account.", GroupOnline: "{} online", Full: "full", With: "together with {}", Watching: "watching",
	WatchTitle: "You are watching; {} serves the customer.", WatchHint: "What you write goes straight to the customer, as from the management, and counts for WeChat.", QueueWatchHint: "Nobody serves it yet.", AsAdmin: "Interject", Contenders: "Who could have had it", GotIt: "got it", Free: "free",
	KeyTransfer: "Transfer the session", KeyInvite: "Invite a colleague",
	WhyQueues: "Why it is in the queue", WhyThere: "How it was given out", Urgent: "Serve first", UrgentHint: "As if it had waited an hour longer", Ordinary: "Usual order", OrdinaryHint: "By how long it has waited", CanWait: "Can wait", CanWaitHint: "As if it had waited an hour less",

	Monitor: "Monitor", MonitorSentence: "All sessions that go on now. Open one to watch, interject, take over or close it.", All: "All", Session: "Customer", Agent: "Agent", Group: "Group", AnyAgent: "Every agent", AnyGroup: "Every group",
	State: "State", WaitsSince: "Waits", LastSaid: "Last words", Open: "Watch", Nothing: "There is no such session.", NothingHint: "New sessions appear here by themselves.", NextPage: "Next page", First: "First page",
	Of: "{} and {}", Filter: "Filter",
}
