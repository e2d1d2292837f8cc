package desk_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"testing"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/store"
)

const (
	hong = int64(8084) // no seat
	boss = int64(8090) // a supervisor, with a seat
	root = int64(8091) // an admin, without one
)

// staff adds to the room those who look after others, and one without a seat.
func (r *room) staff() {
	r.Helper()
	err := r.store.Tx(r.Context(), r.company, func(q *store.Queries) error {
		for uid, p := range map[int64]struct{ name, role string }{hong: {"小红", "agent"}, boss: {"主管", "supervisor"}, root: {"管理员", "admin"}} {
			if err := q.AgentPut(r.Context(), store.AgentPutParams{CompanyID: r.company, UID: uid, Name: p.name, Role: p.role, Email: p.name + r.company.String(), Password: "x", Capacity: 1}); err != nil {
				return err
			}
		}
		if _, err := q.SeatPut(r.Context(), store.SeatPutParams{CompanyID: r.company, AppID: appid, UID: boss}); err != nil {
			return err
		}
		return q.CompanyTouch(r.Context(), r.company)
	})
	if err != nil {
		r.Fatal(err)
	}
}

// with makes a session that an agent has in conversation.
func (r *room) with(openid string, uid int64) *desk.Session {
	r.Helper()
	r.receive(r.text(openid, "在吗"))
	r.ok(r.desk.Accept(r.Context(), r.agent(uid), r.live(openid).SessionID))
	return r.live(openid)
}

func (r *room) ok(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

// refused wants a refusal by its key.
func (r *room) refused(err error, say string) *desk.Refusal {
	r.Helper()
	var no *desk.Refusal
	if !errors.As(err, &no) || no.Say != say {
		r.Fatalf("said %v, want the refusal %s", err, say)
	}
	return no
}

// is wants a session in a state, with an agent (0: nobody).
func (r *room) is(session id.ID, state desk.State, uid int64) *desk.Session {
	r.Helper()
	_, s, err := r.desk.Session(r.Context(), r.company, session)
	r.ok(err)
	var has int64
	if s.UID != nil {
		has = *s.UID
	}
	if !s.In(state) || has != uid {
		r.Fatalf("the session is %d of %d, want %d of %d", s.State, has, state, uid)
	}
	return s
}

// last is the newest decision about a session.
func (r *room) last(s *desk.Session) (store.Decision, desk.Deed) {
	r.Helper()
	ds, err := r.desk.Decisions(r.Context(), s, 10)
	r.ok(err)
	ds = slices.DeleteFunc(ds, func(d store.Decision) bool { return d.Act == "queued" }) // the desk looked for somebody and found nobody
	if len(ds) == 0 {
		r.Fatal("nothing was recorded")
	}
	var deed desk.Deed
	r.ok(json.Unmarshal(ds[0].Reason, &deed))
	return ds[0], deed
}

// kept wants the newest decision to be this act by this person.
func (r *room) kept(s *desk.Session, act desk.Act, by int64) desk.Deed {
	r.Helper()
	d, deed := r.last(s)
	if desk.Act(d.Act) != act || d.ByUID == nil || *d.ByUID != by {
		r.Fatalf("recorded %s by %v, want %s by %d", d.Act, d.ByUID, act, by)
	}
	return deed
}

func (r *room) load(uid int64) int {
	r.Helper()
	a, err := r.store.Of(r.company).AgentGet(r.Context(), store.AgentGetParams{CompanyID: r.company, UID: uid})
	r.ok(err)
	return int(a.Load)
}

func TestTwoWhoGrabAtTheSameInstant(t *testing.T) {
	r := newClocked(t, "") // where agents take from the queue themselves
	session := r.writes("o1").SessionID
	errs := make([]error, 2)
	var both sync.WaitGroup
	for i, uid := range []int64{yu, ming} {
		both.Go(func() { errs[i] = r.desk.Accept(context.Background(), r.agent(uid), session) })
	}
	both.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Fatalf("one gets it: %v, %v", errs[0], errs[1])
	}
	won, lost := yu, errs[1]
	name := "小鱼"
	if errs[0] != nil {
		won, lost, name = ming, errs[0], "阿明"
	}
	if no := r.refused(lost, "session.taken-by"); no.Kind != desk.Taken || len(no.Args) != 1 || no.Args[0] != name {
		t.Errorf("the other is told %v", no.Args)
	}
	r.kept(r.is(session, desk.Conversing, won), desk.ActGrab, won)
	r.ok(r.desk.Accept(t.Context(), r.agent(won), session)) // a double click
	if r.load(yu)+r.load(ming) != 1 {
		t.Error("it is counted twice")
	}
}

