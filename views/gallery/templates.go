package gallery

import (
	"weir/views"
)

// templates are the parts and pages about template messages.
func (s sample) templates() []State {
	frame := s.settings()
	frame.ReadOnly = false
	reply := views.TemplateRow{ID: "ngqIpbwh8bUfcSsECmogfXcV14J0tQlEpBO27izEYtY", Title: "咨询回复提醒", Content: "咨询内容：……\n回复内容：……\n回复时间：……", Offered: true}
	seat := views.TemplateRow{ID: "BEwX0BOT3MqK3Uc5oTU3CGBqzjpndk2jzUf7VfExd8", Title: "座位预约提醒", Content: "门店：……\n座位：……", Notice: true}
	list := views.TemplateList{Settings: frame, AppID: "wx4a14a2375e93cb7b", Name: s.pick("网鱼网咖", "Wangyu Café"), Rows: []views.TemplateRow{reply, seat}, ReadAt: clock(9, 12)}
	none, reading, refused := list, list, list
	none.Rows = nil
	reading.Rows, reading.Reading = nil, true
	refused.Rows, refused.Trouble, refused.ReadOnly = nil, s.Words.Refused(48001), true
	page := func(name string, l views.TemplateList) State {
		return State{Name: name, View: views.SettingsPage(l.Settings, s.Words.OfTemplates().Title, views.TemplatesBody(l))}
	}
	form := views.TemplateForm{Reader: s.Reader, SessionID: "s1", Key: "00112233445566778899aabbccddeeff",
		Templates: []views.TemplateChoice{{ID: reply.ID, Title: reply.Title, Chosen: true}, {ID: seat.ID, Title: seat.Title, Notice: true}},
		Fields:    []views.TemplateField{{Key: "thing1", Label: "咨询内容", Most: 20}, {Key: "thing2", Label: "回复内容", Most: 20}, {Key: "time3", Label: "回复时间", Most: 200}}}
	notice, asking, empty := form, form, form
	notice.Templates = []views.TemplateChoice{{ID: reply.ID, Title: reply.Title}, {ID: seat.ID, Title: seat.Title, Notice: true, Chosen: true}}
	notice.Fields = []views.TemplateField{{Key: "thing1", Label: "门店", Most: 20}, {Key: "character_string2", Label: "座位", Most: 32}}
	asking.Templates, asking.Reading = nil, true
	empty.Templates, empty.Trouble, empty.Arrange = nil, s.Words.Refused(48001), "/settings/accounts/wx4a14a2375e93cb7b/templates"
	part := func(name string, f views.TemplateForm) State {
		return State{Name: name, Fragment: true, View: views.TemplateDialog(f)}
	}
	return []State{
		page("settings-templates", list), page("settings-templates-none", none), page("settings-templates-reading", reading), page("settings-templates-refused", refused),
		part("part-template", form), part("part-template-notice", notice), part("part-template-reading", asking), part("part-template-none", empty),
		{Name: "workspace-templates", View: views.WorkspacePage(s.workspace(s.filled()))},
	}
}

// filled is a session in which template messages were sent, each with what became of it.
func (s sample) filled() *views.Open {
	o := s.with(views.CannotTime, views.Quota{Limit: 5, Until: clock(9, 0)})
	o.Thread.NewFrom, o.Composer.Wait = 0, true
	ours := func(seq int, d views.Delivery, reason string, code int, notice bool) views.Message {
		return views.Message{ID: string(rune('a' + seq)), Seq: int64(seq), At: clock(10, 20+seq), Side: views.FromAgent, Mine: true, By: s.pick("小鱼", "Yu"), Kind: views.Template, What: "template", Notice: notice,
			Title: "咨询回复提醒", Text: "咨询内容：发票抬头\n回复内容：发票已重开，请查收邮箱\n回复时间：2018年1月18日 10:50", URL: "https://example.com/invoice", Delivery: d, Reason: reason, Code: code, CanResend: d == views.Failed}
	}
	program := ours(2, views.Sent, "delivery.accepted", 0, false)
	program.URL, program.Program = "", true
	o.Thread.Messages = []views.Message{ours(1, views.Sent, "", 0, false), program, ours(3, views.Failed, "delivery.template-blocked", 43004, false), ours(4, views.Failed, "wechat.43101", 43101, true)}
	o.Thread.Seen = 4
	return o
}
