package gallery

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"weir/views"
	"weir/views/words"
)

// sample makes the values that a café chain's desk would give on a busy Saturday.
type sample struct{ views.Reader }

var zone = time.FixedZone("CST", 8*60*60)

// now is the moment at which every state is drawn.
var now = time.Date(2026, 7, 18, 10, 42, 0, 0, zone)

func ago(d time.Duration) time.Time { return now.Add(-d) }

func clock(hour, minute int) time.Time { return time.Date(2026, 7, 18, hour, minute, 0, 0, zone) }

// pick is a name or a text in the reader's language.
func (s sample) pick(zh, en string) string {
	if s.Words.Lang == words.Chinese {
		return zh
	}
	return en
}

func (s sample) whole() []State {
	page := func(name string, w views.Workspace) State { return State{Name: name, View: views.WorkspacePage(w)} }
	return []State{
		{Name: "login", View: views.LoginPage(views.Login{Reader: s.Reader, Company: s.company(), Stay: true})},
		{Name: "login-wrong", View: views.LoginPage(views.Login{Reader: s.Reader, Company: s.company(), Email: "xiaoyu@wangyu.example", Stay: true, Wrong: true, Next: "/sessions/1", Problem: s.Words.Sentence("login.wrong", 3, 15)})},
		{Name: "login-throttled", View: views.LoginPage(views.Login{Reader: s.Reader, Email: "xiaoyu@wangyu.example", Problem: s.Words.Sentence("login.throttled", 15)})},
		{Name: "problem", View: views.ProblemPage(views.Problem{Reader: s.Reader, Status: 500, Sentence: s.Words.Sentence("trouble"), RequestID: "4e59468e2c63"})},
		{Name: "shell", View: views.PageShell(views.Shell{Reader: s.Reader, Title: s.Words.Simulator, Company: s.company(), Person: s.pick("周敏 · 管理员", "Min · admin"), Links: []views.Link{
			{Href: "/", Icon: "message-square-text", Text: s.Words.Workspace},
			{Href: "/simulator", Icon: "smartphone", Text: s.Words.Simulator, Current: true, Divided: true},
		}})},
		{Name: "settings-accounts", View: s.accounts(views.AccountRow{AppID: "wx4a14a2375e93cb7b", Name: "网鱼网咖", Mode: "safe", State: "fine"}, views.AccountRow{AppID: "wx7777777777777777", Name: "网鱼会员", Mode: "safe", State: "stopped"}, views.AccountRow{AppID: "wx00000000000000ff", Name: "网鱼电竞", Mode: "plain", Paused: true, State: "paused"})},
		{Name: "settings-accounts-none", View: s.accounts()},
		{Name: "settings-account-new", View: s.account(views.NewAccountBody)},
		{Name: "settings-account", View: s.account(views.AccountBody)},
		{Name: "settings-agents", View: s.agents()},
		{Name: "settings-agent-new", View: s.newStaff()},
		{Name: "settings-agent", View: s.staff("")},
		{Name: "settings-agent-disabled", View: s.staff("2026-07-17 18:00")},
		{Name: "settings-groups", View: s.groups()},
		{Name: "settings-groups-none", View: s.groups(views.TeamRow{})},
		{Name: "settings-group", View: s.group()},
		{Name: "settings-sessions", View: s.sessionSettings()},
		{Name: "settings-hours", View: s.hours()},
		{Name: "settings-hours-form", View: s.hoursForm()},
		{Name: "settings-account-checks", View: s.connecting(true)},
		{Name: "settings-account-connected", View: s.connecting(false)},
		{Name: "settings-health", View: s.health(true)},
		{Name: "settings-health-fine", View: s.health(false)},
		{Name: "settings-quota", View: views.QuotaPart(s.quotas()), Fragment: true},
		{Name: "settings-quota-untold", View: views.QuotaPart(views.Quotas{Reader: s.Reader, AppID: "wx4a14a2375e93cb7b", Trouble: words.Put(s.Words.OfHealth().Says, s.Words.Undelivered(40164), 40164)}), Fragment: true},
		{Name: "settings-privacy", View: s.privacy()},
		page("workspace", s.workspace(s.open())),
		page("workspace-empty", s.workspace(nil)),
		page("workspace-quiet", s.quiet()),
		page("workspace-low", s.workspace(s.with(views.CanReply, views.Quota{Limit: 5, Left: 1, Until: now.Add(18 * time.Minute)}))),
		page("workspace-exhausted", s.workspace(s.with(views.CannotCount, views.Quota{Limit: 5, Until: now.Add(5 * time.Hour)}))),
		page("workspace-window", s.workspace(s.with(views.CannotTime, views.Quota{Limit: 5}))),
		page("workspace-waits", s.workspace(s.waits())),
		page("workspace-stopped", s.workspace(s.stopped())),
		page("workspace-closed", s.workspace(s.closed())),
		page("workspace-not-mine", s.workspace(s.notMine())),
		page("workspace-together", s.workspace(s.together())),
		page("workspace-watching", s.workspace(s.watching())),
		{Name: "monitoring", View: views.MonitorPage(s.monitor())},
		{Name: "monitoring-empty", View: views.MonitorPage(s.monitorEmpty())},
		page("workspace-queueing", s.workspace(s.queueing())),
		page("workspace-deciding", s.workspace(s.deciding())),
		page("workspace-waiting", s.workspace(s.waiting())),
		page("workspace-grab", s.grab()),
		page("workspace-nameless", s.workspace(s.nameless())),
		page("workspace-media", s.workspace(s.media())),
		page("workspace-cards", s.workspace(s.cards())),
	}
}

