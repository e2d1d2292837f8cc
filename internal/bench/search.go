package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/search"
	"weir/internal/store"
)

// Search says how `weir bench search` measures: how soon terms of two characters are found, beside LIKE, and what the index costs those who write.
type Search struct {
	Messages []int // of one company
	Samples  int   // of each term
	Likes    int   // of each term by LIKE, which is slow
	Rounds   int   // of load without the index and with it, by turns
	Round    time.Duration
	Conns    int
	Out      io.Writer
}

// What is searched for: what many say, what a few in a million say, and what nobody says.
const (
	commonTerm, commonShare = "退款", 0.028
	rareTerm, rareShare     = "鑫鑫", 15e-6
	absentTerm              = "龘龘"
)

// The company that is searched: so many messages in a session, over a year, and so many agents who each had their share of the sessions.
const (
	perSession   = 20
	searchAgents = 50
	searchAppID  = "wxbenchsearch00001"
)

// Run measures and prints. The error is whatever kept it from measuring.
func (o Search) Run(ctx context.Context) error {
	fmt.Fprintf(o.Out, "· %s\n", busy())
	rows := []row{{what: "TWO CHARACTERS ARE FOUND, p50 / p99"}}
	for _, n := range o.Messages {
		more, err := o.found(ctx, n)
		if err != nil {
			return err
		}
		rows = append(rows, more...)
	}
	cost, err := o.cost(ctx)
	if err != nil {
		return err
	}
	write(o.Out, append(rows, cost...))
	return nil
}

// found fills a company with messages and searches them.
func (o Search) found(ctx context.Context, messages int) (rows []row, err error) {
	m, err := startMachine(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, m.stop()) }()
	fmt.Fprintf(o.Out, "· writing %d messages\n", messages)
	company, err := m.library(ctx, messages)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(o.Out, "· putting them into the index\n")
	took, err := m.index(ctx)
	if err != nil {
		return nil, err
	}
	size, err := m.tidy(ctx)
	if err != nil {
		return nil, err
	}
	d := desk.New(desk.Options{Store: m.store, Log: slog.New(slog.DiscardHandler)})
	for _, who := range []struct {
		name string
		uid  int64
	}{{"an admin", 1}, {"an agent", 2}} {
		for _, term := range []struct{ name, text string }{{"common", commonTerm}, {"rare", rareTerm}, {"absent", absentTerm}} {
			fmt.Fprintf(o.Out, "· %s searches %s\n", who.name, term.text)
			ours, like, err := o.turns(ctx, m, d, desk.Agent{Company: company, UID: who.uid}, term.text)
			if err != nil {
				return nil, err
			}
			rows = append(rows, row{fmt.Sprintf("%d messages, %s, %s", messages, who.name, term.name), quantiles(ours), fmt.Sprintf("%s LIKE (%.1f ×)", quantiles(like), ms(at(like, 0.5))/ms(at(ours, 0.5))), "p99 100 ms", "p99 20 ms"})
		}
	}
	return append(rows, row{fmt.Sprintf("%d messages, put into the index by one process alone", messages), fmt.Sprintf("%.0f/s", float64(messages)/took.Seconds()), "", "", ""},
		row{fmt.Sprintf("%d messages, size of the index and its table", messages), fmt.Sprintf("%s (%d bytes a message)", mega(size), size/int64(messages)), "", "", ""}), nil
}

// turns searches by Weir, customers and sessions included, and now and then by LIKE, as a superuser whom no fence slows.
func (o Search) turns(ctx context.Context, m *machine, d *desk.Desk, who desk.Agent, term string) (ours, like []time.Duration, err error) {
	err = m.admin(ctx, "weir", func(c *pgx.Conn) error {
		every := max(1, o.Samples/o.Likes)
		for n := range o.Samples {
			began := time.Now()
			if _, err := d.Search(ctx, who, desk.Query{Text: term}); err != nil {
				return err
			}
			if ours = append(ours, time.Since(began)); n%every != 0 {
				continue
			}
			began = time.Now()
			rows, err := c.Query(ctx, "SELECT message_id, text FROM messages WHERE company_id = $1 AND text LIKE '%' || $2 || '%' ORDER BY created_at DESC LIMIT 31", who.Company, term)
			if err != nil {
				return err
			}
			rows.Close()
			if like = append(like, time.Since(began)); rows.Err() != nil {
				return rows.Err()
			}
		}
		return nil
	})
	slices.Sort(ours)
	slices.Sort(like)
	return ours, like, err
}

