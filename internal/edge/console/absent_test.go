package console_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/favord/favord/internal/edge/console"
	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/manage"
)

// newPlainServer is a port of a production server, and how somebody asks who may do everything there.
func newPlainServer(t *testing.T) (p *port, admin func(*http.Request)) {
	t.Helper()
	const token = "0123456789abcdef0123456789abcdef"
	p = newPort(t, func(c *console.Config) { c.Sandbox, c.Token = false, token })
	return p, func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
}

// ofSandboxes are the operations that only a sandbox has.
func ofSandboxes() []wire.Operation {
	var only []wire.Operation
	for _, op := range append(manage.Operations(), manage.Events()) {
		if op.Auth == wire.ByOperatorInSandbox {
			only = append(only, op)
		}
	}
	return only
}

// TestProductionHasNoOperationOfASandbox: each of them gets a 404 that says why, in the caller's language.
func TestProductionHasNoOperationOfASandbox(t *testing.T) {
	t.Parallel()
	p, admin := newPlainServer(t)
	chinese := func(r *http.Request) { r.Header.Del("Accept-Language") }
	parameter := regexp.MustCompile(`\{[a-z_]+\}`)
	for _, op := range ofSandboxes() {
		target := parameter.ReplaceAllString(op.Path, "x")
		status, got := p.call(op.Method, target, "", admin)
		if status != http.StatusNotFound || got["code"] != "RESOURCE_NOT_EXISTS" || !says(got, "Only a sandbox") {
			t.Errorf("%s gives %d %v", op.ID, status, got)
		}
		if _, got = p.call(op.Method, target, "", admin, chinese); !says(got, "只有沙箱") {
			t.Errorf("%s in Chinese: %v", op.ID, got)
		}
		if status, got = p.call(op.Method, target, ""); status != http.StatusUnauthorized {
			t.Errorf("%s tells anybody %d %v", op.ID, status, got)
		}
	}
	if status, got := p.call(http.MethodDelete, pathClock, "", admin); status != http.StatusNotFound {
		t.Errorf("a method that a sandbox's clock has not: %d %v", status, got)
	}
	if status, got := p.call(http.MethodDelete, "/manage/v1/status", "", admin); status != http.StatusConflict {
		t.Errorf("a method that the status has not: %d %v", status, got)
	}
	status, got := p.call(http.MethodPost, "/manage/v1/samples", `{"request_id":"08AA-0","language":"GO"}`, admin)
	if status != http.StatusNotFound || !says(got, "keeps a log") {
		t.Errorf("a program for a logged request: %d %v", status, got)
	}
}

// says reports whether the message of a refusal has some words.
func says(answer map[string]any, words string) bool {
	message, _ := answer["message"].(string)
	return strings.Contains(message, words)
}

// TestTheManualHasWhatIsServed: that of a production server leaves out what it has not, that of a
// sandbox says so.
func TestTheManualHasWhatIsServed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sandbox bool
		want    int
	}{{true, len(manage.Operations())}, {false, len(manage.Operations()) - len(ofSandboxes()) + 1}} {
		p := newPort(t, func(c2 *console.Config) { c2.Sandbox = c.sandbox })
		_, manual := p.call(http.MethodGet, "/manage/v1/openapi.json", "")
		text, err := json.Marshal(manual)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(string(text), `"operationId"`); got != c.want {
			t.Errorf("sandbox %v: %d operations, want %d", c.sandbox, got, c.want)
		}
		if got := strings.Contains(string(text), "只有沙箱才有这个接口"); got != c.sandbox {
			t.Errorf("sandbox %v: it says %v that production lacks some", c.sandbox, got)
		}
	}
}
