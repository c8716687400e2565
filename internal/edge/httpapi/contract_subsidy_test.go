package httpapi_test

import (
	"net/http"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/wire/busifavor"
)

const (
	pathSubsidies = "/v3/marketing/busifavor/subsidy/pay-receipts"
	pathReturns   = "/v3/marketing/busifavor/subsidy/return-receipts"

	// shop is a merchant of alice's brand.
	shop = merchant.ID("1900000006")
	// funds is what alice has to pay subsidies with.
	funds = 1_000_000

	transactionID = "4200000913202101152566792388"
	refundID      = "5030000001202101152566792388"
)

// openShop adds the shop, and gives alice money.
func (f *fixture) openShop() {
	f.t.Helper()
	ctx := f.t.Context()
	f.write(func(tx store.Tx) error {
		if _, err := tx.Merchant(ctx, shop); err == nil {
			return nil
		}
		if err := tx.InsertMerchant(ctx, merchant.Merchant{ID: shop, Name: "门店", Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate}, opened()); err != nil {
			return err
		}
		for _, id := range []merchant.ID{alice, shop} {
			if err := tx.JoinBrand(ctx, id, "brand"); err != nil {
				return err
			}
		}
		from, to := payment.Account{Owner: store.Platform, Name: payment.AccountFunding}, payment.Account{Owner: alice, Name: payment.AccountBalance}
		if _, err := tx.LockBalances(ctx, from, to); err != nil {
			return err
		}
		return tx.Post(ctx, payment.Transfer{From: from, To: to, Amount: funds, Reference: "funding", At: opened()})
	})
}

// balance is what a merchant has.
func (f *fixture) balance(id merchant.ID) (held fen.Fen) {
	f.t.Helper()
	if err := f.store.Read(f.t.Context(), func(tx store.ReadTx) (err error) {
		held, err = tx.Balance(f.t.Context(), payment.Account{Owner: id, Name: payment.AccountBalance})
		return err
	}); err != nil {
		f.t.Fatal(err)
	}
	return held
}

// report tells of a paid order of the shop.
func (f *fixture) report(o coupon.Order) {
	f.t.Helper()
	if o.Merchant == "" {
		o.Merchant = shop
	}
	f.write(func(tx store.Tx) error { return tx.InsertOrder(f.t.Context(), o) })
}

// subsidyBody pays a subsidy from alice to the shop.
func (f *fixture) subsidyBody(stock, code string) object {
	f.t.Helper()
	f.openShop()
	return object{
		"stock_id": stock, "coupon_code": code, "transaction_id": transactionID, "payer_merchant": string(alice), "payee_merchant": string(shop),
		"amount": 100, "description": "20210115DESCRIPTION", "out_subsidy_no": f.number(),
	}
}

// subsidizedCoupon is a coupon with a subsidy of 100 fen, and its receipt.
func (f *fixture) subsidizedCoupon() (stock, code, receipt string) {
	f.t.Helper()
	stock, code = f.usedCoupon()
	paid := f.post(alice, pathSubsidies, f.subsidyBody(stock, code))
	if paid.status != http.StatusOK || paid.at("status") != "PAY_RECEIPT_SUCCESS" {
		f.t.Fatalf("pay: %d %s", paid.status, paid.body)
	}
	return stock, code, text(paid.at("subsidy_receipt_id"))
}

func (f *fixture) subsidyReturnBody(stock, code string) object {
	return object{
		"stock_id": stock, "coupon_code": code, "transaction_id": transactionID, "refund_id": refundID,
		"payer_merchant": string(alice), "payee_merchant": string(shop),
		"amount": 40, "description": "退", "out_subsidy_return_no": f.number(),
	}
}

func pathSubsidiesOf(stock, code string) string {
	return pathSubsidies + "?stock_id=" + stock + "&coupon_code=" + code
}

