package coupon_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
)

// TestTheCapOfASubsidyIsTheDiscount is 12.2, with its worked example.
func TestTheCapOfASubsidyIsTheDiscount(t *testing.T) {
	t.Parallel()
	normal := func(discount fen.Fen) coupon.Stock {
		return coupon.Stock{Type: coupon.TypeNormal, Benefit: coupon.Benefit{Discount: discount}}
	}
	discount := func(percent int) coupon.Stock {
		return coupon.Stock{Type: coupon.TypeDiscount, Benefit: coupon.Benefit{Percent: percent}}
	}
	for i, c := range []struct {
		stock coupon.Stock
		paid  fen.Fen
		want  fen.Fen
		ok    bool
	}{
		{normal(500), 0, 500, true},
		{normal(500), 1, 500, true},
		{normal(1), 1000, 1, true},
		{normal(10_000_000), 0, coupon.MaxSubsidy, true},
		{discount(88), 880, 120, true}, // the example
		{discount(88), 881, 120, true}, // rounded down
		{discount(88), 887, 120, true},
		{discount(88), 888, 121, true},
		{discount(88), 1, 0, true},
		{discount(100), 1_000_000, 0, true},
		{discount(1), 1, 99, true},
		{discount(1), 1 << 62, coupon.MaxSubsidy, true},
		{discount(50), coupon.MaxSubsidy, coupon.MaxSubsidy, true},
		{discount(50), coupon.MaxSubsidy + 1, coupon.MaxSubsidy, true},
		{discount(50), coupon.MaxSubsidy - 1, coupon.MaxSubsidy - 1, true},
		{discount(88), 0, coupon.MaxSubsidy, true}, // the order's amount is not known
		{coupon.Stock{Type: coupon.TypeExchange}, 880, 0, false},
	} {
		if got, ok := c.stock.SubsidyCap(c.paid); got != c.want || ok != c.ok {
			t.Errorf("%d: %+v of %d paid: %d, %v, want %d, %v", i, c.stock.Benefit, c.paid, got, ok, c.want, c.ok)
		}
	}
}

func TestWhoMayHaveASubsidyPaid(t *testing.T) {
	t.Parallel()
	const creator, belong, other = merchant.ID("1900000001"), merchant.ID("1900000002"), merchant.ID("1900000003")
	s := coupon.Stock{StockKey: coupon.StockKey{Creator: creator}, Belong: belong}
	for _, c := range []struct {
		caller, payer merchant.ID
		want          bool
	}{
		{creator, creator, true},
		{creator, belong, true}, // the service provider acts for its sub-merchant
		{belong, belong, true},
		{belong, creator, false}, // nobody helps himself
		{creator, other, false},
		{other, other, false},
		{other, creator, false},
	} {
		if got := s.PayableBy(c.caller, c.payer); got != c.want {
			t.Errorf("%s has %s pay: %v", c.caller, c.payer, got)
		}
	}
}

func TestASubsidyFailsForItsReason(t *testing.T) {
	t.Parallel()
	now := date(t, "2026-12-10 12:00:00")
	for i, c := range []struct {
		amount, most, balance fen.Fen
		coupon                coupon.Coupon
		order                 coupon.Order
		want                  coupon.SubsidyFailure
	}{
		{100, 100, 100, coupon.Coupon{}, coupon.Order{ProfitSharing: true}, ""},
		{100, 100, 100, coupon.Coupon{}, coupon.Order{}, coupon.SubsidyNoSharing},
		{101, 100, 1000, coupon.Coupon{}, coupon.Order{ProfitSharing: true}, coupon.SubsidyAmountQuota},
		{1, 100, 1000, coupon.Coupon{Subsidized: 99}, coupon.Order{ProfitSharing: true}, ""},
		{1, 100, 1000, coupon.Coupon{Subsidized: 100}, coupon.Order{ProfitSharing: true}, coupon.SubsidyAmountQuota},
		{1, 100, 1000, coupon.Coupon{}, coupon.Order{ProfitSharing: true, Subsidized: coupon.MaxSubsidy - 1}, ""},
		{1, 100, 1000, coupon.Coupon{}, coupon.Order{ProfitSharing: true, Subsidized: coupon.MaxSubsidy}, coupon.SubsidyAmountQuota},
		{1, 100, 1000, coupon.Coupon{}, coupon.Order{ProfitSharing: true, Subsidies: coupon.MaxSubsidies - 1}, ""},
		{1, 100, 1000, coupon.Coupon{}, coupon.Order{ProfitSharing: true, Subsidies: coupon.MaxSubsidies}, coupon.SubsidyCountQuota},
		{100, 100, 99, coupon.Coupon{}, coupon.Order{ProfitSharing: true}, coupon.SubsidyNoBalance},
	} {
		s, held, o := coupon.Subsidy{Amount: c.amount}, c.coupon, c.order
		s.Settle(&held, &o, c.most, c.balance, now)
		if s.FailReason != c.want || (s.Status == coupon.SubsidySuccess) != (c.want == "") || !s.DoneAt.Equal(now) {
			t.Errorf("%d: %+v, want %q", i, s, c.want)
		}
		if diff := cmp.Diff(c.coupon, held) + cmp.Diff(c.order, o); (diff == "") == (c.want == "") {
			t.Errorf("%d: a payment %s changed %q", i, s.Status, diff)
		}
	}
}

