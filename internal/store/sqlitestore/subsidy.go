package sqlitestore

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
		where creator_mchid = ?1 and stock_id = ?2 and code = ?3
		  and (?4 = '' or out_no = ?4)
		  and (?5 = '' or transaction_id = ?5)
		  and (?6 = '' or payer_mchid = ?6)
		  and (?7 = '' or payee_mchid = ?7)
		  and (?8 = 0 or status <> 'FAIL')
		order by receipt_id desc
		limit ?9`,
		q.Stock.Creator, q.Stock.ID, q.Code, q.OutNo, q.TransactionID, q.Payer, q.Payee, q.Paid, store.MaxReceipts)
}

// Subsidy uses the index subsidy_by_receipt.
func (t *tx) Subsidy(ctx context.Context, receiptID string) (coupon.Subsidy, error) {
	return row.First(t.subsidiesWhere(ctx, `
		select`+row.SubsidyColumns+`
		from subsidy
		where receipt_id = ?`, receiptID))
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
		where creator_mchid = ? and stock_id = ? and code = ?
		order by return_receipt_id desc
		limit ?`, of.Stock.Creator, of.Stock.ID, of.Code, store.MaxReceipts)
}

// SubsidyReturn uses the index subsidy_return_by_receipt.
func (t *tx) SubsidyReturn(ctx context.Context, returnReceiptID string) (coupon.SubsidyReturn, error) {
	return row.First(t.returnsWhere(ctx, `
		select`+row.SubsidyReturnColumns+`
		from subsidy_return
		where return_receipt_id = ?`, returnReceiptID))
}

func (t *tx) InsertSubsidy(ctx context.Context, s coupon.Subsidy) error {
	return t.exec(ctx, `
		insert into subsidy (`+row.SubsidyColumns+`)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		s.Stock.Creator, s.Stock.ID, s.Code, s.ReceiptID, s.OutNo, s.TransactionID, s.Payer, s.Payee,
		s.Amount, s.Description, s.Status, s.FailReason, s.Returned, store.Seconds(s.CreatedAt), store.Seconds(s.DoneAt))
}

func (t *tx) UpdateSubsidy(ctx context.Context, s coupon.Subsidy) error {
	return t.execOne(ctx, `
		update subsidy
		set status = ?, returned = ?
		where creator_mchid = ? and stock_id = ? and code = ? and receipt_id = ?`,
		s.Status, s.Returned, s.Stock.Creator, s.Stock.ID, s.Code, s.ReceiptID)
}

func (t *tx) InsertSubsidyReturn(ctx context.Context, r coupon.SubsidyReturn) error {
	return t.exec(ctx, `
		insert into subsidy_return (
			creator_mchid, stock_id, code, return_receipt_id, receipt_id, out_no, transaction_id, refund_id,
			payer_mchid, payee_mchid, amount, description, status, fail_reason, created_at, done_at)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.Stock.Creator, r.Stock.ID, r.Code, r.ReturnReceiptID, r.ReceiptID, r.OutNo, r.TransactionID, r.RefundID,
		r.Payer, r.Payee, r.Amount, r.Description, r.Status, r.FailReason, store.Seconds(r.CreatedAt), store.Seconds(r.DoneAt))
}

// Order uses the index paid_order_by_transaction.
func (t *tx) Order(ctx context.Context, transactionID string) (coupon.Order, error) {
	o := coupon.Order{TransactionID: transactionID}
	if err := t.row(ctx, `
		select mchid, out_trade_no, amount, refunded, profit_sharing, subsidized, subsidies
		from paid_order
		where transaction_id = ?`,
		[]any{transactionID}, []any{
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
		where mchid = ? and out_trade_no = ?
		limit 1`, id, outTradeNo)
}

func (t *tx) InsertOrder(ctx context.Context, o coupon.Order) error {
	return t.exec(ctx, `
		insert into paid_order (mchid, transaction_id, out_trade_no, amount, refunded, profit_sharing, subsidized, subsidies)
		values (?, ?, ?, ?, ?, ?, ?, ?)
		on conflict do nothing`,
		o.Merchant, o.TransactionID, o.OutTradeNo, o.Amount, o.Refunded, o.ProfitSharing, o.Subsidized, o.Subsidies)
}

// LockOrder needs no lock of its own: there is one writer.
func (t *tx) LockOrder(ctx context.Context, transactionID string) (coupon.Order, error) {
	return t.Order(ctx, transactionID)
}

func (t *tx) UpdateOrder(ctx context.Context, o coupon.Order) error {
	return t.execOne(ctx, `
		update paid_order
		set out_trade_no = ?, amount = ?, refunded = ?, profit_sharing = ?, subsidized = ?, subsidies = ?
		where mchid = ? and transaction_id = ?`,
		o.OutTradeNo, o.Amount, o.Refunded, o.ProfitSharing, o.Subsidized, o.Subsidies, o.Merchant, o.TransactionID)
}
