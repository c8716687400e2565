package story

import (
	"context"
	"fmt"
	"net/http"

	"github.com/favord/favord/client"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/partnership"
	"github.com/favord/favord/wire/schema"
)

// partnershipStory is about who besides its creator may give out a stock.
type partnershipStory struct {
	*player
	stockID string
	built   schema.Time
	// other is the merchant that becomes a partner, code the coupon that it gives out.
	other *client.Client
	code  string
}

func newPartnershipStory(p *player) *partnershipStory { return &partnershipStory{player: p} }

func (s *partnershipStory) steps() []step {
	return []step{
		{"创建商家券批次", "Create a stock", s.createStock},
		{"通过管理端口登记另一商户及其小程序", "Register another merchant with its mini program, on the management port", s.register},
		{"另一商户发放该批次：被拒绝", "The other merchant issues a coupon: refused", s.sendRefused("early")},
		{"与其小程序建立合作关系", "Build a partnership with its mini program", s.build},
		{"相同幂等值重复请求：得到首次的结果", "Repeat with the same Idempotency-Key: the first answer comes back", s.buildAgain},
		{"相同幂等值、不同内容：被拒绝", "The same key with other content: refused", s.otherContent},
		{"与未绑定任何商户的AppID合作：被拒绝", "Name a partner by an unbound appid: refused", s.unknownAppID},
		{"查询合作关系列表：查询参数是JSON文本", "List the partnerships: the filters are JSON in the query", s.list},
		{"合作方发券", "The partner issues a coupon", s.send},
		{"终止合作关系", "Terminate the partnership", s.terminate},
		{"再次查询：合作关系已终止", "List again: the partnership has ended", s.listEnded},
		{"合作方再次发券：被拒绝", "The partner issues another one: refused", s.sendRefused("late")},
		{"合作方查询已发的券：仍然有效", "The partner queries the coupon it issued: still valid", s.held},
		{"换一个幂等值重新建立", "Build it again under another key", s.rebuild},
	}
}

func (s *partnershipStory) createStock(ctx context.Context) (string, error) {
	req := s.stockRequest(s.number("partnership"))
	answer, err := s.caller.BusiFavor().CreateStock(ctx, &req)
	if err != nil {
		return "", err
	}
	s.stockID = answer.StockID
	return "stock_id " + answer.StockID, nil
}

func (s *partnershipStory) partner() partnership.Partner {
	return partnership.Partner{Type: "APPID", AppID: otherAppID}
}

func (s *partnershipStory) data() partnership.AuthorizedData {
	return partnership.AuthorizedData{BusinessType: "BUSIFAVOR_STOCK", StockID: s.stockID}
}

func (s *partnershipStory) request(key string) *partnership.BuildRequest {
	return &partnership.BuildRequest{IdempotencyKey: s.number(key), Partner: s.partner(), AuthorizedData: s.data()}
}

func (s *partnershipStory) build(ctx context.Context) (string, error) {
	answer, err := s.caller.Partnership().Build(ctx, s.request("build"))
	if err != nil {
		return "", err
	}
	s.built = answer.BuildTime
	return fmt.Sprintf("appid %s  state %s  build_time %s", answer.Partner.AppID, answer.State, answer.BuildTime), same("state", "ESTABLISHED", answer.State)
}

func (s *partnershipStory) buildAgain(ctx context.Context) (string, error) {
	answer, err := s.caller.Partnership().Build(ctx, s.request("build"))
	if err != nil {
		return "", err
	}
	return "build_time " + answer.BuildTime.String(), same("build_time", s.built.String(), answer.BuildTime.String())
}

func (s *partnershipStory) otherContent(ctx context.Context) (string, error) {
	req := s.request("build")
	req.Partner = partnership.Partner{Type: "MERCHANT", MerchantID: s.environment.MchID}
	_, err := s.caller.Partnership().Build(ctx, req)
	return expectRefusal(err, http.StatusBadRequest, "INVALID_REQUEST")
}

