package example

import (
	"maps"
	"slices"

	"github.com/favord/favord/wire/busifavor"
)

// What every new sandbox has: a stock of merchant coupons, and a second merchant of the same brand.
const (
	demoStock = "1282070000000017"
	demoShop  = "1900000002"
)

func busifavorExamples() []Example {
	return append(append(stocks(), coupons()...), subsidies()...)
}

// stock creates a stock of merchant coupons.
func stock(codes string) Example {
	return Example{Operation: busifavor.CreateStock, Body: `{
  "stock_name": "满10元减5元",
  "belong_merchant": "${mchid}",
  "comment": "示例批次",
  "goods_name": "全场商品",
  "stock_type": "NORMAL",
  "coupon_use_rule": {
    "coupon_available_time": {
      "available_begin_time": "${now}",
      "available_end_time": "${now+30d}"
    },
    "fixed_normal_coupon": {
      "discount_amount": 500,
      "transaction_minimum": 1000
    },
    "use_method": "OFF_LINE"
  },
  "stock_send_rule": {
    "max_coupons": 1000,
    "max_coupons_per_user": 10
  },
  "out_request_no": "${number}",
  "custom_entrance": {
    "code_display_mode": "QRCODE"
  },
  "display_pattern_info": {
    "description": "每笔订单限用一张",
    "background_color": "Color020"
  },
  "coupon_code_mode": "` + codes + `",
  "notify_config": {
    "notify_appid": "${appid}"
  }
}`}
}

// created is a stock whose coupons have the codes of the platform, or those that were uploaded.
func created(codes string) Step {
	return Step{Call: stock(codes), Keep: "stock_id", From: "stock_id"}
}

func stocks() []Example {
	own := []Step{created("WECHATPAY_MODE")}
	pool := []Step{created("MERCHANT_UPLOAD")}
	upload := Example{
		Operation: busifavor.UploadCodes, Before: pool, Parameters: map[string]string{"stock_id": "${stock_id}"},
		Body: `{
  "coupon_code_list": ["A0001", "A0002", "A0003"],
  "upload_request_no": "${number}"
}`,
	}
	uploaded := slices.Concat(pool, []Step{{Call: upload}})
	one := map[string]string{"stock_id": "${stock_id}", "coupon_code": "A0001"}
	deleted := maps.Clone(one)
	deleted["delete_request_no"] = "${number}"
	set := Example{Operation: busifavor.SetCallback, Body: callback}
	return []Example{
		stock("WECHATPAY_MODE"),
		{Operation: busifavor.GetStock, Parameters: map[string]string{"stock_id": demoStock}},
		{Operation: busifavor.ModifyStock, Before: own, Parameters: map[string]string{"stock_id": "${stock_id}"}, Body: `{
  "out_request_no": "${number}",
  "comment": "已修改",
  "goods_name": "饮料和零食"
}`},
		{Operation: busifavor.SetBudget, Before: own, Parameters: map[string]string{"stock_id": "${stock_id}"}, Body: `{
  "target_max_coupons": 2000,
  "current_max_coupons": 1000,
  "modify_budget_request_no": "${number}"
}`},
		upload,
		{Operation: busifavor.ListCodes, Before: uploaded, Parameters: map[string]string{
			"stock_id": "${stock_id}", "offset": "0", "limit": "20",
		}},
		{Operation: busifavor.GetCode, Before: uploaded, Parameters: one},
		{Operation: busifavor.DeleteCode, Before: uploaded, Parameters: deleted},
		set,
		{Operation: busifavor.GetCallback, Before: []Step{{Call: set}}, Parameters: map[string]string{"mchid": "${mchid}"}},
	}
}

// callback is a program on the machine of a sandbox; elsewhere the URL begins with https.
const callback = `{
  "mchid": "${mchid}",
  "notify_url": "http://127.0.0.1:3000/notify"
}`

// issue gives out a coupon of the stock that every sandbox has.
func issue() Example {
	return Example{Operation: busifavor.SendCoupon, Body: `{
  "openid": "${openid}",
  "appid": "${appid}",
  "stock_id": "` + demoStock + `",
  "out_request_no": "${number}"
}`}
}

