package console_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/edge/console"
	"github.com/favord/favord/internal/edge/httpapi"
	"github.com/favord/favord/internal/edge/serve"
	"github.com/favord/favord/internal/platform/account"
	"github.com/favord/favord/internal/rule/operator"
	"github.com/favord/favord/internal/store"
)

const (
	adminPassword  = "a sentence for the admin"
	viewerPassword = "a sentence for the viewer"
)

// newProduction is the port of a production server with the operators admin and viewer.
func newProduction(t *testing.T) *port {
	t.Helper()
	p := newPort(t, func(c *console.Config) {
		c.Sandbox, c.Proxies = false, serve.Proxies{netip.MustParsePrefix("192.0.2.7/32")}
		c.Operations = httpapi.Operations()
	})
	now := clock.Fixed(p.shop.Now)
	p.Account = account.New(account.Config{Store: p.shop.Store, Clock: now, Vault: ringOf(t, p.shop.Store, now)})
	first, err := p.Account.FirstRun(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p.accept(`{"invitation":"` + first + `","name":"admin","password":"` + adminPassword + `"}`)
	added, err := p.Account.Add(t.Context(), account.Addition{Actor: "a", Name: "viewer", Roles: []operator.Role{operator.Viewer}})
	if err != nil {
		t.Fatal(err)
	}
	p.accept(`{"invitation":"` + added.Invitation + `","password":"` + viewerPassword + `"}`)
	return p
}

// accept takes an invitation.
func (p *port) accept(body string) {
	p.t.Helper()
	if status, got := p.call(http.MethodPost, "/manage/v1/invitations/accept", body); status != http.StatusOK {
		p.t.Fatalf("an invitation gives %d %v", status, got)
	}
}

const pathSessions = "/manage/v1/sessions"

// signIn returns the cookie of a session.
func (p *port) signIn(name, password string, spoil ...func(*http.Request)) (int, *http.Cookie) {
	p.t.Helper()
	body := strings.NewReader(`{"name":"` + name + `","password":"` + password + `"}`)
	r := httptest.NewRequestWithContext(p.t.Context(), http.MethodPost, pathSessions, body)
	r.Host, r.RemoteAddr, r.RequestURI = "127.0.0.1:18081", "127.0.0.1:50000", pathSessions
	r.Header.Set("Content-Type", "application/json")
	for _, change := range spoil {
		change(r)
	}
	recorder := httptest.NewRecorder()
	p.ServeHTTP(recorder, r)
	answer := recorder.Result()
	defer func() { _ = answer.Body.Close() }()
	for _, c := range answer.Cookies() {
		return answer.StatusCode, c
	}
	return answer.StatusCode, nil
}

func showing(c *http.Cookie) func(*http.Request) {
	return func(r *http.Request) { r.AddCookie(c) }
}

func TestACookieIsForThisHostAndOutOfReachOfPages(t *testing.T) {
	t.Parallel()
	p := newProduction(t)
	behind := func(proxy, proto string) func(*http.Request) {
		return func(r *http.Request) {
			r.Host, r.RemoteAddr = "console.example.com", proxy+":50000"
			r.Header.Set("X-Forwarded-Proto", proto)
			r.Header.Set("X-Forwarded-For", "198.51.100.9")
		}
	}
	status, cookie := p.signIn("viewer", viewerPassword, behind("192.0.2.7", "https"))
	if status != http.StatusOK || cookie.Name != "__Host-favord" || !cookie.Secure || !cookie.HttpOnly ||
		cookie.SameSite != http.SameSiteStrictMode || cookie.Path != "/" || cookie.Domain != "" {
		t.Fatalf("behind a proxy: %d %v", status, cookie)
	}
	if status, got := p.call(http.MethodGet, pathSessions, "", behind("192.0.2.7", "https"), showing(cookie)); status != http.StatusOK ||
		got["sessions"].([]any)[0].(map[string]any)["address"] != "198.51.100.9" {
		t.Errorf("sessions: %d %v", status, got)
	}
	for name, from := range map[string]func(*http.Request){
		"a proxy without TLS": behind("192.0.2.7", "http"), "somebody who claims TLS": behind("192.0.2.8", "https"),
	} {
		if status, cookie := p.signIn("viewer", viewerPassword, from); status != http.StatusForbidden || cookie != nil {
			t.Errorf("%s: %d %v", name, status, cookie)
		}
	}
	if status, cookie := p.signIn("viewer", viewerPassword); status != http.StatusOK || cookie.Name != "favord-session" {
		t.Errorf("from this machine: %d %v", status, cookie)
	}
	if status, cookie := p.signIn("viewer", adminPassword); status != http.StatusUnauthorized || cookie != nil {
		t.Errorf("with a wrong password: %d %v", status, cookie)
	}
}

func TestWhoHasSignedInDoesWhatTheRolesAreFor(t *testing.T) {
	t.Parallel()
	p := newProduction(t)
	_, cookie := p.signIn("viewer", viewerPassword)
	for _, c := range []struct {
		method, target string
		want           int
	}{
		{http.MethodGet, "/manage/v1/stocks", 200},
		{http.MethodGet, "/manage/v1/operators", 403},
		{http.MethodGet, "/manage/v1/users", 403},
		{http.MethodGet, pathSessions + "/current", 200},
		{http.MethodDelete, pathSessions + "/nothing", 404},
	} {
		if status, got := p.call(c.method, c.target, "", showing(cookie)); status != c.want {
			t.Errorf("%s %s gives %d %v", c.method, c.target, status, got)
		}
		if status, got := p.call(c.method, c.target, "", showing(&http.Cookie{Name: cookie.Name, Value: "other"})); status != 401 {
			t.Errorf("%s %s with another cookie gives %d %v", c.method, c.target, status, got)
		}
		if status, got := p.call(c.method, c.target, ""); status != 401 {
			t.Errorf("%s %s without a cookie gives %d %v", c.method, c.target, status, got)
		}
	}
	elsewhere := func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }
	if status, got := p.call(http.MethodDelete, pathSessions+"/current", "", showing(cookie), elsewhere); status != http.StatusForbidden {
		t.Errorf("a page of another origin gets %d %v", status, got)
	}
	if status, _ := p.signIn("viewer", viewerPassword, elsewhere); status != http.StatusForbidden {
		t.Errorf("a page of another origin signs in: %d", status)
	}
}

