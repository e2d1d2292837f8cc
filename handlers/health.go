package handlers

import (
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"weir/internal/desk"
	"weir/internal/store"
	"weir/internal/wechat"
	"weir/views"
)

const eventsShown = 10

// GET /settings/accounts/:appid/health is how the account is, and what to do. The page asks for it again now and then, by script.
func (h *Handlers) healthPage(c echo.Context) error {
	ctx := c.Request().Context()
	row, err := h.accountOf(c)
	if err != nil {
		return err
	}
	company, err := h.Desk.Company(ctx, row.CompanyID)
	if err != nil {
		return err
	}
	is, err := h.Desk.HealthOf(ctx, row.CompanyID, row.AppID)
	if err != nil {
		return err
	}
	events, err := h.Desk.AccountEvents(ctx, row.CompanyID, row.AppID, eventsShown)
	if err != nil {
		return err
	}
	token, err := h.Tokens.Status(ctx, row.AppID)
	if err != nil { // Redis is away: that is the operator's trouble, and the rest can be told
		h.Log.Warn("how an account's token is could not be asked", "appid", row.AppID, "err", err)
	}
	m := h.healthModel(c, company, is, events, token)
	if script(c) {
		return render(c, http.StatusOK, views.HealthPart(m))
	}
	return render(c, http.StatusOK, views.SettingsPage(m.Settings, row.Name, views.HealthBody(m)))
}

func (h *Handlers) healthModel(c echo.Context, company *desk.Company, is *desk.Health, events []store.AccountEvent, token wechat.TokenStatus) views.Health {
	now, a := h.Clock(), is.Account
	m := views.Health{Settings: h.nav(c, company), AppID: a.AppID, Name: a.Name, State: is.State(now), Now: now, Zone: company.Location,
		HeardAt: zeroed(is.Heard.HeardAt), VerifiedAt: zeroed(is.Heard.VerifiedAt), RefusedAt: zeroed(is.Heard.RefusedAt), Refused: is.Heard.Refused, Bars: bars(is.Counts, now),
		TokenRenews: token.Renews, TokenFetched: token.Fetched, TokenRefused: token.Refused, TokenCode: token.Code, TokenIP: token.IP,
		Queued: is.Queued, Waiting: is.Waiting, OldestAt: zeroed(is.OldestAt), Failed: is.Failed, Uncertain: is.Uncertain, MediaFailed: is.MediaFailed, PushFailed: is.PushFailed,
		Verification: a.Verification, VerificationAt: zeroed(a.VerificationAt), ExpiresAt: zeroed(a.VerificationExpiresAt), VerificationWhy: a.VerificationReason}
	for _, r := range is.Counts {
		m.Taken, m.Late, m.RefusedCount = m.Taken+int64(r.Taken), m.Late+int64(r.Late), m.RefusedCount+int64(r.Refused)
	}
	if t := is.Trouble; t != nil {
		m.Trouble = &views.AccountTrouble{Since: t.Since, Say: m.Words.Sentence(t.Say), IP: t.IP}
		if strings.HasPrefix(t.Say, "wechat.") { // half a sentence
			m.Trouble.Say = put(m.Words.OfHealth().Says, m.Trouble.Say, t.Code)
		}
		if t.ByItself() {
			m.Trouble.TriedAt = t.Until
		}
	}
	for _, e := range events {
		m.Events = append(m.Events, views.AccountEvent{Event: e.Event, At: e.CreatedAt, Raw: e.Raw})
	}
	return m
}

func zeroed(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// bars are the last 24 hours, each half hour by the worst that happened in it.
func bars(counts []store.CallbackCount, now time.Time) (out [views.HealthBars]views.Bar) {
	first := now.UTC().Truncate(halfHour).Add(-(views.HealthBars - 1) * halfHour)
	for _, r := range counts {
		i := int(r.BeganAt.Sub(first) / halfHour)
		if i < 0 || i >= len(out) {
			continue
		}
		switch {
		case r.Refused > 0:
			out[i] = views.BarRefused
		case r.Late > 0:
			out[i] = views.BarLate
		case r.Taken > 0:
			out[i] = views.BarTaken
		}
	}
	return out
}

// quotaPaths are the calls whose daily quota is shown, in order.
var quotaPaths = []string{"/cgi-bin/message/custom/send", "/cgi-bin/media/upload", "/cgi-bin/media/get", "/cgi-bin/user/info"}

// GET /settings/accounts/:appid/quota asks WeChat how much of today's calls is left.
func (h *Handlers) quota(c echo.Context) error {
	row, err := h.accountOf(c)
	if err != nil {
		return err
	}
	m := views.Quotas{Reader: h.reader(c), AppID: row.AppID, ReadOnly: !h.admin(c)}
	err = h.Tokens.Do(c.Request().Context(), row.AppID, func(token string) error {
		m.Rows = nil
		for _, path := range quotaPaths {
			q, err := h.WeChat.Quota(c.Request().Context(), token, path)
			if err != nil {
				return err
			}
			m.Rows = append(m.Rows, views.QuotaRow{Path: path, Used: q.Used, Limit: q.Limit})
		}
		return nil
	})
	if err != nil {
		m.Trouble = m.Words.OfChecks().Unreached
		if code := wechat.Code(err); code != 0 {
			m.Trouble = put(m.Words.OfHealth().Says, m.Words.Undelivered(code), code)
		}
	}
	return render(c, http.StatusOK, views.QuotaPart(m))
}

// DELETE /settings/accounts/:appid/quota has all of today's calls counted anew, and the account send again. WeChat allows it ten times a month.
func (h *Handlers) clearQuota(c echo.Context) error {
	row, err := h.accountOf(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	err = h.Tokens.Do(ctx, row.AppID, func(token string) error { return h.WeChat.ClearQuotas(ctx, token, row.AppID) })
	switch code := wechat.Code(err); {
	case code == 48006:
		return desk.Refuse(desk.Denied, "account.clears-used-up")
	case err != nil:
		return desk.Refuse(desk.Denied, "account.not-cleared", h.reader(c).Words.Undelivered(code), code)
	}
	return h.resumeAccount(c)
}

// healthBadges are how the accounts of a company are, by appid.
func healthBadges(all []desk.Health, now time.Time) map[string]string {
	out := make(map[string]string, len(all))
	for i := range all {
		out[all[i].Account.AppID] = all[i].State(now)
	}
	return out
}
