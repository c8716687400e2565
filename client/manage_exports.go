package client

import (
	"context"

	"github.com/favord/favord/wire/manage"
)

// ExportCoupons returns the next coupons of a merchant's stocks, in the order of their codes.
func (m *Management) ExportCoupons(ctx context.Context, req *manage.ExportCouponsRequest) (*manage.ExportedCoupons, error) {
	return managed[manage.ExportedCoupons](ctx, m, manage.ExportCoupons, req)
}

// ExportPayments returns the next payments with vouchers of a stock, or refunds, the oldest first.
func (m *Management) ExportPayments(ctx context.Context, req *manage.ExportPaymentsRequest) (*manage.ExportedPayments, error) {
	return managed[manage.ExportedPayments](ctx, m, manage.ExportPayments, req)
}
