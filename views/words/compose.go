package words

// ComposeWords is what the composer says about what is more than a text.
type ComposeWords struct {
	MenuItems, Program string
}

// OfCompose returns them in the same language.
func (w *Words) OfCompose() *ComposeWords {
	if w.Lang == Chinese {
		return &composeChinese
	}
	return &composeEnglish
}

var composeChinese = ComposeWords{
	MenuItems: "可点的选项", Program: "小程序",
}

var composeEnglish = ComposeWords{
	MenuItems: "Answers to tap", Program: "Mini program",
}
