package redeem

import (
	"context"
	"fmt"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/tally"
	"github.com/favord/favord/internal/rule/user"
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
	if err := s.remove(ctx, cmd); err != nil {
		return fmt.Errorf("delete coupon: %w", err)
	}
	return nil
}

func (s *Service) remove(ctx context.Context, cmd DeleteCommand) error {
	stock, err := s.stock(ctx, cmd.StockID, coupon.ErrNotFound)
	if err != nil {
		return err
	}
	check := func(*coupon.Coupon) error { return nil }
	if cmd.OpenID != "" {
		named, nobody, err := s.named(ctx, cmd.AppID, cmd.OpenID)
		if err != nil {
			return err
		}
		check = func(c *coupon.Coupon) error { return checkHolder(c, &named, nobody, cmd.OpenID) }
	}
	_, err = s.do(ctx, change{
		Target: Target{StockID: cmd.StockID, Code: cmd.Code}, stock: stock.StockKey, actor: cmd.Actor,
		action: "busifavor.coupons.delete", counts: tally.Deleted, missing: coupon.ErrNotFound,
		apply: func(c *coupon.Coupon, _ *view) (answer, error) {
			if err := check(c); err != nil {
				return answer{}, err
			}
			return answer{}, c.Delete()
		},
	})
	return err
}
