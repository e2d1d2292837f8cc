package handlers_test

import (
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"regexp"
	"sort"
	"strings"
	"testing"
)

// A call is one of the OpenAPI document, so that a new one cannot be forgotten.
type call struct {
	method, path string
	operation    map[string]any
	document     map[string]any
}

func (r *room) calls() []call {
	r.Helper()
	doc := r.askAs("", "GET", "/openapi.json", nil).body
	paths, _ := doc["paths"].(map[string]any)
	var out []call
	for path, item := range paths {
		for method, op := range item.(map[string]any) {
			out = append(out, call{strings.ToUpper(method), path, op.(map[string]any), doc})
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].path+out[i].method < out[j].path+out[j].method })
	if len(out) < 16 {
		r.Fatalf("only %d calls: the document is not whole", len(out))
	}
	return out
}

// body is one that fits the call, made of ids.
func (c call) body(t *testing.T, ids map[string]any) any {
	content, ok := c.operation["requestBody"].(map[string]any)
	if !ok {
		return nil
	}
	asJSON, ok := content["content"].(map[string]any)["application/json"].(map[string]any)
	if !ok {
		return "a file that is none"
	}
	schema := asJSON["schema"]
	v := c.value(t, schema.(map[string]any), "", ids).(map[string]any)
	if strings.HasSuffix(c.path, "/transfer") {
		delete(v, "group") // one of the two
	}
	for _, field := range []string{"assign", "target"} {
		if one, ok := v[field].(map[string]any); ok {
			delete(one, "uid")
		}
	}
	return v
}

func (c call) value(t *testing.T, schema map[string]any, name string, ids map[string]any) any {
	if v, ok := ids[name]; ok {
		return v
	}
	if ref, ok := schema["$ref"].(string); ok {
		schemas := c.document["components"].(map[string]any)["schemas"].(map[string]any)
		return c.value(t, schemas[ref[strings.LastIndex(ref, "/")+1:]].(map[string]any), name, ids)
	}
	if e, ok := schema["enum"].([]any); ok {
		return e[0]
	}
	switch kind := schema["type"].(type) {
	case string:
		switch kind {
		case "object":
			out := map[string]any{}
			props, _ := schema["properties"].(map[string]any)
			for p, s := range props {
				out[p] = c.value(t, s.(map[string]any), p, ids)
			}
			return out
		case "array":
			return []any{c.value(t, schema["items"].(map[string]any), name+"[]", ids)}
		case "integer", "number":
			return 1
		case "boolean":
			return true
		}
		return "x"
	case []any:
		one := maps.Clone(schema)
		one["type"] = kind[0]
		return c.value(t, one, name, ids)
	}
	t.Fatalf("teach this test to fill in %s of %s %s: %v", name, c.method, c.path, schema)
	return nil
}

var parameter = regexp.MustCompile(`\{(\w+)\}`)

// filled is the call's path with the ids of a company.
func (c call) filled(t *testing.T, ids map[string]any) string {
	return parameter.ReplaceAllStringFunc(c.path, func(p string) string {
		name := strings.Trim(p, "{}")
		if name == "id" {
			name = strings.TrimSuffix(strings.Split(c.path, "/")[1], "s") + "_id"
		}
		if name == "seq" { // a place, in whatever session
			return "1"
		}
		v, ok := ids[name]
		if !ok {
			t.Fatalf("teach this test an id for %s of %s", p, c.path)
		}
		return fmt.Sprint(v)
	})
}

