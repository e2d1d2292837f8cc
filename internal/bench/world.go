package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/login"
	"weir/internal/store"
)

// world is the companies that are measured with.
type world struct {
	Companies []company
	Customers int // of each company, named by customer; they have sessions
	Shown     int // how many of them, from the first, stand open in a workspace
}

// company is one of them, as the load generator needs it.
type company struct {
	AppID, Token, AESKey string
	Streams              []stream
}

// stream is an agent's open workspace: it shows one customer's session.
type stream struct {
	Cookie, Session string
	Customer        int // whose session it shows; -1: none
}

// customer names a customer. The names are as long as WeChat's.
func customer(n int) string { return fmt.Sprintf("oBENCH%022d", n) }

// size says how large a world is.
type size struct{ companies, agents, customers, streams int }

// aesKey and token are every account's; 43 and 24 letters.
const (
	aesKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	token  = "benchbenchbenchbenchbench"
)

// furnish makes companies with agents, rules that mostly do not match, and customers who all have a session: every second one in
// conversation, the others waiting, so that rules are tried for half of what is written. In each company the first agents
// have a workspace open.
func (m *machine) furnish(ctx context.Context, z size) (*world, error) {
	w := &world{Customers: z.customers, Shown: min(z.streams, z.customers/2)}
	sessions := login.NewSessions(m.logins, login.Options{})
	for n := range z.companies {
		c, c1, err := m.company(ctx, n, z)
		if err != nil {
			return nil, err
		}
		for i := range z.streams {
			s := stream{Customer: -1}
			if i < w.Shown {
				s.Customer, s.Session = i, c1.sessions[i].String()
			}
			if s.Cookie, err = signIn(ctx, sessions, login.Who{Company: c1.id.String(), UID: int64(1 + i%z.agents)}); err != nil {
				return nil, err
			}
			c.Streams = append(c.Streams, s)
		}
		w.Companies = append(w.Companies, *c)
	}
	return w, m.admin(ctx, "weir", func(c *pgx.Conn) error { _, err := c.Exec(ctx, "VACUUM ANALYZE"); return err })
}

// made is what the database has of a company.
type made struct {
	id       id.ID
	sessions []id.ID // of the customers, in their order; agent i % agents has customer i
}

func (m *machine) company(ctx context.Context, n int, z size) (*company, *made, error) {
	c := &company{AppID: fmt.Sprintf("wxbench%011d", n), Token: token, AESKey: aesKey}
	x := &made{id: id.New()}
	err := m.store.Tx(ctx, x.id, func(q *store.Queries) error {
		if _, err := q.CompanyPut(ctx, store.CompanyPutParams{CompanyID: x.id, Name: fmt.Sprintf("商户 %d", n), Timezone: "Asia/Shanghai", Locale: "zh-CN",
			Distribution: "average", Notices: "free", QueueTimeout: 172800, ReceptionTimeout: 86400, IdleTimeout: 172800, ReclaimAfter: 864000}); err != nil {
			return err
		}
		seal := func(v, what string) []byte { return m.box.Seal([]byte(v), "account:"+c.AppID+":"+what) }
		if err := q.AccountPut(ctx, store.AccountPutParams{CompanyID: x.id, AppID: c.AppID, Name: "公众号", Mode: "safe", Secret: seal("secret", "secret"),
			Token: seal(c.Token, "token"), AESKey: seal(c.AESKey, "aes_key")}); err != nil {
			return err
		}
		if _, err := q.AppIDClaim(ctx, store.AppIDClaimParams{AppID: c.AppID, CompanyID: x.id}); err != nil {
			return err
		}
		if err := m.agents(ctx, q, x.id, c.AppID, z); err != nil {
			return err
		}
		for i := range 12 {
			r := store.RulePutParams{CompanyID: x.id, Name: fmt.Sprintf("规则 %d", i), Priority: int32(i), Kind: "contains", Reply: desk.PiecesJSON(desk.Texts("营业时间是十点到二十二点。")),
				Keywords: []string{fmt.Sprintf("关键词%d", i), fmt.Sprintf("keyword %d", i), fmt.Sprintf("问题%d", i)}}
			if i == 0 {
				r.Keywords = []string{keyword}
			}
			if err := q.RulePut(ctx, r); err != nil {
				return err
			}
		}
		return q.CompanyTouch(ctx, x.id)
	})
	if err != nil {
		return nil, nil, fmt.Errorf("make a company: %w", err)
	}
	return c, x, m.customers(ctx, x, c.AppID, z)
}