func (s *partnershipStory) unknownAppID(ctx context.Context) (string, error) {
	req := s.request("unknown")
	req.Partner.AppID = "wx0000000000000000"
	_, err := s.caller.Partnership().Build(ctx, req)
	return expectRefusal(err, http.StatusBadRequest, "APPID_MCHID_NOT_MATCH")
}

// one returns the only partnership of the stock.
func (s *partnershipStory) one(ctx context.Context) (*partnership.Partnership, error) {
	partner := partnership.Partner{Type: "APPID"}
	answer, err := s.caller.Partnership().List(ctx, &partnership.ListRequest{
		AuthorizedData: partnership.DataFilter{BusinessType: "BUSIFAVOR_STOCK", StockID: s.stockID}, Partner: &partner, Limit: new(int64(5)),
	})
	if err != nil {
		return nil, err
	}
	if answer.TotalCount != 1 || len(answer.Data) != 1 {
		return nil, notOne(answer.TotalCount, len(answer.Data))
	}
	return &answer.Data[0], nil
}

func (s *partnershipStory) list(ctx context.Context) (string, error) {
	p, err := s.one(ctx)
	if err != nil {
		return "", err
	}
	if !p.TerminateTime.IsZero() {
		return "", unexpected(fmt.Sprintf("合作已于 %s 结束", p.TerminateTime), fmt.Sprintf("it ended at %s", p.TerminateTime))
	}
	return fmt.Sprintf("stock_id %s  appid %s  build_time %s", p.AuthorizedData.StockID, p.Partner.AppID, p.BuildTime), same("appid", otherAppID, p.Partner.AppID)
}

func (s *partnershipStory) terminate(ctx context.Context) (string, error) {
	answer, err := s.caller.Partnership().Terminate(ctx, &partnership.TerminateRequest{
		IdempotencyKey: s.number("terminate"), Partner: s.partner(), AuthorizedData: s.data(),
	})
	if err != nil {
		return "", err
	}
	return "terminate_time " + answer.TerminateTime.String(), nil
}

func (s *partnershipStory) listEnded(ctx context.Context) (string, error) {
	p, err := s.one(ctx)
	if err != nil {
		return "", err
	}
	if p.TerminateTime.IsZero() {
		return "", unexpected("与 "+p.Partner.AppID+" 的合作关系没有 terminate_time", "the partnership with "+p.Partner.AppID+" has no terminate_time")
	}
	return "terminate_time " + p.TerminateTime.String(), nil
}

func (s *partnershipStory) rebuild(ctx context.Context) (string, error) {
	answer, err := s.caller.Partnership().Build(ctx, s.request("rebuild"))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("state %s  build_time %s  create_time %s", answer.State, answer.BuildTime, answer.CreateTime), same("state", "ESTABLISHED", answer.State)
}

func (s *partnershipStory) register(ctx context.Context) (result string, err error) {
	s.other, result, err = s.registerOther(ctx)
	return result, err
}

func (s *partnershipStory) sendBy(ctx context.Context, number string) (*busifavor.SendCouponResponse, error) {
	return s.other.BusiFavor().SendCoupon(ctx, &busifavor.SendCouponRequest{
		OpenID: otherOpenID, AppID: otherAppID, StockID: s.stockID, OutRequestNo: s.number(number),
	})
}

func (s *partnershipStory) sendRefused(number string) func(ctx context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		_, err := s.sendBy(ctx, number)
		return expectRefusal(err, http.StatusForbidden, "NO_AUTH")
	}
}

func (s *partnershipStory) send(ctx context.Context) (string, error) {
	answer, err := s.sendBy(ctx, "partner")
	if err != nil {
		return "", err
	}
	s.code = answer.SendCouponResult.CouponCode
	return "coupon_code " + s.code, nil
}

func (s *partnershipStory) held(ctx context.Context) (string, error) {
	answer, err := s.other.BusiFavor().GetUserCoupon(ctx, &busifavor.GetUserCouponRequest{OpenID: otherOpenID, CouponCode: s.code, AppID: otherAppID})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("coupon_code %s  coupon_state %s", answer.CouponCode, answer.CouponState), same("coupon_state", "SENDED", answer.CouponState)
}