func TestWhoMayGrab(t *testing.T) {
	r := newRoom(t)
	r.staff()
	r.receive(r.text("o1", "售后"))
	r.receive(r.text("o2", "在吗"))
	r.receive(r.text("o3", "在吗"))
	r.refused(r.desk.Accept(t.Context(), r.agent(yu), r.live("o1").SessionID), "session.other-group")
	r.refused(r.desk.Accept(t.Context(), r.agent(hong), r.live("o2").SessionID), "agent.no-seat")
	r.refused(r.desk.Accept(t.Context(), r.agent(4711), r.live("o2").SessionID), "agent.missing")
	r.ok(r.desk.Accept(t.Context(), r.agent(boss), r.live("o2").SessionID))
	if no := r.refused(r.desk.Accept(t.Context(), r.agent(boss), r.live("o3").SessionID), "agent.full"); no.Args[0] != int32(1) {
		t.Errorf("told %v", no.Args)
	}
}

func TestTransferToAnAgent(t *testing.T) {
	r := newRoom(t)
	r.staff()
	s := r.with("o1", yu)
	to := func(uid int64) desk.Destination { return desk.Destination{UID: uid, Note: "要发票"} }
	r.refused(r.desk.Transfer(t.Context(), r.agent(ming), s.SessionID, to(ming)), "session.not-yours")
	r.refused(r.desk.Transfer(t.Context(), r.agent(yu), s.SessionID, to(yu)), "transfer.has-it")
	r.refused(r.desk.Transfer(t.Context(), r.agent(yu), s.SessionID, to(hong)), "agent.no-seat")
	r.refused(r.desk.Transfer(t.Context(), r.agent(yu), s.SessionID, to(4711)), "agent.missing")
	r.refused(r.desk.Transfer(t.Context(), r.agent(yu), s.SessionID, desk.Destination{}), "transfer.one-target")
	r.with("o2", boss) // who has one place
	r.ok(r.desk.Transfer(t.Context(), r.agent(yu), s.SessionID, to(boss)))
	deed := r.kept(r.is(s.SessionID, desk.Waiting, boss), desk.ActTransfer, yu)
	if deed.From != yu || deed.To != boss || deed.Note != "要发票" || !deed.Over || deed.Load != 2 || deed.Capacity != 1 || deed.Seq != 1 {
		t.Errorf("recorded %+v", deed)
	}
	if r.load(yu) != 0 || r.load(boss) != 2 {
		t.Errorf("the loads are %d and %d", r.load(yu), r.load(boss))
	}
	if c, _, err := r.desk.Customer(t.Context(), r.company, appid, "o1"); err != nil || *c.ExclusiveUID != boss {
		t.Errorf("the customer is not the receiver's: %v", err)
	}
	r.ok(r.desk.Transfer(t.Context(), r.agent(root), s.SessionID, to(ming))) // an admin hands on what is another's
	r.is(s.SessionID, desk.Waiting, ming)
	r.ok(r.desk.Close(t.Context(), r.agent(ming), s.SessionID))
	r.refused(r.desk.Transfer(t.Context(), r.agent(ming), s.SessionID, to(yu)), "session.closed")
}

func TestTransferToAGroup(t *testing.T) {
	r := newRoom(t)
	r.staff()
	err := r.store.Tx(t.Context(), r.company, func(q *store.Queries) error {
		if _, err := q.GroupPut(t.Context(), store.GroupPutParams{CompanyID: r.company, Name: "空", Strategy: "least_busy"}); err != nil {
			return err
		}
		return q.CompanyTouch(t.Context(), r.company)
	})
	r.ok(err)
	s := r.with("o1", yu)
	r.refused(r.desk.Transfer(t.Context(), r.agent(yu), s.SessionID, desk.Destination{Group: "没有"}), "group.missing")
	r.refused(r.desk.Transfer(t.Context(), r.agent(yu), s.SessionID, desk.Destination{Group: "空"}), "transfer.to-nobody")
	r.ok(r.desk.Transfer(t.Context(), r.agent(yu), s.SessionID, desk.Destination{Group: "售后", Note: "退款"}))
	now := r.is(s.SessionID, desk.Queueing, 0)
	if deed := r.kept(now, desk.ActTransferToGroup, yu); deed.Group != "售后" || deed.Note != "退款" || deed.From != yu {
		t.Errorf("recorded %+v", deed)
	}
	if !now.QueuedAt.Equal(s.QueuedAt) || now.Rank != s.Rank || r.load(yu) != 0 {
		t.Error("it lost its place")
	}
	r.online(ming)
	r.until("the group's agent has it", func() bool { return r.live("o1").Of(ming) })
}

