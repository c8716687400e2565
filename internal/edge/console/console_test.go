package console_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/edge/console"
	"github.com/favord/favord/internal/edge/httpapi"
)

func TestTheManagementPortSaysWhatThereIs(t *testing.T) {
	t.Parallel()
	var sick error
	s, err := console.New(console.Config{
		Version: "1.2.3", Log: slog.New(slog.DiscardHandler), Operations: httpapi.Operations(),
		Checks: []console.Check{
			{Name: "disk", Run: func(context.Context) error { return nil }},
			{Name: "database", Run: func(context.Context) error { return sick }},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	get := func(method, path string) (int, string) {
		recorder := httptest.NewRecorder()
		s.ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), method, path, http.NoBody))
		if recorder.Header().Get("X-Content-Type-Options") != "nosniff" || recorder.Header().Get("Content-Security-Policy") == "" {
			t.Errorf("%s lacks protective headers: %v", path, recorder.Header())
		}
		return recorder.Code, recorder.Body.String()
	}
	for _, c := range []struct {
		method, path string
		status       int
		has          string
	}{
		{"GET", "/", 200, "/openapi.json"},
		{"GET", "/openapi.json", 200, `"version": "1.2.3"`},
		{"GET", "/healthz", 200, "ok"},
		{"GET", "/readyz", 503, "not ready"},
		{"GET", "/none", 404, ""},
		{"POST", "/healthz", 405, ""},
	} {
		if status, body := get(c.method, c.path); status != c.status || !strings.Contains(body, c.has) {
			t.Errorf("%s %s gives %d %s", c.method, c.path, status, body)
		}
	}
	s.SetReady(true)
	if status, _ := get("GET", "/readyz"); status != http.StatusOK {
		t.Errorf("ready, but %d", status)
	}
	sick = fault.New(fault.Refused, "数据库只读", "The database is read-only.")
	if status, body := get("GET", "/readyz"); status != http.StatusServiceUnavailable || body != "not ready: database: The database is read-only. · 未就绪：database：数据库只读\n" {
		t.Errorf("a sick store gives %d %s", status, body)
	}
}

// TestTheDocumentHasWhatIsServed compares the document with the table that the server is
// built from.
func TestTheDocumentHasWhatIsServed(t *testing.T) {
	t.Parallel()
	s, err := console.New(console.Config{Version: "1", Operations: httpapi.Operations()})
	if err != nil {
		t.Fatal(err)
	}
	recorder := httptest.NewRecorder()
	s.ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/openapi.json", http.NoBody))
	document := recorder.Body.String()
	for _, op := range httpapi.Operations() {
		if !strings.Contains(document, `"operationId": "`+op.ID+`"`) {
			t.Errorf("%s is not in the document", op.ID)
		}
	}
	if got := strings.Count(document, `"operationId"`); got != len(httpapi.Operations()) {
		t.Errorf("%d operations in the document, %d are served", got, len(httpapi.Operations()))
	}
}
