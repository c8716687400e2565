package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/base/telemetry"
	"github.com/favord/favord/internal/edge/httpapi"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/internal/server"
	"github.com/favord/favord/internal/store/pgtest"
	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

// Canaries: none may be seen where it does not belong. Keys are test keys.
const (
	canaryOpenID = "oCanary4Openid5678901234567a"
	canaryKey    = "CanaryKey4Apiv3Apiv2Secret567890"
	canaryToken  = "canary-token-0123456789abcdef0123456789"
)

// shown collects what a server writes.
type shown struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *shown) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *shown) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// TestSecretsAndOpenIDsAreSeenNowhere sends canaries through every operation of both ports, in
// fields that fit and in fields of a wrong shape, and looks for them in the log, with everything
// that it can be made to say, in the figures and the traces, and secrets also in the answers.
func TestSecretsAndOpenIDsAreSeenNowhere(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]func() string{
		"sqlite": func() string { return "" },
		"postgres": func() string {
			cluster, err := pgtest.Start(t.Context(), pgtest.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = cluster.Stop() })
			return cluster.Empty(t)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := &shown{}
			c := configOf(t.TempDir())
			c.Database, c.Connections, c.ManageToken, c.Unlimited = database(), 8, canaryToken, true
			c.Log = telemetry.NewLogger(log, telemetry.LogOptions{Level: slog.LevelDebug, JSON: name == "sqlite"})
			spans := &shown{}
			collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(spans, r.Body) }))
			t.Cleanup(collector.Close)
			c.Traces = server.Traces{Endpoint: collector.URL, Share: 1}
			r := start(t, c)
			walk := &canaryWalk{t: t, running: r, log: log, succeeded: map[string]bool{}}
			walk.every()
			_, figures := fetch(t, r.ManageURL()+"/metrics")
			r.finish(t)
			walk.look("the figures", figures, walk.all())
			if told := spans.String(); !strings.Contains(told, `"busifavor.coupons.send"`) || !strings.Contains(told, `"database"`) ||
				!strings.Contains(told, `"manage.users.put"`) {
				t.Errorf("the traces tell of no call: %d bytes", len(told))
			}
			walk.look("the traces", spans.String(), walk.all())
			walk.look("the log", log.String(), append(walk.all(), "WECHATPAY2-", "signature=", "Bearer", "PRIVATE KEY"))
		})
	}
}

// canaryWalk sends canaries.
type canaryWalk struct {
	t *testing.T
	*running
	log       *shown
	env       sandbox.Environment
	succeeded map[string]bool
}

func (w *canaryWalk) secrets() []string {
	return []string{canaryKey, canaryToken, w.env.APIv3Key, w.env.APIv2Key}
}

func (w *canaryWalk) all() []string { return append(w.secrets(), canaryOpenID, w.env.OpenID) }

func (w *canaryWalk) look(where, text string, canaries []string) {
	w.t.Helper()
	for _, canary := range canaries {
		if at := strings.Index(text, canary); at >= 0 {
			w.t.Errorf("%s: %s stands in …%s…", where, canary, text[max(0, at-120):min(len(text), at+120)])
		}
	}
}

// every walks the tables of both ports, the signed one with a right and a wrong signature.
func (w *canaryWalk) every() {
	t := w.t
	signed, env := w.demo(t, &shifted{})
	w.env = env
	operator, err := client.NewManagement(client.ManagementConfig{BaseURL: w.ManageURL(), Token: canaryToken})
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := client.NewManagement(client.ManagementConfig{BaseURL: w.ManageURL(), Token: canaryToken + canaryKey})
	if err != nil {
		t.Fatal(err)
	}
	walked := 0
	for _, port := range []struct {
		operations []wire.Operation
		send       []func(method, target string, body []byte) (*client.Response, error)
	}{
		{httpapi.Operations(), []func(string, string, []byte) (*client.Response, error){
			func(m, target string, b []byte) (*client.Response, error) {
				return signed.Do(t.Context(), m, target, b)
			},
			func(m, target string, b []byte) (*client.Response, error) { return w.forged(m, target, b), nil },
		}},
		{manage.Operations(), []func(string, string, []byte) (*client.Response, error){
			func(m, target string, b []byte) (*client.Response, error) {
				return operator.Do(t.Context(), m, target, b)
			},
			func(m, target string, b []byte) (*client.Response, error) {
				return stranger.Do(t.Context(), m, target, b)
			},
		}},
	} {
		for _, op := range port.operations {
			if op.ID == manage.RestoreSnapshot {
				continue // it would take the others' data away
			}
			for _, wrong := range []bool{false, true} {
				target, body := w.request(&op, wrong)
				for _, send := range port.send {
					walked++
					if answer, _ := send(op.Method, target, body); answer != nil {
						w.succeeded[op.ID] = w.succeeded[op.ID] || answer.Status < http.StatusMultipleChoices
						w.look(op.ID+" answers", string(answer.Body), w.secrets())
					}
				}
			}
		}
	}
	t.Logf("proof P19: %d requests with canaries, seen nowhere", walked)
	succeeded := 0
	for _, did := range w.succeeded {
		if did {
			succeeded++
		}
	}
	if operations := len(httpapi.Operations()) + len(manage.Operations()); walked < 4*(operations-1) || succeeded < operations/4 {
		t.Errorf("%d requests for %d operations, %d of which succeeded", walked, operations, succeeded)
	}
}

