package views

import (
	"fmt"
	"time"

	"weir/views/words"
)

// HealthBars is how many half hours the line of an account's health has.
const HealthBars = 48

// Bar is the worst that happened in a half hour.
type Bar uint8

// What a bar can be.
const (
	BarNothing Bar = iota
	BarTaken
	BarLate
	BarRefused
)

// Health is an account's page of health. Zero times are never.
type Health struct {
	Settings
	AppID, Name string
	State       string // as the API names them
	Now         time.Time
	Zone        *time.Location
	Trouble     *AccountTrouble // nil: it sends

	HeardAt, VerifiedAt, RefusedAt time.Time
	Refused                        string // why
	Bars                           [HealthBars]Bar
	Taken, Late, RefusedCount      int64 // in 24 hours

	TokenRenews, TokenFetched, TokenRefused time.Time
	TokenCode                               int
	TokenIP                                 string

	Queued, Waiting                            int64
	OldestAt                                   time.Time
	Failed, Uncertain, MediaFailed, PushFailed int64

	Verification, VerificationWhy string
	VerificationAt, ExpiresAt     time.Time
	Events                        []AccountEvent
}

// AccountTrouble is why nothing is sent for an account.
type AccountTrouble struct {
	Since   time.Time
	TriedAt time.Time // by itself; zero: it is not
	Say, IP string
}

// AccountEvent is something that WeChat said of the account itself.
type AccountEvent struct {
	Event, Raw string
	At         time.Time
}

// Quotas are how many of today's calls are left.
type Quotas struct {
	Reader
	AppID    string
	Rows     []QuotaRow
	Trouble  string // why WeChat did not tell
	ReadOnly bool
}

// QuotaRow is one kind of call.
type QuotaRow struct {
	Path        string
	Used, Limit int64
}

func (h Health) words() *words.HealthWords { return h.Words.OfHealth() }

// when is a moment as the page says it: the time today, else the day, too.
func (h Health) when(t time.Time) string {
	t = t.In(h.Zone)
	if now := h.Now.In(h.Zone); t.Year() == now.Year() && t.YearDay() == now.YearDay() {
		return t.Format("15:04:05")
	}
	return t.Format("2006-01-02 15:04")
}

// tokenWhy is why WeChat gave no token.
func (h Health) tokenWhy() string {
	switch h.TokenCode {
	case 0:
		return h.Words.OfChecks().Unreached
	case 40001: // of a token that is asked for, it is about the secret
		return words.Put(h.words().Says, h.Words.Sentence("wechat.secret"), h.TokenCode)
	}
	return words.Put(h.words().Says, h.Words.Undelivered(h.TokenCode), h.TokenCode)
}

// tokenIP is the address that is missing for a token, where it has not been said already.
func (h Health) tokenIP() string {
	if h.Trouble != nil && h.Trouble.IP == h.TokenIP {
		return ""
	}
	return h.TokenIP
}

func (h Health) day(t time.Time) string { return t.In(h.Zone).Format(time.DateOnly) }

// ago says how long ago something was.
func (h Health) ago(phrase string, t time.Time) string {
	if d := h.Now.Sub(t); d >= 5*time.Second {
		return putIn(phrase, h.Words.Age(d))
	}
	return h.words().JustNow
}

func (h Health) lasts(t time.Time) string { return h.Words.Left(max(0, h.Now.Sub(t))) }

func (h Health) renews() string { return h.Words.Left(max(0, h.TokenRenews.Sub(h.Now))) }

func healthName(r Reader, state string) string {
	w := r.Words.OfHealth()
	switch state {
	case "paused":
		return w.Paused
	case "stopped":
		return w.Stopped
	case "refused":
		return w.Refused
	case "unconnected":
		return w.Unconnected
	case "expired":
		return w.Expired
	case "expiring":
		return w.Expiring
	case "slow":
		return w.Slow
	}
	return w.Fine
}

func healthClass(state string) string {
	switch state {
	case "fine":
		return "ok"
	case "stopped", "refused", "expired":
		return "bad"
	}
	return "warn"
}

func barClass(b Bar) string {
	return [...]string{BarNothing: "f-track", BarTaken: "f-ok", BarLate: "f-w2", BarRefused: "f-w4"}[b]
}

func barX(i int) string { return number(int64(6 * i)) }

// refusedDo is what to do about a callback that was refused.
func (h Health) refusedDo() string {
	w := h.Words.OfChecks()
	switch h.Refused {
	case "bad_signature":
		return w.TokenCompare
	case "undecryptable":
		return w.KeyCompare
	case "unencrypted":
		return w.ModeCompare
	case "stale":
		return w.ClockDo
	case "foreign":
		return w.ForeignDo
	}
	return w.UnreadableDo
}

func (h Health) refusedIsNews() bool {
	return !h.RefusedAt.IsZero() && h.RefusedAt.After(h.HeardAt) && h.RefusedAt.After(h.VerifiedAt)
}

// verification is what WeChat last said of it, in words.
func (h Health) verification() string {
	w := h.words()
	switch h.Verification {
	case "":
		return w.VerificationUnsaid
	case "verify_expired":
		return w.VerifyExpired
	case "annual_renew":
		return w.AnnualRenew
	case "qualification_verify_fail", "naming_verify_fail":
		return words.Put(w.VerifyFailed, h.VerificationWhy)
	}
	return w.Verified
}

func (h Health) expires() bool { return h.State == "expired" || h.State == "expiring" }

// eventName is an event of the account in words; one that has none is called as WeChat calls it.
func eventName(r Reader, event string) string {
	w := r.Words.OfHealth()
	names := map[string]string{"verify_expired": w.VerifyExpired, "annual_renew": w.AnnualRenew, "qualification_verify_success": w.Qualified, "qualification_verify_fail": w.NotQualified,
		"naming_verify_success": w.Named, "naming_verify_fail": w.NotNamed, "masssendjobfinish": w.MassSent, "freepublishjobfinish": w.Published, "poi_check_notify": w.PlaceChecked}
	if name := names[event]; name != "" {
		return name
	}
	return event
}

func quotaName(r Reader, path string) string {
	w := r.Words.OfHealth()
	return map[string]string{"/cgi-bin/message/custom/send": w.QuotaMessages, "/cgi-bin/media/upload": w.QuotaUpload, "/cgi-bin/media/get": w.QuotaDownload, "/cgi-bin/user/info": w.QuotaUsers}[path]
}

func (q QuotaRow) share() string {
	if q.Limit <= 0 {
		return "0"
	}
	return fmt.Sprint(min(100, q.Used*100/q.Limit))
}

func (q QuotaRow) text() string { return words.Thousands(q.Used) + " / " + words.Thousands(q.Limit) }
