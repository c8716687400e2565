package telemetry_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/telemetry"
)

// span is what a collector reads of one.
type span struct {
	TraceID           string
	SpanID            string
	ParentSpanID      string
	Name              string
	Kind              int
	StartTimeUnixNano string
	EndTimeUnixNano   string
	Attributes        []struct {
		Key   string
		Value struct{ StringValue string }
	}
	Status struct{ Code int }
}

// collector takes spans.
type collector struct {
	*httptest.Server
	mu    sync.Mutex
	spans map[string]span
	types map[string]bool
}

func collect(t *testing.T, status int) *collector {
	t.Helper()
	c := &collector{spans: map[string]span{}, types: map[string]bool{}}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var request struct {
			ResourceSpans []struct {
				ScopeSpans []struct{ Spans []span }
			}
		}
		if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
			t.Error(err)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.types[r.Method+" "+r.Header.Get("Content-Type")] = true
		for _, resource := range request.ResourceSpans {
			for _, scope := range resource.ScopeSpans {
				for _, s := range scope.Spans {
					c.spans[s.Name] = s
				}
			}
		}
		w.WriteHeader(status)
	}))
	t.Cleanup(c.Close)
	return c
}

// trace makes a call with one step, and closes the traces.
func trace(t *testing.T, o telemetry.TraceOptions) {
	t.Helper()
	traces := telemetry.NewTraces(o)
	ctx, call := traces.Begin(t.Context(), time.Unix(1_800_000_000, 0))
	_, step := traces.Step(ctx, "database")
	step.Note("favord.outcome", "done")
	step.End()
	_, stray := traces.Step(t.Context(), "stray") // of no call
	stray.End()
	call.Name("busifavor.coupons.send")
	call.Note("favord.code", "")
	call.Fail()
	call.End()
	if err := traces.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestACollectorIsToldOfACallWithItsSteps(t *testing.T) {
	t.Parallel()
	c := collect(t, http.StatusOK)
	trace(t, telemetry.TraceOptions{Endpoint: c.URL + "/v1/traces", Share: 1, Version: "1", Log: slog.New(slog.DiscardHandler)})
	call, step := c.spans["busifavor.coupons.send"], c.spans["database"]
	if len(c.spans) != 2 || !c.types["POST application/json"] {
		t.Fatalf("%d spans, %v", len(c.spans), c.types)
	}
	const server, failed = 2, 2
	if len(call.TraceID) != 32 || len(call.SpanID) != 16 || call.ParentSpanID != "" || call.Kind != server || call.Status.Code != failed {
		t.Errorf("the call is %+v", call)
	}
	if call.StartTimeUnixNano != "1800000000000000000" || len(call.Attributes) != 0 {
		t.Errorf("the call is %+v", call)
	}
	if step.TraceID != call.TraceID || step.ParentSpanID != call.SpanID || step.Status.Code != 0 {
		t.Errorf("the step is %+v", step)
	}
	if len(step.Attributes) != 1 || step.Attributes[0].Key != "favord.outcome" || step.Attributes[0].Value.StringValue != "done" {
		t.Errorf("the step says %+v", step.Attributes)
	}
}

func TestWithoutAnEndpointOrAShareNothingIsTold(t *testing.T) {
	t.Parallel()
	c := collect(t, http.StatusOK)
	trace(t, telemetry.TraceOptions{})
	trace(t, telemetry.TraceOptions{Endpoint: c.URL, Share: 0, Log: slog.New(slog.DiscardHandler)})
	if len(c.types) != 0 {
		t.Errorf("it was told %+v", c.spans)
	}
}

// TestACollectorThatFailsCostsALineOfTheLog and nothing else.
func TestACollectorThatFailsCostsALineOfTheLog(t *testing.T) {
	t.Parallel()
	c := collect(t, http.StatusServiceUnavailable)
	var log bytes.Buffer
	trace(t, telemetry.TraceOptions{Endpoint: c.URL, Share: 1, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if strings.Count(log.String(), "\n") != 1 || !strings.Contains(log.String(), "503") {
		t.Errorf("the log says %s", &log)
	}
}
