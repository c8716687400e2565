package httpapi_test

import (
	"net/http"
	"strings"
	"time"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/wire/favor"
)

const (
	pathVoucherCreate = "/v3/marketing/favor/coupon-stocks"
	pathVoucherStocks = "/v3/marketing/favor/stocks"

	// runningMost is the rule of the fixture, so that few stocks break it.
	runningMost = 3
)

func pathVouchers(openid string) string { return "/v3/marketing/favor/users/" + openid + "/coupons" }

func pathVoucher(openid, id string) string {
	return pathVouchers(openid) + "/" + id + "?appid=" + aliceApp
}

// stockQuery is the query that names the creator of a stock.
func stockQuery(creator merchant.ID) string { return "?stock_creator_mchid=" + string(creator) }

func pageQuery(creator merchant.ID, page string) string { return stockQuery(creator) + "&" + page }

// voucherBody returns the minimal valid body of 4.1.
func (f *fixture) voucherBody() object {
	return object{
		"stock_name": "满20减1券", "belong_merchant": string(alice),
		"available_begin_time": "2026-12-05T12:00:00+08:00", "available_end_time": "2026-12-31T23:59:59+08:00",
		"stock_use_rule": object{
			"max_coupons": 10, "max_amount": 1000, "max_coupons_per_user": 5, "natural_person_limit": false, "prevent_api_abuse": false,
		},
		"coupon_use_rule": object{
			"fixed_normal_coupon": object{"coupon_amount": 100, "transaction_minimum": 2000},
			"available_merchants": []string{string(alice)},
		},
		"no_cash": true, "stock_type": "NORMAL", "out_request_no": f.number(),
	}
}

// plannedStock creates a stock of vouchers, as changed, that was not started.
func (f *fixture) plannedStock(change func(o object)) string {
	f.t.Helper()
	body := f.voucherBody()
	if change != nil {
		change(body)
	}
	created := f.post(alice, pathVoucherCreate, body)
	if created.status != http.StatusOK {
		f.t.Fatalf("create stock of vouchers: %d %s", created.status, created.body)
	}
	return text(created.json["stock_id"])
}

// voucherStock creates a stock of vouchers and starts it.
func (f *fixture) voucherStock(change func(o object)) string {
	f.t.Helper()
	stock := f.plannedStock(change)
	f.mustCommand(stock, "start")
	return stock
}

func (f *fixture) command(as merchant.ID, stock, verb string) reply {
	f.t.Helper()
	return f.post(as, pathVoucherStocks+"/"+stock+"/"+verb, object{"stock_creator_mchid": string(alice)})
}

func (f *fixture) mustCommand(stock, verb string) reply {
	f.t.Helper()
	got := f.command(alice, stock, verb)
	if got.status != http.StatusOK {
		f.t.Fatalf("%s: %d %s", verb, got.status, got.body)
	}
	return got
}

func (f *fixture) voucherSendBody(stock string) object {
	return object{"stock_id": stock, "appid": aliceApp, "stock_creator_mchid": string(alice), "out_request_no": f.number()}
}

// voucher sends a voucher of a stock and returns its id.
func (f *fixture) voucher(stock string) string {
	f.t.Helper()
	sent := f.post(alice, pathVouchers(openID), f.voucherSendBody(stock))
	if sent.status != http.StatusOK {
		f.t.Fatalf("send voucher: %d %s", sent.status, sent.body)
	}
	return text(sent.json["coupon_id"])
}

// allowSenders lets merchants send a stock of alice's vouchers.
func (f *fixture) allowSenders(stock string, senders ...merchant.ID) {
	f.t.Helper()
	f.write(func(tx store.Tx) error {
		return tx.SetVoucherSenders(f.t.Context(), voucher.StockKey{Creator: alice, ID: voucher.StockID(stock)}, senders)
	})
}

// singleItems makes a stock one for single items.
func singleItems(o object) { set(o, []string{"a", "b"}, "coupon_use_rule", "available_items") }

