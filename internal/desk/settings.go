package desk

import (
	"context"
	"encoding/json"
	"time"

	"weir/internal/id"
	"weir/internal/store"
)

// Settings are how a company has its sessions handled.
type Settings struct {
	Distribution string // average, or grab: agents take from the queue themselves
	Notices      string // free, all or none

	// Each as short as a second.
	QueueTimeout, ReceptionTimeout, IdleTimeout, ReclaimAfter time.Duration
	// 0: not at all; never; at once.
	ExclusiveWait, TargetWait, AwayAfter, Grace time.Duration

	Texts Notices
}

// Settings are those of the company now.
func (c *Company) Settings() Settings {
	return Settings{c.Distribution, c.Notices, seconds(c.QueueTimeout), seconds(c.ReceptionTimeout), seconds(c.IdleTimeout), seconds(c.ReclaimAfter),
		seconds(c.ExclusiveWait), seconds(c.TargetWait), seconds(c.AwayAfter), seconds(c.Grace), c.notices}
}

// timeMost is how long any of them may be.
const timeMost = 100 * 366 * 24 * time.Hour

// Check refuses what cannot be.
func (s *Settings) Check() error {
	if s.Distribution != "average" && s.Distribution != "grab" {
		return refuse(Invalid, "settings.distribution")
	}
	if s.Notices != "free" && s.Notices != "all" && s.Notices != "none" {
		return refuse(Invalid, "settings.notices")
	}
	for _, d := range []time.Duration{s.QueueTimeout, s.ReceptionTimeout, s.IdleTimeout, s.ReclaimAfter} {
		if d < time.Second || d > timeMost {
			return refuse(Invalid, "settings.time")
		}
	}
	for _, d := range []time.Duration{s.ExclusiveWait, s.TargetWait, s.AwayAfter, s.Grace} {
		if d < 0 || d > timeMost {
			return refuse(Invalid, "settings.time")
		}
	}
	return s.Texts.Check()
}

// SetSettings makes these a company's settings. What is due when is reckoned anew, and a queue that is given out now is.
func (d *Desk) SetSettings(ctx context.Context, company id.ID, s Settings) error {
	if err := s.Check(); err != nil {
		return err
	}
	texts, err := json.Marshal(s.Texts)
	if err != nil {
		return err
	}
	whole := func(d time.Duration) int64 { return int64(d / time.Second) }
	err = d.store.Tx(ctx, company, func(q *store.Queries) error {
		return q.CompanySettingsPut(ctx, store.CompanySettingsPutParams{CompanyID: company, Distribution: s.Distribution, Notices: s.Notices, NoticeTexts: texts,
			QueueTimeout: whole(s.QueueTimeout), ReceptionTimeout: whole(s.ReceptionTimeout), IdleTimeout: whole(s.IdleTimeout), ReclaimAfter: whole(s.ReclaimAfter),
			ExclusiveWait: whole(s.ExclusiveWait), TargetWait: whole(s.TargetWait), AwayAfter: whole(s.AwayAfter), Grace: whole(s.Grace)})
	})
	if err == nil {
		d.Wake(company)
	}
	return err
}