// settings is the frame of their pages, for a supervisor: it has the line that an admin's has not.
func (s sample) settings() views.Settings {
	return views.Settings{Reader: s.Reader, Company: s.company(), Person: s.pick("周敏", "Min"), ReadOnly: true, Links: []views.Link{
		{Href: "/", Icon: "message-square-text", Text: s.Words.Workspace},
		{Href: "/settings/accounts", Icon: "smartphone", Text: s.Words.OfSettings().Accounts, Current: true, Divided: true},
	}}
}

func (s sample) account(body func(views.AccountForm) templ.Component) templ.Component {
	f := views.AccountForm{Settings: s.settings(), AppID: "wx4a14a2375e93cb7b", Name: s.pick("网鱼网咖", "Wangyu Café"), Mode: "safe", URL: "https://desk.example.com/wechat/wx4a14a2375e93cb7b"}
	f.ReadOnly = false
	return views.SettingsPage(f.Settings, f.Name, body(f))
}

func (s sample) accounts(rows ...views.AccountRow) templ.Component {
	l := views.AccountList{Settings: s.settings(), Rows: rows}
	return views.SettingsPage(l.Settings, l.Words.OfSettings().Accounts, views.AccountsBody(l))
}

// connecting is an account's page with its checks: this server's address is missing, or all is well.
func (s sample) connecting(wrong bool) templ.Component {
	w := s.Words.OfChecks()
	f := views.AccountForm{Settings: s.settings(), AppID: "wx4a14a2375e93cb7b", Name: s.pick("网鱼电竞", "Wangyu Esports"), Mode: "safe"}
	c := views.Checks{Reader: s.Reader, AppID: f.AppID, AskedAt: "10:41:30", Steps: []views.Check{
		{Name: w.Credentials, State: views.CheckFine, Say: w.CredentialsFine},
		{Name: w.Address, State: views.CheckFine, Say: w.AddressFine},
		{Name: w.URL, State: views.CheckFine, Say: words.Put(w.URLFine, "10:12:04"), Copies: []views.Copy{{Label: "URL", Text: "https://desk.wangyu.example/wechat/wx4a14a2375e93cb7b"}}, Warn: w.ConsoleOff},
		{Name: words.Put(w.Mode, views.ModeName(s.Reader, "safe")), State: views.CheckFine, Say: w.Read},
		{Name: w.Permissions, State: views.CheckFine, Say: words.Put(w.Granted, w.Functions([]string{"messages", "users", "menu", "media"}))},
		{Name: w.Message, State: views.CheckFine, Say: w.MessageFine},
	}}
	if wrong {
		c.Steps[0].Say = w.CredentialsSoFar
		c.Steps[1] = views.Check{Name: w.Address, State: views.CheckFails, Say: words.Put(w.AddressMissing, 40164), Do: []string{w.OpenConsole, w.AddressWhere, w.AddressPaste}, IP: "203.0.113.24", Asks: true,
			Said: "40164 invalid ip 203.0.113.24, not in whitelist rid: 66f0a1b2-1c2d3e4f-5a6b7c8d"}
		c.Steps[3].State, c.Steps[3].Say = views.CheckWaits, w.ReadWaits
		c.Steps[4].State, c.Steps[4].Say = views.CheckBlocked, words.Put(w.GrantedLater, w.Functions([]string{"messages", "users", "menu", "media"}))
		c.Steps[5].State, c.Steps[5].Say = views.CheckWaits, w.MessageDo
	}
	return views.SettingsPage(f.Settings, f.Name, views.ChecksPart(c))
}

