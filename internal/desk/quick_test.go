package desk_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/pinyin"
)

func TestWhatIsTypedFindsTheQuickReplyThatIsMeant(t *testing.T) {
	quick := func(n int64, title, shortcut, text string, used int64) desk.Quick {
		return desk.Quick{ID: n, Title: title, Shortcut: shortcut, Text: text, Used: used, Readings: pinyin.Readings(title)}
	}
	all := []desk.Quick{
		quick(1, "发票重开说明", "", "重开发票需要：正确抬头、税号、原票号。", 218),
		quick(2, "发票邮箱", "", "请把接收邮箱发给我。", 64),
		quick(3, "电子发票", "", "电子票已发出。", 300),
		quick(4, "退款", "refund", "款项原路退回，发票请寄回。", 900),
		quick(5, "营业时间", "kf", "每天 9:00–22:00", 1),
	}
	for _, tc := range []struct {
		name, typed string
		found       []int64
	}{
		{"nothing typed: what is used most", "", []int64{4, 3, 1, 2, 5}},
		{"the beginning of a title goes before the middle, and the text comes last", "发票", []int64{1, 2, 3, 4}},
		{"initials", "fp", []int64{1, 2, 3}},
		{"full pinyin", "dianzi", []int64{3}},
		{"a shortcut", "refund", []int64{4}},
		{"the beginning of a shortcut, capital letters", "RE", []int64{4}},
		{"a shortcut that is meant goes before initials that begin so", "kf", []int64{5}},
		{"a piece of the text", "抬头", []int64{1}},
		{"digits of the text", "22:00", []int64{5}},
		{"none", "礼品卡", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var found []int64
			for _, h := range desk.RankQuick(all, tc.typed) {
				found = append(found, h.ID)
			}
			if !slices.Equal(found, tc.found) {
				t.Errorf("found %v, want %v", found, tc.found)
			}
		})
	}
	h := desk.RankQuick(all, "fp")[0]
	if h.Code != "fpzksm" || h.InTitle != (pinyin.Span{From: 0, To: 2}) || h.InCode != (pinyin.Span{From: 0, To: 2}) {
		t.Errorf("marked: %+v", h)
	}
}

func TestVariablesAreFilledInAndWhatNobodyKnowsStaysStanding(t *testing.T) {
	r := newRoom(t)
	c, err := r.desk.Company(t.Context(), r.company)
	r.ok(err)
	at := func(hour int) time.Time { return time.Date(2018, 1, 18, hour, 30, 0, 0, c.Location) }
	whole := desk.Salutation{Customer: "陈女士", Agent: "小鱼", Account: "网鱼网咖", Now: at(10)}
	nameless := whole
	nameless.Customer = ""
	english := *c
	english.Locale = "en"
	for _, tc := range []struct {
		name, text string
		company    *desk.Company
		to         desk.Salutation
		want       string
	}{
		{"everything", "{客户}，{问候}！我是{公众号}的{客服}。{商户} {日期}", c, whole, "陈女士，上午好！我是网鱼网咖的小鱼。网鱼演示 1月18日"},
		{"in English words too", "{customer} {greeting} {agent} {account} {company} {today}", c, whole, "陈女士 上午好 小鱼 网鱼网咖 网鱼演示 1月18日"},
		{"a company that speaks English", "{greeting}, {customer}. {today}", &english, whole, "Good morning, 陈女士. 18 January"},
		{"a customer without a name", "{客户}您好", c, nameless, "{客户}您好"},
		{"a name that looks like a variable is a name", "{客户}您好", c, desk.Salutation{Customer: "{客服}", Agent: "小鱼", Now: at(1)}, "{客服}您好"},
		{"nothing to fill in", "您好", c, whole, "您好"},
	} {
		if got := tc.company.FillQuick(tc.text, tc.to); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
	for hour, want := range map[int]string{2: "晚上好", 7: "早上好", 11: "上午好", 12: "中午好", 15: "下午好", 20: "晚上好"} {
		if got := c.FillQuick("{问候}", desk.Salutation{Now: at(hour)}); got != want {
			t.Errorf("at %d it greets %q, want %q", hour, got, want)
		}
	}
	if gaps := desk.QuickGaps("{客户}，{价格} {客户} {agent}"); !slices.Equal(gaps, []string{"{客户}", "{agent}"}) {
		t.Errorf("gaps %q", gaps)
	}
}

func TestWhatAQuickReplyMayBe(t *testing.T) {
	r := newRoom(t)
	r.quick(r.agent(yu), desk.Quick{Owner: desk.Owner{UID: yu}, Title: "退款", Text: "x"})
	picture := &desk.Upload{ID: r.upload(r.agent(yu), "image").ID}
	film := &desk.Upload{ID: r.upload(r.agent(yu), "video").ID}
	for _, tc := range []struct {
		name string
		q    desk.Quick
		say  string
	}{
		{"it has a title", desk.Quick{Title: " ", Text: "x"}, "quick.title"},
		{"a title has an end", desk.Quick{Title: strings.Repeat("题", 61), Text: "x"}, "quick.title"},
		{"a title is one owner's once", desk.Quick{Title: " 退款 ", Text: "x"}, "quick.title-taken"},
		{"it says something", desk.Quick{Title: "a", Text: " \n"}, "quick.nothing"},
		{"pictures alone will do", desk.Quick{Title: "a", Images: []*desk.Upload{picture}}, ""},
		{"a text has an end", desk.Quick{Title: "b", Text: strings.Repeat("长", 2001)}, "quick.long"},
		{"a shortcut is a word", desk.Quick{Title: "c", Text: "x", Shortcut: "a b"}, "quick.shortcut"},
		{"a shortcut has no slash", desk.Quick{Title: "c", Text: "x", Shortcut: "/tk"}, "quick.shortcut"},
		{"a shortcut may be Chinese", desk.Quick{Title: "c", Text: "x", Shortcut: "退"}, ""},
		{"a variable is known", desk.Quick{Title: "d", Text: "{客户邮箱}"}, "quick.variable"},
		{"variables of both languages", desk.Quick{Title: "d", Text: "{客户} {agent}"}, ""},
		{"braces that hold nothing are none", desk.Quick{Title: "e", Text: "{}"}, "quick.variable"},
		{"so many pictures", desk.Quick{Title: "f", Images: []*desk.Upload{picture, picture, picture, picture, picture}}, "quick.images"},
		{"a picture is none that nobody uploaded", desk.Quick{Title: "f", Images: []*desk.Upload{{ID: id.New()}}}, "upload.missing"},
		{"a film is no picture", desk.Quick{Title: "f", Images: []*desk.Upload{film}}, "quick.image-kind"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.q.UID = yu
			_, err := r.desk.PutQuick(t.Context(), r.agent(yu), tc.q)
			if tc.say == "" {
				(&room{T: t}).ok(err)
				return
			}
			(&room{T: t}).refused(err, tc.say)
		})
	}
}

