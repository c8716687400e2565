package console

import (
	"context"
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/busifavor/issue"
	"github.com/favord/favord/internal/busifavor/redeem"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

func (s *Server) whatIfHandlers() map[string]handler {
	return map[string]handler{
		manage.AskWhatIf: bound(s.whatIf), manage.AskVoucherIf: bound(s.voucherIf), manage.JudgeClaims: bound(s.judgeClaims),
	}
}

// otherRule is the rule behind a refusal that has no name of its own.
const otherRule = "REFUSED"

// deedUse asks about a redemption.
const deedUse = "USE"

func (s *Server) whatIf(ctx context.Context, req *manage.AskRequest) (any, error) {
	view, err := s.Campaign.Show(ctx, coupon.StockID(req.StockID))
	if err != nil {
		return nil, err
	}
	if req.MchID == "" {
		req.MchID = string(view.Stock.Creator)
	}
	if req.At.IsZero() {
		req.At = schema.TimeOf(s.businessTime(view.Stock.Creator))
	}
	if req.Deed == deedUse {
		return s.whatIfUsed(ctx, req)
	}
	return s.whatIfClaimed(ctx, req)
}

// whatIfUsed asks about a redemption.
func (s *Server) whatIfUsed(ctx context.Context, req *manage.AskRequest) (any, error) {
	if req.CouponCode == "" {
		return nil, fault.Missing("coupon_code")
	}
	caller, err := s.Registry.Merchant(ctx, merchant.ID(req.MchID))
	if err != nil {
		return nil, err
	}
	cmd := redeem.UseCommand{
		Target: redeem.Target{Caller: caller.ID, StockID: coupon.StockID(req.StockID), Code: coupon.Code(req.CouponCode)},
		AppID:  merchant.AppID(req.AppID), OpenID: user.OpenID(req.OpenID),
	}
	if cmd.AppID == "" && len(caller.AppIDs) > 0 {
		cmd.AppID = caller.AppIDs[0]
	}
	f, err := s.Redeem.Foresee(ctx, cmd, req.At.Time)
	if err != nil {
		return refusedBy(req, err)
	}
	hindrance := f.Hindrance
	if f.Refusal == nil && req.Total != nil && !f.Stock.Benefit.Suits(fen.Fen(*req.Total)) {
		hindrance = coupon.HinderedMinimum
	}
	works := f.Refusal == nil && hindrance == coupon.Unhindered
	answer := &manage.Foresight{Works: works, At: req.At, MchID: req.MchID, Rule: string(hindrance)}
	detail := f.Stock.Text(hindrance, f.Coupon.Life)
	answer.DetailZH, answer.DetailEN = detail.ZH, detail.EN
	refuse(answer, f.Refusal)
	return answer, nil
}

// whatIfClaimed asks about a claim.
func (s *Server) whatIfClaimed(ctx context.Context, req *manage.AskRequest) (any, error) {
	if req.OpenID == "" {
		return nil, fault.Missing("openid")
	}
	if _, err := s.Registry.Merchant(ctx, merchant.ID(req.MchID)); err != nil {
		return nil, err
	}
	cmd := issue.ClaimCommand{
		Channel: coupon.Channel(req.Channel), Sender: merchant.ID(req.MchID),
		AppID: merchant.AppID(req.AppID), OpenID: user.OpenID(req.OpenID),
		StockID: coupon.StockID(req.StockID), Code: coupon.Code(req.CouponCode), At: req.At.Time,
	}
	if cmd.Channel == "" {
		cmd.Channel = coupon.ChannelAPI
	}
	if err := s.Issue.Foresee(ctx, cmd); err != nil {
		return refusedBy(req, err)
	}
	return &manage.Foresight{Works: true, At: req.At, MchID: req.MchID}, nil
}

// businessTime is the time by which a merchant's stocks go.
func (s *Server) businessTime(id merchant.ID) time.Time {
	if s.Clock == nil {
		return s.Time.Now()
	}
	return s.Clock.Show(id).Business
}

// refusedBy answers what a rule refuses. What is wrong with the server stays an error.
func refusedBy(req *manage.AskRequest, err error) (any, error) {
	if kind := fault.Of(err).Kind; kind == fault.Internal || kind == fault.Unclear {
		return nil, err
	}
	answer := &manage.Foresight{At: req.At, MchID: req.MchID, Rule: string(coupon.RefusalOf(err))}
	refuse(answer, err)
	return answer, nil
}

// refuse writes down what a call would answer.
func refuse(answer *manage.Foresight, err error) {
	if err == nil {
		return
	}
	text := fault.Of(err).Text
	answer.RefusedZH, answer.RefusedEN = text.ZH, text.EN
	if answer.Rule == "" {
		answer.Rule = otherRule
	}
}
