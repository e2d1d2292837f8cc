package courier_test

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"weir/internal/courier"
	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/store"
	"weir/internal/wechat"
	"weir/internal/wechat/simulator"
)

// clerk starts one, as a process would.
func (p *post) clerk() *courier.Clerk {
	client := wechat.NewClient(p.api, nil)
	tokens := wechat.NewTokens(p.rdb, client, func(context.Context, string) (string, error) { return "secret", nil }, "")
	k := courier.NewClerk(p.desk, client, tokens, p.fetcher(p.folder(), noTools), &feeds{}, quiet)
	p.run(k.Run)
	return k
}

// feeds note whose words were to be taken out of them.
type feeds struct{ forgot []string }

func (f *feeds) Forget(_ context.Context, _ id.ID, _, openid string) error {
	f.forgot = append(f.forgot, openid)
	return nil
}

func (p *post) customer() store.Customer {
	p.Helper()
	c, _, err := p.desk.Customer(p.Context(), p.company, appid, openid)
	if err != nil {
		p.Fatal(err)
	}
	return c
}

// becomes waits until the customer is as wanted.
func (p *post) becomes(what string, wanted func(store.Customer) bool) {
	p.Helper()
	for deadline := time.Now().Add(20 * time.Second); !wanted(p.customer()); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			p.Fatalf("%s: %+v", what, p.customer())
		}
	}
}

func (p *post) chooses(remark string, tags ...string) {
	p.Helper()
	if err := p.desk.ChangeCustomer(p.Context(), p.company, appid, openid, desk.CustomerChange{Remark: &remark, Tags: &tags}); err != nil {
		p.Fatal(err)
	}
}

func (p *post) atWeChat() simulator.Customer {
	c, _ := p.sim.Customer(appid, openid)
	return c
}

func TestANewCustomerIsAskedAboutAndTheRemarkAndTagsAreKeptInStep(t *testing.T) {
	p := newPost(t)
	if _, err := p.sim.PutCustomer(appid, simulator.Customer{OpenID: openid, Followed: true, UnionID: "union1"}); err != nil {
		t.Fatal(err)
	}
	p.clerk()
	p.becomes("WeChat is asked", func(c store.Customer) bool {
		return c.ProfileAt != nil && c.UnionID == "union1" && c.SubscribeScene == "ADD_SCENE_SEARCH" && c.SubscribedAt != nil && c.Subscribed != nil && *c.Subscribed
	})

	p.chooses("陈女士", "会员", "大客户")
	p.becomes("the remark and the tags are pushed", func(c store.Customer) bool { return !c.RemarkWaits && !c.TagsWait && c.PushDue == nil })
	if c := p.atWeChat(); c.Remark != "陈女士" || len(c.TagIDs) != 2 {
		t.Errorf("WeChat has %+v", c)
	}
	p.chooses("陈女士", "会员")
	p.becomes("a tag is taken away", func(c store.Customer) bool { return !c.TagsWait && c.PushDue == nil })
	if c := p.atWeChat(); len(c.TagIDs) != 1 {
		t.Errorf("WeChat has the tags %v", c.TagIDs)
	}

	// Somebody changes the remark in WeChat's own console: when it is asked again, WeChat's is newer.
	if err := p.sim.ChangeCustomer(appid, openid, func(c *simulator.Customer) { c.Remark = "陈老板" }); err != nil {
		t.Fatal(err)
	}
	if err := p.desk.LaterProfile(t.Context(), desk.Person{Company: p.company, AppID: appid, OpenID: openid}, time.Nanosecond); err != nil {
		t.Fatal(err)
	}
	p.becomes("WeChat's remark is taken over", func(c store.Customer) bool {
		return c.Remark == "陈老板" && slices.Equal(c.Tags, []string{"会员"})
	})
}

func TestWhatWeChatDoesNotTakeCanBeSeen(t *testing.T) {
	p := newPost(t)
	if _, err := p.sim.PutCustomer(appid, simulator.Customer{OpenID: openid, Followed: true}); err != nil {
		t.Fatal(err)
	}
	p.clerk()
	p.chooses("一个长得超过了微信所允许的三十个字节的备注", "会员")
	p.becomes("WeChat's no is kept", func(c store.Customer) bool { return c.PushCode != nil && *c.PushCode == 40092 && c.PushDue == nil })
	if c := p.atWeChat(); c.Remark != "" || len(c.TagIDs) != 1 || p.customer().TagsWait {
		t.Errorf("the remark kept the tag back: WeChat has %+v", c)
	}
	p.becomes("the remark stays ours when WeChat is asked again", func(c store.Customer) bool {
		return c.ProfileAt != nil && c.RemarkWaits && c.Remark == "一个长得超过了微信所允许的三十个字节的备注"
	})
}

