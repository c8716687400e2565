package httpapi_test

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/limit"
	"github.com/favord/favord/internal/edge/httpapi"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/wire"
)

// capture is a call on its way, as whoever listens has it: every byte, headers and all.
type capture struct {
	request *http.Request
	body    []byte
}

func (f *fixture) capture(r request) capture {
	f.t.Helper()
	return capture{request: f.sign(r), body: []byte(r.body)}
}

// replay sends a captured call to a server, changed as the thief likes.
func (f *fixture) replay(c capture, change func(r *http.Request)) reply {
	f.t.Helper()
	again := c.request.Clone(f.t.Context())
	again.Body = io.NopCloser(bytes.NewReader(c.body))
	here, err := url.Parse(f.server.URL)
	if err != nil {
		f.t.Fatal(err)
	}
	again.URL.Host, again.Host = here.Host, here.Host
	if change != nil {
		change(again)
	}
	answer, err := f.server.Client().Do(again)
	if err != nil {
		f.t.Fatal(err)
	}
	return f.read(answer)
}

// state is everything that alice can see of what was changed: the trail, and the answer to a
// query, if there is one.
func (f *fixture) state(query string) string {
	f.t.Helper()
	if query == "" {
		return f.trailOf(alice)
	}
	return f.trailOf(alice) + f.get(alice, query).body
}

// TestACapturedCallHasNoSecondEffect walks the tables: every operation that changes something
// is called, the state is changed by another call, and the first call's bytes are sent again.
// They get the first answer and change nothing: at once, at another node, and after a
// restart. A new operation that changes something fails until it has a case.
func TestACapturedCallHasNoSecondEffect(t *testing.T) {
	t.Parallel()
	var changing, held atomic.Int64
	t.Cleanup(func() { t.Logf("proof P12: replayable operations %d of %d", held.Load(), changing.Load()) })
	cases := replays()
	for _, op := range httpapi.Operations() {
		if !op.Changes() {
			continue
		}
		changing.Add(1)
		t.Run(op.ID, func(t *testing.T) {
			t.Parallel()
			t.Cleanup(func() {
				if !t.Failed() {
					held.Add(1)
				}
			})
			c, known := cases[op.ID]
			if !known {
				t.Fatal("no case changes the state between this call and its replay")
			}
			engines.EachLasting(t, func(t *testing.T, nodes int, open func() store.Store) {
				replayEverywhere(t, &op, c, nodes, open)
			})
		})
	}
}

func replayEverywhere(t *testing.T, op *wire.Operation, c replayed, nodes int, open func() store.Store) {
	t.Helper()
	f := newFixtureOf(t, options{gate: limit.NewGate(limit.Room{Inside: 64, Waiting: 64, Patience: time.Minute}), takeAny: true, sm2: true, store: open()})
	r := f.sample(op.ID)
	captured := f.capture(r)
	first := f.replay(captured, nil)
	if first.status != op.Success {
		t.Fatalf("first: %d %s", first.status, first.body)
	}
	f.advance(time.Second)
	c.disturb(f, r, first)
	query := ""
	if c.watch != nil {
		query = c.watch(r, first)
	}
	before := f.state(query)
	status, body := first.status, first.body
	if c.instead != nil {
		status, body = c.instead(first)
	}
	expect := func(where string, on *fixture) {
		t.Helper()
		if got := on.replay(captured, nil); got.status != status || got.body != body {
			t.Errorf("%s: %d %s, want %d %s", where, got.status, got.body, status, body)
		}
		if after := on.state(query); after != before {
			t.Errorf("%s: a second effect:\n%s\nbefore\n%s", where, after, before)
		}
	}
	expect("at once", f)
	for range nodes - 1 {
		expect("at another node", f.node(open()))
	}
	f.server.Close()
	if err := f.store.Close(); err != nil {
		t.Fatal(err)
	}
	expect("after a restart", f.node(open()))
}

// TestWhatOnlyReadsChangesNothing: the rest of the tables needs no number.
func TestWhatOnlyReadsChangesNothing(t *testing.T) {
	t.Parallel()
	for _, op := range httpapi.Operations() {
		if op.Changes() {
			continue
		}
		t.Run(op.ID, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			r := f.sample(op.ID)
			before := f.state("")
			if got := f.send(r); got.status != op.Success {
				t.Fatalf("%d %s", got.status, got.body)
			}
			if after := f.state(""); after != before {
				t.Errorf("it has an effect:\n%s\nbefore\n%s", after, before)
			}
		})
	}
}

// TestANonceServesOneCallOnly: what goes by the nonce refuses it for another message, and for
// another value of a header that the signature does not cover.
func TestANonceServesOneCallOnly(t *testing.T) {
	t.Parallel()
	var byNonce atomic.Int64
	for _, op := range httpapi.Operations() {
		if !op.ByNonce() {
			continue
		}
		byNonce.Add(1)
		t.Run(op.ID, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			r := f.sample(op.ID)
			r.nonce = "n0nce"
			captured := f.capture(r)
			first := f.replay(captured, nil)
			if first.status != op.Success {
				t.Fatalf("first: %d %s", first.status, first.body)
			}
			before := f.state("")
			refused := func(what string, got reply) {
				t.Helper()
				if got.status != http.StatusUnauthorized || got.code() != "SIGN_ERROR" || !strings.Contains(got.message(), "nonce_str") {
					t.Errorf("%s: %d %s", what, got.status, got.body)
				}
				expectUnsigned(t, got)
			}
			refused("another message", f.send(otherwise(r)))
			if numbered := r.header.Get(op.RequestNo); numbered != "" {
				refused("another number beside the signature", f.replay(captured, func(r *http.Request) { r.Header.Set(op.RequestNo, numbered+"1") }))
			}
			if got := f.replay(captured, nil); got.status != first.status || got.body != first.body {
				t.Errorf("the same once more: %d %s", got.status, got.body)
			}
			if after := f.state(""); after != before {
				t.Errorf("a second effect:\n%s\nbefore\n%s", after, before)
			}
		})
	}
	if byNonce.Load() == 0 {
		t.Error("no operation goes by the nonce")
	}
	t.Logf("proof P12: %d operations whose number is the nonce: it serves one call", byNonce.Load())
}

// otherwise writes the JSON of a request differently, which means the same.
func otherwise(r request) request {
	change := func(text string) string { return strings.Replace(text, "{", "{ ", 1) }
	r.body = change(r.body)
	if r.signed != nil {
		r.signed = new(change(*r.signed))
	}
	return r
}

// TestAPartOfAFormThatIsNotSignedBelongsToItsCall: what is beside the signed part of an upload
// is not free for whoever captured it.
func TestAPartOfAFormThatIsNotSignedBelongsToItsCall(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	part := func(number string) string {
		return "--" + boundary + "\r\nContent-Disposition: form-data; name=\"out_request_no\"\r\n\r\n" + number + "\r\n"
	}
	numbered := f.imageForm(form{more: part("1")})
	numbered.nonce = "n0nce"
	if got := f.send(numbered); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	changed := f.imageForm(form{more: part("2")})
	changed.nonce = "n0nce"
	f.send(changed).expect(t, http.StatusUnauthorized, "SIGN_ERROR")
	f.send(numbered).expect(t, http.StatusOK, "")
}
