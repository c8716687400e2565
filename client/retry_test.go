package client_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/favord/favord/client"
	"github.com/favord/favord/wire/busifavor"
)

// Calls of every kind.
func get(ctx context.Context, c *client.Client) error {
	_, err := c.BusiFavor().GetStock(ctx, &busifavor.GetStockRequest{StockID: "1"})
	return err
}

func numbered(ctx context.Context, c *client.Client) error {
	_, err := c.BusiFavor().SendCoupon(ctx, &busifavor.SendCouponRequest{OpenID: "o", OutRequestNo: "n"})
	return err
}

func rawPost(ctx context.Context, c *client.Client) error {
	_, err := c.Post(ctx, "/v3/marketing/busifavor/coupons/send", map[string]string{"out_request_no": "n"})
	return err
}

func rawRepeatable(ctx context.Context, c *client.Client) error {
	_, err := c.Send(ctx, client.Call{Method: http.MethodPost, Target: "/v3/x", Body: []byte("{}"), Repeatable: true})
	return err
}

func remove(ctx context.Context, c *client.Client) error {
	_, err := c.Delete(ctx, "/v3/x")
	return err
}

// TestOnlySafeCallsAreRepeated for each failure that may pass, and for none that may not.
func TestOnlySafeCallsAreRepeated(t *testing.T) {
	t.Parallel()
	safe := map[string]func(context.Context, *client.Client) error{"get": get, "numbered": numbered, "raw and repeatable": rawRepeatable}
	others := map[string]func(context.Context, *client.Client) error{"post": rawPost, "delete": remove}
	const never, safely, always = 0, 1, 2
	attempts := func(when, wanted int) int {
		if when >= wanted {
			return 2
		}
		return 1
	}
	for name, failure := range map[string]struct {
		step step
		when int
	}{
		"429":                  {answer(429, `{"code":"FREQUENCY_LIMITED","message":"频率限制"}`), safely},
		"500":                  {answer(500, `{"code":"SYSTEM_ERROR","message":"系统异常，请稍后重试"}`), safely},
		"502":                  {unsigned(502, ``), safely},
		"503":                  {unsigned(503, `<html>`), safely},
		"400 and SYSTEM_ERROR": {answer(400, `{"code":"SYSTEM_ERROR","message":"系统错误"}`), safely},
		"probe":                {probe, safely},
		"broken":               {broken, safely},
		"cut":                  {cut, safely},
		"silent":               {silent, safely},
		"unreachable":          {unreachable, always},
		"400":                  {answer(400, `{"code":"PARAM_ERROR","message":"参数错误"}`), never},
		"401":                  {unsigned(401, `{"code":"SIGN_ERROR","message":"错误的签名，验签失败"}`), never},
		"403":                  {answer(403, `{"code":"RULE_LIMIT","message":"券不在有效期内"}`), never},
		"404":                  {unsigned(404, ``), never},
		"unsigned":             {unsigned(200, `{}`), never},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				for call, do := range safe {
					expectAttempts(t, call, do, failure.step, attempts(failure.when, safely))
				}
				for call, do := range others {
					expectAttempts(t, call, do, failure.step, attempts(failure.when, always))
				}
			})
		})
	}
}

// expectAttempts lets the first attempt of a call fail.
func expectAttempts(t *testing.T, name string, do func(context.Context, *client.Client) error, failure step, want int) {
	t.Helper()
	s := &script{t: t, steps: []step{failure}}
	err := do(t.Context(), s.client())
	if len(s.asked) != want || (err == nil) != (want == 2) {
		t.Errorf("%s: %d attempts, want %d: %v", name, len(s.asked), want, err)
	}
	if first, last := s.asked[0], s.asked[len(s.asked)-1]; first.body != last.body || first.target != last.target {
		t.Errorf("%s: is not repeated as it was: %+v", name, s.asked)
	}
}

