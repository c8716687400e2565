package busifavor

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Ids of the operations about subsidies.
const (
	PaySubsidy       = "busifavor.subsidy.pay"
	ListSubsidies    = "busifavor.subsidy.list"
	GetSubsidy       = "busifavor.subsidy.get"
	ReturnSubsidy    = "busifavor.subsidy.return"
	GetSubsidyReturn = "busifavor.subsidy.return.get"
)

// PaySubsidyRequest is B20: one merchant refunds another one the discount of a redeemed
// coupon.
type PaySubsidyRequest struct {
	StockID       string `json:"stock_id" title:"批次号" rule:"required bytes=1..20"`
	CouponCode    string `json:"coupon_code" title:"券code" rule:"required bytes=1..128"`
	TransactionID string `json:"transaction_id" title:"微信支付订单号" rule:"required bytes=28..32"`
	// PayerMerchant is debited: the creator of the stock, or the merchant it belongs to.
	PayerMerchant string `json:"payer_merchant" title:"营销补差扣款商户号" rule:"required bytes=1..32"`
	// PayeeMerchant is credited: the merchant that the stock belongs to, or one of its brand.
	PayeeMerchant string `json:"payee_merchant" title:"营销补差入账商户号" rule:"required bytes=1..32"`
	Amount        int64  `json:"amount" title:"补差付款金额" rule:"required range=1..500000"`
	Description   string `json:"description" title:"补差付款描述" rule:"required chars=1..1024"`
	OutSubsidyNo  string `json:"out_subsidy_no" title:"业务请求唯一单号" rule:"required bytes=1..128 match=number"`
}

// SubsidyReceipt is a payment of a subsidy (12.4).
type SubsidyReceipt struct {
	// SubsidyReceiptID is there once the payment succeeded.
	SubsidyReceiptID string `json:"subsidy_receipt_id,omitempty" title:"补差付款唯一单号"`
	StockID          string `json:"stock_id" title:"批次号" rule:"required"`
	CouponCode       string `json:"coupon_code" title:"券code" rule:"required"`
	TransactionID    string `json:"transaction_id" title:"微信支付订单号" rule:"required"`
	PayerMerchant    string `json:"payer_merchant" title:"营销补差扣款商户号" rule:"required"`
	PayeeMerchant    string `json:"payee_merchant" title:"营销补差入账商户号" rule:"required"`
	Amount           int64  `json:"amount" title:"补差付款金额" rule:"required"`
	Description      string `json:"description" title:"补差付款描述" rule:"required"`
	Status           string `json:"status" title:"补差付款单据状态" rule:"required enum=PAY_RECEIPT_UNKNOWN|PAY_RECEIPT_ACCEPTED|PAY_RECEIPT_SUCCESS|PAY_RECEIPT_FAIL|PAY_RECEIPT_RETURNING|PAY_RECEIPT_PARTIAL_RETURN|PAY_RECEIPT_FULL_RETURN"`
	// FailReason is there if the payment failed.
	FailReason   string      `json:"fail_reason,omitempty" title:"补差付款失败原因" rule:"enum=PAY_RECEIPT_INSUFFICIENT_BALANCE|PAY_RECEIPT_NOT_INCOMESPLIT_ORDER|PAY_RECEIPT_EXCEED_SUBSIDY_AMOUNT_QUOTA|PAY_RECEIPT_EXCEED_SUBSIDY_COUNT_QUOTA|PAY_RECEIPT_OTHER"`
	SuccessTime  schema.Time `json:"success_time,omitzero" title:"补差付款完成时间"`
	OutSubsidyNo string      `json:"out_subsidy_no" title:"业务请求唯一单号" rule:"required"`
	CreateTime   schema.Time `json:"create_time" title:"补差付款发起时间" rule:"required"`
}

// ListSubsidiesRequest is B21.
type ListSubsidiesRequest struct {
	StockID      string `query:"stock_id" json:"-" title:"批次号" rule:"required bytes=1..20"`
	CouponCode   string `query:"coupon_code" json:"-" title:"券code" rule:"required bytes=1..128"`
	OutSubsidyNo string `query:"out_subsidy_no" json:"-" title:"业务请求唯一单号" rule:"bytes=1..128"`
}

