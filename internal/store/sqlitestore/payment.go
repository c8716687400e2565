package sqlitestore

import (
	"context"
	"time"

	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/document"
	"github.com/favord/favord/internal/store/row"
)

// Payment uses the unique index payment_by_transaction.
func (t *tx) Payment(ctx context.Context, transactionID string) (payment.Payment, error) {
	var list []payment.Payment
	err := t.rows(ctx, `
		select`+row.PaymentColumns+`
		from payment
		where transaction_id = ?`, []any{transactionID}, row.Into(&list, row.Payment))
	return row.First(list, err)
}

// Payments uses the index payment_by_time.
func (t *tx) Payments(ctx context.Context, q store.PaymentQuery) ([]payment.Payment, error) {
	var list []payment.Payment
	from, before, id := q.Bounds()
	err := t.rows(ctx, `
		select`+row.PaymentColumns+`
		from payment
		where mchid = ? and at >= ? and (at, transaction_id) < (?, ?)
		order by at desc, transaction_id desc
		limit ?`,
		[]any{q.Merchant, from, before, id, q.Limit}, row.Into(&list, row.Payment))
	return list, err
}

// Flows uses the index voucher_flow_by_time.
func (t *tx) Flows(ctx context.Context, q store.FlowQuery) ([]payment.Flow, error) {
	var list []payment.Flow
	err := t.rows(ctx, `
		select id, at, voucher_id, transaction_id, refund_id, mchid, discount, total, goods, facts
		from voucher_flow
		where creator_mchid = ? and stock_id = ? and kind = ? and at between ? and ? and (at, id) > (?, ?)
		order by at, id
		limit ?`,
		[]any{
			q.Stock.Creator, q.Stock.ID, q.Kind, store.Seconds(q.From), store.Seconds(q.To),
			store.Seconds(q.AfterAt), q.AfterID, min(q.Limit, store.MaxFlows),
		},
		row.Into(&list, row.Flow(q)))
	return list, err
}

func (t *tx) Budget(ctx context.Context, key voucher.StockKey) (payment.Budget, error) {
	b := payment.Budget{Stock: key}
	var ends int64
	err := t.row(ctx, `
		select ends_at, amount
		from voucher_budget
		where creator_mchid = ? and stock_id = ?`,
		[]any{key.Creator, key.ID}, []any{&ends, &b.Amount})
	b.Ends = store.TimeOf(ends)
	return b, err
}

// EndedBudgets uses the index voucher_budget_by_end.
func (t *tx) EndedBudgets(ctx context.Context, now time.Time, limit int64) ([]payment.Budget, error) {
	var list []payment.Budget
	err := t.rows(ctx, `
		select creator_mchid, stock_id, ends_at, amount
		from voucher_budget
		where ends_at < ?
		order by ends_at
		limit ?`,
		[]any{store.Seconds(now), limit}, row.Into(&list, row.Budget))
	return list, err
}

func (t *tx) InsertPayments(ctx context.Context, payments []payment.Payment) error {
	for i := range payments {
		p := &payments[i]
		content, err := document.EncodePayment(p)
		if err != nil {
			return err
		}
		if err := t.exec(ctx, `
			insert into payment (mchid, transaction_id, at, total, discount, content, request)
			values (?, ?, ?, ?, ?, ?, ?)`,
			p.Merchant, p.TransactionID, store.Seconds(p.At), p.Total, p.Discount, content, p.Content[:]); err != nil {
			return err
		}
	}
	return nil
}

// LockPayment needs no lock of its own: there is one writer.
func (t *tx) LockPayment(ctx context.Context, transactionID string) (payment.Payment, error) {
	return t.Payment(ctx, transactionID)
}

func (t *tx) UpdatePayment(ctx context.Context, p payment.Payment) error {
	n, err := t.execCount(ctx, `
		update payment
		set refunded = ?, refunded_discount = ?, refunds = ?
		where transaction_id = ?`,
		p.Refunded, p.RefundedDiscount, p.Refunds, p.TransactionID)
	if err == nil && n == 0 {
		return store.ErrNotFound
	}
	return err
}

func (t *tx) InsertFlows(ctx context.Context, flows []payment.Flow) error {
	for i := range flows {
		f := &flows[i]
		goods, facts, err := document.EncodeFlow(f)
		if err != nil {
			return err
		}
		if err := t.exec(ctx, `
			insert into voucher_flow (
				creator_mchid, stock_id, kind, at, voucher_id, transaction_id, refund_id, mchid, discount, total, goods, facts)
			values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			f.Stock.Creator, f.Stock.ID, f.Kind, store.Seconds(f.At), f.Voucher, f.TransactionID, f.RefundID,
			f.Merchant, f.Discount, f.Total, goods, facts); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) InsertBudget(ctx context.Context, b payment.Budget) error {
	return t.exec(ctx, `
		insert into voucher_budget (creator_mchid, stock_id, ends_at, amount)
		values (?, ?, ?, ?)`,
		b.Stock.Creator, b.Stock.ID, store.Seconds(b.Ends), b.Amount)
}

// LockBudget needs no lock of its own: there is one writer.
func (t *tx) LockBudget(ctx context.Context, key voucher.StockKey) (payment.Budget, error) {
	return t.Budget(ctx, key)
}

func (t *tx) DeleteBudget(ctx context.Context, key voucher.StockKey) error {
	return t.exec(ctx, `
		delete from voucher_budget
		where creator_mchid = ? and stock_id = ?`,
		key.Creator, key.ID)
}
