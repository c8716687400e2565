package storetest

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// raceCases are about transactions that meet.
func raceCases() map[string]func(*testing.T, store.Store) {
	return map[string]func(*testing.T, store.Store){
		"no update of anything that is locked is lost":        testNoUpdateIsLost,
		"a budget is released once":                           testReleasedOnce,
		"of twins one makes something, the others know of it": testTwins,
	}
}

// Sizes of the races.
const (
	racers = 8
	laps   = 5
)

// aggregate is something that transactions lock and change.
type aggregate struct {
	// add locks it and adds one to a figure of it.
	add func(ctx context.Context, tx store.Tx) error
	// sum reads the figure.
	sum func(ctx context.Context, tx store.ReadTx) (int64, error)
}

// testNoUpdateIsLost has many transactions lock, read and change each aggregate at once.
func testNoUpdateIsLost(t *testing.T, s store.Store) {
	populate(t, s)
	for name, one := range aggregates() {
		sum := func() (n int64) {
			read(t, s, func(ctx context.Context, tx store.ReadTx) (err error) {
				n, err = one.sum(ctx, tx)
				return err
			})
			return n
		}
		before := sum()
		_, errs := Race(racers, func(int) (int, error) {
			for range laps {
				if err := s.Write(t.Context(), func(tx store.Tx) error { return one.add(t.Context(), tx) }); err != nil {
					return 0, err
				}
			}
			return 0, nil
		})
		if err := errors.Join(errs...); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := sum() - before; got != racers*laps {
			t.Errorf("%s: %d of %d updates are there", name, got, racers*laps)
		}
	}
}

// aggregates are those that found makes.
func aggregates() map[string]aggregate {
	all := couponAggregates()
	maps.Copy(all, voucherAggregates())
	maps.Copy(all, moneyAggregates())
	return all
}

func couponAggregates() map[string]aggregate {
	c := someCoupon(0)
	return map[string]aggregate{
		"a stock": {
			func(ctx context.Context, tx store.Tx) error {
				_, was, err := tx.LockStock(ctx, c.Stock, today())
				return errors.Join(err, tx.SetCounters(ctx, store.CounterChange{Stock: c.Stock, Was: was, Is: was.Issue(coupon.CodesByPlatform)}))
			},
			func(ctx context.Context, tx store.ReadTx) (int64, error) {
				got, err := tx.Counters(ctx, c.Stock, today())
				return got.Issued, err
			},
		},
		"a coupon": {
			func(ctx context.Context, tx store.Tx) error {
				got, err := tx.LockCoupon(ctx, c.Key)
				got.Subsidized++
				return errors.Join(err, tx.UpdateCoupons(ctx, got))
			},
			func(ctx context.Context, tx store.ReadTx) (int64, error) {
				got, err := tx.Coupon(ctx, c.Key)
				return int64(got.Subsidized), err
			},
		},
		"a pool of codes": {
			func(ctx context.Context, tx store.Tx) error {
				_, was, err := tx.LockStock(ctx, c.Stock, today())
				is := was
				is.Codes++
				return errors.Join(err, tx.SetCounters(ctx, store.CounterChange{Stock: c.Stock, Was: was, Is: is}))
			},
			func(ctx context.Context, tx store.ReadTx) (int64, error) {
				got, err := tx.Counters(ctx, c.Stock, today())
				return got.Codes, err
			},
		},
	}
}

func voucherAggregates() map[string]aggregate {
	v := someVoucher(0)
	return map[string]aggregate{
		"a stock of vouchers": {
			func(ctx context.Context, tx store.Tx) error {
				locked, err := tx.LockVoucherStocks(ctx, []voucher.StockKey{v.Stock}, today())
				was := locked[v.Stock].Counters
				return errors.Join(err, tx.SetVoucherCounters(ctx, []store.VoucherCounterChange{{Stock: v.Stock, Was: was, Is: was.Send()}}))
			},
			func(ctx context.Context, tx store.ReadTx) (int64, error) {
				got, err := tx.VoucherCounters(ctx, []voucher.StockKey{v.Stock}, today())
				return got[v.Stock].Sent, err
			},
		},
		"a voucher": {
			func(ctx context.Context, tx store.Tx) error {
				locked, err := tx.LockVouchers(ctx, []store.VoucherKey{{Stock: v.Stock, ID: v.ID}})
				got := locked[v.ID]
				got.Use.Discount++
				return errors.Join(err, tx.UpdateVouchers(ctx, []voucher.Voucher{got}))
			},
			func(ctx context.Context, tx store.ReadTx) (int64, error) {
				got, err := tx.Voucher(ctx, v.ID)
				return int64(got.Use.Discount), err
			},
		},
		"a payment": {
			func(ctx context.Context, tx store.Tx) error {
				got, err := tx.LockPayment(ctx, "420")
				got.Refunds++
				return errors.Join(err, tx.UpdatePayment(ctx, got))
			},
			func(ctx context.Context, tx store.ReadTx) (int64, error) {
				got, err := tx.Payment(ctx, "420")
				return got.Refunds, err
			},
		},
	}
}