func TestWhoHasAndWhoChangesWhichQuickReplies(t *testing.T) {
	r := newRoom(t)
	r.staff()
	group := r.afterSales()
	own := r.quick(r.agent(ming), desk.Quick{Owner: desk.Owner{UID: ming}, Title: "我的", Text: "x"})
	ours := r.quick(r.agent(boss), desk.Quick{Owner: desk.Owner{Group: group}, Title: "组里的", Text: "x"})
	all := r.quick(r.agent(boss), desk.Quick{Title: "大家的", Text: "x"})
	program := desk.Agent{Company: r.company}
	for _, tc := range []struct {
		name    string
		who     desk.Agent
		q       *desk.Quick
		sees    bool
		changes bool
	}{
		{"their own", r.agent(ming), own, true, true},
		{"a colleague's own", r.agent(yu), own, false, false},
		{"an agent's own, to a supervisor", r.agent(boss), own, false, false},
		{"an agent's own, to the company's programs", program, own, true, true},
		{"their group's", r.agent(ming), ours, true, false},
		{"another group's", r.agent(yu), ours, false, false},
		{"a group's, to a supervisor", r.agent(boss), ours, true, true},
		{"the company's", r.agent(yu), all, true, false},
		{"the company's, to a supervisor", r.agent(boss), all, true, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, changes, err := r.desk.Quick(t.Context(), tc.who, tc.q.ID)
			if !tc.sees {
				(&room{T: t}).refused(err, "quick.missing")
			} else if err != nil || changes != tc.changes {
				t.Errorf("changes %v, %v", changes, err)
			}
			if tc.changes {
				return
			}
			want := desk.Denied
			if !tc.sees {
				want = desk.Missing
			}
			changed := *tc.q
			changed.Text = "改过"
			_, put := r.desk.PutQuick(t.Context(), tc.who, changed)
			for act, err := range map[string]error{"change": put, "delete": r.desk.DropQuick(t.Context(), tc.who, tc.q.ID), "take back": r.desk.RestoreQuick(t.Context(), tc.who, tc.q.ID)} {
				if desk.KindOf(err) != want {
					t.Errorf("%s: %v", act, err)
				}
			}
		})
	}
	for name, o := range map[string]desk.Owner{"the company": {}, "a group": {Group: group}, "somebody else": {UID: yu}} {
		if _, err := r.desk.PutQuick(t.Context(), r.agent(ming), desk.Quick{Owner: o, Title: "新的", Text: "x"}); desk.KindOf(err) != desk.Denied {
			t.Errorf("an agent made one of %s: %v", name, err)
		}
	}
	for uid, want := range map[int64][]int64{ming: {own.ID, ours.ID, all.ID}, yu: {all.ID}, boss: {all.ID}} {
		found, total, err := r.desk.FindQuick(t.Context(), r.agent(uid), "", 10)
		r.ok(err)
		var got []int64
		for _, h := range found {
			got = append(got, h.ID)
		}
		if !slices.Equal(got, want) || total != len(want) {
			t.Errorf("%d has %v at hand, want %v", uid, got, want)
		}
	}
}

