package handlers

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"weir/internal/platform"
	"weir/internal/store"
	"weir/internal/wechat"
	"weir/views"
	"weir/views/words"
)

// askedFresh is how long what WeChat said about an account is believed while a page polls; askTime is the longest that asking may take.
const (
	askedFresh = 30 * time.Second
	askTime    = 20 * time.Second
)

// asked is what WeChat said when an account was tried.
type asked struct {
	at    time.Time
	token error                     // of fetching a token with the account's secret
	tried map[wechat.Function]error // nil: there was no token
}

// asks remembers it, so that a page that polls does not ask WeChat each time.
type asks struct {
	mu sync.Mutex
	of map[string]asked // by appid
}

func (a *asks) get(appid string, now time.Time) (asked, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	said, known := a.of[appid]
	return said, known && now.Sub(said.at) < askedFresh
}

func (a *asks) put(appid string, said asked) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.of == nil || len(a.of) >= accountsMost {
		a.of = map[string]asked{}
	}
	a.of[appid] = said
}

func (a *asks) forget(appid string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.of, appid)
}

// ask has WeChat say what it thinks of an account: of its secret and this server's address, and of what it is granted.
func (h *Handlers) ask(ctx context.Context, row *store.Account, again bool) (asked, error) {
	if said, fresh := h.asks.get(row.AppID, h.Clock()); fresh && !again {
		return said, nil
	}
	ctx, stop := context.WithTimeout(ctx, askTime)
	defer stop()
	said := asked{at: h.Clock()}
	token, err := h.freshToken(ctx, row)
	if said.token = err; err == nil {
		said.tried = map[wechat.Function]error{}
		for _, f := range wechat.Functions {
			said.tried[f] = h.WeChat.Try(ctx, token, f)
		}
	}
	if ctx.Err() == nil {
		h.asks.put(row.AppID, said)
	}
	return said, nil
}

// freshToken asks WeChat with the secret as it is now: a token that is kept would hide that it has become wrong. An account that was
// authorised by a scan has no secret here.
func (h *Handlers) freshToken(ctx context.Context, row *store.Account) (string, error) {
	if row.Via == platform.Authorise {
		return h.Tokens.Token(ctx, row.AppID)
	}
	plain, err := h.Box.Open(row.Secret, "account:"+row.AppID+":secret")
	if err != nil {
		return "", err
	}
	token, _, err := h.WeChat.StableToken(ctx, row.AppID, string(plain), false)
	return token, err
}

// GET /settings/accounts/:appid/checks says what is right, what is wrong and what to do. The page polls it while a step is open; again=1 asks WeChat anew.
func (h *Handlers) checkAccount(c echo.Context) error {
	ctx := c.Request().Context()
	row, err := h.accountOf(c)
	if err != nil {
		return err
	}
	company, err := h.Desk.Company(ctx, row.CompanyID)
	if err != nil {
		return err
	}
	said, err := h.ask(ctx, row, c.QueryParam("again") != "")
	if err != nil {
		return err
	}
	q := h.Store.Of(row.CompanyID)
	seen, err := q.AccountCallbackGet(ctx, store.AccountCallbackGetParams{CompanyID: row.CompanyID, AppID: row.AppID})
	if err != nil && !errors.Is(err, store.ErrNone) {
		return err
	}
	wrote, err := q.MessageHeardEver(ctx, store.MessageHeardEverParams{CompanyID: row.CompanyID, AppID: row.AppID})
	if err != nil {
		return err
	}
	k := checking{Reader: h.reader(c), row: row, url: h.callbackURL(row.AppID), said: said, seen: seen, wrote: wrote, zone: company.Location}
	checks := views.Checks{Reader: k.Reader, AppID: row.AppID, Steps: k.steps(), AskedAt: k.clock(said.at), Stopped: row.TroubleAt != nil && said.token == nil, ReadOnly: !h.admin(c)}
	return render(c, http.StatusOK, views.ChecksPart(checks))
}

func (h *Handlers) callbackURL(appid string) string { return h.BaseURL + "/wechat/" + appid }

// POST /settings/accounts/:appid/resume has the account send again: somebody has done something about its trouble.
func (h *Handlers) resumeAccount(c echo.Context) error {
	row, err := h.accountOf(c)
	if err != nil {
		return err
	}
	if err := h.Desk.Resume(c.Request().Context(), row.CompanyID, row.AppID); err != nil {
		return err
	}
	h.asks.forget(row.AppID)
	c.Response().Header().Set("HX-Refresh", "true")
	return c.NoContent(http.StatusNoContent)
}

// checking is what is known of an account that is being connected, for saying it in words. It only looks at what it is given.
type checking struct {
	views.Reader
	row   *store.Account
	url   string
	said  asked
	seen  store.AccountCallback
	wrote bool // a customer's message was ever taken
	zone  *time.Location
}

func (k *checking) clock(t time.Time) string { return t.In(k.zone).Format("15:04:05") }

