package memstore

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// payments is the part of the state about payments with vouchers.
type payments struct {
	payments map[string]payment.Payment
	flows    map[flowKey][]payment.Flow
	lines    map[string]int64 // the last id of a line, under the empty key
	budgets  map[voucher.StockKey]payment.Budget
}

type flowKey struct {
	stock voucher.StockKey
	kind  payment.FlowKind
}

func newPayments() payments {
	return payments{
		payments: map[string]payment.Payment{}, flows: map[flowKey][]payment.Flow{}, lines: map[string]int64{},
		budgets: map[voucher.StockKey]payment.Budget{},
	}
}

func (t *tx) Payment(_ context.Context, transactionID string) (payment.Payment, error) {
	p, found := t.data.paid.payments[transactionID]
	if !found {
		return payment.Payment{}, store.ErrNotFound
	}
	return p, nil
}

func (t *tx) Payments(_ context.Context, q store.PaymentQuery) ([]payment.Payment, error) {
	from, before, id := q.Bounds()
	var list []payment.Payment
	for _, p := range t.data.paid.payments {
		at := store.Seconds(p.At)
		if p.Merchant == q.Merchant && at >= from && cmp.Or(cmp.Compare(at, before), cmp.Compare(p.TransactionID, id)) < 0 {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, func(a, b payment.Payment) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.TransactionID, a.TransactionID))
	})
	return list[:min(int64(len(list)), q.Limit)], nil
}

func (t *tx) Flows(_ context.Context, q store.FlowQuery) ([]payment.Flow, error) {
	var list []payment.Flow
	for _, f := range t.data.paid.flows[flowKey{q.Stock, q.Kind}] {
		after := cmp.Or(f.At.Compare(q.AfterAt), cmp.Compare(f.ID, q.AfterID)) > 0
		if !f.At.Before(q.From) && !f.At.After(q.To) && after {
			list = append(list, f)
		}
	}
	slices.SortFunc(list, func(a, b payment.Flow) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	return list[:min(int64(len(list)), q.Limit, store.MaxFlows)], nil
}

func (t *tx) Budget(_ context.Context, key voucher.StockKey) (payment.Budget, error) {
	b, found := t.data.paid.budgets[key]
	if !found {
		return payment.Budget{}, store.ErrNotFound
	}
	return b, nil
}

func (t *tx) EndedBudgets(_ context.Context, now time.Time, limit int64) ([]payment.Budget, error) {
	var list []payment.Budget
	for _, b := range t.data.paid.budgets {
		if b.Ends.Before(now) {
			list = append(list, b)
		}
	}
	slices.SortFunc(list, func(a, b payment.Budget) int {
		return cmp.Or(a.Ends.Compare(b.Ends), cmp.Compare(a.Stock.ID, b.Stock.ID))
	})
	return list[:min(int64(len(list)), limit)], nil
}

func (t *tx) InsertPayments(_ context.Context, payments []payment.Payment) error {
	for _, p := range payments {
		if _, found := t.data.paid.payments[p.TransactionID]; found {
			return store.ErrDuplicate
		}
		p.Refunded, p.RefundedDiscount, p.Refunds = 0, 0, 0
		put(t, t.data.paid.payments, p.TransactionID, p)
	}
	return nil
}

func (t *tx) LockToPay(ctx context.Context, ask store.PayAsk) (locked store.PayLocked, err error) {
	locked.Vouchers = map[voucher.ID]voucher.Voucher{}
	for _, key := range ask.Vouchers {
		if v, found := t.data.favor.vouchers[key.ID]; found && v.Stock.Creator == key.Stock.Creator {
			locked.Vouchers[key.ID] = v
		}
	}
	locked.Stocks = pick(t.data.favor.stocks, ask.Stocks)
	locked.Payments = pick(t.data.paid.payments, ask.Payments)
	locked.Budgets = pick(t.data.paid.budgets, ask.Budgets)
	locked.Balances, err = t.LockBalances(ctx, ask.Accounts...)
	return locked, err
}

func (t *tx) LockPayments(context.Context, []string) error { return nil }

func (t *tx) LockPayment(ctx context.Context, transactionID string) (payment.Payment, error) {
	return t.Payment(ctx, transactionID)
}

func (t *tx) UpdatePayment(_ context.Context, p payment.Payment) error {
	was, found := t.data.paid.payments[p.TransactionID]
	if !found {
		return store.ErrNotFound
	}
	was.Refunded, was.RefundedDiscount, was.Refunds = p.Refunded, p.RefundedDiscount, p.Refunds
	put(t, t.data.paid.payments, p.TransactionID, was)
	return nil
}

func (t *tx) InsertFlows(_ context.Context, flows []payment.Flow) error {
	for _, f := range flows {
		f.ID = t.data.paid.lines[""] + 1
		put(t, t.data.paid.lines, "", f.ID)
		key := flowKey{f.Stock, f.Kind}
		put(t, t.data.paid.flows, key, append(slices.Clip(t.data.paid.flows[key]), f))
	}
	return nil
}

func (t *tx) InsertBudget(_ context.Context, b payment.Budget) error {
	if _, found := t.data.paid.budgets[b.Stock]; found {
		return store.ErrDuplicate
	}
	put(t, t.data.paid.budgets, b.Stock, b)
	return nil
}

func (t *tx) LockBudget(ctx context.Context, key voucher.StockKey) (payment.Budget, error) {
	return t.Budget(ctx, key)
}

func (t *tx) DeleteBudget(_ context.Context, key voucher.StockKey) error {
	drop(t, t.data.paid.budgets, key)
	return nil
}
