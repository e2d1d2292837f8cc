package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	appid  = "wx4a14a2375e93cb7b"
	openid = "oyeC-wH2XKLJo94TOoBpnCeEAMeQ"
	secret = "0123456789abcdef0123456789abcdef"
	aesKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
)

// clock is one that only moves when told.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// pushed is a callback as the desk got it.
type pushed struct {
	Query url.Values
	Body  string
}

// world is a simulator, its API, and a desk that answers what the test says.
type world struct {
	*Simulator
	t     *testing.T
	clock *clock
	api   string
	mu    sync.Mutex
	got   []pushed
}

func newWorld(t *testing.T, mode Mode, change func(*Config), desk func(w http.ResponseWriter, n int, p pushed)) *world {
	t.Helper()
	w := &world{t: t, clock: &clock{now: time.Date(2026, 7, 18, 10, 32, 0, 0, time.UTC)}}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		p := pushed{r.URL.Query(), string(body)}
		w.mu.Lock()
		w.got = append(w.got, p)
		n := len(w.got)
		w.mu.Unlock()
		if desk == nil {
			io.WriteString(rw, "success")
			return
		}
		desk(rw, n, p)
	}))
	t.Cleanup(server.Close)
	config := Config{
		Accounts:   []Account{{AppID: appid, Secret: secret, Token: "pamtest", AESKey: aesKey, Mode: mode, GhID: "gh_test", CallbackURL: server.URL}},
		Now:        w.clock.Now,
		RetryPause: time.Millisecond,
	}
	if change != nil {
		change(&config)
	}
	var err error
	if w.Simulator, err = New(config); err != nil {
		t.Fatal(err)
	}
	api := httptest.NewServer(w.Handler())
	t.Cleanup(api.Close)
	w.api = api.URL
	return w
}

func (w *world) pushes() []pushed {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.got)
}

// act has the customer act, and fails the test where that cannot be.
func (w *world) act(a Act) Answer {
	w.t.Helper()
	answer, err := w.Do(w.t.Context(), appid, openid, a)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer
}

type result struct {
	Errcode     int    `json:"errcode"`
	Errmsg      string `json:"errmsg"`
	AccessToken string `json:"access_token"`
	ExpiresIn   int    `json:"expires_in"`
}

// call asks the API; an error means that there was no answer.
func (w *world) call(method, path, body string) (result, error) {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.api+path, strings.NewReader(body))
	if err != nil {
		return result{}, err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return result{}, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		w.t.Errorf("HTTP %d: WeChat's errors are 200", answer.StatusCode)
		return result{}, nil
	}
	var out result
	err = json.NewDecoder(answer.Body).Decode(&out)
	return out, err
}

