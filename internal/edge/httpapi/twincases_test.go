package httpapi_test

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/favor"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/partnership"
	"github.com/favord/favord/wire/rail"
)

// twin makes two requests of one number that differ in content. Each call makes new ones.
type twin func(f *fixture) (one, other request)

// twinCases are the arguments of every operation with a request number.
func twinCases() map[string]map[string]twin {
	leaf := func(id string, value any, path ...string) map[string]twin {
		return map[string]twin{"another " + path[len(path)-1]: func(f *fixture) (request, request) {
			r := f.sample(id)
			return r, f.with(r, value, path...)
		}}
	}
	return map[string]map[string]twin{
		busifavor.CreateStock:       leaf(busifavor.CreateStock, "另一个名称", "stock_name"),
		busifavor.SendCoupon:        {"another code": sendTwin},
		busifavor.UseCoupon:         leaf(busifavor.UseCoupon, "T1", "out_trade_no"),
		busifavor.ReturnCoupon:      {"another coupon": returnTwin},
		busifavor.DeactivateCoupon:  leaf(busifavor.DeactivateCoupon, "退款", "deactivate_reason"),
		busifavor.AssociateOrder:    leaf(busifavor.AssociateOrder, "another", "out_trade_no"),
		busifavor.DisassociateOrder: leaf(busifavor.DisassociateOrder, "another", "out_trade_no"),
		busifavor.PaySubsidy:        {"another amount": subsidyTwin, "another coupon": subsidyTwinOfAnother},
		busifavor.ReturnSubsidy:     {"another amount": subsidyReturnTwin},
		busifavor.UploadCodes:       leaf(busifavor.UploadCodes, []string{"A", "C"}, "coupon_code_list"),
		busifavor.DeleteCode:        {"another code": deletionTwin},
		busifavor.ModifyStock:       leaf(busifavor.ModifyStock, "另一个备注", "comment"),
		busifavor.SetBudget:         {"another quantity": leaf(busifavor.SetBudget, 300, "target_max_coupons")["another target_max_coupons"], "another stock": budgetTwin},
		busifavor.SendCard:          leaf(busifavor.SendCard, otherOpenID, "openid"),

		favor.CreateStock: leaf(favor.CreateStock, "别的券", "stock_name"),
		favor.SendCoupon: {"another user": func(f *fixture) (request, request) {
			r := f.sample(favor.SendCoupon)
			other := r
			other.target = pathVouchers(otherOpenID)
			return r, other
		}},

		partnership.Build:     {"another stock": keyTwin(partnership.Build, func(f *fixture) object { return f.partnerBody(f.stock(nil)) })},
		partnership.Terminate: {"another stock": keyTwin(partnership.Terminate, func(f *fixture) object { return f.built(nil) })},

		rail.Pay: {
			"other vouchers": payTwin, "the best vouchers": bestTwin, "without vouchers": poorTwin,
			"another trade": leaf(rail.Pay, "T1", "out_trade_no")["another out_trade_no"],
		},
		rail.MakeRefund: {"another payment": refundTwin, "another amount": leaf(rail.MakeRefund, 1, "amount")["another amount"]},

		manage.FundBalance: {"another amount": func(f *fixture) (request, request) {
			r := request{
				as: alice, method: http.MethodPost, target: "/manage/v1/balances/" + string(alice) + "/fund",
				body: f.encode(object{"amount": 100, "request_no": f.number()}),
			}
			return r, f.with(r, 101, "amount")
		}},
	}
}

func sendTwin(f *fixture) (one, other request) {
	stock := f.stock(func(o object) { o["coupon_code_mode"] = "MERCHANT_API" })
	one = f.voucherPost(pathSend, set(f.sendBody(stock), "CODE-1", "coupon_code"))
	return one, f.with(one, "CODE-2", "coupon_code")
}

// returnTwin: a number counts for its coupon only.
func returnTwin(f *fixture) (one, other request) {
	one = f.sample(busifavor.ReturnCoupon)
	stock, code := f.usedCoupon()
	return one, f.with(f.with(one, stock, "stock_id"), code, "coupon_code")
}

