package httpapi_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/coupon"
	"github.com/favord/favord/internal/httpapi"
	"github.com/favord/favord/internal/limit"
	"github.com/favord/favord/internal/merchant"
	"github.com/favord/favord/internal/user"
	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/security"
)

// sample returns a request of an operation that succeeds on a new fixture.
func (f *fixture) sample(id string) request {
	f.t.Helper()
	switch id {
	case security.ListCertificates:
		return request{as: alice, method: http.MethodGet, target: "/v3/certificates"}
	case security.Echo:
		return request{
			as: alice, method: http.MethodPost, target: "/v3/security/echo", body: `{"echo_message":"hello"}`,
			header: http.Header{apiv3.HeaderSerial: {f.registration(alice).PlatformSerialNo}},
		}
	case busifavor.CreateStock:
		return request{as: alice, method: http.MethodPost, target: pathStocks, body: f.encode(f.stockBody())}
	case busifavor.GetStock:
		return request{as: alice, method: http.MethodGet, target: pathStocks + "/" + f.stock(nil)}
	case busifavor.SendCoupon:
		return request{as: alice, method: http.MethodPost, target: pathSend, body: f.encode(f.sendBody(f.stock(nil)))}
	case busifavor.UseCoupon:
		stock := f.stock(nil)
		return request{as: alice, method: http.MethodPost, target: pathUse, body: f.encode(f.useBody(stock, f.coupon(stock)))}
	case busifavor.ListUserCoupons:
		return request{as: alice, method: http.MethodGet, target: pathUser(openID) + "?appid=" + aliceApp + "&creator_merchant=" + string(alice)}
	case busifavor.GetUserCoupon:
		return request{as: alice, method: http.MethodGet, target: pathCoupon(openID, f.coupon(f.stock(nil)), aliceApp)}
	}
	if r, known := f.voucherSample(id); known {
		return r
	}
	f.t.Fatalf("operation %s has no sample", id)
	return request{}
}

func TestEveryOperationIsServedAndSigned(t *testing.T) {
	t.Parallel()
	for _, op := range httpapi.Operations() {
		t.Run(op.ID, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			r := f.sample(op.ID)
			got := f.send(r)
			if got.status != op.Success {
				t.Fatalf("%d %s, want %d", got.status, got.body, op.Success)
			}
			f.expectSigned(r.as, got, f.registration(r.as).PlatformSerialNo)
		})
	}
}

// expectSigned checks the signature of an answer with the key that a merchant knows.
func (f *fixture) expectSigned(as merchant.ID, r reply, serial string) {
	f.t.Helper()
	signature, err := apiv3.ResponseSignatureOf(r.header)
	if err != nil {
		f.t.Errorf("%d %s: %v", r.status, r.body, err)
		return
	}
	member := f.registration(as)
	key, err := apiv3.ParseRSAPublicKey(member.PublicKeyPEM)
	if serial == member.PlatformSerialNo {
		certificate, errParse := apiv3.ParseCertificate(member.PlatformCertificatePEM)
		if errParse != nil {
			f.t.Fatal(errParse)
		}
		key, err = apiv3.CertificateRSAKey(certificate)
	}
	if err != nil {
		f.t.Fatal(err)
	}
	verifier, err := apiv3.NewRSAVerifier(serial, key)
	if err != nil {
		f.t.Fatal(err)
	}
	if err := signature.Verify(verifier, []byte(r.body), f.clock.Now()); err != nil {
		f.t.Errorf("%d %s is signed by %s: %v", r.status, r.body, signature.Serial, err)
	}
}

func expectUnsigned(t *testing.T, r reply) {
	t.Helper()
	for _, name := range []string{
		apiv3.HeaderTimestamp, apiv3.HeaderNonce, apiv3.HeaderSignature, apiv3.HeaderSerial, apiv3.HeaderSignatureType,
	} {
		if r.header.Get(name) != "" {
			t.Errorf("%d %s has the header %s", r.status, r.body, name)
		}
	}
}

// scenario leads to one documented failure of an operation.
type scenario struct {
	status  int
	code    string
	message string
	call    func(f *fixture) reply
}

