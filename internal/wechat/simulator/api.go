package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	maxSendText  = 2048 // bytes of UTF-8
	maxCall      = 1 << 20
	typingWithin = 30 * time.Second // of the customer's last act
)

// failure is a business error: HTTP 200, and a code.
type failure struct {
	code int
	msg  string
}

// failed is one of WeChat's errors, in its own words.
func failed(code int) *failure { return &failure{code, messages[code]} }

var messages = map[int]string{
	-1:    "system error",
	40001: "invalid credential, access_token is invalid or not latest",
	40002: "invalid grant_type",
	40003: "invalid openid",
	40004: "invalid media type",
	40005: "invalid file type",
	40007: "invalid media_id",
	40008: "invalid message type",
	40009: "invalid image size",
	40010: "invalid voice size",
	40011: "invalid video size",
	40012: "invalid thumb size",
	40013: "invalid appid",
	40037: "invalid template_id",
	40014: "invalid access_token",
	40016: "invalid button size",
	40017: "invalid button type",
	40018: "invalid button name size",
	40019: "invalid button key size",
	40020: "invalid button url size",
	40022: "invalid sub button depth",
	40023: "invalid sub button size",
	40024: "invalid sub button type",
	40025: "invalid sub button name size",
	40026: "invalid sub button key size",
	40027: "invalid sub button url size",
	40033: "invalid charset. please check your request, if include \\uxxxx will create fail!",
	46003: "menu no exist",
	40052: "invalid action name",
	40053: "invalid action info",
	40032: "invalid openid list size",
	40066: "invalid url",
	40092: "invalid remark name",
	40125: "invalid appsecret",
	41001: "access_token missing",
	41002: "appid missing",
	41004: "appsecret missing",
	41005: "media data missing",
	42001: "access_token expired",
	42006: "component_access_token expired",
	43001: "require GET method",
	43002: "require POST method",
	43004: "require subscribe",
	43101: "user refuse to accept the msg",
	44002: "empty post data",
	44003: "empty news data",
	44004: "empty content",
	45002: "content size out of limit",
	45008: "article size out of limit",
	45009: "reach max api daily quota limit",
	45011: "api minute-quota reach limit, must slower, retry next minute",
	45015: "response out of time limit or subscription is canceled",
	45047: "out of response count limit",
	45056: "create too many tag",
	45059: "can't add too many tags to a user",
	45072: "command is invalid",
	45080: "typing status is not allowed: no interaction with the user in the last 30 seconds",
	45081: "typing status is already set",
	45157: "invalid tag name",
	45158: "tag name too long",
	45159: "invalid tag id",
	47001: "data format error",
	48001: "api unauthorized",
	48004: "api forbidden for account",
	48006: "forbid to clear quota because of reaching the limit",
	61004: "access clientip is not registered",
	76003: "cgi_path is invalid",
	61003: "component is not authorized by this account",
	61005: "component ticket is expired",
	61006: "component ticket is invalid",
	61007: "api is unauthorized to component",
	61009: "authorization code is invalid",
	61010: "authorization code is expired",
	61011: "invalid component",
	61014: "must use component token for component api",
	61023: "refresh_token is invalid",
}

// call is one request of the desk's. Its account is known once its token is.
type call struct {
	*Simulator
	path    string
	query   url.Values
	body    []byte
	account *account
	entry   Entry
	cut     bool // do not answer

	host, contentType  string // of the request
	from               string // the address that it came from
	file               []byte // the answer, where it is no JSON
	fileType, fileName string
	delay              time.Duration // before the answer
	after              func()        // to be done when the lock is free; nil: nothing
}

// endpoint is one path of WeChat's API. handle runs with the simulator locked, and returns what is answered.
type endpoint struct {
	method string // the one it wants; empty: any
	open   bool   // needs no token: it gives them out
	handle func(*call) (any, *failure)
}

