package words

import "strings"

// ChecksWords is what is said while an account is connected: six checks, and what to do where one fails.
type ChecksWords struct {
	Title, Passed, PassedAll, AskAll, AskAgain, EveryHalfMinute, OwnWords   string
	Fine, Fails, Waits, Blocked, AfterAbove, StoppedNow, ResumeNow          string
	OpenConsole, Copy, Copied, IPToAdd                                      string
	Credentials, CredentialsFine, CredentialsSoFar                          string
	SecretWrong, SecretReset, SecretEnter, SecretFrozen, SecretThaw         string
	AppIDWrong, AppIDCompare, AppIDAnother, Unreached, UnreachedDo          string
	OtherCode                                                               string
	URLOfPlatform                                                           string
	Address, AddressFine, AddressMissing, AddressWhere, AddressPaste        string
	PlatformAddressMissing, PlatformAddressWhere                            string
	URL, URLDo, URLFine, URLHeard, TokenWrong, TokenCompare, TokenEnter     string
	ConsoleOff                                                              string
	Mode, Read, ReadPlain, ReadWaits, Unreadable, UnreadableDo              string
	KeyWrong, KeyCompare, KeyEnter, ModeWrong, ModeCompare                  string
	ClockWrong, ClockDo, Foreign, ForeignDo                                 string
	Permissions, Granted, GrantedLater, NotGranted, GrantedWhere            string
	GrantedVerify, Banned, BannedDo                                         string
	Messages, Users, Menu, Media, And                                       string
	Message, MessageDo, MessageFine, MessagePaused                          string
	NewKeys, NewKeysHint, CopyOf, CopyToken, CopyKey, AfterSaving, HealthOf string
}

// OfChecks returns those words in the same language.
func (w *Words) OfChecks() *ChecksWords {
	if w.Lang == Chinese {
		return &checksChinese
	}
	return &checksEnglish
}

// Functions names functions of WeChat's in one phrase.
func (w *ChecksWords) Functions(names []string) string {
	called := map[string]string{"messages": w.Messages, "users": w.Users, "menu": w.Menu, "media": w.Media}
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = called[n]
	}
	return strings.Join(out, w.And)
}

