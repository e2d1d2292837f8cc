package words

// TogetherWords is what is said where two write at once: the customer and the agent, or two agents.
type TogetherWords struct {
	Overtaken, SendAnyway, Rewrite string
	Here, Writing, GoBack          string
}

// OfTogether returns them in the same language.
func (w *Words) OfTogether() *TogetherWords {
	if w.Lang == Chinese {
		return &togetherChinese
	}
	return &togetherEnglish
}

var togetherChinese = TogetherWords{
	Overtaken: "您写的时候客户又说：", SendAnyway: "照样发送", Rewrite: "再改改",
	Here: "{}也在看", Writing: "{}正在输入…", GoBack: "查看 {} 的会话",
}

var togetherEnglish = TogetherWords{
	Overtaken: "While you were writing, the customer said:", SendAnyway: "Send anyway", Rewrite: "Edit first",
	Here: "{} here, too", Writing: "{} writing…", GoBack: "Show the session of {}",
}
