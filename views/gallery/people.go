package gallery

import (
	"time"

	"github.com/a-h/templ"

	"weir/views"
)

// arranging is the frame of the pages of agents and groups, for an admin.
func (s sample) arranging() views.Settings {
	n := s.settings()
	n.ReadOnly = false
	return n
}

func (s sample) agents() templ.Component {
	l := views.StaffList{Settings: s.arranging(), Rows: []views.StaffRow{
		{UID: 8082, Name: s.pick("小鱼", "Yu"), Email: "xiaoyu@wangyu.example", Role: "agent", Status: views.Online, Load: 7, Capacity: 10, Everywhere: true, Groups: []string{s.pick("售前", "Pre-sales"), s.pick("售后", "After-sales")}},
		{UID: 8083, Name: s.pick("阿明", "Ming"), Email: "aming@wangyu.example", Role: "supervisor", Status: views.Away, Load: 10, Capacity: 10, Accounts: []string{s.pick("网鱼网咖", "Wangyu Café")}},
		{UID: 8001, Name: s.pick("周敏", "Min"), Email: "zhoumin@wangyu.example", Role: "admin", Status: views.Offline},
		{UID: 8084, Name: s.pick("老高", "Gao"), Email: "laogao@wangyu.example", Role: "agent", Capacity: 5, Everywhere: true, Disabled: true},
	}}
	return views.SettingsPage(l.Settings, l.Words.OfPeople().Agents, views.StaffBody(l))
}

func (s sample) seats() []views.Tick {
	return []views.Tick{{Value: "wx4a14a2375e93cb7b", Name: s.pick("网鱼网咖", "Wangyu Café"), On: true}, {Value: "wx00000000000000ff", Name: s.pick("网鱼电竞", "Wangyu Esports")}}
}

func (s sample) newStaff() templ.Component {
	f := views.StaffForm{Settings: s.arranging(), Role: "agent", Capacity: 5, Everywhere: true, Accounts: s.seats()}
	return views.SettingsPage(f.Settings, f.Words.OfPeople().AddAgent, views.NewStaffBody(f))
}

func (s sample) staff(disabled string) templ.Component {
	f := views.StaffForm{Settings: s.arranging(), Saved: disabled == "", UID: 8082, Name: s.pick("小鱼", "Yu"), Email: "xiaoyu@wangyu.example", Role: "supervisor", Capacity: 10, Conversations: 3,
		Accounts: s.seats(), Disabled: disabled}
	return views.SettingsPage(f.Settings, f.Name, views.StaffFormBody(f))
}

// groups are the company's; one without a number stands for none.
func (s sample) groups(rows ...views.TeamRow) templ.Component {
	l := views.TeamList{Settings: s.arranging()}
	if rows == nil {
		l.Rows = []views.TeamRow{
			{ID: 1, Name: s.pick("售前", "Pre-sales"), Strategy: "least_busy", Members: []string{s.pick("小鱼", "Yu")}, DefaultOf: []string{s.pick("网鱼网咖", "Wangyu Café")}},
			{ID: 2, Name: s.pick("售后", "After-sales"), Strategy: "in_order", Priority: 3, Members: []string{s.pick("阿明", "Ming"), s.pick("小鱼", "Yu")}, Overflow: views.OverflowSay(s.Reader, 5*time.Minute, s.pick("售前", "Pre-sales"))},
			{ID: 3, Name: s.pick("夜班", "Night"), Strategy: "longest_idle", Overflow: views.OverflowSay(s.Reader, time.Minute, "")},
		}
	}
	return views.SettingsPage(l.Settings, l.Words.OfPeople().Groups, views.TeamsBody(l))
}

func (s sample) group() templ.Component {
	f := views.TeamForm{Settings: s.arranging(), ID: 2, Name: s.pick("售后", "After-sales"), Strategy: "in_order", Priority: 3, Overflow: "1", After: views.TimeOf("overflow_after", false, 5*time.Minute),
		Members: []views.Member{{UID: 8083, Name: s.pick("阿明", "Ming"), Place: 1}, {UID: 8082, Name: s.pick("小鱼", "Yu"), Place: 2}, {UID: 8001, Name: s.pick("周敏", "Min")}},
		Others:  []views.Tick{{Value: "1", Name: s.pick("售前", "Pre-sales")}, {Value: "3", Name: s.pick("夜班", "Night")}}, DefaultOf: s.seats()}
	return views.SettingsPage(f.Settings, f.Name, views.TeamFormBody(f))
}
