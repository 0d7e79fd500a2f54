package client

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"syscall"

	"droid/gen/runtime/problem"
	"droid/gen/runtime/wire"
)

// Failure reads an error that a contract declares.
type Failure struct {
	kind string
	read func(fields string, detail string) (error, bool)
}

// Declared is the failure that an error type stands for.
func Declared[T any, P interface {
	*T
	error
}](kind string, t *wire.Record[T], detailed func(failure *T, detail string)) Failure {
	return Failure{kind, func(fields, detail string) (error, bool) {
		failure, problems := wire.Decode(fields, t)
		detailed(&failure, detail)
		return P(&failure), len(problems) == 0
	}}
}

// declared is the error of the contract that an answer tells of, if it is one.
func (call *Call) declared(body []byte) (error, bool) {
	var members map[string]json.RawMessage
	var told struct{ Type, Detail string }
	if json.Unmarshal(body, &members) != nil || json.Unmarshal(body, &told) != nil {
		return nil, false
	}
	for _, name := range []string{"type", "title", "status", "detail"} {
		delete(members, name)
	}
	for _, failure := range call.Failures {
		if failure.kind == told.Type {
			fields, err := json.Marshal(members)
			if err != nil {
				return nil, false
			}
			return failure.read(string(fields), told.Detail)
		}
	}
	return nil, false
}

// kind is how an attempt failed.
type kind int

const (
	fine kind = iota
	timedOut
	refused
	reset
	answered // with a status that is no good one
)

func kindOf(err error) kind {
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return timedOut
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.EHOSTUNREACH), isUnknownHost(err):
		return refused
	default:
		return reset
	}
}

// failure is what leaves the caller's operation when its code does not catch it.
func (c *Client) failure(result attempt) error {
	switch {
	case result.kind == timedOut, c.options.IsMeshed && result.status == http.StatusGatewayTimeout:
		p := problem.New(http.StatusGatewayTimeout, c.peer+" did not answer in time.")
		p.Cause = result.err
		return p
	case result.kind == refused || result.kind == reset:
		return problem.Unavailable(c.peer+" does not answer.", result.err)
	case result.status == http.StatusServiceUnavailable:
		p := problem.Unavailable(c.peer+" is not to be had.", nil)
		if after := result.header.Get("Retry-After"); after != "" {
			p.Header = http.Header{"Retry-After": {after}}
		}
		return p
	default:
		return c.wrong(result.err)
	}
}

// wrong is for an answer that nobody declared.
func (c *Client) wrong(cause error) error {
	p := problem.New(http.StatusBadGateway, c.peer+" answers with what its contract does not allow.")
	p.Cause = cause
	return p
}

// full is for a call that is not made.
func (c *Client) full(why string) error {
	return problem.Unavailable(c.peer+" is not asked: "+why+".", nil)
}
