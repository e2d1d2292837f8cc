package desk_test

import (
	"errors"
	"slices"
	"testing"

	"weir/internal/desk"
	"weir/internal/store"
)

func (r *room) agentRow(uid int64) store.Agent {
	r.Helper()
	a, err := r.store.Of(r.company).AgentGet(r.Context(), store.AgentGetParams{CompanyID: r.company, UID: uid})
	r.ok(err)
	return a
}

func (r *room) seatsOf(uid int64) (appids []string) {
	r.Helper()
	all, err := r.store.Of(r.company).SeatsOfCompany(r.Context(), r.company)
	r.ok(err)
	for _, s := range all {
		if s.UID == uid {
			appids = append(appids, s.AppID)
		}
	}
	return appids
}

func fresh() desk.Staff {
	return desk.Staff{Name: "小白", Email: "XiaoBai@example.com", Role: "agent", Password: "hash", Capacity: 4, Conversations: 2, EveryAccount: true}
}

func TestAnAdminAddsAndChangesAnAgent(t *testing.T) {
	r := newRoom(t)
	r.staff()
	uid, err := r.desk.PutStaff(t.Context(), r.agent(root), fresh())
	r.ok(err)
	if a := r.agentRow(uid); a.Name != "小白" || a.Email != "xiaobai@example.com" || a.Capacity != 4 || a.Conversations != 2 || uid != root+1 || !slices.Equal(r.seatsOf(uid), []string{appid}) {
		t.Fatalf("made %+v with seats %v", a, r.seatsOf(uid))
	}
	epoch := r.agentRow(uid).LoginEpoch
	s := fresh()
	s.UID, s.Name, s.Password, s.EveryAccount, s.Accounts = uid, "小黑", "", false, nil
	_, err = r.desk.PutStaff(t.Context(), r.agent(root), s)
	r.ok(err)
	if a := r.agentRow(uid); a.Name != "小黑" || a.Password != "hash" || a.LoginEpoch != epoch || len(r.seatsOf(uid)) != 0 {
		t.Errorf("changed to %+v with seats %v", a, r.seatsOf(uid))
	}
	s.Password, s.Accounts = "another", []string{appid}
	_, err = r.desk.PutStaff(t.Context(), r.agent(root), s)
	r.ok(err)
	if a := r.agentRow(uid); a.LoginEpoch == epoch || !slices.Equal(r.seatsOf(uid), []string{appid}) {
		t.Error("a new password ends no login, or the seat is not back")
	}
}

func TestWhoMayArrangePeopleAndWhatCannotBe(t *testing.T) {
	r := newRoom(t)
	r.staff()
	put := func(who int64, edit func(*desk.Staff)) error {
		s := fresh()
		edit(&s)
		_, err := r.desk.PutStaff(t.Context(), r.agent(who), s)
		return err
	}
	for _, tc := range []struct {
		name string
		who  int64
		edit func(*desk.Staff)
		say  string
	}{
		{"a supervisor", boss, func(*desk.Staff) {}, "admin.only"},
		{"an agent", yu, func(*desk.Staff) {}, "admin.only"},
		{"another company's", 4711, func(*desk.Staff) {}, "admin.only"},
		{"no name", root, func(s *desk.Staff) { s.Name = " " }, "staff.name"},
		{"no address", root, func(s *desk.Staff) { s.Email = "nobody" }, "staff.email"},
		{"an address with a name", root, func(s *desk.Staff) { s.Email = "A <a@example.com>" }, "staff.email"},
		{"no such role", root, func(s *desk.Staff) { s.Role = "boss" }, "staff.role"},
		{"no password", root, func(s *desk.Staff) { s.Password = "" }, "staff.password"},
		{"fewer than no places", root, func(s *desk.Staff) { s.Capacity = -1 }, "staff.places"},
		{"a seat at nobody's account", root, func(s *desk.Staff) { s.EveryAccount, s.Accounts = false, []string{"wx-none"} }, "account.missing"},
		{"nobody", root, func(s *desk.Staff) { s.UID = 4711 }, "agent.missing"},
		{"the only admin's role", root, func(s *desk.Staff) { s.UID, s.Role = root, "agent" }, "staff.last-admin"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var no *desk.Refusal
			if err := put(tc.who, tc.edit); !errors.As(err, &no) || no.Say != tc.say {
				t.Errorf("said %v, want %s", err, tc.say)
			}
		})
	}
	r.ok(put(root, func(*desk.Staff) {}))
	r.refused(put(root, func(*desk.Staff) {}), "staff.email-taken")
	r.refused(r.desk.Disable(t.Context(), r.agent(root), root, true), "staff.last-admin")
	r.refused(r.desk.Disable(t.Context(), r.agent(root), 4711, true), "agent.missing")
	r.refused(r.desk.Disable(t.Context(), r.agent(boss), yu, true), "admin.only")
}