// moment is when something happened: the day, too, where it was not within the last one.
func (k *checking) moment(t time.Time) string {
	if k.said.at.Sub(t) > 12*time.Hour {
		return t.In(k.zone).Format("2006-01-02 15:04")
	}
	return k.clock(t)
}

// steps are the six checks, in order.
func (k *checking) steps() []views.Check {
	return []views.Check{k.credentials(), k.address(), k.verified(), k.readable(), k.granted(), k.written()}
}

// aboutAddress are the codes by which WeChat says that it does not take calls from here.
func aboutAddress(code int) bool { return code == 40164 || code == 61004 }

// credentials: WeChat takes the account's AppID and secret.
func (k *checking) credentials() views.Check {
	w := k.Words.OfChecks()
	if k.scanned() {
		return k.authorised()
	}
	step := views.Check{Name: w.Credentials, State: views.CheckFails, Said: saidBy(k.said.token), Asks: true}
	switch code := wechat.Code(k.said.token); {
	case k.said.token == nil:
		step.State, step.Say = views.CheckFine, w.CredentialsFine
	case aboutAddress(code):
		step.State, step.Say, step.Said = views.CheckFine, w.CredentialsSoFar, ""
	case code == 40125, code == 40001:
		step.Say, step.Do = put(w.SecretWrong, code), []string{w.OpenConsole, w.SecretReset, w.SecretEnter}
	case code == 40243:
		step.Say, step.Do = put(w.SecretFrozen, code), []string{w.OpenConsole, w.SecretThaw}
	case code == 40013:
		step.Say, step.Do = put(w.AppIDWrong, code), []string{w.AppIDCompare, w.AppIDAnother}
	case code == 0:
		step.Say, step.Do = w.Unreached, []string{w.UnreachedDo}
	default:
		step.Say = put(w.OtherCode, k.Words.Undelivered(code), code)
	}
	return step
}

// authorised: WeChat gives the platform a token for an account that its owner authorised. One that is held may be good a little longer than
// the authorisation.
func (k *checking) authorised() views.Check {
	w := k.Words.OfPlatform()
	step := views.Check{Name: w.Authorisation, State: views.CheckFails, Said: saidBy(k.said.token), Asks: true}
	switch code := wechat.Code(k.said.token); {
	case k.row.UnauthorisedAt != nil, code == 61003, code == 61023:
		step.Say = k.Words.Sentence("account.withdrawn")
	case k.said.token == nil, aboutAddress(code):
		step.State, step.Say, step.Said = views.CheckFine, w.Accepted, ""
	case code != 0:
		step.Say = k.Words.Sentence(wechat.Explain(k.said.token))
	default:
		step.Say = k.Words.Sentence("platform.unreachable")
	}
	return step
}

// address: this server's address is on the account's list, or on the platform's.
func (k *checking) address() views.Check {
	w := k.Words.OfChecks()
	step := views.Check{Name: w.Address}
	code := wechat.Code(k.said.token)
	switch {
	case k.said.token == nil:
		step.State, step.Say = views.CheckFine, w.AddressFine
	case code == 40164:
		step.State, step.Say, step.Do = views.CheckFails, put(w.AddressMissing, code), []string{w.OpenConsole, w.AddressWhere, w.AddressPaste}
	case code == 61004:
		step.State, step.Say, step.Do = views.CheckFails, put(w.PlatformAddressMissing, code), []string{w.PlatformAddressWhere}
	default:
		step.State, step.Say = views.CheckBlocked, w.AfterAbove
	}
	if step.State == views.CheckFails {
		step.IP, step.Said, step.Asks = wechat.MissingIP(k.said.token), saidBy(k.said.token), true
	}
	return step
}

// verified: WeChat has asked this server whether the URL is ours, or has posted to it, and the token was right.
func (k *checking) verified() views.Check {
	w, s := k.Words.OfChecks(), &k.seen
	if k.scanned() {
		return views.Check{Name: w.URL, State: views.CheckFine, Say: w.URLOfPlatform}
	}
	step := views.Check{Name: w.URL, State: views.CheckWaits, Say: w.URLDo, Copies: []views.Copy{{Label: "URL", Text: k.url}}, Warn: w.ConsoleOff}
	good := later(s.VerifiedAt, s.HeardAt)
	switch {
	case k.refusedSince(good) && s.Refused == wechat.BadSignature.String():
		step.State, step.Say, step.Do = views.CheckFails, put(w.TokenWrong, k.moment(*s.RefusedAt)), []string{w.TokenCompare, w.TokenEnter}
	case s.VerifiedAt != nil:
		step.State, step.Say = views.CheckFine, put(w.URLFine, k.moment(*s.VerifiedAt))
	case s.HeardAt != nil, s.RefusedAt != nil && s.Refused != wechat.BadSignature.String():
		step.State, step.Say = views.CheckFine, w.URLHeard
	}
	return step
}

