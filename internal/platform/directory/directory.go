// Package directory remembers what hot paths ask for again and again and what seldom
// changes: merchants with their rights, stocks with their rules, and users. What changes with
// every call, such as counters, is never remembered; whoever changes something for good
// reads it again within the transaction.
package directory

import (
	"context"
	"fmt"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/lane"
	"github.com/favord/favord/internal/base/shelf"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// Bounds of what is remembered.
const (
	// timeToLive is how long an entry is good when news of a change is lost. Users are many, and each
	// is read again so seldom that nothing would be kept: they rely on the store, which says that
	// anything may have changed when it hears no news.
	timeToLive, userTimeToLive = 2 * time.Second, time.Minute
	// maxMerchants and maxStocks bound the memory; a stock takes some two kilobytes.
	maxMerchants = 10_000
	maxStocks    = 20_000
)

// Directory answers from memory where it can. It is safe for concurrent use.
type Directory struct {
	store     store.Store
	merchants *shelf.Shelf[merchant.ID, merchant.Merchant]
	stocks    *shelf.Shelf[coupon.StockID, coupon.Stock]
	vouchers  *shelf.Shelf[voucher.StockID, voucher.Stock]
	users     *shelf.Shelf[user.OpenID, user.User]
	// lookups gathers questions for users who are not in memory.
	lookups *lane.Group[struct{}, named, found]
}

// New returns an empty directory over a store that is not in use yet. The clock is the
// machine's: business time may stand still.
func New(s store.Store, c clock.Clock) *Directory {
	d := &Directory{
		store:     s,
		merchants: shelf.New[merchant.ID, merchant.Merchant](c, maxMerchants, timeToLive),
		stocks:    shelf.New[coupon.StockID, coupon.Stock](c, maxStocks, timeToLive),
		vouchers:  shelf.New[voucher.StockID, voucher.Stock](c, maxStocks, timeToLive),
		users:     shelf.New[user.OpenID, user.User](c, maxUsers, userTimeToLive),
	}
	d.lookups = lane.New(lookupBounds(), d.lookUp)
	s.OnChange(d.forget)
	return d
}

// forget drops what may have changed with a merchant.
func (d *Directory) forget(owner merchant.ID) {
	d.merchants.Drop(func(m *merchant.Merchant) bool { return owner == "" || m.ID == owner })
	d.stocks.Drop(func(s *coupon.Stock) bool { return owner == "" || s.Creator == owner })
	d.vouchers.Drop(func(s *voucher.Stock) bool { return owner == "" || s.Creator == owner })
	if owner == store.Platform { // whose users are
		d.users.Drop(func(*user.User) bool { return true })
	}
}

// Merchant returns a merchant, or store.ErrNotFound.
func (d *Directory) Merchant(ctx context.Context, id merchant.ID) (merchant.Merchant, error) {
	return d.merchants.Get(ctx, id, func(ctx context.Context) (m merchant.Merchant, err error) {
		err = d.store.Glance(ctx, func(tx store.ReadTx) error {
			m, err = tx.Merchant(ctx, id)
			return err
		})
		return m, wrap(err, "merchant", string(id))
	})
}

// Stock returns a stock, or store.ErrNotFound. Its key, what it is for and how its codes
// come about never change; the rest may be out of date by now.
func (d *Directory) Stock(ctx context.Context, id coupon.StockID) (coupon.Stock, error) {
	return d.stocks.Get(ctx, id, func(ctx context.Context) (s coupon.Stock, err error) {
		err = d.store.Glance(ctx, func(tx store.ReadTx) error {
			s, err = tx.Stock(ctx, id)
			return err
		})
		return s, wrap(err, "stock", string(id))
	})
}

// VoucherStock returns a stock of vouchers, or store.ErrNotFound. Its key never changes; the
// rest may be out of date by now.
func (d *Directory) VoucherStock(ctx context.Context, id voucher.StockID) (voucher.Stock, error) {
	return d.vouchers.Get(ctx, id, func(ctx context.Context) (s voucher.Stock, err error) {
		err = d.store.Glance(ctx, func(tx store.ReadTx) error {
			s, err = tx.VoucherStock(ctx, id)
			return err
		})
		return s, wrap(err, "stock of vouchers", string(id))
	})
}

func wrap(err error, what, id string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s: %w", what, id, err)
}

// Caches tells by name how much what is kept in memory helps.
func (d *Directory) Caches() map[string]shelf.Stats {
	return map[string]shelf.Stats{
		"merchants": d.merchants.Stats(), "stocks": d.stocks.Stats(), "vouchers": d.vouchers.Stats(), "users": d.users.Stats(),
	}
}
