package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"weir/internal/id"
	"weir/internal/store"
)

// The kinds of type 0 that are a template filled in, in WeChat's own words. They may be sent when WeChat takes nothing else, and count against
// no quota.
const (
	KindTemplate = "template"  // a template message, to whoever follows
	KindNotice   = "subscribe" // a subscription notice, one for each consent of the customer
)

// templatesEvery is how often an account's templates are read, once somebody wanted them.
const templatesEvery = 24 * time.Hour

// resultWithin is how long after a notice its result is looked for by its template alone.
const resultWithin = 24 * time.Hour

// acceptedReason is the reason of a template message that WeChat took, and of which it has not told yet what became.
const acceptedReason = "delivery.accepted"

// Template is a form of words that WeChat has approved for an account.
type Template struct {
	ID, Kind, Title string
	Content         string // with {{key.DATA}} where a value goes
	Fields          []TemplateField
	Hidden          bool // agents are not offered it
}

// TemplateField is a place of a template that is filled in.
type TemplateField struct {
	Key   string `json:"key"`
	Label string `json:"label" doc:"what stands before it; empty: nothing"`
	Most  int    `json:"most" doc:"characters"`
}

// Filled is what a template message is made of.
type Filled struct {
	ID      string            `json:"template_id"`
	Values  map[string]string `json:"fields" nullable:"false" doc:"what is filled in, by the keys of the template's fields"`
	URL     string            `json:"url,omitempty" doc:"what it opens"`
	Program *Program          `json:"program,omitempty" doc:"the page of a mini program that it opens, which must be linked to the account"`
}

// check says what is wrong with it whatever the template.
func (f *Filled) check() error {
	switch {
	case f == nil || f.ID == "":
		return refuse(Invalid, "template.none")
	case f.URL != "" && !webAddress(f.URL):
		return refuse(Invalid, "reply.url")
	case f.Program != nil && !appidForm.MatchString(f.Program.AppID):
		return refuse(Invalid, "reply.program-appid")
	case f.Program != nil && !f.Program.pathed():
		return refuse(Invalid, "reply.program-path", pathMost)
	}
	return nil
}

// pathed says whether the path can be a page's.
func (p *Program) pathed() bool {
	return strings.TrimSpace(p.Path) != "" && len(p.Path) <= pathMost && !strings.HasPrefix(p.Path, "/") && !strings.Contains(p.Path, "://")
}

// Fill makes a reply of the template with the values that it has, or says which does not fit.
func (t *Template) Fill(r *Reply) error {
	f, places := *r.Data.Out.Filled, make([]string, 0, 2*len(t.Fields))
	values := make(map[string]string, len(t.Fields))
	var wrong error
	for i := len(t.Fields) - 1; i >= 0; i-- { // the first fault is told
		field := &t.Fields[i]
		v := formText(f.Values[field.Key])
		switch {
		case v == "":
			wrong = refuse(Invalid, "template.empty", field.name())
		case utf8.RuneCountInString(v) > field.Most:
			wrong = refuse(Invalid, "template.long", field.name(), field.Most, utf8.RuneCountInString(v))
		}
		values[field.Key] = v
		places = append(places, field.place(), v)
	}
	f.Values = values
	r.Type, r.Text = TypeOther, strings.NewReplacer(places...).Replace(t.Content)
	r.Data = Data{Kind: t.Kind, Title: t.Title, Out: &Outgoing{Filled: &f}}
	return wrong
}

// Outline is the template for a person to read: with a gap where a value goes.
func (t *Template) Outline() string {
	gaps := make([]string, 0, 2*len(t.Fields))
	for _, f := range t.Fields {
		gaps = append(gaps, f.place(), "……")
	}
	return strings.NewReplacer(gaps...).Replace(t.Content)
}

// place is where its value goes in the content.
func (f *TemplateField) place() string { return "{{" + f.Key + ".DATA}}" }

func (f *TemplateField) name() string {
	if f.Label != "" {
		return f.Label
	}
	return f.Key
}

// counts says whether a message counts against what WeChat allows after an act of the customer's.
func (m *Message) counts() bool { return m.Data.Out == nil || m.Data.Out.Filled == nil }

// fill makes a reply that names a template of its account what the customer will read.
func (x *changing) fill(ctx context.Context, r *Reply) error {
	if r.Type != TypeOther || r.Data.Out == nil || r.Data.Out.Filled == nil {
		return nil
	}
	row, err := x.q.TemplateGet(ctx, store.TemplateGetParams{CompanyID: x.session.CompanyID, AppID: x.session.AppID, TemplateID: r.Data.Out.Filled.ID})
	if err != nil {
		return missing(err, "template.missing")
	}
	if row.Hidden {
		return refuse(Denied, "template.hidden")
	}
	t := templateOf(&row)
	return t.Fill(r)
}

