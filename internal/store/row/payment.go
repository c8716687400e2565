package row

import (
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/document"
)

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
