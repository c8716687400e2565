package httpapi_test

import (
	"net/http"
	"time"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/wire/busifavor"
)

const (
	pathReturn       = "/v3/marketing/busifavor/coupons/return"
	pathDeactivate   = "/v3/marketing/busifavor/coupons/deactivate"
	pathAssociate    = "/v3/marketing/busifavor/coupons/associate"
	pathDisassociate = "/v3/marketing/busifavor/coupons/disassociate"
)

func (f *fixture) returnBody(stock, code string) object {
	return object{"coupon_code": code, "stock_id": stock, "return_request_no": f.number()}
}

func (f *fixture) deactivateBody(stock, code string) object {
	return object{"coupon_code": code, "stock_id": stock, "deactivate_request_no": f.number()}
}

// orderBody is that of both operations about orders.
func (f *fixture) orderBody(stock, code string) object {
	return object{"coupon_code": code, "stock_id": stock, "out_trade_no": "MCH_102233445", "out_request_no": f.number()}
}

// usedCoupon redeems a new coupon of a new stock.
func (f *fixture) usedCoupon() (stock, code string) {
	f.t.Helper()
	stock = f.stock(nil)
	code = f.coupon(stock)
	if used := f.post(alice, pathUse, f.useBody(stock, code)); used.status != http.StatusOK {
		f.t.Fatalf("use: %d %s", used.status, used.body)
	}
	return stock, code
}

// associatedCoupon associates the order of orderBody with a new coupon.
func (f *fixture) associatedCoupon() (stock, code string) {
	f.t.Helper()
	stock = f.stock(nil)
	code = f.coupon(stock)
	if done := f.post(alice, pathAssociate, f.orderBody(stock, code)); done.status != http.StatusOK {
		f.t.Fatalf("associate: %d %s", done.status, done.body)
	}
	return stock, code
}

func undoSubject() subject {
	post := func(f *fixture, target string, body object) request {
		return request{as: alice, method: http.MethodPost, target: target, body: f.encode(body)}
	}
	return subject{
		samples: map[string]func(f *fixture) request{
			busifavor.ReturnCoupon: func(f *fixture) request {
				return post(f, pathReturn, f.returnBody(f.usedCoupon()))
			},
			busifavor.DeactivateCoupon: func(f *fixture) request {
				stock := f.stock(nil)
				return post(f, pathDeactivate, f.deactivateBody(stock, f.coupon(stock)))
			},
			busifavor.AssociateOrder: func(f *fixture) request {
				stock := f.stock(nil)
				return post(f, pathAssociate, f.orderBody(stock, f.coupon(stock)))
			},
			busifavor.DisassociateOrder: func(f *fixture) request {
				return post(f, pathDisassociate, f.orderBody(f.associatedCoupon()))
			},
		},
		malformed: map[string]string{
			busifavor.ReturnCoupon:      "输入源“/body/coupon_code”映射到字段“券code”必填性规则校验失败，此字段为必填项",
			busifavor.DeactivateCoupon:  "输入源“/body/coupon_code”映射到字段“券code”必填性规则校验失败，此字段为必填项",
			busifavor.AssociateOrder:    "输入源“/body/stock_id”映射到字段“批次号”必填性规则校验失败，此字段为必填项",
			busifavor.DisassociateOrder: "输入源“/body/stock_id”映射到字段“批次号”必填性规则校验失败，此字段为必填项",
		},
		scenarios: map[string][]scenario{
			busifavor.ReturnCoupon:      returnScenarios(),
			busifavor.DeactivateCoupon:  deactivateScenarios(),
			busifavor.AssociateOrder:    associateScenarios(),
			busifavor.DisassociateOrder: disassociateScenarios(),
		},
	}
}

func returnScenarios() []scenario {
	back := func(f *fixture, path string, value any) reply {
		return f.post(alice, pathReturn, set(f.returnBody(f.usedCoupon()), value, path))
	}
	return []scenario{
		{400, "INVALID_REQUEST", "券未核销，无法退回", func(f *fixture) reply {
			stock := f.stock(nil)
			return f.post(alice, pathReturn, f.returnBody(stock, f.coupon(stock)))
		}},
		{403, "NO_AUTH", "商户无权限操作该券", func(f *fixture) reply { return f.post(bob, pathReturn, f.returnBody(f.usedCoupon())) }},
		{404, "RESOURCE_NOT_EXISTS", "券不存在", func(f *fixture) reply { return back(f, "coupon_code", "1") }},
		{404, "RESOURCE_NOT_EXISTS", "券不存在", func(f *fixture) reply { return back(f, "stock_id", "1") }},
		{404, "RESOURCE_NOT_EXISTS", "券已被删除", func(f *fixture) reply {
			stock, code := f.usedCoupon()
			f.deleteCoupon(stock, code)
			return f.post(alice, pathReturn, f.returnBody(stock, code))
		}},
	}
}

