package stocks_test

import (
	"errors"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/favor/stocks"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
)

// budget is that of a draft.
const budget = fen.Fen(1000)

// funded creates a stock whose vouchers are paid for by alice, who has so much.
func (o *office) funded(t *testing.T, balance fen.Fen) stocks.Command {
	t.Helper()
	if balance > 0 {
		from := payment.Account{Owner: store.Platform, Name: payment.AccountFunding}
		to := payment.Account{Owner: alice, Name: payment.AccountBalance}
		if err := o.store.Write(t.Context(), func(tx store.Tx) error {
			if _, err := tx.LockBalances(t.Context(), from, to); err != nil {
				return err
			}
			return tx.Post(t.Context(), payment.Transfer{From: from, To: to, Amount: balance, Reference: "funding", At: o.now})
		}); err != nil {
			t.Fatal(err)
		}
	}
	draft := o.draft("funded")
	draft.Stock.NoCash = false
	created, err := o.Create(t.Context(), draft)
	if err != nil {
		t.Fatal(err)
	}
	return stocks.Command{Caller: alice, Creator: alice, StockID: created.StockID}
}

// money is what alice may spend, and what is locked for a stock of hers.
func (o *office) money(t *testing.T, id voucher.StockID) (balance, locked fen.Fen) {
	t.Helper()
	if err := o.store.Read(t.Context(), func(tx store.ReadTx) (err error) {
		if balance, err = tx.Balance(t.Context(), payment.Account{Owner: alice, Name: payment.AccountBalance}); err != nil {
			return err
		}
		locked, err = tx.Balance(t.Context(), payment.LockedAccount(voucher.StockKey{Creator: alice, ID: id}))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return balance, locked
}

// TestAStockStartsWithTheMoneyForItOnly gives its creator a fen less than that, and as much.
func TestAStockStartsWithTheMoneyForItOnly(t *testing.T) {
	t.Parallel()
	for name, balance := range map[string]fen.Fen{"nothing": 0, "a fen less": budget - 1, "enough": budget} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			engines.Each(t, func(t *testing.T, s store.Store) {
				o := openOffice(t, s, stocks.RunningMost)
				cmd := o.funded(t, balance)
				_, err := o.Start(t.Context(), cmd)
				left, locked := o.money(t, cmd.StockID)
				if balance < budget {
					if !errors.Is(err, voucher.ErrBalance) || left != balance || locked != 0 {
						t.Errorf("%v, with %d left and %d locked", err, left, locked)
					}
				} else if err != nil || left != 0 || locked != budget {
					t.Errorf("%v, with %d left and %d locked", err, left, locked)
				}
			})
		})
	}
}

// TestWhatIsLeftOfABudgetComesBackAfterTheEnd releases before and after the end of a stock, twice
// each time.
func TestWhatIsLeftOfABudgetComesBackAfterTheEnd(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		o := openOffice(t, s, stocks.RunningMost)
		cmd := o.funded(t, budget+7)
		if _, err := o.Start(t.Context(), cmd); err != nil {
			t.Fatal(err)
		}
		end := o.draft("").Stock.End
		for _, c := range []struct {
			at              time.Time
			balance, locked fen.Fen
		}{{end, 7, budget}, {end.Add(time.Second), budget + 7, 0}, {end.Add(time.Hour), budget + 7, 0}} {
			o.clock.Set(c.at)
			for range 2 {
				if _, err := o.Release(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if balance, locked := o.money(t, cmd.StockID); balance != c.balance || locked != c.locked {
				t.Errorf("at %s: %d, and %d locked; want %d and %d", c.at, balance, locked, c.balance, c.locked)
			}
		}
	})
}
