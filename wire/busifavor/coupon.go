package busifavor

import "github.com/favord/favord/wire/schema"

// SendCouponRequest is B9: issue a coupon to a user.
type SendCouponRequest struct {
	OpenID       string `json:"openid" title:"用户标识" rule:"required bytes=1..128"`
	AppID        string `json:"appid" title:"公众账号ID" rule:"required bytes=1..32"`
	StockID      string `json:"stock_id" title:"批次号" rule:"required bytes=1..20"`
	OutRequestNo string `json:"out_request_no" title:"发券凭证" rule:"required bytes=1..128 match=number"`
	// CouponCode is the merchant's code, needed for MERCHANT_API and ignored
	// otherwise.
	CouponCode string `json:"coupon_code,omitempty" title:"券code"`
}

// SendCouponResponse is the result of B9.
type SendCouponResponse struct {
	SendCouponResult SendCouponResult `json:"send_coupon_result" title:"发券结果" rule:"required"`
}

// SendCouponResult names the issued coupon.
type SendCouponResult struct {
	StockID      string `json:"stock_id" title:"批次号" rule:"required"`
	OutRequestNo string `json:"out_request_no" title:"发券凭证" rule:"required"`
	CouponCode   string `json:"coupon_code" title:"券code" rule:"required"`
}

// UseCouponRequest is B10: redeem a coupon.
type UseCouponRequest struct {
	CouponCode string `json:"coupon_code" title:"券code" rule:"required bytes=1..32"`
	// StockID is needed for codes that merchants chose.
	StockID string `json:"stock_id,omitempty" title:"批次号" rule:"bytes=1..20"`
	AppID   string `json:"appid" title:"公众账号ID" rule:"required bytes=1..32"`
	// UseTime is when the merchant asked; the server's clock decides.
	UseTime      schema.Time `json:"use_time" title:"请求核销时间" rule:"required bytes=1..32"`
	UseRequestNo string      `json:"use_request_no" title:"核销请求单据号" rule:"required bytes=1..128 match=number"`
	// OpenID, if given, must be the holder.
	OpenID        string `json:"openid,omitempty" title:"用户标识" rule:"bytes=1..128"`
	OutTradeNo    string `json:"out_trade_no,omitempty" title:"商户订单号" rule:"chars=1..128"`
	MchID         string `json:"mch_id,omitempty" title:"下单商户号" rule:"bytes=1..32"`
	TransactionID string `json:"transaction_id,omitempty" title:"微信支付订单号" rule:"bytes=1..32"`
}

// UseCouponResponse is the result of B10.
type UseCouponResponse struct {
	StockID          string      `json:"stock_id" title:"批次号" rule:"required"`
	OpenID           string      `json:"openid" title:"用户标识" rule:"required"`
	WechatpayUseTime schema.Time `json:"wechatpay_use_time" title:"系统核销券成功的时间" rule:"required"`
}
