package redeem

import (
	"context"
	"errors"
	"fmt"
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
	noOrder, err := s.findOrder(ctx, cmd)
	if err != nil {
		return time.Time{}, fmt.Errorf("order of stock %s: %w", cmd.StockID, err)
	}
	return s.associate(ctx, cmd, store.OpAssociateOrder, "busifavor.coupons.associate",
		func(c *coupon.Coupon, v *view) (answer, error) {
			if noOrder != nil {
				return answer{}, noOrder
			}
			return answer{At: v.now.Unix()}, c.Associate(cmd.OutTradeNo, v.now)
		})
}

// Disassociate removes the order of a coupon and reports when it did (busifavor B14).
func (s *Service) Disassociate(ctx context.Context, cmd AssociateCommand) (time.Time, error) {
	return s.associate(ctx, cmd, store.OpDisassociateOrder, "busifavor.coupons.disassociate",
		func(c *coupon.Coupon, v *view) (answer, error) {
			return answer{At: v.now.Unix()}, c.Disassociate(cmd.OutTradeNo, v.now)
		})
}

func (s *Service) associate(ctx context.Context, cmd AssociateCommand, operation store.Operation, action string,
	apply func(*coupon.Coupon, *view) (answer, error),
) (time.Time, error) {
	return s.timed(ctx, errAssociateMissing, change{
		Target: cmd.Target, operation: operation, action: action,
		number: cmd.RequestNo, content: store.ContentOf(cmd.OutTradeNo),
		missing: errAssociateMissing, may: (*coupon.Coupon).AssociableBy, shared: true,
		apply: apply,
	})
}

// findOrder reports why there is no order to associate: somebody must have reported it, unless any
// will do. An order that was reported stays, so that it may be looked for before the coupon is
// locked.
func (s *Service) findOrder(ctx context.Context, cmd AssociateCommand) (noOrder, err error) {
	if s.config.Orders.TakeAny {
		return nil, nil
	}
	owners := []merchant.ID{cmd.Caller}
	stock, err := s.config.Directory.Stock(ctx, cmd.StockID)
	switch {
	case err == nil:
		owners = append(owners, stock.Belong)
	case !errors.Is(err, store.ErrNotFound):
		return nil, err
	}
	noOrder = coupon.ErrNoOrder
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		for _, owner := range owners {
			if found, err := tx.HasOrder(ctx, owner, cmd.OutTradeNo); err != nil || found {
				noOrder = nil
				return err
			}
		}
		return nil
	})
	return noOrder, err
}
