package manage

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// ListPayments is the id of the operation that lists the payments of a merchant.
const ListPayments = "manage.payments.list"

// ListPaymentsRequest asks for the payments with vouchers that a merchant collected, the newest first.
type ListPaymentsRequest struct {
	// MchID collected the money.
	MchID string `query:"mchid" json:"-" title:"收款商户号" rule:"required chars=1..32"`
	// From and Until bound when it was paid, in business time; the latter exclusively.
	From  schema.Time `query:"from" json:"-" title:"起始时间" rule:"chars=1..40"`
	Until schema.Time `query:"until" json:"-" title:"截止时间" rule:"chars=1..40"`
	// After is the Next of the page before.
	After string `query:"after" json:"-" title:"起始位置" rule:"chars=1..64"`
	// Limit is the size of the page; nil means 20.
	Limit *int64 `query:"limit" json:"-" title:"分页大小" rule:"range=1..100"`
}

// PaymentList is a page of payments.
type PaymentList struct {
	Payments []Payment `json:"payments" title:"支付单" rule:"required"`
	// Next is what the next page is to be asked for as After; empty when this is the last.
	Next string `json:"next,omitempty" title:"下一页起始位置"`
}

// Payment is a payment with vouchers, without who paid. Amounts are in fen.
type Payment struct {
	TransactionID string `json:"transaction_id" title:"支付单号" rule:"required"`
	// MchID collected the money; MakerMchID reported the payment, and alone may see and refund it over
	// the payment rail.
	MchID      string `json:"mchid" title:"收款商户号" rule:"required"`
	MakerMchID string `json:"maker_mchid" title:"上报商户号" rule:"required"`
	OutTradeNo string `json:"out_trade_no,omitempty" title:"商户订单号"`
	// State says how much of Total was refunded: nothing, some or all of it.
	State       string      `json:"state" title:"支付状态" rule:"required enum=PAID|PARTLY_REFUNDED|REFUNDED"`
	ConsumeTime schema.Time `json:"consume_time" title:"核销时间" rule:"required"`
	// Total is the order's, Discount what vouchers took off, PayerTotal what the payer paid.
	Total      int64 `json:"total" title:"订单总金额" rule:"required"`
	Discount   int64 `json:"discount" title:"优惠金额" rule:"required"`
	PayerTotal int64 `json:"payer_total" title:"用户实付金额" rule:"required"`
	// Refunded is how much of Total was refunded, vouchers included.
	Refunded int64 `json:"refunded" title:"已退款金额" rule:"required"`
}

func paymentOperations() []wire.Operation {
	return []wire.Operation{{
		ID: ListPayments, Title: wire.Text{ZH: "查询商户的支付单列表", EN: "List a merchant's payments"},
		Duty: wire.DutyBooks, Section: "management", Method: http.MethodGet, Path: "/manage/v1/payments",
		Request: schema.Of[ListPaymentsRequest](), Response: schema.Of[PaymentList](),
	}}
}
