package pay

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// Question asks about one voucher. What the order does not tell counts as fitting.
type Question struct {
	ID    voucher.ID
	Order voucher.Order
	// At is when; the zero time is now, by the clock of the stock's creator.
	At time.Time
}

// Foreseen is what a payment would do with one voucher.
type Foreseen struct {
	Quoted
	At time.Time
	// Order is the one that was looked at.
	Order voucher.Order
}

// Foresee tells what a voucher would do for an order at a time. It changes nothing. The payer and
// other vouchers of the payment do not count.
func (s *Service) Foresee(ctx context.Context, q Question) (f Foreseen, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		f.Voucher, err = tx.Voucher(ctx, q.ID)
		switch {
		case errors.Is(err, store.ErrNotFound):
			return voucher.ErrNotFound.At("voucher_id", string(q.ID))
		case err != nil:
			return err
		}
		f.Stock, err = tx.VoucherStock(ctx, f.Voucher.Stock.ID)
		return err
	})
	if err != nil {
		return f, fmt.Errorf("foresee payment: %w", err)
	}
	f.Order = f.Stock.Fitting(q.Order)
	if err := s.known(ctx, &f.Order); err != nil {
		return f, fmt.Errorf("foresee payment: %w", err)
	}
	if f.At = q.At; f.At.IsZero() {
		f.At = s.now(&f.Stock)
	}
	f.Fit = f.Stock.Apply(&f.Voucher, &f.Order, f.At)
	return f, nil
}

// known reports an order that no payment has: its merchant does not exist, or its lines cost
// more than it does.
func (s *Service) known(ctx context.Context, o *voucher.Order) error {
	if err := o.Check(); err != nil {
		return err
	}
	_, err := s.config.Directory.Merchant(ctx, o.Merchant)
	if errors.Is(err, store.ErrNotFound) {
		return voucher.ErrMerchantUnknown
	}
	return err
}
