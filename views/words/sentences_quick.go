package words

// quickSentences are those about quick replies, and about links in texts.
var quickSentences = []sentence{
	{"quick.missing", "没有这条快捷回复，可能已经删除。", "There is no such quick reply; it may have been deleted."},
	{"quick.title", "请填写标题，最多 {} 个字。", "Give it a title of at most {} characters."},
	{"quick.title-taken", "已经有标题为“{}”的快捷回复，请换一个标题。", "There is a quick reply with the title {} already. Choose another title."},
	{"quick.shortcut", "快捷码由字母、数字或汉字组成，不含空格和斜杠，最多 {} 个。", "A shortcut has letters and digits, no blanks and no slash, and at most {} of them."},
	{"quick.nothing", "请写下内容，或者加一张图片。", "Write a text, or add a picture."},
	{"quick.long", "内容太长，最多 {} 个字。", "The text is too long: it has at most {} characters."},
	{"quick.images", "最多 {} 张图片。", "At most {} pictures go with it."},
	{"quick.image-kind", "快捷回复只能带图片。", "Only pictures go with a quick reply."},
	{"quick.variable", "不认识变量“{}”。可以用：{}", "There is no variable {}. Those that there are: {}"},
	{"quick.one-owner", "快捷回复属于一位客服、一个客服组或整个商户，三选一。", "A quick reply is an agent's, a group's or the company's: one of the three."},
	{"quick.group", "没有这个客服组，请换一个。", "There is no such group. Choose another."},
	{"quick.agent", "没有这位客服。", "There is no such agent."},
	{"quick.not-yours", "您只能修改自己的快捷回复；客服组和商户的由主管或管理员来改。", "You may change your own quick replies; those of groups and of the company are for supervisors and admins."},
	{"quick.many", "快捷回复已经有 {} 条，请先删掉不用的。", "There are {} quick replies already. Delete some that nobody uses."},

	{"text.link-address", "链接没有可以打开的地址，客户会看到原样的代码", "This link has no address that can be opened; the customer sees its code as it stands"},
	{"text.link-open", "链接缺少结尾的 </a>，客户会看到原样的代码", "This link has no </a> at its end; the customer sees its code as it stands"},
	{"text.link-program", "小程序链接要有 AppID（以 wx 开头）和页面路径，否则客户点不开", "A link to a mini program needs its AppID, which begins with wx, and the path of a page"},
	{"text.link-empty", "链接里没有文字，客户看不到它", "This link has no words, so the customer does not see it"},
	{"text.tag", "微信只认 <a> 链接，客户会看到原样的代码", "WeChat knows links (<a>) and no other code; the customer sees it as it stands"},
}
