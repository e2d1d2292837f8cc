package handlers

import (
	"context"
	"time"
	"unicode/utf8"

	"weir/internal/desk"
	"weir/internal/store"
)

// Customer is a customer as other programs see them.
type Customer struct {
	AppID          string      `json:"appid"`
	OpenID         string      `json:"customer_wx_openid"`
	Remark         string      `json:"remark" doc:"what agents call them"`
	ExclusiveUID   *int64      `json:"exclusive_uid" doc:"whose customer they are; null: nobody's"`
	ExclusiveSince *time.Time  `json:"exclusive_since"`
	Subscribed     *bool       `json:"subscribed" doc:"whether they follow the account; null: not known"`
	Source         string      `json:"source" doc:"the EventKey they first came with"`
	Scene          string      `json:"subscribe_scene" doc:"how they came to follow, in WeChat's words: ADD_SCENE_QR_CODE …"`
	QRScene        string      `json:"qr_scene" doc:"by which QR code"`
	ChannelID      *int64      `json:"channel_id" doc:"the channel whose code they scanned last; null: none"`
	FollowedAt     *time.Time  `json:"followed_at"`
	Unreachable    *int32      `json:"unreachable_code" doc:"WeChat's code, where it takes no message to them: blocked, switched off, not known; null: it does"`
	UnfollowedAt   *time.Time  `json:"unfollowed_at"`
	UnionID        string      `json:"unionid" doc:"the same person at every account of one Open Platform account; empty: WeChat tells none"`
	Accounts       []Elsewhere `json:"accounts" doc:"where else the same person is a customer"`
	Tags           []string    `json:"tags"`
	Sync           Sync        `json:"sync" doc:"whether WeChat has the remark and tags"`
	Place          *Place      `json:"place" doc:"where they last were; null: they do not let WeChat tell"`
	FirstAt        time.Time   `json:"first_at"`
	HeardAt        time.Time   `json:"heard_at" doc:"when they last wrote or did something"`
	RepliedAt      *time.Time  `json:"replied_at" doc:"when an agent's answer last reached WeChat"`
	Window         Window      `json:"window"`
	Quota          Quota       `json:"quota"`
}

// Elsewhere is the same person at another account.
type Elsewhere struct {
	AppID  string `json:"appid"`
	OpenID string `json:"customer_wx_openid"`
	Remark string `json:"remark"`
}

// Sync is whether WeChat has what was chosen here.
type Sync struct {
	RemarkWaits bool   `json:"remark_waits"`
	TagsWait    bool   `json:"tags_wait"`
	Code        *int32 `json:"wechat_code" doc:"WeChat's last no to it"`
}

// Place is where a customer was.
type Place struct {
	Latitude  float64    `json:"lat" doc:"degrees, GCJ-02"`
	Longitude float64    `json:"lng"`
	Accuracy  float64    `json:"accuracy" doc:"metres"`
	At        *time.Time `json:"at"`
}

// Window is whether WeChat takes messages to a customer now.
type Window struct {
	Open  bool       `json:"open"`
	Until *time.Time `json:"until" doc:"when it closes or closed; null: it was never open"`
}

// Quota is how many messages WeChat takes within the window. Outside of it none are left. Of the two windows that WeChat knows it is the one
// in which more is left.
type Quota struct {
	Allowed int        `json:"allowed"`
	Used    int        `json:"used" doc:"what is on its way counts"`
	Left    int        `json:"left"`
	Trigger string     `json:"trigger" enum:"message,event," doc:"what opened the window: a message, or a menu click, follow or scan; empty: nothing did"`
	Opened  *time.Time `json:"opened_at" doc:"when, as WeChat says; null: never"`
	Until   *time.Time `json:"until" doc:"until when they are left"`
}

func customerOf(c *store.Customer, l desk.Ledger, now time.Time) Customer {
	w := l.Window(now)
	out := Customer{AppID: c.AppID, OpenID: c.OpenID, Remark: c.Remark, ExclusiveUID: c.ExclusiveUID, ExclusiveSince: c.ExclusiveSince, Subscribed: c.Subscribed,
		Source: c.Source, FirstAt: c.FirstAt, HeardAt: c.HeardAt, RepliedAt: c.RepliedAt, Window: Window{Open: w.Open(now)},
		Quota: Quota{Allowed: w.Allowed, Used: w.Used, Left: w.Left(now)}}
	if c.ExclusiveUID == nil {
		out.ExclusiveSince = nil
	}
	out.Unreachable = c.UnreachableCode
	out.Scene, out.QRScene, out.FollowedAt, out.UnfollowedAt, out.UnionID = c.SubscribeScene, c.QRScene, c.SubscribedAt, c.UnsubscribedAt, c.UnionID
	out.ChannelID = c.ChannelID
	out.Tags, out.Accounts = append([]string{}, c.Tags...), []Elsewhere{}
	out.Sync = Sync{c.RemarkWaits, c.TagsWait, c.PushCode}
	if c.LocatedAt != nil {
		out.Place = &Place{val(c.Lat), val(c.Lng), val(c.Accuracy), c.LocatedAt}
	}
	if w.Allowed > 0 {
		out.Window.Until, out.Quota.Until, out.Quota.Opened, out.Quota.Trigger = &w.Until, &w.Until, &w.Opened, w.Trigger
	}
	return out
}

// CustomerPath names a customer.
type CustomerPath struct {
	AppID  string `path:"appid"`
	OpenID string `path:"openid"`
}

type customerOutput struct{ Body Customer }

// GET /customers/{appid}/{openid}
func (a *API) customer(ctx context.Context, in *CustomerPath) (*customerOutput, error) {
	c, ledger, err := a.Desk.Customer(ctx, company(ctx), in.AppID, in.OpenID)
	if err != nil {
		return nil, err
	}
	out := customerOf(&c, ledger, a.Clock())
	others, err := a.Desk.Elsewhere(ctx, &c)
	if err != nil {
		return nil, err
	}
	for _, o := range others {
		out.Accounts = append(out.Accounts, Elsewhere{o.AppID, o.OpenID, o.Remark})
	}
	return &customerOutput{out}, nil
}

type changeCustomerInput struct {
	CustomerPath
	Body struct {
		ExclusiveUID Optional[int64]    `json:"exclusive_uid,omitempty" minimum:"1" nullable:"true" doc:"whose customer they shall be; null: nobody's"`
		Remark       Optional[string]   `json:"remark,omitempty" maxLength:"100" doc:"what agents shall call them; WeChat takes at most 29 bytes, and a longer one is kept here only"`
		Tags         Optional[[]string] `json:"tags,omitempty" doc:"all of their tags, at most 20 of at most 30 characters; tags that the account does not have yet are made"`
	}
}

// PATCH /customers/{appid}/{openid}
func (a *API) changeCustomer(ctx context.Context, in *changeCustomerInput) (*customerOutput, error) {
	b := &in.Body
	if b.Remark.Null || utf8.RuneCountInString(b.Remark.Value) > 100 {
		return nil, desk.Refuse(desk.Invalid, "customer.remark")
	}
	change := desk.CustomerChange{Exclusive: b.ExclusiveUID.pointer(), Remark: b.Remark.pointer(), Tags: b.Tags.pointer()}
	if err := a.Desk.ChangeCustomer(ctx, company(ctx), in.AppID, in.OpenID, change); err != nil {
		return nil, err
	}
	return a.customer(ctx, &in.CustomerPath)
}
