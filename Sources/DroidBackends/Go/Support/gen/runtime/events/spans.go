package events

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"droid/gen/runtime/telemetry"
)

// sending begins the span of a message that is published.
func sending(ctx context.Context, way Way, id string) (context.Context, *telemetry.Span) {
	return telemetry.Start(ctx, trace.SpanKindProducer, func() telemetry.Description { return way.describe("send", id) })
}

func (way Way) describe(operation, id string, more ...attribute.KeyValue) telemetry.Description {
	return telemetry.Description{Name: operation + " " + way.Topic.Name, Attributes: append(more,
		attribute.String("messaging.system", way.Broker.System()), attribute.String("messaging.operation.name", operation),
		attribute.String("messaging.operation.type", operation), attribute.String("messaging.destination.name", way.Topic.Name),
		attribute.String("messaging.message.id", id))}
}
