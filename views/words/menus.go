package words

// MenuWords is what the pages of custom menus say.
type MenuWords struct {
	Menus, Sentence, NoAccounts, NoAccountsHint, Editor, Save, Publish, Withdraw, WithdrawHint     string
	Empty, EmptyHint, AddButton, AddBelow, Button, BelowButton, Name, NameHint, BelowNameHint      string
	Does, DoesNothing, Sessions, Anybody, Agents, Groups, Else, Text, TextLabel, TextHint          string
	Page, PageLabel, Program, ProgramAppID, ProgramPath, ProgramURL, ProgramURLHint, Key, KeyLabel string
	KeyHint, List, ListHint, WeChats, WeChatsHint, Remove, Earlier, Later, Preview                 string
	NotPublished, Published, PublishedBy, Changed, Same, Now, NowHint, Asking, NowNone, NowForeign string
	NowSame, NowDiffers, Adopt, AdoptHint, Again, Place, AtWeChat, HereBefore, Nothing             string
	SaysAgent, SaysGroup, SaysText, SaysPage, SaysProgram, SaysKey, SaysList, Clients              string
	Kept, Gone, GoneNamed, PublishedTrouble                                                        string
}

// OfMenus returns the words of the pages of custom menus in the same language.
func (w *Words) OfMenus() *MenuWords {
	if w.Lang == Chinese {
		return &menusChinese
	}
	return &menusEnglish
}

// ButtonType is what a button of another of WeChat's types does.
func (w *Words) ButtonType(kind string) string {
	names := map[string][2]string{
		"scancode_push": {"扫码", "scans a code"}, "scancode_waitmsg": {"扫码并等待", "scans a code and waits"}, "pic_sysphoto": {"拍照", "takes a photo"}, "pic_photo_or_album": {"拍照或选照片", "takes or chooses a photo"},
		"pic_weixin": {"选照片", "chooses a photo"}, "location_select": {"选位置", "chooses a place"}, "media_id": {"素材", "sends material"}, "view_limited": {"图文", "opens an article"},
		"article_id": {"图文", "sends an article"}, "article_view_limited": {"图文", "opens an article"}, "text": {"文字", "sends a text"}, "img": {"图片", "sends a picture"}, "voice": {"语音", "sends a voice message"},
		"video": {"视频", "sends a video"}, "news": {"图文", "sends an article"}, "finder": {"视频号", "opens a channel of videos"},
	}
	name, known := names[kind]
	switch {
	case !known:
		return kind
	case w.Lang == Chinese:
		return name[0]
	}
	return name[1]
}

var menusChinese = MenuWords{
	Menus: "自定义菜单", Sentence: "公众号对话框底部的菜单：点一下就能找到客服、得到回答或打开网页。", NoAccounts: "还没有公众号", NoAccountsHint: "接入公众号后，就可以在这里编辑它的菜单。", Editor: "草稿", Save: "保存草稿", Publish: "发布", Withdraw: "撤下菜单", WithdrawHint: "客户的手机上将不再显示菜单，草稿保留。",
	Empty: "菜单还是空的", EmptyHint: "底部最多 3 个按钮，每个按钮可以展开最多 5 个。", AddButton: "添加按钮", AddBelow: "在「{}」里添加", Button: "按钮 {}", BelowButton: "按钮 {}.{}", Name: "名称", NameHint: "最多 5 个汉字", BelowNameHint: "最多 20 个汉字",
	Does: "点了以后", DoesNothing: "请选择…", Sessions: "开始会话", Anybody: "找任何有空的客服", Agents: "找一位客服", Groups: "找一个分组", Else: "其他", Text: "回复一段文字", TextLabel: "回复内容", TextHint: "立即回复，不占用消息条数。",
	Page: "打开网页", PageLabel: "网址", Program: "打开小程序", ProgramAppID: "小程序的 AppID", ProgramPath: "页面路径", ProgramURL: "备用网址", ProgramURLHint: "旧版微信打不开小程序时，会打开这个网址。", Key: "通知其他系统", KeyLabel: "标识",
	KeyHint: "微信把它推送过来，由贵公司的程序处理。", List: "展开子菜单", ListHint: "先添加子菜单里的按钮。", WeChats: "微信的其他按钮：{}", WeChatsHint: "在微信后台或其他地方设置的，这里原样保留。", Remove: "删除", Earlier: "前移", Later: "后移", Preview: "预览",
	NotPublished: "还没有从这里发布过。", Published: "{} 发布", PublishedBy: "{} 由 {} 发布", Changed: "草稿有修改还没有发布", Same: "草稿与已发布的一样", Now: "微信上现在的菜单", NowHint: "客户现在看到的。手机上最多 5 分钟更新一次。", Asking: "正在问微信…", NowNone: "微信上现在没有菜单。", NowForeign: "微信上的菜单不是从这里发布的，发布草稿会替换它。",
	NowSame: "与这里发布的一样。", NowDiffers: "与这里发布的不同，可能有人在别处改过：", Adopt: "以它为草稿", AdoptHint: "会替换现在的草稿", Again: "再看一次", Place: "位置", AtWeChat: "微信上", HereBefore: "这里发布的", Nothing: "没有",
	SaysAgent: "找客服「{}」", SaysGroup: "找分组「{}」", SaysText: "回复文字", SaysPage: "打开 {}", SaysProgram: "打开小程序 {}", SaysKey: "发送 {}", SaysList: "展开 {} 个按钮", Clients: "服务器配置启用后，微信后台里的菜单编辑会停用，请在这里编辑。",
	Kept: "改动会自动保存为草稿，发布以后客户才会看到。", Gone: "（已经不在）", GoneNamed: "「{}」（已不能接待）", PublishedTrouble: "客户手机上的菜单需要修改：{}",
}

