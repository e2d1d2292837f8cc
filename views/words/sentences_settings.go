package words

// settingsSentences are those of the settings and of connecting accounts.
var settingsSentences = []sentence{
	{"settings.denied", "设置只对管理员和主管开放。", "Settings are for admins and supervisors."},
	{"settings.read-only", "主管可以查看设置，修改要由管理员来做。", "Supervisors may look at settings; changing them is for admins."},
	{"privacy.keep", "请选择一直保留，还是若干天后匿名化。", "Choose whether to keep it for good or to make it nameless after some days."},
	{"privacy.days", "天数应是 0 到 {} 之间的整数。", "The days are a whole number from 0 to {}."},
	{"account.clears-used-up", "微信每月只允许清零 10 次，这个月的用完了。请等到明天零点，次数会自动恢复。", "WeChat allows ten clears a month, and they are used up. The calls begin anew at midnight in Shanghai."},
	{"account.not-cleared", "微信没有清零：{}（{}）。", "WeChat did not clear the calls: {} ({})."},
	{"account.missing", "没有这个公众号。", "There is no such account."},
	{"account.appid", "AppID 不对：以 wx 开头，由字母和数字组成，可以在微信后台的基本配置里复制。", "The AppID is not right: it begins with wx and has only letters and digits. Copy it from the basic settings at WeChat."},
	{"account.name", "请给公众号起个名字，最多 60 个字。", "Give the account a name of at most 60 characters."},
	{"account.secret", "请填写 AppSecret：32 位字母和数字，可以在微信后台重置后得到。", "Enter the AppSecret: 32 letters and digits. WeChat shows it once, when it is reset."},
	{"account.token", "Token 应是 3 到 32 位字母或数字。", "The token is 3 to 32 letters or digits."},
	{"account.aes-key", "消息加解密密钥应是 43 位字母或数字。", "The message key (EncodingAESKey) is 43 letters or digits."},
	{"account.mode", "请选择消息加解密方式。", "Choose how messages are encrypted."},
	{"account.another-company", "这个公众号已经由这里的另一家公司接入。请让系统管理员移过来。", "This account is connected by another company here. Ask the operator to move it."},
	{"account.there", "这个公众号已经接入。要修改请打开它的设置。", "This account is connected already. Open its settings to change it."},
	{"account.group", "没有这个客服组。", "There is no such group."},
	{"account.agent", "没有这个客服。", "There is no such agent."},
}