func TestAnAccountsTagsAreAskedForOnceAndKept(t *testing.T) {
	p := newPost(t)
	for _, who := range []string{openid, "another"} {
		if _, err := p.sim.PutCustomer(appid, simulator.Customer{OpenID: who, Followed: true}); err != nil {
			t.Fatal(err)
		}
	}
	asked := func(call string) (n int) {
		p.sim.Look(func(st simulator.State) {
			for _, e := range st.Log() {
				if e.What == call {
					n++
				}
			}
		})
		return n
	}
	p.clerk()
	p.becomes("WeChat is asked", func(c store.Customer) bool { return c.ProfileAt != nil })
	p.chooses("陈女士", "会员") // which makes the tag, and so the account's tags are others
	p.becomes("the tag is pushed", func(c store.Customer) bool { return !c.TagsWait && c.PushDue == nil })
	tags, told, err := p.desk.AccountTags(t.Context(), p.company, appid)
	if err != nil || told.IsZero() || !slices.Contains(slices.Collect(maps.Values(tags)), "会员") {
		t.Errorf("of the account's tags are kept %v, %v", tags, err)
	}
	before, profiles := asked("tags/get"), asked("user/info/batchget")
	if err := p.desk.LaterProfile(t.Context(), desk.Person{Company: p.company, AppID: appid, OpenID: openid}, time.Nanosecond); err != nil {
		t.Fatal(err)
	}
	if _, err := p.desk.Receive(t.Context(), &desk.Arrival{Company: p.company, AppID: appid, OpenID: "another", At: time.Now(), Key: "m:another", Type: desk.TypeText, Text: "x"}); err != nil {
		t.Fatal(err)
	}
	p.wait("WeChat is asked about both", func() bool {
		other, _, err := p.desk.Customer(t.Context(), p.company, appid, "another")
		return err == nil && other.ProfileAt != nil && p.customer().ProfileDue.After(time.Now().Add(time.Hour))
	})
	if n := asked("user/info/batchget"); n == profiles || asked("tags/get") != before {
		t.Errorf("%d times asked about customers, and %d times for tags", n-profiles, asked("tags/get")-before)
	}
	if c := p.customer(); !slices.Equal(c.Tags, []string{"会员"}) {
		t.Errorf("their tags are %q", c.Tags)
	}
}

