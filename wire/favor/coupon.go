package favor

import "github.com/favord/favord/wire/schema"

// SendCouponRequest is 4.11: a voucher for one user.
type SendCouponRequest struct {
	// OpenID is not to be in the body; one that is there is ignored.
	OpenID            string `path:"openid" json:"-" title:"用户openid" rule:"required repeatable bytes=1..128"`
	StockID           string `json:"stock_id" title:"批次号" rule:"required bytes=1..20" texts:"required=批次号必填"`
	OutRequestNo      string `json:"out_request_no" title:"商户单据号" rule:"required bytes=1..128 match=number"`
	AppID             string `json:"appid" title:"公众账号ID" rule:"required bytes=1..128" texts:"required=appid必填"`
	StockCreatorMchID string `json:"stock_creator_mchid" title:"创建批次的商户号" rule:"required bytes=1..20" texts:"required=商户号必填"`
	// CouponValue and CouponMinimum are for stocks that do not exist here: they are refused.
	CouponValue   *int64 `json:"coupon_value,omitempty" title:"指定面额发券，面额"`
	CouponMinimum *int64 `json:"coupon_minimum,omitempty" title:"指定面额发券，券门槛"`
}

// SendCouponResponse names the voucher.
type SendCouponResponse struct {
	CouponID string `json:"coupon_id" title:"代金券id" rule:"required"`
}

// ListCouponsRequest is 4.12. Of the merchants at most one counts: the creator and the
// sender before the available one; none means the caller as creator.
type ListCouponsRequest struct {
	OpenID         string `path:"openid" json:"-" title:"用户openid" rule:"required bytes=1..128"`
	AppID          string `query:"appid" json:"-" title:"公众账号ID" rule:"required bytes=1..128" texts:"required=appid必填"`
	StockID        string `query:"stock_id" json:"-" title:"批次号" rule:"blank bytes=1..20"`
	Status         string `query:"status" json:"-" title:"券状态" rule:"blank enum=SENDED|USED"`
	CreatorMchID   string `query:"creator_mchid" json:"-" title:"创建批次的商户号" rule:"blank bytes=1..20"`
	SenderMchID    string `query:"sender_mchid" json:"-" title:"批次发放商户号" rule:"blank bytes=1..20"`
	AvailableMchID string `query:"available_mchid" json:"-" title:"可用商户号" rule:"blank bytes=1..20"`
	// Offset is the number of the page, from 0.
	Offset int64 `query:"offset" json:"-" title:"分页页码" rule:"range=0..2147483647"`
	// Limit is the size of a page; nil means 20.
	Limit        *int64 `query:"limit" json:"-" title:"分页大小" rule:"range=1..100" texts:"max=页大小超过阈值"`
	BusinessType string `query:"business_type" json:"-" title:"业务类型" rule:"blank enum=MULTIUSE"`
}

// ListCouponsResponse is a page of vouchers, the newest first.
type ListCouponsResponse struct {
	Data       []Coupon `json:"data" title:"结果集" rule:"required"`
	TotalCount int64    `json:"total_count" title:"查询结果总数" rule:"required"`
	Limit      int64    `json:"limit" title:"分页大小" rule:"required"`
	Offset     int64    `json:"offset" title:"分页页码" rule:"required"`
}

// GetCouponRequest is 4.13.
type GetCouponRequest struct {
	OpenID   string `path:"openid" json:"-" title:"用户openid" rule:"required bytes=1..128"`
	CouponID string `path:"coupon_id" json:"-" title:"代金券id" rule:"required bytes=1..20"`
	AppID    string `query:"appid" json:"-" title:"公众账号ID" rule:"required bytes=1..128" texts:"required=appid必填"`
}