// transaction returns the id of a new payment.
func (f *fixture) transaction() string {
	f.numbers++
	return fmt.Sprintf("4200000913%018d", f.numbers)
}

// subsidy is a request to subsidize a new coupon, for an order of its own.
func (f *fixture) subsidy() request {
	f.t.Helper()
	return f.with(f.sample(busifavor.PaySubsidy), f.transaction(), "transaction_id")
}

func subsidyTwin(f *fixture) (one, other request) {
	one = f.subsidy()
	return one, f.with(one, 99, "amount")
}

func subsidyTwinOfAnother(f *fixture) (one, other request) {
	one = f.subsidy()
	stock, code := f.usedCoupon()
	return one, f.with(f.with(one, stock, "stock_id"), code, "coupon_code")
}

func subsidyReturnTwin(f *fixture) (one, other request) {
	f.t.Helper()
	stock, code := f.usedCoupon()
	transaction := f.transaction()
	if paid := f.post(alice, pathSubsidies, set(f.subsidyBody(stock, code), transaction, "transaction_id")); paid.at("status") != "PAY_RECEIPT_SUCCESS" {
		f.t.Fatalf("pay: %d %s", paid.status, paid.body)
	}
	one = f.voucherPost(pathReturns, set(f.subsidyReturnBody(stock, code), transaction, "transaction_id"))
	return one, f.with(one, 39, "amount")
}

func deletionTwin(f *fixture) (one, other request) {
	stock := f.pool("A", "B")
	one = request{as: alice, method: http.MethodDelete, target: f.deletion(stock, "A")}
	other = one
	other.target = strings.Replace(one.target, pathCode(stock, "A"), pathCode(stock, "B"), 1)
	return one, other
}

func budgetTwin(f *fixture) (one, other request) {
	one = f.sample(busifavor.SetBudget)
	other = one
	other.target = pathBudget(f.stock(nil))
	return one, other
}

func keyTwin(id string, body func(f *fixture) object) twin {
	return func(f *fixture) (one, other request) {
		one = f.sample(id)
		other = one
		other.body = f.encode(body(f))
		return one, other
	}
}

func payTwin(f *fixture) (one, other request) {
	stock := f.voucherStock(nil)
	one = f.voucherPost(pathPayments, f.payBody(order(nil), f.voucher(stock)))
	return one, f.with(one, []string{f.voucher(stock)}, "coupon_ids")
}

// holder returns a new user, who has vouchers of a new stock.
func (f *fixture) holder(vouchers int) (openid string) {
	f.t.Helper()
	f.numbers++
	openid = fmt.Sprintf("oUpF8uMuAJO_M2pxb1Q9%08d", f.numbers)
	if vouchers == 0 {
		f.post(alice, pathSend, set(f.sendBody(f.stock(nil)), openid, "openid"))
		return openid
	}
	stock := f.voucherStock(nil)
	for range vouchers {
		if sent := f.post(alice, pathVouchers(openid), f.voucherSendBody(stock)); sent.status != http.StatusOK {
			f.t.Fatalf("send voucher: %d %s", sent.status, sent.body)
		}
	}
	return openid
}

// bestTwin leaves the choice to the rail: of a user with more vouchers than the order takes.
func bestTwin(f *fixture) (one, other request) {
	one = f.voucherPost(pathPayments, set(f.payBody(order(nil)), f.holder(2), "openid"))
	return one, f.with(one, 5001, "order", "total")
}

// poorTwin pays without any voucher, so that no row is locked.
func poorTwin(f *fixture) (one, other request) {
	one = f.voucherPost(pathPayments, set(f.payBody(order(nil)), f.holder(0), "openid"))
	return one, f.with(one, 5001, "order", "total")
}

func refundTwin(f *fixture) (one, other request) {
	one = f.voucherPost(pathRefunds(f.paid()), f.refundBody(5000))
	other = one
	other.target = pathRefunds(f.paid())
	return one, other
}
