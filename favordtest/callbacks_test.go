package favordtest_test

import (
	"strings"
	"testing"

	"github.com/favord/favord/favordtest"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/notify"
)

// about matches the callback about a coupon.
func about(code string) func(favordtest.Event) bool {
	return func(e favordtest.Event) bool { return e.Send != nil && e.Send.CouponCode == code }
}

func TestACallbackArrivesOpened(t *testing.T) {
	t.Parallel()
	s := favordtest.Start(t)
	inbox := s.Callbacks()
	first, second := send(t, s, "n1"), send(t, s, "n2")
	// In the other order: what does not match stays.
	for _, code := range []string{second, first} {
		e := inbox.Wait(about(code))
		if e.EventType != notify.CouponSent || e.Send.StockID != demoStock || e.Send.OpenID != "" && e.Send.OpenID != s.OpenID {
			t.Errorf("got %s with %+v", e.EventType, e.Send)
		}
	}
	if refused := inbox.Refused(); len(refused) > 0 {
		t.Errorf("refused: %v", refused)
	}
}

func TestACallbackComesTwiceWhenAFaultSaysSo(t *testing.T) {
	t.Parallel()
	s := favordtest.Start(t)
	inbox, once := s.Callbacks(), int64(1)
	s.Fault(manage.AddFaultRequest{Kind: "CALLBACK_DUPLICATE", Count: &once})
	code := send(t, s, "n1")
	if first, again := inbox.Wait(about(code)), inbox.Wait(about(code)); first.ID != again.ID {
		t.Errorf("the events are %s and %s", first.ID, again.ID)
	}
}

func TestAForgedCallbackIsRefused(t *testing.T) {
	t.Parallel()
	s := favordtest.Start(t)
	inbox, once := s.Callbacks(), int64(1)
	s.Fault(manage.AddFaultRequest{Kind: "CALLBACK_FORGED", Count: &once})
	inbox.Wait(about(send(t, s, "n1"))) // the right one comes after it
	refused := inbox.Refused()
	if len(refused) != 1 || !strings.Contains(refused[0].Error(), "signature") {
		t.Errorf("refused: %v", refused)
	}
}