var endpoints = map[string]endpoint{
	"token":                             {open: true, handle: (*call).simpleToken},
	"stable_token":                      {method: http.MethodPost, open: true, handle: (*call).stableToken},
	"message/custom/send":               {method: http.MethodPost, handle: (*call).send},
	"message/custom/typing":             {method: http.MethodPost, handle: (*call).typing},
	"user/info":                         {method: http.MethodGet, handle: (*call).userInfo},
	"user/info/batchget":                {method: http.MethodPost, handle: (*call).userInfos},
	"user/info/updateremark":            {method: http.MethodPost, handle: (*call).updateRemark},
	"tags/get":                          {method: http.MethodGet, handle: (*call).tagsGet},
	"tags/create":                       {method: http.MethodPost, handle: (*call).tagsCreate},
	"tags/getidlist":                    {method: http.MethodPost, handle: (*call).tagsOf},
	"tags/members/batchtagging":         {method: http.MethodPost, handle: (*call).tagMembers},
	"tags/members/batchuntagging":       {method: http.MethodPost, handle: (*call).untagMembers},
	"template/get_all_private_template": {method: http.MethodGet, handle: (*call).templatesGet},
	"wxaapi/newtmpl/gettemplate":        {method: http.MethodGet, handle: (*call).noticesGet},
	"message/template/send":             {method: http.MethodPost, handle: (*call).sendTemplate},
	"message/subscribe/bizsend":         {method: http.MethodPost, handle: (*call).sendNotice},
	"qrcode/create":                     {method: http.MethodPost, handle: (*call).codeCreate},
	"media/get":                         {method: http.MethodGet, handle: (*call).mediaGet},
	"media/get/jssdk":                   {method: http.MethodGet, handle: (*call).mediaGetHD},
	"media/video":                       {method: http.MethodGet, open: true, handle: (*call).mediaVideo},
	"media/upload":                      {method: http.MethodPost, handle: (*call).mediaUpload},
	"getcallbackip":                     {method: http.MethodGet, handle: (*call).callbackIP},
	"openapi/quota/get":                 {method: http.MethodPost, handle: (*call).quotaGet},
	"openapi/quota/clear":               {method: http.MethodPost, handle: (*call).quotaClear},
	"clear_quota":                       {method: http.MethodPost, handle: (*call).clearQuota},
	"clear_quota/v2":                    {method: http.MethodPost, open: true, handle: (*call).clearQuotaBySecret},
	"menu/create":                       {method: http.MethodPost, handle: (*call).menuCreate},
	"menu/get":                          {method: http.MethodGet, handle: (*call).menuGet},
	"menu/delete":                       {method: http.MethodGet, handle: (*call).menuDelete},
	"get_current_selfmenu_info":         {method: http.MethodGet, handle: (*call).menuCurrent},

	"component/api_component_token":     componentCall(true, (*call).componentToken),
	"component/api_start_push_ticket":   componentCall(true, (*call).startPushTicket),
	"component/api_create_preauthcode":  componentCall(false, (*call).preAuthCode),
	"component/api_query_auth":          componentCall(false, (*call).queryAuth),
	"component/api_authorizer_token":    componentCall(false, (*call).authorizerToken),
	"component/api_get_authorizer_info": componentCall(false, (*call).authorizerInfo),
	"component/api_get_authorizer_list": componentCall(false, (*call).authorizerList),
}

// API serves WeChat's API under /cgi-bin/ and /wxaapi/.
func (s *Simulator) API() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		c := &call{Simulator: s, path: strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/cgi-bin"), "/"), query: r.URL.Query(), host: r.Host, contentType: r.Header.Get("Content-Type"), from: clientIP(r)}
		c.entry = Entry{At: s.config.Now(), Dir: FromDesk, What: c.path}
		if s.refuses(c.query) {
			panic(http.ErrAbortHandler) // closes the connection; nothing was read
		}
		answer := c.serve(r)
		if c.after != nil {
			go c.after()
		}
		if c.delay > 0 && !pause(r.Context(), c.delay) {
			c.cut = true
		}
		c.entry.Took = time.Since(start)
		if c.cut {
			c.entry.Answer, c.entry.Injected = "", true
			s.note(c.entry)
			panic(http.ErrAbortHandler) // what was asked is done, and nobody is told
		}
		c.entry.Status = http.StatusOK
		s.note(c.entry)
		if c.file != nil {
			c.writeFile(w)
			return
		}
		w.Header().Set("Content-Type", "application/json; encoding=utf-8")
		w.Write(answer)
	})
}

// refuses reports whether the account's connections are refused. Only calls with a token tell whose they are before they are read;
// where there is one account, the others are its as well.
func (s *Simulator) refuses(query url.Values) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.accounts) == 1 {
		return s.accounts[0].faults.Refuse
	}
	a, _ := s.owner(query.Get("access_token"))
	return a != nil && a.faults.Refuse
}

