package e2e

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-rod/rod/lib/input"

	"weir/internal/wechat/simulator"
)

const (
	clubAppID = "wx5b25b3486fa4dc8c"
	clubChen  = "oclub-wH2XKLJo94TOoBpnCeEA"
)

// withClub gives the company a second account, bound to the same Open Platform account as the first.
func withClub(_ *world, c *simulator.Config) {
	c.Accounts = append(c.Accounts, simulator.Account{AppID: clubAppID, Secret: appSecret, Token: signToken, AESKey: aesKey, Mode: simulator.Safe, Name: "网鱼会员"})
}

// club has the second account served.
func (w *world) club(a *weir) {
	w.Helper()
	file := filepath.Join(w.dir, "club.yaml")
	doc := "companies:\n  - id: " + company + "\n    name: 网鱼演示\n    accounts:\n      - {appid: " + clubAppID + ", name: 网鱼会员, secret: " + appSecret + ", token: " + signToken + ", aes_key: " + aesKey + ", mode: safe}\n"
	if err := os.WriteFile(file, []byte(doc), 0o600); err != nil {
		w.Fatal(err)
	}
	if out, err := w.command("provision", file).CombinedOutput(); err != nil {
		w.Fatalf("weir provision: %v\n%s", err, out)
	}
	if err := w.sim.SetCallback(clubAppID, a.url("/wechat/"+clubAppID)); err != nil {
		w.Fatal(err)
	}
}

// saysInDialog fills in the field of the dialog that has the focus.
func (p *person) saysInDialog(field, text string) {
	p.Helper()
	p.awaits("the dialog's field has the focus", `(f) => document.querySelector("#hand[open]") && document.activeElement?.id === f`, field)
	p.does(`() => document.activeElement.select()`)
	if err := p.page.Timeout(patience).InsertText(text); err != nil {
		p.Fatal(err)
	}
}

// tagsAtWeChat are a customer's tags as WeChat has them, by name.
func (w *world) tagsAtWeChat(openid string) (names []string) {
	c, _ := w.sim.Customer(appid, openid)
	w.sim.Look(func(st simulator.State) {
		for _, t := range st.Tags(appid) {
			if slices.Contains(c.TagIDs, t.ID) {
				names = append(names, t.Name)
			}
		}
	})
	slices.Sort(names)
	return names
}

// laterAtWeChat changes a customer at WeChat's side, and lets so much time go by that a look asks WeChat again.
func (w *world) laterAtWeChat(openid string, change func(*simulator.Customer)) {
	w.Helper()
	if err := w.sim.ChangeCustomer(appid, openid, change); err != nil {
		w.Fatal(err)
	}
	conn := w.sql()
	defer conn.Close(context.Background())
	if _, err := conn.Exec(w.Context(), "UPDATE customers SET profile_at = profile_at - interval '1 hour' WHERE openid = $1", openid); err != nil {
		w.Fatal(err)
	}
}

