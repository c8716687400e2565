package httpapi_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"

	"github.com/favord/favord/internal/favor/stocks"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/favor"
	"github.com/favord/favord/wire/media"
	"github.com/favord/favord/wire/partnership"
	"github.com/favord/favord/wire/rail"
)

// replayed is how the state is changed between a sample and its replay, by what would let a
// careless server carry it out again where there is such a thing.
type replayed struct {
	disturb func(f *fixture, r request, first reply)
	// watch is a query whose answer must not change; nil is none.
	watch func(r request, first reply) string
	// instead is the answer where the contract names another one than the first; nil is that.
	instead func(first reply) (status int, body string)
}

// replays has a case for every operation that changes something.
func replays() map[string]replayed {
	all := map[string]replayed{media.UploadImage: {disturb: func(f *fixture, _ request, _ reply) {
		f.mustUpload(form{file: padded(f.t, 5000)})
	}}}
	for _, some := range []map[string]replayed{
		stockReplays(), couponReplays(), moneyReplays(), callbackReplays(), voucherStockReplays(), voucherReplays(), partnershipReplays(),
	} {
		maps.Copy(all, some)
	}
	return all
}

// done fails the test unless a call between the two succeeded.
func (f *fixture) done(got reply) {
	f.t.Helper()
	if got.status >= http.StatusBadRequest {
		f.t.Fatalf("%d %s", got.status, got.body)
	}
}

// said is a text of a request's body, and pathStock the stock that its path names.
func said(r request, name string) string {
	var body object
	_ = json.Unmarshal([]byte(r.body), &body) // no text is in what is no JSON
	return text(body[name])
}

func pathStock(r request) string {
	const segment = 5
	return strings.Split(r.target, "/")[segment]
}

func stockReplays() map[string]replayed {
	shown := func(r request, _ reply) string { return pathStocks + "/" + pathStock(r) }
	codes := func(r request, _ reply) string { return pathCodes(pathStock(r)) }
	return map[string]replayed{
		busifavor.CreateStock: {
			disturb: func(f *fixture, _ request, first reply) {
				f.done(f.patch(alice, pathStocks+"/"+text(first.json["stock_id"]), f.modifyBody("另一个备注", "comment")))
			},
			watch: func(_ request, first reply) string { return pathStocks + "/" + text(first.json["stock_id"]) },
		},
		busifavor.ModifyStock: {disturb: func(f *fixture, r request, _ reply) {
			f.done(f.patch(alice, pathStocks+"/"+pathStock(r), f.modifyBody("另一个备注", "comment")))
		}, watch: shown},
		busifavor.SetBudget: {disturb: func(f *fixture, r request, _ reply) {
			f.done(f.patch(alice, pathBudget(pathStock(r)), f.budgetBody(300, 200)))
		}, watch: shown},
		busifavor.UploadCodes: {disturb: func(f *fixture, r request, _ reply) {
			f.done(f.remove(alice, f.deletion(pathStock(r), "A")))
		}, watch: codes},
		busifavor.DeleteCode: {disturb: func(f *fixture, r request, _ reply) {
			f.done(f.upload(pathStock(r), "A|B"))
		}, watch: codes},
	}
}

func couponReplays() map[string]replayed {
	shown := func(r request, _ reply) string { return pathCoupon(openID, said(r, "coupon_code"), aliceApp) }
	after := func(target string, body func(f *fixture, stock, code string) object) func(f *fixture, r request, _ reply) {
		return func(f *fixture, r request, _ reply) {
			f.done(f.post(alice, target, body(f, said(r, "stock_id"), said(r, "coupon_code"))))
		}
	}
	return map[string]replayed{
		busifavor.SendCoupon: {
			disturb: func(f *fixture, r request, first reply) {
				f.done(f.post(alice, pathUse, f.useBody(said(r, "stock_id"), text(first.at("send_coupon_result", "coupon_code")))))
			},
			watch: func(request, reply) string { return pathUser(openID) + "?appid=" + aliceApp },
		},
		// A number that redeemed a coupon is used up by the coupon's return (busifavor B10).
		busifavor.UseCoupon: {after(pathReturn, (*fixture).returnBody), shown, func(reply) (int, string) {
			return http.StatusBadRequest, `{"code":"INVALID_REQUEST","message":"核销请求单据号已被使用，请更换use_request_no后重试"}`
		}},
		busifavor.ReturnCoupon:      {disturb: after(pathUse, (*fixture).useBody), watch: shown},
		busifavor.AssociateOrder:    {disturb: after(pathDisassociate, (*fixture).orderBody), watch: shown},
		busifavor.DisassociateOrder: {disturb: after(pathAssociate, (*fixture).orderBody), watch: shown},
		// Nothing follows the end of a coupon; its stock changes.
		busifavor.DeactivateCoupon: {disturb: func(f *fixture, r request, _ reply) {
			f.done(f.patch(alice, pathStocks+"/"+said(r, "stock_id"), f.modifyBody("另一个备注", "comment")))
		}, watch: shown},
		busifavor.SendCard: {disturb: func(f *fixture, _ request, _ reply) { f.done(f.post(alice, pathCard, f.cardBody())) }},
	}
}