// TestEveryDocumentedFailureIsProduced walks the tables: each failure that an
// operation documents must be the answer of a scenario, and every scenario's answer
// must be documented. So a table cannot promise what nobody produces.
func TestEveryDocumentedFailureIsProduced(t *testing.T) {
	t.Parallel()
	scenarios := allScenarios()
	for _, op := range httpapi.Operations() {
		documented := slices.Concat(op.Failures, wire.Common(op.Product))
		mine := slices.Concat(scenarios[op.ID], commonScenarios(op.ID, op.Product))
		for _, want := range documented {
			if !slices.ContainsFunc(mine, func(s scenario) bool { return want.Is(s.status, s.code, s.message) }) {
				t.Errorf("%s documents %d %s %q, which no scenario produces", op.ID, want.Status, want.Code, want.Message)
			}
		}
		for _, s := range mine {
			t.Run(fmt.Sprintf("%s/%d %s %s", op.ID, s.status, s.code, s.message), func(t *testing.T) {
				t.Parallel()
				f := newFixture(t)
				got := s.call(f)
				if got.status != s.status || got.code() != s.code || got.message() != s.message {
					t.Errorf("got %d %s %q, want %d %s %q", got.status, got.code(), got.message(), s.status, s.code, s.message)
				}
				if !slices.ContainsFunc(documented, func(d wire.Failure) bool { return d.Is(got.status, got.code(), got.message()) }) {
					t.Errorf("%d %s %q is not documented", got.status, got.code(), got.message())
				}
			})
		}
	}
}

// commonScenarios are the failures that every operation shares.
func commonScenarios(id string, product wire.Product) []scenario {
	required := map[string]string{
		security.ListCertificates: "输入源“/query/algorithm_type”映射到值字段“算法类型”字符串规则校验失败，字符串必须是以下取值之一：“RSA”、“SM2”、“ALL”",
		security.Echo:             "输入源“/body/echo_message”映射到字段“回显消息”必填性规则校验失败，此字段为必填项",
		busifavor.CreateStock:     "输入源“/body/stock_name”映射到字段“商家券批次名称”必填性规则校验失败，此字段为必填项",
		busifavor.GetStock:        "输入源“/uri_template/stock_id”映射到值字段“批次号”字符串规则校验失败，字节数 21，大于最大值 20",
		busifavor.SendCoupon:      "输入源“/body/openid”映射到字段“用户标识”必填性规则校验失败，此字段为必填项",
		busifavor.UseCoupon:       "输入源“/body/coupon_code”映射到字段“券code”必填性规则校验失败，此字段为必填项",
		busifavor.ListUserCoupons: "输入源“/query/appid”映射到字段“公众账号ID”必填性规则校验失败，此字段为必填项",
		busifavor.GetUserCoupon:   "输入源“/uri_template/coupon_code”映射到值字段“券code”字符串规则校验失败，字节数 33，大于最大值 32",
	}
	maps.Copy(required, voucherViolations())
	return []scenario{
		{400, "PARAM_ERROR", required[id], func(f *fixture) reply { return f.malformed(id) }},
		{400, "INVALID_REQUEST", "Http头缺少Accept或User-Agent", func(f *fixture) reply {
			r := f.sample(id)
			r.spoil = func(r *http.Request) { r.Header.Del("Accept") }
			return f.send(r)
		}},
		{401, "SIGN_ERROR", "错误的签名，验签失败", func(f *fixture) reply {
			r := f.sample(id)
			r.spoil = func(r *http.Request) {
				r.Header.Set("Authorization", f.sign(request{as: alice, method: "GET", target: "/"}).Header.Get("Authorization"))
			}
			return f.send(r)
		}},
		{429, wire.RateCode(product), wire.RateText(product), func(f *fixture) reply {
			full := newFixtureWith(f.t, limit.NewGate(1, 0, time.Minute))
			r := full.sample(id)
			full.fillGate()
			return full.send(r)
		}},
		{500, "SYSTEM_ERROR", wire.FailureText(product), func(f *fixture) reply {
			r := f.sample(id)
			f.breakStore(id)
			return f.send(r)
		}},
	}
}

// malformed sends what the declaration of an operation refuses.
func (f *fixture) malformed(id string) reply {
	f.t.Helper()
	switch id {
	case security.ListCertificates:
		return f.get(alice, "/v3/certificates?algorithm_type=DSA")
	case busifavor.GetStock:
		return f.get(alice, pathStocks+"/123456789012345678901")
	case busifavor.ListUserCoupons:
		return f.get(alice, pathUser(openID))
	case busifavor.GetUserCoupon:
		return f.get(alice, pathCoupon(openID, "123456789012345678901234567890123", aliceApp))
	}
	r := f.sample(id)
	if r.method == http.MethodGet {
		r.target, _, _ = strings.Cut(r.target, "?")
	}
	r.body = "{}"
	return f.send(r)
}

