package console

import (
	"context"

	"github.com/favord/favord/internal/merchant"
	"github.com/favord/favord/internal/promotion"
	"github.com/favord/favord/internal/voucher"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

func (s *Server) voucherStockHandlers() map[string]handler {
	return map[string]handler{
		manage.ListVoucherStocks:   bound(s.listVoucherStocks),
		manage.GetVoucherStock:     bound(s.getVoucherStock),
		manage.ReviewVoucherStock:  bound(s.operateVoucherStock((*promotion.Service).Review)),
		manage.ApproveVoucherStock: bound(s.operateVoucherStock((*promotion.Service).Approve)),
		manage.RejectVoucherStock:  bound(s.operateVoucherStock((*promotion.Service).Reject)),
		manage.SetVoucherSenders:   bound(s.setVoucherSenders),
	}
}

func (s *Server) listVoucherStocks(ctx context.Context, req *manage.ListVoucherStocksRequest) (any, error) {
	size := int64(stockPage)
	if req.Limit != nil {
		size = *req.Limit
	}
	owner := merchant.ID(req.MchID)
	views, total, err := s.Promotion.Stocks(ctx, promotion.ListQuery{
		Caller: owner, Creator: owner, Page: promotion.Page{Number: req.Page, Size: size},
	})
	if err != nil {
		return nil, err
	}
	answer := &manage.VoucherStockList{Stocks: []manage.VoucherStock{}, Total: total}
	for i := range views {
		answer.Stocks = append(answer.Stocks, voucherStockAnswer(&promotion.Detail{View: views[i]}))
	}
	return answer, nil
}

func (s *Server) getVoucherStock(ctx context.Context, req *manage.VoucherStockRequest) (any, error) {
	return voucherStockOr(s.Promotion.Show(ctx, voucher.StockID(req.StockID)))
}

func (s *Server) operateVoucherStock(
	do func(*promotion.Service, context.Context, promotion.Operated) (promotion.Detail, error),
) func(context.Context, *manage.VoucherStockRequest) (any, error) {
	return func(ctx context.Context, req *manage.VoucherStockRequest) (any, error) {
		return voucherStockOr(do(s.Promotion, ctx, promotion.Operated{Actor: operator, StockID: voucher.StockID(req.StockID)}))
	}
}

func (s *Server) setVoucherSenders(ctx context.Context, req *manage.SetVoucherSendersRequest) (any, error) {
	senders := make([]merchant.ID, len(req.Senders))
	for i, id := range req.Senders {
		senders[i] = merchant.ID(id)
	}
	return voucherStockOr(s.Promotion.SetSenders(ctx, promotion.Operated{Actor: operator, StockID: voucher.StockID(req.StockID)}, senders))
}

func voucherStockOr(d promotion.Detail, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	answer := voucherStockAnswer(&d)
	return &answer, nil
}

func voucherStockAnswer(d *promotion.Detail) manage.VoucherStock {
	s := &d.Stock
	answer := manage.VoucherStock{
		StockID: string(s.ID), MchID: string(s.Creator), Name: s.Name, State: string(d.State), NoCash: s.NoCash, CouponAmount: int64(s.Face),
		BeginTime: schema.TimeOf(s.Begin), EndTime: schema.TimeOf(s.End), CreateTime: schema.TimeOf(s.CreatedAt),
		MaxCoupons: s.Limits.MaxCoupons, Sent: d.Counters.Sent, SentToday: d.Counters.SentToday,
	}
	for _, id := range d.Senders {
		answer.Senders = append(answer.Senders, string(id))
	}
	return answer
}