func voucherSubject() subject {
	s := subject{
		samples: voucherSamples(), malformed: voucherViolations(), scenarios: voucherScenarios(),
		spoilt: map[string]func(f *fixture) reply{},
	}
	for _, id := range []string{
		favor.ListStocks, favor.GetStock, favor.ListMerchants, favor.ListItems, favor.ListCoupons, favor.GetCoupon,
	} {
		s.spoilt[id] = func(f *fixture) reply {
			r := s.samples[id](f)
			r.target, _, _ = strings.Cut(r.target, "?")
			return f.send(r)
		}
	}
	return s
}

func voucherGet(target string) request {
	return request{as: alice, method: http.MethodGet, target: target}
}

func (f *fixture) voucherPost(target string, body object) request {
	return request{as: alice, method: http.MethodPost, target: target, body: f.encode(body)}
}

// voucherSamples make requests that succeed on a new fixture.
func voucherSamples() map[string]func(f *fixture) request {
	command := func(verb string, stock func(f *fixture) string) func(f *fixture) request {
		return func(f *fixture) request {
			return f.voucherPost(pathVoucherStocks+"/"+stock(f)+"/"+verb, object{"stock_creator_mchid": string(alice)})
		}
	}
	planned := func(f *fixture) string { return f.plannedStock(nil) }
	below := func(path, query string) func(f *fixture) request {
		return func(f *fixture) request {
			return voucherGet(pathVoucherStocks + "/" + planned(f) + path + pageQuery(alice, query))
		}
	}
	return map[string]func(f *fixture) request{
		favor.CreateStock:  func(f *fixture) request { return f.voucherPost(pathVoucherCreate, f.voucherBody()) },
		favor.StartStock:   command("start", planned),
		favor.PauseStock:   command("pause", func(f *fixture) string { return f.voucherStock(nil) }),
		favor.RestartStock: command("restart", pausedStock),
		favor.StopStock:    command("stop", planned),
		favor.ModifyGoods: func(f *fixture) request {
			return f.voucherPost(pathVoucherStocks+"/"+f.plannedStock(singleItems)+"/modify-goods-id",
				object{"stock_creator_mchid": string(alice), "add_goods_id_list": []string{"c"}})
		},
		favor.ListStocks:    func(*fixture) request { return voucherGet(pathVoucherStocks + pageQuery(alice, "offset=0&limit=10")) },
		favor.GetStock:      below("", "x=1"),
		favor.ListMerchants: below("/merchants", "offset=0&limit=50"),
		favor.ListItems:     below("/items", "offset=0&limit=100"),
		favor.SendCoupon: func(f *fixture) request {
			return f.voucherPost(pathVouchers(openID), f.voucherSendBody(f.voucherStock(nil)))
		},
		favor.ListCoupons: func(*fixture) request { return voucherGet(pathVouchers(openID) + "?appid=" + aliceApp) },
		favor.GetCoupon:   func(f *fixture) request { return voucherGet(pathVoucher(openID, f.voucher(f.voucherStock(nil)))) },
	}
}

// voucherViolations are the messages for an empty body or query.
func voucherViolations() map[string]string {
	page := "输入源“/query/offset”映射到字段“分页页码”必填性规则校验失败，此字段为必填项"
	return map[string]string{
		favor.CreateStock:   "输入源“/body/stock_name”映射到字段“批次名称”必填性规则校验失败，此字段为必填项",
		favor.StartStock:    "商户号必填",
		favor.PauseStock:    "商户号必填",
		favor.RestartStock:  "商户号必填",
		favor.StopStock:     "商户号必填",
		favor.ModifyGoods:   "商户号必填",
		favor.ListStocks:    page,
		favor.GetStock:      "商户号必填",
		favor.ListMerchants: page,
		favor.ListItems:     page,
		favor.SendCoupon:    "批次号必填",
		favor.ListCoupons:   "appid必填",
		favor.GetCoupon:     "appid必填",
	}
}

