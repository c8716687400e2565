package client

import (
	"context"
	"iter"

	"github.com/favord/favord/wire/favor"
)

// Stocks walks through all stocks that [Favor.ListStocks] would list, the newest first. The
// request's Offset is ignored; a Limit of 0 is the largest. An error ends the walk as its
// last pair.
func (f Favor) Stocks(ctx context.Context, req *favor.ListStocksRequest) iter.Seq2[favor.Stock, error] {
	const largest = 10
	return list(func(page, _ int64) ([]favor.Stock, int64, error) {
		next := *req
		next.Offset = &page
		if next.Limit == 0 {
			next.Limit = largest
		}
		answer, err := f.ListStocks(ctx, &next)
		if err != nil {
			return nil, 0, err
		}
		return answer.Data, answer.TotalCount, nil
	})
}

// Merchants walks through the merchants at which vouchers of a stock can be spent. The
// request's Offset is ignored; a Limit of 0 is the largest. An error ends the walk as its
// last pair.
func (f Favor) Merchants(ctx context.Context, req *favor.ListMerchantsRequest) iter.Seq2[string, error] {
	const largest = 50
	return list(func(page, _ int64) ([]string, int64, error) {
		next := *req
		next.Offset = &page
		if next.Limit == 0 {
			next.Limit = largest
		}
		answer, err := f.ListMerchants(ctx, &next)
		if err != nil {
			return nil, 0, err
		}
		return answer.Data, answer.TotalCount, nil
	})
}

// Items walks through the goods of a stock for single items. The request's Offset is
// ignored; a Limit of 0 is the largest. An error ends the walk as its last pair.
func (f Favor) Items(ctx context.Context, req *favor.ListItemsRequest) iter.Seq2[string, error] {
	const largest = 100
	return list(func(page, _ int64) ([]string, int64, error) {
		next := *req
		next.Offset = &page
		if next.Limit == 0 {
			next.Limit = largest
		}
		answer, err := f.ListItems(ctx, &next)
		if err != nil {
			return nil, 0, err
		}
		return answer.Data, answer.TotalCount, nil
	})
}

// Coupons walks through all vouchers that [Favor.ListCoupons] would list from page
// req.Offset on, the newest first. An error ends the walk as its last pair. What is sent
// meanwhile moves the pages: a voucher may come twice.
func (f Favor) Coupons(ctx context.Context, req *favor.ListCouponsRequest) iter.Seq2[favor.Coupon, error] {
	const largest = 100
	return list(func(page, _ int64) ([]favor.Coupon, int64, error) {
		next := *req
		next.Limit = largestPage(req.Limit, largest)
		next.Offset = req.Offset + page
		answer, err := f.ListCoupons(ctx, &next)
		if err != nil {
			return nil, 0, err
		}
		return answer.Data, answer.TotalCount - req.Offset**next.Limit, nil
	})
}
