package provision_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/login"
	"weir/internal/provision"
	"weir/internal/secret"
	"weir/internal/store"
	"weir/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// example is the file of DESIGN.md, section 5, with its dots filled in.
const example = `component: {appid: wx9999999999999999, secret: componentsecret, token: componenttoken, aes_key: abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG}   # the operator's third-party platform, where there is one
companies:
  - id: 51454009d703c86c91353f61011ecf2f
    name: 网鱼演示
    timezone: Asia/Shanghai
    locale: zh-CN
    settings: {distribution: average, queue_timeout: 48h, reception_timeout: 24h, idle_timeout: 48h, reclaim_after: 240h, notices: free}   # distribution: average, grab
    api_tokens: [{name: ci, token: 5e0c8e3bd1f94a1c8f2b7a6d9e3c4f10}]
    agents: [{uid: 8082, name: 小鱼, email: Xiaoyu@wangyu.example, password: "correct horse", role: agent, capacity: 5}]       # role: agent, supervisor, admin
    groups: [{name: 售前, agents: [8082], strategy: least_busy}, {name: 售后, agents: [8082]}]                              # round_robin, longest_idle
    accounts: [{appid: wx4a14a2375e93cb7b, name: 网鱼网咖, secret: 0123456789abcdef0123456789abcdef, token: weixintoken, aes_key: abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG, mode: safe}]            # plain, compatible, safe
    rules:
      - {name: 价格, priority: 10, match: {kind: contains, keywords: [价格, 多少钱]}, reply: [{type: text, text: 每小时八元}]}
      - {name: 售后, priority: 20, match: {kind: exact, keywords: [售后]}, assign: {group: 售后}}
    channels: [{name: 三里屯店门口, appid: wx4a14a2375e93cb7b, scene: sanlitun, kind: permanent, target: {group: 售后}, tags: [门店], greeting: 您好，这里是三里屯店}]
    quick_replies: [{title: 退款说明, shortcut: tk, text: "{客户}您好，款项原路退回。", group: 售后}]
`

var company = must(id.Parse("51454009d703c86c91353f61011ecf2f"))

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// room is an installation without companies.
type room struct {
	*testing.T
	store *store.Store
	owner string
	box   *secret.Box
}

func newRoom(t *testing.T) *room {
	t.Helper()
	owner, app := testkit.Postgres(t, migrate)
	s, err := store.Open(t.Context(), app)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return &room{t, s, owner, secret.New([32]byte{7})}
}

func migrate(url string) error { return store.Migrate(context.Background(), url) }

func (r *room) try(doc string) (provision.Report, error) {
	r.Helper()
	file, err := provision.Load(strings.NewReader(doc))
	if err != nil {
		return provision.Report{}, err
	}
	return provision.Apply(r.Context(), r.store, r.box, login.NewPasswords(), file)
}

func (r *room) apply(doc string) provision.Report {
	r.Helper()
	report, err := r.try(doc)
	if err != nil {
		r.Fatalf("apply: %v", err)
	}
	return report
}