var menusEnglish = MenuWords{
	Menus: "Custom menu", Sentence: "The menu under the conversation with an account: one tap finds an agent, gets an answer or opens a page.", NoAccounts: "No account yet", NoAccountsHint: "Once an account is connected, its menu is edited here.", Editor: "Draft", Save: "Save the draft", Publish: "Publish", Withdraw: "Take the menu away", WithdrawHint: "Customers’ phones show no menu any more; the draft stays.",
	Empty: "The menu is empty", EmptyHint: "It has up to 3 buttons, each of which can open a list of up to 5.", AddButton: "Add a button", AddBelow: "Add to “{}”", Button: "Button {}", BelowButton: "Button {}.{}", Name: "Name", NameHint: "At most 16 letters", BelowNameHint: "At most 60 letters",
	Does: "A tap", DoesNothing: "Choose…", Sessions: "Begins a session", Anybody: "finds whoever is free", Agents: "With an agent", Groups: "With a group", Else: "Other", Text: "answers with a text", TextLabel: "Answer", TextHint: "Said at once, and counts against no quota.",
	Page: "opens a page", PageLabel: "Address", Program: "opens a mini program", ProgramAppID: "AppID of the mini program", ProgramPath: "Path of the page", ProgramURL: "Address instead", ProgramURLHint: "Where an old WeChat goes that cannot open mini programs.", Key: "tells another program", KeyLabel: "Key",
	KeyHint: "WeChat pushes it, and a program of yours does the rest.", List: "opens a list", ListHint: "Add the buttons of its list first.", WeChats: "another of WeChat’s buttons: {}", WeChatsHint: "It was made at WeChat or elsewhere, and is kept as it is.", Remove: "Remove", Earlier: "Move forward", Later: "Move back", Preview: "Preview",
	NotPublished: "Nothing was published from here yet.", Published: "Published {}", PublishedBy: "Published {} by {}", Changed: "The draft has changes that are not published", Same: "The draft is what was published", Now: "What WeChat has now", NowHint: "What customers see. Phones look for another within five minutes.", Asking: "Asking WeChat…", NowNone: "There is no menu at WeChat now.", NowForeign: "The menu at WeChat was not published from here; publishing the draft replaces it.",
	NowSame: "It is what was published here.", NowDiffers: "It differs from what was published here; somebody may have changed it elsewhere:", Adopt: "Make it the draft", AdoptHint: "In place of the draft of now", Again: "Look again", Place: "Place", AtWeChat: "At WeChat", HereBefore: "Published here", Nothing: "None",
	SaysAgent: "finds {}", SaysGroup: "finds somebody of {}", SaysText: "answers with a text", SaysPage: "opens {}", SaysProgram: "opens the mini program {}", SaysKey: "tells {}", SaysList: "opens {} buttons", Clients: "While the server configuration is on, WeChat’s own menu editor is off: edit it here.",
	Kept: "Changes are kept as a draft at once; customers see them once they are published.", Gone: "(not there any more)", GoneNamed: "{} (serves nobody here)", PublishedTrouble: "The menu on customers’ phones needs a change: {}",
}
