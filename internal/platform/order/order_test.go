package order_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/platform/order"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/storetest"
)

const transactionID = "4200000913202101152566792388"

func TestTheLastReportOfAnOrderWins(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, st store.Store) {
		shop := storetest.OpenShop(t, st, coupon.Limits{MaxCoupons: 1, MaxPerUser: 1})
		s := order.New(order.Config{Store: st, Clock: clock.Same{Source: clock.Fixed(shop.Now)}})
		want := coupon.Order{Merchant: shop.Stock.Creator, TransactionID: transactionID, OutTradeNo: "MCH_1", Amount: 880, ProfitSharing: true}
		report := func(refunded fen.Fen) (coupon.Order, error) {
			return s.Report(t.Context(), order.ReportCommand{
				Merchant: shop.Stock.Creator, TransactionID: transactionID, OutTradeNo: "MCH_1", Amount: 880, Refunded: refunded, ProfitSharing: true,
			})
		}
		for _, refunded := range []fen.Fen{0, 100, 880} {
			want.Refunded = refunded
			got, err := report(refunded)
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
			if shown, err := s.Show(t.Context(), transactionID); err != nil || shown != want {
				t.Errorf("shown %+v, %v", shown, err)
			}
		}
		if _, err := report(881); !errors.Is(err, order.ErrRefund) {
			t.Errorf("more refunded than paid: %v", err)
		}
		if _, err := s.Show(t.Context(), "none"); !errors.Is(err, order.ErrNotFound) {
			t.Errorf("no order: %v", err)
		}
		if _, _, entries := shop.Count(t, "manage.orders.report"); entries != 3 {
			t.Errorf("%d audit entries", entries)
		}
	})
}

func TestAnOrderHasOneMerchant(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, st store.Store) {
		shop := storetest.OpenShop(t, st, coupon.Limits{MaxCoupons: 1, MaxPerUser: 1})
		const other = merchant.ID("1900000009")
		if err := st.Write(t.Context(), func(tx store.Tx) error {
			return tx.InsertMerchant(t.Context(), merchant.Merchant{ID: other, Kind: merchant.Ordinary}, shop.Now)
		}); err != nil {
			t.Fatal(err)
		}
		s := order.New(order.Config{Store: st, Clock: clock.Same{Source: clock.Fixed(shop.Now)}})
		for _, c := range []struct {
			id   merchant.ID
			want error
		}{{shop.Stock.Creator, nil}, {other, order.ErrForeign}, {"1900000099", order.ErrNoMerchant}, {shop.Stock.Creator, nil}} {
			_, err := s.Report(t.Context(), order.ReportCommand{Merchant: c.id, TransactionID: transactionID, Amount: 1})
			if !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", c.id, err, c.want)
			}
		}
	})
}
