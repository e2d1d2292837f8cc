package desk_test

import (
	"fmt"
	"slices"
	"testing"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/store"
)

// scans is a follower who scans a code, or a stranger who follows by one.
func (r *room) scans(openid, scene string, stranger bool) *desk.Arrival {
	a := r.text(openid, "")
	a.Type, a.Event, a.EventKey, a.Key = 0, "scan", scene, fmt.Sprintf("e:%d", unique())
	if stranger {
		a.Event, a.EventKey = "subscribe", "qrscene_"+scene
	}
	return a
}

// channel makes a channel of the room's account.
func (r *room) channel(ch desk.Channel) *desk.Channel {
	r.Helper()
	ch.AppID = appid
	if ch.Name == "" {
		ch.Name = "门口"
	}
	out, err := r.desk.MakeChannel(r.Context(), r.company, ch)
	r.ok(err)
	return out
}

func (r *room) channelNow(ch *desk.Channel) *desk.Channel {
	r.Helper()
	now, err := r.desk.Channel(r.Context(), r.company, ch.ID)
	r.ok(err)
	return now
}

func (r *room) customerNow(openid string) store.Customer {
	r.Helper()
	c, _, err := r.desk.Customer(r.Context(), r.company, appid, openid)
	r.ok(err)
	return c
}

func TestWhoFollowsByAChannelsCodeIsGreetedTaggedCountedAndComesToItsGroup(t *testing.T) {
	r := newRoom(t)
	ch := r.channel(desk.Channel{TargetGroup: "售后", Tags: []string{"门店", "活动"}, Greeting: "门口的朋友，您好！"})
	a := r.scans("o1", ch.Scene, true)
	for i := range 3 { // WeChat repeats what it thinks was missed
		if said := r.receive(a); said.Text != "门口的朋友，您好！" || said.Repeat != (i > 0) {
			t.Fatalf("time %d was answered %+v", i, said)
		}
	}
	s := r.live("o1")
	company, err := r.desk.Company(t.Context(), r.company)
	r.ok(err)
	if s.GroupID == nil || company.GroupName(*s.GroupID) != "售后" {
		t.Errorf("the session is for the group %v", s.GroupID)
	}
	if ms := r.messages(s); len(ms) != 1 || ms[0].Text != "门口的朋友，您好！" || ms[0].Delivery != desk.Sent {
		t.Errorf("the thread is %+v", ms)
	}
	c := r.customerNow("o1")
	if c.ChannelID == nil || *c.ChannelID != ch.ID || !slices.Equal(c.Tags, []string{"活动", "门店"}) && !slices.Equal(c.Tags, []string{"门店", "活动"}) || !c.TagsWait {
		t.Errorf("the customer has %v, %q", c.ChannelID, c.Tags)
	}
	if now := r.channelNow(ch); now.Scans != 1 || now.Follows != 1 || now.LatelyScans != 1 {
		t.Errorf("counted %d scans and %d follows", now.Scans, now.Follows)
	}
	r.receive(r.scans("o1", ch.Scene, false))
	r.receive(r.scans("o2", ch.Scene, true))
	if now := r.channelNow(ch); now.Scans != 3 || now.Follows != 2 {
		t.Errorf("counted %d scans and %d follows", now.Scans, now.Follows)
	}
}

func TestAChannelForAnAgentGoesBeforeTheRuleOfAFollowWhichStillAnswersForIt(t *testing.T) {
	r := newRoom(t)
	ch := r.channel(desk.Channel{TargetUID: ming})
	if said := r.receive(r.scans("o1", ch.Scene, true)); said.Text != "欢迎！" {
		t.Errorf("a channel without a greeting said %q", said.Text)
	}
	if s := r.live("o1"); s.TargetUID == nil || *s.TargetUID != ming {
		t.Errorf("the session is for %v", s.TargetUID)
	}
}

func TestAChannelWithoutTargetGreetsAndBeginsNothing(t *testing.T) {
	r := newRoom(t)
	ch := r.channel(desk.Channel{Greeting: "扫码有礼"})
	if said := r.receive(r.scans("o1", ch.Scene, false)); said.Text != "扫码有礼" {
		t.Errorf("said %q", said.Text)
	}
	if _, err := r.store.Of(r.company).SessionLiveOf(t.Context(), store.SessionLiveOfParams{CompanyID: r.company, AppID: appid, OpenID: "o1"}); err == nil {
		t.Error("it began a session")
	}
}

