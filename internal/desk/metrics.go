package desk

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics count what happens on a message's way through the desk.
type Metrics struct {
	Refused    prometheus.Counter // callbacks that found the queue full
	groupSize  prometheus.Histogram
	groupTime  prometheus.Histogram
	dispatched prometheus.Counter
	rounds     prometheus.Counter // transactions in which queues were given out
}

// NewMetrics makes the metrics and registers them; nil: nowhere.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		Refused: prometheus.NewCounter(prometheus.CounterOpts{Name: "weir_callbacks_refused_total", Help: "Callbacks refused because too many were waiting."}),
		groupSize: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "weir_group_size", Help: "Callbacks committed together.",
			Buckets: prometheus.ExponentialBuckets(1, 2, 8)}),
		groupTime: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "weir_group_seconds", Help: "Time to decide and commit a group of callbacks.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 2, 12)}),
		dispatched: prometheus.NewCounter(prometheus.CounterOpts{Name: "weir_assignments_total", Help: "Sessions given to an agent by the desk."}),
		rounds:     prometheus.NewCounter(prometheus.CounterOpts{Name: "weir_dispatch_rounds_total", Help: "Transactions in which the desk looked for agents for queueing sessions."}),
	}
	if reg != nil {
		reg.MustRegister(m.Refused, m.groupSize, m.groupTime, m.dispatched, m.rounds)
	}
	return m
}

// Group notes a committed group.
func (m *Metrics) Group(size int, took time.Duration) {
	m.groupSize.Observe(float64(size))
	m.groupTime.Observe(took.Seconds())
}
