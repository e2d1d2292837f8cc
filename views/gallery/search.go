package gallery

import (
	"time"

	"weir/views"
)

// search is what was found in the place of the lists, beside a session that was opened from it.
func (s sample) search() []State {
	found := s.found()
	w := s.workspace(s.open())
	w.Lists.Search, w.Found = found.Filter.Text, found
	w.Open.Thread.At = w.Open.Thread.Messages[1].Seq
	narrowed := found
	narrowed.Filter.Agent, narrowed.Filter.From, narrowed.Behind, narrowed.Back = "8082", "2026-07-01", true, ago(40*24*time.Hour)
	narrowed.Customers, narrowed.Sessions, narrowed.Messages = nil, nil, narrowed.Messages[:1]
	nothing := views.Search{Reader: s.Reader, Now: now, Filter: views.SearchFilter{Text: s.pick("鑫鑫", "xyzzy")}, Accounts: found.Accounts}
	nowhere := nothing
	nowhere.Filter.State, nowhere.All = views.SearchOver, true
	return []State{
		{Name: "workspace-search", View: views.WorkspacePage(w)},
		{Name: "part-found-narrowed", View: views.FoundRegion(narrowed), Fragment: true},
		{Name: "part-found-nothing", View: views.FoundRegion(nothing), Fragment: true},
		{Name: "part-found-nothing-narrowed", View: views.FoundRegion(nowhere), Fragment: true},
		{Name: "part-found-none-asked", View: views.FoundRegion(views.Search{Reader: s.Reader}), Fragment: true},
		{Name: "part-found-more", View: views.FoundMore(found), Fragment: true},
	}
}

func (s sample) found() views.Search {
	term := s.pick("退款", "refund")
	chen := views.Hit{SessionID: "48fbc56d108a03d39585f274066bffde", OpenID: "oyeC-wH2XKLJo94TOoBpnCeEAMeQ", Name: s.pick("陈女士 · 三里屯", "Ms Chen · Sanlitun"), Account: s.pick("网鱼网咖", "Wangyu Café"),
		At: ago(20 * time.Minute), State: views.Conversing, Agent: s.pick("小鱼", "Yu")}
	customer := chen
	customer.Tags = []string{s.pick("会员退款", "Refunds"), s.pick("发票", "Invoices")}
	first := chen
	first.MessageID, first.Seq, first.Parts = "m1", 3, []views.Part{{Text: s.pick("您好，我要", "Hello, I want a ")}, {Text: term, Found: true}, {Text: s.pick("，上个月办的卡还没有用过，麻烦看一下什么时候可以退到原来的账户里", ", the card of last month was never used; when does the money come back to the account it was paid from?")}}
	second := chen
	second.MessageID, second.Seq, second.Side, second.Mine, second.By, second.At = "m2", 5, views.FromAgent, true, s.pick("小鱼", "Yu"), ago(26*time.Hour)
	second.Parts = []views.Part{{Text: term, Found: true}, {Text: s.pick("会在三个工作日内到账", " arrives within three working days")}}
	third := views.Hit{SessionID: "4e59468e2c63ba9c8e52f8dbb7eacef8", MessageID: "m3", Seq: 1, OpenID: "oyeC-w000000000000000000xYz1", Account: s.pick("网鱼电竞", "Wangyu Esports"), At: ago(9 * 24 * time.Hour), State: views.Closed,
		Side: views.FromAutomatic, By: s.pick("退款说明", "About refunds"), Kind: views.WebLink, Parts: []views.Part{{Text: s.pick("…怎样", "…how to get a ")}, {Text: term, Found: true}}}
	number := third
	number.Seq, number.Side, number.Kind, number.Parts = 0, views.FromCustomer, views.Text, []views.Part{{Text: "01980455", Found: true}, {Text: "268370129850852870776384"}}
	return views.Search{Reader: s.Reader, Now: now, All: true, Filter: views.SearchFilter{Text: term}, Next: "c",
		Agents: []views.Colleague{{UID: 8082, Name: s.pick("小鱼", "Yu")}, {UID: 8083, Name: s.pick("阿明", "Ming")}}, Groups: []views.GroupChoice{{ID: 1, Name: s.pick("售后", "After-sales")}},
		Accounts: []views.AccountChoice{{AppID: "wx1", Name: s.pick("网鱼电竞", "Wangyu Esports")}, {AppID: "wx4a14a2375e93cb7b", Name: s.pick("网鱼网咖", "Wangyu Café")}}, Tags: []string{s.pick("会员", "Member")},
		Customers: []views.Hit{customer}, Sessions: []views.Hit{number}, Messages: []views.Hit{first, second, third}}
}
