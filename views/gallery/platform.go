package gallery

import (
	"github.com/a-h/templ"

	"weir/views"
	"weir/views/words"
)

// platform are the pages about connecting an account by a scan.
func (s sample) platform() []State {
	login := views.Authorise{Settings: s.admin(), URL: "https://mp.weixin.qq.com/cgi-bin/componentloginpage?component_appid=wx9999999999999999", PhoneURL: "https://open.weixin.qq.com/wxaopen/safe/bindcomponent", Until: "11:12"}
	none := views.Authorise{Settings: s.admin(), Problem: s.Words.OfPlatform().NotSetUpHint}
	page := func(name, title string, f views.Settings, body templ.Component) State {
		return State{Name: name, View: views.SettingsPage(f, title, body)}
	}
	connected := views.Authorised{Settings: s.admin(), AppID: "wx7777777777777777", Name: s.pick("网鱼电竞", "Wangyu Esports"), Since: "2026-07-02 09:30",
		Functions: []string{s.Words.FunctionSet(1), s.Words.FunctionSet(2), s.Words.FunctionSet(15), s.Words.FunctionSet(58)}}
	poor := connected
	poor.Functions, poor.NoMessages, poor.Paused = []string{s.Words.FunctionSet(15)}, true, "2026-07-17 18:00"
	gone := connected
	gone.Withdrawn = "2026-07-18 08:12"
	consent := views.Consent{Reader: s.Reader, Component: "wx9999999999999999", Functions: []int{1, 2, 15}, Fields: [][2]string{{"pre_auth_code", "preauthcode@@@x"}},
		Accounts: []views.SimulatorAccount{{AppID: "wx4a14a2375e93cb7b", Name: "网鱼网咖", Current: true}, {AppID: "wx7777777777777777", Name: "网鱼电竞"}}}
	return []State{
		{Name: "settings-accounts-scan", View: s.accountsByScan()},
		page("settings-authorise", s.Words.OfPlatform().Authorise, login.Settings, views.AuthoriseBody(login)),
		page("settings-authorise-none", s.Words.OfPlatform().Authorise, none.Settings, views.AuthoriseBody(none)),
		page("settings-authorised", connected.Name, connected.Settings, views.AuthorisedBody(connected)),
		page("settings-authorised-poor", poor.Name, poor.Settings, views.AuthorisedBody(poor)),
		page("settings-authorised-withdrawn", gone.Name, gone.Settings, views.AuthorisedBody(gone)),
		{Name: "simulator-consent", View: views.ConsentPage(consent)},
		{Name: "simulator-consent-refused", View: views.ConsentPage(views.Consent{Reader: s.Reader, Refused: words.Put(s.Words.OfPlatform().ConsentRefused, "—")})},
	}
}

// admin is the frame of the settings' pages for somebody who changes them.
func (s sample) admin() views.Settings {
	f := s.settings()
	f.ReadOnly = false
	return f
}

func (s sample) accountsByScan() templ.Component {
	l := views.AccountList{Settings: s.admin(), CanScan: true, Rows: []views.AccountRow{
		{AppID: "wx4a14a2375e93cb7b", Name: "网鱼网咖", Mode: "safe"},
		{AppID: "wx7777777777777777", Name: "网鱼电竞", ByScan: true},
		{AppID: "wx7777777777777778", Name: "网鱼会员", ByScan: true, Withdrawn: true},
		{AppID: "wx00000000000000ff", Name: "网鱼酒店", Mode: "safe", Moved: true},
	}}
	return views.SettingsPage(l.Settings, l.Words.OfSettings().Accounts, views.AccountsBody(l))
}
