package console_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/favord/favord/internal/edge/console"
)

// browse asks the management port as a browser does.
func browse(t *testing.T, method, path string, header map[string]string) *http.Response {
	t.Helper()
	s, err := console.New(console.Config{Version: "1", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), method, path, http.NoBody)
	for name, value := range header {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result()
}

var asBrowser = map[string]string{"Accept": "text/html,application/xhtml+xml"}

func TestEveryAddressOfTheConsoleIsItsPage(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/", "/stocks", "/stocks/1282070000000017", "/coupons/1/A.B", "/dev/api/busifavor.coupons.use", "/no-such-page"} {
		answer := browse(t, http.MethodGet, path, asBrowser)
		body, _ := io.ReadAll(answer.Body)
		h := answer.Header
		if answer.StatusCode != http.StatusOK || !strings.Contains(string(body), `<div id="app">`) || h.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s gives %d %v", path, answer.StatusCode, h)
		}
	}
	for path, header := range map[string]map[string]string{
		"/assets/none.js": asBrowser, "/favicon.ico": nil, "/../go.mod": nil, "//assets": nil, "/stocks": nil,
	} {
		if answer := browse(t, http.MethodGet, path, header); answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s gives %d", path, answer.StatusCode)
		}
	}
	if answer := browse(t, http.MethodPost, "/stocks", asBrowser); answer.StatusCode != http.StatusNotFound {
		t.Errorf("POST gives %d", answer.StatusCode)
	}
}

func TestAPageMayLoadNothingFromElsewhereAndRunNoInlineCode(t *testing.T) {
	t.Parallel()
	answer := browse(t, http.MethodGet, "/", asBrowser)
	policy := answer.Header.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "require-trusted-types-for 'script'"} {
		if !strings.Contains(policy, part) {
			t.Errorf("the policy lacks %s: %s", part, policy)
		}
	}
	if regexp.MustCompile(`unsafe|https?:|\*`).MatchString(policy) {
		t.Errorf("the policy is open: %s", policy)
	}
	headers := browse(t, http.MethodHead, "/", nil).Header // as a person looks with curl -I
	if got := headers.Get("Content-Security-Policy"); got != policy || headers.Get("Vary") != "Accept" {
		t.Errorf("a program that asks for the headers sees %q, which varies by %q", got, headers.Get("Vary"))
	}
	page, _ := io.ReadAll(answer.Body)
	if inline := regexp.MustCompile(`<script>|<style|\son\w+=|https?://`).Find(page); inline != nil {
		t.Errorf("the page has %q", inline)
	}
	for name, want := range map[string]string{
		"Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin", "X-Content-Type-Options": "nosniff",
	} {
		if got := answer.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestFilesOfTheConsoleTravelSmallAndOnce(t *testing.T) {
	t.Parallel()
	page, _ := io.ReadAll(browse(t, http.MethodGet, "/", asBrowser).Body)
	script := regexp.MustCompile(`src="(/assets/[^"]+\.js)"`).FindSubmatch(page)
	if script == nil {
		t.Fatalf("the page loads no script: %s", page)
	}
	path := string(script[1])
	plain := browse(t, http.MethodGet, path, nil)
	content, _ := io.ReadAll(plain.Body)
	if !strings.HasPrefix(plain.Header.Get("Content-Type"), "text/javascript") || !strings.Contains(plain.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("%s has %v", path, plain.Header)
	}
	packed := browse(t, http.MethodGet, path, map[string]string{"Accept-Encoding": "gzip, br"})
	unpack, err := gzip.NewReader(packed.Body)
	if err != nil || packed.Header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("%s is not packed: %v", path, err)
	}
	if unpacked, _ := io.ReadAll(unpack); !bytes.Equal(unpacked, content) {
		t.Error("the packed content differs")
	}
	tag := packed.Header.Get("Etag")
	if tag == plain.Header.Get("Etag") {
		t.Error("packed and plain content have the same tag")
	}
	again := browse(t, http.MethodGet, path, map[string]string{"Accept-Encoding": "gzip", "If-None-Match": tag})
	if again.StatusCode != http.StatusNotModified {
		t.Errorf("a browser that has the file gets it again: %d", again.StatusCode)
	}
}
