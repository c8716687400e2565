package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/store"
)

// moneyCases are about money between merchants, and cards.
func moneyCases() map[string]func(*testing.T, store.Store) {
	return map[string]func(*testing.T, store.Store){
		"an order is added once and locked":                  testOrders,
		"subsidies and their returns are kept with a coupon": testSubsidies,
		"money moves between accounts":                       testLedger,
		"no transfer loses another one":                      testTransfers,
		"cards and their holders are unique":                 testCards,
		"money that was never moved is missed":               testMissingMoney,
		"merchants share a brand":                            testBrands,
	}
}

// testMissingMoney makes up a payment that nobody made.
func testMissingMoney(t *testing.T, s store.Store) {
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.InsertSubsidy(ctx, paid("1")) })
	list, err := s.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range list {
		if one.Broken > 0 && (one.Name == store.InvariantPaid || one.Name == store.InvariantSubsidized) {
			return
		}
	}
	t.Errorf("nothing is wrong with %v", list)
}

func testOrders(t *testing.T, s store.Store) {
	want := coupon.Order{
		Merchant: creator, TransactionID: "4200000913202101152566792388", OutTradeNo: "MCH_1",
		Amount: 880, Refunded: 100, ProfitSharing: true, Subsidized: 120, Subsidies: 2,
	}
	other := want
	other.Merchant, other.OutTradeNo = "1900000003", "MCH_2"
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.InsertOrder(ctx, want), tx.InsertOrder(ctx, other), tx.InsertOrder(ctx, want))
	})
	expect := func() {
		t.Helper()
		read(t, s, func(ctx context.Context, tx store.ReadTx) error {
			got, err := tx.Order(ctx, want.TransactionID)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("order (-want +got):\n%s", diff)
			}
			if _, err := tx.Order(ctx, "none"); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("no order gives %v", err)
			}
			return err
		})
	}
	expect()
	want.OutTradeNo, want.Amount, want.Refunded, want.ProfitSharing, want.Subsidized, want.Subsidies = "MCH_3", 1, 2, false, 3, 4
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		if _, err := tx.LockOrder(ctx, "none"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("locking no order gives %v", err)
		}
		if _, err := tx.LockOrder(ctx, want.TransactionID); err != nil {
			return err
		}
		return tx.UpdateOrder(ctx, want)
	})
	expect()
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		for number, has := range map[string]bool{"MCH_3": true, "MCH_1": false, "MCH_2": false} {
			if got, err := tx.HasOrder(ctx, creator, number); err != nil || got != has {
				t.Errorf("%s has %s: %v, %v", creator, number, got, err)
			}
		}
		return nil
	})
}

// paid returns a payment for the coupon "A" of the stock "1".
func paid(receipt string) coupon.Subsidy {
	return coupon.Subsidy{
		Key:       coupon.Key{Stock: coupon.StockKey{Creator: creator, ID: "1"}, Code: "A"},
		ReceiptID: receipt, OutNo: "n" + receipt, TransactionID: "4200", Payer: creator, Payee: other, Amount: 100,
		Description: "补差", Status: coupon.SubsidySuccess, CreatedAt: noon(), DoneAt: noon().Add(time.Second),
	}
}

func variedSubsidies() []coupon.Subsidy {
	all := []coupon.Subsidy{paid("1"), paid("2"), paid("3"), paid("4"), paid("5")}
	all[1].Status, all[1].FailReason = coupon.SubsidyFailed, coupon.SubsidyNoBalance
	all[2].Payer, all[2].Payee = other, creator
	all[3].TransactionID = "4201"
	all[4].Code = "B"
	return all
}

func testSubsidies(t *testing.T, s store.Store) {
	all := variedSubsidies()
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		var errs []error
		for _, one := range all {
			errs = append(errs, tx.InsertSubsidy(ctx, one))
		}
		return errors.Join(errs...)
	})
	err := s.Write(t.Context(), func(tx store.Tx) error { return tx.InsertSubsidy(t.Context(), paid("1")) })
	if !errors.Is(err, store.ErrDuplicate) {
		t.Errorf("a taken receipt id gives %v", err)
	}
	all[0].Status, all[0].Returned = coupon.SubsidyPartialReturn, 40
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.UpdateSubsidy(ctx, all[0]) })
	stranger := all[0]
	stranger.Stock.Creator = other
	err = s.Write(t.Context(), func(tx store.Tx) error { return tx.UpdateSubsidy(t.Context(), stranger) })
	if !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an update under another merchant gives %v", err)
	}
	for _, q := range []store.SubsidyQuery{
		{},
		{OutNo: "n1"},
		{OutNo: "none"},
		{TransactionID: "4201"},
		{Payer: creator},
		{Payee: creator},
		{Paid: true},
		{TransactionID: "4200", Payer: creator, Payee: other, Paid: true},
	} {
		q.Key = all[0].Key
		var want []coupon.Subsidy
		for _, one := range slices.Backward(all) {
			if q.Matches(&one) {
				want = append(want, one)
			}
		}
		read(t, s, func(ctx context.Context, tx store.ReadTx) error {
			got, err := tx.Subsidies(ctx, q)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%+v (-want +got):\n%s", q, diff)
			}
			return err
		})
	}
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		got, err := tx.Subsidy(ctx, "5")
		if diff := cmp.Diff(all[4], got); diff != "" {
			t.Errorf("by receipt (-want +got):\n%s", diff)
		}
		if _, err := tx.Subsidy(ctx, "none"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("no payment gives %v", err)
		}
		return err
	})
	testSubsidyReturns(t, s, all[0].Key)
}

