// Package platform is the operator's third-party platform (第三方平台; a "component" in WeChat's API), through which a company connects an
// account by a scan and hands over no secret. It keeps what the platform lives by, and knows how each account's access token is had.
//
//	WeChat ── ticket, every 10 min ──▶ Hear ──▶ PostgreSQL (sealed)
//	                                                 │
//	  page ── Begin ──▶ WeChat's page: the owner consents         token:{appid} in Redis
//	                        │                                        ▲
//	       Finish ◀── browser, authorisation code                    │
//	       Hear   ◀── event, the same code   ──▶ refresh token ──▶ Tokens ──▶ whoever calls WeChat
//
// An authorisation belongs to the company that began it: WeChat's event says only with which code that was, and the browser comes back
// with a state that only the person who began can use. An account of another company is refused; the operator moves it (Move).
//
// Redis may be emptied at any time: access tokens are fetched anew from refresh tokens, which are in PostgreSQL. A refresh token is
// replaced only by one that WeChat gave without an error, and only if it is still the one that was used.
package platform

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"weir/internal/id"
	"weir/internal/secret"
	"weir/internal/store"
	"weir/internal/wechat"
)

// The two ways in which an account is connected.
const (
	Direct    = "direct"    // by its own secrets
	Authorise = "component" // by an authorisation of the platform
)

// Options is what a platform works with.
type Options struct {
	Store   *store.Store
	Box     *secret.Box
	Client  *wechat.Client
	Redis   redis.UniversalClient
	Prefix  string // before each key
	Clock   func() time.Time
	Log     *slog.Logger
	Metrics prometheus.Registerer // nil: none
}

// Platform is there also where the operator has none: then all accounts are connected directly.
type Platform struct {
	Options
	own    *wechat.Tokens // the component's
	tokens *wechat.Tokens
	age    prometheus.Gauge
}

// New makes it. Nothing runs yet.
func New(o Options) *Platform {
	p := &Platform{Options: o, age: prometheus.NewGauge(prometheus.GaugeOpts{Name: "weir_component_ticket_age_seconds",
		Help: "Age of the third-party platform's newest ticket, which WeChat pushes every ten minutes; 0: there is no platform."})}
	p.own = wechat.NewComponentTokens(o.Redis, p.fetchOwn, o.Prefix)
	p.tokens = wechat.NewTokensFrom(o.Redis, p.fetch, o.Prefix)
	if o.Metrics != nil {
		o.Metrics.MustRegister(p.age)
	}
	return p
}

// Tokens are the access tokens of all accounts, however they are connected.
func (p *Platform) Tokens() *wechat.Tokens { return p.tokens }

// Component is the third-party platform as its pushes are read; what its API wants stays here.
type Component struct {
	wechat.Account
	TicketAt time.Time // when WeChat made the newest ticket; zero: none has come
	Since    time.Time // when it was set up here

	secret, ticket string
}

// ErrNone says that the operator has set up no platform.
var ErrNone = errors.New("no third-party platform is set up here")

// errNoTicket: WeChat has pushed none yet.
var errNoTicket = errors.New("WeChat has pushed no component_verify_ticket yet")

// Component reads it. Its error is ErrNone where there is none.
func (p *Platform) Component(ctx context.Context) (*Component, error) {
	row, err := p.Store.Outside().ComponentGet(ctx)
	if errors.Is(err, store.ErrNone) {
		return nil, ErrNone
	} else if err != nil {
		return nil, fmt.Errorf("read the component: %w", err)
	}
	c := &Component{Account: wechat.Account{AppID: row.AppID, Mode: wechat.Safe}, Since: row.CreatedAt}
	open := opener{box: p.Box, of: "component:" + row.AppID + ":"}
	c.secret, c.Token, c.Key = open.text(row.Secret, "secret"), open.text(row.Token, "token"), open.key(row.AESKey)
	if row.PreviousAESKey != nil {
		previous := open.key(row.PreviousAESKey)
		c.PreviousKey = &previous
	}
	if row.TicketAt != nil {
		c.ticket, c.TicketAt = open.text(row.Ticket, "ticket"), *row.TicketAt
	}
	if open.err != nil {
		return nil, fmt.Errorf("open the component's secrets: %w", open.err)
	}
	return c, nil
}

// opener opens several secrets of one owner and remembers the first that would not.
type opener struct {
	box *secret.Box
	of  string
	err error
}

func (o *opener) text(sealed []byte, what string) string {
	plain, err := o.box.Open(sealed, o.of+what)
	if err != nil && o.err == nil {
		o.err = err
	}
	return string(plain)
}

func (o *opener) key(sealed []byte) wechat.Key {
	text := o.text(sealed, "aes_key")
	if o.err != nil {
		return wechat.Key{}
	}
	k, err := wechat.ParseKey(text)
	o.err = err
	return k
}

// ask calls WeChat as the component. A token of the component's that WeChat rejects (42006) is replaced, and no account's token with it.
func (p *Platform) ask(ctx context.Context, f func(component, token string) error) error {
	c, err := p.Component(ctx)
	if err != nil {
		return err
	}
	return p.own.Do(ctx, c.AppID, func(token string) error { return f(c.AppID, token) })
}

