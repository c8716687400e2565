package story

import (
	"context"
	"fmt"
	"slices"

	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/notify"
)

// codesStory is about a stock whose codes the merchant uploads, and the callback when one of
// them is given out.
type codesStory struct {
	*player
	stockID string
	code    string
}

func newCodesStory(p *player) *codesStory { return &codesStory{player: p} }

func (s *codesStory) steps() []step {
	return []step{
		{"设置事件通知地址", "Set the callback URL", s.register},
		{"创建使用商户预存code的批次", "Create a stock whose codes the merchant uploads", s.createStock},
		{"上传code：重复的只存一次", "Upload codes: one that comes twice is stored once", s.upload},
		{"发券：用户得到其中一个code", "Issue a coupon: the user gets one of the codes", s.send},
		{"收到领券通知：验签并解密", "Receive the callback: verified and decrypted", s.receive},
	}
}

func (s *codesStory) register(ctx context.Context) (string, error) {
	answer, err := s.caller.BusiFavor().SetCallback(ctx, &busifavor.SetCallbackRequest{MchID: s.environment.MchID, NotifyURL: s.receiver.url})
	if err != nil {
		return "", err
	}
	return "notify_url " + answer.NotifyURL, same("notify_url", s.receiver.url, answer.NotifyURL)
}

func (s *codesStory) createStock(ctx context.Context) (string, error) {
	req := s.stockRequest(s.number("codes"))
	req.CouponCodeMode = "MERCHANT_UPLOAD"
	answer, err := s.caller.BusiFavor().CreateStock(ctx, &req)
	if err != nil {
		return "", err
	}
	s.stockID = answer.StockID
	return "stock_id " + answer.StockID, nil
}

// uploaded are the codes of the demo.
func uploaded() []string { return []string{"DEMO-0001", "DEMO-0002", "DEMO-0003"} }

func (s *codesStory) upload(ctx context.Context) (string, error) {
	codes := uploaded()
	answer, err := s.caller.BusiFavor().UploadCodes(ctx, &busifavor.UploadCodesRequest{
		StockID: s.stockID, CouponCodeList: append(codes, codes[0]), UploadRequestNo: s.number("upload"),
	})
	if err != nil {
		return "", err
	}
	if answer.SuccessCount != int64(len(codes)) || len(answer.DuplicateCodes) != 1 {
		return "", unexpected(
			fmt.Sprintf("success_count 为 %d，duplicate_codes 为 %v", answer.SuccessCount, answer.DuplicateCodes),
			fmt.Sprintf("success_count is %d, duplicate_codes %v", answer.SuccessCount, answer.DuplicateCodes))
	}
	return fmt.Sprintf("success_count %d  duplicate_codes %v", answer.SuccessCount, answer.DuplicateCodes), nil
}

func (s *codesStory) send(ctx context.Context) (string, error) {
	answer, err := s.caller.BusiFavor().SendCoupon(ctx, &busifavor.SendCouponRequest{
		OpenID: s.environment.OpenID, AppID: s.environment.AppID, StockID: s.stockID, OutRequestNo: s.number("sendcode"),
	})
	if err != nil {
		return "", err
	}
	s.code = answer.SendCouponResult.CouponCode
	if !slices.Contains(uploaded(), s.code) {
		return "", unexpected("coupon_code "+s.code+" 不在已上传的code中", "coupon_code "+s.code+" was not uploaded")
	}
	return "coupon_code " + s.code, nil
}

func (s *codesStory) receive(ctx context.Context) (string, error) {
	event, err := await(ctx, s.player, func(e *notify.CouponSend) bool { return e.CouponCode == s.code })
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("COUPON.SEND  coupon_code %s  send_channel %s", event.CouponCode, event.SendChannel), same("stock_id", s.stockID, event.StockID)
}
