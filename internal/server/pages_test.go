package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/favord/favord/internal/edge/claim"
	"github.com/favord/favord/internal/edge/httpapi"
)

// TestEveryPageOfTheTablesIsServedBesideTheAPI walks both tables: what answers is the page, which
// knows no such user or image, never the router of signed operations.
func TestEveryPageOfTheTablesIsServedBesideTheAPI(t *testing.T) {
	t.Parallel()
	r := start(t, freshConfig(t))
	defer r.finish(t)
	unsigned := exchange(t, r.APIURL(), "GET /none"+someHeaders+"\r\n")
	if unsigned.StatusCode != http.StatusNotFound {
		t.Fatalf("a path of no table: %d", unsigned.StatusCode)
	}
	seen := map[string]bool{}
	for _, page := range append(claim.Pages(), httpapi.Pages()...) {
		if seen[page.ID] || page.ID == "" {
			t.Errorf("the id %q is not its page's own", page.ID)
		}
		seen[page.ID] = true
		path := strings.ReplaceAll(page.Path, "{token}", strings.Repeat("A", 32))
		got := exchange(t, r.APIURL(), page.Method+" "+path+someHeaders+"Content-Length: 0\r\n\r\n")
		if got.StatusCode == http.StatusUnauthorized || got.StatusCode == http.StatusMethodNotAllowed {
			t.Errorf("%s: %d %s", page.ID, got.StatusCode, got.text)
		}
		if policy := got.Header.Get("Content-Security-Policy"); policy == "" && got.Header.Get("Cache-Control") == "" {
			t.Errorf("%s is answered as an operation: %d %v", page.ID, got.StatusCode, got.Header)
		}
		other := exchange(t, r.APIURL(), "DELETE "+path+someHeaders+"\r\n")
		if other.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("DELETE of %s: %d", page.ID, other.StatusCode)
		}
	}
}
