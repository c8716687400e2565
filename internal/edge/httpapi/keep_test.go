package httpapi_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/favord/favord/internal/edge/httpapi"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/internal/sandbox/journal"
)

// TestASandboxKeepsWhatItReceivesAndAnswers looks at requests of every kind in the journal.
func TestASandboxKeepsWhatItReceivesAndAnswers(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	long := strings.Repeat("x", httpapi.MaxBody+1)
	for name, c := range map[string]struct {
		request   request
		status    int
		operation string
		mchid     string
		verified  bool
		refused   string
	}{
		"a success":       {request{as: alice, method: "GET", target: "/v3/certificates"}, 200, "certificates.list", string(alice), true, ""},
		"a refusal":       {request{as: alice, method: "POST", target: pathStocks, body: `{"券":1}`}, 400, "busifavor.stocks.create", string(alice), true, "stock_name"},
		"a bad signature": {request{as: alice, method: "POST", target: pathStocks, body: "{}", spoil: func(r *http.Request) { r.Method = http.MethodGet; r.URL.Path += "/1" }}, 401, "busifavor.stocks.get", string(alice), false, "signature"},
		"no signature":    {request{as: alice, method: "POST", target: pathStocks, body: "{}", spoil: func(r *http.Request) { r.Header.Del("Authorization") }}, 401, "busifavor.stocks.create", "", false, "Authorization"},
		"no such path":    {request{as: alice, method: "POST", target: "/v3/none", body: "\x00\xff"}, 404, "", string(alice), false, "Not Found"},
		"a large body":    {request{as: alice, method: "POST", target: pathStocks, body: long}, 413, "busifavor.stocks.create", string(alice), false, "bytes"},
	} {
		got := f.send(c.request)
		id := got.header["Request-Id"]
		e, err := f.journal.ByID(id[0])
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if e.Status != c.status || e.Operation != c.operation || e.MchID != c.mchid || e.Verified != c.verified {
			t.Errorf("%s: %+v", name, e)
		}
		if !strings.Contains(e.Refused.EN, c.refused) || (e.Refused.ZH == "") != (c.refused == "") {
			t.Errorf("%s is refused because of %+v", name, e.Refused)
		}
		if c.status != 413 && string(e.Body) != c.request.body {
			t.Errorf("%s has the body %q", name, e.Body)
		}
		if string(e.AnswerBody) != got.body || !slices.Contains(e.AnswerHeader, journal.Field{Name: "Request-ID", Value: id[0]}) {
			t.Errorf("%s is answered with %v %q", name, e.AnswerHeader, e.AnswerBody)
		}
		if !slices.Contains(e.Header, journal.Field{Name: "Accept", Value: "application/json"}) {
			t.Errorf("%s has the headers %v", name, e.Header)
		}
	}
}

func TestACutConnectionIsInTheJournalToo(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r := f.sign(request{as: alice, method: "GET", target: "/v3/certificates"})
	r.Header.Set(sandbox.FaultHeader, string(sandbox.FaultCutAfter))
	if answer, err := f.server.Client().Do(r); err == nil {
		_ = answer.Body.Close()
		t.Errorf("an answer comes: %s", answer.Status)
	}
	e, err := f.journal.LastRefused()
	if err != nil || !e.Cut || e.AnswerHeader != nil || e.Operation != "certificates.list" {
		t.Errorf("%+v, %v", e, err)
	}
}
