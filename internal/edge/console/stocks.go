package console

import (
	"context"
	"maps"

	"github.com/favord/favord/internal/busifavor/stocks"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

func (s *Server) stockHandlers() map[string]handler {
	handlers := map[string]handler{
		manage.ListStocks:   bound(s.listStocks),
		manage.GetStock:     bound(s.getStock),
		manage.ApproveStock: bound(s.moveStock(coupon.Approve)),
		manage.RejectStock:  bound(s.moveStock(coupon.Reject)),
		manage.PauseStock:   bound(s.moveStock(coupon.Pause)),
		manage.ResumeStock:  bound(s.moveStock(coupon.Resume)),
		manage.StopStock:    bound(s.moveStock(coupon.Stop)),
	}
	maps.Copy(handlers, s.codeImportHandlers())
	return handlers
}

// stockPage is the size of a page of stocks that no request asks for.
const stockPage = 20

func (s *Server) listStocks(ctx context.Context, req *manage.ListStocksRequest) (any, error) {
	limit := int64(stockPage)
	if req.Limit != nil {
		limit = *req.Limit
	}
	views, err := s.Campaign.List(ctx, stocks.ListQuery{
		Creator: merchant.ID(req.MchID), After: coupon.StockID(req.After), Limit: limit,
	})
	if err != nil {
		return nil, err
	}
	answer := &manage.StockList{Stocks: []manage.Stock{}}
	for i := range views {
		answer.Stocks = append(answer.Stocks, *stockAnswer(&views[i]))
	}
	if int64(len(views)) == limit {
		answer.Next = string(views[len(views)-1].Stock.ID)
	}
	return answer, nil
}

func (s *Server) getStock(ctx context.Context, req *manage.StockRequest) (any, error) {
	view, err := s.Campaign.Show(ctx, coupon.StockID(req.StockID))
	if err != nil {
		return nil, err
	}
	return stockAnswer(&view), nil
}

func (s *Server) moveStock(move coupon.Move) func(context.Context, *manage.StockRequest) (any, error) {
	return func(ctx context.Context, req *manage.StockRequest) (any, error) {
		view, err := s.Campaign.Move(ctx, stocks.MoveCommand{Actor: actorOf(ctx), StockID: coupon.StockID(req.StockID), Move: move})
		if err != nil {
			return nil, err
		}
		return stockAnswer(&view), nil
	}
}

func stockAnswer(v *stocks.View) *manage.Stock {
	s := &v.Stock
	return &manage.Stock{
		StockID: string(s.ID), MchID: string(s.Creator), BelongMchID: string(s.Belong), Name: s.Name,
		GoodsName: s.Goods, Comment: s.Comment,
		DiscountAmount: int64(s.Benefit.Discount), DiscountPercent: int64(s.Benefit.Percent),
		ExchangePrice: int64(s.Benefit.Price), TransactionMinimum: int64(s.Benefit.Minimum),
		Type: string(s.Type), CodeMode: string(s.CodeMode), State: string(v.State),
		BeginTime: schema.TimeOf(s.Validity.Begin), EndTime: schema.TimeOf(s.Validity.End), CreateTime: schema.TimeOf(s.CreatedAt),
		MaxCoupons: s.Limits.MaxCoupons, MaxCouponsByDay: s.Limits.MaxPerDay, MaxCouponsPerUser: s.Limits.MaxPerUser,
		Issued: v.Counters.Issued, Codes: v.Counters.Codes, FreeCodes: v.Counters.FreeCodes,
	}
}
