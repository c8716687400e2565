// Package busifavor is the wire of merchant coupons (商家券): bodies and the table
// of operations. B1, 4.2 and the like are sections of the busifavor contract; a length of
// 1024 is ours where it names none.
// Amounts are in fen; times are RFC 3339 and written in Beijing time; lengths
// count characters.
package busifavor

import (
	"net/http"
	"slices"
	"time"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Ids of the operations.
const (
	CreateStock       = "busifavor.stocks.create"
	GetStock          = "busifavor.stocks.get"
	SendCoupon        = "busifavor.coupons.send"
	UseCoupon         = "busifavor.coupons.use"
	ReturnCoupon      = "busifavor.coupons.return"
	DeactivateCoupon  = "busifavor.coupons.deactivate"
	AssociateOrder    = "busifavor.coupons.associate"
	DisassociateOrder = "busifavor.coupons.disassociate"
	ListUserCoupons   = "busifavor.users.list"
	GetUserCoupon     = "busifavor.users.get"
)

// Operations returns the table.
func Operations() []wire.Operation {
	operations := slices.Concat(
		stockOperations(), changeOperations(), codeOperations(), couponOperations(),
		cardOperations(), userOperations(), subsidyOperations(), callbackOperations(),
	)
	for i := range operations {
		operations[i].Product = wire.BusiFavor
		operations[i].Auth = wire.SignedByMerchant
	}
	return operations
}

func stockOperations() []wire.Operation {
	return []wire.Operation{
		{
			ID: CreateStock, Title: wire.Text{ZH: "创建商家券", EN: "Create a stock"}, Section: "busifavor B1",
			Method: http.MethodPost, Path: "/v3/marketing/busifavor/stocks", Success: http.StatusOK,
			RequestNo: "out_request_no",
			Rate:      wire.Rate{Calls: 1000, Per: time.Minute, Scope: wire.WholeInterface},
			Request:   schema.Of[CreateStockRequest](),
			Response:  schema.Of[CreateStockResponse](),
			Failures: []wire.Failure{
				{Status: http.StatusBadRequest, Code: "PARAM_ERROR", Message: "非法敏感图片", When: "An image URL does not come from the image upload."},
				{Status: http.StatusBadRequest, Code: "INVALID_REQUEST", Message: "只允许普通商户和子商户给自己创建批次", When: "belong_merchant is neither the caller nor its sub-merchant."},
				{Status: http.StatusBadRequest, Code: "APPID_MCHID_NOT_MATCH", Message: "传入的小程序appid或商户appid，必须与调用方商户号存在关联关系", When: "An appid is bound neither to the caller nor to belong_merchant."},
				{Status: http.StatusBadRequest, Code: "MCH_NOT_EXISTS", Message: "商户号不存在", When: "belong_merchant does not exist."},
				{Status: http.StatusBadRequest, Code: "RESOURCE_ALREADY_EXISTS", Message: "创建请求重入，但本次请求与上次请求信息不一致", When: "out_request_no was used before with other content."},
			},
		},
		{
			ID: GetStock, Title: wire.Text{ZH: "查询商家券详情", EN: "Get a stock"}, Section: "busifavor B2",
			Method: http.MethodGet, Path: "/v3/marketing/busifavor/stocks/{stock_id}", Success: http.StatusOK,
			Request:  schema.Of[GetStockRequest](),
			Response: schema.Of[Stock](),
			Failures: []wire.Failure{
				notFound("The stock does not exist."),
				foreignStock(),
			},
		},
	}
}

func userOperations() []wire.Operation {
	foreign := wire.Failure{Status: http.StatusForbidden, Code: "NO_AUTH", Message: "无权限", When: "The caller has no part in what it asks for."}
	return []wire.Operation{
		{
			ID: ListUserCoupons, Title: wire.Text{ZH: "根据过滤条件查询用户券", EN: "List a user's coupons"}, Section: "busifavor B16",
			Method: http.MethodGet, Path: "/v3/marketing/busifavor/users/{openid}/coupons", Success: http.StatusOK,
			Request:  schema.Of[ListUserCouponsRequest](),
			Response: schema.Of[ListUserCouponsResponse](),
			Failures: []wire.Failure{
				{Status: http.StatusBadRequest, Code: "PARAM_ERROR", Message: "创建方商户、归属方商户、发放方商户，必须至少填一个", When: "No merchant is given."},
				appIDMismatch(), foreign, notFound("The stock does not exist."), userUnknown(),
			},
		},
		{
			ID: GetUserCoupon, Title: wire.Text{ZH: "查询用户单张券详情", EN: "Get a user's coupon"}, Section: "busifavor B17",
			Method: http.MethodGet, Path: "/v3/marketing/busifavor/users/{openid}/coupons/{coupon_code}/appids/{appid}", Success: http.StatusOK,
			Request:  schema.Of[GetUserCouponRequest](),
			Response: schema.Of[Coupon](),
			Failures: []wire.Failure{appIDMismatch(), foreign, notFound("The user has no such coupon."), userUnknown()},
		},
	}
}

func appIDMismatch() wire.Failure {
	return wire.Failure{
		Status: http.StatusBadRequest, Code: "APPID_MCHID_NOT_MATCH", Message: "AppID与请求方商户无关联关系",
		When: "The appid is bound neither to the caller nor to the merchant of the stock.",
	}
}

func userUnknown() wire.Failure {
	return wire.Failure{
		Status: http.StatusNotFound, Code: "USER_NOT_EXISTS", Message: "OpenID不正确",
		When: "The openid does not exist, does not belong to the appid, or does not hold the coupon.",
	}
}

func notFound(when string) wire.Failure {
	return wire.Failure{Status: http.StatusNotFound, Code: "RESOURCE_NOT_EXISTS", Message: "查询的资源不存在", When: when}
}

func limited(message, when string) wire.Failure {
	return wire.Failure{Status: http.StatusForbidden, Code: "RULE_LIMIT", Message: message, When: when}
}
