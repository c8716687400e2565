package sqlitestore

import (
	"context"
	"errors"

	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// LockToPay needs no locks of its own: there is one writer.
func (t *tx) LockToPay(ctx context.Context, ask store.PayAsk) (locked store.PayLocked, err error) {
	locked.Vouchers = make(map[voucher.ID]voucher.Voucher, len(ask.Vouchers))
	for _, key := range ask.Vouchers {
		switch v, err := t.Voucher(ctx, key.ID); {
		case err == nil && v.Stock.Creator == key.Stock.Creator:
			locked.Vouchers[key.ID] = v
		case err != nil && !errors.Is(err, store.ErrNotFound):
			return locked, err
		}
	}
	stock := func(key voucher.StockKey) (voucher.Stock, error) { return t.VoucherStock(ctx, key.ID) }
	if locked.Stocks, err = each(ask.Stocks, stock); err != nil {
		return locked, err
	}
	if locked.Payments, err = each(ask.Payments, func(id string) (payment.Payment, error) { return t.Payment(ctx, id) }); err != nil {
		return locked, err
	}
	budget := func(key voucher.StockKey) (payment.Budget, error) { return t.Budget(ctx, key) }
	if locked.Budgets, err = each(ask.Budgets, budget); err != nil {
		return locked, err
	}
	locked.Balances, err = t.LockBalances(ctx, ask.Accounts...)
	return locked, err
}

// each reads what there is of the keys.
func each[K comparable, V any](keys []K, read func(K) (V, error)) (map[K]V, error) {
	found := make(map[K]V, len(keys))
	for _, key := range keys {
		value, err := read(key)
		switch {
		case err == nil:
			found[key] = value
		case !errors.Is(err, store.ErrNotFound):
			return nil, err
		}
	}
	return found, nil
}

// VoucherOwners uses the unique index voucher_by_id.
func (t *tx) VoucherOwners(ctx context.Context, ids []voucher.ID) (map[voucher.ID]voucher.StockKey, error) {
	return each(ids, func(id voucher.ID) (key voucher.StockKey, err error) {
		err = t.row(ctx, `
			select creator_mchid, stock_id
			from voucher
			where voucher_id = ?`,
			[]any{id}, []any{&key.Creator, &key.ID})
		return key, err
	})
}

// LockPayments has nothing to do: what this transaction sees is durable.
func (t *tx) LockPayments(context.Context, []string) error { return nil }
