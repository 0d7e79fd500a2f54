// Package service is what a user of systems/events.droid writes.
package service

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"

	"events/gen"
	"events/gen/runtime/events"
)

// Service publishes what it is told to, and keeps what it handles.
type Service struct {
	told *events.Publisher[gen.Order]

	mutex  sync.Mutex
	done   []gen.Handled
	sizes  []int64
	tries  map[string]int64
	active int64
	most   int64
}

// New is called once, at the start.
func New(_ context.Context, parts gen.Parts) (*Service, error) {
	return &Service{told: parts.Events.Told, tries: map[string]int64{}}, nil
}

func (s *Service) Place(ctx context.Context, order gen.Order) error { return s.told.Publish(ctx, order) }

func (s *Service) Handled(_ context.Context, customer string) ([]gen.Handled, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	var found []gen.Handled
	for _, each := range s.done {
		if each.Order.Customer == customer {
			found = append(found, each)
		}
	}
	return found, nil
}

func (s *Service) Batches(context.Context) ([]int64, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.sizes, nil
}

func (s *Service) Together(context.Context) (int64, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.most, nil
}

func (s *Service) OnPlaced(_ context.Context, event gen.Order, id string) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.active++
	defer func() { s.active-- }()
	s.most = max(s.most, s.active)
	s.tries[id]++
	word, times, _ := strings.Cut(event.Customer, " ")
	switch word {
	case "slow":
		s.mutex.Unlock()
		time.Sleep(400 * time.Millisecond)
		s.mutex.Lock()
	case "fail":
		if most, err := strconv.ParseInt(times, 10, 64); err != nil || s.tries[id] <= most {
			return errors.New("a secret reason")
		}
	}
	s.done = append(s.done, gen.Handled{Event: id, Order: event, Attempt: s.tries[id]})
	return nil
}

func (s *Service) OnDropped(_ context.Context, event gen.Order, _ string) error {
	if strings.HasPrefix(event.Customer, "drop") {
		return errors.New("never")
	}
	return nil
}

func (s *Service) OnBatched(_ context.Context, batch []events.Event[gen.Order]) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.sizes = append(s.sizes, int64(len(batch)))
	return nil
}