// health is an account's page of health, with everything wrong or nothing.
func (s sample) health(wrong bool) templ.Component {
	h := views.Health{Settings: s.settings(), AppID: "wx4a14a2375e93cb7b", Name: s.pick("网鱼网咖", "Wangyu Café"), State: "fine", Now: now, Zone: now.Location(), HeardAt: now.Add(-2 * time.Second),
		VerifiedAt: now.Add(-time.Hour), Taken: 8204, TokenRenews: now.Add(98 * time.Minute), TokenFetched: now.Add(-17 * time.Minute), Verification: "qualification_verify_success", ExpiresAt: now.Add(200 * 24 * time.Hour)}
	h.ReadOnly = false
	for i := range h.Bars {
		h.Bars[i] = views.BarTaken
	}
	if wrong {
		h.State, h.HeardAt, h.RefusedAt, h.Refused = "stopped", now.Add(-31*time.Minute), now.Add(-time.Minute), "undecryptable"
		h.Trouble = &views.AccountTrouble{Since: now.Add(-40 * time.Minute), TriedAt: now.Add(4 * time.Minute), Say: words.Put(s.Words.OfHealth().Says, s.Words.Undelivered(40164), 40164), IP: "203.0.113.24"}
		h.Bars[3], h.Bars[40], h.Bars[46], h.Bars[47] = views.BarNothing, views.BarLate, views.BarRefused, views.BarRefused
		h.Late, h.RefusedCount, h.TokenRenews, h.TokenRefused, h.TokenCode, h.TokenIP = 3, 12, time.Time{}, now.Add(-time.Minute), 40164, "203.0.113.24"
		h.Queued, h.Waiting, h.OldestAt, h.Failed, h.Uncertain, h.MediaFailed, h.PushFailed = 4, 2, now.Add(-40*time.Minute), 3, 1, 2, 1
		h.Verification, h.VerificationAt, h.ExpiresAt = "verify_expired", now.Add(-48*time.Hour), now.Add(-48*time.Hour)
		h.Events = []views.AccountEvent{{Event: "verify_expired", At: now.Add(-48 * time.Hour), Raw: "<xml><Event>verify_expired</Event></xml>"}, {Event: "masssendjobfinish", At: now.Add(-72 * time.Hour), Raw: "<xml/>"}}
	}
	return views.SettingsPage(h.Settings, h.Name, views.HealthBody(h))
}

func (s sample) quotas() views.Quotas {
	return views.Quotas{Reader: s.Reader, AppID: "wx4a14a2375e93cb7b", Rows: []views.QuotaRow{{Path: "/cgi-bin/message/custom/send", Used: 8204, Limit: 500_000}, {Path: "/cgi-bin/media/upload", Used: 612, Limit: 5_000}}}
}

func (s sample) privacy() templ.Component {
	p := views.Privacy{Settings: s.settings(), Forget: true, Days: "30", Most: 3650}
	p.ReadOnly = false
	return views.SettingsPage(p.Settings, p.Words.OfPrivacy().Title, views.PrivacyBody(p))
}

func (s sample) parts() []State {
	open := s.open()
	news := views.News{Reader: s.Reader, Now: now, Head: open.Head, Composer: open.Composer}
	news.Thread = open.Thread
	news.Thread.Before = &open.Thread.Messages[len(open.Thread.Messages)-2]
	news.Thread.Messages = open.Thread.Messages[len(open.Thread.Messages)-1:]
	older := views.OlderPage{Reader: s.Reader, Now: now, Thread: open.Thread}
	older.Thread.Messages, older.Thread.More = open.Thread.Messages[:3], true
	return append(slices.Concat(s.compose(), s.customers(news), s.twoAtOnce()), []State{
		{Name: "part-lists", View: views.ListsRegion(s.lists("s1")), Fragment: true},
		{Name: "part-open", View: views.OpenRegion(*open), Fragment: true},
		{Name: "part-nothing", View: views.NothingOpen(s.lists("")), Fragment: true},
		{Name: "part-news", View: views.NewsFragment(news), Fragment: true},
		{Name: "part-older", View: views.OlderFragment(older, open.Head), Fragment: true},
		{Name: "part-earlier", View: views.EarlierFragment(views.EarlierPage{Reader: s.Reader, Now: now, SessionID: "s1", Earlier: open.Customer.Earlier, Next: "2026-06-11/7"}), Fragment: true},
		{Name: "part-transfer", View: views.HandForm(s.hand(false)), Fragment: true},
		{Name: "part-invite", View: views.HandForm(s.hand(true)), Fragment: true},
		{Name: "part-invite-nobody", View: views.HandForm(views.Hand{Reader: s.Reader, SessionID: "s1", OpenID: "oyeC", Invite: true}), Fragment: true},
		{Name: "part-monitor", View: views.MonitorRegion(s.monitor()), Fragment: true},
		{Name: "part-problem", View: views.ProblemNote(views.Problem{Reader: s.Reader, Status: 409, Sentence: s.Words.Sentence("session.closed")}), Fragment: true},
	}...)
}

func (s sample) company() string { return s.pick("网鱼演示", "Wangyu demo") }

func (s sample) workspace(o *views.Open) views.Workspace {
	w := views.Workspace{Reader: s.Reader, Company: s.company(), Lists: s.lists(""), Open: o, Found: views.Search{Reader: s.Reader}}
	if o != nil {
		w.Lists = s.lists(o.Head.SessionID)
	}
	return w
}

// ── Lists ──────────────────────────────────────────────────────────────────