func moneyAggregates() map[string]aggregate {
	return map[string]aggregate{
		"an order": {
			func(ctx context.Context, tx store.Tx) error {
				got, err := tx.LockOrder(ctx, "420")
				got.Subsidies++
				return errors.Join(err, tx.UpdateOrder(ctx, got))
			},
			func(ctx context.Context, tx store.ReadTx) (int64, error) {
				got, err := tx.Order(ctx, "420")
				return got.Subsidies, err
			},
		},
		"a balance": {
			func(ctx context.Context, tx store.Tx) error {
				one := fund(other, 0, "race")
				held, err := tx.LockBalances(ctx, one.From, one.To)
				one.Amount = fen.Fen(1)
				if held[one.To] < 0 {
					err = errors.Join(err, store.ErrStale)
				}
				return errors.Join(err, tx.Post(ctx, one))
			},
			func(ctx context.Context, tx store.ReadTx) (int64, error) {
				got, err := tx.Balance(ctx, account(other))
				return int64(got), err
			},
		},
	}
}

// testReleasedOnce has many transactions release one budget.
func testReleasedOnce(t *testing.T, s store.Store) {
	b := someBudget(0)
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.InsertBudget(ctx, b) })
	_, errs := Race(racers, func(int) (int, error) {
		return 0, s.Write(t.Context(), func(tx store.Tx) error {
			if _, err := tx.LockBudget(t.Context(), b.Stock); err != nil {
				return err
			}
			return tx.DeleteBudget(t.Context(), b.Stock)
		})
	})
	released := 0
	for _, err := range errs {
		if err == nil {
			released++
		} else if !errors.Is(err, store.ErrNotFound) {
			t.Error(err)
		}
	}
	if released != 1 {
		t.Errorf("it was released %d times", released)
	}
}

// testTwins has many transactions make the same at once. Each knows afterwards that it is there;
// doing it again changes nothing.
func testTwins(t *testing.T, s store.Store) {
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.InsertMerchant(ctx, someMerchant(0), noon()), tx.InsertMerchant(ctx, someMerchant(1), noon()))
	})
	appendEvents(t, s, note(creator, 0))
	for i := range families(nil) {
		for _, d := range families(nil)[i].deeds {
			if !d.makes() || d.method == "InsertMerchant" || d.method == "Post" || strings.HasPrefix(d.method, "Append") ||
				d.method == "InsertFlows" || d.method == "AddTallies" {
				continue // there or added to
			}
			places := placesOf(t, s)
			list := families(places)[i].questions
			twins(t, s, &d, places)
			before := answers(t, s, list)
			_ = d.doAlone(t, s, places, 0)
			if after := answers(t, s, list); !maps.Equal(before, after) {
				t.Errorf("%s once more changes (-before +after):\n%s", d.method, cmp.Diff(before, after))
			}
		}
	}
}

func twins(t *testing.T, s store.Store, d *deed, places map[merchant.ID][]delivery.Delivery) {
	t.Helper()
	_, errs := Race(racers, func(int) (int, error) { return 0, d.doAlone(t, s, places, 0) })
	made := 0
	for _, err := range errs {
		switch {
		case err == nil:
			made++
		case !errors.Is(err, store.ErrDuplicate):
			t.Errorf("%s of twins: %v", d.method, err)
		}
	}
	if made == 0 {
		t.Errorf("%s: none of the twins made it", d.method)
	}
}
