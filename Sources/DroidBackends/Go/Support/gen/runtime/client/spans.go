package client

import (
	"context"
	"net/url"
	"strconv"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"droid/gen/runtime/telemetry"
)

// place is the host and the port of an address.
func place(address string) (host string, port int) {
	parsed, err := url.Parse(address)
	if err != nil {
		return "", 0
	}
	if port, err = strconv.Atoi(parsed.Port()); err != nil {
		port = 80
		if parsed.Scheme == "https" {
			port = 443
		}
	}
	return parsed.Hostname(), port
}

// span begins the span of an attempt. What is passed on has no template.
func (c *Client) span(ctx context.Context, method, template string, number int) (context.Context, *telemetry.Span) {
	return telemetry.Start(ctx, trace.SpanKindClient, func() telemetry.Description {
		attributed, name := telemetry.Method(method)
		path := "/***"
		attributes := []attribute.KeyValue{
			attribute.String("http.request.method", attributed), attribute.String("server.address", c.host),
			attribute.Int("server.port", c.port),
		}
		if template != "" {
			name += " " + template
			path = telemetry.Masked(template)
			attributes = append(attributes, attribute.String("url.template", template))
		}
		attributes = append(attributes, attribute.String("url.full", c.address+path))
		if number > 1 {
			attributes = append(attributes, attribute.Int("http.request.resend_count", number-1))
		}
		return telemetry.Description{Name: name, Attributes: attributes}
	})
}

// tell ends the span of an attempt.
func (result *attempt) tell(span *telemetry.Span) {
	switch {
	case result.status != 0:
		span.Status(result.status, 400)
	case result.kind == timedOut:
		span.Fail("timeout")
	case result.kind == refused:
		span.Fail("refused")
	case result.kind == reset:
		span.Fail("reset")
	}
	span.End(nil)
}