func (s sample) lists(open string) views.Lists {
	cafe, club, esports := s.pick("网鱼网咖", "Wangyu Café"), s.pick("网鱼会员", "Wangyu Club"), s.pick("网鱼电竞", "Wangyu Esports")
	text := func(d time.Duration, zh, en string) views.Message {
		return views.Message{Text: s.pick(zh, en), At: ago(d)}
	}
	mine := func(m views.Message, d views.Delivery) views.Message {
		m.Side, m.Mine, m.Delivery = views.FromAgent, true, d
		return m
	}
	conversing := []views.Row{
		{SessionID: "s1", OpenID: "oyeC-wH2XKLJo94TOoBpnCeEAMeQ", Name: s.pick("陈女士 · 三里屯", "Ms Chen · Sanlitun"), Account: cafe, Since: ago(4 * time.Minute), Unread: 2, Last: text(time.Minute, "发票抬头我发错了，能重开吗？", "I sent the wrong invoice title, can you reissue it?")},
		{SessionID: "s2", OpenID: "oyeC-wJ5g3n2k8sQeD0aaLkX8PqR", Account: cafe, Unread: 1, Since: ago(2 * time.Second), Last: views.Message{Kind: views.Image, At: ago(2 * time.Second)}},
		{SessionID: "s3", OpenID: "oyeC-wB77sd9gIu2mNq1zQpLw3Ft", Name: s.pick("李工（企业）", "Engineer Li (corp.)"), Account: club, Last: mine(text(12*time.Minute, "好的，合同明天寄出", "the contract goes out tomorrow"), views.Sent)},
		{SessionID: "s4", OpenID: "oyeC-wM0pX3f4yB8hVcT6uJdR9sK", Name: s.pick("王先生 138…0291", "Mr Wang 138…0291"), Account: cafe, Last: mine(text(38*time.Minute, "已为您登记，24 小时内处理", "noted, handled within 24 h"), views.Sent)},
		{SessionID: "s5", OpenID: "oyeC-wZ8tK1v6nG2rYxE5qPoAm5Kx", Account: esports, Last: mine(text(26*time.Hour, "已经帮您处理好了", "it is done"), views.Failed)},
	}
	waiting := []views.Row{
		{SessionID: "s6", OpenID: "oyeC-wL3hN7c2jF9dWkS4gTyBz1Qe", Name: s.pick("赵一鸣", "Zhao Yiming"), Account: club, Since: ago(31 * time.Minute), Unread: 3, Last: text(30*time.Minute, "充值没到账，已经三次了！！", "Top-up missing, third time now!!")},
		{SessionID: "s7", OpenID: "oyeC-wQ4rP8m1xC6vHaU3iLnGq7Lm", Account: cafe, Since: ago(11 * time.Minute), Unread: 1, Last: views.Message{Kind: views.Voice, Length: 14 * time.Second, At: ago(11 * time.Minute)}},
		{SessionID: "s8", OpenID: "oyeC-wT9yR5b0eJ7oZsM2wKfVd6Xp", Name: s.pick("孙小姐", "Miss Sun"), Account: cafe, Since: ago(2 * time.Minute), Unread: 1, Last: text(2*time.Minute, "请问周末包间还有吗", "Any private room this weekend?")},
	}
	queueing := []views.Row{
		{SessionID: "s9", OpenID: "oyeC-wU1iO6n3tH8gXlD5cBvEc1Tz", Account: esports, Since: ago(6 * time.Minute), Unread: 1, Left: true, Group: s.pick("售前", "pre-sales"), Last: text(6*time.Minute, "比赛报名在哪里", "Where do I sign up for the cup?")},
		{SessionID: "s10", OpenID: "oyeC-wV2oA7s4uJ9hYmF6dCwRc2Vn", Account: cafe, Since: ago(time.Minute), Last: views.Message{Side: views.FromEvent, Kind: views.MenuTapped, Text: s.pick("人工客服", "Human agent"), At: ago(time.Minute)}},
		{SessionID: "s11", OpenID: "oyeC-wW3pB8d5vK0jZnG7eDxTy4Uh", Name: s.pick("周周", "Zhou Zhou"), Account: club, Since: ago(20 * time.Second), Unread: 1, Last: text(20*time.Second, "会员等级怎么升", "How do I level up?")},
	}
	return views.Lists{
		Reader: s.Reader, Now: now, Open: open,
		Me:         views.Me{Name: s.pick("小鱼", "Yu"), Status: views.Online, Load: 8, Capacity: 10, Supervises: open == "s1"},
		Conversing: views.Section{Rows: conversing, Total: 5, Since: ago(4 * time.Minute)},
		Waiting:    views.Section{Rows: waiting, Total: 3, Since: ago(31 * time.Minute)},
		Queueing:   views.Section{Rows: queueing, Total: 12, Since: ago(6 * time.Minute)},
	}
}

