// Package service is what a user of systems/security.droid writes.
package service

import (
	"context"
	"slices"

	"security/gen"
	"security/gen/runtime/rest"
)

// Service tells who asks.
type Service struct{ parts gen.Parts }

// New is called once, at the start.
func New(_ context.Context, parts gen.Parts) (*Service, error) { return &Service{parts}, nil }

func who(ctx context.Context) (gen.Who, error) {
	caller := rest.CallerOf(ctx)
	told := gen.Who{Scopes: slices.Sorted(slices.Values(caller.Scopes))}
	if caller.Subject != "" {
		told.Subject = &caller.Subject
	}
	return told, nil
}

func (s *Service) APIWho(ctx context.Context) (gen.Who, error) { return who(ctx) }

func (s *Service) Billing(ctx context.Context) (gen.Who, error) { return who(ctx) }

func (s *Service) Both(ctx context.Context) (gen.Who, error) { return who(ctx) }

func (s *Service) Open(ctx context.Context) (gen.Who, error) { return who(ctx) }

func (s *Service) Named(ctx context.Context) (gen.Who, error) { return who(ctx) }

func (s *Service) Keyed(ctx context.Context) (gen.Who, error) { return who(ctx) }

func (s *Service) Kept(context.Context) (int64, error) { return 1, nil }

func (s *Service) KeptOpen(context.Context) (int64, error) { return 1, nil }

func (s *Service) Words(_ context.Context, word gen.Word) (gen.Word, error) { return word, nil }

func (s *Service) FoundWho(ctx context.Context) (gen.Who, error) { return who(ctx) }

func (s *Service) InsideWho(ctx context.Context) (gen.Who, error) { return who(ctx) }

func (s *Service) Scoped(ctx context.Context) (gen.Who, error) { return who(ctx) }

func (s *Service) OutsideWho(ctx context.Context) (gen.Who, error) { return who(ctx) }

func (s *Service) ByIP(context.Context) (int64, error) { return 1, nil }

func (s *Service) ByIPPost(_ context.Context, word gen.Word) (gen.Word, error) { return word, nil }

func (s *Service) Own(context.Context) (int64, error) { return 1, nil }

func (s *Service) Free(context.Context) (int64, error) { return 1, nil }

func (s *Service) BySubject(context.Context) (int64, error) { return 1, nil }

func (s *Service) ByKey(context.Context) (int64, error) { return 1, nil }

func (s *Service) Refill(context.Context) (int64, error) { return 1, nil }
