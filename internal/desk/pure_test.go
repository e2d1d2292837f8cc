package desk

import (
	"slices"
	"strings"
	"testing"
	"time"

	"weir/internal/id"
	"weir/internal/store"
)

// What needs no database: the rules themselves, as tables.

var noon = time.Date(2026, 7, 18, 12, 0, 0, 0, time.UTC)

// of is a session of agent 7's company in a state; uid 0: nobody's.
func of(state State, uid int64) Session {
	s := Session{store.Session{State: int16(state), UID: ptr(uid)}}
	if uid != 0 {
		s.AssignedAt = &noon
	}
	if state == Conversing || state == GroupConversation {
		s.TakenAt = &noon
	}
	if state == GroupConversation {
		s.Guests = []int64{9}
	}
	if !state.Live() {
		s.ClosedAt = &noon
	}
	return s
}

func TestWhatMayHappenToASession(t *testing.T) {
	closeIt := func(s *Session) error { return s.Close(7, noon) }
	accept := func(s *Session) error { return s.Accept(7, noon) }
	answer := func(s *Session) error { return s.Spoken(7, noon) }
	assign := func(s *Session) error { return s.Assign(7, 66, noon) }
	release := func(s *Session) error { return s.Release(7) }
	for _, tc := range []struct {
		name string
		was  Session
		act  func(*Session) error
		want State
		why  Kind // zero: allowed
	}{
		{"the agent serving it may close it", of(Conversing, 7), closeIt, Closed, 0},
		{"the agent it waits for may close it", of(Waiting, 7), closeIt, Closed, 0},
		{"closing twice is not a mistake", of(Closed, 7), closeIt, Closed, 0},
		{"another agent may not close it", of(Conversing, 8), closeIt, Conversing, Denied},
		{"nobody closes what nobody took", of(Queueing, 0), closeIt, Queueing, Denied},
		{"opening a waiting session begins the conversation", of(Waiting, 7), accept, Conversing, 0},
		{"opening it twice is not a mistake", of(Conversing, 7), accept, Conversing, 0},
		{"what waits for somebody else is taken", of(Waiting, 8), accept, Waiting, Taken},
		{"a queueing session is not opened but taken from the queue", of(Queueing, 0), accept, Queueing, Denied},
		{"a closed session never reopens", of(ReceptionTimeout, 7), accept, ReceptionTimeout, Taken},
		{"answering a waiting session takes it", of(Waiting, 7), answer, Conversing, 0},
		{"nobody answers in a closed session", of(ClosedByAdmin, 7), answer, ClosedByAdmin, Taken},
		{"a queueing session can be given out", of(Queueing, 0), assign, Waiting, 0},
		{"what somebody has is not given out again", of(Waiting, 8), assign, Waiting, Taken},
		{"who has it can give it back to the queue", of(Conversing, 7), release, Queueing, 0},
		{"nobody gives back what another has", of(Conversing, 8), release, Conversing, Denied},
		{"what is over cannot go back", of(NobodyReceived, 0), release, NobodyReceived, Taken},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := tc.was
			if err := tc.act(&s); KindOf(err) != tc.why {
				t.Fatalf("err = %v, want kind %v", err, tc.why)
			}
			if State(s.State) != tc.want {
				t.Errorf("state = %v, want %v", s.State, tc.want)
			}
			if (s.ClosedAt != nil) != (s.State < 0) || s.In(Queueing) && s.UID != nil || s.In(Waiting, Conversing) && s.UID == nil {
				t.Errorf("the schema would refuse %+v", s.Session)
			}
		})
	}
}