func (s sample) quiet() views.Workspace {
	return views.Workspace{Reader: s.Reader, Company: s.company(), Lists: views.Lists{Reader: s.Reader, Now: now, Me: views.Me{Name: s.pick("小鱼", "Yu"), Status: views.Away, Capacity: 5}}}
}

func (s sample) grab() views.Workspace {
	w := s.workspace(nil)
	w.Lists.Grab = true
	w.Lists.Me.Status = views.Offline
	return w
}

// ── A session ──────────────────────────────────────────────────────────────

func (s sample) open() *views.Open {
	name, openid, account := s.pick("陈女士 · 三里屯", "Ms Chen · Sanlitun"), "oyeC-wH2XKLJo94TOoBpnCeEAMeQ", s.pick("网鱼网咖", "Wangyu Café")
	return &views.Open{
		Reader: s.Reader, Now: now,
		Head:     views.Head{SessionID: "s1", OpenID: openid, Name: name, Account: account, State: views.Conversing, Since: ago(9 * time.Minute), Waits: ago(4 * time.Minute), Mine: true, Acts: views.Acts{Transfer: true, Invite: true, Release: true, Close: true}},
		Thread:   views.Thread{SessionID: "s1", Messages: s.messages(), Seen: 18, Version: "18", NewFrom: 17, More: true},
		Composer: views.Composer{SessionID: "s1", Quota: views.Quota{Limit: 5, Left: 3, Since: now.Add(-42*time.Hour - 48*time.Minute), Until: now.Add(5*time.Hour + 12*time.Minute)}, MaxLength: 600},
		Customer: views.Customer{
			SessionID: "s1", OpenID: openid, Name: name, Account: account, MayChange: true, Following: true, Source: s.pick("三里屯前台", "Sanlitun desk"),
			Scene: s.Words.OfCustomers().SceneName("ADD_SCENE_QR_CODE"), Tags: []string{s.pick("金卡会员", "Gold card"), s.pick("发票", "Invoices"), s.pick("三里屯店", "Sanlitun")},
			Elsewhere: []views.Elsewhere{
				{Account: s.pick("网鱼会员", "Wangyu Club"), OpenID: "oClub-8sd7f6s8d7f6d5f4s3aQ1w", Name: s.pick("陈晓", "Chen Xiao"), SessionID: "e9", State: views.Closed},
				{Account: s.pick("网鱼电竞", "Wangyu Esports"), OpenID: "oGame-8sd7f6s8d7f6d5f4s34017"},
			},
			Reminders:  views.Reminders{Reader: s.Reader, Now: now, SessionID: "s1"},
			FollowedAt: time.Date(2026, 7, 17, 20, 41, 0, 0, zone), FirstAt: time.Date(2025, 11, 3, 9, 0, 0, 0, zone),
			Exclusive: s.pick("小鱼", "Yu"), ExclusiveMine: true, ExclusiveDays: 9,
			Why: []views.Step{
				{Text: s.pick("阿明从排队里接走。", "Ming took it from the queue."), At: clock(10, 32)},
				{Text: s.pick("阿明转给分组「售后」，回到那里排队。", "Ming transferred it to the queue of “After-sales”."), At: clock(10, 34)},
				{Text: s.pick("分配给小鱼：在分组「售后」里选，最空闲的先接。", "Given to Yu: chosen in the group “After-sales”, the least busy first."), At: clock(10, 34), Decided: true},
			},
			Contenders: []views.Contender{
				{Name: s.pick("小鱼", "Yu"), Load: 7, Capacity: 10, Got: true},
				{Name: s.pick("小雨", "Rain"), Load: 8, Capacity: 10, Word: s.Words.Sentence("why.busier")},
				{Name: s.pick("阿明", "Ming"), Load: 10, Capacity: 10, Word: s.Words.Sentence("why.full")},
				{Name: s.pick("老高", "Gao"), Word: s.Words.Sentence("why.offline")},
			},
			ContendersMore: s.Words.Sentence("why.more", 12, s.Words.Sentence("why.not-in-group")),
			Earlier: []views.EarlierSession{
				{SessionID: "e1", Began: time.Date(2026, 7, 2, 9, 0, 0, 0, zone), Lasted: 14 * time.Minute, Agent: s.pick("小鱼", "Yu"), State: views.Closed},
				{SessionID: "e2", Began: time.Date(2025, 6, 11, 9, 0, 0, 0, zone), Lasted: 32 * time.Minute, State: views.NobodyCame},
			},
			EarlierNext: "2025-06-11",
		},
	}
}

