package handlers_test

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"weir/internal/desk"
)

func TestASessionGoesItsWay(t *testing.T) {
	r := newRoom(t)
	r.write("oA", "你好")
	s := r.live("oA")
	if s["state"] != 3.0 || s["uid"] != nil || s["type"] != "other" || s["group"] != nil || s["appid"] != ourApp || s["customer_wx_openid"] != "oA" || s["last_seq"] != 1.0 {
		t.Fatalf("queueing: %v", s)
	}
	path := "/sessions/" + s["session_id"].(string)

	a := r.must("POST", path+"/accept", map[string]any{"uid": yu})
	if a.status != 200 || a.body["state"] != 1.0 || a.body["uid"] != 8082.0 || a.body["taken_at"] == nil || a.body["customer_service_id"] == nil {
		t.Fatalf("accepted: %s", a)
	}
	a = r.must("POST", path+"/messages", map[string]any{"uid": yu, "message_type": 1, "text": "您好\n\"<b>\""})
	if a.status != 201 || a.body["text"] != "您好\n\"<b>\"" || a.body["opercode"] != 1.0 || a.body["seq"] != 2.0 || a.body["delivery"] != "queued" || a.body["uid"] != 8082.0 || a.body["company_id"] != ours {
		t.Fatalf("answered: %s", a)
	}
	if _, err := time.ParseInLocation(time.DateTime, a.body["add_time"].(string), time.UTC); err != nil {
		t.Errorf("add_time: %v", err)
	}
	if at, err := time.Parse(time.RFC3339, a.body["created_at"].(string)); err != nil || at.In(time.FixedZone("", 8*3600)).Format(time.DateTime) != a.body["add_time"] {
		t.Errorf("created_at %s, add_time %s in Shanghai, %v", a.body["created_at"], a.body["add_time"], err)
	}
	a = r.must("POST", path+"/transfer", map[string]any{"group": "售后", "note": "退款"})
	if a.body["state"] != 3.0 || a.body["group"] != "售后" || a.body["type"] != "group" || a.body["uid"] != nil {
		t.Fatalf("to a group: %s", a)
	}
	a = r.must("POST", path+"/transfer", map[string]any{"uid": ming})
	if a.body["state"] != 0.0 || a.body["uid"] != 8083.0 || a.body["type"] != "user" {
		t.Fatalf("to an agent: %s", a)
	}
	a = r.must("POST", path+"/close", nil)
	if a.body["state"] != -1.0 || a.body["closed_at"] == nil {
		t.Fatalf("closed: %s", a)
	}
	if again := r.must("POST", path+"/close", map[string]any{}); again.raw != a.raw {
		t.Errorf("closed again: %s", again)
	}
	if a := r.must("GET", path, nil); a.body["session_id"] != s["session_id"] || a.body["state"] != -1.0 {
		t.Errorf("read: %s", a)
	}
	r.write("oA", "还在吗")
	if next := r.live("oA"); next["session_id"] == s["session_id"] || next["exclusive_uid"] == nil {
		t.Errorf("the next session: %v", next)
	}
}

func TestMessagesAreReadInOrderToTheEnd(t *testing.T) {
	r := newRoom(t)
	for i := range 7 {
		r.write("oA", fmt.Sprint("第", i))
	}
	path := "/sessions/" + r.live("oA")["session_id"].(string) + "/messages"
	var seqs []float64
	for after, page := 0, 0; ; page++ {
		items := r.must("GET", fmt.Sprintf("%s?after_seq=%d&limit=3", path, after), nil).items()
		if len(items) == 0 {
			break
		}
		for _, m := range items {
			seqs = append(seqs, m["seq"].(float64))
			if m["opercode"] != 2.0 || m["delivery"] != nil {
				t.Errorf("message %v", m)
			}
		}
		after = int(seqs[len(seqs)-1])
		if page > 10 {
			t.Fatal("there is no end")
		}
	}
	if !reflect.DeepEqual(seqs, []float64{1, 2, 3, 4, 5, 6, 7}) {
		t.Errorf("seqs %v", seqs)
	}
	if n := r.pages(path, 3); len(n) != 7 {
		t.Errorf("by cursor: %d", len(n))
	}
	if a := r.must("GET", path+"?after_seq=7", nil); a.raw != `{"items":[],"next":null}`+"\n" {
		t.Errorf("the end: %s", a)
	}
}