// library makes the company: agent 1 is an admin, and every session is over.
func (m *machine) library(ctx context.Context, messages int) (company id.ID, err error) {
	company = id.New()
	now := time.Now().UTC().Truncate(time.Second)
	if _, err := m.store.Outside().MakeMonths(ctx, store.MakeMonthsParams{Around: now, Before: 12, Ahead: 1}); err != nil {
		return company, err
	}
	sessions := (messages + perSession - 1) / perSession
	step := 360 * 24 * time.Hour / time.Duration(messages)
	when := func(n int) time.Time { return now.Add(-step * time.Duration(messages-n)) }
	ids := make([]id.ID, sessions)
	return company, m.admin(ctx, "weir", func(c *pgx.Conn) error {
		for _, sql := range []string{
			`INSERT INTO companies (company_id, name) VALUES (@company, '馆')`,
			`INSERT INTO accounts (company_id, appid, name, mode, secret, token) VALUES (@company, @appid, '公众号', 'plain', 's', 't')`,
			`INSERT INTO appids (appid, company_id) VALUES (@appid, @company)`,
			`INSERT INTO agents (company_id, uid, name, email, password, role) SELECT @company, n, 'a' || n, n || '@' || @appid, '-', CASE n WHEN 1 THEN 'admin' ELSE 'agent' END FROM generate_series(1, @agents::int) n`,
			`INSERT INTO customers (company_id, appid, openid, first_at, heard_at, remark) SELECT @company, @appid, 'q' || n, now(), now(), CASE WHEN n % 5 = 0 THEN '客户' || n ELSE '' END FROM generate_series(0, @sessions::int - 1) n`,
			`SET session_replication_role = replica`, // what the rows point at is there
		} {
			if _, err := c.Exec(ctx, sql, pgx.NamedArgs{"company": company, "appid": searchAppID, "agents": searchAgents, "sessions": sessions}); err != nil {
				return err
			}
		}
		_, err := c.CopyFrom(ctx, pgx.Identifier{"sessions"}, []string{"company_id", "session_id", "appid", "openid", "state", "type", "uid", "created_at", "queued_at", "assigned_at", "closed_at", "oldest_at", "last_at", "last_seq"},
			pgx.CopyFromSlice(sessions, func(n int) ([]any, error) {
				ids[n] = id.New()
				began, over := when(n*perSession), when((n+1)*perSession)
				return []any{company, ids[n], searchAppID, fmt.Sprint("q", n), int16(-1), "other", int64(1 + n%searchAgents), began, began, began, over, began, over, int32(perSession)}, nil
			}))
		if err != nil {
			return err
		}
		_, err = c.CopyFrom(ctx, pgx.Identifier{"messages"}, []string{"company_id", "message_id", "created_at", "session_id", "seq", "appid", "openid", "opercode", "message_type", "text"},
			pgx.CopyFromSlice(messages, func(n int) ([]any, error) {
				s := n / perSession
				return []any{company, id.New(), when(n), ids[s], int32(1 + n%perSession), searchAppID, fmt.Sprint("q", s), int16(2), int16(1), sentence()}, nil
			}))
		return err
	})
}

// sentence is what somebody says, some fifteen characters long.
func sentence() string {
	s := ""
	for range 4 + rand.IntN(7) {
		s += wordsSaid[rand.IntN(len(wordsSaid))]
	}
	switch r := rand.Float64(); {
	case r < commonShare:
		s += commonTerm
	case r < commonShare+rareShare:
		s += rareTerm
	}
	return s
}

