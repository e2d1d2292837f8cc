package handlers_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"weir/handlers"
	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/live"
	"weir/internal/login"
	"weir/internal/secret"
	"weir/internal/store"
	"weir/internal/testkit"
	"weir/internal/wechat"
)

// office is a server with one company and three accounts, one of each mode.
type office struct {
	*testing.T
	url     string
	store   *store.Store
	desk    *desk.Desk
	hub     *live.Hub
	company id.ID
	keys    map[string]wechat.Key
}

const (
	safe       = "wxsafe00000000001"
	plain      = "wxplain0000000001"
	compatible = "wxcompat000000001"
	token      = "pamtest"
	aesKey     = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
)

func newOffice(t *testing.T) *office {
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
	o.DB = 4
	rdb := redis.NewClient(o)
	t.Cleanup(func() { rdb.Close() })
	box := secret.New([32]byte{1})
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	hub := live.New(rdb, live.Options{Log: log})
	d := desk.New(desk.Options{Store: s, Log: log})
	of := &office{T: t, store: s, desk: d, hub: hub, company: id.New(), keys: map[string]wechat.Key{}}
	of.furnish(box)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { d.Run(ctx); close(done) }()
	pages := handlers.New(handlers.Deps{Desk: d, Store: s, Hub: hub, Logins: login.NewSessions(rdb, login.Options{}), Passwords: login.NewPasswords(),
		Throttle: login.NewThrottle(rdb, ""), Box: box, Clock: time.Now, Log: log, Metrics: prometheus.NewRegistry()})
	server := httptest.NewServer(pages)
	of.url = server.URL
	go pages.Run(ctx)
	t.Cleanup(func() {
		_ = hub.Shutdown(context.Background())
		server.Close()
		stop()
		<-done
	})
	return of
}

func (o *office) furnish(box *secret.Box) {
	o.Helper()
	ctx := o.Context()
	err := o.store.Tx(ctx, o.company, func(q *store.Queries) error {
		if _, err := q.CompanyPut(ctx, store.CompanyPutParams{CompanyID: o.company, Name: "网鱼", Timezone: "Asia/Shanghai", Locale: "zh-CN", Distribution: "average", Notices: "free",
			QueueTimeout: 172800, ReceptionTimeout: 86400, IdleTimeout: 172800, ReclaimAfter: 864000}); err != nil {
			return err
		}
		for appid, mode := range map[string]string{safe: "safe", plain: "plain", compatible: "compatible"} {
			seal := func(v, what string) []byte { return box.Seal([]byte(v), "account:"+appid+":"+what) }
			if err := q.AccountPut(ctx, store.AccountPutParams{CompanyID: o.company, AppID: appid, Name: mode, Mode: mode, Secret: seal("s", "secret"), Token: seal(token, "token"), AESKey: seal(aesKey, "aes_key")}); err != nil {
				return err
			}
			if _, err := q.AppIDClaim(ctx, store.AppIDClaimParams{AppID: appid, CompanyID: o.company}); err != nil {
				return err
			}
			k, err := wechat.ParseKey(aesKey)
			if err != nil {
				return err
			}
			o.keys[appid] = k
		}
		return q.RulePut(ctx, store.RulePutParams{CompanyID: o.company, Name: "价格", Kind: "contains", Keywords: []string{"价格"}, Reply: desk.PiecesJSON(desk.Texts("每小时八元。"))})
	})
	if err != nil {
		o.Fatal(err)
	}
}

// push is a callback as WeChat makes one; a test spoils it.
type push struct {
	appid, tail string // tail: the appid behind the encrypted document
	document    string
	at          time.Time
	query       url.Values // what is set here replaces what would be right
	body        string     // instead of the right one
}

func document(openid, text string, msgID int64) string {
	return fmt.Sprintf("<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName><CreateTime>%d</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[%s]]></Content><MsgId>%d</MsgId></xml>", openid, time.Now().Unix(), text, msgID)
}

func (o *office) post(p push) (int, string) {
	o.Helper()
	if p.at.IsZero() {
		p.at = time.Now()
	}
	if p.tail == "" {
		p.tail = p.appid
	}
	stamp, nonce := fmt.Sprint(p.at.Unix()), "n1"
	q := url.Values{"timestamp": {stamp}, "nonce": {nonce}, "signature": {wechat.Sign(token, stamp, nonce)}}
	body := p.document
	if p.appid == safe || p.appid == compatible {
		sealed, err := o.keys[p.appid].Encrypt(nil, []byte(p.document), p.tail, nil)
		if err != nil {
			o.Fatal(err)
		}
		body = "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[" + string(sealed) + "]]></Encrypt></xml>"
		q.Set("encrypt_type", "aes")
		q.Set("msg_signature", wechat.Sign(token, stamp, nonce, string(sealed)))
	}
	if p.body != "" {
		body = p.body
	}
	for k, v := range p.query {
		q[k] = v
	}
	res, err := http.Post(o.url+"/wechat/"+p.appid+"?"+q.Encode(), "text/xml", strings.NewReader(body))
	if err != nil {
		o.Fatal(err)
	}
	defer res.Body.Close()
	out, err := io.ReadAll(res.Body)
	if err != nil {
		o.Fatal(err)
	}
	return res.StatusCode, string(out)
}