// pages reads a list by its cursors.
func (r *room) pages(path string, limit int) (all []map[string]any) {
	r.Helper()
	join := "?"
	if strings.Contains(path, "?") {
		join = "&"
	}
	cursor := ""
	for range 100 {
		a := r.must("GET", fmt.Sprintf("%s%slimit=%d%s", path, join, limit, cursor), nil)
		if len(a.items()) > limit {
			r.Fatalf("%d items, limit %d", len(a.items()), limit)
		}
		all = append(all, a.items()...)
		if a.body["next"] == nil {
			return all
		}
		cursor = "&cursor=" + a.body["next"].(string)
	}
	r.Fatal("there is no end")
	return nil
}

func TestListsArePagedAndFiltered(t *testing.T) {
	r := newRoom(t)
	for i := range 11 {
		r.write(fmt.Sprintf("o%02d", i), "你好")
	}
	r.served("o03")
	r.must("POST", "/sessions/"+r.live("o04")["session_id"].(string)+"/close", nil)
	for _, tc := range []struct {
		query string
		want  int
	}{
		{"", 11}, {"?state=3", 9}, {"?state=1", 1}, {"?state=-1", 1}, {"?state=0", 0}, {"?uid=8082", 1}, {"?uid=8083", 0}, {"?openid=o03", 1},
		{"?left_message=false", 11}, {"?left_message=true", 0}, {"?openid=nobody", 0}, {"?appid=" + ourApp, 11}, {"?appid=" + theirApp, 0}, {"?state=3&openid=o03", 0}, {"?appid=" + ourApp + "&state=1&uid=8082", 1},
	} {
		for _, limit := range []int{1, 4, 200} {
			got := r.pages("/sessions"+tc.query, limit)
			seen := map[any]bool{}
			for _, s := range got {
				seen[s["session_id"]] = true
			}
			if len(got) != tc.want || len(seen) != tc.want {
				t.Errorf("sessions%s by %d: %d, %d different; want %d", tc.query, limit, len(got), len(seen), tc.want)
			}
		}
	}
	if a := r.must("GET", "/sessions?limit=11", nil); a.body["next"] != nil {
		t.Errorf("a full last page has a next: %v", a.body["next"])
	}
	if got := r.pages("/rules", 1); len(got) != 2 {
		t.Errorf("rules %v", got)
	}
}

func TestACustomerHasAWindowAndAQuota(t *testing.T) {
	r := newRoom(t)
	s := r.served("oA")
	path := "/customers/" + ourApp + "/oA"
	a := r.must("GET", path, nil)
	until, err := time.Parse(time.RFC3339, fmt.Sprint(a.at("window", "until")))
	if err != nil || a.at("window", "open") != true || time.Until(until) < 47*time.Hour || time.Until(until) > 48*time.Hour {
		t.Errorf("window: %s, %v", a, err)
	}
	if opened, err := time.Parse(time.RFC3339, fmt.Sprint(a.at("quota", "opened_at"))); err != nil || a.at("quota", "trigger") != "message" || until.Sub(opened) != 48*time.Hour {
		t.Errorf("quota: %s, %v", a, err)
	}
	if a.at("quota", "allowed") != 5.0 || a.at("quota", "used") != 0.0 || a.at("quota", "left") != 5.0 {
		t.Errorf("quota: %s", a)
	}
	for range 5 {
		r.must("POST", "/sessions/"+s+"/messages", map[string]any{"uid": yu, "text": "好"})
	}
	if a := r.must("GET", path, nil); a.at("quota", "used") != 5.0 || a.at("quota", "left") != 0.0 {
		t.Errorf("quota: %s", a)
	}
	no := r.ask("POST", "/sessions/"+s+"/messages", map[string]any{"uid": yu, "text": "好"})
	if no.status != 403 || no.body["code"] != "wechat.45047" || !strings.Contains(no.body["detail"].(string), "WeChat would refuse it") {
		t.Errorf("the sixth: %s", no)
	}

	a = r.must("PATCH", path, map[string]any{"exclusive_uid": ming, "remark": "老客户"})
	if a.body["exclusive_uid"] != 8083.0 || a.body["remark"] != "老客户" || a.body["exclusive_since"] == nil {
		t.Errorf("changed: %s", a)
	}
	if a = r.must("PATCH", path, map[string]any{}); a.body["exclusive_uid"] != 8083.0 || a.body["remark"] != "老客户" {
		t.Errorf("nothing changed: %s", a)
	}
	if a = r.must("PATCH", path, `{"exclusive_uid":null}`); a.body["exclusive_uid"] != nil || a.body["remark"] != "老客户" {
		t.Errorf("nobody's: %s", a)
	}
	if a = r.must("PATCH", path, `{"remark":""}`); a.body["remark"] != "" {
		t.Errorf("no remark: %s", a)
	}
}

