package desk_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/store"
)

// taps is a customer who presses a button of the menu.
func (r *room) taps(openid, key string) *desk.Arrival {
	a := r.scans(openid, key, false)
	a.Event = "click"
	return a
}

// published makes a menu and publishes it, and returns what WeChat was given.
func (r *room) published(menu ...desk.Button) (given []desk.Button) {
	r.Helper()
	_, err := r.desk.DraftMenu(r.Context(), r.agent(yu), appid, menu, -1)
	r.ok(err)
	r.ok(r.desk.PublishMenu(r.Context(), r.agent(yu), appid, func(b []desk.Button) error { given = b; return nil }))
	return given
}

func TestAButtonOfTheMenuOpensASessionOrAnswers(t *testing.T) {
	r := newRoom(t)
	company, err := r.desk.Company(t.Context(), r.company)
	r.ok(err)
	group := company.GroupNamed("售后").GroupID
	menu := r.published(desk.Button{Name: "售后", Does: desk.OpensGroup, GroupID: group},
		desk.Button{Name: "更多", Does: desk.OpensList, Below: []desk.Button{{Name: "地址", Does: desk.SaysText, Text: "三里屯 1 号"}, {Name: "小鱼", Does: desk.OpensAgent, UID: yu}}})
	r.receive(r.taps("o1", menu[0].Key()))
	s := r.live("o1")
	if s.GroupID == nil || *s.GroupID != group {
		t.Errorf("the session is for the group %v", s.GroupID)
	}
	if by := s.Aimed(); by == nil || by.Kind != desk.AimedByMenu || by.Name != "售后" {
		t.Errorf("it was sent there by %+v", by)
	}
	tap := r.taps("o2", menu[1].Below[0].Key())
	for i := range 2 {
		if said := r.receive(tap); said.Text != "三里屯 1 号" || said.Repeat != (i > 0) {
			t.Errorf("answered %+v", said)
		}
	}
	if _, err := r.store.Of(r.company).SessionLiveOf(t.Context(), store.SessionLiveOfParams{CompanyID: r.company, AppID: appid, OpenID: "o2"}); !errors.Is(err, store.ErrNone) {
		t.Errorf("a text began a session: %v", err)
	}
	if r.receive(r.taps("o3", menu[1].Below[1].Key())); *r.live("o3").TargetUID != yu {
		t.Error("the session is not for the agent")
	}
}

func TestATextKeepsItsKeySoPhonesWithTheMenuBeforeGetTheTextOfNow(t *testing.T) {
	r := newRoom(t)
	first := r.published(desk.Button{Name: "地址", Does: desk.SaysText, Text: "旧址"})
	first[0].Text = "新址"
	second := r.published(first...)
	if first[0].Key() != second[0].Key() {
		t.Errorf("the key changed from %s to %s", first[0].Key(), second[0].Key())
	}
	if said := r.receive(r.taps("o1", first[0].Key())); said.Text != "新址" {
		t.Errorf("answered %q", said.Text)
	}
}

func TestNobodyOverwritesADraftThatTheyHaveNotSeen(t *testing.T) {
	r := newRoom(t)
	keep := func(who int64, name string, seen int64) (int64, error) {
		m, err := r.desk.DraftMenu(t.Context(), r.agent(who), appid, []desk.Button{{Name: name}}, seen)
		if err != nil {
			return 0, err
		}
		return m.Version, nil
	}
	first, err := keep(yu, "甲", 0)
	r.ok(err)
	_, err = keep(ming, "乙", 0)
	r.refused(err, "menu.drafted")
	again, err := keep(yu, "丙", 0) // the answer to the first never reached their page
	r.ok(err)
	_, err = keep(ming, "丁", first)
	r.refused(err, "menu.drafted")
	_, err = keep(ming, "戊", again)
	r.ok(err)
	_, err = keep(yu, "己", again)
	r.refused(err, "menu.drafted")
	_, err = keep(0, "庚", -1) // a program says so and knows nothing of pages
	r.ok(err)
	m, err := r.desk.Menu(t.Context(), r.company, appid)
	r.ok(err)
	if m.Draft[0].Name != "庚" || m.Version != again+2 {
		t.Errorf("the draft is %+v", m)
	}
}

