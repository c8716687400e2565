package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

func insertCoupons(tb testing.TB, s store.Store, coupons ...coupon.Coupon) {
	tb.Helper()
	write(tb, s, func(ctx context.Context, tx store.Tx) error { return tx.InsertCoupons(ctx, coupons) })
}

func testCoupon(t *testing.T, s store.Store) {
	want := issued(coupon.StockKey{Creator: creator, ID: "1"}, "A/B C|1", holder(1))
	insertCoupons(t, s, want)
	expectCoupon(t, s, want)
	want.State = coupon.StateUsed
	want.Use = coupon.Use{
		RequestNo: "u1", At: noon().Add(time.Minute), AppID: "wx2", OpenID: "o2",
		OutTradeNo: "t", OrderMchID: other, TransactionID: "4200",
	}
	want.Returned = coupon.Return{RequestNo: "r1", At: noon().Add(time.Second)}
	want.Deactivated = coupon.Deactivation{RequestNo: "d1", At: noon().Add(time.Hour), Reason: "退款"}
	want.Use.Content = coupon.Digest{7}
	want.Associated, want.Subsidized, want.Spent = "MCH_1", 500, 2
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		if _, err := tx.LockCoupon(ctx, want.Key); err != nil {
			return err
		}
		return tx.UpdateCoupons(ctx, want)
	})
	expectCoupon(t, s, want)

	stranger := want
	stranger.Code = "none"
	err := s.Write(t.Context(), func(tx store.Tx) error { return tx.UpdateCoupons(t.Context(), stranger) })
	if !errors.Is(err, store.ErrNotFound) {
		t.Errorf("update of an unknown coupon gives %v", err)
	}
	err = s.Write(t.Context(), func(tx store.Tx) error {
		_, err := tx.LockCoupon(t.Context(), stranger.Key)
		return err
	})
	if !errors.Is(err, store.ErrNotFound) {
		t.Errorf("locking an unknown coupon gives %v", err)
	}
}

// testLockCoupons locks some of two merchants, among whom a code comes three times.
func testLockCoupons(t *testing.T, s store.Store) {
	mine, theirs := insertStock(t, s, stock("1282070000000017")), stock("1282070000000018")
	theirs.Creator = other
	insertStock(t, s, theirs)
	sibling := coupon.StockKey{Creator: creator, ID: "1282070000000019"} // which does not exist
	first, second, third, fourth := issued(mine.StockKey, "B", holder(1)), issued(mine.StockKey, "A", holder(2)),
		issued(theirs.StockKey, "A", holder(1)), issued(sibling, "A", holder(1))
	insertCoupons(t, s, first, second, third, fourth)
	none := coupon.Key{Stock: theirs.StockKey, Code: "B"}
	used, deleted := first, third
	used.State, deleted.State, deleted.Spent = coupon.StateUsed, coupon.StateDeleted, 3
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		got, err := tx.LockCoupons(ctx, []coupon.Key{third.Key, first.Key, none, second.Key, first.Key})
		if diff := cmp.Diff(store.LockedCoupons{
			Coupons: map[coupon.Key]coupon.Coupon{first.Key: first, second.Key: second, third.Key: third},
			Stocks:  map[coupon.StockKey]coupon.Stock{mine.StockKey: mine, theirs.StockKey: theirs},
		}, got); diff != "" {
			t.Errorf("locked (-want +got):\n%s", diff)
		}
		empty, errEmpty := tx.LockCoupons(ctx, nil)
		if len(empty.Coupons)+len(empty.Stocks) > 0 {
			t.Errorf("none gives %v", empty)
		}
		return errors.Join(err, errEmpty, tx.UpdateCoupons(ctx, used, deleted))
	})
	for _, c := range []coupon.Coupon{used, second, deleted, fourth} {
		read(t, s, func(ctx context.Context, tx store.ReadTx) error {
			got, err := tx.Coupon(ctx, c.Key)
			if diff := cmp.Diff(c, got); diff != "" {
				t.Errorf("coupon (-want +got):\n%s", diff)
			}
			return err
		})
	}
}

func expectCoupon(t *testing.T, s store.Store, want coupon.Coupon) {
	t.Helper()
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		got, err := tx.Coupon(ctx, want.Key)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("coupon (-want +got):\n%s", diff)
		}
		foreign := want.Key
		foreign.Stock.Creator = other
		if _, err := tx.Coupon(ctx, foreign); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("under another merchant: %v", err)
		}
		return err
	})
}

