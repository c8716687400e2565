package httpapi_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/favord/favord/internal/edge/httpapi"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/sandbox/journal"
)

func (f *fixture) act(as merchant.ID, method, target, body string) httpapi.Acted {
	f.t.Helper()
	got, err := f.acting.Act(f.t.Context(), httpapi.Action{MchID: as, Method: method, Target: target, Body: []byte(body)})
	if err != nil {
		f.t.Fatal(err)
	}
	return got
}

// TestAnActionIsTheCallThatItStandsFor makes calls as a merchant and looks that they do, and
// answer, what the signed ones do.
func TestAnActionIsTheCallThatItStandsFor(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := f.stock(nil)
	body := f.encode(f.useBody(stock, f.coupon(stock)))
	for name, c := range map[string]struct {
		as                   merchant.ID
		method, target, body string
		status               int
	}{
		"a success":         {alice, http.MethodGet, pathStocks + "/" + stock, "", 200},
		"certificates":      {alice, http.MethodGet, "/v3/certificates", "", 200},
		"another's stock":   {bob, http.MethodGet, pathStocks + "/" + stock, "", 403},
		"no such path":      {alice, http.MethodGet, "/v3/none", "", 404},
		"a wrong body":      {alice, http.MethodPost, pathStocks, `{"a":1}`, 400},
		"a body too large":  {alice, http.MethodPost, pathStocks, strings.Repeat(" ", httpapi.MaxBody+1), 413},
		"a used coupon":     {alice, http.MethodPost, "/v3/marketing/busifavor/coupons/use", body, 200},
		"an unknown caller": {"1999999999", http.MethodGet, "/v3/certificates", "", 401},
	} {
		got := f.act(c.as, c.method, c.target, c.body)
		if got.Status != c.status || (got.Refused.ZH != "") != (c.status >= 400) {
			t.Errorf("%s: %d %s %+v", name, got.Status, got.Body, got.Refused)
		}
		e, err := f.journal.ByID(got.RequestID)
		if err != nil || e.Channel != journal.ByConsole || e.MchID != string(c.as) || e.Status != got.Status {
			t.Errorf("%s is in the journal as %+v, %v", name, e, err)
		}
	}
	// The signed call is a repeat of the one above.
	if again := f.send(request{as: alice, method: http.MethodPost, target: "/v3/marketing/busifavor/coupons/use", body: body}); again.status != http.StatusOK {
		t.Errorf("the signed repeat gives %d %s", again.status, again.body)
	}
}

func TestOnlyTheServerItselfCanAct(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, f.server.URL+"/v3/certificates", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{"Accept": {"application/json"}, "User-Agent": {"favord-console"}, "X-Acting": {string(alice)}}
	answer, err := f.server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("a call without a signature gives %d", answer.StatusCode)
	}
	for _, target := range []string{"", "v3/certificates", "http://example.com/v3/certificates", "/v3/\x00", "//"} {
		if got, err := f.acting.Act(t.Context(), httpapi.Action{MchID: alice, Method: http.MethodGet, Target: target}); err == nil && got.Status < 400 {
			t.Errorf("%q gives %+v", target, got)
		}
	}
}

func TestActionsTogetherUseACouponOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := f.stock(nil)
	code := f.coupon(stock)
	const times = 8
	var wait sync.WaitGroup
	good := make(chan int, times)
	for range times {
		body := f.encode(f.useBody(stock, code))
		wait.Go(func() { good <- f.act(alice, http.MethodPost, "/v3/marketing/busifavor/coupons/use", body).Status })
	}
	wait.Wait()
	close(good)
	used := 0
	for status := range good {
		if status == http.StatusOK {
			used++
		}
	}
	if used != 1 {
		t.Errorf("%d of %d uses succeed", used, times)
	}
}
