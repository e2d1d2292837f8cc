package desk_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/store"
)

func (r *room) person(openid string) desk.Person {
	return desk.Person{Company: r.company, AppID: appid, OpenID: openid}
}

// told counts how often the pages that show a customer were told of them.
func (r *room) told(openid string) (n int) {
	r.effects.mu.Lock()
	defer r.effects.mu.Unlock()
	for _, c := range r.effects.changes {
		if c.Customer && c.OpenID == openid {
			n++
		}
	}
	return n
}

// pushes are what is due to be pushed, once there is something: a customer whom somebody changes just now is left out.
func (r *room) pushes() (due []desk.Push) {
	r.Helper()
	r.until("something is to be pushed", func() bool {
		var err error
		due, err = r.desk.TakePushes(r.Context(), 10)
		r.ok(err)
		return len(due) > 0
	})
	return due
}

func TestWhoServesACustomerMayNameAndTagThem(t *testing.T) {
	r := newRoom(t)
	r.staff()
	r.online(yu)
	s := r.with("o1", yu)
	stranger := id.New()
	r.furnish(stranger, "wx0000000000000002")
	named := func(who desk.Agent, name string) error {
		return r.desk.ChangeCustomerOf(t.Context(), who, s.SessionID, desk.CustomerChange{Remark: &name, AddTags: []string{name}})
	}
	for _, tc := range []struct {
		name string
		who  desk.Agent
		say  string // "": it is done
	}{
		{"the agent who serves them", r.agent(yu), ""},
		{"a supervisor", r.agent(boss), ""},
		{"an admin", r.agent(root), ""},
		{"a colleague does not even see it", r.agent(ming), "session.missing"},
		{"nor does somebody of another company", desk.Agent{Company: stranger, UID: yu}, "session.missing"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			before, told := r.customerNow("o1"), r.told("o1")
			err := named(tc.who, tc.name)
			after := r.customerNow("o1")
			if tc.say != "" {
				r.refused(err, tc.say)
				if after.Remark != before.Remark || !slices.Equal(after.Tags, before.Tags) || r.told("o1") != told {
					t.Errorf("they are %q now, with %q", after.Remark, after.Tags)
				}
				return
			}
			r.ok(err)
			if after.Remark != tc.name || !after.RemarkWaits || !slices.Contains(after.Tags, tc.name) || !after.TagsWait || after.PushDue == nil || r.told("o1") == told {
				t.Errorf("they are %q, with %q", after.Remark, after.Tags)
			}
		})
	}
}

// What queues may be seen by whoever may take it, and is served by nobody yet.
func TestWhoOnlySeesACustomerMayNotNameThem(t *testing.T) {
	r := newRoom(t)
	r.receive(r.text("o1", "在吗"))
	name := "陈女士"
	r.refused(r.desk.ChangeCustomerOf(t.Context(), r.agent(yu), r.live("o1").SessionID, desk.CustomerChange{Remark: &name}), "customer.not-yours")
	if c := r.customerNow("o1"); c.Remark != "" {
		t.Errorf("they are %q", c.Remark)
	}
}

func TestANameAndTagsHaveLimits(t *testing.T) {
	r := newRoom(t)
	r.online(yu)
	s := r.with("o1", yu)
	changed := func(ch desk.CustomerChange) error {
		return r.desk.ChangeCustomerOf(t.Context(), r.agent(yu), s.SessionID, ch)
	}
	twenty := make([]string, desk.TagsMost)
	for i := range twenty {
		twenty[i] = fmt.Sprint("第", i)
	}
	long, longest := strings.Repeat("长", desk.RemarkMost+1), strings.Repeat("长", desk.RemarkMost)
	r.refused(changed(desk.CustomerChange{Remark: &long}), "customer.remark-long")
	r.refused(changed(desk.CustomerChange{AddTags: []string{strings.Repeat("长", desk.TagNameMost+1)}}), "customer.tags")
	r.refused(changed(desk.CustomerChange{AddTags: append(twenty, "多一个")}), "customer.tags")
	r.ok(changed(desk.CustomerChange{Remark: &longest, AddTags: twenty}))
	if c := r.customerNow("o1"); c.Remark != longest || len(c.Tags) != desk.TagsMost {
		t.Errorf("they are %q, with %d tags", c.Remark, len(c.Tags))
	}
	r.refused(changed(desk.CustomerChange{AddTags: []string{"多一个"}}), "customer.tags")
	r.ok(changed(desk.CustomerChange{AddTags: []string{"多一个"}, DropTags: twenty[:1]}))
}

