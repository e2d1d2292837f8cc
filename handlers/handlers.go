// Package handlers is Weir's HTTP: it reads a request, asks the desk, and draws the answer. An `if` here that is not about the
// request belongs to the desk. Every route stands on this page with who may use it; each noun has its file.
package handlers

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"weir/internal/desk"
	"weir/internal/live"
	"weir/internal/login"
	"weir/internal/media"
	"weir/internal/platform"
	"weir/internal/secret"
	"weir/internal/store"
	"weir/internal/uploads"
	"weir/internal/wechat"
	"weir/static"
)

// Deps is what the handlers work with.
type Deps struct {
	Desk      *desk.Desk
	Store     *store.Store
	Hub       *live.Hub
	Logins    *login.Sessions
	Passwords *login.Passwords
	Throttle  *login.Throttle
	Box       *secret.Box
	WeChat    *wechat.Client              // for checks that a person asks for
	Tokens    *wechat.Tokens              // the accounts' access tokens
	BaseURL   string                      // how WeChat reaches Weir: scheme and host
	Ready     func(context.Context) error // nil: able to serve
	Clock     func() time.Time
	Log       *slog.Logger
	Metrics   *prometheus.Registry
	Proxies   []netip.Prefix             // whose X-Forwarded-For is believed
	Media     media.Store                // what customers sent, and what is sent to them; nil: nothing is served
	Uploads   *uploads.Uploads           // takes files that are to be sent
	Platform  *platform.Platform         // through which accounts are connected by a scan; nil: none, and nothing comes by it
	Typing    func(appid, openid string) // shows a customer that somebody is writing; nil: nobody is shown
}

// Handlers answer requests.
type Handlers struct {
	Deps
	accounts *accounts
	metrics  *metrics
	tallies  tallies
	asks     asks
	trust    trust
}

// Server answers every request, while Run runs beside it.
type Server struct {
	*echo.Echo
	run []func(context.Context)
}

// Run looks after what outlives a request, until the context ends.
func (s *Server) Run(ctx context.Context) {
	var all sync.WaitGroup
	for _, f := range s.run {
		all.Go(func() { f(ctx) })
	}
	all.Wait()
}

// NewWorker makes the server of a process that only works: it says how it is, and nothing else.
func NewWorker(d Deps) *Server {
	_, e := bare(d)
	return &Server{Echo: e}
}

// bare is what every process answers.
func bare(d Deps) (*Handlers, *echo.Echo) {
	h := &Handlers{Deps: d, accounts: newAccounts(&d), metrics: newMetrics(d.Metrics)}
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = h.problem
	e.IPExtractor = clientIP(d.Proxies)
	e.Pre(h.requestID)
	e.Use(h.observe, h.recoverer)
	e.GET("/healthz", h.healthz)
	e.GET("/readyz", h.readyz)
	e.GET("/metrics", echo.WrapHandler(promhttp.HandlerFor(d.Metrics, promhttp.HandlerOpts{})))
	return h, e
}

// New makes the server.
func New(d Deps) *Server {
	h, e := bare(d)
	d.Metrics.MustRegister(accountMetrics{h})

	// Anybody. WeChat's posts are signed; what is not is refused in callback.go.
	e.GET("/wechat/:appid", h.verifyURL)
	e.POST("/wechat/:appid", h.callback)
	e.POST("/wechat/component", h.componentEvent)
	e.POST("/wechat/component/:appid", h.componentCallback)
	e.GET(static.Prefix+"*", echo.WrapHandler(static.Handler()))

	// Programs, by company token.
	api := MountAPI(e, APIDeps{Desk: d.Desk, Store: d.Store, Hub: d.Hub, Clock: d.Clock, Log: d.Log, Media: d.Media, Uploads: d.Uploads})

	// People, by login. Whoever is not logged in is sent to /login.
	page := e.Group("", h.secure, sameOrigin, h.forms, echo.WrapMiddleware(d.Logins.LoadAndSave))
	page.GET("/login", h.loginPage)
	page.POST("/login", h.logIn)
	page.PUT("/preferences", h.setPreferences)

	agents := page.Group("", h.loggedIn)
	agents.DELETE("/login", h.logOut)
	agents.POST("/login/end", h.logOut) // the same, for a form
	agents.GET("/", h.workspace)
	agents.GET("/live", h.live)
	agents.GET("/lists", h.lists)
	agents.PUT("/presence", h.setPresence)
	h.activityRoutes(agents)
	agents.GET("/sessions/:id", h.session)
	agents.GET("/sessions/:id/messages", h.messages)
	agents.POST("/sessions/:id/messages", h.send)
	agents.GET("/sessions/:id/beside", h.beside)
	agents.GET("/sessions/:id/earlier", h.earlier)
	agents.POST("/sessions/:id/acceptance", h.accept)
	agents.PUT("/sessions/:id/closure", h.close)
	h.deliveryRoutes(agents)
	h.actsRoutes(agents)
	h.customerRoutes(agents)
	h.searchRoutes(agents)
	h.noteRoutes(agents)
	h.reminderRoutes(agents)
	h.mediaRoutes(agents)
	h.uploadRoutes(agents)
	h.settingsRoutes(agents)
	h.channelRoutes(agents)
	h.templateRoutes(agents)
	h.menuRoutes(agents)
	h.quickRoutes(agents)
	h.quickBookRoutes(agents)
	return &Server{e, []func(context.Context){api.Run, h.keepTrust, h.keepTallies}}
}

// sameOrigin refuses what another site has a browser send: no token in forms is needed for it.
var sameOrigin = echo.WrapMiddleware(func(next http.Handler) http.Handler {
	guard := http.NewCrossOriginProtection()
	return guard.Handler(next)
})