func moneyReplays() map[string]replayed {
	giveBack := func(f *fixture, r request, _ reply) {
		f.done(f.post(alice, pathReturns, set(f.subsidyReturnBody(said(r, "stock_id"), said(r, "coupon_code")), 10, "amount")))
	}
	shown := func(r request, _ reply) string {
		return pathSubsidiesOf(said(r, "stock_id"), said(r, "coupon_code"))
	}
	return map[string]replayed{
		// A repeat shows the payment as it stands by then (busifavor B20).
		busifavor.PaySubsidy: {giveBack, shown, func(first reply) (int, string) {
			return first.status, strings.Replace(first.body, "PAY_RECEIPT_SUCCESS", "PAY_RECEIPT_PARTIAL_RETURN", 1)
		}},
		busifavor.ReturnSubsidy: {disturb: giveBack, watch: shown},
		rail.Pay: {
			disturb: func(f *fixture, r request, _ reply) {
				f.done(f.post(alice, pathRefunds(said(r, "transaction_id")), f.refundBody(5000)))
			},
			watch: func(r request, _ reply) string { return pathPayments + "/" + said(r, "transaction_id") },
		},
		// The whole refund gave the voucher back: another order consumes it.
		rail.MakeRefund: {
			disturb: func(f *fixture, _ request, first reply) {
				returned, _ := first.json["promotion_detail"].([]any)
				refunded, _ := returned[0].(object)
				f.done(f.post(alice, pathPayments, f.payBody(order(nil), text(refunded["coupon_id"]))))
			},
			watch: func(r request, _ reply) string { return strings.TrimSuffix(r.target, "/refunds") },
		},
	}
}

func callbackReplays() map[string]replayed {
	all := map[string]replayed{}
	for id, target := range map[string]string{busifavor.SetCallback: pathCallbacks, favor.SetCallback: pathVoucherCallbacks} {
		all[id] = replayed{
			disturb: func(f *fixture, _ request, _ reply) { f.done(f.post(alice, target, callbackBody(callbackURL+"/new"))) },
			watch:   func(request, reply) string { return target + "?mchid=" + string(alice) },
		}
	}
	return all
}

func voucherStockReplays() map[string]replayed {
	shown := func(r request, _ reply) string { return pathVoucherStocks + "/" + pathStock(r) + stockQuery(alice) }
	then := func(verb string) replayed {
		return replayed{disturb: func(f *fixture, r request, _ reply) { f.mustCommand(pathStock(r), verb) }, watch: shown}
	}
	return map[string]replayed{
		favor.CreateStock: {
			disturb: func(f *fixture, _ request, first reply) { f.mustCommand(text(first.json["stock_id"]), "start") },
			watch: func(_ request, first reply) string {
				return pathVoucherStocks + "/" + text(first.json["stock_id"]) + stockQuery(alice)
			},
		},
		// After a review a stock waits for its start once more.
		favor.StartStock: {disturb: func(f *fixture, r request, _ reply) {
			o := stocks.Operated{StockID: voucher.StockID(pathStock(r)), Actor: "operator"}
			if _, err := f.promotion.Review(f.t.Context(), o); err != nil {
				f.t.Fatal(err)
			}
			if _, err := f.promotion.Approve(f.t.Context(), o); err != nil {
				f.t.Fatal(err)
			}
		}, watch: shown},
		favor.PauseStock:   then("restart"),
		favor.RestartStock: then("pause"),
		// Nothing follows the stop of a stock; another one is stopped.
		favor.StopStock: {disturb: func(f *fixture, _ request, _ reply) { f.mustCommand(f.plannedLater(), "stop") }, watch: shown},
		favor.ModifyGoods: {
			disturb: func(f *fixture, r request, _ reply) {
				f.done(f.post(alice, r.target, object{"stock_creator_mchid": string(alice), "delete_goods_id_list": []string{"c"}}))
			},
			watch: func(r request, _ reply) string {
				return pathVoucherStocks + "/" + pathStock(r) + "/items" + pageQuery(alice, "offset=0&limit=100")
			},
		},
	}
}

func voucherReplays() map[string]replayed {
	return map[string]replayed{favor.SendCoupon: {
		disturb: func(f *fixture, _ request, first reply) {
			f.done(f.post(alice, pathPayments, f.payBody(order(nil), text(first.json["coupon_id"]))))
		},
		watch: func(_ request, first reply) string { return pathVoucher(openID, text(first.json["coupon_id"])) },
	}}
}

func partnershipReplays() map[string]replayed {
	listed := func(request, reply) string { return listTarget(`{"business_type":"BUSIFAVOR_STOCK"}`, "") }
	then := func(target string) replayed {
		return replayed{disturb: func(f *fixture, r request, _ reply) { f.done(f.send(f.keyed(alice, target, r.body))) }, watch: listed}
	}
	return map[string]replayed{partnership.Build: then(pathTerminate), partnership.Terminate: then(pathBuild)}
}
