package e2e

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"

	"weir/handlers"
)

// ours are the routes of pages whose answer is the asker's own company, whatever they ask: they name nothing of another.
var ours = []string{"GET /", "GET /login", "POST /login", "DELETE /login", "POST /login/end", "PUT /preferences", "PUT /presence", "PUT /presence/active", "GET /lists", "GET /search", "GET /live", "GET /monitor",
	"GET /settings", "GET /settings/accounts", "GET /settings/accounts/authorise", "GET /settings/accounts/authorised", "GET /settings/accounts/new", "POST /settings/accounts",
	"GET /settings/privacy", "PUT /settings/privacy",
	"GET /settings/menus", "GET /settings/channels", "GET /settings/channels/new", "POST /settings/channels",
	"GET /settings/agents", "GET /settings/agents/new", "POST /settings/agents", "GET /settings/groups", "GET /settings/groups/new", "POST /settings/groups",
	"GET /settings/sessions", "PUT /settings/sessions", "PUT /settings/quota", "GET /settings/sessions/preview", "GET /settings/hours", "GET /emoji",
	"GET /settings/quick", "GET /settings/quick/new", "POST /settings/quick", "POST /settings/quick/images"}

// elsewhere are routes that are no pages: WeChat's, operations', and the API, which has its own test.
func elsewhere(path string) bool {
	return slices.ContainsFunc([]string{"/wechat/", "/api/", "/static/", "/healthz", "/readyz", "/metrics"}, func(p string) bool { return strings.HasPrefix(path, p) }) || path == "/api/v1"
}

// pages are the routes of all pages, as the server has them.
func pages() (out [][2]string) {
	for _, r := range handlers.New(handlers.Deps{Metrics: prometheus.NewRegistry()}).Routes() {
		if r.Method == strings.ToUpper(r.Method) && r.Path != "" && !elsewhere(r.Path) && !strings.Contains(r.Method, "echo_route") {
			out = append(out, [2]string{r.Method, r.Path})
		}
	}
	return out
}

func TestAnotherCompanyFindsNothingOnAnyPage(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	w.online(a, yu)
	w.writes(chen, "秘密的内容")
	s := w.sessionOf(a, chen, yu)
	stranger := w.client(a, strangeMail) // an admin, of another company
	owner := w.client(a, yuMail)
	ask := func(c *http.Client, method, path string) (int, string) {
		t.Helper()
		form := url.Values{"text": {"von außen"}, "note": {"@小鱼 von außen"}, "status": {"offline"}, "before": {s.ID}, "session": {s.ID}, "after": {"0"}}
		target := a.url(path)
		var body io.Reader
		if method == "GET" {
			target += "?" + form.Encode()
		} else {
			body = strings.NewReader(form.Encode())
		}
		r, err := http.NewRequestWithContext(t.Context(), method, target, body)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer, err := c.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if strings.Contains(answer.Header.Get("Content-Type"), "event-stream") {
			return answer.StatusCode, ""
		}
		b, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, string(b)
	}
	w.until("WeChat has told of the customer, which nobody here asked for", 20*time.Second, func() bool { return strings.Contains(w.everything(), `"profile_at":"`) })
	before := w.everything()
	tried := 0
	for _, r := range pages() {
		method, path := r[0], r[1]
		switch {
		case strings.Contains(path, ":id"):
			tried++
			path = strings.Replace(path, ":seq", "1", 1)
			asked := strings.Replace(path, ":id", s.ID, 1)
			if status, body := ask(stranger, method, asked); status != http.StatusNotFound || strings.Contains(body, "秘密") {
				t.Errorf("%s %s was answered %d to another company", method, path, status)
			}
			for _, id := range []string{"0", "x", strings.Repeat("f", 32)} {
				if status, _ := ask(stranger, method, strings.Replace(path, ":id", id, 1)); status != http.StatusNotFound {
					t.Errorf("%s %s with the id %s was answered %d", method, path, id, status)
				}
			}
		case strings.Contains(path, ":appid"):
			tried++
			if status, body := ask(stranger, method, strings.Replace(path, ":appid", appid, 1)); status != http.StatusNotFound || strings.Contains(body, "网鱼") {
				t.Errorf("%s %s was answered %d to another company", method, path, status)
			}
		case strings.Contains(path, ":uid"):
			tried++
			if status, body := ask(stranger, method, strings.Replace(path, ":uid", "8082", 1)); status != http.StatusNotFound || strings.Contains(body, "小鱼") {
				t.Errorf("%s %s was answered %d to another company", method, path, status)
			}
		case strings.Contains(path, ":group"):
			tried++
			if status, body := ask(stranger, method, strings.Replace(path, ":group", w.groupOf("售后"), 1)); status != http.StatusNotFound || strings.Contains(body, "售后") {
				t.Errorf("%s %s was answered %d to another company", method, path, status)
			}
		case !slices.Contains(ours, method+" "+path):
			t.Errorf("%s %s is a page that this test does not know: say what another company may see of it", method, path)
		case method == "GET" && path != "/login":
			if status, body := ask(stranger, method, path); strings.Contains(body, "秘密") || path == "/live" && status != http.StatusNotFound {
				t.Errorf("%s %s was answered %d to another company, with %q", method, path, status, tail(body, 200))
			}
		}
	}
	if tried < 6 {
		t.Fatalf("only %d routes were tried: is the router read right?", tried)
	}
	if after := w.everything(); after != before {
		t.Errorf("another company changed something:\nbefore %s\nafter  %s", before, after)
	}
	if status, body := ask(owner, "GET", "/sessions/"+s.ID); status != 200 || !strings.Contains(body, "秘密的内容") {
		t.Fatalf("the session's own agent was answered %d: this test means nothing", status)
	}
}

// groupOf is the number of the company's group of a name.
func (w *world) groupOf(name string) (n string) {
	w.Helper()
	conn := w.sql()
	defer conn.Close(context.Background())
	if err := conn.QueryRow(w.Context(), "SELECT group_id::text FROM groups WHERE name = $1", name).Scan(&n); err != nil {
		w.Fatal(err)
	}
	return n
}

// everything is all that there is of the company's sessions, messages and customers.
func (w *world) everything() string {
	w.Helper()
	conn := w.sql()
	defer conn.Close(context.Background())
	rows, err := conn.Query(w.Context(), `SELECT row_to_json(x)::text FROM sessions x UNION ALL SELECT row_to_json(x)::text FROM messages x
		UNION ALL SELECT row_to_json(x)::text FROM customers x UNION ALL SELECT row_to_json(x)::text FROM channels x UNION ALL SELECT row_to_json(x)::text FROM menus x UNION ALL SELECT row_to_json(x)::text FROM quick_replies x UNION ALL SELECT row_to_json(x)::text FROM notes x UNION ALL SELECT row_to_json(x)::text FROM accounts x ORDER BY 1`)
	if err != nil {
		w.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		w.Fatal(err)
	}
	return strings.Join(all, "\n")
}
