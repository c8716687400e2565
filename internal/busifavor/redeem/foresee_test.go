package redeem_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/internal/busifavor/redeem"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store/storetest"
)

// TestWhatIsForeseenIsWhatHappens: asking changes nothing, and the answer is that of the call.
func TestWhatIsForeseenIsWhatHappens(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, shop *storetest.Shop, code coupon.Code) {
		s := serviceOf(shop)
		for name, change := range map[string]func(cmd *redeem.UseCommand){
			"another merchant": func(cmd *redeem.UseCommand) { cmd.Caller = "1900000009" },
			"another user":     func(cmd *redeem.UseCommand) { cmd.OpenID = user.OpenID("oUpF8uMuAJO_M2pxb1Q9zNjWeS60") },
			"a foreign appid":  func(cmd *redeem.UseCommand) { cmd.AppID = merchant.AppID("wx0000000000000000") },
			"no such coupon":   func(cmd *redeem.UseCommand) { cmd.Code = "1" },
			"no such stock":    func(cmd *redeem.UseCommand) { cmd.StockID = "1" },
		} {
			cmd := command(shop, code, "use")
			change(&cmd)
			_, want := s.Use(t.Context(), cmd)
			got := foreseen(t, s, cmd, time.Time{})
			if got == nil || want == nil || strings.TrimPrefix(got.Error(), "foresee use: ") != strings.TrimPrefix(want.Error(), "use coupon: ") {
				t.Errorf("%s: foreseen %v, happened %v", name, got, want)
			}
		}
		cmd := command(shop, code, "use")
		if err := foreseen(t, s, cmd, time.Time{}); err != nil {
			t.Errorf("foreseen %v", err)
		}
		if _, err := s.Use(t.Context(), cmd); err != nil {
			t.Errorf("asking has changed something: %v", err)
		}
		if err := foreseen(t, s, cmd, time.Time{}); !errors.Is(err, coupon.ErrUsed) {
			t.Errorf("of a used coupon is foreseen %v", err)
		}
	})
}

// foreseen is why a use would be refused.
func foreseen(t *testing.T, s *redeem.Service, cmd redeem.UseCommand, at time.Time) error {
	t.Helper()
	f, err := s.Foresee(t.Context(), cmd, at)
	if err != nil {
		return err
	}
	return f.Refusal
}

func TestTheRuleAboutTimeIsNamed(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, shop *storetest.Shop, code coupon.Code) {
		s := serviceOf(shop)
		v := &shop.Stock.Validity
		for at, want := range map[time.Time]coupon.Hindrance{
			shop.Now:                  coupon.Unhindered,
			v.End:                     coupon.Unhindered,
			v.End.Add(time.Second):    coupon.HinderedEnded,
			v.Begin.Add(-time.Second): coupon.HinderedNotBegun,
		} {
			f, err := s.Foresee(t.Context(), command(shop, code, "use"), at)
			if err != nil || f.Hindrance != want || (f.Refusal == nil) != (want == coupon.Unhindered) {
				t.Errorf("at %s: %q, %v, %v; want %q", at, f.Hindrance, f.Refusal, err, want)
			}
			if text := f.Stock.Text(want, f.Coupon.Life); (text.EN == "") != (want == coupon.Unhindered) {
				t.Errorf("%q is said as %q", want, text.EN)
			}
		}
	})
}
