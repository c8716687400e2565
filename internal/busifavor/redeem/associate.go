package redeem

import (
	"context"
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

// AssociateCommand asks to associate an order with a coupon, or to remove it.
type AssociateCommand struct {
	Target
	// OutTradeNo is the merchant's number of the order.
	OutTradeNo string
	// RequestNo is unique for the caller and the coupon. A repeat returns the first
	// answer.
	RequestNo string
}

// errAssociateMissing is unusual: a coupon that does not exist is no 404 here (B13).
var errAssociateMissing = fault.New(fault.Refused,
	"券不存在", "There is no such coupon in the stock.")

// Associate notes which order a coupon belongs to and reports when it did (busifavor B13).
// The order must be one of the caller or of the merchant that the coupon belongs to. It has
// no effect on redemption.
func (s *Service) Associate(ctx context.Context, cmd AssociateCommand) (time.Time, error) {
	return s.associate(ctx, cmd, store.OpAssociateOrder, "busifavor.coupons.associate",
		func(ctx context.Context, tx store.Tx, c *coupon.Coupon, now time.Time) (done, error) {
			if err := s.checkOrder(ctx, tx, cmd, c); err != nil {
				return done{}, err
			}
			return done{At: now.Unix()}, c.Associate(cmd.OutTradeNo, now)
		})
}

// Disassociate removes the order of a coupon and reports when it did (busifavor B14).
func (s *Service) Disassociate(ctx context.Context, cmd AssociateCommand) (time.Time, error) {
	return s.associate(ctx, cmd, store.OpDisassociateOrder, "busifavor.coupons.disassociate",
		func(_ context.Context, _ store.Tx, c *coupon.Coupon, now time.Time) (done, error) {
			return done{At: now.Unix()}, c.Disassociate(cmd.OutTradeNo, now)
		})
}

func (s *Service) associate(ctx context.Context, cmd AssociateCommand, operation store.Operation, action string,
	apply func(ctx context.Context, tx store.Tx, c *coupon.Coupon, now time.Time) (done, error),
) (time.Time, error) {
	return s.named(ctx, errAssociateMissing, change[done]{
		Target: cmd.Target, operation: operation, action: action,
		number: cmd.RequestNo, content: store.ContentOf(cmd.OutTradeNo),
		missing: errAssociateMissing, may: (*coupon.Coupon).AssociableBy, shared: true,
		apply: apply,
	})
}

// checkOrder wants an order that somebody reported, unless any will do.
func (s *Service) checkOrder(ctx context.Context, tx store.ReadTx, cmd AssociateCommand, c *coupon.Coupon) error {
	if s.config.Orders.TakeAny {
		return nil
	}
	for _, owner := range []merchant.ID{cmd.Caller, c.Belong} {
		if found, err := tx.HasOrder(ctx, owner, cmd.OutTradeNo); err != nil || found {
			return err
		}
	}
	return coupon.ErrNoOrder
}
