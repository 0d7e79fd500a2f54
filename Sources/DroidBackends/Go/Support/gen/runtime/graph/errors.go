package graph

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"droid/gen/runtime/problem"
	"droid/gen/runtime/rest"
	"droid/gen/runtime/telemetry"
	"droid/gen/runtime/wire"
)

// failure is an error as the answer to a document tells it: a code for programs, a message for people.
type failure struct {
	message   string
	locations []gqlerror.Location
	path      string
	code      string
	// more are members beside the code.
	more *problem.Problem
}

const declared = "urn:problem-type:"

var codes = map[int]string{
	http.StatusForbidden:       "forbidden",
	http.StatusTooManyRequests: "too-many",
	http.StatusNotImplemented:  "not-implemented",
	http.StatusBadGateway:      "unavailable",
	// Of a call: whoever was asked did not answer, or not in time.
	http.StatusServiceUnavailable: "unavailable",
	http.StatusGatewayTimeout:     "unavailable",
}

// errLate is for a field that has taken longer than it may.
var errLate = errors.New("the time of the field is over")

// told is the failure of a field; a defect of ours gives no reason.
func told(ctx context.Context, field *ast.Field, err error) failure {
	f := failure{locations: at(field.Position), path: field.Alias}
	p := problem.Of(err)
	code, isKnown := codes[p.Status]
	kind, isDeclared := strings.CutPrefix(p.Type, declared)
	switch {
	case errors.Is(err, errLate):
		f.code, f.message = "timeout", "The operation took too long."
	case len(p.Invalid) > 0:
		f.code, f.message, f.more = "bad-value", "An argument is not what the contract allows.", p
	case isDeclared:
		f.code, f.message, f.more = kind, p.Title, p
	case isKnown && p.Detail != "":
		f.code, f.message = code, p.Detail
	case isKnown:
		f.code, f.message = code, p.Title
	default:
		telemetry.Logger("graphql").ErrorContext(ctx, "a field failed", slog.Any("error", err))
		f.code, f.message = "internal", "The operation failed."
	}
	return f
}

func at(position *ast.Position) []gqlerror.Location {
	return []gqlerror.Location{{Line: position.Line, Column: position.Column}}
}

// refusal is the answer to a document that is not executed.
func refusal(failures []failure) *rest.Response {
	var w wire.Writer
	w.Raw("{")
	writeFailures(&w, failures)
	w.Raw("}")
	return rest.Encoded(http.StatusBadRequest, string(w.Bytes()))
}

func writeFailures(w *wire.Writer, failures []failure) {
	w.Name("errors", true)
	w.Raw("[")
	for i, each := range failures {
		if i > 0 {
			w.Raw(",")
		}
		each.write(w)
	}
	w.Raw("]")
}

func (f *failure) write(w *wire.Writer) {
	w.Raw(`{"message":`)
	w.String(f.message)
	for i, each := range f.locations {
		w.Raw([]string{`,"locations":[`, `,`}[min(i, 1)] + `{"line":`)
		w.Int(each.Line)
		w.Raw(`,"column":`)
		w.Int(each.Column)
		w.Raw("}")
	}
	if len(f.locations) > 0 {
		w.Raw("]")
	}
	if f.path != "" {
		w.Raw(`,"path":[`)
		w.String(f.path)
		w.Raw("]")
	}
	if f.code != "" {
		w.Raw(`,"extensions":{"code":`)
		w.String(f.code)
		if f.more != nil {
			f.more.WriteMembers(w)
		}
		w.Raw("}")
	}
	w.Raw("}")
}
