package console_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/favord/favord/internal/base/webauthn"
	"github.com/favord/favord/internal/base/webauthn/softkey"
)

const (
	pathPasskeys = "/manage/v1/account/passkeys"
	pathBegin    = pathSessions + "/passkey/begin"
)

// byName asks this machine by its name, as a browser does at a port.
func byName(r *http.Request) {
	r.Host = "localhost:18081"
	at := net.Addr(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 18081})
	*r = *r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, at))
}

func here() webauthn.Party {
	return webauthn.Party{ID: "localhost", Origin: "http://localhost:18081"}
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func asJSON(t *testing.T, fields map[string]string) string {
	t.Helper()
	text, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// creation is what a page sends for a new passkey.
func creation(t *testing.T, d *softkey.Device, challenge string) string {
	t.Helper()
	c := d.Create(challenge)
	return asJSON(t, map[string]string{
		"label": "laptop", "credential_id": b64(c.ID), "client_data": b64(c.ClientData),
		"authenticator_data": b64(c.AuthenticatorData), "public_key": b64(c.Public),
	})
}

// assertion is what a page sends for one that is there.
func assertion(t *testing.T, d *softkey.Device, challenge, handle string) string {
	t.Helper()
	a := d.Get(challenge)
	return asJSON(t, map[string]string{
		"credential_id": b64(d.ID), "client_data": b64(a.ClientData), "authenticator_data": b64(a.AuthenticatorData),
		"signature": b64(a.Signature), "user_handle": handle,
	})
}

// enrolled returns a device with a passkey of the admin, and the handle that it knows the admin by.
func enrolled(t *testing.T, p *port) (device *softkey.Device, handle string) {
	t.Helper()
	_, cookie := p.signIn("admin", adminPassword, byName)
	status, asked := p.call(http.MethodPost, pathPasskeys+"/begin", "", byName, showing(cookie))
	if status != http.StatusOK || asked["rp_id"] != "localhost" || asked["name"] != "admin" || asked["display"] != "admin" {
		t.Fatalf("begin: %d %v", status, asked)
	}
	device = softkey.New(t, here())
	status, added := p.call(http.MethodPost, pathPasskeys, creation(t, device, asked["challenge"].(string)), byName, showing(cookie))
	if status != http.StatusOK || added["label"] != "laptop" || added["host"] != "localhost" {
		t.Fatalf("add: %d %v", status, added)
	}
	return device, asked["user_handle"].(string)
}

// challenge begins with a passkey.
func (p *port) challenge() string {
	p.t.Helper()
	status, asked := p.call(http.MethodPost, pathBegin, "", byName)
	if status != http.StatusOK {
		p.t.Fatalf("begin: %d %v", status, asked)
	}
	return asked["challenge"].(string)
}

func TestAPersonSignsInWithAPasskey(t *testing.T) {
	t.Parallel()
	p := newProduction(t)
	device, handle := enrolled(t, p)
	body := assertion(t, device, p.challenge(), handle)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, pathSessions+"/passkey", strings.NewReader(body))
	r.RemoteAddr, r.RequestURI = "127.0.0.1:50000", pathSessions+"/passkey"
	r.Header.Set("Content-Type", "application/json")
	byName(r)
	recorder := httptest.NewRecorder()
	p.ServeHTTP(recorder, r)
	answer := recorder.Result()
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK || len(answer.Cookies()) != 1 {
		t.Fatalf("it gives %d %s", answer.StatusCode, recorder.Body)
	}
	cookie := answer.Cookies()[0]
	if status, got := p.call(http.MethodGet, "/manage/v1/operators/admin/passkeys", "", showing(cookie)); status != http.StatusOK {
		t.Errorf("an admin with a passkey has two factors: %d %v", status, got)
	}
	status, list := p.call(http.MethodGet, "/manage/v1/operators", "", showing(cookie))
	if status != http.StatusOK || list["operators"].([]any)[0].(map[string]any)["passkeys"] != 1.0 {
		t.Errorf("operators: %d %v", status, list)
	}
	if status, got := p.call(http.MethodPost, pathSessions+"/passkey", body, byName); status != http.StatusUnauthorized {
		t.Errorf("the same answer again: %d %v", status, got)
	}
	status, mine := p.call(http.MethodGet, pathPasskeys, "", byName, showing(cookie))
	if status != http.StatusOK {
		t.Fatalf("passkeys: %d %v", status, mine)
	}
	id := mine["passkeys"].([]any)[0].(map[string]any)["passkey_id"].(string)
	status, renamed := p.call(http.MethodPatch, pathPasskeys+"/"+id, `{"label":"notebook"}`, byName, showing(cookie))
	if status != http.StatusOK || renamed["label"] != "notebook" || renamed["passkey_id"] != id {
		t.Errorf("a new name: %d %v", status, renamed)
	}
	for _, body := range []string{`{}`, `{"label":" "}`, `{"label":"a\nb"}`, `{"label":"` + strings.Repeat("k", 65) + `"}`} {
		if status, got := p.call(http.MethodPatch, pathPasskeys+"/"+id, body, byName, showing(cookie)); status != http.StatusBadRequest {
			t.Errorf("%s gives %d %v", body, status, got)
		}
	}
	status, got := p.call(http.MethodPatch, pathPasskeys+"/"+id+"0", `{"label":"x"}`, byName, showing(cookie))
	if status != http.StatusNotFound {
		t.Errorf("a new name for another id: %d %v", status, got)
	}
	if status, _ := p.call(http.MethodDelete, pathPasskeys+"/"+id+"0", "", byName, showing(cookie)); status != http.StatusNotFound {
		t.Errorf("another id: %d", status)
	}
	proof := assertion(t, device, p.challenge(), handle)
	if status, got := p.call(http.MethodPost, pathSessions+"/current/prove/passkey", proof, byName, showing(cookie)); status != http.StatusOK {
		t.Errorf("a proof: %d %v", status, got)
	}
}

func TestAPasswordDoesNotReplaceThePasskey(t *testing.T) {
	t.Parallel()
	p := newProduction(t)
	enrolled(t, p)
	for _, code := range []string{"", `,"code":"123456"`} {
		body := `{"name":"admin","password":"` + adminPassword + `"` + code + `}`
		status, got := p.call(http.MethodPost, pathSessions, body, byName)
		if status != http.StatusUnauthorized || got["code"] != "PASSKEY_REQUIRED" {
			t.Errorf("%s gives %d %v", body, status, got)
		}
	}
}

func TestAPasskeyIsForAName(t *testing.T) {
	t.Parallel()
	p := newProduction(t)
	tunnel := func(r *http.Request) { byName(r); r.Host = "localhost:9000" }
	for name, from := range map[string]func(*http.Request){"an address": func(*http.Request) {}, "another port": tunnel} {
		status, got := p.call(http.MethodPost, pathBegin, "", from)
		if status != http.StatusConflict || !strings.Contains(got["message"].(string), "manage_url") {
			t.Errorf("%s: %d %v", name, status, got)
		}
	}
	behind := func(proto string) func(*http.Request) {
		return func(r *http.Request) {
			r.Host, r.RemoteAddr = "console.example.com", "192.0.2.7:50000"
			r.Header.Set("X-Forwarded-Proto", proto)
			r.Header.Set("X-Forwarded-For", "198.51.100.9")
		}
	}
	p.Public = &url.URL{Scheme: "https", Host: "console.example.com:8443"}
	status, got := p.call(http.MethodPost, pathBegin, "", behind("https"))
	if status != http.StatusOK || got["rp_id"] != "console.example.com" {
		t.Errorf("by the public name: %d %v", status, got)
	}
	if status, got := p.call(http.MethodPost, pathBegin, "", behind("http")); status != http.StatusForbidden {
		t.Errorf("without TLS: %d %v", status, got)
	}
	if status, got := p.call(http.MethodPost, pathBegin, "", byName); status != http.StatusOK || got["rp_id"] != "localhost" {
		t.Errorf("on this machine: %d %v", status, got)
	}
}

func TestWhatIsNoPasskeyIsRefused(t *testing.T) {
	t.Parallel()
	p := newProduction(t)
	device, handle := enrolled(t, p)
	device.Party.Origin = "http://localhost:3000"
	const further = `"client_data":"e30","authenticator_data":"e30","signature":"e30","user_handle":"e30"}`
	for name, c := range map[string]struct {
		body string
		want int
	}{
		"what another server got from a browser": {assertion(t, device, p.challenge(), handle), http.StatusUnauthorized},
		"no base64url":                           {`{"credential_id":"a+b=",` + further, http.StatusBadRequest},
		"nothing at all":                         {`{}`, http.StatusBadRequest},
		"no client data":                         {`{"credential_id":"e30",` + further, http.StatusUnauthorized},
	} {
		if status, got := p.call(http.MethodPost, pathSessions+"/passkey", c.body, byName); status != c.want {
			t.Errorf("%s gives %d %v", name, status, got)
		}
	}
	elsewhere := func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }
	if status, got := p.call(http.MethodPost, pathBegin, "", byName, elsewhere); status != http.StatusForbidden {
		t.Errorf("a page of another origin gets %d %v", status, got)
	}
}
