package handlers_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/labstack/echo/v4"
	"github.com/redis/go-redis/v9"

	"weir/handlers"
	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/live"
	"weir/internal/login"
	"weir/internal/media"
	"weir/internal/provision"
	"weir/internal/secret"
	"weir/internal/store"
	"weir/internal/testkit"
	"weir/internal/uploads"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// The two companies of a room. Each has its own agents, numbers and account; both know no more of each other.
const (
	ours, theirs     = "51454009d703c86c91353f61011ecf2f", "60000000d703c86c91353f61011ecf2f"
	ourToken         = "weir_ours_5e0c8e3bd1f94a1c8f2b7a6d9e3c4f10"
	theirToken       = "weir_theirs_5e0c8e3bd1f94a1c8f2b7a6d9e3c4f1"
	ourApp, theirApp = "wx0000000000000001", "wx0000000000000002"
	yu, ming         = 8082, 8083
)

const twoCompanies = `companies:
  - id: ` + ours + `
    name: 网鱼演示
    api_tokens: [{name: ci, token: ` + ourToken + `}]
    agents:
      - {uid: 8082, name: 小鱼, email: yu@ours.example, password: p}
      - {uid: 8083, name: 阿明, email: ming@ours.example, password: p}
    groups: [{name: 售后, agents: [8083]}]
    accounts: [{appid: ` + ourApp + `, name: 网鱼网咖, secret: s, token: t, mode: plain}]
    rules:
      - {name: 价格, priority: 10, match: {kind: contains, keywords: [价格]}, reply: [{type: text, text: 每小时八元}]}
      - {name: 售后, priority: 20, match: {kind: exact, keywords: [售后]}, assign: {group: 售后}}
  - id: ` + theirs + `
    name: 别家
    api_tokens: [{name: ci, token: ` + theirToken + `}]
    agents: [{uid: 9001, name: 外人, email: w@theirs.example, password: p}]
    groups: [{name: 别组, agents: [9001]}]
    accounts: [{appid: ` + theirApp + `, name: 别号, secret: s, token: t, mode: plain}]
`

// room is an installation with two companies: a database and a Redis, and one process of Weir, with its API.
type room struct {
	*testing.T
	*process
	store    *store.Store
	owner    string
	redisURL string
	counter  atomic.Int64
	kept     media.Store
	clock    func() time.Time // of the API of processes that are started from now on; nil: the real one
}

// process is what one process of Weir has of its own.
type process struct {
	desk *desk.Desk
	hub  *live.Hub
	url  string
}

func newRoom(t *testing.T) *room {
	t.Helper()
	owner, app := testkit.Postgres(t, migrated)
	s, err := store.Open(t.Context(), app)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	r := &room{T: t, store: s, owner: owner, redisURL: testkit.Redis(t)}
	r.process = r.start()
	return r
}

// migrated fills the template that every room is a copy of: the companies are in it.
func migrated(url string) error {
	ctx := context.Background()
	if err := store.Migrate(ctx, url); err != nil {
		return err
	}
	s, err := store.Open(ctx, url)
	if err != nil {
		return err
	}
	defer s.Close()
	file, err := provision.Load(strings.NewReader(twoCompanies))
	if err != nil {
		return err
	}
	_, err = provision.Apply(ctx, s, secret.New([32]byte{1}), login.NewPasswords(), file)
	return err
}

// effects tell the log of events, as the program does.
type effects struct{ hub *live.Hub }

func (e effects) Committed(_ context.Context, changes []desk.Change) {
	for i := range changes {
		handlers.Tell(e.hub.Log, &changes[i])
	}
}

// start starts one more process on the same database and Redis. The test's end stops it.
func (r *room) start() *process {
	r.Helper()
	options, err := redis.ParseURL(r.redisURL)
	if err != nil {
		r.Fatal(err)
	}
	client := redis.NewClient(options)
	hub := live.New(client, live.Options{Log: slog.New(slog.DiscardHandler)})
	d := desk.New(desk.Options{Store: r.store, Effects: effects{hub}, Log: slog.New(slog.DiscardHandler)})
	if err := d.Enter(r.Context()); err != nil {
		r.Fatal(err)
	}
	e, kept := echo.New(), r.media()
	api := handlers.MountAPI(e, handlers.APIDeps{Desk: d, Store: r.store, Hub: hub, Clock: r.clock, Log: slog.New(slog.DiscardHandler), Media: kept, Uploads: uploads.New(d, kept, media.Tools{})})
	server := httptest.NewServer(e)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{}, 3)
	go func() { d.Run(ctx); done <- struct{}{} }()
	go func() { api.Run(ctx); done <- struct{}{} }()
	go func() { _ = hub.Run(ctx); done <- struct{}{} }()
	r.Cleanup(func() {
		stop()
		for range cap(done) {
			<-done
		}
		down, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = hub.Shutdown(down)
		server.Close()
		_ = client.Close()
	})
	return &process{d, hub, server.URL}
}

// answer is what the API said.
type answer struct {
	status int
	header http.Header
	raw    string
	body   map[string]any
}

func (a answer) String() string { return fmt.Sprintf("%d %s", a.status, a.raw) }

// at walks into the body: at("window", "open").
func (a answer) at(path ...string) any {
	var v any = a.body
	for _, p := range path {
		m, _ := v.(map[string]any)
		v = m[p]
	}
	return v
}

func (a answer) items() []map[string]any {
	list, _ := a.body["items"].([]any)
	out := make([]map[string]any, len(list))
	for i := range list {
		out[i], _ = list[i].(map[string]any)
	}
	return out
}

