package stocks

import (
	"context"
	"fmt"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

// MoveCommand asks for a step of a stock that no call of the signed API leads to.
type MoveCommand struct {
	// Actor is who asks, for the audit.
	Actor   string
	StockID coupon.StockID
	Move    coupon.Move
}

// Move takes a step and shows the stock after it (busifavor 5.1). A stock that is already
// where the step leads stays as it is, and nothing is written.
func (s *Service) Move(ctx context.Context, cmd MoveCommand) (View, error) {
	var view View
	err := s.config.Store.Write(ctx, func(tx store.Tx) (err error) {
		view, err = s.move(ctx, tx, cmd)
		return err
	})
	if err != nil {
		return View{}, fmt.Errorf("%s stock %s: %w", cmd.Move, cmd.StockID, err)
	}
	return view, nil
}

func (s *Service) move(ctx context.Context, tx store.Tx, cmd MoveCommand) (View, error) {
	found, err := find(ctx, tx, cmd.StockID)
	if err != nil {
		return View{}, err
	}
	now := s.config.Clock.For(string(found.Creator)).Now()
	stock, counters, err := tx.LockStock(ctx, found.StockKey, day.Of(now))
	if err != nil {
		return View{}, err
	}
	was := stock.State
	moved, err := stock.Take(cmd.Move, now)
	if err != nil {
		return View{}, err
	}
	if moved {
		if err := tx.UpdateStock(ctx, stock); err != nil {
			return View{}, err
		}
		if err := tx.AppendAudit(ctx, []store.AuditEntry{{
			Owner: stock.Creator, At: now, Actor: cmd.Actor, Action: "manage.stocks." + string(cmd.Move), Object: "stock/" + string(stock.ID),
			Before: stateOf(was), After: stateOf(stock.State),
		}}); err != nil {
			return View{}, err
		}
	}
	return s.view(ctx, tx, stock, counters)
}

// stateOf is a state as the audit says it.
func stateOf(s coupon.StockState) string { return `{"state":"` + string(s) + `"}` }

// Show shows a stock to those who run the platform.
func (s *Service) Show(ctx context.Context, id coupon.StockID) (View, error) {
	var v View
	err := s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		stock, err := find(ctx, tx, id)
		if err != nil {
			return err
		}
		v, err = s.look(ctx, tx, stock)
		return err
	})
	if err != nil {
		return View{}, fmt.Errorf("stock %s: %w", id, err)
	}
	return v, nil
}

// MaxStockPage is the largest page of a list of stocks.
const MaxStockPage = 200

// ListQuery asks for a page of stocks.
type ListQuery struct {
	// Creator narrows the list unless it is empty.
	Creator merchant.ID
	// After is the stock that the page follows upon; "" begins with the newest.
	After coupon.StockID
	// Limit is 1 to MaxStockPage.
	Limit int64
}

// List shows stocks to those who run the platform, the newest first. Their counters are
// those of no day.
func (s *Service) List(ctx context.Context, q ListQuery) ([]View, error) {
	var views []View
	err := s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		page := store.StockQuery{Creator: q.Creator, Limit: q.Limit}
		if q.After != "" {
			after, err := find(ctx, tx, q.After)
			if err != nil {
				return err
			}
			page.After = &after
		}
		list, err := tx.Stocks(ctx, page)
		views = make([]View, len(list))
		for i := range list {
			one := &list[i]
			now := s.config.Clock.For(string(one.Stock.Creator)).Now()
			views[i] = View{Stock: one.Stock, State: one.Stock.StateAt(now), Counters: one.Counters}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list stocks: %w", err)
	}
	return views, nil
}
