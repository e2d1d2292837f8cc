package simulator

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Template is a form of words of an account: of template messages, or of subscription notices.
type Template struct {
	ID      string `json:"template_id"`
	Title   string `json:"title"`
	Content string `json:"content"` // with {{key.DATA}} where a value goes
	Example string `json:"example"`
	Notice  bool   `json:"notice"` // of subscription notices
}

// sampleTemplates are those of an account that names none.
var sampleTemplates = []Template{
	{ID: "tpl-consultation-0123456789abcdefghijklmnopq", Title: "咨询回复提醒", Content: "咨询内容：{{thing1.DATA}}\n回复内容：{{thing2.DATA}}\n回复时间：{{time3.DATA}}", Example: "咨询内容：发票\n回复内容：已重开\n回复时间：2018年1月18日 10:50"},
	{ID: "tpl-order-0123456789abcdefghijklmnopqrstuvwx", Title: "订单状态通知", Content: "{{first.DATA}}\n订单号：{{keyword1.DATA}}\n状态：{{keyword2.DATA}}\n{{remark.DATA}}", Example: "您好\n订单号：1234\n状态：已发货\n感谢"},
	{ID: "sub-seat-0123456789abcdefghijklmnopqrstuvwxy", Title: "座位预约提醒", Content: "门店:{{thing1.DATA}}\n座位:{{character_string2.DATA}}", Example: "门店:三里屯店\n座位:A12", Notice: true},
}

// The acts about templates. Neither opens a window, and the phone shows both in WeChat's own words.
const (
	ActConsent = "consent" // the customer agrees to one notice of a template: Key
	ActRefuse  = "refuse"  // the customer does not
	actResult  = "result"  // WeChat tells what became of a message: the phone shows nothing
)

var templatePlace = regexp.MustCompile(`\{\{\s*(\w+)\.DATA\s*\}\}`)

// placeMost are the characters that WeChat takes by what a key says it holds; more is refused with 47003.
var placeMost = map[string]int{"thing": 20, "number": 32, "letter": 32, "symbol": 5, "character_string": 32, "phone_number": 17, "car_number": 8, "name": 10, "phrase": 5}

func (a *account) template(id string, notice bool) *Template {
	i := slices.IndexFunc(a.Templates, func(t Template) bool { return t.ID == id && t.Notice == notice })
	if i < 0 {
		return nil
	}
	return &a.Templates[i]
}

// GET /cgi-bin/template/get_all_private_template
func (c *call) templatesGet() (any, *failure) {
	list := []any{}
	for _, t := range c.account.Templates {
		if !t.Notice {
			list = append(list, map[string]string{"template_id": t.ID, "title": t.Title, "primary_industry": "", "deputy_industry": "", "content": t.Content, "example": t.Example})
		}
	}
	return map[string]any{"template_list": list}, nil
}

// GET /wxaapi/newtmpl/gettemplate
func (c *call) noticesGet() (any, *failure) {
	list := []any{}
	for _, t := range c.account.Templates {
		if t.Notice {
			list = append(list, map[string]any{"priTmplId": t.ID, "title": t.Title, "content": t.Content, "example": t.Example, "type": 2})
		}
	}
	return map[string]any{"errcode": 0, "errmsg": "ok", "data": list}, nil
}

// filled is the body of message/template/send and of message/subscribe/bizsend.
type filled struct {
	ToUser     string `json:"touser"`
	TemplateID string `json:"template_id"`
	URL        string `json:"url"`
	Page       string `json:"page"`
	Program    struct {
		AppID string `json:"appid"`
		Path  string `json:"pagepath"`
	} `json:"miniprogram"`
	Client string `json:"client_msg_id"`
	Data   map[string]struct {
		Value string `json:"value"`
	} `json:"data"`
}

// fill is the template as the phone shows it, or 47003.
func (f *filled) fill(t *Template) (string, *failure) {
	var wrong *failure
	text := templatePlace.ReplaceAllStringFunc(t.Content, func(place string) string {
		key := templatePlace.FindStringSubmatch(place)[1]
		v := f.Data[key].Value
		most, limited := placeMost[strings.TrimRight(key, "0123456789")]
		if limited && (v == "" || utf8.RuneCountInString(v) > most) {
			wrong = &failure{47003, "argument invalid! data." + key + ".value is empty or too long"}
		}
		return v
	})
	return strings.TrimSpace(text), wrong
}

