package favordtest

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/favord/favord/client"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/favor"
	"github.com/favord/favord/wire/notify"
)

// Event is a callback whose signature was verified and which was opened.
type Event struct {
	*client.Notification
	// Send is there for COUPON.SEND, Use for COUPON.USE.
	Send *notify.CouponSend
	Use  *notify.CouponUse
}

// maxEvents bounds what an inbox holds; what comes then is refused, and delivered again later.
const maxEvents = 10_000

// Inbox is a receiver of callbacks. It is safe for concurrent use.
type Inbox struct {
	// URL is where it receives them.
	URL string

	sandbox *Sandbox

	mu      sync.Mutex
	events  []Event
	refused []error
	// changed is closed, and replaced, when something comes.
	changed chan struct{}
}

// Callbacks opens a receiver and makes it the merchant's for merchant coupons and for cash
// vouchers, in place of any other. It is gone when the test ends.
func (s *Sandbox) Callbacks() *Inbox {
	s.t.Helper()
	inbox := &Inbox{sandbox: s, changed: make(chan struct{})}
	handler, err := s.client.NotifyHandler(client.NotifyConfig{
		CouponSend: func(_ context.Context, n *client.Notification, e *notify.CouponSend) error {
			return inbox.take(Event{Notification: n, Send: e})
		},
		CouponUse: func(_ context.Context, n *client.Notification, e *notify.CouponUse) error {
			return inbox.take(Event{Notification: n, Use: e})
		},
		Other:   func(_ context.Context, n *client.Notification) error { return inbox.take(Event{Notification: n}) },
		OnError: func(_ *http.Request, err error) { inbox.refuse(err) },
	})
	if err != nil {
		s.t.Fatalf("favordtest: %v", err)
	}
	server := httptest.NewServer(handler)
	s.t.Cleanup(server.Close)
	inbox.URL = server.URL + "/callbacks"
	managed(s, func(ctx context.Context) (*busifavor.SetCallbackResponse, error) {
		return s.client.BusiFavor().SetCallback(ctx, &busifavor.SetCallbackRequest{NotifyURL: inbox.URL})
	})
	managed(s, func(ctx context.Context) (*favor.SetCallbackResponse, error) {
		return s.client.Favor().SetCallback(ctx, &favor.SetCallbackRequest{MchID: s.MchID, NotifyURL: inbox.URL})
	})
	return inbox
}

func (i *Inbox) take(e Event) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if len(i.events) >= maxEvents {
		return fmt.Errorf("favordtest: %d callbacks wait already", maxEvents)
	}
	i.events = append(i.events, e)
	i.tell()
	return nil
}

func (i *Inbox) refuse(err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if len(i.refused) < maxEvents {
		i.refused = append(i.refused, err)
	}
}

// tell wakes those who wait. The lock is held.
func (i *Inbox) tell() {
	close(i.changed)
	i.changed = make(chan struct{})
}

// waiting is how long Wait waits. Callbacks come within milliseconds, but those that are held
// back on purpose take seconds.
const waiting = 30 * time.Second

// Wait takes the first callback that matches out of the inbox, waiting for it at most 30
// seconds; nil matches any. A callback that was delivered twice is there twice. The test fails
// when none comes. It must be called from the goroutine of the test.
func (i *Inbox) Wait(match func(Event) bool) Event {
	i.sandbox.t.Helper()
	limit := time.NewTimer(waiting)
	defer limit.Stop()
	for {
		e, found, changed := i.find(match)
		if found {
			return e
		}
		select {
		case <-changed:
		case <-limit.C:
			i.sandbox.t.Fatalf("favordtest: no callback matched within %v; %s", waiting, i)
		case <-i.sandbox.t.Context().Done():
			i.sandbox.t.Fatalf("favordtest: the test ended before a callback matched; %s", i)
		}
	}
}

func (i *Inbox) find(match func(Event) bool) (Event, bool, <-chan struct{}) {
	i.mu.Lock()
	defer i.mu.Unlock()
	at := slices.IndexFunc(i.events, func(e Event) bool { return match == nil || match(e) })
	if at < 0 {
		return Event{}, false, i.changed
	}
	e := i.events[at]
	i.events = slices.Delete(i.events, at, at+1)
	return e, true, nil
}

// Refused returns why callbacks were refused, such as forged ones, in the order in which they
// came.
func (i *Inbox) Refused() []error {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.Clone(i.refused)
}

// String says what the inbox holds, for a test that fails.
func (i *Inbox) String() string {
	i.mu.Lock()
	defer i.mu.Unlock()
	var b strings.Builder
	fmt.Fprintf(&b, "%d callbacks wait, %d were refused", len(i.events), len(i.refused))
	for _, e := range i.events {
		fmt.Fprintf(&b, "\n%s  %s  %s", e.ID, e.EventType, e.Plaintext)
	}
	for _, err := range i.refused {
		fmt.Fprintf(&b, "\nrefused: %v", err)
	}
	return b.String()
}
