package handlers_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"weir/handlers"
)

// What a page is sent by whoever has no login yet is bounded, and what PostgreSQL could not keep is refused before it is asked.
func TestAPageTakesNoFormThatIsTooLargeOrNoText(t *testing.T) {
	o := newOffice(t)
	for _, tc := range []struct {
		name, kind, body string
		want             int
	}{
		{"a large form", "application/x-www-form-urlencoded", "email=" + strings.Repeat("x", 1<<20), 413},
		{"a large file", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"x\"; filename=\"x\"\r\n\r\n" + strings.Repeat("x", 1<<20) + "\r\n--b--\r\n", 413},
		{"a NUL", "application/x-www-form-urlencoded", "email=a%00b&password=x", 422},
		{"bad UTF-8", "application/x-www-form-urlencoded", "email=a%ffb&password=x", 422},
		{"an ordinary wrong entry", "application/x-www-form-urlencoded", "email=a&password=x", 401},
	} {
		t.Run(tc.name, func(t *testing.T) {
			res, err := http.Post(o.url+"/login", tc.kind, strings.NewReader(tc.body))
			if err != nil {
				t.Fatal(err)
			}
			_ = res.Body.Close()
			if res.StatusCode != tc.want {
				t.Errorf("answered %d, want %d", res.StatusCode, tc.want)
			}
		})
	}
}

// A label of a metric lives as long as the process, so nobody may make new ones up.
func TestInventedMethodsAreCountedAsOne(t *testing.T) {
	o := newOffice(t)
	for _, method := range []string{"FOO", "BAR", "BAZ"} {
		r, err := http.NewRequestWithContext(t.Context(), method, o.url+"/login", nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
	}
	res, err := http.Get(o.url + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	said, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(said), "FOO") || !strings.Contains(string(said), `method="other"`) {
		t.Error("the metrics have a label for an invented method, or none for the others")
	}
}

func TestAWorkerServesNoPages(t *testing.T) {
	server := httptest.NewServer(handlers.NewWorker(handlers.Deps{Clock: time.Now, Log: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry()}))
	defer server.Close()
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/metrics": 200, "/login": 404, "/wechat/wx1": 404, "/api/v1/sessions": 404} {
		res, err := http.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%s is answered %d, want %d", path, res.StatusCode, want)
		}
	}
}

// The address in a form comes back in the page; it must come back as text.
func TestALoginFormGivesBackTheAddressAsText(t *testing.T) {
	o := newOffice(t)
	res, err := http.PostForm(o.url+"/login", url.Values{"email": {`"><script>alert(1)</script>`}, "password": {"x"}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if said, _ := io.ReadAll(res.Body); res.StatusCode != 401 || strings.Contains(string(said), "<script>alert") {
		t.Errorf("answered %d %s", res.StatusCode, said)
	}
}