func TestStrongRolesWaitForASecondFactor(t *testing.T) {
	t.Parallel()
	p := newProduction(t)
	_, cookie := p.signIn("admin", adminPassword)
	status, got := p.call(http.MethodGet, "/manage/v1/operators", "", showing(cookie))
	if status != http.StatusForbidden || got["code"] != "SECOND_FACTOR_REQUIRED" {
		t.Errorf("operators: %d %v", status, got)
	}
	status, got = p.call(http.MethodGet, pathSessions+"/current", "", showing(cookie))
	if status != http.StatusOK || !got["needs_second_factor"].(bool) || len(got["duties"].([]any)) != 1 {
		t.Errorf("the session: %d %v", status, got)
	}
}

func TestACallAsAMerchantNamesWhoMakesIt(t *testing.T) {
	t.Parallel()
	p := newProduction(t)
	p.Make = func(context.Context, console.Call) (console.Answer, error) {
		return console.Answer{Status: http.StatusOK}, nil
	}
	creator := p.shop.Stock.Creator
	token, err := p.Account.CreateToken(t.Context(), account.Request{
		Actor: "a", Name: "till", Roles: []operator.Role{operator.Redeemer, operator.Viewer}, Expires: p.shop.Now.Add(time.Hour),
	})
	if err != nil {
		t.Fatal(err)
	}
	target := "/manage/v1/merchants/" + string(creator) + "/calls"
	bearer := func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token.Secret) }
	for body, want := range map[string]int{
		`{"method":"POST","target":"/v3/marketing/busifavor/coupons/use","body":"{}"}`:         http.StatusOK,
		`{"method":"POST","target":"/v3/marketing/busifavor/stocks","body":"{}"}`:              http.StatusForbidden,
		`{"method":"GET","target":"/v3/marketing/busifavor/stocks/1282070000000017?x=secret"}`: http.StatusOK,
	} {
		if status, got := p.call(http.MethodPost, target, body, bearer); status != want {
			t.Errorf("%s gives %d %v", body, status, got)
		}
	}
	var noted []string
	if err := p.shop.Store.Read(t.Context(), func(tx store.ReadTx) error {
		entries, err := tx.UnsealedAudit(t.Context(), creator, 0, 100)
		for _, e := range entries {
			if e.Action == "manage.calls.make" {
				noted = append(noted, e.Actor+" "+e.Object)
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"token:till call/busifavor.coupons.use"}, noted); diff != "" {
		t.Errorf("the audit (-want +got):\n%s", diff)
	}
}