// fetchOwn fetches the component's own token. WeChat gives another one each time, so nothing need be forced.
func (p *Platform) fetchOwn(ctx context.Context, appid string, _ bool) (string, time.Duration, error) {
	c, err := p.Component(ctx)
	switch {
	case err != nil:
		return "", 0, err
	case c.AppID != appid:
		return "", 0, ErrNone
	case c.ticket == "":
		return "", 0, errNoTicket
	}
	return p.Client.ComponentToken(ctx, c.AppID, c.secret, c.ticket)
}

// account is an account of whichever company has it.
func (p *Platform) account(ctx context.Context, appid string) (row store.Account, err error) {
	company, err := p.Store.Outside().AppIDCompany(ctx, appid)
	if err != nil {
		return row, fmt.Errorf("whose account %s is: %w", appid, err)
	}
	if row, err = p.Store.Of(company).AccountGet(ctx, store.AccountGetParams{CompanyID: company, AppID: appid}); err != nil {
		return row, fmt.Errorf("read account %s: %w", appid, err)
	}
	return row, nil
}

// fetch fetches an account's access token.
func (p *Platform) fetch(ctx context.Context, appid string, force bool) (string, time.Duration, error) {
	row, err := p.account(ctx, appid)
	switch {
	case err != nil:
		return "", 0, err
	case row.UnauthorisedAt != nil:
		return "", 0, &wechat.TokenError{Err: withdrawn}
	case row.Via == Authorise:
		return p.fetchAuthorised(ctx, &row)
	}
	plain, err := p.Box.Open(row.Secret, "account:"+appid+":secret")
	if err != nil {
		return "", 0, fmt.Errorf("open the secret of %s: %w", appid, err)
	}
	return p.Client.StableToken(ctx, appid, string(plain), force)
}

// What WeChat says of an account that withdrew its authorisation, and of a refresh token that it does not know.
const (
	codeWithdrawn  = 61003
	codeBadRefresh = 61023
)

var withdrawn = &wechat.APIError{Code: codeWithdrawn, Msg: "the account withdrew its authorisation"}

// fetchAuthorised fetches the token of an account that is connected by the component. Where WeChat does not take the refresh token, its
// list of authorised accounts has the right one, or the account is no longer authorised.
func (p *Platform) fetchAuthorised(ctx context.Context, row *store.Account) (token string, life time.Duration, err error) {
	plain, err := p.Box.Open(row.RefreshToken, refreshOf(row.AppID))
	if err != nil {
		return "", 0, fmt.Errorf("open the refresh token of %s: %w", row.AppID, err)
	}
	given := string(plain)
	token, life, refresh, err := p.access(ctx, row.AppID, given)
	if wechat.Code(err) == codeBadRefresh {
		listed, listErr := p.listed(ctx, row.AppID)
		switch {
		case listErr != nil:
			return "", 0, errors.Join(err, listErr)
		case listed == "":
			return "", 0, errors.Join(err, p.withdraw(ctx, row.CompanyID, row.AppID, p.Clock()))
		case listed != given:
			token, life, refresh, err = p.access(ctx, row.AppID, listed)
		}
	}
	if wechat.Code(err) == codeWithdrawn {
		return "", 0, errors.Join(err, p.withdraw(ctx, row.CompanyID, row.AppID, p.Clock()))
	}
	if err != nil || refresh == given {
		return token, life, err
	}
	_, err = p.Store.Of(row.CompanyID).AccountRefreshSet(ctx, store.AccountRefreshSetParams{CompanyID: row.CompanyID, AppID: row.AppID, Was: row.RefreshToken,
		RefreshToken: p.Box.Seal([]byte(refresh), refreshOf(row.AppID))})
	if err != nil {
		return "", 0, fmt.Errorf("keep the refresh token of %s: %w", row.AppID, err)
	}
	return token, life, nil
}

func refreshOf(appid string) string { return "account:" + appid + ":refresh_token" }

func (p *Platform) access(ctx context.Context, appid, given string) (token string, life time.Duration, refresh string, err error) {
	err = p.ask(ctx, func(component, own string) (err error) {
		token, life, refresh, err = p.Client.AuthorizerToken(ctx, own, component, appid, given)
		return err
	})
	return token, life, refresh, err
}

// listed is the refresh token that WeChat's own list has for an account; "": the account is not in it.
func (p *Platform) listed(ctx context.Context, appid string) (refresh string, err error) {
	err = p.ask(ctx, func(component, own string) error {
		for offset := 0; ; offset += wechat.AuthorizerListMost {
			list, total, err := p.Client.AuthorizerList(ctx, own, component, offset)
			if err != nil {
				return err
			}
			for _, a := range list {
				if a.AppID == appid {
					refresh = a.Refresh
					return nil
				}
			}
			if len(list) == 0 || offset+wechat.AuthorizerListMost >= total {
				return nil
			}
		}
	})
	return refresh, err
}

// never is when an account that is not authorised, or was moved away, is tried again by itself.
var never = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// withdraw notes that an account is not authorised any more: nothing is sent until somebody authorises it again.
func (p *Platform) withdraw(ctx context.Context, company id.ID, appid string, at time.Time) error {
	return p.Store.Tx(ctx, company, func(q *store.Queries) error {
		n, err := q.AccountUnauthorise(ctx, store.AccountUnauthoriseParams{CompanyID: company, AppID: appid, At: at, Never: never})
		if err != nil || n == 0 {
			return err
		}
		p.Log.Warn("an account is no longer authorised", "appid", appid)
		return q.CompanyTouch(ctx, company)
	})
}
