package campaign

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/coupon"
	"github.com/favord/favord/internal/merchant"
	"github.com/favord/favord/internal/store"
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

func (o *order) request() store.Request {
	return store.Request{
		RequestKey: store.RequestKey{Owner: o.caller, Operation: o.operation, Number: o.number},
		Content:    store.ContentOf(append([]string{string(o.stock)}, o.content...)...),
	}
}

// attempts is how often a transaction runs whose request number somebody else took
// meanwhile: the next time it finds that number.
const attempts = 3

// write is Store.Write for a transaction that begins by looking for its request number. Two
// that come at once under one number may both find none; the store lets one of them
// commit.
func (s *Service) write(ctx context.Context, fn func(tx store.Tx) error) error {
	for attempt := 1; ; attempt++ {
		err := s.Store.Write(ctx, fn)
		if attempt == attempts || !errors.Is(err, store.ErrDuplicate) {
			return err
		}
	}
}

// carryOut changes a stock once, however often the order comes, and returns the answer: A is
// its stored form. The order of checks is existence, permission, repeat, and then what
// change says (8.4); a repeat is recognised whatever became of the stock.
func carryOut[A any](ctx context.Context, s *Service, o order, change func(tx store.Tx, locked *store.LockedStock, now time.Time) (A, error)) (A, error) {
	var answer A
	err := s.write(ctx, func(tx store.Tx) error {
		now := s.Clock.For(string(o.caller)).Now()
		locked, err := lockOwn(ctx, tx, o.caller, o.stock, now)
		if err != nil {
			return err
		}
		request := o.request()
		prior, err := tx.Requests(ctx, []store.RequestKey{request.RequestKey})
		if err != nil {
			return err
		}
		if first, known := prior[request.RequestKey]; known {
			answer, err = repeated[A](ctx, tx, &first, &request)
			return err
		}
		if answer, err = change(tx, &locked, now); err != nil {
			return err
		}
		request.At = now
		if request.Answer, err = json.Marshal(answer); err != nil {
			return fmt.Errorf("encode answer: %w", err)
		}
		if err := tx.InsertRequests(ctx, []store.Request{request}); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, []store.AuditEntry{{
			Owner: o.caller, At: now, Actor: string(o.caller), Action: o.action, Object: "stock/" + string(o.stock) + o.object,
		}})
	})
	return answer, err
}

// repeated returns the answer to a number that changed something before, and takes part in
// that change.
func repeated[A any](ctx context.Context, tx store.Tx, first, again *store.Request) (answer A, err error) {
	if first.Content != again.Content {
		return answer, coupon.ErrRepeated
	}
	if err := json.Unmarshal(first.Answer, &answer); err != nil {
		return answer, fmt.Errorf("stored answer: %w", err)
	}
	return answer, tx.TouchRequests(ctx, []store.RequestKey{first.RequestKey})
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
