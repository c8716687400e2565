package stocks

import (
	"context"
	"errors"
	"time"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/trail"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/document"
	"github.com/favord/favord/internal/store/once"
)

// order is a change of one stock that its creator asks for under a request number.
type order struct {
	caller merchant.ID
	stock  coupon.StockID
	// number counts for all stocks of the caller, each operation apart (busifavor 8.5).
	operation store.Operation
	number    string
	// content is what a repeat must not change; the stock is part of it.
	content []string
	// action is the id of the operation, for the audit.
	action string
	// object is what within the stock; "" is the stock itself.
	object string
}

// request is the order under its number; now is when it is carried out.
func (o *order) request(now time.Time) once.Request {
	return once.Request{
		RequestKey: store.RequestKey{Owner: o.caller, Operation: o.operation, Number: o.number},
		Content:    store.ContentOf(append([]string{string(o.stock)}, o.content...)...),
		Refused:    coupon.ErrRepeated, At: now,
	}
}

// carryOut changes a stock once, however often the order comes, and returns the answer: A is
// its stored form. The order of checks is existence, permission, repeat, and then what
// change says, which leaves what became of the stock in locked (8.4); a repeat is recognised whatever became of the stock.
func carryOut[A any](
	ctx context.Context, s *Service, o order, change func(tx store.Tx, locked *store.LockedStock, now time.Time) (A, error),
) (A, error) {
	return once.Transaction(ctx, s.config.Store, func(tx store.Tx) (answer A, err error) {
		now := s.config.Clock.For(string(o.caller)).Now()
		locked, err := lockOwn(ctx, tx, o.caller, o.stock, now)
		if err != nil {
			return answer, err
		}
		return once.Settle(ctx, tx, o.request(now), func() (A, error) {
			before, err := document.EncodeStock(&locked.Stock)
			if err != nil {
				return answer, err
			}
			answer, err := change(tx, &locked, now)
			if err != nil {
				return answer, err
			}
			after, err := document.EncodeStock(&locked.Stock)
			if err != nil {
				return answer, err
			}
			entry := store.AuditEntry{
				Owner: o.caller, At: now, Actor: string(o.caller), Action: o.action, Object: "stock/" + string(o.stock) + o.object,
			}
			entry.Before, entry.After = trail.Between(before, after)
			return answer, tx.AppendAudit(ctx, []store.AuditEntry{entry})
		})
	})
}

// lockOwn locks a stock of the caller.
func lockOwn(ctx context.Context, tx store.Tx, caller merchant.ID, id coupon.StockID, now time.Time) (store.LockedStock, error) {
	stock, counters, err := tx.LockStock(ctx, coupon.StockKey{Creator: caller, ID: id}, day.Of(now))
	if errors.Is(err, store.ErrNotFound) {
		if _, reason := own(ctx, tx, caller, id); reason != nil {
			err = reason
		}
	}
	return store.LockedStock{Stock: stock, Counters: counters}, err
}

// own returns a stock of the caller, and tells those that do not exist from those of others.
func own(ctx context.Context, tx store.ReadTx, caller merchant.ID, id coupon.StockID) (coupon.Stock, error) {
	stock, err := find(ctx, tx, id)
	if err == nil && stock.Creator != caller {
		err = coupon.ErrStockForeign.At("stock_id", string(id))
	}
	return stock, err
}

// find returns a stock of whomever.
func find(ctx context.Context, tx store.ReadTx, id coupon.StockID) (coupon.Stock, error) {
	stock, err := tx.Stock(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		err = coupon.ErrStockNotFound.At("stock_id", string(id))
	}
	return stock, err
}