// ListSubsidiesResponse are the payments for a coupon, the newest first; the newest 200 if
// there are more.
type ListSubsidiesResponse struct {
	PayReceiptList []SubsidyReceipt `json:"pay_receipt_list" title:"补差付款单据列表" rule:"required"`
}

// GetSubsidyRequest is B22.
type GetSubsidyRequest struct {
	SubsidyReceiptID string `path:"subsidy_receipt_id" json:"-" title:"补差付款唯一单号" rule:"required bytes=28..32"`
}

// ReturnSubsidyRequest is B23: a subsidy, or a part of it, goes back.
type ReturnSubsidyRequest struct {
	StockID       string `json:"stock_id" title:"批次号" rule:"required bytes=1..20"`
	CouponCode    string `json:"coupon_code" title:"券code" rule:"required bytes=1..128"`
	TransactionID string `json:"transaction_id" title:"微信支付订单号" rule:"required bytes=28..32"`
	RefundID      string `json:"refund_id" title:"微信支付退款单号" rule:"required bytes=28..32"`
	// PayerMerchant paid the subsidy and receives now.
	PayerMerchant string `json:"payer_merchant" title:"营销补差扣款商户号" rule:"required bytes=1..32"`
	// PayeeMerchant received the subsidy and is debited now.
	PayeeMerchant      string `json:"payee_merchant" title:"营销补差入账商户号" rule:"required bytes=1..32"`
	Amount             int64  `json:"amount" title:"补差回退金额" rule:"required range=1..500000"`
	Description        string `json:"description" title:"补差回退描述" rule:"required chars=1..1024"`
	OutSubsidyReturnNo string `json:"out_subsidy_return_no" title:"业务请求唯一单号" rule:"required bytes=1..128 match=number"`
}

// SubsidyReturnReceipt is a return of a subsidy (12.5).
type SubsidyReturnReceipt struct {
	// SubsidyReturnReceiptID is there once the return succeeded.
	SubsidyReturnReceiptID string      `json:"subsidy_return_receipt_id,omitempty" title:"补差回退唯一单号"`
	StockID                string      `json:"stock_id" title:"批次号" rule:"required"`
	CouponCode             string      `json:"coupon_code" title:"券code" rule:"required"`
	TransactionID          string      `json:"transaction_id" title:"微信支付订单号" rule:"required"`
	RefundID               string      `json:"refund_id" title:"微信支付退款单号" rule:"required"`
	PayerMerchant          string      `json:"payer_merchant" title:"营销补差扣款商户号" rule:"required"`
	PayeeMerchant          string      `json:"payee_merchant" title:"营销补差入账商户号" rule:"required"`
	Amount                 int64       `json:"amount" title:"补差回退金额" rule:"required"`
	Description            string      `json:"description" title:"补差回退描述" rule:"required"`
	Status                 string      `json:"status" title:"补差回退单据状态" rule:"required enum=RETURN_RECEIPT_UNKNOWN|RETURN_RECEIPT_ACCEPTED|RETURN_RECEIPT_SUCCESS|RETURN_RECEIPT_FAIL"`
	FailReason             string      `json:"fail_reason,omitempty" title:"补差回退失败原因" rule:"enum=RETURN_RECEIPT_INSUFFICIENT_BALANCE|RETURN_RECEIPT_OTHER"`
	ReturnDoneTime         schema.Time `json:"return_done_time,omitzero" title:"补差回退完成时间"`
	SubsidyReceiptID       string      `json:"subsidy_receipt_id" title:"补差付款唯一单号" rule:"required"`
	OutSubsidyReturnNo     string      `json:"out_subsidy_return_no" title:"业务请求唯一单号" rule:"required"`
	ReturnCreateTime       schema.Time `json:"return_create_time" title:"补差回退发起时间" rule:"required"`
}

// GetSubsidyReturnRequest is B24.
type GetSubsidyReturnRequest struct {
	SubsidyReturnReceiptID string `path:"subsidy_return_receipt_id" json:"-" title:"补差回退唯一单号" rule:"required bytes=28..32"`
}

func subsidyOperations() []wire.Operation {
	return append(subsidyPayments(), subsidyReturns()...)
}