func TestEveryAttemptIsSignedAnew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{t: t, steps: []step{answer(429, "{}", "Retry-After", "3"), answer(429, "{}", "Retry-After", "3")}}
		if err := get(t.Context(), s.client()); err != nil {
			t.Fatal(err)
		}
		nonces, times := map[string]bool{}, map[string]bool{}
		for _, a := range s.asked {
			nonces[a.auth.Nonce], times[a.auth.Timestamp] = true, true
		}
		if len(nonces) != 3 || len(times) != 3 {
			t.Errorf("3 attempts have %d nonces and %d timestamps", len(nonces), len(times))
		}
	})
}

// TestPausesAreDrawnBelowADoublingBound over many calls, which all fail to the end.
func TestPausesAreDrawnBelowADoublingBound(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const calls = 40
		var longest [3]time.Duration
		total := time.Duration(0)
		for range calls {
			s := &script{t: t, steps: slices.Repeat([]step{answer(500, `{"code":"SYSTEM_ERROR"}`)}, 4)}
			c := s.client(client.WithRetry(client.Retry{Attempts: 4, Base: time.Second, Max: 3 * time.Second}))
			if err := get(t.Context(), c); !errors.Is(err, client.ErrSystemError) || len(s.asked) != 4 {
				t.Fatalf("%d attempts, %v", len(s.asked), err)
			}
			for i := range longest {
				pause := s.asked[i+1].at.Sub(s.asked[i].at)
				longest[i] = max(longest[i], pause)
				total += pause
			}
		}
		for i, bound := range []time.Duration{time.Second, 2 * time.Second, 3 * time.Second} {
			if longest[i] > bound || longest[i] < bound/2 {
				t.Errorf("the longest pause %d was %s, the bound is %s", i+1, longest[i], bound)
			}
		}
		if mean := total / calls; mean < 2*time.Second || mean > 4*time.Second {
			t.Errorf("the pauses of a call are %s together, about 3 s are to be expected", mean)
		}
	})
}

func TestRetryAfterIsObeyedWithinReason(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		headers []string
		waited  time.Duration
		again   bool
	}{
		"seconds":             {[]string{"Retry-After", "7"}, 7 * time.Second, true},
		"a time":              {[]string{"Retry-After", "Sun, 22 Nov 2026 02:00:09 GMT", "Date", "Sun, 22 Nov 2026 02:00:00 GMT"}, 9 * time.Second, true},
		"a time that is past": {[]string{"Retry-After", "Sun, 22 Nov 2026 02:00:00 GMT", "Date", "Sun, 22 Nov 2026 02:00:09 GMT"}, 0, true},
		"half a minute":       {[]string{"Retry-After", "30"}, 30 * time.Second, true},
		"too long":            {[]string{"Retry-After", "31"}, 0, false},
		"nonsense":            {[]string{"Retry-After", "-5"}, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &script{t: t, steps: []step{answer(429, "{}", c.headers...)}}
				err := get(t.Context(), s.client(client.WithRetry(client.Retry{Attempts: 2})))
				if (err == nil) != c.again {
					t.Fatalf("gives %v", err)
				}
				if !c.again {
					refused, is := errors.AsType[*client.APIError](err)
					if !is || refused.RetryAfter != 31*time.Second {
						t.Errorf("gives %+v", err)
					}
					return
				}
				if waited := s.asked[1].at.Sub(s.asked[0].at); waited != c.waited {
					t.Errorf("waited %s, want %s", waited, c.waited)
				}
			})
		})
	}
}

// TestNobodyWaitsForWhatCannotHappenAnyMore: the deadline comes before the next attempt.
func TestNobodyWaitsForWhatCannotHappenAnyMore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{t: t, steps: []step{answer(429, "{}", "Retry-After", "7")}}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		began := time.Now()
		err := get(ctx, s.client())
		if refused, is := errors.AsType[*client.APIError](err); !is || refused.Status != 429 || time.Since(began) != 0 {
			t.Errorf("after %s: %v", time.Since(began), err)
		}
	})
}