// voucherScenarios are the failures of single operations on vouchers.
func voucherScenarios() map[string][]scenario {
	return map[string][]scenario{
		favor.CreateStock:   createVoucherScenarios(),
		favor.StartStock:    append(commandScenarios("start", pausedStock), tooManyRunning(), tooPoor()),
		favor.PauseStock:    commandScenarios("pause", func(f *fixture) string { return f.plannedStock(nil) }),
		favor.RestartStock:  commandScenarios("restart", func(f *fixture) string { return f.voucherStock(nil) }),
		favor.StopStock:     commandScenarios("stop", func(f *fixture) string { return f.voucherStock(nil) }),
		favor.ModifyGoods:   goodsScenarios(),
		favor.ListStocks:    listStocksScenarios(),
		favor.GetStock:      shownStockScenarios("", ""),
		favor.ListMerchants: append(shownStockScenarios("/merchants", "&offset=0&limit=1"), tooLargePage("/merchants", "51")),
		favor.ListItems:     append(shownStockScenarios("/items", "&offset=0&limit=1"), tooLargePage("/items", "101")),
		favor.SendCoupon:    sendVoucherScenarios(),
		favor.ListCoupons:   listVoucherScenarios(),
		favor.GetCoupon:     getVoucherScenarios(),
	}
}

func createVoucherScenarios() []scenario {
	create := func(f *fixture, value any, path ...string) reply {
		return f.post(alice, pathVoucherCreate, set(f.voucherBody(), value, path...))
	}
	return []scenario{
		{400, "PARAM_ERROR", "批次预算等于批次面额乘以发券数", func(f *fixture) reply { return create(f, 999, "stock_use_rule", "max_amount") }},
		{400, "PARAM_ERROR", "非法敏感图片", func(f *fixture) reply {
			return create(f, object{"description": "x", "merchant_logo": "https://example.com/l.png"}, "pattern_info")
		}},
		{400, "INVALID_REQUEST", "批次发放规则或核销规则有误，请修改后重试", func(f *fixture) reply { return create(f, 1, "stock_use_rule", "max_coupons") }},
		{400, "INVALID_REQUEST", "非法的商户号", func(f *fixture) reply { return create(f, string(bob), "belong_merchant") }},
		{400, "INVALID_REQUEST", "商户单据号重复，且与之前请求的参数不一致", func(f *fixture) reply {
			body := f.voucherBody()
			f.post(alice, pathVoucherCreate, body)
			return f.post(alice, pathVoucherCreate, set(body, "别的券", "stock_name"))
		}},
		{400, "APPID_MCHID_NOT_MATCH", "商户号与appid不匹配", func(f *fixture) reply {
			return create(f, object{
				"description": "x", "jump_target": "MINI_PROGRAM", "mini_program_appid": bobApp, "mini_program_path": "/p",
			}, "pattern_info")
		}},
		{400, "MCH_NOT_EXISTS", "商户号不合法", func(f *fixture) reply {
			return create(f, []string{string(alice), "1999999999"}, "coupon_use_rule", "available_merchants")
		}},
		{403, "REQUEST_BLOCKED", "活动未开始或已结束\n", func(f *fixture) reply { return create(f, "2026-12-05T11:58:59+08:00", "available_begin_time") }},
		{403, "REQUEST_BLOCKED", "活动未开始或已结束\n", func(f *fixture) reply { return create(f, "测试券", "stock_name") }},
	}
}

// commandScenarios are the failures of every command; wrong makes a stock in a state that
// does not allow it.
func commandScenarios(verb string, wrong func(f *fixture) string) []scenario {
	return []scenario{
		{400, "PARAM_ERROR", "商户号必填", func(f *fixture) reply {
			return f.post(alice, pathVoucherStocks+"/"+f.plannedStock(nil)+"/"+verb, object{})
		}},
		{400, "INVALID_REQUEST", "活动已结束或未激活", func(f *fixture) reply { return f.command(alice, wrong(f), verb) }},
		{400, "MCH_NOT_EXISTS", "商户号不合法", func(f *fixture) reply {
			return f.post(alice, pathVoucherStocks+"/"+f.plannedStock(nil)+"/"+verb, object{"stock_creator_mchid": string(bob)})
		}},
		{403, "REQUEST_BLOCKED", "调用商户无权限", func(f *fixture) reply { return f.command(bob, f.plannedStock(nil), verb) }},
		{404, "RESOURCE_NOT_EXISTS", "批次不存在", func(f *fixture) reply { return f.command(alice, "1", verb) }},
	}
}

