package issue

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/storetest"
)

// linkUsers registers users and gives each the person that is named by another.
func linkUsers(t *testing.T, shop *storetest.Shop, personOf func(n int) int, who ...int) {
	t.Helper()
	if err := shop.Store.Write(t.Context(), func(tx store.Tx) error {
		var errs []error
		for _, n := range who {
			u := claimOf(shop, n, "", "").User
			errs = append(errs, tx.InsertUsers(t.Context(), []user.User{u}))
			u.Person = claimOf(shop, personOf(n), "", "").User.ID
			errs = append(errs, tx.UpdateUser(t.Context(), u))
		}
		return errors.Join(errs...)
	}); err != nil {
		t.Fatal(err)
	}
}

func TestAPersonHasOneLimitWhateverTheAccounts(t *testing.T) {
	t.Parallel()
	limits := coupon.Limits{MaxCoupons: 100, MaxPerUser: 3, NaturalPerson: coupon.Yes}
	onEveryEngine(t, limits, func(t *testing.T, shop *storetest.Shop) {
		linkUsers(t, shop, theFirst, 1, 2, 3)
		s := serviceOf(shop)
		_, errs := storetest.Race(30, func(i int) (Sent, error) { return s.Send(t.Context(), command(shop, 1+i%3, fmt.Sprint("n", i))) })
		got := 0
		for _, err := range errs {
			if err == nil {
				got++
			} else if !errors.Is(err, coupon.RefusedPerson.Fault()) {
				t.Errorf("refused with %v", err)
			}
		}
		if got != 3 {
			t.Errorf("three accounts of one person got %d", got)
		}
		linkUsers(t, shop, themselves, 1, 2, 3) // a correction counts at once, and takes nothing away
		for n := range 3 {
			for i := range 3 {
				_, err := s.Send(t.Context(), command(shop, 1+n, fmt.Sprint("later", i)))
				if err != nil && !errors.Is(err, coupon.RefusedPerson.Fault()) {
					t.Errorf("refused with %v", err)
				}
			}
			if held := heldBy(t, shop, 1+n); held != 3 {
				t.Errorf("account %d has %d", n, held)
			}
		}
		expectSound(t, shop.Store)
	})
}

// TestALimitOfPersonsThatIsSwitchedOnCountsWhatWasIssued: nothing has to be counted anew.
func TestALimitOfPersonsThatIsSwitchedOnCountsWhatWasIssued(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, coupon.Limits{MaxCoupons: 100, MaxPerUser: 2}, func(t *testing.T, shop *storetest.Shop) {
		linkUsers(t, shop, theFirst, 1, 2)
		s := serviceOf(shop)
		for who := 1; who <= 2; who++ {
			if _, err := s.Send(t.Context(), command(shop, who, "n")); err != nil {
				t.Fatal(err)
			}
		}
		stock := shop.Stock
		stock.Limits.NaturalPerson = coupon.Yes
		if err := shop.Store.Write(t.Context(), func(tx store.Tx) error { return tx.UpdateStock(t.Context(), stock) }); err != nil {
			t.Fatal(err)
		}
		for _, knows := range []bool{true, false} { // the claim may have been made a moment before
			c := claimOf(shop, 2, "more", "")
			c.User.Person, c.byPerson = claimOf(shop, 1, "", "").User.ID, knows
			outcomes, err := s.alone(t.Context(), []claim{c})
			if err != nil || !errors.Is(outcomes[0].err, coupon.RefusedPerson.Fault()) {
				t.Errorf("knows %v: %+v, %v", knows, outcomes, err)
			}
		}
	})
}

func theFirst(int) int { return 1 }

func themselves(n int) int { return n }

func heldBy(t *testing.T, shop *storetest.Shop, who int) (n int) {
	t.Helper()
	key := store.HolderKey{Stock: shop.Stock.StockKey, Holder: claimOf(shop, who, "", "").User.ID}
	if err := shop.Store.Read(t.Context(), func(tx store.ReadTx) error {
		given, err := tx.Given(t.Context(), []store.HolderKey{key})
		n = len(given[key])
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestABatchThatDrawsATakenCodeStartsOver: codes of one moment may meet.
func TestABatchThatDrawsATakenCodeStartsOver(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, coupon.Limits{MaxCoupons: 100, MaxPerUser: 2}, func(t *testing.T, shop *storetest.Shop) {
		s := serviceOf(shop)
		const code = 16 // what is drawn for one
		same := bytes.Repeat([]byte{1}, code)
		s.config.Random = io.MultiReader(bytes.NewReader(same), bytes.NewReader(same), bytes.NewReader(bytes.Repeat([]byte{2}, 9*code)))
		for who := 1; who <= 2; who++ {
			if _, err := s.Send(context.WithoutCancel(t.Context()), command(shop, who, "n")); err != nil {
				t.Errorf("claim %d: %v", who, err)
			}
		}
		expectSound(t, shop.Store)
	})
}
