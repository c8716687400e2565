package client_test

import (
	"bytes"
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/client"
	"github.com/favord/favord/wire/notify"
	"github.com/favord/favord/wire/schema"
)

// receiver returns a client for notifications, with the clock of the vectors.
func receiver(tb testing.TB, apiKey string, keys map[string]*rsa.PublicKey) *client.Client {
	tb.Helper()
	c, err := client.New(client.Config{
		BaseURL: "http://127.0.0.1:1", MchID: "1900000001", SerialNo: merchantSerial, PrivateKey: merchantKey(),
		APIv3Key: apiKey, PlatformKeys: keys, Now: at,
	})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func handler(tb testing.TB, c *client.Client, n client.NotifyConfig) http.Handler {
	tb.Helper()
	h, err := c.NotifyHandler(n)
	if err != nil {
		tb.Fatal(err)
	}
	return h
}

// post delivers a notification and returns status and body of the answer.
func post(tb testing.TB, h http.Handler, header http.Header, body []byte) (int, string) {
	tb.Helper()
	r := httptest.NewRequestWithContext(tb.Context(), http.MethodPost, "/notify", bytes.NewReader(body))
	r.Header = header
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// event makes a signed notification at a time.
func event(tb testing.TB, eventType, id, resource string, now time.Time) (http.Header, []byte) {
	tb.Helper()
	box, err := apiv3.NewBox([]byte(apiKey))
	if err != nil {
		tb.Fatal(err)
	}
	kind, known := notify.KindOf(eventType)
	if !known {
		kind = notify.Kind{EventType: eventType, Summary: "x", OriginalType: "x", AssociatedData: "x"}
	}
	e, err := kind.Seal(box, notify.Event{ID: id, CreateTime: schema.TimeOf(now), Resource: []byte(resource)})
	if err != nil {
		tb.Fatal(err)
	}
	body, err := json.Marshal(e)
	if err != nil {
		tb.Fatal(err)
	}
	return signature(tb, body, now), body
}

func signature(tb testing.TB, body []byte, now time.Time) http.Header {
	tb.Helper()
	signer, err := apiv3.NewRSASigner(platformSerial, platformKey())
	if err != nil {
		tb.Fatal(err)
	}
	signed, err := apiv3.SignResponse(signer, body, now)
	if err != nil {
		tb.Fatal(err)
	}
	h := http.Header{"Content-Type": {"application/json"}}
	signed.SetHeader(h)
	return h
}

func platformKeys() map[string]*rsa.PublicKey {
	return map[string]*rsa.PublicKey{platformSerial: &platformKey().PublicKey}
}

// vectorFile is the part of the vectors that a receiver needs.
type vectorFile struct {
	Cases []struct {
		Name    string
		Key     string
		APIKey  string `json:"api_key"`
		Request struct {
			Headers [][2]string
			Body    []byte `json:"body_base64"`
		}
		Plaintext string `json:"plaintext_text"`
		Expect    struct {
			ClientAccepts bool `json:"client_accepts"`
		}
	}
}

type vectorKeys struct {
	PlatformCertificates map[string]vectorKey `json:"platform_certificates"`
	PublicKeys           map[string]vectorKey `json:"wechatpay_public_keys"`
}

type vectorKey struct {
	SerialNo     string `json:"serial_no"`
	ID           string `json:"id"`
	PublicKeyPEM string `json:"public_key_pem"`
}

func readVectors(tb testing.TB) (vectorFile, map[string]*rsa.PublicKey) {
	tb.Helper()
	var file vectorFile
	var keys vectorKeys
	for name, into := range map[string]any{"notifications": &file, "keys": &keys} {
		text, err := os.ReadFile("../apiv3/testdata/" + name + ".json")
		if err != nil {
			tb.Fatal(err)
		}
		if err := json.Unmarshal(text, into); err != nil {
			tb.Fatal(err)
		}
	}
	public := map[string]*rsa.PublicKey{}
	for _, group := range []map[string]vectorKey{keys.PlatformCertificates, keys.PublicKeys} {
		for _, k := range group {
			key, err := apiv3.ParseRSAPublicKey([]byte(k.PublicKeyPEM))
			if err != nil {
				tb.Fatal(err)
			}
			public[k.SerialNo+k.ID] = key
		}
	}
	return file, public
}

// TestTheVectorsAreAcceptedOrRefused as receivers must, probes among them.
func TestTheVectorsAreAcceptedOrRefused(t *testing.T) {
	t.Parallel()
	file, keys := readVectors(t)
	if len(file.Cases) < 8 {
		t.Fatalf("only %d vectors", len(file.Cases))
	}
	for _, v := range file.Cases {
		header := http.Header{}
		for _, pair := range v.Request.Headers {
			header.Set(pair[0], pair[1])
		}
		var got *client.Notification
		h := handler(t, receiver(t, v.APIKey, keys), client.NotifyConfig{Other: func(_ context.Context, n *client.Notification) error {
			got = n
			return nil
		}})
		status, body := post(t, h, header, v.Request.Body)
		accepted := v.Expect.ClientAccepts && v.Key != "wxp_pub_brand" // brands are none of ours
		switch {
		case accepted && (status != http.StatusNoContent || body != "" || got == nil || string(got.Plaintext) != v.Plaintext):
			t.Errorf("%s: %d %s, %+v", v.Name, status, body, got)
		case !accepted && (status < 400 || !strings.HasPrefix(body, `{"code":"FAIL","message":"`) || got != nil):
			t.Errorf("%s: %d %s, %+v", v.Name, status, body, got)
		}
	}
}

const sent = `{"event_type":"EVENT_TYPE_BUSICOUPON_SEND","coupon_code":"1","stock_id":"2","send_time":"2026-11-22T10:00:00+08:00","openid":"o","unionid":"","send_channel":"BUSICOUPON_SEND_CHANNEL_API","send_merchant":"1900000001","attach_info":"","send_req_no":"n"}`

func TestEventsComeTypedToTheirFunctions(t *testing.T) {
	t.Parallel()
	var got []string
	note := func(n *client.Notification, what string) error {
		got = append(got, n.EventType+" "+n.SignedBy+" "+what)
		return nil
	}
	h := handler(t, receiver(t, apiKey, platformKeys()), client.NotifyConfig{
		CouponSend: func(_ context.Context, n *client.Notification, e *notify.CouponSend) error {
			return note(n, e.CouponCode+" "+e.SendReqNo+" "+e.SendTime.String())
		},
		CouponUse: func(_ context.Context, n *client.Notification, e *notify.CouponUse) error { return note(n, e.CouponID) },
		Other:     func(_ context.Context, n *client.Notification) error { return note(n, string(n.Plaintext)) },
	})
	for eventType, resource := range map[string]string{
		notify.CouponSent: sent, notify.CouponUsed: `{"coupon_id":"9"}`, "LATER.EVENT": `{"x":1}`,
	} {
		header, body := event(t, eventType, "1", resource, at())
		if status, answer := post(t, h, header, body); status != http.StatusNoContent || answer != "" {
			t.Errorf("%s: %d %s", eventType, status, answer)
		}
	}
	want := map[string]bool{
		"COUPON.SEND " + platformSerial + " 1 n 2026-11-22T10:00:00+08:00": true,
		"COUPON.USE " + platformSerial + " 9":                              true,
		"LATER.EVENT " + platformSerial + ` {"x":1}`:                       true,
	}
	seen := map[string]bool{}
	for _, line := range got {
		seen[line] = true
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Error(diff)
	}
}

// TestWhatIsNotHandledIsRefused, and the platform does not learn why in detail.
func TestWhatIsNotHandledIsRefused(t *testing.T) {
	t.Parallel()
	secret := errors.New("database password is wrong")
	good, goodBody := event(t, notify.CouponSent, "1", sent, at())
	used, usedBody := event(t, notify.CouponUsed, "2", `{}`, at())
	odd, oddBody := event(t, notify.CouponSent, "3", `{"send_time":"yesterday"}`, at())
	nameless, namelessBody := event(t, notify.CouponSent, "", sent, at())
	stale, staleBody := event(t, notify.CouponSent, "5", sent, at().Add(-301*time.Second))
	early, earlyBody := event(t, notify.CouponSent, "6", sent, at().Add(301*time.Second))
	garbage := []byte("garbage")
	huge := bytes.Repeat([]byte(" "), 256<<10+1)
	for name, c := range map[string]struct {
		header http.Header
		body   []byte
		want   int
	}{
		"a function fails":  {good, goodBody, 500},
		"no function":       {used, usedBody, 501},
		"another form":      {odd, oddBody, 400},
		"without id":        {nameless, namelessBody, 400},
		"stale":             {stale, staleBody, 401},
		"from the future":   {early, earlyBody, 401},
		"changed":           {good, append(bytes.Clone(goodBody), ' '), 401},
		"unsigned":          {http.Header{}, goodBody, 401},
		"signed, no JSON":   {signature(t, garbage, at()), garbage, 400},
		"too large":         {signature(t, huge, at()), huge, 413},
		"sealed for others": {used, usedBody, 500},
	} {
		var noted error
		key := apiKey
		if name == "sealed for others" {
			key = strings.ToLower(apiKey)
		}
		h := handler(t, receiver(t, key, platformKeys()), client.NotifyConfig{
			CouponSend: func(context.Context, *client.Notification, *notify.CouponSend) error { return secret },
			OnError:    func(_ *http.Request, err error) { noted = err },
		})
		status, answer := post(t, h, c.header, c.body)
		var told notify.Answer
		if err := json.Unmarshal([]byte(answer), &told); err != nil || told.Code != notify.Fail || told.Message == "" || status != c.want {
			t.Errorf("%s: %d %s, want %d", name, status, answer, c.want)
		}
		if noted == nil || strings.Contains(answer, "password") || c.want == 500 && name == "a function fails" && !errors.Is(noted, secret) {
			t.Errorf("%s: noted %v, answered %s", name, noted, answer)
		}
	}
}

func TestOnlyPostIsANotification(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	handler(t, receiver(t, apiKey, platformKeys()), client.NotifyConfig{}).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/notify", http.NoBody))
	if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != http.MethodPost {
		t.Errorf("%d with %v", w.Code, w.Header())
	}
}

// TestAnUnreadableBodyIsRefused as when the sender goes away.
func TestAnUnreadableBodyIsRefused(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/notify", io.MultiReader(strings.NewReader("{"), brokenReader{}))
	w := httptest.NewRecorder()
	handler(t, receiver(t, apiKey, platformKeys()), client.NotifyConfig{}).ServeHTTP(w, r)
	if w.Code != http.StatusBadRequest {
		t.Errorf("%d", w.Code)
	}
}

func TestReceivingNeedsTheKeyOfTheBox(t *testing.T) {
	t.Parallel()
	c := receiver(t, "", platformKeys())
	if _, err := c.NotifyHandler(client.NotifyConfig{}); err == nil {
		t.Error("there is a handler")
	}
	header, body := event(t, notify.CouponSent, "1", sent, at())
	if _, err := c.ParseNotification(t.Context(), header, body); err == nil {
		t.Error("it is parsed")
	}
	n, err := receiver(t, apiKey, platformKeys()).ParseNotification(t.Context(), header, body)
	if err != nil || n.ID != "1" || string(n.Plaintext) != sent {
		t.Errorf("%+v, %v", n, err)
	}
	header.Set(apiv3.HeaderNonce, "x")
	if _, err := receiver(t, apiKey, platformKeys()).ParseNotification(t.Context(), header, body); !errors.Is(err, apiv3.ErrSignature) {
		t.Errorf("%v", err)
	}
}

// TestAnUnknownCertificateIsDownloadedForANotification and bad ones do not make a storm.
func TestAnUnknownCertificateIsDownloadedForANotification(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		known := certify(t, years)
		p := &rotating{t: t, key: apiKey}
		p.set(known.serial, known)
		c := p.client(nil)
		send := func(serial string) error {
			header, body := event(t, notify.CouponSent, "1", sent, time.Now())
			signer, err := apiv3.NewRSASigner(serial, platformKey())
			if err != nil {
				t.Fatal(err)
			}
			signed, err := apiv3.SignResponse(signer, body, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			signed.SetHeader(header)
			_, err = c.ParseNotification(t.Context(), header, body)
			return err
		}
		if err := send(known.serial); err != nil || p.downloads != 1 {
			t.Errorf("the first: %v after %d downloads", err, p.downloads)
		}
		<-time.After(time.Minute)
		next := certify(t, years)
		p.set(next.serial, known, next)
		if err := send(next.serial); err != nil || p.downloads != 2 {
			t.Errorf("the next: %v after %d downloads", err, p.downloads)
		}
		<-time.After(time.Minute)
		for range 50 {
			if err := send(merchantSerial); !errors.Is(err, apiv3.ErrUnknownSerial) {
				t.Error(err)
			}
		}
		if p.downloads != 3 {
			t.Errorf("%d downloads", p.downloads)
		}
	})
}

// TestRepetitionsAreHandledOnce, unless handling failed, and as long as they are remembered.
func TestRepetitionsAreHandledOnce(t *testing.T) {
	t.Parallel()
	var handled []string
	fail := false
	h := handler(t, receiver(t, apiKey, platformKeys()), client.NotifyConfig{
		Once: client.RememberIDs(2),
		Other: func(_ context.Context, n *client.Notification) error {
			if fail {
				return errors.New("not now")
			}
			handled = append(handled, n.ID)
			return nil
		},
	})
	deliver := func(id string, want int) {
		t.Helper()
		header, body := event(t, notify.CouponSent, id, sent, at())
		if status, answer := post(t, h, header, body); status != want {
			t.Errorf("%s: %d %s, want %d", id, status, answer, want)
		}
	}
	fail = true
	deliver("a", 500)
	fail = false
	for _, id := range []string{"a", "a", "b", "a", "c", "b", "c", "a"} { // c pushes a out
		deliver(id, 204)
	}
	if got := strings.Join(handled, ""); got != "abca" {
		t.Errorf("handled %s", got)
	}
}

// TestARepetitionWaitsForTheOutcome of the delivery that is being handled.
func TestARepetitionWaitsForTheOutcome(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		once := client.RememberIDs(10)
		outcome := errors.New("the first fails")
		calls := 0
		handle := func(context.Context) error {
			calls++
			<-time.After(time.Second)
			if calls == 1 {
				return outcome
			}
			return nil
		}
		var wg sync.WaitGroup
		results := make(chan error, 20)
		for range 20 {
			wg.Go(func() { results <- once(t.Context(), "1", handle) })
		}
		synctest.Wait()
		impatient, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if err := once(impatient, "1", handle); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("who does not wait gets %v", err)
		}
		wg.Wait()
		close(results)
		failed := 0
		for err := range results {
			if err != nil {
				failed++
			}
		}
		if failed != 1 || calls != 2 {
			t.Errorf("%d failed, handled %d times", failed, calls)
		}
	})
}

// TestAPanicDoesNotBlockRepetitions: it is as if handling had failed.
func TestAPanicDoesNotBlockRepetitions(t *testing.T) {
	t.Parallel()
	once := client.RememberIDs(1)
	func() {
		defer func() { _ = recover() }()
		_ = once(t.Context(), "1", func(context.Context) error { panic("oops") })
	}()
	handled := false
	if err := once(t.Context(), "1", func(context.Context) error { handled = true; return nil }); err != nil || !handled {
		t.Errorf("%v, handled %v", err, handled)
	}
}