func TestATapTakesAQueueingSessionElsewhereUnlessAPersonPutItThere(t *testing.T) {
	r := newRoom(t)
	company, err := r.desk.Company(t.Context(), r.company)
	r.ok(err)
	after := company.GroupNamed("售后").GroupID
	sales := r.group("售前", 0, yu)
	key := func(group int64) string { return fmt.Sprintf("kf_group_%d", group) }
	is := func(openid string, group int64) {
		t.Helper()
		if s := r.live(openid); s.GroupID == nil || *s.GroupID != group {
			t.Errorf("the session of %s is for the group %v, want %d", openid, s.GroupID, group)
		}
	}
	r.receive(r.text("o1", "在吗"))
	before := r.live("o1")
	r.receive(r.taps("o1", key(after)))
	is("o1", after)
	if s := r.live("o1"); s.Version <= before.Version || s.SessionID != before.SessionID || !s.QueuedAt.Equal(before.QueuedAt) {
		t.Error("it is no longer the session that queued, or no page would see that it changed")
	}
	r.receive(r.taps("o1", key(sales)))
	is("o1", sales)
	r.receive(r.taps("o1", "kf_other")) // whoever it may be: it stays
	is("o1", sales)
	r.receive(r.taps("o1", "kf_user_99"))
	is("o1", sales)

	r.ok(r.desk.Transfer(t.Context(), desk.Agent{Company: r.company}, r.live("o1").SessionID, desk.Destination{Group: "售后"}))
	r.receive(r.taps("o1", key(sales)))
	is("o1", after)
	r.online(ming)
	r.until("somebody has it", func() bool { return r.live("o1").Of(ming) })
	r.receive(r.taps("o1", key(sales)))
	if s := r.live("o1"); !s.Of(ming) {
		t.Error("a tap took the customer from who serves them")
	}
}

func TestADraftIsNobodysBusinessUntilItIsPublished(t *testing.T) {
	r := newRoom(t)
	ctx := t.Context()
	first := r.published(desk.Button{Name: "地址", Does: desk.SaysText, Text: "三里屯"})
	changed := []desk.Button{first[0], {Name: "还没想好"}}
	changed[0].Text = "国贸"
	_, err := r.desk.DraftMenu(ctx, r.agent(yu), appid, changed, -1)
	r.ok(err)
	if said := r.receive(r.taps("o1", first[0].Key())); said.Text != "三里屯" {
		t.Errorf("a draft answered %q", said.Text)
	}
	m, err := r.desk.Menu(ctx, r.company, appid)
	r.ok(err)
	if !m.Changed() || len(m.Published) != 1 || m.By != "小鱼" || m.PublishedAt.IsZero() {
		t.Errorf("the menu is %+v", m)
	}
	gave := false
	err = r.desk.PublishMenu(ctx, r.agent(yu), appid, func([]desk.Button) error { gave = true; return nil })
	r.refused(err, "menu.does-nothing")
	if gave {
		t.Error("WeChat was given what is unfinished")
	}
	_, err = r.desk.DraftMenu(ctx, r.agent(yu), appid, changed[:1], -1)
	r.ok(err)
	no := errors.New("WeChat's no")
	if err := r.desk.PublishMenu(ctx, r.agent(yu), appid, func([]desk.Button) error { return no }); !errors.Is(err, no) {
		t.Errorf("err = %v", err)
	}
	if m, _ = r.desk.Menu(ctx, r.company, appid); m.Published[0].Text != "三里屯" {
		t.Error("what WeChat refused is noted as published")
	}
	r.ok(r.desk.WithdrawMenu(ctx, r.agent(yu), appid, func() error { return nil }))
	if m, _ = r.desk.Menu(ctx, r.company, appid); m.Published != nil || len(m.Draft) != 1 {
		t.Errorf("taken back, it is %+v", m)
	}
}