func TestWhoGetsASession(t *testing.T) {
	online := func(uid int64, load int, last time.Time) Candidate {
		return Candidate{UID: uid, Seat: uid + 100, Status: Online, Load: load, Capacity: 5, LastAssigned: last}
	}
	early, late := noon.Add(-time.Hour), noon
	for _, tc := range []struct {
		name string
		c    Case
		want int64
		step string
	}{
		{"the least busy", Case{Candidates: []Candidate{online(1, 3, early), online(2, 1, late)}}, 2, "other"},
		{"of two as busy, who was given one longest ago", Case{Candidates: []Candidate{online(1, 1, late), online(2, 1, early)}}, 2, "other"},
		{"of two alike in all, always the same", Case{Candidates: []Candidate{online(2, 1, late), online(1, 1, late)}}, 1, "other"},
		{"the exclusive agent, however busy", Case{Exclusive: 1, Candidates: []Candidate{online(1, 4, late), online(2, 0, early)}}, 1, "exclusive"},
		{"another, when the exclusive agent is full", Case{Exclusive: 1, Candidates: []Candidate{online(1, 5, late), online(2, 0, early)}}, 2, "other"},
		{"only the agent it names", Case{Target: 1, Candidates: []Candidate{{UID: 1, Seat: 1, Status: Offline, Capacity: 5}, online(2, 0, early)}}, 0, "user"},
		{"only one of the group", Case{Group: 9, Members: []int64{2}, Candidates: []Candidate{online(1, 0, early), online(2, 4, late)}}, 2, "group"},
		{"nobody of a group that is full", Case{Group: 9, Members: []int64{2}, Candidates: []Candidate{online(1, 0, early), online(2, 5, late)}}, 0, "group"},
		{"round robin does not count", Case{Group: 9, Members: []int64{1, 2}, Strategy: "round_robin", Candidates: []Candidate{online(1, 0, late), online(2, 4, early)}}, 2, "group"},
		{"nobody without a seat", Case{Candidates: []Candidate{{UID: 1, Status: Online, Capacity: 5}}}, 0, "other"},
		{"nobody who is away", Case{Candidates: []Candidate{{UID: 1, Seat: 1, Status: Away, Capacity: 5}}}, 0, "other"},
		{"nobody at all", Case{}, 0, "other"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := Choose(tc.c)
			if d.UID != tc.want || d.Step != tc.step {
				t.Errorf("chose %d by %s, want %d by %s", d.UID, d.Step, tc.want, tc.step)
			}
			for i, v := range d.Verdicts {
				if v.Why == "" || (v.Why == "chosen") != (v.UID == d.UID) || v.UID != tc.c.Candidates[i].UID {
					t.Errorf("the decision does not say why: %+v", d.Verdicts)
				}
			}
		})
	}
}

func TestWhichRuleAnswers(t *testing.T) {
	only := "wx2"
	b := bookOf([]store.Rule{
		{RuleID: 1, Kind: MatchContains, Keywords: []string{"价格", "ＷＩＦＩ"}, Enabled: true},
		{RuleID: 2, Kind: MatchExact, Keywords: []string{"会员价格"}, Enabled: true},
		{RuleID: 3, Kind: MatchExact, Keywords: []string{"Hello"}, Enabled: true},
		{RuleID: 4, Kind: MatchExact, Keywords: []string{"关"}, Enabled: false},
		{RuleID: 5, Kind: MatchContains, Keywords: []string{"只在二号"}, AppID: &only, Enabled: true},
		{RuleID: 6, Kind: MatchFollow, Enabled: true},
	})
	for text, want := range map[string]int64{
		"请问价格": 1, "会员价格": 1, " hello ": 3, "HELLO": 3, "hello there": 0, "wifi密码": 1, "ｗｉｆｉ": 1, "关": 0, "只在二号": 0, "": 0,
	} {
		var got int64
		if r := b.text("wx1", text); r != nil {
			got = r.RuleID
		}
		if got != want {
			t.Errorf("%q is answered by rule %d, want %d", text, got, want)
		}
	}
	if r := b.followed("wx1"); r == nil || r.RuleID != 6 {
		t.Errorf("a follow is answered by %+v", r)
	}
}

// hour is a window that is open for an hour yet.
func hour(allowed, used int) Window {
	return Window{Allowed: allowed, Used: used, Until: noon.Add(time.Hour)}
}

func TestWhatMayStillBeSent(t *testing.T) {
	for _, tc := range []struct {
		name string
		l    Ledger
		left int
		say  string
	}{
		{"all of a new window", Ledger{Message: hour(5, 0)}, 5, ""},
		{"what is left of it", Ledger{Message: hour(5, 4)}, 1, ""},
		{"nothing when the count is used up", Ledger{Message: hour(5, 5)}, 0, "wechat.45047"},
		{"nothing when the time is over", Ledger{Message: Window{Allowed: 5, Until: noon}}, 0, "wechat.45015"},
		{"nothing to who never wrote", Ledger{}, 0, "wechat.45015"},
		{"what a click allows where the messages are used up", Ledger{hour(5, 5), hour(3, 0)}, 3, ""},
		{"two windows do not add up", Ledger{hour(5, 1), hour(3, 1)}, 4, ""},
		{"nothing when both are used up", Ledger{hour(5, 9), hour(3, 4)}, 0, "wechat.45047"},
		{"a window that is over does not count beside one that is open", Ledger{hour(5, 5), Window{Allowed: 3, Until: noon}}, 0, "wechat.45047"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := tc.l.Left(noon); got != tc.left {
				t.Errorf("%d left, want %d", got, tc.left)
			}
			say := ""
			if r, ok := tc.l.Refuse(noon).(*Refusal); ok {
				say = r.Say
			}
			if say != tc.say {
				t.Errorf("said %q, want %q", say, tc.say)
			}
		})
	}
}

