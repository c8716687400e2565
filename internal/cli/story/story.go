package story

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"net/http"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/schema"
	"github.com/favord/favord/wire/security"
)

// player plays the merchant.
type player struct {
	*term.Command
	environment *sandbox.Environment
	watch       *watch
	told        int
	receiver    *receiver

	caller      *client.Client
	byPublicKey *client.Client
	stranger    *client.Client

	// what the story has got so far
	create  busifavor.CreateStockRequest
	stockID string
	code    string
	used    schema.Time
}

// step is one call of the story. It returns the fields that matter.
type step struct {
	zh, en string
	call   func(ctx context.Context) (string, error)
}

// tell plays a step and prints what went over the wire.
func (p *player) tell(ctx context.Context, s step) error {
	p.told++
	result, err := s.call(ctx)
	title := p.Choose(s.zh, s.en)
	if err != nil {
		return while(fmt.Sprintf("第%d步“%s”", p.told, s.zh), fmt.Sprintf("step %d, %s", p.told, s.en), err)
	}
	verified := p.Choose("未签名", "unsigned")
	if p.watch.signed != "" {
		verified = p.Choose("签名已验证 ", "verified ") + term.Short(p.watch.signed)
	}
	_, err = fmt.Fprintf(p.Out, "%2d  %s\n    %s %s\n    %d  %s\n    %s\n", p.told, title, p.watch.method, p.watch.target, p.watch.status, verified, result)
	return err
}

func (p *player) story() []step {
	return []step{
		{"下载平台证书，用APIv3密钥解密", "Download the platform certificate and decrypt it with the APIv3 key", p.certificates},
		{"创建商家券批次：满10元减5元，每人限领2张", "Create a stock: 5 yuan off from 10 yuan, 2 per user", p.createStock},
		{"重复创建请求：得到同一个批次", "Repeat the request: the same stock comes back", p.createAgain},
		{"发券给用户", "Issue a coupon to a user", p.send},
		{"重复发券请求：得到同一张券", "Repeat the request: the same coupon comes back", p.sendAgain},
		{"查询用户的券", "List the user's coupons", p.list},
		{"核销", "Redeem the coupon", p.use},
		{"重复核销请求：得到首次的结果", "Repeat the request: the first answer comes back", p.useAgain},
		{"换一个单号再次核销：被拒绝", "Redeem again under another number: refused", p.useTwice},
		{"查询券详情（平台公钥模式）", "Query the coupon in public-key mode", p.detail},
		{"查询批次：数量一致", "Query the stock: the numbers agree", p.numbers},
		{"用错误的私钥签名：被拒绝", "Sign with a wrong key: refused", p.wrongKey},
	}
}

func (p *player) certificates(ctx context.Context) (string, error) {
	answer, err := p.caller.Certificates(ctx, &security.ListCertificatesRequest{})
	if err != nil {
		return "", err
	}
	box, err := apiv3.NewBox([]byte(p.environment.APIv3Key))
	if err != nil {
		return "", err
	}
	for _, entry := range answer.Data {
		text, err := box.Open(entry.EncryptCertificate.Sealed())
		if err != nil {
			return "", err
		}
		certificate, err := apiv3.ParseCertificate(text)
		if err != nil {
			return "", err
		}
		if apiv3.SerialOf(certificate) == p.environment.PlatformSerialNo {
			return fmt.Sprintf("serial_no %s  expire_time %s", entry.SerialNo, entry.ExpireTime), nil
		}
	}
	return "", unexpected("列表中没有平台证书", "the list lacks the platform certificate")
}

func (p *player) createStock(ctx context.Context) (string, error) {
	p.create = p.stockRequest(p.number("create"))
	answer, err := p.caller.BusiFavor().CreateStock(ctx, &p.create)
	if err != nil {
		return "", err
	}
	p.stockID = answer.StockID
	return fmt.Sprintf("stock_id %s  create_time %s", answer.StockID, answer.CreateTime), nil
}