func subsidyPayments() []wire.Operation {
	return []wire.Operation{
		{
			ID: PaySubsidy, Title: wire.Text{ZH: "营销补差付款", EN: "Pay a subsidy"}, Section: "busifavor B20",
			Method: http.MethodPost, Path: "/v3/marketing/busifavor/subsidy/pay-receipts", Success: http.StatusOK,
			RequestNo: "out_subsidy_no",
			Request:   schema.Of[PaySubsidyRequest](),
			Response:  schema.Of[SubsidyReceipt](),
			Failures: []wire.Failure{
				otherContent("out_subsidy_no"),
				{Status: http.StatusBadRequest, Code: "INVALID_REQUEST", Message: "换购券不支持营销补差", When: "The stock is of type EXCHANGE."},
				{Status: http.StatusBadRequest, Code: "INVALID_REQUEST", Message: "券未核销，无法补差", When: "The coupon is not redeemed."},
				{Status: http.StatusBadRequest, Code: "INVALID_REQUEST", Message: "订单与核销时的订单不一致", When: "The redemption named another transaction_id."},
				noSubsidies(),
				{Status: http.StatusForbidden, Code: "NO_AUTH", Message: "无权限", When: "The caller, the payer or the payee is not allowed."},
				notFound("The stock, the coupon or the order does not exist."),
			},
		},
		{
			ID: ListSubsidies, Title: wire.Text{ZH: "查询营销补差付款单列表", EN: "List the subsidies of a coupon"}, Section: "busifavor B21",
			Method: http.MethodGet, Path: "/v3/marketing/busifavor/subsidy/pay-receipts", Success: http.StatusOK,
			Request:  schema.Of[ListSubsidiesRequest](),
			Response: schema.Of[ListSubsidiesResponse](),
			Failures: []wire.Failure{notParty(), notFound("The stock or the coupon does not exist.")},
		},
		{
			ID: GetSubsidy, Title: wire.Text{ZH: "查询营销补差付款单详情", EN: "Get a subsidy"}, Section: "busifavor B22",
			Method: http.MethodGet, Path: "/v3/marketing/busifavor/subsidy/pay-receipts/{subsidy_receipt_id}", Success: http.StatusOK,
			Request:  schema.Of[GetSubsidyRequest](),
			Response: schema.Of[SubsidyReceipt](),
			Failures: []wire.Failure{notParty(), notFound("The receipt does not exist.")},
		},
	}
}

func subsidyReturns() []wire.Operation {
	return []wire.Operation{
		{
			ID: ReturnSubsidy, Title: wire.Text{ZH: "营销补差回退", EN: "Return a subsidy"}, Section: "busifavor B23",
			Method: http.MethodPost, Path: "/v3/marketing/busifavor/subsidy/return-receipts", Success: http.StatusOK,
			RequestNo: "out_subsidy_return_no",
			Request:   schema.Of[ReturnSubsidyRequest](),
			Response:  schema.Of[SubsidyReturnReceipt](),
			Failures: []wire.Failure{
				otherContent("out_subsidy_return_no"),
				{Status: http.StatusBadRequest, Code: "INVALID_REQUEST", Message: "回退金额大于可回退的补差金额", When: "The amount exceeds what is left of the subsidy."},
				{Status: http.StatusBadRequest, Code: "INVALID_REQUEST", Message: "订单未退款，无法回退补差", When: "The order is known, and nothing of it was refunded."},
				noSubsidies(),
				{Status: http.StatusForbidden, Code: "NO_AUTH", Message: "无权限", When: "The caller is neither the creator of the stock nor the merchant that it belongs to."},
				notFound("The stock, the coupon or the subsidy does not exist."),
			},
		},
		{
			ID: GetSubsidyReturn, Title: wire.Text{ZH: "查询营销补差回退单详情", EN: "Get the return of a subsidy"}, Section: "busifavor B24",
			Method: http.MethodGet, Path: "/v3/marketing/busifavor/subsidy/return-receipts/{subsidy_return_receipt_id}", Success: http.StatusOK,
			Request:  schema.Of[GetSubsidyReturnRequest](),
			Response: schema.Of[SubsidyReturnReceipt](),
			Failures: []wire.Failure{notParty(), notFound("The receipt does not exist.")},
		},
	}
}

func noSubsidies() wire.Failure {
	return wire.Failure{Status: http.StatusForbidden, Code: "NO_AUTH", Message: "无权限使用此API", When: "The caller does not have permission for this operation."}
}

func notParty() wire.Failure {
	return wire.Failure{Status: http.StatusForbidden, Code: "NO_AUTH", Message: "无权限", When: "The caller has no part in what it asks for."}
}
