package busifavor

import "github.com/favord/favord/wire/schema"

// ReturnCouponRequest is B11: take back the redemption of a coupon.
type ReturnCouponRequest struct {
	CouponCode      string `json:"coupon_code" title:"券code" rule:"required bytes=1..32"`
	StockID         string `json:"stock_id" title:"批次号" rule:"required bytes=1..20"`
	ReturnRequestNo string `json:"return_request_no" title:"退券请求单据号" rule:"required bytes=1..128 match=number"`
}

// ReturnCouponResponse is the result of B11.
type ReturnCouponResponse struct {
	WechatpayReturnTime schema.Time `json:"wechatpay_return_time" title:"微信退券成功的时间" rule:"required"`
}

// DeactivateCouponRequest is B12: void one coupon for good.
type DeactivateCouponRequest struct {
	CouponCode          string `json:"coupon_code" title:"券code" rule:"required bytes=1..32"`
	StockID             string `json:"stock_id" title:"批次号" rule:"required bytes=1..20"`
	DeactivateRequestNo string `json:"deactivate_request_no" title:"失效请求单据号" rule:"required bytes=1..128 match=number"`
	DeactivateReason    string `json:"deactivate_reason,omitempty" title:"失效原因" rule:"chars=1..64"`
}

// DeactivateCouponResponse is the result of B12.
type DeactivateCouponResponse struct {
	WechatpayDeactivateTime schema.Time `json:"wechatpay_deactivate_time" title:"券成功失效的时间" rule:"required"`
}

// AssociateOrderRequest is B13: say which order a coupon belongs to.
type AssociateOrderRequest struct {
	StockID      string `json:"stock_id" title:"批次号" rule:"required bytes=1..20"`
	CouponCode   string `json:"coupon_code" title:"券code" rule:"required bytes=1..32"`
	OutTradeNo   string `json:"out_trade_no" title:"关联的商户订单号" rule:"required chars=1..128"`
	OutRequestNo string `json:"out_request_no" title:"商户请求单号" rule:"required bytes=1..128 match=number"`
}

// AssociateOrderResponse is the result of B13.
type AssociateOrderResponse struct {
	WechatpayAssociateTime schema.Time `json:"wechatpay_associate_time" title:"关联成功时间" rule:"required"`
}

// DisassociateOrderRequest is B14: OutTradeNo must be the associated order.
type DisassociateOrderRequest struct {
	StockID      string `json:"stock_id" title:"批次号" rule:"required bytes=1..20"`
	CouponCode   string `json:"coupon_code" title:"券code" rule:"required bytes=1..32"`
	OutTradeNo   string `json:"out_trade_no" title:"关联的商户订单号" rule:"required chars=1..128"`
	OutRequestNo string `json:"out_request_no" title:"商户请求单号" rule:"required bytes=1..128 match=number"`
}

// DisassociateOrderResponse is the result of B14.
type DisassociateOrderResponse struct {
	WechatpayDisassociateTime schema.Time `json:"wechatpay_disassociate_time" title:"取消关联成功时间" rule:"required"`
}