// wordsSaid are words of two characters, of which none has what is searched for.
var wordsSaid = func() (out []string) {
	const first, second = "你我他在有这那来去会可能想要请问谢好是不没多少今明昨天早晚上下午", "们个店卡费用时间地址电话号码包间会员价格活动积分余额订单发票优惠"
	for _, a := range first {
		for _, b := range second {
			out = append(out, string([]rune{a, b}))
		}
	}
	return out
}()

// index puts everything that was said into the index.
func (m *machine) index(ctx context.Context) (time.Duration, error) {
	x := search.NewIndex(m.store, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	began := time.Now()
	for {
		done, err := x.Next(ctx)
		if err != nil || done.Done {
			return time.Since(began), err
		}
	}
}

// tidy has PostgreSQL do what it does in a quiet hour, and says how large the index and its table are.
func (m *machine) tidy(ctx context.Context) (size int64, err error) {
	err = m.admin(ctx, "weir", func(c *pgx.Conn) error {
		if _, err := c.Exec(ctx, "VACUUM ANALYZE"); err != nil {
			return err
		}
		return c.QueryRow(ctx, "SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits WHERE inhparent = 'search_messages'::regclass").Scan(&size)
	})
	return size, err
}

// cost is how many callbacks are taken at saturation while the index may not be written, and while it is.
func (o Search) cost(ctx context.Context) (rows []row, err error) {
	m, err := startMachine(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, m.stop()) }()
	w, err := m.furnish(ctx, size{20, ingestAgents, ingestCustomers, ingestStreams})
	if err != nil {
		return nil, err
	}
	weir, _, err := startWeir(ctx, m.dir, "weir", serve, m.environment, 30*time.Second)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, weir.stop()) }()
	l, err := startLoader(m.dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = l.stop() }()
	if _, err := l.ask(&order{Do: "open", Addr: weir.addr, World: w, Streams: 20 * ingestStreams}); err != nil {
		return nil, err
	}
	indexed := 0.0 // messages a second, while they might be
	load := func(may bool) (rate float64, err error) {
		right := "REVOKE UPDATE ON search_progress FROM weir_app"
		if may {
			right = "GRANT UPDATE ON search_progress TO weir_app"
		}
		if err := m.admin(ctx, "weir", func(c *pgx.Conn) error { _, err := c.Exec(ctx, right); return err }); err != nil {
			return 0, err
		}
		before, err := weir.metrics()
		if err != nil {
			return 0, err
		}
		r, err := l.ask(&order{Do: "closed", Conns: o.Conns, For: o.Round})
		if err != nil {
			return 0, err
		}
		after, err := weir.metrics()
		if may {
			indexed += (after["weir_search_indexed_total"] - before["weir_search_indexed_total"]) / r.Took.Seconds() / float64(o.Rounds)
		}
		return float64(r.Acked) / r.Took.Seconds(), err
	}
	if _, err := load(false); err != nil { // warm
		return nil, err
	}
	var without, with, ratios []float64
	for n := range o.Rounds {
		first := n%2 == 0 // by turns, so that what changes with time favours neither
		a, err := load(first)
		if err != nil {
			return nil, err
		}
		b, err := load(!first)
		if err != nil {
			return nil, err
		}
		if first {
			a, b = b, a
		}
		without, with, ratios = append(without, a), append(with, b), append(ratios, b/a)
		fmt.Fprintf(o.Out, "· round %d: %.0f callbacks a second without the index, %.0f with it (%.2f)\n", n+1, a, b, b/a)
	}
	return []row{{what: "CALLBACKS TAKEN WHILE THE INDEX IS FILLED"},
		{fmt.Sprintf("at saturation, %d connections", o.Conns), fmt.Sprintf("%.0f/s", median(with)), fmt.Sprintf("%.0f/s without it", median(without)), "", ""},
		{"as a share of those without it, median of the rounds", fmt.Sprintf("%.3f", median(ratios)), "1", "0.95", ""},
		{"put into the index meanwhile (it yields, and makes good when it is quiet)", fmt.Sprintf("%.0f/s", indexed), "", "", ""}}, nil
}
