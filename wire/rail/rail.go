// Package rail is the wire of the payment rail: what the payment system of a wallet calls so
// that payments consume vouchers. It is Favord's own, signed like the platform's calls, for
// merchants with the permission PAYMENT_RAIL. Amounts are in fen; times are RFC 3339 and
// written in Beijing time; lengths count characters.
package rail

import "github.com/favord/favord/wire/schema"

// Goods is a line of an order.
type Goods struct {
	GoodsID  string `json:"goods_id" title:"单品编码" rule:"required bytes=1..128"`
	Quantity int64  `json:"quantity" title:"数量" rule:"required range=1..1000000"`
	// Price is of one piece.
	Price int64 `json:"price" title:"单价" rule:"required range=0..100000000"`
}

// Order is what is paid. Whatever is absent does not fit a voucher that asks for it.
type Order struct {
	// MchID is the merchant who collects the money; for service providers the sub-merchant.
	MchID string `json:"mchid" title:"收款商户号" rule:"required bytes=1..20"`
	Total int64  `json:"total" title:"订单总金额" rule:"required range=1..100000000"`
	// GoodsTag is the order's mark for promotions.
	GoodsTag string `json:"goods_tag,omitempty" title:"订单优惠标记" rule:"bytes=1..128"`
	// TradeType is where the payment is made.
	TradeType string `json:"trade_type,omitempty" title:"支付场景" rule:"enum=MICROAPP|APPPAY|PPAY|CARD|FACE|OTHER"`
	// PayMethod is the code of the method, CardBIN the beginning of the bank card's number.
	PayMethod string `json:"pay_method,omitempty" title:"支付方式" rule:"bytes=1..32"`
	CardBIN   string `json:"card_bin,omitempty" title:"银行卡号前缀" rule:"bytes=6..19 match=digits"`
	// GoodsDetail are the lines; their sum may not exceed the total.
	GoodsDetail []Goods `json:"goods_detail,omitempty" title:"单品信息" rule:"items=1..100"`
	// SubMchIDs are the merchants of an order that is paid together with others.
	SubMchIDs []string `json:"sub_mchids,omitempty" title:"合单商户号" rule:"items=1..50"`
}

// QuoteRequest asks what a user's vouchers do for an order.
type QuoteRequest struct {
	AppID  string `json:"appid" title:"公众账号ID" rule:"required bytes=1..128"`
	OpenID string `json:"openid" title:"用户标识" rule:"required bytes=1..128"`
	Order  Order  `json:"order" title:"订单" rule:"required"`
}

// Quote is what a user's vouchers do for an order.
type Quote struct {
	Vouchers []QuotedVoucher `json:"vouchers" title:"代金券列表" rule:"required"`
	// BestCouponIDs together take most off: BestDiscount.
	BestCouponIDs []string `json:"best_coupon_ids" title:"最优组合" rule:"required"`
	BestDiscount  int64    `json:"best_discount" title:"最优优惠金额" rule:"required"`
}

// QuotedVoucher is what one voucher does.
type QuotedVoucher struct {
	CouponID   string `json:"coupon_id" title:"代金券ID" rule:"required"`
	StockID    string `json:"stock_id" title:"批次ID" rule:"required"`
	CouponName string `json:"coupon_name" title:"代金券名称" rule:"required"`
	Applies    bool   `json:"applies" title:"是否可用" rule:"required"`
	// Discount is what it takes off when it applies.
	Discount int64 `json:"discount,omitempty" title:"优惠金额"`
	// Reason and Message say why it does not.
	Reason  string `json:"reason,omitempty" title:"不可用原因"`
	Message string `json:"message,omitempty" title:"不可用原因描述"`
	// AvailableEndTime is until when it can be used.
	AvailableEndTime schema.Time `json:"available_end_time" title:"可用结束时间" rule:"required"`
}

// PayRequest consumes vouchers with a payment that succeeded.
type PayRequest struct {
	// TransactionID is unique; a repeat with the same content gets the first answer.
	TransactionID string `json:"transaction_id" title:"支付单号" rule:"required bytes=1..32 match=number"`
	AppID         string `json:"appid" title:"公众账号ID" rule:"required bytes=1..128"`
	OpenID        string `json:"openid" title:"用户标识" rule:"required bytes=1..128"`
	Order         Order  `json:"order" title:"订单" rule:"required"`
	// CouponIDs are consumed all or none; without any the best ones are.
	CouponIDs []string `json:"coupon_ids,omitempty" title:"代金券ID" rule:"items=1..20"`
	// What follows is shown in bills.
	OutTradeNo string    `json:"out_trade_no,omitempty" title:"商户订单号" rule:"bytes=1..32"`
	DeviceInfo string    `json:"device_info,omitempty" title:"设备号" rule:"bytes=1..32"`
	BankSerial string    `json:"bank_serial,omitempty" title:"银行流水号" rule:"bytes=1..64"`
	Combined   *Combined `json:"combined,omitempty" title:"合单信息"`
}

