package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/go-rod/rod/lib/proto"
)

// What the first load of the workspace with 50 conversations may weigh as it comes over the wire, in bytes.
const (
	mostOfAll    = 150_000
	mostOfScript = 60_000
)

// A load is what came over the wire, by kind, in bytes and with its heads.
type wire struct {
	mu    sync.Mutex
	kinds map[proto.NetworkRequestID]proto.NetworkResourceType
	urls  map[proto.NetworkRequestID]*proto.NetworkResponse
	size  map[proto.NetworkResourceType]float64
}

func TestTheFirstLoadOfFiftyConversationsIsLight(t *testing.T) {
	t.Parallel()
	w := newWorld(t).provisioned(60)
	a := w.weir("A")
	w.callbacksTo(a)
	w.online(a, yu)
	for i := range 50 {
		w.writes(fmt.Sprintf("oLight%024d", i), fmt.Sprintf("第 %d 位客户想知道周末晚上还有没有靠窗的大包间，能坐下八个人的那种", i))
	}
	p := w.person("小鱼").logsIn(a, yuMail)
	p.awaits("fifty conversations", `() => document.querySelectorAll("[data-section=waiting] li, [data-section=conversing] li").length === 50`)
	p.opens("第 49 位")
	session := p.at()

	for _, path := range []string{"/", session} {
		p.visits("about:blank")
		weighed := p.weighs(a.url(path))
		var all float64
		line := make([]string, 0, len(weighed.size))
		for kind, n := range weighed.size {
			all += n
			line = append(line, fmt.Sprintf("%s %.1f kB", kind, n/1000))
		}
		script := weighed.size[proto.NetworkResourceTypeScript]
		t.Logf("%s: %.1f kB, of which script %.1f kB (%s)", strings.SplitN(path[1:]+"list", "/", 2)[0], all/1000, script/1000, strings.Join(line, ", "))
		if all > mostOfAll || script > mostOfScript || script == 0 {
			t.Errorf("it weighs %.0f bytes, of which script %.0f: at most %d and %d", all, script, mostOfAll, mostOfScript)
		}
		weighed.isLasting(t)
	}
	if out := p.does(`() => performance.getEntriesByType("resource").filter((e) => new URL(e.name).origin !== location.origin).map((e) => e.name).join()`); out != "" {
		t.Errorf("it loads from elsewhere: %s", out)
	}
}

// weighs loads a page as if for the first time, until it stands live and has asked for what is new.
func (p *person) weighs(url string) *wire {
	p.Helper()
	l := &wire{kinds: map[proto.NetworkRequestID]proto.NetworkResourceType{}, urls: map[proto.NetworkRequestID]*proto.NetworkResponse{}, size: map[proto.NetworkResourceType]float64{}}
	page, stop := p.page.WithCancel()
	defer stop()
	for _, err := range []error{proto.NetworkEnable{}.Call(page), proto.NetworkSetCacheDisabled{CacheDisabled: true}.Call(page)} {
		if err != nil {
			p.Fatal(err)
		}
	}
	go page.EachEvent(func(e *proto.NetworkResponseReceived) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.kinds[e.RequestID], l.urls[e.RequestID] = e.Type, e.Response
	}, func(e *proto.NetworkLoadingFinished) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.size[l.kinds[e.RequestID]] += e.EncodedDataLength
	})()
	p.visits(url)
	p.awaits("the workspace, live and up to date", `() => document.documentElement.dataset.live === "live" && performance.getEntriesByType("resource").some((e) => new URL(e.name).pathname === "/lists")`)
	l.mu.Lock()
	defer l.mu.Unlock()
	return l
}

// isLasting: what has a digest in its name is kept for good, and what has none is not kept.
func (l *wire) isLasting(t *testing.T) {
	t.Helper()
	for _, r := range l.urls {
		head := http.Header{}
		for k, v := range r.Headers {
			head.Set(k, v.Str())
		}
		asset, cache := strings.Contains(r.URL, "/static/"), head.Get("Cache-Control")
		if asset && !strings.Contains(cache, "immutable") || !asset && !strings.Contains(cache, "no-store") && !strings.HasSuffix(strings.SplitN(r.URL, "?", 2)[0], "/live") {
			t.Errorf("%s has Cache-Control %q", r.URL, cache)
		}
	}
}
