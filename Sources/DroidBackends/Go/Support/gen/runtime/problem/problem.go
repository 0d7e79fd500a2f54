// Package problem holds the errors that callers are told of, as problem details (RFC 9457).
package problem

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"droid/gen/runtime/wire"
)

// MediaType is what an answer with a problem is.
const MediaType = "application/problem+json"

// Problem is an error that the caller gets as its answer: for programs (Type, Status) and for people (Title, Detail).
type Problem struct {
	Type   string
	Title  string
	Status int
	Detail string
	// Invalid are the places of the request that the contract does not allow.
	Invalid []Place
	// Header is what the answer has beside the usual.
	Header http.Header
	// Cause is for the log and for errors.Is; the caller is not told of it.
	Cause error
	// fields are those of a declared error, as JSON.
	fields []byte
}

// Place is something that the contract does not allow: in the body (a pointer), or a parameter.
type Place struct {
	Detail    string
	Pointer   string
	Parameter string
}

// Error is one that callers are told of: a Problem, or an error that the contract declares.
type Error interface {
	error
	Problem() *Problem
}

// New is a problem without a type of its own.
func New(status int, detail string) *Problem {
	return &Problem{Type: "about:blank", Title: title(status), Status: status, Detail: detail}
}

// NotFound is for something that is not there.
func NotFound(detail string) *Problem { return New(http.StatusNotFound, detail) }

// Conflict is for a request that does not fit what is there.
func Conflict(detail string) *Problem { return New(http.StatusConflict, detail) }

// Unavailable is for something that this service needs and that does not answer.
func Unavailable(detail string, cause error) *Problem {
	p := New(http.StatusServiceUnavailable, detail)
	p.Cause = cause
	return p
}

// ErrNotImplemented is what an operation answers until its behaviour is written.
var ErrNotImplemented error = New(http.StatusNotImplemented, "This operation has not been written yet.")

// Invalid is for a request that the contract does not allow.
func Invalid(places ...Place) *Problem {
	p := New(http.StatusUnprocessableEntity, "The request is not what the contract allows.")
	p.Invalid = places
	return p
}

// Declared is the problem of an error that the contract declares. One that is not as the contract has it is a failure of ours.
func Declared[T any](kind, title string, status int, detail string, t *wire.Record[T], fields *T) *Problem {
	var w wire.Writer
	t.WriteFields(&w, fields, false)
	if err := w.Err(); err != nil {
		return failure(fmt.Errorf("the problem is not what the contract promises: %w", err))
	}
	return &Problem{Type: kind, Title: title, Status: status, Detail: detail, fields: w.Bytes()}
}

// Of is the problem that tells a caller of an error; a failure that nobody declared is a 500 without a reason.
func Of(err error) *Problem {
	var told Error
	if errors.As(err, &told) {
		return told.Problem()
	}
	return failure(err)
}

func failure(err error) *Problem {
	p := New(http.StatusInternalServerError, "")
	p.Cause = err
	return p
}

// Error is what the problem is, for the log.
func (p *Problem) Error() string {
	text := strconv.Itoa(p.Status) + " " + p.Title
	if p.Detail != "" {
		text += ": " + p.Detail
	}
	if p.Cause != nil {
		text += ": " + p.Cause.Error()
	}
	return text
}

// Unwrap is the cause.
func (p *Problem) Unwrap() error { return p.Cause }

// Problem is the problem itself.
func (p *Problem) Problem() *Problem { return p }

// Write appends the problem as JSON.
func (p *Problem) Write(w *wire.Writer) {
	w.Raw(`{"type":`)
	w.String(p.Type)
	w.Raw(`,"title":`)
	w.String(p.Title)
	w.Raw(`,"status":` + strconv.Itoa(p.Status))
	if p.Detail != "" {
		w.Raw(`,"detail":`)
		w.String(p.Detail)
	}
	p.WriteMembers(w)
	w.Raw("}")
}

// WriteMembers appends what the problem has beside what all have, with a comma before each.
func (p *Problem) WriteMembers(w *wire.Writer) {
	w.Raw(string(p.fields))
	for i, place := range p.Invalid {
		w.Raw([]string{`,"errors":[`, `,`}[min(i, 1)] + `{"detail":`)
		w.String(place.Detail)
		if place.Parameter != "" {
			w.Raw(`,"parameter":`)
			w.String(place.Parameter)
		} else {
			w.Raw(`,"pointer":`)
			w.String(place.Pointer)
		}
		w.Raw("}")
	}
	if len(p.Invalid) > 0 {
		w.Raw("]")
	}
}

// title is the phrase of a status, as RFC 9110 has it.
func title(status int) string {
	switch status {
	case http.StatusRequestEntityTooLarge:
		return "Content Too Large"
	case http.StatusUnprocessableEntity:
		return "Unprocessable Content"
	default:
		return http.StatusText(status)
	}
}
