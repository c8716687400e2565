package console

import (
	"context"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/favor/pay"
	"github.com/favord/favord/internal/favor/send"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

func (s *Server) voucherIf(ctx context.Context, req *manage.AskVoucherRequest) (any, error) {
	switch {
	case req.VoucherID != "":
		return s.voucherIfSpent(ctx, req)
	case req.StockID == "":
		return nil, fault.Missing("voucher_id")
	case req.OpenID == "":
		return nil, fault.Missing("openid")
	}
	return s.voucherIfSent(ctx, req)
}

// voucherIfSpent asks about a payment.
func (s *Server) voucherIfSpent(ctx context.Context, req *manage.AskVoucherRequest) (any, error) {
	f, err := s.Rail.Foresee(ctx, pay.Question{ID: voucher.ID(req.VoucherID), Order: orderOf(req.Order), At: req.At.Time})
	if err != nil {
		return nil, err
	}
	answer := &manage.Foresight{
		Works: f.Misfit == voucher.NoMisfit, At: schema.TimeOf(f.At), MchID: string(f.Order.Merchant),
		Rule: string(f.Misfit), Discount: int64(f.Discount),
	}
	if answer.Works {
		return answer, nil
	}
	refusal, detail := f.Misfit.Fault().Text, f.Stock.Text(f.Misfit, &f.Voucher)
	answer.RefusedZH, answer.RefusedEN, answer.DetailZH, answer.DetailEN = refusal.ZH, refusal.EN, detail.ZH, detail.EN
	return answer, nil
}

func orderOf(o *manage.AskedOrder) voucher.Order {
	if o == nil {
		return voucher.Order{}
	}
	order := voucher.Order{
		Merchant: merchant.ID(o.MchID), Total: fen.Fen(o.Total), GoodsTag: o.GoodsTag,
		TradeType: o.TradeType, PayMethod: o.PayMethod, CardBIN: o.CardBIN,
	}
	for _, g := range o.Goods {
		order.Goods = append(order.Goods, voucher.Goods{ID: g.GoodsID, Quantity: g.Quantity, Price: fen.Fen(g.Price)})
	}
	return order
}

// voucherIfSent asks about giving one out.
func (s *Server) voucherIfSent(ctx context.Context, req *manage.AskVoucherRequest) (any, error) {
	view, err := s.Promotion.Show(ctx, voucher.StockID(req.StockID))
	if err != nil {
		return nil, err
	}
	if req.MchID == "" {
		req.MchID = string(view.Stock.Creator)
	}
	if req.At.IsZero() {
		req.At = schema.TimeOf(s.businessTime(view.Stock.Creator))
	}
	if _, err := s.Registry.Merchant(ctx, merchant.ID(req.MchID)); err != nil {
		return nil, err
	}
	err = s.Grant.Foresee(ctx, send.ClaimCommand{
		Door: doorOf(req.Channel), Sender: merchant.ID(req.MchID), AppID: merchant.AppID(req.AppID), OpenID: user.OpenID(req.OpenID),
		StockID: view.Stock.ID, At: req.At.Time,
	})
	answer := &manage.Foresight{Works: err == nil, At: req.At, MchID: req.MchID, Rule: voucher.Reason(err)}
	if kind := fault.Of(err).Kind; err != nil && (kind == fault.Internal || kind == fault.Unclear) {
		return nil, err
	}
	refuse(answer, err)
	return answer, nil
}
