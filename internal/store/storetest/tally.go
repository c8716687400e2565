package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/tally"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// tallyCases are about what is counted by the hour and by the day.
func tallyCases() map[string]func(*testing.T, store.Store) {
	return map[string]func(*testing.T, store.Store){
		"what is counted adds up as the query says":      testTallies,
		"what expires adds up by days":                   testExpiries,
		"many who count at once lose nothing":            testTalliesTogether,
		"hours and days that do not add up are found":    testTallyInvariants,
		"a deleted coupon that was used expires no more": testDeletedTally,
	}
}

// tallyDeeds count.
func tallyDeeds() []deed {
	return []deed{{"AddTallies", of(func(n int) []any { return []any{someSheet(n)} })}}
}

func someSheet(n int) *tally.Sheet {
	c := issued(someStock(n%2).StockKey, coupon.Code(few("C", n)), holder(1))
	c.Channel = []coupon.Channel{coupon.ChannelAPI, coupon.ChannelH5}[n%2]
	v := SentVoucher(voucher.StockKey{Creator: owner(n), ID: "1"}, "8001", holder(1))
	v.Use.Discount = fen.Fen(n)
	at := noon().Add(time.Duration(n/3) * 23 * time.Hour)
	var s tally.Sheet
	s.Coupon([]tally.Kind{tally.Issued, tally.Used, tally.Deactivated}[n%3], &c, at)
	s.Voucher([]tally.Kind{tally.Issued, tally.Used}[n%2], &v, at)
	return &s
}

func tallyQuestions() (list []question) {
	from, until := tally.HourOf(noon()), tally.HourOf(noon().Add(100*time.Hour))
	for n := range variants {
		q := store.TallyQuery{Owner: owner(n), From: from, Until: until - tally.Hour(10*n), ByDay: n%2 == 0, ByStock: n/2%2 == 0}
		if n >= 4 {
			q.Owner, q.Product = "", []merchant.Product{merchant.BusiFavor, merchant.Favor}[n%2]
		}
		list = append(list,
			question{"Tallies", []any{q}},
			question{"Expiries", []any{store.ExpiryQuery{Owner: q.Owner, Product: q.Product, From: 0, Until: 1 << 20}}})
	}
	return list
}

// count adds sheets, in a transaction each.
func count(t *testing.T, s store.Store, sheets ...*tally.Sheet) {
	t.Helper()
	for _, sheet := range sheets {
		write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.AddTallies(ctx, sheet) })
	}
}

// talliesOf are sums as text: hour, stock, kind and channel, number and amount.
func talliesOf(t *testing.T, s store.Store, q store.TallyQuery) (list []string) {
	t.Helper()
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		got, err := tx.Tallies(ctx, q)
		for _, c := range got {
			list = append(list, fmt.Sprintf("%d %s/%s %s %s %d %d", c.Hour-q.From, c.Product, c.ID, c.Kind, c.Channel, c.N, c.Amount))
		}
		return err
	})
	return list
}

