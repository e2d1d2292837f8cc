package e2e

import (
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"weir/internal/wechat/simulator"
)

// sendsMedium has a customer send something that is no text.
func (w *world) sendsMedium(openid string, act simulator.Act) {
	w.Helper()
	if answer, err := w.sim.Do(w.Context(), appid, openid, act); err != nil || !answer.Accepted() {
		w.Fatalf("%s: %+v, %v", act.Kind, answer, err)
	}
}

func TestThePictureAndTheVoiceOfACustomer(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	agent := w.person("小鱼").logsIn(a, yuMail)
	w.writes(chen, "给您看一下")
	agent.opens("给您看一下")

	w.sendsMedium(chen, simulator.Act{Kind: simulator.ActImage})
	w.sendsMedium(chen, simulator.Act{Kind: simulator.ActVoice})
	w.sendsMedium(chen, simulator.Act{Kind: simulator.ActVideo})
	w.sendsMedium(chen, simulator.Act{Kind: simulator.ActLocation, Lat: 39.9336, Lng: 116.454, Text: "三里屯"})
	w.sendsMedium(chen, simulator.Act{Kind: simulator.ActLink, Text: "电子发票", Key: "https://example.com/invoice"})
	agent.awaits("the picture, small and drawn", `() => { const i = document.querySelector("#messages [data-zoom] img"); return i && i.complete && i.naturalWidth > 0 && i.src.endsWith("/thumb") }`)
	agent.sees(".wr-b", "三里屯")
	agent.sees(".wr-b", "电子发票")
	agent.awaits("the video's own picture", `() => document.querySelector("#messages video")?.poster.endsWith("/thumb")`)

	agent.does(`() => { document.querySelector("#messages [data-zoom]").click(); return "" }`)
	agent.awaits("the picture, large", `() => { const d = document.querySelector("#lightbox"), i = d.querySelector("img"); return d.open && i.complete && i.naturalWidth === 1280 }`)
	agent.saves("media-lightbox")
	agent.does(`() => { document.querySelector("#lightbox button").click(); return "" }`)
	agent.awaits("the page again", `() => !document.querySelector("#lightbox").open`)

	if _, err := exec.LookPath("ffmpeg"); err != nil {
		agent.sees(".wr-b", "下载语音")
	} else {
		agent.awaits("a voice message that plays", `() => { const v = document.querySelector("#messages audio"); if (!v) return false; v.muted = true; if (v.paused) v.play().catch(() => {}); return v.readyState >= 2 && v.duration > 2.5 }`)
		agent.sees(".wr-voice", "0:03")
	}
	agent.saves("media-thread")

	var messages struct {
		Items []struct {
			Type    int    `json:"message_type"`
			FileURL string `json:"file_url"`
			MediaID string `json:"media_id"`
		} `json:"items"`
	}
	s := w.sessionOf(a, chen, 0)
	var files []string // where the picture, the voice message and the video are
	w.until("other programs are told where everything is", patience, func() bool {
		w.api(a, http.MethodGet, "/sessions/"+s.ID+"/messages", nil, &messages)
		files = files[:0]
		for _, m := range messages.Items {
			if m.Type >= 2 && m.Type <= 4 && m.FileURL != "" && m.MediaID != "" {
				files = append(files, m.FileURL)
			}
		}
		return len(files) == 3
	})

	// Whoever may not see the session finds nothing, by the page's address or by the API's.
	stranger := w.person("外人").logsIn(a, strangeMail)
	id := files[0][strings.LastIndex(files[0], "/")+1:]
	for _, path := range []string{"", "/thumb"} {
		at := fmt.Sprintf("/sessions/%s/media/%s%s", s.ID, id, path)
		if got := fetched(stranger, at); !strings.HasPrefix(got, "404") {
			t.Errorf("an agent of another company asks for %s and gets %s", at, got)
		}
		got := fetched(agent, at)
		for _, want := range []string{"200", "nosniff", "sandbox", "image/jpeg", "inline"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %q is not in %s", at, want, got)
			}
		}
	}
	stranger.forgives("404")

	if status, got := w.downloads(a, files[1], apiToken, "bytes=0-5"); status != http.StatusPartialContent || got != "#!AMR\n" {
		t.Errorf("a program that asks for the beginning of the voice message gets %d %q", status, got)
	}
	if status, _ := w.downloads(a, files[1], "no-such-token", ""); status != http.StatusUnauthorized {
		t.Errorf("a program without a token gets %d", status)
	}
}

// fetched is what a page's own request for an address gets: status and headers.
func fetched(p *person, at string) string {
	return p.does(`async (at) => { const r = await fetch(at); return [r.status, ...["content-type", "content-disposition", "content-security-policy", "x-content-type-options"].map((h) => r.headers.get(h))].join(" | ") }`, at)
}

// downloads asks for a file as another program.
func (w *world) downloads(a *weir, path, token, bytes string) (status int, body string) {
	w.Helper()
	r, err := http.NewRequestWithContext(w.Context(), http.MethodGet, a.url(path), nil)
	if err != nil {
		w.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	if bytes != "" {
		r.Header.Set("Range", bytes)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	return answer.StatusCode, string(text)
}
