// Package service is what a user of systems/resources.droid writes.
package service

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"resources/gen"
	"resources/gen/runtime/wire"
)

// Service counts what it does, so that one sees what was done twice.
type Service struct {
	parts gen.Parts
	count atomic.Int64
}

// New is called once, at the start.
func New(_ context.Context, parts gen.Parts) (*Service, error) { return &Service{parts: parts}, nil }

// Pay counts how often it was done.
func (s *Service) Pay(_ context.Context, amount int64) (gen.Number, error) {
	count := s.count.Add(1)
	if amount > 100 {
		return gen.Number{}, &gen.TooMuchError{Most: 100, Detail: fmt.Sprintf("This is call %d.", count)}
	}
	return gen.Number{ID: count, Value: fmt.Sprintf("paid %d", amount)}, nil
}

// PaySlowly takes a while.
func (s *Service) PaySlowly(_ context.Context, milliseconds int64) (gen.Number, error) {
	time.Sleep(time.Duration(milliseconds) * time.Millisecond)
	return gen.Number{ID: s.count.Add(1), Value: "paid slowly"}, nil
}

// CrashOnce fails every other time.
func (s *Service) CrashOnce(context.Context) (gen.Number, error) {
	count := s.count.Add(1)
	if count%2 == 1 {
		return gen.Number{}, errors.New("this time it fails")
	}
	return gen.Number{ID: count, Value: "done"}, nil
}

// Ship reads an order, and writes it.
func (s *Service) Ship(ctx context.Context, id wire.UUID) (gen.Order, error) {
	entry, err := s.parts.Stores.Order.Get(ctx, id)
	if err != nil {
		return gen.Order{}, err
	}
	entry.Record.Status = gen.StatusShipped
	entry, err = s.parts.Stores.Order.Replace(ctx, entry.Record, nil)
	return entry.Record, err
}
