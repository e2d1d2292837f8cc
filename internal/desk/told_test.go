package desk_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"weir/internal/desk"
	"weir/internal/hours"
	"weir/internal/store"
)

// hears is what a customer is answered at once: a desk runs for as long as it takes.
func (r *clocked) hears(a *desk.Arrival) string {
	r.Helper()
	ctx, stop := context.WithCancel(r.Context())
	d := desk.New(desk.Options{Store: r.store, Effects: r.effects, Clock: r.hands.now})
	done := make(chan struct{})
	go func() { d.Run(ctx); close(done) }()
	defer func() { stop(); <-done }()
	r.hands.move(10 * time.Millisecond) // no two come at the same moment
	a.At = r.hands.now().Truncate(time.Second)
	said, err := d.Receive(ctx, a)
	if err != nil {
		r.Fatal(err)
	}
	return said.Text
}

func (r *clocked) wrote(openid, text string) string { r.Helper(); return r.hears(r.text(openid, text)) }

// wants checks what a customer who writes is answered.
func (r *clocked) wants(openid, text, want string) {
	r.Helper()
	if said := r.wrote(openid, text); said != want {
		r.Errorf("%s writes %q and is told %q, not %q", openid, text, said, want)
	}
}

// takes has an agent take a customer's session from the queue.
func (r *clocked) takes(uid int64, openid string) *desk.Session {
	r.Helper()
	s := r.live(openid)
	if err := r.desk.Accept(r.Context(), r.agent(uid), s.SessionID); err != nil {
		r.Fatal(err)
	}
	return s
}

// told are the texts that the desk has said by itself in a session.
func (r *clocked) told(s *desk.Session) (out []string) {
	r.Helper()
	for _, m := range r.messages(s) {
		if m.Opercode == desk.Automatic {
			out = append(out, m.Text)
		}
	}
	return out
}

// opened sets when the account is open on the day of the room's clock and on the next, Tuesday: from nine to six. Monday as given.
func (r *clocked) opened(outside string, monday ...hours.Span) {
	r.Helper()
	h := &desk.Hours{Outside: outside}
	h.Week[time.Monday], h.Week[time.Tuesday] = monday, []hours.Span{{From: 9 * 60, To: 18 * 60}}
	if err := r.desk.SetAccountHours(r.Context(), r.company, appid, h); err != nil {
		r.Fatal(err)
	}
}

func TestAPlaceIsToldAgainWhenItHasChangedEnoughAndTheWaitIsThatOfOthers(t *testing.T) {
	r := newClocked(t, "")
	for i := 1; i <= 8; i++ {
		r.wrote(fmt.Sprintf("o%d", i), "你好")
	}
	r.wants("o9", "你好", "您好，您前面还有 8 位客户在排队，请稍候。")
	r.hands.move(5 * time.Minute)
	r.takes(yu, "o1")
	r.wants("o9", "还在吗", "") // one of eight is not worth a word
	r.takes(yu, "o2")
	r.takes(ming, "o3")
	r.hands.move(time.Second)
	r.wants("o9", "有人吗", "") // they have just been looked at
	r.hands.move(time.Minute)
	r.wants("o9", "请问", "您现在排在第 6 位，请稍候。") // the others took five minutes, and this one has waited for longer: nobody knows
	r.wants("o10", "你好", "您好，您前面还有 6 位客户在排队，预计约 7 分钟，请稍候。")
	if got := r.live("o9"); got.ToldAhead == nil || *got.ToldAhead != 5 {
		t.Errorf("what was told is not kept: %v", got.ToldAhead)
	}
}

func TestAPlaceCountsThoseWhoWaitForTheSamePeople(t *testing.T) {
	r := newClocked(t, "")
	const elsewhere = "wx0000000000000077"
	for _, sql := range []string{
		"INSERT INTO accounts (company_id, appid, name, mode, secret, token) SELECT company_id, '" + elsewhere + "', 'x', 'plain', 's', 't' FROM companies",
		"INSERT INTO customers (company_id, appid, openid, first_at, heard_at) SELECT company_id, '" + elsewhere + "', 'x1', now(), now() FROM companies",
		`INSERT INTO sessions (company_id, session_id, appid, openid, state, type, created_at, queued_at, oldest_at, last_at)
			SELECT company_id, gen_random_uuid(), '` + elsewhere + `', 'x1', 3, 'other', '2026-01-01', '2026-01-01', now(), now() FROM companies`,
		"UPDATE companies SET version = version + 1",
	} {
		if err := r.sql(sql, true); err != nil {
			t.Fatal(err)
		}
	}
	r.wants("o1", "你好", "") // nobody here has a seat there
	if err := r.sql("INSERT INTO seats (company_id, appid, uid) SELECT company_id, '"+elsewhere+"', 8082 FROM companies", true); err != nil {
		t.Fatal(err)
	}
	if err := r.sql("UPDATE companies SET version = version + 1", true); err != nil {
		t.Fatal(err)
	}
	r.wants("o2", "你好", "您好，您前面还有 2 位客户在排队，请稍候。") // 小鱼 serves both
}