// breakStore makes everything that needs the store fail from now on.
func (f *fixture) breakStore(id string) {
	f.t.Helper()
	if id == security.ListCertificates || id == security.Echo {
		f.keyring.Forget(alice) // or they would not need it
	}
	if err := f.store.Close(); err != nil {
		f.t.Fatal(err)
	}
}

// allScenarios are the failures of single operations.
func allScenarios() map[string][]scenario {
	all := voucherScenarios()
	maps.Copy(all, map[string][]scenario{
		security.ListCertificates: {
			{401, "SIGN_ERROR", "商户未设置APIv3密钥。", func(f *fixture) reply { return f.withoutAPIv3Key() }},
			{
				404, "RESOURCE_NOT_EXISTS", "无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥。可查看指引https://pay.weixin.qq.com/doc/v3/merchant/4012153196",
				func(f *fixture) reply {
					if err := f.keyring.SetKeyMode(f.t.Context(), alice, merchant.ModePublicKey); err != nil {
						f.t.Fatal(err)
					}
					return f.get(alice, "/v3/certificates")
				},
			},
		},
		security.Echo:             echoScenarios(),
		busifavor.CreateStock:     createScenarios(),
		busifavor.GetStock:        getStockScenarios(),
		busifavor.SendCoupon:      sendScenarios(),
		busifavor.UseCoupon:       useScenarios(),
		busifavor.ListUserCoupons: listScenarios(),
		busifavor.GetUserCoupon:   getCouponScenarios(),
	})
	return all
}

func echoScenarios() []scenario {
	echo := func(f *fixture, serial, secret string) reply {
		r := f.sample(security.Echo)
		r.body = f.encode(object{"echo_message": "hello", "encrypted_echo_message": secret})
		r.header = http.Header{apiv3.HeaderSerial: {serial}}
		return f.send(r)
	}
	return []scenario{
		{400, "PARAM_ERROR", "HTTP header缺少微信支付平台证书序列号(Wechatpay-Serial)", func(f *fixture) reply { return echo(f, "", "") }},
		{400, "PARAM_ERROR", "平台证书序列号Wechatpay-Serial错误", func(f *fixture) reply { return echo(f, f.registration(bob).PlatformSerialNo, "") }},
		{400, "PARAM_ERROR", "平台私钥解密失败", func(f *fixture) reply {
			return echo(f, f.registration(alice).PlatformSerialNo, f.sealFor(f.registration(alice).PublicKeyPEM, "secret"))
		}},
		{400, "PARAM_ERROR", "请确认待处理的消息是否为加密后的密文", func(f *fixture) reply { return echo(f, f.registration(alice).PlatformSerialNo, "secret") }},
	}
}

func createScenarios() []scenario {
	create := func(f *fixture, as merchant.ID, value any, path ...string) reply {
		return f.post(as, pathStocks, set(f.stockBody(), value, path...))
	}
	return []scenario{
		{400, "PARAM_ERROR", "非法敏感图片", func(f *fixture) reply {
			return create(f, alice, "https://example.com/logo.png", "display_pattern_info", "merchant_logo_url")
		}},
		{400, "INVALID_REQUEST", "只允许普通商户和子商户给自己创建批次", func(f *fixture) reply { return create(f, alice, string(bob), "belong_merchant") }},
		{400, "APPID_MCHID_NOT_MATCH", "传入的小程序appid或商户appid，必须与调用方商户号存在关联关系", func(f *fixture) reply {
			return create(f, alice, bobApp, "notify_config", "notify_appid")
		}},
		{400, "MCH_NOT_EXISTS", "商户号不存在", func(f *fixture) reply { return create(f, alice, "1999999999", "belong_merchant") }},
		{400, "RESOURCE_ALREADY_EXISTS", "创建请求重入，但本次请求与上次请求信息不一致", func(f *fixture) reply {
			body := f.stockBody()
			f.post(alice, pathStocks, body)
			return f.post(alice, pathStocks, set(body, "另一个名称", "stock_name"))
		}},
	}
}

func getStockScenarios() []scenario {
	return []scenario{
		{404, "RESOURCE_NOT_EXISTS", "查询的资源不存在", func(f *fixture) reply { return f.get(alice, pathStocks+"/1000000000000000") }},
		{403, "NO_AUTH", "无权限", func(f *fixture) reply { return f.get(bob, pathStocks+"/"+f.stock(nil)) }},
	}
}

