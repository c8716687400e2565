package console_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/edge/console"
	"github.com/favord/favord/internal/platform/keyring"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/memstore"
	"github.com/favord/favord/internal/store/storetest"
)

func ringOf(tb testing.TB, s store.Store, c clock.Clock) *keyring.Keyring {
	tb.Helper()
	sealer, err := keyring.NewSealer(bytes.Repeat([]byte{1}, 32))
	if err != nil {
		tb.Fatal(err)
	}
	ring := keyring.New(s, c, sealer)
	if err := ring.Adopt(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return ring
}

// body is a JSON body.
func body(tb testing.TB, v map[string]any) string {
	tb.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

// expect fails the test unless a call answers the status, and the value at the name.
func (p *port) expect(method, target, body string, status int, name string, want any) map[string]any {
	p.t.Helper()
	got, answer := p.call(method, target, body)
	if got != status || name != "" && answer[name] != want {
		p.t.Errorf("%s %s gives %d %v, want %d with %s %v", method, target, got, answer, status, name, want)
	}
	return answer
}

func TestUsersAreRegisteredOverTheManagementPort(t *testing.T) {
	t.Parallel()
	p := newPort(t, nil)
	app := string(storetest.ShopAppID)
	const users = "/manage/v1/users"
	p.expect("GET", users+"/o1", "", http.StatusNotFound, "code", "RESOURCE_NOT_EXISTS")
	p.expect("PUT", users+"/o1", body(t, map[string]any{"appid": app, "unionid": "u1"}), http.StatusOK, "unionid", "u1")
	p.expect("PUT", users+"/o2", body(t, map[string]any{"appid": app, "suspicious": true}), http.StatusOK, "suspicious", true)
	linked := p.expect("PUT", users+"/o2", body(t, map[string]any{"appid": app, "same_person_as": "o1"}), http.StatusOK, "suspicious", true)
	if first := p.expect("GET", users+"/o1", "", http.StatusOK, "openid", "o1"); first["person"] != linked["person"] || first["account"] == linked["account"] {
		t.Errorf("%v and %v", first, linked)
	}
	for query, want := range map[string]int{"": 2, "?suspicious=true": 1, "?unionid=u1": 1, "?same_person_as=o2": 2, "?limit=1": 1, "?after=o1": 1} {
		list, _ := p.expect("GET", users+query, "", http.StatusOK, "", nil)["users"].([]any)
		if len(list) != want {
			t.Errorf("%s lists %d", query, len(list))
		}
	}
	p.expect("GET", users+"?limit=1", "", http.StatusOK, "next", "o1")
	for target, bad := range map[string]string{
		users + "/o3":                          body(t, map[string]any{}),
		users + "/o%203":                       body(t, map[string]any{"appid": app}),
		users + "/o4":                          body(t, map[string]any{"appid": "wxnone"}),
		users + "/o5":                          body(t, map[string]any{"appid": app, "suspicious": "yes"}),
		users + "/o6":                          body(t, map[string]any{"appid": strings.Repeat("w", 33)}),
		users + "/o7":                          body(t, map[string]any{"appid": app, "unionid": strings.Repeat("u", 129)}),
		users + "/" + strings.Repeat("o", 129): body(t, map[string]any{"appid": app}),
	} {
		p.expect("PUT", target, bad, http.StatusBadRequest, "code", "PARAM_ERROR")
	}
	p.expect("PUT", users+"/o8", body(t, map[string]any{"appid": app, "same_person_as": "nobody"}), http.StatusNotFound, "code", "RESOURCE_NOT_EXISTS")
	p.expect("GET", users+"?limit=101", "", http.StatusBadRequest, "code", "PARAM_ERROR")
	if list, _ := p.expect("GET", users, "", http.StatusOK, "", nil)["users"].([]any); len(list) != 2 {
		t.Errorf("refused users are there: %v", list)
	}
}

// registration is what a merchant has who made its keys elsewhere.
func (p *port) registration(id merchant.ID) keyring.Registration {
	p.t.Helper()
	elsewhere := ringOf(p.t, memstore.New(), clock.Fixed(p.shop.Now))
	d, err := elsewhere.DraftSM2(p.t.Context(), merchant.Merchant{ID: id, Name: "n"})
	if err != nil {
		p.t.Fatal(err)
	}
	return d.Registration()
}

const (
	pathMerchants = "/manage/v1/merchants"
	newcomer      = "1900000005"
)

// enroll registers the newcomer.
func (p *port) enroll() keyring.Registration {
	p.t.Helper()
	r := p.registration(newcomer)
	p.expect("POST", pathMerchants, body(p.t, map[string]any{
		"mchid": newcomer, "name": "新商户", "kind": "PROVIDER", "appids": []string{"wx5"}, "permissions": []string{"ISSUE_BY_API"},
		"certificate": string(r.CertificatePEM), "apiv3_key": r.APIv3Key, "apiv2_key": r.APIv2Key,
	}), http.StatusOK, "kind", "PROVIDER")
	return r
}

func TestAMerchantIsRegisteredOverTheManagementPort(t *testing.T) {
	t.Parallel()
	p := newPort(t, nil)
	r := p.enroll()
	one := pathMerchants + "/" + newcomer
	p.expect("GET", one, "", http.StatusOK, "name", "新商户")
	keys := p.expect("GET", one+"/keys", "", http.StatusOK, "apiv3_key_version", 1.0)
	if list, _ := keys["platform_keys"].([]any); len(list) != 1 {
		t.Errorf("platform keys %v", keys)
	}
	p.expect("POST", pathMerchants, body(t, map[string]any{"mchid": newcomer, "name": "n", "certificate": string(r.CertificatePEM)}), http.StatusConflict, "code", "RESOURCE_ALREADY_EXISTS")
	p.expect("PATCH", one, body(t, map[string]any{"name": "改名", "appids": []string{}}), http.StatusOK, "name", "改名")
	if got := p.expect("GET", one, "", http.StatusOK, "kind", "PROVIDER"); len(got["appids"].([]any)) != 0 || len(got["permissions"].([]any)) != 2 {
		t.Errorf("%v", got)
	}
	shop := string(p.shop.Stock.Creator)
	if got := p.expect("PUT", one+"/sub-merchants/"+shop, "", http.StatusOK, "mchid", newcomer); len(got["sub_merchants"].([]any)) != 1 {
		t.Errorf("%v", got)
	}
	p.expect("DELETE", one+"/sub-merchants/"+shop, "", http.StatusOK, "sub_merchants", nil)
	list := p.expect("GET", pathMerchants+"?limit=1", "", http.StatusOK, "next", shop)
	if page, _ := list["merchants"].([]any); len(page) != 1 {
		t.Errorf("%v", list)
	}
}

func TestWrongMerchantsAreRefusedOverTheManagementPort(t *testing.T) {
	t.Parallel()
	p := newPort(t, nil)
	certificate := string(p.registration(newcomer).CertificatePEM)
	right := func(name string, value any) string {
		m := map[string]any{"mchid": newcomer, "name": "n", "certificate": certificate}
		m[name] = value
		return body(t, m)
	}
	for name, value := range map[string]any{
		"mchid": "1900000006", "name": "", "certificate": "x", "kind": "OTHER", "key_mode": "NONE", "apiv3_key": "short", "apiv2_key": strings.Repeat("x", 33),
		"appids": []string{strings.Repeat("w", 33)}, "permissions": []string{"FLY"},
	} {
		p.expect("POST", pathMerchants, right(name, value), http.StatusBadRequest, "code", "PARAM_ERROR")
	}
	p.expect("POST", pathMerchants, right("mchid", "0190000005"), http.StatusBadRequest, "code", "PARAM_ERROR")
	p.expect("GET", pathMerchants+"/"+newcomer, "", http.StatusNotFound, "code", "RESOURCE_NOT_EXISTS")
	p.expect("GET", pathMerchants+"/"+newcomer+"/keys", "", http.StatusNotFound, "code", "RESOURCE_NOT_EXISTS")
	p.expect("PATCH", pathMerchants+"/"+newcomer, body(t, map[string]any{"name": "n"}), http.StatusNotFound, "code", "RESOURCE_NOT_EXISTS")
	p.expect("PUT", pathMerchants+"/"+string(p.shop.Stock.Creator)+"/sub-merchants/"+newcomer, "", http.StatusNotFound, "code", "RESOURCE_NOT_EXISTS")
}

func TestKeysAreChangedOverTheManagementPortAndNeverShown(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	p := newPort(t, func(c *console.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	first := p.enroll()
	second := p.registration(newcomer)
	keys := pathMerchants + "/" + newcomer + "/keys"
	const secret = "Canary0123456789abcdefABCDEFcana"
	var answers []any
	for _, c := range []struct {
		method, path, body string
		status             int
	}{
		{"POST", "/certificates", body(t, map[string]any{"certificate": string(second.CertificatePEM)}), 200},
		{"POST", "/certificates", body(t, map[string]any{"certificate": string(second.CertificatePEM)}), 409},
		{"POST", "/certificates", body(t, map[string]any{"certificate": string(second.PrivateKeyPEM)}), 400},
		{"PATCH", "/certificates/" + first.SerialNo, body(t, map[string]any{"status": "REVOKED"}), 200},
		{"PATCH", "/certificates/" + first.SerialNo, body(t, map[string]any{"status": "GONE"}), 400},
		{"PATCH", "/certificates/AB", body(t, map[string]any{"status": "REVOKED"}), 404},
		{"PUT", "/apiv3", body(t, map[string]any{"key": secret}), 200},
		{"PUT", "/apiv2", body(t, map[string]any{"key": secret}), 200},
		{"PUT", "/apiv3", body(t, map[string]any{"key": secret + "1"}), 400},
		{"PUT", "/apiv2", body(t, map[string]any{}), 400},
		{"POST", "/platform-certificates", body(t, map[string]any{"algorithm": "SM2"}), 200},
		{"POST", "/platform-certificates", body(t, map[string]any{}), 404}, // it never had one in RSA
		{"GET", "", "", 200},
	} {
		status, answer := p.call(c.method, keys+c.path, c.body)
		if status != c.status {
			t.Errorf("%s %s gives %d %v, want %d", c.method, c.path, status, answer, c.status)
		}
		answers = append(answers, answer)
	}
	text, err := json.Marshal(answers)
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{string(text), log.String()} {
		for _, hidden := range []string{secret, first.APIv3Key, first.APIv2Key, "PRIVATE KEY"} {
			if strings.Contains(shown, hidden) {
				t.Errorf("a secret is shown: %s", shown)
			}
		}
	}
	last, _ := answers[len(answers)-1].(map[string]any)
	if last["apiv3_key_version"] != 2.0 || len(last["certificates"].([]any)) != 2 || len(last["platform_keys"].([]any)) != 2 {
		t.Errorf("%v", last)
	}
}
