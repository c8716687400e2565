package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// hinted is what a merchant has that is named by ids which say whose it may be.
type hinted struct {
	voucher voucher.Voucher
}

// registerHinted adds a merchant, and what is named by such ids.
func registerHinted(t *testing.T, s store.Store, owner merchant.ID) hinted {
	t.Helper()
	id, err := voucher.NewID(owner, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	h := hinted{voucher: SentVoucher(voucher.StockKey{Creator: owner, ID: "1"}, id, holder(1))}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return errors.Join(
			tx.InsertMerchant(ctx, merchant.Merchant{ID: owner, Name: "n", Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate}, noon()),
			tx.InsertVouchers(ctx, []voucher.Voucher{h.voucher}))
	})
	return h
}

// expect finds it by the ids alone.
func (h *hinted) expect(t *testing.T, s store.Store) {
	t.Helper()
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		v, err := tx.Voucher(ctx, h.voucher.ID)
		stocks, errStocks := tx.VoucherOwners(ctx, []voucher.ID{"8001", h.voucher.ID})
		wantStocks := map[voucher.ID]voucher.StockKey{h.voucher.ID: h.voucher.Stock}
		if diff := cmp.Diff(*h, hinted{v}, cmp.AllowUnexported(hinted{})) + cmp.Diff(wantStocks, stocks); diff != "" {
			t.Errorf("found (-want +got):\n%s", diff)
		}
		return errors.Join(err, errStocks)
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
			if !errors.Is(errVoucher, store.ErrNotFound) || errID != nil {
				t.Errorf("an id of nothing gives %v", errVoucher)
			}
		}
		return err
	})
}
