package desk

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"weir/internal/id"
	"weir/internal/store"
)

// RemarkMost is how long a remark may be, in characters. WeChat takes less of it (WECHAT, section 6.1): a longer one stays here.
const RemarkMost = 100

// CustomerChange is what may be set of a customer; nil leaves it as it is.
type CustomerChange struct {
	Exclusive *int64 // 0: nobody's
	Remark    *string
	Tags      *[]string // all of them; also WeChat's
	AddTags   []string  // or some, beside those that they have
	DropTags  []string
}

// ChangeCustomer sets who a customer belongs to, what they are called, and their tags.
func (d *Desk) ChangeCustomer(ctx context.Context, company id.ID, appid, openid string, ch CustomerChange) error {
	c, err := d.companies.now(ctx, company)
	if err != nil {
		return err
	}
	done := Change{Company: c, AppID: appid, OpenID: openid, Customer: true}
	err = d.store.Tx(ctx, company, func(q *store.Queries) error {
		was, err := q.CustomerLock(ctx, store.CustomerLockParams{CompanyID: company, AppID: appid, OpenID: openid})
		if err != nil {
			return missing(err, "customer.missing")
		}
		presence, err := ch.own(ctx, q, &was, d.now())
		if err != nil {
			return err
		}
		if err := ch.call(ctx, q, &was, d.now()); err != nil {
			return err
		}
		if err := ch.tag(ctx, q, &was, d.now()); err != nil {
			return err
		}
		s, err := liveOf(ctx, q, company, appid, openid)
		if s == nil || err != nil {
			return err
		}
		place := s.Place()
		done.Session, done.Was = s, &place
		if ch.Exclusive != nil && s.In(Queueing) {
			s.ExclusiveUID = ptr(*ch.Exclusive)
			s.hold(c, presence, d.now())
			s.Version++
			return d.save(ctx, q, s)
		}
		return nil
	})
	if err != nil {
		return err
	}
	d.committed(ctx, []Change{done})
	return nil
}

// own makes a customer somebody's, or nobody's. It returns how that agent is present.
func (ch *CustomerChange) own(ctx context.Context, q *store.Queries, c *store.Customer, now time.Time) (presence string, err error) {
	if ch.Exclusive == nil {
		return "", nil
	}
	if *ch.Exclusive != 0 {
		a, err := q.AgentGet(ctx, store.AgentGetParams{CompanyID: c.CompanyID, UID: *ch.Exclusive})
		if errors.Is(err, store.ErrNone) {
			return "", refuse(Invalid, "agent.missing")
		} else if err != nil {
			return "", err
		}
		presence = a.Presence
	}
	return presence, q.CustomerExclusiveSet(ctx, store.CustomerExclusiveSetParams{CompanyID: c.CompanyID, AppID: c.AppID, OpenID: c.OpenID, UID: ptr(*ch.Exclusive), At: now})
}

// call gives a customer a name. It is pushed anew where it is the same, too: perhaps WeChat takes it now.
func (ch *CustomerChange) call(ctx context.Context, q *store.Queries, c *store.Customer, now time.Time) error {
	if ch.Remark == nil {
		return nil
	}
	remark := strings.TrimSpace(*ch.Remark)
	if utf8.RuneCountInString(remark) > RemarkMost {
		return refuse(Invalid, "customer.remark-long", RemarkMost)
	}
	return q.CustomerRemarkSet(ctx, store.CustomerRemarkSetParams{CompanyID: c.CompanyID, AppID: c.AppID, OpenID: c.OpenID, Remark: remark, At: now})
}

// tag gives a customer their tags.
func (ch *CustomerChange) tag(ctx context.Context, q *store.Queries, c *store.Customer, now time.Time) error {
	all := c.Tags
	if ch.Tags != nil {
		all = *ch.Tags
	} else if len(ch.AddTags)+len(ch.DropTags) == 0 {
		return nil
	}
	kept := slices.DeleteFunc(slices.Clone(all), func(t string) bool { return slices.Contains(ch.DropTags, t) })
	tags, err := checkTags(append(kept, ch.AddTags...))
	if err != nil {
		return err
	}
	return q.CustomerTagsSet(ctx, store.CustomerTagsSetParams{CompanyID: c.CompanyID, AppID: c.AppID, OpenID: c.OpenID, Tags: tags, Beside: ch.Tags == nil, At: now})
}