func TestEachSendingOfAQuickReplyIsCountedOnce(t *testing.T) {
	r := newRoom(t)
	s := r.with("o1", yu)
	q := r.quick(r.agent(yu), desk.Quick{Owner: desk.Owner{UID: yu}, Title: "退款", Text: "原路退回"})
	foreign := r.quick(r.agent(ming), desk.Quick{Owner: desk.Owner{UID: ming}, Title: "退款", Text: "x"})
	say := func(key string, quick int64) {
		t.Helper()
		_, _, err := r.desk.Reply(t.Context(), r.agent(yu), s.SessionID, desk.Reply{Type: desk.TypeText, Text: "原路退回", Key: key, Quick: quick})
		r.ok(err)
	}
	for _, key := range []string{"a", "a", "b"} { // the page repeats what it is not sure of
		say(key, q.ID)
	}
	say("c", 0)
	say("d", foreign.ID)
	say("e", 424242) // gone meanwhile: what was made of it is sent all the same
	if now := r.quickNow(r.agent(yu), q.ID); now.Used != 2 || now.UsedAt == nil {
		t.Errorf("counted %d times, last %v", now.Used, now.UsedAt)
	}
	if now := r.quickNow(r.agent(ming), foreign.ID); now.Used != 0 {
		t.Error("somebody else's own was counted")
	}
	if n := len(r.messages(s)); n != 6 { // what the customer said, and five answers
		t.Errorf("%d messages", n)
	}
}

func TestAPictureOfAQuickReplyIsSentByWhoeverHasItAndStaysAsLongAsItIsNamed(t *testing.T) {
	r := newRoom(t)
	r.staff()
	s := r.with("o1", yu)
	map1, stray := r.upload(r.agent(boss), "image"), r.upload(r.agent(boss), "image")
	send := func(u *desk.Upload, key string) error {
		_, _, err := r.desk.Reply(t.Context(), r.agent(yu), s.SessionID, desk.Reply{Type: desk.TypeImage, Data: desk.Data{ResourcesID: u.ID.String()}, Key: key})
		return err
	}
	r.refused(send(map1, "1"), "upload.missing")
	_, err := r.desk.Medium(t.Context(), r.agent(yu), s.SessionID, map1.ID)
	r.refused(err, "message.missing")
	q := r.quick(r.agent(boss), desk.Quick{Title: "地图", Images: []*desk.Upload{map1}})
	if _, err := r.desk.Medium(t.Context(), r.agent(yu), s.SessionID, map1.ID); err != nil {
		t.Errorf("it cannot be seen before it is sent: %v", err)
	}
	if _, err := r.desk.QuickImage(t.Context(), r.agent(yu), map1.ID); err != nil {
		t.Error(err)
	}
	_, err = r.desk.QuickImage(t.Context(), r.agent(yu), stray.ID)
	r.refused(err, "message.missing")

	var gone []string
	drop := func() {
		t.Helper()
		gone = nil
		_, err := r.desk.DropUploads(t.Context(), 10, func(_ context.Context, f desk.Forgotten) error { gone = append(gone, f.Media...); return nil })
		r.ok(err)
	}
	r.age(map1, stray)
	drop()
	if !slices.Equal(gone, []string{stray.Key()}) {
		t.Errorf("removed %q, want what nobody names", gone)
	}
	r.ok(send(map1, "2"))
	q.Images = nil
	q.Text = "见地图"
	r.quick(r.agent(boss), *q)
	drop()
	if len(gone) != 0 {
		t.Errorf("what was sent is removed: %q", gone)
	}
	r.refused(send(map1, "3"), "upload.missing") // named by nothing any more
}

