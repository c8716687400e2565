package console_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/favord/favord/internal/corpus"
	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/manage"
)

// FuzzNoOperationFails makes calls of every operation of the management port with whatever path,
// query and body, keys and certificates among them: each gets JSON, never a failure of the server.
func FuzzNoOperationFails(f *testing.F) {
	p, parameters := newPort(f, nil), regexp.MustCompile(`\{[^}]*\}`)
	operations := served(manage.Operations())
	const certificate = `{"certificate":"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n","key":"` +
		`-----BEGIN PRIVATE KEY-----\n\n-----END PRIVATE KEY-----"}`
	for i := range operations {
		base := corpus.Sample(&operations[i])
		_, query, _ := strings.Cut(base.Target, "?")
		f.Add(uint8(i), "1900000001", query, []byte(base.Body))
		f.Add(uint8(i), "券\x00/..", "limit=-1&a=%zz", []byte(strings.ReplaceAll(base.Body, ":", ":[")))
		f.Add(uint8(i), "1900000001", "offset=9223372036854775807", []byte(certificate))
	}
	f.Fuzz(func(t *testing.T, which uint8, parameter, query string, body []byte) {
		op := &operations[int(which)%len(operations)]
		target := parameters.ReplaceAllLiteralString(op.Path, url.PathEscape(parameter))
		if query != "" {
			target += "?" + query
		}
		request, err := http.NewRequestWithContext(t.Context(), op.Method, "http://127.0.0.1:18081/", strings.NewReader(string(body)))
		if err != nil {
			t.Fatal(err)
		}
		request.RemoteAddr, request.RequestURI = "127.0.0.1:50000", target
		request.Header.Set("Content-Type", "application/json")
		recorder := httptest.NewRecorder()
		p.ServeHTTP(recorder, request)
		if recorder.Code >= http.StatusInternalServerError || recorder.Body.Len() > 0 && !json.Valid(recorder.Body.Bytes()) {
			t.Errorf("%s %s %s: %d %s", op.Method, target, body, recorder.Code, recorder.Body)
		}
	})
}

// served are the operations whose service a port of these tests has.
func served(all []wire.Operation) []wire.Operation {
	parts := []string{
		"clock", "merchants", "keys", "users", "balances", "orders", "cards", "stocks", "voucherstocks", "explain", "errors",
	}
	return slices.DeleteFunc(all, func(op wire.Operation) bool { return !slices.Contains(parts, strings.Split(op.ID, ".")[1]) })
}
