package handlers

import (
	"errors"
	"math"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"weir/internal/desk"
	"weir/internal/login"
	"weir/internal/store"
	"weir/views"
	"weir/views/words"
)

// GET /login
func (h *Handlers) loginPage(c echo.Context) error {
	if _, ok, err := h.trusted(c.Request().Context()); err != nil {
		return err
	} else if ok {
		return c.Redirect(http.StatusSeeOther, "/")
	}
	return render(c, http.StatusOK, views.LoginPage(views.Login{Reader: h.reader(c), Next: local(c.QueryParam("next"))}))
}

// POST /login: email, password, stay, next.
func (h *Handlers) logIn(c echo.Context) error {
	ctx := c.Request().Context()
	email := strings.ToLower(strings.TrimSpace(c.FormValue("email")))
	l := views.Login{Reader: h.reader(c), Email: email, Stay: c.FormValue("stay") != "", Next: local(c.FormValue("next")), Wrong: true}
	left, wait, err := h.Throttle.Attempt(ctx, email, c.RealIP())
	if err != nil {
		return err
	}
	minutes := int(math.Ceil(wait.Minutes()))
	if wait > 0 {
		l.Problem = l.Words.Sentence("login.throttled", minutes)
		return render(c, http.StatusTooManyRequests, views.LoginPage(l))
	}
	a, err := h.checkPassword(c, email, c.FormValue("password"))
	if err != nil {
		return err
	}
	switch {
	case a == nil:
		l.Problem = l.Words.Sentence("login.wrong", left, 15)
		return render(c, http.StatusUnauthorized, views.LoginPage(l))
	case a.DisabledAt != nil:
		l.Problem, l.Wrong = l.Words.Sentence("login.disabled"), false
		return render(c, http.StatusForbidden, views.LoginPage(l))
	}
	if err := h.Throttle.Succeeded(ctx, email, c.RealIP()); err != nil {
		return err
	}
	who := login.Who{Company: a.CompanyID.String(), UID: a.UID, Epoch: a.LoginEpoch}
	if err := h.Logins.SignIn(ctx, who, login.Device{IP: c.RealIP(), Agent: c.Request().UserAgent()}, l.Stay); err != nil {
		return err
	}
	if a.Locale != nil {
		setCookie(c, langCookie, *a.Locale)
	}
	if a.Theme != nil {
		setCookie(c, themeCookie, *a.Theme)
	}
	if l.Next == "" {
		l.Next = "/"
	}
	return c.Redirect(http.StatusSeeOther, l.Next)
}

// checkPassword finds the agent whose address and password these are; nil: nobody's. An address that nobody has costs the
// same time as a wrong password.
func (h *Handlers) checkPassword(c echo.Context, email, password string) (*store.Agent, error) {
	ctx := c.Request().Context()
	found, err := h.Store.Outside().LoginFind(ctx, email)
	if errors.Is(err, store.ErrNone) {
		_, _, err = h.Passwords.Verify(ctx, "", password)
		return nil, err
	} else if err != nil {
		return nil, err
	}
	q := h.Store.Of(found.CompanyID)
	a, err := q.AgentGet(ctx, store.AgentGetParams{CompanyID: found.CompanyID, UID: found.UID})
	if err != nil {
		return nil, err
	}
	ok, rehash, err := h.Passwords.Verify(ctx, a.Password, password)
	if err != nil || !ok {
		return nil, err
	}
	if rehash {
		if fresh, err := h.Passwords.Hash(ctx, password); err == nil {
			if epoch, err := q.AgentPasswordSet(ctx, store.AgentPasswordSetParams{CompanyID: a.CompanyID, UID: a.UID, Password: fresh}); err == nil { // the old one still serves
				a.LoginEpoch = epoch
			}
		}
	}
	return &a, nil
}

// local is a path of our own to go to afterwards; anything else is nothing.
func local(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return ""
	}
	return next
}

// DELETE /login ends the login, and its streams in every process.
func (h *Handlers) logOut(c echo.Context) error {
	ctx := c.Request().Context()
	over := h.Logins.ID(ctx)
	if err := h.Logins.SignOut(ctx); err != nil {
		return err
	}
	h.Hub.End(over)
	return h.goTo(c, "/login")
}

// goTo sends a script or a browser to another page.
func (h *Handlers) goTo(c echo.Context, path string) error {
	if script(c) {
		c.Response().Header().Set("HX-Redirect", path)
		return c.NoContent(http.StatusNoContent)
	}
	return c.Redirect(http.StatusSeeOther, path)
}

const agentKey = "agent"

// loggedIn lets in whoever has a login, and sends others to /login.
func (h *Handlers) loggedIn(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		who, ok, err := h.trusted(c.Request().Context())
		if err != nil {
			return err
		}
		if ok {
			c.Set(agentKey, who)
			return next(c)
		}
		r := c.Request()
		if script(c) || r.Header.Get("Accept") == "text/event-stream" || r.Method != http.MethodGet {
			reader := h.reader(c)
			return render(c, http.StatusUnauthorized, views.ProblemNote(views.Problem{Reader: reader, Status: http.StatusUnauthorized, Sentence: reader.Words.Sentence("login.expired")}))
		}
		to := "/login"
		if r.URL.Path != "/" {
			to += "?next=" + url.QueryEscape(r.URL.RequestURI())
		}
		return c.Redirect(http.StatusSeeOther, to)
	}
}

// agent is who asks: from the login, never from a form.
func agent(c echo.Context) desk.Agent { return c.Get(agentKey).(desk.Agent) }

// PUT /preferences: lang, theme. They hold for this browser, and for the agent wherever they log in next.
func (h *Handlers) setPreferences(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return desk.Refuse(desk.Invalid, "invalid")
	}
	if form.Has("lang") {
		if words.For(form.Get("lang")).Lang != form.Get("lang") {
			return desk.Refuse(desk.Invalid, "invalid")
		}
		setCookie(c, langCookie, form.Get("lang"))
	}
	if form.Has("theme") {
		switch form.Get("theme") {
		case "", "weir-light", "weir-dark":
			setCookie(c, themeCookie, form.Get("theme"))
		default:
			return desk.Refuse(desk.Invalid, "invalid")
		}
	}
	if err := h.keepPreferences(c, form); err != nil {
		return err
	}
	c.Response().Header().Set("HX-Refresh", "true")
	return c.NoContent(http.StatusNoContent)
}

// keepPreferences keeps them with the agent, where somebody is logged in.
func (h *Handlers) keepPreferences(c echo.Context, form url.Values) error {
	who, ok, err := h.trusted(c.Request().Context())
	if err != nil || !ok {
		return err
	}
	q := h.Store.Of(who.Company)
	a, err := q.AgentGet(c.Request().Context(), store.AgentGetParams{CompanyID: who.Company, UID: who.UID})
	if err != nil {
		return err
	}
	p := store.AgentPreferencesSetParams{CompanyID: who.Company, UID: who.UID, Locale: a.Locale, Theme: a.Theme}
	if v := form.Get("lang"); v != "" {
		p.Locale = &v
	}
	if form.Has("theme") {
		p.Theme = nil
		if v := form.Get("theme"); v != "" {
			p.Theme = &v
		}
	}
	return q.AgentPreferencesSet(c.Request().Context(), p)
}

func setCookie(c echo.Context, name, value string) {
	k := &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode}
	if value == "" {
		k.MaxAge = -1
	}
	c.SetCookie(k)
}