// stockRequest asks for a stock: 5 yuan off from 10 yuan, 2 per user.
func (p *player) stockRequest(number string) busifavor.CreateStockRequest {
	now := p.Clock.Now().Truncate(time.Second)
	return busifavor.CreateStockRequest{
		StockName: "8月1日活动券", BelongMerchant: p.environment.MchID, GoodsName: "全场商品", StockType: "NORMAL",
		CouponUseRule: busifavor.CouponUseRule{
			CouponAvailableTime: busifavor.CouponAvailableTime{
				AvailableBeginTime: schema.TimeOf(now), AvailableEndTime: schema.TimeOf(now.AddDate(0, 1, 0)),
			},
			FixedNormalCoupon: &busifavor.FixedNormalCoupon{DiscountAmount: 500, TransactionMinimum: 1000},
			UseMethod:         "OFF_LINE",
		},
		StockSendRule:  busifavor.StockSendRule{MaxCoupons: 100, MaxCouponsPerUser: 2},
		OutRequestNo:   number,
		CouponCodeMode: "WECHATPAY_MODE",
	}
}

// number is a request number in the recommended form: mchid, date, what for.
func (p *player) number(what string) string {
	return p.environment.MchID + p.Clock.Now().Format("20060102") + what
}

func (p *player) createAgain(ctx context.Context) (string, error) {
	answer, err := p.caller.BusiFavor().CreateStock(ctx, &p.create)
	if err != nil {
		return "", err
	}
	return "stock_id " + answer.StockID, same("stock_id", p.stockID, answer.StockID)
}

// same reports a value that should not have changed.
func same(name, want, got string) error {
	if got == want {
		return nil
	}
	return unexpected(fmt.Sprintf("%s 为 %s，应为 %s", name, got, want), fmt.Sprintf("%s is %s, want %s", name, got, want))
}

// unexpected is an answer that is verified and is not what the step is about.
func unexpected(zh, en string) error { return fault.New(fault.Internal, zh, en) }

// while says what an error kept from being done.
func while(zh, en string, err error) error {
	return &term.While{Text: fault.Text{ZH: zh, EN: en}, Err: err}
}

// notOne reports a list that should have had one row.
func notOne(total int64, rows int) error {
	return unexpected(
		fmt.Sprintf("total_count 为 %d，共返回 %d 行，应各为 1", total, rows),
		fmt.Sprintf("total_count is %d with %d rows, want 1", total, rows))
}

func (p *player) sendRequest() *busifavor.SendCouponRequest {
	return &busifavor.SendCouponRequest{
		OpenID: p.environment.OpenID, AppID: p.environment.AppID, StockID: p.stockID, OutRequestNo: p.number("send"),
	}
}

func (p *player) send(ctx context.Context) (string, error) {
	answer, err := p.caller.BusiFavor().SendCoupon(ctx, p.sendRequest())
	if err != nil {
		return "", err
	}
	p.code = answer.SendCouponResult.CouponCode
	return "coupon_code " + p.code, nil
}

func (p *player) sendAgain(ctx context.Context) (string, error) {
	answer, err := p.caller.BusiFavor().SendCoupon(ctx, p.sendRequest())
	if err != nil {
		return "", err
	}
	return "coupon_code " + answer.SendCouponResult.CouponCode, same("coupon_code", p.code, answer.SendCouponResult.CouponCode)
}

func (p *player) list(ctx context.Context) (string, error) {
	answer, err := p.caller.BusiFavor().ListUserCoupons(ctx, &busifavor.ListUserCouponsRequest{
		OpenID: p.environment.OpenID, AppID: p.environment.AppID, CreatorMerchant: p.environment.MchID, CouponState: "SENDED",
	})
	if err != nil {
		return "", err
	}
	if answer.TotalCount != 1 || len(answer.Data) != 1 {
		return "", notOne(answer.TotalCount, len(answer.Data))
	}
	c := &answer.Data[0]
	return fmt.Sprintf("total_count %d  coupon_state %s  %s – %s", answer.TotalCount, c.CouponState, c.AvailableStartTime, c.ExpireTime),
		same("coupon_code", p.code, c.CouponCode)
}