func subsidySubject() subject {
	return subject{
		samples: map[string]func(f *fixture) request{
			busifavor.PaySubsidy: func(f *fixture) request {
				return request{as: alice, method: http.MethodPost, target: pathSubsidies, body: f.encode(f.subsidyBody(f.usedCoupon()))}
			},
			busifavor.ListSubsidies: func(f *fixture) request {
				return request{as: alice, method: http.MethodGet, target: pathSubsidiesOf(f.usedCoupon())}
			},
			busifavor.GetSubsidy: func(f *fixture) request {
				_, _, receipt := f.subsidizedCoupon()
				return request{as: alice, method: http.MethodGet, target: pathSubsidies + "/" + receipt}
			},
			busifavor.ReturnSubsidy: func(f *fixture) request {
				stock, code, _ := f.subsidizedCoupon()
				return request{as: alice, method: http.MethodPost, target: pathReturns, body: f.encode(f.subsidyReturnBody(stock, code))}
			},
			busifavor.GetSubsidyReturn: func(f *fixture) request {
				return request{as: alice, method: http.MethodGet, target: pathReturns + "/" + f.returnedSubsidy()}
			},
		},
		malformed: map[string]string{
			busifavor.PaySubsidy:       "输入源“/body/stock_id”映射到字段“批次号”必填性规则校验失败，此字段为必填项",
			busifavor.ListSubsidies:    "输入源“/query/stock_id”映射到字段“批次号”必填性规则校验失败，此字段为必填项",
			busifavor.GetSubsidy:       "输入源“/uri_template/subsidy_receipt_id”映射到值字段“补差付款唯一单号”字符串规则校验失败，字节数 1，小于最小值 28",
			busifavor.ReturnSubsidy:    "输入源“/body/stock_id”映射到字段“批次号”必填性规则校验失败，此字段为必填项",
			busifavor.GetSubsidyReturn: "输入源“/uri_template/subsidy_return_receipt_id”映射到值字段“补差回退唯一单号”字符串规则校验失败，字节数 33，大于最大值 32",
		},
		spoilt: map[string]func(f *fixture) reply{
			busifavor.ListSubsidies:    func(f *fixture) reply { return f.get(alice, pathSubsidies) },
			busifavor.GetSubsidy:       func(f *fixture) reply { return f.get(alice, pathSubsidies+"/1") },
			busifavor.GetSubsidyReturn: func(f *fixture) reply { return f.get(alice, pathReturns+"/"+transactionID+"12345") },
		},
		scenarios: map[string][]scenario{
			busifavor.PaySubsidy:       paySubsidyScenarios(),
			busifavor.ListSubsidies:    listSubsidiesScenarios(),
			busifavor.GetSubsidy:       getSubsidyScenarios(),
			busifavor.ReturnSubsidy:    returnSubsidyScenarios(),
			busifavor.GetSubsidyReturn: getSubsidyReturnScenarios(),
		},
	}
}

// returnedSubsidy returns the receipt of a return.
func (f *fixture) returnedSubsidy() string {
	f.t.Helper()
	stock, code, _ := f.subsidizedCoupon()
	returned := f.post(alice, pathReturns, f.subsidyReturnBody(stock, code))
	if returned.at("status") != "RETURN_RECEIPT_SUCCESS" {
		f.t.Fatalf("return: %d %s", returned.status, returned.body)
	}
	return text(returned.at("subsidy_return_receipt_id"))
}

func paySubsidyScenarios() []scenario {
	pay := func(f *fixture, as merchant.ID, path string, value any) reply {
		body := f.subsidyBody(f.usedCoupon())
		if path != "" {
			set(body, value, path)
		}
		return f.post(as, pathSubsidies, body)
	}
	return []scenario{
		{400, "INVALID_REQUEST", "请求重入时，参数与首次请求时不一致", func(f *fixture) reply {
			body := f.subsidyBody(f.usedCoupon())
			f.post(alice, pathSubsidies, body)
			return f.post(alice, pathSubsidies, set(body, 101, "amount"))
		}},
		{400, "INVALID_REQUEST", "换购券不支持营销补差", func(f *fixture) reply {
			stock := f.stock(func(o object) {
				set(o, "EXCHANGE", "stock_type")
				set(o, nil, "coupon_use_rule", "fixed_normal_coupon")
				set(o, object{"exchange_price": 100, "transaction_minimum": 0}, "coupon_use_rule", "exchange_coupon")
			})
			code := f.coupon(stock)
			f.post(alice, pathUse, f.useBody(stock, code))
			return f.post(alice, pathSubsidies, f.subsidyBody(stock, code))
		}},
		{400, "INVALID_REQUEST", "券未核销，无法补差", func(f *fixture) reply {
			stock := f.stock(nil)
			return f.post(alice, pathSubsidies, f.subsidyBody(stock, f.coupon(stock)))
		}},
		{400, "INVALID_REQUEST", "订单与核销时的订单不一致", func(f *fixture) reply {
			stock := f.stock(nil)
			code := f.coupon(stock)
			f.post(alice, pathUse, set(f.useBody(stock, code), transactionID, "transaction_id"))
			return f.post(alice, pathSubsidies, set(f.subsidyBody(stock, code), refundID, "transaction_id"))
		}},
		{403, "NO_AUTH", "无权限使用此API", func(f *fixture) reply { return pay(f, bob, "", nil) }},
		{403, "NO_AUTH", "无权限", func(f *fixture) reply { return pay(f, provider, "", nil) }},
		{403, "NO_AUTH", "无权限", func(f *fixture) reply { return pay(f, alice, "payer_merchant", string(bob)) }},
		{403, "NO_AUTH", "无权限", func(f *fixture) reply { return pay(f, alice, "payee_merchant", string(bob)) }},
		{403, "NO_AUTH", "无权限", func(f *fixture) reply { return pay(f, alice, "payee_merchant", string(alice)) }},
		{404, "RESOURCE_NOT_EXISTS", "查询的资源不存在", func(f *fixture) reply { return pay(f, alice, "stock_id", "1") }},
		{404, "RESOURCE_NOT_EXISTS", "查询的资源不存在", func(f *fixture) reply { return pay(f, alice, "coupon_code", "1") }},
		{404, "RESOURCE_NOT_EXISTS", "查询的资源不存在", func(f *fixture) reply {
			strict := newStrictFixture(f.t)
			return strict.post(alice, pathSubsidies, strict.subsidyBody(strict.usedCoupon()))
		}},
		{404, "RESOURCE_NOT_EXISTS", "查询的资源不存在", func(f *fixture) reply {
			f.report(coupon.Order{Merchant: bob, TransactionID: transactionID, Amount: 1, ProfitSharing: true})
			return pay(f, alice, "", nil)
		}},
	}
}

