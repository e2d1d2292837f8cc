package gallery

import (
	"github.com/a-h/templ"

	"weir/views"
)

// quick are the parts and pages of quick replies, and what is said about a text before it is sent.
func (s sample) quick() []State {
	frame := s.settings()
	frame.ReadOnly = false
	w := s.Words.OfQuick()
	image := views.QuickImage{ID: "i1", ThumbURL: "/settings/quick/images/i1/thumb", Width: 720, Height: 480}
	reissue := views.QuickReply{ID: 1, Title: s.pick("发票重开说明", "Invoice again"), Code: s.pick("fpzksm", "invoiceagain"), Text: "重开发票需要：正确抬头、税号、原票号。原票作废后约两小时出新票。", InTitle: views.Span{To: 2}, InCode: views.Span{To: 2}, InText: views.Span{From: 2, To: 4},
		Used: 218, UsedAt: clock(9, 40), Fill: "重开发票需要：正确抬头、税号、原票号。原票作废后约两小时出新票。"}
	mail := views.QuickReply{ID: 2, Title: s.pick("发票邮箱", "Where to mail"), Code: s.pick("fpyx", "mail"), Text: "{客户}您好，请把接收邮箱发给我。", InTitle: views.Span{To: 2}, InCode: views.Span{To: 2}, Group: s.pick("售后", "After sales"), Used: 64, UsedAt: clock(10, 2),
		Fill: "{客户}您好，请把接收邮箱发给我。", Gap: "{客户}"}
	late := views.QuickReply{ID: 3, Title: s.pick("发票超期", "Too late"), Code: "cq", Text: "很抱歉，开票超过 90 天无法重开。如果您手里有当时的小票，请拍照发给我，我去问一问财务能不能补开发票。", InTitle: views.Span{To: 2}, InText: views.Span{From: 46, To: 48}, Mine: true, Images: []views.QuickImage{image, image}}
	found := views.QuickPick{Reader: s.Reader, SessionID: "s1", Typed: "fp", Replies: []views.QuickReply{reissue, mail, late}, Total: 5}
	none := views.QuickPick{Reader: s.Reader, SessionID: "s1", Typed: s.pick("礼品卡", "gift card")}
	empty := views.QuickPick{Reader: s.Reader, SessionID: "s1"}

	link := views.WrittenPart{{Text: "请看"}, {Text: "会员权益", URL: "https://wangyu.example/vip"}, {Text: "，下单点"}, {Text: "在线订座", URL: "https://wangyu.example", Program: true}, {Text: "，或打开 "}, {Text: "https://wangyu.example/map", URL: "https://wangyu.example/map"}}
	code := `<a href="javascript:alert(1)">x</a>`
	raw := views.WrittenPart{{Text: "请看"}, {Text: code, Raw: true}}
	written := func(x views.Written) State { x.Reader = s.Reader; return State{View: views.WrittenFragment(x)} }
	part := func(name string, c State) State { c.Name, c.Fragment = name, true; return c }

	tabs := []views.QuickTab{{Value: "mine", Name: w.Mine}, {Value: "company", Name: w.Company, Current: true}, {Value: "group:1", Name: s.pick("售前", "Sales")}, {Value: "group:2", Name: s.pick("售后", "After sales")}}
	listed := func(changes bool, all ...views.QuickReply) views.QuickBook {
		b := views.QuickBook{Settings: frame, Now: clock(10, 43), Tabs: tabs, Owner: "company", Changes: changes}
		for _, q := range all {
			q.InTitle, q.InCode, q.InText, q.Changes = views.Span{}, views.Span{}, views.Span{}, changes
			b.Replies = append(b.Replies, q)
		}
		return b
	}
	book, looks, searched, blank := listed(true, late, mail, reissue), listed(false, reissue), listed(true), listed(true)
	book.Before, searched.Typed, searched.Replies = 1, "发票", []views.QuickReply{reissue}
	page := func(name string, body templ.Component) State {
		return State{Name: name, View: views.SettingsPage(frame, w.Title, body)}
	}
	form := views.QuickForm{Settings: frame, Owner: "mine", Owners: []views.Choice{{Value: "mine", Name: w.Mine}, {Value: "company", Name: w.Company}}, Variables: []string{s.pick("{客户}", "{customer}"), s.pick("{客服}", "{agent}")},
		ImagesMost: 4, TitleMost: 60, CodeMost: 20, TextMost: 2000}
	change := form
	change.ID, change.Title, change.Shortcut, change.Text, change.Images = 3, late.Title, late.Code, late.Text, late.Images
	return []State{
		part("part-quick", State{View: views.QuickPicker(found)}),
		part("part-quick-none", State{View: views.QuickPicker(none)}),
		part("part-quick-empty", State{View: views.QuickPicker(empty)}),
		part("part-quick-gone", State{View: views.QuickGone(s.Reader, 3, late.Title)}),
		part("part-quick-images", State{View: views.QuickImages(s.Reader, []views.QuickImageItem{{QuickImage: image, Name: s.pick("地图.png", "map.png")}, {Name: s.pick("报价.pdf", "offer.pdf"), Problem: s.Words.Sentence("upload.kind")}})}),
		part("part-written", written(views.Written{Parts: 1, Left: 3, Bubbles: []views.WrittenPart{link}})),
		part("part-written-wrong", written(views.Written{Parts: 2, Left: 1, Bubbles: []views.WrittenPart{raw, {{Text: "第二条"}}}, Gaps: []string{s.pick("{客户}", "{customer}"), s.pick("{客服}", "{agent}")}, NoName: s.pick("{客户}", "{customer}"), Faults: []views.WrittenFault{{Say: s.Words.Sentence("text.link-address"), Code: code}}})),
		part("part-written-long", written(views.Written{Parts: 3, Left: -1})),
		page("settings-quick", views.QuickBookBody(book)),
		page("settings-quick-look", views.QuickBookBody(looks)),
		page("settings-quick-found", views.QuickBookBody(searched)),
		page("settings-quick-none", views.QuickBookBody(blank)),
		page("settings-quick-new", views.QuickFormBody(form)),
		page("settings-quick-change", views.QuickFormBody(change)),
	}
}
