package platform

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/url"
	"time"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/store"
	"weir/internal/wechat"
)

const (
	codeLife  = 10 * time.Minute       // of an authorisation code, which may come at the last moment of the pre-auth code
	takenLife = 30 * time.Second       // whoever took an attempt and has not ended it by then is dead
	takenPoll = 100 * time.Millisecond // looking whether they have
	nameMost  = 60                     // characters of an account's name
)

// Login is where a person goes to authorise an account.
type Login struct {
	URL, PhoneURL string // of WeChat's pages
	Until         time.Time
}

// Begin begins an attempt at connecting an account to a company, for one of its people. back is the page that WeChat's leads back to; it
// gets the state of the attempt. Its error is a Refusal, or our own trouble.
func (p *Platform) Begin(ctx context.Context, company id.ID, uid int64, back string) (Login, error) {
	var code, component string
	var life time.Duration
	err := p.ask(ctx, func(appid, token string) (err error) {
		component = appid
		code, life, err = p.Client.PreAuthCode(ctx, token, appid)
		return err
	})
	if err != nil {
		return Login{}, said(err)
	}
	state, now := rand.Text(), p.Clock()
	until := now.Add(life)
	err = p.Store.Outside().PreAuthCodeInsert(ctx, store.PreAuthCodeInsertParams{CodeHash: hash(code), StateHash: hash(state), ComponentAppID: component, CompanyID: company, UID: uid,
		MadeAt: now, Until: until})
	if err != nil {
		return Login{}, fmt.Errorf("keep a pre-auth code: %w", err)
	}
	back += "?" + url.Values{"state": {state}}.Encode()
	return Login{p.Client.LoginURL(component, code, back), p.Client.MobileLoginURL(component, code, back), until}, nil
}

// hash is what is kept of a code: it is long and random, so it needs no salt.
func hash(s string) []byte {
	sum := sha256.Sum256([]byte(s))
	return sum[:]
}

// said makes WeChat's no one that can be told to the person who asked.
func said(err error) error {
	var refusal *desk.Refusal
	switch code := wechat.Code(err); {
	case err == nil, errors.As(err, &refusal):
		return err
	case errors.Is(err, ErrNone):
		return desk.Refuse(desk.Invalid, "platform.none")
	case errors.Is(err, errNoTicket), code == 61005, code == 61006:
		return desk.Refuse(desk.Invalid, "platform.no-ticket")
	case code == 61009, code == 61010:
		return desk.Refuse(desk.Invalid, "platform.code")
	case code != 0:
		return desk.Refuse(desk.Invalid, wechat.Explain(err))
	case wechat.Classify(err) == wechat.NotTaken, wechat.Classify(err) == wechat.Uncertain:
		return desk.Refuse(desk.Invalid, "platform.unreachable")
	}
	return err
}

// Finish ends an attempt with the authorisation code that the browser brought back, and gives the account's appid. Its error is a
// Refusal, or our own trouble.
func (p *Platform) Finish(ctx context.Context, company id.ID, uid int64, state, code string) (appid string, err error) {
	row, err := p.Store.Outside().PreAuthCodeOfState(ctx, store.PreAuthCodeOfStateParams{StateHash: hash(state), CompanyID: company, UID: uid})
	switch {
	case errors.Is(err, store.ErrNone), err == nil && p.Clock().After(row.Until.Add(codeLife)):
		return "", desk.Refuse(desk.Invalid, "platform.state")
	case err != nil:
		return "", fmt.Errorf("look up a state: %w", err)
	}
	return p.end(ctx, &row, code)
}

// Hear takes what WeChat pushed to the component. With an error WeChat is to push it again.
func (p *Platform) Hear(ctx context.Context, component string, e *wechat.ComponentEvent) error {
	switch e.InfoType {
	case wechat.InfoTicket:
		return p.Store.Outside().ComponentTicketSet(ctx, store.ComponentTicketSetParams{AppID: component, At: e.CreatedAt,
			Ticket: p.Box.Seal([]byte(e.Ticket), "component:"+component+":ticket")})
	case wechat.InfoAuthorized, wechat.InfoUpdated:
		return p.authorised(ctx, e)
	case wechat.InfoUnauthorized:
		company, err := p.Store.Outside().AppIDCompany(ctx, e.Authorizer)
		if errors.Is(err, store.ErrNone) {
			return nil
		} else if err != nil {
			return err
		}
		return p.withdraw(ctx, company, e.Authorizer, e.CreatedAt)
	}
	return nil
}

// authorised takes the event about an authorisation, which may come before the browser comes back, after it, or instead of it.
func (p *Platform) authorised(ctx context.Context, e *wechat.ComponentEvent) error {
	row, err := p.Store.Outside().PreAuthCodeOfCode(ctx, hash(e.PreAuthCode))
	switch {
	case errors.Is(err, store.ErrNone):
		return p.changed(ctx, e)
	case err != nil:
		return err
	}
	_, err = p.end(ctx, &row, e.Code)
	if desk.KindOf(err) != 0 { // it was said to the person, and would be the same again
		p.Log.Warn("an authorisation was refused", "appid", e.Authorizer, "company", row.CompanyID, "err", err)
		return nil
	}
	return err
}

// changed takes an authorisation that nobody began here: an owner changed in WeChat's console what is permitted. It binds no account to
// a company; one that is bound gets its new refresh token.
func (p *Platform) changed(ctx context.Context, e *wechat.ComponentEvent) error {
	row, err := p.account(ctx, e.Authorizer)
	if errors.Is(err, store.ErrNone) || err == nil && (row.Via != Authorise || row.UnauthorisedAt != nil) {
		p.Log.Warn("an account was authorised that nobody here began with", "appid", e.Authorizer)
		return nil
	} else if err != nil {
		return err
	}
	got, err := p.query(ctx, e.Code)
	if err == nil && got.AppID == row.AppID {
		return p.renew(ctx, row.CompanyID, &got)
	}
	if desk.KindOf(err) != 0 {
		p.Log.Warn("a changed authorisation could not be read", "appid", e.Authorizer, "err", err)
		return nil
	}
	return err
}

