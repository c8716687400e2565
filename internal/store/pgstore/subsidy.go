package pgstore

import (
	"context"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

func (t *tx) subsidiesWhere(ctx context.Context, query string, args ...any) ([]coupon.Subsidy, error) {
	var list []coupon.Subsidy
	err := t.rows(ctx, query, args, row.Into(&list, row.Subsidy))
	return list, err
}

// Subsidies uses the primary key.
func (t *tx) Subsidies(ctx context.Context, q store.SubsidyQuery) ([]coupon.Subsidy, error) {
	return t.subsidiesWhere(ctx, `
		select`+row.SubsidyColumns+`
		from subsidy
		where creator_mchid = $1 and stock_id = $2 and code = $3
		  and ($4::text = '' or out_no = $4)
		  and ($5::text = '' or transaction_id = $5)
		  and ($6::text = '' or payer_mchid = $6)
		  and ($7::text = '' or payee_mchid = $7)
		  and (not $8::boolean or status <> 'FAIL')
		order by receipt_id desc
		limit $9`,
		q.Stock.Creator, q.Stock.ID, q.Code, q.OutNo, q.TransactionID, q.Payer, q.Payee, q.Paid, store.MaxReceipts)
}

// Subsidy uses the index subsidy_by_receipt.
func (t *tx) Subsidy(ctx context.Context, receiptID string) (coupon.Subsidy, error) {
	return row.First(t.subsidiesWhere(ctx, `
		select`+row.SubsidyColumns+`
		from subsidy
		where receipt_id = $1`, receiptID))
}

func (t *tx) returnsWhere(ctx context.Context, query string, args ...any) ([]coupon.SubsidyReturn, error) {
	var list []coupon.SubsidyReturn
	err := t.rows(ctx, query, args, row.Into(&list, row.SubsidyReturn))
	return list, err
}

// SubsidyReturns uses the primary key.
func (t *tx) SubsidyReturns(ctx context.Context, of coupon.Key) ([]coupon.SubsidyReturn, error) {
	return t.returnsWhere(ctx, `
		select`+row.SubsidyReturnColumns+`
		from subsidy_return
		where creator_mchid = $1 and stock_id = $2 and code = $3
		order by return_receipt_id desc
		limit $4`, of.Stock.Creator, of.Stock.ID, of.Code, store.MaxReceipts)
}

// SubsidyReturn uses the index subsidy_return_by_receipt.
func (t *tx) SubsidyReturn(ctx context.Context, returnReceiptID string) (coupon.SubsidyReturn, error) {
	return row.First(t.returnsWhere(ctx, `
		select`+row.SubsidyReturnColumns+`
		from subsidy_return
		where return_receipt_id = $1`, returnReceiptID))
}

func (t *tx) InsertSubsidy(_ context.Context, s coupon.Subsidy) error {
	t.later(`
		insert into subsidy (`+row.SubsidyColumns+`)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		s.Stock.Creator, s.Stock.ID, s.Code, s.ReceiptID, s.OutNo, s.TransactionID, s.Payer, s.Payee,
		s.Amount, s.Description, s.Status, s.FailReason, s.Returned, store.Seconds(s.CreatedAt), store.Seconds(s.DoneAt))
	return nil
}

func (t *tx) UpdateSubsidy(_ context.Context, s coupon.Subsidy) error {
	t.laterOne(store.ErrNotFound, `
		update subsidy
		set status = $5, returned = $6
		where creator_mchid = $1 and stock_id = $2 and code = $3 and receipt_id = $4`,
		s.Stock.Creator, s.Stock.ID, s.Code, s.ReceiptID, s.Status, s.Returned)
	return nil
}

func (t *tx) InsertSubsidyReturn(_ context.Context, r coupon.SubsidyReturn) error {
	t.later(`
		insert into subsidy_return (
			creator_mchid, stock_id, code, return_receipt_id, receipt_id, out_no, transaction_id, refund_id,
			payer_mchid, payee_mchid, amount, description, status, fail_reason, created_at, done_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		r.Stock.Creator, r.Stock.ID, r.Code, r.ReturnReceiptID, r.ReceiptID, r.OutNo, r.TransactionID, r.RefundID,
		r.Payer, r.Payee, r.Amount, r.Description, r.Status, r.FailReason, store.Seconds(r.CreatedAt), store.Seconds(r.DoneAt))
	return nil
}

// thatOrder uses the index paid_order_by_transaction.
const thatOrder = `
		select mchid, out_trade_no, amount, refunded, profit_sharing, subsidized, subsidies
		from paid_order
		where transaction_id = $1`

func (t *tx) Order(ctx context.Context, transactionID string) (coupon.Order, error) {
	return t.order(ctx, thatOrder, transactionID)
}

func (t *tx) order(ctx context.Context, query, transactionID string) (coupon.Order, error) {
	o := coupon.Order{TransactionID: transactionID}
	if err := t.row(ctx, query, []any{transactionID}, []any{
		&o.Merchant, &o.OutTradeNo, &o.Amount, &o.Refunded, &o.ProfitSharing, &o.Subsidized, &o.Subsidies,
	}); err != nil {
		return coupon.Order{}, err
	}
	return o, nil
}

// HasOrder uses the index paid_order_by_number.
func (t *tx) HasOrder(ctx context.Context, id merchant.ID, outTradeNo string) (bool, error) {
	return t.exists(ctx, `
		select 1
		from paid_order
		where mchid = $1 and out_trade_no = $2
		limit 1`, id, outTradeNo)
}

// InsertOrder waits for another transaction that adds the same order.
func (t *tx) InsertOrder(_ context.Context, o coupon.Order) error {
	t.later(`
		insert into paid_order (mchid, transaction_id, out_trade_no, amount, refunded, profit_sharing, subsidized, subsidies)
		values ($1, $2, $3, $4, $5, $6, $7, $8)
		on conflict do nothing`,
		o.Merchant, o.TransactionID, o.OutTradeNo, o.Amount, o.Refunded, o.ProfitSharing, o.Subsidized, o.Subsidies)
	return nil
}

func (t *tx) LockOrder(ctx context.Context, transactionID string) (coupon.Order, error) {
	return t.order(ctx, thatOrder+`
		for no key update`, transactionID)
}

func (t *tx) UpdateOrder(_ context.Context, o coupon.Order) error {
	t.laterOne(store.ErrNotFound, `
		update paid_order
		set out_trade_no = $3, amount = $4, refunded = $5, profit_sharing = $6, subsidized = $7, subsidies = $8
		where mchid = $1 and transaction_id = $2`,
		o.Merchant, o.TransactionID, o.OutTradeNo, o.Amount, o.Refunded, o.ProfitSharing, o.Subsidized, o.Subsidies)
	return nil
}
