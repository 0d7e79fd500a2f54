// Package service is what a user of systems/kv.droid writes.
package service

import (
	"context"
	"time"

	"kv/gen"
)

// Service keeps what it is told to.
type Service struct{ parts gen.Parts }

// New is called once, at the start.
func New(_ context.Context, parts gen.Parts) (*Service, error) { return &Service{parts}, nil }

// Value finds what is kept.
func (s *Service) Value(ctx context.Context, key string) (*string, error) {
	value, ok, err := s.parts.Caches.Sessions.Get(ctx, key)
	if err != nil || !ok {
		return nil, err
	}
	text := string(value)
	return &text, nil
}

// Keep keeps a value for so long, or for good.
func (s *Service) Keep(ctx context.Context, key, value string, milliseconds *int64) error {
	var lifetime time.Duration
	if milliseconds != nil {
		lifetime = time.Duration(*milliseconds) * time.Millisecond
	}
	return s.parts.Caches.Sessions.Set(ctx, key, []byte(value), lifetime)
}

// Claim keeps a value if there is none.
func (s *Service) Claim(ctx context.Context, key, value string) (bool, error) {
	return s.parts.Caches.Sessions.Add(ctx, key, []byte(value), 0)
}

// Forget forgets a value.
func (s *Service) Forget(ctx context.Context, key string) (bool, error) {
	return s.parts.Caches.Sessions.Delete(ctx, key)
}

// Rate asks, and is answered for a while with what was answered first.
func (s *Service) Rate(ctx context.Context, of string) (int64, error) {
	return s.parts.Clients.Upstream.Rate(ctx, of)
}

// Fresh asks.
func (s *Service) Fresh(ctx context.Context) (int64, error) {
	return s.parts.Clients.Upstream.Fresh(ctx)
}