// ask calls the API as our company. body: nil, a string that is sent as it is, or a value that is sent as JSON.
func (r *room) ask(method, path string, body any, headers ...string) answer {
	r.Helper()
	return r.askAs(ourToken, method, path, body, headers...)
}

func (r *room) askAs(token, method, path string, body any, headers ...string) answer {
	r.Helper()
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(b)
	default:
		j, err := json.Marshal(b)
		if err != nil {
			r.Fatal(err)
		}
		reader = bytes.NewReader(j)
	}
	req, err := http.NewRequestWithContext(r.Context(), method, r.url+"/api/v1"+path, reader)
	if err != nil {
		r.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if reader != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		r.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		r.Fatal(err)
	}
	a := answer{status: res.StatusCode, header: res.Header, raw: string(raw)}
	if strings.Contains(res.Header.Get("Content-Type"), "json") {
		if err := json.Unmarshal(raw, &a.body); err != nil {
			r.Fatalf("%s %s: %v in %s", method, path, err, raw)
		}
	}
	return a
}

// must asks, and fails the test unless it was done.
func (r *room) must(method, path string, body any, headers ...string) answer {
	r.Helper()
	a := r.ask(method, path, body, headers...)
	if a.status/100 != 2 {
		r.Fatalf("%s %s: %s", method, path, a)
	}
	return a
}

// write has one of our customers write.
func (r *room) write(openid, text string) desk.Answer {
	r.Helper()
	return r.arrive(&desk.Arrival{Type: desk.TypeText, Text: text, OpenID: openid})
}

func (r *room) arrive(a *desk.Arrival) desk.Answer {
	r.Helper()
	company, err := id.Parse(ours)
	if err != nil {
		r.Fatal(err)
	}
	a.Company, a.AppID, a.At, a.Key = company, ourApp, time.Now().Truncate(time.Second), fmt.Sprintf("m:%d", r.counter.Add(1))
	said, err := r.desk.Receive(r.Context(), a)
	if err != nil {
		r.Fatal(err)
	}
	return said
}

// live is the live session of one of our customers.
func (r *room) live(openid string) map[string]any {
	r.Helper()
	for _, s := range r.must("GET", "/sessions?openid="+openid+"&limit=200", nil).items() {
		if s["state"].(float64) >= 0 {
			return s
		}
	}
	r.Fatalf("%s has no live session", openid)
	return nil
}

// served has a customer's session in conversation with 小鱼.
func (r *room) served(openid string) (session string) {
	r.Helper()
	r.write(openid, "你好")
	s := r.live(openid)["session_id"].(string)
	if a := r.must("POST", "/sessions/"+s+"/accept", map[string]any{"uid": yu}); a.body["state"] != 1.0 || a.body["uid"] != 8082.0 {
		r.Fatalf("accept: %s", a)
	}
	return s
}

// everything is every row of every table of company data.
func (r *room) everything() map[string][]string {
	r.Helper()
	conn, err := pgx.Connect(r.Context(), strings.Replace(r.owner, "user=weir_owner", "user=postgres", 1)) // row-level security binds the owner too
	if err != nil {
		r.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	out := map[string][]string{}
	for _, table := range []string{"companies", "accounts", "agents", "groups", "group_members", "seats", "rules", "channels", "channel_counts", "customers", "sessions", "messages", "events", "decisions", "idempotency_keys", "quick_replies", "quick_reply_images", "uploads", "upload_uses", "upload_media"} {
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

// until waits for a condition.
func (r *room) until(what string, ok func() bool) {
	r.Helper()
	end := time.Now().Add(15 * time.Second)
	for !ok() {
		if time.Now().After(end) {
			r.Fatalf("never: %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// remove changes the database behind Weir's back, as another process of it would.
func (r *room) remove(sql string, args ...any) {
	r.Helper()
	conn, err := pgx.Connect(r.Context(), strings.Replace(r.owner, "user=weir_owner", "user=postgres", 1))
	if err != nil {
		r.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if _, err := conn.Exec(r.Context(), sql, args...); err != nil {
		r.Fatal(err)
	}
}

// media is where the room keeps what customers send.
func (r *room) media() media.Store {
	r.Helper()
	s, err := media.NewFolder(r.TempDir())
	if err != nil {
		r.Fatal(err)
	}
	r.kept = s
	return s
}

// picture has a customer send one, keeps it, and names its message.
func (r *room) picture(openid string) (message string) {
	r.Helper()
	ctx := r.Context()
	r.arrive(&desk.Arrival{Type: desk.TypeImage, OpenID: openid, Data: desk.Data{MediaID: "media-" + openid}})
	due, err := r.desk.MediaDue(ctx, 10)
	if err != nil || len(due) != 1 {
		r.Fatalf("%d media are due: %v", len(due), err)
	}
	e, err := r.desk.TakeMedia(ctx, due[0])
	if err != nil || e == nil {
		r.Fatal(e, err)
	}
	for _, suffix := range []string{"", ".thumb", ".play"} {
		if err := r.kept.Put(ctx, e.Message.Key()+suffix, strings.NewReader("picture"), 7); err != nil {
			r.Fatal(err)
		}
	}
	if err := r.desk.KeepMedia(ctx, e, desk.MediaFacts{Mime: "image/png", Size: 7, Thumb: true, Play: media.PlayType}); err != nil {
		r.Fatal(err)
	}
	return e.Message.ID.String()
}
