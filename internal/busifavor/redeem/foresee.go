package redeem

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/store"
)

// Foreseen is what [Service.Use] would do.
type Foreseen struct {
	Stock coupon.Stock
	// Coupon is as it is; At is the time for which was asked.
	Coupon coupon.Coupon
	At     time.Time
	// Refusal is why the coupon would not be redeemed, nil if it would; Hindrance the rule about
	// time behind it, if it is one.
	Refusal   error
	Hindrance coupon.Hindrance
}

// Foresee asks every rule of [Service.Use] about a time, and changes nothing; a zero time is now.
// Whether the request number was used before does not count.
func (s *Service) Foresee(ctx context.Context, cmd UseCommand, at time.Time) (f Foreseen, err error) {
	p, err := s.find(ctx, cmd)
	if err != nil {
		return f, fmt.Errorf("foresee use: %w", err)
	}
	if f.At = at; at.IsZero() {
		f.At = s.config.Clock.For(string(p.stock.Creator)).Now()
	}
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) (err error) {
		if f.Stock, err = tx.Stock(ctx, p.stock.ID); err != nil {
			return err
		}
		f.Coupon, err = tx.Coupon(ctx, coupon.Key{Stock: p.stock, Code: cmd.Code})
		switch {
		case errors.Is(err, store.ErrNotFound):
			return coupon.ErrNotFound
		case err != nil:
			return err
		case !f.Coupon.RedeemableBy(cmd.Caller):
			return coupon.ErrNotYours
		}
		changed := f.Coupon
		_, f.Refusal = s.decide(ctx, tx, cmd, p, &changed, f.At)
		return nil
	})
	if err != nil {
		return f, fmt.Errorf("foresee use: %w", err)
	}
	if errors.Is(f.Refusal, coupon.ErrOutsideValidity) {
		f.Hindrance = f.Stock.Validity.Hindrance(f.Coupon.Life, f.At)
	}
	return f, nil
}