// everything is every row of every table that provisioning may touch.
func (r *room) everything() map[string][]string {
	r.Helper()
	conn, err := pgx.Connect(r.Context(), strings.Replace(r.owner, "user=weir_owner", "user=postgres", 1)) // row-level security binds the owner too
	if err != nil {
		r.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	out := map[string][]string{}
	for _, table := range []string{"companies", "accounts", "appids", "agents", "logins", "groups", "group_members", "seats", "rules", "channels", "quick_replies", "api_tokens", "token_hashes", "components"} {
		rows, err := conn.Query(r.Context(), "SELECT t::text FROM "+table+" t ORDER BY 1")
		if err != nil {
			r.Fatal(err)
		}
		if out[table], err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil {
			r.Fatal(err)
		}
	}
	return out
}

func TestTheDocumentedFileIsMade(t *testing.T) {
	r := newRoom(t)
	report := r.apply(example)
	want := provision.Report{Components: provision.Count{Created: 1}, Companies: provision.Count{Created: 1}, APITokens: provision.Count{Created: 1}, Agents: provision.Count{Created: 1},
		Groups: provision.Count{Created: 2}, Accounts: provision.Count{Created: 1}, Seats: provision.Count{Created: 1}, Rules: provision.Count{Created: 2}, Channels: provision.Count{Created: 1}, Quicks: provision.Count{Created: 1}}
	if !reflect.DeepEqual(report, want) {
		t.Errorf("report %+v", report)
	}
	q, ctx := r.store.Of(company), t.Context()
	c := must(q.CompanyGet(ctx, company))
	if c.Name != "网鱼演示" || c.QueueTimeout != 172800 || c.ReceptionTimeout != 86400 || c.ReclaimAfter != 864000 || c.Notices != "free" {
		t.Errorf("company %+v", c)
	}
	a := must(q.AccountGet(ctx, store.AccountGetParams{CompanyID: company, AppID: "wx4a14a2375e93cb7b"}))
	for what, sealed := range map[string][]byte{"secret": a.Secret, "token": a.Token, "aes_key": a.AESKey} {
		plain, err := r.box.Open(sealed, "account:wx4a14a2375e93cb7b:"+what)
		if err != nil || len(plain) < 10 {
			t.Errorf("%s: %v", what, err)
		}
	}
	component := must(r.store.Outside().ComponentGet(ctx))
	for what, sealed := range map[string][]byte{"secret": component.Secret, "token": component.Token, "aes_key": component.AESKey} {
		plain, err := r.box.Open(sealed, "component:wx9999999999999999:"+what)
		if err != nil || len(plain) < 10 {
			t.Errorf("the component's %s: %v", what, err)
		}
	}
	if whose := must(r.store.Outside().AppIDCompany(ctx, a.AppID)); whose != company {
		t.Errorf("the account is %s's", whose)
	}
	l := must(r.store.Outside().LoginFind(ctx, "xiaoyu@wangyu.example"))
	agent := must(q.AgentGet(ctx, store.AgentGetParams{CompanyID: company, UID: l.UID}))
	if ok, _, err := login.NewPasswords().Verify(ctx, agent.Password, "correct horse"); !ok || err != nil {
		t.Errorf("the password does not verify: %v", err)
	}
	ch := must(q.ChannelByScene(ctx, store.ChannelBySceneParams{CompanyID: company, AppID: "wx4a14a2375e93cb7b", Scene: "sanlitun"}))
	if ch.Name != "三里屯店门口" || !ch.Permanent || ch.TargetGroupID == nil || len(ch.Tags) != 1 || ch.Greeting == "" || ch.CodeDue == nil {
		t.Errorf("channel %+v", ch)
	}
	rules := must(q.RulesOfCompany(ctx, company))
	if len(rules) != 2 || rules[0].Name != "价格" || rules[1].AssignGroupID == nil {
		t.Errorf("rules %+v", rules)
	}
}

func TestRunningItAgainChangesNothing(t *testing.T) {
	r := newRoom(t)
	r.apply(example)
	before := r.everything()
	report := r.apply(example)
	if report.Changed() {
		t.Errorf("report:\n%s", report)
	}
	if after := r.everything(); !reflect.DeepEqual(before, after) {
		t.Errorf("was\n%v\nis\n%v", before, after)
	}
	if len(before["seats"]) != 1 || len(before["rules"]) != 2 {
		t.Errorf("nothing was made, so nothing was tested: %v", before)
	}
}

func TestRulesAnswerWithCardsAndMenus(t *testing.T) {
	r := newRoom(t)
	doc := strings.Replace(example, "reply: [{type: text, text: 每小时八元}]", `reply: [{type: news, title: 价目表, description: 包间也有, url: "https://example.com/p", picture: "https://example.com/p.jpg"},
        {type: msgmenu, head: 还要什么, items: [订座, 人工], tail: 谢谢}, {type: text, text: 每小时八元}]`, 1)
	r.apply(doc)
	before := r.everything()
	if report := r.apply(doc); report.Changed() {
		t.Errorf("the second time:\n%s", report)
	}
	if after := r.everything(); !reflect.DeepEqual(before, after) {
		t.Errorf("was\n%v\nis\n%v", before, after)
	}
	if all := strings.Join(before["rules"], " "); !strings.Contains(all, "https://example.com/p.jpg") || !strings.Contains(all, "还要什么") || !strings.Contains(all, "人工") {
		t.Errorf("the rules are %s", all)
	}
	if report := r.apply(example); !report.Changed() {
		t.Error("a text in place of the card changes nothing")
	}
}

func TestWhatTheFileDoesNotSayStays(t *testing.T) {
	r := newRoom(t)
	r.apply(example)
	report := r.apply(`
companies:
  - id: 51454009d703c86c91353f61011ecf2f
    name: 网鱼
    agents: [{uid: 8082, name: 小鱼, email: xiaoyu@wangyu.example}, {uid: 8083, name: 阿明, email: aming@wangyu.example, password: pw}]
    rules: [{name: 客服, match: {kind: exact, keywords: [客服]}, assign: {group: 售后}}]
`)
	want := provision.Report{Companies: provision.Count{Changed: 1}, Agents: provision.Count{Created: 1, Unchanged: 1}, Seats: provision.Count{Created: 1, Unchanged: 1}, Rules: provision.Count{Created: 1}}
	if !reflect.DeepEqual(report, want) {
		t.Errorf("report\n%s", report)
	}
	q := r.store.Of(company)
	c := must(q.CompanyGet(t.Context(), company))
	if c.Name != "网鱼" || c.QueueTimeout != 172800 || c.Version != 3 {
		t.Errorf("company %+v", c)
	}
	if rules := must(q.RulesOfCompany(t.Context(), company)); len(rules) != 3 {
		t.Errorf("%d rules", len(rules))
	}
}

func TestChanges(t *testing.T) {
	const key2 = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"
	for _, tc := range []struct {
		name     string
		from, to string // in the example
		want     func(*provision.Report) *provision.Count
		check    func(*room)
	}{
		{"a password", "correct horse", "battery staple", func(p *provision.Report) *provision.Count { return &p.Agents }, func(r *room) {
			a := must(r.store.Of(company).AgentGet(r.Context(), store.AgentGetParams{CompanyID: company, UID: 8082}))
			if ok, _, _ := login.NewPasswords().Verify(r.Context(), a.Password, "battery staple"); !ok {
				r.Error("the new password does not verify")
			}
		}},
		{"an address", "Xiaoyu@", "yu@", func(p *provision.Report) *provision.Count { return &p.Agents }, func(r *room) {
			if _, err := r.store.Outside().LoginFind(r.Context(), "xiaoyu@wangyu.example"); !errors.Is(err, store.ErrNone) {
				r.Errorf("the old address still logs in: %v", err)
			}
			if l := must(r.store.Outside().LoginFind(r.Context(), "yu@wangyu.example")); l.UID != 8082 {
				r.Errorf("the new address is %d's", l.UID)
			}
		}},
		{"an account's AES key: the one before is kept", "token: weixintoken, aes_key: abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "token: weixintoken, aes_key: " + key2, func(p *provision.Report) *provision.Count { return &p.Accounts }, func(r *room) {
			a := must(r.store.Of(company).AccountGet(r.Context(), store.AccountGetParams{CompanyID: company, AppID: "wx4a14a2375e93cb7b"}))
			now, before := must(r.box.Open(a.AESKey, "account:wx4a14a2375e93cb7b:aes_key")), must(r.box.Open(a.PreviousAESKey, "account:wx4a14a2375e93cb7b:aes_key"))
			if string(now) != key2 || string(before) != "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG" {
				r.Error("the keys are not those")
			}
		}},
		{"an account's token: the key before is not touched", "weixintoken", "weixintoken2", func(p *provision.Report) *provision.Count { return &p.Accounts }, func(r *room) {
			a := must(r.store.Of(company).AccountGet(r.Context(), store.AccountGetParams{CompanyID: company, AppID: "wx4a14a2375e93cb7b"}))
			if a.PreviousAESKey != nil {
				r.Error("a key before appeared")
			}
		}},
		{"an API token: the one before no longer counts", "5e0c8e3bd1f94a1c8f2b7a6d9e3c4f10", "0f4c3e9d6a7b2f8c1a4f91db3e8c0e50", func(p *provision.Report) *provision.Count { return &p.APITokens }, func(r *room) {
			if n := len(r.everything()["token_hashes"]); n != 1 {
				r.Errorf("%d tokens count", n)
			}
		}},
		{"a group's way of choosing", "strategy: least_busy", "strategy: round_robin", func(p *provision.Report) *provision.Count { return &p.Groups }, nil},
		{"a group's priority", "{name: 售后, agents: [8082]}", "{name: 售后, agents: [8082], priority: 3}", func(p *provision.Report) *provision.Count { return &p.Groups }, nil},
		{"what a rule gives of priority", "assign: {group: 售后}", "assign: {group: 售后, priority: 5}", func(p *provision.Report) *provision.Count { return &p.Rules }, func(r *room) {
			if rules := must(r.store.Of(company).RulesOfCompany(r.Context(), company)); rules[1].AssignPriority != 5 {
				r.Errorf("the rule is %+v", rules[1])
			}
		}},
		{"an account's default group", "mode: safe}", "mode: safe, default_group: 售后}", func(p *provision.Report) *provision.Count { return &p.Accounts }, func(r *room) {
			a := must(r.store.Of(company).AccountGet(r.Context(), store.AccountGetParams{CompanyID: company, AppID: "wx4a14a2375e93cb7b"}))
			if groups := must(r.store.Of(company).GroupsOfCompany(r.Context(), company)); a.DefaultGroupID == nil || *a.DefaultGroupID != groups[1].GroupID {
				r.Errorf("it is %v of %+v", a.DefaultGroupID, groups)
			}
		}},
		{"how long a named agent is waited for", "notices: free}", "notices: free, target_wait: 0s}", func(p *provision.Report) *provision.Count { return &p.Companies }, func(r *room) {
			if c := must(r.store.Of(company).CompanyGet(r.Context(), company)); c.TargetWait != 0 {
				r.Errorf("%d s", c.TargetWait)
			}
		}},
		{"a group's members", "{name: 售后, agents: [8082]}", "{name: 售后, agents: []}", func(p *provision.Report) *provision.Count { return &p.Groups }, func(r *room) {
			if n := len(r.everything()["group_members"]); n != 1 {
				r.Errorf("%d memberships", n)
			}
		}},
		{"a rule's answer", "每小时八元", "每小时九元", func(p *provision.Report) *provision.Count { return &p.Rules }, nil},
		{"a rule's priority", "priority: 10", "priority: 30", func(p *provision.Report) *provision.Count { return &p.Rules }, nil},
		{"a setting", "idle_timeout: 48h", "idle_timeout: 1s", func(p *provision.Report) *provision.Count { return &p.Companies }, func(r *room) {
			if c := must(r.store.Of(company).CompanyGet(r.Context(), company)); c.IdleTimeout != 1 {
				r.Errorf("idle timeout %d s", c.IdleTimeout)
			}
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := newRoom(t)
			r.apply(example)
			was := must(r.store.Of(company).CompanyGet(t.Context(), company)).Version
			changed := strings.Replace(example, tc.from, tc.to, 1)
			if changed == example {
				t.Fatal("the example does not have it, so nothing was tested")
			}
			report := r.apply(changed)
			if n := tc.want(&report); n.Changed != 1 {
				t.Errorf("report\n%s", report)
			}
			tc.want(&report).Changed = 0
			if report.Changed() {
				t.Errorf("something else changed too:\n%s", report)
			}
			if now := must(r.store.Of(company).CompanyGet(t.Context(), company)).Version; now <= was {
				t.Errorf("copies of the company are not told: version %d, was %d", now, was)
			}
			if tc.check != nil {
				tc.check(r)
			}
			if again := r.apply(changed); again.Changed() {
				t.Errorf("and again:\n%s", again)
			}
		})
	}
}

