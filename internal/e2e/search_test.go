package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-rod/rod/lib/input"
)

// searches types into the search, which must have been reached by its key.
func (p *person) searches(text string) {
	p.Helper()
	p.types(input.KeyS)
	p.awaits("the search has the focus", `() => document.activeElement.id === "q"`)
	if err := p.page.Timeout(patience).InsertText(text); err != nil {
		p.Fatal(err)
	}
}

// sought waits until a message stands in the sheet, marked and in sight.
func (p *person) sought(text string) {
	p.Helper()
	p.awaits(fmt.Sprintf("the message %q in sight", text), `(text) => {
		const li = document.querySelector("[data-sought]"), sheet = document.querySelector("#scroll")?.getBoundingClientRect(), at = li?.getBoundingClientRect();
		return li?.innerText.includes(text) && at.top >= sheet.top && at.bottom <= sheet.bottom && document.querySelectorAll("[data-sought]").length === 1;
	}`, text)
}

var markup = regexp.MustCompile(`<[^>]*>`)

// searchable waits until a message is in the index.
func (w *world) searchable(c *http.Client, a *weir, term, text string) {
	w.Helper()
	w.until(fmt.Sprintf("%q is found by %q", text, term), 20*time.Second, func() bool {
		_, body := w.does(c, "GET", a.url("/search?q="+url.QueryEscape(term)), nil)
		_, hits, _ := strings.Cut(body, `id="hits"`) // the lists before them show what was said last, too
		return strings.Contains(markup.ReplaceAllString(hits, ""), text)
	})
}

func TestWhatACustomerWroteIsSearchedForAndOpenedInPlace(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	agent := w.talking(a, chen, "你好")
	w.writes(chen, "请问退款什么时候到账")
	w.writes(chen, "My REFUND is late")
	for n := range 70 {
		w.writes(chen, fmt.Sprintf("第 %02d 句闲话", n))
	}
	w.writes(zhao, "别的客户也要退款")
	w.searchable(w.client(a, yuMail), a, "退款", "别的客户也要退款")
	agent.does(`() => document.activeElement.blur()`)
	agent.searches("退款")
	agent.sees(".wr-hit", "请问退款什么时候到账")
	agent.sees(".wr-hit", "别的客户也要退款")
	agent.sees(".wr-hit mark", "退款")
	agent.seesNo("#sections .wr-row", "")
	agent.awaits("how many is said", `() => document.querySelector("#search-said").textContent.includes("2")`)

	// By the keyboard: down to the first hit, Enter; J goes on to the next.
	agent.types(input.ArrowDown, input.Enter)
	agent.sought("别的客户也要退款")
	agent.types(input.KeyJ)
	agent.sought("请问退款什么时候到账")
	agent.awaits("its surroundings, and everything after it", `() => document.querySelector("#messages").innerText.includes("你好") && document.querySelector("#messages").innerText.includes("第 69 句闲话")`)
	agent.awaits("the hit that stands open is marked", `() => document.querySelectorAll(".wr-hit[aria-current]").length === 1 && document.querySelector(".wr-hit[aria-current]").innerText.includes("到账")`)
	agent.sees(".wr-hit", "别的客户也要退款")

	// What comes meanwhile comes, and a reload shows the same message and the same results.
	w.writes(chen, "还在吗")
	agent.awaits("what came meanwhile", `() => document.querySelector("#messages").innerText.includes("还在吗")`)
	agent.reloads()
	agent.sought("请问退款什么时候到账")
	agent.sees(".wr-hit", "别的客户也要退款")

	agent.searches("fund is")
	agent.sees(".wr-hit", "My REFUND is late")
	agent.clicks(".wr-hit", "REFUND")
	agent.sought("My REFUND is late")
	agent.searches("没有这样的话")
	agent.sees(".wr-found", "没有找到「没有这样的话」")
	agent.sees(".wr-found", "试试少写几个字")
	agent.types(input.Escape)
	agent.sees("#sections .wr-row", "还在吗")
	agent.seesNo(".wr-hit", "")

	for who, c := range map[string]*http.Client{"another company": w.client(a, strangeMail), "a colleague": w.client(a, mingMail)} {
		for _, q := range []string{"退款", "refund", agentSession(agent), chen} {
			if status, body := w.does(c, "GET", a.url("/search?q="+url.QueryEscape(q)), nil); status != http.StatusOK || strings.Contains(body, "wr-hit") {
				t.Errorf("%s searches %q: %d, with hits: %v", who, q, status, strings.Contains(body, "wr-hit"))
			}
		}
	}
	if status, _ := w.does(w.client(a, yuMail), "GET", a.url("/search?q=x&from=yesterday"), nil); status != http.StatusUnprocessableEntity && status != http.StatusBadRequest {
		t.Errorf("a day that is none was answered %d", status)
	}
}

func agentSession(p *person) string {
	path, _, _ := strings.Cut(strings.TrimPrefix(p.at(), "/sessions/"), "?")
	return path
}

func TestWhatIsOverIsFoundOnAPhoneAndBackAreTheResults(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	agent := w.talking(a, chen, "会员卡丢了怎么办")
	s := w.sessionOf(a, chen, yu)
	w.replies(a, s, "您好，补办要带身份证")
	w.searchable(w.client(a, yuMail), a, "补办", "补办要带身份证")
	if status := w.api(a, "POST", "/sessions/"+s.ID+"/close", map[string]any{}, nil); status >= 300 {
		t.Fatalf("closing was answered %d", status)
	}
	agent.resizes(390, 844)
	agent.visits(a.url("/search?q=" + url.QueryEscape("补办") + "&state=over"))
	agent.sees(".wr-hit", "补办要带身份证")
	agent.awaits("no wider than the screen", `() => document.documentElement.scrollWidth <= innerWidth && [...document.querySelectorAll("#hits")].every((e) => e.scrollWidth <= e.clientWidth)`)
	agent.clicks(".wr-hit", "补办")
	agent.sought("补办要带身份证")
	agent.seesNo(".wr-hit", "")
	agent.clicks("[data-back]", "")
	agent.sees(".wr-hit", "补办要带身份证")
	agent.clicks("#search-filters .btn", "去掉筛选")
	agent.sees("#search-filters summary", "筛选")
	agent.clicks("[data-act=leave]", "")
	agent.seesNo(".wr-hit", "")
	agent.awaits("the lists are there again", `() => document.querySelector("#sections").checkVisibility()`)
}
