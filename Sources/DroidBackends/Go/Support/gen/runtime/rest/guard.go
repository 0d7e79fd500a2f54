package rest

import (
	"context"
	"net"
	"net/http"
	"slices"
	"strings"

	"droid/gen/runtime/problem"
)

// Guard is what stands before an operation. Its zero value lets everybody pass.
type Guard struct {
	// Auth tells who asks; nil lets anybody ask.
	Auth Auth
	// Scopes are those that the caller must have, all of them.
	Scopes []string
	Limit  *Limit
	// BelievesIdentity is for ports that only the system itself can reach: what a caller says of its own caller holds.
	BelievesIdentity bool
	// Origins are those of pages that may call.
	Origins []string
}

// Auth proves who asks, or fails with the problem that it is.
type Auth interface {
	Caller(ctx context.Context, r *http.Request) (Caller, error)
}

// Limit is how often callers may ask.
type Limit struct {
	// ByIP takes before anybody is asked who it is.
	ByIP        bool
	TrustedHops int
	// Take takes one request off what a caller may ask, and tells what is left in headers.
	Take func(caller string) (header http.Header, err error)
}

// pass lets a request pass, or fails. What it tells the caller in headers is for either answer.
func (g *Guard) pass(ctx context.Context, r *http.Request, realm string, told http.Header) (context.Context, error) {
	if g.Limit != nil && g.Limit.ByIP {
		if err := g.take(r, "", told); err != nil {
			return ctx, err
		}
	}
	var caller Caller
	switch {
	case g.Auth != nil:
		var err error
		if caller, err = g.Auth.Caller(ctx, r); err != nil {
			return ctx, err
		}
		caller.authorization = r.Header.Get("Authorization")
	case g.BelievesIdentity:
		caller = Caller{Subject: r.Header.Get("X-Subject"), Scopes: strings.Fields(r.Header.Get("X-Scopes"))}
	}
	if err := g.allow(caller, r, realm, told); err != nil {
		return ctx, err
	}
	if caller.Subject == "" && len(caller.Scopes) == 0 {
		return ctx, nil
	}
	return WithCaller(ctx, caller), nil
}

// allow lets a caller pass who is known.
func (g *Guard) allow(caller Caller, r *http.Request, realm string, told http.Header) error {
	for _, scope := range g.Scopes {
		if !slices.Contains(caller.Scopes, scope) {
			return forbidden(realm, g.Scopes)
		}
	}
	if g.Limit != nil && !g.Limit.ByIP {
		return g.take(r, caller.Subject, told)
	}
	return nil
}

func (g *Guard) take(r *http.Request, caller string, told http.Header) error {
	if caller == "" {
		caller = address(r, g.Limit.TrustedHops)
	}
	header, err := g.Limit.Take(caller)
	for name, values := range header {
		told[name] = values
	}
	return err
}

// address is where a request comes from: the peer, or what the proxies saw that are trusted.
func address(r *http.Request, trustedHops int) string {
	seen := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	if trustedHops > 0 && trustedHops <= len(seen) {
		if claimed := strings.TrimSpace(seen[len(seen)-trustedHops]); claimed != "" {
			return claimed
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

func forbidden(realm string, scopes []string) error {
	p := problem.New(http.StatusForbidden, "The caller may not do this.")
	challenge := `Bearer realm="` + realm + `", error="insufficient_scope", scope="` + strings.Join(scopes, " ") + `"`
	p.Header = http.Header{"Www-Authenticate": {challenge}}
	return p
}

// Unauthorized is for a caller who has not proved who it is.
func Unauthorized(challenge string) error {
	p := problem.New(http.StatusUnauthorized, "")
	p.Header = http.Header{"Www-Authenticate": {challenge}}
	return p
}

// welcome tells the browser that a page of this origin may read the answer.
func (g *Guard) welcome(r *http.Request, told http.Header) bool {
	if len(g.Origins) == 0 {
		return false
	}
	told["Vary"] = []string{"Origin"}
	origin := r.Header.Get("Origin")
	if !slices.Contains(g.Origins, origin) {
		return false
	}
	told["Access-Control-Allow-Origin"] = []string{origin}
	return true
}

// preflight tells the browser what a page may ask.
func preflight(r *http.Request, methods []string, told http.Header) *Response {
	told["Access-Control-Allow-Methods"] = []string{strings.Join(methods, ", ")}
	told["Access-Control-Max-Age"] = []string{"600"}
	if headers := r.Header.Get("Access-Control-Request-Headers"); headers != "" {
		told["Access-Control-Allow-Headers"] = []string{headers}
	}
	return &Response{Status: http.StatusNoContent}
}

func isPreflight(r *http.Request) bool {
	return r.Method == http.MethodOptions && r.Header.Get("Origin") != "" && r.Header.Get("Access-Control-Request-Method") != ""
}
