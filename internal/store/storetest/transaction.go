package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
)

// transactionCases are about what transactions guarantee.
func transactionCases() map[string]func(*testing.T, store.Store) {
	return map[string]func(*testing.T, store.Store){
		"transactions that commit together end alone":       testCommitsTogether,
		"a cancelled context begins nothing":                testCancelled,
		"a context cancelled inside does not stop a commit": testCancelledInside,
		"a reader never sees half a transaction":            testIsolation,
		"a glance sees what is committed":                   testGlance,
		"work in the background is done like any other":     testSparing,
		"writers do not lose each other's updates":          testNoLostUpdate,
		"a hundred claimants share what there is":           testFlashSale,
		"a closed store refuses":                            testClosed,
	}
}

var errOnPurpose = errors.New("on purpose")

// everything writes one row of each kind.
func everything(ctx context.Context, tx store.Tx) error {
	st := stock("1282070000000017")
	lock := func() error {
		_, _, err := tx.LockStock(ctx, st.StockKey, today())
		return err
	}
	return errors.Join(
		tx.InsertMerchant(ctx, merchant.Merchant{ID: creator, Name: "n", Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate}, noon()),
		tx.InsertMerchant(ctx, merchant.Merchant{ID: other, Name: "n", Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate}, noon()),
		tx.AddSubMerchant(ctx, creator, other),
		tx.InsertUsers(ctx, []user.User{{AppID: "wx1", OpenID: "o1", ID: holder(1)}}),
		tx.InsertSecret(ctx, store.Secret{Owner: creator, Purpose: store.PurposeAPIv3, Version: 1, Box: []byte{1}}),
		tx.InsertStock(ctx, st),
		lock(),
		tx.SetCounters(ctx, store.CounterChange{Stock: st.StockKey, Was: coupon.Counters{Day: today()}, Is: coupon.Counters{Issued: 1, Day: today(), IssuedToday: 1}}),
		tx.InsertCoupons(ctx, []coupon.Coupon{issued(st.StockKey, "A", holder(1))}),
		tx.PutPartnership(ctx, partnership(string(st.ID), appid("wx1"))),
		tx.InsertImage(ctx, sketch(creator, "a")),
		tx.InsertRequests(ctx, []store.Request{{RequestKey: store.RequestKey{Owner: creator, Number: "1"}, Answer: []byte{1}}}),
		tx.SetCallback(ctx, callback(creator, merchant.BusiFavor)),
		tx.AppendEvents(ctx, []delivery.Event{note(creator, 1)}),
		tx.AppendAudit(ctx, []store.AuditEntry{{Owner: creator, Action: "a"}}),
	)
}

// expectEmpty looks for any trace of everything.
func expectEmpty(t *testing.T, s store.Store) {
	t.Helper()
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		_, errMerchant := tx.Merchant(ctx, creator)
		_, errUser := tx.UserByOpenID(ctx, "o1")
		_, errSecret := tx.Secret(ctx, creator, store.PurposeAPIv3, "")
		_, errStock := tx.Stock(ctx, "1282070000000017")
		key := coupon.StockKey{Creator: creator, ID: "1282070000000017"}
		_, errCoupon := tx.Coupon(ctx, coupon.Key{Stock: key, Code: "A"})
		_, errPartnership := tx.Partnership(ctx, partnership(string(key.ID), appid("wx1")).Key)
		_, errImage := tx.Image(ctx, "a")
		for _, err := range []error{errMerchant, errSecret, errStock, errCoupon, errPartnership, errImage} {
			if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("a row stayed: %v", err)
			}
		}
		if !errors.Is(errUser, user.ErrNotFound) {
			t.Errorf("a user stayed: %v", errUser)
		}
		held, errHeld := heldIn(ctx, tx, key, holder(1))
		coupons, total, errCoupons := tx.UserCoupons(ctx, store.CouponQuery{Holder: holder(1), Limit: 1})
		requests, errRequests := tx.Requests(ctx, []store.RequestKey{{Owner: creator, Number: "1"}})
		events, errEvents := tx.Deliveries(ctx, store.DeliveryQuery{Owner: creator, Limit: 1})
		entries, errAudit := tx.UnsealedAudit(ctx, creator, 0, 1)
		sub, errSub := tx.IsSubMerchant(ctx, creator, other)
		if len(held)+len(coupons)+int(total)+len(requests)+len(events)+len(entries) > 0 || sub {
			t.Errorf("rows stayed: held %v coupons %v requests %v events %v audit %v sub %v", held, coupons, requests, events, entries, sub)
		}
		return errors.Join(errHeld, errCoupons, errRequests, errEvents, errAudit, errSub)
	})
}

func testCancelled(t *testing.T, s store.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Write(ctx, func(tx store.Tx) error { return everything(ctx, tx) }); !errors.Is(err, context.Canceled) {
		t.Errorf("write gives %v", err)
	}
	if err := s.Read(ctx, func(store.ReadTx) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("read gives %v", err)
	}
	if err := s.Glance(ctx, func(store.ReadTx) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("a glance gives %v", err)
	}
	expectEmpty(t, s)
}

