package words

// noteSentences are the refusals of notes to colleagues.
var noteSentences = []sentence{
	{"note.empty", "备注还没有写内容。", "The note is empty: write something first."},
	{"note.long", "备注最多 {} 个字，请写短一点。", "A note has at most {} characters. Please make it shorter."},
	{"note.many", "一条备注最多提醒 {} 位同事。", "One note can call at most {} colleagues."},
	{"note.missing", "没有这条备注。", "There is no such note."},
	{"note.not-yours", "只能撤回自己写的备注。", "Only its writer can take a note back."},
	{"note.late", "写下超过一分钟，不能再撤回。可以再写一条更正。", "A note can be taken back for a minute only. Write another one to correct it."},
}
