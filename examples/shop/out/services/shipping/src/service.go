// Package service is the behaviour of shipping.
package service

import (
	"context"
	"log/slog"

	"shipping/gen"
)

// Service ships what was ordered.
type Service struct{ parts gen.Parts }

// New is called once, at the start.
func New(_ context.Context, parts gen.Parts) (*Service, error) { return &Service{parts}, nil }

// OnPlaced ships an order. An order that comes twice has the same id.
func (s *Service) OnPlaced(ctx context.Context, order gen.Order, id string) error {
	slog.InfoContext(ctx, "shipped", "order", order.ID, "lines", len(order.Lines))
	return nil
}
