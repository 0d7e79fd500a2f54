// Package rest answers the operations of a contract over HTTP: typed parameters and bodies in, values or problems out.
package rest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"droid/gen/runtime/problem"
	"droid/gen/runtime/telemetry"
)

// Operation is something that a port can be asked.
type Operation struct {
	Port   string
	Name   string
	Method string
	// Path has its parameters in braces.
	Path string
	// Timeout is how long it may take.
	Timeout time.Duration
	// CacheControl says how long a good answer may be kept; no-store unless said.
	CacheControl string
	// Guard stands before it.
	Guard Guard
}

// Handler answers a request of an operation. The context ends when the time of the operation is over.
type Handler func(ctx context.Context, r *Request) (*Response, error)

// Options are what all operations of a router have in common.
type Options struct {
	// Realm is what callers prove for who they are: the name of the service.
	Realm string
	// Contract is what GET /openapi.json answers.
	Contract []byte
	// MaxBody is the most bytes that a body may have.
	MaxBody int64
	// IsSecure tells browsers to come by TLS only.
	IsSecure bool
	Metrics  *Metrics
}

// Router finds the operation that a request is for.
type Router struct {
	options Options
	none    *route
	routes  map[string]*tree // by their methods
	// passing finds to whom a request is passed on that is for no operation; nil where nothing is.
	passing func(r *http.Request) *route
	logger  *slog.Logger
}

// route is an operation as it is served; without a method it is no operation.
type route struct {
	Operation
	handler      Handler
	cacheControl []string
	measure      *measure
	parameters   []string // of its path
	masked       string   // its path, without values
	passesOn     bool     // it is no operation of ours
}

// NewRouter is a router that knows its contract and no operation yet.
func NewRouter(options Options) *Router {
	router := &Router{options: options, routes: map[string]*tree{}, logger: telemetry.Logger("http")}
	router.none = &route{handler: router.missing, cacheControl: noStore}
	contract := &route{Operation: Operation{Method: http.MethodGet, Path: "/openapi.json"}, cacheControl: noStore}
	contract.handler = func(context.Context, *Request) (*Response, error) {
		return &Response{Status: http.StatusOK, raw: options.Contract, contentType: jsonContent}, nil
	}
	router.register(contract)
	return router
}

// Handle answers an operation with a handler.
func (router *Router) Handle(operation Operation, handler Handler) {
	served := &route{
		Operation: operation, handler: handler, cacheControl: noStore, measure: router.options.Metrics.of(operation),
	}
	if operation.CacheControl != "" {
		served.cacheControl = []string{operation.CacheControl}
	}
	router.register(served)
}

func (router *Router) register(served *route) {
	if router.routes[served.Method] == nil {
		router.routes[served.Method] = &tree{}
	}
	served.masked = telemetry.Masked(served.Path)
	router.routes[served.Method].add(served.Path, served)
}

// ServeHTTP answers a request.
func (router *Router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if served, values := router.find(r.Method, r.URL); served != nil {
		router.answer(w, r, served, values)
		return
	}
	router.answer(w, r, router.none, nil)
}

// find is the operation of a request. A path that is not clean is none of ours: nobody is sent on to another.
func (router *Router) find(method string, address *url.URL) (*route, []string) {
	root := router.routes[method]
	if root == nil || !isClean(address.Path) {
		return nil, nil
	}
	return root.find(address.EscapedPath(), nil)
}

func isClean(text string) bool {
	clean := path.Clean(text)
	return clean == text || clean != "/" && len(text) == len(clean)+1 && text[len(clean)] == '/'
}

// missing answers what is for no operation.
func (router *Router) missing(_ context.Context, r *Request) (*Response, error) {
	found := router.found(r.http)
	if len(found) == 0 {
		return nil, problem.New(http.StatusNotFound, "")
	}
	methods := make([]string, len(found))
	isWelcome := false
	for i, served := range found {
		methods[i] = served.Method
		isWelcome = isPreflight(r.http) && served.Guard.welcome(r.http, r.told) || isWelcome
	}
	if isWelcome {
		return preflight(r.http, methods, r.told), nil
	}
	p := problem.New(http.StatusMethodNotAllowed, "")
	p.Header = http.Header{"Allow": {strings.Join(methods, ", ")}}
	return nil, p
}

// found are the operations that the path has, by their methods.
func (router *Router) found(r *http.Request) []*route {
	var found []*route
	for _, method := range []string{"DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"} {
		if served, _ := router.find(method, r.URL); served != nil {
			found = append(found, served)
		}
	}
	return found
}

