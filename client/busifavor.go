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

// ModifyStock changes what a stock says and shows. What the request leaves out stays as it
// is. A repeat with the same OutRequestNo and content changes nothing.
func (b BusiFavor) ModifyStock(ctx context.Context, req *busifavor.ModifyStockRequest) error {
	_, err := invoke[struct{}](ctx, b.client, busifavor.ModifyStock, req)
	return err
}

// SetBudget changes how many coupons a stock may give out, in all or per day. A repeat with
// the same ModifyBudgetRequestNo and content returns the first answer.
func (b BusiFavor) SetBudget(ctx context.Context, req *busifavor.SetBudgetRequest) (*busifavor.SetBudgetResponse, error) {
	return invoke[busifavor.SetBudgetResponse](ctx, b.client, busifavor.SetBudget, req)
}

// UploadCodes adds up to 200 codes to the pool of a stock. Codes that are refused alone do
// not make the call fail: the answer lists them. A repeat with the same UploadRequestNo and
// content returns the first answer.
func (b BusiFavor) UploadCodes(ctx context.Context, req *busifavor.UploadCodesRequest) (*busifavor.UploadCodesResponse, error) {
	return invoke[busifavor.UploadCodesResponse](ctx, b.client, busifavor.UploadCodes, req)
}

// ListCodes returns a page of the codes in the pool of a stock, in the order of upload.
func (b BusiFavor) ListCodes(ctx context.Context, req *busifavor.ListCodesRequest) (*busifavor.ListCodesResponse, error) {
	return invoke[busifavor.ListCodesResponse](ctx, b.client, busifavor.ListCodes, req)
}

// GetCode returns one code in the pool of a stock and, once it was given out, its coupon.
func (b BusiFavor) GetCode(ctx context.Context, req *busifavor.GetCodeRequest) (*busifavor.GetCodeResponse, error) {
	return invoke[busifavor.GetCodeResponse](ctx, b.client, busifavor.GetCode, req)
}

// DeleteCode removes a free code from the pool of a stock. A repeat with the same
// DeleteRequestNo returns the first answer.
func (b BusiFavor) DeleteCode(ctx context.Context, req *busifavor.DeleteCodeRequest) (*busifavor.DeleteCodeResponse, error) {
	return invoke[busifavor.DeleteCodeResponse](ctx, b.client, busifavor.DeleteCode, req)
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

// SetCallback says where events about the caller's stocks go from now on. The last one wins.
func (b BusiFavor) SetCallback(ctx context.Context, req *busifavor.SetCallbackRequest) (*busifavor.SetCallbackResponse, error) {
	return invoke[busifavor.SetCallbackResponse](ctx, b.client, busifavor.SetCallback, req)
}

// GetCallback returns where events about the caller's stocks go.
func (b BusiFavor) GetCallback(ctx context.Context, req *busifavor.GetCallbackRequest) (*busifavor.GetCallbackResponse, error) {
	return invoke[busifavor.GetCallbackResponse](ctx, b.client, busifavor.GetCallback, req)
}