func (w *world) stable(force bool) result {
	w.t.Helper()
	body, _ := json.Marshal(map[string]any{"grant_type": "client_credential", "appid": appid, "secret": secret, "force_refresh": force})
	out, err := w.call("POST", "/cgi-bin/stable_token", string(body))
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

func (w *world) send(token, body string) result {
	w.t.Helper()
	out, err := w.call("POST", "/cgi-bin/message/custom/send?access_token="+token, body)
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

const hello = `{"touser":"` + openid + `","msgtype":"text","text":{"content":"您好"}}`

func (w *world) shown() []string {
	var out []string
	for _, l := range w.Conversation(appid, openid) {
		out = append(out, string(l.Side)+" "+l.Kind+" "+l.Text)
	}
	return out
}

func TestPushesInEveryModeCanBeReadByTheirSignature(t *testing.T) {
	for _, mode := range []Mode{Plain, Compatible, Safe} {
		for _, format := range []Format{XML, JSON} {
			t.Run(string(mode)+" "+string(format), func(t *testing.T) {
				w := newWorld(t, mode, func(c *Config) { c.Accounts[0].Format = format }, nil)
				answer := w.act(Act{Kind: ActText, Text: "你好 <&> ]]> \"x\""})
				if !answer.Accepted() || answer.Attempts != 1 || answer.MsgID == 0 {
					t.Fatalf("answer = %+v", answer)
				}
				p := w.pushes()[0]
				stamp, nonce := p.Query.Get("timestamp"), p.Query.Get("nonce")
				if p.Query.Get("signature") != Signature("pamtest", stamp, nonce) || p.Query.Get("openid") != openid {
					t.Errorf("query = %v", p.Query)
				}
				var sealed struct{ Encrypt string }
				decodeAny(t, p.Body, format, &sealed)
				if (mode != Plain) != (sealed.Encrypt != "") || (mode != Plain) != (p.Query.Get("encrypt_type") == "aes") {
					t.Fatalf("encrypted = %q, query = %v", sealed.Encrypt, p.Query)
				}
				if mode != Plain && p.Query.Get("msg_signature") != Signature("pamtest", stamp, nonce, sealed.Encrypt) {
					t.Error("msg_signature is wrong")
				}
				document := p.Body
				if mode == Safe {
					if strings.Contains(p.Body, "Content") {
						t.Error("safe mode shows the content")
					}
					s, _ := newSealer(appid, aesKey)
					plain, err := s.open(sealed.Encrypt)
					if err != nil {
						t.Fatal(err)
					}
					document = string(plain)
				}
				var m struct {
					FromUserName, ToUserName, MsgType, Content string
					CreateTime, MsgId                          int64
				}
				decodeAny(t, document, format, &m)
				if m.FromUserName != openid || m.ToUserName != "gh_test" || m.MsgType != "text" || m.Content != "你好 <&> ]]> \"x\"" ||
					m.CreateTime != w.clock.Now().Unix() || m.MsgId != answer.MsgID {
					t.Errorf("message = %+v", m)
				}
			})
		}
	}
}

func decodeAny(t *testing.T, document string, format Format, v any) {
	t.Helper()
	if err := decode([]byte(document), format, v); err != nil {
		t.Fatalf("%v in %s", err, document)
	}
}

func TestActsAreWrittenAsWeChatWritesThem(t *testing.T) {
	for _, tc := range []struct {
		name string
		act  Act
		want string // a pattern
	}{
		{"follow", Act{Kind: ActFollow}, `<MsgType><!\[CDATA\[event\]\]></MsgType><Event><!\[CDATA\[subscribe\]\]></Event><EventKey><!\[CDATA\[\]\]></EventKey></xml>`},
		{"follow by QR code", Act{Kind: ActFollow, Scene: "shop7"}, `<EventKey><!\[CDATA\[qrscene_shop7\]\]></EventKey><Ticket>`},
		{"scan by a stranger is a follow", Act{Kind: ActScan, Scene: "shop7"}, `subscribe.*qrscene_shop7`},
		{"click", Act{Kind: ActClick, Key: "kf_other"}, `CLICK.*<EventKey><!\[CDATA\[kf_other\]\]>`},
		{"image", Act{Kind: ActImage}, `<PicUrl>.*<MediaId>.*<MsgId>\d{17,19}</MsgId>`},
		{"voice", Act{Kind: ActVoice}, `<MediaId>.*<Format><!\[CDATA\[amr\]\]>`},
		{"video", Act{Kind: ActVideo}, `<MediaId>.*<ThumbMediaId>`},
		{"location has latitude first", Act{Kind: ActLocation, Lat: 39.93, Lng: 116.45, Text: "三里屯"}, `<Location_X>39.930000</Location_X><Location_Y>116.450000</Location_Y><Scale>15</Scale><Label>.*三里屯`},
		{"link", Act{Kind: ActLink, Text: "票", Key: "https://a.test/?x=1&y=2"}, `<Title>.*票.*<Url><!\[CDATA\[https://a.test/\?x=1&y=2\]\]>`},
		{"tap on a msgmenu item", Act{Kind: ActMenuTap, Text: "满意", Key: "101"}, `<MsgType><!\[CDATA\[text\]\]>.*满意.*<bizmsgmenuid><!\[CDATA\[101\]\]>`},
		{"unknown kind", Act{Kind: ActMessage, Name: "hologram", Fields: map[string]string{"Depth": "3"}}, `hologram.*<Depth><!\[CDATA\[3\]\]></Depth><MsgId>`},
		{"unknown event", Act{Kind: ActEvent, Name: "sneeze"}, `<Event><!\[CDATA\[sneeze\]\]></Event></xml>`},
		{"a document as it is", Act{Kind: ActRaw, Document: "<xml><broken"}, `^<xml><broken$`},
		{"control characters are not cleaned", Act{Kind: ActText, Text: "a\vb"}, "a\vb"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t, Plain, nil, nil)
			if tc.act.Kind != ActFollow && tc.act.Kind != ActScan {
				w.PutCustomer(appid, Customer{OpenID: openid, Followed: true})
			} else {
				w.PutCustomer(appid, Customer{OpenID: openid})
			}
			w.act(tc.act)
			if body := w.pushes()[0].Body; !regexp.MustCompile(tc.want).MatchString(body) {
				t.Errorf("body = %s\nwant %s", body, tc.want)
			}
		})
	}
}

