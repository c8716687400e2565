package redeem

import (
	"context"
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/tally"
	"github.com/favord/favord/internal/store"
)

// ReturnCommand asks to take back the redemption of a coupon.
type ReturnCommand struct {
	Target
	// RequestNo is unique for the coupon. A repeat returns the first answer.
	RequestNo string
}

// Refusals of single operations: each has words of its own for what does not exist.
var (
	errReturnMissing = fault.New(fault.NotFound,
		"券不存在", "There is no such coupon in the stock.")
	errDeactivateStock = fault.New(fault.NotFound,
		"批次不存在", "The stock does not exist.").At("stock_id", "")
	errDeactivateMissing = fault.New(fault.NotFound,
		"查询的资源不存在", "There is no such coupon in the stock.")
)

// Return takes back the redemption of a coupon and reports when it did (busifavor B11). The
// coupon is usable again for as long as its life lasts; quotas stay as they are.
func (s *Service) Return(ctx context.Context, cmd ReturnCommand) (time.Time, error) {
	return s.timed(ctx, errReturnMissing, change{
		Target: cmd.Target, operation: store.OpReturnCoupon, action: "busifavor.coupons.return", counts: tally.Returned,
		number: cmd.RequestNo, content: store.ContentOf(),
		missing: errReturnMissing, may: (*coupon.Coupon).RedeemableBy,
		apply: func(c *coupon.Coupon, v *view) (answer, error) {
			return answer{At: v.now.Unix()}, c.Return(cmd.RequestNo, v.now)
		},
	})
}

// DeactivateCommand asks to void one coupon.
type DeactivateCommand struct {
	Target
	// RequestNo is unique for the coupon. A repeat returns the first answer.
	RequestNo string
	// Reason may be empty.
	Reason string
}

// Deactivate voids a coupon for good and reports when it did (busifavor B12). Quotas stay as
// they are.
func (s *Service) Deactivate(ctx context.Context, cmd DeactivateCommand) (time.Time, error) {
	return s.timed(ctx, errDeactivateStock, change{
		Target: cmd.Target, operation: store.OpDeactivateCoupon, action: "busifavor.coupons.deactivate", counts: tally.Deactivated,
		number: cmd.RequestNo, content: store.ContentOf(cmd.Reason),
		missing: errDeactivateMissing, may: (*coupon.Coupon).RedeemableBy,
		apply: func(c *coupon.Coupon, v *view) (answer, error) {
			return answer{At: v.now.Unix()}, c.Deactivate(coupon.Deactivation{RequestNo: cmd.RequestNo, At: v.now, Reason: cmd.Reason})
		},
	})
}
