package client

import (
	"context"

	"github.com/favord/favord/wire/manage"
)

// Coupons returns a page of a user's coupons, of all merchants, the newest first.
func (m *Management) Coupons(ctx context.Context, req *manage.ListCouponsRequest) (*manage.CouponList, error) {
	return managed[manage.CouponList](ctx, m, manage.ListCoupons, req)
}

// Coupon shows a coupon.
func (m *Management) Coupon(ctx context.Context, req *manage.CouponRequest) (*manage.Coupon, error) {
	return managed[manage.Coupon](ctx, m, manage.GetCoupon, req)
}

// DeleteCoupon takes a coupon out of its holder's card pack, for good. It may be repeated,
// and is refused with 409 for a coupon that was deactivated.
func (m *Management) DeleteCoupon(ctx context.Context, req *manage.CouponRequest) (*manage.Coupon, error) {
	return managed[manage.Coupon](ctx, m, manage.DeleteCoupon, req)
}

// Balance shows what a merchant has, and what became of it.
func (m *Management) Balance(ctx context.Context, req *manage.GetBalanceRequest) (*manage.Balance, error) {
	return managed[manage.Balance](ctx, m, manage.GetBalance, req)
}

// FundBalance gives a merchant money from outside. A repeat with the same RequestNo returns
// the first answer.
func (m *Management) FundBalance(ctx context.Context, req *manage.FundBalanceRequest) (*manage.FundedBalance, error) {
	return managed[manage.FundedBalance](ctx, m, manage.FundBalance, req)
}

// ReportOrder tells of a paid order, or what became of one.
func (m *Management) ReportOrder(ctx context.Context, req *manage.ReportOrderRequest) (*manage.Order, error) {
	return managed[manage.Order](ctx, m, manage.ReportOrder, req)
}

// Order shows a paid order.
func (m *Management) Order(ctx context.Context, req *manage.OrderRequest) (*manage.Order, error) {
	return managed[manage.Order](ctx, m, manage.GetOrder, req)
}

// JoinBrand makes a merchant one of a chain brand, whose merchants may pay subsidies to each
// other.
func (m *Management) JoinBrand(ctx context.Context, req *manage.JoinBrandRequest) (*manage.Membership, error) {
	return managed[manage.Membership](ctx, m, manage.JoinBrand, req)
}

// RegisterCard says that a consumption card exists.
func (m *Management) RegisterCard(ctx context.Context, req *manage.RegisterCardRequest) (*manage.Card, error) {
	return managed[manage.Card](ctx, m, manage.RegisterCard, req)
}