func TestARepeatHasTheSameBodyAndStopsAfterThree(t *testing.T) {
	for _, tc := range []struct {
		name     string
		good     int // the attempt that is answered well; 0: none
		attempts int
		fresh    bool
	}{
		{"answered at once", 1, 1, false},
		{"answered at the second", 2, 2, false},
		{"never answered", 0, 3, false},
		{"with a nonce of its own", 3, 3, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t, Safe, func(c *Config) { c.FreshNonce = tc.fresh }, func(rw http.ResponseWriter, n int, _ pushed) {
				if n != tc.good {
					rw.WriteHeader(http.StatusInternalServerError)
				}
			})
			answer := w.act(Act{Kind: ActText, Text: "在吗"})
			got := w.pushes()
			if answer.Attempts != tc.attempts || len(got) != tc.attempts || answer.Accepted() != (tc.good > 0) {
				t.Fatalf("answer = %+v after %d pushes", answer, len(got))
			}
			for _, p := range got[1:] {
				if p.Body != got[0].Body || (p.Query.Encode() == got[0].Query.Encode()) == tc.fresh {
					t.Error("a repeat differs otherwise than wanted")
				}
			}
			last := w.shown()[len(w.shown())-1]
			if want := "wechat unavailable " + unavailable; (last == want) != (tc.good == 0) {
				t.Errorf("the phone ends with %q", last)
			}
		})
	}
}

func TestADeskThatIsSilentIsAskedAgain(t *testing.T) {
	again := make(chan struct{})
	w := newWorld(t, Safe, func(c *Config) { c.AnswerTimeout = 500 * time.Millisecond }, func(_ http.ResponseWriter, n int, _ pushed) {
		if n > 1 {
			close(again)
		}
		<-again // the first is silent until it is asked again
	})
	if answer := w.act(Act{Kind: ActText, Text: "在吗"}); answer.Attempts != 2 || !answer.Accepted() {
		t.Errorf("answer = %+v", answer)
	}
}

func TestFaultsOfPushes(t *testing.T) {
	w := newWorld(t, Safe, nil, nil)
	w.SetFaults(appid, Faults{Repeat: 3})
	if answer := w.act(Act{Kind: ActText, Text: "一"}); answer.Attempts != 3 || !answer.Accepted() {
		t.Errorf("repeat: %+v", answer)
	}
	w.SetFaults(appid, Faults{DropAnswers: 2})
	if answer := w.act(Act{Kind: ActText, Text: "二"}); answer.Attempts != 3 || !answer.Accepted() {
		t.Errorf("two answers dropped: %+v", answer)
	}
	w.SetFaults(appid, Faults{DropAnswers: -1})
	if answer := w.act(Act{Kind: ActText, Text: "三"}); answer.Attempts != 3 || answer.Accepted() {
		t.Errorf("all answers dropped: %+v", answer)
	}
}

