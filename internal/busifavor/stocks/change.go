package stocks

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/document"
)

// ModifyCommand asks for a change of what a stock says and shows.
type ModifyCommand struct {
	Caller    merchant.ID
	StockID   coupon.StockID
	RequestNo string
	Change    coupon.Change
}

// Modify changes what a stock says and shows (busifavor B3). Coupons that were issued show
// it, too: they read it from the stock.
func (s *Service) Modify(ctx context.Context, cmd ModifyCommand) error {
	content, err := document.EncodeChange(&cmd.Change)
	if err != nil {
		return err
	}
	o := order{
		caller: cmd.Caller, stock: cmd.StockID, operation: store.OpModifyStock, number: cmd.RequestNo,
		content: []string{string(content)}, action: "busifavor.stocks.modify",
	}
	_, err = carryOut(ctx, s, o, func(tx store.Tx, locked *store.LockedStock, now time.Time) (struct{}, error) {
		return struct{}{}, s.modify(ctx, tx, &locked.Stock, &cmd.Change, now)
	})
	if err != nil {
		return fmt.Errorf("modify stock %s: %w", cmd.StockID, err)
	}
	return nil
}

func (s *Service) modify(ctx context.Context, tx store.Tx, stock *coupon.Stock, change *coupon.Change, now time.Time) error {
	if appids := change.AppIDs(); len(appids) > 0 {
		creator, err := tx.Merchant(ctx, stock.Creator)
		if err != nil {
			return fmt.Errorf("creator %s: %w", stock.Creator, err)
		}
		belong, err := tx.Merchant(ctx, stock.Belong)
		if err != nil {
			return fmt.Errorf("merchant %s: %w", stock.Belong, err)
		}
		if err := coupon.CheckAppIDs(appids, &creator, &belong); err != nil {
			return err
		}
	}
	if err := stock.CheckChangeable(now); err != nil {
		return err
	}
	if err := s.checkImages(ctx, tx, change.NewImages(&stock.Display), stock.Creator, stock.Belong); err != nil {
		return err
	}
	if err := stock.Apply(change); err != nil {
		return err
	}
	return tx.UpdateStock(ctx, *stock)
}

// BudgetCommand asks for another quantity of a stock.
type BudgetCommand struct {
	Caller    merchant.ID
	StockID   coupon.StockID
	RequestNo string
	Budget    coupon.Budget
}

// Quantities are how much a stock may give out. It is stored: never rename a field.
type Quantities struct {
	MaxCoupons int64 `json:"max_coupons"`
	// MaxPerDay is 0 when there is no limit per day.
	MaxPerDay int64 `json:"max_per_day,omitempty"`
}

// SetBudget changes one of the two quantities of a stock, if the caller knows what it is
// now (busifavor B4). It counts from the next coupon on.
func (s *Service) SetBudget(ctx context.Context, cmd BudgetCommand) (Quantities, error) {
	if err := cmd.Budget.Check(); err != nil {
		return Quantities{}, fmt.Errorf("budget of stock %s: %w", cmd.StockID, err)
	}
	budget := cmd.Budget.Effective()
	o := order{
		caller: cmd.Caller, stock: cmd.StockID, operation: store.OpSetBudget, number: cmd.RequestNo,
		content: []string{
			strconv.FormatInt(budget.MaxCoupons, 10), numeral(budget.CurrentMaxCoupons),
			strconv.FormatInt(budget.MaxPerDay, 10), numeral(budget.CurrentMaxPerDay),
		},
		action: "busifavor.stocks.budget",
	}
	quantities, err := carryOut(ctx, s, o, func(tx store.Tx, locked *store.LockedStock, now time.Time) (Quantities, error) {
		stock := &locked.Stock
		if err := stock.SetBudget(locked.Counters, &budget, now); err != nil {
			return Quantities{}, err
		}
		return Quantities{MaxCoupons: stock.Limits.MaxCoupons, MaxPerDay: stock.Limits.MaxPerDay}, tx.UpdateStock(ctx, *stock)
	})
	if err != nil {
		return Quantities{}, fmt.Errorf("budget of stock %s: %w", cmd.StockID, err)
	}
	return quantities, nil
}

func numeral(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}
