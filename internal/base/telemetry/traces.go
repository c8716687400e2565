package telemetry

import (
	"context"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// TraceOptions say where spans go.
type TraceOptions struct {
	// Endpoint takes spans by OTLP over HTTP, such as http://127.0.0.1:4318/v1/traces; empty makes no
	// traces.
	Endpoint string
	// Share is how large a part of the calls is traced, 0 to 1.
	Share float64
	// Version is that of the program.
	Version string
	Log     *slog.Logger
}

// Traces tell of each call how long its steps took. Spans say which operation, whose call, and
// what came of it; never what a call says. A nil *Traces traces nothing, and costs nothing. It is
// safe for concurrent use; use NewTraces, and Close in the end.
type Traces struct {
	provider *sdk.TracerProvider
	tracer   trace.Tracer
}

// scope names who makes the spans.
const scope = "favord"

// NewTraces returns traces, nil without an endpoint. Spans are sent in the background, those for
// which there is no room are dropped.
func NewTraces(o TraceOptions) *Traces {
	if o.Endpoint == "" {
		return nil
	}
	provider := sdk.NewTracerProvider(
		sdk.WithBatcher(newExporter(&o)),
		sdk.WithSampler(sdk.TraceIDRatioBased(o.Share)),
		sdk.WithResource(resource.NewSchemaless(attribute.String("service.name", scope), attribute.String("service.version", o.Version))),
	)
	return &Traces{provider: provider, tracer: provider.Tracer(scope)}
}

// Close sends what is left.
func (t *Traces) Close(ctx context.Context) error {
	if t == nil {
		return nil
	}
	return t.provider.Shutdown(ctx)
}

// Span is a step that has begun. The zero Span tells nothing.
type Span struct{ span trace.Span }

// Begin begins a call, which began at a time. The steps of the call take the context.
func (t *Traces) Begin(ctx context.Context, at time.Time) (context.Context, Span) {
	if t == nil {
		return ctx, Span{}
	}
	ctx, span := t.tracer.Start(ctx, "call", trace.WithSpanKind(trace.SpanKindServer), trace.WithTimestamp(at))
	return ctx, Span{span}
}

// Step begins a step of the call that the context belongs to; without one it tells nothing.
func (t *Traces) Step(ctx context.Context, name string) (context.Context, Span) {
	if t == nil || !trace.SpanFromContext(ctx).IsRecording() {
		return ctx, Span{}
	}
	ctx, span := t.tracer.Start(ctx, name)
	return ctx, Span{span}
}

// Name renames a span that did not know at its beginning what it would be.
func (s Span) Name(name string) {
	if s.span != nil {
		s.span.SetName(name)
	}
}

// Note adds a word about the step; an empty one says nothing.
func (s Span) Note(key, value string) {
	if s.span != nil && value != "" {
		s.span.SetAttributes(attribute.String(key, value))
	}
}

// Fail says that the step failed through no fault of who asked.
func (s Span) Fail() {
	if s.span != nil {
		s.span.SetStatus(codes.Error, "")
	}
}

// End ends the step.
func (s Span) End() {
	if s.span != nil {
		s.span.End()
	}
}
