package provision_test

import (
	"strings"
	"testing"

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
