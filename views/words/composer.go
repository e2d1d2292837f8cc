package words

// ComposerWords is what the composer says beside its table: what waits, and why nothing is sent.
type ComposerWords struct {
	SendWaits, MayWait, WaitHint, Withdraw, Vouch string
	Unreachable, ExhaustedEvent, Unfollowed       string
	QuotaTitle, QuotaHint, QuotaSave              string
	QuotaMessage, QuotaEvent                      string
	WindowMessage, WindowEvent                    string
	SinceMessage, SinceEvent                      string
	Stopped, StoppedHint                          string
}

// OfComposer returns them in the same language.
func (w *Words) OfComposer() *ComposerWords {
	if w.Lang == Chinese {
		return &composerChinese
	}
	return &composerEnglish
}

var composerChinese = ComposerWords{
	SendWaits: "等客户来信就发", MayWait: "发不出去时，等客户下次来信自动发送", WaitHint: "现在写好，等客户下次来信自动发送。", Withdraw: "撤回", Vouch: "算已送达",
	Unreachable: "收不到消息", ExhaustedEvent: "客户点菜单、关注或扫码后已发满 {} 条。客户发来任何消息，额度立刻恢复。", Unfollowed: "客户已取消关注，微信不再转交消息。客户重新关注并来信后，就可以接着回。",
	QuotaTitle: "微信允许的回复条数", QuotaHint: "这是微信的规定，只在微信改了规定时才需要改。填得比微信多，多出的消息会被微信拒绝。", QuotaSave: "保存条数",
	QuotaMessage: "客户来信后可发几条", QuotaEvent: "客户点菜单、关注或扫码后可发几条", WindowMessage: "来信后多久内", WindowEvent: "点菜单、关注或扫码后多久内",
	SinceMessage: "客户 {} 来信", SinceEvent: "客户 {} 点菜单、关注或扫码",
	Stopped: "这个公众号暂停发送：", StoppedHint: "。写下的回复会排队，{} 自动再试，恢复后依次发出。",
}

var composerEnglish = ComposerWords{
	SendWaits: "Send when they write", MayWait: "If it does not fit, send it when the customer writes next", WaitHint: " What you write now goes out when the customer writes next.", Withdraw: "Withdraw", Vouch: "It arrived",
	Unreachable: "Unreachable", ExhaustedEvent: "{} messages were sent since the customer clicked, followed or scanned. As soon as the customer writes anything, you can go on.", Unfollowed: "The customer has unfollowed, so WeChat passes nothing on. When they follow again and write, you can go on.",
	QuotaTitle: "What WeChat allows", QuotaHint: "These are WeChat's rules: change them only when WeChat does. What is more than WeChat allows is refused by WeChat.", QuotaSave: "Save amounts",
	QuotaMessage: "Messages after the customer wrote", QuotaEvent: "Messages after a menu click, follow or scan", WindowMessage: "Within, after they wrote", WindowEvent: "Within, after a click, follow or scan",
	SinceMessage: "their message at {}", SinceEvent: "their click, follow or scan at {}",
	Stopped: "Nothing is sent for this account:", StoppedHint: ". What you write queues; it is tried again at {}, and goes out in order.",
}
