package platform_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/platform"
	"weir/internal/secret"
	"weir/internal/store"
	"weir/internal/testkit"
	"weir/internal/wechat"
	"weir/internal/wechat/simulator"
)

func TestMain(m *testing.M) { testkit.Main(m) }

const (
	componentID = "wx9999999999999999"
	appid       = "wx4a14a2375e93cb7b"
	otherAppID  = "wx00000000000000ff"
	uid         = int64(8001)
	back        = "https://desk.example/settings/accounts/authorised"
)

// installation is a platform, two companies and a WeChat with two accounts that nobody has yet.
type installation struct {
	*testing.T
	*platform.Platform
	store   *store.Store
	rdb     *redis.Client
	sim     *simulator.Simulator
	mine    id.ID
	other   id.ID
	api     string
	mu      sync.Mutex
	faults  map[string]string // what a path of the API is answered instead, once
	deaf    bool              // pushes to the component are answered, and not heard
	options platform.Options
}

func install(t *testing.T) *installation {
	t.Helper()
	_, app := testkit.Postgres(t, func(url string) error { return store.Migrate(context.Background(), url) })
	s, err := store.Open(t.Context(), app)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	o, err := redis.ParseURL(testkit.Redis(t))
	if err != nil {
		t.Fatal(err)
	}
	x := &installation{T: t, store: s, rdb: redis.NewClient(o), mine: id.New(), other: id.New(), faults: map[string]string{}}
	t.Cleanup(func() { _ = x.rdb.Close() })
	hears := httptest.NewServer(http.HandlerFunc(x.hear))
	t.Cleanup(hears.Close)
	key := strings.Repeat("C", 43)
	x.sim, err = simulator.New(simulator.Config{Attempts: 1, Component: &simulator.Component{AppID: componentID, Secret: "componentsecret", Token: "componenttoken", AESKey: key, EventURL: hears.URL},
		Accounts: []simulator.Account{{AppID: appid, Secret: "s1", Mode: simulator.Plain, Name: "网鱼网咖"}, {AppID: otherAppID, Secret: "s2", Mode: simulator.Plain, Name: "别家号"}}})
	if err != nil {
		t.Fatal(err)
	}
	api := httptest.NewServer(http.HandlerFunc(x.between))
	t.Cleanup(api.Close)
	x.api = api.URL
	x.options = platform.Options{Store: s, Box: secret.New([32]byte{3}), Client: wechat.NewClient(api.URL, nil), Redis: x.rdb, Clock: time.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	x.Platform = platform.New(x.options)
	for _, c := range []id.ID{x.mine, x.other} {
		x.company(c)
	}
	seal := func(v, what string) []byte { return x.Box.Seal([]byte(v), "component:"+componentID+":"+what) }
	if err := s.Outside().ComponentPut(t.Context(), store.ComponentPutParams{AppID: componentID, Secret: seal("componentsecret", "secret"), Token: seal("componenttoken", "token"), AESKey: seal(key, "aes_key")}); err != nil {
		t.Fatal(err)
	}
	return x
}

func (x *installation) company(c id.ID) {
	x.Helper()
	ctx := x.Context()
	err := x.store.Tx(ctx, c, func(q *store.Queries) error {
		if _, err := q.CompanyPut(ctx, store.CompanyPutParams{CompanyID: c, Name: "公司", Timezone: "Asia/Shanghai", Locale: "zh-CN", Distribution: "average", Notices: "free",
			QueueTimeout: 172_800, ReceptionTimeout: 86_400, IdleTimeout: 172_800, ReclaimAfter: 864_000}); err != nil {
			return err
		}
		return q.AgentPut(ctx, store.AgentPutParams{CompanyID: c, UID: uid, Name: "周敏", Role: "admin", Email: c.String() + "@a.example", Password: "x", Capacity: 5})
	})
	if err != nil {
		x.Fatal(err)
	}
}

// hear is the component's event URL.
func (x *installation) hear(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	c, err := x.Component(r.Context())
	if err == nil && !x.isDeaf() {
		var e *wechat.ComponentEvent
		if e, err = c.OpenEvent(wechat.ParseQuery(r.URL.RawQuery), body, time.Now()); err == nil {
			err = x.Hear(r.Context(), c.AppID, e)
		}
	}
	if err != nil {
		x.Errorf("a push was not taken: %v", err)
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	_, _ = io.WriteString(w, "success")
}

func (x *installation) isDeaf() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.deaf
}

func (x *installation) setDeaf(yes bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.deaf = yes
}

// between is WeChat's API, with what a test has it answer wrong.
func (x *installation) between(w http.ResponseWriter, r *http.Request) {
	x.mu.Lock()
	said, wrong := x.faults[r.URL.Path]
	delete(x.faults, r.URL.Path)
	x.mu.Unlock()
	switch {
	case wrong && said == "":
		panic(http.ErrAbortHandler)
	case wrong:
		_, _ = io.WriteString(w, said)
		return
	}
	x.sim.Handler().ServeHTTP(w, r)
}

// fault has a path of component/ answered so, once; "": the connection is cut.
func (x *installation) fault(path, answer string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.faults["/cgi-bin/component/"+path] = answer
}

// calls is how often a path was asked for.
func (x *installation) calls(path string) (n int) {
	for _, e := range x.sim.Log() {
		if e.Dir == simulator.FromDesk && e.What == path {
			n++
		}
	}
	return n
}

func (x *installation) ticket() *installation {
	x.Helper()
	if a, err := x.sim.PushTicket(x.Context()); err != nil || !a.Accepted() {
		x.Fatal(a, err)
	}
	return x
}

// begins begins an attempt, and gives its pre-auth code and its state as WeChat's page gets them.
func (x *installation) begins(company id.ID) (code, state string) {
	x.Helper()
	l, err := x.Begin(x.Context(), company, uid, back)
	if err != nil {
		x.Fatal(err)
	}
	u, err := url.Parse(l.URL)
	if err != nil {
		x.Fatal(err)
	}
	to, err := url.Parse(u.Query().Get("redirect_uri"))
	if err != nil || !strings.HasPrefix(to.String(), back+"?") || l.Until.Before(time.Now().Add(5*time.Minute)) {
		x.Fatal(l, err)
	}
	return u.Query().Get("pre_auth_code"), to.Query().Get("state")
}

// consents is the account's owner on that page; the authorisation code is what comes back.
func (x *installation) consents(preAuthCode, account string, functions ...int) string {
	x.Helper()
	c, err := x.sim.Authorise(x.Context(), preAuthCode, account, functions)
	if err != nil {
		x.Fatal(err)
	}
	return c.Code
}

// connects goes the whole way.
func (x *installation) connects(company id.ID, account string) {
	x.Helper()
	code, state := x.begins(company)
	if got, err := x.Finish(x.Context(), company, uid, state, x.consents(code, account, 1, 2, 15)); err != nil || got != account {
		x.Fatalf("%q, %v", got, err)
	}
}

func (x *installation) row(company id.ID, account string) store.Account {
	x.Helper()
	row, err := x.store.Of(company).AccountGet(x.Context(), store.AccountGetParams{CompanyID: company, AppID: account})
	if err != nil {
		x.Fatal(err)
	}
	return row
}

func (x *installation) refresh(row store.Account) string {
	x.Helper()
	plain, err := x.Box.Open(row.RefreshToken, "account:"+row.AppID+":refresh_token")
	if err != nil {
		x.Fatal(err)
	}
	return string(plain)
}

// works says whether the account's token is one that WeChat takes.
func (x *installation) works(account string) error { return x.worksAt(x.Platform, account) }

// worksCold asks the same of another process, with nothing in Redis.
func (x *installation) worksCold(account string) error {
	x.Helper()
	x.flush()
	return x.worksAt(x.restarted(), account)
}

func (x *installation) worksAt(p *platform.Platform, account string) error {
	return p.Tokens().Do(x.Context(), account, func(token string) error {
		_, err := x.Client.Tags(x.Context(), token)
		return err
	})
}

func (x *installation) flush() {
	x.Helper()
	if err := x.rdb.FlushAll(x.Context()).Err(); err != nil {
		x.Fatal(err)
	}
}

// restarted is the same installation in another process.
func (x *installation) restarted() *platform.Platform { return platform.New(x.options) }

func (x *installation) until(what string, met func() bool) {
	x.Helper()
	for end := time.Now().Add(15 * time.Second); !met(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			x.Fatalf("still not so: %s", what)
		}
	}
}

