package desk_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/store"
)

// says has a customer write something, and is their session then.
func (r *clocked) says(openid, text string) *desk.Session {
	r.Helper()
	r.wrote(openid, text)
	return r.live(openid)
}

// scans has a customer scan a QR code.
func (r *clocked) scans(openid, key string) *desk.Session {
	r.Helper()
	a := r.text(openid, "")
	a.Event, a.EventKey, a.Type = "scan", key, 0
	r.hears(a)
	return r.live(openid)
}

// rule makes or changes a rule of exact words; edit says the rest.
func (r *room) rule(word string, edit func(*desk.Rule)) {
	r.Helper()
	rule := desk.Rule{Name: "规则 " + word, Priority: 1, Kind: desk.MatchExact, Keywords: []string{word}, Enabled: true}
	edit(&rule)
	_, err := r.desk.MakeRule(r.Context(), r.company, rule)
	r.ok(err)
}

// group makes a group of agents.
func (r *room) group(name string, priority int32, uids ...int64) (group int64) {
	r.Helper()
	r.ok(r.store.Tx(r.Context(), r.company, func(q *store.Queries) (err error) {
		if group, err = q.GroupPut(r.Context(), store.GroupPutParams{CompanyID: r.company, Name: name, Strategy: desk.LeastBusy, Priority: priority}); err != nil {
			return err
		}
		if err := q.GroupMembersSet(r.Context(), store.GroupMembersSetParams{CompanyID: r.company, GroupID: group, UIDs: uids}); err != nil {
			return err
		}
		return q.CompanyTouch(r.Context(), r.company)
	}))
	return group
}

func (r *room) defaultGroup(group int64) {
	r.Helper()
	r.ok(r.store.Tx(r.Context(), r.company, func(q *store.Queries) error {
		if _, err := q.AccountDefaultGroupSet(r.Context(), store.AccountDefaultGroupSetParams{CompanyID: r.company, AppID: appid, DefaultGroupID: &group}); err != nil {
			return err
		}
		return q.CompanyTouch(r.Context(), r.company)
	}))
}

func (r *clocked) served(ids ...string) (order []string) {
	r.Helper()
	all := map[id.ID]string{}
	var rows []desk.Session
	for _, openid := range ids {
		s := r.live(openid)
		all[s.SessionID] = openid
		rows = append(rows, *s)
	}
	slices.SortFunc(rows, func(a, b desk.Session) int { return int(a.Rank - b.Rank) })
	for i := range rows {
		order = append(order, all[rows[i].SessionID])
	}
	return order
}

func TestAHigherPriorityComesFirstAndAgeOvertakesIt(t *testing.T) {
	r := newClocked(t, "")
	r.group("会员", 0, ming)
	r.rule("会员", func(x *desk.Rule) { x.AssignGroup, x.AssignPriority = "会员", 2 })
	r.says("early", "在吗")
	r.hands.move(21 * time.Minute) // more than two steps are worth
	r.says("plain", "在吗")
	r.hands.move(19 * time.Minute)
	s := r.says("late", "会员")
	if s.Priority != 2 || s.Rank != s.QueuedAt.UnixMilli()-2*10*60*1000 {
		t.Fatalf("its priority is %d and its rank %d", s.Priority, s.Rank)
	}
	if got, want := r.served("early", "plain", "late"), []string{"early", "late", "plain"}; !slices.Equal(got, want) {
		t.Errorf("served in the order %v, want %v", got, want)
	}
	if s := r.says("late", "还在吗"); s.Priority != 2 || s.Rank != s.QueuedAt.UnixMilli()-2*10*60*1000 {
		t.Errorf("a further message makes its priority %d", s.Priority)
	}
}

func TestTheFirstToBeFreeGetsTheHighestPriority(t *testing.T) {
	r := newRoom(t)
	r.rule("急", func(x *desk.Rule) { x.AssignGroup, x.AssignPriority = "售后", 5 })
	r.ok(r.sql("UPDATE agents SET capacity = 1", true))
	r.receive(r.text("first", "售后"))
	r.receive(r.text("later", "急"))
	r.online(ming)
	r.until("somebody is served", func() bool { return r.live("first").Of(ming) || r.live("later").Of(ming) })
	if !r.live("later").Of(ming) {
		t.Error("the one of lower priority was served first")
	}
}

