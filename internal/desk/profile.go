package desk

import (
	"context"
	"errors"
	"slices"
	"time"
	"unicode/utf8"

	"weir/internal/id"
	"weir/internal/store"
)

// How long what WeChat told of a customer is believed, and how long where somebody looks; what who claims a customer has to be done within.
const (
	profileFresh  = 7 * 24 * time.Hour
	profileLooked = 10 * time.Minute
	claimTime     = 5 * time.Minute
	pushTries     = 8
)

// The limits of tags that WeChat keeps, too (WECHAT, section 6.1).
const (
	TagsMost    = 20
	TagNameMost = 30
)

// Person names a customer.
type Person struct {
	Company       id.ID
	AppID, OpenID string
}

// Profile is what WeChat tells of a customer.
type Profile struct {
	Asked           time.Time // when WeChat was asked: what a callback said since is newer
	Subscribed      bool      // false: nothing else is told
	UnionID, Remark string
	Scene, QRScene  string
	SubscribedAt    time.Time
	Tags            []string
}

// TakeProfiles claims customers about whom WeChat is to be asked.
func (d *Desk) TakeProfiles(ctx context.Context, most int) (out []Person, err error) {
	now := d.now()
	err = d.EachCompanies(ctx, func(companies []id.ID) error {
		rows, err := d.store.Across(companies).CustomersProfileClaim(ctx, store.CustomersProfileClaimParams{CompanyIDs: companies, At: now, Again: now.Add(claimTime), Max: int32(most)})
		for _, r := range rows {
			out = append(out, Person{r.CompanyID, r.AppID, r.OpenID})
		}
		return err
	})
	return out, err
}

// KeepProfile keeps what WeChat told. Where people here chose a remark or tags that WeChat does not have yet, theirs stay; else
// WeChat's are newer.
func (d *Desk) KeepProfile(ctx context.Context, who Person, p Profile) error {
	q, now := d.store.Of(who.Company), d.now()
	if !p.Subscribed {
		err := q.CustomerGone(ctx, store.CustomerGoneParams{CompanyID: who.Company, AppID: who.AppID, OpenID: who.OpenID, At: now, Asked: p.Asked})
		return d.knownAnew(ctx, who, false, err)
	}
	if p.Tags == nil {
		p.Tags = []string{}
	}
	k := store.CustomerProfileKeepParams{CompanyID: who.Company, AppID: who.AppID, OpenID: who.OpenID, UnionID: p.UnionID, SubscribeScene: p.Scene, QRScene: p.QRScene,
		Remark: p.Remark, Tags: p.Tags, At: now, Again: now.Add(profileFresh), Asked: p.Asked}
	if !p.SubscribedAt.IsZero() {
		k.SubscribedAt = &p.SubscribedAt
	}
	renamed, err := q.CustomerProfileKeep(ctx, k)
	if errors.Is(err, store.ErrNone) {
		return nil
	}
	return d.knownAnew(ctx, who, renamed, err)
}

// knownAnew tells the pages that show a customer that more is known of them, and where they are called otherwise, the lists that name them.
func (d *Desk) knownAnew(ctx context.Context, who Person, renamed bool, err error) error {
	if err != nil {
		return err
	}
	c, err := d.companies.now(ctx, who.Company)
	if err != nil {
		return err
	}
	change := Change{Company: c, AppID: who.AppID, OpenID: who.OpenID, Customer: true}
	if renamed {
		s, err := liveOf(ctx, d.store.Of(who.Company), who.Company, who.AppID, who.OpenID)
		if err != nil {
			return err
		}
		if s != nil {
			place := s.Place()
			change.Session, change.Was = s, &place
		}
	}
	d.committed(ctx, []Change{change})
	return nil
}

// Look has WeChat asked anew about a customer whom somebody looks at, where what it told is not of just now.
func (d *Desk) Look(ctx context.Context, c *store.Customer) error {
	now := d.now()
	old := now.Add(-profileLooked)
	if c.ProfileAt == nil || c.ProfileAt.After(old) || c.ProfileDue == nil {
		return nil
	}
	_, err := d.store.Of(c.CompanyID).CustomerProfileAsk(ctx, store.CustomerProfileAskParams{CompanyID: c.CompanyID, AppID: c.AppID, OpenID: c.OpenID, At: now, UnlessSince: old, Again: now.Add(claimTime)})
	return err
}