func TestTwoAgentsMaySwapAddresses(t *testing.T) {
	r := newRoom(t)
	doc := `companies: [{id: 51454009d703c86c91353f61011ecf2f, name: x, agents: [{uid: 1, name: a, email: %s@x.example, password: p}, {uid: 2, name: b, email: %s@x.example, password: p}]}]`
	r.apply(fmt.Sprintf(doc, "a", "b"))
	r.apply(fmt.Sprintf(doc, "b", "a"))
	if l := must(r.store.Outside().LoginFind(t.Context(), "a@x.example")); l.UID != 2 {
		t.Errorf("a@x.example is agent %d", l.UID)
	}
}

func TestFaultsAreToldAllAtOnceWithTheirLines(t *testing.T) {
	doc := `companies:
  - id: 51454009
    name: ""
    timezone: Mars/Olympus
    colour: red
    settings: {queue_timeout: 2 days, idle_timeout: 500ms, distribution: random}
    agents:
      - {uid: 8082, name: a, email: a@x.example, password: p}
      - {uid: 8082, name: b, email: b@x, role: boss}
      - {uid: -1, name: c, email: nobody, capacity: many}
    groups:
      - {name: other, agents: [7]}
    accounts:
      - {appid: "wx 1", name: x, secret: s, token: t}
      - {appid: wx2, name: x, secret: s, token: t, aes_key: short}
    rules:
      - {name: r, match: {kind: regex}, reply: [{type: image, text: x}]}
      - {name: s, match: {kind: exact, keywords: [k]}, assign: {group: nowhere}}
      - {name: t, match: {kind: exact}, reply: []}
`
	_, err := provision.Load(strings.NewReader(doc))
	var faults provision.Faults
	if !errors.As(err, &faults) {
		t.Fatalf("err %v", err)
	}
	for _, want := range []string{
		`line 2: id of a company should be 32 hex digits`, `line 3: name of a company is empty`, `line 4: timezone is "Mars/Olympus"`, `line 5: A company has no field "colour". It has: id, name`,
		`line 6: queue_timeout is "2 days", which is no duration. Write it like 30s, 90m or 48h`, `line 6: idle_timeout is "500ms"`, `line 6: distribution of settings is "random". It should be average or grab.`,
		`line 9: Agent 8082 is there already, in line 8.`, `line 9: role of an agent is "boss". It should be agent, supervisor or admin.`,
		`line 10: uid of an agent should be a whole number from 1`, `line 10: email is "nobody", which is no address`, `line 10: capacity of an agent should be a whole number`,
		`line 12: A group cannot be called other`, `line 12: Group "other" names agent 7, who is not among`,
		`line 14: appid of an account should be`, `line 14: An account needs aes_key`, `line 15: aes_key of an account should be the 43 letters and digits of its EncodingAESKey, and has 5.`,
		`line 17: kind of match is "regex"`, `line 17: type of a reply is "image"`, `line 18: Rule "s" names group "nowhere", which is not among`,
		`line 19: Rule "t": exact and contains need at least one keyword.`, `line 19: Rule "t": A rule does something`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("not told: %s", want)
		}
	}
	for i := 1; i < len(faults); i++ {
		if faults[i].Line < faults[i-1].Line {
			t.Errorf("line %d after %d", faults[i].Line, faults[i-1].Line)
		}
	}
	if t.Failed() {
		t.Logf("told:\n%v", err)
	}
}