var checksChinese = ChecksWords{
	Title: "逐步检查", Passed: "6 步中 {} 步通过", PassedAll: "6 步全部通过", AskAll: "全部重查", AskAgain: "改好了，再查一次", EveryHalfMinute: "每 30 秒自动再查，上次 {}", OwnWords: "微信的原话",
	Fine: "通过", Fails: "没通过", Waits: "检查中", Blocked: "等待", AfterAbove: "等上一步通过。", StoppedNow: "这个公众号的发送还停着。微信现在接受了，可以恢复。", ResumeNow: "恢复发送",
	OpenConsole: "打开微信公众平台，用管理员微信扫码登录", Copy: "复制", Copied: "已复制", IPToAdd: "要加的 IP",
	Credentials: "填 AppID 和 AppSecret", CredentialsFine: "微信接受了。密钥已加密保存，不再显示。", CredentialsSoFar: "格式正确，微信没有说它们不对。密钥已加密保存，不再显示。",
	SecretWrong: "微信说：AppSecret 不对（{}）。", SecretReset: "设置与开发 → 开发接口管理 → 基本配置，重置 AppSecret", SecretEnter: "把新的 AppSecret 填到本页「修改」里保存，这里会马上再查，停着的发送也会恢复",
	SecretFrozen: "微信说：AppSecret 被冻结了（{}）。", SecretThaw: "设置与开发 → 开发接口管理 → 基本配置，解冻 AppSecret；解冻后这里会自己通过",
	AppIDWrong: "微信不认识这个 AppID（{}）。", AppIDCompare: "在微信后台的基本配置里核对 AppID", AppIDAnother: "填错了就用正确的 AppID 另外接入，这一个可以暂停",
	Unreached: "连不上微信。", UnreachedDo: "请系统管理员检查这台服务器能否访问 api.weixin.qq.com；通了以后这里会自己通过", OtherCode: "微信没有给令牌：{}（{}）。",
	URLOfPlatform: "推送由第三方平台接收，不用填地址。",
	Address:       "把服务器 IP 加入白名单", AddressFine: "微信接受从这台服务器来的调用。", AddressMissing: "微信说：这台服务器的 IP 不在白名单（{}）。",
	AddressWhere: "设置与开发 → 开发接口管理 → IP 白名单 → 修改", AddressPaste: "新起一行粘贴上面的 IP，保存；通常 1 分钟内生效",
	PlatformAddressMissing: "微信说：这台服务器的 IP 不在第三方平台的白名单（{}）。", PlatformAddressWhere: "请系统管理员在微信开放平台（open.weixin.qq.com）→ 第三方平台 → 开发资料里，把上面的 IP 加进白名单",
	URL: "在微信后台填服务器地址", URLDo: "设置与开发 → 开发接口管理 → 服务器配置：填下面的 URL，以及接入时的 Token、EncodingAESKey 和加解密方式，提交并启用。微信会马上来验证，这里会亮。", URLFine: "{} 收到微信的验证请求，签名正确。", URLHeard: "收到了微信的推送，地址和 Token 都对。",
	TokenWrong: "{} 收到了请求，但签名不对：微信后台的 Token 和这里的不一样。", TokenCompare: "在微信后台的服务器配置里核对 Token：区分大小写，前后不能有空格", TokenEnter: "不知道哪个对，就在本页「修改」里填一个新的 Token，保存，再把同一个填到微信后台提交",
	ConsoleOff: "启用后，微信后台里设置的自动回复和自定义菜单会停用，改由这里接管。",
	Mode:       "消息加解密：{}", Read: "收到的消息解密成功。", ReadPlain: "收到的消息读得懂。明文模式不保护内容，建议改用安全模式。", ReadWaits: "等第一条消息：验证地址时不加密，消息来了才知道密钥和方式对不对。", Unreadable: "{} 收到的推送读不懂。", UnreadableDo: "请确认 URL 前面的代理没有改动请求内容；仍不行请联系系统管理员",
	KeyWrong: "{} 收到的消息解不开：微信后台的 EncodingAESKey 和这里的不一样。", KeyCompare: "在微信后台的服务器配置里核对 EncodingAESKey（43 位）", KeyEnter: "或者在本页「修改」里填一个新的，保存，再把同一个填到微信后台提交",
	ModeWrong: "{} 收到的是明文，而这里选的是安全模式。", ModeCompare: "把微信后台的消息加解密方式改成安全模式，或者在本页「修改」里选和那边一样的",
	ClockWrong: "{} 收到的请求，时间和这台服务器差了 5 分钟以上。", ClockDo: "请系统管理员校准服务器的时钟（NTP）",
	Foreign: "{} 收到的消息是加密给另一个公众号的。", ForeignDo: "核对微信后台填的 URL：末尾要是这个公众号自己的 AppID",
	Permissions: "权限", Granted: "可以用：{}。", GrantedLater: "等密钥和 IP 通过后检查：{}。", NotGranted: "公众号没有这些权限：{}（{}）。", GrantedWhere: "设置与开发 → 接口权限，可以看到哪些已经获得",
	GrantedVerify: "只有已认证的公众号能发客服消息；完成微信认证后这里会自己通过。在那之前，自动回复规则仍然会用被动回复来答", Banned: "微信封禁了公众号的这些接口：{}（{}）。", BannedDo: "在微信后台的通知里查看原因和解封办法",
	Messages: "客服消息", Users: "用户管理", Menu: "自定义菜单", Media: "素材", And: "、",
	Message: "收发一条真消息", MessageDo: "用您的微信给公众号发「你好」，这里会亮，再到工作台回复它。", MessageFine: "收到过客户的消息。可以在工作台回复了。", MessagePaused: "公众号暂停着，收到的消息不会进入工作台。",
	NewKeys: "重新生成 Token 和密钥", NewKeysHint: "下面是新生成的，保存后才生效。保存前先复制，再填到微信后台提交。", CopyOf: "复制{}", CopyToken: "复制 Token", CopyKey: "复制密钥", AfterSaving: "保存后会逐步检查，哪一步不对就告诉您怎么改。", HealthOf: "健康状况",
}

