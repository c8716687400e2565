package storetest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
)

// Shop is what the tests of capabilities start from: a merchant that may issue, with an
// appid and one running stock.
type Shop struct {
	Store store.Store
	// Now is within the validity of the stock.
	Now   time.Time
	Stock coupon.Stock
}

// ShopAppID is bound to the shop's merchant.
const ShopAppID = merchant.AppID("wx8888888888888888")

// OpenShop arranges a shop in s, whose stock has the given limits.
func OpenShop(tb testing.TB, s store.Store, limits coupon.Limits) *Shop {
	tb.Helper()
	st := plain("1282070000000017", limits)
	st.Belong = creator
	write(tb, s, func(ctx context.Context, tx store.Tx) error {
		if err := tx.InsertMerchant(ctx, merchant.Merchant{
			ID: creator, Name: "商店", Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate,
			AppIDs:      []merchant.AppID{ShopAppID},
			Permissions: []merchant.Permission{merchant.IssueByAPI, merchant.PushEvents},
		}, noon()); err != nil {
			return err
		}
		return tx.InsertStock(ctx, st)
	})
	return &Shop{Store: s, Now: noon(), Stock: st}
}

// Count returns what a shop has given out: by its counter, in events and as the audit's
// entries of an action say.
func (s *Shop) Count(tb testing.TB, action string) (issued int64, events, entries int) {
	tb.Helper()
	const all = 1_000_000
	read(tb, s.Store, func(ctx context.Context, tx store.ReadTx) error {
		counters, err := tx.Counters(ctx, s.Stock.StockKey, today())
		if err != nil {
			return err
		}
		list, err := tx.Deliveries(ctx, store.DeliveryQuery{Owner: creator, Limit: all})
		if err != nil {
			return err
		}
		audit, err := tx.UnsealedAudit(ctx, creator, 0, all)
		for _, entry := range audit {
			if entry.Action == action {
				entries += max(1, int(entry.Batch.Count)) // one entry tells of many coupons
			}
		}
		issued, events = counters.Issued, len(list)
		return err
	})
	return issued, events, entries
}

// Listen sets a merchant's callbacks: what happens with its stocks becomes events.
func Listen(tb testing.TB, s store.Store, owner merchant.ID) {
	tb.Helper()
	setCallbacks(tb, s, callback(owner, merchant.BusiFavor), callback(owner, merchant.Favor))
}

// Told lists the events of a merchant that wait or were delivered, the first one first.
func Told(tb testing.TB, s store.Store, owner merchant.ID) (events []delivery.Event) {
	tb.Helper()
	read(tb, s, func(ctx context.Context, tx store.ReadTx) error {
		events = nil
		list, err := tx.Deliveries(ctx, store.DeliveryQuery{Owner: owner, Limit: 1_000_000})
		for _, d := range slices.Backward(list) {
			e, errEvent := tx.EventAt(ctx, d.Key)
			err = errors.Join(err, errEvent)
			events = append(events, e)
		}
		return err
	})
	return events
}

// Forgetful is a store whose next commits succeed but are reported as unclear, as when
// the connection breaks between the commit and its confirmation.
type Forgetful struct {
	store.Store
	// Times is how many commits will be reported so.
	Times atomic.Int64
}

// Write implements store.Store.
func (f *Forgetful) Write(ctx context.Context, fn func(store.Tx) error) error {
	err := f.Store.Write(ctx, fn)
	if err == nil && f.Times.Add(-1) >= 0 {
		return store.ErrUnclear
	}
	return err
}

// Race makes n calls at once and returns how each ended.
func Race[T any](n int, call func(i int) (T, error)) ([]T, []error) {
	results, errs := make([]T, n), make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { results[i], errs[i] = call(i) })
	}
	wg.Wait()
	return results, errs
}

// heldIn counts the coupons that holders got of one stock.
func heldIn(ctx context.Context, tx store.ReadTx, key coupon.StockKey, holders ...user.ID) (map[user.ID]int64, error) {
	keys := make([]store.HolderKey, len(holders))
	for i, holder := range holders {
		keys[i] = store.HolderKey{Stock: key, Holder: holder}
	}
	found, err := tx.Given(ctx, keys)
	return counted(found), err
}

func counted(given map[store.HolderKey][]store.Given) map[user.ID]int64 {
	held := make(map[user.ID]int64, len(given))
	for key, list := range given {
		held[key.Holder] = int64(len(list))
	}
	return held
}