func testSubsidyReturns(t *testing.T, s store.Store, key coupon.Key) {
	t.Helper()
	want := coupon.SubsidyReturn{
		Key: key, ReturnReceiptID: "21", ReceiptID: "1", OutNo: "r1", TransactionID: "4200", RefundID: "5000",
		Payer: creator, Payee: other, Amount: 40, Description: "退", Status: coupon.SubsidyFailed, FailReason: coupon.SubsidyNoBalance,
		CreatedAt: noon(), DoneAt: noon().Add(time.Second),
	}
	later := want
	later.ReturnReceiptID, later.OutNo = "22", "r2"
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.InsertSubsidyReturn(ctx, want), tx.InsertSubsidyReturn(ctx, later))
	})
	err := s.Write(t.Context(), func(tx store.Tx) error { return tx.InsertSubsidyReturn(t.Context(), want) })
	if !errors.Is(err, store.ErrDuplicate) {
		t.Errorf("a taken receipt id gives %v", err)
	}
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		got, err := tx.SubsidyReturn(ctx, "21")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("return (-want +got):\n%s", diff)
		}
		of, errOf := tx.SubsidyReturns(ctx, key)
		if diff := cmp.Diff([]coupon.SubsidyReturn{later, want}, of); diff != "" {
			t.Errorf("returns of a coupon (-want +got):\n%s", diff)
		}
		key.Code += "0"
		if none, err := tx.SubsidyReturns(ctx, key); err != nil || len(none) != 0 {
			t.Errorf("another coupon has the returns %+v, %v", none, err)
		}
		if _, err := tx.SubsidyReturn(ctx, "1"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("no return gives %v", err)
		}
		return errors.Join(err, errOf)
	})
}

func account(owner merchant.ID) payment.Account {
	return payment.Account{Owner: owner, Name: payment.AccountBalance}
}

// fund gives money from outside to a merchant.
func fund(owner merchant.ID, amount fen.Fen, reference string) payment.Transfer {
	return payment.Transfer{
		From: payment.Account{Owner: store.Platform, Name: payment.AccountFunding}, To: account(owner), Amount: amount, Reference: reference, At: noon(),
	}
}

// transfer locks both accounts and posts.
func transfer(ctx context.Context, s store.Store, transfers ...payment.Transfer) error {
	return s.Write(ctx, func(tx store.Tx) error {
		for _, one := range transfers {
			if _, err := tx.LockBalances(ctx, one.From, one.To); err != nil {
				return err
			}
		}
		return tx.Post(ctx, transfers...)
	})
}

func testLedger(t *testing.T, s store.Store) {
	pay := payment.Transfer{From: account(creator), To: account(other), Amount: 30, Reference: "b", At: noon().Add(time.Second)}
	if err := transfer(t.Context(), s, fund(creator, 100, "a"), pay); err != nil {
		t.Fatal(err)
	}
	tooMuch := pay
	tooMuch.Amount = 71
	if err := transfer(t.Context(), s, tooMuch); !errors.Is(err, store.ErrStale) {
		t.Errorf("more than there is gives %v", err)
	}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		held, err := tx.LockBalances(ctx, account(other), account(creator), account("1900000003"))
		if diff := cmp.Diff(map[payment.Account]fen.Fen{account(creator): 70, account(other): 30, account("1900000003"): 0}, held); diff != "" {
			t.Errorf("balances (-want +got):\n%s", diff)
		}
		return err
	})
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		platform, err := tx.Balance(ctx, fund("", 0, "").From)
		if err != nil || platform != -100 {
			t.Errorf("the platform holds %d, %v", platform, err)
		}
		nobody, err := tx.Balance(ctx, account("1900000009"))
		if err != nil || nobody != 0 {
			t.Errorf("nobody holds %d, %v", nobody, err)
		}
		want := []payment.Posting{
			{Account: account(creator), Amount: -30, Reference: "b", At: pay.At},
			{Account: account(creator), Amount: 100, Reference: "a", At: noon()},
		}
		for from := range int64(3) {
			got, err := tx.Postings(ctx, creator, from, 10)
			if diff := cmp.Diff(want[from:], got, cmp.Transformer("none", noneIsNil)); err != nil || diff != "" {
				t.Errorf("postings from %d: %v (-want +got):\n%s", from, err, diff)
			}
		}
		return nil
	})
	expectSound(t, s)
}

