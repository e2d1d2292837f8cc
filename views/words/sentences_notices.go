package words

// noticeSentences are those of business hours and of what the customer is told.
var noticeSentences = []sentence{
	{"hours.zone", "没有「{}」这个时区，请写成 Asia/Shanghai 这样。", "There is no time zone “{}”. Write it like Asia/Shanghai."},
	{"hours.clock", "「{}」不是时间，请写成 09:30，从 00:00 到 24:00。", "“{}” is no time of day. Write it like 09:30, from 00:00 to 24:00."},
	{"hours.span", "「{}」不是一段时间，请写成 09:00-18:00；全天是 00:00-24:00。", "“{}” is no span of time. Write it like 09:00-18:00; the whole day is 00:00-24:00."},
	{"hours.weekday", "「{}」不是星期几，请写周一、周二……周日。", "“{}” is no weekday. Write mon, tue, wed, thu, fri, sat or sun."},
	{"hours.date", "「{}」不是日期，请写成 2026-10-01；连续几天写成 2026-10-01 ~ 2026-10-07。", "“{}” is no date. Write it like 2026-10-01, several days as 2026-10-01 ~ 2026-10-07."},
	{"hours.both", "{} 既是休息日又是调休上班日，请去掉一个。", "{} is a day off and a made-up workday. Take one out."},
	{"hours.line", "看不懂「{}」这一行：先写日期，再写那一天怎样，一行一天。", "The line “{}” cannot be read: first the date, then what it is like, one day a line."},
	{"hours.outside", "营业时间以外只能是：由客户选择、排队或留言。", "Outside hours the customer chooses, queues, or leaves a message."},
	{"hours.always", "请选择全天有人，还是按下面的时间。", "Choose whether somebody is always there, or at the times below."},
	{"settings.distribution", "请选择自动分配或抢单。", "Choose whether sessions are given out or grabbed."},
	{"settings.notices", "请选择给客户发哪些通知。", "Choose what customers are told."},
	{"settings.time", "时间要写成整数，至少 1 秒；可以是 0 的在下面写明了。", "A time is a whole number, at least 1 second; where it may be 0, that is said below it."},
	{"hours.account", "没有这个公众号。", "There is no such account."},
	{"hours.group", "没有这个客服组。", "There is no such group."},
	{"notice.kind", "没有「{}」这种通知。", "There is no notice “{}”."},
	{"notice.variable", "这条通知里不能写 {}；可以写的是 {}。", "This notice cannot have {}; it can have {}."},
	{"notice.long", "通知太长：最多 600 个字。", "The notice is too long: it may have 600 characters."},
}