// Coupon is one user's voucher (4.13).
type Coupon struct {
	StockCreatorMchID       string                   `json:"stock_creator_mchid" title:"创建批次的商户号" rule:"required"`
	StockID                 string                   `json:"stock_id" title:"批次号" rule:"required"`
	CouponID                string                   `json:"coupon_id" title:"代金券id" rule:"required"`
	CouponName              string                   `json:"coupon_name" title:"代金券名称" rule:"required"`
	Status                  string                   `json:"status" title:"代金券状态" rule:"required enum=SENDED|USED|EXPIRED"`
	Description             string                   `json:"description" title:"代金券描述" rule:"required"`
	CreateTime              schema.Time              `json:"create_time" title:"领券时间" rule:"required"`
	CouponType              string                   `json:"coupon_type" title:"券类型" rule:"required enum=NORMAL|CUT_TO"`
	NoCash                  bool                     `json:"no_cash" title:"是否无资金流" rule:"required"`
	AvailableBeginTime      schema.Time              `json:"available_begin_time" title:"可用开始时间" rule:"required"`
	AvailableEndTime        schema.Time              `json:"available_end_time" title:"可用结束时间" rule:"required"`
	SingleItem              bool                     `json:"singleitem" title:"是否单品优惠" rule:"required"`
	NormalCouponInformation *NormalCouponInformation `json:"normal_coupon_information,omitempty" title:"满减券信息"`
	ConsumeInformation      *ConsumeInformation      `json:"consume_information,omitempty" title:"已实扣代金券信息"`
}

// NormalCouponInformation is what a voucher takes off, and of how much, in fen.
type NormalCouponInformation struct {
	CouponAmount       int64 `json:"coupon_amount" title:"面额" rule:"required"`
	TransactionMinimum int64 `json:"transaction_minimum" title:"门槛" rule:"required"`
}

// ConsumeInformation is the payment that consumed a voucher (7.3).
type ConsumeInformation struct {
	ConsumeTime   schema.Time   `json:"consume_time" title:"核销时间" rule:"required"`
	ConsumeMchID  string        `json:"consume_mchid" title:"核销商户号" rule:"required"`
	TransactionID string        `json:"transaction_id" title:"核销单号" rule:"required"`
	GoodsDetail   []GoodsDetail `json:"goods_detail,omitempty" title:"单品信息"`
}

// GoodsDetail is one line of the order, amounts in fen.
type GoodsDetail struct {
	GoodsID        string `json:"goods_id" title:"单品编码" rule:"required"`
	Quantity       int64  `json:"quantity" title:"单品数量" rule:"required"`
	Price          int64  `json:"price" title:"单品单价" rule:"required"`
	DiscountAmount int64  `json:"discount_amount" title:"优惠金额" rule:"required"`
}

// SetCallbackRequest is 4.18.
type SetCallbackRequest struct {
	MchID     string `json:"mchid" title:"商户号" rule:"required bytes=1..20" texts:"required=回调商户不能为空"`
	NotifyURL string `json:"notify_url" title:"通知url地址" rule:"required bytes=1..256" texts:"required=回调url不能为空"`
	// Switch turns the notifications on or off; nil turns them on.
	Switch *bool `json:"switch,omitempty" title:"回调开关"`
}

// SetCallbackResponse is the result of 4.18.
type SetCallbackResponse struct {
	UpdateTime schema.Time `json:"update_time" title:"修改时间" rule:"required"`
	NotifyURL  string      `json:"notify_url" title:"通知url地址" rule:"required"`
	MchID      string      `json:"mchid" title:"商户号" rule:"required"`
}

// GetCallbackRequest is 4.19.
type GetCallbackRequest struct {
	MchID string `query:"mchid" json:"-" title:"商户号" rule:"required bytes=1..20" texts:"required=回调商户不能为空"`
}

// GetCallbackResponse is the result of 4.19.
type GetCallbackResponse struct {
	MchID     string `json:"mchid" title:"商户号" rule:"required"`
	NotifyURL string `json:"notify_url" title:"通知url地址" rule:"required"`
}
