package httpapi

import (
	"context"

	"github.com/favord/favord/internal/busifavor/issue"
	"github.com/favord/favord/internal/busifavor/redeem"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/schema"
)

func (s *Server) couponHandlers() map[string]handler {
	return map[string]handler{
		busifavor.SendCoupon:        bound(s.sendCoupon),
		busifavor.UseCoupon:         bound(s.useCoupon),
		busifavor.ReturnCoupon:      bound(s.returnCoupon),
		busifavor.DeactivateCoupon:  bound(s.deactivateCoupon),
		busifavor.AssociateOrder:    bound(s.associateOrder),
		busifavor.DisassociateOrder: bound(s.disassociateOrder),
	}
}

// sendCoupon is B9.
func (s *Server) sendCoupon(ctx context.Context, c *call, req *busifavor.SendCouponRequest) (any, error) {
	sent, err := s.Issue.Send(ctx, issue.SendCommand{
		Caller:    c.caller(),
		AppID:     merchant.AppID(req.AppID),
		OpenID:    user.OpenID(req.OpenID),
		StockID:   coupon.StockID(req.StockID),
		RequestNo: req.OutRequestNo,
		Code:      coupon.Code(req.CouponCode),
	})
	if err != nil {
		return nil, err
	}
	return &busifavor.SendCouponResponse{SendCouponResult: busifavor.SendCouponResult{
		StockID: string(sent.StockID), OutRequestNo: sent.RequestNo, CouponCode: string(sent.Code),
	}}, nil
}

// useCoupon is B10.
func (s *Server) useCoupon(ctx context.Context, c *call, req *busifavor.UseCouponRequest) (any, error) {
	used, err := s.Redeem.Use(ctx, redeem.UseCommand{
		Target:        c.target(req.StockID, req.CouponCode),
		AppID:         merchant.AppID(req.AppID),
		OpenID:        user.OpenID(req.OpenID),
		RequestNo:     req.UseRequestNo,
		OutTradeNo:    req.OutTradeNo,
		OrderMchID:    merchant.ID(req.MchID),
		TransactionID: req.TransactionID,
	})
	if err != nil {
		return nil, err
	}
	return &busifavor.UseCouponResponse{
		StockID: string(used.StockID), OpenID: string(used.OpenID), WechatpayUseTime: schema.TimeOf(used.At),
	}, nil
}

// target names the coupon of a command of the caller.
func (c *call) target(stock, code string) redeem.Target {
	return redeem.Target{Caller: c.caller(), StockID: coupon.StockID(stock), Code: coupon.Code(code)}
}

// returnCoupon is B11.
func (s *Server) returnCoupon(ctx context.Context, c *call, req *busifavor.ReturnCouponRequest) (any, error) {
	at, err := s.Redeem.Return(ctx, redeem.ReturnCommand{
		Target: c.target(req.StockID, req.CouponCode), RequestNo: req.ReturnRequestNo,
	})
	if err != nil {
		return nil, err
	}
	return &busifavor.ReturnCouponResponse{WechatpayReturnTime: schema.TimeOf(at)}, nil
}

// deactivateCoupon is B12.
func (s *Server) deactivateCoupon(ctx context.Context, c *call, req *busifavor.DeactivateCouponRequest) (any, error) {
	at, err := s.Redeem.Deactivate(ctx, redeem.DeactivateCommand{
		Target: c.target(req.StockID, req.CouponCode), RequestNo: req.DeactivateRequestNo, Reason: req.DeactivateReason,
	})
	if err != nil {
		return nil, err
	}
	return &busifavor.DeactivateCouponResponse{WechatpayDeactivateTime: schema.TimeOf(at)}, nil
}

// associateOrder is B13.
func (s *Server) associateOrder(ctx context.Context, c *call, req *busifavor.AssociateOrderRequest) (any, error) {
	at, err := s.Redeem.Associate(ctx, redeem.AssociateCommand{
		Target: c.target(req.StockID, req.CouponCode), OutTradeNo: req.OutTradeNo, RequestNo: req.OutRequestNo,
	})
	if err != nil {
		return nil, err
	}
	return &busifavor.AssociateOrderResponse{WechatpayAssociateTime: schema.TimeOf(at)}, nil
}

// disassociateOrder is B14.
func (s *Server) disassociateOrder(ctx context.Context, c *call, req *busifavor.DisassociateOrderRequest) (any, error) {
	at, err := s.Redeem.Disassociate(ctx, redeem.AssociateCommand{
		Target: c.target(req.StockID, req.CouponCode), OutTradeNo: req.OutTradeNo, RequestNo: req.OutRequestNo,
	})
	if err != nil {
		return nil, err
	}
	return &busifavor.DisassociateOrderResponse{WechatpayDisassociateTime: schema.TimeOf(at)}, nil
}