func says(err error) string {
	var no *desk.Refusal
	if errors.As(err, &no) {
		return no.Say
	}
	return fmt.Sprint(err)
}

func TestAnAccountIsConnectedByAScan(t *testing.T) {
	x := install(t).ticket()
	x.connects(x.mine, appid)
	row := x.row(x.mine, appid)
	if row.Via != platform.Authorise || row.Name != "网鱼网咖" || !slices.Equal(row.Functions, []int32{1, 2, 15}) || row.Secret != nil || row.AuthorisedAt == nil || *row.ComponentAppID != componentID {
		t.Errorf("the account is %+v", row)
	}
	if got := x.refresh(row); got != x.sim.Refresh(appid) || strings.Contains(string(row.RefreshToken), got) {
		t.Errorf("the refresh token is %q", got)
	}
	if seats, err := x.store.Of(x.mine).SeatsOfCompany(t.Context(), x.mine); err != nil || len(seats) != 1 {
		t.Errorf("%d seats, %v", len(seats), err)
	}
	if err := x.works(appid); err != nil {
		t.Error(err)
	}
	if n := x.calls("component/api_authorizer_token"); n != 0 {
		t.Errorf("the token that came with the authorisation was not used: %d others were fetched", n)
	}
}

func TestTheEventAloneConnectsAndWithTheBrowserItIsOnce(t *testing.T) {
	x := install(t).ticket()
	code, state := x.begins(x.mine)
	back := x.consents(code, appid, 1)
	x.until("the account is there", func() bool {
		_, err := x.store.Outside().AppIDCompany(t.Context(), appid)
		return err == nil
	})
	for range 2 { // a browser that reloads
		if got, err := x.Finish(t.Context(), x.mine, uid, state, back); err != nil || got != appid {
			t.Errorf("the browser comes later: %q, %v", got, err)
		}
	}
	code, state = x.begins(x.mine)
	back = x.consents(code, otherAppID, 1) // the event is on its way already
	if got, err := x.Finish(t.Context(), x.mine, uid, state, back); err != nil || got != otherAppID {
		t.Errorf("both at once: %q, %v", got, err)
	}
	x.until("the event was heard", func() bool {
		n := 0
		for _, e := range x.sim.Log() {
			if e.What == "component" && e.Content == "authorized" && e.Trouble == "" {
				n++
			}
		}
		return n == 2
	})
	if n := x.calls("component/api_query_auth"); n != 2 {
		t.Errorf("two authorisations were asked about %d times", n)
	}
}

