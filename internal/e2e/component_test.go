package e2e

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"weir/internal/wechat/simulator"
)

const (
	componentID     = "wx9999999999999999"
	componentSecret = "componentsecretcomponentsecret00"
	componentToken  = "componenttoken"
	componentKey    = "CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC"
	scanAppID       = "wx7777777777777777"
)

// scannable is an account that no company has connected.
var scannable = simulated(func(c *simulator.Config) {
	c.Accounts = append(c.Accounts, simulator.Account{AppID: scanAppID, Secret: "unknown", Mode: simulator.Plain, Name: "网鱼电竞", GhID: "gh_scan"})
})

// platform sets the operator's third-party platform up, at WeChat and here, as the README says, and has the first ticket come.
func (w *world) platform(a *weir) {
	w.Helper()
	w.secrets = append(w.secrets, componentSecret, componentToken, componentKey)
	file := filepath.Join(w.dir, "component.yaml")
	doc := "component: {appid: " + componentID + ", secret: " + componentSecret + ", token: " + componentToken + ", aes_key: " + componentKey + "}\ncompanies: []\n"
	if err := os.WriteFile(file, []byte(doc), 0o600); err != nil {
		w.Fatal(err)
	}
	if out, err := w.command("provision", file).CombinedOutput(); err != nil {
		w.Fatalf("weir provision: %v\n%s", err, out)
	}
	err := w.sim.PutComponent(simulator.Component{AppID: componentID, Secret: componentSecret, Token: componentToken, AESKey: componentKey, Domain: a.addr,
		EventURL: a.url("/wechat/component"), MessageURL: a.url("/wechat/component/$APPID$")})
	if err != nil {
		w.Fatal(err)
	}
	if got, err := w.sim.PushTicket(w.Context()); err != nil || !got.Accepted() {
		w.Fatalf("the ticket was not taken: %+v, %v", got, err)
	}
}

// scans has an admin connect an account by a scan, in a browser from the first click to the last.
func (p *person) scans(a *weir) {
	p.Helper()
	p.logsIn(a, adminMail)
	p.visits(a.url("/settings/accounts"))
	p.clicks("main a", "扫码授权接入")
	p.clicks("main a", "去微信扫码授权")
	p.clicks("label", "网鱼电竞")
	p.clicks("button", "授权")
	p.sees("main h1", "网鱼电竞")
}

func TestAnAccountIsConnectedByAScanAndTalks(t *testing.T) {
	t.Parallel()
	w, a := serving(t, scannable)
	w.platform(a)
	p := w.person("周敏")
	p.scans(a)
	p.sees("main", "消息管理")
	p.sees("#checks", "微信承认这项授权")
	w.secrets = append(w.secrets, w.sim.Refresh(scanAppID))

	w.online(a, yu)
	if answer, err := w.sim.Text(w.Context(), scanAppID, chen, "多少钱"); err != nil || answer.Reply == nil || !strings.Contains(answer.Reply.Content, "每小时") {
		t.Fatalf("a rule answers %+v, %v", answer, err)
	}
	if answer, err := w.sim.Text(w.Context(), scanAppID, chen, "有人吗"); err != nil || !answer.Accepted() {
		t.Fatalf("%+v, %v", answer, err)
	}
	s := w.sessionOf(a, chen, yu)
	w.replies(a, s, "在的")
	w.reads(chen, "在的")

	w.flushRedis()
	w.replies(a, s, "缓存没了也一样")
	w.reads(chen, "缓存没了也一样")

	if answer, err := w.sim.Unauthorise(w.Context(), scanAppID); err != nil || !answer.Accepted() {
		t.Fatalf("%+v, %v", answer, err)
	}
	var problem struct{ Detail, Code string }
	if status, err := w.tryAPI(a, "POST", "/sessions/"+s.ID+"/messages", map[string]any{"uid": yu, "message_type": 1, "text": "还在吗"}, &problem); err != nil || status != http.StatusForbidden {
		t.Errorf("an answer after the authorisation was withdrawn is answered %d, %v", status, err)
	}
	q := w.person("周敏 again")
	q.logsIn(a, adminMail)
	q.visits(a.url("/settings/accounts"))
	q.sees("main li", "已取消授权")
	q.visits(a.url("/settings/accounts/" + scanAppID))
	q.sees("main", "请公众号管理员重新授权")
}

func (w *world) flushRedis() {
	w.Helper()
	o, err := redis.ParseURL(w.redis)
	if err != nil {
		w.Fatal(err)
	}
	rdb := redis.NewClient(o)
	defer rdb.Close()
	if err := rdb.FlushAll(w.Context()).Err(); err != nil {
		w.Fatal(err)
	}
}

func TestThePlatformPassesWeChatsReleaseTest(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	w.platform(a)
	ctx, stop := context.WithTimeout(w.Context(), 30*time.Second)
	defer stop()
	if err := w.sim.ReleaseTest(ctx); err != nil {
		t.Errorf("it fails: %v", err)
	}
	if n := len(w.kept("")); n != 0 {
		t.Errorf("%d of its messages are a company's", n)
	}
}

func TestWhatThePlatformIsNotPushedByWeChatIsRefused(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	post := func(path string) int {
		r, err := http.Post(a.url(path), "text/xml", strings.NewReader("<xml><AppId>"+componentID+"</AppId><Encrypt>AAAA</Encrypt></xml>"))
		if err != nil {
			t.Fatal(err)
		}
		_ = r.Body.Close()
		return r.StatusCode
	}
	for _, path := range []string{"/wechat/component", "/wechat/component/" + appid} {
		if status := post(path); status != http.StatusNotFound {
			t.Errorf("%s without a platform is answered %d", path, status)
		}
	}
	w.platform(a)
	query := "?encrypt_type=aes&msg_signature=0000000000000000000000000000000000000000&timestamp=1&nonce=1"
	for _, path := range []string{"/wechat/component" + query, "/wechat/component/" + appid + query, "/wechat/component/wxstranger" + query} {
		if status := post(path); status != http.StatusForbidden {
			t.Errorf("%s is answered %d", path, status)
		}
	}
}

func TestTheOperatorMovesAnAccountToAnotherCompany(t *testing.T) {
	t.Parallel()
	w, a := serving(t, scannable)
	w.platform(a)
	p := w.person("周敏")
	p.scans(a)
	stranger := w.client(a, strangeMail)
	if status, body := w.get(stranger, a.url("/settings/accounts/"+scanAppID)); status != http.StatusNotFound || strings.Contains(body, "网鱼") {
		t.Errorf("its page is answered %d to another company", status)
	}
	if out, err := w.command("accounts", "move", scanAppID, "00000000000000000000000000000b0b").CombinedOutput(); err != nil {
		t.Fatalf("weir accounts move: %v\n%s", err, out)
	}
	if status, body := w.get(stranger, a.url("/settings/accounts/"+scanAppID)); status != http.StatusOK || !strings.Contains(body, "网鱼电竞") {
		t.Errorf("after the move its page is answered %d", status)
	}
	p.visits(a.url("/settings/accounts"))
	p.sees("main li", "已移交其他公司")
	admin := w.client(a, adminMail)
	if status, _ := w.get(admin, a.url("/settings/accounts/"+scanAppID)); status != http.StatusForbidden {
		t.Errorf("to the company that had it, it is answered %d", status)
	}
}
