package example

import (
	"time"

	"github.com/favord/favord/wire/favor"
	"github.com/favord/favord/wire/rail"
)

// voucherStock creates a stock of cash vouchers that begins in a minute, as one may not begin in
// the past. Goods make it one for single items.
func voucherStock(end, goods string) Example {
	return Example{Operation: favor.CreateStock, Body: `{
  "stock_name": "满20元减1元",
  "comment": "示例批次",
  "belong_merchant": "${mchid}",
  "available_begin_time": "${now+1m}",
  "available_end_time": "${now` + end + `}",
  "stock_use_rule": {
    "max_coupons": 1000,
    "max_amount": 100000,
    "max_coupons_per_user": 10,
    "natural_person_limit": false,
    "prevent_api_abuse": false
  },
  "pattern_info": {
    "description": "每笔订单限用一张",
    "background_color": "COLOR020"
  },
  "coupon_use_rule": {
    "fixed_normal_coupon": {
      "coupon_amount": 100,
      "transaction_minimum": 2000
    },` + goods + `
    "available_merchants": ["${mchid}"]
  },
  "no_cash": true,
  "stock_type": "NORMAL",
  "out_request_no": "${number}"
}`}
}

// singleItems are the goods of a stock for single items.
const singleItems = `
    "available_items": ["apple-500g", "pear-500g"],`

// Until when stocks of vouchers last: long enough to be looked at, or so short that bills come soon.
const (
	long  = "+30d"
	brief = "+1d"
)

func planned(end, goods string) []Step {
	return []Step{{Call: voucherStock(end, goods), Keep: "stock_id", From: "stock_id"}}
}

// command is one to the stock that was created.
func command(operation string, before []Step) Example {
	return Example{
		Operation: operation, Before: before, Parameters: map[string]string{"stock_id": "${stock_id}"},
		Body: `{
  "stock_creator_mchid": "${mchid}"
}`,
	}
}

func running(end string) []Step {
	before := planned(end, "")
	return append(before, Step{Call: command(favor.StartStock, before)})
}

func favorExamples() []Example {
	start := command(favor.StartStock, planned(long, ""))
	pause := command(favor.PauseStock, running(long))
	goods := command(favor.ModifyGoods, planned(long, singleItems))
	goods.Body = `{
  "stock_creator_mchid": "${mchid}",
  "add_goods_id_list": ["plum-500g"],
  "delete_goods_id_list": ["pear-500g"]
}`
	page := func(limit string) map[string]string {
		return map[string]string{"stock_id": "${stock_id}", "offset": "0", "limit": limit, "stock_creator_mchid": "${mchid}"}
	}
	set := Example{Operation: favor.SetCallback, Body: callback}
	list := []Example{
		voucherStock(long, ""),
		start,
		pause,
		command(favor.RestartStock, append(running(long), Step{Call: pause})),
		command(favor.StopStock, planned(long, "")),
		goods,
		{Operation: favor.ListStocks, Parameters: map[string]string{"offset": "0", "limit": "10", "stock_creator_mchid": "${mchid}"}},
		{Operation: favor.GetStock, Before: planned(long, ""), Parameters: map[string]string{
			"stock_id": "${stock_id}", "stock_creator_mchid": "${mchid}",
		}},
		{Operation: favor.ListMerchants, Before: planned(long, ""), Parameters: page("50")},
		{Operation: favor.ListItems, Before: planned(long, singleItems), Parameters: page("100")},
		set,
		{Operation: favor.GetCallback, Before: []Step{{Call: set}}, Parameters: map[string]string{"mchid": "${mchid}"}},
	}
	return append(append(list, vouchers()...), append(payments(), bills()...)...)
}

func send(end string) Example {
	return Example{
		Operation: favor.SendCoupon, Before: running(end), Parameters: map[string]string{"openid": "${openid}"},
		Body: `{
  "stock_id": "${stock_id}",
  "out_request_no": "${number}",
  "appid": "${appid}",
  "stock_creator_mchid": "${mchid}"
}`,
	}
}

// sent is a voucher that can be used: its stock has begun.
func sent(end string) []Step {
	return append(running(end), Step{Call: send(end), Keep: "coupon_id", From: "coupon_id"}, Step{Advance: 2 * time.Minute})
}

func vouchers() []Example {
	held := append(running(long), Step{Call: send(long), Keep: "coupon_id", From: "coupon_id"})
	return []Example{
		send(long),
		{
			Operation: favor.ListCoupons, Before: held,
			Parameters: map[string]string{
				"openid": "${openid}", "appid": "${appid}", "stock_id": "${stock_id}", "creator_mchid": "${mchid}", "offset": "0", "limit": "20",
			},
		},
		{
			Operation: favor.GetCoupon, Before: held,
			Parameters: map[string]string{"openid": "${openid}", "coupon_id": "${coupon_id}", "appid": "${appid}"},
		},
	}
}

// pay pays an order of 50 yuan with the voucher.
func pay(end string) Example {
	return Example{Operation: rail.Pay, Before: sent(end), Body: `{
  "transaction_id": "${transaction.a}",
  "appid": "${appid}",
  "openid": "${openid}",
  "order": {
    "mchid": "${mchid}",
    "total": 5000
  },
  "coupon_ids": ["${coupon_id}"],
  "out_trade_no": "${number.order}"
}`}
}

func paid(end string) []Step { return append(sent(end), Step{Call: pay(end)}) }

// refund gives a part of the order back.
func refund(end string) Example {
	return Example{
		Operation: rail.MakeRefund, Before: paid(end), Parameters: map[string]string{"transaction_id": "${transaction.a}"},
		Body: `{
  "refund_id": "${transaction.b}",
  "amount": 2000
}`,
	}
}

func payments() []Example {
	return []Example{
		{Operation: rail.MakeQuote, Before: sent(long), Body: `{
  "appid": "${appid}",
  "openid": "${openid}",
  "order": {
    "mchid": "${mchid}",
    "total": 5000
  }
}`},
		pay(long),
		{Operation: rail.GetPayment, Before: paid(long), Parameters: map[string]string{"transaction_id": "${transaction.a}"}},
		refund(long),
	}
}

// billed is a stock that has ended, a day and ten hours ago at least, with a line in each bill.
func billed(more ...Step) []Step {
	return append(append(paid(brief), more...), Step{Advance: 3 * day})
}

func bills() []Example {
	one := map[string]string{"stock_id": "${stock_id}"}
	ofDay := map[string]string{"stock_id": "${stock_id}", "bill_date": "${date+2m}"}
	back := Step{Call: refund(brief)}
	uses := Example{Operation: favor.UseFlow, Before: billed(), Parameters: one}
	return []Example{
		uses,
		{Operation: favor.RefundFlow, Before: billed(back), Parameters: one},
		{Operation: favor.UseFlowByDay, Before: billed(), Parameters: ofDay},
		{Operation: favor.RefundFlowByDay, Before: billed(back), Parameters: ofDay},
		{
			Operation: favor.DownloadFlow, Parameters: map[string]string{"token": "${token}"},
			Before: append(billed(), Step{Call: uses, Keep: "token", From: "url?token"}),
		},
	}
}
