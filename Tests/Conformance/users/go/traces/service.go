// Package service is what a user of systems/traces.droid writes.
package service

import (
	"context"
	"errors"

	"traces/gen"
)

// Service answers itself, asks `other`, and tells itself.
type Service struct{ parts gen.Parts }

// New is called once, at the start.
func New(_ context.Context, parts gen.Parts) (*Service, error) { return &Service{parts}, nil }

func (s *Service) Named(_ context.Context, name string) (gen.Person, error) {
	return gen.Person{ID: 1, Name: name}, nil
}

func (s *Service) Fail(context.Context) error { return errors.New("a secret reason: Persona") }

func (s *Service) Unknown(_ context.Context, id int64) error { return &gen.UnknownError{ID: id} }

func (s *Service) Ask(ctx context.Context, name string) (gen.Person, error) {
	return s.parts.Clients.Other.Named(ctx, name)
}

func (s *Service) AskFail(ctx context.Context) error { return s.parts.Clients.Other.Fail(ctx) }

func (s *Service) AskUnknown(ctx context.Context, id int64) error {
	return s.parts.Clients.Other.Unknown(ctx, id)
}

func (s *Service) Tell(ctx context.Context, person gen.Person) error {
	return s.parts.Events.Told.Publish(ctx, person)
}

func (s *Service) OnHeard(ctx context.Context, event gen.Person, _ string) error {
	if event.Name == "fail" {
		return errors.New("a secret reason")
	}
	_, err := s.parts.Clients.Other.Named(ctx, event.Name)
	return err
}
