package voucher_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/voucher"
)

// payable returns a stock with every rule about payments, a voucher of it, and an order that
// it fits.
func payable() (voucher.Stock, voucher.Voucher, voucher.Order, time.Time) {
	now := time.Date(2026, 12, 5, 12, 0, 0, 0, day.Beijing()) // a Saturday
	s := voucher.Stock{
		StockKey: voucher.StockKey{Creator: "1900000001", ID: "1"}, Begin: now.Add(-time.Hour), End: now.Add(time.Hour),
		Face: 100, Threshold: 2000, Merchants: []merchant.ID{"1900000001", "1900000002"},
		Payment: voucher.Payment{
			GoodsTags: []string{"A", "B"}, TradeTypes: []string{"CARD"}, LimitPay: "ICBC_CREDIT", Card: &voucher.Card{BINs: []string{"622208"}}, Combine: true,
		},
	}
	v := voucher.Voucher{ID: "8001", Stock: s.StockKey, State: voucher.StateSent, Window: voucher.Window{Begin: s.Begin, End: s.End}}
	o := voucher.Order{Merchant: "1900000002", Total: 2000, GoodsTag: "B", TradeType: "CARD", PayMethod: "ICBC_CREDIT", CardBIN: "6222081234"}
	return s, v, o, now
}

func TestAVoucherAppliesWhenEveryRuleHolds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*voucher.Stock, *voucher.Voucher, *voucher.Order)
		want   voucher.Misfit
	}{
		"everything fits": {func(*voucher.Stock, *voucher.Voucher, *voucher.Order) {}, voucher.NoMisfit},
		"it is used":      {func(_ *voucher.Stock, v *voucher.Voucher, _ *voucher.Order) { v.State = voucher.StateUsed }, voucher.MisfitState},
		"it has expired": {func(_ *voucher.Stock, v *voucher.Voucher, _ *voucher.Order) {
			v.Window.End = v.Window.Begin
		}, voucher.MisfitState},
		"its time has not come": {func(_ *voucher.Stock, v *voucher.Voucher, _ *voucher.Order) { v.Window.Begin = v.Window.End }, voucher.MisfitTime},
		"another day of the week": {func(s *voucher.Stock, _ *voucher.Voucher, _ *voucher.Order) {
			s.Times.Fixed = &voucher.Fixed{WeekDays: []int{0}, End: voucher.LastSecond}
		}, voucher.MisfitTime},
		"another merchant": {func(_ *voucher.Stock, _ *voucher.Voucher, o *voucher.Order) { o.Merchant = "1900000003" }, voucher.MisfitMerchant},
		"one of the combined merchants": {func(_ *voucher.Stock, _ *voucher.Voucher, o *voucher.Order) {
			o.SubMerchants = []merchant.ID{"1900000001", "1900000003"}
		}, voucher.MisfitMerchant},
		"no tag":            {func(_ *voucher.Stock, _ *voucher.Voucher, o *voucher.Order) { o.GoodsTag = "" }, voucher.MisfitGoodsTag},
		"another scene":     {func(_ *voucher.Stock, _ *voucher.Voucher, o *voucher.Order) { o.TradeType = "FACE" }, voucher.MisfitTradeType},
		"another method":    {func(_ *voucher.Stock, _ *voucher.Voucher, o *voucher.Order) { o.PayMethod = "CFT" }, voucher.MisfitPayMethod},
		"another card":      {func(_ *voucher.Stock, _ *voucher.Voucher, o *voucher.Order) { o.CardBIN = "622209" }, voucher.MisfitCard},
		"a fen too little":  {func(_ *voucher.Stock, _ *voucher.Voucher, o *voucher.Order) { o.Total-- }, voucher.MisfitThreshold},
		"none of its goods": {func(s *voucher.Stock, _ *voucher.Voucher, _ *voucher.Order) { s.Items = []string{"x"} }, voucher.MisfitItems},
		"its goods too little": {func(s *voucher.Stock, _ *voucher.Voucher, o *voucher.Order) {
			s.Items, o.Total, o.Goods = []string{"x"}, 9000, []voucher.Goods{{ID: "x", Quantity: 1, Price: 1999}, {ID: "y", Quantity: 1, Price: 5000}}
		}, voucher.MisfitThreshold},
		"its goods excluded": {func(s *voucher.Stock, _ *voucher.Voucher, o *voucher.Order) {
			s.Items, s.ExcludedItems, o.Goods = []string{"x"}, []string{"x"}, []voucher.Goods{{ID: "x", Quantity: 1, Price: 2000}}
		}, voucher.MisfitItems},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, v, o, now := payable()
			c.change(&s, &v, &o)
			fit := s.Apply(&v, &o, now)
			if fit.Misfit != c.want || (fit.Misfit == voucher.NoMisfit) != (fit.Discount == 100) {
				t.Errorf("got %+v, want %q", fit, c.want)
			}
			before := v
			if misfit := v.Consume(&s, &o, "4200000001", now); misfit != c.want {
				t.Errorf("consume: %q", misfit)
			}
			if c.want != voucher.NoMisfit && !cmp.Equal(before, v) {
				t.Error("a refusal changed the voucher")
			}
		})
	}
}