// testGlance asks before and after a commit, and goes on after what was not found.
func testGlance(t *testing.T, s store.Store) {
	key := coupon.Key{Stock: coupon.StockKey{Creator: creator, ID: "1282070000000017"}, Code: "A"}
	glance := func(want error) {
		t.Helper()
		err := s.Glance(t.Context(), func(tx store.ReadTx) error {
			_, first := tx.Coupon(t.Context(), key)
			_, second := tx.Stock(t.Context(), key.Stock.ID)
			if !errors.Is(first, want) || !errors.Is(second, want) {
				t.Errorf("a glance finds %v and %v, want %v", first, second, want)
			}
			return errOnPurpose
		})
		if !errors.Is(err, errOnPurpose) {
			t.Errorf("a glance gives %v", err)
		}
	}
	glance(store.ErrNotFound)
	write(t, s, everything)
	glance(nil)
}

func testCancelledInside(t *testing.T, s store.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	if err := s.Write(ctx, func(tx store.Tx) error {
		err := everything(ctx, tx)
		cancel()
		return err
	}); err != nil {
		t.Fatalf("write gives %v", err)
	}
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		_, err := tx.Stock(ctx, "1282070000000017")
		return err
	})
}

// testIsolation keeps moving one unit between two counters while readers add them up.
func testIsolation(t *testing.T, s store.Store) {
	a := insertStock(t, s, plain("1", coupon.Limits{})).StockKey
	b := insertStock(t, s, plain("2", coupon.Limits{})).StockKey
	add := func(ctx context.Context, tx store.Tx, key coupon.StockKey, delta int64) error {
		_, was, err := tx.LockStock(ctx, key, today())
		if err != nil {
			return err
		}
		is := was
		is.Codes += delta
		return tx.SetCounters(ctx, store.CounterChange{Stock: key, Was: was, Is: is})
	}
	move := func(ctx context.Context, tx store.Tx) error {
		if err := add(ctx, tx, a, 1); err != nil {
			return err
		}
		return add(ctx, tx, b, -1)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 25 {
				if err := s.Write(t.Context(), func(tx store.Tx) error { return move(t.Context(), tx) }); err != nil {
					t.Errorf("write: %v", err)
				}
			}
		})
		wg.Go(func() {
			for range 50 {
				err := s.Read(t.Context(), func(tx store.ReadTx) error {
					first, errFirst := tx.Counters(t.Context(), a, today())
					second, errSecond := tx.Counters(t.Context(), b, today())
					if first.Codes+second.Codes != 0 {
						t.Errorf("saw %d and %d", first.Codes, second.Codes)
					}
					return errors.Join(errFirst, errSecond)
				})
				if err != nil {
					t.Errorf("read: %v", err)
				}
			}
		})
	}
	wg.Wait()
	expectCounters(t, s, a, today(), coupon.Counters{Day: today(), Codes: 100})
}

func testNoLostUpdate(t *testing.T, s store.Store) {
	key := insertStock(t, s, plain("1", coupon.Limits{})).StockKey
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			for range 10 {
				if err := s.Write(t.Context(), func(tx store.Tx) error {
					_, was, err := tx.LockStock(t.Context(), key, today())
					return errors.Join(err, tx.SetCounters(t.Context(), store.CounterChange{Stock: key, Was: was, Is: was.Issue(coupon.CodesByPlatform)}))
				}); err != nil {
					t.Errorf("write: %v", err)
				}
			}
		})
	}
	wg.Wait()
	expectCounters(t, s, key, today(), coupon.Counters{Issued: 200, Day: today(), IssuedToday: 200})
}

func testClosed(t *testing.T, s store.Store) {
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(t.Context(), func(store.Tx) error { return nil }); err == nil {
		t.Error("write works")
	}
	if err := s.Read(t.Context(), func(store.ReadTx) error { return nil }); err == nil {
		t.Error("read works")
	}
	if err := s.Close(); err != nil {
		t.Errorf("close again: %v", err)
	}
}

// testSparing has a transaction fail and another one succeed whose pages nobody needs soon, beside one whose pages are needed.
func testSparing(t *testing.T, s store.Store) {
	ctx := store.Sparing(t.Context())
	if err := s.Write(ctx, func(tx store.Tx) error { return errors.Join(everything(ctx, tx), errOnPurpose) }); !errors.Is(err, errOnPurpose) {
		t.Errorf("a transaction that fails gives %v", err)
	}
	expectEmpty(t, s)
	beside := make(chan error, 1)
	go func() {
		beside <- s.Write(t.Context(), func(tx store.Tx) error {
			return tx.InsertUsers(t.Context(), []user.User{{AppID: "wx1", OpenID: "o2", ID: holder(2)}})
		})
	}()
	if err := errors.Join(s.Write(ctx, func(tx store.Tx) error { return everything(ctx, tx) }), <-beside); err != nil {
		t.Fatal(err)
	}
	if err := s.Read(ctx, func(tx store.ReadTx) error {
		_, errMerchant := tx.Merchant(ctx, creator)
		_, errBeside := tx.UserByOpenID(ctx, "o2")
		return errors.Join(errMerchant, errBeside)
	}); err != nil {
		t.Error(err)
	}
}
