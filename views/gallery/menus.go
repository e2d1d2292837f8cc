package gallery

import "weir/views"

// menus are the pages of custom menus.
func (s sample) menus() []State {
	frame := s.settings()
	frame.ReadOnly = false
	w := s.Words.OfMenus()
	say := func(name string, body views.MenuEditor) State {
		return State{Name: name, View: views.SettingsPage(body.Settings, w.Menus, views.MenuBody(body))}
	}
	e := views.MenuEditor{Settings: frame, AppID: "wx4a14a2375e93cb7b", Account: s.pick("网鱼网咖", "Wangyu Café"), Published: true, At: "2026-07-18 10:32", By: s.pick("周敏", "Min"), Changed: true,
		Targets: views.Targets{Groups: []views.Choice{{Value: "group:2", Name: s.pick("售后", "After sales")}}, Agents: []views.Choice{{Value: "agent:8082", Name: s.pick("小鱼", "Yu")}}},
		Buttons: []views.MenuButton{
			{Place: "1", Name: s.pick("人工客服", "Ask us"), Choice: "anybody", First: true},
			{Place: "2", Name: s.pick("售后", "Repairs"), Choice: "group:2", Target: s.pick("售后", "After sales")},
			{Place: "3", Name: s.pick("更多", "More"), Choice: "list", Last: true, Below: []views.MenuButton{
				{Place: "3.1", Name: s.pick("门店地址", "Where we are"), Choice: "text", Text: s.pick("三里屯 1 号，每天 24 小时", "1 Sanlitun, day and night"), Tap: "text_a", First: true},
				{Place: "3.2", Name: s.pick("官网", "Web site"), Choice: "url", URL: "https://example.com"},
				{Place: "3.3", Name: s.pick("订位", "Book"), Choice: "program", URL: "https://example.com", AppID: "wx00000000000000aa", Path: "pages/book"},
				{Place: "3.4", Name: s.pick("积分", "Points"), Choice: "key", Tap: "points"},
				{Place: "3.5", Name: s.pick("扫一扫", "Scan"), Choice: "wechat", Type: "scancode_push", Tap: "scan", Last: true},
			}},
		}}
	empty, looked, lost := e, e, e
	lost.Buttons = []views.MenuButton{{Place: "1", Name: s.pick("小明", "Ming"), Choice: "agent:8083", Target: s.pick("阿明", "Ming"), First: true}, {Place: "2", Name: s.pick("老客服", "Old"), Choice: "agent:8099", Last: true}}
	lost.Changed, lost.Trouble = false, s.Words.Sentence("menu.agent", "1")
	empty.Buttons, empty.Published, empty.At, empty.By = nil, false, "", ""
	looked.Settings, looked.Changed = s.settings(), false
	other := views.MenuButton{Place: "1", Name: s.pick("会员", "Members"), Choice: "key", Tap: s.pick("会员", "member")}
	now := func(change func(*views.MenuNow)) views.MenuNow {
		n := views.MenuNow{MenuEditor: e}
		change(&n)
		return n
	}
	part := func(name string, n views.MenuNow) State {
		return State{Name: name, View: views.MenuNowPart(n), Fragment: true}
	}
	list := views.MenuList{Settings: frame, Rows: []views.Choice{{Value: e.AppID, Name: e.Account}, {Value: "wx00000000000000ff", Name: s.pick("网鱼电竞", "Wangyu Arena")}}}
	none := views.MenuList{Settings: frame}
	return []State{
		{Name: "settings-menus", View: views.SettingsPage(frame, w.Menus, views.MenusBody(list))},
		{Name: "settings-menus-none", View: views.SettingsPage(frame, w.Menus, views.MenusBody(none))},
		say("settings-menu", e), say("settings-menu-empty", empty), say("settings-menu-look", looked), say("settings-menu-lost", lost),
		part("part-menu-same", now(func(n *views.MenuNow) { n.Compared = true })),
		part("part-menu-differs", now(func(n *views.MenuNow) {
			n.Compared, n.Buttons = true, []views.MenuButton{other}
			n.Changes = []views.MenuChange{{Place: "1", Now: &other, Was: &e.Buttons[0]}, {Place: "2", Was: &e.Buttons[1]}}
		})),
		part("part-menu-foreign", now(func(n *views.MenuNow) { n.Buttons = []views.MenuButton{other} })),
		part("part-menu-nothing", now(func(n *views.MenuNow) { n.Buttons = nil })),
		part("part-menu-unknown", now(func(n *views.MenuNow) { n.Trouble, n.Buttons = s.Words.Sentence("menu.unreached"), nil })),
	}
}