func TestFaults(t *testing.T) {
	const head = "companies:\n  - {id: 51454009d703c86c91353f61011ecf2f, name: x, "
	long := strings.Repeat("长", 683) // 2049 bytes
	for _, tc := range []struct{ name, doc, want string }{
		{"nothing", "", "The file is empty"},
		{"no YAML", "companies: [", "This is not YAML"},
		{"two documents", "companies: []\n---\ncompanies: []", "several documents"},
		{"no mapping", "- a", "Here should be the file"},
		{"a company that is a word", "companies: [x]", "Here should be a company"},
		{"a list that is none", "companies: 5", "companies of the file should be a list"},
		{"no companies", "component: {appid: wx1, secret: s, token: t, aes_key: abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG}", "needs companies"},
		{"a field twice", "companies:\n  - {id: 51454009d703c86c91353f61011ecf2f, name: x, name: y}", "says name twice"},
		{"an anchor's alias", head + "api_tokens: &a [{name: x, token: y}], rules: *a}", "should be a list"},
		{"a merge key", "x: &x {a: 1}\ncompanies:\n  - {<<: *x, name: x}", "<< and & are not read here"},
		{"null", head + "locale: null}", "should be text"},
		{"a company twice", "companies:\n  - {id: 51454009d703c86c91353f61011ecf2f, name: x}\n  - {id: 51454009-d703-c86c-9135-3f61011ecf2f, name: x}", "line 3: Company 51454009d703c86c91353f61011ecf2f is there already, in line 2"},
		{"an address twice, in two companies and cases", head + "agents: [{uid: 1, name: a, email: a@x.example, password: p}]}\n  - {id: 51454009d703c86c91353f61011ecf20, name: y, agents: [{uid: 1, name: a, email: A@x.example, password: p}]}", "The e-mail address a@x.example is there already"},
		{"an account twice", head + "accounts: [{appid: wx1, name: a, secret: s, token: t, mode: plain}, {appid: wx1, name: a, secret: s, token: t, mode: plain}]}", "Account wx1 is there already"},
		{"a scene twice", head + "channels: [{name: a, appid: wx1, scene: s}, {name: b, appid: wx1, scene: s}]}", "is there already"},
		{"a scene that names a target", head + "channels: [{name: a, appid: wx1, scene: kf_user_1}]}", "names an agent or a group by itself"},
		{"a quick reply twice", head + "quick_replies: [{title: a, text: b}, {title: a, text: c}]}", `Quick reply "a" is there already`},
		{"a quick reply of two", head + "quick_replies: [{title: a, text: b, uid: 1, group: g}]}", "names an agent and a group"},
		{"a quick reply with a variable that there is not", head + "quick_replies: [{title: a, text: '{price}'}]}", "There is no variable {price}"},
		{"a channel without scene", head + "channels: [{name: a, appid: wx1}]}", "needs scene"},
		{"a rule twice", head + "rules: [{name: a, match: {kind: follow}, reply: [{type: text, text: a}]}, {name: a, match: {kind: follow}, reply: [{type: text, text: a}]}]}", `Rule "a" is there already`},
		{"a token with a space", head + "api_tokens: [{name: a, token: a b}]}", "without spaces"},
		{"an answer that WeChat would not take", head + "rules: [{name: a, match: {kind: follow}, reply: [{type: text, text: " + long + "}]}]}", "at most 2047 bytes"},
		{"a rule for an agent and a group", head + "rules: [{name: a, match: {kind: follow}, assign: {uid: 1, group: g}}]}", "one of the two"},
		{"a card without an address", head + "rules: [{name: a, match: {kind: follow}, reply: [{type: news, title: a}]}]}", "url"},
		{"a card that runs a script", head + "rules: [{name: a, match: {kind: follow}, reply: [{type: news, title: a, url: 'javascript:x'}]}]}", "http://"},
		{"a menu without items", head + "rules: [{name: a, match: {kind: follow}, reply: [{type: msgmenu, head: a}]}]}", "1 to 10 items"},
		{"keywords of a follow", head + "rules: [{name: a, match: {kind: follow, keywords: [a]}, reply: [{type: text, text: a}]}]}", "follow takes no keywords"},
		{"a keyword that everybody writes", head + "rules: [{name: a, match: {kind: contains, keywords: [' ']}, reply: [{type: text, text: a}]}]}", "A keyword is not empty"},
		{"a default group that is none", head + "groups: [{name: g}], accounts: [{appid: wx1, name: a, secret: s, token: t, mode: plain, default_group: h}]}", "Account wx1 names group \"h\""},
		{"a priority beyond all bounds", head + "groups: [{name: g, priority: 101}]}", "100"},
		{"a duration of nothing", head + "settings: {queue_timeout: 0s}}", "at least 1s"},
		{"a component without a key", "component: {appid: wx1, secret: s, token: t}\ncompanies: []", "The component needs aes_key"},
		{"NUL", head + `rules: [{name: a, match: {kind: exact, keywords: ["a\0"]}, reply: [{type: text, text: a}]}]}`, "should be text"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := provision.Load(strings.NewReader(tc.doc))
			var faults provision.Faults
			if !errors.As(err, &faults) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("err %v\nwant %s", err, tc.want)
			}
		})
	}
}

