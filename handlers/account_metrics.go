package handlers

import (
	"context"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"weir/internal/id"
)

// scrapeTime is the longest that a scrape may ask the database.
const scrapeTime = 3 * time.Second

var (
	accountStopped = prometheus.NewDesc("weir_account_stopped", "1 where nothing is sent for an account, with WeChat's code; 0 where it is.", []string{"appid", "code"}, nil)
	accountPaused  = prometheus.NewDesc("weir_account_paused", "1 where an account is paused.", []string{"appid"}, nil)
	accountHeard   = prometheus.NewDesc("weir_account_heard_timestamp_seconds", "When WeChat's last callback to an account was taken.", []string{"appid"}, nil)
	accountExpires = prometheus.NewDesc("weir_account_verification_expires_timestamp_seconds", "When an account's verification is over.", []string{"appid"}, nil)
)

// accountMetrics tells how accounts are when it is asked: they are the database's, and every process tells the same.
type accountMetrics struct{ h *Handlers }

// Describe is of prometheus.Collector.
func (m accountMetrics) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{accountStopped, accountPaused, accountHeard, accountExpires} {
		out <- d
	}
}

// Collect is of prometheus.Collector.
func (m accountMetrics) Collect(out chan<- prometheus.Metric) {
	ctx, stop := context.WithTimeout(context.Background(), scrapeTime)
	defer stop()
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	err := m.h.Desk.EachCompanies(ctx, func(companies []id.ID) error {
		rows, err := m.h.Store.Across(companies).AccountsOutline(ctx, companies)
		for _, r := range rows {
			gauge(accountStopped, one(r.Stopped), r.AppID, strconv.Itoa(int(r.TroubleCode)))
			gauge(accountPaused, one(r.Paused), r.AppID)
			if r.HeardAt != nil {
				gauge(accountHeard, float64(r.HeardAt.Unix()), r.AppID)
			}
			if r.VerificationExpiresAt != nil {
				gauge(accountExpires, float64(r.VerificationExpiresAt.Unix()), r.AppID)
			}
		}
		return err
	})
	if err != nil {
		m.h.Log.Warn("how accounts are could not be told to a scrape", "err", err)
	}
}

func one(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