func use() Example {
	return Example{Operation: busifavor.UseCoupon, Before: issued(), Body: `{
  "coupon_code": "${coupon_code}",
  "stock_id": "` + demoStock + `",
  "appid": "${appid}",
  "use_time": "${now}",
  "use_request_no": "${number}",
  "openid": "${openid}"
}`}
}

func issued() []Step {
	return []Step{{Call: issue(), Keep: "coupon_code", From: "send_coupon_result.coupon_code"}}
}

func used() []Step { return append(issued(), Step{Call: use()}) }

// order is the body that ties a coupon to an order, or unties it.
const order = `{
  "stock_id": "` + demoStock + `",
  "coupon_code": "${coupon_code}",
  "out_trade_no": "${number.order}",
  "out_request_no": "${number}"
}`

func coupons() []Example {
	associate := Example{Operation: busifavor.AssociateOrder, Before: issued(), Body: order}
	return []Example{
		issue(),
		use(),
		{Operation: busifavor.ReturnCoupon, Before: used(), Body: `{
  "coupon_code": "${coupon_code}",
  "stock_id": "` + demoStock + `",
  "return_request_no": "${number}"
}`},
		{Operation: busifavor.DeactivateCoupon, Before: issued(), Body: `{
  "coupon_code": "${coupon_code}",
  "stock_id": "` + demoStock + `",
  "deactivate_request_no": "${number}",
  "deactivate_reason": "活动取消"
}`},
		associate,
		{Operation: busifavor.DisassociateOrder, Before: append(issued(), Step{Call: associate}), Body: order},
		{
			Operation: busifavor.SendCard, Parameters: map[string]string{"card_id": "pIJMr5MMiIkO_93VtPyIiEk2DZ4w"},
			Body: `{
  "appid": "${appid}",
  "openid": "${openid}",
  "out_request_no": "${number}",
  "send_time": "${now}"
}`,
		},
		{
			Operation: busifavor.ListUserCoupons, Before: []Step{{Call: issue()}},
			Parameters: map[string]string{"openid": "${openid}", "appid": "${appid}", "creator_merchant": "${mchid}", "offset": "0", "limit": "20"},
		},
		{
			Operation: busifavor.GetUserCoupon, Before: issued(),
			Parameters: map[string]string{"openid": "${openid}", "coupon_code": "${coupon_code}", "appid": "${appid}"},
		},
	}
}

func subsidies() []Example {
	pay := Example{Operation: busifavor.PaySubsidy, Before: used(), Body: `{
  "stock_id": "` + demoStock + `",
  "coupon_code": "${coupon_code}",
  "transaction_id": "${transaction.a}",
  "payer_merchant": "${mchid}",
  "payee_merchant": "` + demoShop + `",
  "amount": 100,
  "description": "门店补差",
  "out_subsidy_no": "${number}"
}`}
	paid := append(used(), Step{Call: pay, Keep: "subsidy_receipt_id", From: "subsidy_receipt_id"})
	back := Example{Operation: busifavor.ReturnSubsidy, Before: paid, Body: `{
  "stock_id": "` + demoStock + `",
  "coupon_code": "${coupon_code}",
  "transaction_id": "${transaction.a}",
  "refund_id": "${transaction.b}",
  "payer_merchant": "${mchid}",
  "payee_merchant": "` + demoShop + `",
  "amount": 40,
  "description": "退回部分补差",
  "out_subsidy_return_no": "${number}"
}`}
	return []Example{
		pay,
		{Operation: busifavor.ListSubsidies, Before: paid, Parameters: map[string]string{"stock_id": demoStock, "coupon_code": "${coupon_code}"}},
		{Operation: busifavor.GetSubsidy, Before: paid, Parameters: map[string]string{"subsidy_receipt_id": "${subsidy_receipt_id}"}},
		back,
		{
			Operation: busifavor.GetSubsidyReturn, Parameters: map[string]string{"subsidy_return_receipt_id": "${subsidy_return_receipt_id}"},
			Before: append(paid, Step{Call: back, Keep: "subsidy_return_receipt_id", From: "subsidy_return_receipt_id"}),
		},
	}
}
