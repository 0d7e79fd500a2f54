// Package client asks other services, and holds out when they do not.
package client

import (
	"encoding/base64"
	"net/http"
	"time"

	"droid/gen/runtime/recent"
	"droid/gen/runtime/wire"
)

// Options are how a connection holds out. What is zero is not there at all.
type Options struct {
	// Timeout is of a whole call, with all of its attempts.
	Timeout  time.Duration
	Retry    Retry
	Breaker  Breaker
	Bulkhead Bulkhead
	// Rate is how many calls a second are made, in a bucket of one second.
	Rate  float64
	Hedge Hedge
	// IsMeshed tells that a mesh ends calls, tries again, breaks off and counts them: two that do would multiply.
	IsMeshed bool
	// Cache is how long answers to what may be repeated are kept.
	Cache time.Duration
	// Shared is what these are shared through, if there is something.
	Shared Shared
	// Remembers tells to answer with the last good answer to the same call, when it fails.
	Remembers bool
	// Authorization proves who we are; so does Key.
	Authorization string
	Key           Key
	// ForwardsIdentity sends on who asks us.
	ForwardsIdentity bool
	// ForwardsAuthorization sends on what our caller proved with who it is.
	ForwardsAuthorization bool
}

// Key is a secret in a header.
type Key struct{ Header, Secret string }

// Basic is the Authorization of a name and a password, which the secret holds with a colon between them.
func Basic(secret string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(secret)) }

// Client asks one service.
type Client struct {
	peer    string
	address string
	options Options
	host    string
	port    int
	http    *http.Client
	metrics *Metrics

	budget   budget
	breaker  breaker
	bulkhead *bulkhead
	limit    *limit
	kept     *recent.Values[attempt]
	last     *recent.Values[attempt]
}

// New is a client of the service at an address.
func New(peer, address string, metrics *Metrics, options Options) *Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 100
	transport.DisableCompression = true
	host, port := place(address)
	if options.IsMeshed {
		options.Retry, options.Breaker, options.Bulkhead = Retry{}, Breaker{}, Bulkhead{}
	}
	c := &Client{
		peer: peer, address: address, host: host, port: port, options: options, metrics: metrics,
		http: &http.Client{
			Transport:     transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		budget:  budget{left: mostBudget, share: options.Retry.Budget},
		breaker: breaker{options: options.Breaker, isOpen: metrics.breaker(peer, options.Breaker)},
		kept:    recent.New[attempt](mostKept),
		last:    recent.New[attempt](mostKept),
	}
	if options.Bulkhead.Calls > 0 {
		c.bulkhead = newBulkhead(options.Bulkhead)
	}
	if options.Rate > 0 {
		c.limit = newLimit(options.Rate)
	}
	return c
}

// Call is one operation, as it is asked.
type Call struct {
	Operation string
	Method    string
	// Path is made of the parts that Path and Text make. Template is the path before, where it has such parts.
	Path     string
	Template string
	// Query is what stands behind the question mark, if there is something.
	Query  Query
	Header http.Header
	// IsRepeatable tells that it may be done twice; IsKeyed that it may with an Idempotency-Key.
	IsRepeatable bool
	IsKeyed      bool
	// Cache is how long the answer is kept; that of the connection, if it is zero.
	Cache time.Duration
	// Fallback is JSON that stands in for the answer when the call fails: null is no answer. Empty: there is none.
	Fallback string
	// Failures are the errors that it may answer with.
	Failures []Failure

	body    []byte
	hasBody bool
	err     error
}

// Body gives a call its body, unless it is one that the contract does not allow.
func Body[T any](call Call, t wire.Type[T], value T) Call {
	call.body, call.err = wire.Encode(value, t)
	call.hasBody = true
	return call
}
