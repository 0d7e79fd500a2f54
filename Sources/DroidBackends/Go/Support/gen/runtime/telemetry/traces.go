package telemetry

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// sendTime is how long the last spans of a process may take to be sent.
const sendTime = 2 * time.Second

// tracer makes spans; nil where nothing is recorded. It is set before anything is.
var tracer trace.Tracer

// ConfigureTraces sends the spans of the process to a collector, if there is one, as the standard variables say. Spans are
// sent in the background; what is left is sent by flush, at the end.
func ConfigureTraces(ctx context.Context, name, collector string) (flush func(), err error) {
	if collector == "" {
		return func() {}, nil
	}
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_ENDPOINT: %w", err)
	}
	about, err := resource.New(ctx, resource.WithTelemetrySDK(), resource.WithAttributes(attribute.String("service.name", name)),
		resource.WithFromEnv())
	if err != nil {
		return nil, fmt.Errorf("OTEL_RESOURCE_ATTRIBUTES: %w", err)
	}
	logger := Logger("traces")
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { logger.Warn("spans were not sent", "error", err) }))
	provider := sdk.NewTracerProvider(sdk.WithBatcher(exporter), sdk.WithResource(about))
	tracer = provider.Tracer("droid")
	return func() {
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendTime)
		defer cancel()
		if err := provider.Shutdown(ending); err != nil {
			logger.Warn("spans were not sent", "error", err)
		}
	}, nil
}

// Span is a part of a trace; nil where nothing is recorded, and its methods do nothing then.
type Span struct{ span trace.Span }

// Description is what a span is called, and what is known of it at its beginning.
type Description struct {
	Name       string
	Attributes []attribute.KeyValue
}

// Start begins a span below the one that is under way.
func Start(ctx context.Context, kind trace.SpanKind, describe func() Description) (context.Context, *Span) {
	if tracer == nil {
		return ctx, nil
	}
	said := describe()
	ctx, span := tracer.Start(ctx, said.Name, trace.WithSpanKind(kind), trace.WithAttributes(said.Attributes...))
	return ctx, &Span{span}
}

// Statement begins a span of a statement on a table.
func Statement(ctx context.Context, operation, table string) (context.Context, *Span) {
	return Start(ctx, trace.SpanKindClient, func() Description {
		return Description{operation + " " + table, []attribute.KeyValue{
			attribute.String("db.system.name", "postgresql"), attribute.String("db.operation.name", operation),
			attribute.String("db.collection.name", table),
		}}
	})
}

// Status tells how a request was answered; from a status on it has failed.
func (s *Span) Status(status, failing int) {
	if s == nil {
		return
	}
	s.span.SetAttributes(attribute.Int("http.response.status_code", status))
	if status >= failing {
		s.Fail(strconv.Itoa(status))
	}
}

// Fail tells that it failed, by a word that holds no value.
func (s *Span) Fail(kind string) {
	if s == nil {
		return
	}
	s.span.SetStatus(codes.Error, "")
	s.span.SetAttributes(attribute.String("error.type", kind))
}

// End ends the span; an error is told by its type.
func (s *Span) End(err error) {
	if s == nil {
		return
	}
	if err != nil {
		s.Fail(fmt.Sprintf("%T", err))
	}
	s.span.End()
}

// Masked is a path with three stars in the place of each value.
func Masked(template string) string {
	segments := strings.Split(template, "/")
	for i, segment := range segments {
		if strings.HasPrefix(segment, "{") {
			segments[i] = "***"
		}
	}
	return strings.Join(segments, "/")
}

// Method is a method as spans name it, and how the names of its spans begin.
func Method(method string) (attributed, named string) {
	switch method {
	case "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY":
		return method, method
	default:
		return "_OTHER", "HTTP"
	}
}