// noneIsNil makes an empty list equal to none.
func noneIsNil(list []payment.Posting) []payment.Posting {
	return slices.Clip(append([]payment.Posting(nil), list...))
}

// testTransfers has many transfers between few accounts at once, in all directions.
func testTransfers(t *testing.T, s store.Store) {
	const accounts, each, callers, calls = 4, 1000, 8, 12
	owner := func(i int) merchant.ID { return merchant.ID(fmt.Sprint(1900000001 + i)) }
	for i := range accounts {
		if err := transfer(t.Context(), s, fund(owner(i), each, fmt.Sprint("f", i))); err != nil {
			t.Fatal(err)
		}
	}
	var wg sync.WaitGroup
	for caller := range callers {
		dice := rand.New(rand.NewPCG(1, uint64(caller)))
		wg.Go(func() {
			for n := range calls {
				from := dice.IntN(accounts)
				one := payment.Transfer{
					From: account(owner(from)), To: account(owner((from + 1 + dice.IntN(accounts-1)) % accounts)),
					Amount: fen.Fen(1 + dice.IntN(600)), Reference: fmt.Sprint(caller, "-", n), At: noon(),
				}
				if err := payIfThereIs(t.Context(), s, one); err != nil {
					t.Errorf("%+v: %v", one, err)
				}
			}
		})
	}
	wg.Wait()
	var total fen.Fen
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		for i := range accounts {
			held, err := tx.Balance(ctx, account(owner(i)))
			if err != nil {
				return err
			}
			total += held
		}
		return nil
	})
	if total != accounts*each {
		t.Errorf("%d fen in all, want %d", total, accounts*each)
	}
	expectSound(t, s)
}

// payIfThereIs looks at the balance before it posts, as a capability does.
func payIfThereIs(ctx context.Context, s store.Store, one payment.Transfer) error {
	return s.Write(ctx, func(tx store.Tx) error {
		held, err := tx.LockBalances(ctx, one.From, one.To)
		if err != nil || held[one.From] < one.Amount {
			return err
		}
		return tx.Post(ctx, one)
	})
}

func testCards(t *testing.T, s store.Store) {
	card := store.Card{Owner: creator, ID: "pIJMr5MMiIkO_93VtPyIiEk2DZ4w", AppID: "wx1"}
	held := store.CardHolder{Card: card, Holder: holder(1), Code: "198555211279", At: noon()}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.InsertCard(ctx, card), tx.InsertCardHolder(ctx, held))
	})
	twin, same, again := card, held, held
	twin.Owner = other
	same.Holder = holder(2) // another user with the code
	again.Code = "1"        // the same user with another code
	for name, insert := range map[string]func(tx store.Tx) error{
		"card": func(tx store.Tx) error { return tx.InsertCard(t.Context(), twin) },
		"code": func(tx store.Tx) error { return tx.InsertCardHolder(t.Context(), same) },
		"user": func(tx store.Tx) error { return tx.InsertCardHolder(t.Context(), again) },
	} {
		if err := s.Write(t.Context(), insert); !errors.Is(err, store.ErrDuplicate) {
			t.Errorf("a second %s gives %v", name, err)
		}
	}
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		got, err := tx.Card(ctx, card.ID)
		if err != nil || got != card {
			t.Errorf("card %+v, %v", got, err)
		}
		if _, err := tx.Card(ctx, "none"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("no card gives %v", err)
		}
		if code, err := tx.CardCode(ctx, card, holder(1)); err != nil || code != held.Code {
			t.Errorf("code %s, %v", code, err)
		}
		if _, err := tx.CardCode(ctx, card, holder(2)); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("no holder gives %v", err)
		}
		return nil
	})
}

func testBrands(t *testing.T, s store.Store) {
	insertMerchants(t, s)
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.JoinBrand(ctx, creator, "b1"), tx.JoinBrand(ctx, creator, "b2"), tx.JoinBrand(ctx, other, "b2"), tx.JoinBrand(ctx, other, "b2"))
	})
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		for id, want := range map[merchant.ID][]string{creator: {"b1", "b2"}, other: {"b2"}, "1900000003": nil} {
			if got, err := tx.Brands(ctx, id); err != nil || !slices.Equal(got, want) {
				t.Errorf("%s is one of %v, %v", id, got, err)
			}
		}
		for _, c := range []struct {
			a, b merchant.ID
			want bool
		}{{creator, other, true}, {other, creator, true}, {creator, "1900000003", false}, {"1900000003", other, false}} {
			if got, err := tx.SameBrand(ctx, c.a, c.b); err != nil || got != c.want {
				t.Errorf("%s and %s: %v, %v", c.a, c.b, got, err)
			}
		}
		return nil
	})
}
