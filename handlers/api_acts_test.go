package handlers_test

import (
	"encoding/json"
	"strings"
	"testing"

	"weir/internal/desk"
)

func TestActsThroughTheAPI(t *testing.T) {
	r := newRoom(t)
	s := "/sessions/" + r.served("oA")
	do := func(act string, body map[string]any, status int) answer {
		r.Helper()
		a := r.ask("POST", s+"/"+act, body, "Idempotency-Key", "k")
		if a.status != status {
			t.Fatalf("%s %v: %s; want %d", act, body, a, status)
		}
		return a
	}
	is := func(a answer, state, uid any) {
		r.Helper()
		if a.at("state") != state || a.at("uid") != uid {
			t.Fatalf("%s; want state %v of %v", a, state, uid)
		}
	}
	is(do("invite", map[string]any{"uid": yu, "guest": ming}, 200), 2.0, float64(yu))
	do("invite", map[string]any{"uid": yu, "guest": ming}, 409)
	is(do("leave", map[string]any{"uid": yu}, 200), 1.0, float64(ming))
	do("leave", map[string]any{"uid": ming}, 403)
	do("takeover", map[string]any{"uid": yu}, 403)
	r.remove(`UPDATE agents SET role = 'supervisor' WHERE uid = $1`, yu)
	is(do("takeover", map[string]any{"uid": yu}, 200), 1.0, float64(yu))
	m := do("interject", map[string]any{"uid": yu, "text": "我是主管"}, 201)
	if m.at("opercode") != 3.0 || do("interject", map[string]any{"uid": yu, "text": "我是主管"}, 201).at("message_id") != m.at("message_id") {
		t.Fatalf("%s", m)
	}
	do("interject", map[string]any{"uid": ming, "text": "我也是"}, 409) // the key is another's
	is(do("release", map[string]any{"uid": yu}, 200), 3.0, nil)
	do("release", map[string]any{"uid": yu}, 409)
	is(do("transfer", map[string]any{"uid": ming, "note": "老客户"}, 200), 0.0, float64(ming))
	do("close", map[string]any{"uid": ming, "as_admin": true}, 403)
	is(do("close", map[string]any{"uid": yu, "as_admin": true}, 200), -4.0, float64(ming))

	first := r.must("GET", s+"/decisions?limit=5", nil)
	rest := r.must("GET", s+"/decisions?cursor="+first.at("next").(string), nil)
	var acts, told []string
	for _, d := range append(first.items(), rest.items()...) {
		if d["act"] == "queued" {
			continue // the desk looked for somebody in the meantime, and found nobody
		}
		acts, told = append(acts, d["act"].(string)), append(told, d["words"].(string))
		if d["reason"] == nil || d["made_at"] == nil || d["decision_id"] == nil {
			t.Errorf("%v", d)
		}
	}
	if want := "grabbed invited left taken-over interjected released transferred closed-by-admin"; strings.Join(acts, " ") != want {
		t.Errorf("decided %v, want %s", acts, want)
	}
	for _, want := range []string{"小鱼从排队里接走。", "小鱼邀请阿明一起接待。", "小鱼退出，由阿明接着接待。", "小鱼从阿明那里接管。", "商户的程序转接给阿明。留言：「老客户」", "小鱼从监控结束了会话。"} {
		if !strings.Contains(strings.Join(told, "\n"), want) {
			t.Errorf("nobody says %s: %v", want, told)
		}
	}
}

func TestAnActInAnAgentsNameIsRefusedAsTheyWouldBe(t *testing.T) {
	r := newRoom(t)
	s := "/sessions/" + r.served("oA")
	if a := r.ask("POST", s+"/transfer", map[string]any{"group": "售后", "by_uid": ming}); a.status != 403 {
		t.Errorf("a colleague handed on what is not theirs: %s", a)
	}
	if a := r.ask("PATCH", s, map[string]any{"priority": 3, "by_uid": ming}); a.status != 403 {
		t.Errorf("an agent set a priority: %s", a)
	}
	if a := r.ask("PATCH", s, map[string]any{"priority": 101}); a.status != 422 && a.status != 400 {
		t.Errorf("a priority out of all bounds: %s", a)
	}
	if a := r.ask("PATCH", s, map[string]any{"priority": 3}); a.status != 200 || a.at("priority") != 3.0 {
		t.Errorf("the company's own program: %s", a)
	}
	if a := r.ask("POST", s+"/transfer", map[string]any{"uid": ming, "by_uid": yu}); a.status != 200 || a.at("uid") != float64(ming) {
		t.Errorf("its own agent hands it on: %s", a)
	}
	all := r.must("GET", s+"/decisions", nil).items()
	if last := all[len(all)-1]; last["act"] != "transferred" || last["by"] != float64(yu) {
		t.Errorf("kept: %v", last)
	}
}

// decided is what the desk keeps of a choice.
func decided(c desk.Case) string {
	b, _ := json.Marshal(desk.Reason{Case: c, Decision: desk.Choose(c)})
	return string(b)
}

// What is told of a choice does not depend on how much of it was kept.
func TestAChoiceInPlainWords(t *testing.T) {
	r := newRoom(t)
	session := r.served("oA")
	for _, tc := range []struct{ reason, want string }{
		{decided(desk.Case{Strategy: desk.LeastBusy, Candidates: []desk.Candidate{{UID: yu, Seat: 1, Status: desk.Online, Load: 1, Capacity: 5}, {UID: ming, Seat: 2, Status: desk.Online, Load: 3, Capacity: 5}}, Others: 12}),
			"分配给小鱼：在所有有坐席的客服里选，最空闲的先接。阿明：更忙（3/5）。另外 12 位没有比较：前面已有足够的人能接。"},
		{decided(desk.Case{Target: yu, AimedBy: &desk.Aim{Kind: desk.AimedByRule, Rule: 7, Name: "找小鱼"}, Candidates: []desk.Candidate{{UID: yu, Seat: 1, Status: desk.Online, Capacity: 5}}}),
			"分配给小鱼：自动回复规则「找小鱼」指定，客户点名要找。"},
		{decided(desk.Case{AimedBy: &desk.Aim{Kind: desk.AimedByQR, Key: "kf_user_8083", Instead: ming}, Candidates: []desk.Candidate{{UID: yu, Seat: 1, Status: desk.Online, Capacity: 5}}}),
			"分配给小鱼：客户扫了二维码，要找的阿明已停用或没有坐席，在所有有坐席的客服里选。"},
		{`{"decision":{"step":"exclusive","verdicts":[{"uid":8082,"why":"chosen"},{"uid":4711,"why":"something-new"}]}}`, "分配给小鱼：是客户的专属客服。一位客服：没有轮到。"},
		{`{}`, "分配给小鱼。"},
		{`[]`, "分配给小鱼。"},
	} {
		r.remove(`DELETE FROM decisions`)
		r.remove(`INSERT INTO decisions (company_id, decision_id, session_id, made_at, act, uid, reason) VALUES ($1, gen_random_uuid(), $2, now(), 'assigned', 8082, $3::text::jsonb)`, ours, session, tc.reason)
		if got := r.must("GET", "/sessions/"+session+"/decisions", nil).items()[0]["words"]; got != tc.want {
			t.Errorf("told %s\nwant %s", got, tc.want)
		}
	}
}