func TestTakeOver(t *testing.T) {
	r := newRoom(t)
	r.staff()
	r.receive(r.text("o0", "在吗"))
	r.refused(r.desk.TakeOver(t.Context(), r.agent(boss), r.live("o0").SessionID), "session.take-from-queue")
	s := r.with("o1", yu)
	r.refused(r.desk.TakeOver(t.Context(), r.agent(ming), s.SessionID), "takeover.denied")
	r.refused(r.desk.TakeOver(t.Context(), r.agent(root), s.SessionID), "agent.no-seat")
	r.with("o2", boss)
	r.ok(r.desk.TakeOver(t.Context(), r.agent(boss), s.SessionID))
	if deed := r.kept(r.is(s.SessionID, desk.Conversing, boss), desk.ActTakeOver, boss); deed.From != yu || !deed.Over {
		t.Errorf("recorded %+v", deed)
	}
	r.refused(r.desk.TakeOver(t.Context(), r.agent(boss), s.SessionID), "takeover.yours")
	if _, _, err := r.desk.Reply(t.Context(), r.agent(yu), s.SessionID, desk.Reply{Text: "我还在"}); true {
		if no := r.refused(err, "session.taken-by"); no.Args[0] != "主管" {
			t.Errorf("told %v", no.Args)
		}
	}
}

func TestReleaseKeepsItsPlace(t *testing.T) {
	r := newRoom(t)
	s := r.with("o1", yu)
	r.refused(r.desk.Release(t.Context(), r.agent(ming), s.SessionID), "session.not-yours")
	r.ok(r.desk.Release(t.Context(), r.agent(yu), s.SessionID))
	now := r.is(s.SessionID, desk.Queueing, 0)
	if !now.QueuedAt.Equal(s.QueuedAt) || now.LeftUID == nil || *now.LeftUID != yu || r.load(yu) != 0 {
		t.Errorf("back in the queue: %+v", now.Session)
	}
	r.kept(now, desk.ActRelease, yu)
	r.refused(r.desk.Release(t.Context(), r.agent(yu), s.SessionID), "session.in-queue")
	r.ok(r.desk.Accept(t.Context(), r.agent(yu), s.SessionID)) // by hand, one may think again
	if again := r.is(s.SessionID, desk.Conversing, yu); again.LeftUID != nil {
		t.Error("it remembers too long")
	}
}