func TestOneWhomWeChatDoesNotKnowDoesNotSpoilTheOthers(t *testing.T) {
	p := newPost(t)
	if _, err := p.sim.PutCustomer(appid, simulator.Customer{OpenID: openid, Followed: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := p.desk.Receive(t.Context(), &desk.Arrival{Company: p.company, AppID: appid, OpenID: "nobody-knows", At: time.Now(), Key: "m:unknown", Type: desk.TypeText, Text: "x"}); err != nil {
		t.Fatal(err)
	}
	p.clerk()
	p.becomes("WeChat is asked", func(c store.Customer) bool { return c.ProfileAt != nil })
	unknown := func() store.Customer {
		c, _, err := p.desk.Customer(t.Context(), p.company, appid, "nobody-knows")
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	for deadline := time.Now().Add(10 * time.Second); unknown().ProfileDue != nil; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it is asked about again and again: %+v", unknown())
		}
	}
}

func TestWhoLeftIsForgottenWhenTheCompanySaysSo(t *testing.T) {
	p := newPost(t)
	p.inbox()
	store1 := p.folder()
	f, said := p.fetcher(store1, noTools), &feeds{}
	k := courier.NewClerk(p.desk, nil, nil, f, said, quiet)
	m := p.sends(simulator.Act{Kind: simulator.ActImage})
	p.chooses("陈女士", "会员")
	left := &desk.Arrival{Company: p.company, AppID: appid, OpenID: openid, At: time.Now().Add(-2 * time.Hour), Key: "e:left", Event: "unsubscribe", Raw: "<xml>" + openid + "</xml>"}
	if _, err := p.desk.Receive(t.Context(), left); err != nil {
		t.Fatal(err)
	}
	if err := p.desk.Note(t.Context(), left, desk.Fact{}); err != nil {
		t.Fatal(err)
	}
	forgetAfter := func(seconds int64) {
		if err := p.store.Of(p.company).CompanyForgetAfterSet(t.Context(), store.CompanyForgetAfterSetParams{CompanyID: p.company, ForgetAfter: &seconds}); err != nil {
			t.Fatal(err)
		}
	}
	k.Forget(t.Context())
	if c := p.customer(); c.Remark == "" || c.AnonymisedAt != nil {
		t.Fatalf("a company that keeps everything forgot %+v", c)
	}
	forgetAfter(3 * 3600)
	k.Forget(t.Context())
	if c := p.customer(); c.AnonymisedAt != nil {
		t.Fatal("it was too soon")
	}
	forgetAfter(3600)
	k.Forget(t.Context())
	if c := p.customer(); c.AnonymisedAt == nil || c.Remark != "" || len(c.Tags) != 0 || c.Source != "" {
		t.Errorf("what is left: %+v", c)
	}
	if !slices.Equal(said.forgot, []string{openid}) {
		t.Errorf("out of the feeds went %v", said.forgot)
	}
	if _, err := store1.Stat(t.Context(), m.Key()); err == nil {
		t.Error("the picture is still there")
	}
	_, s, err := p.desk.Session(t.Context(), p.company, p.session)
	if err != nil || s.LastText != "" {
		t.Errorf("%v, %q", err, s.LastText)
	}
	ms, err := p.desk.MessagesAfter(t.Context(), s, 0, 10)
	if err != nil || len(ms) == 0 {
		t.Fatal(err, len(ms))
	}
	for _, m := range ms {
		if m.Text != "" || m.Data.MediaID != "" || m.Data.FileURL != "" {
			t.Errorf("still said: %+v", m)
		}
	}
}

func TestWhatACallbackSaidWhileWeChatWasAskedIsNewer(t *testing.T) {
	p := newPost(t)
	who, asked := desk.Person{Company: p.company, AppID: appid, OpenID: openid}, time.Now().Add(-time.Minute)
	happens := func(event string, at time.Time) {
		a := &desk.Arrival{Company: p.company, AppID: appid, OpenID: openid, At: at.Truncate(time.Second), Key: "e:" + event, Event: event, Raw: "<xml/>"}
		if _, err := p.desk.Receive(t.Context(), a); err != nil {
			t.Fatal(err)
		}
		if err := p.desk.Note(t.Context(), a, desk.Fact{}); err != nil {
			t.Fatal(err)
		}
	}
	tells := func(f desk.Profile) store.Customer {
		if err := p.desk.KeepProfile(t.Context(), who, f); err != nil {
			t.Fatal(err)
		}
		return p.customer()
	}
	happens("unsubscribe", asked.Add(2*time.Second))
	if c := tells(desk.Profile{Asked: asked, Subscribed: true}); c.Subscribed == nil || *c.Subscribed || c.UnsubscribedAt == nil {
		t.Errorf("who unfollowed meanwhile is a follower: %+v", c)
	}
	happens("subscribe", asked.Add(4*time.Second))
	if c := tells(desk.Profile{Asked: asked}); !*c.Subscribed || c.UnsubscribedAt != nil {
		t.Errorf("who followed meanwhile is none: %+v", c)
	}
	if c := tells(desk.Profile{Asked: time.Now().Add(time.Second)}); *c.Subscribed || c.UnsubscribedAt == nil {
		t.Errorf("of who left without a word nothing is known: %+v", c)
	}
}

func TestAnAccountWhoseCallsOfTheDayAreUsedUpIsNotAskedAgainAndAgain(t *testing.T) {
	p := newPost(t)
	if _, err := p.sim.PutCustomer(appid, simulator.Customer{OpenID: openid, Followed: true}); err != nil {
		t.Fatal(err)
	}
	if err := p.sim.ChangeFaults(appid, func(f *simulator.Faults) {
		f.Codes = map[string]int{"user/info/batchget": 45009, "user/info/updateremark": 45009, "media/get": 45009}
	}); err != nil {
		t.Fatal(err)
	}
	p.inbox()
	p.clerk()
	p.chooses("陈女士")
	midnight := func(at *time.Time) bool { // of Shanghai, and a little later
		now := time.Now().In(time.FixedZone("", 8*3600))
		y, m, d := now.Date()
		next := time.Date(y, m, d+1, 0, 0, 0, 0, now.Location())
		return at != nil && !at.Before(next) && at.Before(next.Add(10*time.Minute))
	}
	p.becomes("the profile and the remark wait for midnight", func(c store.Customer) bool {
		return midnight(c.ProfileDue) && midnight(c.PushDue) && *c.PushCode == 45009
	})
	if _, err := p.sim.Do(t.Context(), appid, openid, simulator.Act{Kind: simulator.ActImage}); err != nil {
		t.Fatal(err)
	}
	p.wait("the picture waits for midnight", func() bool {
		var next *time.Time
		rows, err := p.query(`SELECT next_try_at FROM media WHERE state = 'waiting'`, &next)
		return err == nil && rows == 1 && midnight(next)
	})
}

// query reads one row as the schema's owner, who sees the company.
func (p *post) query(sql string, into ...any) (rows int, err error) {
	p.Helper()
	c, err := pgx.ParseConfig(p.owner)
	if err != nil {
		p.Fatal(err)
	}
	c.RuntimeParams["app.company_id"] = p.company.String()
	conn, err := pgx.ConnectConfig(p.Context(), c)
	if err != nil {
		p.Fatal(err)
	}
	defer conn.Close(p.Context())
	if err := conn.QueryRow(p.Context(), sql).Scan(into...); err != nil {
		return 0, err
	}
	return 1, nil
}
