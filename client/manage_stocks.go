package client

import (
	"context"

	"github.com/favord/favord/wire/manage"
)

// Stocks returns a page of the stocks of merchant coupons, the newest first.
func (m *Management) Stocks(ctx context.Context, req *manage.ListStocksRequest) (*manage.StockList, error) {
	return managed[manage.StockList](ctx, m, manage.ListStocks, req)
}

// Stock shows a stock.
func (m *Management) Stock(ctx context.Context, req *manage.StockRequest) (*manage.Stock, error) {
	return managed[manage.Stock](ctx, m, manage.GetStock, req)
}

// ApproveStock ends the review of a stock: it runs. Like the other steps it may be repeated,
// and is refused with 409 in a state that it does not begin at.
func (m *Management) ApproveStock(ctx context.Context, req *manage.StockRequest) (*manage.Stock, error) {
	return managed[manage.Stock](ctx, m, manage.ApproveStock, req)
}

// RejectStock ends the review of a stock: it never runs.
func (m *Management) RejectStock(ctx context.Context, req *manage.StockRequest) (*manage.Stock, error) {
	return managed[manage.Stock](ctx, m, manage.RejectStock, req)
}

// PauseStock keeps a running stock from issuing. Coupons that were issued stay usable.
func (m *Management) PauseStock(ctx context.Context, req *manage.StockRequest) (*manage.Stock, error) {
	return managed[manage.Stock](ctx, m, manage.PauseStock, req)
}

// ResumeStock lets a paused stock run again.
func (m *Management) ResumeStock(ctx context.Context, req *manage.StockRequest) (*manage.Stock, error) {
	return managed[manage.Stock](ctx, m, manage.ResumeStock, req)
}

// StopStock ends a stock for good. Coupons that were issued stay usable.
func (m *Management) StopStock(ctx context.Context, req *manage.StockRequest) (*manage.Stock, error) {
	return managed[manage.Stock](ctx, m, manage.StopStock, req)
}