// keyword is what the first rule of every company answers to.
const keyword = "营业时间"

// agents have as many places as sessions will be theirs: nobody can be given more.
func (m *machine) agents(ctx context.Context, q *store.Queries, company id.ID, appid string, z size) error {
	for uid := int64(1); uid <= int64(z.agents); uid++ {
		if err := q.AgentPut(ctx, store.AgentPutParams{CompanyID: company, UID: uid, Name: fmt.Sprintf("客服 %d", uid), Role: "agent",
			Email: fmt.Sprintf("%d@%s.example", uid, company), Password: "-", Capacity: int32(z.customers / z.agents)}); err != nil {
			return err
		}
		if _, err := q.SeatPut(ctx, store.SeatPutParams{CompanyID: company, AppID: appid, UID: uid}); err != nil {
			return err
		}
	}
	return nil
}

// customers have been here for an hour.
func (m *machine) customers(ctx context.Context, x *made, appid string, z size) error {
	if z.customers == 0 {
		return nil
	}
	openids := make([]string, z.customers)
	for i := range openids {
		openids[i] = customer(i)
		x.sessions = append(x.sessions, id.New())
	}
	at := time.Now().Add(-time.Hour)
	return m.admin(ctx, "weir", func(c *pgx.Conn) error {
		_, err := c.Exec(ctx, `INSERT INTO customers (company_id, appid, openid, first_at, heard_at, exclusive_uid, exclusive_since)
			SELECT $1, $2, k.openid, $3, $3, 1 + (k.n - 1) % $4, $3 FROM unnest($5::text[]) WITH ORDINALITY AS k (openid, n)`, x.id, appid, at, z.agents, openids)
		if err != nil {
			return err
		}
		_, err = c.Exec(ctx, `INSERT INTO sessions (company_id, session_id, appid, openid, state, type, exclusive_uid, uid, customer_service_id, created_at, queued_at,
			assigned_at, taken_at, oldest_at, last_at)
			SELECT $1, k.session_id, $2, k.openid, k.n % 2, 'other', a.uid, a.uid, s.customer_service_id, $3, $3, $3, CASE WHEN k.n % 2 = 1 THEN $3::timestamptz END, $3, $3
			FROM unnest($4::uuid[], $5::text[]) WITH ORDINALITY AS k (session_id, openid, n)
			JOIN agents a ON a.company_id = $1 AND a.uid = 1 + (k.n - 1) % $6
			JOIN seats s ON s.company_id = $1 AND s.appid = $2 AND s.uid = a.uid`, x.id, appid, at, x.sessions, openids, z.agents)
		return err
	})
}

// signIn makes a login as the login page does, without its password, and returns the cookie.
func signIn(ctx context.Context, s *login.Sessions, who login.Who) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "/login", nil)
	if err != nil {
		return "", err
	}
	var failed error
	answer := header{}
	s.LoadAndSave(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		failed = s.SignIn(r.Context(), who, login.Device{IP: "127.0.0.1", Agent: "bench"}, false)
	})).ServeHTTP(answer, r)
	cookie, _, _ := strings.Cut(answer.Header().Get("Set-Cookie"), ";")
	if failed == nil && cookie == "" {
		failed = errors.New("signed in, and got no cookie")
	}
	return cookie, failed
}

// header is a response of which only the header is wanted.
type header http.Header

func (h header) Header() http.Header       { return http.Header(h) }
func (header) Write(b []byte) (int, error) { return len(b), nil }
func (header) WriteHeader(int)             {}
