package e2e

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// hired is what an admin enters of a new agent.
func hired() url.Values {
	return url.Values{"name": {"小白"}, "email": {"XiaoBai@wangyu.example"}, "password": {"a-good-password"}, "role": {"agent"}, "capacity": {"4"}, "conversations": {"0"}, "seats": {"every"}}
}

func TestAnAdminHiresSomebodyWhoServesAtOnce(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	w.secrets = append(w.secrets, "a-good-password", "another-password")
	admin := w.client(a, adminMail)
	for field, wrong := range map[string]string{"email": "nobody", "password": "short", "role": "boss", "capacity": "many", "name": " "} {
		form := hired()
		form.Set(field, wrong)
		if status, body := w.does(admin, "POST", a.url("/settings/agents"), form); status != http.StatusUnprocessableEntity && status != http.StatusBadRequest || !strings.Contains(body, "<") {
			t.Errorf("%s %q was answered %d: %s", field, wrong, status, tail(body, 200))
		}
	}
	if status, body := w.does(admin, "POST", a.url("/settings/agents"), hired()); status != http.StatusSeeOther {
		t.Fatalf("hiring was answered %d: %s", status, tail(body, 300))
	}
	if status, body := w.does(admin, "POST", a.url("/settings/agents"), hired()); status != http.StatusConflict || !strings.Contains(body, "已经有人在用") && !strings.Contains(body, "already") {
		t.Errorf("the same address again was answered %d: %s", status, tail(body, 200))
	}
	page := a.url("/settings/agents/8084")
	if _, body := w.get(admin, page); !strings.Contains(body, "xiaobai@wangyu.example") || strings.Contains(body, "argon2id") || strings.Contains(body, "a-good-password") {
		t.Error("the page does not show the agent, or shows a password")
	}
	bai := w.logged(a, "xiaobai@wangyu.example", "a-good-password")
	if status, _ := w.get(bai, a.url("/")); status != http.StatusOK {
		t.Fatalf("who was hired gets %d", status)
	}
	w.api(a, "PUT", "/agents/8084/presence", map[string]any{"status": "online"}, nil)
	w.writes(chen, "你好")
	w.sessionOf(a, chen, 8084)

	// Without a seat they are given nothing more; a new password ends the old login.
	form := hired()
	form.Set("password", "another-password")
	form.Set("seats", "chosen")
	if status, body := w.does(admin, "PUT", page, form); status != http.StatusNoContent {
		t.Fatalf("the change was answered %d: %s", status, tail(body, 300))
	}
	w.until("the old login is over", 5*time.Second, func() bool { status, _ := w.get(bai, a.url("/")); return status == http.StatusSeeOther })
	w.api(a, "PUT", "/agents/8082/presence", map[string]any{"status": "online"}, nil)
	w.writes(zhao, "你好")
	w.sessionOf(a, zhao, 8082)
}

func TestWhoIsDisabledIsOutWithinASecond(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	w.online(a, yu)
	w.writes(chen, "在吗")
	s := w.sessionOf(a, chen, 8082)
	admin := w.client(a, adminMail)
	if status, body := w.does(admin, "PUT", a.url("/settings/agents/8001/disabled"), url.Values{"off": {"1"}}); status != http.StatusForbidden || !strings.Contains(body, "唯一的管理员") && !strings.Contains(body, "only admin") {
		t.Errorf("the only admin: %d %s", status, tail(body, 200))
	}
	owner := w.client(a, yuMail)
	stream, err := owner.Get(a.url("/live"))
	if err != nil || stream.StatusCode != http.StatusOK {
		t.Fatalf("the stream: %v", err)
	}
	defer stream.Body.Close()
	ended := make(chan time.Time, 1)
	go func() {
		_, _ = io.Copy(io.Discard, stream.Body)
		ended <- time.Now()
	}()
	began := time.Now()
	if status, body := w.does(admin, "PUT", a.url("/settings/agents/8082/disabled"), url.Values{"off": {"1"}}); status != http.StatusNoContent {
		t.Fatalf("disabling was answered %d: %s", status, tail(body, 300))
	}
	w.until("the login is over", 5*time.Second, func() bool { status, _ := w.get(owner, a.url("/")); return status == http.StatusSeeOther })
	select {
	case at := <-ended:
		t.Logf("the stream ended after %v", at.Sub(began))
	case <-time.After(5 * time.Second):
		t.Error("the stream goes on")
	}
	w.until("what waits is back in the queue", 10*time.Second, func() bool { got := w.sessionOf(a, chen, 0); return got.ID == s.ID && got.State == 3 })
}

func TestAnAdminArrangesWhoGetsWhat(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	admin := w.client(a, adminMail)
	form := url.Values{"name": {"会员"}, "strategy": {"in_order"}, "priority": {"5"}, "member": {"8082", "8083"}, "place_8082": {"2"}, "place_8083": {"1"},
		"overflow": {"anybody"}, "overflow_after": {"60"}, "overflow_after_unit": {"s"}, "default_of": {appid}}
	if status, body := w.does(admin, "POST", a.url("/settings/groups"), form); status != http.StatusSeeOther {
		t.Fatalf("making a group was answered %d: %s", status, tail(body, 300))
	}
	w.api(a, "PUT", "/agents/8082/presence", map[string]any{"status": "online"}, nil)
	w.api(a, "PUT", "/agents/8083/presence", map[string]any{"status": "online"}, nil)
	w.writes(chen, "你好")
	if s := w.sessionOf(a, chen, 8083); s.Priority != 5 {
		t.Errorf("it has the priority %d", s.Priority)
	}
	if status, body := w.does(admin, "PUT", a.url("/settings/accounts/"+appid+"/group"), url.Values{"group": {w.groupOf("售前")}}); status != http.StatusNoContent {
		t.Fatalf("another default was answered %d: %s", status, tail(body, 300))
	}
	w.writes(zhao, "你好")
	w.sessionOf(a, zhao, 8082)
	if status, _ := w.does(admin, "PUT", a.url("/settings/accounts/"+appid+"/group"), url.Values{"group": {"4711"}}); status < 400 || status > 499 {
		t.Errorf("a group that is none was answered %d", status)
	}
	form.Set("overflow_after", "soon")
	if status, _ := w.does(admin, "PUT", a.url("/settings/groups/"+w.groupOf("会员")), form); status < 400 || status > 499 {
		t.Errorf("a time that is none was answered %d", status)
	}
	if status, _ := w.does(w.client(a, yuMail), "POST", a.url("/settings/groups"), form); status != http.StatusForbidden {
		t.Errorf("an agent was answered %d", status)
	}
}
