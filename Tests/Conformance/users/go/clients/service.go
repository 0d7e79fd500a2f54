// Package service is what a user of systems/clients.droid writes.
package service

import (
	"context"
	"errors"
	"fmt"

	"clients/gen"
	"clients/gen/runtime/problem"
)

// Service asks by the client that is named, and answers what it is told.
type Service struct{ clients *gen.Clients }

// New is called once, at the start.
func New(_ context.Context, parts gen.Parts) (*Service, error) { return &Service{parts.Clients}, nil }

func (s *Service) PlainItem(ctx context.Context, id int64) (gen.Item, error) {
	return s.clients.Plain.Item(ctx, id)
}

func (s *Service) PlainCaught(ctx context.Context, id int64) (gen.Made, error) {
	item, err := s.clients.Plain.Item(ctx, id)
	var sold *gen.SoldOutError
	var failure *problem.Problem
	switch {
	case errors.As(err, &sold):
		return gen.Made{Text: fmt.Sprintf("sold out: %s, %d left", sold.Sku, sold.Left)}, nil
	case errors.As(err, &failure):
		return gen.Made{Text: fmt.Sprintf("problem %d", failure.Status)}, nil
	}
	return gen.Made{Text: item.Name}, err
}

func (s *Service) PlainMaybe(ctx context.Context, id int64) (*gen.Item, error) {
	return s.clients.Plain.Maybe(ctx, id)
}

func (s *Service) PlainItems(ctx context.Context, name *string, ids []int64, tenant *string) ([]gen.Item, error) {
	return s.clients.Plain.Items(ctx, name, ids, tenant)
}

func (s *Service) PlainAdd(ctx context.Context, item gen.Item) (gen.Item, error) {
	return s.clients.Plain.Add(ctx, item)
}

func (s *Service) PlainText(ctx context.Context, text string) (string, error) {
	return s.clients.Plain.Text(ctx, text)
}

func (s *Service) PlainKept(ctx context.Context) (int64, error) { return s.clients.Plain.Kept(ctx) }

func (s *Service) PlainDrop(ctx context.Context, id int64) error {
	return s.clients.Plain.Drop(ctx, id)
}

func (s *Service) ShortItem(ctx context.Context, id int64) (gen.Item, error) {
	return s.clients.Plain.Item(ctx, id)
}

func (s *Service) RetryingItem(ctx context.Context, id int64) (gen.Item, error) {
	return s.clients.Retrying.Item(ctx, id)
}

func (s *Service) RetryingAdd(ctx context.Context, item gen.Item) (gen.Item, error) {
	return s.clients.Retrying.Add(ctx, item)
}

func (s *Service) RetryingKeyed(ctx context.Context, item gen.Item) (gen.Item, error) {
	return s.clients.Retrying.Keyed(ctx, item)
}

func (s *Service) RetryingAgain(ctx context.Context, item gen.Item) (gen.Item, error) {
	return s.clients.Retrying.Again(ctx, item)
}

func (s *Service) RetryingChange(ctx context.Context, id int64, item gen.Item) (gen.Item, error) {
	return s.clients.Retrying.Change(ctx, id, item)
}

func (s *Service) BreakingItem(ctx context.Context, id int64) (gen.Item, error) {
	return s.clients.Breaking.Item(ctx, id)
}

func (s *Service) PackedItem(ctx context.Context, id int64) (gen.Item, error) {
	return s.clients.Packed.Item(ctx, id)
}

func (s *Service) RatedItem(ctx context.Context, id int64) (gen.Item, error) {
	return s.clients.Rated.Item(ctx, id)
}

func (s *Service) HedgingItem(ctx context.Context, id int64) (gen.Item, error) {
	return s.clients.Hedging.Item(ctx, id)
}

func (s *Service) KeepingItem(ctx context.Context, id int64) (gen.Item, error) {
	return s.clients.Keeping.Item(ctx, id)
}

func (s *Service) EmptiedMaybe(ctx context.Context, id int64) (*gen.Item, error) {
	return s.clients.Emptied.Maybe(ctx, id)
}

func (s *Service) EmptiedItems(ctx context.Context) ([]gen.Item, error) {
	return s.clients.Emptied.Items(ctx, nil, nil, nil)
}

func (s *Service) EmptiedNames(ctx context.Context) (map[string]int64, error) {
	return s.clients.Emptied.Names(ctx)
}

func (s *Service) RememberingItem(ctx context.Context, id int64) (gen.Item, error) {
	return s.clients.Remembering.Item(ctx, id)
}

func (s *Service) StandingItem(ctx context.Context, id int64) (gen.Item, error) {
	return s.clients.StandingIn.Item(ctx, id)
}

func (s *Service) NowhereItem(ctx context.Context, id int64) (gen.Item, error) {
	return s.clients.Nowhere.Item(ctx, id)
}

func (s *Service) GuardedWho(ctx context.Context) (gen.Who, error) { return s.clients.Guarded.Who(ctx) }

func (s *Service) PartnerRate(ctx context.Context) (float64, error) {
	return s.clients.Partner.Rate(ctx)
}

func (s *Service) DoorItem(ctx context.Context, id int64) (gen.Item, error) {
	return s.clients.Plain.Item(ctx, id)
}

func (s *Service) DoorWho(ctx context.Context) (gen.Who, error) { return s.clients.Guarded.Who(ctx) }

func (s *Service) DoorRate(ctx context.Context) (float64, error) { return s.clients.Partner.Rate(ctx) }