func TestAGroupGivesItsPriority(t *testing.T) {
	r := newClocked(t, "")
	group := r.group("急诊", 7, ming)
	r.rule("急诊", func(x *desk.Rule) { x.AssignGroup = "急诊" })
	if s := r.says("o1", "急诊"); s.Priority != 7 {
		t.Errorf("by a rule it has %d", s.Priority)
	}
	r.ok(r.desk.Transfer(t.Context(), desk.Agent{Company: r.company}, r.says("o2", "在吗").SessionID, desk.Destination{Group: "急诊"}))
	if s := r.live("o2"); s.Priority != 7 {
		t.Errorf("handed to it by a person it has %d", s.Priority)
	}
	r.defaultGroup(group)
	if s := r.says("o3", "在吗"); s.Priority != 7 || *s.GroupID != group || s.AimedBy != nil {
		t.Errorf("in the default group it has %d", s.Priority)
	}
}

func TestWhoMaySetAPriority(t *testing.T) {
	r := newClocked(t, "")
	r.staff()
	s := r.says("o1", "在吗")
	r.refused(r.desk.SetPriority(t.Context(), r.agent(yu), s.SessionID, 3), "supervisor.only")
	r.refused(r.desk.SetPriority(t.Context(), r.agent(boss), s.SessionID, 101), "session.priority")
	r.ok(r.desk.SetPriority(t.Context(), r.agent(boss), s.SessionID, 3))
	now := r.is(s.SessionID, desk.Queueing, 0)
	if deed := r.kept(now, desk.ActPrioritise, boss); deed.Priority == nil || *deed.Priority != 3 || now.Priority != 3 || now.Rank != s.Rank-3*10*60*1000 {
		t.Errorf("it has %d at %d, recorded %+v", now.Priority, now.Rank, deed)
	}
	r.given(now, yu, false)
	r.ok(r.desk.Release(t.Context(), r.agent(yu), s.SessionID))
	if r.live("o1").Priority != 3 {
		t.Error("back in the queue it has lost its priority")
	}
	r.ok(r.desk.Close(t.Context(), desk.Agent{Company: r.company}, s.SessionID))
	r.refused(r.desk.SetPriority(t.Context(), r.agent(boss), s.SessionID, 0), "session.closed")
}

func TestWhoIsNamedAndCannotComeIsNotWaitedFor(t *testing.T) {
	r := newClocked(t, "")
	r.staff() // 小红 has no seat
	group := r.group("默认", 0, yu)
	r.defaultGroup(group)
	s := r.scans("o1", "kf_user_8084")
	if by := s.Aimed(); s.TargetUID != nil || *s.GroupID != group || by == nil || by.Kind != desk.AimedByQR || by.Instead != hong || by.Key != "kf_user_8084" {
		t.Fatalf("it is for %v of group %v, as %+v says", s.TargetUID, s.GroupID, by)
	}
	s = r.scans("o2", "kf_user_8083")
	if s.TargetUID == nil || *s.TargetUID != ming {
		t.Fatal("who has a seat is waited for")
	}
	r.ok(r.sql("UPDATE agents SET disabled_at = now() WHERE uid = 8083", true))
	r.after(0)
	if now := r.session(s); now.TargetUID != nil || *now.GroupID != group || now.ExclusiveUID != nil {
		t.Errorf("disabled since, %v is waited for", now.TargetUID)
	}
	if acts := r.acts(s); !slices.Equal(acts, []string{"others-asked"}) {
		t.Errorf("kept: %v", acts)
	}
}

