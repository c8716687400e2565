package httpapi_test

import (
	"fmt"
	"net/http"
	"time"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/wire/rail"
)

const (
	pathQuotes   = "/rail/v1/quotes"
	pathPayments = "/rail/v1/payments"
)

func pathRefunds(transaction string) string { return pathPayments + "/" + transaction + "/refunds" }

// unpaying takes the permission to make payments from alice.
func (f *fixture) unpaying() *fixture {
	f.t.Helper()
	f.changeMerchant(alice, func(m *merchant.Merchant) { m.Permissions = []merchant.Permission{merchant.IssueByAPI} })
	return f
}

// order returns an order that the fixture's plain vouchers apply to.
func order(change func(o object)) object {
	o := object{"mchid": string(alice), "total": 5000}
	if change != nil {
		change(o)
	}
	return o
}

func (f *fixture) payBody(o object, coupons ...string) object {
	body := object{"transaction_id": f.number(), "appid": aliceApp, "openid": openID, "order": o}
	if len(coupons) > 0 {
		body["coupon_ids"] = coupons
	}
	return body
}

// paid pays an order with a new voucher and returns the transaction.
func (f *fixture) paid() string {
	f.t.Helper()
	body := f.payBody(order(nil), f.voucher(f.voucherStock(nil)))
	if got := f.post(alice, pathPayments, body); got.status != http.StatusOK {
		f.t.Fatalf("pay: %d %s", got.status, got.body)
	}
	return text(body["transaction_id"])
}

func (f *fixture) refundBody(amount int) object {
	return object{"refund_id": f.number(), "amount": amount}
}

func railSubject() subject {
	return subject{
		samples: map[string]func(f *fixture) request{
			rail.MakeQuote: func(f *fixture) request {
				f.voucher(f.voucherStock(nil))
				return f.voucherPost(pathQuotes, object{"appid": aliceApp, "openid": openID, "order": order(nil)})
			},
			rail.Pay: func(f *fixture) request {
				return f.voucherPost(pathPayments, f.payBody(order(nil), f.voucher(f.voucherStock(nil))))
			},
			rail.GetPayment: func(f *fixture) request { return voucherGet(pathPayments + "/" + f.paid()) },
			rail.MakeRefund: func(f *fixture) request {
				return f.voucherPost(pathRefunds(f.paid()), f.refundBody(5000))
			},
		},
		malformed: map[string]string{
			rail.MakeQuote:  "输入源“/body/appid”映射到字段“公众账号ID”必填性规则校验失败，此字段为必填项",
			rail.Pay:        "输入源“/body/transaction_id”映射到字段“支付单号”必填性规则校验失败，此字段为必填项",
			rail.GetPayment: "输入源“/uri_template/transaction_id”映射到值字段“支付单号”字符串规则校验失败，字节数 33，大于最大值 32",
			rail.MakeRefund: "输入源“/body/refund_id”映射到字段“退款单号”必填性规则校验失败，此字段为必填项",
		},
		spoilt: map[string]func(f *fixture) reply{
			rail.GetPayment: func(f *fixture) reply { return f.get(alice, pathPayments+"/123456789012345678901234567890123") },
		},
		scenarios: map[string][]scenario{
			rail.MakeQuote: railOrderScenarios(func(f *fixture, o object) reply {
				return f.post(alice, pathQuotes, object{"appid": aliceApp, "openid": openID, "order": o})
			}, func(f *fixture) reply {
				return f.post(alice, pathQuotes, object{"appid": aliceApp, "openid": "nobody", "order": order(nil)})
			}),
			rail.Pay:        payScenarios(),
			rail.GetPayment: append(noRail(func(f *fixture) reply { return f.get(alice, pathPayments+"/1") }), unknownPayment(func(f *fixture) reply { return f.get(alice, pathPayments+"/1") })),
			rail.MakeRefund: refundScenarios(),
		},
	}
}

// tooPoor starts a pre-funded stock without the money for it.
func tooPoor() scenario {
	return scenario{403, "NOT_ENOUGH", "账户余额不足，请充值", func(f *fixture) reply {
		from, to := payment.Account{Name: payment.AccountFunding}, payment.Account{Owner: alice, Name: payment.AccountBalance}
		f.write(func(tx store.Tx) error {
			if _, err := tx.LockBalances(f.t.Context(), from, to); err != nil {
				return err
			}
			return tx.Post(f.t.Context(), payment.Transfer{From: from, To: to, Amount: 999, Reference: "fund", At: f.clock.Now()})
		})
		return f.command(alice, f.plannedStock(func(o object) { o["no_cash"] = false }), "start")
	}}
}

func noRail(call func(f *fixture) reply) []scenario {
	return []scenario{{403, "NO_AUTH", "商户未开通支付通道权限", func(f *fixture) reply { return call(f.unpaying()) }}}
}

func unknownPayment(call func(f *fixture) reply) scenario {
	return scenario{404, "RESOURCE_NOT_EXISTS", "支付单不存在", func(f *fixture) reply { return call(f) }}
}

// railOrderScenarios are what quotes and payments have in common.
func railOrderScenarios(with func(f *fixture, o object) reply, nobody func(f *fixture) reply) []scenario {
	return append(noRail(func(f *fixture) reply { return with(f, order(nil)) }),
		scenario{400, "PARAM_ERROR", "订单金额或单品信息有误", func(f *fixture) reply {
			return with(f, order(func(o object) {
				o["goods_detail"] = []object{{"goods_id": "a", "quantity": 2, "price": 2501}}
			}))
		}},
		scenario{400, "MCH_NOT_EXISTS", "商户号不合法", func(f *fixture) reply {
			return with(f, order(func(o object) { o["mchid"] = "1999999999" }))
		}},
		scenario{404, "USER_NOT_EXISTS", "OpenID不正确", func(f *fixture) reply { return nobody(f) }},
	)
}

