package words

// SettingsWords is what the settings' pages say.
type SettingsWords struct {
	Settings, Accounts, AccountsSentence, ReadOnly, None, NoneHint       string
	Name, Mode, State, Active, Paused, Add, AddSentence, Open            string
	AppIDHint, SecretHint, Token, AESKey, KeyHint                        string
	Safe, Compatible, Plain, Connect, Paste, PasteHint, URL              string
	Checks, CheckAgain, Credentials, Callback, CredentialsDo, CallbackDo string
	Fine, Fails, Waits, CallbackSeen, TransportDo, IPDo, SecretDo        string
	AppIDDo, OtherDo, PermissionDo, Group, NoGroup, Seats, SeatsHint     string
	Save, Saved, Keep, Pause, Resume, PausedSince, Change, Generate      string
	DefaultGroup, Back, NewKeyHint, RefusedDo                            string
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
	Name: "名称", Mode: "消息加解密方式", State: "状态", Active: "使用中", Paused: "已暂停", Add: "接入公众号", AddSentence: "从微信后台「设置与开发」的基本配置复制下面的内容。", Open: "打开",
	AppIDHint: "以 wx 开头", SecretHint: "保存后不再显示", Token: "令牌 (Token)", AESKey: "消息加解密密钥 (EncodingAESKey)", KeyHint: "令牌和密钥已替您生成。请现在就复制，保存后不再显示；下一步要填到微信后台。",
	Safe: "安全模式（推荐）", Compatible: "兼容模式", Plain: "明文模式", Connect: "保存并检查", Paste: "填到微信后台", PasteHint: "在微信后台的服务器配置里填写这个地址，以及同样的令牌和密钥，然后提交并启用。", URL: "服务器地址 (URL)",
	Checks: "逐步检查", CheckAgain: "重新检查", Credentials: "AppID 和 AppSecret", Callback: "微信的回调", CredentialsDo: "微信接受了这组 AppID 和 AppSecret。", CallbackDo: "还没有收到。请在微信后台提交服务器配置，再用手机给公众号发一条消息。",
	Fine: "正常", Fails: "有问题", Waits: "等待中", CallbackSeen: "最近一次在 {}。", TransportDo: "连不上微信。请让系统管理员检查这台服务器能否访问 api.weixin.qq.com，然后重新检查。",
	IPDo: "微信看到的服务器 IP 是 {}，不在白名单里。请在微信后台的 IP 白名单里加上它，几分钟后重新检查。", SecretDo: "AppSecret 不对。请在微信后台重置 AppSecret，填在下面，然后重新检查。", AppIDDo: "微信不认识这个 AppID。请从微信后台重新复制。",
	OtherDo: "微信回答了错误码 {}。", PermissionDo: "公众号没有这个接口的权限。请在微信后台完成认证。", Group: "客服组", NoGroup: "不指定", Seats: "谁接待这个公众号", SeatsHint: "没有席位的客服不会分到这个公众号的会话。",
	Save: "保存", Saved: "已保存。", Keep: "留空则不改", Pause: "暂停", Resume: "恢复", PausedSince: "已在 {} 暂停：收到的消息不会进入工作台。", Change: "修改", Generate: "重新生成",
	DefaultGroup: "默认客服分组", Back: "返回公众号列表", RefusedDo: "{} 收到的回调没有通过验证。请核对微信后台的令牌、密钥和加解密方式与这里一致。", NewKeyHint: "换密钥时旧密钥会保留，微信切换期间消息不会丢。",
}

var settingsEnglish = SettingsWords{
	Settings: "Settings", Accounts: "Accounts", AccountsSentence: "The WeChat Official Accounts connected here, and who serves them.", ReadOnly: "You may look; changing is for admins.", None: "No account yet", NoneHint: "Once the first account is connected, what customers write arrives in the workspace.",
	Name: "Name", Mode: "Encryption of messages", State: "State", Active: "In use", Paused: "Paused", Add: "Connect an account", AddSentence: "Copy these from the basic settings of the account at mp.weixin.qq.com.", Open: "Open",
	AppIDHint: "Begins with wx", SecretHint: "Not shown again once saved", Token: "Token", AESKey: "EncodingAESKey", KeyHint: "Token and key were made for you. Copy them now: once saved they are not shown again, and in the next step WeChat asks for them.",
	Safe: "Safe (recommended)", Compatible: "Compatible", Plain: "Plain", Connect: "Save and check", Paste: "Enter this at WeChat", PasteHint: "In the server settings of the account at WeChat, enter this address with the same token and key, then submit and enable.", URL: "Server address (URL)",
	Checks: "Checks, step by step", CheckAgain: "Check again", Credentials: "AppID and AppSecret", Callback: "WeChat’s callbacks", CredentialsDo: "WeChat accepts this AppID and AppSecret.", CallbackDo: "None yet. Submit the server settings at WeChat, then write to the account with your phone.",
	Fine: "Fine", Fails: "Wrong", Waits: "Waiting", CallbackSeen: "The last one came {}.", TransportDo: "WeChat cannot be reached. Ask the operator whether this server can reach api.weixin.qq.com, then check again.",
	IPDo: "WeChat sees this server as {}, which is not on the IP list. Add it to the IP list at WeChat, and check again after a few minutes.", SecretDo: "The AppSecret is wrong. Reset it at WeChat, enter it below, and check again.", AppIDDo: "WeChat does not know this AppID. Copy it from WeChat again.",
	OtherDo: "WeChat answered with code {}.", PermissionDo: "The account may not use this function. Have it verified at WeChat.", Group: "Group", NoGroup: "None", Seats: "Who serves this account", SeatsHint: "An agent without a seat gets no session of this account.",
	Save: "Save", Saved: "Saved.", Keep: "Leave empty to keep", Pause: "Pause", Resume: "Resume", PausedSince: "Paused since {}: messages that come in do not reach the workspace.", Change: "Change", Generate: "Make another",
	DefaultGroup: "Default group", Back: "Back to the accounts", RefusedDo: "What came {} could not be verified. Compare token, key and encryption at WeChat with those here.", NewKeyHint: "The key before is kept, so that no message is lost while WeChat changes over.",
}
