package httpapi_test

import (
	"encoding/json"
	"math"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/limit"
	"github.com/favord/favord/internal/edge/httpapi"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/memstore"
)

// FuzzNoCallFails makes calls of every operation as a merchant who signed them, with whatever path,
// query and body: each gets an answer of the contract, which is JSON, never a failure of the server;
// and one that is refused has no entry in the audit.
func FuzzNoCallFails(f *testing.F) {
	gate := limit.NewGate(limit.Room{Inside: 64, Waiting: 64, Patience: time.Minute})
	server := newFixtureOf(f, options{gate: gate, takeAny: true, store: memstore.New()})
	operations := httpapi.Operations()
	samples := make([]request, len(operations))
	for i := range operations {
		if operations[i].Request.HasFile() {
			continue // its form is fuzzed with what is signed of it
		}
		samples[i] = server.sample(operations[i].ID)
		server.clock.Set(opened()) // some have another day
		body := samples[i].body
		f.Add(uint8(i), "", "", []byte(body))
		const odd = "limit=-1&offset=9223372036854775807&available_begin_time=0000-00-00"
		f.Add(uint8(i), "券/%00", odd, []byte(strings.Replace(body, `"`, `"\ud800`, 1)))
		f.Add(uint8(i), "1", "", []byte(strings.ReplaceAll(body, ":", ":[")))
		f.Add(uint8(i), "1", "", []byte(strings.ReplaceAll(body, "1", "9223372036854775807")))
	}
	f.Fuzz(func(t *testing.T, which uint8, parameter, query string, body []byte) {
		op := &operations[int(which)%len(operations)]
		sample := samples[int(which)%len(operations)]
		if op.Request.HasFile() {
			return
		}
		target := sample.target
		if parameter != "" {
			path, rest, _ := strings.Cut(target, "?")
			segments := strings.Split(path, "/")
			for at, name := range strings.Split(op.Path, "/") {
				if strings.HasPrefix(name, "{") {
					segments[at] = url.PathEscape(parameter)
				}
			}
			target = strings.Join(segments, "/") + "?" + rest
		}
		if query != "" {
			path, _, _ := strings.Cut(target, "?")
			target = path + "?" + query
		}
		before := audited(t, server.store)
		got, err := server.acting.Act(t.Context(), httpapi.Action{MchID: sample.as, Method: op.Method, Target: target, Body: body})
		if err != nil {
			return // no client gets that through
		}
		if got.Status >= http.StatusInternalServerError || len(got.Body) > 0 && op.Response != nil && !json.Valid(got.Body) {
			t.Errorf("%s %s %s: %d %s", op.Method, target, body, got.Status, got.Body)
		}
		if after := audited(t, server.store); got.Status >= http.StatusBadRequest && after != before {
			t.Errorf("%s %s %s: %d %s, and an effect", op.Method, target, body, got.Status, got.Body)
		}
	})
}

// audited is how many changes the audit of a store has, of the merchants of the fixtures.
func audited(t *testing.T, s store.Store) (n int64) {
	t.Helper()
	if err := s.Read(t.Context(), func(tx store.ReadTx) error {
		n = 0
		for _, id := range []merchant.ID{alice, provider} {
			entries, err := tx.UnsealedAudit(t.Context(), id, 0, math.MaxInt32)
			if err != nil {
				return err
			}
			n += int64(len(entries))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return n
}