func TestWhoHasTheSessionIsToldOnceAndNotAfterTheyHaveSpoken(t *testing.T) {
	r := newClocked(t, "")
	r.wrote("o1", "你好")
	s := r.takes(yu, "o1")
	r.wants("o1", "在吗", "已为您接入客服小鱼，请稍候。")
	r.wants("o1", "在吗在吗", "")
	if err := r.desk.Transfer(t.Context(), r.agent(yu), s.SessionID, desk.Destination{UID: ming}); err != nil {
		t.Fatal(err)
	}
	r.wants("o1", "好的", "已为您接入客服阿明，请稍候。")

	r.wrote("o2", "你好")
	s = r.takes(yu, "o2")
	if _, _, err := r.desk.Reply(t.Context(), r.agent(yu), s.SessionID, desk.Reply{Text: "我是小鱼"}); err != nil {
		t.Fatal(err)
	}
	r.wants("o2", "你好小鱼", "")
}

func TestWhoIsBackInTheQueueIsToldWithTheNextMessage(t *testing.T) {
	r := newClocked(t, "grace = 1")
	r.be(yu, desk.Online)
	r.wrote("o1", "你好")
	r.takes(yu, "o1")
	r.wrote("o2", "你好")
	s := r.takes(yu, "o2")
	r.be(yu, desk.Offline)
	r.after(2 * time.Second)
	if !r.session(s).In(desk.Queueing) {
		t.Fatal("it is not back in the queue")
	}
	r.wants("o2", "还在吗", "已为您重新排队，您现在排在第 2 位，请稍候。")
	r.hands.move(time.Minute)
	r.wants("o2", "喂", "")
	r.takes(ming, "o1")
	r.hands.move(time.Minute)
	r.wants("o2", "到我了吗", "您现在排在第 1 位，请稍候。")
}

func TestAListShowsWhatTheCustomerSaidAndNotTheNotice(t *testing.T) {
	r := newClocked(t, "")
	r.wrote("o1", "你好")
	s := r.takes(yu, "o1")
	r.wants("o1", "在吗", "已为您接入客服小鱼，请稍候。")
	if got := r.session(s); got.LastText != "在吗" || got.LastOpercode != int16(desk.FromCustomer) {
		t.Errorf("the list shows %q of %d", got.LastText, got.LastOpercode)
	}
}

func TestWhoWritesAfterTheEndBeginsAnewAndIsNotMetWithIt(t *testing.T) {
	r := newClocked(t, "")
	r.wrote("o1", "你好")
	s := r.takes(yu, "o1")
	if err := r.desk.Close(t.Context(), r.agent(yu), s.SessionID); err != nil {
		t.Fatal(err)
	}
	r.wants("o1", "还有一个问题", "")
	if n := r.live("o1"); n.SessionID == s.SessionID {
		t.Error("the session reopened")
	}
	r.wants("o1", "喂", "")
	if got := r.session(s); got.State != int16(desk.Closed) || len(r.messages(got)) != 1 {
		t.Errorf("the closed session is %+v", got)
	}
}

