package desk

import (
	"context"
	"time"

	"weir/internal/id"
	"weir/internal/store"
)

// Quota is what WeChat allows, as a company knows it: WeChat has changed it before (WECHAT, section 3.3).
type Quota struct {
	Messages, Events           int           // after a customer's message; after a menu click, a follow or a scan
	MessageWindow, EventWindow time.Duration // for how long
}

// QuotaMost and WindowMost are the most that make sense; WeChat never allowed as much.
const (
	QuotaMost  = 100
	WindowMost = 31 * 24 * time.Hour
)

// Quota is what WeChat allows, as the company knows it.
func (c *Company) Quota() Quota {
	return Quota{int(c.QuotaMessage), int(c.QuotaEvent), time.Duration(c.WindowMessage) * time.Second, time.Duration(c.WindowEvent) * time.Second}
}

// Check refuses what cannot be.
func (q Quota) Check() error {
	switch {
	case q.Messages < 0 || q.Messages > QuotaMost || q.Events < 0 || q.Events > QuotaMost:
		return refuse(Invalid, "quota.count", QuotaMost)
	case q.MessageWindow < time.Second || q.MessageWindow > WindowMost || q.EventWindow < time.Second || q.EventWindow > WindowMost:
		return refuse(Invalid, "quota.window", int(WindowMost/(24*time.Hour)))
	}
	return nil
}

// SetQuota says what WeChat allows from now on. What customers did before keeps what it allowed.
func (d *Desk) SetQuota(ctx context.Context, company id.ID, q Quota) error {
	if err := q.Check(); err != nil {
		return err
	}
	return d.store.Of(company).CompanyQuotaSet(ctx, store.CompanyQuotaSetParams{CompanyID: company, QuotaMessage: int16(q.Messages), QuotaEvent: int16(q.Events),
		WindowMessage: int64(q.MessageWindow / time.Second), WindowEvent: int64(q.EventWindow / time.Second)})
}