func pausedStock(f *fixture) string {
	stock := f.voucherStock(nil)
	f.mustCommand(stock, "pause")
	return stock
}

// tooManyRunning starts one stock more than may name a merchant.
func tooManyRunning() scenario {
	return scenario{403, "RULE_LIMIT", "单个可用商户号正在运营的活动超过500个", func(f *fixture) reply {
		for range runningMost {
			f.voucherStock(nil)
		}
		return f.command(alice, f.plannedStock(nil), "start")
	}}
}

func goodsScenarios() []scenario {
	change := func(f *fixture, stock string, body object) reply {
		body["stock_creator_mchid"] = string(alice)
		return f.post(alice, pathVoucherStocks+"/"+stock+"/modify-goods-id", body)
	}
	list := commandScenarios("modify-goods-id", nil)
	list[1].call = func(f *fixture) reply {
		stock := f.plannedStock(singleItems)
		f.mustCommand(stock, "stop")
		return change(f, stock, object{"add_goods_id_list": []string{"c"}})
	}
	return append(list,
		scenario{400, "PARAM_ERROR", "新增商品编码和删除商品编码，必须至少填一个", func(f *fixture) reply {
			return change(f, f.plannedStock(singleItems), object{})
		}},
		scenario{400, "PARAM_ERROR", "单品券的可核销商品编码须为1至50个", func(f *fixture) reply {
			return change(f, f.plannedStock(singleItems), object{"delete_goods_id_list": []string{"a", "b"}})
		}},
		scenario{400, "PARAM_ERROR", "全场券不支持修改可核销商品编码", func(f *fixture) reply {
			return change(f, f.plannedStock(nil), object{"add_goods_id_list": []string{"a"}})
		}})
}

func listStocksScenarios() []scenario {
	list := func(f *fixture, query string) reply {
		return f.get(alice, pathVoucherStocks+pageQuery(alice, query))
	}
	return []scenario{
		{400, "PARAM_ERROR", "商户号必填", func(f *fixture) reply { return f.get(alice, pathVoucherStocks+"?offset=0&limit=1") }},
		{400, "PARAM_ERROR", "页大小超过阈值", func(f *fixture) reply { return list(f, "offset=0&limit=11") }},
		{400, "PARAM_ERROR", "输入时间格式错误", func(f *fixture) reply { return list(f, "offset=0&limit=1&create_start_time=2026-12-05") }},
		{400, "PARAM_ERROR", "非法的批次状态", func(f *fixture) reply { return list(f, "offset=0&limit=1&status=RUNNING") }},
		{400, "INVALID_REQUEST", "非法的商户号", func(f *fixture) reply {
			return f.get(bob, pathVoucherStocks+pageQuery(alice, "offset=0&limit=1"))
		}},
	}
}

// shownStockScenarios are the failures of whatever shows a stock, at a path below it.
func shownStockScenarios(path, query string) []scenario {
	at := func(stock string) string { return pathVoucherStocks + "/" + stock + path }
	return []scenario{
		{400, "PARAM_ERROR", "商户号必填", func(f *fixture) reply { return f.get(alice, at(f.plannedStock(nil))+"?x=1"+query) }},
		{400, "INVALID_REQUEST", "非法的商户号", func(f *fixture) reply { return f.get(bob, at(f.plannedStock(nil))+stockQuery(alice)+query) }},
		{400, "MCH_NOT_EXISTS", "商户号不合法", func(f *fixture) reply { return f.get(alice, at(f.plannedStock(nil))+stockQuery(bob)+query) }},
		{404, "RESOURCE_NOT_EXISTS", "批次不存在", func(f *fixture) reply { return f.get(alice, at("1")+stockQuery(alice)+query) }},
	}
}