func TestAConversationOfSeveral(t *testing.T) {
	r := newRoom(t)
	r.staff()
	s := r.with("o1", yu)
	in := func(uid int64) bool {
		l, err := r.desk.Lists(t.Context(), r.agent(uid))
		r.ok(err)
		return len(l.Mine) == 1 && l.Mine[0].SessionID == s.SessionID
	}
	if _, err := r.desk.View(t.Context(), r.agent(ming), s.SessionID); desk.KindOf(err) != desk.Missing {
		t.Fatalf("a colleague's session is seen: %v", err)
	}
	r.refused(r.desk.Invite(t.Context(), r.agent(ming), s.SessionID, ming), "session.not-yours")
	r.refused(r.desk.Invite(t.Context(), r.agent(yu), s.SessionID, hong), "agent.no-seat")
	r.refused(r.desk.Leave(t.Context(), r.agent(yu), s.SessionID), "session.no-group")
	r.ok(r.desk.Invite(t.Context(), r.agent(yu), s.SessionID, ming))
	r.kept(r.is(s.SessionID, desk.GroupConversation, yu), desk.ActInvite, yu)
	r.refused(r.desk.Invite(t.Context(), r.agent(yu), s.SessionID, ming), "invite.here")
	if _, err := r.desk.View(t.Context(), r.agent(ming), s.SessionID); err != nil || !in(ming) || !in(yu) {
		t.Fatalf("the guest does not see it: %v", err)
	}
	if r.load(ming) != 0 || r.load(yu) != 1 {
		t.Error("a guest is counted")
	}
	for _, uid := range []int64{ming, yu} {
		m, _, err := r.desk.Reply(t.Context(), r.agent(uid), s.SessionID, desk.Reply{Text: "我们在"})
		if err != nil || m.Opercode != desk.ToGroup || m.UID != uid || m.CustomerServiceID == 0 {
			t.Fatalf("%d said %+v, %v", uid, m, err)
		}
	}
	r.refused(r.desk.Close(t.Context(), r.agent(ming), s.SessionID), "session.close-not-yours")
	r.ok(r.desk.Invite(t.Context(), r.agent(ming), s.SessionID, boss))
	r.ok(r.desk.Leave(t.Context(), r.agent(yu), s.SessionID)) // its agent goes: the first guest has it
	if deed := r.kept(r.is(s.SessionID, desk.GroupConversation, ming), desk.ActLeave, yu); deed.To != ming {
		t.Errorf("recorded %+v", deed)
	}
	if in(yu) || !in(ming) || !in(boss) || r.load(yu) != 0 || r.load(ming) != 1 {
		t.Error("who left sees it still, or is counted")
	}
	r.ok(r.desk.Leave(t.Context(), r.agent(boss), s.SessionID))
	r.is(s.SessionID, desk.Conversing, ming)
	m, _, err := r.desk.Reply(t.Context(), r.agent(ming), s.SessionID, desk.Reply{Text: "只有我了"})
	if err != nil || m.Opercode != desk.FromAgent {
		t.Errorf("alone again, and spoke with %d, %v", m.Opercode, err)
	}
	r.ok(r.desk.Invite(t.Context(), r.agent(ming), s.SessionID, yu))
	r.ok(r.desk.Close(t.Context(), r.agent(ming), s.SessionID))
	if in(yu) {
		t.Error("a closed session stands in a guest's list")
	}
	if _, err := r.desk.View(t.Context(), r.agent(yu), s.SessionID); err != nil {
		t.Errorf("a guest may read what is over: %v", err)
	}
}

func TestTheMonitor(t *testing.T) {
	r := newRoom(t)
	r.staff()
	s := r.with("o1", yu)
	r.receive(r.text("o2", "售后"))
	if _, err := r.desk.Watch(t.Context(), r.agent(yu), desk.WatchFilter{}, id.ID{}, 10); true {
		r.refused(err, "supervisor.only")
	}
	w, err := r.desk.Watch(t.Context(), r.agent(root), desk.WatchFilter{}, id.ID{}, 10)
	if err != nil || len(w.Rows) != 2 || w.Counts[desk.Queueing] != 1 || w.Counts[desk.Conversing] != 1 || w.Counts[desk.Waiting] != 0 {
		t.Fatalf("watched %+v, %v", w, err)
	}
	uid := yu
	if w, err = r.desk.Watch(t.Context(), r.agent(boss), desk.WatchFilter{UID: &uid}, id.ID{}, 10); err != nil || len(w.Rows) != 1 || w.Rows[0].SessionID != s.SessionID {
		t.Fatalf("of one agent: %+v, %v", w, err)
	}
	if w, err = r.desk.Watch(t.Context(), r.agent(boss), desk.WatchFilter{}, w.Rows[0].SessionID, 10); err != nil || len(w.Rows) != 1 {
		t.Fatalf("the page behind one: %+v, %v", w, err)
	}
	_, _, err = r.desk.Interject(t.Context(), r.agent(yu), s.SessionID, desk.Reply{Text: "稍等"})
	r.refused(err, "supervisor.only")
	m, _, err := r.desk.Interject(t.Context(), r.agent(root), s.SessionID, desk.Reply{Text: "我是店长", Key: "k1"})
	if err != nil || m.Opercode != desk.FromAdmin || m.UID != root || m.Delivery != desk.Queued {
		t.Fatalf("interjected %+v, %v", m, err)
	}
	if same, again, err := r.desk.Interject(t.Context(), r.agent(root), s.SessionID, desk.Reply{Text: "我是店长", Key: "k1"}); err != nil || !again || same.ID != m.ID {
		t.Errorf("once more: %+v, %v, %v", same, again, err)
	}
	if now := r.is(s.SessionID, desk.Conversing, yu); now.WaitingSince != nil || now.SeenSeq == now.LastSeq {
		t.Error("the customer was answered, and the agent has not read it")
	}
	r.refused(r.desk.CloseByAdmin(t.Context(), r.agent(yu), s.SessionID), "supervisor.only")
	r.ok(r.desk.CloseByAdmin(t.Context(), r.agent(root), s.SessionID))
	r.kept(r.is(s.SessionID, desk.ClosedByAdmin, yu), desk.ActCloseByAdmin, root)
	r.ok(r.desk.CloseByAdmin(t.Context(), r.agent(root), s.SessionID)) // a double click
	_, _, err = r.desk.Interject(t.Context(), r.agent(root), s.SessionID, desk.Reply{Text: "还在吗"})
	r.refused(err, "session.closed")
	r.ok(r.desk.CloseByAdmin(t.Context(), r.agent(boss), r.live("o2").SessionID)) // from the queue, too
}