func testTallies(t *testing.T, s store.Store) {
	first, second := coupon.StockKey{Creator: creator, ID: "1"}, coupon.StockKey{Creator: creator, ID: "2"}
	at := day.Of(noon()).Begin() // midnight in Beijing
	one := func(key coupon.StockKey, channel coupon.Channel, hours int) *tally.Sheet {
		c := issued(key, "C", holder(1))
		c.Channel = channel
		var sheet tally.Sheet
		sheet.Coupon(tally.Issued, &c, at.Add(time.Duration(hours)*time.Hour))
		return &sheet
	}
	v := SentVoucher(voucher.StockKey{Creator: creator, ID: "3"}, "8001", holder(1))
	v.Use.Discount = 70
	var used tally.Sheet
	used.Voucher(tally.Used, &v, at)
	used.Refunded(v.Stock, 20, at.Add(time.Hour))
	count(t, s, one(first, coupon.ChannelAPI, 0), one(first, coupon.ChannelAPI, 0), one(first, coupon.ChannelH5, 23),
		one(second, coupon.ChannelAPI, 0), one(second, coupon.ChannelAPI, 24),
		one(coupon.StockKey{Creator: other, ID: "9"}, coupon.ChannelAPI, 0), &used)
	from := tally.HourOf(at)
	mine := func(id string, hours tally.Hour) store.TallyQuery {
		return store.TallyQuery{Owner: creator, Product: merchant.BusiFavor, StockID: id, Until: from + hours, ByStock: true}
	}
	for name, c := range map[string]struct {
		q    store.TallyQuery
		want []string
	}{
		"hours": {store.TallyQuery{Owner: creator, Product: merchant.BusiFavor, Until: from + 24}, []string{
			"0 busifavor/ ISSUED API 3 0", "23 busifavor/ ISSUED H5 1 0",
		}},
		"days": {store.TallyQuery{Owner: creator, Product: merchant.BusiFavor, Until: from + 48, ByDay: true}, []string{
			"0 busifavor/ ISSUED API 3 0", "0 busifavor/ ISSUED H5 1 0", "24 busifavor/ ISSUED API 1 0",
		}},
		"stocks": {store.TallyQuery{Owner: creator, Product: merchant.BusiFavor, Until: from + 1, ByStock: true}, []string{
			"0 busifavor/1 ISSUED API 2 0", "0 busifavor/2 ISSUED API 1 0",
		}},
		"one stock": {store.TallyQuery{Owner: creator, StockID: "2", Until: from + 48}, []string{
			"0 busifavor/ ISSUED API 1 0", "24 busifavor/ ISSUED API 1 0",
		}},
		"one stock of a product":        {mine("2", 48), []string{"0 busifavor/2 ISSUED API 1 0", "24 busifavor/2 ISSUED API 1 0"}},
		"another one":                   {mine("1", 48), []string{"0 busifavor/1 ISSUED API 2 0", "23 busifavor/1 ISSUED H5 1 0"}},
		"one stock until the last hour": {mine("2", 24), []string{"0 busifavor/2 ISSUED API 1 0"}},
		"a stock of the other product":  {store.TallyQuery{Owner: creator, Product: merchant.Favor, StockID: "2", Until: from + 48}, nil},
		"a stock of somebody else":      {store.TallyQuery{Owner: other, Product: merchant.BusiFavor, StockID: "2", Until: from + 48}, nil},
		"amounts": {store.TallyQuery{Owner: creator, Product: merchant.Favor, Until: from + 24}, []string{
			"0 favor/ USED  1 70", "1 favor/ RETURNED  0 20",
		}},
		"everybody": {store.TallyQuery{Product: merchant.BusiFavor, Until: from + 1}, []string{"0 busifavor/ ISSUED API 4 0"}},
		"nothing":   {store.TallyQuery{Owner: creator, Until: from}, nil},
	} {
		c.q.From = from
		if diff := cmp.Diff(c.want, talliesOf(t, s, c.q)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func testExpiries(t *testing.T, s store.Store) {
	c := issued(coupon.StockKey{Creator: creator, ID: "1"}, "C", holder(1))
	later := c
	later.Life.Expire = c.Life.Expire.Add(48 * time.Hour)
	var sheet tally.Sheet
	for _, kind := range []tally.Kind{tally.Issued, tally.Issued, tally.Used, tally.Returned, tally.Deactivated} {
		sheet.Coupon(kind, &c, noon())
	}
	sheet.Coupon(tally.Issued, &later, noon())
	var gone tally.Sheet
	gone.Coupon(tally.Used, &later, noon())
	count(t, s, &sheet)
	expiries := func(until day.Day) (got []tally.Expiry) {
		read(t, s, func(ctx context.Context, tx store.ReadTx) (err error) {
			got, err = tx.Expiries(ctx, store.ExpiryQuery{Owner: creator, From: today(), Until: until})
			return err
		})
		return got
	}
	want := []tally.Expiry{
		{Stock: tally.Stock{Owner: creator}, Day: today(), N: 1}, {Stock: tally.Stock{Owner: creator}, Day: today() + 2, N: 1},
	}
	if diff := cmp.Diff(want, expiries(today()+9)); diff != "" {
		t.Errorf("expiries (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want[:1], expiries(today()+2)); diff != "" {
		t.Errorf("until (-want +got):\n%s", diff)
	}
	ofOneStock(t, s, sheet.Expiries())
	count(t, s, &gone)
	if diff := cmp.Diff(want[:1], expiries(today()+9)); diff != "" {
		t.Errorf("when one is used (-want +got):\n%s", diff)
	}
}

// ofOneStock asks for the days of one stock beside another one.
func ofOneStock(t *testing.T, s store.Store, want []tally.Expiry) {
	t.Helper()
	c := issued(coupon.StockKey{Creator: creator, ID: "2"}, "D", holder(1))
	var sheet, back tally.Sheet
	sheet.Coupon(tally.Issued, &c, noon())
	back.Coupon(tally.Used, &c, noon())
	count(t, s, &sheet)
	for id, days := range map[string][]tally.Expiry{"1": want, "2": sheet.Expiries(), "3": nil} {
		var got []tally.Expiry
		read(t, s, func(ctx context.Context, tx store.ReadTx) (err error) {
			q := store.ExpiryQuery{Owner: creator, Product: merchant.BusiFavor, StockID: id, Until: today() + 9}
			got, err = tx.Expiries(ctx, q)
			return err
		})
		if diff := cmp.Diff(days, got); diff != "" {
			t.Errorf("stock %s (-want +got):\n%s", id, diff)
		}
	}
	count(t, s, &back)
}

func testDeletedTally(t *testing.T, s store.Store) {
	c := issued(coupon.StockKey{Creator: creator, ID: "1"}, "C", holder(1))
	c.Use.At = noon()
	var sheet tally.Sheet
	for _, kind := range []tally.Kind{tally.Issued, tally.Used, tally.Deleted} {
		sheet.Coupon(kind, &c, noon())
	}
	if list := sheet.Expiries(); len(list) > 0 {
		t.Errorf("expires: %+v", list)
	}
	count(t, s, &sheet)
	want := []string{"0 busifavor/ DELETED API 1 0", "0 busifavor/ ISSUED API 1 0", "0 busifavor/ USED API 1 0"}
	if diff := cmp.Diff(want, talliesOf(t, s, store.TallyQuery{From: tally.HourOf(noon()), Until: tally.HourOf(noon()) + 1})); diff != "" {
		t.Errorf("tallies (-want +got):\n%s", diff)
	}
}

// testTalliesTogether has many count for the same stocks, in both orders.
func testTalliesTogether(t *testing.T, s store.Store) {
	const each = 20
	var wg sync.WaitGroup
	for w := range racers {
		wg.Go(func() {
			for range each {
				var sheet tally.Sheet
				for n := range 3 {
					c := issued(coupon.StockKey{Creator: creator, ID: coupon.StockID(fmt.Sprint((w + n) % 3))}, "C", holder(1))
					sheet.Coupon(tally.Issued, &c, noon())
				}
				if err := s.Write(t.Context(), func(tx store.Tx) error { return tx.AddTallies(t.Context(), &sheet) }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	want := []string{fmt.Sprintf("0 busifavor/ ISSUED API %d 0", 3*racers*each)}
	hour := tally.HourOf(noon())
	if diff := cmp.Diff(want, talliesOf(t, s, store.TallyQuery{Owner: creator, From: hour, Until: hour + 1})); diff != "" {
		t.Errorf("tallies (-want +got):\n%s", diff)
	}
}

// testTallyInvariants gives out coupons, some of which nobody counts.
func testTallyInvariants(t *testing.T, s store.Store) {
	st := insertStock(t, s, plain("1282070000000017", coupon.Limits{MaxCoupons: 3, MaxPerUser: 5}))
	sold := sale{store: s, key: st.StockKey}
	if _, err := sold.batch(t.Context(), []claimant{{who: holder(1), number: "1", code: "C1"}}); err != nil {
		t.Fatal(err)
	}
	broken := func(want ...string) {
		t.Helper()
		list, err := s.Check(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range list {
			if ofTallies(one.Name) && (one.Broken > 0) != slices.Contains(want, one.Name) {
				t.Errorf("%+v", one)
			}
		}
	}
	broken()
	used := issued(st.StockKey, "C1", holder(1))
	used.State, used.Use = coupon.StateUsed, coupon.Use{RequestNo: "u", At: noon()}
	var sheet tally.Sheet
	sheet.Coupon(tally.Used, &used, noon())
	use := func(count bool) {
		write(t, s, func(ctx context.Context, tx store.Tx) error {
			_, err := tx.LockCoupon(ctx, used.Key)
			if count {
				return errors.Join(err, tx.AddTallies(ctx, &sheet))
			}
			return errors.Join(err, tx.UpdateCoupons(ctx, used))
		})
	}
	use(false)
	broken(store.InvariantTallies, store.InvariantExpiries)
	use(true)
	broken()
	v := SentVoucher(voucher.StockKey{Creator: creator, ID: "3"}, "8001", holder(1))
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.InsertVouchers(ctx, []voucher.Voucher{v}) })
	broken(store.InvariantTallies, store.InvariantExpiries)
	count(t, s, tally.OfSent([]voucher.Voucher{v}))
	broken()
}

// ofTallies reports whether an invariant is about what is counted: cases that write rows of
// other kinds alone break it.
func ofTallies(invariant string) bool {
	return invariant == store.InvariantTallies || invariant == store.InvariantExpiries
}
