package desk

import (
	"context"
	"time"

	"weir/internal/id"
	"weir/internal/store"
)

// What a rule answers with first is given to WeChat before anybody asks for it: only then can it go as the passive reply.
const (
	freshFor   = 24 * time.Hour   // what WeChat forgets within this time is given to it anew
	freshAgain = 10 * time.Minute // how soon it is tried again
	sureFor    = time.Hour        // what WeChat forgets within this time is not answered with
)

// Stale is an upload that rules of an account answer with, and that WeChat does not know or soon will not.
type Stale struct {
	Company, Upload id.ID
	AppID, Kind     string
}

// StaleMedia are some of them.
func (d *Desk) StaleMedia(ctx context.Context, most int) (out []Stale, err error) {
	now := d.now()
	err = d.EachCompanies(ctx, func(companies []id.ID) error {
		rows, err := d.store.Across(companies).UploadMediaStale(ctx, store.UploadMediaStaleParams{CompanyIDs: companies, Before: now.Add(freshFor), At: now, Max: int32(most)})
		for _, r := range rows {
			out = append(out, Stale{r.CompanyID, r.UploadID, r.AppID, r.Kind})
		}
		return err
	})
	return out, err
}

// TakeStale claims one; nil: somebody else has it, or it has gone.
func (d *Desk) TakeStale(ctx context.Context, s Stale) (*Upload, error) {
	now, q := d.now(), d.store.Of(s.Company)
	n, err := q.UploadMediaClaim(ctx, store.UploadMediaClaimParams{CompanyID: s.Company, UploadID: s.Upload, AppID: s.AppID, Kind: s.Kind, Next: now.Add(freshAgain), At: now})
	if err != nil || n == 0 {
		return nil, err
	}
	row, err := q.UploadGet(ctx, store.UploadGetParams{CompanyID: s.Company, UploadID: s.Upload})
	if err != nil {
		return nil, ignoreMissing(err)
	}
	return uploadOf(row), nil
}

// ruleMedia is what WeChat calls the uploads that a company's rules answer with.
type ruleMedia map[ruleMedium]store.UploadMediaOfRulesRow

type ruleMedium struct {
	upload, appid string
	kind          int16
}

func ruleMediaOf(rows []store.UploadMediaOfRulesRow) ruleMedia {
	out := make(ruleMedia, len(rows))
	for _, r := range rows {
		for kind, name := range uploadKinds {
			if name == r.Kind {
				out[ruleMedium{r.UploadID.String(), r.AppID, kind}] = r
			}
		}
	}
	return out
}

// atOnce says whether a callback can be answered with a message itself, and names its medium. WeChat takes no animation so.
func (m ruleMedia) atOnce(appid string, kind int16, text string, d *Data, now time.Time) bool {
	switch kind {
	case TypeText:
		return len(text) <= maxPassive
	case TypeLink:
		return true
	case TypeImage, TypeVoice, TypeVideo:
		known, ok := m[ruleMedium{d.ResourcesID, appid, kind}]
		if !ok || d.Mime == "image/gif" || known.Until.Before(now.Add(sureFor)) {
			return false
		}
		d.MediaID = known.MediaID
		return true
	}
	return false
}
