package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"image"
	_ "image/jpeg"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// codeOf is the answer to qrcode/create.
type codeOf struct {
	Errcode int    `json:"errcode"`
	Ticket  string `json:"ticket"`
	Seconds int    `json:"expire_seconds"`
	URL     string `json:"url"`
}

// posts sends JSON to a path of the API with a token, and reads the answer into out.
func (w *world) posts(path, body string, out any) {
	w.t.Helper()
	answer, err := http.Post(w.api+"/cgi-bin/"+path+"?access_token="+w.stable(false).AccessToken, "application/json", strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(out); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) codeOf(body string) (c codeOf) {
	w.t.Helper()
	w.posts("qrcode/create", body, &c)
	return c
}

func TestWhatAQRCodeMayBe(t *testing.T) {
	w := newWorld(t, Plain, nil, nil)
	for _, tc := range []struct {
		name, body    string
		code, seconds int
	}{
		{"a text for a month", `{"expire_seconds":2592000,"action_name":"QR_STR_SCENE","action_info":{"scene":{"scene_str":"a"}}}`, 0, 2592000},
		{"longer than a month is a month", `{"expire_seconds":9999999,"action_name":"QR_STR_SCENE","action_info":{"scene":{"scene_str":"a"}}}`, 0, 2592000},
		{"no life is a short one", `{"action_name":"QR_STR_SCENE","action_info":{"scene":{"scene_str":"a"}}}`, 0, shortCodeLife},
		{"a number", `{"expire_seconds":60,"action_name":"QR_SCENE","action_info":{"scene":{"scene_id":4294967295}}}`, 0, 60},
		{"a text for good", `{"action_name":"QR_LIMIT_STR_SCENE","action_info":{"scene":{"scene_str":"a"}}}`, 0, 0},
		{"a number for good", `{"action_name":"QR_LIMIT_SCENE","action_info":{"scene":{"scene_id":100000}}}`, 0, 0},
		{"a number too high for good", `{"action_name":"QR_LIMIT_SCENE","action_info":{"scene":{"scene_id":100001}}}`, 40053, 0},
		{"no number", `{"action_name":"QR_SCENE","action_info":{"scene":{"scene_id":0}}}`, 40053, 0},
		{"no text", `{"action_name":"QR_STR_SCENE","action_info":{"scene":{"scene_str":""}}}`, 40053, 0},
		{"64 characters", `{"expire_seconds":60,"action_name":"QR_STR_SCENE","action_info":{"scene":{"scene_str":"` + strings.Repeat("码", 64) + `"}}}`, 0, 60},
		{"65 characters", `{"action_name":"QR_STR_SCENE","action_info":{"scene":{"scene_str":"` + strings.Repeat("a", 65) + `"}}}`, 40053, 0},
		{"another action", `{"action_name":"QR","action_info":{"scene":{"scene_str":"a"}}}`, 40052, 0},
		{"no JSON", `x`, 47001, 0},
	} {
		if got := w.codeOf(tc.body); got.Errcode != tc.code || got.Seconds != tc.seconds || (got.Ticket == "") != (tc.code != 0) || (got.URL == "") != (tc.code != 0) {
			t.Errorf("%s: %+v", tc.name, got)
		}
	}
}

func TestAStrangerFollowsByACodeAndAFollowerScansIt(t *testing.T) {
	w := newWorld(t, Plain, nil, nil)
	const body = `{"expire_seconds":60,"action_name":"QR_STR_SCENE","action_info":{"scene":{"scene_str":"front-door"}}}`
	code := w.codeOf(body)
	if _, err := w.PutCustomer(appid, Customer{OpenID: openid}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<Event><![CDATA[subscribe]]></Event><EventKey><![CDATA[qrscene_front-door]]>", "<Event><![CDATA[SCAN]]></Event><EventKey><![CDATA[front-door]]>"} {
		if _, err := w.ScanTicket(t.Context(), appid, openid, code.Ticket); err != nil {
			t.Fatal(err)
		}
		all := w.pushes()
		if got := all[len(all)-1].Body; !strings.Contains(got, want) || !strings.Contains(got, "<Ticket><![CDATA["+code.Ticket+"]]>") {
			t.Errorf("pushed %s, want %s", got, want)
		}
	}
	w.clock.add(61 * time.Second)
	if _, err := w.ScanTicket(t.Context(), appid, openid, code.Ticket); !errors.Is(err, ErrNoCode) {
		t.Errorf("a code that has ended: %v", err)
	}
}

func TestAPermanentCodeIsOneAndHasAPicture(t *testing.T) {
	w := newWorld(t, Plain, nil, nil)
	const body = `{"action_name":"QR_LIMIT_STR_SCENE","action_info":{"scene":{"scene_str":"poster"}}}`
	first, again := w.codeOf(body), w.codeOf(body)
	if first.Ticket == "" || first.Ticket != again.Ticket {
		t.Fatalf("the tickets are %q and %q", first.Ticket, again.Ticket)
	}
	w.clock.add(400 * 24 * time.Hour)
	for ticket, status := range map[string]int{first.Ticket: 200, "unknown": 404, "": 404} {
		answer, err := http.Get(w.api + "/cgi-bin/showqrcode?" + url.Values{"ticket": {ticket}}.Encode())
		if err != nil {
			t.Fatal(err)
		}
		data, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if answer.StatusCode != status {
			t.Errorf("ticket %q was answered %d", ticket, answer.StatusCode)
		}
		if status == 200 {
			if p, _, err := image.Decode(bytes.NewReader(data)); err != nil || p.Bounds().Dx() < 200 {
				t.Errorf("no picture: %v", err)
			}
		}
	}
}

func TestAnAccountHasNoMoreThanSoManyPermanentCodes(t *testing.T) {
	w := newWorld(t, Plain, nil, nil)
	w.Look(func(st State) {
		a := st.s.account(appid)
		a.codes = make([]Code, maxPermanent)
		for i := range a.codes {
			a.codes[i] = Code{Ticket: "x", Permanent: true}
		}
	})
	if got := w.codeOf(`{"action_name":"QR_LIMIT_STR_SCENE","action_info":{"scene":{"scene_str":"one too many"}}}`); got.Errcode == 0 {
		t.Errorf("%+v", got)
	}
}