// Two people who change different tags both get what they wanted.
func TestOnlyTheTagsThatWereChangedAreChanged(t *testing.T) {
	r := newRoom(t)
	r.online(yu)
	s := r.with("o1", yu)
	changed := func(add, drop []string) {
		t.Helper()
		r.ok(r.desk.ChangeCustomerOf(t.Context(), r.agent(yu), s.SessionID, desk.CustomerChange{AddTags: add, DropTags: drop}))
	}
	changed([]string{"发票", "会员"}, nil)
	changed([]string{"投诉"}, []string{"发票"})
	changed([]string{"投诉"}, []string{"没有的"})
	if c := r.customerNow("o1"); len(c.Tags) != 2 || !slices.Contains(c.Tags, "会员") || !slices.Contains(c.Tags, "投诉") {
		t.Errorf("their tags are %q", c.Tags)
	}
}

// WeChat may know tags of somebody that we do not: what an agent adds is pushed only once they are known.
func TestAnAgentsTagsStandBesideThoseThatWeChatTells(t *testing.T) {
	r := newRoom(t)
	r.online(yu)
	s := r.with("o1", yu)
	r.ok(r.desk.ChangeCustomerOf(t.Context(), r.agent(yu), s.SessionID, desk.CustomerChange{AddTags: []string{"投诉"}}))
	if due, err := r.desk.TakePushes(t.Context(), 10); err != nil || len(due) != 0 {
		t.Fatalf("pushed before WeChat was asked: %+v, %v", due, err)
	}
	r.ok(r.desk.KeepProfile(t.Context(), r.person("o1"), desk.Profile{Subscribed: true, Tags: []string{"老客户"}}))
	if due := r.pushes(); len(due) != 1 || len(due[0].Tags) != 2 || !slices.Contains(due[0].Tags, "老客户") || !slices.Contains(due[0].Tags, "投诉") {
		t.Errorf("to push: %+v", due)
	}
}

func TestWhatIsChosenWhileItIsPushedIsPushedToo(t *testing.T) {
	r := newRoom(t)
	r.receive(r.text("o1", "在吗"))
	named := func(name string) {
		t.Helper()
		r.ok(r.desk.ChangeCustomer(t.Context(), r.company, appid, "o1", desk.CustomerChange{Remark: &name}))
	}
	for _, tc := range []struct {
		name   string
		became desk.Pushing
	}{
		{"what was pushed is taken", desk.Pushing{Remark: true}},
		{"what was pushed is refused for good", desk.Pushing{Failed: true, Code: 40092}},
		{"what was pushed is to be tried again", desk.Pushing{Failed: true, Code: -1, Again: time.Hour}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			named("先 " + tc.name)
			first := r.pushes()
			named("后 " + tc.name)
			r.ok(r.desk.Pushed(t.Context(), &first[0], tc.became))
			if c := r.customerNow("o1"); c.PushCode != nil || !c.RemarkWaits {
				t.Errorf("the old answer stands beside the new name: %+v", c)
			}
			then := r.pushes()
			if len(then) != 1 || then[0].Remark == nil || *then[0].Remark != "后 "+tc.name {
				t.Fatalf("to push: %+v", then)
			}
			r.ok(r.desk.Pushed(t.Context(), &then[0], desk.Pushing{Remark: true}))
			if c := r.customerNow("o1"); c.RemarkWaits || c.PushDue != nil {
				t.Errorf("WeChat has it, and yet it waits: %+v", c)
			}
		})
	}
}

func TestARefusedRemarkKeepsNoTagBack(t *testing.T) {
	r := newRoom(t)
	r.receive(r.text("o1", "在吗"))
	name := "一个长得超过了微信所允许的三十个字节的备注"
	r.ok(r.desk.ChangeCustomer(t.Context(), r.company, appid, "o1", desk.CustomerChange{Remark: &name, Tags: &[]string{"会员"}}))
	due := r.pushes()
	r.ok(r.desk.Pushed(t.Context(), &due[0], desk.Pushing{Tags: true, Failed: true, Code: 40092}))
	if c := r.customerNow("o1"); c.TagsWait || !c.RemarkWaits || c.PushCode == nil || *c.PushCode != 40092 || c.PushDue != nil || c.Remark != name {
		t.Errorf("they are %+v", c)
	}
}

func TestWeChatIsAskedAnewAboutWhomSomebodyLooksAt(t *testing.T) {
	r := newRoom(t)
	r.receive(r.text("o1", "在吗"))
	asked := func() bool {
		t.Helper()
		c := r.customerNow("o1")
		r.ok(r.desk.Look(t.Context(), &c))
		due, err := r.desk.TakeProfiles(t.Context(), 10)
		r.ok(err)
		return len(due) == 1
	}
	r.until("who is new is asked about", asked)
	if asked() {
		t.Fatal("asked again while WeChat is being asked")
	}
	r.ok(r.desk.KeepProfile(t.Context(), r.person("o1"), desk.Profile{Asked: time.Now(), Subscribed: true}))
	if asked() {
		t.Error("asked again at once")
	}
	r.ok(r.sql(`UPDATE customers SET profile_at = profile_at - interval '11 min'`, true))
	r.until("it is asked again after a while", asked)
	if asked() {
		t.Error("asked twice")
	}
}

