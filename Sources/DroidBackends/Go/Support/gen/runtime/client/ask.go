package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"droid/gen/runtime/problem"
	"droid/gen/runtime/rest"
	"droid/gen/runtime/telemetry"
	"droid/gen/runtime/wire"
)

// mostBytes is how long an answer may be.
const mostBytes = 64 << 20

// attempt is how one request ended.
type attempt struct {
	kind   kind
	status int
	header http.Header
	body   []byte
	err    error
}

// JSON asks, and reads the answer.
func JSON[T any](ctx context.Context, c *Client, call Call, t wire.Type[T]) (T, error) {
	value, err := Optional(ctx, c, call, t)
	if err == nil && value == nil {
		err = c.wrong(errors.New("there is no content"))
	}
	if err != nil {
		var zero T
		return zero, err
	}
	return *value, nil
}

// Optional asks, and reads the answer, if there is one.
func Optional[T any](ctx context.Context, c *Client, call Call, t wire.Type[T]) (*T, error) {
	var value *T
	err := c.ask(ctx, call, func(result attempt) error {
		value = nil
		if result.status == http.StatusNoContent {
			return nil
		}
		decoded, problems := wire.Decode(string(result.body), t)
		if len(problems) > 0 {
			return fmt.Errorf("the value at %s %s", problems[0].Pointer, problems[0].Detail)
		}
		value = &decoded
		return nil
	})
	return value, err
}

// Nothing asks, and reads no answer.
func Nothing(ctx context.Context, c *Client, call Call) error {
	return c.ask(ctx, call, func(attempt) error { return nil })
}

// ask asks, as the connection says, and gives the answer to read.
func (c *Client) ask(ctx context.Context, call Call, read func(result attempt) error) error {
	if call.err != nil {
		return fmt.Errorf("the request is not what the contract of %s allows: %w", c.peer, call.err)
	}
	key := call.key(ctx)
	lifetime := call.Cache
	if lifetime == 0 && call.IsRepeatable {
		lifetime = c.options.Cache
	}
	if lifetime > 0 {
		if kept, ok := c.find(ctx, key); ok && read(kept) == nil {
			return nil
		}
	}
	result, err := c.hold(ctx, &call)
	if err == nil {
		if err = read(result); err != nil {
			err = c.wrong(err)
		}
	}
	if err == nil && lifetime > 0 {
		c.keep(ctx, key, result, lifetime)
	}
	if c.options.Remembers {
		if err == nil {
			c.last.Put(key, result, 0)
		} else if last, ok := c.last.Get(key); ok && hasFailed(err) {
			return read(last)
		}
	}
	if call.Fallback != "" && hasFailed(err) && read(call.fallback()) == nil {
		return nil
	}
	return err
}

// hasFailed is about a call that failed: an error that the contract declares is an answer.
func hasFailed(err error) bool {
	var failure *problem.Problem
	return errors.As(err, &failure)
}

func (call *Call) fallback() attempt {
	if call.Fallback == "null" {
		return attempt{status: http.StatusNoContent}
	}
	return attempt{status: http.StatusOK, body: []byte(call.Fallback)}
}

// key tells calls apart whose answers are kept.
func (call *Call) key(ctx context.Context) string {
	text := call.Operation + " " + call.Path + "?" + call.Query.text + "\n" + rest.CallerOf(ctx).Subject + "\n"
	for name, values := range call.Header {
		text += name + ": " + strings.Join(values, ", ") + "\n"
	}
	return text + string(call.body)
}

// hold makes attempts until one is good, or no more may be made.
func (c *Client) hold(ctx context.Context, call *Call) (attempt, error) {
	ctx, cancel := c.within(ctx)
	defer cancel()
	if c.limit != nil && !c.limit.take() {
		return attempt{}, c.full("it was asked too often")
	}
	if c.bulkhead != nil {
		if !c.bulkhead.enter(ctx) {
			return attempt{}, c.full("too many calls are under way")
		}
		defer c.bulkhead.leave()
	}
	mayRepeat := call.IsRepeatable || call.IsKeyed
	if call.IsKeyed {
		call.Header = call.Header.Clone()
		if call.Header == nil {
			call.Header = http.Header{}
		}
		call.Header.Set("Idempotency-Key", wire.NewUUID().String())
	}
	c.budget.deposit()
	for number := 1; ; number++ {
		result := c.hedged(ctx, call, number, mayRepeat)
		if result.kind == fine {
			return result, nil
		}
		if failure, ok := call.declaredBy(result); ok {
			return result, failure
		}
		wait, ok := c.options.Retry.again(number, result)
		if deadline, _ := ctx.Deadline(); !ok || !mayRepeat || time.Until(deadline) <= wait || !c.budget.withdraw() {
			return result, c.failure(result)
		}
		select {
		case <-ctx.Done():
			return result, c.failure(result)
		case <-time.After(wait):
		}
	}
}

// endKey is of when a call is to be over that somebody else ends.
type endKey struct{}

// within gives a call its time.
func (c *Client) within(ctx context.Context) (context.Context, context.CancelFunc) {
	if c.options.IsMeshed {
		return context.WithCancel(context.WithValue(ctx, endKey{}, time.Now().Add(c.options.Timeout)))
	}
	return context.WithTimeout(ctx, c.options.Timeout)
}