// TestACallEndsWithItsContext in an attempt and in a pause.
func TestACallEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for name, failure := range map[string]step{"attempt": silent, "pause": answer(429, "{}", "Retry-After", "20")} {
			s := &script{t: t, steps: []step{failure}}
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				<-time.After(3 * time.Second)
				cancel()
			}()
			began := time.Now()
			if err := get(ctx, s.client()); err == nil || time.Since(began) != 3*time.Second || len(s.asked) != 1 {
				t.Errorf("%s: ends after %s and %d attempts with %v", name, time.Since(began), len(s.asked), err)
			}
		}
	})
}

func TestASilentServerIsGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{t: t, steps: slices.Repeat([]step{silent}, 5)}
		c := s.client(client.WithTimeout(2*time.Second), client.WithRetry(client.Retry{Attempts: 3}))
		began := time.Now()
		err := get(t.Context(), c)
		lost, is := errors.AsType[*client.TransportError](err)
		if !is || !lost.Sent || !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 6*time.Second {
			t.Errorf("after %s: %v", time.Since(began), err)
		}
		if !strings.Contains(err.Error(), "GET /v3/marketing/busifavor/stocks/1") {
			t.Errorf("says %q", err)
		}
	})
}

// TestAttemptsAreBounded whatever somebody asks for.
func TestAttemptsAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for asked, want := range map[int]int{-1: 1, 0: 1, 1: 1, 3: 3, 1000: 10} {
			s := &script{t: t, steps: slices.Repeat([]step{broken}, 20)}
			if err := get(t.Context(), s.client(client.WithRetry(client.Retry{Attempts: asked}))); err == nil || len(s.asked) != want {
				t.Errorf("%d attempts are %d: %v", asked, len(s.asked), err)
			}
		}
	})
}

// TestCallsMoveToTheStandbyAndBack: a primary that does not answer is left alone for a
// minute; then one call tries it.
func TestCallsMoveToTheStandbyAndBack(t *testing.T) {
	t.Parallel()
	for name, failure := range map[string]step{"unreachable": unreachable, "broken": broken, "503": unsigned(503, "")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &script{t: t, steps: []step{failure}}
				c := s.client()
				call := func() {
					if err := numbered(t.Context(), c); err != nil {
						t.Error(err)
					}
				}
				call() // fails over
				call() // stays there
				<-time.After(59 * time.Second)
				call()
				<-time.After(2 * time.Second)
				s.steps = []step{failure}
				call() // tries the primary in vain
				call()
				<-time.After(61 * time.Second)
				call() // tries it with success
				call()
				if got := s.hosts(); got != "1 2 2 2 1 2 2 1 1" {
					t.Errorf("asked %s", got)
				}
			})
		})
	}
}

// TestAFailedCallAloneMoves: 500 says something about the call, not about the host.
func TestAFailedCallAloneMoves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{t: t, steps: []step{answer(500, `{"code":"SYSTEM_ERROR"}`)}}
		c := s.client()
		for range 2 {
			if err := numbered(t.Context(), c); err != nil {
				t.Error(err)
			}
		}
		if got := s.hosts(); got != "1 2 1" {
			t.Errorf("asked %s", got)
		}
	})
}

// TestACallThatMustNotBeRepeatedWarnsTheNext: it fails, and the next begins elsewhere.
func TestACallThatMustNotBeRepeatedWarnsTheNext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{t: t, steps: []step{broken}}
		c := s.client()
		if err := rawPost(t.Context(), c); err == nil {
			t.Error("it is repeated")
		}
		if err := rawPost(t.Context(), c); err != nil {
			t.Error(err)
		}
		if got := s.hosts(); got != "1 2" {
			t.Errorf("asked %s", got)
		}
	})
}

// TestRateLimitsDoNotChangeTheHost: another entry would count the same calls.
func TestRateLimitsDoNotChangeTheHost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{t: t, steps: []step{answer(429, "{}"), probe}}
		if err := get(t.Context(), s.client()); err != nil {
			t.Error(err)
		}
		if got := s.hosts(); got != "1 1 1" {
			t.Errorf("asked %s", got)
		}
	})
}

