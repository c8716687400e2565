package redeem_test

import (
	"crypto/rand"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/lane"
	"github.com/favord/favord/internal/busifavor/issue"
	"github.com/favord/favord/internal/busifavor/redeem"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/size"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/pgstore"
	"github.com/favord/favord/internal/store/storetest"
)

// TestATransactionWritesIntoOnePlacement: what eight merchants issue, redeem and return at once lies
// where each merchant's rows lie, and no transaction wrote for two placements. With lanes that all
// share, some do: the test can see it.
func TestATransactionWritesIntoOnePlacement(t *testing.T) {
	t.Parallel()
	if !size.HasPostgres() {
		return // a quick run leaves it out
	}
	for lanes, apart := range map[int]bool{lane.PerOwner: true, 1: false} {
		t.Run(fmt.Sprint("lanes ", lanes), func(t *testing.T) {
			t.Parallel()
			dsn := engines.Partitioned(t)
			s, err := pgstore.Open(t.Context(), pgstore.Options{DSN: dsn, Mode: store.Sandbox})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			shop, stocks := openMerchants(t, s)
			before := placements(t, dsn)
			sell(t, shop, stocks, lanes)
			most := 0
			for transaction, n := range placements(t, dsn) {
				if before[transaction] == 0 {
					most = max(most, n)
				}
			}
			if (most == 1) != apart {
				t.Errorf("a transaction wrote into %d placements", most)
			}
			expectWhole(t, s)
		})
	}
}

// placements are how many partitions the rows of each transaction are in; the n-th of all tables are
// one.
func placements(t *testing.T, dsn string) map[string]int {
	t.Helper()
	query := ""
	for _, p := range pgstore.PlacedTables() {
		if query != "" {
			query += " union all "
		}
		query += "select xmin::text transaction, right(tableoid::regclass::text, 1) part from " + p.Table
	}
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	rows, err := conn.Query(t.Context(), "select transaction, count(distinct part) from ("+query+") r group by transaction")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	var transaction string
	var n int
	if _, err := pgx.ForEachRow(rows, []any{&transaction, &n}, func() error {
		found[transaction] = n
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return found
}

// openMerchants arranges eight merchants with a stock each.
func openMerchants(t *testing.T, s store.Store) (shop *storetest.Shop, stocks []coupon.Stock) {
	t.Helper()
	shop = storetest.OpenShop(t, s, coupon.Limits{MaxCoupons: 1000, MaxPerUser: 10})
	if err := s.Write(t.Context(), func(tx store.Tx) error {
		stocks = nil
		for n := range 8 {
			m, err := tx.Merchant(t.Context(), shop.Stock.Creator)
			if err != nil {
				return err
			}
			one := shop.Stock
			m.ID, m.AppIDs = merchant.ID(fmt.Sprint(1910000000+n)), []merchant.AppID{storetest.ShopAppID}
			one.Creator, one.Belong, one.ID = m.ID, m.ID, coupon.StockID(fmt.Sprint(1282070000100000+n))
			if err := store.InOrder(
				func() error { return tx.InsertMerchant(t.Context(), m, shop.Now) },
				func() error { return tx.InsertStock(t.Context(), one) },
			); err != nil {
				return err
			}
			stocks = append(stocks, one)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return shop, stocks
}

// sell has coupons of all stocks issued, redeemed and returned, all at once.
func sell(t *testing.T, shop *storetest.Shop, stocks []coupon.Stock, lanes int) {
	t.Helper()
	s := shop.Store
	known, at := directory.New(s, clock.System{}), clock.Same{Source: clock.Fixed(shop.Now)}
	sender := issue.New(issue.Config{Store: s, Directory: known, Clock: at, Random: rand.Reader, Users: users(), Lanes: lanes})
	redeemer := redeem.New(redeem.Config{Store: s, Directory: known, Clock: at, Users: users(), Lanes: lanes})
	_, errs := storetest.Race(128, func(i int) (struct{}, error) {
		one := stocks[i%len(stocks)]
		sent, err := sender.Send(t.Context(), issue.SendCommand{
			Caller: one.Creator, AppID: storetest.ShopAppID, OpenID: user.OpenID(fmt.Sprintf("o%027d", i)), StockID: one.ID, RequestNo: "n",
		})
		if err != nil {
			return struct{}{}, err
		}
		target := redeem.Target{Caller: one.Creator, StockID: one.ID, Code: sent.Code}
		if _, err := redeemer.Use(t.Context(), redeem.UseCommand{Target: target, AppID: storetest.ShopAppID, RequestNo: "u"}); err != nil {
			return struct{}{}, err
		}
		_, err = redeemer.Return(t.Context(), redeem.ReturnCommand{Target: target, RequestNo: "r"})
		return struct{}{}, err
	})
	for i, err := range errs {
		if err != nil {
			t.Errorf("call %d: %v", i, err)
		}
	}
}
