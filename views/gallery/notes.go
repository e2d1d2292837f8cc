package gallery

import (
	"time"

	"weir/views"
)

// notes are a session with what colleagues noted about it, and what the reader's lists show of notes that name them.
func (s sample) notes() []State {
	part := func(name string, c views.Callables) State {
		return State{Name: name, View: views.CallableList(c), Fragment: true}
	}
	return []State{
		{Name: "workspace-notes", View: views.WorkspacePage(s.noted())},
		part("part-callable", views.Callables{Reader: s.Reader, All: []views.Colleague{{UID: 8082, Name: s.pick("小鱼", "Yu")}, {UID: 8084, Name: s.pick("小雨", "Rain")}}}),
		{Name: "part-reminding", View: views.RemindingForm(views.Reminding{Reader: s.Reader, SessionID: "s1", OpenID: "oyeC-w7", Name: s.pick("陈女士", "Ms Chen"), Most: 200, At: now.Add(22 * time.Hour)}), Fragment: true},
		part("part-callable-none", views.Callables{Reader: s.Reader}),
	}
}

func (s sample) noted() views.Workspace {
	o := s.open()
	me, ming := s.pick("小鱼", "Yu"), s.pick("阿明", "Ming")
	o.Thread.Messages = append(o.Thread.Messages,
		views.Message{ID: "n-1", Seq: 18, At: clock(10, 41), Side: views.FromEvent, Kind: views.Note, By: ming, Items: []string{me},
			Text: s.pick("@小鱼 这位客户 6 月也重开过一次，财务说一季度最多两次。", "@Yu this customer had one reissued in June; finance allows two per quarter.")},
		views.Message{ID: "n-2", Seq: 18, At: clock(10, 41), Side: views.FromEvent, Kind: views.NoteWithdrawn, By: ming},
		views.Message{ID: "n-3", Seq: 18, At: clock(10, 42), Side: views.FromEvent, Kind: views.Note, By: me, Mine: true, What: "3", Items: []string{ming},
			Text: s.pick("@阿明 谢谢，这次算第二次。\n我跟客户说清楚。", "Thanks @Ming, this is the second.\nI will tell them.")})
	w := s.workspace(o)
	w.Lists.Mentions = []views.Mention{
		{SessionID: "s7", NoteID: "7", OpenID: "oyeC-w7", Name: s.pick("赵先生", "Mr Zhao"), By: ming, Text: s.pick("@小鱼 这个退款你熟，能看一下吗？", "@Yu you know this refund: could you look?"), At: ago(3 * time.Minute)},
		{SessionID: "s8", NoteID: "8", OpenID: "oyeC-w4017", By: s.pick("周敏", "Min"), Text: s.pick("@小鱼 语气再缓一点", "@Yu gently"), At: ago(26 * time.Hour)},
	}
	w.Lists.Reminders = []views.Reminder{
		{ID: "r1", OpenID: "oyeC-w7", Name: s.pick("赵先生", "Mr Zhao"), SessionID: "s7", Text: s.pick("问退款到账没有", "Ask whether the refund has arrived"), At: ago(time.Minute)},
		{ID: "r2", OpenID: "oyeC-w4017", Text: s.pick("合同到期前回访", "Call before the contract ends"), At: ago(20 * time.Hour)},
	}
	o.Customer.Reminders.All = []views.Reminder{{ID: "r3", Text: s.pick("新发票收到了吗", "Has the new invoice arrived?"), At: now.Add(22 * time.Hour)}}
	return w
}
