package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// hinted is what a merchant has that is named by ids which say whose it may be.
type hinted struct {
	voucher  voucher.Voucher
	paid     coupon.Subsidy
	returned coupon.SubsidyReturn
}

// registerHinted adds a merchant, and what is named by such ids.
func registerHinted(t *testing.T, s store.Store, owner merchant.ID) hinted {
	t.Helper()
	id, err := voucher.NewID(owner, rand.Reader)
	receipt, errPaid := coupon.NewReceiptID(coupon.PaymentReceipt, owner, noon(), rand.Reader)
	back, errBack := coupon.NewReceiptID(coupon.ReturnReceipt, owner, noon(), rand.Reader)
	if err := errors.Join(err, errPaid, errBack); err != nil {
		t.Fatal(err)
	}
	h := hinted{
		voucher:  SentVoucher(voucher.StockKey{Creator: owner, ID: "1"}, id, holder(1)),
		paid:     someSubsidy(1),
		returned: someReturn(1),
	}
	h.paid.ReceiptID, h.paid.Stock.Creator = receipt, owner
	h.returned.ReturnReceiptID, h.returned.Stock.Creator = back, owner
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return errors.Join(
			tx.InsertMerchant(ctx, merchant.Merchant{ID: owner, Name: "n", Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate}, noon()),
			tx.InsertVouchers(ctx, []voucher.Voucher{h.voucher}),
			tx.InsertSubsidy(ctx, h.paid),
			tx.InsertSubsidyReturn(ctx, h.returned))
	})
	return h
}

// expect finds it by the ids alone.
func (h *hinted) expect(t *testing.T, s store.Store) {
	t.Helper()
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		v, err := tx.Voucher(ctx, h.voucher.ID)
		stocks, errStocks := tx.VoucherOwners(ctx, []voucher.ID{"8001", h.voucher.ID})
		paid, errPaid := tx.Subsidy(ctx, h.paid.ReceiptID)
		returned, errBack := tx.SubsidyReturn(ctx, h.returned.ReturnReceiptID)
		wantStocks := map[voucher.ID]voucher.StockKey{h.voucher.ID: h.voucher.Stock}
		if diff := cmp.Diff(*h, hinted{v, paid, returned}, cmp.AllowUnexported(hinted{})) + cmp.Diff(wantStocks, stocks); diff != "" {
			t.Errorf("found (-want +got):\n%s", diff)
		}
		return errors.Join(err, errStocks, errPaid, errBack)
	})
}

// testHinted has merchants whose hint is the same, one that comes when the hint is known, and nobody's ids.
func testHinted(t *testing.T, s store.Store) {
	const first, second, third = merchant.ID("1900047110"), merchant.ID("1700047110"), merchant.ID("1900055555")
	a := registerHinted(t, s, first)
	a.expect(t, s)
	b := registerHinted(t, s, second)
	b.expect(t, s)
	a.expect(t, s)
	c := registerHinted(t, s, third)
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		all := []voucher.ID{a.voucher.ID, b.voucher.ID, c.voucher.ID, voucher.ID("1999990000000000000"), voucher.ID("1471100000000000000")}
		stocks, err := tx.VoucherOwners(ctx, all)
		if len(stocks) != 3 || stocks[c.voucher.ID] != c.voucher.Stock {
			t.Errorf("stocks %v", stocks)
		}
		for _, owner := range []merchant.ID{first, "1900099999"} {
			id, errID := voucher.NewID(owner, rand.Reader)
			_, errVoucher := tx.Voucher(ctx, id)
			_, errPaid := tx.Subsidy(ctx, receiptOf(c.paid.ReceiptID, owner))
			_, errBack := tx.SubsidyReturn(ctx, receiptOf(c.returned.ReturnReceiptID, owner))
			for _, err := range []error{errVoucher, errPaid, errBack} {
				if !errors.Is(err, store.ErrNotFound) || errID != nil {
					t.Errorf("an id of nothing gives %v", err)
				}
			}
		}
		return err
	})
}

// receiptOf is the id of a receipt as it would be in another merchant's rows.
func receiptOf(receiptID string, owner merchant.ID) string {
	return receiptID[:16] + string(owner.Hint()) + receiptID[21:]
}