// serve does what is asked, under the lock, and returns the answer's body.
func (c *call) serve(r *http.Request) []byte {
	var err error
	most := int64(maxCall)
	if c.path == "media/upload" {
		most = maxUpload
	}
	if c.body, err = io.ReadAll(io.LimitReader(r.Body, most)); err != nil {
		c.cut = true
		return nil
	}
	e, known := endpoints[c.path]
	if !e.open && c.path != "media/upload" { // the others have secrets
		c.entry.Raw = short(string(c.body), rawKept)
	}
	c.entry.Escaped = escaped(c.body)
	if m, wrong := readMessage(c.body); wrong == nil && c.path == "message/custom/send" {
		c.entry.OpenID, c.entry.Content = m.ToUser, m.describe()
	}

	c.mu.Lock()
	defer c.mu.Unlock()
	answer, wrong := any(nil), failed(40066)
	if known {
		answer, wrong = c.dispatch(e, r.Method)
	}
	if c.account != nil {
		c.entry.AppID = c.account.AppID
		c.delay = c.account.faults.Delay
	}
	if wrong != nil {
		answer = wrong.body(c.config.Now())
		c.entry.Code = wrong.code
		c.entry.Answer = fmt.Sprintf("%d %s", wrong.code, wrong.msg)
	} else if c.entry.Answer == "" {
		c.entry.Answer = "0 ok"
	}
	return plainJSON(answer)
}

func (c *call) dispatch(e endpoint, method string) (any, *failure) {
	switch {
	case e.method == http.MethodPost && method != http.MethodPost:
		return nil, failed(43002)
	case e.method == http.MethodGet && method != http.MethodGet:
		return nil, failed(43001)
	}
	if !e.open {
		if wrong := c.authorize(); wrong != nil {
			return nil, wrong
		}
		if wrong := c.injected(); wrong != nil {
			c.entry.Injected = true
			return nil, wrong
		}
		if wrong := c.account.count(c.path, c.config.Now()); wrong != nil {
			return nil, wrong
		}
	}
	return e.handle(c)
}

// authorize finds the account by its token.
func (c *call) authorize() *failure {
	value := c.query.Get("access_token")
	if value == "" {
		return failed(41001)
	}
	a, t := c.owner(value)
	switch {
	case a == nil && !strings.HasPrefix(value, "99_"): // not even the shape of one
		return failed(40014)
	case a == nil || t.Dead:
		c.account = a
		return failed(40001)
	case !c.config.Now().Before(t.Until):
		c.account = a
		return failed(42001)
	}
	c.account = a
	return c.permitted(value)
}

// injected is the fault that strikes a call with a good token.
func (c *call) injected() *failure {
	switch f := &c.account.faults; {
	case f.code(c.path) != 0:
		return c.failed(f.code(c.path))
	case take(&f.RejectToken):
		return failed(40001)
	case take(&f.Busy):
		return failed(-1)
	case f.SendCode != 0 && c.path == "message/custom/send":
		return failed(f.SendCode)
	}
	return nil
}

func (s *Simulator) owner(value string) (*account, token) {
	if value == "" {
		return nil, token{}
	}
	for _, a := range s.accounts {
		if t, ok := a.tokens.find(value); ok {
			return a, t
		}
	}
	return nil, token{}
}

// GET /cgi-bin/token
func (c *call) simpleToken() (any, *failure) {
	if wrong := c.authenticate(c.query.Get("grant_type"), c.query.Get("appid"), c.query.Get("secret")); wrong != nil {
		return nil, wrong
	}
	return c.tokenAnswer(c.account.tokens.simple(c.config.Now())), nil
}

// POST /cgi-bin/stable_token
func (c *call) stableToken() (any, *failure) {
	var ask struct {
		GrantType    string `json:"grant_type"`
		AppID        string `json:"appid"`
		Secret       string `json:"secret"`
		ForceRefresh bool   `json:"force_refresh"`
	}
	if wrong := c.decode(&ask); wrong != nil {
		return nil, wrong
	}
	if wrong := c.authenticate(ask.GrantType, ask.AppID, ask.Secret); wrong != nil {
		return nil, wrong
	}
	if ask.ForceRefresh {
		c.entry.Content = "force_refresh"
	}
	t, wrong := c.account.tokens.stable(c.config.Now(), ask.ForceRefresh)
	if wrong != nil {
		return nil, wrong
	}
	return c.tokenAnswer(t), nil
}

func (c *call) authenticate(grant, appid, secret string) *failure {
	switch {
	case grant != "client_credential":
		return failed(40002)
	case appid == "":
		return failed(41002)
	case secret == "":
		return failed(41004)
	}
	a := c.Simulator.account(appid)
	if a == nil {
		return failed(40013)
	}
	c.account = a
	switch code := a.faults.code(c.path); {
	case code != 0:
		c.entry.Injected = true
		return c.failed(code)
	case secret != a.Secret:
		return failed(40125)
	case len(a.IPs) > 0 && !slices.Contains(a.IPs, c.from):
		return c.failed(40164)
	}
	return a.count(c.path, c.config.Now())
}