func TestWhoIsNamedIsWaitedForAsLongAsTheCompanySays(t *testing.T) {
	r := newClocked(t, "target_wait = 120, queue_timeout = 8640000")
	s := r.scans("o1", "kf_user_8083")
	r.refused(r.desk.Accept(t.Context(), r.agent(yu), s.SessionID), "session.other-group")
	if r.after(2*time.Minute - time.Second); r.session(s).TargetUID == nil {
		t.Fatal("not long enough")
	}
	r.after(time.Second)
	now := r.session(s)
	if now.TargetUID != nil || now.Type != desk.ToOther || now.ExclusiveUID == nil || *now.ExclusiveUID != ming || now.Held {
		t.Fatalf("it is %s for %v, first for %v", now.Type, now.TargetUID, now.ExclusiveUID)
	}
	if _, deed := r.last(now); deed.Named != ming || deed.Why != "" {
		t.Errorf("recorded %+v", deed)
	}
	r.ok(r.desk.Accept(t.Context(), r.agent(yu), s.SessionID))
}

func TestACustomerIsTakenFromAnAgentWhoIsWaitedFor(t *testing.T) {
	r := newClocked(t, "exclusive_wait = 600")
	own, nobody, other := yu, int64(0), ming
	to := func(uid *int64) {
		t.Helper()
		r.ok(r.desk.ChangeCustomer(t.Context(), r.company, appid, "o1", desk.CustomerChange{Exclusive: uid}))
	}
	r.says("o1", "在吗")
	to(&own)
	if s := r.live("o1"); !s.Held || *s.ExclusiveUID != yu {
		t.Fatal("who is named now is not waited for")
	}
	to(&nobody)
	if s := r.live("o1"); s.Held || s.ExclusiveUID != nil {
		t.Fatal("nobody is waited for, and it is held")
	}
	r.be(ming, desk.Online)
	to(&other)
	if s := r.live("o1"); s.Held || *s.ExclusiveUID != ming {
		t.Error("who is online need not be waited for")
	}
	r.hands.move(11 * time.Minute)
	if to(&own); r.live("o1").Held {
		t.Error("the time in which somebody is waited for is over, and they are waited for")
	}
}

func TestAKeywordTakesNothingFromWhereAPersonPutIt(t *testing.T) {
	r := newClocked(t, "")
	r.group("售前", 0, yu)
	s := r.says("o1", "在吗")
	r.given(s, yu, true)
	r.ok(r.desk.Transfer(t.Context(), r.agent(yu), s.SessionID, desk.Destination{Group: "售前"}))
	before := r.live("o1")
	if now := r.says("o1", "售后"); *now.GroupID != *before.GroupID {
		t.Error("a keyword undid what a person decided")
	}
	if by := r.live("o1").Aimed(); by == nil || by.Kind != desk.AimedByPerson || by.UID != yu {
		t.Errorf("it says %+v", by)
	}
	first := r.says("o2", "在吗")
	if now := r.says("o2", "售后"); first.GroupID != nil || now.GroupID == nil || now.Aimed().Name != "售后" {
		t.Error("what nobody aimed goes where the customer's word says")
	}
}

func TestAKeywordEndsNoWait(t *testing.T) {
	r := newClocked(t, "exclusive_wait = 600")
	own := yu
	r.says("o1", "在吗")
	r.ok(r.desk.ChangeCustomer(t.Context(), r.company, appid, "o1", desk.CustomerChange{Exclusive: &own}))
	if s := r.says("o1", "售后"); !s.Held || s.GroupID == nil {
		t.Errorf("held %v, for the group %v", s.Held, s.GroupID)
	}
}

func TestWhoIsNamedByAKeywordIsWoken(t *testing.T) {
	r := newRoom(t)
	r.ok(r.sql("UPDATE agents SET capacity = 0 WHERE uid = 8083", true))
	r.rule("找阿明", func(x *desk.Rule) { x.AssignUID = ming })
	r.online(ming)
	r.receive(r.text("o1", "在吗"))
	r.until("it was looked at", func() bool { ds, _ := r.desk.Decisions(t.Context(), r.live("o1"), 5); return len(ds) > 0 })
	r.ok(r.sql("UPDATE agents SET capacity = 3 WHERE uid = 8083", true)) // nobody is told of it
	r.receive(r.text("o1", "找阿明"))
	r.until("阿明 has it", func() bool { return r.live("o1").Of(ming) })
}