func testCouponsInBulk(t *testing.T, s store.Store) {
	mine, foreign := coupon.StockKey{Creator: creator, ID: "1"}, coupon.StockKey{Creator: other, ID: "3"}
	first, second, third := issued(mine, "A", holder(1)), issued(mine, "B", holder(2)), issued(foreign, "A", holder(1))
	insertCoupons(t, s, first, second, third)
	stranger := coupon.Key{Stock: coupon.StockKey{Creator: other, ID: "1"}, Code: "A"}
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		got, err := tx.Coupons(ctx, []coupon.Key{third.Key, stranger, second.Key, third.Key})
		if diff := cmp.Diff(map[coupon.Key]coupon.Coupon{second.Key: second, third.Key: third}, got); diff != "" {
			t.Errorf("coupons (-want +got):\n%s", diff)
		}
		none, errNone := tx.Coupons(ctx, nil)
		if len(none) > 0 {
			t.Errorf("none gives %v", none)
		}
		return errors.Join(err, errNone)
	})
}

func testCodes(t *testing.T, s store.Store) {
	mine := coupon.StockKey{Creator: creator, ID: "1"}
	sibling := coupon.StockKey{Creator: creator, ID: "2"}
	foreign := coupon.StockKey{Creator: other, ID: "3"}
	insertCoupons(t, s, issued(foreign, "A", holder(1)), issued(mine, "A", holder(1)), issued(sibling, "A", holder(2)))
	err := s.Write(t.Context(), func(tx store.Tx) error {
		return tx.InsertCoupons(t.Context(), []coupon.Coupon{issued(mine, "B", holder(1)), issued(mine, "A", holder(3))})
	})
	if !errors.Is(err, store.ErrDuplicate) {
		t.Errorf("a taken code gives %v", err)
	}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		key := func(stock coupon.StockKey, code coupon.Code) coupon.Key { return coupon.Key{Stock: stock, Code: code} }
		locked, err := tx.LockToIssue(ctx, store.Ask{Codes: []coupon.Key{key(mine, "A"), key(mine, "B"), key(foreign, "A"), key(foreign, "C")}})
		if diff := cmp.Diff(map[coupon.Key]bool{key(mine, "A"): true, key(foreign, "A"): true}, locked.Taken); diff != "" {
			t.Errorf("taken codes (-want +got):\n%s", diff)
		}
		return err
	})
	read(t, s, func(ctx context.Context, tx store.ReadTx) (err error) {
		for preferred, want := range map[merchant.ID][]coupon.StockID{creator: {"1", "2", "3"}, other: {"3", "1", "2"}} {
			found, errFound := tx.CouponsWithCode(ctx, "A", preferred)
			err = errors.Join(err, errFound)
			if diff := cmp.Diff(want, stockIDs(found)); diff != "" {
				t.Errorf("code A for %s (-want +got):\n%s", preferred, diff)
			}
		}
		return err
	})
	for i := range store.MaxSameCode {
		insertCoupons(t, s, issued(coupon.StockKey{Creator: creator, ID: coupon.StockID(fmt.Sprint(100 + i))}, "A", holder(1)))
	}
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		found, err := tx.CouponsWithCode(ctx, "A", creator)
		if len(found) != store.MaxSameCode {
			t.Errorf("%d coupons, want the bound %d", len(found), store.MaxSameCode)
		}
		return err
	})
}

func stockIDs(coupons []coupon.Coupon) []coupon.StockID {
	var ids []coupon.StockID
	for _, c := range coupons {
		ids = append(ids, c.Stock.ID)
	}
	return ids
}

// testUserCoupons compares each filter, alone and together, with what Matches says.
func testUserCoupons(t *testing.T, s store.Store) {
	all := variedCoupons()
	insertCoupons(t, s, all...)
	now := noon().Add(2 * time.Hour)
	for _, q := range []store.CouponQuery{
		{},
		{Stock: "1"},
		{Stock: "none"},
		{Code: "C3"},
		{Creator: creator},
		{Creator: other},
		{Belong: other},
		{Sender: other},
		{VisibleTo: creator},
		{VisibleTo: other},
		{VisibleTo: "1900000003"},
		{VisibleTo: "1"},
		{State: coupon.StateSent},
		{State: coupon.StateExpired},
		{State: coupon.StateUsed},
		{State: coupon.StateDeleted},
		{State: coupon.StateDeactivated},
		{Creator: creator, Belong: other, Sender: creator, State: coupon.StateSent, Stock: "1"},
	} {
		q.Holder, q.Now, q.Limit = holder(1), now, 100
		var want []coupon.Coupon
		for _, c := range slices.Backward(all) {
			if q.Matches(&c) {
				want = append(want, c)
			}
		}
		read(t, s, func(ctx context.Context, tx store.ReadTx) error {
			got, total, err := tx.UserCoupons(ctx, q)
			if diff := cmp.Diff(want, got); diff != "" || total != int64(len(want)) {
				t.Errorf("%+v: total %d (-want +got):\n%s", q, total, diff)
			}
			return err
		})
	}
}

