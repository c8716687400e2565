package story

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/wire/favor"
	"github.com/favord/favord/wire/notify"
	"github.com/favord/favord/wire/rail"
	"github.com/favord/favord/wire/schema"
)

// favorStory is about a cash voucher, from its stock to the refund of the payment that
// consumed it.
type favorStory struct {
	*player
	stock    favor.CommandRequest
	end      time.Time
	couponID string
	payment  rail.PayRequest
}

func newFavorStory(p *player) *favorStory { return &favorStory{player: p} }

func (s *favorStory) steps() []step {
	return slices.Concat([]step{
		{"设置核销事件通知地址", "Set the callback URL", s.register},
		{"创建代金券批次：满10元减1元", "Create a stock: 1 yuan off from 10 yuan", s.createStock},
		{"激活批次", "Start the stock", s.start},
		{"发代金券给用户", "Send a voucher to a user", s.send},
	}, s.claims(), []step{
		{"支付系统询价：订单20元", "The payment system quotes an order of 20 yuan", s.quote},
		{"支付并核销", "Pay: the voucher is consumed", s.pay},
		{"重复支付请求：得到首次的结果", "Repeat the request: the first answer comes back", s.payAgain},
		{"收到核销通知：验签并解密", "Receive the callback: verified and decrypted", s.receive},
		{"查询代金券：已实扣", "Query the voucher: it is used", s.used},
		{"全额退款：代金券退回", "Refund everything: the voucher comes back", s.refund},
		{"再次查询代金券：可再次使用", "Query it again: it can be used", s.usable},
	}, s.bills())
}

func (s *favorStory) register(ctx context.Context) (string, error) {
	answer, err := s.caller.Favor().SetCallback(ctx, &favor.SetCallbackRequest{MchID: s.environment.MchID, NotifyURL: s.receiver.url})
	if err != nil {
		return "", err
	}
	return "notify_url " + answer.NotifyURL, same("notify_url", s.receiver.url, answer.NotifyURL)
}

func (s *favorStory) createStock(ctx context.Context) (string, error) {
	answer, err := term.FromNow(func() (*favor.CreateStockResponse, error) {
		begin := s.Clock.Now().Truncate(time.Second)
		s.end = begin.AddDate(0, 0, 1)
		return s.caller.Favor().CreateStock(ctx, &favor.CreateStockRequest{
			StockName: "满10元减1元", BelongMerchant: s.environment.MchID,
			AvailableBeginTime: schema.TimeOf(begin), AvailableEndTime: schema.TimeOf(s.end),
			StockUseRule: favor.StockUseRule{MaxCoupons: 100, MaxAmount: 10_000, MaxCouponsPerUser: 5},
			CouponUseRule: favor.CouponUseRule{
				FixedNormalCoupon:  &favor.FixedNormalCoupon{CouponAmount: 100, TransactionMinimum: 1000},
				AvailableMerchants: []string{s.environment.MchID},
			},
			NoCash: true, StockType: "NORMAL", OutRequestNo: s.number("voucherstock"),
		})
	})
	if err != nil {
		return "", err
	}
	s.stock = favor.CommandRequest{StockID: answer.StockID, StockCreatorMchID: s.environment.MchID}
	return "stock_id " + answer.StockID, nil
}

func (s *favorStory) start(ctx context.Context) (string, error) {
	answer, err := s.caller.Favor().StartStock(ctx, &s.stock)
	if err != nil {
		return "", err
	}
	return "start_time " + answer.StartTime.String(), nil
}

func (s *favorStory) send(ctx context.Context) (string, error) {
	answer, err := s.caller.Favor().SendCoupon(ctx, &favor.SendCouponRequest{
		OpenID: s.environment.OpenID, AppID: s.environment.AppID, StockID: s.stock.StockID, StockCreatorMchID: s.environment.MchID,
		OutRequestNo: s.number("sendvoucher"),
	})
	if err != nil {
		return "", err
	}
	s.couponID = answer.CouponID
	s.payment = rail.PayRequest{
		TransactionID: demoTransaction, AppID: s.environment.AppID, OpenID: s.environment.OpenID,
		Order: rail.Order{MchID: s.environment.MchID, Total: 2000}, CouponIDs: []string{s.couponID},
	}
	return "coupon_id " + s.couponID, nil
}

func (s *favorStory) quote(ctx context.Context) (string, error) {
	answer, err := s.caller.Rail().Quote(ctx, &rail.QuoteRequest{AppID: s.payment.AppID, OpenID: s.payment.OpenID, Order: s.payment.Order})
	if err != nil {
		return "", err
	}
	for i := range answer.Vouchers {
		if v := &answer.Vouchers[i]; v.CouponID == s.couponID && v.Applies {
			return fmt.Sprintf("coupon_id %s  discount %d", v.CouponID, v.Discount), nil
		}
	}
	return "", unexpected("代金券 "+s.couponID+" 不可用", "the voucher "+s.couponID+" does not apply")
}

func (s *favorStory) pay(ctx context.Context) (string, error) {
	answer, err := s.caller.Rail().Pay(ctx, &s.payment)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("total %d  discount %d  payer_total %d", answer.Total, answer.Discount, answer.PayerTotal),
		same("discount", "100", fmt.Sprint(answer.Discount))
}

func (s *favorStory) payAgain(ctx context.Context) (string, error) { return s.pay(ctx) }

func (s *favorStory) receive(ctx context.Context) (string, error) {
	event, err := await(ctx, s.player, func(e *notify.CouponUse) bool { return e.CouponID == s.couponID })
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("COUPON.USE  coupon_id %s  stock_id %s  status %s", event.CouponID, event.StockID, event.Status), same("status", "USED", event.Status)
}

// voucher looks at the voucher, which should be in a state.
func (s *favorStory) voucher(ctx context.Context, status string) (string, error) {
	answer, err := s.caller.Favor().GetCoupon(ctx, &favor.GetCouponRequest{OpenID: s.environment.OpenID, CouponID: s.couponID, AppID: s.environment.AppID})
	if err != nil {
		return "", err
	}
	return "status " + answer.Status, same("status", status, answer.Status)
}

func (s *favorStory) used(ctx context.Context) (string, error) { return s.voucher(ctx, "USED") }

func (s *favorStory) usable(ctx context.Context) (string, error) { return s.voucher(ctx, "SENDED") }

func (s *favorStory) refund(ctx context.Context) (string, error) {
	answer, err := s.caller.Rail().Refund(ctx, &rail.RefundRequest{
		TransactionID: s.payment.TransactionID, RefundID: demoRefund, Amount: s.payment.Order.Total,
	})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("payer_refund %d  discount_refund %d  coupons_returned %t", answer.PayerRefund, answer.DiscountRefund, answer.CouponsReturned),
		same("coupons_returned", "true", fmt.Sprint(answer.CouponsReturned))
}
