package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"weir/internal/id"
	"weir/internal/store"
)

// MediaState is what became of a picture, a voice message or a video that a customer sent.
type MediaState string

// The states of a medium.
const (
	MediaComing  MediaState = ""        // it is being fetched, or is about to be
	MediaKept    MediaState = "kept"    // it is here
	MediaFailed  MediaState = "failed"  // it could not be had; a person may try again
	MediaExpired MediaState = "expired" // WeChat has it no more
)

// MediaErrand is a medium that is to be fetched now. Whoever took it is the only one who fetches it.
type MediaErrand struct {
	Message  Message
	Attempts int // with this one
	company  *Company
}

// Key is where the medium is kept.
func (m *Message) Key() string { return key(m.Company, m.CreatedAt, m.ID) }

// key is where bytes are kept: by company and month, so that what is old can be found and moved.
func key(company id.ID, at time.Time, name id.ID) string {
	return company.String() + "/" + at.UTC().Format("2006-01") + "/" + name.String()
}

// MediaName names a message that has a medium.
type MediaName struct{ Company, Message id.ID }

// MediaDue are media to be fetched now, as many as most for each chunk of companies.
func (d *Desk) MediaDue(ctx context.Context, most int) (out []MediaName, err error) {
	now := d.now()
	err = d.EachCompanies(ctx, func(companies []id.ID) error {
		rows, err := d.store.Across(companies).MediaDue(ctx, store.MediaDueParams{CompanyIDs: companies, At: now, AliveSince: now.Add(-Lease), Max: int32(most)})
		for _, r := range rows {
			out = append(out, MediaName{r.CompanyID, r.MessageID})
		}
		return err
	})
	return out, err
}

// TakeMedia claims a medium for claimTime; nil: somebody else has it, or it is not its time. Whoever does not say in time what became of it, for
// whatever reason, loses it to the next.
func (d *Desk) TakeMedia(ctx context.Context, n MediaName) (*MediaErrand, error) {
	c, err := d.companies.now(ctx, n.Company)
	if err != nil {
		return nil, err
	}
	now, q := d.now(), d.store.Of(n.Company)
	row, err := q.MediaClaim(ctx, store.MediaClaimParams{CompanyID: n.Company, MessageID: n.Message, FetchingBy: d.instance, At: now, Again: now.Add(claimTime), AliveSince: now.Add(-Lease)})
	if errors.Is(err, store.ErrNone) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	m, err := q.MessageGet(ctx, store.MessageGetParams{CompanyID: n.Company, MessageID: n.Message, CreatedAt: row.CreatedAt})
	if err != nil {
		return nil, fmt.Errorf("the message of a medium: %w", err)
	}
	return &MediaErrand{messageOf(m), int(row.Attempts), c}, nil
}

// MediaFacts are what is known of a medium that is kept.
type MediaFacts struct {
	Mime          string
	Size          int64
	Width, Height int
	Length        time.Duration
	Thumb         bool
	Play          string // the type of what was made for browsers; "": nothing was
}

// KeepMedia says that a medium is kept: open pages draw it.
func (d *Desk) KeepMedia(ctx context.Context, e *MediaErrand, f MediaFacts) error {
	return d.settleMedia(ctx, e, MediaKept, func(x *Data) {
		x.ResourcesID, x.FileURL = e.Message.ID.String(), fileURL(e.Message.ID)
		x.facts(&f)
	})
}

func (d *Data) facts(f *MediaFacts) {
	d.Mime, d.Size, d.Width, d.Height = f.Mime, f.Size, f.Width, f.Height
	d.Length, d.Thumb, d.Play = f.Length.Milliseconds(), f.Thumb, f.Play
}

// LoseMedia says that WeChat does not have it, or that it cannot be kept: nobody tries again by themselves.
func (d *Desk) LoseMedia(ctx context.Context, e *MediaErrand, s MediaState) error {
	return d.settleMedia(ctx, e, s, func(*Data) {})
}

// RetryMedia has a medium tried for again after a wait, for as long as it lives where it is fetched from.
func (d *Desk) RetryMedia(ctx context.Context, e *MediaErrand, wait, life time.Duration) error {
	next := d.now().Add(wait)
	if next.After(e.Message.CreatedAt.Add(life)) {
		return d.LoseMedia(ctx, e, MediaExpired)
	}
	_, err := d.store.Of(e.Message.Company).MediaSet(ctx, store.MediaSetParams{CompanyID: e.Message.Company, MessageID: e.Message.ID, State: "waiting", NextTryAt: &next, FetchingBy: d.instance})
	return err
}