func TestWithAllNoticesWhatIsDoneIsToldAtOnceAndLeavesEnoughForPeople(t *testing.T) {
	r := newClocked(t, "notices = 'all', grace = 1")
	r.be(yu, desk.Online)
	r.wrote("o1", "你好")
	s := r.takes(yu, "o1") // 1 of 5
	connected := "已为您接入客服小鱼，请稍候。"
	if got := r.told(s); !slices.Equal(got, []string{connected}) {
		t.Fatalf("told %q", got)
	}
	if m := r.messages(s)[1]; m.Delivery != desk.Queued || m.UID != yu {
		t.Errorf("it is not on its way: %+v", m)
	}
	r.wants("o1", "好的", "") // told already; and what may be sent begins anew
	r.be(yu, desk.Offline)
	r.after(2 * time.Second)
	returned := "已为您重新排队，您现在排在第 1 位，请稍候。"
	if got := r.told(s); !slices.Equal(got, []string{connected, returned}) {
		t.Fatalf("told %q", got)
	}
	// Two wait to be sent and count: of five, three are left. One more notice leaves two for people; the next is not sent.
	r.takes(ming, "o1")
	if got := r.told(s); len(got) != 3 {
		t.Fatalf("told %q", got)
	}
	if err := r.desk.Transfer(t.Context(), r.agent(ming), s.SessionID, desk.Destination{UID: yu}); err != nil {
		t.Fatal(err)
	}
	if got := r.told(s); len(got) != 3 {
		t.Errorf("the last ones that people need were spent: %q", got)
	}
	if err := r.desk.Accept(t.Context(), r.agent(yu), s.SessionID); err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.desk.Reply(t.Context(), r.agent(yu), s.SessionID, desk.Reply{Text: "在"}); err != nil {
		t.Fatal(err)
	}
	if err := r.desk.Close(t.Context(), r.agent(yu), s.SessionID); err != nil { // nobody needs the last one any more
		t.Fatal(err)
	}
	closed := "本次会话已结束。如果还需要帮助，请直接发消息。"
	if got := r.told(s); len(got) != 4 || got[3] != closed {
		t.Errorf("told %q", got)
	}
	if got := r.session(s); got.State != int16(desk.Closed) {
		t.Errorf("the notice changed the state: %d", got.State)
	}
	r.wants("o1", "谢谢", "") // told already
}

func TestWhereWeChatAllowsNoMessageTheEndIsNotTold(t *testing.T) {
	r := newClocked(t, "notices = 'all', idle_timeout = 200000")
	r.wrote("o1", "你好")
	s := r.takes(yu, "o1")
	r.after(60 * time.Hour)
	if got := r.session(s); got.State != int16(desk.Closed) || len(r.told(got)) != 1 {
		t.Fatalf("state %d, told %q", got.State, r.told(got))
	}
	r.wants("o1", "在吗", "")
}

func TestWithoutNoticesNothingIsSaid(t *testing.T) {
	r := newClocked(t, "notices = 'none'")
	r.wrote("o1", "你好")
	r.wants("o2", "你好", "")
	s := r.takes(yu, "o2")
	r.wants("o2", "你好", "")
	if err := r.desk.Close(t.Context(), r.agent(yu), s.SessionID); err != nil {
		t.Fatal(err)
	}
	r.wants("o2", "你好", "")
}

// event is a menu click, a scan or a follow.
func (r *clocked) event(openid, event, key string) *desk.Arrival {
	a := r.text(openid, "")
	a.Type, a.Event, a.EventKey = 0, event, key
	return a
}

const outside = "您好，现在是网鱼演示的休息时间，3月3日 09:00 开始服务。回复 1 排队等待，回复 2 留言。"

func TestWhateverBeginsASessionOutsideHoursWaitsForTheOpeningAndIsTold(t *testing.T) {
	r := newClocked(t, "")
	r.opened(desk.OutsideAsk) // Monday noon, and Monday is closed
	opens := time.Date(2026, 3, 3, 1, 0, 0, 0, time.UTC)
	if said := r.hears(r.event("o1", "click", "kf_other")); said != outside {
		t.Errorf("a click is answered %q", said)
	}
	r.wants("o1", "你好", "")
	r.wants("o2", "价格", "每小时八元。") // a rule wins
	r.wants("o2", "你好", outside)  // and the next message is answered
	r.wants("o2", "1", "好的，已为您排队，我们 3月3日 09:00 开始服务。")
	for _, o := range []string{"o1", "o2"} {
		if s := r.live(o); s.NotBefore == nil || !s.NotBefore.Equal(opens) {
			t.Errorf("%s waits until %v", o, s.NotBefore)
		}
	}
	a := r.event("o3", "subscribe", "qrscene_kf_other")
	if said := r.hears(a); said != "欢迎！" {
		t.Errorf("a follow is answered %q", said)
	}
	r.wants("o3", "你好", outside)
}

