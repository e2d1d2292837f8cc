package words

// ChannelWords is what the pages of channels say.
type ChannelWords struct {
	Channels, Sentence, New, NewSentence, None, NoneHint, NoneArchived, NeedsAccount string
	InUse, Archived, Name, NameHint, Account, Target, TargetHint, Anybody, Agents    string
	Groups, Tags, TagsHint, Greeting, GreetingHint, Kind, Temporary, TemporaryHint   string
	Permanent, PermanentHint, Scene, SceneHint, Make, Save, Change, Archive, Restore string
	ArchivedSay, Scans, Follows, Lately, Total, Code, Waits, NotMade, Failed, Ended  string
	Until, ForGood, Renew, RenewHint, Retry, Download, Picture, Counts, Older, State string
	ChangeHint, Link, WithCode                                                       string
}

// OfChannels returns the words of the pages of channels in the same language.
func (w *Words) OfChannels() *ChannelWords {
	if w.Lang == Chinese {
		return &channelsChinese
	}
	return &channelsEnglish
}

var channelsChinese = ChannelWords{
	Channels: "渠道二维码", Sentence: "门店、海报、包装上各放一张。客户扫码后收到问候、打上标签，并找到对的人。", New: "新建渠道二维码", NewSentence: "保存后由微信生成二维码，通常只要几秒。",
	None: "还没有渠道二维码", NoneHint: "新建第一张，就能知道客户从哪里来。", NoneArchived: "没有归档的渠道二维码。", NeedsAccount: "要先接入一个公众号。",
	InUse: "使用中", Archived: "已归档", Name: "名称", NameHint: "客服会在客户资料里看到，例如「三里屯店门口」", Account: "公众号", Target: "由谁接待", TargetHint: "选了客服或分组，扫码后就开始会话；不选则只问候和打标签。", Anybody: "不开始会话", Agents: "客服",
	Groups: "分组", Tags: "标签", TagsHint: "用逗号分开。扫码的客户会打上这些标签，也同步到微信。", Greeting: "问候语", GreetingHint: "扫码后立即回复，不占用消息条数。留空则按关注规则回复。", Kind: "类型", Temporary: "临时", TemporaryHint: "30 天有效，到期前后都可以续期",
	Permanent: "永久", PermanentHint: "每个公众号最多 10 万张，不能删除", Scene: "场景值", SceneHint: "字母、数字、_ 和 -，最多 64 位。留空则自动生成。", Make: "保存并生成", Save: "保存", Change: "修改", Archive: "归档", Restore: "取消归档",
	ArchivedSay: "已归档：扫码不再问候、打标签和计数。", Scans: "扫码", Follows: "关注", Lately: "近 30 天", Total: "累计", Code: "二维码", Waits: "正在等微信生成…", NotMade: "还没有生成。", Failed: "微信没有生成：{}", Ended: "已过期",
	Until: "{} 到期", ForGood: "永久有效", Renew: "续期 30 天", RenewHint: "会生成一张新图，已印出的旧图仍在原来的时间到期。", Retry: "再试一次", Download: "下载图片", Picture: "「{}」的二维码", Counts: "扫码和关注", Older: "更早的", State: "状态",
	ChangeHint: "公众号、场景值和类型印在二维码里，不能修改。", Link: "二维码内容", WithCode: "{}（{}）",
}

var channelsEnglish = ChannelWords{
	Channels: "QR codes", Sentence: "One for the shop, the poster, the parcel. Whoever scans it is greeted, tagged, and finds the right people.", New: "New QR code", NewSentence: "Once saved, WeChat makes the code, usually within seconds.",
	None: "No QR code yet", NoneHint: "Make the first one to know where customers come from.", NoneArchived: "No QR code was put away.", NeedsAccount: "Connect an account first.",
	InUse: "In use", Archived: "Put away", Name: "Name", NameHint: "Agents see it beside the customer, such as “Sanlitun, front door”", Account: "Account", Target: "Who serves", TargetHint: "With an agent or a group, a session begins with the scan; without, there is only the greeting and the tags.", Anybody: "No session begins", Agents: "Agents",
	Groups: "Groups", Tags: "Tags", TagsHint: "With commas between. Whoever scans the code gets them, at WeChat too.", Greeting: "Greeting", GreetingHint: "Said at once, and counts against no quota. Left empty, the rules of a follow answer.", Kind: "Kind", Temporary: "Temporary", TemporaryHint: "Lasts 30 days, and can be renewed before and after",
	Permanent: "Permanent", PermanentHint: "100,000 per account, which cannot be deleted", Scene: "Scene", SceneHint: "Letters, digits, _ and -, at most 64. Left empty, one is made.", Make: "Save and make", Save: "Save", Change: "Change", Archive: "Put away", Restore: "Take back",
	ArchivedSay: "Put away: scans are not greeted, tagged or counted any more.", Scans: "Scans", Follows: "Follows", Lately: "Last 30 days", Total: "In all", Code: "The code", Waits: "Waiting for WeChat to make it…", NotMade: "Not made yet.", Failed: "WeChat did not make it: {}", Ended: "Ended",
	Until: "Until {}", ForGood: "Lasts for good", Renew: "Renew for 30 days", RenewHint: "This makes a new picture; the old one, where it is printed, ends when it would have ended.", Retry: "Try again", Download: "Download the picture", Picture: "QR code of {}", Counts: "Scans and follows", Older: "Older", State: "State",
	ChangeHint: "Account, scene and kind are in the code and cannot be changed.", Link: "What the code says", WithCode: "{} ({})",
}
