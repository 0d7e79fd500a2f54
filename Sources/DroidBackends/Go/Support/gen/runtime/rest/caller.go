package rest

import "context"

// Caller is who asks, as far as it is known.
type Caller struct {
	Subject string
	Scopes  []string

	authorization string
}

// Authorization is what the caller proved with who it is, to be sent on to those who ask for the same.
func (c Caller) Authorization() string { return c.authorization }

type callerKey struct{}

// WithCaller is a context of a request of this caller.
func WithCaller(ctx context.Context, caller Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, caller)
}

// CallerOf is who asks; nobody if it is not known.
func CallerOf(ctx context.Context) Caller {
	caller, _ := ctx.Value(callerKey{}).(Caller)
	return caller
}