func TestTheActsOfOneCustomerGoOutInOrder(t *testing.T) {
	var busy, most int
	var mu sync.Mutex
	w := newWorld(t, Plain, nil, func(rw http.ResponseWriter, n int, _ pushed) {
		mu.Lock()
		busy++
		most = max(most, busy)
		mu.Unlock()
		mu.Lock()
		busy--
		mu.Unlock()
	})
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { w.act(Act{Kind: ActText, Text: "x"}) })
	}
	all.Wait()
	ids := msgIDs(w.pushes())
	if len(ids) != 20 || !slices.IsSorted(ids) || most != 1 {
		t.Errorf("MsgIds %v, %d at once", ids, most)
	}
}

func TestABurstIsSentAtOnceAndShownInOrder(t *testing.T) {
	var together sync.WaitGroup
	together.Add(10)
	w := newWorld(t, Plain, nil, func(http.ResponseWriter, int, pushed) {
		together.Done()
		together.Wait() // answers only when all ten are here
	})
	texts := []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}
	answers, err := w.Burst(t.Context(), appid, openid, texts...)
	if err != nil || len(answers) != 10 {
		t.Fatal(answers, err)
	}
	for i, l := range w.Conversation(appid, openid) {
		if l.Text != texts[i] || l.MsgID != answers[i].MsgID || i > 0 && l.MsgID <= answers[i-1].MsgID {
			t.Errorf("line %d = %+v", i, l)
		}
	}
}

func TestCopiesAreOneMessage(t *testing.T) {
	w := newWorld(t, Safe, nil, nil)
	answers, err := w.Copies(t.Context(), appid, openid, "你好", 20)
	if err != nil || len(answers) != 20 || len(w.shown()) != 1 {
		t.Fatal(answers, err, w.shown())
	}
	first := w.pushes()[0]
	for _, p := range w.pushes() {
		if p.Body != first.Body || p.Query.Encode() != first.Query.Encode() {
			t.Error("copies differ")
		}
	}
	if w.act(Act{Kind: ActText, Text: "下一条"}); len(w.pushes()) != 21 {
		t.Error("the customer's turn did not come again")
	}
}

func msgIDs(got []pushed) []string {
	var ids []string
	for _, p := range got {
		ids = append(ids, regexp.MustCompile(`<MsgId>(\d+)`).FindStringSubmatch(p.Body)[1])
	}
	return ids
}

