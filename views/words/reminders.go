package words

// ReminderWords is what is said about reminders to follow a customer up.
type ReminderWords struct {
	Reminders, Add, Title, What, When, Hour, Tomorrow, Week, At, Save string
	None, Cancel, Come, Done, Later, NoSession, Hint                  string
}

// OfReminders returns them in the same language.
func (w *Words) OfReminders() *ReminderWords {
	if w.Lang == Chinese {
		return &remindersChinese
	}
	return &remindersEnglish
}

var remindersChinese = ReminderWords{
	Reminders: "跟进提醒", Add: "添加提醒", Title: "跟进提醒：{}", What: "要跟进什么", When: "什么时候", Hour: "1 小时后", Tomorrow: "明天 9:00", Week: "下周 9:00", At: "指定时间", Save: "保存提醒",
	None: "到时候提醒您跟进这位客户", Cancel: "取消", Come: "到时跟进", Done: "完成", Later: "推迟", NoSession: "没有您能查看的会话", Hint: "只提醒您自己，最多 {} 个字",
}

var remindersEnglish = ReminderWords{
	Reminders: "Follow-ups", Add: "Add a reminder", Title: "Follow up {}", What: "What to follow up", When: "When", Hour: "In an hour", Tomorrow: "Tomorrow 9:00", Week: "In a week, 9:00", At: "At", Save: "Save the reminder",
	None: "Be reminded of this customer at a time you choose.", Cancel: "Cancel", Come: "Follow up now", Done: "Done", Later: "Later", NoSession: "No session that you may see", Hint: "It reminds you only; at most {} characters",
}