// Combined is about a payment for several orders.
type Combined struct {
	TransactionID string `json:"transaction_id" title:"合单支付单号" rule:"required bytes=1..32"`
	Discount      int64  `json:"discount" title:"合单优惠总金额" rule:"required range=0..100000000"`
	Total         int64  `json:"total" title:"合单订单总金额" rule:"required range=1..100000000"`
}

// Payment is a payment that consumed vouchers.
type Payment struct {
	TransactionID string      `json:"transaction_id" title:"支付单号" rule:"required"`
	ConsumeTime   schema.Time `json:"consume_time" title:"核销时间" rule:"required"`
	Total         int64       `json:"total" title:"订单总金额" rule:"required"`
	Discount      int64       `json:"discount" title:"优惠金额" rule:"required"`
	// PayerTotal is what the payer paid.
	PayerTotal      int64       `json:"payer_total" title:"用户实付金额" rule:"required"`
	PromotionDetail []Promotion `json:"promotion_detail" title:"优惠明细" rule:"required"`
	// Refunded is how much of the total was refunded; only the query has it.
	Refunded int64 `json:"refunded,omitempty" title:"已退款金额"`
}

// Promotion is a voucher's part in a payment or refund.
type Promotion struct {
	CouponID string `json:"coupon_id" title:"代金券ID" rule:"required"`
	StockID  string `json:"stock_id" title:"批次ID" rule:"required"`
	Name     string `json:"name,omitempty" title:"名称"`
	// Scope is GLOBAL for the whole order, SINGLE for some of its goods.
	Scope string `json:"scope,omitempty" title:"优惠范围"`
	// Type is CASH for a pre-funded voucher, NOCASH otherwise.
	Type        string        `json:"type" title:"优惠类型" rule:"required"`
	Amount      int64         `json:"amount" title:"金额" rule:"required"`
	GoodsDetail []GoodsDetail `json:"goods_detail,omitempty" title:"单品信息"`
}

// GoodsDetail is a line with its share of a discount.
type GoodsDetail struct {
	GoodsID        string `json:"goods_id" title:"单品编码" rule:"required"`
	Quantity       int64  `json:"quantity" title:"数量" rule:"required"`
	Price          int64  `json:"price" title:"单价" rule:"required"`
	DiscountAmount int64  `json:"discount_amount" title:"优惠金额" rule:"required"`
}

// GetPaymentRequest names a payment.
type GetPaymentRequest struct {
	TransactionID string `path:"transaction_id" json:"-" title:"支付单号" rule:"required bytes=1..32"`
}

// RefundRequest refunds some or all of a payment.
type RefundRequest struct {
	TransactionID string `path:"transaction_id" json:"-" title:"支付单号" rule:"required bytes=1..32"`
	// RefundID is unique; a repeat with the same content gets the first answer.
	RefundID string `json:"refund_id" title:"退款单号" rule:"required bytes=1..32 match=number"`
	// Amount is in fen of the order's total, vouchers included.
	Amount int64 `json:"amount" title:"退款金额" rule:"required range=1..100000000"`
	// GoodsDetail are the lines that it is for, each of the order and not more of it; their sum may not
	// exceed the amount. A refund of everything at once is for all lines.
	GoodsDetail []Goods `json:"goods_detail,omitempty" title:"单品信息" rule:"items=1..100"`
}

// Refund is a refund.
type Refund struct {
	RefundID   string      `json:"refund_id" title:"退款单号" rule:"required"`
	RefundTime schema.Time `json:"refund_time" title:"退款时间" rule:"required"`
	Amount     int64       `json:"amount" title:"退款金额" rule:"required"`
	// PayerRefund goes to the payer, DiscountRefund back to where the vouchers' money came from.
	PayerRefund    int64 `json:"payer_refund" title:"退给用户的金额" rule:"required"`
	DiscountRefund int64 `json:"discount_refund" title:"退回的优惠金额" rule:"required"`
	// CouponsReturned is true when the payment is wholly refunded: its vouchers can be used
	// again until they end.
	CouponsReturned bool        `json:"coupons_returned" title:"代金券是否退回" rule:"required"`
	PromotionDetail []Promotion `json:"promotion_detail" title:"优惠明细" rule:"required"`
}
