package console

import (
	"context"

	"github.com/favord/favord/internal/busifavor/held"
	"github.com/favord/favord/internal/favor/bill"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

func (s *Server) exportHandlers() map[string]handler {
	return map[string]handler{
		manage.ExportCoupons:  bound(s.exportCoupons),
		manage.ExportPayments: bound(s.exportPayments),
	}
}

func (s *Server) exportCoupons(ctx context.Context, req *manage.ExportCouponsRequest) (any, error) {
	got, err := s.Wallet.Export(ctx, held.Export{
		Actor: actorOf(ctx), Creator: merchant.ID(req.MchID), Stock: coupon.StockID(req.StockID),
		After:   held.Place{Code: coupon.Code(req.AfterCode), Stock: coupon.StockID(req.AfterStock)},
		OpenIDs: req.OpenIDs == "true",
	})
	if err != nil {
		return nil, err
	}
	answer := &manage.ExportedCoupons{
		Coupons: []manage.ExportedCoupon{}, NextCode: string(got.Next.Code), NextStock: string(got.Next.Stock),
	}
	for i := range got.Coupons {
		answer.Coupons = append(answer.Coupons, exportedCoupon(&got.Coupons[i]))
	}
	return answer, nil
}

func exportedCoupon(v *held.View) manage.ExportedCoupon {
	c := couponAnswer(v)
	return manage.ExportedCoupon{
		StockID: c.StockID, StockName: c.StockName, CouponCode: c.CouponCode,
		MchID: c.MchID, BelongMchID: c.BelongMchID, SenderMchID: c.SenderMchID,
		Account: v.Coupon.Holder.String(), AppID: c.AppID, OpenID: c.OpenID, State: c.State, Channel: c.Channel,
		ReceiveTime: c.ReceiveTime, StartTime: c.StartTime, ExpireTime: c.ExpireTime,
		SendRequestNo: c.SendRequestNo, UseRequestNo: c.UseRequestNo, UseTime: c.UseTime,
		ReturnRequestNo: c.ReturnRequestNo, ReturnTime: c.ReturnTime, DeactivateRequestNo: c.DeactivateRequestNo,
		DeactivateTime: c.DeactivateTime, DeactivateReason: c.DeactivateReason, OutTradeNo: c.OutTradeNo, Subsidized: c.Subsidized,
	}
}

func (s *Server) exportPayments(ctx context.Context, req *manage.ExportPaymentsRequest) (any, error) {
	got, err := s.Statement.Export(ctx, bill.Export{
		Actor: actorOf(ctx), Stock: voucher.StockID(req.StockID), Kind: bill.Kind(req.Kind), From: req.From.Time, Until: req.Until.Time,
		AfterAt: req.AfterTime.Time, AfterID: req.AfterID,
	})
	if err != nil {
		return nil, err
	}
	answer := &manage.ExportedPayments{Payments: []manage.ExportedPayment{}, More: got.More}
	for i := range got.Lines {
		answer.Payments = append(answer.Payments, exportedPayment(&got.Lines[i]))
	}
	return answer, nil
}

func exportedPayment(f *payment.Flow) manage.ExportedPayment {
	return manage.ExportedPayment{
		ID: f.ID, Kind: string(f.Kind), Time: schema.TimeOf(f.At), StockID: string(f.Stock.ID), CouponID: string(f.Voucher),
		TransactionID: f.TransactionID, RefundID: f.RefundID, MchID: string(f.Merchant),
		OutTradeNo: f.Facts.OutTradeNo, TradeType: f.Facts.TradeType, Discount: int64(f.Discount), Total: int64(f.Total),
	}
}
