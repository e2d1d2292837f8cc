package words

// channelSentences are those about QR codes and menus.
var channelSentences = []sentence{
	{"channel.missing", "没有这个渠道二维码。", "There is no such QR code."},
	{"channel.name", "请填写名称，最多 {} 个字。", "Give it a name of at most {} characters."},
	{"channel.scene", "场景值由字母、数字、_ 和 - 组成，最多 64 位。", "A scene has letters, digits, _ and -, and at most 64 of them."},
	{"channel.scene-reserved", "以 kf_ 开头的场景值直接指定客服或客服组，请换一个。", "A scene that begins with kf_ names an agent or a group by itself. Choose another."},
	{"channel.scene-taken", "这个公众号已有场景值为“{}”的二维码，请换一个。", "This account has a QR code with the scene {} already. Choose another."},
	{"channel.one-target", "由一位客服或一个客服组接待，二选一。", "It is for an agent or for a group: name one of the two."},
	{"channel.agent", "没有编号为 {} 的客服。", "There is no agent {}."},
	{"channel.group", "没有名为“{}”的客服组。", "There is no group {}."},
	{"channel.appid", "没有公众号 {}，请先接入。", "There is no account {}. Connect it first."},
	{"channel.greeting", "问候语不能只有空格，最多 {} 字节，约 680 个汉字。", "A greeting is not only blanks, and has at most {} bytes of UTF-8."},
	{"channel.no-code", "微信还没有生成这张二维码，请稍后再看。", "WeChat has not made this code yet. Look again in a moment."},
	{"wechat.refused", "微信没有接受，请稍后再试", "WeChat refused; try again later"},
	{"channel.no-picture", "现在拿不到微信的图片，请稍后再试。", "WeChat's picture cannot be had just now. Try again in a moment."},
}