// failed is one of WeChat's errors; those about an address name the one that the call came from.
func (c *call) failed(code int) *failure {
	switch f := failed(code); {
	case code == 40164:
		return &failure{code, "invalid ip " + c.from + ", not in whitelist"}
	case code == 61004:
		return &failure{code, f.msg + " requestIP: " + c.from}
	case f.msg == "":
		return &failure{code, "error " + strconv.Itoa(code)}
	default:
		return f
	}
}

func clientIP(r *http.Request) string {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return from.Addr().Unmap().String()
}

func (c *call) tokenAnswer(t token) any {
	return struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int    `json:"expires_in"` // seconds
	}{t.Value, int((t.Until.Sub(c.config.Now()) + time.Second - 1) / time.Second)}
}

// POST /cgi-bin/message/custom/send
func (c *call) send() (any, *failure) {
	m, wrong := readMessage(c.body)
	if wrong != nil {
		return nil, wrong
	}
	to := c.account.customers[m.ToUser]
	if to == nil {
		return nil, failed(40003)
	}
	if wrong := m.check(); wrong != nil {
		return nil, wrong
	}
	now := c.config.Now()
	if wrong := c.account.knows(m.media(), now); wrong != nil {
		return nil, wrong
	}
	if !to.Followed {
		return nil, failed(43004)
	}
	if wrong := to.windows.check(now); wrong != nil {
		return nil, wrong
	}
	to.windows.use()
	to.Typing = false
	left := to.windows.allowance(now)
	c.entry.Left, c.entry.Of = left.Left, left.Of
	c.show(to, m.line())
	c.cut = take(&c.account.faults.Cut)
	return okAnswer(), nil
}

// POST /cgi-bin/message/custom/typing
func (c *call) typing() (any, *failure) {
	var ask struct {
		ToUser  string `json:"touser"`
		Command string `json:"command"`
	}
	if wrong := c.decode(&ask); wrong != nil {
		return nil, wrong
	}
	c.entry.OpenID, c.entry.Content = ask.ToUser, ask.Command
	to := c.account.customers[ask.ToUser]
	switch {
	case to == nil:
		return nil, failed(40003)
	case ask.Command != "Typing" && ask.Command != "CancelTyping":
		return nil, failed(45072)
	case c.config.Now().Sub(to.LastAct) > typingWithin:
		return nil, failed(45080)
	case ask.Command == "Typing" && to.Typing:
		return nil, failed(45081)
	}
	to.Typing = ask.Command == "Typing"
	c.ring()
	return okAnswer(), nil
}

// GET /cgi-bin/getcallbackip
func (c *call) callbackIP() (any, *failure) {
	return map[string][]string{"ip_list": {"127.0.0.1"}}, nil
}

func (c *call) decode(v any) *failure {
	if len(c.body) == 0 {
		return failed(44002)
	}
	if json.Unmarshal(c.body, v) != nil {
		return failed(47001)
	}
	return nil
}

// sent is the body of custom/send.
type sent struct {
	ToUser  string `json:"touser"`
	MsgType string `json:"msgtype"`
	Text    struct {
		Content string `json:"content"`
	} `json:"text"`
	Image, Voice, MPNews struct {
		MediaID string `json:"media_id"`
	}
	Video struct {
		MediaID      string `json:"media_id"`
		ThumbMediaID string `json:"thumb_media_id"`
		Title        string `json:"title"`
		Description  string `json:"description"`
	} `json:"video"`
	Music struct {
		Title        string `json:"title"`
		ThumbMediaID string `json:"thumb_media_id"`
	} `json:"music"`
	News struct {
		Articles []struct {
			Title       string `json:"title"`
			Description string `json:"description"`
			URL         string `json:"url"`
			PicURL      string `json:"picurl"`
		} `json:"articles"`
	} `json:"news"`
	MPNewsArticle struct {
		ArticleID string `json:"article_id"`
	} `json:"mpnewsarticle"`
	MsgMenu struct {
		Head string     `json:"head_content"`
		List []MenuItem `json:"list"`
		Tail string     `json:"tail_content"`
	} `json:"msgmenu"`
	WXCard struct {
		CardID string `json:"card_id"`
	} `json:"wxcard"`
	MiniProgramPage struct {
		Title        string `json:"title"`
		AppID        string `json:"appid"`
		PagePath     string `json:"pagepath"`
		ThumbMediaID string `json:"thumb_media_id"`
	} `json:"miniprogrampage"`
}

