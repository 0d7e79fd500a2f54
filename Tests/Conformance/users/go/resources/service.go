// Package service is what a user of systems/resources.droid writes.
package service

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"resources/gen"
	"resources/gen/runtime/problem"
	"resources/gen/runtime/wire"
)

// Service counts what it does, so that one sees what was done twice.
type Service struct {
	parts gen.Parts
	count atomic.Int64
	mutex sync.Mutex
	heard map[string][]string
}

var (
	_ gen.NameCreatedHook  = (*Service)(nil)
	_ gen.NameReplacedHook = (*Service)(nil)
	_ gen.NameDeletedHook  = (*Service)(nil)
)

// New is called once, at the start.
func New(_ context.Context, parts gen.Parts) (*Service, error) {
	return &Service{parts: parts, heard: map[string][]string{}}, nil
}

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

// Told says what it heard of a name.
func (s *Service) Told(_ context.Context, name string) ([]string, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.heard[name], nil
}

func (s *Service) hear(name, what string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.heard[name] = append(s.heard[name], what)
}

// NameCreated fails in two ways.
func (s *Service) NameCreated(_ context.Context, name gen.Name) error {
	s.hear(name.Name, fmt.Sprintf("created %d", name.Value))
	switch name.Value {
	case 500:
		return errors.New("what follows fails")
	case 409:
		return problem.Conflict("This is one name too many.")
	default:
		return nil
	}
}

// NameReplaced fails with a problem.
func (s *Service) NameReplaced(_ context.Context, name gen.Name) error {
	s.hear(name.Name, fmt.Sprintf("replaced %d", name.Value))
	if name.Value == 409 {
		return problem.Conflict("This is one name too many.")
	}
	return nil
}

// NameDeleted fails with a problem.
func (s *Service) NameDeleted(_ context.Context, name string) error {
	s.hear(name, "deleted")
	if name == "kept" {
		return problem.Conflict("This name is missed.")
	}
	return nil
}
