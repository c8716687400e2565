package favordtest_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/client"
	"github.com/favord/favord/favordtest"
	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

const demoStock = "1282070000000017"

// send issues a coupon of a demo stock.
func send(t *testing.T, s *favordtest.Sandbox, number string) string {
	t.Helper()
	sent, err := s.Client().BusiFavor().SendCoupon(t.Context(), &busifavor.SendCouponRequest{
		OpenID: s.OpenID, AppID: s.AppID, StockID: demoStock, OutRequestNo: number,
	})
	if err != nil {
		t.Fatal(err)
	}
	return sent.SendCouponResult.CouponCode
}

func use(t *testing.T, s *favordtest.Sandbox, code string) error {
	t.Helper()
	_, err := s.Client().BusiFavor().UseCoupon(t.Context(), &busifavor.UseCouponRequest{
		CouponCode: code, StockID: demoStock, AppID: s.AppID, UseTime: schema.TimeOf(s.Now()), UseRequestNo: "use-" + code,
	})
	return err
}

func refusal(err error) (int, string) {
	if refused := new(client.APIError); errors.As(err, &refused) {
		return refused.Status, refused.Code
	}
	return 0, ""
}

func TestACouponExpiresWhenTheTestSaysSo(t *testing.T) {
	t.Parallel()
	s := favordtest.Start(t)
	code := send(t, s, "n1")
	s.SetClock(manage.SetClockRequest{Action: "FREEZE", Moment: "AFTER_END", StockID: demoStock, CouponCode: code})
	if status, refused := refusal(use(t, s, code)); status != http.StatusForbidden || refused != "RULE_LIMIT" {
		t.Errorf("an expired coupon gives %d %s", status, refused)
	}
	s.Advance(-time.Second)
	if err := use(t, s, code); err != nil {
		t.Errorf("in its last second: %v", err)
	}
}

func TestTheNextCallFailsAndTheRepeatSucceeds(t *testing.T) {
	t.Parallel()
	s := favordtest.Start(t)
	code := send(t, s, "n1")
	s.FailNext(busifavor.UseCoupon, http.StatusInternalServerError, "SYSTEM_ERROR")
	// The client may repeat a call with a request number by itself.
	if err := use(t, s, code); err != nil {
		if status, refused := refusal(err); status != http.StatusInternalServerError || refused != "SYSTEM_ERROR" {
			t.Fatalf("got %v", err)
		}
		if err := use(t, s, code); err != nil {
			t.Errorf("the repeat: %v", err)
		}
	}
}

func TestOneSeedGivesTheSameCodes(t *testing.T) {
	t.Parallel()
	at := clock.System{}.Now().Add(time.Hour)
	codes := func() string {
		s := favordtest.Start(t, favordtest.WithSeed(7))
		s.Freeze(at) // codes tell their time, to some seconds
		return strings.Join([]string{send(t, s, "a"), send(t, s, "b"), send(t, s, "c")}, " ")
	}
	if first, second := codes(), codes(); first != second {
		t.Errorf("%s, then %s", first, second)
	}
}

func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		favordtest.Start(b)
	}
}