// LaterProfile has WeChat asked again after a wait; 0: not before the customer follows again.
func (d *Desk) LaterProfile(ctx context.Context, who Person, wait time.Duration) error {
	p := store.CustomerProfileLaterParams{CompanyID: who.Company, AppID: who.AppID, OpenID: who.OpenID}
	if wait > 0 {
		p.Again = ptr(d.now().Add(wait))
	}
	return d.store.Of(who.Company).CustomerProfileLater(ctx, p)
}

// Push is what people here chose about a customer and WeChat does not have yet.
type Push struct {
	Person
	Remark   *string  // nil: WeChat has it
	Tags     []string // nil: WeChat has them
	Attempts int      // with this one

	remark string
	tags   []string
}

// TakePushes claims customers whose remark or tags are to be pushed.
func (d *Desk) TakePushes(ctx context.Context, most int) (out []Push, err error) {
	now := d.now()
	err = d.EachCompanies(ctx, func(companies []id.ID) error {
		rows, err := d.store.Across(companies).CustomersPushClaim(ctx, store.CustomersPushClaimParams{CompanyIDs: companies, At: now, Again: now.Add(claimTime), Max: int32(most)})
		for _, r := range rows {
			p := Push{Person: Person{r.CompanyID, r.AppID, r.OpenID}, Attempts: int(r.PushAttempts), remark: r.Remark, tags: r.Tags}
			if r.RemarkWaits {
				p.Remark = &p.remark
			}
			if r.TagsWait {
				p.Tags = append([]string{}, r.Tags...)
			}
			out = append(out, p)
		}
		return err
	})
	return out, err
}

// Pushing is what became of a push.
type Pushing struct {
	Remark, Tags bool          // WeChat has it
	Code         int           // why it does not have the rest
	Again        time.Duration // after which that is tried again; 0: not by itself
	Failed       bool          // there is a rest
}

// Pushed says what became of a push. What WeChat does not have is tried again after a wait, a few times, and can be seen meanwhile.
func (d *Desk) Pushed(ctx context.Context, p *Push, became Pushing) error {
	k := store.CustomerPushedParams{CompanyID: p.Company, AppID: p.AppID, OpenID: p.OpenID}
	if became.Remark {
		k.Remark = &p.remark
	}
	if became.Tags {
		k.Tags = p.tags
	}
	if became.Failed {
		k.Code = ptr(int32(became.Code))
		if became.Again > 0 && p.Attempts < pushTries {
			k.Again = ptr(d.now().Add(became.Again))
		}
	}
	return d.knownAnew(ctx, p.Person, false, d.store.Of(p.Company).CustomerPushed(ctx, k))
}

// Elsewhere is where else the company knows the same person, as WeChat says.
func (d *Desk) Elsewhere(ctx context.Context, c *store.Customer) ([]store.CustomersOfPersonRow, error) {
	if c.UnionID == "" {
		return nil, nil
	}
	all, err := d.store.Of(c.CompanyID).CustomersOfPerson(ctx, store.CustomersOfPersonParams{CompanyID: c.CompanyID, UnionID: c.UnionID})
	return slices.DeleteFunc(all, func(o store.CustomersOfPersonRow) bool { return o.AppID == c.AppID && o.OpenID == c.OpenID }), err
}

// checkTags puts tags into the shape in which they are kept: each once, in the order given.
func checkTags(tags []string) ([]string, error) {
	out := []string{}
	for _, t := range tags {
		if n := utf8.RuneCountInString(t); n == 0 || n > TagNameMost {
			return nil, refuse(Invalid, "customer.tags", TagsMost, TagNameMost)
		}
		if !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	if len(out) > TagsMost {
		return nil, refuse(Invalid, "customer.tags", TagsMost, TagNameMost)
	}
	slices.Sort(out)
	return out, nil
}
