package stocks

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// View is a stock as its parties see it.
type View struct {
	Stock voucher.Stock
	// State and StoppedAt are as of now.
	State     voucher.StockState
	StoppedAt time.Time
	Counters  voucher.Counters
}

// Stock shows a stock to its creator and to those that may send it (favor 4.7).
func (s *Service) Stock(ctx context.Context, cmd Command) (View, error) {
	var views []View
	stock, err := s.find(ctx, cmd)
	if err == nil {
		err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
			views, err = s.views(ctx, tx, []voucher.Stock{stock})
			return err
		})
	}
	if err != nil {
		return View{}, fmt.Errorf("stock of vouchers %s: %w", cmd.StockID, err)
	}
	return views[0], nil
}

// find returns a stock that the caller may see.
func (s *Service) find(ctx context.Context, cmd Command) (stock voucher.Stock, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		stock, err = tx.VoucherStock(ctx, cmd.StockID)
		return err
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return voucher.Stock{}, voucher.ErrStockNotFound.At("stock_id", string(cmd.StockID))
	case err != nil:
		return voucher.Stock{}, err
	case stock.Creator != cmd.Creator:
		return voucher.Stock{}, voucher.ErrOtherCreator.At("stock_creator_mchid", string(cmd.Creator))
	}
	err = s.config.Directory.CheckVoucherReader(ctx, &stock, cmd.Caller)
	if errors.Is(err, voucher.ErrNoSenders) || errors.Is(err, voucher.ErrNotSender) {
		err = voucher.ErrUnrelated
	}
	return stock, err
}

// views adds what changes with time and with every call. The stocks are of one creator.
func (s *Service) views(ctx context.Context, tx store.ReadTx, stocks []voucher.Stock) ([]View, error) {
	if len(stocks) == 0 {
		return nil, nil
	}
	now := s.config.Clock.For(string(stocks[0].Creator)).Now()
	keys := make([]voucher.StockKey, len(stocks))
	for i := range stocks {
		keys[i] = stocks[i].StockKey
	}
	counters, err := tx.VoucherCounters(ctx, keys, day.Of(now))
	if err != nil {
		return nil, err
	}
	views := make([]View, len(stocks))
	for i := range stocks {
		stock := &stocks[i]
		views[i] = View{Stock: *stock, State: stock.StateAt(now), StoppedAt: stock.StoppedSince(now), Counters: counters[stock.StockKey]}
	}
	return views, nil
}

// ListQuery asks for the stocks of a merchant, which must be the caller. Empty fields do not
// narrow.
type ListQuery struct {
	Caller  merchant.ID
	Creator merchant.ID
	// From and To bound the time of creation, both included.
	From, To time.Time
	State    voucher.StockState
	Page     Page
}

// Page is a part of a list: its number, from 0, and its size.
type Page struct {
	Number, Size int64
}

// Stocks returns a page of a merchant's stocks, the newest first, and how many there are in
// all (favor 4.6). A page past the end is empty.
func (s *Service) Stocks(ctx context.Context, q ListQuery) (views []View, total int64, err error) {
	if q.Creator != q.Caller {
		return nil, 0, fmt.Errorf("list stocks of vouchers: %w", voucher.ErrUnrelated)
	}
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		stocks, all, err := tx.VoucherStocks(ctx, store.VoucherStockQuery{
			Creator: q.Creator, From: q.From, To: q.To, State: q.State, Now: s.config.Clock.For(string(q.Creator)).Now(),
			Offset: q.Page.Number * q.Page.Size, Limit: q.Page.Size,
		})
		if err != nil {
			return err
		}
		total = all
		views, err = s.views(ctx, tx, stocks)
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("list stocks of vouchers: %w", err)
	}
	return views, total, nil
}

// Merchants returns a page of the merchants at which vouchers of a stock may be spent, and
// how many there are in all (favor 4.8).
func (s *Service) Merchants(ctx context.Context, cmd Command, page Page) ([]merchant.ID, int64, error) {
	stock, err := s.find(ctx, cmd)
	return shown(stock.Merchants, page, err)
}

// Items returns a page of the goods of a stock for single items, and how many there are in
// all (favor 4.9).
func (s *Service) Items(ctx context.Context, cmd Command, page Page) ([]string, int64, error) {
	stock, err := s.find(ctx, cmd)
	return shown(stock.Items, page, err)
}

// shown returns a page of a list, unless it could not be read. A page past the end is
// refused, the first one never is.
func shown[T any](list []T, page Page, err error) ([]T, int64, error) {
	total, begin := int64(len(list)), page.Number*page.Size
	if err == nil && page.Number > 0 && begin >= total {
		err = voucher.ErrPage
	}
	if err != nil {
		return nil, 0, fmt.Errorf("stock of vouchers: %w", err)
	}
	return list[min(begin, total):min(begin+page.Size, total)], total, nil
}
