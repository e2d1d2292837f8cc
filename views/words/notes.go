package words

// NoteWords is what is said about notes to colleagues.
type NoteWords struct {
	Note, Colleagues, ColleaguesOnly, ForWhom, Field, Placeholder, Hint, Save string
	Withdraw, Withdrawn, Key, Callable, Mentions, Says                        string
}

// OfNotes returns them in the same language.
func (w *Words) OfNotes() *NoteWords {
	if w.Lang == Chinese {
		return &notesChinese
	}
	return &notesEnglish
}

var notesChinese = NoteWords{
	Note: "备注", Colleagues: "仅同事可见", ColleaguesOnly: "仅同事可见，不会发给客户", ForWhom: "写给谁", Field: "输入备注", Placeholder: "写给同事，@ 提醒某人", Hint: "Enter 记下 · Shift+Enter 换行", Save: "记下备注",
	Withdraw: "撤回", Withdrawn: "{}撤回了一条备注", Key: "写备注", Callable: "提醒哪位同事", Mentions: "提到我的", Says: "：",
}

var notesEnglish = NoteWords{
	Note: "Note", Colleagues: "colleagues only", ColleaguesOnly: "Colleagues only, never sent to the customer", ForWhom: "Write to", Field: "Note", Placeholder: "A note to colleagues; @ calls one of them", Hint: "Enter saves · Shift+Enter new line", Save: "Save note",
	Withdraw: "Take back", Withdrawn: "{} took back a note", Key: "Write a note", Callable: "Colleague to call", Mentions: "Mentions of you", Says: ": ",
}