func tooLargePage(path, limit string) scenario {
	return scenario{400, "PARAM_ERROR", "页大小超过阈值", func(f *fixture) reply {
		return f.get(alice, pathVoucherStocks+"/"+f.plannedStock(nil)+path+pageQuery(alice, "offset=0&limit="+limit))
	}}
}

func sendVoucherScenarios() []scenario {
	send := func(f *fixture, stock, path string, value any) reply {
		return f.post(alice, pathVouchers(openID), set(f.voucherSendBody(stock), value, path))
	}
	same := func(f *fixture, stock string) reply {
		return f.post(alice, pathVouchers(openID), f.voucherSendBody(stock))
	}
	return append(sendVoucherLimits(same), []scenario{
		{400, "PARAM_ERROR", "批次号必填", func(f *fixture) reply { return send(f, "1", "stock_id", nil) }},
		{400, "PARAM_ERROR", "appid必填", func(f *fixture) reply { return send(f, "1", "appid", nil) }},
		{400, "PARAM_ERROR", "商户号必填", func(f *fixture) reply { return send(f, "1", "stock_creator_mchid", nil) }},
		{400, "PARAM_ERROR", "参数错误，请核对文档要求", func(f *fixture) reply { return send(f, f.voucherStock(nil), "stock_creator_mchid", string(bob)) }},
		{400, "PARAM_ERROR", "参数错误，请核对文档要求", func(f *fixture) reply { return send(f, f.voucherStock(nil), "coupon_value", 100) }},
		{400, "APPID_MCHID_NOT_MATCH", "商户号与appid不匹配", func(f *fixture) reply { return send(f, f.voucherStock(nil), "appid", bobApp) }},
		{400, "INVALID_REQUEST", "openid与appID不匹配", func(f *fixture) reply {
			return f.post(alice, pathVouchers("nobody"), f.voucherSendBody(f.voucherStock(nil)))
		}},
		{400, "INVALID_REQUEST", "商户单据号重复，且与之前请求的参数不一致", func(f *fixture) reply {
			body := f.voucherSendBody(f.voucherStock(nil))
			f.post(alice, pathVouchers(openID), body)
			return f.post(alice, pathVouchers(otherOpenID), body)
		}},
		{400, "INVALID_REQUEST", "活动已结束或未激活", func(f *fixture) reply { return same(f, f.plannedStock(nil)) }},
		{403, "REQUEST_BLOCKED", "批次不支持跨商户发券", func(f *fixture) reply {
			return f.post(bob, pathVouchers(openID), set(f.voucherSendBody(f.voucherStock(nil)), bobApp, "appid"))
		}},
		{403, "REQUEST_BLOCKED", "商户无权发券", func(f *fixture) reply {
			stock := f.voucherStock(nil)
			f.allowSenders(stock, provider)
			return f.post(bob, pathVouchers(openID), set(f.voucherSendBody(stock), bobApp, "appid"))
		}},
		{403, "REQUEST_BLOCKED", "活动未开始或已结束", func(f *fixture) reply {
			stock := f.voucherStock(nil)
			f.advance(27 * 24 * time.Hour)
			return same(f, stock)
		}},
		{404, "RESOURCE_NOT_EXISTS", "批次不存在", func(f *fixture) reply { return same(f, "1") }},
	}...)
}

