package client

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Forward makes a request of somebody else's, and gives the answer as it comes: whoever gets it closes its body. The request
// is made anew for each attempt; its path and query stand behind our address.
func (c *Client) Forward(
	ctx context.Context, method, target string, mayRepeat bool, prepare func(ctx context.Context, address string) (*http.Request, error),
) (*http.Response, error) {
	ctx, held, err := c.enter(ctx)
	if err != nil {
		return nil, err
	}
	c.budget.deposit()
	for number := 1; ; number++ {
		response, result := c.forward(ctx, number, method, target, prepare)
		wait, ok := time.Duration(0), false
		if result.kind != fine {
			wait, ok = c.options.Retry.again(number, result)
		}
		deadline, _ := ctx.Deadline()
		if !ok || !mayRepeat || time.Until(deadline) <= wait || !c.budget.withdraw() {
			if response == nil {
				held.release()
				return nil, c.failure(result)
			}
			response.Body = &heldBody{response.Body, held}
			return response, nil
		}
		if response != nil {
			_ = response.Body.Close()
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

// hold is what a call holds until it ends.
type hold struct {
	once    sync.Once
	cancel  context.CancelFunc
	bulwark *bulkhead
}

func (h *hold) release() {
	h.once.Do(func() {
		h.cancel()
		if h.bulwark != nil {
			h.bulwark.leave()
		}
	})
}

// heldBody releases what the call holds when it has been read.
type heldBody struct {
	io.ReadCloser
	hold *hold
}

// Close ends the call.
func (b *heldBody) Close() error {
	err := b.ReadCloser.Close()
	b.hold.release()
	return err
}

// enter lets a call begin.
func (c *Client) enter(ctx context.Context) (context.Context, *hold, error) {
	if c.limit != nil && !c.limit.take() {
		return ctx, nil, c.full("it was asked too often")
	}
	if c.bulkhead != nil && !c.bulkhead.enter(ctx) {
		return ctx, nil, c.full("too many calls are under way")
	}
	ctx, cancel := c.within(ctx)
	return ctx, &hold{cancel: cancel, bulwark: c.bulkhead}, nil
}

// forward makes one request. A time that is over ends the wait for an answer, not the answer.
func (c *Client) forward(
	ctx context.Context, number int, method, target string, prepare func(ctx context.Context, address string) (*http.Request, error),
) (*http.Response, attempt) {
	if !c.breaker.allows() {
		return nil, attempt{kind: refused, err: errors.New("the breaker is open")}
	}
	patience := c.options.Timeout
	if deadline, ok := ctx.Deadline(); ok {
		patience = time.Until(deadline)
	}
	if c.options.Retry.Timeout > 0 {
		patience = min(patience, c.options.Retry.Timeout)
	}
	ctx, span := c.span(ctx, method, "", number)
	// The answer may take longer than the wait for it: only the caller's going ends it.
	request, err := prepare(context.WithoutCancel(ctx), c.address+target)
	if err != nil {
		span.End(err)
		return nil, attempt{kind: answered, err: err}
	}
	c.introduce(ctx, request.Header)
	c.metrics.attempts.WithLabelValues(c.peer, strconv.Itoa(number)).Inc()
	begin := time.Now()
	response, result := c.send(ctx, request, patience)
	result.tell(span)
	c.metrics.duration.WithLabelValues(c.peer, "", request.Method, strconv.Itoa(result.status)).
		Observe(time.Since(begin).Seconds())
	c.breaker.record(result.kind == fine || result.kind == answered && result.status < 500)
	return response, result
}

func (c *Client) send(ctx context.Context, request *http.Request, patience time.Duration) (*http.Response, attempt) {
	sending, cancel := context.WithCancelCause(request.Context())
	timer := time.AfterFunc(patience, func() { cancel(context.DeadlineExceeded) })
	defer timer.Stop()
	stop := context.AfterFunc(ctx, func() {
		if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
			cancel(ctx.Err())
		}
	})
	response, err := c.http.Do(request.WithContext(sending))
	if err != nil {
		stop()
		if cause := context.Cause(sending); cause != nil {
			err = cause
		}
		cancel(nil)
		return nil, attempt{kind: kindOf(err), err: err}
	}
	response.Body = &cancelingBody{response.Body, func() { stop(); cancel(nil) }}
	result := attempt{kind: fine, status: response.StatusCode, header: response.Header}
	if response.StatusCode >= 400 {
		result.kind = answered
	}
	return response, result
}

type cancelingBody struct {
	io.ReadCloser
	cancel func()
}

// Close ends the request.
func (b *cancelingBody) Close() error {
	err := b.ReadCloser.Close()
	b.cancel()
	return err
}