func TestWhatAMenuOfOursMayBe(t *testing.T) {
	r := newRoom(t)
	r.ok(r.sql(fmt.Sprintf("DELETE FROM seats WHERE uid = %d", ming), true))
	c, err := r.desk.Company(t.Context(), r.company)
	r.ok(err)
	one := func(b desk.Button) []desk.Button { return []desk.Button{b} }
	any := desk.Button{Name: "客服", Does: desk.OpensAnybody}
	list := func(below ...desk.Button) []desk.Button {
		return one(desk.Button{Name: "更多", Does: desk.OpensList, Below: below})
	}
	for _, tc := range []struct {
		name  string
		menu  []desk.Button
		whole string // the fault of publishing it; "": none
		draft string // of keeping it
	}{
		{"one that opens a session", one(any), "", ""},
		{"nothing", nil, "menu.empty", ""},
		{"four at the bottom", []desk.Button{any, any, any, any}, "menu.many", "menu.many"},
		{"six in a list", list(any, any, any, any, any, any), "menu.list-many", "menu.list-many"},
		{"an empty list", list(), "menu.list-empty", ""},
		{"a list in a list", list(list()...), "menu.depth", "menu.depth"},
		{"no name", one(desk.Button{Does: desk.OpensAnybody}), "menu.name", ""},
		{"five Chinese characters at the bottom", one(desk.Button{Name: "我的会员卡", Does: desk.OpensAnybody}), "", ""},
		{"six", one(desk.Button{Name: "我的会员卡片", Does: desk.OpensAnybody}), "menu.name", "menu.name"},
		{"six in a list", list(desk.Button{Name: "我的会员卡片", Does: desk.OpensAnybody}), "", ""},
		{"does nothing", list(desk.Button{Name: "a"}), "menu.does-nothing", ""},
		{"for an agent who is not there", one(desk.Button{Name: "a", Does: desk.OpensAgent, UID: 99}), "menu.agent", ""},
		{"for an agent without a seat at the account", one(desk.Button{Name: "a", Does: desk.OpensAgent, UID: ming}), "menu.agent", ""},
		{"for a group that is not there", one(desk.Button{Name: "a", Does: desk.OpensGroup, GroupID: 99}), "menu.group", ""},
		{"a text", one(desk.Button{Name: "a", Does: desk.SaysText, Text: "x"}), "", ""},
		{"no text", one(desk.Button{Name: "a", Does: desk.SaysText, Text: " "}), "menu.text", ""},
		{"a text longer than a passive reply", one(desk.Button{Name: "a", Does: desk.SaysText, Text: strings.Repeat("x", 2048)}), "menu.text", "menu.text"},
		{"a page", one(desk.Button{Name: "a", Does: desk.OpensPage, URL: "https://example.com/" + strings.Repeat("x", 1004)}), "", ""},
		{"one byte more", one(desk.Button{Name: "a", Does: desk.OpensPage, URL: "https://example.com/" + strings.Repeat("x", 1005)}), "menu.url", "menu.url"},
		{"no page", one(desk.Button{Name: "a", Does: desk.OpensPage, URL: "javascript:alert(1)"}), "menu.url", ""},
		{"a mini program", one(desk.Button{Name: "a", Does: desk.OpensProgram, URL: "https://example.com", AppID: "wx1", Path: "p"}), "", ""},
		{"one without page", one(desk.Button{Name: "a", Does: desk.OpensProgram, URL: "https://example.com", AppID: "wx1"}), "menu.program", ""},
		{"a key", one(desk.Button{Name: "a", Does: desk.TellsKey, Tap: strings.Repeat("k", 128)}), "", ""},
		{"one byte more of a key", one(desk.Button{Name: "a", Does: desk.TellsKey, Tap: strings.Repeat("k", 129)}), "menu.key", "menu.key"},
	} {
		for whole, want := range map[bool]string{true: tc.whole, false: tc.draft} {
			err := c.MenuFault(appid, tc.menu, whole)
			if want == "" {
				if err != nil {
					t.Errorf("%s (whole %v): %v", tc.name, whole, err)
				}
				continue
			}
			r.refused(err, want)
		}
	}
}