// answer is what happens around every request: names, measures, one line in the log, and no error that leaks.
func (router *Router) answer(w http.ResponseWriter, r *http.Request, served *route, values []string) {
	begin := time.Now()
	if served == router.none && router.passing != nil {
		if passing := router.passing(r); passing != nil {
			served = passing
		}
	}
	ctx, ids, span := telemetry.Begin(r.Context(), r.Header.Get("Traceparent"), r.Header.Get("X-Request-Id"), trace.SpanKindServer,
		func() telemetry.Description { return router.describe(r.Method, served) })
	if served.measure != nil {
		served.measure.active.Inc()
		defer served.measure.active.Dec()
	}

	told := w.Header()
	told["X-Request-Id"] = []string{ids.Request}
	if router.options.IsSecure {
		told["Strict-Transport-Security"] = byTLSOnly
	}
	response := router.run(ctx, &Request{
		http: r, writer: w, ctx: ctx, told: told, maxBody: router.options.MaxBody, names: served.parameters, values: values,
	}, served)
	router.send(w, r, served, response)

	span.Status(response.Status, http.StatusInternalServerError)
	span.End(nil)
	end := time.Now()
	if served.measure != nil {
		served.measure.observe(r.Method, response.Status, end.Sub(begin).Seconds())
	}
	telemetry.Request(ctx, r.Method, served.Path, response.Status, end, end.Sub(begin))
	response.free()
}

// describe tells what a span of a request is about.
func (router *Router) describe(method string, served *route) telemetry.Description {
	scheme := "http"
	if router.options.IsSecure {
		scheme = "https"
	}
	attributed, name := telemetry.Method(method)
	attributes := []attribute.KeyValue{
		attribute.String("http.request.method", attributed), attribute.String("url.scheme", scheme),
	}
	if served.Path != "" {
		name += " " + served.Path
		attributes = append(attributes, attribute.String("http.route", served.Path), attribute.String("url.path", served.masked))
	}
	return telemetry.Description{Name: name, Attributes: attributes}
}

// run asks the handler, in its time, and turns errors into answers.
func (router *Router) run(ctx context.Context, request *Request, served *route) (response *Response) {
	r, told := request.http, request.told
	defer func() {
		if reason := recover(); reason != nil {
			if reason == http.ErrAbortHandler {
				panic(reason)
			}
			err := fmt.Errorf("panic: %v\n%s", reason, debug.Stack())
			response = router.failed(ctx, r, err)
		}
	}()
	if served.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, patience(r.Header, served.Timeout))
		defer cancel()
	}
	if served.Guard.welcome(r, told) && served.passesOn && isPreflight(r) {
		return preflight(r, []string{"DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"}, told)
	}
	ctx, err := served.Guard.pass(ctx, r, router.options.Realm, told)
	switch {
	case err != nil:
		return router.failed(ctx, r, err)
	case r.ContentLength > router.options.MaxBody:
		return failed(problem.New(http.StatusRequestEntityTooLarge, ""))
	}
	request.ctx = ctx
	response, err = served.handler(ctx, request)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) && (err != nil || !response.isSent) {
		response.free()
		err = ctx.Err()
	}
	if err != nil {
		return router.failed(ctx, r, err)
	}
	return response
}

// failed is the answer that tells of an error; the log has what the caller need not know.
func (router *Router) failed(ctx context.Context, r *http.Request, err error) *Response {
	p := problem.Of(err)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		p = problem.New(http.StatusGatewayTimeout, "The operation did not end in its time.")
	case r.Context().Err() != nil:
		p = problem.New(statusClientGone, "")
	case p.Status == http.StatusInternalServerError, p.Status > http.StatusInternalServerError && p.Cause != nil:
		router.logger.ErrorContext(ctx, "a request failed", "error", err)
	}
	return failed(p)
}

// statusClientGone is for the log: nobody is there to be told.
const statusClientGone = 499

// patience is how long the operation may take: its own time, or what is left of the caller's.
func patience(header http.Header, timeout time.Duration) time.Duration {
	said := header.Get("X-Deadline")
	if said == "" {
		return timeout
	}
	milliseconds, err := strconv.ParseInt(said, 10, 64)
	if err != nil || milliseconds < 0 || milliseconds > timeout.Milliseconds() {
		return timeout
	}
	return time.Duration(milliseconds) * time.Millisecond
}