// end is when a call is to be over.
func end(ctx context.Context) (time.Time, bool) {
	deadline, ok := ctx.Deadline()
	if told, isTold := ctx.Value(endKey{}).(time.Time); isTold && (!ok || told.Before(deadline)) {
		return told, true
	}
	return deadline, ok
}

func (call *Call) declaredBy(result attempt) (error, bool) {
	if result.kind != answered || result.status < 400 {
		return nil, false
	}
	return call.declared(result.body)
}

// hedged makes an attempt, and a second one where the first takes long: the first answer wins.
func (c *Client) hedged(ctx context.Context, call *Call, number int, mayRepeat bool) attempt {
	if c.options.Hedge.After == 0 || !mayRepeat {
		return c.guarded(ctx, call, number)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	results := make(chan attempt, 1+c.options.Hedge.Most)
	start := func() { results <- c.guarded(ctx, call, number) }
	go start()
	timer := time.NewTicker(c.options.Hedge.After)
	defer timer.Stop()
	for running, more := 1, c.options.Hedge.Most; ; {
		select {
		case result := <-results:
			if running--; result.kind == fine || running == 0 {
				return result
			}
		case <-timer.C:
			if more > 0 {
				running++
				more--
				go start()
			}
		}
	}
}

// guarded makes an attempt if the breaker lets it.
func (c *Client) guarded(ctx context.Context, call *Call, number int) attempt {
	if !c.breaker.allows() {
		return attempt{kind: refused, err: errors.New("the breaker is open")}
	}
	result := c.try(ctx, call, number)
	if errors.Is(result.err, context.Canceled) {
		c.breaker.forget()
		return result
	}
	c.breaker.record(result.kind == fine || result.kind == answered && result.status < 500)
	return result
}

// try makes one request.
func (c *Client) try(ctx context.Context, call *Call, number int) attempt {
	if c.options.Retry.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.options.Retry.Timeout)
		defer cancel()
	}
	c.metrics.attempts.WithLabelValues(c.peer, strconv.Itoa(number)).Inc()
	template := call.Template
	if template == "" {
		template = call.Path
	}
	ctx, span := c.span(ctx, call.Method, template, number)
	begin := time.Now()
	result := c.request(ctx, call)
	result.tell(span)
	c.metrics.duration.WithLabelValues(c.peer, call.Operation, call.Method, strconv.Itoa(result.status)).
		Observe(time.Since(begin).Seconds())
	return result
}

func (c *Client) request(ctx context.Context, call *Call) attempt {
	if c.address == "" {
		return attempt{kind: refused, err: errors.New("nothing says where it is")}
	}
	address := c.address + call.Path
	if call.Query.text != "" {
		address += "?" + call.Query.text
	}
	var body io.Reader
	switch {
	case call.hasBody:
		body = bytes.NewReader(call.body)
	case c.options.IsMeshed && (call.Method == http.MethodGet || call.Method == http.MethodHead):
		body = nothing{}
	}
	request, err := http.NewRequestWithContext(ctx, call.Method, address, body)
	if err != nil {
		return attempt{kind: answered, err: err}
	}
	if c.options.IsMeshed {
		request.GetBody = nil
	}
	c.introduce(ctx, request.Header)
	for name, values := range call.Header {
		request.Header[http.CanonicalHeaderKey(name)] = values
	}
	request.Header.Set("Accept", "application/json")
	if call.hasBody {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := c.http.Do(request)
	if err != nil {
		return attempt{kind: kindOf(err), err: err}
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(io.LimitReader(response.Body, mostBytes))
	if err != nil {
		return attempt{kind: kindOf(err), err: err}
	}
	result := attempt{kind: fine, status: response.StatusCode, header: response.Header, body: content}
	if response.StatusCode < 200 || response.StatusCode > 299 {
		result.kind, result.err = answered, fmt.Errorf("%s answers with %d", c.peer, response.StatusCode)
	}
	return result
}

// nothing is a body that net/http takes for one that cannot be read twice: it would make what has none again by itself when a
// connection breaks off, which is the mesh's to do.
type nothing struct{}

func (nothing) Read([]byte) (int, error) { return 0, io.EOF }

// introduce tells for whom we ask, and how long it may take.
func (c *Client) introduce(ctx context.Context, header http.Header) {
	if ids := telemetry.From(ctx); ids != nil {
		header.Set("Traceparent", telemetry.Traceparent(ctx))
		header.Set("X-Request-Id", ids.Request)
	}
	if deadline, ok := end(ctx); ok {
		header.Set("X-Deadline", strconv.FormatInt(max(1, time.Until(deadline).Milliseconds()), 10))
	}
	caller := rest.CallerOf(ctx)
	if c.options.ForwardsIdentity && caller.Subject != "" {
		header.Set("X-Subject", caller.Subject)
		header.Set("X-Scopes", strings.Join(caller.Scopes, " "))
	}
	if c.options.ForwardsAuthorization && caller.Authorization() != "" {
		header.Set("Authorization", caller.Authorization())
	}
	if c.options.Authorization != "" {
		header.Set("Authorization", c.options.Authorization)
	}
	if c.options.Key.Header != "" {
		header.Set(c.options.Key.Header, c.options.Key.Secret)
	}
}

func isUnknownHost(err error) bool {
	var unknown *net.DNSError
	return errors.As(err, &unknown)
}
