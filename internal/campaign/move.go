package campaign

import (
	"context"
	"errors"
	"fmt"

	"github.com/favord/favord/internal/coupon"
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
	err := s.Store.Write(ctx, func(tx store.Tx) (err error) {
		view, err = s.move(ctx, tx, cmd)
		return err
	})
	if err != nil {
		return View{}, fmt.Errorf("%s stock %s: %w", cmd.Move, cmd.StockID, err)
	}
	return view, nil
}

func (s *Service) move(ctx context.Context, tx store.Tx, cmd MoveCommand) (View, error) {
	found, err := tx.Stock(ctx, cmd.StockID)
	if errors.Is(err, store.ErrNotFound) {
		return View{}, coupon.ErrStockNotFound.At("stock_id", string(cmd.StockID))
	}
	if err != nil {
		return View{}, err
	}
	now := s.Clock.For(found.Creator).Now()
	stock, counters, err := tx.LockStock(ctx, found.StockKey, coupon.DayOf(now))
	if err != nil {
		return View{}, err
	}
	belong, err := tx.Merchant(ctx, stock.Belong)
	if err != nil {
		return View{}, fmt.Errorf("merchant %s: %w", stock.Belong, err)
	}
	moved, err := stock.Take(cmd.Move, now)
	view := View{Stock: stock, State: stock.StateAt(now), Counters: counters, MerchantName: belong.Name}
	if err != nil || !moved {
		return view, err
	}
	if err := tx.UpdateStock(ctx, stock); err != nil {
		return View{}, err
	}
	return view, tx.AppendAudit(ctx, []store.AuditEntry{{
		Owner: stock.Creator, At: now, Actor: cmd.Actor, Action: "manage.stocks." + string(cmd.Move), Object: "stock/" + string(stock.ID),
	}})
}