// readable: what WeChat posts can be read, with the key and in the mode that are set here.
func (k *checking) readable() views.Check {
	w, s := k.Words.OfChecks(), &k.seen
	step := views.Check{Name: put(w.Mode, views.ModeName(k.Reader, k.row.Mode))}
	if k.refusedSince(s.HeardAt) && s.Refused != wechat.BadSignature.String() {
		step.State, step.Say, step.Do = views.CheckFails, put(w.Unreadable, k.moment(*s.RefusedAt)), []string{w.UnreadableDo}
		switch s.Refused {
		case wechat.Undecryptable.String():
			step.Say, step.Do = put(w.KeyWrong, k.moment(*s.RefusedAt)), []string{w.KeyCompare, w.KeyEnter}
		case wechat.Unencrypted.String():
			step.Say, step.Do = put(w.ModeWrong, k.moment(*s.RefusedAt)), []string{w.ModeCompare}
		case wechat.Stale.String():
			step.Say, step.Do = put(w.ClockWrong, k.moment(*s.RefusedAt)), []string{w.ClockDo}
		case wechat.Foreign.String():
			step.Say, step.Do = put(w.Foreign, k.moment(*s.RefusedAt)), []string{w.ForeignDo}
		}
		return step
	}
	switch {
	case s.HeardAt != nil && k.row.Mode == wechat.Plain.String():
		step.State, step.Say = views.CheckFine, w.ReadPlain
	case s.HeardAt != nil:
		step.State, step.Say = views.CheckFine, w.Read
	case k.scanned():
		step.State, step.Say = views.CheckWaits, k.Words.OfPlatform().HeardNothing
	case s.VerifiedAt != nil:
		step.State, step.Say = views.CheckWaits, w.ReadWaits
	default:
		step.State, step.Say = views.CheckBlocked, w.AfterAbove
	}
	return step
}

// granted: WeChat lets the account do what a desk needs. Without messages nothing else helps; the others are named where they are missing.
func (k *checking) granted() views.Check {
	w := k.Words.OfChecks()
	step := views.Check{Name: w.Permissions, State: views.CheckFine, Say: put(w.Granted, w.Functions(k.functions(func(error) bool { return true })))}
	if k.said.tried == nil {
		step.State, step.Say = views.CheckBlocked, put(w.GrantedLater, w.Functions(k.functions(func(error) bool { return true })))
		return step
	}
	missing := k.functions(func(err error) bool { return !wechat.Granted(err) })
	if len(missing) == 0 {
		return step
	}
	err := k.said.tried[wechat.Function(missing[0])]
	step.Say, step.Said, step.Do = put(w.NotGranted, w.Functions(missing), wechat.Code(err)), saidBy(err), []string{w.GrantedWhere, w.GrantedVerify}
	if wechat.Code(err) == 48004 {
		step.Say, step.Do = put(w.Banned, w.Functions(missing), 48004), []string{w.BannedDo}
	}
	if step.State = views.CheckFine; missing[0] == string(wechat.FunctionMessages) {
		step.State, step.Asks = views.CheckFails, true
	}
	return step
}

// functions are those whose error is of a kind, the most needed first.
func (k *checking) functions(of func(error) bool) (out []string) {
	for _, f := range wechat.Functions {
		if of(k.said.tried[f]) {
			out = append(out, string(f))
		}
	}
	return out
}

// written: a customer's message has come all the way.
func (k *checking) written() views.Check {
	w := k.Words.OfChecks()
	step := views.Check{Name: w.Message, State: views.CheckBlocked, Say: w.MessageDo}
	switch {
	case k.row.PausedAt != nil:
		step.Say = w.MessagePaused
	case k.wrote:
		step.State, step.Say = views.CheckFine, w.MessageFine
	case k.seen.VerifiedAt != nil || k.seen.HeardAt != nil || k.scanned():
		step.State = views.CheckWaits
	}
	return step
}

// scanned says whether the account was authorised to the platform by a scan: it has no secret, no address and no key of its own.
func (k *checking) scanned() bool { return k.row.Via == platform.Authorise }

// refusedSince says whether a callback was refused after the last good one.
func (k *checking) refusedSince(good *time.Time) bool {
	return k.seen.RefusedAt != nil && (good == nil || k.seen.RefusedAt.After(*good))
}

func later(a, b *time.Time) *time.Time {
	if a == nil || b != nil && b.After(*a) {
		return b
	}
	return a
}

// saidBy is what WeChat wrote itself; "": nothing.
func saidBy(err error) string {
	var said *wechat.APIError
	if !errors.As(err, &said) {
		return ""
	}
	return strconv.Itoa(said.Code) + " " + strings.TrimSpace(said.Msg)
}

func (h *Handlers) admin(c echo.Context) bool {
	p, _ := c.Get(personKey).(*store.Agent)
	return p != nil && p.Role == roleAdmin
}

func put(phrase string, args ...any) string { return words.Put(phrase, args...) }
