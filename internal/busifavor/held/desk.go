package held

import (
	"context"
	"errors"
	"fmt"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
)

// Operators see every coupon, whose party they are not.

// BrowseQuery asks for the coupons of a user, of all merchants.
type BrowseQuery struct {
	// OpenID is one that is registered, under any appid.
	OpenID user.OpenID
	// StockID and State narrow the list unless they are empty. A merchant whose business
	// time was moved may see a state change at another moment.
	StockID coupon.StockID
	State   coupon.State
	Offset  int64
	// Limit is 1 to MaxPage.
	Limit int64
}

// Browse returns a page of a user's coupons to an operator, the newest first. It reports
// user.ErrUnknown.
func (s *Service) Browse(ctx context.Context, q BrowseQuery) (page Page, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		holder, err := tx.UserByOpenID(ctx, q.OpenID)
		if errors.Is(err, user.ErrNotFound) {
			return user.ErrUnknown.At("openid", string(q.OpenID))
		}
		if err != nil {
			return err
		}
		coupons, total, err := tx.UserCoupons(ctx, store.CouponQuery{
			Holder: holder.ID, Stock: q.StockID, State: q.State, Now: s.config.Clock.For("").Now(), Offset: q.Offset, Limit: q.Limit,
		})
		if err != nil {
			return err
		}
		page.Total = total
		page.Coupons, err = s.ownViews(ctx, tx, coupons)
		return err
	})
	if err != nil {
		return Page{}, fmt.Errorf("browse coupons: %w", err)
	}
	return page, nil
}

// Show returns a coupon to an operator, or ErrNotFound.
func (s *Service) Show(ctx context.Context, id coupon.StockID, code coupon.Code) (view View, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		stock, err := tx.Stock(ctx, id)
		if err != nil {
			return absent(err)
		}
		c, err := tx.Coupon(ctx, coupon.Key{Stock: stock.StockKey, Code: code})
		if err != nil {
			return absent(err)
		}
		views, err := s.ownViews(ctx, tx, []coupon.Coupon{c})
		if err == nil {
			view = views[0]
		}
		return err
	})
	if err != nil {
		return View{}, fmt.Errorf("show coupon: %w", err)
	}
	return view, nil
}

// ByCode returns the coupons with a code, those of a merchant's stocks first: codes that
// merchants chose may be the same in several stocks.
func (s *Service) ByCode(ctx context.Context, code coupon.Code, preferred merchant.ID) (views []View, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		found, err := tx.CouponsWithCode(ctx, code, preferred)
		if err != nil {
			return fmt.Errorf("coupons with code: %w", err)
		}
		views, err = s.ownViews(ctx, tx, found)
		return err
	})
	if err != nil {
		return nil, err
	}
	return views, nil
}