// settleMedia writes what became of a medium to its row and to its message, in one transaction, and rings.
func (d *Desk) settleMedia(ctx context.Context, e *MediaErrand, s MediaState, change func(*Data)) error {
	m := e.Message
	held := false
	err := d.store.Tx(ctx, m.Company, func(q *store.Queries) error {
		m, held = e.Message, false
		if _, err := q.CustomerLock(ctx, store.CustomerLockParams{CompanyID: m.Company, AppID: m.AppID, OpenID: m.OpenID}); err != nil {
			return err
		}
		n, err := q.MediaSet(ctx, store.MediaSetParams{CompanyID: m.Company, MessageID: m.ID, State: string(s), FetchingBy: d.instance})
		if err != nil || n == 0 { // another process took us for dead and has it now
			return err
		}
		held = true
		m.Data.Media = s
		change(&m.Data)
		return d.redraw(ctx, q, &m)
	})
	if err != nil {
		return fmt.Errorf("keep what became of the medium of %s: %w", m.ID, err)
	}
	if held {
		d.committed(ctx, []Change{{Company: e.company, AppID: m.AppID, OpenID: m.OpenID, Updated: []Message{m}}})
	}
	return nil
}

// redraw writes a message's data, and turns its session so that readers of the thread look again.
func (d *Desk) redraw(ctx context.Context, q *store.Queries, m *Message) (err error) {
	if m.Version, err = q.SessionTurn(ctx, store.SessionTurnParams{CompanyID: m.Company, SessionID: m.SessionID}); err != nil {
		return err
	}
	data, err := json.Marshal(&m.Data)
	if err != nil {
		return err
	}
	return q.MessageDataSet(ctx, store.MessageDataSetParams{CompanyID: m.Company, MessageID: m.ID, CreatedAt: m.CreatedAt, Data: data, Version: m.Version})
}

// FetchAgain has a medium that failed tried for once more, because a person asks.
func (d *Desk) FetchAgain(ctx context.Context, who Agent, session, message id.ID) error {
	m, err := d.mediumOf(ctx, who.Company, message)
	if err != nil {
		return err
	}
	if m.SessionID != session {
		return refuse(Missing, "message.missing")
	}
	c, err := d.companies.now(ctx, who.Company)
	if err != nil {
		return err
	}
	again := false
	err = d.store.Tx(ctx, who.Company, func(q *store.Queries) error {
		if _, err := q.CustomerLock(ctx, store.CustomerLockParams{CompanyID: who.Company, AppID: m.AppID, OpenID: m.OpenID}); err != nil {
			return err
		}
		n, err := q.MediaAgain(ctx, store.MediaAgainParams{CompanyID: who.Company, MessageID: message, At: d.now()})
		if again = n > 0; err != nil || !again {
			return err
		}
		m.Data.Media = MediaComing
		return d.redraw(ctx, q, m)
	})
	if err == nil && again {
		d.committed(ctx, []Change{{Company: c, AppID: m.AppID, OpenID: m.OpenID, Updated: []Message{*m}}})
	}
	return err
}

// Medium is the message of a medium that is kept, for whoever may see its session. What was sent goes by the name of its upload.
func (d *Desk) Medium(ctx context.Context, who Agent, session, message id.ID) (*Message, error) {
	if _, err := d.View(ctx, who, session); err != nil {
		return nil, err
	}
	m, err := d.mediumOf(ctx, who.Company, message)
	switch {
	case KindOf(err) == Missing: // not what a customer sent: what was sent to one, or is about to be
		return d.upload(ctx, who, &session, message)
	case err != nil:
		return nil, err
	case m.Data.Media != MediaKept:
		return nil, refuse(Missing, "message.missing")
	}
	if m.SessionID != session {
		return nil, refuse(Missing, "message.missing")
	}
	return m, nil
}

// MediumOf is the message of a medium that is kept, for the company itself.
func (d *Desk) MediumOf(ctx context.Context, company, message id.ID) (*Message, error) {
	m, err := d.mediumOf(ctx, company, message)
	if KindOf(err) == Missing {
		return d.upload(ctx, Agent{Company: company}, nil, message)
	}
	if err != nil {
		return nil, err
	}
	if m.Data.Media != MediaKept {
		return nil, refuse(Missing, "message.missing")
	}
	return m, nil
}

func (d *Desk) mediumOf(ctx context.Context, company, message id.ID) (*Message, error) {
	q := d.store.Of(company)
	row, err := q.MediaGet(ctx, store.MediaGetParams{CompanyID: company, MessageID: message})
	if err != nil {
		return nil, missing(err, "message.missing")
	}
	r, err := q.MessageGet(ctx, store.MessageGetParams{CompanyID: company, MessageID: message, CreatedAt: row.CreatedAt})
	if err != nil {
		return nil, missing(err, "message.missing")
	}
	m := messageOf(r)
	return &m, nil
}
