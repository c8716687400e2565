package console

import (
	"context"

	"github.com/favord/favord/internal/favor/stocks"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

func (s *Server) voucherStockHandlers() map[string]handler {
	return map[string]handler{
		manage.ListVoucherStocks:   bound(s.listVoucherStocks),
		manage.GetVoucherStock:     bound(s.getVoucherStock),
		manage.ReviewVoucherStock:  bound(s.operateVoucherStock((*stocks.Service).Review)),
		manage.ApproveVoucherStock: bound(s.operateVoucherStock((*stocks.Service).Approve)),
		manage.RejectVoucherStock:  bound(s.operateVoucherStock((*stocks.Service).Reject)),
		manage.SetVoucherSenders:   bound(s.setVoucherSenders),
	}
}

func (s *Server) listVoucherStocks(ctx context.Context, req *manage.ListVoucherStocksRequest) (any, error) {
	size := int64(stockPage)
	if req.Limit != nil {
		size = *req.Limit
	}
	owner := merchant.ID(req.MchID)
	views, total, err := s.Promotion.Stocks(ctx, stocks.ListQuery{
		Caller: owner, Creator: owner, Page: stocks.Page{Number: req.Page, Size: size},
	})
	if err != nil {
		return nil, err
	}
	answer := &manage.VoucherStockList{Stocks: []manage.VoucherStock{}, Total: total}
	for i := range views {
		answer.Stocks = append(answer.Stocks, voucherStockAnswer(&stocks.Detail{View: views[i]}))
	}
	return answer, nil
}

func (s *Server) getVoucherStock(ctx context.Context, req *manage.VoucherStockRequest) (any, error) {
	return voucherStockOr(s.Promotion.Show(ctx, voucher.StockID(req.StockID)))
}

func (s *Server) operateVoucherStock(
	do func(*stocks.Service, context.Context, stocks.Operated) (stocks.Detail, error),
) func(context.Context, *manage.VoucherStockRequest) (any, error) {
	return func(ctx context.Context, req *manage.VoucherStockRequest) (any, error) {
		return voucherStockOr(do(s.Promotion, ctx, stocks.Operated{Actor: actorOf(ctx), StockID: voucher.StockID(req.StockID)}))
	}
}

func (s *Server) setVoucherSenders(ctx context.Context, req *manage.SetVoucherSendersRequest) (any, error) {
	senders := make([]merchant.ID, len(req.Senders))
	for i, id := range req.Senders {
		senders[i] = merchant.ID(id)
	}
	return voucherStockOr(s.Promotion.SetSenders(ctx, stocks.Operated{Actor: actorOf(ctx), StockID: voucher.StockID(req.StockID)}, senders))
}

func voucherStockOr(d stocks.Detail, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	answer := voucherStockAnswer(&d)
	return &answer, nil
}

func voucherStockAnswer(d *stocks.Detail) manage.VoucherStock {
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