func TestThePagesHearOfWhatWeChatTellsAndTheListsOfANewName(t *testing.T) {
	r := newRoom(t)
	r.receive(r.text("o1", "在吗"))
	moved := func() (sessions int) {
		r.effects.mu.Lock()
		defer r.effects.mu.Unlock()
		for _, c := range r.effects.changes {
			if c.Customer && c.Session != nil {
				sessions++
			}
		}
		return sessions
	}
	r.ok(r.desk.KeepProfile(t.Context(), r.person("o1"), desk.Profile{Subscribed: true, Remark: "陈女士"}))
	if r.told("o1") != 1 || moved() != 1 {
		t.Errorf("told %d times, with its session %d times", r.told("o1"), moved())
	}
	r.ok(r.desk.KeepProfile(t.Context(), r.person("o1"), desk.Profile{Subscribed: true, Remark: "陈女士", Tags: []string{"会员"}}))
	if r.told("o1") != 2 || moved() != 1 {
		t.Errorf("told %d times, with its session %d times", r.told("o1"), moved())
	}
}

func TestTheTagsToChooseFromAreThoseOfTheAccountAndTheirOwn(t *testing.T) {
	r := newRoom(t)
	stranger := id.New()
	r.furnish(stranger, "wx0000000000000002")
	r.receive(r.text("o1", "在吗"))
	r.ok(r.desk.ChangeCustomer(t.Context(), r.company, appid, "o1", desk.CustomerChange{Tags: &[]string{"自己的", "会员"}}))
	r.ok(r.desk.KeepAccountTags(t.Context(), r.company, appid, map[int]string{2: "星标组", 100: "会员"}))
	r.ok(r.desk.KeepAccountTags(t.Context(), stranger, "wx0000000000000002", map[int]string{100: "别家的"}))
	c := r.customerNow("o1")
	choices, err := r.desk.TagChoices(t.Context(), &c)
	if slices.Sort(choices); err != nil || !slices.Equal(choices, []string{"会员", "星标组", "自己的"}) {
		t.Errorf("to choose from: %q, %v", choices, err)
	}
}

func TestTheSamePersonIsFoundAtOtherAccountsAndTheirSessionWhereItMayBeSeen(t *testing.T) {
	r := newRoom(t)
	r.staff()
	const club = "wx0000000000000003"
	err := r.store.Tx(t.Context(), r.company, func(q *store.Queries) error {
		if err := q.AccountPut(t.Context(), store.AccountPutParams{CompanyID: r.company, AppID: club, Name: "网鱼会员", Mode: "plain", Secret: []byte("s"), Token: []byte("t")}); err != nil {
			return err
		}
		if _, err := q.AppIDClaim(t.Context(), store.AppIDClaimParams{AppID: club, CompanyID: r.company}); err != nil {
			return err
		}
		if _, err := q.SeatPut(t.Context(), store.SeatPutParams{CompanyID: r.company, AppID: club, UID: ming}); err != nil {
			return err
		}
		return q.CompanyTouch(t.Context(), r.company)
	})
	r.ok(err)
	r.online(yu) // who has no seat at the other account
	here := r.with("o1", yu)
	there := r.text("c1", "我又来了")
	there.AppID = club
	r.receive(there)
	for _, who := range []desk.Person{r.person("o1"), {Company: r.company, AppID: club, OpenID: "c1"}} {
		r.ok(r.desk.KeepProfile(t.Context(), who, desk.Profile{Subscribed: true, UnionID: "u1"}))
	}
	found := func(uid int64) desk.Acquaintance {
		t.Helper()
		v, err := r.desk.View(t.Context(), r.agent(uid), here.SessionID)
		r.ok(err)
		all, err := r.desk.Acquaintances(t.Context(), v)
		if err != nil || len(all) != 1 || all[0].AppID != club || all[0].OpenID != "c1" {
			t.Fatalf("found %+v, %v", all, err)
		}
		return all[0]
	}
	if a := found(boss); a.Session == nil || a.Session.OpenID != "c1" {
		t.Errorf("a supervisor finds %+v", a)
	}
	if a := found(yu); a.Session != nil {
		t.Errorf("an agent finds a session that they may not see: %+v", a)
	}
}
