// Package service is what a user of systems/graph.droid writes.
package service

import (
	"context"
	"errors"
	"iter"
	"sync"
	"time"

	"graph/gen"
	"graph/gen/runtime/problem"
	"graph/gen/runtime/rest"
	"graph/gen/runtime/wire"
)

// Service answers what the cases ask.
type Service struct {
	parts gen.Parts

	mutex           sync.Mutex
	asleep, largest int64
	notes           []string
}

// New is called once, at the start.
func New(_ context.Context, parts gen.Parts) (*Service, error) { return &Service{parts: parts}, nil }

var (
	noon    = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	errOurs = errors.New("a secret of ours")
)

func (s *Service) Plain(context.Context) (int64, error) { return 1, nil }

func (s *Service) Order(_ context.Context, id int64) (*gen.Order, error) {
	if id != 7 {
		return nil, nil
	}
	total := wire.MustDecimal("1.50")
	return &gen.Order{
		ID: 7, PlacedAt: noon, Stage: gen.StageSentAway, Lines: []gen.Line{{Sku: "a", Count: 2}}, Total: &total,
		Weights: map[string]float64{"b c": 1.5}, Before: &gen.Order{ID: 6, PlacedAt: noon, Stage: gen.StageOpen},
	}, nil
}

func (s *Service) Find(_ context.Context, stage gen.Stage, skus []string, order *gen.Order) ([]gen.Order, error) {
	var found []gen.Order
	if order != nil {
		found = append(found, *order)
	}
	var lines []gen.Line
	for _, sku := range skus {
		lines = append(lines, gen.Line{Sku: sku, Count: 1})
	}
	return append(found, gen.Order{ID: 1, PlacedAt: noon, Stage: stage, Lines: lines}), nil
}

func (s *Service) Number(_ context.Context, value int64) (int64, error) { return value, nil }

func (s *Service) Small(_ context.Context, value int64) (int64, error) { return value, nil }

func (s *Service) Nap(ctx context.Context, seconds float64) (float64, error) {
	s.mutex.Lock()
	s.asleep++
	s.largest = max(s.largest, s.asleep)
	s.mutex.Unlock()
	defer func() {
		s.mutex.Lock()
		s.asleep--
		s.mutex.Unlock()
	}()
	return seconds, sleep(ctx, seconds)
}

func (s *Service) Short(ctx context.Context, seconds float64) (float64, error) {
	return seconds, sleep(ctx, seconds)
}

func sleep(ctx context.Context, seconds float64) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Duration(seconds * float64(time.Second))):
		return nil
	}
}

func (s *Service) Most(context.Context) (int64, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.largest, nil
}

func (s *Service) Unready(context.Context) (int64, error) { return 0, problem.ErrNotImplemented }

func (s *Service) Broken(context.Context) (int64, error) { return 0, errOurs }

func (s *Service) Wrong(context.Context) (gen.Stage, error) { return "nowhere", nil }

func (s *Service) Asked(ctx context.Context) (gen.Text, error) {
	return s.parts.Clients.Upstream.Text(ctx)
}

func (s *Service) Guarded(context.Context) (int64, error) { return 1, nil }

func (s *Service) Rare(context.Context) (int64, error) { return 1, nil }

func (s *Service) Place(_ context.Context, order gen.Order) (gen.Order, error) {
	if len(order.Lines) == 3 {
		return gen.Order{}, &gen.OutOfStockError{Sku: order.Lines[2].Sku, Left: 3}
	}
	return order, nil
}

func (s *Service) Forget(context.Context, int64) error { return nil }

// Note lets who is quick overtake who is slow, if they are let.
func (s *Service) Note(ctx context.Context, text string) ([]string, error) {
	if text == "slow" {
		if err := sleep(ctx, 0.2); err != nil {
			return nil, err
		}
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.notes = append(s.notes, text)
	return append([]string(nil), s.notes...), nil
}

func (s *Service) Ticks(_ context.Context, count int64) iter.Seq2[int64, error] {
	return func(yield func(int64, error) bool) {
		for number := int64(1); number <= count; number++ {
			if number > 3 {
				yield(0, errOurs)
				return
			}
			if !yield(number, nil) {
				return
			}
		}
	}
}

func (s *Service) Waits(ctx context.Context) iter.Seq2[int64, error] {
	return func(yield func(int64, error) bool) {
		if yield(1, nil) {
			<-ctx.Done()
		}
	}
}

func (s *Service) Own(context.Context) iter.Seq2[int64, error] {
	return func(yield func(int64, error) bool) { yield(1, nil) }
}

func (s *Service) Who(ctx context.Context) (string, error) { return rest.CallerOf(ctx).Subject, nil }

func (s *Service) Safe(context.Context) (int64, error) { return 1, nil }
