package words

// MediaWords is what the thread says about pictures, voice messages, videos, places and what came in other shapes.
type MediaWords struct {
	Coming, ComingHint             string
	Expired, Failed, AskAgain      string
	TryAgain, Download, CannotPlay string
	Image, Voice, Video, Place     string
	Enlarge, Close, Lightbox       string
	VoiceLasts, Recognised         string
	Other, OtherHint               string
	Opened, SomethingElse          string
	Scanned                        string
}

// OfMedia returns them in the same language.
func (w *Words) OfMedia() *MediaWords {
	if w.Lang == Chinese {
		return &mediaChinese
	}
	return &mediaEnglish
}

var mediaChinese = MediaWords{
	Coming: "正在从微信取回{}…", ComingHint: "取到后会自己出现",
	Expired: "{}已过期：微信只保留 3 天。", Failed: "{}没有取到。", AskAgain: "可以请客户再发一次。",
	TryAgain: "再取一次", Download: "下载{}", CannotPlay: "浏览器放不了这种语音，可以下载后播放。",
	Image: "图片", Voice: "语音", Video: "视频", Place: "位置",
	Enlarge: "放大图片", Close: "关闭", Lightbox: "大图",
	VoiceLasts: "语音，{}", Recognised: "微信识别的文字：", Other: "收到「{}」类型的消息", OtherHint: "这里还不能显示它，可以请客户换一种方式发送。",
	Opened: "打开了菜单链接 {}", SomethingElse: "微信事件 {}",
	Scanned: "扫过的码",
}

var mediaEnglish = MediaWords{
	Coming: "Fetching the {} from WeChat…", ComingHint: "it appears by itself",
	Expired: "The {} has expired: WeChat keeps it for 3 days.", Failed: "The {} could not be fetched.", AskAgain: "You can ask the customer to send it again.",
	TryAgain: "Try again", Download: "Download {}", CannotPlay: "Browsers cannot play this voice message; it can be downloaded.",
	Image: "image", Voice: "voice message", Video: "video", Place: "place",
	Enlarge: "Enlarge image", Close: "Close", Lightbox: "Image",
	VoiceLasts: "Voice message, {}", Recognised: "Recognised by WeChat:", Other: "A message of the kind “{}”", OtherHint: "It cannot be shown here; you can ask the customer to send it another way.",
	Opened: "Opened the menu link {}", SomethingElse: "WeChat event {}",
	Scanned: "QR code",
}