// variedCoupons differ in everything that a query may ask for.
func variedCoupons() []coupon.Coupon {
	var all []coupon.Coupon
	for i, state := range append(coupon.States(), coupon.StateSent, coupon.StateSent, coupon.StateSent) {
		c := issued(coupon.StockKey{Creator: creator, ID: "1"}, coupon.Code(fmt.Sprintf("C%d", i)), holder(1))
		c.State, c.ID = state, int64(i)
		c.Received = noon().Add(time.Duration(i) * time.Second)
		switch i {
		case 5:
			c.Life.Expire = noon().Add(3 * time.Hour) // not expired yet
		case 6:
			c.Stock = coupon.StockKey{Creator: other, ID: "2"}
		case 7:
			c.Sender, c.Belong = other, "1900000003"
		}
		all = append(all, c)
	}
	return append(all, issued(coupon.StockKey{Creator: creator, ID: "1"}, "X", holder(2)))
}

func testPages(t *testing.T, s store.Store) {
	key := coupon.StockKey{Creator: creator, ID: "1"}
	var want []coupon.Code
	for i := range 25 {
		c := issued(key, coupon.Code(fmt.Sprintf("C%02d", i)), holder(1)) // all received in one second
		c.ID = int64(i)
		insertCoupons(t, s, c)
		want = append(want, c.Code)
	}
	slices.Reverse(want)
	for _, page := range [][2]int64{{0, 10}, {10, 10}, {20, 10}, {25, 10}, {1000, 1}, {24, 1}} {
		read(t, s, func(ctx context.Context, tx store.ReadTx) error {
			got, total, err := tx.UserCoupons(ctx, store.CouponQuery{Holder: holder(1), Now: noon(), Offset: page[0], Limit: page[1]})
			var codes []coupon.Code
			for _, c := range got {
				codes = append(codes, c.Code)
			}
			from, to := min(page[0], 25), min(page[0]+page[1], 25)
			if !slices.Equal(codes, want[from:to]) || total != 25 {
				t.Errorf("page %v: %v of %d", page, codes, total)
			}
			return err
		})
	}
}

// testGiven looks for what accounts got of a stock, and for numbers that came twice.
func testGiven(t *testing.T, s store.Store) {
	mine, foreign := coupon.StockKey{Creator: creator, ID: "1"}, coupon.StockKey{Creator: other, ID: "1"}
	first, second := issued(mine, "A", holder(1)), issued(mine, "B", holder(1))
	first.SendContent = coupon.Digest{1, 15: 9}
	insertCoupons(t, s, first, second, issued(mine, "C", holder(2)), issued(foreign, "A", holder(1)))
	again := issued(mine, "D", holder(1))
	again.SendRequestNo = first.SendRequestNo
	err := s.Write(t.Context(), func(tx store.Tx) error { return tx.InsertCoupons(t.Context(), []coupon.Coupon{again}) })
	if !errors.Is(err, store.ErrDuplicate) {
		t.Errorf("a number again gives %v", err)
	}
	key := func(stock coupon.StockKey, n byte) store.HolderKey {
		return store.HolderKey{Stock: stock, Holder: holder(n)}
	}
	given := func(c coupon.Coupon) store.Given {
		return store.Given{Number: c.SendRequestNo, Content: c.SendContent, Code: c.Code}
	}
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		got, err := tx.Given(ctx, []store.HolderKey{key(mine, 1), key(mine, 3), key(foreign, 1), key(foreign, 2), key(mine, 1)})
		for _, list := range got {
			slices.SortFunc(list, func(a, b store.Given) int { return strings.Compare(a.Number, b.Number) })
		}
		if diff := cmp.Diff(map[store.HolderKey][]store.Given{
			key(mine, 1): {given(first), given(second)}, key(foreign, 1): {given(issued(foreign, "A", holder(1)))},
		}, got); diff != "" {
			t.Errorf("given (-want +got):\n%s", diff)
		}
		return err
	})
}
