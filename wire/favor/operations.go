// Package favor is the wire of cash vouchers (代金券): bodies and the table of operations.
// 4.1 and the like are sections of the favor contract; a length of 1024 is ours where it
// names none. Amounts are in fen; times are RFC 3339 and written in Beijing time; lengths
// count characters; an offset is the number of a page, from 0.
package favor

import (
	"net/http"
	"time"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Ids of the operations.
const (
	CreateStock   = "favor.stocks.create"
	StartStock    = "favor.stocks.start"
	PauseStock    = "favor.stocks.pause"
	RestartStock  = "favor.stocks.restart"
	StopStock     = "favor.stocks.stop"
	ListStocks    = "favor.stocks.list"
	GetStock      = "favor.stocks.get"
	ListMerchants = "favor.stocks.merchants"
	ListItems     = "favor.stocks.items"
	ModifyGoods   = "favor.stocks.modifygoods"
	SendCoupon    = "favor.coupons.send"
	ListCoupons   = "favor.coupons.list"
	GetCoupon     = "favor.coupons.get"
)

// Operations returns the table.
func Operations() []wire.Operation {
	var operations []wire.Operation
	for _, part := range [][]wire.Operation{{createOperation()}, commandOperations(), stockOperations(), {sendOperation()}, couponOperations(), callbackOperations(), flowOperations()} {
		operations = append(operations, part...)
	}
	for i := range operations {
		operations[i].Product = wire.Favor
		operations[i].Auth = wire.SignedByMerchant
	}
	return operations
}

// perMinute and perSecond are documented rates, each of one merchant's calls.
func perMinute(calls int) wire.Rate {
	return wire.Rate{Calls: calls, Per: time.Minute, Scope: wire.PerMerchant}
}

func perSecond(calls int) wire.Rate {
	return wire.Rate{Calls: calls, Per: time.Second, Scope: wire.PerMerchant}
}

func createOperation() wire.Operation {
	return wire.Operation{
		ID: CreateStock, Title: wire.Text{ZH: "创建代金券批次", EN: "Create a voucher stock"}, Section: "favor 4.1",
		Method: http.MethodPost, Path: "/v3/marketing/favor/coupon-stocks", Success: http.StatusOK,
		RequestNo: "out_request_no",
		Rate:      perMinute(60),
		Request:   schema.Of[CreateStockRequest](),
		Response:  schema.Of[CreateStockResponse](),
		Failures: []wire.Failure{
			invalid("批次预算等于批次面额乘以发券数", "max_amount is not coupon_amount × max_coupons."),
			invalid("非法敏感图片", "An image URL does not come from the image upload."),
			refused("批次发放规则或核销规则有误，请修改后重试", "A rule for sending or using vouchers is violated."),
			refused("非法的商户号", "belong_merchant is not the caller."),
			refused("商户单据号重复，且与之前请求的参数不一致", "out_request_no was used before with other content."),
			{Status: http.StatusBadRequest, Code: "APPID_MCHID_NOT_MATCH", Message: "商户号与appid不匹配", When: "The mini program is bound to none of the available merchants."},
			merchantUnknown("An available merchant does not exist."),
			blocked("活动未开始或已结束\n", "The begin time has passed, or the name contains a forbidden word."),
		},
	}
}

// stockOperations show stocks.
func stockOperations() []wire.Operation {
	return []wire.Operation{
		{
			ID: ListStocks, Title: wire.Text{ZH: "条件查询批次列表", EN: "List a merchant's voucher stocks"}, Section: "favor 4.6",
			Method: http.MethodGet, Path: "/v3/marketing/favor/stocks", Success: http.StatusOK,
			Rate:     perSecond(1000),
			Request:  schema.Of[ListStocksRequest](),
			Response: schema.Of[ListStocksResponse](),
			Failures: []wire.Failure{
				invalid("商户号必填", "stock_creator_mchid is missing."),
				invalid("页大小超过阈值", "limit is more than 10."),
				invalid("输入时间格式错误", "A time is not RFC 3339."),
				invalid("非法的批次状态", "status is not a valid state."),
				refused("非法的商户号", "stock_creator_mchid is not the caller."),
			},
		},
		{
			ID: GetStock, Title: wire.Text{ZH: "查询批次详情", EN: "Get a voucher stock"}, Section: "favor 4.7",
			Method: http.MethodGet, Path: "/v3/marketing/favor/stocks/{stock_id}", Success: http.StatusOK,
			Rate:     perSecond(1000),
			Request:  schema.Of[GetStockRequest](),
			Response: schema.Of[Stock](),
			Failures: shownStock(),
		},
		{
			ID: ListMerchants, Title: wire.Text{ZH: "查询代金券可用商户", EN: "List the merchants of a voucher stock"}, Section: "favor 4.8",
			Method: http.MethodGet, Path: "/v3/marketing/favor/stocks/{stock_id}/merchants", Success: http.StatusOK,
			Rate:     perMinute(1000),
			Request:  schema.Of[ListMerchantsRequest](),
			Response: schema.Of[ListNamesResponse](),
			Failures: append(shownStock(), invalid("页大小超过阈值", "limit is more than 50.")),
		},
		{
			ID: ListItems, Title: wire.Text{ZH: "查询代金券可用单品", EN: "List the goods of a voucher stock"}, Section: "favor 4.9",
			Method: http.MethodGet, Path: "/v3/marketing/favor/stocks/{stock_id}/items", Success: http.StatusOK,
			Rate:     perMinute(600),
			Request:  schema.Of[ListItemsRequest](),
			Response: schema.Of[ListNamesResponse](),
			Failures: append(shownStock(), invalid("页大小超过阈值", "limit is more than 100.")),
		},
	}
}

// shownStock are the failures of whatever shows a stock.
func shownStock() []wire.Failure {
	return []wire.Failure{
		invalid("商户号必填", "stock_creator_mchid is missing."),
		refused("非法的商户号", "The caller may neither start the stock nor send its vouchers."),
		merchantUnknown("stock_creator_mchid did not create the stock."),
		stockNotFound(),
	}
}

func commandOperations() []wire.Operation {
	command := func(id, zh, en, section, verb string, response *schema.Object) wire.Operation {
		return wire.Operation{
			ID: id, Title: wire.Text{ZH: zh, EN: en}, Section: "favor " + section,
			Method: http.MethodPost, Path: "/v3/marketing/favor/stocks/{stock_id}/" + verb, Success: http.StatusOK,
			Request:  schema.Of[CommandRequest](),
			Response: response,
			Failures: commanded(),
		}
	}
	start := command(StartStock, "激活代金券批次", "Start a stock of vouchers", "4.2", "start", schema.Of[StartStockResponse]())
	start.Failures = append(start.Failures, wire.Failure{
		Status: http.StatusForbidden, Code: "RULE_LIMIT", Message: "单个可用商户号正在运营的活动超过500个",
		When: "One of the available merchants has 500 running stocks.",
	}, wire.Failure{
		Status: http.StatusForbidden, Code: "NOT_ENOUGH", Message: "账户余额不足，请充值",
		When: "The stock is pre-funded, and the creator's balance does not cover its budget.",
	})
	goods := command(ModifyGoods, "修改代金券可核销商品编码", "Change the goods of a stock of vouchers", "4.10", "modify-goods-id", schema.Of[ModifyGoodsResponse]())
	goods.Request = schema.Of[ModifyGoodsRequest]()
	goods.Failures = append(goods.Failures,
		invalid("新增商品编码和删除商品编码，必须至少填一个", "Neither list names goods."),
		invalid("单品券的可核销商品编码须为1至50个", "The stock would have no goods, or more than 50."),
		invalid("全场券不支持修改可核销商品编码", "The stock is for whole orders."))
	pause := command(PauseStock, "暂停代金券批次", "Pause a stock of vouchers", "4.3", "pause", schema.Of[PauseStockResponse]())
	restart := command(RestartStock, "重启代金券批次", "Restart a stock of vouchers", "4.4", "restart", schema.Of[RestartStockResponse]())
	start.Rate, pause.Rate, restart.Rate = perMinute(1000), perMinute(1000), perMinute(1000)
	return []wire.Operation{
		start, pause, restart,
		command(StopStock, "终止代金券批次", "Stop a stock of vouchers", "4.5", "stop", schema.Of[StopStockResponse]()),
		goods,
	}
}

// commanded are the failures of every command to a stock.
func commanded() []wire.Failure {
	return []wire.Failure{
		invalid("商户号必填", "stock_creator_mchid is missing."),
		refused("活动已结束或未激活", "The stock is not in a state that allows this."),
		merchantUnknown("stock_creator_mchid did not create the stock."),
		blocked("调用商户无权限", "The caller did not create the stock, or its merchant type may not call this operation."),
		stockNotFound(),
	}
}

func sendOperation() wire.Operation {
	return wire.Operation{
		ID: SendCoupon, Title: wire.Text{ZH: "发放代金券", EN: "Send a voucher"}, Section: "favor 4.11",
		Method: http.MethodPost, Path: "/v3/marketing/favor/users/{openid}/coupons", Success: http.StatusOK,
		RequestNo: "out_request_no",
		Rate:      perSecond(500),
		Request:   schema.Of[SendCouponRequest](),
		Response:  schema.Of[SendCouponResponse](),
		Failures: []wire.Failure{
			invalid("批次号必填", "stock_id is missing."),
			invalid("appid必填", "appid is missing."),
			invalid("商户号必填", "stock_creator_mchid is missing."),
			invalid("参数错误，请核对文档要求", "stock_creator_mchid did not create the stock, or a value was passed that only other stocks have."),
			appIDMismatch(),
			userUnknown(),
			refused("商户单据号重复，且与之前请求的参数不一致", "out_request_no was used before with other content."),
			refused("活动已结束或未激活", "The stock is not running."),
			refused("暂时无法领取，请联系商家处理。", "The user would get more than 5000 yuan of the creator's vouchers in this month."),
			{Status: http.StatusForbidden, Code: "USER_ACCOUNT_ABNORMAL", Message: "用户非法", When: "The user is suspicious, and the stock refuses such users."},
			{Status: http.StatusForbidden, Code: "NOT_ENOUGH", Message: "批次预算不足", When: "All vouchers of the stock have been sent."},
			blocked("批次不支持跨商户发券", "Only the creator may send vouchers of the stock."),
			blocked("商户无权发券", "The caller is not one of the merchants that may send the stock."),
			blocked("活动未开始或已结束", "The stock has ended."),
			{Status: http.StatusForbidden, Code: "RULE_LIMIT", Message: "用户已达最大领券次数", When: "The limit of the user, or of the person behind the user, is reached."},
			{Status: http.StatusForbidden, Code: "RULE_LIMIT", Message: "发券超过单天限额", When: "The budget of the day is spent."},
			stockNotFound(),
		},
	}
}

// couponOperations show vouchers.
func couponOperations() []wire.Operation {
	return []wire.Operation{
		{
			ID: ListCoupons, Title: wire.Text{ZH: "根据商户号查用户的券", EN: "List a user's vouchers"}, Section: "favor 4.12",
			Method: http.MethodGet, Path: "/v3/marketing/favor/users/{openid}/coupons", Success: http.StatusOK,
			Rate:     perSecond(2000),
			Request:  schema.Of[ListCouponsRequest](),
			Response: schema.Of[ListCouponsResponse](),
			Failures: []wire.Failure{
				invalid("appid必填", "appid is missing."),
				invalid("页大小超过阈值", "limit is more than 100."),
				appIDMismatch(),
				userUnknown(),
				merchantUnknown("A merchant does not exist, or offset is beyond the last page."),
			},
		},
		{
			ID: GetCoupon, Title: wire.Text{ZH: "查询代金券详情", EN: "Get a user's voucher"}, Section: "favor 4.13",
			Method: http.MethodGet, Path: "/v3/marketing/favor/users/{openid}/coupons/{coupon_id}", Success: http.StatusOK,
			Rate:     perSecond(1000),
			Request:  schema.Of[GetCouponRequest](),
			Response: schema.Of[Coupon](),
			Failures: []wire.Failure{
				invalid("appid必填", "appid is missing."),
				appIDMismatch(),
				userUnknown(),
				refused("非法的商户号", "The caller neither created the stock nor sent the voucher."),
				{Status: http.StatusNotFound, Code: "RESOURCE_NOT_EXISTS", Message: "券不存在", When: "The user has no such voucher."},
			},
		},
	}
}

func invalid(message, when string) wire.Failure {
	return wire.Failure{Status: http.StatusBadRequest, Code: "PARAM_ERROR", Message: message, When: when}
}

func refused(message, when string) wire.Failure {
	return wire.Failure{Status: http.StatusBadRequest, Code: "INVALID_REQUEST", Message: message, When: when}
}

func blocked(message, when string) wire.Failure {
	return wire.Failure{Status: http.StatusForbidden, Code: "REQUEST_BLOCKED", Message: message, When: when}
}

func merchantUnknown(when string) wire.Failure {
	return wire.Failure{Status: http.StatusBadRequest, Code: "MCH_NOT_EXISTS", Message: "商户号不合法", When: when}
}

func appIDMismatch() wire.Failure {
	return wire.Failure{
		Status: http.StatusBadRequest, Code: "APPID_MCHID_NOT_MATCH", Message: "商户号与appid不匹配",
		When: "The appid is not bound to the caller.",
	}
}

func userUnknown() wire.Failure {
	return refused("openid与appID不匹配", "The openid does not exist or does not belong to the appid.")
}

func stockNotFound() wire.Failure {
	return wire.Failure{Status: http.StatusNotFound, Code: "RESOURCE_NOT_EXISTS", Message: "批次不存在", When: "The stock does not exist."}
}