func TestWhatWasDeletedCanBeTakenBackForADay(t *testing.T) {
	r := newRoom(t)
	me := r.agent(yu)
	q := r.quick(me, desk.Quick{Owner: desk.Owner{UID: yu}, Title: "退款", Text: "x"})
	r.ok(r.desk.DropQuick(t.Context(), me, q.ID))
	_, _, err := r.desk.Quick(t.Context(), me, q.ID)
	r.refused(err, "quick.missing")
	if found, _, _ := r.desk.FindQuick(t.Context(), me, "", 10); len(found) != 0 {
		t.Errorf("still at hand: %+v", found)
	}
	r.refused(r.desk.DropQuick(t.Context(), me, q.ID), "quick.missing")
	r.ok(r.desk.RestoreQuick(t.Context(), me, q.ID))
	r.quickNow(me, q.ID)
	r.ok(r.desk.DropQuick(t.Context(), me, q.ID))
	r.quick(me, desk.Quick{Owner: desk.Owner{UID: yu}, Title: "退款", Text: "新的"}) // the title is free
	r.refused(r.desk.RestoreQuick(t.Context(), me, q.ID), "quick.title-taken")

	r.ok(r.sql("UPDATE quick_replies SET deleted_at = deleted_at - interval '25 hours' WHERE deleted_at IS NOT NULL", true))
	r.refused(r.desk.RestoreQuick(t.Context(), me, q.ID), "quick.missing")
}

func TestAnotherCompanysQuickRepliesLookMissing(t *testing.T) {
	r := newRoom(t)
	other := id.New()
	r.furnish(other, "wx0000000000000002")
	q := r.quick(desk.Agent{Company: r.company}, desk.Quick{Title: "退款", Text: "我们的"})
	picture := r.upload(desk.Agent{Company: r.company}, "image")
	for _, them := range []desk.Agent{{Company: other}, {Company: other, UID: yu}} {
		_, _, look := r.desk.Quick(t.Context(), them, q.ID)
		_, change := r.desk.PutQuick(t.Context(), them, desk.Quick{ID: q.ID, Owner: desk.Owner{UID: them.UID}, Title: "他们的", Text: "x"})
		_, image := r.desk.QuickImage(t.Context(), them, picture.ID)
		_, take := r.desk.PutQuick(t.Context(), them, desk.Quick{Owner: desk.Owner{UID: them.UID}, Title: "图", Images: []*desk.Upload{{ID: picture.ID}}})
		for act, err := range map[string]error{"look": look, "change": change, "delete": r.desk.DropQuick(t.Context(), them, q.ID), "take back": r.desk.RestoreQuick(t.Context(), them, q.ID),
			"see a picture": image, "take a picture": take} {
			if desk.KindOf(err) != desk.Missing {
				t.Errorf("%s: %v", act, err)
			}
		}
		if found, total, err := r.desk.FindQuick(t.Context(), them, "退款", 10); err != nil || total != 0 {
			t.Errorf("they find %+v, %v", found, err)
		}
		if all, err := r.desk.AllQuicks(t.Context(), other, desk.Owner{}, 0, 10); err != nil || len(all) != 0 {
			t.Errorf("they list %+v, %v", all, err)
		}
	}
	if now := r.quickNow(desk.Agent{Company: r.company}, q.ID); now.Title != "退款" {
		t.Errorf("they changed it: %+v", now)
	}
}

func (r *room) quick(who desk.Agent, q desk.Quick) *desk.Quick {
	r.Helper()
	out, err := r.desk.PutQuick(r.Context(), who, q)
	r.ok(err)
	return out
}

func (r *room) quickNow(who desk.Agent, n int64) *desk.Quick {
	r.Helper()
	out, _, err := r.desk.Quick(r.Context(), who, n)
	r.ok(err)
	return out
}

// upload is a file that was kept, of which there are no bytes.
func (r *room) upload(who desk.Agent, kind string) *desk.Upload {
	r.Helper()
	u, err := r.desk.NewUpload(r.Context(), who)
	r.ok(err)
	u.Kind, u.Mime, u.Size, u.Thumb = kind, "image/jpeg", 1000, true
	r.ok(r.desk.KeepUpload(r.Context(), u))
	return u
}

// age makes uploads older than a day.
func (r *room) age(all ...*desk.Upload) {
	r.Helper()
	for _, u := range all {
		r.ok(r.sql("UPDATE uploads SET created_at = created_at - interval '2 days' WHERE upload_id = $1", true, u.ID))
		u.CreatedAt = u.CreatedAt.Add(-48 * time.Hour)
	}
}

func (r *room) afterSales() int64 {
	r.Helper()
	c, err := r.desk.Company(r.Context(), r.company)
	r.ok(err)
	return c.GroupNamed("售后").GroupID
}
