package issue

import (
	"context"
	"errors"
	"fmt"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/store"
)

// Foresee reports why [Service.Claim], or [Service.Send] for the channel of the API, would refuse
// at the time of the command, nil if it would not. It changes nothing.
func (s *Service) Foresee(ctx context.Context, cmd ClaimCommand) error {
	if cmd.Channel == coupon.ChannelAPI {
		sender, err := s.config.Directory.Merchant(ctx, cmd.Sender)
		if err == nil {
			err = mayCall(&sender)
		}
		if err != nil {
			return fmt.Errorf("foresee claim: %w", err)
		}
	}
	o, err := s.Offer(ctx, cmd)
	switch {
	case err != nil || o.Claimed != "":
		return err
	case o.Refusal != coupon.Admitted:
		return o.Refusal.Fault()
	case o.Stock.CodeMode != coupon.CodesByCall:
		return nil
	}
	return s.codeFree(ctx, coupon.Key{Stock: o.Stock.StockKey, Code: cmd.Code})
}

// codeFree reports a code that a coupon of the stock has.
func (s *Service) codeFree(ctx context.Context, key coupon.Key) error {
	err := s.config.Store.Glance(ctx, func(tx store.ReadTx) error {
		_, err := tx.Coupon(ctx, key)
		return err
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil
	case err != nil:
		return fmt.Errorf("foresee claim: %w", err)
	}
	return coupon.ErrCodeTaken.At("coupon_code", string(key.Code))
}
