package redeem

import (
	"context"
	"errors"
	"fmt"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/tally"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
)

// DeleteCommand asks to take a coupon out of its holder's card pack. It comes from the
// holder, or from an operator in the holder's place; no merchant can ask for it.
type DeleteCommand struct {
	StockID coupon.StockID
	Code    coupon.Code
	// AppID and OpenID say who asks; anybody but the holder is refused. Both are empty
	// when an operator asks.
	AppID  merchant.AppID
	OpenID user.OpenID
	// Actor is who asks, for the audit trail.
	Actor string
}

// Delete takes a coupon out of the card pack for good (busifavor 5.2). Deleting it again
// changes nothing. It reports coupon.ErrNotFound, coupon.ErrNotUsable for a coupon that was
// voided, and user.ErrUnknown for who is not the holder.
func (s *Service) Delete(ctx context.Context, cmd DeleteCommand) error {
	stock, err := s.stock(ctx, cmd.StockID, coupon.ErrNotFound)
	if err == nil {
		err = s.config.Store.Write(ctx, func(tx store.Tx) error { return s.remove(ctx, tx, cmd, stock.StockKey) })
	}
	if err != nil {
		return fmt.Errorf("delete coupon: %w", err)
	}
	return nil
}

func (s *Service) remove(ctx context.Context, tx store.Tx, cmd DeleteCommand, stock coupon.StockKey) error {
	c, err := tx.LockCoupon(ctx, coupon.Key{Stock: stock, Code: cmd.Code})
	if errors.Is(err, store.ErrNotFound) {
		return coupon.ErrNotFound
	}
	if err != nil {
		return err
	}
	if cmd.OpenID != "" {
		if err := s.checkHolder(ctx, tx, &c, cmd.AppID, cmd.OpenID); err != nil {
			return err
		}
	}
	was := c.State
	if err := c.Delete(); err != nil || c.State == was {
		return err
	}
	if err := tx.UpdateCoupon(ctx, c); err != nil {
		return err
	}
	now := s.config.Clock.For(string(stock.Creator)).Now()
	var sheet tally.Sheet
	sheet.Coupon(tally.Deleted, &c, now)
	return store.InOrder(
		func() error {
			return tx.AppendAudit(ctx, []store.AuditEntry{audit(&c, now, cmd.Actor, "busifavor.coupons.delete")})
		},
		func() error { return tx.AddTallies(ctx, &sheet) },
	)
}
