package provision_test

import (
	"strings"
	"testing"
	"time"

	"weir/internal/desk"
	"weir/internal/store"
)

// withTimes is the documented file with the settings of time, and a chain of groups.
func withTimes(settings, groups string) string {
	doc := strings.Replace(example, "notices: free}", "notices: free, "+settings+"}", 1)
	return strings.Replace(doc, "groups: [{name: 售前, agents: [8082], strategy: least_busy}", "groups: [{name: 售前, agents: [8082], strategy: in_order"+groups+"}", 1)
}

func TestTimesAndOverflowAreMadeAndAreTheSameTheSecondTime(t *testing.T) {
	r := newRoom(t)
	doc := withTimes("exclusive_wait: 90s, away_after: 0s, grace: 1s", ", overflow: {after: 60s, group: 售后}")
	r.apply(doc)
	c, err := r.store.Of(company).CompanyGet(t.Context(), company)
	if err != nil || c.ExclusiveWait != 90 || c.AwayAfter != 0 || c.Grace != 1 {
		t.Fatalf("the company is %+v, %v", c, err)
	}
	groups, err := r.store.Of(company).GroupsOfCompany(t.Context(), company)
	if err != nil || len(groups) != 2 {
		t.Fatal(groups, err)
	}
	by := map[string]store.Group{}
	for _, g := range groups {
		by[g.Name] = g
	}
	if g := by["售前"]; g.Strategy != "in_order" || g.OverflowAfter == nil || *g.OverflowAfter != 60 || g.OverflowGroupID == nil || *g.OverflowGroupID != by["售后"].GroupID {
		t.Fatalf("the group is %+v", g)
	}
	if again := r.apply(doc); again.Groups.Unchanged != 2 || again.Companies.Unchanged != 1 {
		t.Fatalf("the second time changed %+v", again)
	}
	if ended := r.apply(withTimes("grace: 1s", ", overflow: {after: 0s}")); ended.Groups.Changed != 1 {
		t.Fatalf("ending the overflow changed %+v", ended)
	}
}

func TestWhatTimesAndOverflowCannotBe(t *testing.T) {
	r := newRoom(t)
	for _, tc := range []struct{ name, settings, groups, says string }{
		{"a time that is none", "grace: soon", "", "which is no duration"},
		{"less than nothing", "away_after: -1s", "", "at least 0s"},
		{"overflow without a time", "grace: 1s", ", overflow: {group: 售后}", "needs after"},
		{"to itself", "grace: 1s", ", overflow: {after: 60s, group: 售前}", "overflows to itself"},
		{"to nobody's group", "grace: 1s", ", overflow: {after: 60s, group: 夜班}", "not among the company's groups"},
		{"at no time", "grace: 1s", ", overflow: {after: 0s, group: 售后}", "ends the overflow"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, err := r.try(withTimes(tc.settings, tc.groups)); err == nil || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("it said %v", err)
			}
		})
	}
}

// withHours is the documented file with business hours of its account and of a group, and with notices of its own.
func withHours(settings, account, group string) string {
	doc := strings.Replace(example, "notices: free}", "notices: free"+settings+"}", 1)
	doc = strings.Replace(doc, "mode: safe}]", "mode: safe"+account+"}]", 1)
	return strings.Replace(doc, "{name: 售后, agents: [8082]}", "{name: 售后, agents: [8082]"+group+"}", 1)
}

const officeHours = `, hours: {week: {mon-fri: [09:00-12:00, "13:30-18:00"], sat: 10:00-16:00}, closed: [2026-10-01 ~ 2026-10-07], make_up: {2026-10-10: fri}, special: {2026-09-30: [09:00-12:00]}, outside: message}`

