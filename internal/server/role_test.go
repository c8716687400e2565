package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/rule/operator"
	"github.com/favord/favord/internal/server"
	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/manage"
)

// managed is an answer of the management port.
type managed struct {
	status int
	code   string
	body   []byte
}

// asProgram makes a call with a token; an empty one shows none.
func asProgram(t *testing.T, url, token, method, target, body string) managed {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url+target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	got := managed{status: answer.StatusCode}
	if got.body, err = io.ReadAll(answer.Body); err != nil {
		t.Fatal(err)
	}
	var failure struct{ Code string }
	if json.Unmarshal(got.body, &failure) == nil {
		got.code = failure.Code
	}
	return got
}

// newToken has the server make a token with one role.
func newToken(t *testing.T, url, token string, role operator.Role) string {
	t.Helper()
	until := clock.System{}.Now().Add(time.Hour).Format(time.RFC3339)
	body := fmt.Sprintf(`{"name":%q,"roles":[%q],"expire_time":%q}`, strings.ToLower(string(role)), role, until)
	got := asProgram(t, url, token, http.MethodPost, "/manage/v1/tokens", body)
	var created manage.CreatedToken
	if err := json.Unmarshal(got.body, &created); err != nil || created.Secret == "" {
		t.Fatalf("%s gives %d %s", body, got.status, got.body)
	}
	return created.Secret
}

// TestARoleDoesWhatItsDutiesAreAndNothingElse walks over every operation with a token of every
// role, and with none. What is asked for makes no sense: who may ask learns that.
func TestARoleDoesWhatItsDutiesAreAndNothingElse(t *testing.T) {
	t.Parallel()
	const admin = "an-admin-of-the-configuration-0123456789"
	c := freshConfig(t)
	c.ManageToken = admin
	s := start(t, c)
	defer s.finish(t)
	parameter := regexp.MustCompile(`\{[a-z_0-9]+\}`)
	allowed, denied := 0, 0
	for _, role := range operator.Roles() {
		token := newToken(t, s.ManageURL(), admin, role)
		for _, op := range manage.Operations() {
			if op.Auth == wire.ByAnyone {
				continue
			}
			got := asProgram(t, s.ManageURL(), token, op.Method, parameter.ReplaceAllString(op.Path, "~"), "")
			may := operator.May([]operator.Role{role}, operator.Duty(op.Duty))
			refused := got.status == http.StatusForbidden && bytes.Contains(got.body, []byte("角色"))
			if refused == may {
				t.Errorf("%s and %s (%s): %d %s", role, op.ID, op.Duty, got.status, got.body)
			}
			if may {
				allowed++
			} else {
				denied++
			}
		}
	}
	for _, op := range manage.Operations() {
		if op.Auth == wire.ByAnyone {
			continue
		}
		got := asProgram(t, s.ManageURL(), "", op.Method, parameter.ReplaceAllString(op.Path, "~"), "")
		if got.status != http.StatusUnauthorized {
			t.Errorf("nobody and %s: %d %s", op.ID, got.status, got.body)
		}
	}
	t.Logf("%d allowed, %d denied", allowed, denied)
}

// TestACallAsAMerchantNeedsTheDutyOfThatCall: who may make calls may not make all of them.
func TestACallAsAMerchantNeedsTheDutyOfThatCall(t *testing.T) {
	t.Parallel()
	const admin = "an-admin-of-the-configuration-0123456789"
	c := freshConfig(t)
	c.ManageToken = admin
	s := start(t, c)
	defer s.finish(t)
	if _, err := s.Sandbox(t.Context()); err != nil {
		t.Fatal(err)
	}
	stock := "/v3/marketing/busifavor/stocks/" + string(server.DemoStocks()[0].ID)
	for _, one := range []struct {
		role           operator.Role
		method, target string
		want           int
	}{
		{operator.Viewer, http.MethodGet, stock, http.StatusOK},
		{operator.Redeemer, http.MethodGet, stock, http.StatusForbidden},
		{operator.Redeemer, http.MethodPost, "/v3/marketing/busifavor/coupons/use", http.StatusOK},
		{operator.Viewer, http.MethodPost, "/v3/marketing/busifavor/coupons/use", http.StatusForbidden},
		{operator.Marketer, http.MethodPost, "/v3/marketing/busifavor/subsidy/pay-receipts", http.StatusForbidden},
		{operator.Viewer, http.MethodGet, "/v3/nothing", http.StatusOK},
	} {
		token := newToken(t, s.ManageURL(), admin, one.role)
		body := fmt.Sprintf(`{"method":%q,"target":%q,"body":"{}"}`, one.method, one.target)
		if one.method == http.MethodGet {
			body = fmt.Sprintf(`{"method":%q,"target":%q}`, one.method, one.target)
		}
		got := asProgram(t, s.ManageURL(), token, http.MethodPost, "/manage/v1/merchants/1900000001/calls", body)
		if got.status != one.want {
			t.Errorf("%s %s as %s: %d %s", one.method, one.target, one.role, got.status, got.body)
		}
		asProgram(t, s.ManageURL(), admin, http.MethodDelete, "/manage/v1/tokens/"+strings.ToLower(string(one.role)), "")
	}
}