func readMessage(body []byte) (sent, *failure) {
	var m sent
	if len(body) == 0 {
		return m, failed(44002)
	}
	if json.Unmarshal(body, &m) != nil {
		return m, failed(47001)
	}
	return m, nil
}

// check is the table of message kinds.
func (m *sent) check() *failure {
	switch m.MsgType {
	case "text":
		return m.checkText()
	case "image":
		return needs(40007, m.Image.MediaID)
	case "voice":
		return needs(40007, m.Voice.MediaID)
	case "mpnews":
		return needs(40007, m.MPNews.MediaID)
	case "video":
		return needs(40007, m.Video.MediaID, m.Video.ThumbMediaID)
	case "music":
		return needs(40007, m.Music.ThumbMediaID)
	case "news":
		return m.checkNews()
	case "mpnewsarticle":
		return needs(44003, m.MPNewsArticle.ArticleID)
	case "msgmenu":
		if len(m.MsgMenu.List) == 0 {
			return failed(44004)
		}
		return nil
	case "wxcard":
		return needs(44004, m.WXCard.CardID)
	case "miniprogrampage":
		return needs(40007, m.MiniProgramPage.AppID, m.MiniProgramPage.PagePath, m.MiniProgramPage.ThumbMediaID)
	}
	return failed(40008)
}

func (m *sent) checkText() *failure {
	switch n := len(m.Text.Content); {
	case n == 0:
		return failed(44004)
	case n > maxSendText:
		return failed(45002)
	}
	return nil
}

func (m *sent) checkNews() *failure {
	switch n := len(m.News.Articles); {
	case n == 0:
		return failed(44003)
	case n > 1:
		return failed(45008)
	}
	return nil
}

// media are the ids of the kinds that WeChat looks up.
func (m *sent) media() []string {
	switch m.MsgType {
	case "image":
		return []string{m.Image.MediaID}
	case "voice":
		return []string{m.Voice.MediaID}
	case "video":
		return []string{m.Video.MediaID, m.Video.ThumbMediaID}
	case "music":
		return []string{m.Music.ThumbMediaID}
	case "miniprogrampage":
		return []string{m.MiniProgramPage.ThumbMediaID}
	}
	return nil
}

func needs(code int, values ...string) *failure {
	for _, v := range values {
		if v == "" {
			return failed(code)
		}
	}
	return nil
}

// line is what the phone makes of it.
func (m *sent) line() Line {
	l := Line{Side: FromAccount, Kind: m.MsgType, Via: "custom"}
	switch m.MsgType {
	case "text":
		l.Text = m.Text.Content
	case "image":
		l.Media = m.Image.MediaID
	case "voice":
		l.Media = m.Voice.MediaID
	case "video":
		l.Media, l.Thumb, l.Text, l.Description = m.Video.MediaID, m.Video.ThumbMediaID, m.Video.Title, m.Video.Description
	case "music":
		l.Text = m.Music.Title
	case "news":
		a := m.News.Articles[0]
		l.Text, l.Description, l.URL, l.Picture = a.Title, a.Description, a.URL, a.PicURL
	case "msgmenu":
		l.Text, l.Items, l.Tail = m.MsgMenu.Head, m.MsgMenu.List, m.MsgMenu.Tail
	case "miniprogrampage":
		p := m.MiniProgramPage
		l.Text, l.Thumb, l.AppID, l.URL = p.Title, p.ThumbMediaID, p.AppID, p.PagePath
	}
	return l
}

func (m *sent) describe() string {
	if m.MsgType == "text" {
		return "「" + short(m.Text.Content, 40) + "」"
	}
	return m.MsgType
}

func okAnswer() any { return (&failure{0, "ok"}).plain() }

func (f *failure) plain() any {
	return struct {
		Code int    `json:"errcode"`
		Msg  string `json:"errmsg"`
	}{f.code, f.msg}
}

// body is the answer, with the request id that WeChat's support asks for.
func (f *failure) body(now time.Time) any {
	rid := fmt.Sprintf(" rid: %08x-%08x-%08x", uint32(now.Unix()), rand.Uint32(), rand.Uint32())
	return (&failure{f.code, f.msg + rid}).plain()
}

// escaped reports whether a JSON body was written with the HTML escapes of Go's json.Marshal.
func escaped(body []byte) bool {
	lower := bytes.ToLower(body)
	for _, e := range [...]string{`\u003c`, `\u003e`, `\u0026`} {
		if bytes.Contains(lower, []byte(e)) {
			return true
		}
	}
	return false
}