// stored is how many messages there are.
func (o *office) stored() int {
	o.Helper()
	ms, err := o.desk.MessagesMadeAfter(o.Context(), o.company, id.ID{}, 1000)
	if err != nil {
		o.Fatal(err)
	}
	return len(ms)
}

func TestCallbacksThatCannotBeBelievedAreRefusedAndNothingIsStored(t *testing.T) {
	o := newOffice(t)
	good := document("o1", "你好", 1)
	for _, tc := range []struct {
		name string
		push push
		want int
	}{
		{"an account nobody has", push{appid: "wxnobody", document: good}, 404},
		{"what is no AppID at all", push{appid: "%00", document: good}, 404},
		{"what is no text at all", push{appid: "%FF", document: good}, 404},
		{"a message of next week", push{appid: safe, document: strings.Replace(good, "<CreateTime>", "<CreateTime>9", 1)}, 400},
		{"a forged msg_signature", push{appid: safe, document: good, query: url.Values{"msg_signature": {strings.Repeat("0", 40)}}}, 403},
		{"no msg_signature", push{appid: safe, document: good, query: url.Values{"msg_signature": {""}}}, 403},
		{"a forged signature of a plain one", push{appid: plain, document: good, query: url.Values{"signature": {strings.Repeat("0", 40)}}}, 403},
		{"a stale one", push{appid: safe, document: good, at: time.Now().Add(-301 * time.Second)}, 403},
		{"one from the future", push{appid: safe, document: good, at: time.Now().Add(302 * time.Second)}, 403},
		{"one for another account", push{appid: safe, tail: "wxanother", document: good}, 403},
		{"a plain body for an account in safe mode", push{appid: safe, body: good, query: url.Values{"encrypt_type": {""}}}, 400},
		{"a DOCTYPE outside", push{appid: plain, document: `<!DOCTYPE x [<!ENTITY e "v">]>` + good}, 400},
		{"a DOCTYPE inside", push{appid: safe, document: `<!DOCTYPE x [<!ENTITY e "v">]>` + good}, 400},
		{"rubbish", push{appid: plain, document: "\x00\x01rubbish<"}, 400},
		{"an empty body", push{appid: plain, document: ""}, 400},
		{"no customer", push{appid: plain, document: strings.Replace(good, "o1", "", 1)}, 400},
		{"more than a megabyte", push{appid: plain, document: strings.Replace(good, "你好", strings.Repeat("x", 1<<20), 1)}, 413},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got, body := o.post(tc.push); got != tc.want {
				t.Errorf("answered %d %q, want %d", got, body, tc.want)
			}
		})
	}
	if n := o.stored(); n != 0 {
		t.Errorf("%d messages were stored", n)
	}
	for _, openid := range []string{"o1", "victim"} {
		if _, _, err := o.desk.Customer(t.Context(), o.company, safe, openid); desk.KindOf(err) != desk.Missing {
			t.Errorf("of customer %s something is stored (%v)", openid, err)
		}
	}
	if code, body := o.post(push{appid: safe, document: good}); code != 200 || body != "success" {
		t.Errorf("the right one is answered %d %q", code, body)
	}
	if n := o.stored(); n != 1 {
		t.Errorf("%d messages are stored", n)
	}
}

func TestARuleAnswersInTheModeOfTheCallback(t *testing.T) {
	o := newOffice(t)
	for i, appid := range []string{plain, safe, compatible} {
		t.Run(appid, func(t *testing.T) {
			p := push{appid: appid, document: document("o1", "价格", int64(i+1))}
			for range 2 { // a repeat is answered like the first
				code, body := o.post(p)
				if code != 200 || (appid == plain) != strings.Contains(body, "每小时八元。") || (appid != plain) != strings.Contains(body, "<Encrypt>") {
					t.Fatalf("answered %d %q", code, body)
				}
			}
		})
	}
	if n := o.stored(); n != 6 { // three messages, three answers
		t.Errorf("%d messages are stored", n)
	}
}

func TestUnknownKindsAreKeptAsTheyCame(t *testing.T) {
	o := newOffice(t)
	doc := strings.Replace(document("o1", "x", 9), "[text]", "[hologram]", 1)
	if code, body := o.post(push{appid: safe, document: doc}); code != 200 || body != "success" {
		t.Fatalf("answered %d %q", code, body)
	}
	ms, err := o.desk.MessagesMadeAfter(t.Context(), o.company, id.ID{}, 10)
	if err != nil || len(ms) != 1 || ms[0].Type != desk.TypeOther || ms[0].Data.Kind != "hologram" || !strings.Contains(ms[0].Data.Raw, "hologram") {
		t.Fatalf("%+v %v", ms, err)
	}
}

func TestTheURLIsVerified(t *testing.T) {
	o := newOffice(t)
	q := url.Values{"timestamp": {"1714036504"}, "nonce": {"1514711492"}, "echostr": {"4375120948345356249"}}
	q.Set("signature", wechat.Sign(token, "1714036504", "1514711492"))
	for _, want := range []int{200, 403} {
		res, err := http.Get(o.url + "/wechat/" + safe + "?" + q.Encode())
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != want || (want == 200) != bytes.Equal(body, []byte("4375120948345356249")) {
			t.Errorf("answered %d %q, want %d", res.StatusCode, body, want)
		}
		q.Set("signature", strings.Repeat("0", 40))
	}
}