// Interjections count against what WeChat allows, like every answer.
func TestNobodySendsMoreThanWeChatTakes(t *testing.T) {
	r := newRoom(t)
	r.staff()
	s := r.with("o1", yu)
	for range 5 {
		_, _, err := r.desk.Interject(t.Context(), r.agent(boss), s.SessionID, desk.Reply{Text: "好的"})
		r.ok(err)
	}
	if _, _, err := r.desk.Interject(t.Context(), r.agent(boss), s.SessionID, desk.Reply{Text: "好的"}); desk.KindOf(err) == 0 {
		t.Fatalf("a sixth went out: %v", err)
	}
}

// A → B and B → A at the same moment, again and again: everybody gets through, and nobody is counted wrong.
func TestTransfersInACircleDoNotWaitForEachOther(t *testing.T) {
	r := newRoom(t)
	r.staff()
	a, b := r.with("o1", yu).SessionID, r.with("o2", ming).SessionID
	var both sync.WaitGroup
	for _, x := range []struct {
		session id.ID
		from    int64
	}{{a, yu}, {b, ming}} {
		both.Go(func() {
			from, to := x.from, yu+ming-x.from
			for range 30 {
				if err := r.desk.Transfer(context.Background(), r.agent(from), x.session, desk.Destination{UID: to}); err != nil {
					t.Errorf("from %d: %v", from, err)
					return
				}
				from, to = to, from
			}
		})
	}
	both.Wait()
	if r.load(yu) != 1 || r.load(ming) != 1 {
		t.Errorf("the loads are %d and %d", r.load(yu), r.load(ming))
	}
}

func TestTakingOverAndClosingAtTheSameInstant(t *testing.T) {
	r := newRoom(t)
	r.staff()
	for range 10 {
		s := r.with("o1", yu)
		var took, closed error
		var both sync.WaitGroup
		both.Go(func() { took = r.desk.TakeOver(context.Background(), r.agent(boss), s.SessionID) })
		both.Go(func() { closed = r.desk.Close(context.Background(), r.agent(yu), s.SessionID) })
		both.Wait()
		switch {
		case took == nil: // it is the other's, and nobody closed it
			r.refused(closed, "session.close-not-yours")
			r.is(s.SessionID, desk.Conversing, boss)
			r.ok(r.desk.Close(t.Context(), r.agent(boss), s.SessionID))
		default:
			r.refused(took, "session.closed")
			r.ok(closed)
			r.is(s.SessionID, desk.Closed, yu)
		}
	}
	if r.load(yu) != 0 || r.load(boss) != 0 {
		t.Error("somebody is counted wrong")
	}
}

// What is another company's is not there, for every act.
func TestNoActReachesAnotherCompany(t *testing.T) {
	r := newRoom(t)
	r.staff()
	s := r.with("o1", yu)
	other := id.New()
	r.furnish(other, "wx0000000000000002")
	who := desk.Agent{Company: other, UID: yu}
	for name, err := range map[string]error{
		"accept":    r.desk.Accept(t.Context(), who, s.SessionID),
		"transfer":  r.desk.Transfer(t.Context(), who, s.SessionID, desk.Destination{UID: ming}),
		"take over": r.desk.TakeOver(t.Context(), who, s.SessionID),
		"release":   r.desk.Release(t.Context(), who, s.SessionID),
		"invite":    r.desk.Invite(t.Context(), who, s.SessionID, ming),
		"leave":     r.desk.Leave(t.Context(), who, s.SessionID),
		"close":     r.desk.Close(t.Context(), who, s.SessionID),
		"admin":     r.desk.CloseByAdmin(t.Context(), desk.Agent{Company: other}, s.SessionID),
	} {
		if desk.KindOf(err) != desk.Missing {
			t.Errorf("%s: %v", name, err)
		}
	}
	r.is(s.SessionID, desk.Conversing, yu)
}
