package stocks

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/trail"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/document"
	"github.com/favord/favord/internal/store/once"
)

// Command names a stock and who commands it.
type Command struct {
	// Call is the signature of a call that changes the stock: a repeat has no second effect.
	Call   once.Call
	Caller merchant.ID
	// Creator is the merchant that the caller says created the stock.
	Creator merchant.ID
	StockID voucher.StockID
}

// Start puts a stock into operation and returns when it was (favor 4.2). A repeat returns
// the first time.
func (s *Service) Start(ctx context.Context, cmd Command) (time.Time, error) {
	return s.change(ctx, cmd, "favor.stocks.start", func(ctx context.Context, tx store.Tx, stock *voucher.Stock, now time.Time) (time.Time, error) {
		err := s.start(ctx, tx, stock, now)
		return stock.StartedAt, err
	})
}

// Pause ends the giving out for a while and returns when it did (favor 4.3).
func (s *Service) Pause(ctx context.Context, cmd Command) (time.Time, error) {
	return s.change(ctx, cmd, "favor.stocks.pause", func(_ context.Context, _ store.Tx, stock *voucher.Stock, now time.Time) (time.Time, error) {
		err := stock.Pause(now)
		return stock.PausedAt, err
	})
}

// Restart ends a pause and returns when it did (favor 4.4).
func (s *Service) Restart(ctx context.Context, cmd Command) (time.Time, error) {
	return s.change(ctx, cmd, "favor.stocks.restart", func(_ context.Context, _ store.Tx, stock *voucher.Stock, now time.Time) (time.Time, error) {
		err := stock.Restart(now)
		return stock.RestartedAt, err
	})
}

// Stop ends a stock that was never started, for good, and returns when it did (favor 4.5).
func (s *Service) Stop(ctx context.Context, cmd Command) (time.Time, error) {
	return s.change(ctx, cmd, "favor.stocks.stop", func(_ context.Context, _ store.Tx, stock *voucher.Stock, now time.Time) (time.Time, error) {
		err := stock.Stop(now)
		return stock.StoppedAt, err
	})
}

// ChangeGoods removes goods from a stock for single items, then adds others, and returns
// when that took effect. It is for ordinary merchants only (favor 4.10).
func (s *Service) ChangeGoods(ctx context.Context, cmd Command, remove, add []string) (time.Time, error) {
	return s.change(ctx, cmd, "favor.stocks.modifygoods", func(ctx context.Context, tx store.Tx, stock *voucher.Stock, now time.Time) (time.Time, error) {
		creator, err := tx.Merchant(ctx, stock.Creator)
		if err != nil {
			return now, err
		}
		if creator.Kind != merchant.Ordinary {
			return now, voucher.ErrRole
		}
		return now, stock.ChangeGoods(remove, add, now)
	})
}

// step changes a locked stock.
type step func(ctx context.Context, tx store.Tx, stock *voucher.Stock, now time.Time) error

// plainly is a step that only asks a rule.
func plainly(rule func(*voucher.Stock, time.Time) error) step {
	return func(_ context.Context, _ store.Tx, stock *voucher.Stock, now time.Time) error {
		return rule(stock, now)
	}
}

// done is what is kept of a command. The name is stored.
type done struct {
	At int64 `json:"at"`
}

