package wechat

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// Template is a form of words that WeChat has approved for an account: of a template message (模板消息), or of a subscription notice (订阅通知).
type Template struct {
	ID, Title, Content string // Content has {{key.DATA}}, without blanks, where a value goes
}

// TemplateField is a place in a template's content that is filled in.
type TemplateField struct {
	Key   string
	Label string // what stands before it; "": nothing
	Most  int    // characters
}

var templateField = regexp.MustCompile(`\{\{\s*(\w+)\.DATA\s*\}\}`)

// Fields are the places of a template, in order, each once.
func (t Template) Fields() (out []TemplateField) {
	known := map[string]bool{}
	for line := range strings.Lines(t.Content) {
		from := 0
		for _, at := range templateField.FindAllStringSubmatchIndex(line, -1) {
			key, label := line[at[2]:at[3]], strings.Trim(line[from:at[0]], " \t:：")
			if from = at[1]; !known[key] {
				known[key] = true
				out = append(out, TemplateField{key, label, fieldMost(key)})
			}
		}
	}
	return out
}

// fieldKinds are how many characters WeChat takes where a key says what it holds, such as thing2 ("api_sendnewsubscribemsg", parameters).
var fieldKinds = map[string]int{"thing": 20, "number": 32, "letter": 32, "symbol": 5, "character_string": 32, "phone_number": 17, "car_number": 8, "name": 10, "phrase": 5}

// fieldFree is our own limit where WeChat names none.
const fieldFree = 200

func fieldMost(key string) int {
	if most := fieldKinds[strings.TrimRight(key, "0123456789")]; most != 0 {
		return most
	}
	return fieldFree
}

// Templates are those of an account's template messages (get_all_private_template). 48001: the account has none of this kind.
func (c *Client) Templates(ctx context.Context, token string) ([]Template, error) {
	var out struct {
		List []struct {
			ID      string `json:"template_id"`
			Title   string `json:"title"`
			Content string `json:"content"`
		} `json:"template_list"`
	}
	if err := c.call(ctx, http.MethodGet, "/cgi-bin/template/get_all_private_template", url.Values{"access_token": {token}}, nil, &out); err != nil {
		return nil, err
	}
	var all []Template
	for _, t := range out.List {
		all = append(all, template(t.ID, t.Title, t.Content))
	}
	return all, nil
}

// NoticeTemplates are those of an account's subscription notices (newtmpl/gettemplate). 48001: the account has none of this kind.
func (c *Client) NoticeTemplates(ctx context.Context, token string) ([]Template, error) {
	var out struct {
		Data []struct {
			ID      string `json:"priTmplId"`
			Title   string `json:"title"`
			Content string `json:"content"`
		} `json:"data"`
	}
	if err := c.call(ctx, http.MethodGet, "/wxaapi/newtmpl/gettemplate", url.Values{"access_token": {token}}, nil, &out); err != nil {
		return nil, err
	}
	var all []Template
	for _, t := range out.Data {
		all = append(all, template(t.ID, t.Title, t.Content))
	}
	return all, nil
}

func template(id, title, content string) Template {
	return Template{clean(id), clean(title), strings.TrimSpace(templateField.ReplaceAllString(clean(content), "{{$1.DATA}}"))}
}

// TemplateMessage is a template filled in for a customer.
type TemplateMessage struct {
	OpenID, TemplateID string
	Values             map[string]string
	URL                string         // what it opens; "": nothing
	Program            *ProgramTarget // what it opens before all else; nil: none
	ID                 string         // ours: WeChat sends the same one once within ten minutes
}

// ProgramTarget is a page of a mini program.
type ProgramTarget struct {
	AppID string `json:"appid"`
	Path  string `json:"pagepath,omitempty"`
}

type templateValue struct {
	Value string `json:"value"`
}

// body is what both kinds of message have in common.
type templateBody struct {
	ToUser     string                   `json:"touser"`
	TemplateID string                   `json:"template_id"`
	URL        string                   `json:"url,omitempty"`
	Page       string                   `json:"page,omitempty"`
	Program    *ProgramTarget           `json:"miniprogram,omitempty"`
	ID         string                   `json:"client_msg_id,omitempty"`
	Data       map[string]templateValue `json:"data"`
}

func (m *TemplateMessage) body() templateBody {
	b := templateBody{ToUser: m.OpenID, TemplateID: m.TemplateID, Program: m.Program, Data: make(map[string]templateValue, len(m.Values))}
	for key, value := range m.Values {
		b.Data[key] = templateValue{value}
	}
	return b
}

// SendTemplate sends a template message (message/template/send). WeChat carries it later, and tells of it as msgid in
// TEMPLATESENDJOBFINISH. 40037: no such template; 43004: the customer does not follow.
func (c *Client) SendTemplate(ctx context.Context, token string, m TemplateMessage) (msgid string, err error) {
	in := m.body()
	in.URL, in.ID = m.URL, m.ID
	return c.sendFilled(ctx, "/cgi-bin/message/template/send", token, in)
}

// SendNotice sends a subscription notice (message/subscribe/bizsend), one for each consent of the customer. Where WeChat names it, subscribe_msg_sent_event
// tells of it as msgid. 43101: there is no consent left.
func (c *Client) SendNotice(ctx context.Context, token string, m TemplateMessage) (msgid string, err error) {
	in := m.body()
	in.Page = m.URL
	return c.sendFilled(ctx, "/cgi-bin/message/subscribe/bizsend", token, in)
}

func (c *Client) sendFilled(ctx context.Context, path, token string, in templateBody) (string, error) {
	var out struct {
		MsgID json.RawMessage `json:"msgid"` // a number of more digits than a float64 has, on some pages a string
	}
	err := c.post(ctx, path, token, in, &out)
	return word(out.MsgID), err
}
