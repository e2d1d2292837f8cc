package store

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"weir/internal/testkit"
)

// Each rule that the schema holds by itself, and a row that breaks it. {c}, {s} and {n} are as in the makers.
var rules = []struct {
	rule, sql, code, constraint string
}{
	// sessions
	{"a customer has one live session", session("'o{n}'", "3", "NULL", "NULL"), unique, "sessions_one_live"},
	{"a waiting session is somebody's", session("'new'", "0", "NULL", "NULL"), check, "served_by_someone"},
	{"a session in conversation is somebody's", session("'new'", "1", "NULL", "NULL"), check, "served_by_someone"},
	{"a queueing session is nobody's", session("'new'", "3", "{n}", "now()"), check, "queueing_for_no_one"},
	{"whoever has a session has been given it at a time", session("'new'", "1", "{n}", "NULL"), check, "assigned_has_a_time"},
	{"a closed session has a time", session("'new'", "-1", "NULL", "NULL"), check, "closed_has_a_time"},
	{"a live session has no time of its end", `UPDATE sessions SET closed_at = now()`, check, "closed_has_a_time"},
	{"there is no state beyond 3", `UPDATE sessions SET state = 4`, check, "sessions_state_check"},
	{"nor below -4", `UPDATE sessions SET state = -5, closed_at = now()`, check, "sessions_state_check"},
	{"a session for a named agent names one", `UPDATE sessions SET type = 'user'`, check, "type_names_its_target"},
	{"one for anybody names nobody", `UPDATE sessions SET target_uid = {n}`, check, "type_names_its_target"},
	{"one for a group names the group", `UPDATE sessions SET type = 'group'`, check, "type_names_its_target"},
	{"there is no fourth type", `UPDATE sessions SET type = 'all'`, check, ""},
	{"no message has a place before the first", `UPDATE sessions SET last_seq = -1`, check, "sessions_last_seq_check"},
	{"a session is of a customer", session("'stranger'", "3", "NULL", "NULL"), foreign, ""},
	{"a session's agent is one of the company", `UPDATE sessions SET state = 0, uid = 4711, assigned_at = now()`, foreign, ""},
	{"a session's group is one of the company", `UPDATE sessions SET type = 'group', group_id = 4711`, foreign, ""},
	{"a session's seat is one of the company", `UPDATE sessions SET customer_service_id = 4711`, foreign, ""},
	{"a group conversation has guests", `UPDATE sessions SET state = 2, uid = {n}, assigned_at = now(), taken_at = now()`, check, "guests_make_a_group"},
	{"guests make a group conversation", `UPDATE sessions SET guests = '{1}'`, check, "guests_make_a_group"},
	{"nobody is a guest in their own session", `UPDATE sessions SET state = 2, uid = {n}, assigned_at = now(), taken_at = now(), guests = '{{n}}'`, check, "no_guest_in_ones_own"},
	{"a guest is an agent of the company", `UPDATE sessions SET state = 2, uid = {n}, assigned_at = now(), taken_at = now(), guests = '{4711}'`, foreign, "participants"},
	{"a customer is owed one of a few words", `UPDATE sessions SET owed = 'something'`, check, "sessions_owed_check"},
	{"only a queueing session was given back", `UPDATE sessions SET state = 0, uid = {n}, assigned_at = now(), left_uid = {n}`, check, "left_while_queueing"},
	{"a conversation was opened at a time", `UPDATE sessions SET state = 1, uid = {n}, assigned_at = now()`, check, "taken_has_a_time"},
	{"a waiting session was not", `UPDATE sessions SET state = 0, uid = {n}, assigned_at = now(), taken_at = now()`, check, "taken_has_a_time"},
	// menus
	{"a menu was published at some time", `UPDATE menus SET published = '[]'`, check, "published_some_time"},
	{"who published it is an agent of the company", `UPDATE menus SET by_uid = 4711`, foreign, ""},
	// messages
	{"a callback is kept once", message("3", "2", "NULL", "'m:now'"), unique, "wechat_key"},
	{"an empty key matches everything, so there is none", message("3", "2", "NULL", "''"), check, "messages_wechat_key_check"},
	{"two messages have no one place", message("1", "2", "NULL", "NULL"), unique, "session_id_seq"},
	{"places count from 1", message("0", "2", "NULL", "NULL"), check, "messages_seq_check"},
	{"what a customer sent is not delivered", message("3", "2", "'sent'", "NULL"), check, "outgoing_has_a_delivery"},
	{"what an agent sends is", message("3", "1", "NULL", "NULL"), check, "outgoing_has_a_delivery"},
	{"what a rule sends is", message("3", "5", "NULL", "NULL"), check, "outgoing_has_a_delivery"},
	{"there are five states of delivery", message("3", "1", "'lost'", "NULL"), check, "messages_delivery_check"},
	{"there is no opercode 6", message("3", "6", "'sent'", "NULL"), check, "messages_opercode_check"},
	{"nor 0", message("3", "0", "'sent'", "NULL"), check, "messages_opercode_check"},
	{"there is no message type 7", `UPDATE messages SET message_type = 7`, check, "messages_message_type_check"},
	{"what is queued is due some time", message("3", "1", "'queued'", "NULL"), check, "queued_is_due_some_time"},
	{"what is being sent is sent by some process", message("3", "1", "'sending'", "NULL"), check, "sending_by_someone"},
	{"a message in a session has a place in it", message("NULL", "2", "NULL", "NULL"), check, "a_place_in_its_session"},
	{"only an automatic answer is in no session", `UPDATE messages SET session_id = NULL, seq = NULL`, check, "a_place_in_its_session"},
	{"a message's session is one of the company", `UPDATE messages SET session_id = gen_random_uuid()`, foreign, ""},
	{"what was sent instead has a place", `UPDATE messages SET resent_seq = 0`, check, "messages_resent_seq_check"},
	// customers
	{"no less than nothing waits for a customer", `UPDATE customers SET held = -1`, check, "customers_held_check"},
	{"an account in trouble is tried again some time", `UPDATE accounts SET trouble_at = now()`, check, "trouble_is_probed"},
	{"a customer is one row", `INSERT INTO customers (company_id, appid, openid, first_at, heard_at) VALUES ('{c}', 'wx{n}', 'o{n}', now(), now())`, unique, "customers_pkey"},
	{"a customer has an openid", `UPDATE customers SET openid = '' WHERE openid = 'new'`, check, "customers_openid_check"},
	{"of at most 64 bytes", `UPDATE customers SET openid = repeat('o', 65) WHERE openid = 'new'`, check, "customers_openid_check"},
	{"nothing less than nothing was sent", `UPDATE customers SET quota_used = -1`, check, "customers_quota_used_check"},
	{"nor in a window of events", `UPDATE customers SET event_used = -1`, check, "customers_event_used_check"},
	{"a customer's agent is one of the company", `UPDATE customers SET exclusive_uid = 4711`, foreign, ""},
	{"a customer writes to an account of the company", `INSERT INTO customers (company_id, appid, openid, first_at, heard_at) VALUES ('{c}', 'wx4711', 'o', now(), now())`, foreign, ""},
	{"only a queueing session is held, and for somebody", `UPDATE sessions SET held = true`, check, "held_while_queueing"},
	{"a closed session is never due", `UPDATE sessions SET state = -1, closed_at = now(), due_at = now()`, check, "closed_is_never_due"},
	// the others
	{"an overflow has a time", `UPDATE groups SET overflow_group_id = group_id + 1`, check, "overflow_has_a_time"},
	{"a group does not overflow into itself", `UPDATE groups SET overflow_group_id = group_id, overflow_after = 1`, check, "overflow_goes_elsewhere"},
	{"an event is kept once", `INSERT INTO events (company_id, event_id, appid, openid, created_at, event, wechat_key) VALUES ('{c}', gen_random_uuid(), 'wx{n}', 'o{n}', now(), 'click', 'e:{n}')`, unique, ""},
	{"an event has a key", `UPDATE events SET wechat_key = ''`, check, ""},
	{"no group takes the name of the queue of none", `UPDATE groups SET name = 'other'`, check, "groups_name_check"},
	{"an agent has one seat at an account", `INSERT INTO seats (company_id, appid, uid) VALUES ('{c}', 'wx{n}', {n})`, unique, ""},
	{"an encrypted account has a key", `UPDATE accounts SET aes_key = NULL`, check, "encryption_needs_a_key"},
	{"an account that is connected directly has its secrets", `UPDATE accounts SET secret = NULL`, check, "connected_by_what_it_takes"},
	{"one that is connected by the component has a refresh token", `UPDATE accounts SET via = 'component', component_appid = 'wxc', authorised_at = now()`, check, "connected_by_what_it_takes"},
	{"a component is one that there is", `UPDATE accounts SET component_appid = 'wx4711'`, foreign, ""},
	{"only an authorisation can be withdrawn", `UPDATE accounts SET unauthorised_at = now()`, check, "withdrawn_was_authorised"},
	{"an account that was moved opens nothing here", `UPDATE accounts SET moved_at = now()`, check, "moved_opens_nothing"},
	{"there is one component", `INSERT INTO components (appid, secret, token, aes_key) VALUES ('wx2', 's', 't', 'k')`, unique, "components_one"},
	{"a ticket has a time", `UPDATE components SET ticket = 't'`, check, "ticket_has_a_time"},
	{"a code is one attempt", `INSERT INTO pre_auth_codes (code_hash, state_hash, component_appid, company_id, uid, made_at, until) VALUES (sha256('c{n}'), 'x', 'wxc', '{c}', {n}, now(), now())`, unique, "pre_auth_codes_pkey"},
	{"an attempt is an agent's of the company", `UPDATE pre_auth_codes SET uid = 4711`, foreign, ""},
	{"an account is of one company", `INSERT INTO appids (appid, company_id) VALUES ('wx{n}', '{c}')`, unique, "appids_pkey"},
	{"a rule that is no follow has keywords", `UPDATE rules SET keywords = '{}'`, check, "keywords_unless_follow"},
	{"a rule does something", `UPDATE rules SET reply = '[]'`, check, "a_rule_does_something"},
	{"a rule sends to an agent or to a group", `UPDATE rules SET assign_uid = {n}, assign_group_id = {n}`, check, "one_target"},
	{"an upload is a picture, a voice message or a video", `UPDATE uploads SET kind = 'file'`, check, "uploads_kind_check"},
	{"what is sent was uploaded", `INSERT INTO messages (company_id, message_id, created_at, session_id, seq, appid, openid, opercode, message_type, delivery, data)
		VALUES ('{c}', gen_random_uuid(), now(), '{s}', 52, 'wx{n}', 'o{n}', 1, 2, 'sent', '{"resources_id":"{c}"}')`, foreign, ""},
	{"a hash is a token of its company", `INSERT INTO token_hashes (hash, company_id) VALUES (sha256('4711'), '{c}')`, foreign, ""},
	{"a capacity is not below none", `UPDATE agents SET capacity = -1`, check, "agents_capacity_check"},
	{"an address is in lower case", `UPDATE agents SET email = 'A@example'`, check, "agents_email_check"},
	{"an agent is addressed by one login", `INSERT INTO logins (email, company_id, uid) VALUES ('other@example', '{c}', {n})`, unique, ""},
}