func TestPassiveReplies(t *testing.T) {
	text := `<xml><ToUserName>` + openid + `</ToUserName><FromUserName>gh_test</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>您好</Content></xml>`
	news := func(n string, items int) string {
		return strings.Replace(text, `<MsgType>text</MsgType><Content>您好</Content>`, `<MsgType>news</MsgType><ArticleCount>`+n+`</ArticleCount><Articles>`+
			strings.Repeat("<item><Title>新闻</Title></item>", items)+`</Articles>`, 1)
	}
	swap := func(from, to string) string { return strings.Replace(text, from, to, 1) }
	seal := func(document string) string { return sealReply(document, appid, "pamtest") }
	all := []Mode{Plain, Compatible, Safe}
	open := []Mode{Plain, Compatible}
	for _, tc := range []struct {
		name  string
		modes []Mode
		act   Act
		body  string
		want  string // the last line of the phone; empty: nothing is shown
	}{
		{"the word success", all, Act{Kind: ActText}, "success", ""},
		{"nothing", all, Act{Kind: ActText}, "", ""},
		{"text", open, Act{Kind: ActText}, text, "account text 您好"},
		{"encrypted text", []Mode{Compatible, Safe}, Act{Kind: ActText}, seal(text), "account text 您好"},
		{"text unencrypted in safe mode", []Mode{Safe}, Act{Kind: ActText}, text, unavailable},
		{"encrypted text in plain mode", []Mode{Plain}, Act{Kind: ActText}, seal(text), unavailable},
		{"signed with another token", []Mode{Compatible, Safe}, Act{Kind: ActText}, sealReply(text, appid, "other"), unavailable},
		{"encrypted for another account", []Mode{Compatible, Safe}, Act{Kind: ActText}, sealReply(text, "wx0", "pamtest"), unavailable},
		{"another word", all, Act{Kind: ActText}, "ok", unavailable},
		{"cut short", open, Act{Kind: ActText}, text[:len(text)-3], unavailable},
		{"empty Content", open, Act{Kind: ActText}, swap("您好", ""), unavailable},
		{"to another customer", open, Act{Kind: ActText}, swap(openid, "oOther"), unavailable},
		{"from another account", open, Act{Kind: ActText}, swap("gh_test", "gh_other"), unavailable},
		{"no CreateTime", open, Act{Kind: ActText}, swap("<CreateTime>1</CreateTime>", ""), unavailable},
		{"no such kind", open, Act{Kind: ActText}, swap(">text<", ">smell<"), unavailable},
		{"image", open, Act{Kind: ActText}, swap(`<MsgType>text</MsgType>`, `<MsgType>image</MsgType><Image><MediaId>m</MediaId></Image>`), "account image "},
		{"image that has died", open, Act{Kind: ActText}, swap(`<MsgType>text</MsgType>`, `<MsgType>image</MsgType><Image><MediaId>dead</MediaId></Image>`), unavailable},
		{"image without MediaId", open, Act{Kind: ActText}, swap(">text<", ">image<"), unavailable},
		{"music without thumb", open, Act{Kind: ActText}, swap(`<MsgType>text</MsgType>`, `<MsgType>music</MsgType><Music><Title>m</Title></Music>`), unavailable},
		{"one article", open, Act{Kind: ActText}, news("1", 1), "account news 新闻"},
		{"two articles to a message", open, Act{Kind: ActText}, news("2", 2), unavailable},
		{"two articles to an event", open, Act{Kind: ActClick, Key: "k"}, news("2", 2), "account news 新闻"},
		{"ArticleCount is wrong", open, Act{Kind: ActClick, Key: "k"}, news("3", 2), unavailable},
		{"handed over to WeChat's own desk", open, Act{Kind: ActText}, swap(">text<", ">transfer_customer_service<"), ""},
	} {
		for _, mode := range tc.modes {
			t.Run(tc.name+", "+string(mode), func(t *testing.T) {
				w := newWorld(t, mode, nil, func(rw http.ResponseWriter, _ int, _ pushed) { io.WriteString(rw, tc.body) })
				w.Simulator.accounts[0].addMedium(medium{id: "m", kind: "image", data: samplePicture, at: w.clock.Now()})
				answer := w.act(tc.act)
				if answer.Attempts != 1 || answer.Accepted() != (tc.want != unavailable) {
					t.Errorf("answer = %+v", answer)
				}
				last := w.shown()[len(w.shown())-1]
				if tc.want == "" && len(w.shown()) != 1 || tc.want != "" && !strings.HasSuffix(last, tc.want) {
					t.Errorf("the phone shows %q", w.shown())
				}
			})
		}
	}
}

func sealReply(document, appid, token string) string {
	s, err := newSealer(appid, aesKey)
	if err != nil {
		panic(err)
	}
	sealed := s.seal([16]byte{}, []byte(document))
	return "<xml><Encrypt><![CDATA[" + sealed + "]]></Encrypt><MsgSignature>" + Signature(token, "1", "n", sealed) +
		"</MsgSignature><TimeStamp>1</TimeStamp><Nonce>n</Nonce></xml>"
}

func TestAPassiveReplyInJSON(t *testing.T) {
	document := `{"ToUserName":"` + openid + `","FromUserName":"gh_test","CreateTime":1,"MsgType":"text","Content":"您好"}`
	s, _ := newSealer(appid, aesKey)
	sealed := s.seal([16]byte{}, []byte(document))
	body := `{"Encrypt":"` + sealed + `","MsgSignature":"` + Signature("pamtest", "1", "n", sealed) + `","TimeStamp":1,"Nonce":"n"}`
	w := newWorld(t, Safe, func(c *Config) { c.Accounts[0].Format = JSON }, func(rw http.ResponseWriter, _ int, _ pushed) { io.WriteString(rw, body) })
	if answer := w.act(Act{Kind: ActText, Text: "嗨"}); answer.Reply == nil || answer.Reply.Content != "您好" {
		t.Errorf("answer = %+v", answer)
	}
}

