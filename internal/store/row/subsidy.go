package row

import (
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/store"
)

// SubsidyColumns are what Subsidy reads, in its order.
const SubsidyColumns = `
		creator_mchid, stock_id, code, receipt_id, out_no, transaction_id, payer_mchid, payee_mchid,
		amount, description, status, fail_reason, returned, created_at, done_at`

// Subsidy reads the SubsidyColumns.
func Subsidy(scan Scan) (coupon.Subsidy, error) {
	var s coupon.Subsidy
	var created, done int64
	err := scan(
		&s.Stock.Creator, &s.Stock.ID, &s.Code, &s.ReceiptID, &s.OutNo, &s.TransactionID, &s.Payer, &s.Payee,
		&s.Amount, &s.Description, &s.Status, &s.FailReason, &s.Returned, &created, &done)
	s.CreatedAt, s.DoneAt = store.TimeOf(created), store.TimeOf(done)
	return s, err
}

// SubsidyReturnColumns are what SubsidyReturn reads, in its order.
const SubsidyReturnColumns = `
		creator_mchid, stock_id, code, return_receipt_id, receipt_id, out_no, transaction_id, refund_id,
		payer_mchid, payee_mchid, amount, description, status, fail_reason, created_at, done_at`

// SubsidyReturn reads the SubsidyReturnColumns.
func SubsidyReturn(scan Scan) (coupon.SubsidyReturn, error) {
	var r coupon.SubsidyReturn
	var created, done int64
	err := scan(
		&r.Stock.Creator, &r.Stock.ID, &r.Code, &r.ReturnReceiptID, &r.ReceiptID, &r.OutNo, &r.TransactionID, &r.RefundID,
		&r.Payer, &r.Payee, &r.Amount, &r.Description, &r.Status, &r.FailReason, &created, &done)
	r.CreatedAt, r.DoneAt = store.TimeOf(created), store.TimeOf(done)
	return r, err
}