func (p *player) useRequest(number string) *busifavor.UseCouponRequest {
	return &busifavor.UseCouponRequest{
		CouponCode: p.code, StockID: p.stockID, AppID: p.environment.AppID, OpenID: p.environment.OpenID,
		UseTime: schema.TimeOf(p.Clock.Now()), UseRequestNo: number,
	}
}

func (p *player) use(ctx context.Context) (string, error) {
	answer, err := p.caller.BusiFavor().UseCoupon(ctx, p.useRequest(p.number("use")))
	if err != nil {
		return "", err
	}
	p.used = answer.WechatpayUseTime
	return fmt.Sprintf("openid %s  wechatpay_use_time %s", answer.OpenID, answer.WechatpayUseTime), nil
}

func (p *player) useAgain(ctx context.Context) (string, error) {
	answer, err := p.caller.BusiFavor().UseCoupon(ctx, p.useRequest(p.number("use")))
	if err != nil {
		return "", err
	}
	return "wechatpay_use_time " + answer.WechatpayUseTime.String(),
		same("wechatpay_use_time", p.used.String(), answer.WechatpayUseTime.String())
}

func (p *player) useTwice(ctx context.Context) (string, error) {
	_, err := p.caller.BusiFavor().UseCoupon(ctx, p.useRequest(p.number("use2")))
	return expectRefusal(err, http.StatusBadRequest, "RESOURCE_ALREADY_EXISTS")
}

func (p *player) detail(ctx context.Context) (string, error) {
	answer, err := p.byPublicKey.BusiFavor().GetUserCoupon(ctx, &busifavor.GetUserCouponRequest{
		OpenID: p.environment.OpenID, CouponCode: p.code, AppID: p.environment.AppID,
	})
	if err != nil {
		return "", err
	}
	if err := same("Wechatpay-Serial", p.environment.PublicKeyID, p.watch.signed); err != nil {
		return "", err
	}
	return fmt.Sprintf("coupon_state %s  use_request_no %s", answer.CouponState, answer.UseRequestNo),
		same("coupon_state", "USED", answer.CouponState)
}

func (p *player) numbers(ctx context.Context) (string, error) {
	answer, err := p.caller.BusiFavor().GetStock(ctx, &busifavor.GetStockRequest{StockID: p.stockID})
	if err != nil {
		return "", err
	}
	count := answer.SendCountInformation
	if count == nil || count.TotalSendNum != 1 || count.TotalSendAmount == nil || *count.TotalSendAmount != 500 {
		return "", unexpected("批次没有计入一张500分的券", "the stock does not count one coupon of 500 fen")
	}
	return fmt.Sprintf("stock_state %s  total_send_num %d  total_send_amount %d", answer.StockState, count.TotalSendNum, *count.TotalSendAmount), nil
}

func (p *player) wrongKey(ctx context.Context) (string, error) {
	_, err := p.stranger.BusiFavor().GetStock(ctx, &busifavor.GetStockRequest{StockID: p.stockID})
	return expectRefusal(err, http.StatusUnauthorized, "SIGN_ERROR")
}

// stranger returns a client that claims to be the merchant but has another key.
func stranger(c *term.Command, e *sandbox.Environment, transport *http.Client) (*client.Client, error) {
	const bits = 2048
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		return nil, fmt.Errorf("generate key: %w", err)
	}
	return client.New(client.Config{
		BaseURL: e.APIURL, MchID: e.MchID, SerialNo: e.SerialNo, PrivateKey: key,
		Language: c.Choose("zh-CN", "en"), HTTPClient: transport,
	})
}
