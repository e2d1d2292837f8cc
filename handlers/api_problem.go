package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/labstack/echo/v4"

	"weir/internal/desk"
	"weir/views/words"
)

// Problem is why a request was not done: RFC 9457 problem details, application/problem+json.
type Problem struct {
	Type    string  `json:"type" doc:"urn:weir:problem: and the code"`
	Title   string  `json:"title" doc:"the status, in words"`
	Status  int     `json:"status"`
	Detail  string  `json:"detail" doc:"why, in a sentence for people, in the language of Accept-Language (en, zh-CN)"`
	Code    string  `json:"code" doc:"why, for programs: it does not change with the language"`
	Request string  `json:"request_id,omitempty" doc:"where to look in the log; of our own troubles"`
	Errors  []Fault `json:"errors,omitempty" nullable:"false" doc:"what is wrong with the request, place by place"`
}

// Fault is one thing that is wrong with a request.
type Fault struct {
	Where   string `json:"where" doc:"for example body.text or query.limit"`
	Message string `json:"message"`
}

func (p *Problem) Error() string { return p.Detail }

// GetStatus tells huma the status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType tells huma that this is a problem.
func (p *Problem) ContentType(string) string { return problemType }

const problemType = "application/problem+json"

var errNUL = errors.New("a text holds a NUL character, which cannot be kept")

func newProblem(status int, code, detail string) *Problem {
	return &Problem{Type: "urn:weir:problem:" + code, Title: http.StatusText(status), Status: status, Detail: detail, Code: code}
}

// problem makes any error one that may be told: a refusal with its sentence; anything else is our own trouble, which is logged
// and not told.
func (a *API) problem(ctx context.Context, err error) *Problem {
	c := callerOf(ctx)
	w := words.For(c.language)
	var no *desk.Refusal
	switch {
	case errors.As(err, &no):
		return newProblem(statusOfKind(no.Kind), no.Say, sentence(w, no))
	case errors.Is(err, errNoToken):
		return newProblem(http.StatusUnauthorized, "token.missing", w.Sentence("token.missing"))
	case errors.Is(err, errUnknownToken):
		return newProblem(http.StatusUnauthorized, "token.unknown", w.Sentence("token.unknown"))
	}
	if ctx.Err() == nil { // else the caller has gone, and nobody hears the answer
		a.Log.ErrorContext(ctx, "api: request failed", "err", err, "request_id", c.request)
	}
	p := newProblem(http.StatusInternalServerError, "trouble", w.Sentence("trouble"))
	p.Request = c.request
	return p
}

// sentence is what a refusal says. WeChat's reasons are clauses, made for another place.
func sentence(w *words.Words, no *desk.Refusal) string {
	if code, ok := strings.CutPrefix(no.Say, "wechat."); ok {
		return w.Sentence("message.refused", w.Sentence(no.Say), code)
	}
	if !w.Knows(no.Say) {
		return w.Sentence(kindKey(no.Kind))
	}
	return w.Sentence(no.Say, no.Args...)
}

// kindKey is the general sentence of a kind of refusal.
func kindKey(kind desk.Kind) string {
	switch kind {
	case desk.Missing:
		return "missing"
	case desk.Denied, desk.Taken:
		return "denied"
	}
	return "invalid"
}

// shapeProblem turns what huma says of a request that does not fit its call into a problem.
func (a *API) shapeProblem(ctx huma.Context, _ string, v any) (any, error) {
	e, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	c := callerOf(ctx.Context())
	w := words.For(c.language)
	code := "request.shape"
	switch e.Status {
	case http.StatusRequestEntityTooLarge:
		code = "too-large"
	case http.StatusUnsupportedMediaType:
		code = "request.media-type"
	case http.StatusInternalServerError, http.StatusRequestTimeout:
		code = "request.unread"
	}
	p := newProblem(e.Status, code, w.Sentence(code))
	for _, d := range e.Errors {
		if d != nil {
			p.Errors = append(p.Errors, Fault{d.Location, inWords(d.Message)})
		}
	}
	if code != "request.shape" {
		p.Errors = nil
		return p, nil
	}
	if len(p.Errors) == 0 {
		p.Errors = []Fault{{"body", e.Detail}}
	}
	said := make([]string, len(p.Errors))
	for i, f := range p.Errors {
		said[i] = f.Where + ": " + f.Message
	}
	p.Detail = w.Sentence(code, strings.Join(said, "; "))
	return p, nil
}

// inWords keeps the names of Go types to ourselves.
func inWords(message string) string {
	if strings.HasPrefix(message, "json: ") {
		return "a value of the wrong type, or out of range"
	}
	return message
}

// write answers with a problem, outside of huma's own ways.
func (a *API) write(ctx huma.Context, p *Problem) { writeProblem(humaecho.Unwrap(ctx), p) }

// WriteProblem answers a request under /api with the problem that an error of the server comes to: a call that does not
// exist, a method that it does not have. For the server's error handler.
func WriteProblem(c echo.Context, err error) {
	if c.Response().Committed {
		return
	}
	w := words.For(words.Negotiate("", c.Request().Header.Get("Accept-Language")))
	status := http.StatusInternalServerError
	var he *echo.HTTPError
	if errors.As(err, &he) {
		status = he.Code
	}
	code := "trouble"
	switch status {
	case http.StatusNotFound:
		code = "request.no-call"
	case http.StatusMethodNotAllowed:
		code = "request.method"
	case http.StatusRequestEntityTooLarge:
		code = "too-large"
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		code = "busy"
	}
	p := newProblem(status, code, w.Sentence(code))
	if status >= 500 {
		p.Request = rid(c)
	}
	writeProblem(c, p)
}

// writeStream answers with what an error comes to where an answer that is no JSON was to be streamed, if nothing of it has gone out.
func (a *API) writeStream(c echo.Context, err error) {
	if !c.Response().Committed {
		writeProblem(c, a.problem(c.Request().Context(), err))
	}
}

func writeProblem(c echo.Context, p *Problem) {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, problemType)
	h.Set("Cache-Control", "no-store")
	if p.Status == http.StatusUnauthorized {
		h.Set(echo.HeaderWWWAuthenticate, `Bearer realm="weir"`)
	}
	c.Response().WriteHeader(p.Status)
	enc := json.NewEncoder(c.Response())
	enc.SetEscapeHTML(false)
	_ = enc.Encode(p) // nobody is left to tell
}

func (a *API) problemResponse() *huma.Response {
	schema := a.api.OpenAPI().Components.Schemas.Schema(typeOf[Problem](), true, "Problem")
	return &huma.Response{Description: "why it was not done", Content: map[string]*huma.MediaType{problemType: {Schema: schema}}}
}
