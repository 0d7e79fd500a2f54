package rest

import (
	"context"
	"net/http"
	"strings"
	"time"

	"droid/gen/runtime/telemetry"
)

// Passage is a prefix: requests at or below it are passed on.
type Passage struct {
	Port string
	// Peer is to whom.
	Peer   string
	Prefix string
	// Timeout is how long an answer may take to begin.
	Timeout time.Duration
	Guard   Guard
	// Pass passes a request on and sends the answer, or fails before anything is sent.
	Pass func(ctx context.Context, w http.ResponseWriter, r *http.Request) (status int, err error)
}

// PassOn passes on what is for no operation. The first passage that fits is taken: longer prefixes come first.
func (router *Router) PassOn(passages ...Passage) {
	routes := make([]*route, len(passages))
	for i, passage := range passages {
		operation := Operation{
			Port: passage.Port, Name: passage.Peer, Path: passage.Prefix + "/{path}", Timeout: passage.Timeout,
			Guard: passage.Guard,
		}
		routes[i] = &route{
			Operation: operation, cacheControl: noStore, passesOn: true, masked: telemetry.Masked(operation.Path), measure: router.options.Metrics.of(operation),
		}
		routes[i].handler = func(ctx context.Context, r *Request) (*Response, error) {
			r.http.Body = http.MaxBytesReader(r.writer, r.http.Body, r.maxBody)
			status, err := passage.Pass(ctx, r.writer, r.http)
			return &Response{Status: status, isSent: true}, err
		}
	}
	router.passing = func(r *http.Request) *route {
		if !isClean(r.URL.Path) || len(router.found(r)) > 0 {
			return nil
		}
		for i, passage := range passages {
			rest, ok := strings.CutPrefix(r.URL.EscapedPath(), passage.Prefix)
			if ok && (rest == "" || rest[0] == '/') {
				return routes[i]
			}
		}
		return nil
	}
}
