package busifavor

import (
	"net/http"
	"slices"
	"time"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// couponOperations are those on single coupons.
func couponOperations() []wire.Operation {
	return slices.Concat(issuingOperations(), redeemingOperations(), undoingOperations(), orderOperations())
}

func issuingOperations() []wire.Operation {
	return []wire.Operation{
		{
			ID: SendCoupon, Title: wire.Text{ZH: "发放商家券", EN: "Issue a coupon"}, Section: "busifavor B9",
			Method: http.MethodPost, Path: "/v3/marketing/busifavor/coupons/send", Success: http.StatusOK,
			RequestNo: "out_request_no",
			Request:   schema.Of[SendCouponRequest](),
			Response:  schema.Of[SendCouponResponse](),
			Failures: []wire.Failure{
				appIDMismatch(),
				{Status: http.StatusBadRequest, Code: "INVALID_REQUEST", Message: "请求重入时，参数与首次请求时不一致", When: "out_request_no was used before with other content."},
				{Status: http.StatusBadRequest, Code: "RESOURCE_ALREADY_EXISTS", Message: "券code已存在，请更换coupon_code后重试", When: "The merchant's coupon code is already used in this stock."},
				{Status: http.StatusForbidden, Code: "NO_AUTH", Message: "发券商户无权限使用此API", When: "The caller does not have permission for this operation."},
				{Status: http.StatusForbidden, Code: "NO_AUTH", Message: "无权限", When: "The stock belongs to another merchant."},
				limited("总预算用完", "The stock has run out of coupons, budget or uploaded codes."),
				limited("用户达到单天限领", "The limit of the day is reached."),
				limited("用户领取张数达到上限", "The limit of the user is reached."),
				limited("用户自然人限领", "The limit of the person behind the user is reached."),
				limited("批次状态非运营中", "The stock is not running."),
				limited("该批次已过期", "The stock has ended."),
				limited("发券失败，该用户被限制领取", "The user is suspicious, and the stock refuses such users."),
				notFound("The stock does not exist."),
				userUnknown(),
			},
		},
	}
}

func redeemingOperations() []wire.Operation {
	return []wire.Operation{
		{
			ID: UseCoupon, Title: wire.Text{ZH: "核销用户券", EN: "Redeem a coupon"}, Section: "busifavor B10",
			Method: http.MethodPost, Path: "/v3/marketing/busifavor/coupons/use", Success: http.StatusOK,
			RequestNo: "use_request_no",
			Rate:      wire.Rate{Calls: 500, Per: time.Second, Scope: wire.PerMerchant},
			Request:   schema.Of[UseCouponRequest](),
			Response:  schema.Of[UseCouponResponse](),
			Failures: []wire.Failure{
				appIDMismatch(),
				{Status: http.StatusBadRequest, Code: "RESOURCE_ALREADY_EXISTS", Message: "券已被其他订单核销", When: "The coupon was redeemed under another number."},
				{Status: http.StatusBadRequest, Code: "INVALID_REQUEST", Message: "券状态非可用态", When: "The coupon was deactivated."},
				{Status: http.StatusBadRequest, Code: "INVALID_REQUEST", Message: "请求重入时，参数与首次请求时不一致", When: "use_request_no redeemed this coupon before, with other content."},
				{Status: http.StatusBadRequest, Code: "INVALID_REQUEST", Message: "核销请求单据号已被使用，请更换use_request_no后重试", When: "use_request_no redeemed this coupon before it was returned."},
				{Status: http.StatusForbidden, Code: "NO_AUTH", Message: "商户无权限操作该券", When: "The caller did not create the stock."},
				limited("券不在有效期内", "The coupon cannot be used at this time, or has expired."),
				{Status: http.StatusNotFound, Code: "RESOURCE_NOT_EXISTS", Message: "查询不到该券，请确认批次号与coupon_code是否匹配", When: "There is no such coupon in the stock."},
				{Status: http.StatusNotFound, Code: "RESOURCE_NOT_EXISTS", Message: "券已被删除", When: "The holder deleted the coupon."},
				userUnknown(),
			},
		},
	}
}

// undoingOperations end a redemption or a coupon.
func undoingOperations() []wire.Operation {
	return []wire.Operation{
		{
			ID: ReturnCoupon, Title: wire.Text{ZH: "申请退券", EN: "Return a coupon"}, Section: "busifavor B11",
			Method: http.MethodPost, Path: "/v3/marketing/busifavor/coupons/return", Success: http.StatusOK,
			RequestNo: "return_request_no",
			Request:   schema.Of[ReturnCouponRequest](),
			Response:  schema.Of[ReturnCouponResponse](),
			Failures: []wire.Failure{
				{Status: http.StatusBadRequest, Code: "INVALID_REQUEST", Message: "券未核销，无法退回", When: "The coupon is not redeemed."},
				notYours("The caller did not create the stock."),
				{Status: http.StatusNotFound, Code: "RESOURCE_NOT_EXISTS", Message: "券不存在", When: "There is no such coupon in the stock."},
				{Status: http.StatusNotFound, Code: "RESOURCE_NOT_EXISTS", Message: "券已被删除", When: "The holder deleted the coupon."},
			},
		},
		{
			ID: DeactivateCoupon, Title: wire.Text{ZH: "使券失效", EN: "Deactivate a coupon"}, Section: "busifavor B12",
			Method: http.MethodPost, Path: "/v3/marketing/busifavor/coupons/deactivate", Success: http.StatusOK,
			RequestNo: "deactivate_request_no",
			Request:   schema.Of[DeactivateCouponRequest](),
			Response:  schema.Of[DeactivateCouponResponse](),
			Failures: []wire.Failure{
				otherContent("deactivate_request_no"),
				notUsable("The coupon was used, deleted or deactivated, or has expired."),
				notYours("The caller did not create the stock."),
				{Status: http.StatusNotFound, Code: "RESOURCE_NOT_EXISTS", Message: "批次不存在", When: "The stock does not exist."},
				notFound("There is no such coupon in the stock."),
			},
		},
	}
}

// orderOperations associate orders with coupons.
func orderOperations() []wire.Operation {
	missing := wire.Failure{Status: http.StatusBadRequest, Code: "INVALID_REQUEST", Message: "券不存在", When: "There is no such coupon in the stock."}
	return []wire.Operation{
		{
			ID: AssociateOrder, Title: wire.Text{ZH: "关联订单信息", EN: "Associate an order with a coupon"}, Section: "busifavor B13",
			Method: http.MethodPost, Path: "/v3/marketing/busifavor/coupons/associate", Success: http.StatusOK,
			RequestNo: "out_request_no",
			Rate:      wire.Rate{Calls: 500, Per: time.Second, Scope: wire.PerMerchant},
			Request:   schema.Of[AssociateOrderRequest](),
			Response:  schema.Of[AssociateOrderResponse](),
			Failures: []wire.Failure{
				missing,
				notUsable("The coupon was used, deleted or deactivated, or has expired."),
				otherContent("out_request_no"),
				{Status: http.StatusBadRequest, Code: "INVALID_REQUEST", Message: "券已关联其他商户订单", When: "Another order is associated with the coupon."},
				notYours("The caller is neither the creator of the stock nor the merchant that it belongs to."),
				{Status: http.StatusNotFound, Code: "RESOURCE_NOT_EXISTS", Message: "查询记录为空", When: "Neither of the two has an order with this out_trade_no. A sandbox takes any number."},
			},
		},
		{
			ID: DisassociateOrder, Title: wire.Text{ZH: "取消关联订单信息", EN: "Disassociate an order from a coupon"}, Section: "busifavor B14",
			Method: http.MethodPost, Path: "/v3/marketing/busifavor/coupons/disassociate", Success: http.StatusOK,
			RequestNo: "out_request_no",
			Rate:      wire.Rate{Calls: 500, Per: time.Second, Scope: wire.PerMerchant},
			Request:   schema.Of[DisassociateOrderRequest](),
			Response:  schema.Of[DisassociateOrderResponse](),
			Failures: []wire.Failure{
				missing,
				notUsable("The coupon was used, deleted or deactivated, or has expired."),
				otherContent("out_request_no"),
				{Status: http.StatusBadRequest, Code: "INVALID_REQUEST", Message: "券未关联该商户订单", When: "This order is not associated with the coupon."},
				notYours("The caller is neither the creator of the stock nor the merchant that it belongs to."),
			},
		},
	}
}

func otherContent(number string) wire.Failure {
	return wire.Failure{
		Status: http.StatusBadRequest, Code: "INVALID_REQUEST", Message: "请求重入时，参数与首次请求时不一致",
		When: number + " was used before with other content.",
	}
}

func notYours(when string) wire.Failure {
	return wire.Failure{Status: http.StatusForbidden, Code: "NO_AUTH", Message: "商户无权限操作该券", When: when}
}

func notUsable(when string) wire.Failure {
	return wire.Failure{Status: http.StatusBadRequest, Code: "INVALID_REQUEST", Message: "券状态非可用态", When: when}
}
