package bench

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"weir/internal/login"
)

// Pages says how `weir bench pages` measures: what the workspace costs to serve and to carry, and how that grows with the company.
type Pages struct {
	Sessions []int // how many the company has; the first is the baseline
	Samples  int   // how often each page is asked for
	Out      io.Writer
}

// What an agent has of a company, however large it is: so many sessions, half of them in conversation, and so many messages in the open one.
const (
	pagesMine     = 10
	pagesMessages = 200
)

// Run measures and prints. The error is whatever kept it from measuring.
func (o Pages) Run(ctx context.Context) (err error) {
	fmt.Fprintf(o.Out, "· %s\n", busy())
	m, err := startMachine(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.stop()) }()
	towns := make([]town, len(o.Sessions))
	for i, n := range o.Sessions {
		fmt.Fprintf(o.Out, "· making a company of %d sessions\n", n)
		if towns[i], err = m.town(ctx, i, n); err != nil {
			return err
		}
	}
	if err := m.admin(ctx, "weir", func(c *pgx.Conn) error { _, err := c.Exec(ctx, "VACUUM ANALYZE"); return err }); err != nil {
		return err
	}
	w, _, err := startWeir(ctx, m.dir, "weir", serve, m.environment, 30*time.Second)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.stop()) }()
	bare, _, err := o.ask(ctx, w, ask{path: "/login"})
	if err != nil {
		return err
	}
	rows := []row{{what: "SERVER TIME, p50 / p99, AND BYTES"}, {"the login page, which asks no database", quantiles(bare), "", "", ""}}
	for _, p := range []struct {
		name string
		of   func(town) ask
	}{
		{"the workspace, whole", func(t town) ask { return ask{"/", t.agent, false} }},
		{"its lists, by the ear", func(t town) ask { return ask{"/lists?session=" + t.session, t.agent, true} }},
		{"a conversation, whole page", func(t town) ask { return ask{"/sessions/" + t.session, t.agent, false} }},
		{"a conversation, opened in place", func(t town) ask { return ask{"/sessions/" + t.session, t.agent, true} }},
		{"the supervisor's monitor", func(t town) ask { return ask{"/monitor", t.admin, false} }},
	} {
		var first time.Duration
		for i, n := range o.Sessions {
			times, size, err := o.ask(ctx, w, p.of(towns[i]))
			if err != nil {
				return fmt.Errorf("%s of %d sessions: %w", p.name, n, err)
			}
			half := at(times, 0.5)
			if i == 0 {
				first = half
			}
			rows = append(rows, row{fmt.Sprintf("%s, %d sessions", p.name, n), fmt.Sprintf("%s, %.1f kB (%.1f gzip)", quantiles(times), kilo(size.plain), kilo(size.packed)),
				fmt.Sprintf("%.2f × that of %d", float64(half)/float64(first), o.Sessions[0]), "", ""})
		}
	}
	write(o.Out, rows)
	return nil
}

func kilo(bytes int) float64 { return float64(bytes) / 1000 }

// town is a company that is looked at.
type town struct {
	agent, admin string // their cookies
	session      string // the agent's, with messages
}

