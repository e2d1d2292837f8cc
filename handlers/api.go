package handlers

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/labstack/echo/v4"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/live"
	"weir/internal/media"
	"weir/internal/store"
	"weir/internal/uploads"
	"weir/views/words"
)

// APIDeps are what the API works with.
type APIDeps struct {
	Desk    *desk.Desk
	Store   *store.Store
	Hub     *live.Hub
	Clock   func() time.Time // nil: the real one
	Log     *slog.Logger     // nil: the default one
	Media   media.Store      // what customers sent, and what is sent to them; nil: nothing is served
	Uploads *uploads.Uploads // takes files that are to be sent
	Version string           // of the program, for the OpenAPI document; "": unknown
}

// API is version 1 of the JSON API (DESIGN, section 5): other programs' way to the desk, by company token.
//
// A refusal is a problem (RFC 9457): what makes no sense is 422; what is not there, or is another company's, 404; what
// somebody else did first 409; what may not be done 403. problem, in api_problem.go, is the one place that says so.
type API struct {
	APIDeps
	tokens tokens
	api    huma.API
}

// apiPath is where the API is.
const apiPath = "/api/v1"

// Bodies are small, except the rules', which may hold some thousand keywords. In bytes.
const (
	bodyMost      = 64 << 10
	rulesBodyMost = 4 << 20
)

// MountAPI puts the API on a server. Its event streams need Run, and a server without write timeout on GET /events.
func MountAPI(e *echo.Echo, deps APIDeps) *API {
	a := &API{APIDeps: deps}
	if a.Clock == nil {
		a.Clock = time.Now
	}
	if a.Log == nil {
		a.Log = slog.Default()
	}
	a.tokens = newTokens(a.Store, a.Clock)
	g := e.Group(apiPath)
	a.api = humaecho.NewWithGroup(e, g, a.config())
	a.api.UseMiddleware(a.enter)
	a.routes()
	g.GET("/openapi.json", a.document())
	g.RouteNotFound("", a.noRoute)
	g.RouteNotFound("/*", a.noRoute)
	return a
}

// routes are all calls of the API.
func (a *API) routes() {
	route(a, "GET", "/sessions", "Sessions, oldest first", a.sessions)
	route(a, "GET", "/sessions/{id}", "A session", a.session)
	route(a, "GET", "/sessions/{id}/messages", "The messages of a session, in order", a.messages)
	route(a, "POST", "/sessions/{id}/messages", "Answer a customer", a.reply, created)
	route(a, "DELETE", "/sessions/{id}/messages/{seq}", "Take back a message that waits for the customer's next one", a.withdraw)
	route(a, "POST", "/sessions/{id}/accept", "Open a session for an agent", a.accept)
	a.actsRoutes()
	route(a, "PUT", "/agents/{uid}/presence", "Choose an agent's status; it holds until changed", a.presence)
	route(a, "GET", "/customers/{appid}/{openid}", "A customer, with what WeChat allows us to send", a.customer)
	route(a, "PATCH", "/customers/{appid}/{openid}", "Change a customer", a.changeCustomer)
	a.mediaCalls()
	a.channelCalls()
	a.quickCalls()
	route(a, "GET", "/accounts", "The company's accounts, and how they are", a.accounts)
	route(a, "GET", "/accounts/{appid}/templates", "The templates of an account that may be sent; empty when first asked for, until WeChat has told them a moment later", a.templates)
	route(a, "GET", "/rules", "Auto-reply rules, in the order in which they were made", a.rules)
	route(a, "POST", "/rules", "Make a rule", a.makeRule, created, largeBody)
	route(a, "GET", "/rules/{id}", "A rule", a.rule)
	route(a, "PUT", "/rules/{id}", "Replace a rule", a.replaceRule, largeBody)
	route(a, "DELETE", "/rules/{id}", "Remove a rule", a.dropRule, noContent)
	route(a, "GET", "/events", "What happens, as server-sent events", a.events, eventStreamed)
}

// route is one call: its refusals become problems, in one place.
func route[I, O any](a *API, method, path, summary string, call func(context.Context, *I) (*O, error), marks ...func(*huma.Operation)) {
	op := huma.Operation{Method: method, Path: path, Summary: summary, OperationID: operationID(method, path), MaxBodyBytes: bodyMost,
		Security: []map[string][]string{{"token": {}}}, RejectUnknownQueryParameters: true, Responses: map[string]*huma.Response{"default": a.problemResponse()}}
	for _, mark := range marks {
		mark(&op)
	}
	huma.Register(a.api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := call(ctx, in)
		if err != nil {
			return nil, a.problem(ctx, err)
		}
		return out, nil
	})
}

func operationID(method, path string) string {
	return strings.ToLower(method) + strings.NewReplacer("/", "-", "{", "", "}", "").Replace(path)
}

func created(op *huma.Operation)   { op.DefaultStatus = http.StatusCreated }
func largeBody(op *huma.Operation) { op.MaxBodyBytes = rulesBodyMost }
func noContent(op *huma.Operation) {
	op.DefaultStatus = http.StatusNoContent
	op.Responses["204"] = &huma.Response{Description: http.StatusText(http.StatusNoContent)}
}

