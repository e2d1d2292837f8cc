package courier_test

import (
	"testing"
	"time"

	"weir/internal/desk"
	"weir/internal/wechat/simulator"
)

// reads waits until an account's templates are as wanted.
func (p *post) reads(what string, wanted func(*desk.Templates) bool) *desk.Templates {
	p.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		all, err := p.desk.Templates(p.Context(), p.company, appid)
		if err != nil {
			p.Fatal(err)
		}
		if wanted(all) {
			return all
		}
		if time.Now().After(deadline) {
			p.Fatalf("%s: %+v", what, all)
		}
	}
}

// filled is a template of the account with a value in each place.
func filled(t *desk.Template) desk.Reply {
	f := &desk.Filled{ID: t.ID, Values: map[string]string{}}
	for _, field := range t.Fields {
		f.Values[field.Key] = "x"
	}
	return desk.Reply{Data: desk.Data{Kind: t.Kind, Out: &desk.Outgoing{Filled: f}}}
}

func TestTemplatesAreReadAsWeChatHasThem(t *testing.T) {
	p := newPost(t)
	p.fault(simulator.Faults{Codes: map[string]int{"template/get_all_private_template": 48001}})
	p.clerk()
	all := p.reads("those of the kind that the account may have", func(a *desk.Templates) bool { return !a.ReadAt.IsZero() })
	if len(all.All) != 1 || all.All[0].Kind != desk.KindNotice || all.Code != 0 {
		t.Errorf("read %+v", all)
	}

	p.fault(simulator.Faults{Codes: map[string]int{"template/get_all_private_template": 48001, "wxaapi/newtmpl/gettemplate": 48001}})
	if err := p.desk.ReadTemplates(t.Context(), p.company, appid); err != nil {
		t.Fatal(err)
	}
	if all = p.reads("a no to both", func(a *desk.Templates) bool { return a.Code == 48001 }); len(all.All) != 1 {
		t.Errorf("what was read before is gone: %+v", all)
	}

	p.fault(simulator.Faults{})
	if err := p.desk.ReadTemplates(t.Context(), p.company, appid); err != nil {
		t.Fatal(err)
	}
	all = p.reads("both kinds", func(a *desk.Templates) bool { return len(a.All) == 3 && a.Code == 0 })
	if one := all.Find("tpl-order-0123456789abcdefghijklmnopqrstuvwx"); one == nil || one.Kind != desk.KindTemplate || len(one.Fields) != 4 || one.Fields[1] != (desk.TemplateField{Key: "keyword1", Label: "订单号", Most: 200}) {
		t.Errorf("read %+v", one)
	}
}

func TestARightThatTemplatesLackStopsNoAnswers(t *testing.T) {
	for _, code := range []int{48001, 45009} {
		p := newPost(t)
		p.clerk()
		all := p.reads("templates", func(a *desk.Templates) bool { return len(a.All) == 3 })
		p.wake = p.carrier().Wake
		p.fault(simulator.Faults{Codes: map[string]int{"message/template/send": code}})
		if _, err := p.say(filled(all.Find("tpl-order-0123456789abcdefghijklmnopqrstuvwx"))); err != nil {
			t.Fatal(err)
		}
		if m := p.until(desk.Failed); m.Code != code {
			t.Errorf("it failed with %d, want %d", m.Code, code)
		}
		p.reply("您好")
		p.until(desk.Sent)
	}
}
