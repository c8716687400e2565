package storetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/store"
)

// testScanCoupons goes through the coupons of two merchants, some with one code, in windows of any
// size.
func testScanCoupons(t *testing.T, s store.Store) {
	first, second, theirs := stock("1282070000000017"), stock("1282070000000018"), stock("1282070000000019")
	theirs.Creator = other
	var want []coupon.Code
	for i := range 9 {
		code := coupon.Code(fmt.Sprint("C", i))
		insertCoupons(t, s, issued(first.StockKey, code, holder(1)))
		want = append(want, code)
		if i%2 == 0 {
			insertCoupons(t, s, issued(theirs.StockKey, code, holder(2)))
		}
		if i%4 == 0 {
			insertCoupons(t, s, issued(second.StockKey, code, holder(3)))
			want = append(want, code)
		}
	}
	for _, window := range []int64{1, 2, 5, 16, 17, 18, 100} {
		if diff := cmp.Diff(want, scanned(t, s, store.CouponScan{Creator: creator, Window: window})); diff != "" {
			t.Errorf("window %d (-want +got):\n%s", window, diff)
		}
		narrow := scanned(t, s, store.CouponScan{Creator: creator, Stock: second.ID, Window: window})
		if diff := cmp.Diff([]coupon.Code{"C0", "C4", "C8"}, narrow); diff != "" {
			t.Errorf("one stock, window %d (-want +got):\n%s", window, diff)
		}
		if got := scanned(t, s, store.CouponScan{Creator: "1900000009", Window: window}); got != nil {
			t.Errorf("a merchant without coupons has %v", got)
		}
	}
}

// scanned are the codes of a whole scan.
func scanned(t *testing.T, s store.Store, q store.CouponScan) (codes []coupon.Code) {
	t.Helper()
	for looks := 0; ; looks++ {
		var part store.ScannedCoupons
		read(t, s, func(ctx context.Context, tx store.ReadTx) (err error) {
			part, err = tx.ScanCoupons(ctx, q)
			return err
		})
		for i := range part.Coupons {
			codes = append(codes, part.Coupons[i].Code)
		}
		if q.After = part.End; part.End == (store.CouponPlace{}) {
			return codes
		}
		if looks > 100 {
			t.Fatal("the scan does not end")
		}
	}
}
