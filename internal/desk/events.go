package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"weir/internal/id"
	"weir/internal/store"
)

// locatedEvery is how often a place is written that WeChat tells every five seconds.
const locatedEvery = 30 * time.Second

// Fact is what an event says beside that it happened. Which fields count depends on the event.
type Fact struct {
	Lat, Lng, Accuracy float64 // degrees and metres
	Expires            time.Time
	Why                string
	Jobs               []Job
}

// Job is what became of a message that WeChat carries by itself and tells of later: a template message, a notice.
type Job struct {
	MsgID string // WeChat's name for it
	// Template is what a notice was filled into: WeChat does not always name it when it takes it. "": it always does.
	Template string
	Code     int    // 0: it arrived
	Why      string // the key of the sentence that says why it did not
}

// Note brings what an event is about up to date: the customer, the account, or a message that was sent before. The event itself is kept by
// Receive. Doing it twice changes nothing, so a repeated callback may do it again, and a callback is answered only after it.
func (d *Desk) Note(ctx context.Context, a *Arrival, f Fact) error {
	q := d.store.Of(a.Company)
	company, appid, openid := a.Company, a.AppID, a.OpenID
	var err error
	switch a.Event {
	case "subscribe":
		err = q.CustomerFollowed(ctx, store.CustomerFollowedParams{CompanyID: company, AppID: appid, OpenID: openid, At: a.At, QRScene: a.scene()})
	case "unsubscribe":
		err = q.CustomerLeft(ctx, store.CustomerLeftParams{CompanyID: company, AppID: appid, OpenID: openid, At: a.At})
	case "scan":
		err = q.CustomerScanned(ctx, store.CustomerScannedParams{CompanyID: company, AppID: appid, OpenID: openid, QRScene: a.scene()})
	case "location":
		err = q.CustomerLocated(ctx, store.CustomerLocatedParams{CompanyID: company, AppID: appid, OpenID: openid, At: a.At, Lat: f.Lat, Lng: f.Lng, Accuracy: f.Accuracy, UnlessSince: ptr(a.At.Add(-locatedEvery))})
	case "user_authorization_revoke":
		err = q.CustomerWithdrew(ctx, store.CustomerWithdrewParams{CompanyID: company, AppID: appid, OpenID: openid})
	case "user_authorization_cancellation": // all of it, and for good: as who unfollowed, they are kept for a time and then forgotten
		if err = q.CustomerWithdrew(ctx, store.CustomerWithdrewParams{CompanyID: company, AppID: appid, OpenID: openid}); err == nil {
			err = q.CustomerLeft(ctx, store.CustomerLeftParams{CompanyID: company, AppID: appid, OpenID: openid, At: a.At})
		}
	case "templatesendjobfinish", "subscribe_msg_sent_event":
		for _, j := range f.Jobs {
			if err = d.JobDone(ctx, company, appid, openid, j); err != nil {
				break
			}
		}
	case "verify_expired", "annual_renew", "qualification_verify_success", "qualification_verify_fail", "naming_verify_success", "naming_verify_fail":
		p := store.AccountVerificationSetParams{CompanyID: company, AppID: appid, Verification: a.Event, At: a.At, Reason: f.Why}
		if !f.Expires.IsZero() {
			p.ExpiresAt = &f.Expires
		}
		err = q.AccountVerificationSet(ctx, p)
	}
	if err != nil {
		return fmt.Errorf("note %s of %s: %w", a.Event, a.OpenID, err)
	}
	return nil
}

func ignoreMissing(err error) error {
	if errors.Is(err, store.ErrNone) {
		return nil
	}
	return err
}

// Forgotten is a customer who is forgotten, with what is kept of them outside the database; without an OpenID, media that are nobody's.
type Forgotten struct {
	Company       id.ID
	AppID, OpenID string
	Media         []string // keys
}

// Forget makes nameless those customers who left longer ago than their company keeps them: their words, their remark and where they came from go,
// the figures stay. remove is asked to remove what of theirs is kept outside the database, before the rows that name it go; where it cannot, they
// are forgotten another time.
func (d *Desk) Forget(ctx context.Context, most int, remove func(context.Context, Forgotten) error) (forgotten int, err error) {
	now := d.now()
	err = d.EachCompanies(ctx, func(companies []id.ID) error {
		rows, err := d.store.Across(companies).CustomersToForget(ctx, store.CustomersToForgetParams{CompanyIDs: companies, At: now, Max: int32(most)})
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := d.forget(ctx, r.CompanyID, r.AppID, r.OpenID, remove); err != nil {
				return err
			}
			forgotten++
		}
		return nil
	})
	return forgotten, err
}

func (d *Desk) forget(ctx context.Context, company id.ID, appid, openid string, remove func(context.Context, Forgotten) error) error {
	kept, err := d.store.Of(company).MediaOfCustomerKept(ctx, store.MediaOfCustomerKeptParams{CompanyID: company, AppID: appid, OpenID: openid})
	if err != nil {
		return err
	}
	f := Forgotten{Company: company, AppID: appid, OpenID: openid}
	for _, k := range kept {
		m := Message{Company: company, ID: k.MessageID, CreatedAt: k.CreatedAt}
		f.Media = append(f.Media, m.Key())
	}
	if err := remove(ctx, f); err != nil {
		return err
	}
	if err := d.forgetUploads(ctx, company, appid, openid, remove); err != nil {
		return err
	}
	return d.store.Tx(ctx, company, func(q *store.Queries) error {
		if _, err := q.CustomerLock(ctx, store.CustomerLockParams{CompanyID: company, AppID: appid, OpenID: openid}); err != nil {
			return err
		}
		n, err := q.CustomerForget(ctx, store.CustomerForgetParams{CompanyID: company, AppID: appid, OpenID: openid, At: d.now()})
		if err != nil || n == 0 {
			return err
		}
		if err := q.MessagesForget(ctx, store.MessagesForgetParams{CompanyID: company, AppID: appid, OpenID: openid}); err != nil {
			return err
		}
		if err := q.MediaForget(ctx, store.MediaForgetParams{CompanyID: company, AppID: appid, OpenID: openid}); err != nil {
			return err
		}
		if err := q.EventsForget(ctx, store.EventsForgetParams{CompanyID: company, AppID: appid, OpenID: openid}); err != nil {
			return err
		}
		if _, err := q.SearchHold(ctx); err != nil { // the words may be on their way into the index just now
			return err
		}
		if err := q.SearchForget(ctx, store.SearchForgetParams{CompanyID: company, AppID: appid, OpenID: openid}); err != nil {
			return err
		}
		return q.SessionsForget(ctx, store.SessionsForgetParams{CompanyID: company, AppID: appid, OpenID: openid})
	})
}