// messages has every kind of message and every way of delivery.
func (s sample) messages() []views.Message {
	me, rule := s.pick("小鱼", "Yu"), s.pick("关注欢迎", "Welcome")
	all := []views.Message{
		{At: clock(20, 41).AddDate(0, 0, -1), Side: views.FromEvent, Kind: views.Followed, Text: s.pick("三里屯前台", "Sanlitun front desk")},
		{At: clock(20, 41).AddDate(0, 0, -1), Side: views.FromAutomatic, By: rule, Text: "欢迎来到网鱼！回复「会员」查权益，回复「人工」找客服。", Delivery: views.Sent},
		{At: clock(10, 32), Side: views.FromEvent, Kind: views.MenuTapped, Text: s.pick("人工客服 → 售后", "Human agent → After-sales")},
		{At: clock(10, 32), Text: "你好，昨晚在三里屯店开的发票抬头写错了"},
		{At: clock(10, 33), Kind: views.Image, State: views.MediaKept, URL: "/sessions/s1/media/1", PlayURL: "/sessions/s1/media/1", ThumbURL: "/sessions/s1/media/1/thumb", Width: 1280, Height: 720},
		{At: clock(10, 34), Side: views.FromEvent, Kind: views.HandedOn, Text: s.pick("阿明转给分组「售后」，回到那里排队。留言：「重开发票，需要财务权限」", "Ming transferred it to the queue of “After-sales”. Note: “invoice reissue, needs finance rights”")},
		{At: clock(10, 35), Side: views.FromAgent, Mine: true, By: me, Text: "您好，可以重开的。请把正确的抬头和税号发给我，原票我这边作废。", Delivery: views.Sent},
		{At: clock(10, 36), Kind: views.Voice, State: views.MediaKept, URL: "/sessions/s1/media/2", PlayURL: "/sessions/s1/media/2/play", Length: 9 * time.Second},
		{At: clock(10, 36), Kind: views.Location, Title: s.pick("三里屯太古里南区", "Taikoo Li South, Sanlitun"), Lat: 39.9336, Lng: 116.4540},
		{At: clock(10, 37), Kind: views.WebLink, Title: s.pick("电子发票查验平台", "E-invoice verification"), Description: s.pick("国家税务总局全国增值税发票查验", "State Taxation Administration"), URL: "https://inv-veri.example.cn/check"},
		{At: clock(10, 37), Kind: views.Image, State: views.MediaExpired},
		{At: clock(10, 37), Kind: views.OtherKind},
		{At: clock(10, 38), Side: views.FromMonitor, By: s.pick("周敏", "Min"), Text: "这位客户我认识，请优先处理。", Delivery: views.Sent},
		{At: clock(10, 39), Side: views.FromAgent, Mine: true, By: me, Text: "收到，我先帮您提交，大约两小时出新票。", Delivery: views.Failed, Code: -1, CanResend: true},
		{At: clock(10, 40), Side: views.FromAgent, Mine: true, By: me, Text: "新发票会发到您的邮箱。", Delivery: views.Uncertain, CanResend: true},
		{At: clock(10, 40), Side: views.FromAgent, Mine: true, By: me, Text: "请稍等，\n马上就好。", Delivery: views.InFlight},
		{At: clock(10, 41), Text: "抬头：北京云栖科技有限公司，税号 91110105MA01XXXX2K"},
		{At: clock(10, 41), Text: "发票抬头我发错了，能重开吗？🙂"},
	}
	for i := range all {
		all[i].Seq, all[i].ID = int64(i+1), string(rune('a'+i))+"0"
	}
	return all
}

func (s sample) with(can views.Can, q views.Quota) *views.Open {
	o := s.open()
	if q.Since.IsZero() {
		q.Since = clock(10, 41)
	}
	o.Composer.Can, o.Composer.Quota = can, q
	return o
}

// waits is a session to whose customer nothing may be sent now, with what waits for their next message and what was taken back.
func (s sample) waits() *views.Open {
	o := s.with(views.CannotCount, views.Quota{Limit: 3, Since: clock(10, 40), Until: now.Add(40 * time.Second), Event: true})
	o.Composer.Wait = true
	me := s.pick("小鱼", "Yu")
	o.Thread.Messages = append(o.Thread.Messages,
		views.Message{ID: "w0", Seq: 19, At: clock(10, 41), Side: views.FromAgent, Mine: true, By: me, Text: "新票已经开好，稍后发您邮箱。", Delivery: views.InQueue, Waits: true, CanWithdraw: true, Reason: "delivery.waits"},
		views.Message{ID: "w1", Seq: 20, At: clock(10, 41), Side: views.FromAgent, Mine: true, By: me, Text: "还有别的要帮忙吗？", Delivery: views.Failed, Reason: "delivery.withdrawn", CanResend: true},
		views.Message{ID: "w2", Seq: 21, At: clock(10, 41), Side: views.FromAgent, Mine: true, By: me, Text: "发票号是 20481。", Delivery: views.Uncertain, Reason: "delivery.interrupted", CanResend: true})
	o.Thread.Seen = 21
	return o
}

// stopped is a session of an account for which nothing is sent just now.
func (s sample) stopped() *views.Open {
	o := s.with(views.CanReply, views.Quota{Limit: 5, Left: 1, Since: clock(10, 41), Until: now.Add(20 * time.Hour)})
	o.Composer.MayWait, o.Composer.Stopped, o.Composer.RetryAt = true, s.Words.Sentence("wechat.48001"), clock(11, 2)
	return o
}

