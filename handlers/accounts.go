package handlers

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"weir/internal/desk"
	"weir/internal/platform"
	"weir/internal/store"
	"weir/views"
)

// What WeChat's own form takes (WECHAT, section 1).
var (
	appIDShape  = regexp.MustCompile(`^wx[A-Za-z0-9]{6,62}$`)
	secretShape = regexp.MustCompile(`^[A-Za-z0-9]{16,64}$`)
	tokenShape  = regexp.MustCompile(`^[A-Za-z0-9]{3,32}$`)
	keyShape    = regexp.MustCompile(`^[A-Za-z0-9]{43}$`)
)

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// letterString is n random letters and digits.
func letterString(n int) string {
	out := make([]byte, 0, n)
	for one := make([]byte, 1); len(out) < n; {
		_, _ = rand.Read(one)
		if one[0] < 4*byte(len(letters)) { // 248: every letter as likely as the others
			out = append(out, letters[int(one[0])%len(letters)])
		}
	}
	return string(out)
}

// GET /settings/accounts/new is the form, with a token and a key made for it.
func (h *Handlers) newAccount(c echo.Context) error {
	company, err := h.Desk.Company(c.Request().Context(), agent(c).Company)
	if err != nil {
		return err
	}
	n := h.nav(c, company)
	if n.ReadOnly {
		return desk.Refuse(desk.Denied, "settings.read-only")
	}
	f := views.AccountForm{Settings: n, Mode: "safe", Token: letterString(32), AESKey: letterString(43)}
	return render(c, http.StatusOK, views.SettingsPage(n, n.Words.OfSettings().Add, views.NewAccountBody(f)))
}

// accountInput is what a form says of an account. An empty secret keeps the one that is there.
type accountInput struct{ appid, name, mode, secret, token, aesKey string }

func inputOf(c echo.Context) accountInput {
	field := func(name string) string { return strings.TrimSpace(c.FormValue(name)) }
	return accountInput{field("appid"), field("name"), field("mode"), field("secret"), field("token"), field("aes_key")}
}

// check refuses what cannot be; with fresh, the secrets have to be there.
func (in *accountInput) check(fresh bool) error {
	wrong := func(value string, shape *regexp.Regexp) bool {
		return (value != "" || fresh) && !shape.MatchString(value)
	}
	switch {
	case fresh && !appIDShape.MatchString(in.appid):
		return desk.Refuse(desk.Invalid, "account.appid")
	case in.name == "" || utf8.RuneCountInString(in.name) > 60:
		return desk.Refuse(desk.Invalid, "account.name")
	case in.mode != "safe" && in.mode != "compatible" && in.mode != "plain":
		return desk.Refuse(desk.Invalid, "account.mode")
	case wrong(in.secret, secretShape):
		return desk.Refuse(desk.Invalid, "account.secret")
	case wrong(in.token, tokenShape):
		return desk.Refuse(desk.Invalid, "account.token")
	case wrong(in.aesKey, keyShape):
		return desk.Refuse(desk.Invalid, "account.aes-key")
	}
	return nil
}

// POST /settings/accounts connects an account. Every agent gets a seat at it.
func (h *Handlers) createAccount(c echo.Context) error {
	in, company := inputOf(c), agent(c).Company
	if err := in.check(true); err != nil {
		return err
	}
	err := h.Store.Tx(c.Request().Context(), company, func(q *store.Queries) error {
		ctx := c.Request().Context()
		_, err := q.AccountGet(ctx, store.AccountGetParams{CompanyID: company, AppID: in.appid})
		if err == nil {
			return desk.Refuse(desk.Taken, "account.there")
		} else if !errors.Is(err, store.ErrNone) {
			return err
		}
		p := store.AccountPutParams{CompanyID: company, AppID: in.appid}
		if err := h.sealInto(&p, &in); err != nil {
			return err
		}
		if err := q.AccountPut(ctx, p); err != nil {
			return err
		}
		whose, err := q.AppIDClaim(ctx, store.AppIDClaimParams{AppID: in.appid, CompanyID: company})
		if err != nil {
			return err
		}
		if whose != company {
			return desk.Refuse(desk.Taken, "account.another-company")
		}
		if _, err := q.SeatsFill(ctx, company); err != nil {
			return err
		}
		return q.CompanyTouch(ctx, company)
	})
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/settings/accounts/"+in.appid)
}

// sealInto puts what a form says into the row; what it leaves empty stays. A key that is replaced stays as the previous one; the same key
// entered again replaces nothing.
func (h *Handlers) sealInto(p *store.AccountPutParams, in *accountInput) error {
	seal := func(value, as string) []byte { return h.Box.Seal([]byte(value), "account:"+p.AppID+":"+as) }
	p.Name, p.Mode = in.name, in.mode
	if in.secret != "" {
		p.Secret = seal(in.secret, "secret")
	}
	if in.token != "" {
		p.Token = seal(in.token, "token")
	}
	if in.aesKey == "" {
		return nil
	}
	if len(p.AESKey) > 0 {
		was, err := h.Box.Open(p.AESKey, "account:"+p.AppID+":aes_key")
		if err != nil || string(was) == in.aesKey {
			return err
		}
	}
	p.PreviousAESKey, p.AESKey = p.AESKey, seal(in.aesKey, "aes_key")
	return nil
}