func sendScenarios() []scenario {
	send := func(f *fixture, change func(stock object), path string, value any) reply {
		body := f.sendBody(f.stock(change))
		if path != "" {
			set(body, value, path)
		}
		return f.post(alice, pathSend, body)
	}
	// twice sends two coupons of a stock, the second to another user.
	twice := func(f *fixture, change func(stock object), second string) reply {
		stock := f.stock(change)
		f.coupon(stock)
		return f.post(alice, pathSend, set(f.sendBody(stock), second, "openid"))
	}
	rule := func(name string, value any) func(object) {
		return func(o object) { set(o, value, "stock_send_rule", name) }
	}
	return []scenario{
		{400, "APPID_MCHID_NOT_MATCH", "AppID与请求方商户无关联关系", func(f *fixture) reply { return send(f, nil, "appid", bobApp) }},
		{400, "INVALID_REQUEST", "请求重入时，参数与首次请求时不一致", func(f *fixture) reply {
			stock := f.stock(func(o object) { o["coupon_code_mode"] = "MERCHANT_API" })
			body := set(f.sendBody(stock), "CODE-1", "coupon_code")
			f.post(alice, pathSend, body)
			return f.post(alice, pathSend, set(body, "CODE-2", "coupon_code"))
		}},
		{400, "RESOURCE_ALREADY_EXISTS", "券code已存在，请更换coupon_code后重试", func(f *fixture) reply {
			stock := f.stock(func(o object) { o["coupon_code_mode"] = "MERCHANT_API" })
			f.post(alice, pathSend, set(f.sendBody(stock), "CODE-1", "coupon_code"))
			return f.post(alice, pathSend, set(f.sendBody(stock), "CODE-1", "coupon_code"))
		}},
		{403, "NO_AUTH", "发券商户无权限使用此API", func(f *fixture) reply { return f.post(bob, pathSend, f.sendBody(f.stock(nil))) }},
		{403, "NO_AUTH", "无权限", func(f *fixture) reply { return f.post(provider, pathSend, f.sendBody(f.stock(nil))) }},
		{403, "RULE_LIMIT", "总预算用完", func(f *fixture) reply { return twice(f, rule("max_coupons", 1), otherOpenID) }},
		{403, "RULE_LIMIT", "用户达到单天限领", func(f *fixture) reply { return twice(f, rule("max_coupons_by_day", 1), otherOpenID) }},
		{403, "RULE_LIMIT", "用户领取张数达到上限", func(f *fixture) reply { return twice(f, rule("max_coupons_per_user", 1), openID) }},
		{403, "RULE_LIMIT", "用户自然人限领", func(f *fixture) reply {
			f.linkPersons()
			return twice(f, func(o object) {
				set(o, 1, "stock_send_rule", "max_coupons_per_user")
				set(o, true, "stock_send_rule", "natural_person_limit")
			}, otherOpenID)
		}},
		{403, "RULE_LIMIT", "批次状态非运营中", func(f *fixture) reply {
			stock := f.stock(nil)
			f.setStockState(stock, coupon.StockPaused)
			return f.post(alice, pathSend, f.sendBody(stock))
		}},
		{403, "RULE_LIMIT", "该批次已过期", func(f *fixture) reply {
			stock := f.stock(nil)
			f.advance(27 * 24 * time.Hour)
			return f.post(alice, pathSend, f.sendBody(stock))
		}},
		{403, "RULE_LIMIT", "发券失败，该用户被限制领取", func(f *fixture) reply {
			f.registerUser(user.User{AppID: aliceApp, OpenID: openID, ID: user.ID{1}, Suspicious: true})
			return send(f, rule("prevent_api_abuse", true), "", nil)
		}},
		{404, "RESOURCE_NOT_EXISTS", "查询的资源不存在", func(f *fixture) reply { return send(f, nil, "stock_id", "1000000000000000") }},
		{404, "USER_NOT_EXISTS", "OpenID不正确", func(f *fixture) reply { return send(f, nil, "openid", "nobody") }},
	}
}