func (s sample) closed() *views.Open {
	o := s.with(views.CannotClosed, views.Quota{})
	o.Head.State, o.Head.Since, o.Composer.Live, o.Head.Acts = views.Closed, clock(10, 41), "s9", views.Acts{}
	return o
}

func (s sample) notMine() *views.Open {
	o := s.with(views.CannotNotMine, views.Quota{})
	o.Head.Mine, o.Composer.Agent, o.Head.Acts = false, s.pick("阿明", "Ming"), views.Acts{}
	o.Customer.MayChange, o.Customer.Tags, o.Customer.Elsewhere = false, nil, nil
	return o
}

// together is a group conversation, as its agent sees it.
func (s sample) together() *views.Open {
	o := s.open()
	o.Head.State, o.Head.With, o.Head.Acts.Leave = views.GroupTalk, []string{s.pick("阿明", "Ming"), s.pick("小雨", "Rain")}, true
	return o
}

// watching is a colleague's session, as a supervisor sees it.
func (s sample) watching() *views.Open {
	o := s.with(views.CanInterject, views.Quota{Limit: 5, Left: 3, Until: now.Add(5 * time.Hour)})
	o.Head.Mine, o.Head.With, o.Composer.Agent = false, []string{s.pick("阿明", "Ming")}, s.pick("阿明", "Ming")
	o.Head.Acts = views.Acts{Transfer: true, TakeOver: true, CloseAsAdmin: true}
	return o
}

func (s sample) hand(invite bool) views.Hand {
	h := views.Hand{Reader: s.Reader, SessionID: "s1", OpenID: "oyeC-wH2XKLJo94TOoBpnCeEAMeQ", Name: s.pick("陈女士 · 三里屯", "Ms Chen · Sanlitun"), Invite: invite, Agents: []views.Colleague{
		{UID: 2, Name: s.pick("小雨", "Rain"), Status: views.Online, Load: 8, Capacity: 10},
		{UID: 3, Name: s.pick("阿明", "Ming"), Status: views.Online, Load: 10, Capacity: 10},
		{UID: 4, Name: s.pick("小红", "Hong"), Status: views.Away, Load: 2, Capacity: 5},
		{UID: 5, Name: s.pick("老高", "Gao"), Status: views.Offline, Capacity: 5},
	}}
	if !invite {
		h.Groups = []views.GroupChoice{{ID: 1, Name: s.pick("售后", "After-sales"), Online: 3}, {ID: 2, Name: s.pick("售前", "Pre-sales")}}
	}
	return h
}

func (s sample) monitor() views.Monitor {
	l := s.lists("")
	m := views.Monitor{Reader: s.Reader, Now: now, Company: s.company(), Person: s.pick("周敏 · 主管", "Min · supervisor"), Next: "s11",
		Agents: s.hand(false).Agents, Groups: s.hand(false).Groups, Total: map[views.SessionState]int{views.Queueing: 12, views.Waiting: 3, views.Conversing: 4, views.GroupTalk: 1}}
	for i, r := range l.Conversing.Rows {
		w := views.Watched{Row: r, State: views.Conversing, Agent: s.pick("小鱼", "Yu")}
		if i == 1 {
			w.State, w.Guests = views.GroupTalk, []string{s.pick("阿明", "Ming")}
		}
		m.Rows = append(m.Rows, w)
	}
	for _, r := range l.Waiting.Rows {
		m.Rows = append(m.Rows, views.Watched{Row: r, State: views.Waiting, Agent: s.pick("小鱼", "Yu")})
	}
	for _, r := range l.Queueing.Rows {
		m.Rows = append(m.Rows, views.Watched{Row: r, State: views.Queueing})
	}
	return m
}

func (s sample) monitorEmpty() views.Monitor {
	m := s.monitor()
	m.Rows, m.Next, m.Filter = nil, "", views.MonitorFilter{State: "2", Agent: "3", After: "s1"}
	return m
}

func (s sample) queueing() *views.Open {
	o := s.with(views.CannotQueue, views.Quota{})
	o.Head.Mine, o.Head.State, o.Head.Acts = false, views.Queueing, views.Acts{}
	return o
}

// deciding is a session that nobody has, as a supervisor sees it: who could have had it, and what kept each out.
func (s sample) deciding() *views.Open {
	o := s.with(views.CanInterject, views.Quota{Limit: 5, Left: 3, Until: now.Add(5 * time.Hour)})
	o.Head.Mine, o.Head.State, o.Head.Acts = false, views.Queueing, views.Acts{Transfer: true, CloseAsAdmin: true, Prioritise: true, Priority: 0}
	o.Customer.Why = []views.Step{{At: clock(10, 34), Text: s.pick("自动回复规则「售后」指定；没有人能接，继续排队。", "sent there by the rule “After-sales”; nobody could take it, and it stays in the queue.")}}
	o.Customer.Contenders = append([]views.Contender{{Name: s.pick("小雨", "Rain"), Load: 2, Capacity: 10, Word: s.Words.Sentence("why.away")}}, o.Customer.Contenders[2:]...)
	o.Customer.ContendersMore = s.Words.Sentence("why.more", 12, s.Words.Sentence("why.not-in-group"))
	return o
}

