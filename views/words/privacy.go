package words

// PrivacyWords is what the settings' page about privacy says.
type PrivacyWords struct {
	Title, Sentence, Left, Always, After, Days, Hint, What, Law string
}

// OfPrivacy returns the words of that page in the same language.
func (w *Words) OfPrivacy() *PrivacyWords {
	if w.Lang == Chinese {
		return &privacyChinese
	}
	return &privacyEnglish
}

var privacyChinese = PrivacyWords{
	Title: "隐私与保留", Sentence: "客户取消关注以后，他们的资料和聊天内容保留多久。",
	Left: "取消关注的客户", Always: "一直保留", After: "取消关注满", Days: "天后匿名化", Hint: "填 0 表示取消关注后马上处理，最迟一小时内完成。重新关注的客户不会被处理。",
	What: "匿名化会删除备注、标签、来源、位置、聊天内容以及图片、语音和视频，不能恢复；会话数量等统计保留。",
	Law:  "微信公众平台要求：用户取消关注后，应删除该用户的所有信息。保留多久由贵公司决定并负责。",
}

var privacyEnglish = PrivacyWords{
	Title: "Privacy", Sentence: "How long what is known of customers, and what they wrote, is kept once they have unfollowed.",
	Left: "Customers who unfollowed", Always: "Keep for good", After: "Make nameless after", Days: "days", Hint: "0 is as soon as they unfollow, within the hour. Who follows again meanwhile is kept.",
	What: "Remark, tags, source, place, words, pictures, voices and videos are removed and cannot be brought back; figures such as the number of sessions stay.",
	Law:  "WeChat asks accounts to delete everything about a user who unfollows. How long to keep it is your company’s decision and responsibility.",
}