const (
	check   = "23514"
	unique  = "23505"
	foreign = "23503"
)

func session(openid, state, uid, assigned string) string {
	return `INSERT INTO sessions (company_id, session_id, appid, openid, state, type, uid, assigned_at, created_at, queued_at, oldest_at, last_at)
		VALUES ('{c}', gen_random_uuid(), 'wx{n}', ` + openid + `, ` + state + `, 'other', ` + uid + `, ` + assigned + `, now(), now(), now(), now())`
}

func message(seq, opercode, delivery, key string) string {
	return `INSERT INTO messages (company_id, message_id, created_at, session_id, seq, appid, openid, opercode, message_type, delivery, wechat_key)
		SELECT company_id, gen_random_uuid(), created_at, session_id, ` + seq + `, appid, openid, ` + opercode + `, 1, ` + delivery + `, ` + key + `
		FROM messages WHERE wechat_key = 'm:now'`
}

func TestTheSchemaHoldsItsRulesByItself(t *testing.T) {
	owner, app := testkit.Postgres(t, migrate)
	conn := connect(t, app)
	c := furnish(t, conn, 1, names(tablesOf(t, connect(t, owner))))
	for _, tc := range rules {
		t.Run(tc.rule, func(t *testing.T) {
			as(t, conn, c.id, func(tx pgx.Tx) {
				if _, err := tx.Exec(t.Context(), c.fill(`INSERT INTO customers (company_id, appid, openid, first_at, heard_at) VALUES ('{c}', 'wx{n}', 'new', now(), now())`)); err != nil {
					t.Fatal(err)
				}
				_, err := try(t, tx, c.fill(tc.sql))
				got, constraint := code(err)
				if got != tc.code || !strings.Contains(constraint, tc.constraint) {
					t.Errorf("PostgreSQL said %v (%s of %s), want %s of %s", err, got, constraint, tc.code, tc.constraint)
				}
			})
		})
	}
}

func TestEveryNamedRuleIsTried(t *testing.T) {
	owner, _ := testkit.Postgres(t, migrate)
	rows, err := connect(t, owner).Query(t.Context(), `SELECT conname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
		WHERE k.contype = 'c' AND c.relname IN ('sessions', 'messages', 'customers') AND c.relnamespace = current_schema()::regnamespace`)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(all) < 12 {
		t.Fatal(all, err)
	}
	for _, name := range all {
		tried := name == "sessions_type_check" // a fourth type breaks another rule at the same time, which speaks first
		for _, tc := range rules {
			tried = tried || tc.constraint == name
		}
		if !tried {
			t.Errorf("nobody tries to break %s", name)
		}
	}
}
