package stocks

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/trail"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// Detail is a stock as operators see it.
type Detail struct {
	View
	// Senders may send vouchers of the stock besides its creator.
	Senders []merchant.ID
}

// Operated names a stock and the operator who does something with it.
type Operated struct {
	Actor   string
	StockID voucher.StockID
}

// Show shows a stock to an operator.
func (s *Service) Show(ctx context.Context, id voucher.StockID) (d Detail, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		stock, err := tx.VoucherStock(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			return voucher.ErrStockNotFound.At("stock_id", string(id))
		}
		if err != nil {
			return err
		}
		if d.Senders, err = tx.VoucherSenders(ctx, stock.StockKey); err != nil {
			return err
		}
		views, err := s.views(ctx, tx, []voucher.Stock{stock})
		if err == nil {
			d.View = views[0]
		}
		return err
	})
	if err != nil {
		return Detail{}, fmt.Errorf("stock of vouchers %s: %w", id, err)
	}
	return d, nil
}

// Review puts a stock under review: nothing of it can be sent until it was approved and
// started (favor 5.3).
func (s *Service) Review(ctx context.Context, o Operated) (Detail, error) {
	return s.operate(ctx, o, "manage.voucherstocks.review", plainly((*voucher.Stock).Review))
}

// Approve ends a review: the stock may be started.
func (s *Service) Approve(ctx context.Context, o Operated) (Detail, error) {
	return s.operate(ctx, o, "manage.voucherstocks.approve", plainly((*voucher.Stock).Approve))
}

// Reject ends a review and the stock, for good.
func (s *Service) Reject(ctx context.Context, o Operated) (Detail, error) {
	return s.operate(ctx, o, "manage.voucherstocks.reject", plainly((*voucher.Stock).Reject))
}

// maxSenders bounds the list of a stock.
const maxSenders = 100

// ErrSenders refuses a list that is too long.
var ErrSenders = fault.New(fault.Invalid,
	fmt.Sprintf("发券商户最多%d个", maxSenders),
	fmt.Sprintf("A stock has at most %d senders.", maxSenders))

// SetSenders replaces the merchants that may send vouchers of a stock besides its creator
// (favor 4.11). They must exist.
func (s *Service) SetSenders(ctx context.Context, o Operated, senders []merchant.ID) (Detail, error) {
	senders = slices.Compact(slices.Sorted(slices.Values(senders)))
	if len(senders) > maxSenders {
		return Detail{}, ErrSenders.At("senders", "")
	}
	return s.operate(ctx, o, "manage.voucherstocks.senders", func(ctx context.Context, tx store.Tx, stock *voucher.Stock, now time.Time) error {
		had, err := tx.VoucherSenders(ctx, stock.StockKey)
		if err != nil || slices.Equal(had, senders) {
			return err
		}
		for _, id := range senders {
			_, err := tx.Merchant(ctx, id)
			if errors.Is(err, store.ErrNotFound) {
				return voucher.ErrMerchantUnknown.At("senders", string(id))
			}
			if err != nil {
				return err
			}
		}
		if err := tx.SetVoucherSenders(ctx, stock.StockKey, senders); err != nil {
			return err
		}
		changed := entry(stock, o.Actor, "manage.voucherstocks.senders", now)
		changed.Before, changed.After = trail.Between(map[string]any{"senders": had}, map[string]any{"senders": senders})
		return tx.AppendAudit(ctx, []store.AuditEntry{changed})
	})
}

// operate carries out a task of an operator, who may do everything.
func (s *Service) operate(ctx context.Context, o Operated, action string, apply step) (Detail, error) {
	if err := s.config.Store.Write(ctx, func(tx store.Tx) error {
		return s.carryOut(ctx, tx, task{
			stock: o.StockID, actor: o.Actor, action: action, apply: apply, check: func(*voucher.Stock) error { return nil },
		})
	}); err != nil {
		return Detail{}, fmt.Errorf("%s %s: %w", action, o.StockID, err)
	}
	return s.Show(ctx, o.StockID)
}
