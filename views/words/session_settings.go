package words

import "strings"

// SessionSettingsWords is what the settings of sessions, notices and business hours say.
type SessionSettingsWords struct {
	Sessions, SessionsSentence, Distribution, Average, AverageHint, Grab, GrabHint                   string
	Times, Unit, Told, Free, FreeHint, All, AllHint, NoNotices, SayIt, Variables, Preview            string
	Hours, HoursSentence, Groups, Always, AsAccount, OpenNow, OpensAt, NeverOpen, BackToHours, hours string
	These, TheseHint, DayOff, Zone, OtherDays, Holidays, HolidaysHint, MakeUp, MakeUpHint            string
	Special, SpecialHint, Outside, OutsideAsk, OutsideAskHint, OutsideQueue, OutsideMessage          string
	OutsideMessageHint                                                                               string
	times, timeHints, units, notices                                                                 map[string]string
	weekdays                                                                                         [7]string
}

// OfSessionSettings returns them in the same language.
func (w *Words) OfSessionSettings() *SessionSettingsWords {
	if w.Lang == Chinese {
		return &sessionSettingsChinese
	}
	return &sessionSettingsEnglish
}

// HoursOf is the title of somebody's hours.
func (w *SessionSettingsWords) HoursOf(name string) string {
	return strings.Replace(w.hours, "{}", name, 1)
}

// TimeName is what a time is called, TimeHint what it does; by the name of its setting.
func (w *SessionSettingsWords) TimeName(name string) string { return w.times[name] }

// TimeHint says what a time does.
func (w *SessionSettingsWords) TimeHint(name string) string { return w.timeHints[name] }

// UnitName is a unit of time: d, h, m or s.
func (w *SessionSettingsWords) UnitName(unit string) string { return w.units[unit] }

// NoticeName says when a notice is said.
func (w *SessionSettingsWords) NoticeName(kind string) string { return w.notices[kind] }

// Weekday is a day of the week, from Sunday; Weekdays are all of them.
func (w *SessionSettingsWords) Weekday(day int) string { return w.weekdays[day] }

// Weekdays are the days of the week, from Sunday.
func (w *SessionSettingsWords) Weekdays() [7]string { return w.weekdays }

var sessionSettingsChinese = SessionSettingsWords{
	Sessions: "会话设置", SessionsSentence: "会话怎么分配、等多久，以及客户会收到哪些通知。", Distribution: "分配方式",
	Average: "自动分配", AverageHint: "有人能接时马上分给最合适的客服。", Grab: "抢单", GrabHint: "会话留在排队里，由客服自己接。",
	Times: "时间", Unit: "单位", Told: "给客户的通知", Free: "只用不占条数的", FreeHint: "只在客户来信时作为被动回复发出，不占用微信允许的条数。默认。",
	All: "全部", AllHint: "接入、重新排队和结束时马上通知，会占用微信允许的条数；至少给客服留 2 条。", NoNotices: "都不发",
	SayIt: "发送", Variables: "可以使用", Preview: "预览：",
	Hours: "营业时间", HoursSentence: "什么时候有人接待；其他时间来的客户排队等上班，或者留言。", Groups: "客服分组", Always: "全天有人", AsAccount: "和公众号一样",
	OpenNow: "营业中", OpensAt: "休息中，{} 上班", NeverOpen: "没有营业时间，一直休息", BackToHours: "返回营业时间", hours: "{} 的营业时间",
	These: "按下面的时间", TheseHint: "一天可以有几段，例如 09:00-12:00, 13:30-18:00；过了零点写成 22:00-06:00。留空就是休息。", DayOff: "休息", Zone: "时区",
	OtherDays: "节假日和调休", Holidays: "放假", HolidaysHint: "一行一个日期，连续几天写成 2026-10-01 ~ 2026-10-07。",
	MakeUp: "调休上班", MakeUpHint: "一行一天，写日期和按星期几的时间上班，例如 2026-10-10 周五；只写日期就按周一。",
	Special: "时间特殊的日子", SpecialHint: "一行一天，写日期和那天的时间，例如 2026-09-30 09:00-12:00。",
	Outside: "休息时间来的客户", OutsideAsk: "让客户选择", OutsideAskHint: "回复 1 排队等上班，回复 2 留言。", OutsideQueue: "直接排队等上班", OutsideMessage: "直接记为留言",
	OutsideMessageHint: "留言上班后分给客服，不会排队超时。",
	times: map[string]string{"queue_timeout": "排队超时", "reception_timeout": "接待超时", "idle_timeout": "会话空闲超时", "exclusive_wait": "等专属客服", "target_wait": "等指定客服",
		"reclaim_after": "回收专属客户", "away_after": "自动离开", "grace": "离线宽限"},
	timeHints: map[string]string{"queue_timeout": "排队这么久没人接，会话结束。", "reception_timeout": "分给客服这么久没打开，会话结束。", "idle_timeout": "会话中这么久没人说话，会话结束。",
		"exclusive_wait": "专属客服不在线时等这么久，再分给别人；0 是不等。", "target_wait": "规则、菜单或二维码指定的客服接不了时等这么久，再分给别人；0 是不等。", "reclaim_after": "客服这么久没回复，客户不再专属。", "away_after": "客服这么久没动静，自动变为离开；0 是不变。",
		"grace": "客服离线这么久后，会话中的客户重新排队；0 是马上。"},
	units: map[string]string{"d": "天", "h": "小时", "m": "分钟", "s": "秒"},
	notices: map[string]string{"queued": "前面有人排队", "moved": "位置有明显变化", "connected": "客服接入", "returned": "重新排队", "closed": "会话结束", "outside": "休息时间，让客户选择",
		"queues": "客户选了排队", "left": "客户选了留言", "noted": "留言已记下", "outside_queue": "休息时间，直接排队", "outside_message": "休息时间，直接留言"},
	weekdays: [7]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"},
}

