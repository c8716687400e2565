package ledger_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/platform/ledger"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/storetest"
)

func onEveryEngine(t *testing.T, test func(t *testing.T, s *ledger.Service, shop *storetest.Shop)) {
	t.Helper()
	engines.Each(t, func(t *testing.T, s store.Store) {
		shop := storetest.OpenShop(t, s, coupon.Limits{MaxCoupons: 1, MaxPerUser: 1})
		test(t, ledger.New(ledger.Config{Store: s, Clock: clock.Same{Source: clock.Fixed(shop.Now)}}), shop)
		list, err := s.Check(t.Context())
		if err != nil {
			t.Error(err)
		}
		for _, one := range list {
			if one.Broken > 0 {
				t.Errorf("%s: broken in %d of %d", one.Name, one.Broken, one.Rows)
			}
		}
	})
}

func TestMoneyComesInOnceForOneNumber(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, s *ledger.Service, shop *storetest.Shop) {
		fund := func(i int) (ledger.Funded, error) {
			return s.Fund(t.Context(), ledger.FundCommand{Merchant: shop.Stock.Creator, Amount: 100, RequestNo: fmt.Sprint(i % 4), Actor: "operator"})
		}
		funded, errs := storetest.Race(32, fund)
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		seen := map[fen.Fen]int{}
		for _, one := range funded {
			seen[one.Balance]++
		}
		if diff := cmp.Diff(map[fen.Fen]int{100: 8, 200: 8, 300: 8, 400: 8}, seen); diff != "" {
			t.Errorf("answers (-want +got):\n%s", diff)
		}
		shown, err := s.Show(t.Context(), shop.Stock.Creator, 0, 100)
		if err != nil || shown.Balance != 400 || len(shown.Postings) != 4 || shown.Postings[0].Amount != 100 {
			t.Errorf("%+v, %v", shown, err)
		}
		if page, err := s.Show(t.Context(), shop.Stock.Creator, 3, 100); err != nil || len(page.Postings) != 1 {
			t.Errorf("%+v, %v", page, err)
		}
		if _, _, entries := shop.Count(t, "manage.balances.fund"); entries != 4 {
			t.Errorf("%d audit entries", entries)
		}
	})
}

func TestFundingIsRefusedForItsReason(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, s *ledger.Service, shop *storetest.Shop) {
		fund := func(cmd ledger.FundCommand) error {
			_, err := s.Fund(t.Context(), cmd)
			return err
		}
		mine := ledger.FundCommand{Merchant: shop.Stock.Creator, Amount: ledger.MaxFunding, RequestNo: "n"}
		if err := fund(mine); err != nil {
			t.Fatal(err)
		}
		other := mine
		other.Amount = 1
		if err := fund(other); !errors.Is(err, ledger.ErrContent) {
			t.Errorf("another amount: %v", err)
		}
		other.Merchant = "1900000099"
		if err := fund(other); !errors.Is(err, ledger.ErrNoMerchant) {
			t.Errorf("no merchant: %v", err)
		}
		if _, err := s.Show(t.Context(), "1900000099", 0, 1); !errors.Is(err, ledger.ErrNoMerchant) {
			t.Errorf("the balance of no merchant: %v", err)
		}
		// One thousand times as much is the most; somebody else paid nearly all of it.
		from := payment.Account{Owner: store.Platform, Name: payment.AccountFunding}
		to := payment.Account{Owner: shop.Stock.Creator, Name: payment.AccountBalance}
		if err := shop.Store.Write(t.Context(), func(tx store.Tx) error {
			return tx.Post(t.Context(), payment.Transfer{From: from, To: to, Amount: 998 * ledger.MaxFunding, Reference: "other", At: shop.Now})
		}); err != nil {
			t.Fatal(err)
		}
		for i, want := range []error{nil, ledger.ErrTooRich} {
			mine.RequestNo, mine.Amount = fmt.Sprint(i), []fen.Fen{ledger.MaxFunding, 1}[i]
			if err := fund(mine); !errors.Is(err, want) {
				t.Errorf("%d: %v, want %v", i, err, want)
			}
		}
	})
}