func TestACustomerWhoNeverWroteHasNoWindow(t *testing.T) {
	r := newRoom(t)
	r.arrive(&desk.Arrival{OpenID: "oA", Event: "unsubscribe"})
	a := r.must("GET", "/customers/"+ourApp+"/oA", nil)
	if a.at("window", "open") != false || a.at("window", "until") != nil || a.at("quota", "left") != 0.0 || a.at("quota", "trigger") != "" || a.body["subscribed"] != false {
		t.Errorf("customer: %s", a)
	}
	r.write("oA", "你好")
	if a := r.must("GET", "/customers/"+ourApp+"/oA", nil); a.at("window", "open") != true || a.at("quota", "left") != 5.0 {
		t.Errorf("after writing: %s", a)
	}
}

func TestPresenceHoldsAndGivesOutTheQueue(t *testing.T) {
	r := newRoom(t)
	r.write("oA", "你好")
	for _, status := range []string{"away", "offline", "online"} {
		if a := r.must("PUT", "/agents/8082/presence", map[string]any{"status": status}); a.body["status"] != status || a.body["uid"] != 8082.0 {
			t.Errorf("presence: %s", a)
		}
	}
	r.until("小鱼 has the session", func() bool { return r.live("oA")["uid"] == 8082.0 })
}

func TestRulesAnswerTheNextCallback(t *testing.T) {
	r := newRoom(t)
	a := r.must("POST", "/rules", map[string]any{"name": "地址", "priority": 5, "appid": ourApp, "match": map[string]any{"kind": "exact", "keywords": []string{"地址"}},
		"reply": []any{map[string]any{"type": "text", "text": "人民路一号"}}, "assign": map[string]any{"group": "售后"}})
	if a.status != 201 || a.body["enabled"] != true || a.at("assign", "group") != "售后" || a.at("match", "kind") != "exact" || a.body["priority"] != 5.0 || a.body["appid"] != ourApp {
		t.Fatalf("made: %s", a)
	}
	if said := r.write("oA", "地址"); said.Text != "人民路一号" {
		t.Errorf("said %q", said.Text)
	}
	if s := r.live("oA"); s["group"] != "售后" {
		t.Errorf("session %v", s)
	}
	path := fmt.Sprintf("/rules/%.0f", a.body["rule_id"])
	if got := r.must("GET", path, nil); got.raw != a.raw {
		t.Errorf("read: %s", got)
	}
	a = r.must("PUT", path, map[string]any{"name": "地址", "match": map[string]any{"kind": "contains", "keywords": []string{"在哪"}}, "reply": []any{map[string]any{"type": "text", "text": "人民路二号"}}})
	if a.body["priority"] != 100.0 || a.body["appid"] != nil || a.body["assign"] != nil {
		t.Errorf("replaced: %s", a)
	}
	if said := r.write("oA", "你们在哪里？"); said.Text != "人民路二号" {
		t.Errorf("said %q", said.Text)
	}
	if a = r.must("DELETE", path, nil); a.status != 204 || a.raw != "" {
		t.Errorf("removed: %s", a)
	}
	if said := r.write("oA", "你们在哪里？"); said.Text != "" {
		t.Errorf("said %q", said.Text)
	}
	if a = r.ask("GET", path, nil); a.status != 404 || a.body["code"] != "rule.missing" {
		t.Errorf("gone: %s", a)
	}
}