// accountOf is the account that the path names, of the asker's company.
func (h *Handlers) accountOf(c echo.Context) (*store.Account, error) {
	row, err := h.Store.Of(agent(c).Company).AccountGet(c.Request().Context(), store.AccountGetParams{CompanyID: agent(c).Company, AppID: c.Param("appid")})
	if errors.Is(err, store.ErrNone) {
		return nil, desk.Refuse(desk.Missing, "account.missing")
	}
	if err == nil && row.MovedAt != nil { // it is another company's now
		return nil, desk.Refuse(desk.Denied, "account.moved")
	}
	return &row, err
}

// GET /settings/accounts/:appid is one account: what to enter at WeChat, the checks, and what can be changed.
func (h *Handlers) accountPage(c echo.Context) error {
	row, err := h.accountOf(c)
	if err != nil {
		return err
	}
	company, err := h.Desk.Company(c.Request().Context(), row.CompanyID)
	if err != nil {
		return err
	}
	if row.Via == platform.Authorise {
		return h.authorisedPage(c, row, company)
	}
	f := views.AccountForm{Settings: h.nav(c, company), AppID: row.AppID, Name: row.Name, Mode: row.Mode, URL: h.callbackURL(row.AppID), Groups: groupTicks(company, row.AppID)}
	if c.QueryParam("keys") != "" {
		f.Token, f.AESKey = letterString(32), letterString(43)
	}
	if row.PausedAt != nil {
		f.Paused = row.PausedAt.In(company.Location).Format("2006-01-02 15:04")
	}
	return render(c, http.StatusOK, views.SettingsPage(f.Settings, row.Name, views.AccountBody(f)))
}

// PUT /settings/accounts/:appid changes it. What is left empty stays, as it is by then: two admins do not undo each other. With a new secret
// the account sends again, where that was its trouble.
func (h *Handlers) changeAccount(c echo.Context) error {
	company, appid := agent(c).Company, c.Param("appid")
	row, err := h.accountOf(c)
	if err != nil {
		return err
	}
	if row.Via == platform.Authorise {
		return h.renameAccount(c, row)
	}
	in := inputOf(c)
	if err := in.check(false); err != nil {
		return err
	}
	err = h.accountChanged(c, func(ctx context.Context, q *store.Queries) error {
		row, err := q.AccountLock(ctx, store.AccountLockParams{CompanyID: company, AppID: appid})
		if err != nil {
			return err
		}
		if in.mode != "plain" && in.aesKey == "" && len(row.AESKey) == 0 {
			return desk.Refuse(desk.Invalid, "account.aes-key")
		}
		p := store.AccountPutParams{CompanyID: company, AppID: appid, Secret: row.Secret, Token: row.Token, AESKey: row.AESKey, PreviousAESKey: row.PreviousAESKey}
		if err := h.sealInto(&p, &in); err != nil {
			return err
		}
		return q.AccountPut(ctx, p)
	})
	if err != nil || in.secret == "" {
		return err
	}
	h.asks.forget(appid)
	return h.Desk.Resume(c.Request().Context(), company, appid)
}

// PUT /settings/accounts/:appid/pause: on=1 pauses, anything else resumes.
func (h *Handlers) pauseAccount(c echo.Context) error {
	row, err := h.accountOf(c)
	if err != nil {
		return err
	}
	p := store.AccountPausedSetParams{CompanyID: row.CompanyID, AppID: row.AppID}
	if c.FormValue("on") == "1" {
		p.PausedAt = h.instant()
	}
	return h.accountChanged(c, func(ctx context.Context, q *store.Queries) error { _, err := q.AccountPausedSet(ctx, p); return err })
}

// PUT /settings/accounts/:appid/group: group (empty: none) is where its sessions go that nothing sends elsewhere.
func (h *Handlers) setDefaultGroup(c echo.Context) error {
	row, err := h.accountOf(c)
	if err != nil {
		return err
	}
	company, err := h.Desk.Company(c.Request().Context(), row.CompanyID)
	if err != nil {
		return err
	}
	p := store.AccountDefaultGroupSetParams{CompanyID: row.CompanyID, AppID: row.AppID}
	if s := c.FormValue("group"); s != "" {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || company.Groups[n] == nil {
			return desk.Refuse(desk.Invalid, "account.group")
		}
		p.DefaultGroupID = &n
	}
	return h.accountChanged(c, func(ctx context.Context, q *store.Queries) error {
		_, err := q.AccountDefaultGroupSet(ctx, p)
		return err
	})
}

// accountChanged makes a change and has every copy of the company read anew.
func (h *Handlers) accountChanged(c echo.Context, change func(context.Context, *store.Queries) error) error {
	company := agent(c).Company
	err := h.Store.Tx(c.Request().Context(), company, func(q *store.Queries) error {
		if err := change(c.Request().Context(), q); err != nil {
			return err
		}
		return q.CompanyTouch(c.Request().Context(), company)
	})
	if err != nil {
		return err
	}
	c.Response().Header().Set("HX-Refresh", "true")
	return c.NoContent(http.StatusNoContent)
}