// town makes one: agent 1 has a few sessions; a tenth of the others queue for agent 2, who is not there, and the rest are over. Agent 3 is an admin.
func (m *machine) town(ctx context.Context, n, sessions int) (t town, err error) {
	c, made, err := m.company(ctx, n, size{1, 1, pagesMine, 1})
	if err != nil {
		return t, err
	}
	t.session = made.sessions[0].String()
	args := pgx.NamedArgs{"company": made.id, "appid": c.AppID, "more": max(0, sessions-pagesMine), "session": t.session, "messages": pagesMessages, "openid": customer(0)}
	err = m.admin(ctx, "weir", func(conn *pgx.Conn) error {
		for _, sql := range []string{
			`INSERT INTO agents (company_id, uid, name, email, password, role) VALUES (@company, 2, '晓', '2@' || @appid, '-', 'agent'), (@company, 3, '敏', '3@' || @appid, '-', 'admin')`,
			`INSERT INTO customers (company_id, appid, openid, first_at, heard_at) SELECT @company, @appid, 'q' || n, now(), now() FROM generate_series(1, @more::int) n`,
			`INSERT INTO sessions (company_id, session_id, appid, openid, state, type, target_uid, uid, created_at, queued_at, assigned_at, closed_at, oldest_at, last_at, last_text, rank)
				SELECT @company, gen_random_uuid(), @appid, 'q' || n, CASE WHEN n % 10 = 0 THEN 3 ELSE -1 END, CASE WHEN n % 10 = 0 THEN 'user' ELSE 'other' END, CASE WHEN n % 10 = 0 THEN 2 END,
					CASE WHEN n % 10 <> 0 THEN 1 + n % 2 END, x.at, x.at, CASE WHEN n % 10 <> 0 THEN x.at END, CASE WHEN n % 10 <> 0 THEN x.at + interval '5 minutes' END, x.at, x.at, '请问什么时候发货', n
				FROM generate_series(1, @more::int) n, LATERAL (SELECT now() - n * interval '1 minute' AS at) x`,
			`INSERT INTO messages (company_id, message_id, created_at, session_id, seq, appid, openid, uid, opercode, message_type, text, delivery, sent_at)
				SELECT @company, gen_random_uuid(), x.at, @session::uuid, n, @appid, @openid, CASE WHEN n % 2 = 0 THEN 1 END, 1 + n % 2, 1, '您好，这个包间周六晚上还有空位吗？', CASE WHEN n % 2 = 0 THEN 'sent' END, CASE WHEN n % 2 = 0 THEN x.at END
				FROM generate_series(1, @messages::int) n, LATERAL (SELECT now() - (@messages::int - n) * interval '10 seconds' AS at) x`,
			`UPDATE sessions SET last_seq = @messages::int, oldest_at = now() - interval '1 day' WHERE company_id = @company AND session_id = @session::uuid`,
			`UPDATE companies SET version = version + 1 WHERE company_id = @company`,
		} {
			if _, err := conn.Exec(ctx, sql, args); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return t, fmt.Errorf("make a company of %d sessions: %w", sessions, err)
	}
	logins := login.NewSessions(m.logins, login.Options{})
	if t.agent, err = signIn(ctx, logins, login.Who{Company: made.id.String(), UID: 1}); err != nil {
		return t, err
	}
	t.admin, err = signIn(ctx, logins, login.Who{Company: made.id.String(), UID: 3})
	return t, err
}

// ask is a request for a page or, by the script, for a part of it.
type ask struct {
	path, cookie string
	script       bool
}

// weight is how long an answer is, as it was made and packed.
type weight struct{ plain, packed int }

// ask asks many times, and says how long each took, from the request to the last byte of the answer.
func (o Pages) ask(ctx context.Context, w *weir, a ask) (times []time.Duration, size weight, err error) {
	const warm = 20
	for n := range warm + o.Samples {
		began := time.Now()
		body, err := a.get(ctx, w)
		if err != nil {
			return nil, size, err
		}
		if n >= warm {
			times = append(times, time.Since(began))
		}
		size.plain = len(body)
		if n == 0 {
			size.packed = packed(body)
		}
	}
	slices.Sort(times)
	return times, size, nil
}

func (a ask) get(ctx context.Context, w *weir) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+w.addr+a.path, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Cookie", a.cookie)
	r.Header.Set("Accept-Encoding", "identity")
	if a.script {
		r.Header.Set("HX-Request", "true")
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s was answered %s", a.path, res.Status)
	}
	return body, err
}

// packed is how long a text is once gzip has packed it.
func packed(body []byte) int {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, _ = z.Write(body) // writing to memory does not fail
	_ = z.Close()
	return out.Len()
}
