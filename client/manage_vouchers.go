package client

import (
	"context"

	"github.com/favord/favord/wire/manage"
)

// VoucherStocks returns a page of a merchant's stocks of cash vouchers, the newest first.
func (m *Management) VoucherStocks(ctx context.Context, req *manage.ListVoucherStocksRequest) (*manage.VoucherStockList, error) {
	return managed[manage.VoucherStockList](ctx, m, manage.ListVoucherStocks, req)
}

// VoucherStock shows a stock of vouchers with its senders.
func (m *Management) VoucherStock(ctx context.Context, req *manage.VoucherStockRequest) (*manage.VoucherStock, error) {
	return managed[manage.VoucherStock](ctx, m, manage.GetVoucherStock, req)
}

// ReviewVoucherStock puts a stock of vouchers under review: nothing of it can be sent. Like
// the other steps it may be repeated, and is refused with 409 in a state that it does not
// begin at.
func (m *Management) ReviewVoucherStock(ctx context.Context, req *manage.VoucherStockRequest) (*manage.VoucherStock, error) {
	return managed[manage.VoucherStock](ctx, m, manage.ReviewVoucherStock, req)
}

// ApproveVoucherStock ends the review of a stock of vouchers: its creator may start it.
func (m *Management) ApproveVoucherStock(ctx context.Context, req *manage.VoucherStockRequest) (*manage.VoucherStock, error) {
	return managed[manage.VoucherStock](ctx, m, manage.ApproveVoucherStock, req)
}

// RejectVoucherStock ends the review of a stock of vouchers and the stock, for good.
func (m *Management) RejectVoucherStock(ctx context.Context, req *manage.VoucherStockRequest) (*manage.VoucherStock, error) {
	return managed[manage.VoucherStock](ctx, m, manage.RejectVoucherStock, req)
}

// SetVoucherSenders replaces the merchants that may send vouchers of a stock besides its
// creator.
func (m *Management) SetVoucherSenders(ctx context.Context, req *manage.SetVoucherSendersRequest) (*manage.VoucherStock, error) {
	return managed[manage.VoucherStock](ctx, m, manage.SetVoucherSenders, req)
}
