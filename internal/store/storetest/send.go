package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// testLockToSend asks for what there is of two merchants, and for what there is not.
func testLockToSend(t *testing.T, s store.Store) {
	mine, theirs := VoucherStock("1000000001"), VoucherStock("1000000002")
	theirs.Creator = other
	request := store.Request{RequestKey: numberOf(other, "n1"), Content: store.ContentOf("c"), Answer: []byte("8001"), At: noon()}
	was := voucher.Counters{Day: today()}
	keepSent(t, s, mine, theirs, request)
	none := voucher.StockKey{Creator: other, ID: mine.ID}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		got, err := tx.LockToSend(ctx, store.SendAsk{
			Stocks: []voucher.StockKey{theirs.StockKey, none, mine.StockKey, theirs.StockKey}, Day: today(),
			Holders: []store.VoucherHolderKey{
				heldBy(theirs.StockKey, 1), heldBy(mine.StockKey, 1), heldBy(mine.StockKey, 2), heldBy(mine.StockKey, 1),
			},
			Months:   []store.VoucherMonthKey{monthOf(other, 1), monthOf(creator, 1), monthOf(creator, 2)},
			Requests: []store.RequestKey{numberOf(other, "n1"), numberOf(creator, "n1"), numberOf(other, "n2")},
		})
		if diff := cmp.Diff(store.SendLocked{
			Stocks: map[voucher.StockKey]store.LockedVoucherStock{
				mine.StockKey: {Stock: mine, Counters: was.Send()}, theirs.StockKey: {Stock: theirs, Counters: was},
			},
			Held:     map[store.VoucherHolderKey]int64{heldBy(mine.StockKey, 1): 3, heldBy(theirs.StockKey, 1): 4},
			Months:   map[store.VoucherMonthKey]fen.Fen{monthOf(creator, 1): 100, monthOf(other, 1): 200},
			Requests: map[store.RequestKey]store.Request{request.RequestKey: request},
		}, got); diff != "" {
			t.Errorf("locked (-want +got):\n%s", diff)
		}
		empty, errEmpty := tx.LockToSend(ctx, store.SendAsk{Day: today()})
		if len(empty.Stocks)+len(empty.Held)+len(empty.Months)+len(empty.Requests) > 0 {
			t.Errorf("nothing gives %+v", empty)
		}
		return errors.Join(err, errEmpty)
	})
}

func heldBy(stock voucher.StockKey, n byte) store.VoucherHolderKey {
	return store.VoucherHolderKey{Stock: stock, Holder: holder(n)}
}

func monthOf(of merchant.ID, n byte) store.VoucherMonthKey {
	return store.VoucherMonthKey{Creator: of, Month: day.MonthOf(noon()), Holder: holder(n)}
}

func numberOf(of merchant.ID, no string) store.RequestKey {
	return store.RequestKey{Owner: of, Operation: store.OpSendVoucher, Number: no}
}

// keepSent arranges two stocks and what was sent of them.
func keepSent(t *testing.T, s store.Store, mine, theirs voucher.Stock, request store.Request) {
	t.Helper()
	was := voucher.Counters{Day: today()}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return store.InOrder(
			func() error { return tx.InsertVoucherStock(ctx, mine) },
			func() error { return tx.InsertVoucherStock(ctx, theirs) },
			func() error {
				_, err := tx.LockVoucherStocks(ctx, []voucher.StockKey{mine.StockKey}, today())
				return err
			},
			func() error {
				return tx.SetVoucherCounters(ctx, []store.VoucherCounterChange{{Stock: mine.StockKey, Was: was, Is: was.Send()}})
			},
			func() error {
				return tx.SetVoucherHeld(ctx, []store.VoucherHeld{
					{VoucherHolderKey: heldBy(mine.StockKey, 1), Count: 3}, {VoucherHolderKey: heldBy(theirs.StockKey, 1), Count: 4},
				})
			},
			func() error {
				return tx.SetVoucherMonths(ctx, []store.VoucherMonthChange{
					{VoucherMonthKey: monthOf(creator, 1), Is: 100}, {VoucherMonthKey: monthOf(other, 1), Is: 200},
				})
			},
			func() error { return tx.InsertRequests(ctx, []store.Request{request}) },
		)
	})
}