func TestRefusals(t *testing.T) {
	r := newRoom(t)
	s := "/sessions/" + r.served("oA")
	r.write("oQ", "你好")
	q := "/sessions/" + r.live("oQ")["session_id"].(string)
	r.write("oC", "你好")
	closed := "/sessions/" + r.live("oC")["session_id"].(string)
	r.must("POST", closed+"/close", nil)
	customer := "/customers/" + ourApp + "/oA"
	nobody := "/sessions/" + strings.Repeat("0", 32)
	say := map[string]any{"uid": yu, "text": "好"}
	rule := func(change map[string]any) map[string]any {
		m := map[string]any{"name": "新", "match": map[string]any{"kind": "exact", "keywords": []string{"新"}}, "reply": []any{map[string]any{"type": "text", "text": "新"}}}
		for k, v := range change {
			m[k] = v
		}
		return m
	}
	for _, tc := range []struct {
		name         string
		method, path string
		body         any
		status       int
		code         string
		detail       string // in it
	}{
		{"no such session", "GET", nobody, nil, 404, "session.missing", "There is no such session."},
		{"what is no id is no session", "GET", "/sessions/xyz", nil, 404, "session.missing", ""},
		{"messages of no session", "GET", nobody + "/messages", nil, 404, "session.missing", ""},
		{"an answer in no session", "POST", nobody + "/messages", say, 404, "session.missing", ""},
		{"accept no session", "POST", nobody + "/accept", map[string]any{"uid": yu}, 404, "session.missing", ""},
		{"transfer no session", "POST", nobody + "/transfer", map[string]any{"uid": yu}, 404, "session.missing", ""},
		{"close no session", "POST", nobody + "/close", nil, 404, "session.missing", ""},
		{"no such agent accepts", "POST", q + "/accept", map[string]any{"uid": 1}, 404, "agent.missing", ""},
		{"another agent has it", "POST", s + "/accept", map[string]any{"uid": ming}, 409, "session.taken-by", "小鱼 has taken the session."},
		{"what is closed is not opened", "POST", closed + "/accept", map[string]any{"uid": yu}, 409, "session.closed", ""},
		{"what is closed is not answered", "POST", closed + "/messages", say, 409, "session.closed", "The session is closed."},
		{"what is closed is not transferred", "POST", closed + "/transfer", map[string]any{"uid": yu}, 409, "session.closed", ""},
		{"what queues is not answered", "POST", q + "/messages", say, 403, "session.not-yours", ""},
		{"another agent's is not answered", "POST", s + "/messages", map[string]any{"uid": ming, "text": "好"}, 409, "session.taken-by", ""},
		{"another agent's is not closed", "POST", s + "/close", map[string]any{"uid": ming}, 403, "session.close-not-yours", ""},
		{"nothing to say", "POST", s + "/messages", map[string]any{"uid": yu, "text": " "}, 422, "reply.empty", ""},
		{"too much to say", "POST", s + "/messages", map[string]any{"uid": yu, "text": strings.Repeat("长", 6900)}, 422, "reply.long", "20700 bytes"},
		{"a picture without one", "POST", s + "/messages", map[string]any{"uid": yu, "message_type": 2, "text": "x"}, 422, "upload.none", ""},
		{"type 0 is not text", "POST", s + "/messages", map[string]any{"uid": yu, "message_type": 0, "text": "x"}, 422, "message.kind", ""},
		{"to an agent and a group", "POST", s + "/transfer", map[string]any{"uid": ming, "group": "售后"}, 422, "transfer.one-target", ""},
		{"to nobody", "POST", s + "/transfer", map[string]any{}, 422, "transfer.one-target", ""},
		{"to who has it", "POST", s + "/transfer", map[string]any{"uid": yu}, 409, "transfer.has-it", ""},
		{"to no such agent", "POST", s + "/transfer", map[string]any{"uid": 1}, 404, "agent.missing", ""},
		{"to no such group", "POST", s + "/transfer", map[string]any{"group": "无"}, 404, "group.missing", "There is no group named 无."},
		{"no such status", "PUT", "/agents/8082/presence", map[string]any{"status": "asleep"}, 422, "presence.unknown", ""},
		{"no such agent", "PUT", "/agents/1/presence", map[string]any{"status": "online"}, 404, "agent.missing", ""},
		{"what is no number is no agent", "PUT", "/agents/x/presence", map[string]any{"status": "online"}, 404, "agent.missing", ""},
		{"no such customer", "GET", "/customers/" + ourApp + "/nobody", nil, 404, "customer.missing", ""},
		{"no such account", "PATCH", "/customers/wx0/oA", map[string]any{}, 404, "customer.missing", ""},
		{"exclusive to nobody we know", "PATCH", customer, map[string]any{"exclusive_uid": 1}, 422, "agent.missing", ""},
		{"no remark is an empty one", "PATCH", customer, `{"remark":null}`, 422, "", ""},
		{"a remark that is too long", "PATCH", customer, map[string]any{"remark": strings.Repeat("长", 101)}, 422, "", ""},
		{"no such rule", "GET", "/rules/999999", nil, 404, "rule.missing", ""},
		{"what is no number is no rule", "DELETE", "/rules/x", nil, 404, "rule.missing", ""},
		{"replace no rule", "PUT", "/rules/999999", rule(nil), 404, "rule.missing", ""},
		{"two rules of one name", "POST", "/rules", rule(map[string]any{"name": "价格"}), 409, "rule.name-taken", "There is a rule named 价格 already."},
		{"a rule for no account", "POST", "/rules", rule(map[string]any{"appid": "wx0"}), 422, "rule.appid", ""},
		{"a rule for no group", "POST", "/rules", rule(map[string]any{"assign": map[string]any{"group": "无"}}), 422, "rule.group", ""},
		{"a rule for no agent", "POST", "/rules", rule(map[string]any{"assign": map[string]any{"uid": 1}}), 422, "rule.agent", ""},
		{"a rule for an agent and a group", "POST", "/rules", rule(map[string]any{"assign": map[string]any{"uid": yu, "group": "售后"}}), 422, "rule.one-target", ""},
		{"a rule without keywords", "POST", "/rules", rule(map[string]any{"match": map[string]any{"kind": "contains"}}), 422, "rule.no-keywords", ""},
		{"a rule that does nothing", "POST", "/rules", rule(map[string]any{"reply": []any{}}), 422, "rule.nothing", ""},
		{"a rule without a name", "POST", "/rules", rule(map[string]any{"name": " "}), 422, "rule.name", ""},
		{"an answer that is too long", "POST", "/rules", rule(map[string]any{"reply": []any{map[string]any{"type": "text", "text": strings.Repeat("a", 2048)}}}), 422, "rule.reply", "at most 2047 bytes"},
		{"a kind of rule that there is not", "POST", "/rules", rule(map[string]any{"match": map[string]any{"kind": "regex", "keywords": []string{"a"}}}), 422, "request.shape", ""},

		{"an unknown field", "POST", s + "/messages", map[string]any{"uid": yu, "text": "好", "colour": "red"}, 422, "request.shape", "body.colour: unexpected property"},
		{"a field that is missing", "POST", s + "/messages", map[string]any{"text": "x"}, 422, "request.shape", "uid"},
		{"an object where a text should be", "POST", s + "/messages", map[string]any{"uid": yu, "text": map[string]any{"$ne": ""}}, 422, "request.shape", "body.text: expected string"},
		{"a text where a number should be", "POST", s + "/accept", map[string]any{"uid": "8082"}, 422, "request.shape", "body.uid: expected integer"},
		{"a number that is too large", "POST", s + "/accept", `{"uid":1e300}`, 422, "request.shape", ""},
		{"null", "POST", s + "/accept", `{"uid":null}`, 422, "request.shape", ""},
		{"no JSON", "POST", s + "/accept", `{"uid":`, 400, "request.shape", ""},
		{"two of them", "POST", s + "/accept", `{"uid":8082}{"uid":8082}`, 400, "request.shape", ""},
		{"no body", "POST", s + "/accept", nil, 400, "request.shape", ""},
		{"a list", "POST", s + "/accept", `[]`, 422, "request.shape", ""},
		{"NUL", "POST", s + "/transfer", `{"group":"售后","note":"a\u0000"}`, 400, "request.shape", "NUL"},
		{"a body that is too large", "POST", s + "/messages", map[string]any{"uid": yu, "text": strings.Repeat("a", 70_000)}, 413, "too-large", ""},
		{"an unknown parameter", "GET", "/sessions?stat=3", nil, 422, "request.shape", "query.stat"},
		{"a state that there is not", "GET", "/sessions?state=7", nil, 422, "request.shape", ""},
		{"no number", "GET", "/sessions?uid=x", nil, 422, "request.shape", ""},
		{"no page at all", "GET", "/sessions?limit=0", nil, 422, "request.shape", ""},
		{"too large a page", "GET", "/sessions?limit=201", nil, 422, "request.shape", ""},
		{"a cursor of ours it is not", "GET", "/sessions?cursor=abc", nil, 422, "list.cursor", ""},
		{"a cursor of another list", "GET", "/sessions?cursor=cgAAAAAAAAAA", nil, 422, "list.cursor", ""},
		{"NUL in a parameter", "GET", "/sessions?openid=%00", nil, 422, "request.text", ""},
		{"NUL in a path", "GET", "/customers/" + ourApp + "/a%00", nil, 422, "request.text", ""},
		{"no UTF-8", "GET", "/sessions?openid=%ff", nil, 422, "request.text", ""},
		{"no such call", "GET", "/nothing", nil, 404, "request.no-call", ""},
		{"no such method", "DELETE", "/sessions", nil, 405, "request.method", ""},
		{"no such method of a session", "PUT", s, nil, 405, "request.method", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := &room{T: t, process: r.process, owner: r.owner}
			before := r.everything()
			a := r.ask(tc.method, tc.path, tc.body)
			if a.status != tc.status || tc.code != "" && a.body["code"] != tc.code {
				t.Fatalf("%s; want %d %s", a, tc.status, tc.code)
			}
			if ct := a.header.Get("Content-Type"); ct != "application/problem+json" {
				t.Errorf("Content-Type %s", ct)
			}
			if a.body["status"] != float64(tc.status) || a.body["title"] != http.StatusText(tc.status) || a.body["type"] != "urn:weir:problem:"+fmt.Sprint(a.body["code"]) {
				t.Errorf("problem %s", a)
			}
			detail, _ := a.body["detail"].(string)
			if !strings.Contains(detail, tc.detail) || !strings.HasSuffix(detail, ".") && !strings.HasSuffix(detail, "}") {
				t.Errorf("detail %q, want %q", detail, tc.detail)
			}
			if strings.Contains(a.raw, "went wrong") || strings.Contains(a.raw, "Go value") {
				t.Errorf("no reason is given: %s", a)
			}
			if after := r.everything(); !reflect.DeepEqual(before, after) {
				t.Error("something was changed")
			}
		})
	}
}

