package words

// ComposeWords is what the composer says about what is more than a text.
type ComposeWords struct {
	Emoji, File, MoreKinds, Tray, Uploading, SendIt, DoNotSend, MadeToFit string
	CardTitle, MenuTitle, ProgramTitle, Program, Preview, CountsOne       string
	Title, Description, Link, PictureLink, Picture                        string
	MenuHead, MenuItems, MenuItem, MenuTail                               string
	ProgramAppID, ProgramPath, ProgramHint                                string
}

// OfCompose returns them in the same language.
func (w *Words) OfCompose() *ComposeWords {
	if w.Lang == Chinese {
		return &composeChinese
	}
	return &composeEnglish
}

var composeChinese = ComposeWords{
	Emoji: "表情", File: "图片、语音或视频", MoreKinds: "卡片和菜单", Tray: "选好待发送", Uploading: "正在上传…", SendIt: "发送{}", DoNotSend: "不发这个", MadeToFit: "已压缩到微信的大小",
	CardTitle: "图文卡片", MenuTitle: "菜单消息", ProgramTitle: "小程序卡片", Program: "小程序", Preview: "客户看到的样子", CountsOne: "算 1 条，还可发 {} 条。",
	Title: "标题", Description: "摘要", Link: "打开的链接", PictureLink: "图片链接", Picture: "卡片图片",
	MenuHead: "问题", MenuItems: "可点的选项", MenuItem: "选项 {}", MenuTail: "结尾的话",
	ProgramAppID: "小程序 AppID", ProgramPath: "页面路径", ProgramHint: "小程序要先在公众平台和这个公众号关联。图片显示为 520 × 416。",
}

var composeEnglish = ComposeWords{
	Emoji: "Emoji", File: "Picture, voice or video", MoreKinds: "Cards and menus", Tray: "Chosen, not sent yet", Uploading: "Uploading…", SendIt: "Send {}", DoNotSend: "Do not send it", MadeToFit: "made to fit WeChat",
	CardTitle: "link card", MenuTitle: "menu message", ProgramTitle: "mini-program card", Program: "Mini program", Preview: "What the customer sees", CountsOne: "Counts as 1 message; {} left.",
	Title: "Title", Description: "Summary", Link: "Link that it opens", PictureLink: "Link of the picture", Picture: "Picture of the card",
	MenuHead: "Question", MenuItems: "Answers to tap", MenuItem: "Answer {}", MenuTail: "Closing words",
	ProgramAppID: "AppID of the mini program", ProgramPath: "Path of the page", ProgramHint: "The mini program must be linked to this account at WeChat. The picture is shown 520 × 416.",
}