func TestWhatIsAnothersIsRefusedAndNothingIsWritten(t *testing.T) {
	const other = "companies:\n  - {id: 00000000d703c86c91353f61011ecf2f, name: 别家, "
	for _, tc := range []struct{ name, doc, want string }{
		{"another company's account", other + "accounts: [{appid: wx4a14a2375e93cb7b, name: a, secret: s, token: t, mode: plain}]}", "line 2: Account wx4a14a2375e93cb7b belongs to another company"},
		{"another company's address", other + "agents: [{uid: 8082, name: a, email: xiaoyu@WANGYU.example, password: p}]}", "line 2: The e-mail address xiaoyu@wangyu.example is another agent's"},
		{"another company's API token", other + "api_tokens: [{name: ci, token: 5e0c8e3bd1f94a1c8f2b7a6d9e3c4f10}]}", `line 2: The token of "ci" is used already`},
		{"another agent's address, of the same company", "companies: [{id: 51454009d703c86c91353f61011ecf2f, name: 网鱼演示, agents: [{uid: 9, name: a, email: xiaoyu@wangyu.example, password: p}]}]", "is another agent's"},
		{"another company's account, in a channel", other + "channels: [{name: a, appid: wx4a14a2375e93cb7b, scene: s}]}", "for account wx4a14a2375e93cb7b, which the company does not have"},
		{"another company's group, in a quick reply", other + "quick_replies: [{title: a, text: b, group: 售后}]}", `is for group "售后", which the company does not have`},
		{"another company's agent, in a quick reply", other + "quick_replies: [{title: a, text: b, uid: 8082}]}", "is agent 8082's, whom the company does not have"},
		{"a group that is nowhere", other + "rules: [{name: a, match: {kind: follow}, assign: {group: 售后}}]}", `names group "售后", which the company does not have`},
		{"another company's agent", other + "rules: [{name: a, match: {kind: follow}, assign: {uid: 8082}}]}", "names agent 8082, whom the company does not have"},
		{"another company's account, in a rule", other + "rules: [{name: a, appid: wx4a14a2375e93cb7b, match: {kind: follow}, reply: [{type: text, text: a}]}]}", "for account wx4a14a2375e93cb7b, which the company does not have"},
		{"a new agent without a password", other + "agents: [{uid: 1, name: a, email: a@b.example}]}", "Agent 1 is new and needs a password"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := newRoom(t)
			r.apply(example)
			before := r.everything()
			_, err := r.try(tc.doc)
			var faults provision.Faults
			if !errors.As(err, &faults) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("err %v\nwant %s", err, tc.want)
			}
			if after := r.everything(); !reflect.DeepEqual(before, after) {
				t.Errorf("was\n%v\nis\n%v", before, after)
			}
		})
	}
}