func TestScansOfAnArchivedChannelMeanNothing(t *testing.T) {
	r := newRoom(t)
	ch := r.channel(desk.Channel{TargetGroup: "售后", Greeting: "您好"})
	_, err := r.desk.ArchiveChannel(t.Context(), r.company, ch.ID, true)
	r.ok(err)
	if said := r.receive(r.scans("o1", ch.Scene, false)); said.Text != "" {
		t.Errorf("said %q", said.Text)
	}
	if now := r.channelNow(ch); now.Scans != 0 || now.ArchivedAt == nil || now.CodeWaits {
		t.Errorf("it is %+v", now)
	}
	_, err = r.desk.ArchiveChannel(t.Context(), r.company, ch.ID, false)
	r.ok(err)
	if said := r.receive(r.scans("o1", ch.Scene, false)); said.Text != "您好" {
		t.Errorf("taken back, it said %q", said.Text)
	}
}

// WeChat may know tags of somebody that we do not: what a channel adds is pushed only once they are known.
func TestAChannelsTagsStandBesideThoseThatWeChatTells(t *testing.T) {
	r := newRoom(t)
	ch := r.channel(desk.Channel{Tags: []string{"门店"}})
	r.receive(r.scans("o1", ch.Scene, true))
	if due, err := r.desk.TakePushes(t.Context(), 10); err != nil || len(due) != 0 {
		t.Fatalf("pushed before WeChat was asked: %+v, %v", due, err)
	}
	r.ok(r.desk.KeepProfile(t.Context(), desk.Person{Company: r.company, AppID: appid, OpenID: "o1"}, desk.Profile{Subscribed: true, Tags: []string{"老客户"}}))
	due, err := r.desk.TakePushes(t.Context(), 10)
	if err != nil || len(due) != 1 || !slices.Contains(due[0].Tags, "老客户") || !slices.Contains(due[0].Tags, "门店") || len(due[0].Tags) != 2 {
		t.Fatalf("to push: %+v, %v", due, err)
	}
	r.ok(r.desk.Pushed(t.Context(), &due[0], desk.Pushing{Remark: true, Tags: true}))
	r.receive(r.scans("o1", ch.Scene, false)) // nothing new
	if due, _ := r.desk.TakePushes(t.Context(), 10); len(due) != 0 {
		t.Errorf("pushed again: %+v", due)
	}
}

func TestACodeIsMadeBehindItsChannelAndTemporaryOnesCanBeRenewed(t *testing.T) {
	r := newRoom(t)
	ch := r.channel(desk.Channel{})
	take := func() desk.CodeWanted {
		t.Helper()
		all, err := r.desk.TakeCodes(t.Context(), 10)
		if err != nil || len(all) != 1 || all[0].Scene != ch.Scene {
			t.Fatalf("to make: %+v, %v", all, err)
		}
		return all[0]
	}
	w := take()
	r.ok(r.desk.CodeFailed(t.Context(), &w, 48001, 0))
	if now := r.channelNow(ch); now.CodeError != 48001 || now.CodeWaits || now.Ticket != "" {
		t.Errorf("after WeChat's no: %+v", now)
	}
	for range 2 {
		_, err := r.desk.RenewChannel(t.Context(), r.company, ch.ID)
		r.ok(err)
		w = take()
		r.ok(r.desk.CodeMade(t.Context(), &w, "ticket", "http://weixin.qq.com/q/x", desk.CodeLife))
		if now := r.channelNow(ch); now.Ticket != "ticket" || now.ExpiresAt == nil || now.CodeWaits || now.CodeError != 0 {
			t.Errorf("made: %+v", now)
		}
	}
	forGood := r.channel(desk.Channel{Permanent: true})
	ch = forGood
	w = take()
	r.ok(r.desk.CodeMade(t.Context(), &w, "ticket", "http://weixin.qq.com/q/y", 0))
	_, err := r.desk.RenewChannel(t.Context(), r.company, ch.ID)
	r.ok(err)
	if now := r.channelNow(ch); now.ExpiresAt != nil || now.CodeWaits {
		t.Errorf("a permanent code is made once: %+v", now)
	}
}

