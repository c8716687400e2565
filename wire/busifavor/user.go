package busifavor

import "github.com/favord/favord/wire/schema"

// ListUserCouponsRequest is B16. At least one of the three merchants must be given,
// and one of those given must be the caller; together they narrow the list.
type ListUserCouponsRequest struct {
	OpenID          string `path:"openid" json:"-" title:"用户标识" rule:"required bytes=1..128"`
	AppID           string `query:"appid" json:"-" title:"公众账号ID" rule:"required bytes=1..32"`
	StockID         string `query:"stock_id" json:"-" title:"批次号" rule:"bytes=1..20"`
	CouponState     string `query:"coupon_state" json:"-" title:"券状态" rule:"enum=SENDED|USED|EXPIRED|DELETED|DEACTIVATED"`
	CreatorMerchant string `query:"creator_merchant" json:"-" title:"创建批次的商户号" rule:"bytes=1..32"`
	BelongMerchant  string `query:"belong_merchant" json:"-" title:"批次归属商户号" rule:"bytes=8..15"`
	SenderMerchant  string `query:"sender_merchant" json:"-" title:"批次发放商户号" rule:"bytes=1..32"`
	// Offset is the number of the page, from 0.
	Offset int64 `query:"offset" json:"-" title:"分页页码" rule:"range=0..2147483647"`
	// Limit is the size of a page; nil means 20.
	Limit *int64 `query:"limit" json:"-" title:"分页大小" rule:"range=1..100"`
}

// ListUserCouponsResponse is a page of coupons, the newest first. Their
// display_pattern_info has no description.
type ListUserCouponsResponse struct {
	Data       []Coupon `json:"data" title:"券列表" rule:"required"`
	TotalCount int64    `json:"total_count" title:"总数量" rule:"required"`
	Limit      int64    `json:"limit" title:"分页大小" rule:"required"`
	Offset     int64    `json:"offset" title:"分页页码" rule:"required"`
}

// GetUserCouponRequest is B17.
type GetUserCouponRequest struct {
	OpenID     string `path:"openid" json:"-" title:"用户标识" rule:"required bytes=1..128"`
	CouponCode string `path:"coupon_code" json:"-" title:"券code" rule:"required bytes=1..32"`
	AppID      string `path:"appid" json:"-" title:"公众账号ID" rule:"required bytes=1..32"`
}

// Coupon is one user's coupon (4.10).
type Coupon struct {
	BelongMerchant      string              `json:"belong_merchant" title:"批次归属商户号" rule:"required"`
	StockName           string              `json:"stock_name" title:"商家券批次名称" rule:"required"`
	Comment             string              `json:"comment,omitempty" title:"批次备注"`
	GoodsName           string              `json:"goods_name" title:"适用商品范围" rule:"required"`
	StockType           string              `json:"stock_type" title:"批次类型" rule:"required enum=NORMAL|DISCOUNT|EXCHANGE"`
	Transferable        *bool               `json:"transferable,omitempty" title:"是否允许转赠"`
	Shareable           *bool               `json:"shareable,omitempty" title:"是否允许分享领券链接"`
	CouponState         string              `json:"coupon_state" title:"券状态" rule:"required enum=SENDED|USED|EXPIRED|DELETED|DEACTIVATED"`
	DisplayPatternInfo  *DisplayPatternInfo `json:"display_pattern_info,omitempty" title:"样式信息"`
	CouponUseRule       CouponUseRule       `json:"coupon_use_rule" title:"券核销规则" rule:"required"`
	CustomEntrance      *CustomEntrance     `json:"custom_entrance,omitempty" title:"自定义入口"`
	CouponCode          string              `json:"coupon_code" title:"券code" rule:"required"`
	StockID             string              `json:"stock_id" title:"批次号" rule:"required"`
	AvailableStartTime  schema.Time         `json:"available_start_time" title:"可用开始时间" rule:"required"`
	ExpireTime          schema.Time         `json:"expire_time" title:"过期时间" rule:"required"`
	ReceiveTime         schema.Time         `json:"receive_time" title:"领券时间" rule:"required"`
	SendRequestNo       string              `json:"send_request_no" title:"发券请求单号" rule:"required"`
	UseRequestNo        string              `json:"use_request_no,omitempty" title:"核销请求单号"`
	UseTime             schema.Time         `json:"use_time,omitzero" title:"核销时间"`
	AssociateOutTradeNo string              `json:"associate_out_trade_no,omitempty" title:"关联的商户订单号"`
	ReturnRequestNo     string              `json:"return_request_no,omitempty" title:"回退请求单号"`
	ReturnTime          schema.Time         `json:"return_time,omitzero" title:"回退时间"`
	DeactivateRequestNo string              `json:"deactivate_request_no,omitempty" title:"失效请求单号"`
	DeactivateTime      schema.Time         `json:"deactivate_time,omitzero" title:"失效时间"`
	DeactivateReason    string              `json:"deactivate_reason,omitempty" title:"失效原因"`
}
