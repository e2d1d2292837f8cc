package store

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"weir/internal/id"
)

// global are the tables that stand outside every company. Each is a look-up that is asked before the company is known, or
// knows nothing of companies (a component is the operator's); a table that is not here is company data and has to be fenced.
var global = map[string]bool{"appids": true, "logins": true, "token_hashes": true, "instances": true, "components": true, "pre_auth_codes": true, "search_progress": true, "goose_db_version": true}

// A maker puts one valid row of a company into a table. {c} is the company, {n} a number of its own.
var makers = []struct{ table, sql string }{
	{"companies", `INSERT INTO companies (company_id, name) VALUES ('{c}', '公司{n}')`},
	{"accounts", `INSERT INTO accounts (company_id, appid, name, secret, token, aes_key) VALUES ('{c}', 'wx{n}', 'n', 's', 't', 'k')`},
	{"account_callbacks", `INSERT INTO account_callbacks (company_id, appid, heard_at) VALUES ('{c}', 'wx{n}', now())`},
	{"account_events", `INSERT INTO account_events (company_id, event_id, appid, created_at, event, wechat_key, raw) VALUES ('{c}', gen_random_uuid(), 'wx{n}', now(), 'verify_expired', 'e:{n}', '<xml/>')`},
	{"callback_counts", `INSERT INTO callback_counts (company_id, appid, began_at) VALUES ('{c}', 'wx{n}', now())`},
	{"appids", `INSERT INTO appids (appid, company_id) VALUES ('wx{n}', '{c}')`},
	{"agents", `INSERT INTO agents (company_id, uid, name, email, password) VALUES ('{c}', {n}, '小鱼', '{n}@example', 'x')`},
	{"logins", `INSERT INTO logins (email, company_id, uid) VALUES ('{n}@example', '{c}', {n})`},
	{"groups", `INSERT INTO groups (company_id, group_id, name) VALUES ('{c}', {n}, '售后')`},
	{"group_members", `INSERT INTO group_members (company_id, group_id, uid) VALUES ('{c}', {n}, {n})`},
	{"seats", `INSERT INTO seats (company_id, customer_service_id, appid, uid) VALUES ('{c}', {n}, 'wx{n}', {n})`},
	{"rules", `INSERT INTO rules (company_id, rule_id, name, kind, keywords, reply) VALUES ('{c}', {n}, '价格', 'contains', '{价格}', '[{"type":"text","text":"八元"}]')`},
	{"api_tokens", `INSERT INTO api_tokens (company_id, name, hash) VALUES ('{c}', 'ci', sha256('{n}'))`},
	{"token_hashes", `INSERT INTO token_hashes (hash, company_id) VALUES (sha256('{n}'), '{c}')`},
	{"account_tags", `INSERT INTO account_tags (company_id, appid, ids, names, told_at) VALUES ('{c}', 'wx{n}', '{2}', '{星标组}', now())`},
	{"channels", `INSERT INTO channels (company_id, channel_id, appid, name, scene, permanent) VALUES ('{c}', {n}, 'wx{n}', '前台', 's{n}', true)`},
	{"channel_counts", `INSERT INTO channel_counts (company_id, channel_id, day, scans) VALUES ('{c}', {n}, now(), 1)`},
	{"menus", `INSERT INTO menus (company_id, appid) VALUES ('{c}', 'wx{n}')`},
	{"customers", `INSERT INTO customers (company_id, appid, openid, first_at, heard_at) VALUES ('{c}', 'wx{n}', 'o{n}', now(), now())`},
	{"sessions", `INSERT INTO sessions (company_id, session_id, appid, openid, state, type, created_at, queued_at, oldest_at, last_at)
		VALUES ('{c}', '{s}', 'wx{n}', 'o{n}', 3, 'other', now(), now(), now(), now())`},
	{"messages", `INSERT INTO messages (company_id, message_id, created_at, session_id, seq, appid, openid, opercode, message_type, wechat_key)
		VALUES ('{c}', gen_random_uuid(), now(), '{s}', 1, 'wx{n}', 'o{n}', 2, 1, 'm:now')`},
	{"media", `INSERT INTO messages (company_id, message_id, created_at, session_id, seq, appid, openid, opercode, message_type, wechat_key)
		VALUES ('{c}', gen_random_uuid(), now(), '{s}', 50, 'wx{n}', 'o{n}', 2, 2, 'm:media')`}, // the trigger makes the row
	{"uploads", `INSERT INTO uploads (company_id, upload_id, uid, kind, mime, size, created_at) VALUES ('{c}', '{s}', {n}, 'image', 'image/png', 1, now())`},
	{"upload_uses", `INSERT INTO messages (company_id, message_id, created_at, session_id, seq, appid, openid, opercode, message_type, delivery, data)
		VALUES ('{c}', gen_random_uuid(), now(), '{s}', 51, 'wx{n}', 'o{n}', 1, 2, 'sent', '{"resources_id":"{s}"}')`}, // the trigger makes the row
	{"upload_media", `INSERT INTO upload_media (company_id, upload_id, appid, kind, media_id, until) VALUES ('{c}', '{s}', 'wx{n}', 'image', 'm', now())`},
	{"templates", `INSERT INTO templates (company_id, appid, template_id, kind, title, content, fields, read_at) VALUES ('{c}', 'wx{n}', 't', 'template', '回复提醒', '{{thing1.DATA}}', '[]', now())`},
	{"template_readings", `INSERT INTO template_readings (company_id, appid, due_at) VALUES ('{c}', 'wx{n}', now())`},
	{"template_results", `INSERT INTO template_results (company_id, appid, openid, msgid, template_id, code, reason) VALUES ('{c}', 'wx{n}', 'o{n}', '{n}', '', 0, '')`},
	{"messages_other", `INSERT INTO messages (company_id, message_id, created_at, session_id, seq, appid, openid, opercode, message_type, wechat_key)
		VALUES ('{c}', gen_random_uuid(), '1999-01-01', '{s}', 2, 'wx{n}', 'o{n}', 2, 1, 'm:old')`},
	{"events", `INSERT INTO events (company_id, event_id, appid, openid, created_at, event, wechat_key) VALUES ('{c}', gen_random_uuid(), 'wx{n}', 'o{n}', now(), 'click', 'e:{n}')`},
	{"decisions", `INSERT INTO decisions (company_id, decision_id, session_id, made_at, act, reason) VALUES ('{c}', gen_random_uuid(), '{s}', now(), 'assigned', '{}')`},
	{"idempotency_keys", `INSERT INTO idempotency_keys (company_id, key, fingerprint, session_id, seq, created_at) VALUES ('{c}', 'k', 'f', '{s}', 1, now())`},
	{"queue_waits", `INSERT INTO queue_waits (company_id, appid, group_id, given_at, session_id, wait) VALUES ('{c}', 'wx{n}', 0, now(), '{s}', 5)`},
	{"participants", `INSERT INTO participants (company_id, session_id, uid) VALUES ('{c}', '{s}', {n})`},
	{"notes", `INSERT INTO notes (company_id, session_id, note_id, uid, seq, text, key, made_at) VALUES ('{c}', '{s}', '{s}', {n}, 1, '会员', gen_random_uuid(), now())`},
	{"mentions", `INSERT INTO mentions (company_id, session_id, note_id, uid) VALUES ('{c}', '{s}', '{s}', {n})`},
	{"reminders", `INSERT INTO reminders (company_id, reminder_id, uid, appid, openid, text, due_at) VALUES ('{c}', '{s}', {n}, 'wx{n}', 'o{n}', '回访', now())`},
	{"components", `INSERT INTO components (appid, secret, token, aes_key) VALUES ('wxc', 's', 't', 'k') ON CONFLICT DO NOTHING`},
	{"pre_auth_codes", `INSERT INTO pre_auth_codes (code_hash, state_hash, component_appid, company_id, uid, made_at, until)
		VALUES (sha256('c{n}'), sha256('s{n}'), 'wxc', '{c}', {n}, now(), now())`},
	{"quick_replies", `INSERT INTO quick_replies (company_id, quick_id, title, pinyin, text) VALUES ('{c}', {n}, 't', '', 'x')`},
	{"quick_reply_images", `INSERT INTO quick_reply_images (company_id, quick_id, place, upload_id) VALUES ('{c}', {n}, 1, '{s}')`},
	{"search_messages", `INSERT INTO search_messages (company_id, created_at, message_id, session_id, pairs) VALUES ('{c}', now(), gen_random_uuid(), '{s}', '{你好}')`},
	{"search_messages_other", `INSERT INTO search_messages (company_id, created_at, message_id, session_id, pairs) VALUES ('{c}', '1999-01-01', gen_random_uuid(), '{s}', '{你好}')`},
	{"instances", `INSERT INTO instances (instance_id, seen_at) VALUES ('{c}', now())`},
	{"connections", `INSERT INTO connections (company_id, uid, instance_id, since) VALUES ('{c}', {n}, '{c}', now())`},
}

