// Package telemetry is how a process tells what it does: logs that know the request they are about.
package telemetry

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"strings"

	"go.opentelemetry.io/otel/trace"
)

// IDs are the names of the request that is being answered (W3C Trace Context).
type IDs struct {
	Trace   string
	Span    string
	Request string
	flags   string
}

// Traceparent is what those are told whom this context asks; without a request it begins a trace of its own.
func Traceparent(ctx context.Context) string {
	if under := trace.SpanContextFromContext(ctx); under.IsValid() {
		return "00-" + under.TraceID().String() + "-" + under.SpanID().String() + "-" + under.TraceFlags().String()
	}
	ids := From(ctx)
	if ids == nil {
		ids = &IDs{}
		ids.invent()
	}
	return "00-" + ids.Trace + "-" + ids.Span + "-" + ids.flags
}

type idsKey struct{}

// named is a context of a request: with its names in it, it costs nothing more.
type named struct {
	context.Context
	ids IDs
}

// Value finds the names of the request.
func (n *named) Value(key any) any {
	if key == (idsKey{}) {
		return &n.ids
	}
	return n.Context.Value(key)
}

// Begin is the context of a request, or of an event, with the names that the caller gave and those that it did not; and its
// span, below that of the caller.
func Begin(
	ctx context.Context, parent, requestID string, kind trace.SpanKind, describe func() Description,
) (context.Context, *IDs, *Span) {
	request := &named{ctx, IDs{Request: requestID}}
	ids := &request.ids
	isGiven := isTraceparent(parent)
	var span *Span
	if tracer == nil {
		ids.invent()
		if isGiven {
			ids.Trace, ids.flags = parent[3:35], parent[53:55]
		}
	} else {
		if isGiven {
			request.Context = trace.ContextWithRemoteSpanContext(ctx, remote(parent))
		}
		request.Context, span = Start(request.Context, kind, describe)
		under := span.span.SpanContext()
		ids.Trace, ids.Span, ids.flags = under.TraceID().String(), under.SpanID().String(), under.TraceFlags().String()
	}
	if !isRequestID(ids.Request) {
		ids.Request = ids.Trace
	}
	return request, ids, span
}

// Work is the context of what nobody asked for: its trace begins here.
func Work(ctx context.Context) context.Context {
	work := &named{Context: ctx}
	work.ids.invent()
	work.ids.Request = work.ids.Trace
	return work
}

// invent makes names of a trace that begins here and that nobody records.
func (ids *IDs) invent() {
	var random [24]byte
	for i := 0; i < len(random); i += 8 {
		binary.NativeEndian.PutUint64(random[i:], rand.Uint64()) // #nosec G404 -- names are no secrets
	}
	var digits [48]byte
	hex.Encode(digits[:], random[:])
	text := string(digits[:])
	ids.Trace, ids.Span, ids.flags = text[:32], text[32:], "00"
}

// remote is the span of a traceparent that is one.
func remote(parent string) trace.SpanContext {
	var config trace.SpanContextConfig
	var flags [1]byte
	_, _ = hex.Decode(config.TraceID[:], []byte(parent[3:35])) // they are digits
	_, _ = hex.Decode(config.SpanID[:], []byte(parent[36:52]))
	_, _ = hex.Decode(flags[:], []byte(parent[53:55]))
	config.TraceFlags = trace.TraceFlags(flags[0]) & trace.FlagsSampled
	config.Remote = true
	return trace.NewSpanContext(config)
}

// From are the names of the request that the context is of; nil if it is of none.
func From(ctx context.Context) *IDs {
	ids, _ := ctx.Value(idsKey{}).(*IDs)
	return ids
}

func isTraceparent(text string) bool {
	if len(text) < 55 || text[2] != '-' || text[35] != '-' || text[52] != '-' {
		return false
	}
	version, trace, span, flags := text[:2], text[3:35], text[36:52], text[53:55]
	isLong := len(text) > 55 && (version == "00" || text[55] != '-')
	ok := !isLong && version != "ff" && strings.Trim(trace, "0") != "" && strings.Trim(span, "0") != ""
	return ok && strings.Trim(version+trace+span+flags, "0123456789abcdef") == ""
}

func isRequestID(text string) bool {
	if text == "" || len(text) > 128 {
		return false
	}
	for i := range len(text) {
		c := text[i]
		isLetter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !isLetter && (c < '0' || c > '9') && strings.IndexByte("._:/+=-", c) < 0 {
			return false
		}
	}
	return true
}
