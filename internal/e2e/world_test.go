package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"text/template"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"

	"weir/internal/store"
	"weir/internal/testkit"
	"weir/internal/wechat/simulator"
)

// A world is one installation: a database, a Redis, a pretend WeChat and the Weirs that serve it.
type world struct {
	*testing.T
	dir      string
	database string // "": the first Weir runs its own
	redis    string
	sim      *simulator.Simulator
	wechat   string // the simulator's address
	weirs    []*weir
	secrets  []string // what no log may contain
}

// The company of most tests, with two agents and an admin. A second company has one agent and an account.
const (
	company      = "51454009d703c86c91353f61011ecf2f"
	appid        = "wx4a14a2375e93cb7b"
	yu           = 8082
	ming         = 8083
	yuMail       = "xiaoyu@wangyu.example"
	mingMail     = "aming@wangyu.example"
	adminMail    = "zhoumin@wangyu.example"
	strangeMail  = "someone@strange.example"
	strangeAppID = "wx00000000000000ff"

	password  = "correct-horse-battery"
	apiToken  = "weir_e2e_token_that_is_long_enough_0001"
	appSecret = "0123456789abcdef0123456789abcdef"
	signToken = "signtokensigntokensigntoken"
	aesKey    = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	secretKey = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
)

const companies = `
companies:
  - id: 51454009d703c86c91353f61011ecf2f
    name: 网鱼演示
    timezone: Asia/Shanghai
    locale: zh-CN
    settings: {distribution: average, queue_timeout: 48h, reception_timeout: 24h, idle_timeout: 48h, reclaim_after: 240h, notices: free}
    api_tokens: [{name: e2e, token: {{.APIToken}}}]
    agents:
      - {uid: 8082, name: 小鱼, email: xiaoyu@wangyu.example, password: {{.Password}}, role: agent, capacity: {{.Capacity}}}
      - {uid: 8083, name: 阿明, email: aming@wangyu.example, password: {{.Password}}, role: agent, capacity: {{.Capacity}}}
      - {uid: 8001, name: 周敏, email: zhoumin@wangyu.example, password: {{.Password}}, role: admin, capacity: 0}
    groups:
      - {name: 售前, agents: [8082], strategy: least_busy}
      - {name: 售后, agents: [8083], strategy: least_busy}
    accounts:
      - {appid: wx4a14a2375e93cb7b, name: 网鱼网咖, secret: "{{.AppSecret}}", token: {{.Token}}, aes_key: {{.AESKey}}, mode: safe}
    rules:
      - {name: 关注欢迎, priority: 10, match: {kind: follow}, reply: [{type: text, text: 欢迎来到网鱼！}]}
      - {name: 价格, priority: 20, match: {kind: contains, keywords: [价格, 多少钱]}, reply: [{type: text, text: "普通区每小时 8 元，包间每小时 15 元，会员八折。"}]}
      - {name: 售后, priority: 30, match: {kind: exact, keywords: [售后]}, assign: {group: 售后}}
  - id: 00000000000000000000000000000b0b
    name: 别家
    timezone: Asia/Shanghai
    locale: zh-CN
    agents:
      - {uid: 9001, name: 外人, email: someone@strange.example, password: {{.Password}}, role: admin, capacity: 5}
    accounts:
      - {appid: wx00000000000000ff, name: 别家号, secret: "{{.AppSecret}}", token: {{.Token}}, aes_key: {{.AESKey}}, mode: safe}
`

type option func(*world, *simulator.Config)

// openDir is a folder of the test's that PostgreSQL's user can enter, too: else its files would go elsewhere, and stay there. Its path is
// short, whatever the test is called, so that the sockets lie in it and a server started again is found at its old address.
func openDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "weir-e2e-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	return dir
}

// ownServers has the first Weir run PostgreSQL and Redis of its own, crash-safe.
func ownServers(w *world, _ *simulator.Config) { w.database, w.redis = "", "" }

// servers uses a PostgreSQL and a Redis that the test runs itself.
func servers(database, redis string) option {
	return func(w *world, _ *simulator.Config) { w.database, w.redis = database, redis }
}

func simulated(change func(*simulator.Config)) option {
	return func(_ *world, c *simulator.Config) { change(c) }
}

func migrated(url string) error { return store.Migrate(context.Background(), url) }

