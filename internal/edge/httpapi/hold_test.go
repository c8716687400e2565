package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/limit"
)

// crowded is a server whose only place is taken, which holds as many calls as one source may have
// of four.
type crowded struct {
	*Server
	leave chan struct{}
}

func newCrowded(t *testing.T) crowded {
	t.Helper()
	c := crowded{leave: make(chan struct{})}
	var err error
	c.Server, err = New(Config{
		Clock: clock.Fixed(time.Unix(1795312800, 0)), Log: slog.New(slog.DiscardHandler), Leaving: c.leave,
		Gate: limit.NewGate(limit.Room{Inside: 1}), Held: limit.NewGate(limit.Room{Inside: 4, Held: true}),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Gate.Enter(t.Context(), limit.Caller{}); err != nil {
		t.Fatal(err)
	}
	return c
}

// call makes a call with so long a body, and returns where its answer comes.
func (c crowded) call(ctx context.Context, body int) <-chan *httptest.ResponseRecorder {
	answered := make(chan *httptest.ResponseRecorder, 1)
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/v3/marketing/busifavor/coupons/use", strings.NewReader(strings.Repeat(" ", body)))
	r.Header = http.Header{"Accept": {"application/json"}, "User-Agent": {"test"}}
	go func() {
		w := httptest.NewRecorder()
		c.ServeHTTP(w, r)
		answered <- w
	}()
	synctest.Wait()
	return answered
}

// TestARefusalIsHeldAndLookedAtAgain: each case has a call held, lets something happen, and says
// what becomes of the call and how long after it came. 401 is what it gets once there is room, as
// it has no signature.
func TestARefusalIsHeldAndLookedAtAgain(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		body   int
		happen func(c crowded, left context.CancelFunc)
		status int
		after  time.Duration
	}{
		"no room":                 {2, func(crowded, context.CancelFunc) {}, http.StatusTooManyRequests, HoldTime},
		"room meanwhile":          {2, func(c crowded, _ context.CancelFunc) { c.Gate.Leave(limit.Caller{}) }, http.StatusUnauthorized, HoldTime},
		"the client leaves":       {2, func(_ crowded, left context.CancelFunc) { left() }, http.StatusTooManyRequests, 0},
		"the server leaves":       {2, func(c crowded, _ context.CancelFunc) { close(c.leave) }, http.StatusTooManyRequests, 0},
		"a body that is too long": {maxHeldBody + 1, func(crowded, context.CancelFunc) {}, http.StatusTooManyRequests, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server := newCrowded(t)
				ctx, left := context.WithCancel(t.Context())
				defer left()
				came := time.Now() //nolint:forbidigo // the bubble's
				answered := server.call(ctx, c.body)
				c.happen(server, left)
				got := <-answered
				if after := time.Since(came); got.Code != c.status || after != c.after { //nolint:forbidigo // the bubble's
					t.Errorf("%d after %s, want %d after %s", got.Code, after, c.status, c.after)
				}
				if got.Code == http.StatusTooManyRequests && (got.Header()["Retry-After"][0] != "1" || got.Header()["Wechatpay-Signature"] != nil) {
					t.Errorf("headers %v", got.Header())
				}
				if held, _ := server.Held.Load(); held != 0 {
					t.Errorf("%d calls are still held", held)
				}
			})
		})
	}
	t.Logf("proof P14: %d ways in which a call that was to be refused ends, and none is held after that", len(cases))
}

// TestOneSourceHasHalfOfThePlacesToBeHeldIn: its other calls are refused at once, as are all once
// the server is leaving.
func TestOneSourceHasHalfOfThePlacesToBeHeldIn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := newCrowded(t)
		var held []<-chan *httptest.ResponseRecorder
		for i := range 3 {
			answered := server.call(t.Context(), 2)
			if at := len(answered); at == 1 != (i == 2) {
				t.Errorf("call %d is answered: %d", i, at)
			}
			held = append(held, answered)
		}
		close(server.leave)
		for _, answered := range append(held, server.call(t.Context(), 2)) {
			if got := <-answered; got.Code != http.StatusTooManyRequests {
				t.Errorf("%d", got.Code)
			}
		}
	})
}
