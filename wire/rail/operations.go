package rail

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Ids of the operations.
const (
	MakeQuote  = "rail.quotes.make"
	Pay        = "rail.payments.consume"
	GetPayment = "rail.payments.get"
	MakeRefund = "rail.payments.refund"
)

// Operations returns the table.
func Operations() []wire.Operation {
	operations := append(payOperations(), refundOperations()...)
	for i := range operations {
		op := &operations[i]
		op.Product, op.Auth, op.Success, op.Section = wire.Rail, wire.SignedByMerchant, http.StatusOK, "rail"
	}
	return operations
}

func noRail() wire.Failure {
	return wire.Failure{Status: http.StatusForbidden, Code: "NO_AUTH", Message: "商户未开通支付通道权限", When: "The caller lacks the permission PAYMENT_RAIL."}
}

func payOperations() []wire.Operation {
	order := wire.Failure{Status: http.StatusBadRequest, Code: "PARAM_ERROR", Message: "订单金额或单品信息有误", When: "The items cost more than the order."}
	payee := wire.Failure{Status: http.StatusBadRequest, Code: "MCH_NOT_EXISTS", Message: "商户号不合法", When: "The merchant that receives the payment does not exist."}
	noUser := wire.Failure{Status: http.StatusNotFound, Code: "USER_NOT_EXISTS", Message: "OpenID不正确", When: "The openid does not exist, or does not belong to the appid."}
	return []wire.Operation{
		{
			ID: MakeQuote, Title: wire.Text{ZH: "查询订单可用的代金券", EN: "Quote vouchers for an order"},
			Method: http.MethodPost, Path: "/rail/v1/quotes", ReadOnly: true,
			Request: schema.Of[QuoteRequest](), Response: schema.Of[Quote](),
			Failures: []wire.Failure{noRail(), order, payee, noUser},
		},
		{
			ID: Pay, Title: wire.Text{ZH: "支付核销代金券", EN: "Consume vouchers with a payment"},
			Method: http.MethodPost, Path: "/rail/v1/payments", RequestNo: "transaction_id",
			Request: schema.Of[PayRequest](), Response: schema.Of[Payment](),
			Failures: append([]wire.Failure{
				noRail(), order, payee, noUser,
				{Status: http.StatusNotFound, Code: "RESOURCE_NOT_EXISTS", Message: "券不存在", When: "The user has no such voucher."},
				{Status: http.StatusBadRequest, Code: "RESOURCE_ALREADY_EXISTS", Message: "支付单号重复，且与之前请求的参数不一致", When: "transaction_id was used before with other content."},
				{Status: http.StatusForbidden, Code: "NOT_ENOUGH", Message: "批次预算不足", When: "The budget of a pre-funded stock is not locked any more."},
			}, misfits()...),
		},
	}
}

func refundOperations() []wire.Operation {
	unknown := wire.Failure{Status: http.StatusNotFound, Code: "RESOURCE_NOT_EXISTS", Message: "支付单不存在", When: "There is no such payment."}
	return []wire.Operation{
		{
			ID: GetPayment, Title: wire.Text{ZH: "查询支付单", EN: "Get a payment"},
			Method: http.MethodGet, Path: "/rail/v1/payments/{transaction_id}",
			Request: schema.Of[GetPaymentRequest](), Response: schema.Of[Payment](),
			Failures: []wire.Failure{noRail(), unknown},
		},
		{
			ID: MakeRefund, Title: wire.Text{ZH: "退款", EN: "Refund a payment"},
			Method: http.MethodPost, Path: "/rail/v1/payments/{transaction_id}/refunds", RequestNo: "refund_id",
			Request: schema.Of[RefundRequest](), Response: schema.Of[Refund](),
			Failures: []wire.Failure{
				noRail(), unknown,
				{Status: http.StatusBadRequest, Code: "RESOURCE_ALREADY_EXISTS", Message: "退款单号重复，且与之前请求的参数不一致", When: "refund_id was used before with other content."},
				{
					Status: http.StatusBadRequest, Code: "PARAM_ERROR",
					Message: "退款单品有误：须为该订单的单品，数量不超过订单，金额之和不超过退款金额",
					When:    "The goods are not of the order, more than were bought, or cost more than the refund.",
				},
				limited("退款金额超过可退金额", "The refunds would exceed the payment."),
				limited("部分退款已达50次上限", "The payment was refunded 50 times."),
				limited("支付已超过365天，不能退款", "The payment is older than 365 days."),
			},
		},
	}
}

func limited(message, when string) wire.Failure {
	return wire.Failure{Status: http.StatusForbidden, Code: "RULE_LIMIT", Message: message, When: when}
}

// misfits are the reasons for which a voucher does not apply to an order.
func misfits() []wire.Failure {
	return []wire.Failure{
		limited("代金券已使用或已过期", "The voucher is used or has expired."),
		limited("代金券不在可用时间内", "The voucher cannot be used at this time."),
		limited("收款商户不在代金券的可用商户中", "The voucher cannot be used at this merchant."),
		limited("订单优惠标记与代金券不符", "The order lacks a goods_tag of the voucher."),
		limited("支付场景与代金券不符", "The voucher cannot be used in this kind of payment."),
		limited("支付方式与代金券不符", "The voucher requires a different payment method."),
		limited("银行卡与代金券不符", "The voucher requires a different bank card."),
		limited("未达到代金券的使用门槛", "The amount is below the threshold."),
		limited("订单中没有代金券适用的单品", "The order has none of the voucher's goods."),
		limited("所选代金券不能一起使用", "The vouchers cannot be used together."),
	}
}
