package words

// QuickWords is what is said about quick replies, and about what a text will look like.
type QuickWords struct {
	Title, Sentence, New, NewSentence, Change, Mine, Company, Search, Find, None, NoneHint, NoneFound  string
	Used, UsedAt, NeverUsed, Group, Owner, Name, NameHint, Shortcut, ShortcutHint, Text                string
	TextHint, Variables, Images, ImagesHint, RemoveImage, Save, Delete, Deleted, Undo, Older           string
	Pictures, OnlyLooks, KeyQuick, Open, List, Found, NothingFits, NothingYet, Choose, Fill, SendNow   string
	Manage, MoreFound, InBrackets, PartsSay, PartsTooMany, Preview, ToProgram, Gap, GapNoName, GapHint string
}

// OfQuick returns the words of quick replies in the same language.
func (w *Words) OfQuick() *QuickWords {
	if w.Lang == Chinese {
		return &quickChinese
	}
	return &quickEnglish
}

var quickChinese = QuickWords{
	Title: "快捷回复", Sentence: "常说的话写好一次，在输入框里打 / 就能用。可以按标题、拼音、首字母或内容查找。", New: "新建快捷回复", NewSentence: "填入输入框后还可以修改，不会直接发给客户。", Change: "修改快捷回复", Mine: "我的", Company: "商户", Search: "标题、拼音、首字母或内容", Find: "查找", None: "还没有快捷回复", NoneHint: "把常说的话写下来，以后打 / 就能找到。", NoneFound: "没有符合的快捷回复。",
	Used: "用过 {} 次", UsedAt: "上次 {}", NeverUsed: "还没用过", Group: "{}组", Owner: "谁可以用", Name: "标题", NameHint: "拼音和首字母都能找到它", Shortcut: "快捷码", ShortcutHint: "可以不填。打 / 加快捷码，它总排在最前。", Text: "内容",
	TextHint: "可以写微信的文字链接，发送前会看到客户看到的样子。", Variables: "点一下插入，发送时自动填上：", Images: "图片", ImagesHint: "跟在文字后面，每张算一条消息。最多 {} 张。", RemoveImage: "去掉这张图片", Save: "保存", Delete: "删除", Deleted: "已删除「{}」。", Undo: "撤销", Older: "更早的",
	Pictures: "{} 张图片", OnlyLooks: "客服组和商户的快捷回复由主管或管理员来改。", KeyQuick: "快捷回复", Open: "快捷回复", List: "快捷回复", Found: "{} 条快捷回复", NothingFits: "没有符合「{}」的快捷回复", NothingYet: "还没有快捷回复", Choose: "选", Fill: "填入", SendNow: "直接发送",
	Manage: "管理", MoreFound: "还有 {} 条，继续输入来缩小范围", PartsSay: "将分 {} 条发送", PartsTooMany: "将分 {} 条发送，还可发 {} 条", Preview: "客户看到的样子", ToProgram: "小程序", InBrackets: "（{}）", Gap: "「{}」还没有填上。", GapNoName: "「{}」还没有填上：这位客户没有备注名。", GapHint: "请改好再发；按两次 Enter 照样发送。",
}

var quickEnglish = QuickWords{
	Title: "Quick replies", Sentence: "Write once what you say often, and have it with / in the composer: by title, pinyin, initials or any words of it.", New: "New quick reply", NewSentence: "It goes into the composer, where it can be changed; nothing is sent by itself.", Change: "Change a quick reply", Mine: "Mine", Company: "Company", Search: "Title, pinyin, initials or text", Find: "Find", None: "No quick replies yet", NoneHint: "Write down what you say often, and find it with / from now on.", NoneFound: "No quick reply fits.",
	Used: "used {}×", UsedAt: "last {}", NeverUsed: "never used", Group: "{}", Owner: "Who has it", Name: "Title", NameHint: "Found by its characters, pinyin and initials", Shortcut: "Shortcut", ShortcutHint: "May be left empty. Typed after /, it always comes first.", Text: "Text",
	TextHint: "WeChat's text links may be written; before it is sent you see what the customer will see.", Variables: "Press to insert; filled in when it is used:", Images: "Pictures", ImagesHint: "They follow the text, each as one message. At most {}.", RemoveImage: "Take this picture away", Save: "Save", Delete: "Delete", Deleted: "Deleted “{}”.", Undo: "Undo", Older: "Older",
	Pictures: "Pictures: {}", OnlyLooks: "Those of groups and of the company are changed by supervisors and admins.", KeyQuick: "Quick replies", Open: "Quick replies", List: "Quick replies", Found: "Quick replies: {}", NothingFits: "No quick reply fits “{}”", NothingYet: "No quick replies yet", Choose: "choose", Fill: "insert", SendNow: "send at once",
	Manage: "Manage", MoreFound: "{} more; type on to narrow them down", PartsSay: "Goes as {} messages", PartsTooMany: "Goes as {} messages, and {} are left", Preview: "What the customer sees", ToProgram: "mini program", InBrackets: " ({})", Gap: "{} is not filled in.", GapNoName: "{} is not filled in: this customer has no name here.", GapHint: "Change it before you send; Enter twice sends it as it is.",
}