func TestAStateIsForWhoBeganAndNotForLong(t *testing.T) {
	x := install(t).ticket()
	x.setDeaf(true)
	code, state := x.begins(x.mine)
	back := x.consents(code, appid, 1)
	late := x.options
	late.Clock = func() time.Time { return time.Now().Add(time.Hour) }
	for name, try := range map[string]func() (string, error){
		"another company": func() (string, error) { return x.Finish(t.Context(), x.other, uid, state, back) },
		"another person":  func() (string, error) { return x.Finish(t.Context(), x.mine, uid+1, state, back) },
		"a made-up state": func() (string, error) { return x.Finish(t.Context(), x.mine, uid, "x", back) },
		"no state":        func() (string, error) { return x.Finish(t.Context(), x.mine, uid, "", back) },
		"an hour later":   func() (string, error) { return platform.New(late).Finish(t.Context(), x.mine, uid, state, back) },
	} {
		if _, err := try(); says(err) != "platform.state" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := x.Finish(t.Context(), x.mine, uid, state, "a-made-up-code"); says(err) != "platform.code" {
		t.Errorf("a made-up code: %v", err)
	}
	if _, err := x.store.Outside().AppIDCompany(t.Context(), appid); !errors.Is(err, store.ErrNone) {
		t.Errorf("the account is somebody's: %v", err)
	}
	if got, err := x.Finish(t.Context(), x.mine, uid, state, back); err != nil || got != appid {
		t.Errorf("after all that: %q, %v", got, err)
	}
}

func TestAnAccountOfAnotherCompanyIsRefusedAndGoesOnThere(t *testing.T) {
	x := install(t).ticket()
	x.connects(x.mine, appid)
	code, state := x.begins(x.other)
	if _, err := x.Finish(t.Context(), x.other, uid, state, x.consents(code, appid, 1, 2)); says(err) != "account.another-company" || desk.KindOf(err) != desk.Taken {
		t.Errorf("it is answered %v", err)
	}
	if whose, err := x.store.Outside().AppIDCompany(t.Context(), appid); err != nil || whose != x.mine {
		t.Errorf("it is %s's, %v", whose, err)
	}
	if _, err := x.store.Of(x.other).AccountGet(t.Context(), store.AccountGetParams{CompanyID: x.other, AppID: appid}); !errors.Is(err, store.ErrNone) {
		t.Errorf("the other company has a row: %v", err)
	}
	if err := x.worksCold(appid); err != nil {
		t.Errorf("at the company that has it: %v", err)
	}
}

func TestWhatNobodyHereBeganBindsNothing(t *testing.T) {
	x := install(t).ticket()
	e := &wechat.ComponentEvent{InfoType: wechat.InfoAuthorized, CreatedAt: time.Now(), Authorizer: appid, Code: "x", PreAuthCode: "somebody-else's"}
	if err := x.Hear(t.Context(), componentID, e); err != nil {
		t.Fatal(err)
	}
	if err := x.Hear(t.Context(), componentID, &wechat.ComponentEvent{InfoType: "notify_x", CreatedAt: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if _, err := x.store.Outside().AppIDCompany(t.Context(), appid); !errors.Is(err, store.ErrNone) {
		t.Errorf("the account is somebody's: %v", err)
	}
}

func TestRefreshTokensSurviveAnEmptiedRedis(t *testing.T) {
	x := install(t).ticket()
	x.connects(x.mine, appid)
	was := x.row(x.mine, appid)
	x.flush()
	y := x.restarted()
	if _, err := y.Tokens().Token(t.Context(), appid); err != nil {
		t.Fatal(err)
	}
	if now := x.row(x.mine, appid); string(now.RefreshToken) != string(was.RefreshToken) || x.calls("component/api_authorizer_token") != 1 {
		t.Error("it took more than one token")
	}
	if v := x.rdb.Get(t.Context(), "token:"+appid).Val(); v == "" || x.rdb.Get(t.Context(), "component:"+componentID).Val() == "" {
		t.Error("the tokens are not where others look for them")
	}
}

func TestNoErrorOverwritesTheRefreshToken(t *testing.T) {
	x := install(t).ticket()
	x.connects(x.mine, appid)
	was := x.row(x.mine, appid)
	const path = "api_authorizer_token"
	for name, tc := range map[string]struct {
		answer string
		class  wechat.Class // Sent: it is overcome
	}{
		"busy":                               {`{"errcode":-1,"errmsg":"system error"}`, wechat.Retry},
		"our address is not in the list":     {`{"errcode":61004,"errmsg":"access clientip is not registered requestIP: 192.0.2.7"}`, wechat.Credentials},
		"an error with an empty token in it": {`{"errcode":40001,"errmsg":"x","authorizer_refresh_token":"","authorizer_access_token":""}`, wechat.Sent},
		"an error with another token in it":  {`{"errcode":61004,"errmsg":"x","authorizer_refresh_token":"wrong","authorizer_access_token":"wrong","expires_in":7200}`, wechat.Credentials},
		"an answer with nothing in it":       {`{}`, wechat.NotTaken},
		"an answer with an empty token":      {`{"authorizer_access_token":"","authorizer_refresh_token":"","expires_in":7200}`, wechat.NotTaken},
		"no answer":                          {"", wechat.NotTaken},
		"a page":                             {"<html>gateway</html>", wechat.NotTaken},
		"the platform's own token is over":   {`{"errcode":42006,"errmsg":"component_access_token expired"}`, wechat.Sent},
		"a refresh token that is no good":    {`{"errcode":61023,"errmsg":"refresh_token is invalid"}`, wechat.Credentials},
	} {
		t.Run(name, func(t *testing.T) {
			x.flush()
			x.fault(path, tc.answer)
			_, err := x.restarted().Tokens().Token(t.Context(), appid)
			if got := wechat.Classify(err); got != tc.class {
				t.Errorf("it ends as %s: %v", got, err)
			}
			if now := x.row(x.mine, appid); string(now.RefreshToken) != string(was.RefreshToken) || now.UnauthorisedAt != nil {
				t.Errorf("the row is %+v", now)
			}
		})
	}
	x.flush()
	if _, err := x.restarted().Tokens().Token(t.Context(), appid); err != nil {
		t.Errorf("in the end: %v", err)
	}
}

func TestARejectedPlatformTokenTakesNoAccountsTokenWithIt(t *testing.T) {
	x := install(t).ticket()
	x.connects(x.mine, appid)
	x.connects(x.mine, otherAppID)
	kept := x.rdb.Get(t.Context(), "token:"+otherAppID).Val()
	own := x.rdb.Get(t.Context(), "component:"+componentID).Val()
	if err := x.rdb.Del(t.Context(), "token:"+appid).Err(); err != nil {
		t.Fatal(err)
	}
	x.fault("api_authorizer_token", `{"errcode":42006,"errmsg":"component_access_token expired"}`)
	if _, err := x.restarted().Tokens().Token(t.Context(), appid); err != nil {
		t.Fatal(err)
	}
	if now := x.rdb.Get(t.Context(), "component:"+componentID).Val(); now == own || now == "" {
		t.Error("the platform's token was not replaced")
	}
	if now := x.rdb.Get(t.Context(), "token:"+otherAppID).Val(); now != kept || kept == "" {
		t.Error("another account's token was")
	}
}

func TestARefreshTokenThatIsNoGoodIsMendedFromWeChatsList(t *testing.T) {
	x := install(t).ticket()
	x.connects(x.mine, appid)
	x.setDeaf(true) // the owner authorises again, and nobody here hears of it
	code, _ := x.begins(x.mine)
	x.consents(code, appid, 1)
	x.flush()
	if _, err := x.restarted().Tokens().Token(t.Context(), appid); err != nil {
		t.Fatal(err)
	}
	if got := x.refresh(x.row(x.mine, appid)); got != x.sim.Refresh(appid) {
		t.Errorf("the refresh token is %q", got)
	}
}

func TestAWithdrawnAuthorisationIsSaidAndMendedByAnother(t *testing.T) {
	for name, deaf := range map[string]bool{"by the event": false, "by what WeChat answers, where the event was lost": true} {
		t.Run(name, func(t *testing.T) {
			x := install(t).ticket()
			x.connects(x.mine, appid)
			x.setDeaf(deaf)
			if a, err := x.sim.Unauthorise(t.Context(), appid); err != nil || !a.Accepted() {
				t.Fatal(a, err)
			}
			if err := x.works(appid); wechat.Code(err) != 61003 {
				t.Errorf("after that: %v", err)
			}
			row := x.row(x.mine, appid)
			if row.UnauthorisedAt == nil || row.TroubleSay != "account.withdrawn" || row.RefreshToken == nil {
				t.Fatalf("the row is %+v", row)
			}
			d := desk.New(desk.Options{Store: x.store})
			if err := d.Resume(t.Context(), x.mine, appid); err != nil {
				t.Fatal(err)
			}
			if trouble, err := d.AccountTrouble(t.Context(), x.mine, appid); err != nil || trouble == nil || trouble.Code != 61003 {
				t.Errorf("a click makes it go on: %+v, %v", trouble, err)
			}
			asked := x.calls("component/api_authorizer_token")
			if _, err := x.Tokens().Token(t.Context(), appid); wechat.Code(err) != 61003 || x.calls("component/api_authorizer_token") != asked {
				t.Errorf("WeChat is asked again: %v", err)
			}
			x.setDeaf(false)
			x.connects(x.mine, appid)
			if row := x.row(x.mine, appid); row.UnauthorisedAt != nil || row.TroubleAt != nil {
				t.Errorf("after another authorisation the row is %+v", row)
			}
			if err := x.works(appid); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAnOldWithdrawalDoesNotEndANewAuthorisation(t *testing.T) {
	x := install(t).ticket()
	x.connects(x.mine, appid)
	late := &wechat.ComponentEvent{InfoType: wechat.InfoUnauthorized, CreatedAt: time.Now().Add(-time.Minute), Authorizer: appid}
	if err := x.Hear(t.Context(), componentID, late); err != nil {
		t.Fatal(err)
	}
	if row := x.row(x.mine, appid); row.UnauthorisedAt != nil {
		t.Error("it did")
	}
}

func TestAnOlderTicketThatComesLateChangesNothing(t *testing.T) {
	x := install(t).ticket()
	if err := x.Hear(t.Context(), componentID, &wechat.ComponentEvent{InfoType: wechat.InfoTicket, CreatedAt: time.Now().Add(-time.Hour), Ticket: "old"}); err != nil {
		t.Fatal(err)
	}
	x.begins(x.mine)
}

func TestFiftyColdCallsOnTwoProcessesFetchOnce(t *testing.T) {
	x := install(t).ticket()
	x.connects(x.mine, appid)
	x.flush()
	before := [2]int{x.calls("component/api_authorizer_token"), x.calls("component/api_component_token")}
	processes := []*platform.Platform{x.restarted(), x.restarted()}
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			if _, err := processes[i%2].Tokens().Token(t.Context(), appid); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if after := [2]int{x.calls("component/api_authorizer_token"), x.calls("component/api_component_token")}; after != [2]int{before[0] + 1, before[1] + 1} {
		t.Errorf("the account's and the platform's token were fetched %v times, and %v before", after, before)
	}
}

func TestWithoutATicketItIsSaidAndTicketsAreAskedForOnce(t *testing.T) {
	x := install(t)
	if err := x.sim.StopTickets(); err != nil {
		t.Fatal(err)
	}
	if _, err := x.Begin(t.Context(), x.mine, uid, back); says(err) != "platform.no-ticket" {
		t.Errorf("before a ticket came: %v", err)
	}
	for range 3 {
		for _, p := range []*platform.Platform{x.Platform, x.restarted()} {
			if err := p.Keep(t.Context(), map[string]time.Time{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := x.calls("component/api_start_push_ticket"); n != 1 {
		t.Errorf("tickets were asked for %d times", n)
	}
	x.until("a ticket has come", func() bool { _, err := x.Begin(t.Context(), x.mine, uid, back); return err == nil })
}

func TestTokensAreFetchedBeforeAnybodyNeedsThem(t *testing.T) {
	x := install(t).ticket()
	x.connects(x.mine, appid)
	x.flush()
	later := map[string]time.Time{}
	y := x.restarted()
	for range 3 {
		if err := y.Keep(t.Context(), later); err != nil {
			t.Fatal(err)
		}
	}
	if x.rdb.Get(t.Context(), "token:"+appid).Val() == "" || x.calls("component/api_authorizer_token") != 1 {
		t.Errorf("the token was fetched %d times", x.calls("component/api_authorizer_token"))
	}
	x.flush()
	x.fault("api_authorizer_token", `{"errcode":61004,"errmsg":"x"}`)
	y = x.restarted()
	for range 3 {
		if err := y.Keep(t.Context(), later); err != nil {
			t.Fatal(err)
		}
	}
	if n := x.calls("component/api_authorizer_token"); n != 1 {
		t.Errorf("what WeChat refuses is asked for %d times more", n-1)
	}
}

func TestWithoutAPlatformDirectAccountsWork(t *testing.T) {
	x := install(t)
	ctx := t.Context()
	err := x.store.Tx(ctx, x.mine, func(q *store.Queries) error {
		seal := func(v, what string) []byte { return x.Box.Seal([]byte(v), "account:"+appid+":"+what) }
		if err := q.AccountPut(ctx, store.AccountPutParams{CompanyID: x.mine, AppID: appid, Name: "网鱼", Mode: "plain", Secret: seal("s1", "secret"), Token: seal("t", "token")}); err != nil {
			return err
		}
		_, err := q.AppIDClaim(ctx, store.AppIDClaimParams{AppID: appid, CompanyID: x.mine})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := x.works(appid); err != nil || x.calls("stable_token") != 1 {
		t.Errorf("%v, %d calls", err, x.calls("stable_token"))
	}
	x.ticket().connects(x.mine, appid) // the same account, by a scan from now on
	if err := x.worksCold(appid); err != nil || x.calls("component/api_authorizer_token") != 1 {
		t.Errorf("%v, %d calls", err, x.calls("component/api_authorizer_token"))
	}
}

func TestTheOperatorMovesAnAccountAndWhatWasSaidStays(t *testing.T) {
	x := install(t).ticket()
	x.connects(x.mine, appid)
	ctx := t.Context()
	d := desk.New(desk.Options{Store: x.store})
	if err := d.Enter(ctx); err != nil {
		t.Fatal(err)
	}
	running, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { d.Run(running); close(done) }()
	defer func() { stop(); <-done }()
	writes := func(company id.ID, n int) {
		t.Helper()
		if _, err := d.Receive(ctx, &desk.Arrival{Company: company, AppID: appid, OpenID: "o1", At: time.Now().Truncate(time.Second), Key: fmt.Sprint("m:", n), Type: desk.TypeText, Text: "你好"}); err != nil {
			t.Fatal(err)
		}
	}
	writes(x.mine, 1)
	sessions := func(company id.ID) []store.Session {
		t.Helper()
		out, err := x.store.Of(company).SessionsLive(ctx, store.SessionsLiveParams{CompanyIDs: []id.ID{company}, AppIDs: []string{appid}, OpenIDs: []string{"o1"}})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	session := sessions(x.mine)[0].SessionID
	who := desk.Agent{Company: x.mine, UID: uid}
	if err := d.Accept(ctx, who, session); err != nil {
		t.Fatal(err)
	}
	reply := func() error {
		_, _, err := d.Reply(ctx, who, session, desk.Reply{Text: "您好"})
		return err
	}
	if err := reply(); err != nil {
		t.Fatal(err)
	}
	channel := desk.Channel{AppID: appid, Name: "门店", Permanent: true}
	if _, err := d.MakeChannel(ctx, x.mine, channel); err != nil {
		t.Fatal(err)
	}
	for name, try := range map[string]struct {
		appid string
		to    id.ID
		want  string
	}{
		"an account that nobody has":  {"wx1", x.other, "no company here has account"},
		"a company that there is not": {appid, id.New(), "there is no company"},
		"the company that has it":     {appid, x.mine, "belongs to company"},
	} {
		if err := platform.Move(ctx, x.store, try.appid, try.to, time.Now()); err == nil || !strings.Contains(err.Error(), try.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := platform.Move(ctx, x.store, appid, x.other, time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := reply(); says(err) != "account.moved" {
		t.Errorf("an answer from the company that had it is answered %v", err)
	}
	if e, _, err := d.TakeErrand(ctx, x.mine, appid, "o1"); e != nil || err != nil {
		t.Errorf("what it wrote before is carried: %+v, %v", e, err)
	}
	if err := d.Resume(ctx, x.mine, appid); err != nil {
		t.Fatal(err)
	}
	if trouble, err := d.AccountTrouble(ctx, x.mine, appid); err != nil || trouble == nil || trouble.Say != "account.moved" || trouble.ByItself() {
		t.Errorf("it says %+v, %v", trouble, err)
	}
	if codes, err := d.TakeCodes(ctx, 10); err != nil || len(codes) != 0 {
		t.Errorf("a code is made for the channel of the company that had it: %+v, %v", codes, err)
	}
	withdrawn := false
	if err := d.WithdrawMenu(ctx, desk.Agent{Company: x.mine}, appid, func() error { withdrawn = true; return nil }); says(err) != "account.moved" || withdrawn {
		t.Errorf("the company that had it takes its menu away: %v", err)
	}
	if _, err := d.MakeChannel(ctx, x.mine, channel); says(err) != "account.moved" {
		t.Errorf("another channel there is answered %v", err)
	}
	left, came := x.row(x.mine, appid), x.row(x.other, appid)
	if left.MovedAt == nil || left.RefreshToken != nil || came.MovedAt != nil || x.refresh(came) != x.sim.Refresh(appid) {
		t.Errorf("left %+v, came %+v", left, came)
	}
	if err := x.worksCold(appid); err != nil {
		t.Errorf("the account itself: %v", err)
	}
	writes(x.other, 2)
	if len(sessions(x.other)) != 1 || len(sessions(x.mine)) != 1 {
		t.Errorf("%d sessions there, %d here", len(sessions(x.other)), len(sessions(x.mine)))
	}
	if err := platform.Move(ctx, x.store, appid, x.mine, time.Now()); err != nil {
		t.Fatalf("and home again: %v", err)
	}
	if err := reply(); err != nil {
		t.Errorf("an answer after it came home: %v", err)
	}
}