func useScenarios() []scenario {
	use := func(f *fixture, as merchant.ID, path string, value any) reply {
		stock := f.stock(nil)
		body := f.useBody(stock, f.coupon(stock))
		if path != "" {
			set(body, value, path)
		}
		return f.post(as, pathUse, body)
	}
	// inState puts a coupon into a state that no call leads to yet.
	inState := func(f *fixture, state coupon.State) reply {
		stock := f.stock(nil)
		code := f.coupon(stock)
		f.changeCoupon(stock, code, func(c *coupon.Coupon) { c.State = state })
		return f.post(alice, pathUse, f.useBody(stock, code))
	}
	return []scenario{
		{400, "APPID_MCHID_NOT_MATCH", "AppID与请求方商户无关联关系", func(f *fixture) reply { return use(f, alice, "appid", bobApp) }},
		{400, "RESOURCE_ALREADY_EXISTS", "券已被其他订单核销", func(f *fixture) reply {
			stock := f.stock(nil)
			code := f.coupon(stock)
			f.post(alice, pathUse, f.useBody(stock, code))
			return f.post(alice, pathUse, f.useBody(stock, code))
		}},
		{400, "INVALID_REQUEST", "券状态非可用态", func(f *fixture) reply { return inState(f, coupon.StateDeactivated) }},
		{400, "INVALID_REQUEST", "请求重入时，参数与首次请求时不一致", func(f *fixture) reply {
			stock := f.stock(nil)
			body := f.useBody(stock, f.coupon(stock))
			f.post(alice, pathUse, body)
			return f.post(alice, pathUse, set(body, "T1", "out_trade_no"))
		}},
		{400, "INVALID_REQUEST", "核销请求单据号已被使用，请更换use_request_no后重试", func(f *fixture) reply {
			stock := f.stock(nil)
			code := f.coupon(stock)
			body := f.useBody(stock, code)
			f.post(alice, pathUse, body)
			f.changeCoupon(stock, code, func(c *coupon.Coupon) { c.State, c.Use = coupon.StateSent, coupon.Use{} })
			return f.post(alice, pathUse, body)
		}},
		{403, "NO_AUTH", "商户无权限操作该券", func(f *fixture) reply { return use(f, bob, "appid", bobApp) }},
		{403, "RULE_LIMIT", "券不在有效期内", func(f *fixture) reply {
			stock := f.stock(func(o object) {
				set(o, object{"week_day": []int{1}}, "coupon_use_rule", "coupon_available_time", "available_week")
			})
			return f.post(alice, pathUse, f.useBody(stock, f.coupon(stock))) // it is a Saturday
		}},
		{404, "RESOURCE_NOT_EXISTS", "查询不到该券，请确认批次号与coupon_code是否匹配", func(f *fixture) reply { return use(f, alice, "coupon_code", "1200000000000000000000") }},
		{404, "RESOURCE_NOT_EXISTS", "券已被删除", func(f *fixture) reply { return inState(f, coupon.StateDeleted) }},
		{404, "USER_NOT_EXISTS", "OpenID不正确", func(f *fixture) reply { return use(f, alice, "openid", otherOpenID) }},
	}
}

func listScenarios() []scenario {
	list := func(f *fixture, as merchant.ID, openid, query string) reply {
		return f.get(as, pathUser(openid)+"?"+query)
	}
	return []scenario{
		{400, "PARAM_ERROR", "创建方商户、归属方商户、发放方商户，必须至少填一个", func(f *fixture) reply { return list(f, alice, openID, "appid="+aliceApp) }},
		{400, "APPID_MCHID_NOT_MATCH", "AppID与请求方商户无关联关系", func(f *fixture) reply {
			return list(f, alice, openID, "appid="+bobApp+"&creator_merchant="+string(alice))
		}},
		{403, "NO_AUTH", "无权限", func(f *fixture) reply {
			return list(f, bob, openID, "appid="+bobApp+"&creator_merchant="+string(alice))
		}},
		{404, "RESOURCE_NOT_EXISTS", "查询的资源不存在", func(f *fixture) reply {
			return list(f, alice, openID, "appid="+aliceApp+"&creator_merchant="+string(alice)+"&stock_id=1")
		}},
		{404, "USER_NOT_EXISTS", "OpenID不正确", func(f *fixture) reply {
			return list(f, alice, "nobody", "appid="+aliceApp+"&creator_merchant="+string(alice))
		}},
	}
}

func getCouponScenarios() []scenario {
	return []scenario{
		{400, "APPID_MCHID_NOT_MATCH", "AppID与请求方商户无关联关系", func(f *fixture) reply {
			return f.get(alice, pathCoupon(openID, f.coupon(f.stock(nil)), bobApp))
		}},
		{403, "NO_AUTH", "无权限", func(f *fixture) reply {
			f.shareAppID(bob, aliceApp) // and so the user, but not the stock
			return f.get(bob, pathCoupon(openID, f.coupon(f.stock(nil)), aliceApp))
		}},
		{404, "RESOURCE_NOT_EXISTS", "查询的资源不存在", func(f *fixture) reply { return f.get(alice, pathCoupon(openID, "none", aliceApp)) }},
		{404, "USER_NOT_EXISTS", "OpenID不正确", func(f *fixture) reply { return f.get(alice, pathCoupon("nobody", "none", aliceApp)) }},
	}
}