func payScenarios() []scenario {
	pay := func(f *fixture, o object, coupons ...string) reply {
		return f.post(alice, pathPayments, f.payBody(o, coupons...))
	}
	// misfit pays with a voucher of a stock that was changed.
	misfit := func(message string, stock func(o object), change func(o object)) scenario {
		return scenario{403, "RULE_LIMIT", message, func(f *fixture) reply {
			return pay(f, order(change), f.voucher(f.voucherStock(stock)))
		}}
	}
	rule := func(value any, name string) func(o object) {
		return func(o object) { set(o, value, "coupon_use_rule", name) }
	}
	list := railOrderScenarios(func(f *fixture, o object) reply { return pay(f, o) }, func(f *fixture) reply {
		body := f.payBody(order(nil), f.voucher(f.voucherStock(nil)))
		return f.post(alice, pathPayments, set(body, "nobody", "openid"))
	})
	return append(list,
		scenario{404, "RESOURCE_NOT_EXISTS", "券不存在", func(f *fixture) reply { return pay(f, order(nil), "1") }},
		scenario{400, "RESOURCE_ALREADY_EXISTS", "支付单号重复，且与之前请求的参数不一致", func(f *fixture) reply {
			body := f.payBody(order(nil), f.voucher(f.voucherStock(nil)))
			f.post(alice, pathPayments, body)
			body["out_trade_no"] = "T1"
			return f.post(alice, pathPayments, body)
		}},
		scenario{403, "NOT_ENOUGH", "批次预算不足", func(f *fixture) reply {
			stock := f.voucherStock(func(o object) { o["no_cash"] = false })
			coupon := f.voucher(stock)
			f.write(func(tx store.Tx) error {
				return tx.DeleteBudget(f.t.Context(), voucher.StockKey{Creator: alice, ID: voucher.StockID(stock)})
			})
			return pay(f, order(nil), coupon)
		}},
		scenario{403, "RULE_LIMIT", "代金券已使用或已过期", func(f *fixture) reply {
			coupon := f.voucher(f.voucherStock(nil))
			pay(f, order(nil), coupon)
			return pay(f, order(nil), coupon)
		}},
		misfit("代金券不在可用时间内", rule(object{"fix_available_time": object{"available_week_day": []int{1}, "begin_time": 0}}, "coupon_available_time"), nil),
		misfit("收款商户不在代金券的可用商户中", nil, func(o object) { o["mchid"] = string(bob) }),
		misfit("订单优惠标记与代金券不符", rule([]string{"TAG"}, "goods_tag"), nil),
		misfit("支付场景与代金券不符", rule([]string{"CARD"}, "trade_type"), func(o object) { o["trade_type"] = "FACE" }),
		misfit("支付方式与代金券不符", rule([]string{"CFT"}, "limit_pay"), nil),
		misfit("银行卡与代金券不符", func(o object) {
			rule([]string{"ICBC_CREDIT"}, "limit_pay")(o)
			rule(object{"name": "工行", "bin": []string{"622208"}}, "limit_card")(o)
		}, func(o object) { o["pay_method"], o["card_bin"] = "ICBC_CREDIT", "622209" }),
		misfit("未达到代金券的使用门槛", nil, func(o object) { o["total"] = 1999 }),
		misfit("订单中没有代金券适用的单品", singleItems, nil),
		scenario{403, "RULE_LIMIT", "所选代金券不能一起使用", func(f *fixture) reply {
			stock := f.voucherStock(func(o object) { set(o, false, "coupon_use_rule", "combine_use") })
			return pay(f, order(nil), f.voucher(stock), f.voucher(stock))
		}},
	)
}

func refundScenarios() []scenario {
	refund := func(f *fixture, transaction string, amount int) reply {
		return f.post(alice, pathRefunds(transaction), f.refundBody(amount))
	}
	return append(noRail(func(f *fixture) reply { return refund(f, "1", 1) }),
		unknownPayment(func(f *fixture) reply { return refund(f, "1", 1) }),
		scenario{400, "RESOURCE_ALREADY_EXISTS", "退款单号重复，且与之前请求的参数不一致", func(f *fixture) reply {
			transaction, body := f.paid(), f.refundBody(1)
			f.post(alice, pathRefunds(transaction), body)
			return f.post(alice, pathRefunds(transaction), set(body, 2, "amount"))
		}},
		scenario{400, "PARAM_ERROR", "退款单品有误：须为该订单的单品，数量不超过订单，金额之和不超过退款金额", func(f *fixture) reply {
			body := f.refundBody(5000)
			body["goods_detail"] = []object{{"goods_id": "a", "quantity": 1, "price": 1}}
			return f.post(alice, pathRefunds(f.paid()), body)
		}},
		scenario{403, "RULE_LIMIT", "退款金额超过可退金额", func(f *fixture) reply { return refund(f, f.paid(), 5001) }},
		scenario{403, "RULE_LIMIT", "部分退款已达50次上限", func(f *fixture) reply {
			transaction := f.paid()
			for i := range 50 {
				if got := refund(f, transaction, 1); got.status != http.StatusOK {
					panic(fmt.Sprintf("refund %d: %s", i, got.body))
				}
			}
			return refund(f, transaction, 1)
		}},
		scenario{403, "RULE_LIMIT", "支付已超过365天，不能退款", func(f *fixture) reply {
			transaction := f.paid()
			f.advance(366 * 24 * time.Hour)
			return refund(f, transaction, 1)
		}},
	)
}