func TestWhatAChannelMayBe(t *testing.T) {
	r := newRoom(t)
	r.channel(desk.Channel{Scene: "taken"})
	long := func(n int) string { return string(make([]rune, n)) }
	for _, tc := range []struct {
		name string
		ch   desk.Channel
		say  string
	}{
		{"it needs a name", desk.Channel{Name: " "}, "channel.name"},
		{"a name has an end", desk.Channel{Name: long(61)}, "channel.name"},
		{"a scene is letters and digits", desk.Channel{Name: "x", Scene: "门口"}, "channel.scene"},
		{"a scene has an end", desk.Channel{Name: "x", Scene: fmt.Sprintf("%065d", 0)}, "channel.scene"},
		{"keys that name a target by themselves stay theirs", desk.Channel{Name: "x", Scene: "kf_user_1"}, "channel.scene-reserved"},
		{"a scene is one channel's", desk.Channel{Name: "x", Scene: "taken"}, "channel.scene-taken"},
		{"it is for one", desk.Channel{Name: "x", TargetUID: yu, TargetGroup: "售后"}, "channel.one-target"},
		{"the agent is there", desk.Channel{Name: "x", TargetUID: 99}, "channel.agent"},
		{"the group is there", desk.Channel{Name: "x", TargetGroup: "别的"}, "channel.group"},
		{"a greeting fits a passive reply", desk.Channel{Name: "x", Greeting: string(make([]byte, 2048))}, "channel.greeting"},
		{"a tag has a name", desk.Channel{Name: "x", Tags: []string{""}}, "customer.tags"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.ch.AppID = appid
			_, err := r.desk.MakeChannel(t.Context(), r.company, tc.ch)
			(&room{T: t}).refused(err, tc.say)
		})
	}
	_, err := r.desk.MakeChannel(t.Context(), r.company, desk.Channel{Name: "x", AppID: "wx9"})
	r.refused(err, "channel.appid")
}

func TestAnotherCompanysChannelsLookMissing(t *testing.T) {
	r := newRoom(t)
	other := id.New()
	r.furnish(other, "wx0000000000000002")
	ch := r.channel(desk.Channel{TargetGroup: "售后"})
	for name, act := range map[string]func() error{
		"look": func() error { _, err := r.desk.Channel(t.Context(), other, ch.ID); return err },
		"change": func() error {
			_, err := r.desk.ChangeChannel(t.Context(), other, ch.ID, desk.Channel{Name: "我们的"})
			return err
		},
		"archive": func() error { _, err := r.desk.ArchiveChannel(t.Context(), other, ch.ID, true); return err },
		"renew":   func() error { _, err := r.desk.RenewChannel(t.Context(), other, ch.ID); return err },
	} {
		if err := act(); desk.KindOf(err) != desk.Missing {
			t.Errorf("%s: %v", name, err)
		}
	}
	if all, err := r.desk.Channels(t.Context(), other, false, 0, 10); err != nil || len(all) != 0 {
		t.Errorf("they see %+v, %v", all, err)
	}
	if now := r.channelNow(ch); now.Name != "门口" || now.ArchivedAt != nil {
		t.Errorf("they changed it: %+v", now)
	}
	a := r.scans("o1", ch.Scene, true) // the same scene at their account is no channel
	a.Company, a.AppID = other, "wx0000000000000002"
	r.receive(a)
	if now := r.channelNow(ch); now.Scans != 0 {
		t.Error("a scan at another company's account counts here")
	}
}

func TestScansAtTheSameTimeAreAllCounted(t *testing.T) {
	r := newRoom(t)
	one, two := r.channel(desk.Channel{Name: "一"}), r.channel(desk.Channel{Name: "二"})
	other := r.open()
	done := make(chan error)
	for i := range 40 {
		d, scene := r.desk, one.Scene
		if i%2 == 1 {
			d = other
		}
		if i%4 >= 2 {
			scene = two.Scene
		}
		a := r.scans(fmt.Sprint("o", i), scene, i%3 == 0)
		go func() { _, err := d.Receive(t.Context(), a); done <- err }()
	}
	for range 40 {
		r.ok(<-done)
	}
	if a, b := r.channelNow(one), r.channelNow(two); a.Scans != 20 || b.Scans != 20 || a.Follows+b.Follows != 14 {
		t.Errorf("counted %d and %d scans, %d and %d follows", a.Scans, b.Scans, a.Follows, b.Follows)
	}
}