func TestAMessageThatWasLeftIsNotedAndIsWorkThatDoesNotRunOut(t *testing.T) {
	r := newClocked(t, "queue_timeout = 3600")
	r.opened(desk.OutsideAsk)
	r.wants("o1", "你好", outside)
	r.wants("o1", "2", "好的，请写下您的留言，我们 3月3日 09:00 上班后回复您。")
	r.wants("o1", "机器坏了", "您的留言已记下，我们 3月3日 09:00 上班后回复您。")
	r.wants("o1", "快一点", "")
	r.wrote("o2", "你好")
	left, queues := r.live("o1"), r.live("o2")
	if !left.LeftMessage || queues.LeftMessage {
		t.Fatalf("left a message: %v, %v", left.LeftMessage, queues.LeftMessage)
	}
	r.after(24 * time.Hour) // Tuesday noon: open for three hours
	if got := r.session(queues); got.State != int16(desk.NobodyReceived) {
		t.Fatalf("the other waits for ever: %d", got.State)
	}
	if got := r.session(left); !got.In(desk.Queueing) || got.NotBefore != nil {
		t.Errorf("what was left has run out: state %d, not before %v", got.State, got.NotBefore)
	}
	r.takes(yu, "o1")
}

func TestOutsideHoursACompanyMayLeaveNoChoice(t *testing.T) {
	for _, tc := range []struct {
		how, said string
		left      bool
	}{
		{desk.OutsideQueue, "您好，现在是网鱼演示的休息时间，已为您排队，我们 3月3日 09:00 开始服务。", false},
		{desk.OutsideMessage, "您好，现在是网鱼演示的休息时间，您的留言已记下，我们 3月3日 09:00 上班后回复您。", true},
	} {
		t.Run(tc.how, func(t *testing.T) {
			r := newClocked(t, "")
			r.opened(tc.how)
			r.wants("o1", "你好", tc.said)
			r.wants("o1", "2", "")
			if got := r.live("o1").LeftMessage; got != tc.left {
				t.Errorf("left a message: %v", got)
			}
		})
	}
}

func TestAMakeUpSaturdayIsOpenAndAHolidayIsNot(t *testing.T) {
	r := newClocked(t, "")
	h := &desk.Hours{Hours: hours.Hours{Closed: []hours.Date{"2026-03-06"}, MakeUp: map[hours.Date]time.Weekday{"2026-03-07": time.Friday}}}
	for day := time.Monday; day <= time.Friday; day++ {
		h.Week[day] = []hours.Span{{From: 9 * 60, To: 18 * 60}}
	}
	if err := r.desk.SetAccountHours(t.Context(), r.company, appid, h); err != nil {
		t.Fatal(err)
	}
	r.hands.move(4 * 24 * time.Hour) // Friday noon, a holiday
	r.wants("o1", "你好", "您好，现在是网鱼演示的休息时间，3月7日 09:00 开始服务。回复 1 排队等待，回复 2 留言。")
	r.after(24 * time.Hour) // Saturday noon, worked for it
	if s := r.live("o1"); s.NotBefore != nil {
		t.Errorf("on the made-up Saturday it waits until %v", s.NotBefore)
	}
	r.wants("o2", "你好", "您好，您前面还有 1 位客户在排队，请稍候。")
	r.hands.move(24 * time.Hour) // Sunday
	r.wants("o3", "你好", "您好，现在是网鱼演示的休息时间，3月9日 09:00 开始服务。回复 1 排队等待，回复 2 留言。")
}

func TestOtherHoursAreReckonedForThoseWhoWaitAlready(t *testing.T) {
	r := newClocked(t, "")
	r.wrote("o1", "你好")
	r.opened(desk.OutsideAsk)
	r.tick(r.desk)
	s := r.live("o1")
	if want := time.Date(2026, 3, 3, 1, 0, 0, 0, time.UTC); s.NotBefore == nil || !s.NotBefore.Equal(want) {
		t.Fatalf("it waits until %v, not %v", s.NotBefore, want)
	}
	r.wants("o1", "在吗", outside)
	r.opened(desk.OutsideAsk, hours.Span{From: 13 * 60, To: 18 * 60})
	r.tick(r.desk)
	if s, want := r.live("o1"), time.Date(2026, 3, 2, 5, 0, 0, 0, time.UTC); s.NotBefore == nil || !s.NotBefore.Equal(want) {
		t.Fatalf("it waits until %v, not %v", s.NotBefore, want)
	}
	r.wants("o1", "在吗", "您好，现在是网鱼演示的休息时间，3月2日 13:00 开始服务。回复 1 排队等待，回复 2 留言。")
	if err := r.desk.SetAccountHours(t.Context(), r.company, appid, nil); err != nil {
		t.Fatal(err)
	}
	r.tick(r.desk)
	if s := r.live("o1"); s.NotBefore != nil || !slices.Contains(r.acts(s), string(desk.ActOpen)) {
		t.Errorf("without hours it waits until %v, after %q", s.NotBefore, r.acts(s))
	}
}