func TestHoursAndNoticesAreMadeAndAreTheSameTheSecondTime(t *testing.T) {
	r := newRoom(t)
	doc := withHours(`, notice_texts: {queued: "前面 {ahead} 位{wait}", connected: {on: false}}`, officeHours, ", hours: {week: {daily: 00:00-24:00}}")
	r.apply(doc)
	c, err := desk.New(desk.Options{Store: r.store}).Company(t.Context(), company)
	if err != nil {
		t.Fatal(err)
	}
	h := c.AccountHours("wx4a14a2375e93cb7b")
	if h == nil || h.Outside != desk.OutsideMessage || len(h.Closed) != 7 || h.MakeUp["2026-10-10"] != time.Friday || len(h.Special["2026-09-30"]) != 1 ||
		len(h.Week[time.Monday]) != 2 || len(h.Week[time.Saturday]) != 1 || len(h.Week[time.Sunday]) != 0 {
		t.Fatalf("the account's hours are %+v", h)
	}
	if at := time.Date(2026, 10, 10, 3, 0, 0, 0, time.UTC); !h.OpenAt(at) || h.OpenAt(at.AddDate(0, 0, -9)) {
		t.Error("the made-up Saturday is closed, or the holiday open")
	}
	if g := c.GroupHours(c.GroupNamed("售后").GroupID); g == nil || !g.OpenAt(time.Now()) {
		t.Errorf("the group's hours are %+v", g)
	}
	if n := c.OwnNotices(); n[desk.NoticeQueued].Text != "前面 {ahead} 位{wait}" || !n[desk.NoticeConnected].Off || len(n) != 2 {
		t.Errorf("the notices are %+v", n)
	}
	if again := r.apply(doc); again.Changed() {
		t.Errorf("the second time changed %+v", again)
	}
	if report := r.apply(example); report.Changed() {
		t.Errorf("what the file does not say was changed: %+v", report)
	}
	report := r.apply(withHours(", notice_texts: {connected: {on: true}}", ", hours: always", ""))
	c, err = desk.New(desk.Options{Store: r.store}).Company(t.Context(), company)
	if err != nil {
		t.Fatal(err)
	}
	if report.Accounts.Changed != 1 || report.Groups.Changed != 0 || report.Companies.Changed != 1 || c.AccountHours("wx4a14a2375e93cb7b") != nil || len(c.OwnNotices()) != 1 {
		t.Errorf("%+v; the notices are %+v", report, c.OwnNotices())
	}
}

func TestWhatHoursAndNoticesCannotBe(t *testing.T) {
	r := newRoom(t)
	for _, tc := range []struct{ name, settings, hours, says string }{
		{"a word that is none", "", ", hours: sometimes", "should be always"},
		{"no week", "", ", hours: {outside: ask}", "needs week"},
		{"a day that is none", "", ", hours: {week: {funday: 09:00-18:00}}", `no field "funday"`},
		{"no time", "", ", hours: {week: {mon: 9-18}}", "a time of day is written as 09:30"},
		{"no date", "", ", hours: {week: {mon: 09:00-18:00}, closed: [tomorrow]}", "is no date"},
		{"no weekday", "", ", hours: {week: {mon: 09:00-18:00}, make_up: {2026-10-10: holiday}}", "is no weekday"},
		{"a day off and on", "", ", hours: {week: {mon: 09:00-18:00}, closed: [2026-10-10], make_up: {2026-10-10: mon}}", "a day off and a made-up workday"},
		{"no choice", "", ", hours: {week: {mon: 09:00-18:00}, outside: party}", "It should be ask, queue or message"},
		{"no zone", "", ", hours: {week: {mon: 09:00-18:00}, zone: Mars/Base}", "no time zone"},
		{"a notice that is none", ", notice_texts: {birthday: x}", "", `no field "birthday"`},
		{"a variable that is none", `, notice_texts: {queued: "{opens}"}`, "", "cannot have {opens}"},
		{"neither on nor off", ", notice_texts: {queued: {on: maybe}}", "", "true or false"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, err := r.try(withHours(tc.settings, tc.hours, "")); err == nil || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("it said %v", err)
			}
		})
	}
}
