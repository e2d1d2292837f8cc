package simulator

import (
	"bufio"
	"flag"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
	"weir/internal/testkit"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/proto"
)

var (
	update = flag.Bool("update", false, "rewrite the golden files")
	shots  = flag.String("shots", "", "a folder for screenshots of the page")
)

// scene is a morning at the account: three customers, replies of both ways, faults.
func scene(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, Plain, func(c *Config) { c.Accounts[0].Name, c.DeskURL = "网鱼网咖", "http://127.0.0.1:8080/" }, func(rw http.ResponseWriter, n int, p pushed) {
		switch {
		case strings.Contains(p.Body, "CLICK"):
			io.WriteString(rw, `<xml><ToUserName>`+openid+`</ToUserName><FromUserName>gh_test</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>会员可享九折。</Content></xml>`)
		case strings.Contains(p.Body, "弄坏"):
			io.WriteString(rw, "oops")
		default:
			io.WriteString(rw, "success")
		}
	})
	put := func(id, name string, followed bool) {
		if _, err := w.PutCustomer(appid, Customer{OpenID: id, Name: name, Followed: followed}); err != nil {
			t.Fatal(err)
		}
	}
	put(openid, "陈女士", true)
	put("oZhao-1", "赵一鸣", true)
	put("oNobody8PqR", "", false)
	w.act(Act{Kind: ActText, Text: "你好，昨晚在三里屯店开的发票抬头写错了"})
	token := w.stable(false).AccessToken
	w.send(token, strings.Replace(hello, "您好", "您好，可以重开的。\\n请把正确的抬头和税号发给我。", 1))
	w.clock.add(9 * time.Minute)
	w.act(Act{Kind: ActText, Text: "抬头：北京云栖科技有限公司 <b>"})
	w.SetFaults(appid, Faults{Busy: 1})
	w.send(token, hello)
	w.SetFaults(appid, Faults{Cut: 1})
	w.call("POST", "/cgi-bin/message/custom/send?access_token="+token, strings.Replace(hello, "您好", "新发票会发到您的邮箱。", 1))
	w.SetFaults(appid, Faults{Repeat: 2})
	w.act(Act{Kind: ActImage})
	w.SetFaults(appid, Faults{Repeat: 3})
	w.act(Act{Kind: ActClick, Key: "member"})
	w.act(Act{Kind: ActText, Text: "弄坏"})
	return w
}

// changing are the parts of a page that no two runs have in common.
var changing = regexp.MustCompile(`(static/\w+)\.[0-9a-f]{10}|[\d.]+ ms|(line|row)-\d+|rid: [\w-]+`)

func TestPageGolden(t *testing.T) {
	w := scene(t)
	for file, path := range map[string]string{
		"page.zh-CN.html":     "/simulator",
		"page.en.html":        "/simulator",
		"live.zh-CN.html":     "/simulator/live?followed=true&openid=" + openid,
		"stranger.zh-CN.html": "/simulator?openid=oNobody8PqR",
	} {
		t.Run(file, func(t *testing.T) {
			lang := strings.Split(file, ".")[1]
			status, got := w.control("GET", path, "", "Accept-Language", lang)
			if status != http.StatusOK {
				t.Fatalf("status %d: %s", status, got)
			}
			got = strings.ReplaceAll(changing.ReplaceAllString(got, "$1$2"), "><", ">\n<") + "\n"
			golden := filepath.Join("testdata", file)
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("the page differs from %s; look at it and run with -update", golden)
			}
		})
	}
}

func TestThePageObeysTheStrictPolicy(t *testing.T) {
	w := scene(t)
	_, page := w.control("GET", "/simulator", "")
	if bad := regexp.MustCompile(`(?i)\sstyle=|<style|\son\w+=|<script>`).FindString(page); bad != "" {
		t.Errorf("the page has %q", bad)
	}
	r, err := http.Get(w.api + "/simulator")
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if csp := r.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
		t.Errorf("policy = %q", csp)
	}
}

