// Package queries_test reads the statements as text: each says whose rows it means.
package queries_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// global are the tables that stand outside every company. A component is the operator's; a pre-auth code is what tells the company, when
// WeChat names none.
var global = map[string]bool{"appids": true, "logins": true, "token_hashes": true, "instances": true, "components": true, "pre_auth_codes": true, "search_progress": true, "goose_db_version": true}

var (
	created = regexp.MustCompile(`(?m)^CREATE TABLE (\w+)`)
	begins  = regexp.MustCompile(`(?m)^-- name: (\w+) :\w+\n`)
	remark  = regexp.MustCompile(`--[^\n]*`)
	clauses = regexp.MustCompile(`(?i)\b(FROM|JOIN|UPDATE|INTO)\s+(\w+)(?:\s+(?:AS\s+)?(\w+))?(?:\s*\(([^)]*)\))?(?:\s+USING\s*\(([^)]*)\))?`)
	keyword = regexp.MustCompile(`(?i)^(WHERE|SET|JOIN|LEFT|CROSS|ON|USING|ORDER|GROUP|LIMIT|VALUES|FOR|UNION|SELECT|RETURNING|AS)$`)
	asked   = `(?:@company_id\b|ANY\(@company_ids::uuid\[\]\)|\w+\.company_id\b)`
)

// unnamed are the tables of company data that a statement touches without saying whose rows it means.
func unnamed(sql string, company map[string]bool) (out []string) {
	sql = remark.ReplaceAllString(sql, "")
	bare := 0
	for _, m := range clauses.FindAllStringSubmatch(sql, -1) {
		verb, table, alias, columns, using := strings.ToUpper(m[1]), m[2], m[3], m[4], m[5]
		if !company[table] {
			continue
		}
		if keyword.MatchString(alias) {
			alias = ""
		}
		switch {
		case verb == "INTO":
			if !strings.HasPrefix(strings.TrimSpace(columns), "company_id") || !regexp.MustCompile(`(?s)(VALUES\s*\(@company_id\b|SELECT\s+(@company_id|\w+\.company_id)\b)`).MatchString(sql) {
				out = append(out, table)
			}
		case strings.Contains(using, "company_id"):
		case alias != "":
			named := fmt.Sprintf(`\b%s\.company_id\s*=\s*%s|%s\s*=\s*%[1]s\.company_id\b`, alias, asked, `\w+\.company_id`)
			if !regexp.MustCompile(named).MatchString(sql) {
				out = append(out, table)
			}
		default:
			bare++
			if len(regexp.MustCompile(`(?:^|[^.\w])company_id\s*=\s*`+asked).FindAllString(sql, -1)) < bare {
				out = append(out, table)
			}
		}
	}
	return out
}

func companyTables(t *testing.T) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	steps, err := filepath.Glob("../migrations/*.sql")
	if err != nil || len(steps) == 0 {
		t.Fatal(steps, err)
	}
	for _, step := range steps {
		for _, m := range created.FindAllStringSubmatch(read(t, step), -1) {
			out[m[1]] = !global[m[1]]
		}
	}
	if !out["sessions"] || !out["messages"] || len(out) < 18 {
		t.Fatalf("the migrations make %v", out)
	}
	return out
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestEveryStatementSaysWhoseRowsItMeans(t *testing.T) {
	company := companyTables(t)
	files, err := filepath.Glob("*.sql")
	if err != nil {
		t.Fatal(err)
	}
	statements := 0
	for _, file := range files {
		text := read(t, file)
		at := begins.FindAllStringSubmatchIndex(text, -1)
		for i, m := range at {
			end := len(text)
			if i+1 < len(at) {
				end = at[i+1][0]
			}
			statements++
			if lacks := unnamed(text[m[1]:end], company); len(lacks) > 0 {
				t.Errorf("%s, %s: rows of %v without company_id", file, text[m[2]:m[3]], lacks)
			}
		}
	}
	if statements < 80 {
		t.Fatalf("only %d statements were read", statements)
	}
}

// An account that was moved to another company leaves its rows behind: what hangs on them must not be asked of WeChat any more, with a token
// that is the other company's. A medium is a message's of before.
func TestWhatIsTakenToWeChatIsOfAccountsThatTheCompanyStillHas(t *testing.T) {
	files, err := filepath.Glob("*.sql")
	if err != nil {
		t.Fatal(err)
	}
	claims := 0
	for _, file := range files {
		for _, part := range strings.Split(read(t, file), "-- name: ")[1:] {
			name, sql, _ := strings.Cut(part, " ")
			if !strings.HasSuffix(name, "Claim") || name == "AppIDClaim" || name == "MediaClaim" {
				continue
			}
			claims++
			if !strings.Contains(sql, "FROM appids i WHERE i.appid = x.appid AND i.company_id = x.company_id") {
				t.Errorf("%s of %s does not ask whether the company still has the account", name, file)
			}
		}
	}
	if claims < 3 {
		t.Fatalf("only %d claims were found: this test no longer sees them", claims)
	}
}

func TestAStatementThatForgetsTheCompanyIsFound(t *testing.T) {
	company := map[string]bool{"sessions": true, "messages": true, "customers": true}
	for _, tc := range []struct {
		name, sql string
		finds     int
	}{
		{"by id alone", `SELECT * FROM sessions WHERE session_id = @session_id`, 1},
		{"by id and company", `SELECT * FROM sessions WHERE company_id = @company_id AND session_id = @session_id`, 0},
		{"of several companies", `SELECT * FROM sessions WHERE company_id = ANY(@company_ids::uuid[])`, 0},
		{"only in a remark", "SELECT * FROM sessions -- company_id = @company_id\nWHERE state = 3", 1},
		{"by another column", `SELECT * FROM sessions WHERE other_company_id = @company_id`, 1},
		{"an update of everything", `UPDATE sessions SET state = 3`, 1},
		{"an update by id alone", `UPDATE messages SET text = '' WHERE message_id = @id`, 1},
		{"a delete of everything", `DELETE FROM messages`, 1},
		{"a join by id alone", `SELECT * FROM sessions s JOIN messages m ON m.session_id = s.session_id WHERE s.company_id = @company_id`, 1},
		{"a join by company", `SELECT * FROM sessions s JOIN messages m ON m.company_id = s.company_id AND m.session_id = s.session_id WHERE s.company_id = @company_id`, 0},
		{"a join that uses it", `SELECT * FROM sessions s JOIN customers c USING (company_id, appid, openid) WHERE s.company_id = @company_id`, 0},
		{"a join that uses something else", `SELECT * FROM sessions s JOIN customers c USING (appid, openid) WHERE s.company_id = @company_id`, 1},
		{"a subselect", `SELECT * FROM sessions WHERE company_id = @company_id AND EXISTS (SELECT FROM messages WHERE seq = 1)`, 1},
		{"an insert without it", `INSERT INTO messages (message_id) VALUES (@message_id)`, 1},
		{"an insert with it", `INSERT INTO messages (company_id, message_id) VALUES (@company_id, @message_id)`, 0},
		{"an insert of many", `INSERT INTO messages AS m (company_id) SELECT k.company_id FROM (SELECT unnest(@company_ids::uuid[]) AS company_id) k`, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := unnamed(tc.sql, company); len(got) != tc.finds {
				t.Errorf("found %v", got)
			}
		})
	}
}