func TestProblemsAreToldInTheReadersLanguage(t *testing.T) {
	r := newRoom(t)
	for language, want := range map[string]string{"": "There is no such session.", "en-GB": "There is no such session.", "zh-CN,zh;q=0.9": "没有这个会话。", "fr": "There is no such session."} {
		if a := r.ask("GET", "/sessions/x", nil, "Accept-Language", language); a.body["detail"] != want {
			t.Errorf("%q: %s", language, a)
		}
	}
}

func TestTheSameAnswerTwentyTimesIsOne(t *testing.T) {
	r := newRoom(t)
	s := r.served("oA")
	for range 4 { // one is left, so that a copy which came too late would be refused
		r.must("POST", "/sessions/"+s+"/messages", map[string]any{"uid": yu, "text": "先"})
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	ids := map[any]int{}
	for range 20 {
		all.Go(func() {
			a := r.ask("POST", "/sessions/"+s+"/messages", map[string]any{"uid": yu, "text": "好的"}, "Idempotency-Key", "k-1")
			mu.Lock()
			defer mu.Unlock()
			if a.status != 201 || a.body["text"] != "好的" || a.body["seq"] != 6.0 {
				t.Errorf("%s", a)
			}
			ids[a.body["message_id"]]++
		})
	}
	all.Wait()
	if len(ids) != 1 {
		t.Errorf("%d messages: %v", len(ids), ids)
	}
	if n := len(r.pages("/sessions/"+s+"/messages", 200)); n != 6 {
		t.Errorf("%d messages in the thread", n)
	}
	for name, body := range map[string]any{"another text": map[string]any{"uid": yu, "text": "不好"}, "another agent": map[string]any{"uid": ming, "text": "好的"}} {
		if a := r.ask("POST", "/sessions/"+s+"/messages", body, "Idempotency-Key", "k-1"); a.status != 409 || a.body["code"] != "reply.key-reused" {
			t.Errorf("%s under the same key: %s", name, a)
		}
	}
	r.must("POST", "/sessions/"+s+"/close", nil)
	if a := r.ask("POST", "/sessions/"+s+"/messages", map[string]any{"uid": yu, "text": "好的"}, "Idempotency-Key", "k-1"); a.status != 201 || a.body["seq"] != 6.0 {
		t.Errorf("a repeat after the close: %s", a)
	}
	if a := r.ask("POST", "/sessions/"+s+"/messages", map[string]any{"uid": yu, "text": "好的"}, "Idempotency-Key", strings.Repeat("k", 256)); a.status != 422 || a.body["code"] != "reply.key" {
		t.Errorf("a long key: %s", a)
	}
}