func TestTheDefaultGroupIsAskedBeforeAnybody(t *testing.T) {
	r := newRoom(t)
	r.defaultGroup(r.group("默认", 0, ming))
	r.online(yu)
	r.online(ming)
	r.receive(r.text("o1", "在吗"))
	r.until("the default group has it", func() bool { return r.live("o1").Of(ming) })
	ds, err := r.desk.Decisions(t.Context(), r.live("o1"), 1)
	r.ok(err)
	if same, err := desk.Replay(ds[0].Reason); !same || err != nil {
		t.Errorf("%s", ds[0].Reason)
	}
}

func TestADecisionSaysWhatNamedTheGroup(t *testing.T) {
	r := newRoom(t)
	r.online(ming)
	r.receive(r.text("o1", "售后"))
	r.until("it is given", func() bool { return r.live("o1").Of(ming) })
	ds, err := r.desk.Decisions(t.Context(), r.live("o1"), 1)
	r.ok(err)
	why := reasonOf(t, ds[0].Reason)
	if by := why.Case.AimedBy; by == nil || by.Kind != desk.AimedByRule || by.Name != "售后" || by.Rule == 0 {
		t.Errorf("it says %+v", by)
	}
}

func TestTheOwnAgentMayTakeWhatIsForAGroup(t *testing.T) {
	r := newClocked(t, "exclusive_wait = 0")
	own := yu
	s := r.says("o1", "售后") // 阿明's group
	r.refused(r.desk.Accept(t.Context(), r.agent(yu), s.SessionID), "session.other-group")
	r.ok(r.desk.ChangeCustomer(t.Context(), r.company, appid, "o1", desk.CustomerChange{Exclusive: &own}))
	r.ok(r.desk.Accept(t.Context(), r.agent(yu), s.SessionID))
}

func reasonOf(t *testing.T, kept []byte) (r desk.Reason) {
	t.Helper()
	if err := json.Unmarshal(kept, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// Whatever an agent sees in the queue they may take, and whatever they may take they see.
func TestTheListAndTheHandAgree(t *testing.T) {
	r := newClocked(t, "exclusive_wait = 600")
	r.staff()
	own := yu
	r.group("另一组", 0, yu)
	r.rule("另一组", func(x *desk.Rule) { x.AssignGroup = "另一组" })
	r.says("plain", "在吗")
	r.says("group", "售后")
	r.says("overflowed", "售后")
	r.ok(r.sql("UPDATE sessions SET home_group_id = group_id, group_id = (SELECT group_id FROM groups WHERE name = '另一组') WHERE openid = 'overflowed'", true))
	r.scans("named", "kf_user_8083")
	r.says("held", "售后")
	r.ok(r.desk.ChangeCustomer(t.Context(), r.company, appid, "held", desk.CustomerChange{Exclusive: &own}))
	r.says("own", "售后")
	r.ok(r.sql("UPDATE sessions SET exclusive_uid = 8082 WHERE openid = 'own'", true))
	seen := func(uid int64) (out []string) {
		t.Helper()
		l, err := r.desk.Lists(t.Context(), r.agent(uid))
		r.ok(err)
		for _, x := range l.Queue {
			out = append(out, x.OpenID)
		}
		slices.Sort(out)
		return out
	}
	for uid, want := range map[int64][]string{yu: {"held", "overflowed", "own", "plain"}, ming: {"group", "named", "overflowed", "own", "plain"}, hong: nil} {
		if got := seen(uid); !slices.Equal(got, want) {
			t.Errorf("%d sees %v, want %v", uid, got, want)
		}
		for _, openid := range []string{"plain", "group", "overflowed", "named", "held", "own"} {
			_, err := r.desk.View(t.Context(), r.agent(uid), r.live(openid).SessionID)
			if may := err == nil; may != slices.Contains(want, openid) {
				t.Errorf("%d may see %s: %v", uid, openid, err)
			}
		}
	}
}