func TestACustomerIsNamedAndTaggedInStepWithWeChatBothWays(t *testing.T) {
	t.Parallel()
	w, a := serving(t, withClub)
	w.club(a)
	for _, who := range []simulator.Customer{{OpenID: chen, Followed: true, UnionID: "union-chen"}, {OpenID: clubChen, Followed: true, UnionID: "union-chen"}} {
		account := appid
		if who.OpenID == clubChen {
			account = clubAppID
		}
		if _, err := w.sim.PutCustomer(account, who); err != nil {
			t.Fatal(err)
		}
	}
	w.online(a, yu)
	if answer, err := w.sim.Text(t.Context(), clubAppID, clubChen, "会员卡在哪里"); err != nil || !answer.Accepted() {
		t.Fatal(err, answer)
	}
	club := w.sessionOf(a, clubChen, yu)
	agent := w.talking(a, chen, "你好")
	agent.sees("#side dd", "搜索公众号") // how they follow, in words
	stands := agent.does(`() => document.querySelector("#side h2").textContent`)
	if !strings.HasPrefix(stands, "客户 ") {
		t.Errorf("before somebody names them they are called %q", stands)
	}

	// By the keyboard: the pencil, a name, Enter.
	agent.does(`() => document.querySelector("#customer-rename").focus()`)
	agent.types(input.Enter)
	agent.saysInDialog("customer-name", "陈女士")
	agent.types(input.Enter)
	agent.sees("#side h2", "陈女士")
	agent.sees("#head-name", "陈女士")
	agent.sees(".wr-row .who", "陈女士")
	agent.awaits("the focus is on the pencil again", `() => !document.querySelector("#hand[open]") && document.activeElement?.id === "customer-rename"`)
	agent.awaits("the page's title names them", `() => document.title.includes("陈女士")`)
	agent.clicks("#customer-tag", "标签")
	agent.saysInDialog("customer-new-tag", "会员，发票")
	agent.types(input.Enter)
	agent.sees("#customer .wr-tag", "会员")
	agent.sees("#customer .wr-tag", "发票")
	w.until("WeChat has the name and the tags", 20*time.Second, func() bool {
		c, _ := w.sim.Customer(appid, chen)
		return c.Remark == "陈女士" && slices.Equal(w.tagsAtWeChat(chen), []string{"会员", "发票"})
	})
	agent.awaits("the panel says so", `() => !document.querySelector("#customer-sync")`)

	// At WeChat's side another name is given. The page that stands open shows it, and what is being written in it stays.
	w.laterAtWeChat(chen, func(c *simulator.Customer) { c.Remark, c.TagIDs = "陈老板", c.TagIDs[:1] })
	agent.reloads()
	agent.clicks("#customer-tag", "标签")
	agent.saysInDialog("customer-new-tag", "大客户")
	agent.sees("#side h2", "陈老板")
	agent.awaits("one tag is gone", `() => document.querySelectorAll("#customer span.wr-tag").length === 1`)
	agent.awaits("what was written stays, with the focus", `() => document.activeElement?.id === "customer-new-tag" && document.activeElement.value === "大客户"`)
	agent.types(input.Enter)
	agent.sees("#customer .wr-tag", "大客户")
	w.until("WeChat has the third tag beside the one it kept", 20*time.Second, func() bool {
		return slices.Equal(w.tagsAtWeChat(chen), []string{"会员", "大客户"}) || slices.Equal(w.tagsAtWeChat(chen), []string{"发票", "大客户"})
	})

	// WeChat takes no name of thirty bytes: it is kept here, and the panel says why it is not there.
	agent.clicks("#customer-rename", "")
	agent.saysInDialog("customer-name", "三里屯店的老客户陈女士和她的先生")
	agent.types(input.Enter)
	agent.sees("#side h2", "三里屯店的老客户陈女士和她的先生")
	agent.sees("#customer-sync", "没有同步到微信")
	agent.sees("#customer-sync", "太长")
	if c, _ := w.sim.Customer(appid, chen); c.Remark != "陈老板" {
		t.Errorf("WeChat calls them %q", c.Remark)
	}

	// The same person at the other account, and the way there.
	agent.reloads() // WeChat has told of both by now
	agent.sees("#block-elsewhere", "网鱼会员")
	agent.clicks("#block-elsewhere a", "网鱼会员")
	agent.awaits("the session at the other account", `(id) => location.pathname === "/sessions/" + id`, club.ID)
	agent.sees("#block-elsewhere a", "网鱼网咖")

	other, colleague := w.client(a, strangeMail), w.client(a, mingMail)
	s := w.sessionOf(a, chen, yu)
	for _, path := range []string{"/customer/remark", "/customer/tags"} {
		for _, method := range []string{"GET", "PUT"} {
			for who, c := range map[string]*http.Client{"another company": other, "a colleague": colleague} {
				status, body := w.does(c, method, a.url("/sessions/"+s.ID+path), url.Values{"remark": {"别人"}, "new": {"别人"}})
				if status != http.StatusNotFound || strings.Contains(body, "陈") {
					t.Errorf("%s %s was answered %d to %s", method, path, status, who)
				}
			}
		}
	}
}
