package e2e

import (
	"context"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// get is a page as somebody who is logged in gets it.
func (w *world) get(c *http.Client, url string) (int, string) {
	w.Helper()
	r, err := c.Get(url)
	if err != nil {
		w.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		w.Fatal(err)
	}
	return r.StatusCode, string(b)
}

func TestSettingsAreForThoseWhoManage(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	if status, body := w.get(w.client(a, adminMail), a.url("/settings/accounts")); status != http.StatusOK || !strings.Contains(body, appid) || strings.Contains(body, strangeAppID) {
		t.Errorf("an admin was answered %d: %s", status, tail(body, 200))
	}
	for _, mail := range []string{yuMail} {
		if status, body := w.get(w.client(a, mail), a.url("/settings/accounts")); status != http.StatusForbidden || strings.Contains(body, appid) {
			t.Errorf("%s was answered %d: %s", mail, status, tail(body, 200))
		}
	}
	_, home := w.get(w.client(a, adminMail), a.url("/"))
	_, agents := w.get(w.client(a, yuMail), a.url("/"))
	if !strings.Contains(home, `href="/settings"`) || strings.Contains(agents, `href="/settings"`) {
		t.Error("the way to the settings stands for an admin, and for no agent")
	}
}

// does is a form sent by somebody who is logged in.
func (w *world) does(c *http.Client, method, target string, form url.Values) (int, string) {
	w.Helper()
	r, err := http.NewRequestWithContext(w.Context(), method, target, strings.NewReader(form.Encode()))
	if err != nil {
		w.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := c.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		w.Fatal(err)
	}
	return answer.StatusCode, string(b)
}

func TestHowLongWhoUnfollowedIsKeptIsChosenOnAPage(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	admin, page := w.client(a, adminMail), a.url("/settings/privacy")
	after := func() (seconds *int64) {
		t.Helper()
		conn := w.sql()
		defer conn.Close(context.Background())
		if err := conn.QueryRow(t.Context(), `SELECT forget_after FROM companies WHERE company_id = $1`, company).Scan(&seconds); err != nil {
			t.Fatal(err)
		}
		return seconds
	}
	choose := func(keep, days string) int {
		t.Helper()
		status, _ := w.does(admin, "PUT", page, url.Values{"keep": {keep}, "days": {days}})
		return status
	}
	if status := choose("days", "30"); status != http.StatusNoContent || *after() != 30*24*3600 {
		t.Errorf("30 days: %d", status)
	}
	if _, body := w.get(admin, page); !strings.Contains(body, `value="30"`) {
		t.Error("the page does not show what was chosen")
	}
	if status := choose("days", "0"); status != http.StatusNoContent || *after() != 0 {
		t.Errorf("at once: %d", status)
	}
	for _, days := range []string{"", "-1", "3651", "1.5", "bald"} {
		if status := choose("days", days); status != http.StatusUnprocessableEntity || *after() != 0 {
			t.Errorf("%q days were answered %d", days, status)
		}
	}
	if status := choose("", ""); status != http.StatusUnprocessableEntity {
		t.Errorf("no choice was answered %d", status)
	}
	if status, _ := w.does(w.client(a, strangeMail), "PUT", page, url.Values{"keep": {"always"}}); status != http.StatusNoContent || after() == nil {
		t.Errorf("another company's choice (%d) is not ours", status)
	}
	if status, _ := w.does(w.client(a, yuMail), "PUT", page, url.Values{"keep": {"always"}}); status != http.StatusForbidden {
		t.Errorf("an agent was answered %d", status)
	}
	if status := choose("always", "30"); status != http.StatusNoContent || after() != nil {
		t.Errorf("for good: %d", status)
	}
}

func TestWhatWeChatAllowsIsChangedOnAPageAndHoldsForTheNextMessage(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	c := w.client(a, adminMail)
	form := url.Values{"quota_message": {"20"}, "quota_event": {"4"}, "window_message": {"24"}, "window_message_unit": {"h"}, "window_event": {"2"}, "window_event_unit": {"m"}}
	if status, said := w.does(w.client(a, yuMail), "PUT", a.url("/settings/quota"), form); status/100 == 2 {
		t.Errorf("an agent is answered %d %s", status, said)
	}
	if status, said := w.does(c, "PUT", a.url("/settings/quota"), form); status != 204 {
		t.Fatalf("%d %s", status, said)
	}
	if status, page := w.get(c, a.url("/settings/sessions")); status != 200 || !strings.Contains(page, `name="quota_message"`) || !strings.Contains(page, `value="20"`) {
		t.Errorf("%d: the page does not show it", status)
	}
	for name, wrong := range map[string]string{"quota_message": "101", "quota_event": "-1", "window_message": "32000"} {
		form := maps.Clone(form)
		form.Set(name, wrong)
		if status, _ := w.does(c, "PUT", a.url("/settings/quota"), form); status != 422 {
			t.Errorf("%s of %s is answered %d", name, wrong, status)
		}
	}
	w.writes(chen, "在吗")
	var got struct {
		Quota struct{ Allowed, Left int }
	}
	if status := w.api(a, "GET", "/customers/"+appid+"/"+chen, nil, &got); status != 200 || got.Quota.Allowed != 20 || got.Quota.Left != 20 {
		t.Errorf("%d %+v", status, got)
	}
}