func templateOf(r *store.Template) Template {
	t := Template{ID: r.TemplateID, Kind: r.Kind, Title: r.Title, Content: r.Content, Hidden: r.Hidden}
	_ = json.Unmarshal(r.Fields, &t.Fields) // written by us
	return t
}

// Templates are those of an account as they were read last.
type Templates struct {
	All     []Template
	ReadAt  time.Time // zero: never
	Reading bool      // WeChat is being asked
	Code    int       // its last no; 0: none
}

// Find is one of them; nil: there is no such.
func (t *Templates) Find(template string) *Template {
	for i := range t.All {
		if t.All[i].ID == template {
			return &t.All[i]
		}
	}
	return nil
}

// Offered are those that agents may send.
func (t *Templates) Offered() (out []Template) {
	for _, one := range t.All {
		if !one.Hidden {
			out = append(out, one)
		}
	}
	return out
}

// Templates are an account's. Asked for the first time, they are not read yet, and will be in a moment.
func (d *Desk) Templates(ctx context.Context, company id.ID, appid string) (*Templates, error) {
	if err := d.hasAccount(ctx, company, appid); err != nil {
		return nil, err
	}
	q, now := d.store.Of(company), d.now()
	reading, err := q.TemplateReadingGet(ctx, store.TemplateReadingGetParams{CompanyID: company, AppID: appid})
	if errors.Is(err, store.ErrNone) {
		return &Templates{Reading: true}, q.TemplateReadingAsk(ctx, store.TemplateReadingAskParams{CompanyID: company, AppID: appid, At: now})
	} else if err != nil {
		return nil, err
	}
	rows, err := q.TemplatesOfAccount(ctx, store.TemplatesOfAccountParams{CompanyID: company, AppID: appid})
	if err != nil {
		return nil, err
	}
	t := &Templates{ReadAt: val(reading.ReadAt), Code: int(reading.Code), Reading: reading.Code == 0 && (reading.Attempts > 0 || !reading.DueAt.After(now))}
	for i := range rows {
		t.All = append(t.All, templateOf(&rows[i]))
	}
	return t, nil
}

func (d *Desk) hasAccount(ctx context.Context, company id.ID, appid string) error {
	c, err := d.companies.now(ctx, company)
	if err != nil {
		return err
	}
	if c.Accounts[appid] == nil {
		return refuse(Missing, "account.missing")
	}
	return nil
}

// ReadTemplates has an account's templates be read now.
func (d *Desk) ReadTemplates(ctx context.Context, company id.ID, appid string) error {
	if err := d.hasAccount(ctx, company, appid); err != nil {
		return err
	}
	return d.store.Of(company).TemplateReadingDue(ctx, store.TemplateReadingDueParams{CompanyID: company, AppID: appid, At: d.now()})
}

// OfferTemplate says whether agents are offered a template.
func (d *Desk) OfferTemplate(ctx context.Context, company id.ID, appid, template string, yes bool) error {
	n, err := d.store.Of(company).TemplateHiddenSet(ctx, store.TemplateHiddenSetParams{CompanyID: company, AppID: appid, TemplateID: template, Hidden: !yes})
	if err == nil && n == 0 {
		return refuse(Missing, "template.missing")
	}
	return err
}

// TemplateReading is an account whose templates are to be read.
type TemplateReading struct {
	Company  id.ID
	AppID    string
	Attempts int // with this one
}

// TakeTemplateReadings claims accounts whose templates are to be read.
func (d *Desk) TakeTemplateReadings(ctx context.Context, most int) (out []TemplateReading, err error) {
	now := d.now()
	err = d.EachCompanies(ctx, func(companies []id.ID) error {
		rows, err := d.store.Across(companies).TemplateReadingsClaim(ctx, store.TemplateReadingsClaimParams{CompanyIDs: companies, At: now, Again: now.Add(claimTime), Max: int32(most)})
		for _, r := range rows {
			out = append(out, TemplateReading{r.CompanyID, r.AppID, int(r.Attempts)})
		}
		return err
	})
	return out, err
}

// KeepTemplates keeps an account's templates as WeChat has them. Those that it has no more go; messages made of them stay.
func (d *Desk) KeepTemplates(ctx context.Context, r TemplateReading, all []Template) error {
	now := d.now().Truncate(time.Microsecond) // as the database keeps it: what was read before is told from this
	err := d.store.Tx(ctx, r.Company, func(q *store.Queries) error {
		for _, t := range all {
			fields, err := json.Marshal(append([]TemplateField{}, t.Fields...))
			if err != nil {
				return err
			}
			if err := q.TemplatePut(ctx, store.TemplatePutParams{CompanyID: r.Company, AppID: r.AppID, TemplateID: t.ID, Kind: t.Kind, Title: t.Title, Content: t.Content,
				Fields: fields, ReadAt: now}); err != nil {
				return err
			}
		}
		if err := q.TemplatesDrop(ctx, store.TemplatesDropParams{CompanyID: r.Company, AppID: r.AppID, ReadAt: now}); err != nil {
			return err
		}
		return q.TemplateReadingDone(ctx, store.TemplateReadingDoneParams{CompanyID: r.Company, AppID: r.AppID, DueAt: now.Add(templatesEvery), ReadAt: now})
	})
	if err != nil {
		return fmt.Errorf("keep the templates of %s: %w", r.AppID, err)
	}
	return nil
}

