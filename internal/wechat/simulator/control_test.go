package simulator

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// control asks the control API and returns status and body.
func (w *world) control(method, path, body string, header ...string) (int, string) {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.api+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	return answer.StatusCode, string(text)
}

func TestControlOverHTTP(t *testing.T) {
	w := newWorld(t, Safe, nil, nil)
	customer := "/simulator/api/customers/" + openid
	for _, tc := range []struct {
		method, path, body string
		status             int
		has                string
	}{
		{"GET", "/simulator/api/accounts", "", 200, `"appid":"` + appid + `"`},
		{"PUT", customer, `{"name":"陈女士","followed":true}`, 200, `"name":"陈女士"`},
		{"POST", customer + "/messages", `{"kind":"text","text":"你好"}`, 200, `"body":"success"`},
		{"POST", customer + "/messages?appid=wx0", `{"kind":"text","text":"你好"}`, 404, "no such account"},
		{"POST", customer + "/messages", `{"kind":"dance"}`, 422, "no such act"},
		{"POST", customer + "/messages", `{`, 422, "error"},
		{"POST", customer + "/burst", `{"texts":["1","2"]}`, 200, `"attempts":1`},
		{"GET", customer + "/messages", "", 200, `"text":"你好"`},
		{"GET", customer + "/messages?after=999999&wait=1ms", "", 200, "[]"},
		{"GET", "/simulator/api/customers/nobody/messages", "", 404, "no such customer"},
		{"GET", "/simulator/api/customers?appid=" + appid, "", 200, `"left":5`},
		{"PUT", "/simulator/api/faults", `{"send_code":45015}`, 204, ""},
		{"GET", "/simulator/api/faults", "", 200, `"send_code":45015`},
		{"POST", "/simulator/api/quotas/used", `{"path":"message/custom/send"}`, 204, ""},
		{"GET", "/simulator/api/quotas", "", 200, `"used":500000`},
		{"POST", "/simulator/api/media/death", "", 204, ""},
		{"GET", "/simulator/api/log", "", 200, `"what":"callback"`},
		{"POST", "/simulator/api/verify", "", 422, "instead of the echostr"},
		{"POST", "/simulator/api/clear", "", 204, ""},
		{"GET", customer + "/messages", "", 200, "[]"},
	} {
		t.Run(tc.method+" "+tc.path, func(t *testing.T) {
			status, body := w.control(tc.method, tc.path, tc.body)
			if status != tc.status || !strings.Contains(body, tc.has) {
				t.Errorf("%d %s, want %d with %s", status, body, tc.status, tc.has)
			}
		})
	}
}

func TestControlTellsNoSecretsAndObeysNoOtherSite(t *testing.T) {
	w := newWorld(t, Safe, nil, nil)
	if _, body := w.control("GET", "/simulator/api/accounts", ""); strings.Contains(body, secret) || strings.Contains(body, aesKey) {
		t.Errorf("secrets in %s", body)
	}
	if status, _ := w.control("POST", "/simulator/api/clear", "", "Sec-Fetch-Site", "cross-site"); status != http.StatusForbidden {
		t.Errorf("status %d", status)
	}
}

func TestAnAccountCanBeAddedOverHTTP(t *testing.T) {
	w := newWorld(t, Safe, nil, nil)
	body, _ := json.Marshal(Account{AppID: "wx2", Mode: Plain, Token: "t", CallbackURL: "http://127.0.0.1:1"})
	if status, text := w.control("PUT", "/simulator/api/accounts", string(body)); status != 204 {
		t.Fatal(status, text)
	}
	if status, text := w.control("PUT", "/simulator/api/customers/o2?appid=wx2", `{}`); status != 200 {
		t.Error(status, text)
	}
}
