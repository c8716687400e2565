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
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error { return s.foresee(ctx, tx, &cmd, &p, &f) })
	if err != nil {
		return f, fmt.Errorf("foresee use: %w", err)
	}
	if errors.Is(f.Refusal, coupon.ErrOutsideValidity) {
		f.Hindrance = f.Stock.Validity.Hindrance(f.Coupon.Life, f.At)
	}
	return f, nil
}

// foresee decides over a copy of the coupon.
func (s *Service) foresee(ctx context.Context, tx store.ReadTx, cmd *UseCommand, p *parties, f *Foreseen) (err error) {
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
	decide := func() error {
		changed := f.Coupon
		_, refusal := redeem(cmd, p, &changed, &view{stock: &f.Stock, now: f.At})
		return refusal
	}
	f.Refusal = decide()
	if c, wanted := errors.AsType[holderWantedError](f.Refusal); wanted {
		holder, err := s.config.Users.Resolve(ctx, tx, c.appid, c.openid)
		if err == nil {
			p.holder, err = s.config.Users.Under(ctx, tx, holder, cmd.AppID)
		}
		if f.Refusal = err; err == nil {
			f.Refusal = decide()
		}
	}
	return nil
}