// change carries out a command of a stock's creator, once for each call, and returns the time
// that apply returned.
func (s *Service) change(
	ctx context.Context, cmd Command, action string, apply func(ctx context.Context, tx store.Tx, stock *voucher.Stock, now time.Time) (time.Time, error),
) (time.Time, error) {
	kept, err := once.Write(ctx, s.config.Store, cmd.Call.Request(), func(tx store.Tx) (kept done, err error) {
		err = s.carryOut(ctx, tx, task{
			stock: cmd.StockID, actor: string(cmd.Caller), action: action,
			check: func(stock *voucher.Stock) error { return stock.CheckCreator(cmd.Caller, cmd.Creator) },
			apply: func(ctx context.Context, tx store.Tx, stock *voucher.Stock, now time.Time) error {
				at, err := apply(ctx, tx, stock, now)
				kept = done{At: store.Seconds(at)}
				return err
			},
		})
		return kept, err
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("%s %s: %w", action, cmd.StockID, err)
	}
	return store.TimeOf(kept.At), nil
}

// task is a change of a stock.
type task struct {
	stock         voucher.StockID
	actor, action string
	// check says whether the actor may.
	check func(*voucher.Stock) error
	apply step
}

// carryOut carries out a task within a transaction. One that changes nothing writes the stock
// as it is: so its answer is as durable as the first one.
func (s *Service) carryOut(ctx context.Context, tx store.Tx, t task) error {
	stock, now, err := s.lock(ctx, tx, t)
	if err != nil {
		return err
	}
	before, err := document.EncodeVoucherStock(&stock)
	if err != nil {
		return err
	}
	state := stock.State
	if err := t.apply(ctx, tx, &stock, now); err != nil {
		return err
	}
	after, err := document.EncodeVoucherStock(&stock)
	if err != nil {
		return err
	}
	if err := tx.UpdateVoucherStock(ctx, stock); err != nil || state == stock.State && bytes.Equal(before, after) {
		return err
	}
	changed := entry(&stock, t.actor, t.action, now)
	if changed.Before, changed.After = trail.Between(before, after); state != stock.State {
		changed.Before, changed.After = stateOf(state), stateOf(stock.State)
	}
	return tx.AppendAudit(ctx, []store.AuditEntry{changed})
}

// stateOf is a state as the audit says it.
func stateOf(s voucher.StockState) string { return `{"state":"` + string(s) + `"}` }

// lock locks the stock of a task that its actor may carry out. The available merchants come
// before it, as starting counts under them.
func (s *Service) lock(ctx context.Context, tx store.Tx, t task) (voucher.Stock, time.Time, error) {
	stock, err := tx.VoucherStock(ctx, t.stock)
	if errors.Is(err, store.ErrNotFound) {
		return voucher.Stock{}, time.Time{}, voucher.ErrStockNotFound.At("stock_id", string(t.stock))
	}
	if err != nil {
		return voucher.Stock{}, time.Time{}, err
	}
	if err := t.check(&stock); err != nil {
		return voucher.Stock{}, time.Time{}, err
	}
	if stock.State == voucher.StockUnactivated {
		if err := tx.LockAvailableMerchants(ctx, stock.Merchants); err != nil {
			return voucher.Stock{}, time.Time{}, err
		}
	}
	now := s.config.Clock.For(string(stock.Creator)).Now()
	locked, err := tx.LockVoucherStocks(ctx, []voucher.StockKey{stock.StockKey}, day.Of(now))
	return locked[stock.StockKey].Stock, now, err
}

// start starts a stock, unless too many run already that name one of its merchants.
func (s *Service) start(ctx context.Context, tx store.Tx, stock *voucher.Stock, now time.Time) error {
	before, counted := stock.State, !stock.StartedAt.IsZero()
	if err := stock.Start(now); err != nil || stock.State == before || counted {
		return err // it was started before a review
	}
	started := make([]store.StartedVoucherStock, len(stock.Merchants))
	for i, m := range stock.Merchants {
		started[i] = store.StartedVoucherStock{Available: m, Stock: stock.StockKey, End: stock.End}
	}
	if s.config.RunningMost > 0 {
		counts, err := tx.StartedVoucherStocks(ctx, stock.Merchants, now, s.config.RunningMost)
		if err != nil {
			return err
		}
		for _, m := range stock.Merchants {
			if counts[m] >= s.config.RunningMost {
				return voucher.ErrRunningMost
			}
		}
	}
	if err := tx.InsertStartedVoucherStocks(ctx, started); err != nil || stock.NoCash {
		return err
	}
	return s.lockBudget(ctx, tx, stock, now)
}
