package words

// CustomerWords is what the customer's panel says, and the dialogs in which they are named and tagged.
type CustomerWords struct {
	Rename, RenameTitle, Name, NameHint, SaveName                     string
	AddTag, EditTags, TagsTitle, TagsOf, NewTag, NewTagHint, SaveTags string
	Tags, Syncing, Unsynced, Scene, Elsewhere, NoSession              string
	scenes                                                            map[string]string
}

// OfCustomers returns them in the same language.
func (w *Words) OfCustomers() *CustomerWords {
	if w.Lang == Chinese {
		return &customersChinese
	}
	return &customersEnglish
}

// SceneName is how a customer came to follow, by WeChat's word for it (ADD_SCENE_…); empty for none.
func (c *CustomerWords) SceneName(scene string) string {
	if name := c.scenes[scene]; name != "" || scene == "" {
		return name
	}
	return c.scenes["ADD_SCENE_OTHERS"]
}

var customersChinese = CustomerWords{
	Rename: "修改备注名", RenameTitle: "备注名：{}", Name: "备注名", NameHint: "同事看到的名字，最多 {} 个字；留空则清除。微信只收 29 字节（约 9 个汉字），更长的只保存在这里。", SaveName: "保存备注名",
	AddTag: "标签", EditTags: "标签：添加或去掉", TagsTitle: "标签：{}", TagsOf: "公众号的标签", NewTag: "新标签", NewTagHint: "多个标签用逗号隔开。一位客户最多 {} 个，每个最多 {} 个字；公众号还没有的会新建。", SaveTags: "保存标签",
	Tags: "标签", Syncing: "正在同步到微信…", Unsynced: "没有同步到微信：{}", Scene: "关注方式", Elsewhere: "同一人的其他公众号", NoSession: "没有您能查看的会话",
	scenes: map[string]string{
		"ADD_SCENE_SEARCH": "搜索公众号", "ADD_SCENE_ACCOUNT_MIGRATION": "公众号迁移", "ADD_SCENE_PROFILE_CARD": "名片分享", "ADD_SCENE_QR_CODE": "扫描二维码",
		"ADD_SCENE_PROFILE_LINK": "文章里的公众号名称", "ADD_SCENE_PROFILE_ITEM": "文章右上角菜单", "ADD_SCENE_PAID": "支付后关注", "ADD_SCENE_WECHAT_ADVERTISEMENT": "微信广告",
		"ADD_SCENE_REPRINT": "转载的文章", "ADD_SCENE_LIVESTREAM": "视频号直播", "ADD_SCENE_CHANNELS": "视频号", "ADD_SCENE_WXA": "小程序", "ADD_SCENE_OTHERS": "其他方式",
	},
}

var customersEnglish = CustomerWords{
	Rename: "Rename", RenameTitle: "Name of {}", Name: "Name", NameHint: "As colleagues see it, at most {} characters; empty clears it. WeChat takes 29 bytes (some 9 Chinese characters); a longer name is kept here only.", SaveName: "Save the name",
	AddTag: "Tag", EditTags: "Tag or untag", TagsTitle: "Tags of {}", TagsOf: "The account’s tags", NewTag: "New tags", NewTagHint: "With commas between. A customer has at most {}, each of at most {} characters; those that the account does not have yet are made.", SaveTags: "Save the tags",
	Tags: "Tags", Syncing: "On its way to WeChat…", Unsynced: "Not in WeChat: {}", Scene: "Followed by", Elsewhere: "At other accounts", NoSession: "No session that you may see",
	scenes: map[string]string{
		"ADD_SCENE_SEARCH": "searching WeChat", "ADD_SCENE_ACCOUNT_MIGRATION": "a moved account", "ADD_SCENE_PROFILE_CARD": "a shared card", "ADD_SCENE_QR_CODE": "a QR code",
		"ADD_SCENE_PROFILE_LINK": "the name in an article", "ADD_SCENE_PROFILE_ITEM": "an article’s menu", "ADD_SCENE_PAID": "paying", "ADD_SCENE_WECHAT_ADVERTISEMENT": "an advertisement",
		"ADD_SCENE_REPRINT": "a reprinted article", "ADD_SCENE_LIVESTREAM": "a Channels livestream", "ADD_SCENE_CHANNELS": "WeChat Channels", "ADD_SCENE_WXA": "a mini program", "ADD_SCENE_OTHERS": "another way",
	},
}
