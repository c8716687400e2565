package notify

import "github.com/favord/favord/wire/schema"

// CouponUse says that a payment consumed a cash voucher (favor 9.3). It names neither
// the user nor the merchant's order. Amounts are in fen.
type CouponUse struct {
	StockCreatorMchID string `json:"stock_creator_mchid" title:"批次创建方商户号" rule:"required"`
	StockID           string `json:"stock_id" title:"批次ID" rule:"required"`
	CouponID          string `json:"coupon_id" title:"代金券ID" rule:"required"`
	// SingleItemDiscountOff and DiscountTo come with coupons of the type CUT_TO. The
	// query of a coupon names the same facts differently.
	SingleItemDiscountOff *SingleItemDiscountOff `json:"singleitem_discount_off,omitempty" title:"单品优惠特定信息"`
	DiscountTo            *DiscountTo            `json:"discount_to,omitempty" title:"减至优惠限定字段"`
	CouponName            string                 `json:"coupon_name" title:"代金券名称" rule:"required"`
	// Status is USED.
	Status      string      `json:"status" title:"代金券状态" rule:"required"`
	Description string      `json:"description" title:"使用说明" rule:"required"`
	CreateTime  schema.Time `json:"create_time" title:"领券时间" rule:"required"`
	// CouponType is NORMAL or CUT_TO.
	CouponType string `json:"coupon_type" title:"券类型" rule:"required"`
	// NoCash is true when the merchant did not pay the amount in beforehand.
	NoCash                  bool                     `json:"no_cash" title:"是否无资金流" rule:"required"`
	AvailableBeginTime      schema.Time              `json:"available_begin_time" title:"可用开始时间" rule:"required"`
	AvailableEndTime        schema.Time              `json:"available_end_time" title:"可用结束时间" rule:"required"`
	SingleItem              bool                     `json:"singleitem" title:"是否单品优惠" rule:"required"`
	NormalCouponInformation *NormalCouponInformation `json:"normal_coupon_information,omitempty" title:"普通满减券信息"`
	ConsumeInformation      *ConsumeInformation      `json:"consume_information,omitempty" title:"实扣代金券信息"`
}

// SingleItemDiscountOff bounds a coupon for single items.
type SingleItemDiscountOff struct {
	SinglePriceMax int64 `json:"single_price_max" title:"单品最高优惠价格" rule:"required"`
}

// DiscountTo is a coupon that cuts a price to an amount.
type DiscountTo struct {
	CutToPrice int64 `json:"cut_to_price" title:"减至后优惠单价" rule:"required"`
	MaxPrice   int64 `json:"max_price" title:"最高价格" rule:"required"`
}

// NormalCouponInformation is a coupon that takes an amount off.
type NormalCouponInformation struct {
	CouponAmount       int64 `json:"coupon_amount" title:"面额" rule:"required"`
	TransactionMinimum int64 `json:"transaction_minimum" title:"门槛" rule:"required"`
}

// ConsumeInformation is the payment that consumed a coupon (favor 7.3).
type ConsumeInformation struct {
	ConsumeTime schema.Time `json:"consume_time" title:"核销时间" rule:"required"`
	// ConsumeMchID is the merchant who collected the money.
	ConsumeMchID  string `json:"consume_mchid" title:"核销商户号" rule:"required"`
	TransactionID string `json:"transaction_id" title:"微信支付订单号" rule:"required"`
	// GoodsDetail is absent when the order carried no goods.
	GoodsDetail []GoodsDetail `json:"goods_detail,omitempty" title:"单品信息"`
}

// GoodsDetail is a line of an order.
type GoodsDetail struct {
	GoodsID  string `json:"goods_id" title:"单品编码" rule:"required"`
	Quantity int64  `json:"quantity" title:"单品数量" rule:"required"`
	// Price is of one piece.
	Price          int64 `json:"price" title:"单品单价" rule:"required"`
	DiscountAmount int64 `json:"discount_amount" title:"优惠金额" rule:"required"`
}