// newWorld makes an installation with its companies. No Weir serves yet.
func newWorld(t *testing.T, options ...option) *world {
	t.Helper()
	w := &world{T: t, dir: openDir(t), database: "?", redis: "?", secrets: []string{password, apiToken, appSecret, signToken, aesKey, secretKey}}
	// A drill has more pushes fail than WeChat has patience for: it is not what the drill is about.
	c := simulator.Config{RetryPause: 300 * time.Millisecond, MarkFail: simulator.MarkFail{After: -1}}
	for _, o := range options {
		o(w, &c)
	}
	if w.database == "?" {
		w.database, _ = testkit.Postgres(t, migrated)
	}
	if w.redis == "?" {
		w.redis = testkit.Redis(t)
	}
	c.Accounts = append(c.Accounts, simulator.Account{AppID: appid, Secret: appSecret, Token: signToken, AESKey: aesKey, Mode: simulator.Safe, Name: "网鱼网咖", GhID: "gh_e2e"},
		simulator.Account{AppID: strangeAppID, Secret: appSecret, Token: signToken, AESKey: aesKey, Mode: simulator.Safe, Name: "别家号"})
	var err error
	if w.sim, err = simulator.New(c); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(w.sim.Handler())
	t.Cleanup(server.Close)
	w.wechat = server.URL
	t.Cleanup(w.look)
	return w
}

// provisioned makes the companies of the world, as an operator does.
func (w *world) provisioned(capacity int) *world {
	w.Helper()
	var doc bytes.Buffer
	err := template.Must(template.New("").Parse(companies)).Execute(&doc, map[string]any{"Password": password, "APIToken": apiToken, "AppSecret": appSecret,
		"Token": signToken, "AESKey": aesKey, "Capacity": capacity})
	if err != nil {
		w.Fatal(err)
	}
	file := filepath.Join(w.dir, "companies.yaml")
	if err := os.WriteFile(file, doc.Bytes(), 0o600); err != nil {
		w.Fatal(err)
	}
	if out, err := w.command("provision", file).CombinedOutput(); err != nil {
		w.Fatalf("weir provision: %v\n%s", err, out)
	}
	return w
}

// serving is a world whose companies are made and whose callbacks go to one Weir.
func serving(t *testing.T, options ...option) (*world, *weir) {
	t.Helper()
	w := newWorld(t, options...).provisioned(10)
	a := w.weir("A")
	w.callbacksTo(a)
	return w, a
}

// callbacksTo has WeChat post to a Weir.
func (w *world) callbacksTo(a *weir) {
	w.Helper()
	for _, id := range []string{appid, strangeAppID} {
		if err := w.sim.SetCallback(id, a.url("/wechat/"+id)); err != nil {
			w.Fatal(err)
		}
	}
}

// writes has a customer write something that Weir must take.
func (w *world) writes(openid, text string) simulator.Answer {
	w.Helper()
	answer, err := w.sim.Text(w.Context(), appid, openid, text)
	if err != nil || !answer.Accepted() {
		w.Fatalf("%s wrote %q and Weir did not take it: %v %+v", openid, text, err, answer)
	}
	return answer
}

// reads waits until a customer's phone shows a text from the account.
func (w *world) reads(openid, text string) {
	w.Helper()
	ctx, stop := context.WithTimeout(w.Context(), 15*time.Second)
	defer stop()
	if _, err := w.sim.WaitReply(ctx, openid, text); err != nil {
		w.Fatalf("%s never read %q: %v", openid, text, err)
	}
}

// timesRead is how often a customer's phone shows a text from the account.
func (w *world) timesRead(openid, text string) (n int) {
	for _, l := range w.sim.Conversation(appid, openid) {
		if l.Side == simulator.FromAccount && l.Text == text {
			n++
		}
	}
	return n
}

func (w *world) faults(change func(*simulator.Faults)) {
	w.Helper()
	if err := w.sim.ChangeFaults(appid, change); err != nil {
		w.Fatal(err)
	}
}

