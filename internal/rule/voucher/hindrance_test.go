package voucher_test

import (
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/voucher"
)

// particular is a stock that asks for everything that a stock can ask for.
func particular() (voucher.Stock, voucher.Voucher) {
	begin := time.Date(2026, 12, 4, 16, 0, 0, 0, time.UTC) // midnight of the 5th in Beijing, a Saturday
	s := voucher.Stock{
		Begin: begin, End: begin.AddDate(0, 0, 30), Face: 100, Threshold: 1000, Merchants: []merchant.ID{"1900000001"}, Items: []string{"apple"},
		Payment: voucher.Payment{
			GoodsTags: []string{"spring"}, TradeTypes: []string{"CARD"}, LimitPay: "ICBC_CREDIT",
			Card: &voucher.Card{Name: "工行", BINs: []string{"622200"}},
		},
		Times: voucher.Times{Fixed: &voucher.Fixed{WeekDays: []int{6}, Begin: 32400, End: 64800}},
	}
	return s, voucher.Voucher{State: voucher.StateSent, Window: s.WindowFrom(begin)}
}

func TestAnOrderIsFilledInAsTheStockWantsIt(t *testing.T) {
	t.Parallel()
	s, v := particular()
	noon := s.Begin.Add(12 * time.Hour)
	o := s.Fitting(voucher.Order{})
	if fit := s.Apply(&v, &o, noon); fit.Misfit != voucher.NoMisfit || fit.Discount != 100 {
		t.Errorf("%+v for %+v", fit, o)
	}
	told := voucher.Order{
		Merchant: "1900000002", Total: 5, GoodsTag: "x", TradeType: "FACE", PayMethod: "CFT", CardBIN: "1",
		Goods: []voucher.Goods{{ID: "pear", Quantity: 1, Price: 5}},
	}
	got := s.Fitting(told)
	if got.Merchant != told.Merchant || got.Total != 5 || got.GoodsTag != "x" || got.Goods[0].ID != "pear" || got.CardBIN != "1" {
		t.Errorf("what was told is now %+v", got)
	}
}

func TestEveryMisfitSaysWhatWouldHaveToBeOtherwise(t *testing.T) {
	t.Parallel()
	for misfit, c := range map[voucher.Misfit]struct {
		change func(o *voucher.Order)
		zh, en string
	}{
		voucher.MisfitMerchant:  {func(o *voucher.Order) { o.Merchant = "1900000002" }, "可用商户：1900000001", "at 1900000001."},
		voucher.MisfitGoodsTag:  {func(o *voucher.Order) { o.GoodsTag = "x" }, "spring", "goods_tags spring."},
		voucher.MisfitTradeType: {func(o *voucher.Order) { o.TradeType = "FACE" }, "CARD", "in CARD."},
		voucher.MisfitPayMethod: {func(o *voucher.Order) { o.PayMethod = "CFT" }, "ICBC_CREDIT", "ICBC_CREDIT."},
		voucher.MisfitCard:      {func(o *voucher.Order) { o.CardBIN = "400000" }, "622200", "622200."},
		voucher.MisfitThreshold: {func(o *voucher.Order) { o.Goods[0].Price = 999 }, "1000", "fen is 1000."},
		voucher.MisfitItems:     {func(o *voucher.Order) { o.Goods[0].ID = "pear" }, "apple", "goods apple."},
	} {
		s, v := particular()
		o := s.Fitting(voucher.Order{})
		c.change(&o)
		fit, text := s.Apply(&v, &o, s.Begin.Add(12*time.Hour)), s.Text(misfit, &v)
		if fit.Misfit != misfit || !strings.Contains(text.ZH, c.zh) || !strings.Contains(text.EN, c.en) {
			t.Errorf("%s: %s, %+v", misfit, fit.Misfit, text)
		}
	}
}

func TestAVoucherThatCannotBeUsedNowSaysWhenItCan(t *testing.T) {
	t.Parallel()
	s, v := particular()
	o := s.Fitting(voucher.Order{})
	for after, want := range map[time.Duration]voucher.Misfit{
		-time.Hour: voucher.MisfitTime, 20 * time.Hour: voucher.MisfitTime, 36 * time.Hour: voucher.MisfitTime,
		31 * 24 * time.Hour: voucher.MisfitState,
	} {
		if fit := s.Apply(&v, &o, s.Begin.Add(after)); fit.Misfit != want {
			t.Errorf("after %v: %s, want %s", after, fit.Misfit, want)
		}
	}
	if text := s.Text(voucher.MisfitTime, &v); text.ZH != "2026-12-05 00:00:00 至 2027-01-04 00:00:00 可用，限周六，每天 09:00:00–18:00:00" {
		t.Error(text.ZH)
	}
	if text := s.Text(voucher.MisfitState, &v); text.EN != "It could be used until 2027-01-04 00:00:00." {
		t.Error(text.EN)
	}
	v.State, v.Use = voucher.StateUsed, voucher.Consumption{TransactionID: "4200", At: s.Begin}
	if text := s.Text(voucher.MisfitState, &v); text.EN != "It was used at 2026-12-05 00:00:00 with the payment 4200." {
		t.Error(text.EN)
	}
}

func TestEachRefusalToSendHasAWord(t *testing.T) {
	t.Parallel()
	for refusal, want := range map[error]string{
		voucher.ErrWrongState: "NOTRUNNING", voucher.ErrOver: "EXPIRED", voucher.ErrSuspicious: "FAILED", voucher.ErrUserQuota: "MAXQUOTA",
		voucher.ErrMonth: "USERLIMIT", voucher.ErrDayBudget: "DAYLIMIT", voucher.ErrSpent: "NOTENOUGH", voucher.ErrNoSenders: "", nil: "",
	} {
		if got := voucher.Reason(refusal); got != want {
			t.Errorf("%v: %q, want %q", refusal, got, want)
		}
	}
}