func TestThereIsOneComponentAndItsKeysCanBeChanged(t *testing.T) {
	r := newRoom(t)
	r.apply(example)
	was := must(r.store.Outside().ComponentGet(t.Context()))
	if report := r.apply(strings.Replace(example, "0123456789ABCDEFG}   #", "0123456789ABCDEFH}   #", 1)); report.Components.Changed != 1 {
		t.Errorf("another key is reported as %+v", report.Components)
	}
	if now := must(r.store.Outside().ComponentGet(t.Context())); string(now.PreviousAESKey) != string(was.AESKey) || string(now.Secret) != string(was.Secret) {
		t.Error("the key before is not kept, or the secret was sealed anew")
	}
	before := r.everything()
	if _, err := r.try(strings.Replace(example, "wx9999999999999999", "wx8888888888888888", 1)); err == nil || !strings.Contains(err.Error(), "wx9999999999999999") {
		t.Errorf("another component is answered %v", err)
	}
	if after := r.everything(); !reflect.DeepEqual(before, after) {
		t.Error("and something was changed")
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	file, err := provision.Load(strings.NewReader(example))
	if err != nil {
		t.Fatal(err)
	}
	_, broken := provision.Load(strings.NewReader(strings.ReplaceAll(example, "0123456789ABCDEFG", "0123456789ABCDEFGH") + "\n  bad: [}"))
	_, faulty := provision.Load(strings.NewReader(strings.ReplaceAll(example, "0123456789ABCDEFG", "0123456789ABCDEFGH")))
	if broken == nil || faulty == nil {
		t.Fatal("nothing was wrong, so nothing was tested")
	}
	said := fmt.Sprintf("%v %+v %#v %v %v", file, file.Companies, file.Companies, broken, faulty)
	for _, s := range []string{"correct horse", "abcdefghijklmnopqrstuvwxyz", "weixintoken", "0123456789abcdef", "5e0c8e3b", "componentsecret"} {
		if strings.Contains(said, s) {
			t.Errorf("printed: %s", s)
		}
	}
}

func TestADeskThatRunsFollowsWithTheNextCallback(t *testing.T) {
	r := newRoom(t)
	r.apply(example)
	d := desk.New(desk.Options{Store: r.store})
	if err := d.Enter(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { d.Run(ctx); close(done) }()
	defer func() { stop(); <-done }()
	ask := func(n int) desk.Answer {
		return must(d.Receive(t.Context(), &desk.Arrival{Company: company, AppID: "wx4a14a2375e93cb7b", OpenID: "oyeC", At: time.Now().Truncate(time.Second), Key: fmt.Sprint("m:", n), Type: desk.TypeText, Text: "价格"}))
	}
	if said := ask(1); said.Text != "每小时八元" {
		t.Fatalf("answer %+v", said)
	}
	r.apply(strings.Replace(example, "每小时八元", "每小时九元", 1))
	if said := ask(2); said.Text != "每小时九元" {
		t.Errorf("answer %+v", said)
	}
}

func TestHowLongWhoUnfollowedIsKeptIsTheCompanysChoice(t *testing.T) {
	r := newRoom(t)
	after := func() *int64 { return must(r.store.Of(company).CompanyGet(t.Context(), company)).ForgetAfter }
	r.apply(example)
	if got := after(); got != nil {
		t.Errorf("by default they are forgotten after %d s", *got)
	}
	for range 2 {
		report := r.apply(strings.Replace(example, "reclaim_after: 240h", "reclaim_after: 240h, forget_after: 720h", 1))
		if got := after(); got == nil || *got != 720*3600 {
			t.Errorf("it is %v; %+v", got, report)
		}
	}
	if report := r.apply(example); report.Companies.Changed != 0 || after() == nil {
		t.Errorf("what the file does not say was changed: %+v", report)
	}
	for i := range 2 {
		if report := r.apply(strings.Replace(example, "reclaim_after: 240h", "reclaim_after: 240h, forget_after: never", 1)); after() != nil || report.Companies.Changed != 1-i {
			t.Errorf("never is %v; %+v", after(), report)
		}
	}
	r.apply(strings.Replace(example, "reclaim_after: 240h", "reclaim_after: 240h, forget_after: 0s", 1))
	if got := after(); got == nil || *got != 0 {
		t.Errorf("at once is %v", got)
	}
}

func (r *room) seats(uid int64) (appids []string) {
	r.Helper()
	for _, s := range must(r.store.Of(company).SeatsOfCompany(r.Context(), company)) {
		if s.UID == uid {
			appids = append(appids, s.AppID)
		}
	}
	slices.Sort(appids)
	return appids
}

func TestSeatsAreAtEveryAccountOrWhereTheFileSays(t *testing.T) {
	r := newRoom(t)
	doc := func(agent string) string {
		return `companies: [{id: 51454009d703c86c91353f61011ecf2f, name: x, agents: [{uid: 1, name: a, email: a@x.example, password: p` + agent + `}, {uid: 2, name: b, email: b@x.example, password: p}],
  accounts: [{appid: wx1, name: a, secret: s, token: t, mode: plain}, {appid: wx2, name: b, secret: s, token: t, mode: plain}]}]`
	}
	for _, step := range []struct {
		name, agent string
		want        []string
	}{
		{"at every account", "", []string{"wx1", "wx2"}},
		{"at one", ", accounts: [wx2]", []string{"wx2"}},
		{"what is not said stays", "", []string{"wx2"}},
		{"at none", ", accounts: []", nil},
		{"at the other", ", accounts: [wx1], conversations: 3", []string{"wx1"}},
	} {
		r.apply(doc(step.agent))
		if got := r.seats(1); !slices.Equal(got, step.want) || !slices.Equal(r.seats(2), []string{"wx1", "wx2"}) {
			t.Errorf("%s: the seats are at %v, want %v", step.name, got, step.want)
		}
		if again := r.apply(doc(step.agent)); again.Changed() {
			t.Errorf("%s, again:\n%s", step.name, again)
		}
	}
	if a := must(r.store.Of(company).AgentGet(t.Context(), store.AgentGetParams{CompanyID: company, UID: 1})); a.Conversations != 3 || a.EveryAccount {
		t.Errorf("kept %+v", a)
	}
	if _, err := r.try(doc(", accounts: [wx3]")); err == nil || !strings.Contains(err.Error(), "at account wx3, which the company does not have") {
		t.Errorf("a seat at nobody's account: %v", err)
	}
}

func TestWhatWeChatAllowsIsASetting(t *testing.T) {
	r := newRoom(t)
	r.apply(example)
	said := strings.Replace(example, "reclaim_after: 240h", "reclaim_after: 240h, quota_message: 20, quota_event: 0, window_message: 24h, window_event: 30s", 1)
	for i := range 2 {
		if report := r.apply(said); report.Companies.Changed != 1-i {
			t.Errorf("the %d. time: %+v", i+1, report)
		}
	}
	r.apply(example) // says nothing of it
	c := must(r.store.Of(company).CompanyGet(t.Context(), company))
	if c.QuotaMessage != 20 || c.QuotaEvent != 0 || c.WindowMessage != 24*3600 || c.WindowEvent != 30 {
		t.Errorf("%+v", c)
	}
}