// until waits for a condition that only asking can tell.
func (w *world) until(what string, within time.Duration, met func() bool) {
	w.Helper()
	deadline := time.Now().Add(within)
	for !met() {
		if time.Now().After(deadline) {
			w.Fatalf("after %v still not so: %s", within, what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// sql is a connection to the database as the owner, who sees the company's rows. Whoever asks closes it.
func (w *world) sql() *pgx.Conn {
	w.Helper()
	c, err := pgx.ParseConfig(w.database)
	if err != nil {
		w.Fatal(err)
	}
	c.RuntimeParams["app.company_id"] = company
	conn, err := pgx.ConnectConfig(w.Context(), c)
	if err != nil {
		w.Fatal(err)
	}
	return conn
}

// kept is a message as PostgreSQL keeps it.
type kept struct {
	Session  string
	Seq      int
	Opercode int
	Text     string
	Delivery string
}

// kept reads what is kept of a customer, or of all where openid is "", in the order of sessions and places.
func (w *world) kept(openid string) map[string][]kept {
	w.Helper()
	conn := w.sql()
	defer conn.Close(context.Background())
	rows, err := conn.Query(w.Context(), `SELECT m.openid, m.session_id::text, m.seq, m.opercode, m.text, COALESCE(m.delivery, '') FROM messages m
		JOIN sessions s USING (company_id, session_id) WHERE $1 IN ('', m.openid) ORDER BY s.created_at, s.session_id, m.seq`, openid)
	if err != nil {
		w.Fatal(err)
	}
	out := map[string][]kept{}
	var who string
	var k kept
	_, err = pgx.ForEachRow(rows, []any{&who, &k.Session, &k.Seq, &k.Opercode, &k.Text, &k.Delivery}, func() error {
		out[who] = append(out[who], k)
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
	return out
}

// api makes a call of the JSON API, in the company's name, and reads the answer into out where that is not nil.
func (w *world) api(a *weir, method, path string, body, out any) (status int) {
	w.Helper()
	status, err := w.tryAPI(a, method, path, body, out)
	if err != nil {
		w.Fatalf("%s %s: %v", method, path, err)
	}
	return status
}

func (w *world) tryAPI(a *weir, method, path string, body, out any) (status int, err error) {
	var send io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return 0, err
		}
		send = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(w.Context(), method, a.url("/api/v1"+path), send)
	if err != nil {
		return 0, err
	}
	r.Header.Set("Authorization", "Bearer "+apiToken)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, err
	}
	if out != nil && answer.StatusCode < 300 {
		err = json.Unmarshal(b, out)
	}
	return answer.StatusCode, err
}

// online sets an agent online by the API: they are given sessions without a page.
func (w *world) online(a *weir, uid int) {
	w.Helper()
	if status := w.api(a, "PUT", fmt.Sprintf("/agents/%d/presence", uid), map[string]string{"status": "online"}, nil); status != 200 {
		w.Fatalf("agent %d could not be set online: status %d", uid, status)
	}
}

// session is a session as the API tells it.
type session struct {
	ID       string `json:"session_id"`
	OpenID   string `json:"customer_wx_openid"`
	State    int    `json:"state"`
	UID      int    `json:"uid"`
	Priority int    `json:"priority"`
}

// sessionOf is a customer's latest session, once an agent has it (uid 0: whoever has it, or nobody).
func (w *world) sessionOf(a *weir, openid string, uid int) (s session) {
	w.Helper()
	w.until(fmt.Sprintf("a live session of %s with agent %d", openid, uid), 10*time.Second, func() bool {
		var page struct{ Items []session }
		w.api(a, "GET", "/sessions?openid="+openid, nil, &page)
		for _, s = range page.Items {
			if s.State >= 0 && (uid == 0 || s.UID == uid) {
				return true
			}
		}
		return false
	})
	return s
}

// replies answers in a session by the API, with the key as Idempotency-Key.
func (w *world) replies(a *weir, s session, text string) {
	w.Helper()
	if status := w.api(a, "POST", "/sessions/"+s.ID+"/messages", map[string]any{"uid": s.UID, "message_type": 1, "text": text}, nil); status != 201 {
		w.Fatalf("the reply %q was answered %d", text, status)
	}
}

// look ends the world: its Weirs are stopped, what they logged is shown where the test failed, and searched for secrets.
func (w *world) look() {
	secrets := append(w.secrets, w.tokens()...)
	for _, a := range w.weirs {
		a.end()
	}
	for _, a := range w.weirs {
		log := a.log.String()
		if w.Failed() {
			w.Logf("── what weir %s logged ──\n%s", a.name, tail(log, 20_000))
		}
		for _, s := range secrets {
			if s != "" && strings.Contains(log, s) {
				w.Errorf("weir %s logged a secret: %q", a.name, s)
			}
		}
		for _, bad := range []string{"panic", "DATA RACE"} {
			if i := strings.Index(log, bad); i >= 0 {
				w.Errorf("weir %s: %s", a.name, log[i:min(len(log), i+4000)])
			}
		}
	}
}

// tokens are the access tokens in use.
func (w *world) tokens() (out []string) {
	o, err := redis.ParseURL(w.redis)
	if w.redis == "" || err != nil {
		return nil
	}
	o.DB = 4
	rdb := redis.NewClient(o)
	defer rdb.Close()
	ctx, stop := context.WithTimeout(context.Background(), time.Second)
	defer stop()
	keys, _ := rdb.Keys(ctx, "token:*").Result()
	for _, k := range keys {
		v, err := rdb.Get(ctx, k).Result()
		if err == nil {
			out = append(out, accessTokens(v)...)
		}
	}
	return out
}

// accessTokens are the long words of a kept token: what stands beside it is short.
func accessTokens(kept string) (out []string) {
	for _, word := range strings.FieldsFunc(kept, func(r rune) bool { return strings.ContainsRune(`{}":, `, r) }) {
		if len(word) >= 24 {
			out = append(out, word)
		}
	}
	return out
}

func tail(s string, most int) string {
	if len(s) > most {
		return "…" + s[len(s)-most:]
	}
	return s
}
