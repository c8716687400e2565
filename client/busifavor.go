package client

import (
	"context"

	"github.com/favord/favord/wire/busifavor"
)

// BusiFavor calls the operations of merchant coupons (商家券).
type BusiFavor struct{ client *Client }

// BusiFavor returns the operations of merchant coupons.
func (c *Client) BusiFavor() BusiFavor { return BusiFavor{client: c} }

// CreateStock creates a stock. A repeat with the same OutRequestNo and content returns
// the first answer.
func (b BusiFavor) CreateStock(ctx context.Context, req *busifavor.CreateStockRequest) (*busifavor.CreateStockResponse, error) {
	return invoke[busifavor.CreateStockResponse](ctx, b.client, busifavor.CreateStock, req)
}

// GetStock returns a stock with its rules and how much of it was issued.
func (b BusiFavor) GetStock(ctx context.Context, req *busifavor.GetStockRequest) (*busifavor.Stock, error) {
	return invoke[busifavor.Stock](ctx, b.client, busifavor.GetStock, req)
}

// SendCoupon issues a coupon to a user. A repeat with the same OutRequestNo for the
// same stock and user returns the coupon that it got.
func (b BusiFavor) SendCoupon(ctx context.Context, req *busifavor.SendCouponRequest) (*busifavor.SendCouponResponse, error) {
	return invoke[busifavor.SendCouponResponse](ctx, b.client, busifavor.SendCoupon, req)
}

// UseCoupon redeems a coupon. A repeat with the same UseRequestNo returns the first
// answer.
func (b BusiFavor) UseCoupon(ctx context.Context, req *busifavor.UseCouponRequest) (*busifavor.UseCouponResponse, error) {
	return invoke[busifavor.UseCouponResponse](ctx, b.client, busifavor.UseCoupon, req)
}

// ReturnCoupon takes back the redemption of a coupon. A repeat with the same
// ReturnRequestNo returns the first answer.
func (b BusiFavor) ReturnCoupon(ctx context.Context, req *busifavor.ReturnCouponRequest) (*busifavor.ReturnCouponResponse, error) {
	return invoke[busifavor.ReturnCouponResponse](ctx, b.client, busifavor.ReturnCoupon, req)
}

// DeactivateCoupon voids a coupon for good. A repeat with the same DeactivateRequestNo
// returns the first answer.
func (b BusiFavor) DeactivateCoupon(ctx context.Context, req *busifavor.DeactivateCouponRequest) (*busifavor.DeactivateCouponResponse, error) {
	return invoke[busifavor.DeactivateCouponResponse](ctx, b.client, busifavor.DeactivateCoupon, req)
}

// AssociateOrder notes which order a coupon belongs to. A repeat with the same OutRequestNo
// returns the first answer.
func (b BusiFavor) AssociateOrder(ctx context.Context, req *busifavor.AssociateOrderRequest) (*busifavor.AssociateOrderResponse, error) {
	return invoke[busifavor.AssociateOrderResponse](ctx, b.client, busifavor.AssociateOrder, req)
}

// DisassociateOrder removes the order from a coupon. A repeat with the same OutRequestNo
// returns the first answer.
func (b BusiFavor) DisassociateOrder(ctx context.Context, req *busifavor.DisassociateOrderRequest) (*busifavor.DisassociateOrderResponse, error) {
	return invoke[busifavor.DisassociateOrderResponse](ctx, b.client, busifavor.DisassociateOrder, req)
}

// ListUserCoupons returns a page of a user's coupons, the newest first.
func (b BusiFavor) ListUserCoupons(ctx context.Context, req *busifavor.ListUserCouponsRequest) (*busifavor.ListUserCouponsResponse, error) {
	return invoke[busifavor.ListUserCouponsResponse](ctx, b.client, busifavor.ListUserCoupons, req)
}

// GetUserCoupon returns one coupon of a user.
func (b BusiFavor) GetUserCoupon(ctx context.Context, req *busifavor.GetUserCouponRequest) (*busifavor.Coupon, error) {
	return invoke[busifavor.Coupon](ctx, b.client, busifavor.GetUserCoupon, req)
}