// end turns an attempt into an account. Of the event and the browser, who come with the same code, one does; the other waits for it.
func (p *Platform) end(ctx context.Context, row *store.PreAuthCode, code string) (appid string, err error) {
	q := p.Store.Outside()
	for row.AppID == nil && row.Refused == "" {
		now := p.Clock()
		n, err := q.PreAuthCodeTake(ctx, store.PreAuthCodeTakeParams{CodeHash: row.CodeHash, At: now, Stale: now.Add(-takenLife)})
		if err != nil {
			return "", err
		}
		if n > 0 {
			appid, err := p.connect(ctx, row, code)
			switch after := context.WithoutCancel(ctx); {
			case desk.KindOf(err) == desk.Taken:
				err = errors.Join(err, q.PreAuthCodeRefused(after, store.PreAuthCodeRefusedParams{CodeHash: row.CodeHash, Refused: anothers}))
			case err != nil:
				err = errors.Join(err, q.PreAuthCodeGive(after, row.CodeHash))
			}
			return appid, err
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(takenPoll):
		}
		if *row, err = q.PreAuthCodeOfCode(ctx, row.CodeHash); err != nil {
			return "", err
		}
	}
	if row.Refused != "" {
		return "", desk.Refuse(desk.Taken, row.Refused)
	}
	return *row.AppID, nil
}

// anothers is why an account that another company has is refused.
const anothers = "account.another-company"

// query asks what was authorised.
func (p *Platform) query(ctx context.Context, code string) (got wechat.Authorization, err error) {
	err = p.ask(ctx, func(component, token string) (err error) {
		got, err = p.Client.QueryAuth(ctx, token, component, code)
		return err
	})
	return got, said(err)
}

// name is what an account is called at WeChat, or its appid where WeChat does not tell.
func (p *Platform) name(ctx context.Context, appid string) string {
	name := ""
	err := p.ask(ctx, func(component, token string) error {
		who, err := p.Client.Authorizer(ctx, token, component, appid)
		name = who.Name
		return err
	})
	if err != nil {
		p.Log.Warn("WeChat does not tell an account's name", "appid", appid, "err", err)
	}
	if r := []rune(name); len(r) > nameMost {
		name = string(r[:nameMost])
	}
	if name == "" {
		return appid
	}
	return name
}

// connect makes the account that was authorised one of the company that began.
func (p *Platform) connect(ctx context.Context, row *store.PreAuthCode, code string) (string, error) {
	got, err := p.query(ctx, code)
	if err != nil {
		return "", err
	}
	name, company, owner := p.name(ctx, got.AppID), row.CompanyID, row.CompanyID
	err = p.Store.Tx(ctx, company, func(q *store.Queries) (err error) {
		if err := q.AccountAuthorise(ctx, store.AccountAuthoriseParams{CompanyID: company, AppID: got.AppID, Name: name, ComponentAppID: row.ComponentAppID,
			RefreshToken: p.Box.Seal([]byte(got.Refresh), refreshOf(got.AppID)), Functions: numbers(got.Functions), At: p.second()}); err != nil {
			return err
		}
		if owner, err = q.AppIDClaim(ctx, store.AppIDClaimParams{AppID: got.AppID, CompanyID: company}); err != nil {
			return err
		}
		if owner != company {
			return desk.Refuse(desk.Taken, anothers)
		}
		if _, err := q.SeatsFill(ctx, company); err != nil {
			return err
		}
		if err := q.PreAuthCodeBecame(ctx, store.PreAuthCodeBecameParams{CodeHash: row.CodeHash, AppID: got.AppID}); err != nil {
			return err
		}
		return q.CompanyTouch(ctx, company)
	})
	if owner != company {
		// The company that has it goes on: the authorisation made the refresh token that it had void.
		return "", errors.Join(err, p.renew(ctx, owner, &got))
	}
	if err != nil {
		return "", err
	}
	p.tokens.Keep(ctx, got.AppID, got.Token, got.Life)
	p.Log.Info("an account was connected by a scan", "appid", got.AppID, "company", company)
	return got.AppID, nil
}

// renew gives an authorised account its new refresh token.
func (p *Platform) renew(ctx context.Context, company id.ID, got *wechat.Authorization) error {
	n, err := p.Store.Of(company).AccountRenew(ctx, store.AccountRenewParams{CompanyID: company, AppID: got.AppID, RefreshToken: p.Box.Seal([]byte(got.Refresh), refreshOf(got.AppID)),
		Functions: numbers(got.Functions), At: p.second()})
	if err != nil || n == 0 { // it is connected directly
		return err
	}
	p.tokens.Keep(ctx, got.AppID, got.Token, got.Life)
	return nil
}

// second is now as WeChat's events tell it: an end in the same second comes after it.
func (p *Platform) second() time.Time { return p.Clock().Truncate(time.Second) }

func numbers(ids []int) []int32 {
	out := make([]int32, len(ids))
	for i, n := range ids {
		out[i] = int32(n)
	}
	return out
}

// Release answers the whole-network release test: what was said through the API proves that the code was turned into a token.
func (p *Platform) Release(ctx context.Context, openid, code string) error {
	got, err := p.query(ctx, code)
	if err != nil {
		return err
	}
	return p.Client.SendText(ctx, got.Token, openid, code+wechat.ReleaseSuffix)
}
