package handlers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"weir/internal/id"
)

// metrics count requests. Routes and not paths: a path may name a session.
type metrics struct {
	requests  *prometheus.HistogramVec
	callbacks *prometheus.CounterVec
	streams   prometheus.Gauge
}

func newMetrics(reg prometheus.Registerer) *metrics {
	m := &metrics{
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "weir_http_seconds", Help: "Time to answer a request.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 2.5, 10)}, []string{"method", "route", "status"}),
		callbacks: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "weir_callbacks_total", Help: "WeChat's callbacks, by what became of them."}, []string{"result"}),
		streams:   prometheus.NewGauge(prometheus.GaugeOpts{Name: "weir_streams", Help: "Agents' open streams at this process."}),
	}
	if reg != nil {
		reg.MustRegister(m.requests, m.callbacks, m.streams)
	}
	return m
}

// requestID names the request in its answer and in the log.
func (h *Handlers) requestID(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		rid := c.Request().Header.Get("X-Request-Id")
		if !fit(rid) {
			rid = id.New().String()
		}
		c.Response().Header().Set("X-Request-Id", rid)
		return next(c)
	}
}

// fit says whether a name from outside may stand in a log.
func fit(s string) bool {
	if len(s) < 8 || len(s) > 64 {
		return false
	}
	for _, r := range s {
		if (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' && r != '_' {
			return false
		}
	}
	return true
}

func rid(c echo.Context) string { return c.Response().Header().Get("X-Request-Id") }

// observe measures a request and logs it: its route and not its query, which may hold a signature.
func (h *Handlers) observe(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		began := time.Now()
		err := next(c)
		if err != nil {
			c.Error(err)
		}
		status, took := c.Response().Status, time.Since(began)
		h.metrics.requests.WithLabelValues(method(c.Request()), c.Path(), strconv.Itoa(status)).Observe(took.Seconds())
		level := slog.LevelDebug
		if status >= 500 {
			level = slog.LevelWarn
		}
		if h.Log.Enabled(c.Request().Context(), level) {
			h.Log.Log(c.Request().Context(), level, "request", "method", c.Request().Method, "route", c.Path(), "status", status, "ms", took.Milliseconds(), "request", rid(c))
		}
		return nil
	}
}

// method is a request's, as a label: whoever asks may invent words for it, and each would be counted for ever.
func method(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return r.Method
	}
	return "other"
}

// recoverer turns a panic into the desk's own trouble: it is logged, and the person is told nothing.
func (h *Handlers) recoverer(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			if x := recover(); x != nil {
				if e, ok := x.(error); ok && errors.Is(e, http.ErrAbortHandler) {
					panic(x)
				}
				h.Log.Error("panic", "route", c.Path(), "request", rid(c), "panic", fmt.Sprint(x), "stack", string(debug.Stack()))
				err = errors.New("panic")
			}
		}()
		return next(c)
	}
}

// policy lets a page load what Weir serves and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// secure sets what a browser is told about pages.
func (h *Handlers) secure(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		head := c.Response().Header()
		head.Set("Content-Security-Policy", policy)
		head.Set("X-Content-Type-Options", "nosniff")
		head.Set("Referrer-Policy", "same-origin")
		head.Set("Cross-Origin-Opener-Policy", "same-origin")
		head.Set("Cache-Control", "no-store")
		head.Set("Vary", "HX-Request, Cookie, Accept-Language")
		return next(c)
	}
}

// clientIP finds who asks: the peer, or what a trusted proxy says.
func clientIP(trusted []netip.Prefix) echo.IPExtractor {
	if len(trusted) == 0 {
		return echo.ExtractIPDirect()
	}
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range trusted {
		options = append(options, echo.TrustIPRange(&net.IPNet{IP: p.Masked().Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}))
	}
	return echo.ExtractIPFromXFFHeader(options...)
}

func (h *Handlers) healthz(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }

// readyz means it: the database answers and has the schema, and Redis answers.
func (h *Handlers) readyz(c echo.Context) error {
	ctx, stop := context.WithTimeout(c.Request().Context(), 2*time.Second)
	defer stop()
	if h.Ready != nil {
		if err := h.Ready(ctx); err != nil {
			return c.String(http.StatusServiceUnavailable, "not ready: "+strings.TrimSpace(err.Error())+"\n")
		}
	}
	return c.String(http.StatusOK, "ready\n")
}