func deactivateScenarios() []scenario {
	void := func(f *fixture, as merchant.ID, path string, value any) reply {
		stock := f.stock(nil)
		body := f.deactivateBody(stock, f.coupon(stock))
		if path != "" {
			set(body, value, path)
		}
		return f.post(as, pathDeactivate, body)
	}
	return []scenario{
		{400, "INVALID_REQUEST", "请求重入时，参数与首次请求时不一致", func(f *fixture) reply {
			stock := f.stock(nil)
			body := f.deactivateBody(stock, f.coupon(stock))
			f.post(alice, pathDeactivate, body)
			return f.post(alice, pathDeactivate, set(body, "退款", "deactivate_reason"))
		}},
		{400, "INVALID_REQUEST", "券状态非可用态", func(f *fixture) reply { return f.post(alice, pathDeactivate, f.deactivateBody(f.usedCoupon())) }},
		{403, "NO_AUTH", "商户无权限操作该券", func(f *fixture) reply { return void(f, bob, "", nil) }},
		{404, "RESOURCE_NOT_EXISTS", "批次不存在", func(f *fixture) reply { return void(f, alice, "stock_id", "1") }},
		{404, "RESOURCE_NOT_EXISTS", "查询的资源不存在", func(f *fixture) reply { return void(f, alice, "coupon_code", "1") }},
	}
}

// orderScenarios are the failures that both operations about orders share.
func orderScenarios(target string) []scenario {
	order := func(f *fixture, as merchant.ID, path string, value any) reply {
		return f.post(as, target, set(f.orderBody(f.associatedCoupon()), value, path))
	}
	return []scenario{
		{400, "INVALID_REQUEST", "券不存在", func(f *fixture) reply { return order(f, alice, "coupon_code", "1") }},
		{400, "INVALID_REQUEST", "券不存在", func(f *fixture) reply { return order(f, alice, "stock_id", "1") }},
		{400, "INVALID_REQUEST", "券状态非可用态", func(f *fixture) reply { return f.post(alice, target, f.orderBody(f.usedCoupon())) }},
		{400, "INVALID_REQUEST", "券状态非可用态", func(f *fixture) reply {
			stock, code := f.associatedCoupon()
			f.advance(60 * 24 * time.Hour)
			return f.post(alice, target, f.orderBody(stock, code))
		}},
		{400, "INVALID_REQUEST", "请求重入时，参数与首次请求时不一致", func(f *fixture) reply {
			body := f.orderBody(f.associatedCoupon())
			f.post(alice, target, body)
			return f.post(alice, target, set(body, "another", "out_trade_no"))
		}},
		{403, "NO_AUTH", "商户无权限操作该券", func(f *fixture) reply { return f.post(bob, target, f.orderBody(f.associatedCoupon())) }},
	}
}

func associateScenarios() []scenario {
	return append(orderScenarios(pathAssociate),
		scenario{400, "INVALID_REQUEST", "券已关联其他商户订单", func(f *fixture) reply {
			return f.post(alice, pathAssociate, set(f.orderBody(f.associatedCoupon()), "another", "out_trade_no"))
		}},
		scenario{404, "RESOURCE_NOT_EXISTS", "查询记录为空", func(f *fixture) reply {
			strict := newStrictFixture(f.t)
			stock := strict.stock(nil)
			return strict.post(alice, pathAssociate, strict.orderBody(stock, strict.coupon(stock)))
		}})
}

func disassociateScenarios() []scenario {
	return append(orderScenarios(pathDisassociate),
		scenario{400, "INVALID_REQUEST", "券未关联该商户订单", func(f *fixture) reply {
			return f.post(alice, pathDisassociate, set(f.orderBody(f.associatedCoupon()), "another", "out_trade_no"))
		}})
}