func TestAClosedGroupIsWaitedForHoweverASessionCameToIt(t *testing.T) {
	r := newClocked(t, "")
	groups, err := r.store.Of(r.company).GroupsOfCompany(t.Context(), r.company)
	if err != nil {
		t.Fatal(err)
	}
	closed := groups[0].GroupID // 售后
	h := &desk.Hours{}
	h.Week[time.Tuesday] = []hours.Span{{From: 9 * 60, To: 18 * 60}}
	if err := r.desk.SetGroupHours(t.Context(), r.company, closed, h); err != nil {
		t.Fatal(err)
	}
	opens := time.Date(2026, 3, 3, 1, 0, 0, 0, time.UTC)
	waits := func(s *desk.Session, how string) {
		t.Helper()
		if got := r.session(s); !got.In(desk.Queueing) || got.NotBefore == nil || !got.NotBefore.Equal(opens) {
			t.Errorf("%s: state %d, not before %v", how, got.State, got.NotBefore)
		}
	}
	r.wrote("o1", "你好")
	r.wrote("o1", "售后")
	waits(r.live("o1"), "aimed by a rule while it queued")

	r.wrote("o2", "你好")
	s := r.takes(yu, "o2")
	if err := r.desk.Transfer(t.Context(), r.agent(yu), s.SessionID, desk.Destination{Group: "售后"}); err != nil {
		t.Fatal(err)
	}
	waits(s, "transferred by its agent")

	r.wrote("o3", "你好")
	if err := r.desk.Transfer(t.Context(), desk.Agent{Company: r.company}, r.live("o3").SessionID, desk.Destination{Group: "售后"}); err != nil {
		t.Fatal(err)
	}
	waits(r.live("o3"), "transferred while it queued")

	front, err := group(r, "前台", ptr(closed))
	if err != nil {
		t.Fatal(err)
	}
	r.wrote("o4", "你好")
	if err := r.desk.Transfer(t.Context(), desk.Agent{Company: r.company}, r.live("o4").SessionID, desk.Destination{Group: "前台"}); err != nil {
		t.Fatal(err)
	}
	r.after(2 * time.Minute)
	if s := r.live("o4"); s.GroupID == nil || *s.GroupID != closed || s.HomeGroupID == nil || *s.HomeGroupID != front || s.NotBefore != nil {
		t.Errorf("overflowed from a group that is open: group %v, home %v, not before %v", s.GroupID, s.HomeGroupID, s.NotBefore)
	}
	if err := r.desk.SetGroupHours(t.Context(), r.company, front, h); err != nil {
		t.Fatal(err)
	}
	r.tick(r.desk)
	waits(r.live("o4"), "overflowed, and both are closed now")
}

func ptr[T any](v T) *T { return &v }

// group makes a group of 小鱼 that overflows to another after a minute.
func group(r *clocked, name string, to *int64) (n int64, err error) {
	ctx := r.Context()
	err = r.store.Tx(ctx, r.company, func(q *store.Queries) error {
		if n, err = q.GroupPut(ctx, store.GroupPutParams{CompanyID: r.company, Name: name, Strategy: "least_busy"}); err != nil {
			return err
		}
		if err := q.GroupMembersSet(ctx, store.GroupMembersSetParams{CompanyID: r.company, GroupID: n, UIDs: []int64{yu}}); err != nil {
			return err
		}
		if err := q.GroupOverflowSet(ctx, store.GroupOverflowSetParams{CompanyID: r.company, GroupID: n, OverflowAfter: ptr(int64(60)), OverflowGroupID: to}); err != nil {
			return err
		}
		return q.CompanyTouch(ctx, r.company)
	})
	return n, err
}