// TemplatesUnread says that WeChat did not tell an account's templates, and why: it is asked again after a wait (0: in a day). What was read
// before stays.
func (d *Desk) TemplatesUnread(ctx context.Context, r TemplateReading, code int, wait time.Duration) error {
	if wait == 0 {
		wait = templatesEvery
	}
	return d.store.Of(r.Company).TemplateReadingFailed(ctx, store.TemplateReadingFailedParams{CompanyID: r.Company, AppID: r.AppID, DueAt: d.now().Add(wait), Code: int32(code)})
}

// accepted notes what WeChat calls a template message that it took, and what became of it where it has told that already; else the
// result is open. The customer is locked.
func (m *Message) accepted(ctx context.Context, q *store.Queries, o Outcome) (Outcome, error) {
	if m.counts() {
		return o, nil
	}
	early, err := q.TemplateResultsTake(ctx, store.TemplateResultsTakeParams{CompanyID: m.Company, AppID: m.AppID, OpenID: m.OpenID})
	if err != nil || o.Delivery != Sent {
		return o, err
	}
	if o.MsgID != "" {
		if err := q.MessageJobSet(ctx, store.MessageJobSetParams{CompanyID: m.Company, MessageID: m.ID, CreatedAt: m.CreatedAt, WeChatMsgID: &o.MsgID}); err != nil {
			return o, err
		}
	}
	for _, r := range early {
		if r.MsgID == o.MsgID || o.MsgID == "" && r.TemplateID == m.Data.Out.Filled.ID {
			return Job{MsgID: r.MsgID, Code: int(r.Code), Why: r.Reason}.outcome(), nil
		}
	}
	o.Reason = acceptedReason
	return o, nil
}

func (j Job) outcome() Outcome {
	if j.Code != 0 {
		return Outcome{Delivery: Failed, Code: j.Code, Reason: j.Why}
	}
	return Outcome{Delivery: Sent}
}

// JobDone keeps what became of a message that WeChat named (messages.wechat_msgid) when it took it. One that nobody knows lies aside while a
// template message to the customer is on its way; else it was sent by another program of the account's, and is no business of ours.
func (d *Desk) JobDone(ctx context.Context, company id.ID, appid, openid string, j Job) error {
	if j.MsgID == "" {
		return nil
	}
	c, err := d.companies.now(ctx, company)
	if err != nil {
		return err
	}
	var updated []Message
	err = d.store.Tx(ctx, company, func(q *store.Queries) error {
		updated = nil
		if _, err := q.CustomerLock(ctx, store.CustomerLockParams{CompanyID: company, AppID: appid, OpenID: openid}); err != nil {
			return ignoreMissing(err)
		}
		row, err := d.ofJob(ctx, q, company, appid, openid, j)
		if errors.Is(err, store.ErrNone) {
			return q.TemplateResultPut(ctx, store.TemplateResultPutParams{CompanyID: company, AppID: appid, OpenID: openid, MsgID: j.MsgID, TemplateID: j.Template, Code: int32(j.Code), Reason: j.Why})
		} else if err != nil {
			return err
		}
		m, o := messageOf(row), j.outcome()
		if m.Delivery == o.Delivery && m.Code == o.Code && m.Reason == o.Reason {
			return nil
		}
		if err := d.settle(ctx, q, &m, o); err != nil {
			return err
		}
		updated = append(updated, m)
		return nil
	})
	if err == nil && len(updated) > 0 {
		d.committed(ctx, []Change{{Company: c, AppID: appid, OpenID: openid, Updated: updated}})
	}
	return err
}

// ofJob is the message that a result is about.
func (d *Desk) ofJob(ctx context.Context, q *store.Queries, company id.ID, appid, openid string, j Job) (store.Message, error) {
	row, err := q.MessageOfJob(ctx, store.MessageOfJobParams{CompanyID: company, AppID: appid, OpenID: openid, WeChatMsgID: &j.MsgID})
	if errors.Is(err, store.ErrNone) && j.Template != "" {
		return q.MessageOfNotice(ctx, store.MessageOfNoticeParams{CompanyID: company, AppID: appid, OpenID: openid, TemplateID: j.Template, Since: d.now().Add(-resultWithin)})
	}
	return row, err
}