var sessionSettingsEnglish = SessionSettingsWords{
	Sessions: "Sessions", SessionsSentence: "How sessions are given out, how long each thing may take, and what customers are told.", Distribution: "Distribution",
	Average: "Given out", AverageHint: "The moment somebody can take it, a session goes to whoever fits best.", Grab: "Grabbed", GrabHint: "Sessions stay in the queue, and agents take them.",
	Times: "Times", Unit: "Unit", Told: "What customers are told", Free: "Only what costs no quota", FreeHint: "Said as the answer to what a customer writes: none of the messages that WeChat allows is used. The default.",
	All: "Everything", AllHint: "Connected, back in the queue and closed are said at once, from the messages that WeChat allows; at least 2 are left for agents.", NoNotices: "Nothing",
	SayIt: "Say it", Variables: "It may have", Preview: "Preview:",
	Hours: "Business hours", HoursSentence: "When somebody is there. At other times customers queue until opening, or leave a message.", Groups: "Groups", Always: "Always somebody there", AsAccount: "As the account",
	OpenNow: "Open", OpensAt: "Closed until {}", NeverOpen: "Without hours, closed for good", BackToHours: "Back to business hours", hours: "Hours of {}",
	These: "At these times", TheseHint: "A day may have several spans, as 09:00-12:00, 13:30-18:00; past midnight is 22:00-06:00. Empty is a day off.", DayOff: "Day off", Zone: "Time zone",
	OtherDays: "Holidays and made-up workdays", Holidays: "Days off", HolidaysHint: "A date a line; several days as 2026-10-01 ~ 2026-10-07.",
	MakeUp: "Made-up workdays", MakeUpHint: "A day a line: its date and the weekday whose hours it has, as 2026-10-10 fri; a date alone is worked like a Monday.",
	Special: "Days with other hours", SpecialHint: "A day a line: its date and its hours, as 2026-09-30 09:00-12:00.",
	Outside: "Customers who write while you are closed", OutsideAsk: "Choose", OutsideAskHint: "They answer 1 to queue until opening, or 2 to leave a message.", OutsideQueue: "Queue until opening", OutsideMessage: "Leave a message",
	OutsideMessageHint: "It is given to an agent after opening, and does not run out in the queue.",
	times: map[string]string{"queue_timeout": "Queue timeout", "reception_timeout": "Reception timeout", "idle_timeout": "Idle timeout", "exclusive_wait": "Wait for the own agent", "target_wait": "Wait for a named agent",
		"reclaim_after": "Reclaim customers", "away_after": "Away by itself", "grace": "Grace when offline"},
	timeHints: map[string]string{"queue_timeout": "Nobody took it for so long: the session ends.", "reception_timeout": "Its agent did not open it for so long: the session ends.",
		"idle_timeout": "Nobody said anything in it for so long: the session ends.", "exclusive_wait": "How long a customer’s own agent is waited for before others may take the session; 0: not at all.",
		"target_wait":   "How long the agent whom a rule, a menu or a QR code names is waited for before others may; 0: not at all.",
		"reclaim_after": "An agent who has not answered for so long loses the customer.", "away_after": "An agent without a sign for so long is away; 0: never.",
		"grace": "How long an agent who went offline keeps conversations before they queue again; 0: not at all."},
	units: map[string]string{"d": "days", "h": "hours", "m": "minutes", "s": "seconds"},
	notices: map[string]string{"queued": "Others wait before", "moved": "The place has changed", "connected": "An agent has it", "returned": "Back in the queue", "closed": "The end", "outside": "Closed: the customer chooses",
		"queues": "Chose to queue", "left": "Chose to leave a message", "noted": "The message is noted", "outside_queue": "Closed: queued", "outside_message": "Closed: taken as a message"},
	weekdays: [7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
}
