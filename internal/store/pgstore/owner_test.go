package pgstore_test

import (
	"errors"
	"testing"
	"time"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/pgstore"
)

// callHinted asks for what is named by ids that say whose it may be.
func callHinted(t *testing.T, s *pgstore.Store) {
	t.Helper()
	const hinted = merchant.ID("1900012345")
	if err := s.Write(t.Context(), func(tx store.Tx) error {
		m := merchant.Merchant{ID: hinted, Name: "n", Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate}
		errMerchant := tx.InsertMerchant(t.Context(), m, time.Unix(0, 0))
		hint := string(hinted.Hint())
		voucherID := voucher.ID("1" + hint + "0000000000000")
		_, errVoucher := tx.Voucher(t.Context(), voucherID)
		_, err := tx.VoucherOwners(t.Context(), []voucher.ID{voucherID})
		if !errors.Is(errVoucher, store.ErrNotFound) {
			t.Error(errVoucher)
		}
		return errors.Join(errMerchant, err, errOnPurpose)
	}); err == nil || err.Error() != errOnPurpose.Error() {
		t.Error(err)
	}
}

// callOwned makes one of everything that is found by its id alone, and finds it.
func callOwned(t *testing.T, s *pgstore.Store) {
	t.Helper()
	if err := s.Write(t.Context(), func(tx store.Tx) error {
		err := errors.Join(
			tx.InsertStock(t.Context(), coupon.Stock{StockKey: coupon.StockKey{Creator: owner, ID: "1"}}),
			tx.InsertVoucherStock(t.Context(), voucher.Stock{StockKey: voucher.StockKey{Creator: owner, ID: "2"}}),
			tx.InsertCard(t.Context(), store.Card{Owner: owner, ID: "3"}),
			tx.InsertImage(t.Context(), store.Image{Owner: owner, Token: "4"}))
		_, errStock := tx.Stock(t.Context(), "1")
		_, errVouchers := tx.VoucherStock(t.Context(), "2")
		_, errCard := tx.Card(t.Context(), "3")
		_, errImage := tx.Image(t.Context(), "4")
		return errors.Join(err, errStock, errVouchers, errCard, errImage, errOnPurpose)
	}); err == nil || err.Error() != errOnPurpose.Error() {
		t.Error(err)
	}
}

// TestANodeOfTheReleaseBeforeMakesWhatIsFoundByItsID: it does not know the table of owners.
func TestANodeOfTheReleaseBeforeMakesWhatIsFoundByItsID(t *testing.T) {
	t.Parallel()
	dsn := engines.Database(t)
	s := mustOpen(t, dsn)
	exec(t, dsn, `insert into card (mchid, card_id, appid) values ('1900000001', 'old', 'wx1')`)
	var found store.Card
	err := s.Read(t.Context(), func(tx store.ReadTx) (err error) {
		found, err = tx.Card(t.Context(), "old")
		return err
	})
	if want := (store.Card{Owner: "1900000001", ID: "old", AppID: "wx1"}); found != want || err != nil {
		t.Errorf("found %+v, %v", found, err)
	}
}

// TestAnOwnerThatIsMissingIsFoundByTheProof, and one that is wrong, and one of nothing.
func TestAnOwnerThatIsMissingIsFoundByTheProof(t *testing.T) {
	t.Parallel()
	for _, damage := range []string{
		`delete from owner`,
		`update owner set mchid = '1900000002'`,
		`insert into owner (kind, id, mchid) values ('STOCK', 'none', '1900000001')`,
	} {
		dsn := engines.Database(t)
		s := mustOpen(t, dsn)
		exec(t, dsn, `insert into card (mchid, card_id, appid) values ('1900000001', '1', 'wx1')`)
		exec(t, dsn, damage)
		proved, err := s.Check(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range proved {
			if wrong := p.Name == pgstore.InvariantOwners; wrong != (p.Broken > 0) {
				t.Errorf("%s: %q breaks in %d of %d rows", damage, p.Name, p.Broken, p.Rows)
			}
		}
	}
}