func (s sample) waiting() *views.Open {
	o := s.with(views.CanOnceTaken, views.Quota{Limit: 20, Left: 13, Until: now.Add(47 * time.Hour)})
	o.Head.State = views.Waiting
	o.Thread.Messages = o.Thread.Messages[3:4]
	o.Thread.Messages[0].Seq, o.Thread.More = 1, false
	return o
}

func (s sample) nameless() *views.Open {
	o := s.open()
	o.Head.Name = ""
	o.Customer = views.Customer{Reminders: views.Reminders{Reader: s.Reader, Now: now, SessionID: "s1"}, SessionID: "s1", OpenID: o.Head.OpenID, Account: o.Head.Account, MayChange: true, Syncing: true}
	return o
}

func (s sample) sessionSettings() templ.Component {
	m := views.SessionSettings{Settings: s.settings(), Saved: true, Distribution: "average", Notices: "free",
		Quota: views.QuotaCard{Messages: 5, Events: 3, Most: 100, MessageWindow: views.TimeOf("window_message", false, 48*time.Hour), EventWindow: views.TimeOf("window_event", false, time.Minute)}}
	m.ReadOnly = false
	for name, d := range map[string]time.Duration{"queue_timeout": 48 * time.Hour, "reception_timeout": 24 * time.Hour, "idle_timeout": 90 * time.Minute, "exclusive_wait": 0, "target_wait": 5 * time.Minute, "reclaim_after": 240 * time.Hour, "away_after": 15 * time.Minute, "grace": 90 * time.Second} {
		m.Times = append(m.Times, views.TimeOf(name, name == "exclusive_wait" || name == "target_wait" || name == "away_after" || name == "grace", d))
	}
	slices.SortFunc(m.Times, func(a, b views.Time) int { return cmp.Compare(a.Name, b.Name) })
	queued := s.pick("您好，您前面还有 {ahead} 位客户在排队{wait}，请稍候。", "Thank you for writing. Before you in the queue: {ahead}{wait}. Please wait.")
	closed := s.pick("本次会话已结束。如果还需要帮助，请直接发消息。", "This conversation is closed. If you need more help, just write again.")
	m.Texts = []views.Notice{
		{Kind: "queued", Lang: s.Words.Lang, On: true, Default: queued, Variables: []string{"{ahead}", "{place}", "{wait}", "{company}"},
			Preview: s.pick("您好，您前面还有 3 位客户在排队，预计约 5 分钟，请稍候。", "Thank you for writing. Before you in the queue: 3, about 5 min. Please wait.")},
		{Kind: "closed", Lang: s.Words.Lang, Text: s.pick("{company}感谢您的来信。", "{company} thanks you for writing."), Default: closed, Variables: []string{"{company}"},
			Preview: s.pick("网鱼演示感谢您的来信。", "Wangyu thanks you for writing.")},
	}
	return views.SettingsPage(m.Settings, m.Words.OfSessionSettings().Sessions, views.SessionSettingsBody(m))
}

func (s sample) hours() templ.Component {
	l := views.HoursList{Settings: s.settings()}
	w := l.Words.OfSessionSettings()
	l.Accounts = []views.HoursRow{{Path: "/settings/hours/accounts/wx1", Name: s.pick("网鱼网咖", "Wangyu Café"), State: w.OpenNow}, {Path: "/settings/hours/accounts/wx2", Name: s.pick("网鱼电竞", "Wangyu Esports"), State: w.Always}}
	l.Groups = []views.HoursRow{{Path: "/settings/hours/groups/1", Name: s.pick("售后", "after-sales"), State: strings.Replace(w.OpensAt, "{}", "2026-07-20 09:00", 1)}}
	return views.SettingsPage(l.Settings, w.Hours, views.HoursBody(l))
}

func (s sample) hoursForm() templ.Component {
	f := views.HoursForm{Settings: s.settings(), Path: "/settings/hours/accounts/wx1", Name: s.pick("网鱼网咖", "Wangyu Café"), Zone: "Asia/Shanghai", Outside: "queue",
		Closed: "2026-10-01 ~ 2026-10-07", MakeUp: "2026-10-10 " + s.pick("周五", "Friday"), Special: "2026-09-30 09:00-12:00"}
	f.ReadOnly = false
	for day := 1; day < 6; day++ {
		f.Week[day] = "09:00-12:00, 13:30-18:00"
	}
	f.State = f.Words.OfSessionSettings().OpenNow
	return views.SettingsPage(f.Settings, f.Title(), views.HoursFormBody(f))
}