// sendVoucherLimits are the refusals of limits.
func sendVoucherLimits(send func(f *fixture, stock string) reply) []scenario {
	// emptied sends as many vouchers as a stock gives, then one more to another user.
	emptied := func(f *fixture, stock string, n int) reply {
		for range n {
			f.voucher(stock)
		}
		return f.post(alice, pathVouchers(otherOpenID), f.voucherSendBody(stock))
	}
	return []scenario{
		{400, "INVALID_REQUEST", "暂时无法领取，请联系商家处理。", func(f *fixture) reply {
			stock := f.voucherStock(func(o object) {
				set(o, object{"coupon_amount": 100000, "transaction_minimum": 100001}, "coupon_use_rule", "fixed_normal_coupon")
				set(o, 1000000, "stock_use_rule", "max_amount")
				set(o, 10, "stock_use_rule", "max_coupons_per_user")
			})
			for range 5 {
				f.voucher(stock)
			}
			return send(f, stock)
		}},
		{403, "USER_ACCOUNT_ABNORMAL", "用户非法", func(f *fixture) reply {
			f.registerUser(user.User{AppID: aliceApp, OpenID: openID, ID: user.ID{1}, Suspicious: true})
			return send(f, f.voucherStock(func(o object) { set(o, true, "stock_use_rule", "prevent_api_abuse") }))
		}},
		{403, "NOT_ENOUGH", "批次预算不足", func(f *fixture) reply {
			return emptied(f, f.voucherStock(func(o object) {
				set(o, 5, "stock_use_rule", "max_coupons")
				set(o, 500, "stock_use_rule", "max_amount")
			}), 5)
		}},
		{403, "RULE_LIMIT", "用户已达最大领券次数", func(f *fixture) reply {
			stock := f.voucherStock(func(o object) { set(o, 1, "stock_use_rule", "max_coupons_per_user") })
			f.voucher(stock)
			return send(f, stock)
		}},
		{403, "RULE_LIMIT", "用户已达最大领券次数", func(f *fixture) reply {
			f.linkPersons()
			return emptied(f, f.voucherStock(func(o object) {
				set(o, 1, "stock_use_rule", "max_coupons_per_user")
				set(o, true, "stock_use_rule", "natural_person_limit")
			}), 1)
		}},
		{403, "RULE_LIMIT", "发券超过单天限额", func(f *fixture) reply {
			return emptied(f, f.voucherStock(func(o object) { set(o, 299, "stock_use_rule", "max_amount_by_day") }), 2)
		}},
	}
}

func listVoucherScenarios() []scenario {
	list := func(f *fixture, openid, query string) reply { return f.get(alice, pathVouchers(openid)+"?"+query) }
	return []scenario{
		{400, "PARAM_ERROR", "appid必填", func(f *fixture) reply { return list(f, openID, "offset=0") }},
		{400, "PARAM_ERROR", "页大小超过阈值", func(f *fixture) reply { return list(f, openID, "appid="+aliceApp+"&limit=101") }},
		{400, "APPID_MCHID_NOT_MATCH", "商户号与appid不匹配", func(f *fixture) reply { return list(f, openID, "appid="+bobApp) }},
		{400, "INVALID_REQUEST", "openid与appID不匹配", func(f *fixture) reply { return list(f, "nobody", "appid="+aliceApp) }},
		{400, "MCH_NOT_EXISTS", "商户号不合法", func(f *fixture) reply { return list(f, openID, "appid="+aliceApp+"&offset=1") }},
		{400, "MCH_NOT_EXISTS", "商户号不合法", func(f *fixture) reply { return list(f, openID, "appid="+aliceApp+"&creator_mchid=1999999999") }},
	}
}

func getVoucherScenarios() []scenario {
	return []scenario{
		{400, "PARAM_ERROR", "appid必填", func(f *fixture) reply { return f.get(alice, pathVouchers(openID)+"/1") }},
		{400, "APPID_MCHID_NOT_MATCH", "商户号与appid不匹配", func(f *fixture) reply {
			return f.get(alice, pathVouchers(openID)+"/1?appid="+bobApp)
		}},
		{400, "INVALID_REQUEST", "openid与appID不匹配", func(f *fixture) reply { return f.get(alice, pathVoucher("nobody", "1")) }},
		{400, "INVALID_REQUEST", "非法的商户号", func(f *fixture) reply {
			f.shareAppID(bob, aliceApp) // and so the user, but not the stock
			return f.get(bob, pathVoucher(openID, f.voucher(f.voucherStock(nil))))
		}},
		{404, "RESOURCE_NOT_EXISTS", "券不存在", func(f *fixture) reply { return f.get(alice, pathVoucher(openID, "1")) }},
	}
}
