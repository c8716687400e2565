package console

import (
	"context"

	"github.com/favord/favord/internal/favor/pay"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

func (s *Server) paymentHandlers() map[string]handler {
	return map[string]handler{manage.ListPayments: bound(s.listPayments)}
}

func (s *Server) listPayments(ctx context.Context, req *manage.ListPaymentsRequest) (any, error) {
	limit := pageSize(req.Limit)
	q := pay.ListQuery{Merchant: merchant.ID(req.MchID), From: req.From.Time, Until: req.Until.Time}
	q.Limit = int64(limit) + 1 // tells whether there are more
	var err error
	if q.BeforeAt, q.BeforeID, err = parsePlace(req.After); err != nil {
		return nil, err
	}
	if _, err := s.Registry.Merchant(ctx, q.Merchant); err != nil {
		return nil, err
	}
	page, err := s.Rail.List(ctx, q)
	if err != nil {
		return nil, err
	}
	answer := &manage.PaymentList{Payments: []manage.Payment{}}
	if len(page) > limit {
		page = page[:limit]
		last := &page[limit-1]
		answer.Next = placeOf(last.At, last.TransactionID)
	}
	for i := range page {
		answer.Payments = append(answer.Payments, paymentAnswer(&page[i]))
	}
	return answer, nil
}

func paymentAnswer(p *payment.Payment) manage.Payment {
	return manage.Payment{
		TransactionID: p.TransactionID, MchID: string(p.Merchant), MakerMchID: string(p.Maker), OutTradeNo: p.Facts.OutTradeNo,
		State: string(p.State()), ConsumeTime: schema.TimeOf(p.At),
		Total: int64(p.Total), Discount: int64(p.Discount), PayerTotal: int64(p.PayerTotal()), Refunded: int64(p.Refunded),
	}
}