// month reads the month of a partition from its name.
var month = regexp.MustCompile(`^(messages|search_messages)_(\d{4})_(\d{2})$`)

// company is a company with a row in every table.
type company struct {
	id, session string
	n           int
}

// fill names the company in a statement.
func (c *company) fill(sql string) string {
	return strings.NewReplacer("{c}", c.id, "{s}", c.session, "{n}", fmt.Sprint(c.n)).Replace(sql)
}

// furnish makes the rows of a company, in every table there is.
func furnish(t *testing.T, conn *pgx.Conn, n int, tables []string) *company {
	t.Helper()
	c := &company{id.New().String(), id.New().String(), n}
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	do := func(table, sql string) {
		if _, err := tx.Exec(t.Context(), c.fill(sql)); err != nil {
			t.Fatalf("make a row of %s: %v", table, err)
		}
	}
	do("", "SELECT set_config('app.company_id', '{c}', true)")
	made := map[string]bool{"goose_db_version": true, "search_progress": true} // goose and the migration fill them
	for _, m := range makers {
		do(m.table, m.sql)
		made[m.table] = true
	}
	for i, table := range tables {
		if m := month.FindStringSubmatch(table); m != nil {
			middle, err := time.Parse("2006-01-02", m[2]+"-"+m[3]+"-15")
			if err != nil {
				t.Fatal(err)
			}
			sql := fmt.Sprintf(`INSERT INTO messages (company_id, message_id, created_at, session_id, seq, appid, openid, opercode, message_type)
				VALUES ('{c}', gen_random_uuid(), '%s', '{s}', %d, 'wx{n}', 'o{n}', 2, 1)`, middle.Format(time.DateOnly), 100+i)
			if m[1] == "search_messages" {
				sql = fmt.Sprintf(`INSERT INTO search_messages (company_id, created_at, message_id, session_id, pairs) VALUES ('{c}', '%s', gen_random_uuid(), '{s}', '{你好}')`, middle.Format(time.DateOnly))
			}
			do(table, sql)
			made[table] = true
		}
		if !made[table] {
			t.Fatalf("table %s has no maker: add one, so that it is tried as another company", table)
		}
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	return c
}
