package row

import (
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/document"
)

// PaymentColumns are what Payment reads, in its order.
const PaymentColumns = `
		mchid, transaction_id, at, total, discount, content, request, refunded, refunded_discount, refunds`

// Payment reads the PaymentColumns.
func Payment(scan Scan) (payment.Payment, error) {
	var p payment.Payment
	var at int64
	var content string
	var request []byte
	if err := scan(
		&p.Merchant, &p.TransactionID, &at, &p.Total, &p.Discount, &content, &request, &p.Refunded, &p.RefundedDiscount, &p.Refunds); err != nil {
		return payment.Payment{}, err
	}
	p.At = store.TimeOf(at)
	copy(p.Content[:], request)
	err := document.DecodePayment(content, &p)
	return p, err
}

// Flow reads a line of a bill: id, time, voucher, transaction, refund, merchant, discount,
// total, goods and facts.
func Flow(q store.FlowQuery) func(Scan) (payment.Flow, error) {
	return func(scan Scan) (payment.Flow, error) {
		f := payment.Flow{Stock: q.Stock, Kind: q.Kind}
		var at int64
		var goods, facts string
		if err := scan(
			&f.ID, &at, &f.Voucher, &f.TransactionID, &f.RefundID, &f.Merchant, &f.Discount, &f.Total, &goods, &facts); err != nil {
			return f, err
		}
		f.At = store.TimeOf(at)
		err := document.DecodeFlow(&f, goods, facts)
		return f, err
	}
}

// Budget reads creator, stock, end and amount of a locked budget.
func Budget(scan Scan) (payment.Budget, error) {
	var b payment.Budget
	var ends int64
	err := scan(&b.Stock.Creator, &b.Stock.ID, &ends, &b.Amount)
	b.Ends = store.TimeOf(ends)
	return b, err
}
