package gallery

import (
	"strings"

	"weir/views"
)

// customers are the dialogs in which they are named and tagged, and what an answer to the ear brings after that.
func (s sample) customers(news views.News) []State {
	name, openid := s.pick("陈女士 · 三里屯", "Ms Chen · Sanlitun"), "oyeC-wH2XKLJo94TOoBpnCeEAMeQ"
	t := views.Tagging{Reader: s.Reader, SessionID: "s1", OpenID: openid, Name: name, Most: 20, NameMost: 30}
	none := t
	none.Name = ""
	for i, tag := range []string{s.pick("金卡会员", "Gold card"), s.pick("发票", "Invoices"), s.pick("三里屯店", "Sanlitun"), "VIP", s.pick("投诉", "Complaint"), s.pick(strings.Repeat("长", 30), strings.Repeat("long", 7))} {
		t.Choices = append(t.Choices, views.Tick{Value: tag, Name: tag, On: i < 3})
		if i < 3 {
			t.Has = append(t.Has, tag)
		}
	}
	card := s.open().Customer
	card.Tags = append(card.Tags, strings.Repeat("长", 30))
	card.Unsynced = s.Words.Undelivered(40092)
	news.Customer = &card
	return []State{
		{Name: "part-naming", View: views.NamingForm(views.Naming{Reader: s.Reader, SessionID: "s1", OpenID: openid, Name: name, Most: 100}), Fragment: true},
		{Name: "part-naming-nameless", View: views.NamingForm(views.Naming{Reader: s.Reader, SessionID: "s1", OpenID: openid, Most: 100}), Fragment: true},
		{Name: "part-tagging", View: views.TaggingForm(t), Fragment: true},
		{Name: "part-tagging-none", View: views.TaggingForm(none), Fragment: true},
		{Name: "part-news-customer", View: views.NewsFragment(news), Fragment: true},
	}
}
