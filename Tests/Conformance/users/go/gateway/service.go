// Package service is what a user of systems/gateway.droid writes.
package service

import (
	"context"

	"gateway/gen"
)

// Service answers a little itself; the rest is passed on.
type Service struct{ parts gen.Parts }

// New is called once, at the start.
func New(_ context.Context, parts gen.Parts) (*Service, error) { return &Service{parts}, nil }

func (s *Service) SiteOwn(context.Context) (string, error) { return "own", nil }

func (s *Service) OwnOrders(context.Context) (string, error) { return "own orders", nil }

func (s *Service) DoorOwn(context.Context) (string, error) { return "own", nil }