// TestSubsidiesStayWithinTheirCaps plays random payments and returns: what is paid and not
// returned stays within the cap, and what coupon and order count is what the payments say.
func TestSubsidiesStayWithinTheirCaps(t *testing.T) {
	t.Parallel()
	now := date(t, "2026-12-10 12:00:00")
	rapid.Check(t, func(rt *rapid.T) {
		most := fen.Fen(rapid.Int64Range(1, 500).Draw(rt, "cap"))
		balance := fen.Fen(rapid.Int64Range(0, 2000).Draw(rt, "balance"))
		c, o := coupon.Coupon{}, coupon.Order{ProfitSharing: true}
		var paid []coupon.Subsidy
		for range rapid.IntRange(1, 30).Draw(rt, "calls") {
			amount := fen.Fen(rapid.Int64Range(1, 300).Draw(rt, "amount"))
			if len(paid) > 0 && rapid.Bool().Draw(rt, "return") {
				s := &paid[rapid.IntRange(0, len(paid)-1).Draw(rt, "which")]
				if amount > s.Rest() {
					continue
				}
				r := coupon.SubsidyReturn{Amount: amount}
				r.Settle(s, &c, &o, coupon.MaxSubsidy, now)
				balance += amount
				continue
			}
			s := coupon.Subsidy{Amount: amount}
			s.Settle(&c, &o, most, balance, now)
			if s.Status == coupon.SubsidySuccess {
				balance -= amount
			}
			paid = append(paid, s)
		}
		var rest fen.Fen
		for _, s := range paid {
			rest += s.Rest()
			legal := map[coupon.SubsidyStatus]bool{
				coupon.SubsidyFailed: s.Returned == 0, coupon.SubsidySuccess: s.Returned == 0,
				coupon.SubsidyPartialReturn: s.Returned > 0 && s.Returned < s.Amount, coupon.SubsidyFullReturn: s.Returned == s.Amount,
			}
			if !legal[s.Status] {
				rt.Fatalf("illegal %+v", s)
			}
		}
		if rest > most || balance < 0 || c.Subsidized != rest || o.Subsidized != rest {
			rt.Fatalf("%d paid of %d, balance %d, coupon %d, order %d", rest, most, balance, c.Subsidized, o.Subsidized)
		}
	})
}

func TestAReturnFailsWithoutMoney(t *testing.T) {
	t.Parallel()
	s := coupon.Subsidy{ReceiptID: "11", Amount: 100, Status: coupon.SubsidySuccess}
	c, o := coupon.Coupon{Subsidized: 100}, coupon.Order{Subsidized: 100}
	was := s
	r := coupon.SubsidyReturn{Amount: 40}
	r.Settle(&s, &c, &o, 39, date(t, "2026-12-10 12:00:00"))
	if r.Status != coupon.SubsidyFailed || r.FailReason != coupon.SubsidyNoBalance || r.ReceiptID != "11" || s != was || c.Subsidized != 100 || o.Subsidized != 100 {
		t.Errorf("%+v of %+v", r, s)
	}
}

func TestASubsidyNeedsARedemption(t *testing.T) {
	t.Parallel()
	for i, c := range []struct {
		coupon coupon.Coupon
		want   error
	}{
		{coupon.Coupon{State: coupon.StateSent}, coupon.ErrSubsidyNotUsed},
		{coupon.Coupon{State: coupon.StateUsed, Use: coupon.Use{RequestNo: "u"}}, nil},
		{coupon.Coupon{State: coupon.StateDeleted, Use: coupon.Use{RequestNo: "u"}}, nil}, // redeemed before
		{coupon.Coupon{State: coupon.StateUsed, Use: coupon.Use{RequestNo: "u", TransactionID: "1"}}, nil},
		{coupon.Coupon{State: coupon.StateUsed, Use: coupon.Use{RequestNo: "u", TransactionID: "2"}}, coupon.ErrSubsidyOrder},
	} {
		if err := c.coupon.CheckSubsidy("1"); !errors.Is(err, c.want) {
			t.Errorf("%d: %v, want %v", i, err, c.want)
		}
	}
}

func TestReceiptIdsTellTheirTime(t *testing.T) {
	t.Parallel()
	zeros := strings.NewReader(strings.Repeat("\x00", 64))
	at := time.Date(2021, 1, 20, 2, 29, 35, 0, time.UTC)
	for kind, want := range map[coupon.ReceiptKind]string{
		coupon.PaymentReceipt: "1120210120102935000000000000", coupon.ReturnReceipt: "2120210120102935000000000000",
	} {
		if got, err := coupon.NewReceiptID(kind, at, zeros); err != nil || got != want || len(got) != 28 {
			t.Errorf("%s, %v, want %s", got, err, want)
		}
	}
	if _, err := coupon.NewReceiptID(coupon.PaymentReceipt, at, strings.NewReader("")); err == nil {
		t.Error("a source without bytes gives an id")
	}
	if code, err := coupon.NewCardCode(zeros); err != nil || len(code) != 12 {
		t.Errorf("card code %s, %v", code, err)
	}
}