func TestWhatWeChatHasIsComparedByWhatPhonesShowAndTell(t *testing.T) {
	text := desk.Button{Name: "地址", Does: desk.SaysText, Text: "三里屯", Tap: "text_a"}
	told := desk.Tapped("地址", "text_a")
	list := func(b ...desk.Button) desk.Button { return desk.Button{Name: "更多", Does: desk.OpensList, Below: b} }
	page := desk.Button{Name: "官网", Does: desk.OpensPage, URL: "https://example.com"}
	other := desk.Button{Name: "官网", Does: desk.OpensPage, URL: "https://example.org"}
	for _, tc := range []struct {
		name     string
		now, was []desk.Button
		want     string
	}{
		{"nothing and nothing", nil, nil, "[]"},
		{"a text is known by its key", []desk.Button{told}, []desk.Button{text}, "[]"},
		{"an agent by theirs", []desk.Button{desk.Tapped("客服", "kf_user_7")}, []desk.Button{{Name: "客服", Does: desk.OpensAgent, UID: 7}}, "[]"},
		{"another address", []desk.Button{text, other}, []desk.Button{text, page}, "[2]"},
		{"one more", []desk.Button{text, page}, []desk.Button{text}, "[2]"},
		{"one less in a list", []desk.Button{list(page)}, []desk.Button{list(page, text)}, "[1.2]"},
		{"another order", []desk.Button{list(text, page)}, []desk.Button{list(page, text)}, "[1.1 1.2]"},
		{"a list that was none", []desk.Button{list(text)}, []desk.Button{text}, "[1]"},
	} {
		places := []string{}
		for _, ch := range desk.MenuDiff(tc.now, tc.was) {
			places = append(places, ch.Place)
		}
		if got := fmt.Sprint(places); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, got, tc.want)
		}
	}
	m := &desk.AccountMenu{Published: []desk.Button{text}}
	if now := m.KnownTexts([]desk.Button{list(told)}); now[0].Below[0].Text != "三里屯" {
		t.Errorf("the text of a button of ours is not known: %+v", now)
	}
}

func TestAnotherCompanysMenuLooksMissing(t *testing.T) {
	r := newRoom(t)
	other := id.New()
	r.furnish(other, "wx0000000000000002")
	menu := r.published(desk.Button{Name: "地址", Does: desk.SaysText, Text: "三里屯"})
	them := desk.Agent{Company: other, UID: yu}
	asked := false
	ask := func(context.Context) error { asked = true; return nil }
	for name, act := range map[string]func() error{
		"look":  func() error { _, err := r.desk.Menu(t.Context(), other, appid); return err },
		"draft": func() error { _, err := r.desk.DraftMenu(t.Context(), them, appid, nil, -1); return err },
		"publish": func() error {
			return r.desk.PublishMenu(t.Context(), them, appid, func([]desk.Button) error { return ask(t.Context()) })
		},
		"withdraw": func() error {
			return r.desk.WithdrawMenu(t.Context(), them, appid, func() error { return ask(t.Context()) })
		},
	} {
		if err := act(); desk.KindOf(err) != desk.Missing || asked {
			t.Errorf("%s: %v", name, err)
		}
	}
	a := r.taps("o1", menu[0].Key())
	a.Company, a.AppID = other, "wx0000000000000002"
	if said := r.receive(a); said.Text != "" {
		t.Errorf("another company's customer was answered %q", said.Text)
	}
}