func TestADiscountIsSharedToTheLastFen(t *testing.T) {
	t.Parallel()
	s, v, o, now := payable()
	o.Total = 3000
	o.Goods = []voucher.Goods{{ID: "a", Quantity: 1, Price: 999}, {ID: "b", Quantity: 2, Price: 500}, {ID: "c", Quantity: 1, Price: 1001}}
	var shares []fen.Fen
	for _, g := range s.Apply(&v, &o, now).Goods {
		shares = append(shares, g.Discount)
	}
	if diff := cmp.Diff([]fen.Fen{33, 33, 34}, shares); diff != "" {
		t.Error(diff)
	}
}

func TestOrdersThatMakeNoSenseAreRefused(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*voucher.Order){
		"nothing to pay":        func(o *voucher.Order) { o.Total = 0 },
		"too much":              func(o *voucher.Order) { o.Total = voucher.MaxOrder + 1 },
		"lines above the total": func(o *voucher.Order) { o.Goods = []voucher.Goods{{ID: "a", Quantity: 2, Price: 1001}} },
		"no id":                 func(o *voucher.Order) { o.Goods = []voucher.Goods{{Quantity: 1, Price: 1}} },
		"no quantity":           func(o *voucher.Order) { o.Goods = []voucher.Goods{{ID: "a", Price: 1}} },
		"a negative price":      func(o *voucher.Order) { o.Goods = []voucher.Goods{{ID: "a", Quantity: 1, Price: -1}} },
		"too many lines":        func(o *voucher.Order) { o.Goods = make([]voucher.Goods, voucher.MaxLines+1) },
	} {
		_, _, o, _ := payable()
		change(&o)
		if o.Check() == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestEveryMisfitHasAText(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, m := range voucher.Misfits() {
		text := m.Fault().Text
		if text.ZH == "" || text.EN == "" || seen[text.ZH] {
			t.Errorf("%s says %+v", m, text)
		}
		seen[text.ZH] = true
	}
}

// TestGoodsThatNeverCountAreTakenOffTheOrder: of a stock for whole orders, too (4.1).
func TestGoodsThatNeverCountAreTakenOffTheOrder(t *testing.T) {
	t.Parallel()
	s := stock()
	s.ExcludedItems = []string{"wine"}
	v := voucher.Voucher{State: voucher.StateSent, Window: voucher.Window{Begin: s.Begin, End: s.End}}
	order := func(wine, bread fen.Fen) *voucher.Order {
		return &voucher.Order{
			Merchant: s.Merchants[0], Total: wine + bread,
			Goods: []voucher.Goods{{ID: "wine", Quantity: 1, Price: wine}, {ID: "bread", Quantity: 1, Price: bread}},
		}
	}
	fit := s.Apply(&v, order(5000, 2000), noon())
	if fit.Misfit != voucher.NoMisfit || fit.Discount != 100 || fit.Goods[0].Discount != 0 || fit.Goods[1].Discount != 100 {
		t.Errorf("enough of the rest: %+v", fit)
	}
	if fit = s.Apply(&v, order(5000, 1999), noon()); fit.Misfit != voucher.MisfitThreshold {
		t.Errorf("too little of the rest: %+v", fit)
	}
	if fit = s.Apply(&v, order(5000, 0), noon()); fit.Misfit != voucher.MisfitItems {
		t.Errorf("nothing of the rest: %+v", fit)
	}
}

// TestVouchersGoTogetherWhereBothStocksSaySo pairs stocks of one creator and of two.
func TestVouchersGoTogetherWhereBothStocksSaySo(t *testing.T) {
	t.Parallel()
	for _, creators := range [][2]merchant.ID{{"1900000001", "1900000001"}, {"1900000001", "1900000002"}} {
		for _, combine := range [][2]bool{{true, true}, {true, false}, {false, true}, {false, false}} {
			stocks := make([]voucher.Stock, 2)
			for i := range stocks {
				stocks[i].Creator, stocks[i].Payment.Combine = creators[i], combine[i]
			}
			want := creators[0] != creators[1] || combine[0] && combine[1]
			if got := voucher.Combines(stocks); got != want {
				t.Errorf("creators %v, who allow it: %v: together %v", creators, combine, got)
			}
		}
	}
	if one := make([]voucher.Stock, 1); !voucher.Combines(one) || !voucher.Combines(nil) {
		t.Error("a voucher does not go with itself")
	}
}