func TestThePageRefusesOtherSitesAndNonsense(t *testing.T) {
	w := newWorld(t, Plain, nil, nil)
	w.act(Act{Kind: ActText, Text: "x"})
	who := url.Values{"appid": {appid}, "openid": {openid}, "kind": {"text"}, "text": {"y"}}.Encode()
	form := []string{"Content-Type", "application/x-www-form-urlencoded", "HX-Request", "true"}
	for _, tc := range []struct {
		name, path, body string
		more             []string
		want             int
	}{
		{"the page itself may", "/simulator/acts", who, nil, 204},
		{"another site may not", "/simulator/acts", who, []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"an unknown customer", "/simulator/acts", strings.Replace(who, openid, "oNobody", 1), nil, 422},
		{"an unknown act", "/simulator/acts", strings.Replace(who, "kind=text", "kind=dance", 1), nil, 422},
		{"a name too long", "/simulator/customers", "appid=" + appid + "&name=" + strings.Repeat("x", 21), nil, 422},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got, text := w.control("POST", tc.path, tc.body, append(form, tc.more...)...); got != tc.want {
				t.Errorf("status %d, want %d: %s", got, tc.want, text)
			}
		})
	}
}

func TestThePhoneShowsCardsAndItsMenusAreTapped(t *testing.T) {
	w := newWorld(t, Plain, nil, nil)
	w.act(Act{Kind: ActText, Text: "x"})
	token := w.stable(false).AccessToken
	thumb := w.upload("thumb", "t.jpg", samplePicture)["thumb_media_id"].(string)
	for _, body := range []string{
		`"news","news":{"articles":[{"title":"活动","description":"八折 <b>","url":"https://example.com/a"}]}`,
		`"msgmenu","msgmenu":{"head_content":"满意吗？","list":[{"id":"a 1","content":"满意 吗"}],"tail_content":"谢谢"}`,
		`"miniprogrampage","miniprogrampage":{"title":"订座","appid":"wx1","pagepath":"p","thumb_media_id":"` + thumb + `"}`,
	} {
		if r := w.send(token, `{"touser":"`+openid+`","msgtype":`+body+`}`); r.Errcode != 0 {
			t.Fatalf("%s: %+v", body, r)
		}
	}
	_, page := w.control("GET", "/simulator?openid="+openid, "", "Accept-Language", "zh-CN")
	for _, want := range []string{`href="https://example.com/a"`, "八折 &lt;b&gt;", "满意吗？", `value="a+1 满意 吗"`, "订座", "小程序"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	picture := regexp.MustCompile(`src="(/simulator/media/line-\d+[^"]*thumb)"`).FindStringSubmatch(page)
	if picture == nil {
		t.Fatal("the card has no picture")
	}
	if status, got := w.control("GET", html.UnescapeString(picture[1]), ""); status != 200 || got != string(samplePicture) {
		t.Errorf("the card's picture is answered %d with %d bytes", status, len(got))
	}
	if status, _ := w.control("GET", "/simulator/media/line-1?appid="+appid+"&openid="+openid, ""); status != 404 {
		t.Errorf("the picture of a text is answered %d", status)
	}
	before := len(w.pushes())
	w.control("POST", "/simulator/acts", "kind=menu_tap&appid="+appid+"&openid="+openid+"&tap="+url.QueryEscape("a+1 满意 吗"), "Content-Type", "application/x-www-form-urlencoded")
	if err := w.Wait(t.Context(), func(st State) bool {
		n := 0
		for _, e := range st.Log() {
			if e.What == "callback" {
				n++
			}
		}
		return n > before
	}); err != nil {
		t.Fatal(err)
	}
	if last := w.pushes()[before].Body; !strings.Contains(last, "<Content><![CDATA[满意 吗]]>") || !strings.Contains(last, "<bizmsgmenuid><![CDATA[a 1]]>") {
		t.Errorf("the tap was pushed as %s", last)
	}
}

func TestASwitchLeavesOtherFaultsAlone(t *testing.T) {
	w := newWorld(t, Plain, nil, nil)
	w.SetFaults(appid, Faults{Busy: 2, SendCode: 45015})
	w.control("PUT", "/simulator/faults", "appid="+appid+"&busy=on&45015=on&45047=on&repeat=on", "Content-Type", "application/x-www-form-urlencoded")
	var got Faults
	w.Look(func(st State) { got = st.Faults(appid) })
	if want := (Faults{Busy: 2, SendCode: 45047, Repeat: 3}); !reflect.DeepEqual(got, want) {
		t.Errorf("faults = %+v, want %+v", got, want)
	}
}

func TestTheStreamRingsAtOnceAndAfterChanges(t *testing.T) {
	w := newWorld(t, Plain, nil, nil)
	r, err := http.Get(w.api + "/simulator/events")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	lines := bufio.NewScanner(r.Body)
	next := func() string {
		for lines.Scan() {
			if lines.Text() != "" {
				return lines.Text()
			}
		}
		t.Fatal("the stream ended")
		return ""
	}
	if got := next(); got != ":" {
		t.Errorf("it begins with %q", got)
	}
	w.act(Act{Kind: ActText, Text: "x"})
	if got := next(); got != "data: ring" {
		t.Errorf("then comes %q", got)
	}
}

func TestInABrowserACustomerWritesAndReadsTheAnswer(t *testing.T) {
	w := newWorld(t, Plain, nil, nil)
	w.act(Act{Kind: ActText, Text: "第一句"})
	page := testkit.Browser(t).MustPage().Timeout(20 * time.Second)
	var mu sync.Mutex
	var complaints []string
	go page.EachEvent(func(e *proto.LogEntryAdded) {
		mu.Lock()
		defer mu.Unlock()
		complaints = append(complaints, e.Entry.Text)
	})()
	page.MustNavigate(w.api + "/simulator").MustWaitLoad()

	page.MustElement("#say").MustInput("弄好了吗？").MustType('\r')
	if err := w.Wait(t.Context(), func(st State) bool { return len(st.Conversation(appid, openid)) == 2 }); err != nil {
		t.Fatal(err)
	}
	page.MustElementR("#lines", "弄好了吗")
	page.MustElement("#say").MustInput("还在写的半句")
	w.send(w.stable(false).AccessToken, hello)
	page.MustElementR("#lines", "您好")
	if got := page.MustElement("#say").MustText(); got != "还在写的半句" {
		t.Errorf("an answer changed what was being written to %q", got)
	}
	page.MustElementR("#log", "custom/send")
	press(page.MustElement("#fault-45015"))
	if err := w.Wait(t.Context(), func(st State) bool { return st.Faults(appid).SendCode == 45015 }); err != nil {
		t.Fatal(err)
	}
	press(page.MustElementR("button", "取关|Unfollow"))
	press(page.MustElementR("#foot button", "关注公众号|Follow"))
	page.MustElement("#say")
	mu.Lock()
	defer mu.Unlock()
	if len(complaints) > 0 {
		t.Errorf("the browser complains: %q", complaints)
	}
}

// press clicks without waiting for an animation frame, which a headless page in the background may never get.
func press(e *rod.Element) { e.MustEval(`() => this.click()`) }

func TestNoPageIsWiderThanTheScreen(t *testing.T) {
	w := scene(t)
	browser := testkit.Browser(t)
	for _, v := range []struct {
		name          string
		path, lang    string
		width, height int
		scheme        string
	}{
		{"desktop", "/simulator", "zh-CN", 1440, 900, "light"},
		{"dark", "/simulator", "zh-CN", 1440, 900, "dark"},
		{"phone", "/simulator", "zh-CN", 390, 844, "light"},
		{"phone-en", "/simulator", "en", 390, 844, "light"},
		{"tablet-en", "/simulator", "en", 1100, 900, "light"},
		{"stranger-en", "/simulator?openid=oNobody8PqR", "en", 1440, 900, "light"},
	} {
		t.Run(v.name, func(t *testing.T) {
			page := browser.MustPage().Timeout(20 * time.Second)
			defer page.MustClose()
			page.MustSetViewport(v.width, v.height, 1, false)
			page.MustNavigate(w.api + "/simulator?lang=" + v.lang).MustWaitLoad() // a cookie keeps it
			(proto.EmulationSetEmulatedMedia{Features: []*proto.EmulationMediaFeature{{Name: "prefers-color-scheme", Value: v.scheme}}}).Call(page)
			page.MustNavigate(w.api + v.path).MustWaitLoad()
			if wide := page.MustEval(`() => document.documentElement.scrollWidth`).Int(); wide > v.width {
				t.Errorf("the page is %d px wide", wide)
			}
			if *shots != "" {
				page.MustScreenshotFullPage(filepath.Join(*shots, fmt.Sprintf("simulator-%s.png", v.name)))
			}
		})
	}
}
