package desk_test

import (
	"testing"
	"time"

	"weir/internal/desk"
)

func TestSettingsAreCheckedAndHoldForWhatGoesOnAlready(t *testing.T) {
	r := newClocked(t, "")
	s := r.writes("o1")
	c, err := r.desk.Company(t.Context(), r.company)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		what   string
		change func(*desk.Settings)
	}{
		{"a way of giving out that there is not", func(x *desk.Settings) { x.Distribution = "lottery" }},
		{"notices that there are not", func(x *desk.Settings) { x.Notices = "some" }},
		{"no time to take it", func(x *desk.Settings) { x.QueueTimeout = 0 }},
		{"less than nothing", func(x *desk.Settings) { x.Grace = -time.Second }},
		{"more than anybody lives", func(x *desk.Settings) { x.IdleTimeout = 200 * 366 * 24 * time.Hour }},
		{"a variable that the notice has not", func(x *desk.Settings) {
			x.Texts = desk.Notices{desk.NoticeClosed: {Text: "{ahead}"}}
		}},
	} {
		bad := c.Settings()
		tc.change(&bad)
		if err := r.desk.SetSettings(t.Context(), r.company, bad); desk.KindOf(err) != desk.Invalid {
			t.Errorf("%s: %v", tc.what, err)
		}
	}
	good := c.Settings()
	good.QueueTimeout, good.TargetWait, good.Texts = time.Second, 0, desk.Notices{desk.NoticeClosed: {Off: true}}
	if err := r.desk.SetSettings(t.Context(), r.company, good); err != nil {
		t.Fatal(err)
	}
	if c, err = r.desk.Company(t.Context(), r.company); err != nil || c.QueueTimeout != 1 || c.TargetWait != 0 || !c.OwnNotices()[desk.NoticeClosed].Off || c.Distribution != "grab" {
		t.Fatalf("the company is %+v, %v", c.Company, err)
	}
	r.after(2 * time.Second)
	if got := r.session(s); !got.In(desk.NobodyReceived) {
		t.Errorf("who queued before waits by the old time: state %d", got.State)
	}
}
