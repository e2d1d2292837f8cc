package gallery

import (
	"github.com/a-h/templ"

	"weir/views"
)

// channels are the pages of QR codes.
func (s sample) channels() []State {
	frame := s.settings()
	frame.ReadOnly = false
	shop := views.Channel{ID: 12, Name: s.pick("三里屯店门口", "Sanlitun, front door"), AppID: "wx4a14a2375e93cb7b", Account: s.pick("网鱼网咖", "Wangyu Café"), Scene: "c7mq2rk9vw4xa", URL: "http://weixin.qq.com/q/02abcDEF",
		Permanent: true, Made: true, Target: "group:2", Group: s.pick("售后", "After sales"), Tags: []string{s.pick("门店", "Shop"), s.pick("三里屯", "Sanlitun")}, Greeting: s.pick("三里屯店欢迎您！", "Welcome to Sanlitun!"),
		Scans: 1834, Follows: 412, LatelyScans: 96, LatelyFollows: 31}
	flyer, waiting, refused := shop, shop, shop
	flyer.ID, flyer.Name, flyer.Permanent, flyer.Until, flyer.Group, flyer.Agent = 11, s.pick("七月传单", "July flyer"), false, "2026-08-17 10:32", "", s.pick("小鱼", "Yu")
	waiting.ID, waiting.Name, waiting.Made, waiting.Waits, waiting.URL, waiting.Scans, waiting.Follows, waiting.Tags, waiting.Group = 13, s.pick("新包装", "New parcel"), false, true, "", 0, 0, nil, ""
	refused.ID, refused.Name, refused.Made, refused.Error, refused.URL = 10, s.pick("海报", "Poster"), false, 48001, ""
	ended := flyer
	ended.ID, ended.Name, ended.Ended = 9, s.pick("六月传单", "June flyer"), true
	form := func(ch views.Channel) views.ChannelForm {
		return views.ChannelForm{Settings: frame, Channel: ch, Accounts: []views.Choice{{Value: ch.AppID, Name: s.pick("网鱼网咖", "Wangyu Café")}},
			Targets: views.Targets{Groups: []views.Choice{{Value: "group:1", Name: s.pick("售前", "Sales")}, {Value: "group:2", Name: s.pick("售后", "After sales")}}, Agents: []views.Choice{{Value: "agent:8082", Name: s.pick("小鱼", "Yu")}}}}
	}
	w := s.Words.OfChannels()
	list := views.ChannelList{Settings: frame, Any: true, Before: 9, Rows: []views.Channel{waiting, shop, flyer, refused, ended}}
	none := views.ChannelList{Settings: s.settings(), Any: true}
	fresh, looked := form(views.Channel{AppID: shop.AppID}), form(flyer)
	looked.ReadOnly = true
	page := func(name, title string, f views.Settings, body templ.Component) State {
		return State{Name: name, View: views.SettingsPage(f, title, body)}
	}
	return []State{
		page("settings-channels", w.Channels, frame, views.ChannelsBody(list)),
		page("settings-channels-none", w.Channels, none.Settings, views.ChannelsBody(none)),
		page("settings-channel-new", w.New, frame, views.NewChannelBody(fresh)),
		page("settings-channel", shop.Name, frame, views.ChannelBody(form(shop))),
		page("settings-channel-look", flyer.Name, looked.Settings, views.ChannelBody(looked)),
		page("settings-channel-waiting", waiting.Name, frame, views.ChannelBody(form(waiting))),
		page("settings-channel-refused", refused.Name, frame, views.ChannelBody(form(refused))),
	}
}
