package manage

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Ids of the operations that hand data out piece by piece. That they were called is in the audit of
// the server itself.
const (
	ExportCoupons  = "manage.exports.coupons"
	ExportPayments = "manage.exports.payments"
)

// ExportCouponsRequest asks for the next coupons of a merchant's stocks.
type ExportCouponsRequest struct {
	MchID string `query:"mchid" json:"-" title:"创建商户号" rule:"required chars=1..32"`
	// StockID narrows the export to one stock.
	StockID string `query:"stock_id" json:"-" title:"批次号" rule:"chars=1..20"`
	// AfterCode and AfterStock are NextCode and NextStock of the piece before.
	AfterCode  string `query:"after_code" json:"-" title:"起始券code" rule:"chars=1..32"`
	AfterStock string `query:"after_stock" json:"-" title:"起始批次号" rule:"chars=1..20"`
	// OpenIDs asks for the openids of users, too, when it is true.
	OpenIDs string `query:"openids" json:"-" title:"是否包含openid" rule:"enum=true|false"`
}

// ExportedCoupons is a piece of an export. It may have few coupons, or none, and not be the last.
type ExportedCoupons struct {
	Coupons []ExportedCoupon `json:"coupons" title:"券" rule:"required"`
	// NextCode and NextStock are what the next piece is asked for with; absent when this is the last.
	NextCode  string `json:"next_code,omitempty" title:"下一段起始券code"`
	NextStock string `json:"next_stock,omitempty" title:"下一段起始批次号"`
}

// ExportedCoupon is a coupon without what names its user, unless that was asked for.
type ExportedCoupon struct {
	StockID     string `json:"stock_id" title:"批次号" rule:"required"`
	StockName   string `json:"stock_name" title:"批次名称" rule:"required"`
	CouponCode  string `json:"coupon_code" title:"券code" rule:"required"`
	MchID       string `json:"mchid" title:"创建商户号" rule:"required"`
	BelongMchID string `json:"belong_mchid" title:"归属商户号" rule:"required"`
	SenderMchID string `json:"sender_mchid" title:"发券商户号" rule:"required"`
	// Account is what openids of one user share; an id of this server.
	Account string `json:"account" title:"账号" rule:"required"`
	AppID   string `json:"appid" title:"appid" rule:"required"`
	// OpenID is there when openids were asked for.
	OpenID  string `json:"openid,omitempty" title:"用户标识"`
	State   string `json:"state" title:"券状态" rule:"required enum=SENDED|USED|EXPIRED|DELETED|DEACTIVATED"`
	Channel string `json:"channel" title:"领券渠道" rule:"required"`

	ReceiveTime schema.Time `json:"receive_time" title:"领券时间" rule:"required"`
	StartTime   schema.Time `json:"start_time" title:"可用开始时间" rule:"required"`
	ExpireTime  schema.Time `json:"expire_time" title:"过期时间" rule:"required"`

	SendRequestNo       string      `json:"send_request_no" title:"发券请求单号" rule:"required"`
	UseRequestNo        string      `json:"use_request_no,omitempty" title:"核销请求单号"`
	UseTime             schema.Time `json:"use_time,omitzero" title:"核销时间"`
	ReturnRequestNo     string      `json:"return_request_no,omitempty" title:"退券请求单号"`
	ReturnTime          schema.Time `json:"return_time,omitzero" title:"退券时间"`
	DeactivateRequestNo string      `json:"deactivate_request_no,omitempty" title:"失效请求单号"`
	DeactivateTime      schema.Time `json:"deactivate_time,omitzero" title:"失效时间"`
	DeactivateReason    string      `json:"deactivate_reason,omitempty" title:"失效原因"`
	OutTradeNo          string      `json:"out_trade_no,omitempty" title:"关联的商户订单号"`
	// Subsidized is what was paid as subsidy for the coupon and not returned, in fen.
	Subsidized int64 `json:"subsidized,omitempty" title:"已补差金额"`
}

// ExportPaymentsRequest asks for the next payments with vouchers of a stock, or for the refunds, the
// oldest first.
type ExportPaymentsRequest struct {
	StockID string `query:"stock_id" json:"-" title:"批次号" rule:"required chars=1..20"`
	// Kind is USE for payments, REFUND for refunds.
	Kind string `query:"kind" json:"-" title:"种类" rule:"required enum=USE|REFUND"`
	// From and Until bound the time, the latter exclusively.
	From  schema.Time `query:"from" json:"-" title:"起始时间" rule:"chars=1..40"`
	Until schema.Time `query:"until" json:"-" title:"截止时间" rule:"chars=1..40"`
	// AfterTime and AfterID are of the last line of the piece before.
	AfterTime schema.Time `query:"after_time" json:"-" title:"上一段末行时间" rule:"chars=1..40"`
	AfterID   int64       `query:"after_id" json:"-" title:"上一段末行序号" rule:"range=0.."`
}

// ExportedPayments is a piece of an export.
type ExportedPayments struct {
	Payments []ExportedPayment `json:"payments" title:"支付与退款" rule:"required"`
	// More says that there may be more behind the last line.
	More bool `json:"more" title:"是否还有" rule:"required"`
}

// ExportedPayment is a voucher that a payment used, or what of it was refunded. Amounts are in fen.
type ExportedPayment struct {
	// ID grows with time within a stock.
	ID            int64       `json:"id" title:"序号" rule:"required"`
	Kind          string      `json:"kind" title:"种类" rule:"required enum=USE|REFUND"`
	Time          schema.Time `json:"time" title:"时间" rule:"required"`
	StockID       string      `json:"stock_id" title:"批次号" rule:"required"`
	CouponID      string      `json:"coupon_id" title:"代金券id" rule:"required"`
	TransactionID string      `json:"transaction_id" title:"微信支付订单号" rule:"required"`
	RefundID      string      `json:"refund_id,omitempty" title:"退款单号"`
	MchID         string      `json:"mchid" title:"收款商户号" rule:"required"`
	OutTradeNo    string      `json:"out_trade_no,omitempty" title:"商户订单号"`
	TradeType     string      `json:"trade_type,omitempty" title:"交易类型"`
	// Discount is what the voucher took off or gets back, Total the order's or what of it was
	// refunded.
	Discount int64 `json:"discount" title:"优惠金额" rule:"required"`
	Total    int64 `json:"total" title:"订单金额" rule:"required"`
}

func exportOperations() []wire.Operation {
	const base = "/manage/v1/exports/"
	return []wire.Operation{
		{
			ID: ExportCoupons, Title: wire.Text{ZH: "导出商家券", EN: "Export coupons"}, Duty: wire.DutyHolders, Section: "management",
			Method: http.MethodGet, Path: base + "coupons",
			Request: schema.Of[ExportCouponsRequest](), Response: schema.Of[ExportedCoupons](),
		},
		{
			ID: ExportPayments, Title: wire.Text{ZH: "导出代金券支付与退款", EN: "Export payments and refunds with vouchers"}, Section: "management",
			Duty: wire.DutyBooks, Method: http.MethodGet, Path: base + "payments",
			Request: schema.Of[ExportPaymentsRequest](), Response: schema.Of[ExportedPayments](),
		},
	}
}