var checksEnglish = ChecksWords{
	Title: "Checks, step by step", Passed: "{} of 6 passed", PassedAll: "All 6 passed", AskAll: "Check all again", AskAgain: "Done, check again", EveryHalfMinute: "Checked every 30 s, last {}", OwnWords: "WeChat’s own words",
	Fine: "passed", Fails: "failed", Waits: "checking", Blocked: "to do", AfterAbove: "After the step above.", StoppedNow: "Sending for this account is still stopped. WeChat takes it now, so it can go on.", ResumeNow: "Resume sending",
	OpenConsole: "Open WeChat’s console (mp.weixin.qq.com) and sign in by scanning as its admin", Copy: "Copy", Copied: "Copied", IPToAdd: "IP to add",
	Credentials: "AppID and AppSecret", CredentialsFine: "WeChat takes them. The secret is stored encrypted and never shown again.", CredentialsSoFar: "Well formed, and WeChat has said nothing against them. The secret is stored encrypted and never shown again.",
	SecretWrong: "WeChat says: the AppSecret is wrong ({}).", SecretReset: "Settings and development → API management → basic configuration: reset the AppSecret", SecretEnter: "Enter the new AppSecret below under “Change” and save: it is checked at once, and sending that has stopped goes on",
	SecretFrozen: "WeChat says: the AppSecret is frozen ({}).", SecretThaw: "Settings and development → API management → basic configuration: unfreeze the AppSecret; this passes by itself then",
	AppIDWrong: "WeChat does not know this AppID ({}).", AppIDCompare: "Compare the AppID with the one in the basic configuration at WeChat", AppIDAnother: "If it is wrong, connect the right one as another account, and pause this one",
	Unreached: "WeChat cannot be reached.", UnreachedDo: "Ask the operator whether this server can reach api.weixin.qq.com; this passes by itself then", OtherCode: "WeChat gave no token: {} ({}).",
	URLOfPlatform: "What WeChat pushes comes through the third-party platform; there is no address to enter.",
	Address:       "This server’s IP on the whitelist", AddressFine: "WeChat takes calls from this server.", AddressMissing: "WeChat says: this server’s IP is not on the whitelist ({}).",
	AddressWhere: "Settings and development → API management → IP whitelist → edit", AddressPaste: "Paste the IP on a new line and save; it takes about a minute",
	PlatformAddressMissing: "WeChat says: this server’s IP is not on the third-party platform’s whitelist ({}).", PlatformAddressWhere: "Ask the operator to add the IP above at open.weixin.qq.com → third-party platform → development settings → whitelist",
	URL: "Server address in WeChat’s console", URLDo: "Settings and development → API management → server configuration: enter the URL below with the Token, EncodingAESKey and encryption of this account, submit and enable. WeChat asks at once, and it lights up here.", URLFine: "{} WeChat’s verification arrived, signature valid.", URLHeard: "WeChat has posted here: address and Token are right.",
	TokenWrong: "{} a request arrived with a wrong signature: the Token at WeChat is not the one here.", TokenCompare: "Compare the Token in WeChat’s server configuration: upper and lower case count, and no spaces around it", TokenEnter: "If you do not know which is right, enter a new Token below under “Change”, save, and submit the same one at WeChat",
	ConsoleOff: "While this is enabled, the auto-replies and the menu made in WeChat’s console are off: they are made here.",
	Mode:       "Encryption: {}", Read: "What arrived was decrypted.", ReadPlain: "What arrived can be read. Plain mode protects nothing: safe mode is better.", ReadWaits: "With the first message: the verification is not encrypted, so only a message shows whether key and mode are right.", Unreadable: "{} something arrived that cannot be read.", UnreadableDo: "Make sure that no proxy before the URL changes requests; else ask the operator",
	KeyWrong: "{} a message arrived that cannot be decrypted: the EncodingAESKey at WeChat is not the one here.", KeyCompare: "Compare the EncodingAESKey (43 characters) in WeChat’s server configuration", KeyEnter: "Or enter a new one below under “Change”, save, and submit the same one at WeChat",
	ModeWrong: "{} a readable message arrived, and this account is in safe mode here.", ModeCompare: "Set WeChat’s side to safe mode, or choose below under “Change” what is set there",
	ClockWrong: "{} a request arrived whose time is more than 5 minutes from this server’s.", ClockDo: "Ask the operator to set this server’s clock (NTP)",
	Foreign: "{} a message arrived that is encrypted for another account.", ForeignDo: "Check the URL at WeChat: it ends in this account’s own AppID",
	Permissions: "Permissions", Granted: "Granted: {}.", GrantedLater: "Once secret and IP are right: {}.", NotGranted: "The account may not use: {} ({}).", GrantedWhere: "Settings and development → API permissions shows what it has",
	GrantedVerify: "Only a verified account may send customer-service messages; this passes by itself once it is verified. Until then rules still answer, as passive replies", Banned: "WeChat has banned the account from: {} ({}).", BannedDo: "The notices in WeChat’s console say why, and how to lift it",
	Messages: "customer-service messages", Users: "users", Menu: "menu", Media: "media", And: ", ",
	Message: "One real message, both ways", MessageDo: "Send “hello” from your own WeChat; it lights up here, then answer it in the workspace.", MessageFine: "A customer’s message has come. You can answer in the workspace.", MessagePaused: "The account is paused: messages that come in do not reach the workspace.",
	NewKeys: "Make another Token and key", NewKeysHint: "These are new and count once saved. Copy them before you save, then submit them at WeChat.", CopyOf: "Copy {}", CopyToken: "Copy the Token", CopyKey: "Copy the key", AfterSaving: "Once it is saved, each step is checked, and you are told how to mend what is wrong.", HealthOf: "Health",
}