func TestAnotherCompanyFindsNothingAndChangesNothing(t *testing.T) {
	r := newRoom(t)
	session := r.served("oA")
	r.must("POST", "/sessions/"+session+"/messages", map[string]any{"uid": yu, "text": "我们的话"}, "Idempotency-Key", "k")
	rule := r.must("GET", "/rules", nil).items()[0]
	picture := r.picture("oA")
	channel := r.must("POST", "/channels", map[string]any{"appid": ourApp, "name": "小鱼的码"}).body
	quick := r.must("POST", "/quick-replies", map[string]any{"title": "小鱼的话", "text": "我们的话", "uid": yu}).body
	if a := r.ask("GET", "/media/"+picture, nil); a.status != 200 {
		t.Fatalf("the company's own: %s", a)
	}
	upload := r.must("POST", "/media", string(jpg(t)), "Content-Type", "application/octet-stream").body["resources_id"]
	ids := map[string]any{"channel_id": channel["channel_id"], "quick_id": quick["quick_id"], "shortcut": "x", "media_id": picture, "resources_id": upload, "session_id": session, "rule_id": rule["rule_id"], "uid": yu, "guest": ming, "exclusive_uid": yu, "appid": ourApp, "openid": "oA", "group": "售后", "status": "offline",
		"message_type": 1, "kind": "exact", "seq": 1}
	before := r.everything()
	if len(before["messages"]) < 2 || len(before["rules"]) < 2 || len(before["customers"]) < 1 {
		t.Fatal("there is nothing to be found, so nothing would be tested")
	}
	for _, c := range r.calls() {
		if c.path == "/events" {
			continue // TestEventsAreOnlyTheCompanys
		}
		t.Run(c.method+" "+c.path, func(t *testing.T) {
			r := &room{T: t, process: r.process, owner: r.owner}
			path := c.filled(t, ids)
			if c.method == "GET" && !strings.Contains(c.path, "{") {
				path += "?limit=200"
			}
			a := r.askAs(theirToken, c.method, path, c.body(t, ids))
			switch {
			case strings.Contains(c.path, "{"):
				if a.status != 404 {
					t.Errorf("%s; want 404", a)
				}
			case c.method == "GET":
				if c.path == "/accounts" { // they have one of their own
					if a.status != 200 || len(a.items()) != 1 || strings.Contains(a.raw, ourApp) {
						t.Errorf("%s; want their own account alone", a)
					}
				} else if a.status != 200 || len(a.items()) != 0 {
					t.Errorf("%s; want an empty list", a)
				}
			case a.status/100 == 2:
				t.Errorf("%s; the ids in the body are another company's", a)
			}
			for _, word := range []string{"我们的话", "小鱼", "每小时八元", ours, "你好"} {
				if strings.Contains(a.raw, word) {
					t.Errorf("%s tells %s", a, word)
				}
			}
			if after := r.everything(); !reflect.DeepEqual(before, after) {
				t.Fatal("something was changed")
			}
		})
	}
	// Nor may they send what we uploaded, or see it.
	theirs := r.askAs(theirToken, "GET", "/media/"+upload.(string), nil)
	if theirs.status != 404 {
		t.Errorf("what we uploaded: %s", theirs)
	}
	for _, query := range []string{"openid=oA", "appid=" + ourApp, "uid=8082", "state=1"} {
		if a := r.askAs(theirToken, "GET", "/sessions?"+query, nil); a.status != 200 || len(a.items()) != 0 {
			t.Errorf("?%s: %s", query, a)
		}
	}
	// The same with our token finds it all: the ids are right.
	for _, c := range r.calls() {
		if c.method != "GET" || c.path == "/events" {
			continue
		}
		if a := r.ask("GET", c.filled(t, ids), nil); a.status != 200 {
			t.Errorf("we ourselves do not find %s: %s", c.path, a)
		}
	}
}

func TestNobodyGetsInWithoutAToken(t *testing.T) {
	r := newRoom(t)
	ids := map[string]any{"channel_id": 1, "quick_id": 1, "media_id": ours, "session_id": r.served("oA"), "rule_id": 1, "uid": yu, "exclusive_uid": yu, "appid": ourApp, "openid": "oA"}
	before := r.everything()
	for _, c := range r.calls() {
		for name, authorization := range map[string]string{"none": "", "unknown": "Bearer weir_unknown", "empty": "Bearer ", "another scheme": "Basic " + ourToken, "bare": ourToken,
			"its hash": "Bearer 5e0c8e3bd1f94a1c8f2b7a6d9e3c4f10", "half": "Bearer " + ourToken[:20], "more": "Bearer " + ourToken + "x"} {
			a := r.askAs("", c.method, c.filled(t, ids), c.body(t, ids), "Authorization", authorization)
			if a.status != 401 || a.header.Get("WWW-Authenticate") == "" || a.header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s %s, token %s: %s", c.method, c.path, name, a)
			}
			if strings.Contains(a.raw, ourToken[:12]) {
				t.Errorf("the token is repeated: %s", a)
			}
		}
	}
	if a := r.askAs("", "GET", "/sessions", nil, "Authorization", "bearer "+ourToken); a.status != 200 {
		t.Errorf("the scheme is written in small letters: %s", a)
	}
	if after := r.everything(); !reflect.DeepEqual(before, after) {
		t.Error("something was changed")
	}
}

func TestTheDocumentIsWhole(t *testing.T) {
	r := newRoom(t)
	a := r.askAs("", "GET", "/openapi.json", nil)
	if a.status != http.StatusOK || a.body["openapi"] != "3.1.0" {
		t.Fatalf("%d", a.status)
	}
	want := map[string]bool{}
	for _, c := range []string{"GET /sessions", "GET /sessions/{id}", "GET /sessions/{id}/messages", "POST /sessions/{id}/messages", "POST /sessions/{id}/accept", "POST /sessions/{id}/transfer",
		"POST /sessions/{id}/close", "POST /sessions/{id}/takeover", "POST /sessions/{id}/release", "POST /sessions/{id}/invite", "POST /sessions/{id}/leave",
		"POST /sessions/{id}/interject", "GET /sessions/{id}/decisions", "PUT /agents/{uid}/presence", "GET /customers/{appid}/{openid}", "PATCH /customers/{appid}/{openid}", "GET /rules", "POST /rules", "GET /rules/{id}",
		"PUT /rules/{id}", "DELETE /rules/{id}", "GET /accounts", "GET /events"} {
		want[c] = true
	}
	for _, c := range r.calls() {
		delete(want, c.method+" "+c.path)
		if c.operation["security"] == nil || c.operation["summary"] == nil {
			t.Errorf("%s %s does not say who may call it, or what it does", c.method, c.path)
		}
	}
	if len(want) > 0 {
		t.Errorf("not in the document: %v", want)
	}
	if strings.Contains(a.raw, "http://") || strings.Contains(a.raw, "https://") || strings.Contains(a.raw, "ErrorModel") {
		t.Error("the document names another place, or huma's own errors")
	}
	for _, path := range []string{"/docs", "/schemas/Session.json", "/openapi.yaml"} {
		if a := r.ask("GET", path, nil); a.status != 404 {
			t.Errorf("%s: %s", path, a)
		}
	}
}
