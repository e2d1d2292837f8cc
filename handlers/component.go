package handlers

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"weir/internal/desk"
	"weir/internal/platform"
	"weir/internal/store"
	"weir/internal/wechat"
	"weir/views"
)

// releaseTime is how long the second half of the release test may take.
const releaseTime = time.Minute

// POST /wechat/component takes what WeChat tells the third-party platform itself: tickets, and what account owners authorise and withdraw.
func (h *Handlers) componentEvent(c echo.Context) error {
	ctx, stop := context.WithTimeout(c.Request().Context(), answerTime)
	defer stop()
	a, err := h.accounts.find(ctx, platformItself)
	if err != nil {
		return err
	}
	body, err := readBody(c, wechat.MaxBody)
	if err != nil {
		h.metrics.callbacks.WithLabelValues("unread").Inc()
		return err
	}
	e, err := a.OpenEvent(wechat.ParseQuery(c.Request().URL.RawQuery), body, h.Clock())
	if err != nil {
		return h.refuseCallback(c, a, err)
	}
	if err := h.Platform.Hear(ctx, a.AppID, e); err != nil {
		h.metrics.callbacks.WithLabelValues("not kept").Inc()
		return err // 5xx: WeChat repeats it
	}
	h.metrics.callbacks.WithLabelValues("taken").Inc()
	return c.String(http.StatusOK, wechat.Success)
}

// POST /wechat/component/:appid takes one message or event of an account that the platform is authorised to.
func (h *Handlers) componentCallback(c echo.Context) error {
	ctx, stop := context.WithTimeout(c.Request().Context(), answerTime)
	defer stop()
	a, err := h.accounts.find(ctx, door{c.Param("appid"), true})
	if err != nil {
		return err
	}
	return h.take(ctx, c, a)
}

// takeStrange answers what the platform is pushed about an account that no company here has: WeChat's release test, or one whose
// authorisation nobody here began with. The latter is taken and forgotten: with an error WeChat would repeat it.
func (h *Handlers) takeStrange(c echo.Context, a *account, in *wechat.Inbound) error {
	reply, code, test := wechat.ReleaseTest(a.appid, in)
	switch {
	case test && code != "":
		go h.finishRelease(context.WithoutCancel(c.Request().Context()), in.OpenID, code)
		return c.NoContent(http.StatusOK)
	case test && reply != "":
		return h.seal(c, a, in, wechat.TextReply{Text: reply})
	}
	h.metrics.callbacks.WithLabelValues("nobody's").Inc()
	return h.seal(c, a, in, nil)
}

// finishRelease does the second half of the release test, after its callback was answered.
func (h *Handlers) finishRelease(ctx context.Context, openid, code string) {
	ctx, stop := context.WithTimeout(ctx, releaseTime)
	defer stop()
	if err := h.Platform.Release(ctx, openid, code); err != nil {
		h.Log.Error("WeChat's release test could not be answered", "err", err)
	}
}

// canScan says whether accounts can be connected by a scan.
func (h *Handlers) canScan(ctx context.Context) (bool, error) {
	if h.Platform == nil {
		return false, nil
	}
	_, err := h.Platform.Component(ctx)
	if errors.Is(err, platform.ErrNone) {
		return false, nil
	}
	return err == nil, err
}

// GET /settings/accounts/authorise has a link to WeChat's page. WeChat opens that only from a link that was clicked on a page of the
// platform's domain, so nobody can be sent there.
func (h *Handlers) authorise(c echo.Context) error {
	ctx, who := c.Request().Context(), agent(c)
	company, err := h.Desk.Company(ctx, who.Company)
	if err != nil {
		return err
	}
	p := views.Authorise{Settings: h.nav(c, company)}
	if p.ReadOnly {
		return desk.Refuse(desk.Denied, "settings.read-only")
	}
	can, err := h.canScan(ctx)
	switch {
	case err != nil:
		return err
	case !can:
		p.Problem = p.Words.OfPlatform().NotSetUpHint
	default:
		login, err := h.Platform.Begin(ctx, who.Company, who.UID, h.BaseURL+"/settings/accounts/authorised")
		var no *desk.Refusal
		if errors.As(err, &no) {
			p.Problem = p.Words.Sentence(no.Say, no.Args...)
		} else if err != nil {
			return err
		}
		p.URL, p.PhoneURL, p.Until = login.URL, login.PhoneURL, login.Until.In(company.Location).Format("15:04")
	}
	return render(c, http.StatusOK, views.SettingsPage(p.Settings, p.Words.OfPlatform().Authorise, views.AuthoriseBody(p)))
}

// GET /settings/accounts/authorised is where WeChat's page leads back to. The state is good once, for the person who began.
func (h *Handlers) authorised(c echo.Context) error {
	who := agent(c)
	if c.Get(personKey).(*store.Agent).Role != roleAdmin {
		return desk.Refuse(desk.Denied, "settings.read-only")
	}
	if h.Platform == nil {
		return desk.Refuse(desk.Invalid, "platform.none")
	}
	appid, err := h.Platform.Finish(c.Request().Context(), who.Company, who.UID, c.QueryParam("state"), c.QueryParam("auth_code"))
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/settings/accounts/"+appid)
}

// messageSets are the permission sets with which customer-service messages may be sent (WECHAT, section 3).
var messageSets = map[int32]bool{1: true, 6: true, 19: true, 100: true, 101: true}

// authorisedPage is the page of an account that is connected by a scan.
func (h *Handlers) authorisedPage(c echo.Context, row *store.Account, company *desk.Company) error {
	at := func(t *time.Time) string {
		if t == nil {
			return ""
		}
		return t.In(company.Location).Format("2006-01-02 15:04")
	}
	p := views.Authorised{Settings: h.nav(c, company), AppID: row.AppID, Name: row.Name, Paused: at(row.PausedAt), Since: at(row.AuthorisedAt), Withdrawn: at(row.UnauthorisedAt), NoMessages: true, Groups: groupTicks(company, row.AppID)}
	for _, f := range row.Functions {
		p.Functions = append(p.Functions, p.Words.FunctionSet(int(f)))
		p.NoMessages = p.NoMessages && !messageSets[f]
	}
	return render(c, http.StatusOK, views.SettingsPage(p.Settings, row.Name, views.AuthorisedBody(p)))
}

// renameAccount changes the one thing that an account connected by a scan has of its own here.
func (h *Handlers) renameAccount(c echo.Context, row *store.Account) error {
	in := inputOf(c)
	if in.secret != "" || in.token != "" || in.aesKey != "" {
		return desk.Refuse(desk.Invalid, "account.by-scan")
	}
	in.mode = row.Mode
	if err := in.check(false); err != nil {
		return err
	}
	return h.accountChanged(c, func(ctx context.Context, q *store.Queries) error {
		_, err := q.AccountNameSet(ctx, store.AccountNameSetParams{CompanyID: row.CompanyID, AppID: row.AppID, Name: in.name})
		return err
	})
}

// seal answers a callback.
func (h *Handlers) seal(c echo.Context, a *account, in *wechat.Inbound, said wechat.Reply) error {
	out, kind, err := a.Seal(in, said, h.Clock(), nil)
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, kind, out)
}