// forged sends a request whose signature is a canary.
func (w *canaryWalk) forged(method, target string, body []byte) *client.Response {
	request, err := http.NewRequestWithContext(w.t.Context(), method, w.APIURL()+target, bytes.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", fmt.Sprintf(`WECHATPAY2-SHA256-RSA2048 mchid=%q,nonce_str=%q,signature=%q,timestamp="1",serial_no=%q`,
		w.env.MchID, canaryKey, canaryKey, w.env.SerialNo))
	answer, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(request)
	if err == nil {
		_ = answer.Body.Close()
	}
	return nil
}

// request fills a request with canaries, in a shape that fits or in a wrong one.
func (w *canaryWalk) request(op *wire.Operation, wrong bool) (target string, body []byte) {
	target = op.Path
	if op.Request == nil {
		return target, nil
	}
	query, object := url.Values{}, map[string]any{}
	for i := range op.Request.Fields {
		f := &op.Request.Fields[i]
		value := w.value(f, wrong)
		switch f.In {
		case schema.InPath:
			target = strings.Replace(target, "{"+f.Name+"}", url.PathEscape(fmt.Sprint(value)), 1)
		case schema.InQuery:
			query.Set(f.Name, fmt.Sprint(value))
		case schema.InBody:
			object[f.Name] = value
		case schema.InHeader:
		}
	}
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	if !op.Request.Has(schema.InBody) {
		return target, nil
	}
	body, err := json.Marshal(object)
	if err != nil {
		w.t.Fatal(err)
	}
	return target, body
}

func (w *canaryWalk) value(f *schema.Field, wrong bool) any { //nolint:revive // the walk fills every field twice: as it should be, and wrong
	switch f.Kind {
	case schema.Integer:
		return max(1, f.Min)
	case schema.Boolean:
		return true
	case schema.Date:
		return "2030-01-02T15:04:05+08:00"
	case schema.File:
		return "file"
	case schema.Array:
		return []any{w.value(f.Element, wrong)}
	case schema.Struct:
		members := map[string]any{}
		for i := range f.Object.Fields {
			members[f.Object.Fields[i].Name] = w.value(&f.Object.Fields[i], wrong)
		}
		return members
	case schema.String:
	}
	text := w.text(f)
	if wrong {
		return text + strings.Repeat("!", 1000)
	}
	return text
}

// text is a string that fits a field, as far as its name and declaration tell.
func (w *canaryWalk) text(f *schema.Field) string {
	switch name := strings.ToLower(f.Name); {
	case len(f.Enum) > 0:
		return f.Enum[0]
	case strings.Contains(name, "openid") || name == "other" || name == "account":
		return canaryOpenID
	case strings.Contains(name, "appid"):
		return w.env.AppID
	case strings.Contains(name, "stock_id"):
		return demoStock
	case strings.Contains(name, "merchant") || strings.Contains(name, "mchid"):
		return w.env.MchID
	case strings.Contains(name, "url"):
		return w.ManageURL() + "/" + canaryOpenID
	case strings.Contains(name, "key") && !strings.Contains(name, "mode"):
		return canaryKey
	case strings.Contains(name, "certificate"): // the wrong half, sent by mistake
		return "-----BEGIN PRIVATE KEY-----\n" + canaryKey + "\n-----END PRIVATE KEY-----\n"
	}
	const filler = "Filler0Filler0Filler0Filler0Filler0Filler0"
	return filler[:min(len(filler), max(1, f.MaxChars))]
}