func (a *API) config() huma.Config {
	version := a.Version
	if version == "" {
		version = "unknown"
	}
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{Title: "Weir", Version: version, Description: "The API of one company's customer-service desk. " +
				"Every list is {items, next}: give next as cursor to get the following page; null is the end."},
			Servers: []*huma.Server{{URL: apiPath}},
			Components: &huma.Components{
				Schemas:         huma.NewMapRegistry("#/components/schemas/", schemaName),
				SecuritySchemes: map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer", Description: "a company's API token"}},
			},
		},
		Formats:       map[string]huma.Format{"application/json": jsonFormat, "json": jsonFormat},
		DefaultFormat: "application/json",
		Transformers:  []huma.Transformer{a.shapeProblem},
	}
}

// schemaName calls the schemas by their Go types, with a capital.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	return strings.ToUpper(name[:1]) + name[1:]
}

// jsonFormat is JSON as it comes, except that no text may hold a NUL character: PostgreSQL keeps none.
var jsonFormat = huma.Format{
	Marshal: huma.DefaultJSONFormat.Marshal,
	Unmarshal: func(data []byte, v any) error {
		if err := json.Unmarshal(data, v); err != nil {
			return err
		}
		if tree, ok := v.(*any); ok && !storable(*tree) {
			return errNUL
		}
		return nil
	},
}

// storable says whether PostgreSQL can keep every text of a JSON value.
func storable(v any) bool {
	switch v := v.(type) {
	case string:
		return strings.IndexByte(v, 0) < 0
	case []any:
		for _, x := range v {
			if !storable(x) {
				return false
			}
		}
	case map[string]any:
		for k, x := range v {
			if !storable(k) || !storable(x) {
				return false
			}
		}
	}
	return true
}

// document serves the OpenAPI document. It is made once, when all calls are known, and needs no token.
func (a *API) document() echo.HandlerFunc {
	schemas := a.api.OpenAPI().Components.Schemas.Map()
	delete(schemas, "ErrorModel") // huma's own, which shapeProblem replaces
	delete(schemas, "ErrorDetail")
	doc, err := json.MarshalIndent(a.api.OpenAPI(), "", "  ")
	if err != nil {
		panic(err) // made of constants
	}
	return func(c echo.Context) error { return c.Blob(http.StatusOK, "application/openapi+json", doc) }
}

// A caller is who makes a request: a company, by one of its tokens.
type caller struct {
	company  id.ID
	token    tokenHash
	request  string // its id, as in the log
	language string
}

type callerKey struct{}

func callerOf(ctx context.Context) *caller {
	c, _ := ctx.Value(callerKey{}).(*caller)
	if c == nil {
		return &caller{language: words.English}
	}
	return c
}

// company is whose token the request came with. What is another company's is simply not found.
func company(ctx context.Context) id.ID { return callerOf(ctx).company }

// enter lets in who has a company's token.
func (a *API) enter(ctx huma.Context, next func(huma.Context)) {
	ctx.SetHeader("Cache-Control", "no-store")
	c := &caller{language: words.Negotiate("", ctx.Header("Accept-Language")), request: rid(humaecho.Unwrap(ctx))}
	ctx = huma.WithValue(ctx, callerKey{}, c)
	if err := a.identify(ctx, c); err != nil {
		a.write(ctx, a.problem(ctx.Context(), err))
		return
	}
	next(ctx)
}

func (a *API) identify(ctx huma.Context, c *caller) (err error) {
	token, ok := bearer(ctx.Header("Authorization"))
	if !ok {
		return errNoToken
	}
	c.token = hashOf(token)
	if c.company, err = a.tokens.company(ctx.Context(), c.token); err != nil {
		return err
	}
	u := ctx.URL()
	if said, err := url.QueryUnescape(u.RawQuery); err != nil || !printable(said) || !printable(u.Path) {
		return desk.Refuse(desk.Invalid, "request.text")
	}
	return nil
}

// printable says whether PostgreSQL can be asked about a text.
func printable(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// noRoute answers what is no call of the API.
func (a *API) noRoute(c echo.Context) error {
	allowed := a.methods(strings.TrimPrefix(c.Request().URL.Path, apiPath))
	if len(allowed) == 0 {
		WriteProblem(c, echo.ErrNotFound)
		return nil
	}
	c.Response().Header().Set(echo.HeaderAllow, strings.Join(allowed, ", "))
	WriteProblem(c, echo.ErrMethodNotAllowed)
	return nil
}

// methods are those that a path has.
func (a *API) methods(path string) []string {
	for template, item := range a.api.OpenAPI().Paths {
		if !fits(path, template) {
			continue
		}
		var out []string
		for method, op := range map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "PATCH": item.Patch, "DELETE": item.Delete} {
			if op != nil {
				out = append(out, method)
			}
		}
		slices.Sort(out)
		return out
	}
	return nil
}

// fits says whether a path is one of a template, such as /sessions/{id}.
func fits(path, template string) bool {
	have, want := strings.Split(path, "/"), strings.Split(template, "/")
	return slices.EqualFunc(have, want, func(h, w string) bool { return h == w || strings.HasPrefix(w, "{") && h != "" })
}
