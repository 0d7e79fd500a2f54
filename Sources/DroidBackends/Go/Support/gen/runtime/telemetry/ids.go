// Package telemetry is how a process tells what it does: logs that know the request they are about.
package telemetry

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"strings"
)

// IDs are the names of the request that is being answered (W3C Trace Context).
type IDs struct {
	Trace   string
	Span    string
	Request string
	flags   string
}

// Traceparent is what an event of this context is told; without a request it begins a trace of its own.
func Traceparent(ctx context.Context) string {
	ids := From(ctx)
	if ids == nil {
		_, ids = With(ctx, "", "")
	}
	return "00-" + ids.Trace + "-" + ids.Span + "-" + ids.flags
}

// Child is the traceparent of a request that this one makes.
func (ids *IDs) Child() string {
	var span [8]byte
	binary.NativeEndian.PutUint64(span[:], rand.Uint64()) // #nosec G404 -- names are no secrets
	return "00-" + ids.Trace + "-" + hex.EncodeToString(span[:]) + "-" + ids.flags
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

// With is the context of a request, or of an event, with the names that the caller gave, and those that it did not.
func With(ctx context.Context, parent, requestID string) (context.Context, *IDs) {
	var random [24]byte
	for i := 0; i < len(random); i += 8 {
		binary.NativeEndian.PutUint64(random[i:], rand.Uint64()) // #nosec G404 -- names are no secrets
	}
	var digits [48]byte
	hex.Encode(digits[:], random[:])
	text := string(digits[:])
	request := &named{ctx, IDs{Trace: text[:32], Span: text[32:], Request: requestID, flags: "00"}}
	ids := &request.ids
	if isTraceparent(parent) {
		ids.Trace, ids.flags = parent[3:35], parent[53:55]
	}
	if !isRequestID(ids.Request) {
		ids.Request = ids.Trace
	}
	return request, ids
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
