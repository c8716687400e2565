package pgstore

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/document"
	"github.com/favord/favord/internal/store/row"
)

// paymentWhere reads one payment by the index payment_by_transaction.
const paymentWhere = `
		select` + row.PaymentColumns + `
		from payment
		where transaction_id = $1`

func (t *tx) paymentBy(ctx context.Context, query, transactionID string) (payment.Payment, error) {
	var list []payment.Payment
	err := t.rows(ctx, query, []any{transactionID}, row.Into(&list, row.Payment))
	return row.First(list, err)
}

// Payment uses the index payment_by_transaction.
func (t *tx) Payment(ctx context.Context, transactionID string) (payment.Payment, error) {
	return t.paymentBy(ctx, paymentWhere, transactionID)
}

// Payments uses the index payment_by_time.
func (t *tx) Payments(ctx context.Context, q store.PaymentQuery) ([]payment.Payment, error) {
	var list []payment.Payment
	from, before, id := q.Bounds()
	err := t.rows(ctx, `
		select`+row.PaymentColumns+`
		from payment
		where mchid = $1 and at >= $2 and (at, transaction_id) < ($3, $4)
		order by at desc, transaction_id desc
		limit $5`,
		[]any{q.Merchant, from, before, id, q.Limit}, row.Into(&list, row.Payment))
	return list, err
}

// Flows uses the index voucher_flow_by_time.
func (t *tx) Flows(ctx context.Context, q store.FlowQuery) ([]payment.Flow, error) {
	var list []payment.Flow
	err := t.rows(ctx, `
		select id, at, voucher_id, transaction_id, refund_id, mchid, discount, total, goods, facts
		from voucher_flow
		where creator_mchid = $1 and stock_id = $2 and kind = $3 and at between $4 and $5 and (at, id) > ($6, $7)
		order by at, id
		limit $8`,
		[]any{
			q.Stock.Creator, q.Stock.ID, q.Kind, store.Seconds(q.From), store.Seconds(q.To),
			store.Seconds(q.AfterAt), q.AfterID, min(q.Limit, store.MaxFlows),
		},
		row.Into(&list, row.Flow(q)))
	return list, err
}

// budgetWhere reads one budget by the primary key.
const budgetWhere = `
		select ends_at, amount
		from voucher_budget
		where creator_mchid = $1 and stock_id = $2`

func (t *tx) budgetBy(ctx context.Context, query string, key voucher.StockKey) (payment.Budget, error) {
	b := payment.Budget{Stock: key}
	var ends int64
	err := t.row(ctx, query, []any{key.Creator, key.ID}, []any{&ends, &b.Amount})
	b.Ends = store.TimeOf(ends)
	return b, err
}

// Budget uses the primary key.
func (t *tx) Budget(ctx context.Context, key voucher.StockKey) (payment.Budget, error) {
	return t.budgetBy(ctx, budgetWhere, key)
}

// EndedBudgets uses the index voucher_budget_by_end.
func (t *tx) EndedBudgets(ctx context.Context, now time.Time, limit int64) ([]payment.Budget, error) {
	var list []payment.Budget
	err := t.rows(ctx, `
		select creator_mchid, stock_id, ends_at, amount
		from voucher_budget
		where ends_at < $1
		order by ends_at
		limit $2`,
		[]any{store.Seconds(now), limit}, row.Into(&list, row.Budget))
	return list, err
}

// InsertPayments adds them in the order of their transactions: two transactions that add the same
// ones must not wait for each other.
func (t *tx) InsertPayments(_ context.Context, payments []payment.Payment) error {
	if len(payments) == 0 {
		return nil
	}
	payments = slices.SortedFunc(slices.Values(payments), func(a, b payment.Payment) int {
		return cmp.Compare(a.TransactionID, b.TransactionID)
	})
	contents := make([]string, len(payments))
	for i := range payments {
		var err error
		if contents[i], err = document.EncodePayment(&payments[i]); err != nil {
			return err
		}
	}
	t.later(`
		insert into payment (mchid, transaction_id, at, total, discount, content, request)
		select *
		from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::bytea[])`,
		column(payments, func(p *payment.Payment) string { return string(p.Merchant) }),
		column(payments, func(p *payment.Payment) string { return p.TransactionID }),
		column(payments, func(p *payment.Payment) int64 { return store.Seconds(p.At) }),
		column(payments, func(p *payment.Payment) int64 { return int64(p.Total) }),
		column(payments, func(p *payment.Payment) int64 { return int64(p.Discount) }),
		contents,
		column(payments, func(p *payment.Payment) []byte { return p.Content[:] }))
	return nil
}

// LockPayment uses the index payment_by_transaction.
func (t *tx) LockPayment(ctx context.Context, transactionID string) (payment.Payment, error) {
	return t.paymentBy(ctx, paymentWhere+`
		for no key update`, transactionID)
}

func (t *tx) UpdatePayment(_ context.Context, p payment.Payment) error {
	t.laterOne(store.ErrNotFound, `
		update payment
		set refunded = $2, refunded_discount = $3, refunds = $4
		where transaction_id = $1`,
		p.TransactionID, int64(p.Refunded), int64(p.RefundedDiscount), p.Refunds)
	return nil
}

func (t *tx) InsertFlows(_ context.Context, flows []payment.Flow) error {
	if len(flows) == 0 {
		return nil
	}
	goods, facts := make([]string, len(flows)), make([]string, len(flows))
	for i := range flows {
		var err error
		if goods[i], facts[i], err = document.EncodeFlow(&flows[i]); err != nil {
			return err
		}
	}
	text := func(value func(*payment.Flow) string) []string { return column(flows, value) }
	whole := func(value func(*payment.Flow) int64) []int64 { return column(flows, value) }
	t.later(`
		insert into voucher_flow (
			creator_mchid, stock_id, kind, at, voucher_id, transaction_id, refund_id, mchid, discount, total, goods, facts)
		select *
		from unnest(
			$1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[],
			$9::bigint[], $10::bigint[], $11::text[], $12::text[])`,
		text(func(f *payment.Flow) string { return string(f.Stock.Creator) }),
		text(func(f *payment.Flow) string { return string(f.Stock.ID) }),
		text(func(f *payment.Flow) string { return string(f.Kind) }),
		whole(func(f *payment.Flow) int64 { return store.Seconds(f.At) }),
		text(func(f *payment.Flow) string { return string(f.Voucher) }),
		text(func(f *payment.Flow) string { return f.TransactionID }),
		text(func(f *payment.Flow) string { return f.RefundID }),
		text(func(f *payment.Flow) string { return string(f.Merchant) }),
		whole(func(f *payment.Flow) int64 { return int64(f.Discount) }),
		whole(func(f *payment.Flow) int64 { return int64(f.Total) }),
		goods, facts)
	return nil
}

func (t *tx) InsertBudget(_ context.Context, b payment.Budget) error {
	t.later(`
		insert into voucher_budget (creator_mchid, stock_id, ends_at, amount)
		values ($1, $2, $3, $4)`,
		b.Stock.Creator, b.Stock.ID, store.Seconds(b.Ends), int64(b.Amount))
	return nil
}

// LockBudget uses the primary key.
func (t *tx) LockBudget(ctx context.Context, key voucher.StockKey) (payment.Budget, error) {
	return t.budgetBy(ctx, budgetWhere+`
		for no key update`, key)
}

func (t *tx) DeleteBudget(_ context.Context, key voucher.StockKey) error {
	t.later(`
		delete from voucher_budget
		where creator_mchid = $1 and stock_id = $2`,
		key.Creator, key.ID)
	return nil
}
