package gallery

import "weir/views"

// twoAtOnce are the parts of a page where two write at once.
func (s sample) twoAtOnce() []State {
	held := views.Overtaken{Reader: s.Reader, Said: []views.Message{{Text: s.pick("不用重开了，谢谢", "No need to reissue it, thanks")}}}
	more := held
	more.Said = append(more.Said, views.Message{Kind: views.Image}, views.Message{Text: s.pick("就是这张，抬头写成了个人，改成公司的就行，税号在图里，麻烦您了", "It is this one: it was made out to me and not to the company, whose tax number is in the picture")})
	beside := views.Beside{Reader: s.Reader, Here: []string{s.pick("阿明", "Ming"), s.pick("周敏", "Min")}}
	writing := beside
	writing.Here, writing.Writing = beside.Here[:1], beside.Here[:1]
	open := s.open()
	back := views.OlderPage{Reader: s.Reader, Now: now, Begins: &open.Customer.Earlier[0], Thread: open.Thread}
	back.Thread.SessionID, back.Thread.Back, back.Thread.More, back.Thread.Earlier, back.Thread.NewFrom = open.Customer.Earlier[0].SessionID, 1, false, &open.Customer.Earlier[1], 0
	back.Thread.Messages = open.Thread.Messages[:3]
	return []State{
		{Name: "part-earlier-messages", View: views.OlderFragment(back, open.Head), Fragment: true},
		{Name: "part-beside-nobody", View: views.BesideFragment(views.Beside{Reader: s.Reader}), Fragment: true},
		{Name: "part-beside", View: views.BesideFragment(beside), Fragment: true},
		{Name: "part-beside-writing", View: views.BesideFragment(writing), Fragment: true},
		{Name: "part-overtaken", View: views.OvertakenNote(held), Fragment: true},
		{Name: "part-overtaken-more", View: views.OvertakenNote(more), Fragment: true},
	}
}
