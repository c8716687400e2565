package telemetry

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdk "go.opentelemetry.io/otel/sdk/trace"
)

// Bounds of what is sent to a collector.
const (
	exportWithin = 10 * time.Second
	// answerMost is how much of an answer is read, in bytes.
	answerMost = 64 << 10
)

// exporter sends spans by OTLP over HTTP in JSON. The exporter of OpenTelemetry would bring gRPC
// and its generated code into the program. Spans that cannot be sent are dropped: they must never
// hold up a call.
type exporter struct {
	endpoint string
	client   *http.Client
	log      *slog.Logger
}

func newExporter(o *TraceOptions) *exporter {
	return &exporter{endpoint: o.Endpoint, log: o.Log, client: &http.Client{
		Timeout: exportWithin, Transport: &http.Transport{},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// ExportSpans implements the interface of the SDK. It reports no error: the SDK would hand it to a
// global.
func (e *exporter) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	if err := e.send(ctx, spans); err != nil {
		e.log.Warn("spans were not sent, and are lost", slog.Int("spans", len(spans)), Cause(err))
	}
	return nil
}

// Shutdown implements the interface of the SDK.
func (e *exporter) Shutdown(context.Context) error {
	e.client.CloseIdleConnections()
	return nil
}

func (e *exporter) send(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	body, err := json.Marshal(requestOf(spans))
	if err != nil {
		return fmt.Errorf("encode spans: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, e.endpoint, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("send spans: %w", err)
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := e.client.Do(request)
	if err != nil {
		return fmt.Errorf("send spans: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	_, err = io.Copy(io.Discard, io.LimitReader(answer.Body, answerMost))
	if answer.StatusCode/100 != http.StatusOK/100 {
		return fmt.Errorf("send spans: the collector answers %d", answer.StatusCode)
	}
	return err
}

// The request of OTLP, as its JSON has it: ids in hex, 64-bit numbers as text.
type (
	otlpRequest struct {
		ResourceSpans []otlpResource `json:"resourceSpans"`
	}
	otlpResource struct {
		Resource   otlpAttributes `json:"resource"`
		ScopeSpans []otlpScope    `json:"scopeSpans"`
	}
	otlpAttributes struct {
		Attributes []otlpAttribute `json:"attributes"`
	}
	otlpScope struct {
		Scope otlpName   `json:"scope"`
		Spans []otlpSpan `json:"spans"`
	}
	otlpName struct {
		Name string `json:"name"`
	}
	otlpSpan struct {
		TraceID    string          `json:"traceId"`
		SpanID     string          `json:"spanId"`
		Parent     string          `json:"parentSpanId,omitempty"`
		Name       string          `json:"name"`
		Kind       int             `json:"kind"`
		Start      string          `json:"startTimeUnixNano"`
		End        string          `json:"endTimeUnixNano"`
		Attributes []otlpAttribute `json:"attributes,omitempty"`
		Status     otlpStatus      `json:"status"`
	}
	otlpStatus struct {
		Code int `json:"code,omitempty"`
	}
	otlpAttribute struct {
		Key   string    `json:"key"`
		Value otlpValue `json:"value"`
	}
	otlpValue struct {
		String string `json:"stringValue"`
	}
)

// failedStatus is the code of a span that failed.
const failedStatus = 2

// requestOf encodes spans, all of one resource and scope.
func requestOf(spans []sdk.ReadOnlySpan) *otlpRequest {
	encoded := make([]otlpSpan, len(spans))
	for i, s := range spans {
		encoded[i] = spanOf(s)
	}
	var of otlpAttributes
	if len(spans) > 0 {
		of.Attributes = attributesOf(spans[0].Resource().Attributes())
	}
	return &otlpRequest{ResourceSpans: []otlpResource{{
		Resource: of, ScopeSpans: []otlpScope{{Scope: otlpName{scope}, Spans: encoded}},
	}}}
}

func spanOf(s sdk.ReadOnlySpan) otlpSpan {
	nanoseconds := func(t time.Time) string { return strconv.FormatInt(t.UnixNano(), 10) }
	span := otlpSpan{
		TraceID: s.SpanContext().TraceID().String(), SpanID: s.SpanContext().SpanID().String(), Name: s.Name(), Kind: int(s.SpanKind()),
		Start: nanoseconds(s.StartTime()), End: nanoseconds(s.EndTime()), Attributes: attributesOf(s.Attributes()),
	}
	if s.Parent().IsValid() {
		span.Parent = s.Parent().SpanID().String()
	}
	if s.Status().Code.String() == "Error" {
		span.Status.Code = failedStatus
	}
	return span
}

func attributesOf(list []attribute.KeyValue) []otlpAttribute {
	encoded := make([]otlpAttribute, len(list))
	for i, a := range list {
		encoded[i] = otlpAttribute{Key: string(a.Key), Value: otlpValue{a.Value.String()}}
	}
	return encoded
}
