package events

import (
	"context"
	"errors"
	"fmt"
	"time"

	"droid/gen/runtime/problem"
	"droid/gen/runtime/telemetry"
	"droid/gen/runtime/wire"
)

// publishTime is how long a broker may take to have an event.
const publishTime = 5 * time.Second

// Way is a topic, and the broker that carries it.
type Way struct {
	Broker Broker
	Topic  Topic
}

// Publisher publishes the events of a port.
type Publisher[T any] struct {
	record wire.Type[T]
	key    func(event T) string
	ways   []Way
}

// NewPublisher publishes by these ways. Events of one key are handled one after the other; nil: they have none.
func NewPublisher[T any](record wire.Type[T], key func(event T) string, ways ...Way) *Publisher[T] {
	return &Publisher[T]{record, key, ways}
}

// Publish returns when the event is safe.
func (p *Publisher[T]) Publish(ctx context.Context, event T) error {
	data, err := wire.Encode(event, p.record)
	if err != nil {
		return fmt.Errorf("the event is not what the contract allows: %w", err)
	}
	message := Message{ID: wire.NewUUID().String(), Time: wire.TimeType.Format(time.Now()), Data: data}
	if p.key != nil {
		message.Key = p.key(event)
	}
	for _, way := range p.ways {
		under, span := sending(ctx, way, message.ID)
		message.Traceparent = telemetry.Traceparent(under)
		err := publish(under, way, message)
		span.End(err)
		if err != nil {
			return problem.Unavailable("The broker does not answer.", err)
		}
	}
	return nil
}

var errNotTaken = errors.New("it did not take the event in time")

func publish(ctx context.Context, way Way, message Message) error {
	waiting, cancel := context.WithTimeout(ctx, publishTime)
	defer cancel()
	err := way.Broker.Publish(waiting, way.Topic, message)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil { // the time of the operation is not over
		return errNotTaken
	}
	return err
}
