package httpapi

import (
	"context"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/favor/pay"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
	wirerail "github.com/favord/favord/wire/rail"
	"github.com/favord/favord/wire/schema"
)

func (s *Server) railHandlers() map[string]handler {
	return map[string]handler{
		wirerail.MakeQuote:  bound(s.quote),
		wirerail.Pay:        bound(s.pay),
		wirerail.GetPayment: bound(s.getPayment),
		wirerail.MakeRefund: bound(s.refund),
	}
}

func orderOf(o *wirerail.Order) voucher.Order {
	order := voucher.Order{
		Merchant: merchant.ID(o.MchID), Total: fen.Fen(o.Total), GoodsTag: o.GoodsTag, TradeType: o.TradeType,
		PayMethod: o.PayMethod, CardBIN: o.CardBIN, Goods: goodsOf(o.GoodsDetail),
	}
	for _, m := range o.SubMchIDs {
		order.SubMerchants = append(order.SubMerchants, merchant.ID(m))
	}
	return order
}

func goodsOf(lines []wirerail.Goods) (goods []voucher.Goods) {
	for _, g := range lines {
		goods = append(goods, voucher.Goods{ID: g.GoodsID, Quantity: g.Quantity, Price: fen.Fen(g.Price)})
	}
	return goods
}

// goodsAnswer are lines with their shares of a discount.
func goodsAnswer(goods []voucher.Goods) (lines []wirerail.GoodsDetail) {
	for _, g := range goods {
		lines = append(lines, wirerail.GoodsDetail{
			GoodsID: g.ID, Quantity: g.Quantity, Price: int64(g.Price), DiscountAmount: int64(g.Discount),
		})
	}
	return lines
}

func (s *Server) quote(ctx context.Context, c *call, req *wirerail.QuoteRequest) (any, error) {
	quote, err := s.Rail.Quote(ctx, pay.QuoteQuery{
		Caller: c.caller(), Payer: pay.Payer{AppID: merchant.AppID(req.AppID), OpenID: user.OpenID(req.OpenID)}, Order: orderOf(&req.Order),
	})
	if err != nil {
		return nil, err
	}
	answer := &wirerail.Quote{Vouchers: []wirerail.QuotedVoucher{}, BestCouponIDs: []string{}, BestDiscount: int64(quote.Discount)}
	for i := range quote.Vouchers {
		q := &quote.Vouchers[i]
		one := wirerail.QuotedVoucher{
			CouponID: string(q.Voucher.ID), StockID: string(q.Stock.ID), CouponName: q.Stock.Name,
			Applies: q.Misfit == voucher.NoMisfit, Discount: int64(q.Discount), AvailableEndTime: schema.TimeOf(q.Voucher.Window.End),
		}
		if !one.Applies {
			reason := q.Misfit.Fault()
			one.Reason, one.Message = string(q.Misfit), c.language.Choose(reason.Text.ZH, reason.Text.EN)
		}
		answer.Vouchers = append(answer.Vouchers, one)
	}
	for _, id := range quote.Best {
		answer.BestCouponIDs = append(answer.BestCouponIDs, string(id))
	}
	return answer, nil
}

func (s *Server) pay(ctx context.Context, c *call, req *wirerail.PayRequest) (any, error) {
	cmd := pay.ConsumeCommand{
		Caller: c.caller(), TransactionID: req.TransactionID, Order: orderOf(&req.Order),
		Payer: pay.Payer{AppID: merchant.AppID(req.AppID), OpenID: user.OpenID(req.OpenID)},
	}
	for _, id := range req.CouponIDs {
		cmd.Vouchers = append(cmd.Vouchers, voucher.ID(id))
	}
	cmd.Facts.OutTradeNo, cmd.Facts.TradeType = req.OutTradeNo, req.Order.TradeType
	cmd.Facts.DeviceInfo, cmd.Facts.BankSerial = req.DeviceInfo, req.BankSerial
	if combined := req.Combined; combined != nil {
		cmd.Combine(combined.TransactionID, fen.Fen(combined.Discount), fen.Fen(combined.Total))
	}
	paid, err := s.Rail.Consume(ctx, cmd)
	if err != nil {
		return nil, err
	}
	return paymentAnswer(&paid), nil
}

func paymentAnswer(p *pay.Paid) *wirerail.Payment {
	answer := &wirerail.Payment{
		TransactionID: p.TransactionID, ConsumeTime: schema.TimeOf(p.At),
		Total: int64(p.Total), Discount: int64(p.Discount), PayerTotal: int64(p.Total - p.Discount),
		PromotionDetail: []wirerail.Promotion{},
	}
	for i := range p.Vouchers {
		answer.PromotionDetail = append(answer.PromotionDetail, promotionAnswer(&p.Vouchers[i]))
	}
	return answer
}

func promotionAnswer(v *pay.PaidVoucher) wirerail.Promotion {
	one := wirerail.Promotion{
		CouponID: string(v.ID), StockID: string(v.StockID), Name: v.Name, Scope: "GLOBAL", Type: typeOf(v.Funded), Amount: int64(v.Discount),
		GoodsDetail: goodsAnswer(v.Goods),
	}
	if v.SingleItem {
		one.Scope = "SINGLE"
	}
	return one
}

// typeOf is how a promotion names where its money comes from.
func typeOf[T ~bool](funded T) string {
	if funded {
		return "CASH"
	}
	return "NOCASH"
}

func (s *Server) getPayment(ctx context.Context, c *call, req *wirerail.GetPaymentRequest) (any, error) {
	p, err := s.Rail.Payment(ctx, c.caller(), req.TransactionID)
	if err != nil {
		return nil, err
	}
	answer := paymentAnswer(&p.Paid)
	answer.Refunded = int64(p.Refunded)
	return answer, nil
}

func (s *Server) refund(ctx context.Context, c *call, req *wirerail.RefundRequest) (any, error) {
	r, err := s.Rail.Refund(ctx, pay.RefundCommand{
		Caller: c.caller(), TransactionID: req.TransactionID, RefundID: req.RefundID, Amount: fen.Fen(req.Amount),
		Goods: goodsOf(req.GoodsDetail),
	})
	if err != nil {
		return nil, err
	}
	answer := &wirerail.Refund{
		RefundID: r.RefundID, RefundTime: schema.TimeOf(r.At()), Amount: int64(r.Amount), PayerRefund: int64(r.Payer),
		DiscountRefund: int64(r.Discount), CouponsReturned: r.Whole, PromotionDetail: []wirerail.Promotion{},
	}
	for _, v := range r.Vouchers {
		answer.PromotionDetail = append(answer.PromotionDetail, wirerail.Promotion{
			CouponID: string(v.ID), StockID: string(v.Stock), Type: typeOf(v.Funded), Amount: int64(v.Discount),
			GoodsDetail: goodsAnswer(v.Goods),
		})
	}
	return answer, nil
}
