package events

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"droid/gen/runtime/telemetry"
	"droid/gen/runtime/wire"
)

// handler reads messages, and calls the user's code with those that are good.
type handler interface {
	// check tells what is wrong with a message.
	check(message *Message) error
	handle(ctx context.Context, deliveries []*Delivery) error
}

// NewSubscriber calls handle with the events of a port; in order, where they come with keys.
func NewSubscriber[T any](
	port Port, record wire.Type[T], handle func(ctx context.Context, events []Event[T]) error, handled Handled,
	metrics *Metrics, ways ...Way,
) *Subscriber {
	s := &Subscriber{
		port: port, handler: typed[T]{record, handle}, handled: handled, metrics: metrics, ways: ways,
		lags:     make([]atomic.Int64, len(ways)),
		slots:    make(chan struct{}, port.Parallel),
		stopping: make(chan struct{}),
		last:     map[string]chan struct{}{},
		underWay: map[*Delivery]time.Time{},
	}
	for _, way := range ways {
		if memory, ok := way.Broker.(*Memory); ok {
			memory.group(way.Topic, port.Group) // it is there before anything is published
		}
	}
	metrics.watch(port.Name, s.lag, s.oldest)
	return s
}

// Each is a handler that gets the events one by one.
func Each[T any](handle func(ctx context.Context, event T, id string) error) func(context.Context, []Event[T]) error {
	return func(ctx context.Context, events []Event[T]) error {
		for _, event := range events {
			if err := handle(ctx, event.Value, event.ID); err != nil {
				return err
			}
		}
		return nil
	}
}

type typed[T any] struct {
	record wire.Type[T]
	call   func(ctx context.Context, events []Event[T]) error
}

var errNoID = errors.New("it has no id")

func (t typed[T]) check(message *Message) error {
	if message.ID == "" {
		return errNoID
	}
	if _, problems := wire.Decode(string(message.Data), t.record); len(problems) > 0 {
		return fmt.Errorf("the value at %s %s", problems[0].Pointer, problems[0].Detail)
	}
	return nil
}

// handle reads the events anew for each attempt: a handler may change what it gets.
func (t typed[T]) handle(ctx context.Context, deliveries []*Delivery) (err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("panic: %v\n%s", reason, debug.Stack())
		}
	}()
	events := make([]Event[T], len(deliveries))
	for i, each := range deliveries {
		value, _ := wire.Decode(string(each.Data), t.record)
		events[i] = Event[T]{each.ID, value}
	}
	return t.call(ctx, events)
}

// settle handles what can be, and acknowledges it.
func (s *Subscriber) settle(ctx context.Context, way Way, deliveries []*Delivery) {
	var fresh []*Delivery
	for _, each := range deliveries {
		if err := s.handler.check(&each.Message); err != nil {
			s.putAway(ctx, way, each, 1, notAllowed, err)
			continue
		}
		var isHandled bool
		isKnown := s.insist(ctx, func() (err error) {
			isHandled, err = s.handled.Has(ctx, s.port.Group, each.ID)
			return err
		})
		switch {
		case !isKnown:
		case isHandled:
			s.acknowledge(ctx, each, "repeated")
		default:
			fresh = append(fresh, each)
		}
	}
	if len(fresh) == 0 {
		return
	}
	attempts, err := s.try(ctx, way, fresh)
	switch {
	case err == nil:
		s.remember(ctx, fresh)
	case attempts == s.port.Attempts:
		for _, each := range fresh {
			s.putAway(ctx, way, each, attempts, handlerFailed, err)
		}
	default: // we are about to end: it comes again
	}
}

// try calls the handler until it succeeds, or may not be called any more.
func (s *Subscriber) try(ctx context.Context, way Way, fresh []*Delivery) (attempts int, err error) {
	wait := s.port.Lower
	for {
		attempts++
		ctx, _, span := telemetry.Begin(ctx, fresh[0].Traceparent, "", trace.SpanKindConsumer, func() telemetry.Description {
			return way.describe("process", fresh[0].ID, attribute.String("messaging.consumer.group.name", s.port.Group))
		})
		err = s.handler.handle(ctx, fresh)
		span.End(err)
		if err == nil {
			return attempts, nil
		}
		logger().WarnContext(ctx, s.port.Name+" failed", "attempt", attempts, "error", err)
		if attempts == s.port.Attempts {
			return attempts, err
		}
		select {
		case <-s.stopping:
			return attempts, err
		case <-time.After(wait):
		}
		wait = min(2*wait, s.port.Upper)
	}
}

func (s *Subscriber) remember(ctx context.Context, fresh []*Delivery) {
	ids := make([]string, len(fresh))
	for i, each := range fresh {
		ids[i] = each.ID
	}
	if s.insist(ctx, func() error { return s.handled.Add(ctx, s.port.Group, ids) }) {
		for _, each := range fresh {
			s.acknowledge(ctx, each, "handled")
		}
	}
}

// What a dead letter says of itself. The reason is in the log: it may hold what is personal.
const (
	notAllowed    = "it is not what the contract allows"
	handlerFailed = "its handler failed"
)

// putAway lets a message go that nobody can handle.
func (s *Subscriber) putAway(
	ctx context.Context, way Way, delivery *Delivery, attempts int, what string, reason error,
) {
	logger().ErrorContext(ctx, "an event was put away", "port", s.port.Name, "event_id", delivery.ID, "error", reason)
	if !s.port.LosesDead {
		dead := delivery.Message
		dead.Attempts, dead.Error = strconv.Itoa(attempts), what
		if !s.insist(ctx, func() error { return publish(ctx, Way{way.Broker, way.Topic.dead()}, dead) }) {
			return
		}
		s.metrics.dead.WithLabelValues(s.port.Name).Inc()
	}
	s.acknowledge(ctx, delivery, "failed")
}

func (s *Subscriber) acknowledge(ctx context.Context, delivery *Delivery, outcome string) {
	s.metrics.handled.WithLabelValues(s.port.Name, outcome).Inc()
	if delivery.Acknowledge == nil {
		return
	}
	if err := delivery.Acknowledge(ctx); err != nil {
		logger().WarnContext(ctx, "an event was not acknowledged", "port", s.port.Name, "error", err)
	}
}

// insist does what has to be done before an event is settled, until it is done or we are to end: then the event comes again.
func (s *Subscriber) insist(ctx context.Context, do func() error) bool {
	for {
		err := do()
		if err == nil {
			return true
		}
		logger().WarnContext(ctx, "an event cannot be settled yet", "port", s.port.Name, "error", err)
		select {
		case <-s.stopping:
			return false
		case <-time.After(againTime):
		}
	}
}