func listSubsidiesScenarios() []scenario {
	return []scenario{
		{403, "NO_AUTH", "无权限", func(f *fixture) reply { return f.get(bob, pathSubsidiesOf(f.usedCoupon())) }},
		{404, "RESOURCE_NOT_EXISTS", "查询的资源不存在", func(f *fixture) reply { return f.get(alice, pathSubsidiesOf("1", "1")) }},
		{404, "RESOURCE_NOT_EXISTS", "查询的资源不存在", func(f *fixture) reply { return f.get(alice, pathSubsidiesOf(f.stock(nil), "1")) }},
	}
}

func getSubsidyScenarios() []scenario {
	return []scenario{
		{403, "NO_AUTH", "无权限", func(f *fixture) reply {
			_, _, receipt := f.subsidizedCoupon()
			return f.get(bob, pathSubsidies+"/"+receipt)
		}},
		{404, "RESOURCE_NOT_EXISTS", "查询的资源不存在", func(f *fixture) reply { return f.get(alice, pathSubsidies+"/"+transactionID) }},
	}
}

func returnSubsidyScenarios() []scenario {
	back := func(f *fixture, as merchant.ID, path string, value any) reply {
		stock, code, _ := f.subsidizedCoupon()
		body := f.subsidyReturnBody(stock, code)
		if path != "" {
			set(body, value, path)
		}
		return f.post(as, pathReturns, body)
	}
	return []scenario{
		{400, "INVALID_REQUEST", "请求重入时，参数与首次请求时不一致", func(f *fixture) reply {
			stock, code, _ := f.subsidizedCoupon()
			body := f.subsidyReturnBody(stock, code)
			f.post(alice, pathReturns, body)
			return f.post(alice, pathReturns, set(body, "另一个", "description"))
		}},
		{400, "INVALID_REQUEST", "回退金额大于可回退的补差金额", func(f *fixture) reply { return back(f, alice, "amount", 101) }},
		{400, "INVALID_REQUEST", "订单未退款，无法回退补差", func(f *fixture) reply {
			f.report(coupon.Order{TransactionID: transactionID, Amount: 1000, ProfitSharing: true})
			return back(f, alice, "", nil)
		}},
		{403, "NO_AUTH", "无权限使用此API", func(f *fixture) reply { return back(f, bob, "", nil) }},
		{403, "NO_AUTH", "无权限", func(f *fixture) reply { return back(f, provider, "", nil) }},
		{404, "RESOURCE_NOT_EXISTS", "查询的资源不存在", func(f *fixture) reply { return back(f, alice, "stock_id", "1") }},
		{404, "RESOURCE_NOT_EXISTS", "查询的资源不存在", func(f *fixture) reply { return back(f, alice, "coupon_code", "1") }},
		{404, "RESOURCE_NOT_EXISTS", "查询的资源不存在", func(f *fixture) reply { return back(f, alice, "transaction_id", refundID) }},
		{404, "RESOURCE_NOT_EXISTS", "查询的资源不存在", func(f *fixture) reply { return back(f, alice, "payee_merchant", string(bob)) }},
	}
}

func getSubsidyReturnScenarios() []scenario {
	return []scenario{
		{403, "NO_AUTH", "无权限", func(f *fixture) reply { return f.get(bob, pathReturns+"/"+f.returnedSubsidy()) }},
		{404, "RESOURCE_NOT_EXISTS", "查询的资源不存在", func(f *fixture) reply { return f.get(alice, pathReturns+"/"+refundID) }},
	}
}
