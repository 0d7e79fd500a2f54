// Package access tells who asks, and how often each may ask.
package access

import (
	"context"
	"net/http"

	"droid/gen/runtime/rest"
)

// authFunc makes a function an Auth.
type authFunc func(ctx context.Context, r *http.Request) (rest.Caller, error)

// Caller proves who asks.
func (f authFunc) Caller(ctx context.Context, r *http.Request) (rest.Caller, error) { return f(ctx, r) }
