package console

import (
	"context"

	"github.com/favord/favord/internal/busifavor/held"
	"github.com/favord/favord/internal/busifavor/redeem"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

func (s *Server) couponHandlers() map[string]handler {
	return map[string]handler{
		manage.ListCoupons:  bound(s.listCoupons),
		manage.FindCoupons:  bound(s.findCoupons),
		manage.GetCoupon:    bound(s.getCoupon),
		manage.DeleteCoupon: bound(s.deleteCoupon),
	}
}

func (s *Server) listCoupons(ctx context.Context, req *manage.ListCouponsRequest) (any, error) {
	page, err := s.Wallet.Browse(ctx, held.BrowseQuery{
		OpenID: user.OpenID(req.OpenID), StockID: coupon.StockID(req.StockID), State: coupon.State(req.State),
		Offset: req.Offset, Limit: int64(pageSize(req.Limit)),
	})
	if err != nil {
		return nil, err
	}
	answer := &manage.CouponList{Coupons: []manage.Coupon{}, TotalCount: page.Total}
	for i := range page.Coupons {
		answer.Coupons = append(answer.Coupons, *couponAnswer(&page.Coupons[i]))
	}
	return answer, nil
}

func (s *Server) findCoupons(ctx context.Context, req *manage.FindCouponsRequest) (any, error) {
	views, err := s.Wallet.ByCode(ctx, coupon.Code(req.Code), merchant.ID(req.MchID))
	if err != nil {
		return nil, err
	}
	answer := &manage.FoundCoupons{Coupons: []manage.Coupon{}}
	for i := range views {
		answer.Coupons = append(answer.Coupons, *couponAnswer(&views[i]))
	}
	return answer, nil
}

func (s *Server) getCoupon(ctx context.Context, req *manage.CouponRequest) (any, error) {
	view, err := s.Wallet.Show(ctx, coupon.StockID(req.StockID), coupon.Code(req.CouponCode))
	if err != nil {
		return nil, err
	}
	return couponAnswer(&view), nil
}

func (s *Server) deleteCoupon(ctx context.Context, req *manage.CouponRequest) (any, error) {
	if err := s.Redeem.Delete(ctx, redeem.DeleteCommand{
		StockID: coupon.StockID(req.StockID), Code: coupon.Code(req.CouponCode), Actor: actorOf(ctx),
	}); err != nil {
		return nil, err
	}
	return s.getCoupon(ctx, req)
}

func couponAnswer(v *held.View) *manage.Coupon {
	c := &v.Coupon
	answer := &manage.Coupon{
		StockID: string(c.Stock.ID), CouponCode: string(c.Code), StockName: v.Stock.Name,
		MchID: string(c.Stock.Creator), BelongMchID: string(c.Belong), SenderMchID: string(c.Sender),
		OpenID: string(c.OpenID), AppID: string(c.AppID), State: string(v.State), Channel: string(c.Channel),
		StartTime: schema.TimeOf(c.Life.Start), ExpireTime: schema.TimeOf(c.Life.Expire), ReceiveTime: schema.TimeOf(c.Received),
		SendRequestNo: c.SendRequestNo, OutTradeNo: c.Associated, Subsidized: int64(c.Subsidized),
	}
	if c.Use.RequestNo != "" {
		answer.UseRequestNo, answer.UseTime = c.Use.RequestNo, schema.TimeOf(c.Use.At)
	}
	if c.Returned.RequestNo != "" {
		answer.ReturnRequestNo, answer.ReturnTime = c.Returned.RequestNo, schema.TimeOf(c.Returned.At)
	}
	if d := c.Deactivated; d.RequestNo != "" {
		answer.DeactivateRequestNo, answer.DeactivateTime, answer.DeactivateReason = d.RequestNo, schema.TimeOf(d.At), d.Reason
	}
	return answer
}
