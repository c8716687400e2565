package simulate

import (
	"context"
	"errors"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// errBroken is a database that cannot be reached: nothing was done.
var errBroken = errors.New("simulate: the connection is broken")

// link is the way of a node to the database. Whoever uses it lets others go on before and
// afterwards, and may meet what can go wrong there.
type link struct {
	store.Store
	world     *world
	listeners []func(merchant.ID)
}

// OnChange implements store.Store.
func (l *link) OnChange(fn func(merchant.ID)) { l.listeners = append(l.listeners, fn) }

// Read implements store.Store.
func (l *link) Read(ctx context.Context, fn func(store.ReadTx) error) error {
	w := l.world
	w.yield()
	if w.happens("read broken", 500) {
		return errBroken
	}
	return w.engine.Read(ctx, fn)
}

// Glance implements store.Store. Others may go on between its questions.
func (l *link) Glance(ctx context.Context, fn func(store.ReadTx) error) error { return l.Read(ctx, fn) }

// Write implements store.Store. While the standby is behind, a commit that changed or locked
// anything waits until it has caught up; after a failover nobody knows.
func (l *link) Write(ctx context.Context, fn func(store.Tx) error) error {
	w := l.world
	w.yield()
	switch {
	case w.happens("broken", 200):
		return errBroken
	case w.happens("full", 400):
		return store.ErrFull
	case w.happens("unclear undone", 200):
		return store.ErrUnclear
	}
	before, took := w.lacking(), false
	err := w.engine.Write(ctx, func(tx store.Tx) error { return fn(noting{tx, &took}) })
	if err != nil {
		return err
	}
	epoch := w.epoch
	for w.lagging && (took || w.lacking() > before) && w.current != nil && w.epoch == epoch {
		w.yield()
	}
	if w.epoch != epoch || w.happens("unclear done", 100) {
		return store.ErrUnclear
	}
	w.yield()
	return nil
}

// lacking is how much the standby lacks.
func (w *world) lacking() int {
	if w.memory == nil {
		return 0
	}
	return w.memory.Lacking()
}

// noting notes whether a transaction takes part in what others have done, by a lock or a touch.
type noting struct {
	store.Tx
	took *bool
}

func (n noting) TouchRequests(ctx context.Context, keys []store.RequestKey) error {
	*n.took = true
	return n.Tx.TouchRequests(ctx, keys)
}

func (n noting) LockStock(ctx context.Context, key coupon.StockKey, of day.Day) (coupon.Stock, coupon.Counters, error) {
	*n.took = true
	return n.Tx.LockStock(ctx, key, of)
}

func (n noting) LockToIssue(ctx context.Context, ask store.Ask) (store.Locked, error) {
	*n.took = true
	return n.Tx.LockToIssue(ctx, ask)
}

func (n noting) LockCoupon(ctx context.Context, key coupon.Key) (coupon.Coupon, error) {
	*n.took = true
	return n.Tx.LockCoupon(ctx, key)
}

func (n noting) LockCoupons(ctx context.Context, keys []coupon.Key) (store.LockedCoupons, error) {
	*n.took = *n.took || len(keys) > 0
	return n.Tx.LockCoupons(ctx, keys)
}

func (n noting) LockToSend(ctx context.Context, ask store.SendAsk) (store.SendLocked, error) {
	*n.took = true
	return n.Tx.LockToSend(ctx, ask)
}

func (n noting) LockVoucherStocks(
	ctx context.Context, keys []voucher.StockKey, of day.Day,
) (map[voucher.StockKey]store.LockedVoucherStock, error) {
	*n.took = true
	return n.Tx.LockVoucherStocks(ctx, keys, of)
}

func (n noting) LockVouchers(ctx context.Context, keys []store.VoucherKey) (map[voucher.ID]voucher.Voucher, error) {
	*n.took = true
	return n.Tx.LockVouchers(ctx, keys)
}

func (n noting) LockPayment(ctx context.Context, id string) (payment.Payment, error) {
	*n.took = true
	return n.Tx.LockPayment(ctx, id)
}

func (n noting) LockPayments(ctx context.Context, ids []string) error {
	*n.took = true
	return n.Tx.LockPayments(ctx, ids)
}

// LockToPay locks vouchers, budgets and balances; payments are only read.
func (n noting) LockToPay(ctx context.Context, ask store.PayAsk) (store.PayLocked, error) {
	*n.took = *n.took || len(ask.Vouchers) > 0
	return n.Tx.LockToPay(ctx, ask)
}

func (n noting) LockOrder(ctx context.Context, id string) (coupon.Order, error) {
	*n.took = true
	return n.Tx.LockOrder(ctx, id)
}

func (n noting) LockBudget(ctx context.Context, key voucher.StockKey) (payment.Budget, error) {
	*n.took = true
	return n.Tx.LockBudget(ctx, key)
}

func (n noting) LockBalances(ctx context.Context, accounts ...payment.Account) (map[payment.Account]fen.Fen, error) {
	*n.took = true
	return n.Tx.LockBalances(ctx, accounts...)
}