// readFilled is a message that may go, as the phone shows it. Checked comes what is asked for beside a known customer and template.
func (c *call) readFilled(notice bool, check func(*customer, *filled) *failure) (to *customer, f filled, l Line, wrong *failure) {
	if wrong = c.decode(&f); wrong != nil {
		return nil, f, l, wrong
	}
	c.entry.OpenID = f.ToUser
	to = c.account.customers[f.ToUser]
	t := c.account.template(f.TemplateID, notice)
	switch {
	case to == nil:
		return nil, f, l, failed(40003)
	case t == nil:
		return nil, f, l, failed(40037)
	}
	c.entry.Content = t.Title
	l = Line{Side: FromAccount, Kind: kindOf(notice), Via: kindOf(notice), Text: t.Title, URL: f.URL + f.Page, AppID: f.Program.AppID}
	if wrong = check(to, &f); wrong == nil {
		l.Description, wrong = f.fill(t)
	}
	return to, f, l, wrong
}

func kindOf(notice bool) string {
	if notice {
		return "subscribe"
	}
	return "template"
}

// POST /cgi-bin/message/template/send. It is taken, and what became of it is told by an event, which may overtake the answer.
func (c *call) sendTemplate() (any, *failure) {
	to, f, line, wrong := c.readFilled(false, func(to *customer, _ *filled) *failure {
		if !to.Followed {
			return failed(43004)
		}
		return nil
	})
	if wrong != nil {
		return nil, wrong
	}
	status := "success"
	switch {
	case to.Blocked:
		status = "failed:user block"
	case take(&c.account.faults.FailJobs):
		status = "failed: system failed"
	default:
		c.show(to, line)
	}
	c.lastID++
	c.tells(f.ToUser, "TEMPLATESENDJOBFINISH", Field{Name: "MsgID", Text: strconv.FormatInt(c.lastID, 10), Number: true}, Field{Name: "Status", Text: status})
	c.cut = take(&c.account.faults.Cut)
	return map[string]any{"errcode": 0, "errmsg": "ok", "msgid": c.lastID}, nil
}

// POST /cgi-bin/message/subscribe/bizsend. Each uses up one consent.
func (c *call) sendNotice() (any, *failure) {
	to, f, line, wrong := c.readFilled(true, func(to *customer, f *filled) *failure {
		if to.Consents[f.TemplateID] == 0 {
			return failed(43101)
		}
		return nil
	})
	if wrong != nil {
		return nil, wrong
	}
	to.Consents[f.TemplateID]--
	code, status := "0", "success"
	if to.Blocked {
		code, status = "43101", messages[43101]
	} else {
		c.show(to, line)
	}
	c.lastID++
	c.tells(f.ToUser, "subscribe_msg_sent_event", list("SubscribeMsgSentEvent", Field{Name: "TemplateId", Text: f.TemplateID}, Field{Name: "MsgID", Text: strconv.FormatInt(c.lastID, 10)},
		Field{Name: "ErrorCode", Text: code}, Field{Name: "ErrorStatus", Text: status}))
	return okAnswer(), nil // no page says that it names the message
}

// list is one line of a subscribe_msg event.
func list(name string, fields ...Field) Field {
	return Field{Name: name, Children: []Field{{Name: "List", Children: fields}}}
}

// tells has an event set out once the lock is free.
func (c *call) tells(openid, event string, fields ...Field) {
	appid, act := c.account.AppID, Act{Kind: actResult, Name: event, fields: fields}
	c.after = func() { _, _ = c.Do(context.Background(), appid, openid, act) } // ends by itself: every attempt has its time
}

// consents writes down what a customer answered to the question whether they want notices of a template.
func (c *customer) consents(act Act) {
	if act.Kind != ActConsent {
		return
	}
	if c.Consents == nil {
		c.Consents = map[string]int{}
	}
	c.Consents[act.Key]++
}

// answered is that answer, as WeChat tells it.
func answered(template, status string) []Field {
	return []Field{{Name: "Event", Text: "subscribe_msg_popup_event"},
		list("SubscribeMsgPopupEvent", Field{Name: "TemplateId", Text: template}, Field{Name: "SubscribeStatusString", Text: status}, Field{Name: "PopupScene", Text: "2"})}
}

// Block has a customer take no messages from the account any more, or take them again. WeChat tells nobody.
func (s *Simulator) Block(appid, openid string, yes bool) error {
	return s.ChangeCustomer(appid, openid, func(c *Customer) { c.Blocked = yes })
}

func (s *Simulator) putBlock(r *http.Request) (any, error) {
	var ask struct {
		Blocked bool `json:"blocked"`
	}
	if err := json.NewDecoder(r.Body).Decode(&ask); err != nil {
		return nil, err
	}
	return nil, s.Block(s.appid(r), r.PathValue("openid"), ask.Blocked)
}

// postBlock is the page's button.
func (s *Simulator) postBlock(w http.ResponseWriter, r *http.Request) {
	appid, openid := r.FormValue("appid"), r.FormValue("openid")
	if err := s.Block(appid, openid, r.FormValue("blocked") == "1"); err != nil {
		refuse(w, err)
		return
	}
	done(w, r, pageURL(appid, openid))
}