// stage is what a group of callbacks finds.
func stage(rules ...store.Rule) (*known, who) {
	company := id.New()
	c := &Company{Company: store.Company{CompanyID: company}, Accounts: map[string]*store.Account{}, Groups: map[int64]*Group{5: {}}, rules: bookOf(rules), names: map[int64]string{7: "小鱼", 8: "小红"},
		seats: map[string]map[int64]int64{"wx1": {7: 67}}, epochs: map[int64]int64{7: 0, 8: 0}}
	return &known{companies: map[id.ID]*Company{company: c}, now: noon}, who{company, "wx1", "o1"}
}

func arrive(w who, key, text string) *Arrival {
	return &Arrival{Company: w.company, AppID: w.appid, OpenID: w.openid, At: noon, Key: key, Type: TypeText, Text: text}
}

func TestAGroupIsDecidedInItsOrder(t *testing.T) {
	k, w := stage(store.Rule{RuleID: 1, Kind: MatchContains, Keywords: []string{"价格"}, Reply: PiecesJSON(Texts("八元", "会员六元")), Enabled: true})
	v := hear([]*Arrival{arrive(w, "m:1", "你好"), arrive(w, "m:2", "价格"), arrive(w, "m:1", "你好"), arrive(w, "m:2", "价格"), arrive(w, "m:3", "谢谢")}, k)
	if len(v.drafts) != 1 {
		t.Fatalf("%d sessions", len(v.drafts))
	}
	var texts []string
	for i, m := range v.drafts[0].added {
		if int(m.Seq) != i+1 {
			t.Errorf("place %d is %d", i+1, m.Seq)
		}
		texts = append(texts, m.Text)
	}
	if got, want := len(texts), 5; got != want {
		t.Errorf("the thread is %q", texts)
	}
	if v.answers[1].Text != "八元" || v.answers[3] != saying("八元").again() || v.answers[2] != (Answer{}).again() {
		t.Errorf("answered %+v", v.answers)
	}
}

func TestARuleIsSilentWhileAPersonServes(t *testing.T) {
	k, w := stage(store.Rule{RuleID: 1, Kind: MatchContains, Keywords: []string{"价格"}, Reply: PiecesJSON(Texts("八元")), Enabled: true})
	s := of(Conversing, 7)
	k.sessions = map[who]*Session{w: &s}
	if v := hear([]*Arrival{arrive(w, "m:1", "价格")}, k); v.answers[0].Text != "" {
		t.Errorf("answered %q", v.answers[0].Text)
	}
}

func TestAClickOrScanSaysWhomItIsFor(t *testing.T) {
	for key, want := range map[string]Session{
		"click kf_user_7":             {store.Session{Type: ToUser, TargetUID: ptr[int64](7)}},
		"click kf_group_5":            {store.Session{Type: ToTeam, GroupID: ptr[int64](5)}},
		"click kf_other":              {store.Session{Type: ToOther}},
		"scan kf_user_7":              {store.Session{Type: ToUser, TargetUID: ptr[int64](7)}},
		"subscribe qrscene_kf_user_7": {store.Session{Type: ToUser, TargetUID: ptr[int64](7)}},
		"click kf_user_999":           {store.Session{Type: ToOther}}, // nobody: anyone
		"click kf_user_8":             {store.Session{Type: ToOther}}, // without a seat: anyone
		"click member":                {},
	} {
		k, w := stage()
		a := arrive(w, "e:1", "")
		a.Event, a.EventKey, _ = strings.Cut(key, " ")
		v := hear([]*Arrival{a}, k)
		if want.Type == "" {
			if len(v.drafts) != 0 {
				t.Errorf("%s begins a session", key)
			}
			continue
		}
		if len(v.drafts) != 1 {
			t.Errorf("%s begins no session", key)
			continue
		}
		s := v.drafts[0].session
		if s.Type != want.Type || val(s.TargetUID) != val(want.TargetUID) || val(s.GroupID) != val(want.GroupID) {
			t.Errorf("%s is for %s %v %v", key, s.Type, val(s.TargetUID), val(s.GroupID))
		}
		if len(v.events) != 1 || v.events[0].SessionID == nil {
			t.Errorf("%s is not kept with its session", key)
		}
	}
}

