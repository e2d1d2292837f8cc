package handlers_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestProgramsArrangeQuickReplies(t *testing.T) {
	r := newRoom(t)
	picture := r.must("POST", "/media", string(jpg(t)), "Content-Type", "application/octet-stream").body["resources_id"]
	own := r.must("POST", "/quick-replies", map[string]any{"title": "退款说明", "shortcut": "TK", "text": "{客户}您好", "uid": yu, "images": []any{picture}}).body
	if own["shortcut"] != "tk" || own["uid"] != float64(yu) || own["group"] != nil || own["used"] != float64(0) || len(own["images"].([]any)) != 1 {
		t.Errorf("made %v", own)
	}
	r.must("POST", "/quick-replies", map[string]any{"title": "退款说明", "text": "大家的"})
	r.must("POST", "/quick-replies", map[string]any{"title": "退款说明", "text": "售后的", "group": "售后"})
	for _, tc := range []struct {
		name   string
		body   map[string]any
		status int
		say    string
	}{
		{"a title that there is", map[string]any{"title": "退款说明", "text": "x", "uid": yu}, 409, "already"},
		{"a group that there is not", map[string]any{"title": "a", "text": "x", "group": "没有"}, 422, "no group named"},
		{"an agent who is not there", map[string]any{"title": "a", "text": "x", "uid": 99}, 422, "no such agent"},
		{"an agent and a group", map[string]any{"title": "a", "text": "x", "uid": yu, "group": "售后"}, 422, "one of the three"},
		{"a variable that there is not", map[string]any{"title": "a", "text": "{价格}"}, 422, "no variable {价格}"},
		{"nothing", map[string]any{"title": "a"}, 422, "Write a text"},
	} {
		if a := r.ask("POST", "/quick-replies", tc.body, "Accept-Language", "en"); a.status != tc.status || !strings.Contains(a.raw, tc.say) {
			t.Errorf("%s: %s", tc.name, a)
		}
	}
	for query, want := range map[string]int{"": 3, "?uid=8082": 1, "?group=售后": 1, "?limit=2": 2} {
		if a := r.must("GET", "/quick-replies"+query, nil); len(a.items()) != want {
			t.Errorf("%s lists %d: %s", query, len(a.items()), a)
		}
	}
	first := r.must("GET", "/quick-replies?limit=2", nil)
	if rest := r.must("GET", "/quick-replies?limit=2&cursor="+first.body["next"].(string), nil); len(rest.items()) != 1 || rest.body["next"] != nil {
		t.Errorf("the next page: %s", rest)
	}
	at := "/quick-replies/" + fmt.Sprint(own["quick_id"])
	changed := r.must("PUT", at, map[string]any{"title": "退款", "text": "改过"}).body
	if changed["uid"] != nil || changed["title"] != "退款" || len(changed["images"].([]any)) != 0 {
		t.Errorf("replaced: %v", changed)
	}
	if a := r.ask("DELETE", at, nil); a.status != 204 {
		t.Errorf("removed: %s", a)
	}
	for _, method := range []string{"GET", "DELETE"} {
		if a := r.ask(method, at, nil); a.status != 404 {
			t.Errorf("%s of what is gone: %s", method, a)
		}
	}
}
