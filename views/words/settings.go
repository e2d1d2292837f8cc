package words

// SettingsWords is what the settings' pages say.
type SettingsWords struct {
	Settings, Accounts, AccountsSentence, ReadOnly, None, NoneHint  string
	Name, Mode, State, Active, Paused, Add, AddSentence, Open       string
	AppIDHint, SecretHint, Token, AESKey, KeyHint                   string
	Safe, Compatible, Plain, Connect, Group, NoGroup                string
	Seats, SeatsHint                                                string
	Save, Saved, Keep, Pause, Resume, PausedSince, Change, Generate string
	DefaultGroup, Back, NewKeyHint                                  string
}

// OfSettings returns the words of the settings in the same language.
func (w *Words) OfSettings() *SettingsWords {
	if w.Lang == Chinese {
		return &settingsChinese
	}
	return &settingsEnglish
}

var settingsChinese = SettingsWords{
	Settings: "设置", Accounts: "公众号", AccountsSentence: "接入这里的微信公众号，以及谁在上面接待。", ReadOnly: "您可以查看，修改要由管理员来做。", None: "还没有公众号", NoneHint: "接入第一个公众号后，客户发来的消息就会到工作台。",
	Name: "名称", Mode: "消息加解密方式", Add: "接入公众号", AddSentence: "从微信后台「设置与开发」的基本配置复制下面的内容。", Open: "打开",
	AppIDHint: "以 wx 开头", SecretHint: "保存后不再显示", Token: "令牌 (Token)", AESKey: "消息加解密密钥 (EncodingAESKey)", KeyHint: "令牌和密钥已替您生成。请现在就复制，保存后不再显示；下一步要填到微信后台。",
	Safe: "安全模式（推荐）", Compatible: "兼容模式", Plain: "明文模式", Connect: "保存并检查",

	Group: "客服组", NoGroup: "不指定", Seats: "谁接待这个公众号", SeatsHint: "没有席位的客服不会分到这个公众号的会话。",
	Save: "保存", Saved: "已保存。", Keep: "留空则不改", Pause: "暂停", Resume: "恢复", PausedSince: "已在 {} 暂停：收到的消息不会进入工作台。", Change: "修改", Generate: "重新生成",
	DefaultGroup: "默认客服分组", Back: "返回公众号列表", NewKeyHint: "换密钥时旧密钥会保留，微信切换期间消息不会丢。",
}

var settingsEnglish = SettingsWords{
	Settings: "Settings", Accounts: "Accounts", AccountsSentence: "The WeChat Official Accounts connected here, and who serves them.", ReadOnly: "You may look; changing is for admins.", None: "No account yet", NoneHint: "Once the first account is connected, what customers write arrives in the workspace.",
	Name: "Name", Mode: "Encryption of messages", Add: "Connect an account", AddSentence: "Copy these from the basic settings of the account at mp.weixin.qq.com.", Open: "Open",
	AppIDHint: "Begins with wx", SecretHint: "Not shown again once saved", Token: "Token", AESKey: "EncodingAESKey", KeyHint: "Token and key were made for you. Copy them now: once saved they are not shown again, and in the next step WeChat asks for them.",
	Safe: "Safe (recommended)", Compatible: "Compatible", Plain: "Plain", Connect: "Save and check",

	Group: "Group", NoGroup: "None", Seats: "Who serves this account", SeatsHint: "An agent without a seat gets no session of this account.",
	Save: "Save", Saved: "Saved.", Keep: "Leave empty to keep", Pause: "Pause", Resume: "Resume", PausedSince: "Paused since {}: messages that come in do not reach the workspace.", Change: "Change", Generate: "Make another",
	DefaultGroup: "Default group", Back: "Back to the accounts", NewKeyHint: "The key before is kept, so that no message is lost while WeChat changes over.",
}