func TestARuleAnswersWithWhatItSays(t *testing.T) {
	card := Piece{Type: PieceNews, Title: "活动", URL: "https://example.com/a"}
	picture := Piece{Type: "image", ResourcesID: "01a210ecfeb67ad49e3997a31b79b1e8", Facts: &Data{ResourcesID: "01a210ecfeb67ad49e3997a31b79b1e8", Media: MediaKept, Mime: "image/jpeg"}}
	menu := Piece{Type: KindMenu, Menu: &Menu{Head: "满意吗？", Items: []MenuItem{{ID: "1", Text: "满意"}}}}
	for _, tc := range []struct {
		name   string
		pieces []Piece
		said   int16   // at once; 0: nothing
		queued []int16 // by the outbox
	}{
		{"a text at once", Texts("八元"), TypeText, nil},
		{"a card at once", []Piece{card}, TypeLink, nil},
		{"the first at once and the others behind it", []Piece{card, picture, menu}, TypeLink, []int16{TypeImage, TypeOther}},
		{"a picture must be given to WeChat first", []Piece{picture, card}, 0, []int16{TypeImage, TypeLink}},
		{"a menu is no passive reply", []Piece{menu}, 0, []int16{TypeOther}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			k, w := stage(store.Rule{RuleID: 1, Kind: MatchContains, Keywords: []string{"价格"}, Reply: PiecesJSON(tc.pieces), Enabled: true})
			v := hear([]*Arrival{arrive(w, "m:1", "价格"), arrive(w, "m:1", "价格")}, k)
			if v.answers[0].Type != tc.said || v.answers[1] != v.answers[0].again() {
				t.Errorf("it said %+v, and to the repeat %+v", v.answers[0], v.answers[1])
			}
			var queued []int16
			for _, m := range v.drafts[0].added {
				if m.Delivery == Queued {
					queued = append(queued, m.Type)
				}
			}
			if !slices.Equal(queued, tc.queued) {
				t.Errorf("%v are to be sent, not %v", queued, tc.queued)
			}
		})
	}
}

func TestAnAnswerThatIsKeptIsAnsweredAgain(t *testing.T) {
	for _, a := range []Answer{saying("八元"), {}, {Type: TypeLink, Data: Data{Title: "活动", URL: "https://example.com/a"}}} {
		if got := answered(a.Text, a.kept()); got != a {
			t.Errorf("%+v became %+v", a, got)
		}
	}
}

func TestAPictureIsAnsweredAtOnceWhereWeChatHasIt(t *testing.T) {
	const upload = "01a210ecfeb67ad49e3997a31b79b1e8"
	name, err := id.Parse(upload)
	if err != nil {
		t.Fatal(err)
	}
	has := func(appid, kind string, until time.Time) []store.UploadMediaOfRulesRow {
		return []store.UploadMediaOfRulesRow{{UploadID: name, AppID: appid, Kind: kind, MediaID: "m", Until: until}}
	}
	for _, tc := range []struct {
		name  string
		known []store.UploadMediaOfRulesRow
		mime  string
		want  string // what the answer carries; "": it goes through the outbox
	}{
		{"for long enough", has("wx1", "image", noon.Add(2*time.Hour)), "image/jpeg", "m"},
		{"at another account", has("wx2", "image", noon.Add(2*time.Hour)), "image/jpeg", ""},
		{"not for much longer", has("wx1", "image", noon.Add(time.Minute)), "image/jpeg", ""},
		{"as something else", has("wx1", "video", noon.Add(2*time.Hour)), "image/jpeg", ""},
		{"an animation never", has("wx1", "image", noon.Add(2*time.Hour)), "image/gif", ""},
		{"not at all", nil, "image/jpeg", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			k, w := stage(store.Rule{RuleID: 1, Kind: MatchExact, Keywords: []string{"地图"}, Enabled: true,
				Reply: PiecesJSON([]Piece{{Type: "image", ResourcesID: upload, Facts: &Data{ResourcesID: upload, Mime: tc.mime}}})})
			k.companies[w.company].media = ruleMediaOf(tc.known)
			v := hear([]*Arrival{arrive(w, "m:1", "地图")}, k)
			if v.answers[0].Data.MediaID != tc.want || (v.answers[0].Type == TypeImage) != (tc.want != "") {
				t.Errorf("answered %+v", v.answers[0])
			}
			added := v.drafts[0].added
			if last := added[len(added)-1]; (last.Delivery == Sent) != (tc.want != "") || last.Data.MediaID != tc.want {
				t.Errorf("kept as %s with %q", last.Delivery, last.Data.MediaID)
			}
		})
	}
}
