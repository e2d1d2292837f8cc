package words

// noteSentences are the refusals of notes to colleagues, and of reminders.
var noteSentences = []sentence{
	{"note.empty", "备注还没有写内容。", "The note is empty: write something first."},
	{"note.long", "备注最多 {} 个字，请写短一点。", "A note has at most {} characters. Please make it shorter."},
	{"note.many", "一条备注最多提醒 {} 位同事。", "One note can call at most {} colleagues."},
	{"note.missing", "没有这条备注。", "There is no such note."},
	{"note.not-yours", "只能撤回自己写的备注。", "Only its writer can take a note back."},
	{"note.late", "写下超过一分钟，不能再撤回。可以再写一条更正。", "A note can be taken back for a minute only. Write another one to correct it."},

	{"reminder.empty", "写一句要跟进什么。", "Write in a sentence what to follow up."},
	{"reminder.long", "提醒最多 {} 个字，请写短一点。", "A reminder has at most {} characters. Please make it shorter."},
	{"reminder.when", "请选一个以后的时间，一年以内。", "Choose a time that is still to come, within a year."},
	{"reminder.many", "您有 {} 个没完成的提醒，请先完成或取消一些。", "You have {} reminders that are not done. Finish or cancel some first."},
	{"reminder.missing", "没有这个提醒，可能已经完成或取消了。", "There is no such reminder; it may be done or cancelled."},
}