// TestABrokenStandbySendsCallsBack when both fail, calls go to and fro.
func TestABrokenStandbySendsCallsBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{t: t, steps: []step{broken, broken, broken, broken}}
		c := s.client()
		if err := get(t.Context(), c); err == nil {
			t.Error("no error")
		}
		if err := get(t.Context(), c); err != nil {
			t.Error(err)
		}
		if got := s.hosts(); got != "1 2 1 2 1" {
			t.Errorf("asked %s", got)
		}
	})
}

// TestTheDefaultHostsAreThoseOfTheRealService and another base URL has no standby.
func TestTheDefaultHostsAreThoseOfTheRealService(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for base, want := range map[string]string{"": "api.mch.weixin.qq.com api2.mch.weixin.qq.com", "http://127.0.0.1:1/base": "127.0.0.1:1 127.0.0.1:1"} {
			s := &script{t: t, steps: []step{unreachable}}
			c, err := client.New(client.Config{
				BaseURL: base, MchID: "1900000001", SerialNo: merchantSerial, PrivateKey: merchantKey(), HTTPClient: &http.Client{Transport: s},
			})
			if err != nil {
				t.Fatal(err)
			}
			_, _ = c.Get(t.Context(), "/v3/certificates")
			if len(s.asked) != 2 || s.asked[0].host+" "+s.asked[1].host != want {
				t.Errorf("%q: asked %+v", base, s.asked)
			}
		}
	})
}

// TestAHostWithAForeignCertificateIsAvoided: nothing was sent to it.
func TestAHostWithAForeignCertificateIsAvoided(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	c, err := client.New(client.Config{BaseURL: server.URL, MchID: "1900000001", SerialNo: merchantSerial, PrivateKey: merchantKey()}, client.WithRetry(client.Retry{}))
	if err != nil {
		t.Fatal(err)
	}
	err = rawPost(t.Context(), c)
	if lost, is := errors.AsType[*client.TransportError](err); !is || lost.Sent {
		t.Errorf("%v", err)
	}
}

// TestWhatCannotBeSentIsNotTried: neither a target that would change the host nor a header
// that would end early.
func TestWhatCannotBeSentIsNotTried(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]client.Call{
		"no slash":    {Method: http.MethodGet, Target: ".evil.test/v3/x"},
		"user info":   {Method: http.MethodGet, Target: "@evil.test/v3/x"},
		"bad escape":  {Method: http.MethodGet, Target: "/v3/%zz"},
		"line break":  {Method: http.MethodGet, Target: "/v3/x", Header: http.Header{"Idempotency-Key": {"a\r\nX: y"}}},
		"header name": {Method: http.MethodGet, Target: "/v3/x", Header: http.Header{"A\nB": {"c"}}},
		"method":      {Method: "GE T", Target: "/v3/x"},
	} {
		s := &script{t: t}
		if _, err := s.client().Send(t.Context(), call); err == nil || len(s.asked) > 0 {
			t.Errorf("%s: %v after %d requests", name, err, len(s.asked))
		}
	}
}

// TestAnObserverSeesEveryAttempt and no parameters.
func TestAnObserverSeesEveryAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{t: t, steps: []step{broken, answer(429, "{}"), probe}}
		var seen []client.Attempt
		c := s.client(client.WithObserver(func(a client.Attempt) { seen = append(seen, a) }), client.WithRetry(client.Retry{Attempts: 4}))
		if _, err := c.Get(t.Context(), "/v3/x?openid=secret"); err != nil {
			t.Fatal(err)
		}
		want := []struct {
			url    string
			status int
			failed bool
		}{
			{"https://primary.test/v3/x", 0, true},
			{"https://standby.test/v3/x", 429, true},
			{"https://standby.test/v3/x", 200, true},
			{"https://standby.test/v3/x", 200, false},
		}
		if len(seen) != len(want) {
			t.Fatalf("saw %d", len(seen))
		}
		for i, w := range want {
			if a := seen[i]; a.Number != i+1 || a.Method != http.MethodGet || a.URL != w.url || a.Status != w.status || (a.Err != nil) != w.failed || w.status != 0 && a.RequestID == "" {
				t.Errorf("saw %+v, want %+v", a, w)
			}
		}
	})
}