func TestWhoIsDisabledGivesBackWhatWaitsAndIsNotWaitedFor(t *testing.T) {
	r := newRoom(t)
	r.staff()
	r.online(yu)
	r.receive(r.text("o1", "在吗"))
	r.until("小鱼 has it", func() bool { return r.live("o1").Of(yu) })
	r.ok(r.desk.Disable(t.Context(), r.agent(root), yu, true))
	r.online(ming)
	r.until("阿明 has it", func() bool { return r.live("o1").Of(ming) })
	if c, err := r.desk.Company(t.Context(), r.company); err != nil || c.Serves(appid, yu) {
		t.Errorf("who is disabled serves: %v", err)
	}
	r.ok(r.desk.Disable(t.Context(), r.agent(root), yu, false))
	if c, err := r.desk.Company(t.Context(), r.company); err != nil || !c.Serves(appid, yu) {
		t.Errorf("who is let in again does not serve: %v", err)
	}
}

func TestAnAdminArrangesGroups(t *testing.T) {
	r := newRoom(t)
	r.staff()
	c, err := r.desk.Company(t.Context(), r.company)
	r.ok(err)
	after := c.GroupNamed("售后").GroupID
	team := desk.Team{Name: "会员", Strategy: desk.InOrder, Priority: 4, Members: []int64{ming, yu}, OverflowAfter: 60, OverflowTo: after, DefaultOf: []string{appid}}
	id, err := r.desk.PutTeam(t.Context(), r.agent(root), team)
	r.ok(err)
	c, err = r.desk.Company(t.Context(), r.company)
	r.ok(err)
	g := c.Groups[id]
	if g.Name != "会员" || g.Priority != 4 || g.Strategy != desk.InOrder || !slices.Equal(g.Members, []int64{ming, yu}) || *g.OverflowAfter != 60 || *g.OverflowGroupID != after || *c.Accounts[appid].DefaultGroupID != id {
		t.Fatalf("made %+v", g)
	}
	put := func(who int64, edit func(*desk.Team)) error {
		x := team
		x.ID = id
		edit(&x)
		_, err := r.desk.PutTeam(t.Context(), r.agent(who), x)
		return err
	}
	r.ok(put(root, func(x *desk.Team) { x.Name, x.Members, x.OverflowAfter, x.DefaultOf = "贵宾", []int64{yu}, 0, nil }))
	c, err = r.desk.Company(t.Context(), r.company)
	r.ok(err)
	if g := c.Groups[id]; g.Name != "贵宾" || !slices.Equal(g.Members, []int64{yu}) || g.OverflowAfter != nil || g.OverflowGroupID != nil || c.Accounts[appid].DefaultGroupID != nil {
		t.Errorf("changed to %+v", g)
	}
	r.refused(put(boss, func(*desk.Team) {}), "admin.only")
	r.refused(put(root, func(x *desk.Team) { x.Name = "other" }), "team.name")
	r.refused(put(root, func(x *desk.Team) { x.Name = "售后" }), "team.name-taken")
	r.refused(put(root, func(x *desk.Team) { x.Strategy = "dice" }), "team.strategy")
	r.refused(put(root, func(x *desk.Team) { x.Priority = 101 }), "session.priority")
	r.refused(put(root, func(x *desk.Team) { x.OverflowTo = id }), "team.overflow-to")
	r.refused(put(root, func(x *desk.Team) { x.Members = []int64{4711} }), "agent.missing")
	r.refused(put(root, func(x *desk.Team) { x.DefaultOf = []string{"wx-none"} }), "account.missing")
	r.refused(put(root, func(x *desk.Team) { x.ID = 4711 }), "group.missing")
}

func TestWhatWaitsOpensAsSoonAsItsAgentHasAPlace(t *testing.T) {
	r := newRoom(t)
	r.ok(r.sql("UPDATE agents SET conversations = 1 WHERE uid = 8082", true))
	r.ok(r.sql("UPDATE companies SET version = version + 1", true))
	r.online(yu)
	r.receive(r.text("o1", "一"))
	r.until("the first opens by itself", func() bool { return r.live("o1").In(desk.Conversing) })
	r.receive(r.text("o2", "二"))
	r.until("the second is given", func() bool { return r.live("o2").Of(yu) })
	r.receive(r.text("o3", "三"))
	r.until("the third is given", func() bool { return r.live("o3").Of(yu) })
	if !r.live("o2").In(desk.Waiting) || !r.live("o3").In(desk.Waiting) {
		t.Fatal("more are open than there are places")
	}
	first := r.live("o1")
	r.ok(r.desk.Close(t.Context(), r.agent(yu), first.SessionID))
	r.until("the head of the list opens", func() bool { return r.live("o2").In(desk.Conversing) })
	if !r.live("o3").In(desk.Waiting) {
		t.Error("one place opened two")
	}
	if d, deed := r.last(r.live("o2")); desk.Act(d.Act) != desk.ActMoveUp || d.ByUID != nil || deed.To != yu {
		t.Errorf("recorded %s %+v", d.Act, deed)
	}
	r.online(ming)
	r.receive(r.text("o4", "售后"))
	r.until("阿明 has it", func() bool { return r.live("o4").Of(ming) })
	r.ok(r.desk.MoveUp(t.Context(), r.company, ming))
	if !r.live("o4").In(desk.Waiting) {
		t.Error("who opens sessions by hand had one opened")
	}
}