func TestTheAddressIsVerifiedByItsEcho(t *testing.T) {
	for _, tc := range []struct {
		name   string
		answer func(echo string) string
		good   bool
	}{
		{"the echostr", func(e string) string { return e }, true},
		{"the echostr and a line end", func(e string) string { return e + "\n" }, false},
		{"success", func(string) string { return "success" }, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t, Safe, nil, func(rw http.ResponseWriter, _ int, p pushed) {
				if p.Query.Get("signature") == Signature("pamtest", p.Query.Get("timestamp"), p.Query.Get("nonce")) {
					io.WriteString(rw, tc.answer(p.Query.Get("echostr")))
				}
			})
			if err := w.Verify(t.Context(), appid); (err == nil) != tc.good {
				t.Errorf("err = %v", err)
			}
		})
	}
}

func TestWaitingEndsWithWhatIsOnThePhone(t *testing.T) {
	w := newWorld(t, Safe, nil, nil)
	w.act(Act{Kind: ActText, Text: "在吗"})
	token := w.stable(false).AccessToken
	go w.call("POST", "/cgi-bin/message/custom/send?access_token="+token, hello)
	if l, err := w.WaitReply(t.Context(), openid, "您"); err != nil || l.Text != "您好" || l.Via != "custom" {
		t.Errorf("line = %+v, err = %v", l, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := w.WaitReply(ctx, openid, "再见"); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "您好") {
		t.Errorf("err = %v", err)
	}
}

func TestARestartKeepsCustomersConversationsAndTokens(t *testing.T) {
	path := filepath.Join(t.TempDir(), "simulator.json")
	w := newWorld(t, Safe, func(c *Config) { c.Path = path }, nil)
	first := w.act(Act{Kind: ActText, Text: "你好"})
	token := w.stable(false).AccessToken
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := w.Keep(ctx); err != nil {
		t.Fatal(err)
	}
	again := newWorld(t, Safe, func(c *Config) { c.Path = path }, nil)
	if got, want := again.shown(), w.shown(); !slices.Equal(got, want) || len(got) == 0 {
		t.Errorf("phone = %q, want %q", got, want)
	}
	if r := again.send(token, hello); r.Errcode != 0 {
		t.Errorf("token and window are lost: %+v", r)
	}
	if second := again.act(Act{Kind: ActText, Text: "又是我"}); second.MsgID <= first.MsgID {
		t.Errorf("MsgId %d after %d", second.MsgID, first.MsgID)
	}
	if err := again.Load(strings.NewReader(`{"version":7}`)); err == nil {
		t.Error("a foreign version was loaded")
	}
	var copied bytes.Buffer
	if err := again.Save(&copied); err != nil || again.Load(&copied) != nil {
		t.Error("what Save wrote cannot be loaded")
	}
}

func TestListsHaveLimits(t *testing.T) {
	w := newWorld(t, Plain, func(c *Config) { c.LogSize = 10 }, nil)
	for range 2*maxLines + 10 {
		w.act(Act{Kind: ActText, Text: "x"})
	}
	if n := len(w.Conversation(appid, openid)); n > 2*maxLines {
		t.Errorf("%d lines", n)
	}
	if n := len(w.Log()); n > 20 {
		t.Errorf("%d entries", n)
	}
	if _, err := w.Burst(t.Context(), appid, openid, make([]string, maxPending+1)...); !errors.Is(err, ErrFull) {
		t.Errorf("err = %v", err)
	}
}

func TestWhoDoesNotFollowCannotWrite(t *testing.T) {
	w := newWorld(t, Plain, nil, nil)
	w.act(Act{Kind: ActText, Text: "x"})
	w.act(Act{Kind: ActUnfollow})
	if _, err := w.Text(t.Context(), appid, openid, "y"); !errors.Is(err, ErrNotFollowing) {
		t.Errorf("err = %v", err)
	}
	if _, err := w.Text(t.Context(), "wx0", openid, "y"); !errors.Is(err, ErrNoAccount) {
		t.Errorf("err = %v", err)
	}
}