// liveOf is a customer's live session; nil: they have none.
func liveOf(ctx context.Context, q *store.Queries, company id.ID, appid, openid string) (*Session, error) {
	row, err := q.SessionLiveOf(ctx, store.SessionLiveOfParams{CompanyID: company, AppID: appid, OpenID: openid})
	if errors.Is(err, store.ErrNone) {
		return nil, nil
	}
	return &Session{row}, err
}

// MayChangeCustomer says whether the viewer may name and tag the customer: who serves the session, or served it, and who looks after those.
func (v *View) MayChangeCustomer() bool { return v.Supervises() || v.Session.Joined(v.Viewer.UID) }

// ChangeCustomerOf changes the customer of a session. To an agent who may not see the session it is missing.
func (d *Desk) ChangeCustomerOf(ctx context.Context, who Agent, session id.ID, ch CustomerChange) error {
	v, err := d.View(ctx, who, session)
	if err != nil {
		return err
	}
	if !v.MayChangeCustomer() {
		return refuse(Denied, "customer.not-yours")
	}
	return d.ChangeCustomer(ctx, who.Company, v.Session.AppID, v.Session.OpenID, ch)
}

// AccountTags are the tags that an account has at WeChat, by WeChat's number, and when WeChat told them; the zero time: it has told none yet.
func (d *Desk) AccountTags(ctx context.Context, company id.ID, appid string) (tags map[int]string, told time.Time, err error) {
	row, err := d.store.Of(company).AccountTagsGet(ctx, store.AccountTagsGetParams{CompanyID: company, AppID: appid})
	if errors.Is(err, store.ErrNone) {
		return nil, told, nil
	}
	tags = make(map[int]string, len(row.IDs))
	for i, n := range row.IDs {
		tags[int(n)] = row.Names[i]
	}
	return tags, row.ToldAt, err
}

// KeepAccountTags keeps what WeChat told of an account's tags.
func (d *Desk) KeepAccountTags(ctx context.Context, company id.ID, appid string, tags map[int]string) error {
	p := store.AccountTagsPutParams{CompanyID: company, AppID: appid, IDs: []int32{}, Names: []string{}, ToldAt: d.now()}
	for n, name := range tags {
		p.IDs, p.Names = append(p.IDs, int32(n)), append(p.Names, name)
	}
	return d.store.Of(company).AccountTagsPut(ctx, p)
}

// TagChoices are the tags that a customer has or could be given, by name.
func (d *Desk) TagChoices(ctx context.Context, c *store.Customer) ([]string, error) {
	known, _, err := d.AccountTags(ctx, c.CompanyID, c.AppID)
	out := slices.Clone(c.Tags)
	for _, name := range known {
		out = append(out, name)
	}
	slices.Sort(out)
	return slices.Compact(out), err
}

// Acquaintance is the same person at another account of the company.
type Acquaintance struct {
	AppID, OpenID, Remark string
	Session               *Session // the newest of theirs that the viewer may see; nil: none
}

// acquaintanceLooks is how many of a person's newest sessions at an account are looked at for one that may be seen.
const acquaintanceLooks = 3

// Acquaintances are where else the company knows the customer, as the viewer may see it.
func (d *Desk) Acquaintances(ctx context.Context, v *View) ([]Acquaintance, error) {
	others, err := d.Elsewhere(ctx, &v.Customer)
	if err != nil {
		return nil, err
	}
	out := make([]Acquaintance, len(others))
	for i, o := range others {
		out[i] = Acquaintance{AppID: o.AppID, OpenID: o.OpenID, Remark: o.Remark}
		if out[i].Session, err = d.newestSeen(ctx, v, o.AppID, o.OpenID); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// newestSeen is the newest session of another customer that the viewer may see; nil: none.
func (d *Desk) newestSeen(ctx context.Context, v *View, appid, openid string) (*Session, error) {
	q := d.store.Of(v.Company.CompanyID)
	rows, err := q.SessionsOfCustomer(ctx, store.SessionsOfCustomerParams{CompanyID: v.Company.CompanyID, AppID: appid, OpenID: openid, Before: id.At(farOff), Max: acquaintanceLooks})
	if err != nil {
		return nil, err
	}
	for i := range rows {
		s := &Session{rows[i]}
		if ok, err := d.maySee(ctx, q, v.Company, &v.Viewer, s); ok || err != nil {
			return s, err
		}
	}
	return nil, nil
}
